"""PDFs in the manner of many writers, made on the spot: typesetting, browsers' print lines, outlines, seals, scans."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.basePen import BasePen
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw
from pypdf import PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont as EmbeddedFont
from reportlab.pdfgen.canvas import Canvas

from tests.ingest.files import FONT, picture

SONG = "STSong-Light"
A4 = (595.0, 842.0)
_NOT_FIRST = "，。；：、！？）》”〕"
Step = tuple[float, str]
"""How far from the left edge, and what is written there."""


def width_of(text: str, size: float) -> float:
    """A text's width in points."""
    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    return float(pdfmetrics.stringWidth(text, SONG, size))


def wrapped(text: str, room: float, size: float, first: float = 0.0) -> list[str]:
    """A text's lines in a column of this width; the first one is shorter by `first`; no line begins with a stop."""
    lines = [""]
    for char in text:
        left = room - (first if len(lines) == 1 else 0.0)
        if width_of(lines[-1] + char, size) > left + 0.01 and char not in _NOT_FIRST:
            lines.append("")
        lines[-1] += char
    return lines


@dataclass
class Sheets:
    """Pages that are written from the top down; `y` is measured from the top edge."""

    size: tuple[float, float] = A4
    left: float = 80.0
    right: float = 515.0
    top: float = 90.0
    bottom: float = 760.0
    letter: float = 14.0
    leading: float = 26.0
    every_page: Callable[[Sheets, int], None] | None = None
    y: float = field(init=False)
    page: int = field(init=False, default=1)

    def __post_init__(self) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont(SONG))
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=self.size, pageCompression=1)
        self.y = self.top
        if self.every_page:
            self.every_page(self, 1)

    def at(self, x: float, y: float, text: str, size: float | None = None, font: str = SONG) -> None:
        """One piece of text with its baseline `y` below the top edge."""
        self.canvas.setFont(font, size or self.letter)
        self.canvas.drawString(x, self.size[1] - y, text)

    def right_at(self, x: float, y: float, text: str, size: float | None = None) -> None:
        """One piece of text that ends at `x`."""
        self.at(x - width_of(text, size or self.letter), y, text, size)

    def new_page(self) -> None:
        """Go on at the top of a new page."""
        self.canvas.showPage()
        self.page += 1
        self.y = self.top
        if self.every_page:
            self.every_page(self, self.page)

    def line(self, text: str, x: float | None = None, size: float | None = None) -> None:
        """One line; on a new page where this one is full."""
        if self.y > self.bottom:
            self.new_page()
        self.at(self.left if x is None else x, self.y, text, size)
        self.y += self.leading * (size or self.letter) / self.letter

    def centred(self, text: str, size: float | None = None) -> None:
        """One line in the middle."""
        self.line(text, (self.left + self.right - width_of(text, size or self.letter)) / 2, size)

    def paragraph(self, text: str, indent: float = 2.0, hang: float = 0.0) -> None:
        """A paragraph: `indent` letters in its first line, `hang` in the others."""
        first, other = indent * self.letter, hang * self.letter
        lines = wrapped(text, self.right - self.left - other, self.letter, first - other)
        for number, line in enumerate(lines):
            self.line(line, self.left + (other if number else first))

    def pieces(self, *steps: Step) -> None:
        """One row of pieces, each so far from the left edge; a negative one ends so far from the right edge."""
        for x, text in steps:
            if x < 0:
                self.right_at(self.right + x, self.y, text)
            else:
                self.at(self.left + x, self.y, text)
        self.y += self.leading

    def rule(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.6) -> None:
        """A drawn line."""
        self.canvas.setLineWidth(width)
        self.canvas.line(x0, self.size[1] - y0, x1, self.size[1] - y1)

    def saved(self) -> bytes:
        """The file."""
        self.canvas.save()
        return self.buffer.getvalue()


def titled(sheets: Sheets, *lines: str) -> Sheets:
    """The sheets with a title in large letters."""
    for line in lines:
        sheets.centred(line, 22)
    sheets.y += 10
    return sheets


