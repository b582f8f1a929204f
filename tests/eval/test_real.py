"""Measuring how real papers are read: on tiny invented pages whose every measure is worked out by hand."""

from __future__ import annotations

import io
import json
import random
import time
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas
from typer.testing import CliRunner

from assistant.errors import InputError
from assistant.models import Document, DocumentHead, Kind
from eval.real.__main__ import main
from eval.real.alignment import Compacted, align, compact, compacted
from eval.real.measure import Measured, measure_file, total
from eval.real.truth import FIELDS, TRUTH, Judged, Paper, judge, load_papers
from eval.real.visible import body, chromium, page_text, print_text

BODY = (
    "为鼓励青禾市企业添置设备，按实际投入的百分之十二给予补助，每家最高三十万元。本办法自2031年3月1日起施行。"
)
PAGE = f"""<!doctype html><html><head><meta charset="utf-8"><title>青禾市设备补助办法</title></head><body>
<ul><li><a href="/">首页</a></li><li><a href="/zw">政务公开</a></li></ul>
<h1>青禾市设备补助办法</h1><div>发布日期：2031-02-20 来源：本网</div>
<div class="content"><p>{BODY}</p><p style="display:none">隐藏的一段话</p>
<p>青禾市工业局</p><p>2031年2月18日</p></div>
<div>扫一扫在手机打开当前页</div></body></html>"""


def paper(**values: object) -> Paper:
    known: dict[str, object] = {
        "title": "青禾市设备补助办法", "issuer": ["青禾市工业局"], "document_number": None,
        "written_on": "2031-02-18", "published_on": "2031-02-20", "effective_from": "2031-03-01",
        "effective_to": None, "repeals": [], "region": "青禾市", "kind": "政策", "window_from": None,
        "window_to": None, "first": "为鼓励青禾市企业添置设备", "last": "青禾市工业局 2031年2月18日",
    }  # fmt: skip
    return Paper.model_validate(known | values)


def seen_text(seen: Compacted | None) -> str | None:
    return seen.text if seen else None


def document(text: str = BODY, **head: object) -> Document:
    values = {"id": "a", "title": "青禾市设备补助办法", "kind": Kind.POLICY, "region": "青禾市"} | head
    known = DocumentHead.model_validate(values)
    return Document(head=known, source="a.html", version=1, sha256="", text=text)


def verdicts(truth: Paper, read: Document) -> dict[str, str]:
    return {j.field: j.verdict for j in judge(truth, read)}


# ------------------------------------------------------------------ alignment


def test_width_spaces_and_punctuation_are_of_no_account_but_signs_of_quantity_are() -> None:
    assert compact("（一）补助 ＡＢ，\n不超过５％") == compact("(一)补助ab不超过5%")
    assert compact("≤10%") != compact("10")


def test_what_is_lost_and_what_is_foreign_are_told_apart() -> None:
    wanted = compact("设备补助按投入计算。申请在四月受理。本办法由工业局解释。")
    given = compact("首页 政务公开 设备补助按投入计算。本办法由工业局解释。扫一扫 打印")
    alignment = align(wanted, given)
    assert alignment.lost() == ["申请在四月受理"]
    assert alignment.kept == 1 - 7 / len(wanted)
    assert alignment.foreign() == ["首页政务公开", "扫一扫打印"]


def test_one_changed_figure_costs_one_character() -> None:
    alignment = align("每家企业补助三十万元由区财政承担", "每家企业补助五十万元由区财政承担")
    assert alignment.lost() == ["三"] and alignment.foreign() == ["五"]


def test_a_short_cell_is_kept_where_its_column_is_named_before_it() -> None:
    page = compacted("痛风\t一\t长期\n哮喘\t二\t两年\n")
    rows = "病种：痛风｜类：一｜有效期：长期\n病种：哮喘｜类：二｜有效期：{}"
    assert align(page, compacted(rows.format("两年"))).lost() == []
    assert align(page, compacted(rows.format("三年"))).lost() == ["两年"]
    assert align(page, compacted(rows.format("长达两年半"))).lost() == ["两年"], "inside another cell"


def test_order_counts() -> None:
    first, second = "申请人应当在本市依法登记注册满一年", "主管部门应当在十个工作日内办结"
    assert align(first + second, first + second).kept == 1
    assert align(first + second, second + first).kept == len(first) / len(first + second)


def test_chance_likeness_is_no_match() -> None:
    chance = random.Random(1)
    letters = [chr(0x4E00 + i) for i in range(60)]
    a, b = ("".join(chance.choices(letters, k=2000)) for _ in range(2))
    assert align(a, b).kept < 0.02


def test_a_long_repetitive_text_is_aligned_quickly() -> None:
    rows = "".join(f"序号姓名单位补贴金额{i % 7}" for i in range(2000))
    start = time.monotonic()
    assert align(rows, rows[:9000] + "页脚说明文字" + rows[9000:]).kept > 0.999
    assert time.monotonic() - start < 60


@pytest.mark.parametrize(("wanted", "kept"), [("", 1.0), ("只有这边有字", 0.0)])
def test_an_empty_side(wanted: str, kept: float) -> None:
    assert align(wanted, "").kept == kept


