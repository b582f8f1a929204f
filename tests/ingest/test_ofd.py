"""OFD in the manner of several writers: the same paper comes out, with its tables, pages and places."""

from __future__ import annotations

import io
import random
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assistant.errors import SourceError
from assistant.models import Document
from ingest.read import read_document
from ingest.readers.ofd import read_ofd
from ingest.readers.ofd_page import Matrix, deltas
from ingest.readers.ofd_picture import painted
from ingest.reading import Limits, Reading
from ingest.sources import SourceFile
from tests.ingest import files, ofd_files
from tests.ingest.ofd_files import Line, Typesetter

TITLE = ("墨溪县人民政府关于印发", "墨溪县民宿奖补办法的通知")
PARAGRAPHS = (
    "第一条 为支持本县民宿发展，对当年新评定为甲级、乙级民宿的经营主体，分别给予一次性奖励18万元、9万元，"
    "同一主体就高不重复。",
    "第二条 每张床位补助800元，单个民宿最高不超过6万元。",
    "第三条 新购置设备的，按实际支付金额的25%给予补助，所需资金由县级财政承担，"
    + "、".join(f"第{n}类设备最高{n}万元" for n in range(1, 40))
    + "。",
    "第四条 本办法自2031年5月1日起施行，有效期3年。",
)
WRITERS = {"lines": ofd_files.by_lines, "runs": ofd_files.by_runs, "converter": ofd_files.by_converter}


def paper() -> list[list[Line]]:
    """A notice over two pages."""
    typesetter = Typesetter()
    for line in TITLE:
        typesetter.centred(line)
    typesetter.centred("墨政规〔2031〕7号", ofd_files.SIZE)
    typesetter.y += 10
    for paragraph in PARAGRAPHS:
        typesetter.paragraph(paragraph)
    return typesetter.pages


def read(data: bytes, limits: Limits = Limits()) -> Reading:
    return read_ofd(data, limits)


def texts(reading: Reading) -> list[str]:
    return [block.text for block in reading.blocks]


def one_page(objects: str, **parts: str | bytes) -> bytes:
    """An OFD file of one page."""
    more = {name.replace("__", "/"): part for name, part in parts.items()}
    return ofd_files.package(
        {
            "OFD.xml": ofd_files.entry(),
            "Doc_0/Document.xml": ofd_files.document(1),
            "Doc_0/Pages/Page_0/Content.xml": ofd_files.page(objects),
            **more,
        }
    )


def document(tmp_path: Path, data: bytes) -> Document:
    path = tmp_path / "办法.ofd"
    path.write_bytes(data)
    source = SourceFile(str(path), path)
    return read_document(source, source.read_bytes(Limits()))


@pytest.mark.parametrize("writer", list(WRITERS))
def test_the_same_paper_by_each_writer(tmp_path: Path, writer: str) -> None:
    pages = paper()
    assert len(pages) == 2
    data = WRITERS[writer](pages)
    expected = ["".join(TITLE), "墨政规〔2031〕7号", *PARAGRAPHS]
    reading = read(data)
    assert texts(reading) == (["墨溪县人民政府文件", *expected] if writer == "runs" else expected)
    assert reading.visible and 0.98 < reading.kept / reading.visible < 1.05
    read_back = document(tmp_path, data)
    assert read_back.head.title == "".join(TITLE) and read_back.head.document_number == "墨政规〔2031〕7号"
    assert (
        str(read_back.head.effective_from) == "2031-05-01"
        and str(read_back.head.published_on) != "2035-01-01"
    )
    assert [s.number for s in read_back.sections if s.number] == ["第一条", "第二条", "第三条", "第四条"]


