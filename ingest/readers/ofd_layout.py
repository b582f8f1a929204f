"""Characters and rules on pages → lines, tables and paragraphs in reading order, each with its place."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from ingest.numbering import numbering
from ingest.readers.grid import Cell, Grid, grid_blocks, grid_of
from ingest.readers.lines import paragraphs
from ingest.readers.ofd_page import Box, Content, Glyph, turned_back
from ingest.readers.ruling import RuledTable, ruled_tables
from ingest.reading import Block, Place

_POINTS = 72 / 25.4
_PAGE_NUMBER = re.compile(
    r"[-—–―·\s]*\d{1,4}[-—–―·\s]*|第\s*\d+\s*页(?:\s*[,，/]?\s*共\s*\d+\s*页)?|\d{1,4}\s*/\s*\d{1,4}"
)
RED_HEAD = re.compile(r"[\u4e00-\u9fff\s]{4,40}文件")
_DOCUMENT_NUMBER = re.compile(r"[〔\[（(]20\d\d[〕\]）)]\s*\d+\s*号")
_EDGE = 0.15  # of a page's height: where running heads and page numbers stand
_LARGE = 1.15  # times the size of the running text: a title


@dataclass(frozen=True)
class Line:
    """A line of text: its page, box (mm, upright) and size; a recognised line has no box."""

    text: str
    page: int
    box: Box | None = None
    size: float = 0.0


@dataclass(frozen=True)
class Table:
    """A ruled table: its filled grid, and the box of each of the grid's rows."""

    grid: Grid
    page: int
    rows: tuple[Box, ...]


@dataclass
class Page:
    """A page's lines and tables from top to bottom, and its measures in mm after turning."""

    number: int
    width: float
    height: float
    turn: int = 0
    parts: list[Line | Table] = field(default_factory=list)


def parts_of(content: Content, number: int) -> list[Line | Table]:
    """Tables, and the lines outside them, from top to bottom."""
    glyphs = _without_doubles(content.glyphs)
    tables: list[Table] = []
    for ruled in ruled_tables(content.rules):
        inside = [g for g in glyphs if ruled.place_of(*g.middle) is not None]
        if (table := _table(ruled, inside, number)) is not None:
            tables.append(table)
            taken = set(map(id, inside))
            glyphs = [g for g in glyphs if id(g) not in taken]
    placed: list[tuple[float, float, Line | Table]] = [(t.rows[0][1], t.rows[0][0], t) for t in tables]
    for row in _rows(glyphs):
        line = _line(row, number)
        if line.text and line.box:
            placed.append((line.box[1], line.box[0], line))
    return [part for _, _, part in sorted(placed, key=lambda p: p[:2])]


