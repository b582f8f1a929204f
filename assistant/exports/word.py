"""`Dossier → docx`: headings in the outline, header rows repeated, page numbers and the as-of date in the footer.

Only `exports.export` imports this module, and only when a Word file is wanted.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

import docx
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from assistant.dossier import Block, Bullets, Dossier, Line, Paragraph, QrCode, Table
from assistant.dossier.blocks import Cell, cell
from assistant.exports.qr import to_png

_LATIN, _CHINESE = "Calibri", "Microsoft YaHei"
_COLOURS = {
    "plain": "1B1B1B", "strong": "0B3A75", "met": "0A6B3D", "unmet": "A31621", "unknown": "8A5A00",
    "warning": "A33B00", "muted": "5C5C5C", "quote": "333333",
}  # fmt: skip
_SIZES = {"muted": 7.5, "quote": 8.0}
_BOLD = frozenset(("strong",))
_WIDTH = 174  # mm: A4 less two margins of 18
_LANGUAGES = {"zh": "zh-CN", "zh-Hant": "zh-TW", "en": "zh-CN"}


def to_docx(dossier: Dossier) -> bytes:
    """The whole paper."""
    paper = docx.Document()
    _set_up(paper, dossier)
    paper.add_heading(dossier.title, 0)
    _add(paper, dossier.lead)
    for section in dossier.sections:
        paper.add_heading(section.heading, section.level)
        _add(paper, section.blocks)
    made = io.BytesIO()
    paper.save(made)
    return made.getvalue()


# ------------------------------------------------------------------ the page


def _set_up(paper: Any, dossier: Dossier) -> None:
    page = paper.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = Mm(18)
    page.bottom_margin, page.footer_distance = Mm(22), Mm(10)
    for name, size in (("Normal", 9), ("Title", 20), ("Heading 1", 14), ("Heading 2", 11.5)):
        style = paper.styles[name]
        style.font.size = Pt(size)
        _set_fonts(style.element.get_or_add_rPr(), _LANGUAGES[dossier.language])
        if name != "Normal":
            style.font.color.rgb = RGBColor.from_string(_COLOURS["strong"])
    normal = paper.styles["Normal"].paragraph_format
    normal.space_after, normal.line_spacing = Pt(2), 1.05
    properties = paper.core_properties
    properties.title, properties.author, properties.comments = dossier.title, "问策 Wence", ""
    properties.language = _LANGUAGES[dossier.language]
    properties.created = properties.modified = datetime.combine(dossier.as_of, time(), UTC)
    _footer(page.footer.paragraphs[0], dossier)


def _set_fonts(properties: Any, language: str) -> None:
    """One font for Latin and one for Chinese, named outright: a theme font would win over them."""
    fonts = properties.get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for kind, name in (("ascii", _LATIN), ("hAnsi", _LATIN), ("cs", _LATIN), ("eastAsia", _CHINESE)):
        fonts.set(qn(f"w:{kind}"), name)
    tag = OxmlElement("w:lang")
    tag.set(qn("w:eastAsia"), language)
    properties.append(tag)


def _footer(paragraph: Any, dossier: Dossier) -> None:
    paragraph.style = "Normal"  # the style for footers has tab stops of its own
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    _run(paragraph, Line(text=f"{dossier.footer}\t", tone="muted"))
    for part in re.split(r"(\{pages?\})", dossier.page):
        if part in ("{page}", "{pages}"):
            _field(paragraph, "NUMPAGES" if part == "{pages}" else "PAGE")
        else:
            _run(paragraph, Line(text=part, tone="muted"))


def _field(paragraph: Any, code: str) -> None:
    """A number that Word fills in."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    field.append(_run(paragraph, Line(text="1", tone="muted"))._r)
    paragraph._p.append(field)


# ------------------------------------------------------------------ blocks


def _add(paper: Any, blocks: Sequence[Block]) -> None:
    for block in blocks:
        match block:
            case Paragraph(line=line):
                _write(paper.add_paragraph(), line)
            case Bullets(items=items):
                for item in items:
                    _write(paper.add_paragraph(style="List Bullet"), item)
            case Table():
                _table(paper, block)
            case QrCode():
                _code(paper, block)


def _write(paragraph: Any, line: Line) -> None:
    """A line into an empty paragraph; an address becomes a link."""
    if line.url is None:
        _run(paragraph, line)
        return
    before = line.text.removesuffix(line.url)
    if before != line.text and before:
        _run(paragraph, Line(text=before, tone=line.tone))
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(line.url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    text = line.url if before != line.text else line.text
    run = _run(paragraph, Line(text=text, tone=line.tone))
    run.font.underline = True
    run.font.color.rgb = RGBColor.from_string("0B57A4")
    link.append(run._r)
    paragraph._p.append(link)


def _run(paragraph: Any, line: Line) -> Any:
    run = paragraph.add_run(line.text)
    run.font.color.rgb = RGBColor.from_string(_COLOURS[line.tone])
    run.font.bold = line.tone in _BOLD or None
    if line.tone in _SIZES:
        run.font.size = Pt(_SIZES[line.tone])
    return run


def _table(paper: Any, table: Table) -> None:
    header = [tuple(cell(name, "muted") for name in table.header)] if table.header else []
    made = paper.add_table(rows=0, cols=len(table.shares))
    made.style, made.autofit = "Table Grid", False
    _lines(made._tbl.tblPr)
    widths = [Mm(_WIDTH * share / sum(table.shares)) for share in table.shares]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    for number, row in enumerate((*header, *table.rows)):
        added = made.add_row()
        _row_property(added, "w:cantSplit")
        if number < len(header):
            _row_property(added, "w:tblHeader")
        for place, lines, width in zip(added.cells, row, widths, strict=True):
            place.width = width
            _fill(place, lines, is_header=number < len(header))
    gap = paper.add_paragraph().paragraph_format
    gap.space_after, gap.line_spacing = Pt(0), Pt(7)


def _fill(place: Any, lines: Cell, is_header: bool) -> None:
    for number, line in enumerate(lines):
        paragraph = place.paragraphs[0] if number == 0 else place.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(1)
        _write(paragraph, line)
    if is_header:
        shade = OxmlElement("w:shd")
        for key, value in (("val", "clear"), ("color", "auto"), ("fill", "EEF2F7")):
            shade.set(qn(f"w:{key}"), value)
        place._tc.get_or_add_tcPr().append(shade)


def _lines(properties: Any) -> None:
    """Thin lines between rows, none at the sides."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        line.set(qn("w:val"), "nil" if side in ("left", "right", "insideV") else "single")
        line.set(qn("w:sz"), "4")
        line.set(qn("w:color"), "C9CED6")
        borders.append(line)
    properties.append(borders)


def _row_property(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _code(paper: Any, code: QrCode) -> None:
    """The caption, the code and the address; no code when the address is too long for one."""
    picture = to_png(code.url)
    _write(paper.add_paragraph(), Line(text=code.caption if picture else code.link_caption))
    if picture is not None:
        paper.add_picture(io.BytesIO(picture), width=Mm(42))
    _write(paper.add_paragraph(), Line(text=code.url, tone="muted", url=code.url))