# ------------------------------------------------------------------ verdicts


def test_each_verdict_of_a_scalar_field() -> None:
    read = document(written_on="2031-02-19", effective_from="2031-03-01", effective_to="2036-03-01")
    found = verdicts(paper(), read)
    assert (found["effective_from"], found["published_on"]) == ("right", "missing")
    assert (found["written_on"], found["effective_to"], found["window_from"]) == (
        "wrong",
        "invented",
        "right",
    )


def test_alternatives_and_a_blank_that_is_fair() -> None:
    truth = paper(effective_to="2036-03-01|2036-02-29", window_to="2031-04-30|unknown", region="青禾市|青禾")
    found = verdicts(truth, document(effective_to="2036-02-29", region="青禾"))
    assert (found["effective_to"], found["window_to"], found["region"]) == ("right", "right", "right")
    assert verdicts(truth, document(window_to="2031-05-01"))["window_to"] == "wrong"


def test_a_number_in_other_brackets_is_the_same_number() -> None:
    read = document(document_number="青工规[2031]4号")
    assert verdicts(paper(document_number="青工规〔2031〕4号"), read)["document_number"] == "right"


def test_the_kind_other_is_a_blank_unless_it_is_the_truth() -> None:
    assert verdicts(paper(), document(kind=Kind.OTHER))["kind"] == "missing"
    assert verdicts(paper(kind="其他|清单"), document(kind=Kind.OTHER))["kind"] == "right"
    assert verdicts(paper(kind="其他|清单"), document(kind=Kind.NEWS))["kind"] == "wrong"


@pytest.mark.parametrize(
    ("wanted", "given", "verdict"),
    [
        (["青禾市工业局", "青禾市财政局"], "青禾市财政局、青禾市工业局", "right"),
        (["青禾市工业局", "青禾市财政局"], "青禾市工业局", "wrong"),
        (["青禾市工业局"], "青禾市工业局、白露区统计局", "wrong"),
        (["青禾市工业局"], None, "missing"),
        (["青禾市工业局|工业局|unknown"], None, "right"),
        (["青禾市工业局|工业局|unknown"], "工业局", "right"),
        ([], "青禾市人民政府网站", "invented"),
        ([], None, "right"),
    ],
)
def test_issuers(wanted: list[str], given: str | None, verdict: str) -> None:
    assert verdicts(paper(issuer=wanted), document(issuer=given))["issuer"] == verdict


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (("青工规〔2026〕1号", "《青禾市旧法》（青府〔2020〕3号）"), "right"),
        (("青禾市旧法",), "wrong"),
        (("青禾市旧法", "青禾市设备补助暂行办法", "不相干的通知"), "wrong"),
        ((), "missing"),
    ],
)
def test_repeals_by_title_or_number(given: tuple[str, ...], verdict: str) -> None:
    truth = paper(repeals=["青禾市设备补助暂行办法|青工规〔2026〕1号", "青禾市旧法"])
    assert verdicts(truth, document(repeals=given))["repeals"] == verdict


def test_a_paper_that_ends_none_has_none_invented() -> None:
    assert verdicts(paper(), document(repeals=("青禾市旧法",)))["repeals"] == "invented"


def test_attachments_are_named_in_the_text_or_not_judged() -> None:
    truth = paper(attachments=["1.申请表.docx", "2.承诺书.docx"])
    both, one = BODY + "附件：1.申请表.docx 2.承诺书.docx", BODY + "1．申请表．docx"
    found = [verdicts(truth, document(text)).get("attachments") for text in (both, one, BODY)]
    assert found == ["right", "wrong", "missing"]
    assert "attachments" not in verdicts(paper(), document())


# ------------------------------------------------------------------ the truth's file


def test_the_shipped_truth_is_well_formed() -> None:
    papers = load_papers(TRUTH)
    assert len(papers) == 23
    assert all(p.kind.split("|") and p.head_words() for p in papers.values())


def test_the_words_of_a_head_are_no_foreign_ones() -> None:
    words = paper(document_number="青工规〔2031〕4号").head_words()
    assert {"青禾市设备补助办法", "青禾市工业局", "青工规20314号", "2031年2月18日", "20310220"} <= set(words)


def test_an_unfit_entry_is_named(tmp_path: Path) -> None:
    path = tmp_path / "papers.yaml"
    path.write_text("a.html: {title: 某办法}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.html.*请照随附的 papers\.yaml 写"):
        load_papers(path)


# ------------------------------------------------------------------ what a person sees


def test_the_body_is_cut_out_and_what_is_no_part_of_it_left_away() -> None:
    text = f"首页\n{BODY}\n信息框：文号\n青工规\n框到此为止\n青禾市工业局 2031年2月18日\n打印"
    truth = paper(without=[["信息框：文号", "框到此为止"]])
    assert seen_text(body(text, truth)) == compact(f"{BODY}青禾市工业局2031年2月18日")
    assert body("别的网页", truth) is None


