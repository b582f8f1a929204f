"""Rich text, old office files, and files that are not what their names say."""

from __future__ import annotations

import base64
import io
import re
import shutil
import struct
import subprocess
import zipfile
from pathlib import Path

import docx
import pptx
import pytest
from pptx.util import Pt

from assistant.errors import SourceError
from assistant.models import Document
from ingest.read import read_document
from ingest.readers.kind import kind_of
from ingest.readers.office import converted
from ingest.readers.rtf import read_rtf
from ingest.readers.slides import read_pptx
from ingest.reading import Limits
from ingest.sources import SourceFile, collect
from tests.ingest import files
from tests.ingest.test_sheets import book_of, hiding, standards


def read(path: Path) -> Document:
    source = SourceFile(str(path), path)
    return read_document(source, source.read_bytes(Limits()))


def rows(texts: list[str]) -> list[list[str]]:
    return [re.split("[；｜]", text.rstrip("。")) for text in texts]


def gbk(text: str) -> str:
    """Text as RTF writes it byte by byte."""
    return "".join(c if ord(c) < 128 else "".join(f"\\'{b:02x}" for b in c.encode("gbk")) for c in text)


def unicode(text: str) -> str:
    """Text as RTF writes it by code points, each with a question mark to skip."""
    return "".join(c if ord(c) < 128 else f"\\u{ord(c) - 65536 if ord(c) > 32767 else ord(c)}?" for c in text)


HEAD = (
    r"{\rtf1\ansi\ansicpg936\deff0\uc1{\fonttbl{\f0\froman\fcharset0 Times New Roman;}"
    r"{\f1\fnil\fcharset134 " + gbk("宋体") + r";}}{\colortbl;\red0\green0\blue0;}{\info{\title 2099}{\author x}}"
)  # fmt: skip
LINES = [
    "海棠县民宿奖补办法",
    "第一条 对甲级民宿一次性奖励18万元。",
    "第二条 按投资额的25%补助，最高60万元。",
]


@pytest.mark.parametrize("font", [0, 1])
def test_rich_text_in_bytes_and_in_code_points(font: int) -> None:
    for write in (gbk, unicode):
        source = HEAD + rf"\f{font} " + r"\par ".join(map(write, LINES)) + "}"
        assert [b.text for b in read_rtf(source.encode("ascii")).blocks] == LINES
    raw = (HEAD + r"\par ".join(LINES) + "}").encode("gbk")
    assert [b.text for b in read_rtf(raw).blocks] == LINES


def test_rich_text_of_other_code_pages() -> None:
    page = r"{\rtf1\ansi\ansicpg950\deff0{\fonttbl{\f0\fnil\fcharset136 PMingLiU;}}\f0 "
    text = "第一條 補助最高80萬元。"
    body = "".join(c if ord(c) < 128 else "".join(f"\\'{b:02x}" for b in c.encode("big5")) for c in text)
    assert read_rtf((page + body + "}").encode()).blocks[0].text == text


def row(cells: list[str], merges: list[str]) -> str:
    defined = "".join(rf"{merge}\cellx{1000 * (i + 1)}" for i, merge in enumerate(merges))
    return rf"\trowd\trgaph108 {defined}\pard\intbl " + "".join(gbk(c) + r"\cell " for c in cells) + r"\row "


def test_rich_text_tables_keep_their_merged_cells() -> None:
    table = (
        row(["类别", "档次", "标准（万元）"], ["", "", ""])
        + row(["民宿", "甲级", "18"], [r"\clvmgf", "", ""])
        + row(["", "乙级", "9"], [r"\clvmrg", "", ""])
        + row(["一、以下另行通知", "", ""], [r"\clmgf", r"\clmrg", r"\clmrg"])
    )
    source = (
        HEAD + gbk("标准如下：") + r"\par " + table + r"\pard " + gbk("自2031年5月1日起施行。") + r"\par}"
    )
    reading = read_rtf(source.encode())
    assert rows([b.text for b in reading.blocks]) == [
        ["标准如下："],
        ["类别：民宿", "档次：甲级", "标准：18万元"],
        ["类别：民宿", "档次：乙级", "标准：9万元"],
        ["一、以下另行通知"],
        ["自2031年5月1日起施行"],
    ]


