"""PDF → `Reading`: characters and rules by pypdfium2; what is only drawn is read by OCR."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.errors import SourceError
from assistant.text import simplify, unify
from ingest.numbering import is_foot, numbering
from ingest.readers.grid import Cell, Grid, continued, grid_blocks, grid_of
from ingest.readers.lines import paragraphs
from ingest.readers.ocr import note_on, recognise, render
from ingest.readers.page_words import note_label, page_words, without_site
from ingest.readers.pdf_drawing import MILLIMETRE, Drawing, drawing_of, has_ink, largest_picture
from ingest.readers.pdf_forms import field_chars
from ingest.readers.pdf_layout import (
    Line,
    PageRows,
    Part,
    Recognised,
    Table,
    body_size,
    drop_running_rows,
    paragraphs_of,
    parts_of,
    place_of,
    printed_title,
    set_apart_notes,
    set_margins,
    take_label_box,
)
from ingest.readers.pdf_text import Box, Char, PageText, page_text, rows_of
from ingest.readers.plain import is_common
from ingest.readers.ruling import RuledTable, ruled_tables
from ingest.reading import Block, Limits, Place, Reading

_FEW_CHARACTERS = 10
_UNREADABLE = 0.2  # of a page's characters that say no character: its font tells nothing
_LEAST_COMMON = 0.75  # of the Chinese characters of a text that is one
_LEAST_WORDS = 0.6  # of the Latin letters of a text that stand in words
_MOST_SIGNS = 0.3  # of a text's characters that are neither letters nor figures nor stops
_MANY_SHAPES = 40  # drawn shapes on a page with a few characters: letters drawn as outlines
_SCANNED = 0.6  # of the page under one picture
_LITTLE = 80
_PICTURE = 0.1  # of the page: so large a picture without text over it may be one of text
_LEAST_RECOGNISED = 20
_SIDEWAYS = 20
_CROSSED = 0.05  # of the characters between rules that these run through: they are no table
_SAME_EDGE = 8.0  # points between the edges of a table and those of what goes on below it
_HEAD_BLOCKS = 5
_TITLE_PAGES = 3
_RED_HEAD = re.compile(r"[\u4e00-\u9fff\s]{2,40}文\s*件|.*(?:政府公报|公报)")
Page = PageRows | list[str]


def read_pdf(data: bytes, limits: Limits) -> Reading:
    """Read a PDF; raises SourceError when it is damaged, locked, too long or has nothing to read."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise SourceError("PDF 有密码：请先去掉密码再导入。") from error
        raise SourceError("PDF 已损坏，打不开：请重新下载或另存一份。") from error
    try:
        if len(pdf) > limits.max_pages:
            raise SourceError(
                f"PDF 有 {len(pdf)} 页，超过上限 {limits.max_pages} 页：请拆分，或调大 WENCE_MAX_PAGES。"
            )
        pdf.init_forms()
        return _reading(_Pages(pdf, hashlib.sha256(data).hexdigest(), limits))
    except pypdfium2.PdfiumError as error:
        raise SourceError("PDF 已损坏，有的页打不开：请重新下载或另存一份。") from error
    finally:
        pdf.close()


def _reading(read: _Pages) -> Reading:
    pages = list(read)
    laid = [p for p in pages if isinstance(p, PageRows)]
    dropped, taken = drop_running_rows(laid)
    told: dict[str, Any] = {}
    for rows in laid:
        taken += take_label_box(rows, told)
    set_apart_notes(laid)
    set_margins(laid)
    writer = _Writer(told)
    for number, page in enumerate(pages, 1):
        writer.add(number, parts_of(page) if isinstance(page, PageRows) else page)
    found = writer.written()
    blocks = tuple(_without_labels(_titled(found), told))
    if not blocks:
        raise SourceError("PDF 里没有认得出的文字：请换一份清晰的文件。")
    taken += writer.taken + _length(b for b, _ in found) - _length(blocks)
    if title := printed_title(dropped):
        told.setdefault("title", without_site(title.partition("_")[0]))
    return Reading(
        blocks,
        notes=tuple(read.notes()),
        visible=max(0, read.seen - taken),
        method="文字识别" if len(read.recognised) == len(pages) else "文字层",
        page=told,
    )


