"""Two papers give different figures for the same thing: the more official one is quoted and the difference is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.clock import FixedClock
from assistant.models import Answer, Question
from assistant.wiring import Application
from tests.conftest import TODAY, ingest_paths, make_settings

MEASURES = """# 海川市促进人工智能产业发展若干措施

海川府规〔2026〕3号

发布机构：海川市人民政府
发布日期：2026年3月2日

第一条 支持算力租用。对租用智能算力训练大模型的企业，给予算力补贴，按实际支付费用的30%补贴，单家企业每年最高300万元。

第二条 支持数据采购。对购买行业数据集的企业，给予数据补贴，最高80万元。

第三条 本措施自2026年4月1日起施行，有效期3年。
"""
NEWS = """# 海川出台人工智能新政 租用算力最高补贴500万元

来源：海川日报
发布日期：2026年3月5日

记者从海川市获悉，本市出台人工智能新政。企业租用智能算力训练大模型，可以领取算力补贴，最高500万元。

新政还支持企业购买行业数据集，数据补贴最高80万元。
"""


@pytest.fixture(scope="module")
def haichuan(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Application:
    home = tmp_path_factory.mktemp("haichuan")
    (home / "若干措施.md").write_text(MEASURES, encoding="utf-8")
    (home / "报道.md").write_text(NEWS, encoding="utf-8")
    settings = make_settings(home / "home", model_cache=model_cache, samples=False)
    application = Application(settings, FixedClock(TODAY))
    ingest_paths(application, home / "若干措施.md", home / "报道.md")
    return application


def ask(application: Application, text: str) -> Answer:
    return application.pipeline.answer(Question(text=text, as_of=TODAY))


@pytest.mark.parametrize("text", ["海川市租算力最高补多少", "海川算力补贴上限"])
def test_the_paper_counts_and_what_the_news_says_is_said_to_differ(haichuan: Application, text: str) -> None:
    answer = ask(haichuan, text)
    first, *others = answer.text.splitlines()
    assert "300万元" in first and "500万元" not in first
    assert [line for line in others if "说法不同" in line and "500万元" in line]
    assert "以更正式的《海川市促进人工智能产业发展若干措施》为准" in answer.text
    assert {c.title[:4] for c in answer.citations} == {"海川市促", "海川出台"}


def test_where_both_agree_nothing_is_said_and_the_paper_is_quoted(haichuan: Application) -> None:
    answer = ask(haichuan, "海川市数据补贴最高多少")
    assert "80万元" in answer.text
    assert "说法不同" not in answer.text
    assert [c.title for c in answer.citations] == ["海川市促进人工智能产业发展若干措施"]


def test_it_is_said_in_english_too(haichuan: Application) -> None:
    question = Question(text="海川市租算力最高补多少", as_of=TODAY, language="en")
    assert "Another source differs" in haichuan.pipeline.answer(question).text


@pytest.mark.parametrize(
    "text", ["训力券每年发放总额多少", "首批训力券总共发了多少", "语料券每年总额多少", "模型券最高补多少"]
)
def test_totals_of_a_batch_and_caps_of_a_case_are_no_conflict(wence: Application, text: str) -> None:
    assert "说法不同" not in ask(wence, text).text
