"""Sample files in each format, made on the spot."""

from __future__ import annotations

from pathlib import Path

import docx
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

TITLE = "某市算力补贴办法"
LINES = (
    "一、支持对象",
    "本市登记的独立法人企业可以申请算力补贴。",
    "二、支持标准",
    "算力补贴按合同金额的最高25%给予，最高80万元。",
)


def write_all(folder: Path) -> dict[str, Path]:
    """One file for each format with the same paper in it."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {suffix: folder / f"paper-{suffix}.{suffix}" for suffix in ("md", "txt", "html", "docx", "pdf")}
    files["md"].write_text(
        f"# {TITLE}\n\n## {LINES[0]}\n\n{LINES[1]}\n\n## {LINES[2]}\n\n{LINES[3]}\n", encoding="utf-8"
    )
    files["txt"].write_bytes("\n".join([TITLE, *LINES]).encode("gb18030"))
    paragraphs = "".join(f"<p>{line}</p>" for line in LINES)
    files["html"].write_text(
        f"<html><head><title>{TITLE}</title></head><body><nav><a href='/'>首页</a></nav><article><h1>{TITLE}</h1>"
        f"{paragraphs}</article><footer>版权所有</footer><script>alert(1)</script></body></html>",
        encoding="utf-8",
    )
    _write_docx(files["docx"])
    _write_pdf(files["pdf"])
    return files


def _write_docx(path: Path) -> None:
    document = docx.Document()
    document.add_heading(TITLE, 0)
    for line in LINES:
        document.add_paragraph(line)
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("档次", "上限", "二档", "60万元"), strict=True):
        cell.text = text
    document.save(str(path))


def _write_pdf(path: Path) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path))
    canvas.setFont("STSong-Light", 12)
    for number, line in enumerate([TITLE, *LINES]):
        canvas.drawString(72, 760 - 24 * number, line)
    canvas.save()
