"""Who asks what there is at all is asked back for the one thing that decides; and what others gave is taken off."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from assistant.matching import match
from assistant.models import Question, Turn
from assistant.wiring import Application

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "question", ["我们公司能拿什么补贴？", "有没有适合我们的政策", "What support can we get?"]
)
def test_a_request_that_names_nothing_gets_one_question_back(wence: Application, question: str) -> None:
    answer = wence.pipeline.answer(Question(text=question, as_of=TODAY))
    assert answer.status == "clarification" and not answer.citations
    assert ("哪个城市" in answer.text) or ("which city" in answer.text)


def test_the_answer_to_the_question_back_brings_the_list(wence: Application) -> None:
    before = Turn(question="我们公司能拿什么补贴？", answer="公司注册在哪个城市？")
    answer = wence.pipeline.answer(Question(text="深圳", as_of=TODAY, history=(before,)))
    assert answer.status == "answered"
    assert all(name in answer.text for name in ("训力券", "语料券", "模型券"))
    assert "上海" not in answer.text


@pytest.mark.parametrize("question", ["训力券最高多少", "我们租了500万算力有补贴吗", "龙岗的算力补贴有什么"])
def test_a_question_about_something_is_not_general(wence: Application, question: str) -> None:
    answer = wence.pipeline.answer(Question(text=question, as_of=TODAY))
    assert answer.status != "clarification"


@pytest.mark.parametrize(
    ("others", "left"), [("0", "3000000"), ("2000000", "1000000"), ("3000000", "0"), ("9000000", "0")]
)
def test_what_others_gave_is_taken_off_under_the_share(wence: Application, others: str, left: str) -> None:
    told = {"compute_contract_amount": "600万元", "compute_other_support": others, "city": "深圳"}
    found = match(told, wence.knowledge.snapshot(), TODAY)
    one = next(a for a in found.assessments if a.programme_id == "sz-training-voucher")
    assert one.amount == Decimal(left) and str(one.amount) == left


def test_a_combination_counts_what_is_left(wence: Application) -> None:
    told = {
        "compute_contract_amount": "600万元",
        "compute_other_support": "200万元",
        "corpus_contract_amount": "300万元",
        "city": "深圳",
    }
    for language, name in (("zh", "训力券"), ("en", "Shenzhen training voucher")):
        found = match(told, wence.knowledge.snapshot(), TODAY, language)  # type: ignore[arg-type]
        assert str(found.combinations[0].amount) == "1900000"
        assert any(name in title for title in found.combinations[0].titles)
