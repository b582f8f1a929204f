"""Questions about a paper itself: which it is, its number, its date, whether it still holds; and what it does not tell."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.models import Question, Turn
from assistant.wiring import Application

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("具身智能18条是哪份文件，什么时候发的？", ("行动计划（2025-2027年）》", "2025年3月3日")),
        ("2025年那版操作规程现在还能引用吗？", ("已不再适用", "2026年5月1日", "2026年修订版")),
        ("若干措施啥时候过期啊", ("2024年12月18日", "2026年12月18日", "现行有效")),
        ("语料券的操作规程是几号文？", ("深政数规〔2025〕1号",)),
    ],
)
def test_a_paper_is_known_by_short_name_edition_and_kind(
    wence: Application, question: str, parts: tuple[str, ...]
) -> None:
    answer = wence.pipeline.answer(Question(text=question, as_of=TODAY))
    assert answer.status == "answered" and all(part in answer.text for part in parts), answer.text
    for c in answer.citations:
        document = wence.catalog.document(c.document_id, c.version)
        assert document and document.text[c.start : c.end] == c.quote


def test_the_same_paper_has_expired_a_month_later(wence: Application) -> None:
    answer = wence.pipeline.answer(Question(text="若干措施啥时候过期啊", as_of=date(2027, 1, 20)))
    assert "已经到期失效" in answer.text


def test_a_term_that_the_paper_does_not_state_is_not_borrowed_from_another(wence: Application) -> None:
    before = Turn(question="前海那份人工智能措施什么时候印发的", answer="2024年1月2日")
    answer = wence.pipeline.answer(Question(text="那什么时候到期", as_of=TODAY, history=(before,)))
    assert answer.status == "unanswerable_no_support" and "没有写明" in answer.text


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("3000P等于62E的百分之几？", "4.84%"),
        ("东莞2025年发的算力券占三年总盘子的百分之几？", "30%"),
        ("首批训力券近2亿、近40家，平均一家大概多少钱？", "500万元"),
    ],
)
def test_shares_and_averages_are_computed_from_cited_sentences(
    wence: Application, question: str, shown: str
) -> None:
    answer = wence.pipeline.answer(Question(text=question, as_of=TODAY))
    assert shown in answer.text and "按条文推算" in answer.text and answer.citations


def test_a_share_of_a_figure_that_no_paper_gives_is_not_computed(wence: Application) -> None:
    answer = wence.pipeline.answer(Question(text="3000P等于77E的百分之几？", as_of=TODAY))
    assert "3.9%" not in answer.text and "3.90%" not in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "龙岗买算力 给补几个点啊",
        "元戎启行首批训力券到手多少钱？",
        "南山区对具身智能企业的算力补贴是多少",
        "请逐字引用《深圳市具身智能机器人技术创新与产业发展行动计划（2025-2027年）》18项任务中第7项的全文。",
    ],
)
def test_what_no_paper_tells_is_said_to_be_unknown(wence: Application, question: str) -> None:
    answer = wence.pipeline.answer(Question(text=question, as_of=TODAY))
    assert answer.status == "unanswerable_no_support" and "12345" in answer.text