def _length(blocks: Iterable[Block]) -> int:
    return sum(len("".join(block.text.split())) for block in blocks)


@dataclass
class _Pages:
    """The pages of a file in order, each as its rows or as recognised lines; what was seen on them."""

    pdf: Any
    key: str
    limits: Limits
    seen: int = 0
    """Characters that the pages show."""
    recognised: list[tuple[int, float]] = field(default_factory=list)
    pictured: list[tuple[int, float]] = field(default_factory=list)
    layered: list[int] = field(default_factory=list)
    """Scanned pages whose text is the file's own."""

    def __iter__(self) -> Iterator[Page]:
        for number, page in enumerate(self.pdf, 1):
            yield self._page(page, number)
            page.close()

    def notes(self) -> Iterator[str]:
        """What readers must know of the pages."""
        if found := sorted([*self.recognised, *self.pictured]):
            yield note_on(found)
        if self.layered:
            numbers = "、".join(map(str, self.layered[:10])) + ("等" if len(self.layered) > 10 else "")
            yield f"第 {numbers} 页是扫描件，文字取自扫描件自带的文字层，数字请与原件核对。"

    def _page(self, page: Any, number: int) -> Page:
        picture = largest_picture(page)
        text = page_text(page, is_scan=picture > _SCANNED)
        drawing = drawing_of(page, text.view)
        chars = [*text.chars, *field_chars(page, text.view)]
        if _is_only_drawn(page, text, picture, drawing) and (lines := self._recognised(page, number)):
            self.seen += sum(len("".join(line.split())) for line in lines)
            return lines
        if text.hidden > 0.5 * len(chars):
            self.layered.append(number)
        self.seen += len(chars) + (text.sideways if text.sideways > _SIDEWAYS else 0)
        rows = PageRows(number, text.view)
        for ruled in ruled_tables(drawing.rules):
            chars = _without_table(rows, ruled, chars)
        self._add_pictures(page, rows, drawing, text.chars)
        rows.rows = rows_of(chars)
        return rows

    def _recognised(self, page: Any, number: int) -> list[str]:
        lines, confidence = recognise(render(page), self.key, number, self.limits)
        lines = [line for line in lines if line.strip()]
        if lines:
            self.recognised.append((number, confidence))
        return lines

    def _add_pictures(self, page: Any, rows: PageRows, drawing: Drawing, chars: Sequence[Char]) -> None:
        """Read the large pictures within a page of text that hold text themselves."""
        least = _PICTURE * rows.width * rows.height
        image: Any = None
        for index, box in enumerate(drawing.pictures):
            box = _within(box, rows)
            if (box[2] - box[0]) * (box[3] - box[1]) < least or any(_is_in(c, box) for c in chars):
                continue
            shown = rows.view.shown_box(box)
            image = image or render(page)
            scale = image.width / page.get_size()[0]
            part = image.crop(tuple(round(scale * value) for value in shown))
            lines, confidence = recognise(part, f"{self.key}-{rows.number}", index, self.limits)
            length = sum(len("".join(line.split())) for line in lines)
            if length >= _LEAST_RECOGNISED:
                rows.pictures.append(Recognised(lines, rows.number, box[1], shown))
                self.pictured.append((rows.number, confidence))
                self.seen += length


def _within(box: Box, rows: PageRows) -> Box:
    return max(0.0, box[0]), max(0.0, box[1]), min(rows.width, box[2]), min(rows.height, box[3])


def _is_only_drawn(page: Any, text: PageText, picture: float, drawing: Drawing) -> bool:
    """Whether the text of a page is not in its characters: a scan, outlines, or a layer or fonts that tell nothing."""
    chars = text.chars
    if not chars:
        return has_ink(page)
    if len(chars) < _FEW_CHARACTERS:
        return bool(drawing.pictures) or drawing.shapes >= _MANY_SHAPES
    if text.unknown > _UNREADABLE * len(chars):
        return True
    if len(chars) < _LITTLE and picture > _SCANNED:
        return True
    return not _is_plausible("".join(c.text for c in chars))