def printed(tmp_path: Path) -> Path:
    """Three printed pages with the browser's lines at their edges, each body line painted twice."""
    stream = io.BytesIO()
    canvas = Canvas(stream)
    for number, line in enumerate(
        ("grants for new machines are", "paid at twelve percent and", "end in the year 2036"), 1
    ):
        canvas.drawString(72, 800, "2031/2/20 15:33 Rules for grants")
        for _ in range(2):
            canvas.drawString(72, 700, line)
        canvas.drawString(72, 20, f"https://example.invalid/{number} {number}/3")
        canvas.showPage()
    canvas.save()
    path = tmp_path / "a.pdf"
    path.write_bytes(stream.getvalue())
    return path


def test_a_print_is_read_once_and_without_its_edges(tmp_path: Path) -> None:
    text = print_text(printed(tmp_path))
    assert compact(text) == compact(
        "grants for new machines are paid at twelve percent and end in the year 2036"
    )


@pytest.mark.browser
def test_a_page_is_seen_as_a_person_sees_it(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(PAGE, encoding="utf-8")
    with chromium() as renderer:
        assert renderer
        seen = body(page_text(path, paper(), renderer), paper())
    assert seen_text(seen) == compact(f"{BODY}青禾市工业局2031年2月18日")


@pytest.mark.browser
def test_a_page_that_keeps_its_text_in_a_script_is_seen(tmp_path: Path) -> None:
    carried = json.dumps({"id": 1, "content": f"<p>{BODY}</p><p>青禾市工业局</p><p>2031年2月18日</p>"})
    path = tmp_path / "a.html"
    path.write_text(f'<body><div id="app"></div><script>var D = {carried};</script></body>', encoding="utf-8")
    with chromium() as renderer:
        assert renderer
        seen = body(page_text(path, paper(), renderer), paper())
    assert seen_text(seen) == compact(f"{BODY}青禾市工业局2031年2月18日")


# ------------------------------------------------------------------ the whole


class Fixed:
    """Shows the same text for every page."""

    def __init__(self, text: str) -> None:
        self.text = text

    def file(self, path: Path) -> str:
        return self.text

    def markup(self, html: str) -> str:
        return self.text


def test_a_page_is_read_and_measured(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(PAGE, encoding="utf-8")
    unseen = "这一句读的人看得见而网页文件里没有"
    shown = Fixed(f"青禾市设备补助办法\n{BODY}\n{unseen}\n青禾市工业局\n2031年2月18日\n扫一扫")
    one = measure_file(path, paper(), shown)
    assert one.failed is None and one.unmeasured is None
    assert one.lost_most == (unseen,) and one.kept == 1 - len(unseen) / one.characters
    assert one.fields and one.count("invented") == 0


def test_a_file_with_nothing_in_it_fails_with_the_reason_and_misses_every_field(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html></html>", encoding="utf-8")
    one = measure_file(path, paper(), Fixed(""))
    assert one.failed and "请" in one.failed
    assert total([one], FIELDS).verdicts["missing"] == len(FIELDS)
    excused = measure_file(path, paper(index_page=True), Fixed(""))
    assert total([excused], FIELDS).judged == 0


def test_without_a_browser_the_reason_is_told_and_the_fields_are_judged_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(PAGE, encoding="utf-8")
    one = measure_file(path, paper(), None)
    assert one.kept is None and one.unmeasured and "chromium" in one.unmeasured
    assert one.fields


def test_a_folder_is_summed_up() -> None:
    right, invented = (
        Judged(field="region", wanted="", given="", verdict="right"),
        Judged(field="kind", wanted="", given="新闻", verdict="invented"),
    )
    files = [
        Measured(name="a", kept=1.0, foreign=3, fields=(right, invented)),
        Measured(name="b", kept=0.5, fields=(right,)),
    ]
    summary = total(files, FIELDS)
    assert (summary.read, summary.kept_mean, summary.kept_least, summary.foreign) == (2, 0.75, 0.5, 3)
    assert summary.right == 2 / 3 and summary.verdicts["invented"] == 1
    assert summary.by_field["kind"]["invented"] == 1


def run(*arguments: str) -> tuple[int, str]:
    import typer

    app = typer.Typer()
    app.command()(main)
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.output


def test_the_command_measures_a_print_and_writes_its_json(tmp_path: Path) -> None:
    printed(tmp_path)
    truth = paper(title="Rules", first="grants for new machines", last="end in the year 2036", issuer=[])
    entry = truth.model_dump(mode="json")
    (tmp_path / "truth.yaml").write_text(json.dumps({"a.pdf": entry}, ensure_ascii=False), encoding="utf-8")
    out = tmp_path / "out" / "real.json"
    code, shown = run(str(tmp_path), "--truth", str(tmp_path / "truth.yaml"), "--out", str(out))
    assert code == 0 and "读进 1/1 个文件" in shown
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written["totals"]["files"] == 1 and written["files"][0]["kept"] == 1.0


def test_a_folder_without_known_files_says_what_to_do(tmp_path: Path) -> None:
    code, shown = run(str(tmp_path))
    assert code == 2 and "请检查文件夹" in "".join(shown.split())