def test_rich_text_without_what_is_not_its_text() -> None:
    picture = r"{\pict\pngblip\bin10 " + "}{\\par\x01x}}" + "}"
    source = (
        HEAD
        + picture
        + r"{\header 内部}{\footnote x}"
        + gbk("见")
        + r'{\field{\*\fldinst{HYPERLINK "http://example.gov.cn/a"}}{\fldrslt{'
        + gbk("附件")
        + r"}}}{\deleted "
        + gbk("原为20万元")
        + r"}"
        + gbk("，18万元")
        + r"\'a1\'a3\par a|b\\cell\par}"
    )
    assert [b.text for b in read_rtf(source.encode("gbk")).blocks] == ["见附件，18万元。", "a|b\\cell"]


def test_broken_rich_text_says_so() -> None:
    for data in (b"{\\rtf1", b"{\\rtf1\\ansi\\ansicpg99999 }", b"{\\rtf1 \\uc \\u99999999999999 }"):
        with pytest.raises(SourceError, match="RTF"):
            read_rtf(data)


PAGE = files.html_page("某县奖补办法", "<p>第一条 最高18万元。</p><p>第二条 自2031年5月1日起施行。</p>")
EXPECTED = ["第一条 最高18万元。", "第二条 自2031年5月1日起施行。"]


def word_file() -> bytes:
    document = docx.Document()
    for line in EXPECTED:
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def web_archive(encoding: str = "gb2312") -> bytes:
    body = base64.encodebytes(PAGE.encode("gbk" if encoding == "gb2312" else encoding)).decode()
    return (
        "MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n"
        'Content-Type: multipart/related;\r\n\tboundary="----=_x"\r\n\r\n------=_x\r\n'
        "Content-Location: file:///C:/a.htm\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Type: text/html; charset="{encoding}"\r\n\r\n{body}\r\n------=_x\r\n'
        "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n------=_x--\r\n"
    ).encode()


DISGUISED = {
    "web page.doc": PAGE.encode("utf-8"),
    "gbk page.doc": PAGE.replace("utf-8", "gb2312").encode("gbk"),
    "utf-16 page.wps": b"\xff\xfe" + PAGE.encode("utf-16-le"),
    "web archive.doc": web_archive(),
    "web archive.mht": web_archive("utf-8"),
    "rich text.doc": (HEAD + r"\par ".join(map(gbk, EXPECTED)) + "}").encode(),
    "new word.doc": word_file(),
    "new word.wps": word_file(),
    "new word.rtf": word_file(),
}


@pytest.mark.parametrize("name", list(DISGUISED))
def test_a_file_is_read_by_what_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(DISGUISED[name])
    lines = read(tmp_path / name).text.splitlines()
    assert lines[-2:] == EXPECTED and len(lines) <= 3


def test_a_sheet_is_read_by_what_it_is(tmp_path: Path) -> None:
    page = (
        "<html><meta charset='utf-8'><table><tr><th>企业</th><th>金额（万元）</th></tr>"
        "<tr><td>甲公司</td><td>20</td></tr></table></html>"
    )
    (tmp_path / "a.xls").write_text(page, encoding="utf-8")
    assert rows(read(tmp_path / "a.xls").text.splitlines()) == [["企业：甲公司", "金额：20万元"]]
    (tmp_path / "b.xls").write_bytes(book_of(standards))
    (tmp_path / "b.et").write_bytes(book_of(standards))
    for name in ("b.xls", "b.et"):
        assert "标准：40万元" in read(tmp_path / name).text


