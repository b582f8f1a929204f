"""Measures of a ranking worked out by hand; a public set from a folder, searched by the real encoder and index."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.steps.boosted import Boosted
from assistant.steps.retrieve import Parts
from assistant.steps.support import SIGNS, SUPPORT_NEEDED, support
from assistant.wiring import Application
from eval.bench import judged_by_targets
from eval.cases import Case, load_cases
from eval.clauses import Shown, clause_facts, is_relevant
from eval.corpora import load_corpus
from eval.development import Development
from eval.ranking import chance, measure
from eval.retrieval import compared, evaluate
from eval.support import Asking, fit, from_cases, signs_of_all

CASES = Path("eval/cases")


def test_measures_by_hand() -> None:
    row = measure([False, True, False, True], total=2)
    assert (row["hit@1"], row["hit@5"], row["mrr@10"]) == (0, 1, 0.5)
    ideal = 1 + 1 / math.log2(3)
    assert row["ndcg@10"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert measure([True] * 12, total=20)["ndcg@10"] == pytest.approx(1)
    assert measure([], total=3) == {"hit@1": 0, "hit@5": 0, "hit@10": 0, "mrr@10": 0, "ndcg@10": 0}


def test_chance_tells_a_lead_from_noise() -> None:
    noise = np.random.default_rng(1).normal(size=200)
    assert chance(list(noise + 0.5), list(noise)) < 0.001
    assert chance(list(noise), list(noise[::-1])) > 0.05
    assert chance([1.0, 0.0], [1.0, 0.0]) == 1


def folder_of(tmp_path: Path) -> Path:
    papers = [
        ("a", "某市算力券办法", "租用智能算力训练大模型的企业，按合同金额的百分之五十给予补贴。"),
        ("b", "某市公园管理条例", "公园应当在每日六时开放，二十二时关闭。禁止攀折花木。" * 60),
        ("c", "某市住房公积金办法", "职工购买自住住房可以提取住房公积金。"),
    ]
    rows = [{"id": i, "title": t, "text": x} for i, t, x in papers]
    (tmp_path / "corpus.jsonl").write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows))
    asked = [
        {"id": "1", "query": "租GPU能补多少"},
        {"id": "2", "query": "公园几点关门"},
        {"id": "3", "query": "无"},
    ]
    (tmp_path / "queries.jsonl").write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in asked))
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t1\n2\tb\t1\n3\tx\t1\n3\tc\t0\n")
    return tmp_path


def test_a_public_set(tmp_path: Path, wence: Application) -> None:
    corpus = load_corpus(folder_of(tmp_path))
    assert [id for id, _ in corpus.queries] == ["1", "2"], (
        "a question without a known relevant document is left out"
    )
    cache = tmp_path / "vectors.db"
    rankings = evaluate(corpus, wence.encoder, cache, lambda *_: None)
    assert rankings["wence"].means["hit@1"] == 1
    rows = compared(list(rankings.values()))
    assert (
        rows[0]["p"] is None
        and rows[0]["n"] == 2
        and {r["name"] for r in rows[1:]} == {"bm25 words", "bm25 pairs"}
    )

    class Silent:
        """An encoder that must not be asked for passages again."""

        fingerprint = wence.encoder.fingerprint
        embed_query = staticmethod(wence.encoder.embed_query)

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise AssertionError("vectors are kept by model and text")

    again = evaluate(corpus, Silent(), cache, lambda *_: None)
    assert again["wence"].rows == rankings["wence"].rows


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_broken_set_names_file_and_line(tmp_path: Path, name: str) -> None:
    folder = folder_of(tmp_path)
    path = folder / name
    path.write_text(path.read_text() + "\n{broken x y\n")
    with pytest.raises(InputError, match=name.replace(".", r"\.")):
        load_corpus(folder)
    path.unlink()
    with pytest.raises(InputError, match="请检查"):
        load_corpus(folder)


def test_gold_is_a_fact_in_a_clause_of_an_expected_paper() -> None:
    case = Case(
        id="x",
        question="算力合同600万，补多少",
        expected_facts=("300万元", "不能|不可以|不行|不得|无法"),
        expected_sources=("某市算力券办法",),
        calc={"rate": 50, "result": 300, "unit": "万元"},
    )
    assert clause_facts(case) == ("50%",), "of a calculation the clause carries the rate, not the result"
    assert is_relevant(case, Shown("《某市算力券办法》", "按合同金额的百分之五十给予补贴"))
    assert not is_relevant(case, Shown("某市公园管理条例", "门票可打百分之五十"))
    assert not is_relevant(case, Shown("某市算力券办法", "由科技局负责"))


def test_our_search_leads_on_our_own_questions(wence: Application) -> None:
    development = Development(wence, load_cases(CASES / "development.jsonl"), date(2026, 11, 22))
    ours = development.ours("wence", Parts()).means
    for other in (development.bm25("bm25 words"), development.bm25("bm25 pairs")):
        assert all(ours[m] > other.means[m] for m in ("hit@1", "hit@5", "mrr@10", "ndcg@10")), other.name
    assert ours["hit@5"] >= 0.9


def test_support_tells_present_from_absent(wence: Application) -> None:
    day, snapshot = date(2026, 11, 22), wence.knowledge.snapshot()
    askings = [
        asking
        for name in ("development", "present", "absent")
        for asking in from_cases(load_cases(CASES / f"{name}.jsonl"), name, day, snapshot)
    ]
    signs = signs_of_all(wence, askings, lambda: None)
    chances = [support(dict(zip(SIGNS, row, strict=True))) for row in signs]
    is_given = [chance >= SUPPORT_NEEDED for chance in chances]
    present = [given for given, asking in zip(is_given, askings, strict=True) if asking.is_answered]
    absent = [given for given, asking in zip(is_given, askings, strict=True) if not asking.is_answered]
    assert sum(present) > 0.85 * len(present) and sum(absent) < 0.75 * len(absent)


def test_trees_are_stored_as_they_were_fitted() -> None:
    chance = np.random.default_rng(5)
    rows = chance.random((600, len(SIGNS)))
    answered = rows[:, 0] + rows[:, 3] > 1.1
    askings = [Asking("?", date(2026, 11, 22), bool(a), f"g{i % 3}") for i, a in enumerate(answered)]
    stored, told = fit(askings, rows)
    model = Boosted.model_validate(stored)
    right = [
        (model.chance(dict(zip(SIGNS, row, strict=True))) > 0.5) == a
        for row, a in zip(rows, answered, strict=True)
    ]
    assert sum(right) > 0.95 * len(right) and told["auc"] > 0.95


def test_targets_are_judged_in_their_direction() -> None:
    rows = judged_by_targets({"warm_query": {"median_ratio": 1.6, "p95_ratio": 1.9}})
    assert [(name, held) for name, _, _, held in rows] == [
        ("warm_query.median_ratio", False),
        ("warm_query.p95_ratio", True),
    ]