def _is_plausible(text: str) -> bool:
    """Whether characters can be a text: common Chinese characters, Latin words, or figures."""
    han = [c for c in simplify(text) if "\u4e00" <= c <= "\u9fff"]
    if len(han) >= 0.2 * len(text):
        return sum(map(is_common, han)) >= _LEAST_COMMON * len(han)
    signs = sum(1 for c in text if not c.isalnum() and c not in "，。、；：？！“”（）《》,.;:?!'\"()-—/%|_")
    if signs > _MOST_SIGNS * len(text):
        return False
    letters = sum(1 for c in text if c.isascii() and c.isalpha())
    return letters < 0.3 * len(text) or not _is_noise(text, letters)


def _is_noise(text: str, letters: int) -> bool:
    """Whether the letters stand in no words: words have three letters and a vowel, capitals at their beginning only."""
    words = re.findall(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}", text)
    return sum(len(w) for w in words if re.search("[aeiouyAEIOUY]", w)) < _LEAST_WORDS * letters


def _without_table(rows: PageRows, ruled: RuledTable, chars: list[Char]) -> list[Char]:
    """The characters outside a ruled table, which goes to the rows of its page with those inside."""
    xs, ys = ([value * MILLIMETRE for value in edges] for edges in (ruled.xs, ruled.ys))
    box = (xs[0], ys[0], xs[-1], ys[-1])
    inside = [c for c in chars if _is_in(c, box)]
    if not inside or _crossed(inside, ruled, xs, ys) > _CROSSED * len(inside):
        return chars
    held: dict[tuple[int, int], list[Char]] = {}
    for char in inside:
        place = ruled.place_of((char.x0 + char.x1) / 2 / MILLIMETRE, char.middle / MILLIMETRE)
        if place:
            held.setdefault(place, []).append(char)
    cells = []
    for span in ruled.spans:
        own = [
            char
            for row in range(span.row, span.row + span.down)
            for column in range(span.column, span.column + span.across)
            for char in held.get((row, column), ())
        ]
        cells.append(Cell(_cell(own), span.row, span.column, span.down, span.across))
    grid = grid_of(cells, len(ys) - 1, len(xs) - 1)
    if sum(1 for cell in cells if cell.text) < 2 or grid.width < 2:
        return chars  # a frame around text
    places = tuple(rows.view.shown_box((xs[0], ys[i], xs[-1], ys[i + 1])) for i in grid.origin)
    rows.tables.append(Table(grid, rows.number, ys[0], tuple(xs), places, len(inside)))
    taken = set(map(id, inside))
    return [c for c in chars if id(c) not in taken]


def _crossed(chars: Sequence[Char], ruled: RuledTable, xs: Sequence[float], ys: Sequence[float]) -> int:
    """How many characters the inner rules run through."""
    crossed = 0
    for char in chars:
        reach = 0.2 * char.size
        place = ruled.place_of((char.x0 + char.x1) / 2 / MILLIMETRE, char.middle / MILLIMETRE)
        if place is None:
            continue
        near_y = any(abs(char.middle - y) < reach for y in ys[1:-1])
        near_x = any(char.x0 + reach < x < char.x1 - reach for x in xs[1:-1])
        if near_x or near_y:
            span = next((s for s in ruled.spans if _holds(s, *place)), None)
            crossed += span is not None and span.down == span.across == 1
    return crossed


def _holds(span: Any, row: int, column: int) -> bool:
    return bool(
        span.row <= row < span.row + span.down and span.column <= column < span.column + span.across
    )  # fmt: skip


def _is_in(char: Char, box: Box) -> bool:
    return box[0] <= (char.x0 + char.x1) / 2 <= box[2] and box[1] <= char.middle <= box[3]


