"""The embedded model as a sentence-transformers folder, for other programs: `E5Weights → folder`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from assistant.encoders.e5_file import E5Weights, bundled_file
from assistant.errors import InputError


def export_model(directory: Path) -> None:
    """Write multilingual-e5-small, with its prompts, into an empty or new folder; raises InputError if it is not empty."""
    if directory.exists() and any(directory.iterdir()):
        raise InputError(f"{directory} 不是空文件夹：请换一个，或先清空它。")
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    weights = E5Weights(bundled_file())
    directory.mkdir(parents=True, exist_ok=True)
    _write_transformer(weights, directory)
    transformer = Transformer(str(directory), max_seq_length=weights.window)
    parts = [transformer, Pooling(weights.hidden, pooling_mode="mean"), Normalize()]
    prompts = {"query": "query: ", "document": "passage: "}
    SentenceTransformer(modules=parts, prompts=prompts).save(str(directory), create_model_card=False)


def _write_transformer(weights: E5Weights, directory: Path) -> None:
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=weights.vocabulary,
        hidden_size=weights.hidden,
        num_hidden_layers=weights.layers,
        num_attention_heads=weights.heads,
        intermediate_size=weights.feed_forward,
        max_position_embeddings=weights.window,
        type_vocab_size=len(weights.vector("emb.type")) // weights.hidden,
        layer_norm_eps=weights.epsilon,
        pad_token_id=weights.pad,
        hidden_act="gelu",
    )
    model = BertModel(config)
    model.load_state_dict(_state(weights))
    model.save_pretrained(directory)
    _tokenizer(weights).save_pretrained(directory)


def _state(weights: E5Weights) -> dict[str, Any]:
    import torch

    state = {
        "embeddings.word_embeddings.weight": weights.matrix("emb.word", weights.vocabulary),
        "embeddings.position_embeddings.weight": weights.vector("emb.pos").reshape(-1, weights.hidden),
        "embeddings.token_type_embeddings.weight": weights.vector("emb.type").reshape(-1, weights.hidden),
    }
    _norm(state, weights, "embeddings.LayerNorm", "emb.ln")
    names = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "fi": "intermediate.dense",
        "fo": "output.dense",
    }
    for layer in range(weights.layers):
        to, of = f"encoder.layer.{layer}", f"l{layer}"
        for short, name in names.items():
            rows = weights.feed_forward if short == "fi" else weights.hidden
            state[f"{to}.{name}.weight"] = weights.matrix(f"{of}.{short}.w", rows)
            state[f"{to}.{name}.bias"] = weights.vector(f"{of}.{short}.b")
        _norm(state, weights, f"{to}.attention.output.LayerNorm", f"{of}.aln")
        _norm(state, weights, f"{to}.output.LayerNorm", f"{of}.oln")
    # BERT's own pooler is not used; it is written as zeros so that no loader reports it missing.
    state["pooler.dense.weight"] = np.zeros((weights.hidden, weights.hidden), dtype=np.float32)
    state["pooler.dense.bias"] = np.zeros(weights.hidden, dtype=np.float32)
    return {name: torch.from_numpy(np.array(value)) for name, value in state.items()}


def _norm(state: dict[str, Any], weights: E5Weights, name: str, source: str) -> None:
    state[f"{name}.weight"] = weights.vector(f"{source}.w")
    state[f"{name}.bias"] = weights.vector(f"{source}.b")


def _tokenizer(weights: E5Weights) -> Any:
    """The tokenizer with its normalisation: `nmt_nfkc` of SentencePiece, which is Nmt and then NFKC."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.Unigram(weights.pieces(), weights.unknown, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", weights.bos), ("</s>", weights.eos)]
    )
    wrap: Any = PreTrainedTokenizerFast
    return wrap(
        tokenizer_object=tokenizer,
        model_max_length=weights.window,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
    )
