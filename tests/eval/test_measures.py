"""The measures beside acceptance's, each with values worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import log2
from typing import Any

import pytest

from assistant.models import Answer, Assessment, Citation, Confidence, Kind, Status, Usage
from assistant.spending import Prices
from eval.answers import Score
from eval.cases import Case
from eval.measures import MEASURES, interval, score, summarise
from eval.passages import passage_measures
from eval.recorded import Recorded, Seen
from eval.runs import taken
from eval.sentences import citation_measures, sentences_of


def cited(number: int, quote: str, title: str = "某办法", status: Status = Status.IN_FORCE) -> Citation:
    return Citation(
        number=number, document_id=f"d{number}", version=1, title=title, issuer=None, document_number=None,
        kind=Kind.POLICY, status=status, confidence=Confidence.OFFICIAL, digest=False, article=None, quote=quote,
        start=0, end=len(quote), url=None,
    )  # fmt: skip


def recorded(text: str, *citations: Citation, passages: tuple[Seen, ...] = (), **values: Any) -> Recorded:
    known: dict[str, Any] = {
        "question_id": "q", "conversation_id": "c", "status": "answered", "language": "zh",
        "as_of": date(2026, 11, 22), "text": text, "citations": citations, "trace_id": "t",
    }  # fmt: skip
    own = {k: values.pop(k) for k in list(values) if k in Recorded.model_fields}
    return Recorded(id="a", answer=Answer(**(known | values)), passages=passages, **own)


def seen(title: str, text: str) -> Seen:
    return Seen(document_id=title, title=title, text=text)


CASE = Case(
    id="a",
    question="补多少",
    expected_facts=("30%", "200万元"),
    expected_sources=("语料券若干措施", "训力券申请指南"),
)


def test_retrieval_by_paper() -> None:
    found = (
        seen("无关的文件一", "…"),
        seen("语料券若干措施", "总则"),
        seen("语料券若干措施", "附则"),
        seen("无关的文件二", "…"),
    )
    measures = passage_measures(CASE, found)
    # Papers in order: other, expected, other; two are expected.
    assert measures["document_hit"] == 1 and measures["document_recall"] == 0.5
    assert measures["document_mrr"] == 0.5
    assert measures["document_ndcg"] == pytest.approx((1 / log2(3)) / (1 + 1 / log2(3)))


def test_retrieval_by_clause_survives_rechunking() -> None:
    whole = passage_measures(CASE, (seen("语料券若干措施", "按30%给予资助，最高200万元"),))
    assert whole["clause_hit"] == whole["clause_recall"] == whole["clause_mrr"] == whole["clause_ndcg"] == 1
    parts = (
        seen("别的文件说明", "按30%，最高200万元"),
        seen("语料券若干措施", "按30%给予资助"),
        seen("语料券若干措施", "仍是30%"),
        seen("语料券若干措施", "最高200万元"),
    )
    cut = passage_measures(CASE, parts)
    assert (cut["clause_hit"], cut["clause_recall"], cut["clause_mrr"]) == (1, 1, 0.5)
    # Half of the facts at rank 2, nothing new at rank 3, the other half at rank 4.
    assert cut["clause_ndcg"] == pytest.approx(0.5 / log2(3) + 0.5 / log2(5))
    assert passage_measures(CASE, ())["clause_ndcg"] == 0
    assert passage_measures(Case(id="x", question="天气", answerable=False), parts) == {}


def test_sentences_and_their_marks() -> None:
    text = "按30%资助。最高200万元。[1][2]\n还要什么材料？\n须为深圳企业[3]；另见下表：\n没有出处的一句话。"
    assert [(s.text, s.numbers) for s in sentences_of(text)] == [
        ("按30%资助。", (1, 2)),
        ("最高200万元。", (1, 2)),
        ("须为深圳企业", (3,)),
        ("没有出处的一句话。", ()),
    ]


def test_citation_precision_and_recall() -> None:
    one = recorded(
        "语料券按合同金额的30%给予资助。[1][2]\n训力券最高1000万元。",
        cited(1, "语料券按合同金额的30%给予资助"),
        cited(2, "模型券由工业和信息化局受理"),
    )
    measures = citation_measures(one)
    assert measures["citation_recall"] == 0.5  # the second sentence has no citation
    assert measures["citation_precision"] == 0.5  # the second citation is not needed
    wrong = recorded("语料券按合同金额的40%给予资助。[1]", cited(1, "语料券按合同金额的30%给予资助"))
    assert citation_measures(wrong)["citation_recall"] == citation_measures(wrong)["citation_precision"] == 0


def test_quote_fidelity() -> None:
    two = (cited(1, "甲"), cited(2, "乙"))
    assert citation_measures(recorded("x", *two, quotes_true=(True, False)))["quote_fidelity"] == 0.5
    assert "quote_fidelity" not in citation_measures(recorded("x"))


def test_expired_papers_count_unless_said() -> None:
    old = cited(1, "按30%资助", status=Status.EXPIRED)
    assert citation_measures(recorded("语料券按30%资助。[1]", old))["expired_citation_rate"] == 1
    said = recorded("语料券按30%资助。[1]", old, notices=("该文件已于 2025-12-31 到期。",))
    assert citation_measures(said)["expired_citation_rate"] == 0
    assert (
        citation_measures(recorded("语料券按30%资助。[1]", cited(1, "按30%资助")))["expired_citation_rate"]
        == 0
    )


def test_papers_that_must_not_be_cited() -> None:
    case = Case(id="a", question="x", forbidden_sources=("操作规程（2025年版）",))
    old, new = cited(1, "q", "某某操作规程（2025年版）"), cited(1, "q", "某某操作规程（2026年版）")
    case = case.model_copy(update={"forbidden_sources": ("某某操作规程（2025年版）",)})
    assert score(case, recorded("x", old)).measures["forbidden_source_rate"] == 1
    assert score(case, recorded("x", new)).measures["forbidden_source_rate"] == 0


def test_verdicts_and_amounts() -> None:
    case = Case(
        id="a", question="x", programme="p", expected_verdict="unmet", expected_amount=Decimal("900000")
    )
    verdict = Assessment(programme_id="p", title="语料券", outcome="unmet", amount=Decimal("900000.00"))
    other = Assessment(programme_id="q", title="训力券", outcome="met", amount=Decimal(1))
    good = score(case, recorded("x", assessments=(other, verdict))).measures
    assert good["verdict_accuracy"] == good["amount_accuracy"] == 1
    bad = score(case, recorded("x", assessments=(other,))).measures
    assert bad["verdict_accuracy"] == bad["amount_accuracy"] == 0


def test_forbidden_facts_false_premises_and_follow_ups() -> None:
    case = Case(
        id="a",
        kind="false_premise",
        question="训力券补80%对吗",
        expected_facts=("50%",),
        forbidden_facts=("80%",),
    )
    denied = score(case, recorded("不是80%，最高50%。[1]", cited(1, "最高50%"))).measures
    assert denied["false_premise"] == 1 and denied["forbidden_fact_rate"] == 0 and denied["right"] == 1
    agreed = score(case, recorded("可以补80%，一般50%。[1]", cited(1, "最高50%"))).measures
    assert agreed["false_premise"] == 0 and agreed["forbidden_fact_rate"] == 1 and agreed["right"] == 0
    asked = Case(id="b", turns=("训力券补多少", "初创呢"), expected_facts=("60%",))
    assert score(asked, recorded("最高60%。")).measures["follow_up"] == 1
    assert score(asked, recorded("最高50%。")).measures["follow_up"] == 0
    assert "follow_up" not in score(case, recorded("x")).measures and asked.group == "followup"


def test_refusals() -> None:
    declined = recorded("查不到。", status="unanswerable_no_support")
    wanted = Case(id="a", question="x", answerable=False, expected_status="out_of_scope")
    found = score(wanted, declined).measures
    assert found["refusal_precision"] == found["refusal_recall"] == found["right"] == 1
    assert found["status_accuracy"] == 0  # declined for another reason
    over = score(CASE, declined).measures
    assert over["refusal_precision"] == 0 and over["over_refusal"] == 1 and over["right"] == 0
    failed = score(CASE, recorded("", status="error_internal")).measures
    assert failed["over_refusal"] == 0 and failed["right"] == 0 and "refusal_precision" not in failed


def test_an_unsupported_figure_makes_a_complete_answer_wrong() -> None:
    one = score(
        CASE, recorded("按30%，最高200万元，另奖77万元。[1]", cited(1, "按30%，最高200万元"))
    ).measures
    assert one["strict_accuracy"] == 1 and one["wrong_amount_rate"] == 1 and one["right"] == 0


def test_latency_and_cost() -> None:
    def asked(m: int) -> Usage | None:
        known = m if m <= 99 else None  # of one answer the service reported nothing
        return (
            Usage(requests=2, prompt_tokens=known and known * 1000, completion_tokens=known)
            if m > 50
            else None
        )

    rows = [recorded("x", milliseconds=float(m), usage=asked(m)) for m in range(1, 101)]
    told = taken(rows, Prices(2.0, 8.0))
    assert (told["n_milliseconds"], told["milliseconds_median"], told["milliseconds_p95"]) == (
        100,
        51.0,
        95.0,
    )
    assert told["model_requests"] == 100 and told["model"]["answers"] == 50 and told["model"]["unknown"] == 1
    # 51 … 99 are 49 numbers with the sum 3675: 3,675,000 × 2 / 10⁶ + 3675 × 8 / 10⁶ yuan.
    assert told["model"]["prompt_tokens"] == 3_675_000 and told["model"]["completion_tokens"] == 3675
    assert told["model"]["cost"] == pytest.approx(7.3794) and told["cost_words"] == "至少 7.3794 元"
    assert taken([recorded("x")]) == {} and taken(rows[:9])["cost_words"] == "0 元"


def test_intervals() -> None:
    # Wilson, 8 of 10: (0.8 + 0.19207) / 1.38415 ± 1.95996 · sqrt(0.016 + 0.0096037) / 1.38415
    assert interval([1.0] * 8 + [0.0] * 2) == (0.4902, 0.9433)
    assert interval([0.0] * 10) == (0.0, 0.2775)
    low, high = interval([0.25, 0.5, 0.75] * 10)
    assert 0.4 < low < 0.5 < high < 0.6


def test_summary_has_n_and_interval_for_every_measure() -> None:
    scores = [
        Score(id="a", kind="fact", outcome="answered", measures={"right": 1.0}),
        Score(id="b", kind="fact", outcome="declined", measures={"right": 0.0, "over_refusal": 1.0}),
    ]
    row = summarise(scores)["ALL"]
    assert (row["right"], row["n_right"], row["n_over_refusal"], row["answered"]) == (0.5, 2, 1, 1)
    assert row["ci_right"] == interval([1.0, 0.0])
    assert row["clause_mrr"] is None and all(f"ci_{name}" in row for name in MEASURES)