def _without_doubles(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """A character drawn again on itself, to look bold, is one."""
    kept: list[Glyph] = []
    near: dict[tuple[str, int, int], list[Glyph]] = {}
    for glyph in glyphs:
        x, y = int(glyph.x), int(glyph.y)
        again = any(
            abs(other.x - glyph.x) < 0.25 * glyph.size and abs(other.y - glyph.y) < 0.25 * glyph.size
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
            for other in near.get((glyph.text, x + dx, y + dy), ())
        )
        if not again or not glyph.text.strip():
            kept.append(glyph)
            near.setdefault((glyph.text, x, y), []).append(glyph)
    return kept


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Characters on one base line, from left to right; a raised figure belongs to its line."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (g.y, g.x)):
        if rows and abs(glyph.y - rows[-1][0].y) <= 0.45 * max(glyph.size, rows[-1][0].size):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [sorted(row, key=lambda g: g.x) for row in rows]


def _line(row: Sequence[Glyph], number: int) -> Line:
    size = median(g.size for g in row)
    box = (
        min(g.x for g in row),
        min(g.y - 0.85 * g.size for g in row),
        max(g.x + g.width for g in row),
        max(g.y + 0.15 * g.size for g in row),
    )
    return Line(_text(row), number, box, size)


def _text(row: Sequence[Glyph]) -> str:
    """The line's text; only a gap wider than the line's own spacing is a space."""
    shown = [g for g in row if g.text.strip()]
    gaps = [b.x - a.x - a.width for a, b in pairwise(shown)]
    usual = max(0.0, median(gaps)) if gaps else 0.0
    text, before = "", None
    spaced = False
    for glyph in row:
        if not glyph.text.strip():
            spaced = True
            continue
        if before is not None:
            gap = glyph.x - before.x - before.width
            is_word = before.text.isascii() and glyph.text.isascii() and before.text.isalnum()
            least = 0.3 if is_word and glyph.text.isalnum() else 0.8
            wide = gap > max(least * before.size, 1.5 * usual)
            text += " " if spaced or wide else ""
        text, before, spaced = text + _plain(glyph.text), glyph, False
    return " ".join(text.split())


def _plain(char: str) -> str:
    """A radical that stands for a character (⽂) is that character."""
    return unicodedata.normalize("NFKC", char) if "\u2e80" <= char <= "\u2fdf" else char


def _table(ruled: RuledTable, glyphs: Sequence[Glyph], number: int) -> Table | None:
    """The table with its text; None where the rules part no text."""
    held: dict[tuple[int, int], list[Glyph]] = {}
    for glyph in glyphs:
        if place := ruled.place_of(*glyph.middle):
            held.setdefault(place, []).append(glyph)
    cells = []
    for span in ruled.spans:
        own = [
            g
            for row in range(span.row, span.row + span.down)
            for column in range(span.column, span.column + span.across)
            for g in held.get((row, column), ())
        ]
        cells.append(Cell(_cell_text(own), span.row, span.column, span.down, span.across))
    if sum(1 for cell in cells if cell.text) < 2:
        return None
    grid = grid_of(cells, len(ruled.ys) - 1, len(ruled.xs) - 1)
    rows = tuple((ruled.xs[0], ruled.ys[i], ruled.xs[-1], ruled.ys[i + 1]) for i in grid.origin)
    return Table(grid, number, rows)


def _cell_text(glyphs: Sequence[Glyph]) -> str:
    """A cell's lines joined; a sentence that ends and a number that begins stand apart."""
    text = ""
    for line in (_text(row) for row in _rows(glyphs)):
        word = text[-1:].isascii() and line[:1].isascii() and text[-1:].isalpha() and line[:1].isalpha()
        apart = text and (text[-1] in "。；;" or numbering(line) is not None or word)
        text += f" {line}" if apart else line
    return text


def drop_running_lines(pages: list[Page]) -> None:
    """Page numbers at the edges, and lines that stand in the same place on most pages, are not the paper."""
    places: Counter[tuple[str, int]] = Counter()
    for page in pages:
        places.update({_place_key(p) for p in page.parts if isinstance(p, Line) and p.box})
    running = {place for place, n in places.items() if n >= 3 and n > len(pages) / 2}

    def is_running(part: Line | Table, page: Page) -> bool:
        if not isinstance(part, Line) or part.box is None:
            return False
        at_edge = part.box[1] < _EDGE * page.height or part.box[3] > (1 - _EDGE) * page.height
        return _place_key(part) in running or (at_edge and _PAGE_NUMBER.fullmatch(part.text) is not None)

    for page in pages:
        page.parts = [part for part in page.parts if not is_running(part, page)]


def _place_key(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(line.box[1] / 3) if line.box else -1


def blocks_of(pages: list[Page]) -> Iterator[Block]:
    """Lines become paragraphs; a table that goes on over the page keeps its header."""
    measure = _Measure(pages)
    group: list[Line] = []
    header: list[str] | None = None
    for part in (part for page in pages for part in page.parts):
        if isinstance(part, Line):
            header = None
            if group and not measure.goes_on(group[-1], part):
                yield from measure.paragraphs(group)
                group = []
            group.append(part)
            continue
        yield from measure.paragraphs(group)
        group = []
        own = part.grid.names
        goes_on = header is not None and len(header) == part.grid.width and own != header
        for row, block in grid_blocks(part.grid, header if goes_on else None):
            yield replace(block, place=measure.place(part.page, [part.rows[row]]))
        header = header if goes_on else own
    yield from measure.paragraphs(group)


class _Measure:
    """The size and margins of a document's running text, by which lines belong together."""

    def __init__(self, pages: list[Page]) -> None:
        self._pages = {page.number: page for page in pages}
        lines = [p for page in pages for p in page.parts if isinstance(p, Line) and p.box]
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[round(line.size, 1)] += len(line.text)
        self._size = sizes.most_common(1)[0][0] if sizes else 0.0
        body = [line for line in lines if line.box and abs(line.size - self._size) <= 0.1 * self._size]
        self._left = min((line.box[0] for line in body if line.box), default=0.0)
        self._right = max((line.box[2] for line in body if line.box), default=0.0)
        self._title_done = False
        falls = [
            b.box[3] - a.box[3]
            for a, b in pairwise(body)
            if a.box and b.box and a.page == b.page and b.box[3] > a.box[3]
        ]
        self._fall = median(falls) if falls else 0.0

    def goes_on(self, before: Line, line: Line) -> bool:
        """Whether a line may belong to the paragraph of the one before it."""
        if before.box is None or line.box is None:
            return before.box is None and line.box is None
        if abs(before.size - line.size) > 0.1 * max(before.size, line.size):
            return False
        fall = line.box[3] - before.box[3]
        if before.page == line.page and self._fall and fall > 1.7 * max(self._fall, 1.3 * line.size):
            return False
        if self._is_title(before) and self._is_title(line):
            return before.page == line.page
        indented = (
            line.box[0] > self._left + 1.2 * line.size and line.box[0] > before.box[0] + 0.5 * line.size
        )
        is_full = before.box[2] > self._right - 2.5 * line.size
        has_full = self._right - self._left > 0.5 * self._pages[line.page].width
        return has_full and is_full and not indented

    def _is_title(self, line: Line) -> bool:
        """Larger than the running text and set in the middle."""
        if line.box is None or line.size < _LARGE * self._size or RED_HEAD.fullmatch(line.text):
            return False
        middle = self._pages[line.page].width / 2
        return abs((line.box[0] + line.box[2]) / 2 - middle) < 0.06 * self._pages[line.page].width

    def paragraphs(self, lines: list[Line]) -> Iterator[Block]:
        """The paragraphs of lines that may belong together, each with its place; the first title is a heading."""
        if not lines:
            return
        lengths = [len(line.text) for line in lines]
        longest = max(lengths) if lines[0].box is None else min(lengths)
        is_title = not self._title_done and all(
            self._is_title(line) and not _DOCUMENT_NUMBER.search(line.text) for line in lines
        )
        rest = iter(lines)
        for block in paragraphs((line.text for line in lines), longest):
            own, wanted = [], len("".join(block.text.split()))
            while wanted > 0 and (line := next(rest, None)) is not None:
                own.append(line)
                wanted -= len("".join(line.text.split()))
            boxes = [line.box for line in own if line.box and line.page == own[0].page]
            place = self.place((own or lines)[0].page, boxes)
            yield replace(block, place=place, level=1 if is_title else None)
            self._title_done = self._title_done or is_title
            is_title = False

    def place(self, number: int, boxes: Sequence[Box]) -> Place:
        """The page and the box around these boxes, in points, as the page is seen unturned."""
        if not boxes:
            return Place(number)
        page = self._pages[number]
        around = (
            min(b[0] for b in boxes),
            min(b[1] for b in boxes),
            max(b[2] for b in boxes),
            max(b[3] for b in boxes),
        )
        width, height = (page.height, page.width) if page.turn in (90, 270) else (page.width, page.height)
        left, top, right, bottom = turned_back(around, page.turn, width, height)
        return Place(
            number,
            (
                round(left * _POINTS, 1),
                round(top * _POINTS, 1),
                round(right * _POINTS, 1),
                round(bottom * _POINTS, 1),
            ),
        )
