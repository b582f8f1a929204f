"""What a paper says of itself: whose it is, its number and days, how long it holds, where, and of what kind."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.models import DocumentHead, Kind
from ingest.numbering import is_foot, offices_in
from ingest.places import place_at_start
from ingest.read import read_document
from ingest.sources import SourceFile


def head(text: str, name: str = "paper.txt") -> DocumentHead:
    return read_document(SourceFile(f"/x/{name}", Path(f"/x/{name}")), text.encode()).head


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("关于受理芦花区人才公寓申请的公告", "芦花区"),
        ("关于组织申报松涛区2026年设备更新补贴的通知", "松涛区"),
        ("榆林坡县工业奖励标准", "榆林坡县"),
        ("（转载）云泽市人民政府办公室关于印发云泽市养老服务办法的通知", "云泽市"),
        ("2026年槐屿县渔船减船申请指引", "槐屿县"),
        ("中共青石县委 青石县人民政府", "青石县"),
        ("江湾市民政局关于发放补贴的通知", "江湾市"),
        ("墨溪县民宿奖补办法", "墨溪县"),
        ("上海市浦东新区人民政府", "上海市浦东新区"),
        ("盐城市大丰区工信局", "盐城市大丰区"),
        ("内蒙古自治区工业和信息化厅", "内蒙古自治区"),
        ("江苏能源监管办关于开展专项检查的通知", "江苏省"),
        ("城市更新实施办法", None),
        ("关于支持返乡创业的若干措施", None),
        ("中小企业园区建设补助办法", None),
        ("新能源汽车下乡补贴办法", None),
        ("区住建园林局", None),
        ("商务部等9部门关于促进消费的通知", None),
    ],
)
def test_the_place_is_the_one_that_issues(text: str, place: str | None) -> None:
    assert place_at_start(text) == place


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("本意见自2019年1月1日起执行，暂定三年。", date(2019, 1, 1), date(2022, 1, 1)),
        ("本办法自2024年5月1日起试行，试行期两年。", date(2024, 5, 1), date(2026, 5, 1)),
        ("本措施自2025年3月1日起施行，暂行一年。", date(2025, 3, 1), date(2026, 3, 1)),
        ("本细则自2025年3月1日起实施，有效期至2027年12月31日止。", date(2025, 3, 1), date(2027, 12, 31)),
        ("本政策自2025年3月1日起实行，有效期限暂定为2年。", date(2025, 3, 1), date(2027, 3, 1)),
        ("本政策自2025年3月1日起施行。项目建设期限暂定三年，从其规定。", date(2025, 3, 1), None),
    ],
)
def test_how_long_a_paper_holds(said: str, start: date, end: date | None) -> None:
    found = head(f"云泽市民宿奖励办法\n第一条 甲级民宿奖励18万元。\n第二条 {said}")
    assert (found.effective_from, found.effective_to) == (start, end)


def test_a_paper_in_force_from_its_printing() -> None:
    text = (
        "云泽市人民政府办公室关于印发民宿奖励办法的通知\n各镇人民政府：\n现印发给你们。\n云泽市人民政府办公室\n2025年3月3日\n"
        "民宿奖励办法\n第一条 甲级民宿奖励18万元。\n第二条 本办法自印发之日起施行，有效期3年。\n"
        "云泽市人民政府办公室 2025年3月6日印发"
    )
    found = head(text)
    assert (found.written_on, found.effective_from) == (date(2025, 3, 3), date(2025, 3, 6))
    assert found.effective_to == date(2028, 3, 6)


def test_the_issuers_under_the_title_and_its_date_in_brackets() -> None:
    found = head(
        "关于支持重点产业加快发展的实施意见\n中共青石县委 青石县人民政府\n（2024年2月8日）\n为支持产业，提出如下意见。\n"
        "一、奖励100万元。"
    )
    assert (found.issuer, found.written_on, found.region) == (
        "中共青石县委 青石县人民政府", date(2024, 2, 8), "青石县",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "offices"),
    [
        ("云溪县农业农村局 云溪县财政局", ["云溪县农业农村局", "云溪县财政局"]),
        ("国 家 能 源 局", ["国家能源局"]),
        ("中共云泽市委金融委员会办公室", ["中共云泽市委金融委员会办公室"]),
        ("云泽市智造科技有限公司", []),
        ("由县财政局负责解释。", []),
        ("局" * 300, []),
    ],
)
def test_lines_of_offices(line: str, offices: list[str]) -> None:
    assert offices_in(line) == offices
    assert is_foot(line) is bool(offices)


def test_several_signatures_and_no_portal() -> None:
    page = (
        "<html><head><title>关于开展补贴申报的通知-云泽市门户网站</title><meta name='ContentSource' content='本网'></head>"
        "<body>"
        "<div>来源：本网 时间：2026-01-10</div><div><p>各企业：</p><p>一、补贴标准为投资额的12%，最高80万元，请按时申报。</p>"
        "<p>云泽市商务局</p><p>云泽市财政局</p><p>2026年1月8日</p></div></body></html>"
    )
    found = head(page, "a.html")
    assert found.issuer == "云泽市商务局 云泽市财政局"
    assert (found.written_on, found.published_on) == (date(2026, 1, 8), date(2026, 1, 10))


def test_a_wrapped_cell_is_no_issuer() -> None:
    assert head("某办法\n第一条 分工如下。\n资源社会保障部\n第二条 支持标准为80万元。").issuer is None


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("云财 发〔2026〕 1 号", "云财发〔2026〕1号"),
        ("云财发［2026］12号", "云财发〔2026〕12号"),
        ("（云政办规(2025)3号）", "云政办规〔2025〕3号"),
        ("云政规〔2025〕3号　　　　签发人：王云", "云政规〔2025〕3号"),
    ],
)
def test_numbers_however_they_are_written(line: str, number: str) -> None:
    assert head(f"云泽市财政局关于贴息的通知\n{line}\n各企业：\n贴息最高80万元。").document_number == number


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("创业担保贷款常见问题", Kind.QUESTIONS),
        ("民宿奖励政策问答", Kind.QUESTIONS),
        ("2026年惠企政策清单", Kind.LIST),
        ("关于暂停办理贴息业务的公告", Kind.ANNOUNCEMENT),
        ("关于公租房常态分配的通告", Kind.ANNOUNCEMENT),
        ("关于组织申报2026年技改补助的公告", Kind.GUIDE),
        ("关于进一步加强救助工作的通知", Kind.POLICY),
        ("关于优化市场报价的通知（试行）", Kind.POLICY),
        ("拟奖励企业名单公示", Kind.NOTICE),
    ],
)
def test_kinds_by_the_title(title: str, kind: Kind) -> None:
    assert head(f"{title}\n一、按投资额的10%给予补助，最高80万元。").kind is kind


def test_a_report_is_news_and_has_no_force() -> None:
    page = (
        "<html><head><title>云泽市出台民宿新政</title><meta name='ContentSource' content='云泽日报'></head>"
        "<body><h1>云泽市出台民宿新政</h1>"
        "<p>昨日，云泽市发布新政，自2026年3月1日起施行，甲级民宿奖励18万元，有效期3年。</p></body></html>"
    )
    found = head(page, "a.html")
    assert (found.kind, found.effective_from, found.issuer) == (Kind.NEWS, None, None)


def test_what_the_labels_of_a_page_say_beside_the_text() -> None:
    page = (
        "<html><head><title>云泽市民宿奖励办法</title></head><body><table>"
        "<tr><td>索引号：</td><td>A1/2026-1</td><td>文 号：</td><td>云文旅规〔2026〕2 号</td></tr>"
        "<tr><td>发布机构：</td><td>云泽市文化和旅游局</td><td>发布日期：</td><td>2026-02-03</td></tr>"
        "<tr><td>生效日期：</td><td>2026年3月1日</td><td>失效日期：</td><td>2029年2月28日</td></tr></table>"
        "<h1>云泽市民宿奖励办法</h1><p>第一条 甲级民宿奖励18万元。</p>"
        "<p>第二条 本办法自2026年3月1日起施行，有效期3年。</p></body></html>"
    )
    document = read_document(SourceFile("/x/a.html", Path("/x/a.html")), page.encode())
    found = document.head
    assert (found.document_number, found.issuer) == ("云文旅规〔2026〕2号", "云泽市文化和旅游局")
    assert (found.published_on, found.effective_to) == (date(2026, 2, 3), date(2029, 2, 28))
    assert "索引号" not in document.text and "云文旅规" not in document.text
    assert {e.field: e.source for e in document.evidence}["document_number"] == "page"


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("申报时间：2026年3月1日至4月15日。", (date(2026, 3, 1), date(2026, 4, 15))),
        ("3月1日10：00—3月15日17:00，申请人登录系统，按要求填报。", (date(2026, 3, 1), date(2026, 3, 15))),
        ("第一批申报时间为3月1日至3月15日。\n第二批申报时间为6月1日至6月15日。", (None, None)),
        ("3月1日至3月15日举办展会，欢迎参观。", (None, None)),
    ],
)
def test_windows_told_once(text: str, window: tuple[date | None, date | None]) -> None:
    found = head(f"关于组织申报2026年技改补助的通知\n各企业：\n{text}\n云泽市工业和信息化局\n2026年2月1日")
    assert (found.window_from, found.window_to) == window


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("关于印发《云泽市民宿补贴实施细则》的通知", Kind.PROCEDURE),
        ("关于印发《云泽市民宿补贴实施细则》补充条款的通知", Kind.POLICY),
        ("云溪县优化民宿扶持措施，让更多业主受益", Kind.OTHER),
        ("关于支持民宿的若干措施，加快乡村振兴的实施意见", Kind.POLICY),
    ],
)
def test_a_word_of_a_kind_in_a_title_about_something_else(title: str, kind: Kind) -> None:
    assert head(f"{title}\n第一条 对符合条件的民宿给予补贴。").kind is kind


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("云溪县研究扶持民宿的措施", "会议强调，要把民宿办好。会议要求抓紧落实。", Kind.NEWS),
        ("云溪县优化民宿扶持措施，让更多业主受益", "今天，云溪县文旅局发布了扶持民宿的通知。", Kind.NEWS),
        ("关于扶持民宿的通知", "各乡镇：\n日前，县里通过了扶持办法，现予印发。", Kind.POLICY),
    ],
)
def test_what_is_told_by_others_is_news(title: str, text: str, kind: Kind) -> None:
    assert head(f"{title}\n{text}").kind is kind


def test_an_hour_is_no_part_of_a_day_and_a_bracket_of_force_no_signature() -> None:
    found = head(
        "云溪县水价调整公告\n（2031年8月28日24时起执行）\n居民用水每立方米2.1元，自2031年8月28日24时起执行。"
    )
    assert found.effective_from == date(2031, 8, 28) and found.written_on is None


def test_the_number_behind_a_title_that_quotes_a_paper() -> None:
    assert (
        head("关于《民宿补贴办法》的通知（云文旅字〔2031〕2号）\n各乡镇：\n照此办理。").document_number
        == "云文旅字〔2031〕2号"
    )
    assert (
        head("关于《民宿补贴办法》（云文旅字〔2031〕2号）的解读\n各乡镇：\n照此办理。").document_number
        is None
    )


_PAGE = """<html><head><title>云溪县人民政府 {title}</title></head><body><h1>{title}</h1>{body}
<p>地址：云溪县中心路1号 邮编：100000</p></body></html>"""


def _page(title: str, body: str) -> DocumentHead:
    return head(_PAGE.format(title=title, body=body), "page.html")


def test_a_table_of_labels_without_colons() -> None:
    rows = [
        ("索引号", "7654", "发布机构", "云溪县文旅局"),
        ("文　　号", "云文旅〔2031〕9号", "有 效 性", "废止"),
    ]
    cells = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    found = _page("关于补贴民宿的通知", f"<table>{cells}</table><p>每间民宿每年补贴三千元，一次发放。</p>")
    assert found.document_number == "云文旅〔2031〕9号" and found.lapsed


def test_the_day_of_publication_is_not_that_of_sending() -> None:
    labels = "<p>发文日期：2031-06-19</p>{}<p>每间民宿每年补贴三千元，一次发放。</p>"
    both = _page("关于补贴民宿的通知", labels.format("<p>发布日期：2031-06-21 14:18</p>"))
    assert both.published_on == date(2031, 6, 21)
    assert _page("关于补贴民宿的通知", labels.format("")).published_on == date(2031, 6, 19)


def test_a_page_that_only_links_to_files_is_the_names_of_its_files() -> None:
    body = '<p><a href="a.pdf">关于补贴民宿的通知</a></p><p><a href="b.doc">民宿补贴申请表.doc</a></p>'
    file = SourceFile("/x/page.html", Path("/x/page.html"))
    document = read_document(file, _PAGE.format(title="关于补贴民宿的通知", body=body).encode())
    assert document.text.splitlines() == ["关于补贴民宿的通知", "民宿补贴申请表.doc"]
    assert document.head.title == "关于补贴民宿的通知"