@pytest.mark.parametrize("writer", list(WRITERS))
def test_each_block_says_its_page_and_box_in_points(writer: str) -> None:
    reading = read(WRITERS[writer](paper()))
    second = next(b for b in reading.blocks if b.text == PARAGRAPHS[1])
    line = next(line for line in paper()[0] if line.text.startswith("第二条"))
    assert second.place is not None and second.place.box is not None
    assert second.place.page == 1
    left, top, right, bottom = second.place.box
    points = 72 / 25.4
    assert left == pytest.approx(line.x * points, abs=1)
    assert top < line.y * points < bottom and bottom - top < 2 * line.size * points
    assert right == pytest.approx((line.x + ofd_files.width_of(line.text, line.size)) * points, abs=3)
    assert reading.blocks[-1].place is not None and reading.blocks[-1].place.page == 2


def test_runs_of_one_character_and_a_line_drawn_twice() -> None:
    lines = [[Line("第一条 补助最高12.5万元。", 28, 50), Line("Level A 企业 500 家。", 28, 60)]]
    assert texts(read(ofd_files.by_runs(lines, run=1))) == [
        "墨溪县人民政府文件",
        "第一条 补助最高12.5万元。",
        "Level A 企业 500 家。",
    ]
    bold = ofd_files.line_object(Line("支持标准55万元", 28, 50)) + ofd_files.line_object(
        Line("支持标准55万元", 28.2, 50)
    )
    reading = read(one_page(bold))
    assert texts(reading) == ["支持标准55万元"] and reading.visible == reading.kept


def test_steps_in_their_short_form() -> None:
    assert deltas("g 3 4.2 2.1 g 2 1") == [4.2, 4.2, 4.2, 2.1, 1, 1]
    assert deltas("3 x 4") == [3] and deltas("g 2") == [] and deltas(None) == []
    assert len(deltas("g 999999999 1")) <= 200_000


def test_several_text_codes_in_an_object_and_steps_down_to_the_next_line() -> None:
    objects = (
        '<ofd:TextObject ID="1" Boundary="28 40 150 20" Font="1" Size="5">'
        '<ofd:TextCode X="0" Y="5" DeltaX="g 3 5">奖励标准</ofd:TextCode>'
        '<ofd:TextCode X="20" DeltaX="g 3 2.5">18万元</ofd:TextCode></ofd:TextObject>'
        '<ofd:TextObject ID="2" Boundary="28 60 150 20" Font="1" Size="5">'
        '<ofd:TextCode X="0" Y="5" DeltaX="5 5 -10 5 5" DeltaY="0 0 8 0 0">甲乙丙丁戊己</ofd:TextCode></ofd:TextObject>'
    )
    assert texts(read(one_page(objects))) == ["奖励标准18万元", "甲乙丙", "丁戊己"]


def table(rows: list[list[str]], draw: str = "stroke", y: float = 60) -> str:
    """A table 30 mm a column and 12 mm a row; an empty cell in the first column is merged with the one above."""
    rule = {"stroke": ofd_files.stroke, "bar": ofd_files.bar}[draw]
    right, bottom = 28 + 30 * len(rows[0]), y + 12 * len(rows)
    merged = {row for row, cells in enumerate(rows) if not cells[0]}
    drawn = "".join(
        rule(58 if row in merged else 28, y + 12 * row, right, y + 12 * row) for row in range(len(rows) + 1)
    )
    drawn += "".join(rule(x, y, x, bottom) for x in range(28, right + 1, 30))
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            base = y + 12 * row + (13.5 if column == 0 and row + 1 in merged else 7.5)
            for number, piece in enumerate(text.split("\n") if text else []):
                drawn += ofd_files.line_object(Line(piece, 30 + 30 * column, base + 4.2 * number, 3.6))
    return drawn