def _cell(chars: Sequence[Char]) -> str:
    """A cell's lines joined; a sentence that ends, a number that begins and Latin words stand apart."""
    text = ""
    for row in rows_of(chars):
        line = " ".join(segment.text for segment in row)
        word = text[-1:].isascii() and line[:1].isascii() and text[-1:].isalpha() and line[:1].isalpha()
        apart = text and (word or numbering(line) is not None)
        text += f" {line}" if apart else line
    return text


@dataclass
class _Open:
    """A table that may go on over the page: its last part, its columns' names, and where its last row was written."""

    table: Table
    names: list[str]
    last: int


class _Writer:
    """Parts in reading order → blocks; a paragraph and a table that go on over the page are one."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.taken = 0
        """Characters that tell of the paper and are none of its text."""
        self._told = told
        self._parts: list[tuple[int, Part | list[str]]] = []
        self._blocks: list[tuple[Block, float]] = []
        self._lines: list[Line] = []
        self._open: _Open | None = None

    def add(self, number: int, parts: Sequence[Part] | list[str]) -> None:
        """The parts of a page, or its recognised lines."""
        if parts and isinstance(parts[0], str):
            self._parts.append((number, [line for line in parts if isinstance(line, str)]))
        else:
            self._parts += [(number, part) for part in parts if not isinstance(part, str)]

    def written(self) -> list[tuple[Block, float]]:
        """(block, size of its letters, 0.0 for what is not set in lines)."""
        size = body_size([p for _, p in self._parts if isinstance(p, Line)])
        for number, part in self._parts:
            if isinstance(part, Line):
                self._lines.append(part)
                self._open = self._open if part.is_note else None
                continue
            if isinstance(part, Table) and self._tells_of_the_paper(part):
                continue
            if not all(line.is_note for line in self._lines):
                self._open = None
            self._close(size)
            if isinstance(part, Table):
                self._add_table(part)
                continue
            self._open = None
            lines = part.lines if isinstance(part, Recognised) else part
            longest = max(map(len, lines), default=0)
            place = place_of(number, part.shown) if isinstance(part, Recognised) else Place(number)
            self._blocks += [(Block(b.text, place=place), 0.0) for b in paragraphs(lines, longest)]
        self._close(size)
        return self._blocks

    def _close(self, size: float) -> None:
        self._blocks += paragraphs_of(self._lines, size)
        self._lines = []

    def _add_table(self, part: Table) -> None:
        above = self._open
        if above is None or not _is_continued(above.table, part):
            found = grid_blocks(part.grid)
            names = part.grid.names if part.grid.first_wide not in [row for row, _ in found] else []
            self._write(part, found, part.rows, names)
            return
        rest = continued(above.table.grid, part.grid)
        cut = len(part.grid.rows) - len(rest.rows)
        rest = replace(rest, wide=frozenset(row - cut for row in part.grid.wide if row >= cut))
        places = part.rows[cut:]
        if rest.rows and (merged := _one_row(above.table.grid.rows[-1], part.grid.rows[cut])):
            self._extend_last_row(above, merged, part, places[0])
            rest, places = (
                replace(rest, rows=rest.rows[1:], wide=frozenset(r - 1 for r in rest.wide if r)),
                places[1:],
            )
            if rest.rows:
                rest = continued(replace(part.grid, rows=(merged,), wide=frozenset()), rest)
        if rest.rows:
            self._write(
                replace(part, grid=rest, rows=places), grid_blocks(rest, above.names), places, above.names
            )
        else:
            self._open = replace(above, table=replace(above.table, page=part.page))

    def _write(
        self, part: Table, found: Sequence[tuple[int, Block]], rows: Sequence[Box], names: list[str]
    ) -> None:
        for row, block in found:
            self._blocks.append((replace(block, place=place_of(part.page, rows[row])), 0.0))
        self._open = _Open(part, names, len(self._blocks) - 1)

    def _extend_last_row(self, above: _Open, merged: tuple[str, ...], part: Table, box: Box) -> None:
        """Write the last row again with what stands of it on the next page."""
        before = self._blocks[above.last][0]
        again = grid_blocks(Grid((merged,), header_rows=0), above.names)
        text = again[0][1].text if again else before.text
        same = next(
            (i for i, (a, b) in enumerate(zip(before.text, text, strict=False)) if a != b), len(before.text)
        )
        place = place_of(part.page, box, min(same, len(text) - 1))
        self._blocks[above.last] = (replace(before, text=text, goes_on=(*before.goes_on, place)), 0.0)
        grid = replace(above.table.grid, rows=(*above.table.grid.rows[:-1], merged))
        self._open = replace(above, table=replace(above.table, grid=grid))

    def _tells_of_the_paper(self, table: Table) -> bool:
        """Whether a table is a page's box of labels (发文字号：… 成文日期：…); its values go into `told`."""
        words = page_words()
        pairs: list[tuple[str, str]] = []
        for row in table.grid.rows:
            filled = list(dict.fromkeys(c for c in row if c))
            index = 0
            while index < len(filled):
                if len(found := words.pairs(filled[index])) >= 1 and found[0][1]:
                    pairs += found
                elif (name := words.field_of(filled[index])) and index + 1 < len(filled):
                    pairs.append((name, filled[index + 1]))
                    index += 1
                else:
                    return False
                index += 1
        if len(pairs) < 2:
            return False
        for name, value in pairs:
            note_label(self._told, name, value)
        self.taken += table.characters
        return True