@dataclass(frozen=True)
class Print:
    """How a browser prints around a page: pieces by edge, with {title}, {site}, {url}, {page} and {pages}."""

    head: tuple[str, str, str] = ("", "", "")
    foot: tuple[str, str, str] = ("", "", "")


PRINTS = {
    "chrome": Print(("2031/5/6 10:22", "{title}_{site}", ""), ("{url}", "", "{page}/{pages}")),
    "chrome in english": Print(("5/6/31, 10:22 AM", "{title}_{site}", ""), ("{url}", "", "{page}/{pages}")),
    "edge": Print(("2031/5/6 上午10:22", "{title} - {site}", ""), ("{url}", "", "{page}/{pages}")),
    "firefox": Print(("{title}-{site}", "", "{url}"), ("第 {page} 页，共 {pages} 页", "", "2031/5/6 10:22")),
    "firefox in english": Print(("{title}-{site}", "", "{url}"), ("{page} of {pages}", "", "5/6/2031, 10:22 AM")),
    "360": Print(("{title}-{site}", "", "页码，{page}/{pages}"), ("{url}", "", "2031/5/6")),
    "internet explorer": Print(("{title}-{site}", "", "第 {page} 页(共 {pages} 页)"), ("{url}", "", "2031-05-06")),
}  # fmt: skip


def print_lines(look: Print, pages: int, **said: str) -> Callable[[Sheets, int], None]:
    """What a browser of this look writes at the edges of every page, in small letters."""

    def write(sheets: Sheets, page: int) -> None:
        for pieces, y in ((look.head, 24.0), (look.foot, sheets.size[1] - 18.0)):
            for place, piece in enumerate(pieces):
                text = piece.format(page=page, pages=pages, **said)
                middle = (sheets.size[0] - width_of(text, 8)) / 2
                x = (26.0, middle, sheets.size[0] - 26.0 - width_of(text, 8))[place]
                sheets.at(x, y, text, 8)

    return write


@lru_cache(maxsize=1)
def _outlines() -> tuple[Any, dict[int, str], int]:
    font = TTFont(FONT)
    return font.getGlyphSet(), font.getBestCmap(), font["head"].unitsPerEm


class _OnPath(BasePen):  # type: ignore[misc]
    """A glyph's outline on a canvas's path."""

    def __init__(self, glyphs: Any, path: Any) -> None:
        super().__init__(glyphs)
        self.path = path

    def _moveTo(self, pt: tuple[float, float]) -> None:
        self.path.moveTo(*pt)

    def _lineTo(self, pt: tuple[float, float]) -> None:
        self.path.lineTo(*pt)

    def _curveToOne(self, a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> None:
        self.path.curveTo(*a, *b, *c)

    def _closePath(self) -> None:
        self.path.close()


def draw_outlines(sheets: Sheets, x: float, y: float, text: str, size: float) -> None:
    """A text as shapes only, the way design programs write it for print."""
    glyphs, cmap, units = _outlines()
    scale = size / units
    for char in text:
        glyph = glyphs[cmap[ord(char)]]
        path = sheets.canvas.beginPath()
        glyph.draw(_OnPath(glyphs, path))
        sheets.canvas.saveState()
        sheets.canvas.translate(x, sheets.size[1] - y)
        sheets.canvas.scale(scale, scale)
        sheets.canvas.drawPath(path, stroke=0, fill=1)
        sheets.canvas.restoreState()
        x += glyph.width * scale


def embedded_font(name: str, text: str) -> str:
    """Register a TrueType font that holds these characters, to be embedded; its name."""
    source = TTFont(FONT)
    subsetter = Subsetter(Options(layout_features=[], notdef_outline=True))
    subsetter.populate(text=text)
    subsetter.subset(source)
    order, glyphs = source.getGlyphOrder(), source.getGlyphSet()
    shapes, widths = {}, {}
    for glyph in order:
        pen = TTGlyphPen(None)
        glyphs[glyph].draw(Cu2QuPen(pen, 1.0, reverse_direction=True))
        shapes[glyph] = pen.glyph()
        widths[glyph] = (source["hmtx"][glyph][0], 0)
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(source.getBestCmap())
    builder.setupGlyf(shapes)
    builder.setupHorizontalMetrics(widths)
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, fsType=0)
    builder.setupPost()
    made = io.BytesIO()
    builder.save(made)
    made.seek(0)
    pdfmetrics.registerFont(EmbeddedFont(name, made))
    return name