@pytest.mark.parametrize("draw", ["stroke", "bar"])
def test_a_ruled_table_with_merged_cells(draw: str) -> None:
    rows = [
        ["类别", "档次", "标准（万元）"],
        ["民宿", "甲级", "18"],
        ["", "乙级", "9"],
        ["研学\n基地", "省级示范研\n学基地", "30"],
        ["", "市级", "12"],
    ]
    body = ofd_files.line_object(Line("奖励标准如下：", 28, 50)) + table(rows, draw)
    body += ofd_files.line_object(Line("本表自印发之日起执行。", 28, 140))
    reading = read(one_page(body))
    shown = [re.split("[；｜]", b.text.rstrip("。")) for b in reading.blocks]
    assert shown == [
        ["奖励标准如下："],
        ["类别：民宿", "档次：甲级", "标准：18万元"],
        ["类别：民宿", "档次：乙级", "标准：9万元"],
        ["类别：研学基地", "档次：省级示范研学基地", "标准：30万元"],
        ["类别：研学基地", "档次：市级", "标准：12万元"],
        ["本表自印发之日起执行"],
    ]
    assert [b.is_row for b in reading.blocks] == [False, True, True, True, True, False]
    row = reading.blocks[2].place
    assert row is not None and row.box is not None
    assert row.box == pytest.approx([v * 72 / 25.4 for v in (28, 84, 118, 96)], abs=1.5)


def test_a_table_over_the_page_keeps_its_header() -> None:
    first = [["类别", "档次", "上限"], ["民宿", "甲级", "18万元"], ["", "乙级", "9万元"]]
    second = [["露营地", "一档", "5万元"], ["研学", "二档", "3万元"]]
    number = ofd_files.line_object(Line("- 1 -", 100, 285, 4))
    data = ofd_files.package(
        {
            "OFD.xml": ofd_files.entry(),
            "Doc_0/Document.xml": ofd_files.document(2),
            "Doc_0/Pages/Page_0/Content.xml": ofd_files.page(table(first, "stroke") + number),
            "Doc_0/Pages/Page_1/Content.xml": ofd_files.page(table(second, "stroke")),
        }
    )
    rows = [re.split("[；｜]", text.rstrip("。")) for text in texts(read(data))]
    assert rows[-2:] == [
        ["类别：露营地", "档次：一档", "上限：5万元"],
        ["类别：研学", "档次：二档", "上限：3万元"],
    ]
    assert len(rows) == 4


def test_a_header_of_two_rows() -> None:
    rows = [["事项", "比例", "", "上限"], ["", "大型", "中小", ""], ["技改", "10%", "15%", "90万元"]]
    objects = "".join(ofd_files.stroke(28, y, 148, y) for y in (60, 84, 96))
    objects += ofd_files.stroke(58, 72, 118, 72)
    objects += "".join(ofd_files.stroke(x, 60, x, 96) for x in (28, 58, 118, 148)) + ofd_files.stroke(
        88, 72, 88, 96
    )
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            if text:
                objects += ofd_files.line_object(Line(text, 30 + 30 * column, 67.5 + 12 * row, 3.6))
    (only,) = texts(read(one_page(objects)))
    assert re.split("[；｜]", only.rstrip("。")) == [
        "事项：技改",
        "比例-大型：10%",
        "比例-中小：15%",
        "上限：90万元",
    ]


def test_a_frame_around_the_text_is_no_table() -> None:
    frame = ofd_files.stroke(20, 20, 190, 20) + ofd_files.stroke(20, 280, 190, 280)
    frame += (
        ofd_files.stroke(20, 20, 20, 280)
        + ofd_files.stroke(190, 20, 190, 280)
        + ofd_files.stroke(20, 60, 190, 60)
    )
    reading = read(one_page(frame + ofd_files.line_object(Line("第一条 最高10万元。", 28, 80))))
    assert texts(reading) == ["第一条 最高10万元。"] and not reading.blocks[0].is_row


