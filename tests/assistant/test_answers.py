"""Answers over the sample knowledge base: cited word for word, declined where nothing is there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.errors import InputError, NothingIngested
from assistant.models import Answer, Finished, Question, TextDelta
from assistant.wiring import Application
from eval.cases import load_cases
from tests.conftest import TODAY, ingest_paths

CASES = load_cases(Path(__file__).parents[2] / "eval/cases/development.jsonl")


def ask(wence: Application, text: str, as_of: date = TODAY) -> Answer:
    return wence.pipeline.answer(Question(text=text, as_of=as_of))


def assert_citations_hold(wence: Application, answer: Answer) -> None:
    import re

    numbers = {int(n) for n in re.findall(r"\[(\d+)\]", answer.text)}
    assert numbers == {c.number for c in answer.citations}
    for c in answer.citations:
        document = wence.catalog.document(c.document_id, c.version)
        assert document is not None
        assert document.text[c.start : c.end] == c.quote != ""
        assert document.head.title == c.title


def test_rate_and_cap_of_buying_training_data(wence: Application) -> None:
    answer = ask(wence, "购买训练数据能补贴多少，上限多少？")
    assert answer.status == "answered"
    assert "30%" in answer.text and "200万元" in answer.text
    first = answer.citations[0]
    assert first.title == "深圳市打造人工智能先锋城市的若干措施"
    assert (first.article, first.document_number, first.digest) == ("（三）", "深工信规〔2024〕13号", True)
    assert any("2026-12-18" in n and "二手来源" in n for n in answer.notices)
    assert any("摘编" in n for n in answer.notices)


def test_first_vouchers_are_cited_to_the_news(wence: Application) -> None:
    answer = ask(wence, "首批训力券什么时候发的，多少家企业拿到？")
    assert all(fact in answer.text for fact in ("2025年3月29日", "近2亿元", "近40家"))
    assert answer.citations[0].title == "深圳竞逐具身智能新赛道"


def test_the_weather_is_declined(wence: Application) -> None:
    answer = ask(wence, "今天深圳天气怎么样")
    assert answer.status.startswith("unanswerable")
    assert answer.citations == () and "12345" in answer.text and "晴" not in answer.text


def test_drafts_and_lapsed_papers_are_said_to_be_so(wence: Application) -> None:
    draft = ask(wence, "征求意见稿里自研行业大模型一次性资助要满足什么条件？")
    assert any("征求意见稿" in n for n in draft.notices)
    after = ask(wence, "训力券最高能拿多少？", date(2026, 12, 19))
    lapsed = [c for c in after.citations if c.title == "深圳市打造人工智能先锋城市的若干措施"]
    assert all(c.status == "expired" for c in lapsed)
    assert not lapsed or any("已于 2026-12-18 到期" in n for n in after.notices)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_every_citation_of_the_development_questions_is_verbatim(wence: Application, case: object) -> None:
    answer = ask(wence, case.last_turn)  # type: ignore[attr-defined]
    assert_citations_hold(wence, answer)
    if answer.status == "answered":
        assert answer.citations
    elif answer.citations:  # the sentence of a paper that says itself that this is not known
        assert answer.status == "unanswerable_no_support"


def test_a_tier_is_found_with_its_header(wence: Application) -> None:
    found = wence.pipeline.search(Question(text="政务场景专项二档补多少", as_of=TODAY), 5)
    row = next(line for p in found.kept for line in p.chunk.text.splitlines() if "二档" in line)
    assert "300万元" in row and ("档次：" in row or "上限" in row or "最高" in row)


def test_events_add_up_to_the_answer_and_the_journal_keeps_it(wence: Application) -> None:
    events = list(wence.pipeline.events(Question(text="语料券最高多少？", as_of=TODAY)))
    assert [e.phase for e in events if e.type == "progress"] == ["understand", "retrieve", "draft"]
    final = events[-1]
    assert isinstance(final, Finished)
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == final.answer.text
    assert wence.journal.answer(final.answer.question_id) == final.answer
    assert wence.journal.question(final.answer.question_id) == "语料券最高多少？"
    assert final.trace.checks and final.trace.timings.keys() >= {"understand", "retrieve", "draft"}


def test_unusable_questions_and_an_empty_knowledge_base_say_so(
    wence: Application, application: Application
) -> None:
    with pytest.raises(InputError, match="空"):
        ask(wence, " \u200b ")
    with pytest.raises(InputError, match="上限"):
        ask(wence, "长" * 3000)
    with pytest.raises(NothingIngested, match="wence ingest"):
        ask(application, "训力券")


def test_a_paper_of_another_city_works_on_the_day_it_is_ingested(
    wence: Application, tmp_path: Path, model_cache: Path
) -> None:
    from assistant.clock import FixedClock
    from tests.conftest import make_settings

    paper = tmp_path / "海州市算力补贴办法.txt"
    paper.write_text(
        "海州市算力补贴办法\n第一条 补贴对象为海州市登记的企业。\n第二条 海州市算力补贴按合同金额的最高35%给予，最高160万元。",
        encoding="utf-8",
    )
    other = Application(make_settings(tmp_path / "home", model_cache=model_cache), FixedClock(TODAY))
    ingest_paths(other, paper)
    answer = ask(other, "海州市算力补贴比例和上限是多少？")
    assert "35%" in answer.text and "160万元" in answer.text
    assert answer.citations[0].article == "第二条" and answer.citations[0].digest is False
    assert_citations_hold(other, answer)


def test_traditional_and_full_width_papers_are_found_and_quoted_as_they_are(
    tmp_path: Path, model_cache: Path
) -> None:
    from assistant.clock import FixedClock
    from tests.conftest import make_settings

    paper = tmp_path / "海州市語料補貼辦法.txt"
    line = "第二條 海州市語料補貼按合同金額的最高３５％給予，最高１６０萬元。"
    paper.write_text(f"海州市語料補貼辦法\n第一條 補貼對象為海州市登記的企業。\n{line}", encoding="utf-8")
    other = Application(make_settings(tmp_path / "home", model_cache=model_cache), FixedClock(TODAY))
    ingest_paths(other, paper)
    answer = ask(other, "海州市语料补贴比例和上限是多少？")
    assert answer.status == "answered" and line in [c.quote for c in answer.citations]
    assert_citations_hold(other, answer)


def test_no_chunk_of_the_samples_is_longer_than_the_model_reads(wence: Application) -> None:
    from assistant.encoders.embedded import EmbeddedE5

    assert isinstance(wence.encoder, EmbeddedE5)
    heads = wence.catalog.heads()
    for chunk, _ in wence.catalog.current_chunks():
        assert wence.encoder.token_count(chunk.embedded_text(heads[chunk.document_id][0].title)) < 512
