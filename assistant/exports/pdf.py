"""`Dossier → PDF`: A4, with an embedded Chinese font, bookmarks, page numbers and the as-of date on every page.

Only `exports.export` imports this module, and only when a PDF is wanted: reportlab takes a while to load.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont, TTFontFace
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, LongTable, SimpleDocTemplate, Spacer
from reportlab.platypus import Paragraph as Text

from assistant.dossier import Block, Bullets, Dossier, Line, Paragraph, QrCode, Table
from assistant.dossier.blocks import cell
from assistant.exports.font import subset
from assistant.exports.line_breaks import broken
from assistant.exports.qr import QUIET, modules

_FONT = "WenceSans"
_ONE_AT_A_TIME = threading.Lock()  # reportlab keeps fonts by name for the whole process
_COLOURS = {
    "plain": "#1b1b1b", "strong": "#0b3a75", "met": "#0a6b3d", "unmet": "#a31621", "unknown": "#8a5a00",
    "warning": "#a33b00", "muted": "#5c5c5c", "quote": "#333333",
}  # fmt: skip
_SIZES = {"muted": 7.5, "quote": 8.0}
_LANGUAGES = {"zh": "zh-CN", "zh-Hant": "zh-Hant", "en": "en"}
_MARGIN = 45.0  # 16 mm
_INDENT = 12
_PADDING = 4
_BESIDE = [("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (0, 0), 0)]
_WIDTH = A4[0] - 2 * _MARGIN - 12  # the frame has a padding of 6 on each side


def to_pdf(dossier: Dossier) -> bytes:
    """The whole paper; the same dossier gives the same bytes."""
    font = subset(dossier.model_dump_json() + "•")
    with _ONE_AT_A_TIME:
        _use(font)
        pages, _ = _built(dossier, 0)
        return _built(dossier, pages)[1]


def _use(font: bytes) -> None:
    """Make a font the one that is drawn with: reportlab never lets go of a registered one, so its face is changed."""
    if _FONT in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.getFont(_FONT).face = TTFontFace(io.BytesIO(font))
    else:
        pdfmetrics.registerFont(TTFont(_FONT, io.BytesIO(font)))


def _built(dossier: Dossier, pages: int) -> tuple[int, bytes]:
    """How many pages there are, and the file that says on each page that there are `pages`."""
    made = io.BytesIO()
    paper = SimpleDocTemplate(
        made,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN + 6,
        title=dossier.title,
        author="问策 Wence",
        lang=_LANGUAGES[dossier.language],
        invariant=1,
    )

    def footer(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont(_FONT, 8)
        canvas.setFillColor(_COLOURS["muted"])
        canvas.drawString(_MARGIN + 6, 30, dossier.footer)
        number = dossier.page.format(page=document.page, pages=pages)
        canvas.drawRightString(A4[0] - _MARGIN - 6, 30, number)

    paper.build(list(_story(dossier)), onFirstPage=footer, onLaterPages=footer)
    return paper.page, made.getvalue()


def _story(dossier: Dossier) -> Iterator[Flowable]:
    yield _text(Line(text=dossier.title, tone="strong"), size=20, after=8)
    yield from _flowables(dossier.lead)
    for number, section in enumerate(dossier.sections):
        yield CondPageBreak(110)  # no heading alone at the end of a page
        yield Spacer(1, 14 if section.level == 1 else 10)
        yield _Heading(section.heading, section.level, f"section-{number}")
        yield from _flowables(section.blocks)


# ------------------------------------------------------------------ blocks


def _flowables(blocks: Sequence[Block]) -> Iterator[Flowable]:
    for block in blocks:
        match block:
            case Paragraph(line=line):
                yield _text(line, after=3)
            case Bullets(items=items):
                for item in items:
                    yield _text(item, after=2, bullet="•")
            case Table():
                yield _table(block)
            case QrCode():
                yield from _code(block)


def _style(tone: str, size: float, after: float = 0, indent: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        tone,
        fontName=_FONT,
        fontSize=size,
        leading=size * 1.4,
        textColor=_COLOURS[tone],
        spaceAfter=after,
        leftIndent=indent,
        bulletFontName=_FONT,
        bulletFontSize=size,
    )


def _text(
    line: Line, width: float = _WIDTH, size: float | None = None, after: float = 0, bullet: str | None = None
) -> Text:
    """A line as a paragraph of a width, broken as Chinese is."""
    size = size or _SIZES.get(line.tone, 9.0)
    indent = _INDENT if bullet else 0
    lines = broken(line.text, width - indent - 1, lambda text: float(stringWidth(text, _FONT, size)))
    text = "<br/>".join(map(escape, lines))
    if line.url:
        text = f'<a href={quoteattr(line.url)} color="#0b57a4">{text}</a>'
    return Text(text, _style(line.tone, size, after, indent), bulletText=bullet)


class _Heading(Text):  # type: ignore[misc]
    """A heading that is also an entry of the outline."""

    def __init__(self, text: str, level: int, key: str) -> None:
        size = 14 if level == 1 else 11.5
        super().__init__(escape(text), _style("strong", size, after=4))
        self._entry = text, key, level - 1

    def draw(self) -> None:
        """Draw the heading and note its place."""
        text, key, depth = self._entry
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, depth)
        super().draw()


def _table(table: Table) -> Flowable:
    widths = [_WIDTH * share / sum(table.shares) for share in table.shares]
    header = [tuple(cell(name, "muted") for name in table.header)] if table.header else []
    rows = [
        [
            [_text(line, width - 2 * _PADDING) for line in lines]
            for lines, width in zip(row, widths, strict=True)
        ]
        for row in (*header, *table.rows)
    ]
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, "#c9ced6"),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    if table.header:
        style.append(("BACKGROUND", (0, 0), (-1, 0), "#eef2f7"))
    return LongTable(
        rows,
        colWidths=widths,
        repeatRows=len(header),
        splitInRow=int(any(_height(row, widths) > A4[1] / 2 for row in rows)),  # other rows stay whole
        style=style,
        spaceBefore=3,
        spaceAfter=6,
    )


def _height(row: Sequence[Sequence[Text]], widths: Sequence[float]) -> float:
    """How high a row is."""
    return max(
        sum(float(text.wrap(width - 2 * _PADDING, A4[1])[1]) for text in texts)
        for texts, width in zip(row, widths, strict=True)
    )


def _code(code: QrCode) -> Iterator[Flowable]:
    """The code beside its caption and address; the address alone when it is too long for a code."""
    found = modules(code.url)
    side = 0.0 if found is None else max(110.0, 1.7 * (len(found) + 2 * QUIET))  # a module of 0.6 mm or more
    width = _WIDTH - side - (8 if found else 0)
    address = Line(text=code.url, tone="muted", url=code.url)
    words = [
        _text(Line(text=code.caption if found else code.link_caption), width - 12),
        _text(address, width - 12),
    ]
    if found is None:
        yield from words
    else:
        yield LongTable([[_drawing(found, side), words]], colWidths=[side + 8, width], style=_BESIDE)


def _drawing(found: tuple[tuple[bool, ...], ...], side: float) -> Drawing:
    step = side / (len(found) + 2 * QUIET)
    drawing = Drawing(side, side)
    for y, row in enumerate(found):
        for x, dark in enumerate(row):
            if dark:
                place = (QUIET + x) * step, side - (QUIET + y + 1) * step
                drawing.add(Rect(*place, step, step, fillColor=black, strokeColor=None, strokeWidth=0))
    return drawing