def test_several_documents_in_one_file_each_under_its_own_title(tmp_path: Path) -> None:
    notice = [
        Line("墨溪县商务局文件", 40, 40),
        Line("关于开展消费券发放的通知", 40, 55),
        Line("一、每张50元。", 28, 70),
    ]
    guide = [Line("一、对象为本县餐饮企业。", 28, 50), Line("二、最高3万元。", 28, 60)]
    data = ofd_files.package(
        {
            "OFD.xml": ofd_files.entry(
                ("Doc_0/Document.xml", "Doc_1/Document.xml"), ("不要", "消费券申领指南")
            ),
            "Doc_0/Document.xml": ofd_files.document(1),
            "Doc_1/Document.xml": ofd_files.document(1),
            "Doc_0/Pages/Page_0/Content.xml": ofd_files.page("".join(map(ofd_files.line_object, notice))),
            "Doc_1/Pages/Page_0/Content.xml": ofd_files.page("".join(map(ofd_files.line_object, guide))),
        }
    )
    reading = read(data)
    assert [(b.text, b.level) for b in reading.blocks] == [
        ("墨溪县商务局文件", None),
        ("关于开展消费券发放的通知", 1),
        ("一、每张50元。", None),
        ("消费券申领指南", 1),
        ("一、对象为本县餐饮企业。", None),
        ("二、最高3万元。", None),
    ]
    assert [b.place.page for b in reading.blocks if b.place] == [1, 1, 1, 2, 2, 2]
    headings = [s.heading for s in document(tmp_path, data).sections if s.level < 0]
    assert headings == ["关于开展消费券发放的通知", "消费券申领指南"]


def test_seals_annotations_and_watermarks_are_not_the_paper() -> None:
    paper = ofd_files.line_object(Line("第一条 一次性奖励18万元。", 28, 50))
    slanting = '<ofd:TextObject ID="5" Boundary="0 0 210 297" Font="1" Size="9" CTM="0.7 0.7 -0.7 0.7 0 0">'
    slanting += '<ofd:TextCode X="90" Y="10" DeltaX="g 5 9">仅供内部传阅</ofd:TextCode></ofd:TextObject>'
    pale = ofd_files.line_object(
        Line("草稿999万元", 60, 150, 12.0), inside='<ofd:FillColor Value="0 0 0" Alpha="40"/>'
    )
    unseen = ofd_files.line_object(Line("看不见的字", 60, 200), ' Visible="false"')
    annotation = (
        f'<ofd:PageAnnot xmlns:ofd="{ofd_files.NAMESPACE}"><ofd:Annot ID="9" Type="Watermark"><ofd:Appearance>'
        + ofd_files.line_object(Line("批注：改为20万元", 28, 90))
        + "</ofd:Appearance></ofd:Annot></ofd:PageAnnot>"
    )
    more = "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
    data = ofd_files.package(
        {
            "OFD.xml": ofd_files.entry(more="<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>"),
            "Doc_0/Document.xml": ofd_files.document(1, rest=more),
            "Doc_0/Pages/Page_0/Content.xml": ofd_files.page(paper + slanting + pale + unseen),
            "Doc_0/Annots/Annotations.xml": "<a/>",
            "Doc_0/Annots/Page_0/Annotation.xml": annotation,
            "Doc_0/Signs/Signatures.xml": "<s/>",
            "Doc_0/Signs/Sign_0/Seal.esl": b"\x30\x82seal",
            "Doc_0/Attachs/Attachments.xml": (
                f'<ofd:Attachments xmlns:ofd="{ofd_files.NAMESPACE}"><ofd:Attachment ID="1" Name="申请表.docx">'
                "<ofd:FileLoc>a.docx</ofd:FileLoc></ofd:Attachment></ofd:Attachments>"
            ),
        }
    )
    reading = read(data)
    assert texts(reading) == ["第一条 一次性奖励18万元。"]
    assert reading.notes == ("文件里附带的 申请表.docx 没有读：请另存出来再导入。",)
    assert reading.visible == reading.kept


def test_a_page_that_stands_on_its_side_is_turned() -> None:
    def sideways(line: Line) -> str:
        gaps = " ".join(f"{s:g}" for s in ofd_files.steps(line.text, line.size))
        return (
            f'<ofd:TextObject ID="1" Boundary="0 0 210 297" Size="{line.size}" CTM="0 1 -1 0 {210 - line.y} {line.x}">'
            f'<ofd:TextCode X="0" Y="0" DeltaX="{gaps}">{line.text}</ofd:TextCode></ofd:TextObject>'
        )

    lines = [Line("附件：奖励标准一览表", 90, 30), Line("甲级民宿奖励18万元。", 28, 60)]
    reading = read(one_page("".join(map(sideways, lines))))
    assert texts(reading) == ["附件：奖励标准一览表", "甲级民宿奖励18万元。"]
    box = reading.blocks[1].place.box if reading.blocks[1].place else None
    assert box is not None
    left, top, right, bottom = (v * 25.4 / 72 for v in box)
    assert left < 150 < right and right - left < 8 and top == pytest.approx(28, abs=0.5) and bottom > 75