def test_kinds_that_are_what_they_say_stay() -> None:
    assert kind_of(b"# a <table> in markdown", ".md") == ".md"
    assert kind_of(b"%PDF-1.7", ".txt") == ".txt" and kind_of(b"%PDF-1.7", ".doc") == ".pdf"
    assert kind_of(b"\xff\xd8\xff\xe0", ".jpeg") == ".jpeg" and kind_of(b"\xff\xd8\xff\xe0", ".png") == ".jpg"
    assert kind_of(b"PK\x03\x04junk", ".pptx") == ".pptx" and kind_of(b"", ".doc") == ".doc"
    assert kind_of(files.zip_of({"OFD.xml": b"<a/>"}), ".pdf") == ".ofd"
    assert (
        kind_of(files.zip_of({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), ".xls")
        == ".ods"
    )
    stream = "WordDocument".encode("utf-16-le") + b"\0\0"
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + stream
    assert kind_of(compound, ".wps") == ".wps" and kind_of(compound, ".xls") == ".doc"


def test_without_libreoffice_the_mend_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for suffix, target in ((".odt", ".docx"), (".ppt", ".pptx"), (".ods", ".xlsx")):
        with pytest.raises(
            SourceError, match=f"需要 LibreOffice：请安装它，或把文件另存为 {re.escape(target)}"
        ):
            converted(b"x", suffix, target)


def test_a_converter_that_fails_is_said_and_nothing_is_left_running(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from ingest.readers import office

    mark = tmp_path / "late"
    script = tmp_path / "soffice"
    script.write_text(f"#!/bin/sh\n(/bin/sleep 3; /bin/touch {mark}) &\nwait\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(office, "_SECONDS", 0.5)
    with pytest.raises(SourceError, match="没有成功"):
        converted(b"x", ".odt", ".docx")
    subprocess.run(["/bin/sleep", "3"], check=True)
    assert not mark.exists()


def convert(folder: Path, data: bytes, suffix: str, target: str) -> Path:
    """A file of another kind, made by LibreOffice."""
    source = folder / f"made{suffix}"
    source.write_bytes(data)
    program = shutil.which("soffice") or ""
    command = [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        target,
    ]
    subprocess.run([*command, "--outdir", str(folder / "out"), str(source)], check=True, capture_output=True)
    return folder / f"out/made.{target}"


@pytest.mark.office
@pytest.mark.parametrize("target", ["odt", "rtf", "doc"])
def test_texts_of_other_writers(tmp_path: Path, target: str) -> None:
    made = docx.Document(str(files.write_all(tmp_path / "all")["docx"]))
    made.add_paragraph("本办法自2031年5月1日起施行。")
    buffer = io.BytesIO()
    made.save(buffer)
    lines = read(convert(tmp_path, buffer.getvalue(), ".docx", target)).text.splitlines()
    assert lines[:5] == [files.TITLE, *files.LINES]
    assert rows(lines[5:]) == [["档次：二档", "上限：60万元"], ["本办法自2031年5月1日起施行"]]


@pytest.mark.office_sheets
def test_open_sheets(tmp_path: Path) -> None:
    made = convert(tmp_path, book_of(standards, hiding), ".xlsx", "ods")
    document = read(made)
    assert "标准：40万元" in document.text and "认定日：2031年3月5日" in document.text
    assert "乙公司" not in document.text and "评分" not in document.text


def slides() -> bytes:
    """Two slides that are shown, the first with a table, one of a picture, and one that is hidden."""
    presentation = pptx.Presentation()
    first = presentation.slides.add_slide(presentation.slide_layouts[5])
    first.shapes.title.text = "海棠县奖补政策解读"
    box = first.shapes.add_textbox(Pt(50), Pt(420), Pt(500), Pt(60))
    box.text_frame.text = "一、甲级民宿奖励18万元。"
    box.text_frame.add_paragraph().text = "二、自2031年5月1日起施行。"
    table = first.shapes.add_table(3, 3, Pt(50), Pt(150), Pt(500), Pt(200)).table
    for row, texts in enumerate(
        (("类别", "档次", "标准（万元）"), ("民宿", "甲级", "18"), ("", "乙级", "9"))
    ):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    second = presentation.slides.add_slide(presentation.slide_layouts[5])
    second.shapes.title.text = "不公开的草稿"
    second._element.set("show", "0")
    third = presentation.slides.add_slide(presentation.slide_layouts[6])
    image = io.BytesIO()
    files.picture(["图里的字"]).save(image, "PNG")
    third.shapes.add_picture(image, 0, 0)
    fourth = presentation.slides.add_slide(presentation.slide_layouts[5])
    fourth.shapes.title.text = "咨询电话"
    fourth.shapes.add_textbox(Pt(50), Pt(150), Pt(500), Pt(60)).text_frame.text = "0577-1234567"
    buffer = io.BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


EXPECTED_SLIDES = [
    ["海棠县奖补政策解读"],
    ["类别：民宿", "档次：甲级", "标准：18万元"],
    ["类别：民宿", "档次：乙级", "标准：9万元"],
    ["一、甲级民宿奖励18万元"],
    ["二、自2031年5月1日起施行"],
    ["咨询电话"],
    ["0577-1234567"],
]


def test_slides_in_their_order() -> None:
    reading = read_pptx(slides(), Limits())
    assert rows([b.text for b in reading.blocks]) == EXPECTED_SLIDES
    assert [b.level for b in reading.blocks] == [1, None, None, None, None, 2, None]
    assert [b.place.page for b in reading.blocks if b.place] == [1, 1, 1, 1, 1, 4, 4]
    assert reading.blocks[3].place is not None and reading.blocks[3].place.box == (50, 420, 550, 480)
    assert [note[:9] for note in reading.notes] == ["第 2 页是隐藏的", "第 3 页只有图片"]
    with pytest.raises(SourceError, match="WENCE_MAX_PAGES"):
        read_pptx(slides(), Limits(max_pages=2))
    with pytest.raises(SourceError, match="另存为"):
        read_pptx(b"PK\x03\x04junk", Limits())


@pytest.mark.office_slides
def test_old_slides(tmp_path: Path) -> None:
    document = read(convert(tmp_path, slides(), ".pptx", "ppt"))
    lines = document.text.splitlines()
    assert document.head.title == "海棠县奖补政策解读"
    assert "一、甲级民宿奖励18万元。" in lines and "0577-1234567" in lines and "草稿" not in document.text


@pytest.mark.office_slides
def test_what_libreoffice_cannot_open_says_the_mend() -> None:
    with pytest.raises(SourceError, match=r"打不开这个 \.ppt.*请把文件另存为 \.pptx"):
        converted(b"PK\x03\x04junk", ".ppt", ".pptx")


def zip_with_raw_names(names: dict[bytes, bytes]) -> bytes:
    """A zip whose names are these bytes, not marked as UTF-8."""
    data = files.zip_of({f"{'n' * (len(raw) - 1)}{i}": body for i, (raw, body) in enumerate(names.items())})
    for i, raw in enumerate(names):
        data = data.replace(f"{'n' * (len(raw) - 1)}{i}".encode(), raw)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not any(info.flag_bits & 0x800 for info in archive.infolist())
    return data


def test_names_in_zips_of_chinese_systems(tmp_path: Path) -> None:
    packed = tmp_path / "p.zip"
    packed.write_bytes(
        zip_with_raw_names(
            {
                "附件/奖补办法.txt".encode("gbk"): "奖补办法\n第一条 最高10万元。".encode(),
                "申报指南.txt".encode(): "申报指南\n第一条 至少三家。".encode(),
            }
        )
    )
    found = collect([str(packed)], Limits())
    assert found.failed == {}
    assert [f.member for f in found.files] == ["附件/奖补办法.txt", "申报指南.txt"]
    assert "最高10万元" in read_document(found.files[0], found.files[0].read_bytes(Limits())).text
    assert "至少三家" in found.files[1].read_bytes(Limits()).decode()


def test_a_compound_file_of_nothing_says_the_mend(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack("<600x"))
    with pytest.raises(SourceError, match=r"请.*另存为"):
        read(tmp_path / "a.xls")
