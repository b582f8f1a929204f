"""Wordings that once were read wrong: each with what it must be read as."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.models import Document, Kind
from assistant.wiring import Application
from ingest.read import read_document
from ingest.sources import SourceFile
from tests.conftest import ingest_paths
from tests.ingest.files import html_page


def read(text: str, name: str = "办法.txt") -> Document:
    return read_document(SourceFile(f"/x/{name}", Path(f"/x/{name}")), text.encode())


def force(text: str) -> tuple[date | None, date | None]:
    head = read(f"澜江市算力补贴办法\n第一条 支持企业。\n{text}\n澜江市科技局\n2026年3月10日").head
    return head.effective_from, head.effective_to


FORCE: list[tuple[str, tuple[Any, Any]]] = [
    ("本办法自2026年3月1日起施行，试行两年。", (date(2026, 3, 1), date(2028, 3, 1))),
    ("本办法自2026年4月1日起试行，试行期一年。", (date(2026, 4, 1), date(2027, 4, 1))),
    ("本办法自2026年4月1日起施行，有效期限为两年。", (date(2026, 4, 1), date(2028, 4, 1))),
    ("本办法自2026年4月1日起施行，有效期18个月。", (date(2026, 4, 1), date(2027, 10, 1))),
    ("本办法自2026年4月1日起施行，至2029年3月31日止。", (date(2026, 4, 1), date(2029, 3, 31))),
    (
        "本办法自二〇二六年四月一日起施行，有效期至二〇二九年三月三十一日。",
        (date(2026, 4, 1), date(2029, 3, 31)),
    ),
    ("本办法自2026年4月1日至2028年12月31日有效。", (date(2026, 4, 1), date(2028, 12, 31))),
    ("执行期限为2026年4月1日至2028年12月31日。", (date(2026, 4, 1), date(2028, 12, 31))),
    ("实施日期：2026年4月1日\n失效日期：2028年12月31日", (date(2026, 4, 1), date(2028, 12, 31))),
    (
        "企业自2026年1月1日起实施的项目可以申请，项目有效期三年。本办法自2026年4月1日起施行，有效期五年。",
        (date(2026, 4, 1), date(2031, 4, 1)),
    ),
    ("奖励证书自颁发之日起有效期2年。本办法自发布之日起施行。", (date(2026, 3, 10), None)),
    (
        "将“本办法自2023年6月1日起施行，有效期至2028年5月31日”修改如上。本通知自2026年5月1日起施行。",
        (date(2026, 5, 1), None),
    ),
    ("根据《澜府措施》（澜府规〔2024〕6号，有效期至2027年12月31日）制定。", (None, None)),
    ("本办法自发布之日起30日后施行。有效期2年。", (date(2026, 4, 9), date(2028, 4, 9))),
]


@pytest.mark.parametrize(("text", "expected"), FORCE, ids=range(len(FORCE)))
def test_dates_of_force(text: str, expected: tuple[Any, Any]) -> None:
    assert force(text) == expected


WINDOWS: list[tuple[str, tuple[Any, Any]]] = [
    ("申报时间：2026年4月1日至4月30日", (date(2026, 4, 1), date(2026, 4, 30))),
    ("二、申报时间\n2026年4月1日9:00—2026年5月6日18:00", (date(2026, 4, 1), date(2026, 5, 6))),
    ("受理时间：2026.04.01-2026.04.30", (date(2026, 4, 1), date(2026, 4, 30))),
    (
        "申报期间发生的投资自2025年1月1日至2025年12月31日计算。申报时间：2026年4月1日至4月30日",
        (date(2026, 4, 1), date(2026, 4, 30)),
    ),
    ("原定申报时间2026年3月20日截止，现延长至2026年4月20日。", (None, date(2026, 4, 20))),
    ("申报时间：自本通知发布之日起至2026年4月30日17:30。", (None, date(2026, 4, 30))),
    ("受理期限为自2026年5月6日起30个工作日。推荐截止日期2026年6月20日。", (date(2026, 5, 6), None)),
    ("即日起至2026年8月31日18:00止受理申报。", (None, None)),
]


@pytest.mark.parametrize(("text", "expected"), WINDOWS, ids=range(len(WINDOWS)))
def test_application_windows(text: str, expected: tuple[Any, Any]) -> None:
    head = read(f"澜江市算力补贴申报指南\n一、支持对象：企业。\n{text}\n").head
    assert (head.window_from, head.window_to) == expected


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (
            "原《甲市算力办法》（甲府规〔2020〕1号）、《甲市模型办法》同时废止。",
            ("甲市算力办法", "甲市模型办法"),
        ),
        (
            "一、废止下列文件：\n1.《甲市算力办法》\n2.《甲市模型办法》\n二、其他\n《甲市数据办法》继续有效。",
            ("甲市算力办法", "甲市模型办法"),
        ),
        ("《甲市算力办法》不再执行。", ("甲市算力办法",)),
        ("《甲市算力办法》第五条同时废止，其他条款继续有效。", ()),
    ],
)
def test_papers_that_a_paper_ends(text: str, titles: tuple[str, ...]) -> None:
    assert read(f"甲市通知文件的标题\n{text}").head.repeals == titles


def test_a_measure_on_an_edited_page_is_no_news() -> None:
    page = html_page(
        "汉江市算力办法",
        "<p>汉府规〔2026〕5号</p><p>第一条 对象为企业。</p><p>第二条 本办法自2026年4月1日起施行，有效期3年。</p>",
        "<p>责任编辑：周敏</p>",
    )
    head = read(page, "gov.html").head
    assert (head.kind, head.document_number, str(head.effective_to)) == (
        Kind.POLICY,
        "汉府规〔2026〕5号",
        "2029-04-01",
    )


def test_a_page_that_says_it_has_lapsed() -> None:
    table = (
        "<table><tr><td>索引号：</td><td>115-00</td><td>主题：</td><td>科技</td></tr>"
        "<tr><td>发布机构：</td><td>云泽市科技局</td><td>时效性：</td><td>已失效</td></tr></table>"
    )
    head = read(
        html_page("云泽市算力办法", f"{table}<p>第一条 本办法自2021年7月1日起施行。</p>"), "x.html"
    ).head
    assert head.lapsed and head.issuer == "云泽市科技局" and head.subject == "科技"


def test_the_title_behind_a_red_head() -> None:
    head = read(
        "澜江市工业和信息化局文件\n澜工信〔2026〕3号\n关于印发《澜江市智能算力券管理办法》的通知\n第一条 支持企业。"
    ).head
    assert (
        head.title == "关于印发《澜江市智能算力券管理办法》的通知"
        and head.document_number == "澜工信〔2026〕3号"
    )


def test_site_names_go_and_years_stay() -> None:
    page = html_page("农机智能化行动方案（2026—2028年）", "<p>一、总体要求。</p>").replace(
        "<h1>农机智能化行动方案（2026—2028年）</h1>", ""
    )
    assert read(page, "p.html").head.title == "农机智能化行动方案（2026—2028年）"


TABLE = "<table>{}</table>"


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (
            "<tr><td>机型</td><td>上限</td></tr><tr><td>甲</td><td>9万元</td></tr>",
            ["机型：甲｜上限：9万元"],
        ),
        (
            "<tr><td rowspan=2>档次</td><td colspan=2>补贴比例</td></tr><tr><td>中小企业</td><td>大型企业</td></tr>"
            "<tr><td>一档</td><td>50%</td><td>30%</td></tr>",
            ["档次：一档｜补贴比例-中小企业：50%｜补贴比例-大型企业：30%"],
        ),
        (
            "<tr><td colspan=2>补贴标准表</td></tr><tr><td>机型</td><td>上限</td></tr><tr><td>甲</td><td>9万元</td></tr>",
            ["补贴标准表", "机型：甲｜上限：9万元"],
        ),
        (
            "<tr><td rowspan=2>病种</td><td colspan=4>限额</td></tr><tr><td colspan=2>职工</td><td colspan=2>居民</td></tr>"
            "<tr><td>痛风</td><td colspan=2>310元/月</td><td colspan=2>90元/月</td></tr>"
            "<tr><td>哮喘</td><td colspan=2>270元/月</td><td colspan=2>80元/月</td></tr>"
            "<tr><td>癫痫</td><td colspan=2>260元/月</td><td colspan=2>70元/月</td></tr>",
            [
                "病种：痛风｜限额-职工：310元/月｜限额-居民：90元/月",
                "病种：哮喘｜限额-职工：270元/月｜限额-居民：80元/月",
                "病种：癫痫｜限额-职工：260元/月｜限额-居民：70元/月",
            ],
        ),
    ],
    ids=["at the end", "two header rows", "caption", "columns drawn two wide"],
)
def test_tables_of_pages(rows: str, lines: list[str]) -> None:
    page = html_page("甲市办法", f"<p>第一条 标准见附表。</p><p>附表</p>{TABLE.format(rows)}")
    assert read(page, "t.html").text.splitlines()[-len(lines) :] == lines


def test_raised_numbers_do_not_join_figures() -> None:
    page = html_page(
        "甲市办法", "<p>面积10<sup>2</sup>平方米，奖励100<sup>①</sup>万元，见注<sup>1</sup>说明。</p>"
    )
    text = read(page, "s.html").text
    assert "10²平方米" in text and "奖励100万元" in text and "注[1]说明" in text


def test_a_number_referred_to_begins_no_section() -> None:
    document = read(
        "甲市办法\n第一条 按照《某法》\n第三条、第五条第（二）项规定办理，符合\n（一）项条件的除外。\n第三条 真正的第三条。"
    )
    assert [s.number for s in document.sections] == ["第一条", "第三条"]


def test_traditional_papers_are_understood() -> None:
    document = read(
        "甲市算力補貼辦法\n甲府規〔2026〕9號\n第一條 對象為企業。\n第二條 本辦法自2026年4月1日起施行，有效期3年。"
    )
    assert [s.number for s in document.sections] == ["第一条", "第二条"]
    assert (str(document.head.effective_to), document.head.document_number) == (
        "2029-04-01",
        "甲府规〔2026〕9号",
    )


NOTICE = (
    "{place}创新券申领通知\n为支持{place}企业创新，现启动申领。\n"
    "一、支持对象：在{place}注册的科技型中小企业，年度研发投入不低于100万元。\n"
    "二、支持标准：每家企业最高申领20万元，按服务合同金额的30%兑付。\n"
    "三、申报材料：营业执照、服务合同、发票、付款凭证。\n四、其他：由{place}科技局负责解释。"
)


@pytest.mark.parametrize(
    ("a", "b"), [("月湖区", "星河区"), ("月湖高新区", "月湖经开区"), ("沙溪镇", "石桥镇")]
)
def test_districts_with_one_template_are_not_copies(
    application: Application, tmp_path: Path, a: str, b: str
) -> None:
    for name, place in (("a", a), ("b", b)):
        (tmp_path / f"{name}.txt").write_text(NOTICE.format(place=place), encoding="utf-8")
    report = ingest_paths(application, tmp_path)
    assert (report.added, report.duplicates) == (2, [])


def test_a_spun_copy_never_displaces_the_paper(application: Application, tmp_path: Path) -> None:
    paper = NOTICE.format(place="月湖区")
    (tmp_path / "orig.txt").write_text(paper, encoding="utf-8")
    (tmp_path / "spun.txt").write_text(
        paper.replace("20万元", "60万元") + "\n更多补贴请加微信免费咨询。", encoding="utf-8"
    )
    report = ingest_paths(application, tmp_path)
    (row,) = report.duplicates
    assert row["source"].endswith("spun.txt") and row["kind"] == "spun" and report.documents == 1


def test_where_nothing_tells_the_true_one_neither_is_quoted(application: Application, tmp_path: Path) -> None:
    paper = NOTICE.format(place="月湖区")
    (tmp_path / "one.txt").write_text(paper, encoding="utf-8")
    (tmp_path / "two.txt").write_text(paper.replace("20万元", "60万元"), encoding="utf-8")
    report = ingest_paths(application, tmp_path)
    assert len(report.duplicates) == 2 and report.documents == 0


def test_a_repost_with_an_introduction_does_not_displace_the_paper(
    application: Application, tmp_path: Path
) -> None:
    paper = NOTICE.format(place="月湖区")
    (tmp_path / "official.txt").write_text(paper, encoding="utf-8")
    (tmp_path / "repost.txt").write_text("【转发】各位老板注意，创新券下来了！\n" + paper, encoding="utf-8")
    (row,) = ingest_paths(application, tmp_path).duplicates
    assert row["source"].endswith("repost.txt") and row["kind"] == "reprint"


def test_what_staff_say_of_the_kind_decides_what_the_dates_mean(
    application: Application, tmp_path: Path
) -> None:
    paper = tmp_path / "于都办法.txt"
    paper.write_text(
        "于都县算力办法\n（记者李明）\n第一条 本办法自2026年4月1日起施行，有效期3年。", encoding="utf-8"
    )
    ingest_paths(application, paper)
    (head, _), *_ = application.catalog.heads().values()
    assert (head.kind, head.effective_to, head.region) == (Kind.NEWS, None, "于都县")
    (tmp_path / "于都办法.txt.meta.yaml").write_text("kind: 政策\n", encoding="utf-8")
    ingest_paths(application, paper)
    (head, _), *_ = application.catalog.heads().values()
    assert (head.kind, str(head.effective_to)) == (Kind.POLICY, "2029-04-01")