def seal(sheets: Sheets, x: float, y: float, text: str, radius: float = 58.0) -> None:
    """A red seal over the text: a ring as a picture, the office's name around it, each letter turned."""
    side = 400
    image = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    ImageDraw.Draw(image).ellipse((12, 12, side - 12, side - 12), outline=(220, 20, 20, 255), width=14)
    corner = (x - radius, sheets.size[1] - y - radius)
    sheets.canvas.drawImage(ImageReader(image), *corner, 2 * radius, 2 * radius, mask="auto")
    sheets.canvas.saveState()
    sheets.canvas.setFillColorRGB(0.86, 0.08, 0.08)
    for number, char in enumerate(text):
        angle = 120 - 240 * number / max(1, len(text) - 1)
        sheets.canvas.saveState()
        sheets.canvas.translate(x, sheets.size[1] - y)
        sheets.canvas.rotate(angle)
        sheets.canvas.setFont(SONG, 13)
        sheets.canvas.drawCentredString(0, radius - 20, char)
        sheets.canvas.restoreState()
    sheets.canvas.restoreState()


def watermark(sheets: Sheets, text: str) -> None:
    """A large grey text from corner to corner."""
    sheets.canvas.saveState()
    sheets.canvas.setFillColorRGB(0.8, 0.8, 0.8)
    sheets.canvas.translate(sheets.size[0] / 2, sheets.size[1] / 2)
    sheets.canvas.rotate(45)
    sheets.canvas.setFont(SONG, 60)
    sheets.canvas.drawCentredString(0, 0, text)
    sheets.canvas.restoreState()


def scanned(sheets: Sheets, lines: Sequence[str], hidden: Sequence[str] = ()) -> None:
    """A page that is one picture of these lines; over it, where given, lines that nobody sees."""
    image = picture(list(lines))
    width = sheets.size[0]
    scale = width / image.width
    page = Image.new("RGB", (image.width, round(sheets.size[1] / scale)), "white")
    page.paste(image, (0, 0))
    sheets.canvas.drawImage(ImageReader(page), 0, 0, width, sheets.size[1])
    for number, line in enumerate(hidden):
        text = sheets.canvas.beginText()
        text.setTextRenderMode(3)
        text.setFont(SONG, 38 * scale)
        text.setTextOrigin(80 * scale, sheets.size[1] - (60 + 80 * number + 38) * scale)
        text.textOut(line)
        sheets.canvas.drawText(text)


def ruled_table(
    sheets: Sheets, columns: Sequence[float], rows: Sequence[Sequence[str | None]], height: float = 24.0
) -> None:
    """A table with rules; a cell of None belongs to the one above it; a cell may hold lines parted by line breaks."""
    edges = [sheets.left + sum(columns[:n]) for n in range(len(columns) + 1)]
    top = sheets.y
    for row in rows:
        deep = max((str(cell).count("\n") + 1 for cell in row if cell), default=1)
        for column, cell in enumerate(row):
            x0, x1 = edges[column], edges[column + 1]
            if cell is not None:
                sheets.rule(x0, sheets.y, x1, sheets.y)
            for number, line in enumerate((cell or "").split("\n")):
                sheets.at(x0 + 4, sheets.y + 16 + 14 * number, line, 10.5)
        sheets.y += height + 14 * (deep - 1)
    for edge in edges:
        sheets.rule(edge, top, edge, sheets.y)
    sheets.rule(edges[0], sheets.y, edges[-1], sheets.y)
    sheets.y += 26


def edited(data: bytes, edit: Callable[[PdfWriter], None]) -> bytes:
    """A file with something in it changed."""
    writer = PdfWriter(clone_from=io.BytesIO(data))
    edit(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def without_unicode(writer: PdfWriter) -> None:
    """Take from every font what tells its characters."""
    for page in writer.pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            font.get_object().pop("/ToUnicode", None)
