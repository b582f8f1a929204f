"""The same paper in each format, made on the spot; and papers that need a reader's skill."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pylopdf_fonts_zh_cn
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

TITLE = "某市算力补贴办法"
LINES = (
    "一、支持对象",
    "本市登记的独立法人企业可以申请算力补贴。",
    "二、支持标准",
    "算力补贴按合同金额的最高25%给予，最高80万元。",
)
TIERS = [
    ["档次", "评分", "上限"],
    ["一档", "90分以上", "500万元"],
    ["二档", "80分以上", "300万元"],
    ["三档", "70分以上", "100万元"],
]
FONT = Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf"
FORMATS = ("md", "txt", "html", "docx", "pdf")


def write_all(folder: Path) -> dict[str, Path]:
    """One file for each format with the same paper in it."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {suffix: folder / f"paper-{suffix}.{suffix}" for suffix in FORMATS}
    files["md"].write_text(
        f"# {TITLE}\n\n## {LINES[0]}\n\n{LINES[1]}\n\n## {LINES[2]}\n\n{LINES[3]}\n", encoding="utf-8"
    )
    files["txt"].write_bytes("\n".join([TITLE, *LINES]).encode("gb18030"))
    files["html"].write_text(html_page(TITLE, "".join(f"<p>{line}</p>" for line in LINES)), encoding="utf-8")
    _write_docx(files["docx"])
    write_pdf(files["pdf"], [TITLE, *LINES])
    return files


def html_page(title: str, body: str, more: str = "") -> str:
    """A page as government sites have them: navigation, share bar, related news, footer around the paper."""
    return (
        f"<html><head><meta charset='utf-8'><title>{title}-某市人民政府网</title>"
        "<meta name='PubDate' content='2026-03-05 09:00'><script>var a='alert';</script></head><body>"
        "<nav><a href='/'>首页</a></nav><div class='breadcrumb'>首页 &gt; 政务公开</div>"
        f"<div class='article-content'><h1>{title}</h1>{body}</div>{more}"
        "<div class='share-bar'>分享到微信 微博</div><h3>相关阅读</h3><ul><li>另一条新闻：补贴999万元</li></ul>"
        "<footer>版权所有 某市人民政府</footer></body></html>"
    )


def _write_docx(path: Path) -> None:
    document = docx.Document()
    document.add_heading(TITLE, 0)
    for line in LINES:
        document.add_paragraph(line)
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("档次", "上限", "二档", "60万元"), strict=True):
        cell.text = text
    document.save(str(path))


def write_pdf(path: Path, lines: list[str]) -> None:
    """A PDF with a text layer, a line a line."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path))
    canvas.setFont("STSong-Light", 12)
    for number, line in enumerate(lines):
        canvas.drawString(72, 760 - 24 * number, line)
    canvas.save()


def write_table_pdf(path: Path, rows: int = 60) -> None:
    """A ruled table that runs over pages between two paragraphs; its first column has merged cells."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("body", fontName="STSong-Light", fontSize=11, leading=16)
    body: list[list[str]] = [["类别", "档次", "上限"]]
    spans = []
    for group in range(rows // 3):
        first = len(body)
        body += [
            [f"第{group + 1}类", "一档", f"{group + 1}50万元"],
            ["", "二档", f"{group + 1}30万元"],
            ["", "三档", f"{group + 1}10万元"],
        ]
        spans.append(("SPAN", (0, first), (0, first + 2)))
    table = Table(
        body,
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, "black"),
            ("FONT", (0, 0), (-1, -1), "STSong-Light", 10),
            *spans,
        ],
    )
    parts = [
        Paragraph("分档标准如下：", style),
        Spacer(1, 8),
        table,
        Spacer(1, 8),
        Paragraph("本表自2026年1月1日起执行。", style),
    ]
    SimpleDocTemplate(str(path), pagesize=A4).build(parts)


def picture(lines: list[str]) -> Image.Image:
    """A picture of a page of text."""
    image = Image.new("RGB", (1240, 160 + 80 * len(lines)), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(FONT), 38)
    for number, line in enumerate(lines):
        draw.text((80, 60 + 80 * number), line, fill="black", font=font)
    return image


def write_scan(path: Path, pages: list[list[str]]) -> None:
    """A scanned PDF: pictures only, no text layer."""
    images = [picture(lines) for lines in pages]
    images[0].save(path, save_all=True, append_images=images[1:])


def write_numbered_docx(path: Path) -> None:
    """Paragraphs whose numbers Word makes (一、 and （一）) and a table with merged cells."""
    document = docx.Document()
    document.add_heading("某市模型补贴指南", 0)
    number_id = _add_numbering(document)
    for level, text in (
        (0, "支持对象"),
        (1, "本市企业。"),
        (1, "本市高校。"),
        (0, "支持标准"),
        (1, "按服务费用的最高20%给予。"),
    ):
        paragraph = document.add_paragraph(text)
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = level
        properties.get_or_add_numId().val = number_id
    table = document.add_table(rows=3, cols=3)
    for row, texts in zip(
        table.rows,
        (("类别", "档次", "上限"), ("示范", "一档", "90万元"), ("", "二档", "70万元")),
        strict=True,
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    merged = table.cell(1, 0).merge(table.cell(2, 0))
    merged.text = "示范"
    document.save(str(path))


def _add_numbering(document: Any) -> int:
    numbering = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "77")
    for level, (form, text) in enumerate((("chineseCounting", "%1、"), ("chineseCounting", "（%2）"))):
        made = OxmlElement("w:lvl")
        made.set(qn("w:ilvl"), str(level))
        for tag, value in (("w:start", "1"), ("w:numFmt", form), ("w:lvlText", text)):
            child = OxmlElement(tag)
            child.set(qn("w:val"), value)
            made.append(child)
        abstract.append(made)
    numbering.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), "77")
    link = OxmlElement("w:abstractNumId")
    link.set(qn("w:val"), "77")
    number.append(link)
    numbering.append(number)
    return 77


def write_xlsx(path: Path) -> None:
    """A list with a title row over all columns and a merged first column."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["某市算力券发放名单", None, None])
    sheet.merge_cells("A1:C1")
    for row in (
        ["批次", "企业", "金额"],
        ["第一批", "甲公司", "120万元"],
        [None, "乙公司", "80万元"],
        ["第二批", "丙公司", "30万元"],
    ):
        sheet.append(row)
    sheet.merge_cells("A3:A4")
    book.save(str(path))


def zip_of(files: dict[str, bytes]) -> bytes:
    """A zip with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()