def test_composite_objects_are_drawn_where_they_are_placed() -> None:
    unit = (
        f'<ofd:Res xmlns:ofd="{ofd_files.NAMESPACE}" BaseLoc="Res"><ofd:CompositeGraphicUnits>'
        '<ofd:CompositeGraphicUnit ID="30" Width="100" Height="20"><ofd:Content>'
        + ofd_files.line_object(Line("每户补助2万元。", 0, 6))
        + '<ofd:CompositeObject ID="31" ResourceID="30" Boundary="0 0 1 1"/>'
        + "</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits></ofd:Res>"
    )
    objects = ofd_files.line_object(Line("第一条 标准如下。", 28, 40)) + ofd_files.line_object(
        Line("第二条 即日起施行。", 28, 90)
    )
    objects += '<ofd:CompositeObject ID="32" ResourceID="30" Boundary="28 60 100 20"/>'
    data = ofd_files.package(
        {
            "OFD.xml": ofd_files.entry(),
            "Doc_0/Document.xml": ofd_files.document(1, "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"),
            "Doc_0/DocumentRes.xml": unit,
            "Doc_0/Pages/Page_0/Content.xml": ofd_files.page(objects),
        }
    )
    assert texts(read(data)) == ["第一条 标准如下。", "每户补助2万元。", "第二条 即日起施行。"]


def scan(hidden: str = "") -> bytes:
    resources = (
        f'<ofd:Res xmlns:ofd="{ofd_files.NAMESPACE}" BaseLoc="Res"><ofd:MultiMedias>'
        '<ofd:MultiMedia ID="20" Type="Image"><ofd:MediaFile>scan.png</ofd:MediaFile></ofd:MultiMedia>'
        "</ofd:MultiMedias></ofd:Res>"
    )
    image = '<ofd:ImageObject ID="21" Boundary="0 0 210 100" CTM="210 0 0 100 0 0" ResourceID="20"/>'
    return ofd_files.package(
        {
            "OFD.xml": ofd_files.entry(),
            "Doc_0/Document.xml": ofd_files.document(1, "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"),
            "Doc_0/DocumentRes.xml": resources,
            "Doc_0/Res/scan.png": ofd_files.picture_bytes([files.TITLE, *files.LINES]),
            "Doc_0/Pages/Page_0/Content.xml": ofd_files.page(image + hidden),
        }
    )


def test_a_page_that_is_a_picture_is_recognised(tmp_path: Path) -> None:
    reading = read(scan(), Limits(ocr_cache=tmp_path / "ocr"))
    assert any("最高25%给予，最高80万元" in text for text in texts(reading))
    assert "文字识别" in reading.notes[0] and reading.blocks[0].place is not None
    assert reading.blocks[0].place.page == 1 and reading.blocks[0].place.box is None
    assert len(list((tmp_path / "ocr").iterdir())) == 1


def test_the_text_layer_of_a_scan_is_taken_and_said() -> None:
    layer = ofd_files.line_object(Line("第一条 对甲级民宿奖励18万元。", 28, 50), ' Fill="false"')
    reading = read(scan(layer))
    assert texts(reading) == ["第一条 对甲级民宿奖励18万元。"]
    assert "文字层" in reading.notes[0]


def test_a_picture_that_cannot_be_opened_is_said() -> None:
    second = ofd_files.page(ofd_files.line_object(Line("第二条 最高6万元，有效期三年。", 28, 50)))
    image = '<ofd:ImageObject ID="21" Boundary="0 0 210 100" CTM="210 0 0 100 0 0" ResourceID="20"/>'
    data = ofd_files.package(
        {
            "OFD.xml": ofd_files.entry(),
            "Doc_0/Document.xml": ofd_files.document(2),
            "Doc_0/Pages/Page_0/Content.xml": ofd_files.page(image),
            "Doc_0/Pages/Page_1/Content.xml": second,
        }
    )
    reading = read(data)
    assert texts(reading) == ["第二条 最高6万元，有效期三年。"] and "第 1 页是图片" in reading.notes[0]


