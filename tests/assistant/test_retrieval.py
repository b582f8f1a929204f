"""What may answer is decided before ranking; what is found is whole, said once, and shows every side."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.clock import FixedClock
from assistant.fusion import Weights, fuse
from assistant.index import Candidates, Index, Row, in_context, write_index
from assistant.models import Passages, Question
from assistant.steps.retrieve import Parts, retrieve
from assistant.steps.support import SUPPORT_NEEDED
from assistant.steps.understand import understand
from assistant.wiring import Application
from tests.conftest import TODAY, ingest_paths, make_settings

PAPER = """---
title: {title}
issuer: 某局
region: {region}
kind: {kind}
published_on: {published}
effective_from: {published}
{more}
---
# {title}

第一条 {clause}
"""


def paper(folder: Path, name: str, clause: str, **fields: str) -> None:
    known = {
        "title": f"某市{name}办法",
        "region": "深圳市",
        "kind": "政策",
        "published": "2025-01-01",
        "more": "",
    }
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.md").write_text(PAPER.format(clause=clause, **{**known, **fields}), encoding="utf-8")


@pytest.fixture
def shelf(tmp_path: Path, model_cache: Path) -> Application:
    """An empty home with the shipped model and no samples."""
    settings = make_settings(tmp_path / "home", model_cache=model_cache, samples=False)
    return Application(settings, FixedClock(TODAY))


def search(
    application: Application, text: str, k: int = 8, as_of: date = TODAY, parts: Parts = Parts()
) -> Passages:
    snapshot = application.knowledge.snapshot()
    query = understand(Question(text=text, as_of=as_of), snapshot.names)
    return retrieve(query, snapshot, application.encoder, k, parts=parts)


def titles(found: Passages) -> list[str]:
    return [p.head.title for p in found.kept]


def test_papers_of_other_regions_leave_before_the_best_are_cut(shelf: Application, tmp_path: Path) -> None:
    for number in range(12):
        paper(
            tmp_path / "in",
            f"北京算力{number}",
            f"租用智能算力的企业按合同金额的{number + 20}%补贴。",
            region="北京市",
        )
    paper(tmp_path / "in", "龙岗场地", "对入驻企业给予场地租金支持，算力另行规定。", region="深圳市龙岗区")
    ingest_paths(shelf, tmp_path / "in")
    assert titles(search(shelf, "深圳租用智能算力补贴多少", k=3)) == ["某市龙岗场地办法"]
    assert len(search(shelf, "租用智能算力补贴多少", k=3).kept) == 3


def test_a_paper_not_yet_published_on_the_day_is_not_there(shelf: Application, tmp_path: Path) -> None:
    paper(tmp_path / "in", "算力券", "租用智能算力的企业按50%补贴。", published="2026-06-01")
    paper(tmp_path / "in", "旧算力", "租用智能算力的企业按20%补贴。", published="2024-01-01")
    ingest_paths(shelf, tmp_path / "in")
    assert titles(search(shelf, "智能算力补贴", as_of=date(2025, 1, 1))) == ["某市旧算力办法"]
    assert len(search(shelf, "智能算力补贴").kept) == 2


def test_what_lapsed_is_seen_when_asked_for_or_when_nothing_else_answers(
    shelf: Application, tmp_path: Path
) -> None:
    ended = {"published": "2023-01-01", "more": "effective_to: 2024-12-31"}
    paper(
        tmp_path / "in",
        "旧算力券",
        "租用智能算力训练大模型的企业，按合同金额的20%补贴，最高100万元。",
        **ended,
    )
    paper(tmp_path / "in", "算力券", "租用智能算力训练大模型的企业，按合同金额的50%补贴，最高1000万元。")
    paper(tmp_path / "in", "场地", "入驻企业可申请场地租金支持，每年最高30万元。", **ended)
    ingest_paths(shelf, tmp_path / "in")
    question = "租用智能算力训练大模型按合同金额补贴多少"
    assert "某市旧算力券办法" not in titles(search(shelf, question))
    assert "某市旧算力券办法" in titles(search(shelf, f"以前{question}"))
    assert "某市旧算力券办法" in titles(search(shelf, f"2024年{question}"))
    assert "某市旧算力券办法" in titles(search(shelf, "《某市旧算力券办法》的补贴比例"))
    assert "某市场地办法" in titles(search(shelf, "入驻企业场地租金支持每年最高多少"))


def test_a_draft_leaves_when_its_final_paper_is_there(wence: Application) -> None:
    kinds = {p.head.kind.value for p in search(wence, "训力券资助比例和上限").kept}
    assert "征求意见稿" not in kinds
    asked = search(wence, "若干措施征求意见稿里提意见寄到哪里")
    assert "征求意见稿" in {p.head.kind.value for p in asked.kept}


def test_every_side_of_a_comparison_has_a_place(wence: Application) -> None:
    found = search(wence, "北京、上海、深圳，租算力哪里补得多？", k=6)
    regions = {(p.head.region or "")[:2] for p in found.kept}
    assert {"北京", "上海", "深圳"} <= regions


def test_a_long_clause_is_read_whole_and_once(shelf: Application, tmp_path: Path) -> None:
    sentences = "".join(f"第{i}类设备的采购费用可以列入补贴范围，须提供发票。" for i in range(60))
    paper(tmp_path / "in", "设备", f"补贴范围如下。{sentences}租用算力的费用不在其内。")
    ingest_paths(shelf, tmp_path / "in")
    found = search(shelf, "设备采购费用的补贴范围，租用算力的费用在不在内")
    clause = [p for p in found.kept if p.chunk.article == "第一条"]
    assert len(clause) == 1 and len(clause[0].chunk.text) > 1000
    document = shelf.catalog.document(clause[0].head.id)
    assert document and document.text[clause[0].chunk.start : clause[0].chunk.end] == clause[0].chunk.text


def test_near_copies_with_the_same_figures_are_shown_once(shelf: Application, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    same = "企业租用智能算力训练大模型，按服务合同金额的50%给予资助，每年最高1000万元，由科技局受理。"
    for year in (2024, 2025):
        paper(
            folder,
            f"算力{year}",
            same + f"其他事项见第{year}号通知。" * 8,
            title="某市算力资助办法",
            published=f"{year}-01-01",
        )
    ingest_paths(shelf, folder)
    kept = search(shelf, "租用智能算力训练大模型资助比例").kept
    assert len([p for p in kept if p.chunk.article == "第一条"]) <= 2


def test_support_is_high_for_what_is_there_and_low_for_what_is_not(wence: Application) -> None:
    for text in ("训力券最高多少", "How much does the corpus voucher cover?", "龙岗区模型调用补贴"):
        assert search(wence, text).support > SUPPORT_NEEDED, text
    for text in ("今天天气怎么样", "生育津贴能领多少", "杭州的算力补贴政策", "How do I get a work visa?"):
        assert search(wence, text).support < SUPPORT_NEEDED, text


def test_each_search_can_be_switched_off(wence: Application) -> None:
    """Two searches alone find different things, and the fused list is neither."""
    alone = [
        search(wence, "训力券怎么申请", parts=Parts(weights=Weights(*w)))
        for w in ((1, 0, 0, 0), (0, 1, 0, 0))
    ]
    orders = [[p.chunk.id for p in found.kept] for found in alone]
    assert orders[0] != orders[1]


def test_fusion_by_hand() -> None:
    found = Candidates(
        rows=np.arange(3),
        dense=np.array([0.9, 0.8, 0.7], dtype=np.float32),
        words=np.array([0, 2, 4], dtype=np.float32),
        pairs=np.zeros(3, dtype=np.float32),
    )
    lengths = np.zeros(3, dtype=np.float32)
    step = np.sqrt(1.5)
    assert fuse(found, lengths, Weights(1, 0, 0, 0)) == pytest.approx([step, 0, -step], abs=1e-4)
    assert fuse(found, lengths, Weights(0.5, 0.5, 0, 0)) == pytest.approx([0, 0, 0], abs=1e-4)
    assert fuse(found, np.array([0, 0, 9], dtype=np.float32), Weights(1, 0, 0, 0.1))[2] > step * 0.9


def test_a_vector_leans_towards_its_paper() -> None:
    vectors = np.eye(4, dtype=np.float32)
    leaning = in_context(vectors, ["a", "a", "b", "c"])
    assert np.allclose(np.linalg.norm(leaning, axis=1), 1, atol=1e-6)
    assert leaning[0] @ vectors[1] > 0.2 and leaning[2] == pytest.approx(vectors[2])


def _rows(count: int) -> list[Row]:
    chance = np.random.default_rng(2)
    centres = chance.standard_normal((40, 32))
    vectors = [(centres[i % 40] + 0.4 * chance.standard_normal(32)).tolist() for i in range(count)]
    return [Row(f"c{i}", f"d{i % 50}", f"c{i}", f"{i}", f"第{i}号", v) for i, v in enumerate(vectors)]


def test_the_graph_finds_what_the_exact_search_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chroma's graph, with some documents out of scope, against the whole array."""
    for _ in write_index(tmp_path / "index", _rows(3000)):
        pass
    index = Index(tmp_path / "index")
    allowed = np.asarray([int(index.document_ids[d][1:]) % 5 != 0 for d in index.document_of])
    queries = np.random.default_rng(4).standard_normal((30, 32)).astype(np.float32)
    exact = [set(index.candidates(q, (), (), 20, allowed).rows.tolist()) for q in queries]
    monkeypatch.setattr("assistant.index.EXACT_ROWS", 0)
    graph = [set(index.candidates(q, (), (), 20, allowed).rows.tolist()) for q in queries]
    shares = [len(a & b) / 20 for a, b in zip(exact, graph, strict=True)]
    assert np.mean(shares) > 0.97
    assert all(allowed[list(found)].all() for found in graph)


