"""OFD files made on the spot, as different writers make them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from tests.ingest import files

NAMESPACE = "http://www.ofdspec.org/2016"
SIZE = 5.6  # mm: 三号
TITLE_SIZE = 7.8  # mm: 二号
LEFT, RIGHT = 28.0, 184.0
FALL = 10.0


def package(parts: dict[str, str | bytes]) -> bytes:
    """An OFD file of these parts."""
    return files.zip_of({k: v.encode() if isinstance(v, str) else v for k, v in parts.items()})


def entry(roots: Sequence[str] = ("Doc_0/Document.xml",), titles: Sequence[str] = (), more: str = "") -> str:
    """OFD.xml for these documents."""
    bodies = "".join(
        f"<ofd:DocBody><ofd:DocInfo><ofd:DocID>{i}</ofd:DocID>"
        f"<ofd:Title>{titles[i] if i < len(titles) else 'Microsoft Word - 新建文档'}</ofd:Title>"
        "<ofd:CreationDate>2035-01-01</ofd:CreationDate></ofd:DocInfo>"
        f"<ofd:DocRoot>{root}</ofd:DocRoot>{more}</ofd:DocBody>"
        for i, root in enumerate(roots)
    )
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="{NAMESPACE}" Version="1.0" DocType="OFD">'
    )
    return f"{head}{bodies}</ofd:OFD>"


def document(pages: int, common: str = "", rest: str = "", size: str = "0 0 210 297") -> str:
    """Document.xml whose pages lie in Pages/Page_N."""
    listed = "".join(f'<ofd:Page ID="{i + 1}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in range(pages))
    return (
        f'<?xml version="1.0"?><ofd:Document xmlns:ofd="{NAMESPACE}"><ofd:CommonData><ofd:MaxUnitID>999</ofd:MaxUnitID>'
        f"<ofd:PageArea><ofd:PhysicalBox>{size}</ofd:PhysicalBox></ofd:PageArea>{common}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages>{rest}</ofd:Document>"
    )


def page(objects: str, templates: str = "", layer: str = 'Type="Body"', area: str = "") -> str:
    """Content.xml with these objects."""
    return (
        f'<?xml version="1.0"?><ofd:Page xmlns:ofd="{NAMESPACE}">{area}{templates}'
        f'<ofd:Content><ofd:Layer {layer} ID="10">{objects}</ofd:Layer></ofd:Content></ofd:Page>'
    )


def width_of(text: str, size: float) -> float:
    """How wide a text runs, at an em for Chinese and half for the rest."""
    return sum(size if ord(c) > 0x2000 else size / 2 for c in text)


def steps(text: str, size: float) -> list[float]:
    """The step after each character but the last."""
    return [size if ord(c) > 0x2000 else size / 2 for c in text[:-1]]


@dataclass
class Line:
    """A line to write: its text, left end, base line and size in mm."""

    text: str
    x: float
    y: float
    size: float = SIZE


@dataclass
class Typesetter:
    """Breaks paragraphs into lines as a word processor does: indented by two characters, on A4."""

    pages: list[list[Line]] = field(default_factory=lambda: [[]])
    y: float = 40.0

    def centred(self, text: str, size: float = TITLE_SIZE) -> None:
        """A line in the middle."""
        self._place(text, (210 - width_of(text, size)) / 2, size)

    def paragraph(self, text: str) -> None:
        """A paragraph over as many lines, and pages, as it needs."""
        line, x = "", LEFT + 2 * SIZE
        for char in text:
            if x + width_of(line + char, SIZE) > RIGHT and char not in "，。；：、）":
                self._place(line, x, SIZE)
                line, x = "", LEFT
            line += char
        self._place(line, x, SIZE)

    def _place(self, text: str, x: float, size: float) -> None:
        if self.y > 255:
            self.pages.append([])
            self.y = 40.0
        self.pages[-1].append(Line(text, x, self.y, size))
        self.y += FALL * max(1.0, size / SIZE)


def line_object(line: Line, more: str = "", inside: str = "") -> str:
    """An object a line, every step written out."""
    gaps = " ".join(f"{s:g}" for s in steps(line.text, line.size))
    moves = f' DeltaX="{gaps}"' if gaps else ""
    return (
        f'<ofd:TextObject ID="1" Boundary="{line.x:g} {line.y - line.size:g} {width_of(line.text, line.size):g} '
        f'{1.2 * line.size:g}" Font="2" Size="{line.size:g}"{more}>{inside}'
        f'<ofd:TextCode X="0" Y="{line.size:g}"{moves}>{escape(line.text)}</ofd:TextCode></ofd:TextObject>'
    )


def by_lines(pages: Sequence[Sequence[Line]]) -> bytes:
    """An object a line with a step for each character, page numbers in the pages; parts found by relative paths."""
    parts: dict[str, str | bytes] = {"OFD.xml": entry(), "Doc_0/Document.xml": document(len(pages))}
    for number, lines in enumerate(pages):
        foot = line_object(Line(f"— {number + 1} —", 98, 280, 4.9))
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = page("".join(map(line_object, lines)) + foot)
    return package(parts)


def by_runs(pages: Sequence[Sequence[Line]], run: int = 3) -> bytes:
    """An object for each run of characters, in no order; the red head in one template, frame and number in another."""
    frame = line_object(Line("墨溪县公文交换平台", 70, 15, 4.0)) + line_object(Line("内部资料", 90, 290, 4.0))
    head = line_object(Line("墨溪县人民政府文件", 40, 30, 12.0))
    common = (
        '<ofd:TemplatePage ID="501" BaseLoc="Tpls/Tpl_0/Content.xml" ZOrder="Background"/>'
        '<ofd:TemplatePage ID="502" BaseLoc="Tpls/Tpl_1/Content.xml"/>'
    )
    parts: dict[str, str | bytes] = {
        "OFD.xml": entry(),
        "Doc_0/Document.xml": document(len(pages), common),
        "Doc_0/Tpls/Tpl_0/Content.xml": page(frame),
        "Doc_0/Tpls/Tpl_1/Content.xml": page(head),
    }
    for number, lines in enumerate(pages):
        objects = []
        for line in lines:
            x = line.x
            for start in range(0, len(line.text), run):
                piece = line.text[start : start + run]
                objects.append(line_object(Line(piece, x, line.y, line.size)))
                x += width_of(piece, line.size)
        objects = objects[::2] + objects[1::2][::-1]
        used = '<ofd:Template TemplateID="501" ZOrder="Background"/>'
        used += '<ofd:Template TemplateID="502"/>' if number == 0 else ""
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = page("".join(objects), used)
    return package(parts)


def by_converter(pages: Sequence[Sequence[Line]]) -> bytes:
    """As converted from PDF: no prefix, absolute paths, steps as `g`, coordinates in points scaled by the CTM."""
    unit = 25.4 / 72
    parts: dict[str, str | bytes] = {
        "OFD.xml": entry(("/Doc_0/Document.xml",)).replace("ofd:", "").replace("xmlns:ofd", "xmlns"),
        "Doc_0/PublicRes.xml": f'<Res xmlns="{NAMESPACE}" BaseLoc="Res"><Fonts/></Res>',
    }
    listed = "".join(
        f'<Page ID="{i + 1}" BaseLoc="/Doc_0/Pages/Page_{i}/Content.xml"/>' for i in range(len(pages))
    )
    parts["Doc_0/Document.xml"] = (
        f'<Document xmlns="{NAMESPACE}"><CommonData><PublicRes>/Doc_0/PublicRes.xml</PublicRes></CommonData>'
        f"<Pages>{listed}</Pages></Document>"
    )
    for number, lines in enumerate(pages):
        objects = []
        for line in lines:
            gaps = [s / unit for s in steps(line.text, line.size)]
            objects.append(
                f'<TextObject ID="4" Boundary="0 0 210 297" Font="1" Size="{line.size / unit:.4f}" '
                f'CTM="{unit:.6f} 0 0 {unit:.6f} 0 0"><CGTransform CodePosition="0" CodeCount="1" GlyphCount="1">'
                f'<Glyphs>17</Glyphs></CGTransform><TextCode X="{line.x / unit:.4f}" Y="{line.y / unit:.4f}" '
                f'DeltaX="{runs(gaps)}">{escape(line.text)}</TextCode></TextObject>'
            )
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = (
            f'<Page xmlns="{NAMESPACE}"><Area><PhysicalBox>0 0 210 297</PhysicalBox></Area>'
            f'<Content><Layer ID="3">{"".join(objects)}</Layer></Content></Page>'
        )
    return package(parts)


def runs(values: Sequence[float]) -> str:
    """Equal steps in a row written as `g times step`."""
    written: list[str] = []
    start = 0
    while start < len(values):
        end = start
        while end < len(values) and values[end] == values[start]:
            end += 1
        step = f"{values[start]:.4f}"
        written.append(f"g {end - start} {step}" if end - start > 1 else step)
        start = end
    return " ".join(written)


def stroke(x0: float, y0: float, x1: float, y1: float) -> str:
    """A rule drawn as a path."""
    return (
        f'<ofd:PathObject ID="7" Boundary="{x0:g} {y0:g} {max(x1 - x0, 0.2):g} {max(y1 - y0, 0.2):g}" LineWidth="0.2">'
        f"<ofd:AbbreviatedData>M 0 0 L {x1 - x0:g} {y1 - y0:g}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def bar(x0: float, y0: float, x1: float, y1: float) -> str:
    """A rule drawn as a thin filled box."""
    across, down = max(x1 - x0, 0.3), max(y1 - y0, 0.3)
    return (
        f'<ofd:PathObject ID="8" Boundary="{x0:g} {y0:g} {across:g} {down:g}" Stroke="false" Fill="true">'
        f"<ofd:AbbreviatedData>M 0 0 L {across:g} 0 L {across:g} {down:g} L 0 {down:g} C</ofd:AbbreviatedData></ofd:PathObject>"
    )


def picture_bytes(lines: Sequence[str]) -> bytes:
    """A PNG of a page of text."""
    buffer = io.BytesIO()
    files.picture(list(lines)).save(buffer, "PNG")
    return buffer.getvalue()