def _is_continued(above: Table, part: Table) -> bool:
    """Whether a table at the top of a page has the columns of the one above it."""
    if above.grid.width != part.grid.width or part.page <= above.page:
        return False
    if len(above.edges) != len(part.edges):
        return False
    own, others = ([edge - edges[0] for edge in edges] for edges in (above.edges, part.edges))
    return all(abs(a - b) <= _SAME_EDGE for a, b in zip(own, others, strict=True))


def _one_row(above: Sequence[str], below: Sequence[str]) -> tuple[str, ...] | None:
    """A row that the page's end cut in two, made one; None where the lower one is a row of its own.

    What is left of a cut row lacks cells behind those that it has, which the row above has.
    """
    filled = [i for i, cell in enumerate(below) if cell]
    if not filled or below[0] or len(above) != len(below):
        return None
    behind = [i for i in range(filled[0], len(below)) if not below[i]]
    if not behind or not all(above[i] for i in behind):
        return None
    return tuple(f"{a}{b}" for a, b in zip(above, below, strict=True))


def _without_labels(blocks: Iterable[Block], told: dict[str, Any]) -> Iterator[Block]:
    """The blocks without a web page's line of labels under the title (2026-03-05 09:00 来源：…), which goes into `told`."""
    words = page_words()
    for index, block in enumerate(blocks):
        pairs = words.pairs(block.text) if index < _HEAD_BLOCKS and not block.is_row else []
        if any(name in ("published_on", "source") for name, _ in pairs):
            for name, value in pairs:
                note_label(told, name, value)
        else:
            yield block


def _titled(blocks: list[tuple[Block, float]]) -> Iterator[Block]:
    """The blocks; the first one set larger than the text is the title, red heads and signing offices aside."""
    sizes = [size for block, size in blocks if size and not block.is_row for _ in range(len(block.text))]
    usual = sorted(sizes)[len(sizes) // 2] if sizes else 0.0
    title: int | None = None
    for index, (block, size) in enumerate(blocks):
        page = block.place.page if block.place else 1
        if page > _TITLE_PAGES:
            break
        if (
            size >= 1.15 * usual > 0
            and 6 <= len(block.text) <= 150
            and not _RED_HEAD.fullmatch(unify(block.text))
        ):
            if is_foot(block.text) or re.search(r"[〔\[]20\d\d[〕\]]\s*\d+\s*号$", block.text):
                continue
            title = index
            break
    for index, (block, _) in enumerate(blocks):
        yield Block(block.text, 1, False, block.place) if index == title else block