def test_a_cross_encoder_orders_the_best_again(tmp_path: Path, wence: Application) -> None:
    """A real (tiny, untrained) cross-encoder: the first passages stand in the order of its scores."""
    from assistant.reranker import CrossEncoderReranker

    folder = tiny_cross_encoder(tmp_path / "model")
    reranker = CrossEncoderReranker(str(folder))
    snapshot = wence.knowledge.snapshot()
    query = understand(Question(text="训力券怎么申请", as_of=TODAY), snapshot.names)
    found = retrieve(query, snapshot, wence.encoder, 8, reranker, Parts(arrange=False))
    texts = [p.chunk.embedded_text(p.head.title) for p in found.kept]
    judged = reranker.scores(query.text, texts)
    assert judged == sorted(judged, reverse=True) and len(set(judged)) > 1
    plain = retrieve(query, snapshot, wence.encoder, 8, None, Parts(arrange=False))
    assert [p.chunk.id for p in plain.kept] != [p.chunk.id for p in found.kept]


def tiny_cross_encoder(folder: Path) -> Path:
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    letters = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *map(chr, range(0x4E00, 0x9FA6))]
    tokenizer = Tokenizer(models.WordLevel({c: i for i, c in enumerate(letters)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(letters), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
    )  # fmt: skip
    config.num_labels = 1
    BertForSequenceClassification(config).save_pretrained(folder)
    wrapper: Any = PreTrainedTokenizerFast
    wrap = wrapper(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=256)
    wrap.save_pretrained(folder)
    return folder
