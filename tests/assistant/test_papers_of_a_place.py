"""Papers nobody has written rules for: what is absent is said, lists are whole, windows hold for the day, amendments count."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.clock import FixedClock
from assistant.models import Answer, Question, Status
from assistant.wiring import Application
from tests.conftest import TODAY, ingest_paths, make_settings

MEASURES = """# 青石市支持制造业智能改造扶持办法

青石府办〔2023〕12号

第一条 企业实施智能改造项目的，按设备投入的12%给予改造补贴，每年最高200万元。
第二条 企业采购工业模型服务的，按合同金额的20%给予模型补贴，每年最高40万元。
第三条 集中受理时间为每年3月1日至3月31日。申请材料先报所在镇街，镇街在10个工作日内完成初审。
第四条 有下列情形之一的，不予扶持：
（一）近三年发生较大以上安全生产事故的；
（二）改造项目使用二手设备的；
（三）关联方采购金额超过项目投入30%的。
第五条 本办法自2023年12月1日起施行，有效期至2025年11月30日。

青石市人民政府办公室
2023年11月20日
"""
NOTICE = """# 青石市人民政府办公室关于延长《青石市支持制造业智能改造扶持办法》有效期及调整部分条款的通知

青石府办〔2025〕40号

《青石市支持制造业智能改造扶持办法》（青石府办〔2023〕12号，以下简称《扶持办法》）有关事项通知如下：
一、《扶持办法》有效期延长至2027年12月31日。
二、《扶持办法》第二条调整为：企业采购工业模型服务的，按合同金额的30%给予模型补贴，每年最高60万元。
三、《扶持办法》第三条规定的集中受理时间，调整为每年11月1日至11月30日。
四、本通知自2026年1月1日起施行。

青石市人民政府办公室
2025年11月8日
"""
DRAFT = """# 青石市语料产业若干政策（征求意见稿）

青石市数据局  2026年9月18日

第一条 对企业采购训练语料的，拟按合同金额的25%给予语料补贴，每年最高120万元。
公众可于2026年10月18日前反馈意见。
"""


@pytest.fixture(scope="module")
def qingshi(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Application:
    home = tmp_path_factory.mktemp("qingshi")
    for name, text in (("办法", MEASURES), ("通知", NOTICE), ("草案", DRAFT)):
        (home / f"{name}.md").write_text(text, encoding="utf-8")
    settings = make_settings(home / "home", model_cache=model_cache, samples=False)
    application = Application(settings, FixedClock(TODAY))
    ingest_paths(application, *sorted(home.glob("*.md")))
    return application


def ask(application: Application, text: str, day: date = TODAY) -> Answer:
    return application.pipeline.answer(Question(text=text, as_of=day))


def test_a_notice_prolongs_the_paper_it_names(qingshi: Application) -> None:
    snapshot = qingshi.knowledge.snapshot()
    measures = next(id for id, (head, _) in snapshot.heads.items() if head.title.startswith("青石市支持"))
    assert snapshot.heads[measures][0].effective_to == date(2027, 12, 31)
    assert snapshot.statuses(TODAY)[measures] is Status.IN_FORCE
    assert snapshot.statuses(date(2028, 1, 1))[measures] is Status.EXPIRED


def test_the_term_is_told_with_the_notice_that_gives_it(qingshi: Application) -> None:
    answer = ask(qingshi, "《青石市支持制造业智能改造扶持办法》还有效吗")
    assert "现行有效" in answer.text and "2027年12月31日" in answer.text
    assert any("延长至2027年12月31日" in c.quote for c in answer.citations)


def test_the_amended_clause_gives_way(qingshi: Application) -> None:
    answer = ask(qingshi, "青石市采购工业模型服务合同150万，模型补贴能补多少")
    assert "45万元" in answer.text and "40万元" not in answer.text
    past = ask(qingshi, "青石市的模型补贴改之前是多少")
    assert "20%" in past.text
    before = ask(qingshi, "青石市采购工业模型服务合同150万，模型补贴能补多少", date(2025, 6, 1))
    assert "30万元" in before.text  # the answer holds for its day


def test_the_window_of_the_year_is_judged_for_the_day(qingshi: Application) -> None:
    assert "受理中" in ask(qingshi, "青石市智能改造现在还能报吗").text
    assert "今年的已截止" in ask(qingshi, "青石市智能改造现在还能报吗", date(2026, 12, 5)).text


def test_a_list_is_given_whole(qingshi: Application) -> None:
    answer = ask(qingshi, "青石市智能改造用了二手设备还可以申请吗")
    assert "不予扶持" in answer.text and "二手设备" in answer.text
    every = ask(qingshi, "青石市哪些情形不予扶持")
    assert all(word in every.text for word in ("安全生产事故", "二手设备", "关联方"))


def test_a_sentence_of_a_draft_is_marked(qingshi: Application) -> None:
    text = ask(qingshi, "青石市采购训练语料补多少").text
    assert "25%" in text and "征求意见稿，尚未施行" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("青石市算力券补几成", "没有“算力券”这一项"),
        ("青石市高层次人才补贴多少钱", "没有“人才补贴”这一项"),
        ("青石市第二批改造补贴发了多少钱", None),
        ("青石市智能改造补贴的咨询电话是多少", None),
    ],
)
def test_what_no_paper_of_the_place_has_is_said(qingshi: Application, text: str, said: str | None) -> None:
    answer = ask(qingshi, text)
    assert answer.status == "unanswerable_no_support", answer.text
    assert said is None or said in answer.text
    assert answer.citations == () or "查不到" in answer.text


def test_what_it_has_under_another_word_is_answered(qingshi: Application) -> None:
    assert "12%" in ask(qingshi, "青石市改造补贴多少").text
