"""What is denied is not told as true: a firm that says it has no filing must not hear that it meets the condition."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.models import Question
from assistant.programmes.denial import is_asked, is_denied
from assistant.wiring import Application

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "word", "near", "far"),
    [
        ("我那个算力商没在入库名单里头", "入库", True, True),
        ("供应方并非已入库的机构", "已入库", True, True),
        ("没有在网信办做备案", "备案", False, True),
        ("备案还没下来", "备案", False, True),
        ("位于创新小镇范围之外", "小镇", False, True),
        ("the model we buy has no cac filing", "filing", False, True),
        ("our branch is not an independent legal entity", "independent legal entity", True, True),
        ("模型有没有备案", "备案", False, False),
        ("不是没备案", "备案", False, False),
        ("备案过的模型没问题", "备案", False, False),
        ("不仅备案了还上架了", "备案", False, False),
        ("没有关联关系，已备案", "备案", False, False),
    ],
)
def test_a_denial_is_heard_in_its_clause_only(text: str, word: str, near: bool, far: bool) -> None:
    start = text.index(word)
    assert is_denied(text, start, start + len(word)) is near
    assert is_denied(text, start, start + len(word), far=True) is far


@pytest.mark.parametrize("text", ["是否必须已入库", "要求已入库吗", "有没有已入库"])
def test_what_is_only_asked_about_is_not_told(text: str) -> None:
    assert is_asked(text, text.index("已入库"))


@pytest.mark.parametrize(
    ("question", "fact", "told"),
    [
        ("供應方並非已入庫的訓力券服務機構，能申請訓力券嗎？", "compute_provider_listed", "否"),
        ("供应方是已入库的服务机构，训力券能申请吗？", "compute_provider_listed", "是"),
        ("训力券的供应方是否必须是已入库的机构？", "compute_provider_listed", None),
        ("模型备案还没下来，模型券能报吗？", "model_filed", "否"),
        ("注册地为东莞，并未在深圳设立主体，能申请训力券吗？", "city", "东莞市"),
        ("我们可在深圳或上海落地，模型券哪边多？", "city", None),
    ],
)
def test_a_question_tells_what_it_says(
    wence: Application, question: str, fact: str, told: str | None
) -> None:
    answer = wence.pipeline.answer(Question(text=question, as_of=TODAY))
    assert answer.facts.get(fact) == told


@pytest.mark.parametrize(
    "question",
    [
        "我那个算力商没在入库名单里头，训力券是不是就报不了了",
        "大模型供应商没有在网信办做备案，模型券还能用吗？",
        "Our branch is not an independent legal entity. Can it apply for the training voucher?",
    ],
)
def test_a_denied_condition_is_never_said_to_be_met(wence: Application, question: str) -> None:
    answer = wence.pipeline.answer(Question(text=question, as_of=TODAY))
    assert any(a.outcome == "unmet" for a in answer.assessments)
    assert "不能申请" in answer.text or "not eligible" in answer.text


def test_a_sum_said_of_the_measure_is_no_fact_of_the_firm(wence: Application) -> None:
    answer = wence.pipeline.answer(
        Question(text="有资料称东莞市每年发放算力券五千万元，准确吗？", as_of=TODAY)
    )
    assert "compute_contract_amount" not in answer.facts and "100万元：" not in answer.text


def test_amounts_without_commas_go_to_the_words_before_them(wence: Application) -> None:
    text = "语料花了200w 算力400w 模型费100w 三张券全用上顶多拿多少"
    facts = wence.pipeline.answer(Question(text=text, as_of=TODAY)).facts
    assert {k: facts[k] for k in ("corpus_contract_amount", "compute_contract_amount", "model_fee")} == {
        "corpus_contract_amount": "2000000",
        "compute_contract_amount": "4000000",
        "model_fee": "1000000",
    }