def test_running_heads_and_page_numbers_are_left_out() -> None:
    pages = [
        [
            Line("墨溪县人民政府公报", 70, 20, 4),
            Line(f"第{'一二三四'[n]}条 第{n + 1}项补助{n + 3}万元。", 28, 60),
        ]
        for n in range(4)
    ]
    assert texts(read(ofd_files.by_lines(pages))) == [
        f"第{'一二三四'[n]}条 第{n + 1}项补助{n + 3}万元。" for n in range(4)
    ]


def test_the_current_version_of_a_file_with_several_is_read() -> None:
    versions = (
        '<ofd:Versions><ofd:Version ID="1" Index="1" Current="false" BaseLoc="Doc_0/Versions/V1.xml"/>'
        '<ofd:Version ID="2" Index="2" Current="true" BaseLoc="Doc_0/Versions/V2.xml"/></ofd:Versions>'
    )
    data = ofd_files.package(
        {
            "OFD.xml": ofd_files.entry(more=versions),
            "Doc_0/Versions/V2.xml": "<DocVersion><DocRoot>/Doc_1/Document.xml</DocRoot></DocVersion>",
            "Doc_0/Document.xml": ofd_files.document(1),
            "Doc_1/Document.xml": ofd_files.document(1),
            "Doc_0/Pages/Page_0/Content.xml": ofd_files.page(
                ofd_files.line_object(Line("旧：5万元。", 28, 50))
            ),
            "Doc_1/Pages/Page_0/Content.xml": ofd_files.page(
                ofd_files.line_object(Line("新：8万元。", 28, 50))
            ),
        }
    )
    assert texts(read(data)) == ["新：8万元。"]


