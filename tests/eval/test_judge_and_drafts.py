"""A judge model is believed only as far as people agree with it; cases drafted by rule; answers under noise."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import InputError
from assistant.knowledge import Snapshot
from assistant.llm import OpenAiChatModel
from assistant.models import Answer
from assistant.wiring import Application
from eval.case_drafts import from_programmes
from eval.cases import Case
from eval.corpora import load_corpus
from eval.extractive import character_f1, extracted, load_answers
from eval.judge import HumanLabel, Judged, judge, kappa, most_often, parse_labels, report
from eval.measures import score
from eval.recorded import Recorded
from eval.retrieval import SEARCH_ONLY
from eval.retrieval import evaluate as evaluate_corpus
from eval.rgb import NOISE, RgbCase, evaluate, load_rgb, mixed
from eval.runs import generate
from tests.conftest import TODAY, make_settings
from tests.scripted_llm import scripted_llm

DATA = Path(__file__).parents[1] / "data/rgb"
CASE = Case(id="a", question="补多少", expected_facts=("30%", "200万元"), okay_facts=("每年5000万元",))


def recorded(text: str) -> Recorded:
    answer = Answer(
        question_id="q", conversation_id="c", status="answered", language="zh", as_of=TODAY, text=text, trace_id="t"
    )  # fmt: skip
    return Recorded(id="a", answer=answer)


def test_a_judge_over_http_is_asked_again_and_its_failures_are_counted(tmp_path: Path) -> None:
    replies = [
        '```json\n{"labels": ["support", "not", "partial"]}\n```',
        "我认为都说到了。",
        '{"labels": ["support", "partial", "partial"]}',
    ]
    with scripted_llm(*replies) as (url, script):
        model = OpenAiChatModel(make_settings(tmp_path, llm_base_url=url, llm_model="judge"))
        [one] = judge([CASE], {"a": recorded("按30%资助[1]。")}, model, 3, lambda: None)
    assert (
        one.repeats == (("support", "not", "partial"), ("support", "partial", "partial"))
        and one.failures == 1
    )
    # At a tie the worse label counts.
    assert one.labels == {"30%": "support", "200万元": "not", "每年5000万元": "partial"}
    asked = json.dumps(script.requests[0], ensure_ascii=False)
    assert "按30%资助" in asked and "每年5000万元" in asked
    told = report([one], [])
    assert told["parse_failures"] == 1 and told["replies"] == 3
    assert told["repeats_agree"] == pytest.approx(2 / 3, abs=1e-4)
    assert "vital_recall" not in told, "no score without people's labels"


def test_the_score_stands_beside_its_agreement_with_people() -> None:
    judged = [
        Judged(id=str(i), vital=("x",), okay=("y",), repeats=(("support", "not"),), failures=0)
        for i in range(10)
    ]
    people = [HumanLabel(id=str(i), nugget="x", label="support") for i in range(10)]
    people += [HumanLabel(id=str(i), nugget="y", label="not" if i < 8 else "support") for i in range(10)]
    told = report(judged, people)
    # Seen: 18 of 20 the same. By chance: judge ½ and ½, people 12 and 8 of 20: 0.5. (0.9 − 0.5) / 0.5
    assert told["human"] == {"n": 20, "kappa": 0.8, "needed": 20}
    assert told["vital_recall"]["value"] == 1 and told["all_recall"]["value"] == 0.5
    assert "vital_recall" not in report(judged, people[:19])


def test_labels_and_kappa() -> None:
    assert parse_labels('{"labels": ["support"]}', 1) == ("support",)
    for bad in (
        "",
        "{}",
        '{"labels": ["yes"]}',
        '{"labels": ["support", "not"]}',
        '{"labels": "support"}',
        "[1]",
    ):
        assert parse_labels(bad, 1) is None, bad
    assert most_often(["support", "not", "support"]) == "support" and most_often(["support", "not"]) == "not"
    assert kappa([]) is None and kappa([("a", "a")]) is None and kappa([("a", "b"), ("b", "a")]) == -1


def test_cases_from_programmes(wence: Application) -> None:
    cases = {c.id: c for c in from_programmes(wence.knowledge.snapshot(), TODAY)}
    below, at, above = (cases[f"G-sz-corpus-voucher-share-{p}"] for p in ("below", "at", "above"))
    # The cap of 200 at 30% is reached at 667: 666 × 30% = 199.8.
    assert below.expected_amount == Decimal("1998000.00") and below.expected_facts == ("199.8万元",)
    assert at.expected_amount == above.expected_amount == Decimal(2000000)
    assert cases["G-sz-corpus-voucher-who-person"].expected_verdict == "unmet"
    window = cases["G-sz-corpus-voucher-window"]
    assert window.expected_facts[0] == "2026-11-10" and window.as_of == TODAY
    earlier = {c.id for c in from_programmes(wence.knowledge.snapshot(), date(2026, 9, 15))}
    assert window.id not in earlier, "a window that is open is not closed"
    false = [c for c in cases.values() if c.kind == "false_premise"]
    assert false and all(c.forbidden_facts and c.note for c in false)
    for case in cases.values():
        assert "E+" not in case.asked
    picked = [at, cases["G-sz-corpus-voucher-who-person"]]
    for case, one in zip(picked, generate(wence, picked, TODAY, lambda: None), strict=True):
        measures = score(case, one).measures
        assert measures.get("amount_accuracy", 1) == measures.get("verdict_accuracy", 1) == 1, one.answer


def test_passages_by_noise() -> None:
    case = RgbCase(id="1", query="q", answer=("x",), positive=tuple("abcde"), negative=tuple("vwxyz"))
    for noise, right in zip(NOISE, (5, 4, 3, 2, 1, 0), strict=True):
        chosen = mixed(case, noise, 5)
        assert len(chosen) == 5 and sum(c in "abcde" for c in chosen) == right
        assert chosen == mixed(case, noise, 5)
    assert case.stands_in("有x") and not case.stands_in("没有")
    both = case.model_copy(update={"answer": (("30%", "三成"), "12万元")})
    assert both.stands_in("补三成，最高12万元") and not both.stands_in("补三成")


def test_lines_of_rgb_in_their_several_forms(tmp_path: Path) -> None:
    lines = [
        {"id": 0, "query": "q", "answer": "x", "positive": ["a"], "negative": ["n"]},
        {
            "id": 1,
            "query": "q",
            "answer": [["x", "y"], "z"],
            "positive": [["a", "b"], ["c"]],
            "negative": ["n"],
        },
    ]
    (tmp_path / "en_int.json").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    one, two = load_rgb(tmp_path)
    assert one.answer == ("x",) and one.id == "en_int-0"
    assert two.positive == ("a", "c", "b") and two.stands_in("y z") and not two.stands_in("x")


def test_answers_under_noise_and_refusal_of_nothing_but_noise(wence: Application) -> None:
    told = evaluate(wence, load_rgb(DATA)[:2], 5, TODAY, lambda *_: None)
    assert set(told["accuracy"]) == {"0", "0.2", "0.4", "0.6", "0.8"} and told["rejection"]["n"] == 2
    assert told["accuracy"]["0"]["value"] == 1 and told["rejection"]["value"] == 1


def test_answers_taken_from_a_public_set(wence: Application, tmp_path: Path) -> None:
    case = load_rgb(DATA)[0]
    texts = [*case.positive[:1], *case.negative]
    files: dict[str, list[dict[str, Any]]] = {
        "corpus.jsonl": [{"id": str(i), "title": f"第{i}篇", "text": t} for i, t in enumerate(texts)],
        "queries.jsonl": [{"id": "q", "query": case.query}],
        "answers.jsonl": [{"id": "q", "answers": ["15%", "百分之十五"]}],
    }
    for name, rows in files.items():
        (tmp_path / name).write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("q\t0\t1\n", encoding="utf-8")
    told: dict[str, Any] = {}

    def inspect(snapshot: Snapshot) -> None:
        told.update(
            extracted(
                load_corpus(tmp_path),
                snapshot,
                wence.encoder,
                SEARCH_ONLY,
                load_answers(tmp_path),
                lambda *_: None,
            )
        )

    rankings = evaluate_corpus(
        load_corpus(tmp_path), wence.encoder, tmp_path / "v.db", lambda *_: None, inspect
    )
    assert (
        rankings["wence"].means["hit@1"] == 1
        and told["contains"]["value"] == 1
        and told["contains"]["n"] == 1
    )
    assert 0 < told["f1"]["value"] < 1


def test_f1_over_characters() -> None:
    assert character_f1("按30%补贴。", "按30%补贴") == 1 and character_f1("甲", "乙") == 0
    assert character_f1("按30%", "30%") == pytest.approx(2 * 2 / (3 + 2))  # 按30 against 30


def test_a_bad_line_of_an_rgb_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"id": 1}\n', encoding="utf-8")
    with pytest.raises(InputError, match="第 1 行"):
        load_rgb(tmp_path)