GOOD = ofd_files.page(ofd_files.line_object(Line("第一条 最高10万元。", 28, 50)))
ENTITIES = '<!DOCTYPE p [<!ENTITY a "哈哈哈哈">' + "".join(
    f'<!ENTITY {y} "{f"&{x};" * 8}">' for x, y in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip
OUTSIDE = '<!DOCTYPE p [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
MUCH = (
    '<ofd:TextObject Boundary="0 0 9 9" Size="1"><ofd:TextCode X="0" Y="0">'
    + "文" * 200_100
    + "</ofd:TextCode></ofd:TextObject>"
)


def declaring(doctype: str) -> str:
    """The good page with a document type and an entity of it in its text."""
    return GOOD.replace("<ofd:Page", f"{doctype}<ofd:Page", 1).replace("最高", "最高&i;")


def with_page(content: str | bytes, pages: int = 1, parts: dict[str, str | bytes] | None = None) -> bytes:
    return ofd_files.package(
        {
            "OFD.xml": ofd_files.entry(),
            "Doc_0/Document.xml": ofd_files.document(pages),
            "Doc_0/Pages/Page_0/Content.xml": content,
            **(parts or {}),
        }
    )


BAD = {
    "no zip": (b"PK\x03\x04 broken", "损坏"),
    "another zip": (files.zip_of({"a.txt": b"a"}), "损坏"),
    "cut off": (with_page(GOOD)[:-30], "损坏"),
    "bomb": (with_page(GOOD, parts={"Doc_0/Res/bomb.png": b"0" * 300_000_000}), "过大"),
    "entities": (with_page(declaring(ENTITIES)), "损坏"),
    "outside entity": (with_page(declaring(OUTSIDE)), "损坏"),
    "deep": (with_page("<a>" * 50_000), "损坏"),
    "locked": (with_page(GOOD, parts={"Encryptions.xml": "<a/>"}), "加密"),
    "many pages": (with_page(GOOD, pages=5000), "WENCE_MAX_PAGES"),
    "no text": (with_page(ofd_files.page("")), "没有认得出的文字"),
    "no body": (ofd_files.package({"OFD.xml": "<OFD/>"}), "没有页面"),
    "no root": (ofd_files.package({"OFD.xml": ofd_files.entry()}), "缺失"),
    "too much": (with_page(ofd_files.page(MUCH)), "对象过多"),
}


@pytest.mark.parametrize("name", list(BAD))
def test_what_cannot_be_read_says_why_and_the_mend(name: str) -> None:
    data, word = BAD[name]
    with pytest.raises(SourceError, match=word) as raised:
        read(data)
    assert "：" in str(raised.value) and len(str(raised.value)) < 120


def test_a_composite_that_draws_itself_again_and_again_ends() -> None:
    unit = (
        '<CompositeGraphicUnit ID="30"><Content>'
        + '<CompositeObject ResourceID="30"/>' * 20
        + "</Content></CompositeGraphicUnit>"
    )
    data = ofd_files.package(
        {
            "OFD.xml": ofd_files.entry(),
            "Doc_0/Document.xml": ofd_files.document(1, "<ofd:DocumentRes>R.xml</ofd:DocumentRes>"),
            "Doc_0/R.xml": f"<Res>{unit}</Res>",
            "Doc_0/Pages/Page_0/Content.xml": ofd_files.page('<ofd:CompositeObject ResourceID="30"/>'),
        }
    )
    with pytest.raises(SourceError, match="对象过多"):
        read(data)


def test_a_damaged_page_is_said_and_the_others_read() -> None:
    reading = read(with_page("<broken", pages=2, parts={"Doc_0/Pages/Page_1/Content.xml": GOOD}))
    assert texts(reading) == ["第一条 最高10万元。"]
    assert reading.notes[0].startswith("第 1 页的内容已损坏")


def test_a_picture_is_painted_as_its_matrix_turns_it() -> None:
    image = Image.new("RGB", (40, 20), "white")
    image.paste("red", (0, 0, 20, 20))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    for matrix, where in (
        (Matrix(40, 0, 0, 20, 10, 10), (20, 20)),
        (Matrix(-40, 0, 0, 20, 50, 10), (40, 20)),
        (Matrix(0, 40, -20, 0, 30, 10), (20, 20)),
    ):
        page = painted([(buffer.getvalue(), matrix)], 100, 100)
        x, y = (round(v * 200 / 25.4) for v in where)
        assert page.getpixel((x, y)) == (255, 0, 0)
        pixels = np.asarray(page.resize((100, 100)))
        assert ((pixels[..., 0] > 200) & (pixels[..., 1] < 60)).sum() == pytest.approx(400, abs=40)
    assert painted([(b"none", Matrix(40, 0, 0, 20, 10, 10))], 100, 100) is None


NASTY = [
    "nan",
    "inf",
    "-inf",
    "1e400",
    "-1",
    "0",
    "x",
    "",
    "1 2 3",
    "9" * 400,
    "g 9 9",
    "g -1 1",
    "g nan 1",
    "true",
    "\ue000",
]


def test_damage_anywhere_is_a_reason_or_a_reading() -> None:
    chance = random.Random(7)
    whole = ofd_files.by_runs(paper())
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    parts["Doc_0/Pages/Page_1/Content.xml"] = ofd_files.page(table([["甲", "乙"], ["一", "二"]]))
    for _ in range(300):
        spoilt: dict[str, str | bytes] = dict(parts)
        for name in chance.sample(list(parts), 2):
            places = list(re.finditer(r'="([^"]*)"', parts[name]))
            for place in sorted(chance.sample(places, min(9, len(places))), key=lambda p: -p.start()):
                text = str(spoilt[name])
                spoilt[name] = text[: place.start(1)] + chance.choice(NASTY) + text[place.end(1) :]
        try:
            assert read(ofd_files.package(spoilt)).blocks
        except SourceError as error:
            assert str(error)
    for _ in range(100):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 20)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            assert read(bytes(data)).blocks
        except SourceError as error:
            assert str(error)
