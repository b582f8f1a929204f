"""Rows of a page → its parts in reading order: columns one after the other, tables without rules, and paragraphs."""

from __future__ import annotations

import itertools
import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from assistant.text import unify
from ingest.numbering import CLAUSE_RANK, is_foot, numbering
from ingest.paper_words import paper_words
from ingest.readers.grid import Cell, Grid, grid_of
from ingest.readers.page_words import note_label, page_words
from ingest.readers.pdf_text import Box, Char, Row, Segment, View
from ingest.reading import Block, Place

_ENDS = "。！？；：:;!?"
_COLUMN_ROWS = 6  # so many rows side by side make columns
_COLUMN_FILLED = 0.62  # of its column's width: lines of running text fill theirs, cells do not
_TABLE_ROWS = 3
_STREAM = 0.5  # of a character: white so wide, all the way down, parts two columns of a table
_RAGGED = (
    0.12  # of the column's width: a line so much shorter may still go on, where its writer does not justify
)
_LARGE = 1.15  # times the size of the text: a title
_SMALL = 0.87  # times the size of the text: a footnote
_EDGE = 0.09  # of the page's height, where running lines stand
_SAME_HEIGHT = 6.0  # points by which a running line may stand higher or lower
_OWN_MARGINS = 8  # lines of a page that show its margins
_COUNT = r"[\d一二三四五六七八九十百]{1,4}"
_PAGE_NUMBER = re.compile(
    rf"[-—–－·•~〔\[（(\s]*(?:\d{{1,4}}|第\s*{_COUNT}\s*页|[Pp](?:age|\.)?\s*\d{{1,4}}(?:\s*of\s*\d{{1,4}})?|"
    rf"\d{{1,4}}\s*(?:/|of)\s*\d{{1,4}}\s*页?|第\s*{_COUNT}\s*页\s*[/,，（(]?\s*共\s*{_COUNT}\s*页[)）]?)[-—–－·•~〕\]）)\s]*"
)
_DAY = r"(?:20\d\d\s?[/年.-]\s?\d{1,2}\s?[/月.-]\s?\d{1,2}日?|\d{1,2}/\d{1,2}/\d{2,4}),?"
_PRINTED_AT = re.compile(
    rf"{_DAY}\s*(?:(?:上午|下午|晚上|中午|凌晨)\s*\d{{1,2}}:\d\d(?::\d\d)?|\d{{1,2}}:\d\d(?::\d\d)?(?:\s*[AP]M)?)"
)
_PRINT_MARK = re.compile(
    rf"(?:https?|file)://\S+|{_PRINTED_AT.pattern}|(?:页码\s*[,，:：]?\s*)?\d{{1,4}}\s*(?:/|of)\s*\d{{1,4}}|"
    rf"第\s*\d+\s*页\s*[,，（(]?\s*共\s*\d+\s*页[)）]?"
)
_RED_HEAD = re.compile(r"[\u4e00-\u9fff\s]{2,40}文\s*件")
_BULLET = re.compile(r"[●•■◆○◇□☑☐▪►➢✓★]")
_NOTE = re.compile(
    r"[①-⑳❶-❿]|[\[〔【（(]\d{1,2}[\]〕】）)]|注\s*\d*[:：]|[*＊※†]|\d{1,2}\s*(?=[\u4e00-\u9fff])"
)


@dataclass(frozen=True)
class Line:
    """A line of running text, where it stands as it is read, and where as its page is shown."""

    text: str
    page: int
    box: Box
    shown: Box
    size: float
    left: float
    right: float
    """The edges of the column that it stands in."""
    ends_in_space: bool = False
    is_note: bool = False
    """Whether it is of a footnote, round which the text goes on."""


@dataclass
class Table:
    """A table's cells, the upright edges between them, and where each of the grid's rows is shown."""

    grid: Grid
    page: int
    top: float
    edges: tuple[float, ...]
    rows: tuple[Box, ...]
    characters: int = 0


@dataclass
class Recognised:
    """The lines of a picture within a page of text."""

    lines: list[str]
    page: int
    top: float
    shown: Box


Part = Line | Table | Recognised


@dataclass
class PageRows:
    """A page's rows, ruled tables and pictures of text, before they are put in order."""

    number: int
    view: View
    rows: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    pictures: list[Recognised] = field(default_factory=list)
    left: float = 0.0
    right: float = 0.0
    """The edges of its running text."""

    @property
    def width(self) -> float:
        """As it is read."""
        return self.view.size[0]

    @property
    def height(self) -> float:
        """As it is read."""
        return self.view.size[1]


def drop_running_rows(pages: Sequence[PageRows]) -> tuple[list[list[str]], int]:
    """Take page numbers, running titles and a browser's print lines out; (each one's segments, characters taken)."""
    heights: dict[str, list[float]] = {}
    for page in pages:
        for text, top in {_masked(row): row[0].top for row in _edge_rows(page)}.items():
            heights.setdefault(text, []).append(top)
    running = {text for text, tops in heights.items() if _is_same_height(tops, len(pages))}
    usual = _usual_size(pages)
    dropped: list[list[str]] = []
    characters = 0
    for page in pages:
        out = [row for row in _edge_rows(page) if _is_running(row, running, page, usual)]
        ids = {id(row) for row in out}
        page.rows = [row for row in page.rows if id(row) not in ids]
        for row in out:
            dropped.append([s.text for s in row])
            characters += sum(len(s.chars) for s in row)
    return dropped, characters


def _is_same_height(tops: Sequence[float], pages: int) -> bool:
    """Whether a text stands at one height on two pages at least, and on two fifths of all (left and right differ)."""
    middle = median(tops)
    same = sum(1 for top in tops if abs(top - middle) <= _SAME_HEIGHT)
    return same >= 2 and same > 0.4 * pages


def _usual_size(pages: Sequence[PageRows]) -> float:
    """The size that most characters outside the tables are set in; 0.0 without any."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for row in page.rows:
            for segment in row:
                sizes[round(segment.size * 2) / 2] += len(segment.chars)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _edge_rows(page: PageRows) -> list[Row]:
    """Rows at the very top and bottom of a page, its first and its last."""
    top, bottom = _EDGE * page.height, (1 - _EDGE) * page.height
    rows = [r for r in page.rows if r[0].bottom <= top][:3] + [r for r in page.rows if r[0].top >= bottom][
        -3:
    ]
    for row in (*page.rows[:1], *page.rows[-1:]):
        if not any(row is other for other in rows):
            rows.append(row)
    return rows


def _is_running(row: Row, running: set[str], page: PageRows, usual: float) -> bool:
    text = unify(_text(row))
    if _masked(row) in running and not numbering(text):
        return True
    if not _PAGE_NUMBER.fullmatch(text) and not _is_printed(row):
        return False
    return row[0].size < 0.85 * usual or _stands_apart(row, page)


def _is_printed(row: Row) -> bool:
    """Whether a row is what browsers print around a page: an address, a time, or this page of so many at its ends."""
    first, last = unify(row[0].text), unify(row[-1].text)
    return bool(
        _PRINT_MARK.fullmatch(first) or _PRINT_MARK.fullmatch(last) or _PRINTED_AT.match(first)
    )  # fmt: skip


def _stands_apart(row: Row, page: PageRows) -> bool:
    """Whether a row has more than a line's height of white towards the text, or stands at the page's very edge."""
    if row[0].bottom <= 0.06 * page.height or row[0].top >= 0.94 * page.height:
        return True
    index = next(i for i, other in enumerate(page.rows) if other is row)
    gaps = [
        page.rows[i + 1][0].top - page.rows[i][0].bottom
        for i in (index - 1, index)
        if 0 <= i < len(page.rows) - 1
    ]
    return not gaps or min(gaps) > 1.2 * row[0].size


def _masked(row: Row) -> str:
    return re.sub(r"\d+", "#", _text(row))


def _text(row: Row) -> str:
    return " ".join(s.text for s in row)


def printed_title(dropped: Sequence[Sequence[str]]) -> str | None:
    """The page's title in a browser's print lines: beside the date, the address or the page's number."""
    for texts in dropped:
        if not any(_PRINT_MARK.fullmatch(text) or _PRINTED_AT.match(text) for text in texts):
            continue
        rest = [
            _PRINTED_AT.sub("", text, count=1).strip() for text in texts if not _PRINT_MARK.fullmatch(text)
        ]
        longest = max(rest, key=len, default="")
        if len(longest) >= 6 and re.search(r"[\u4e00-\u9fff]", longest):
            return longest
    return None


def set_apart_notes(pages: Sequence[PageRows]) -> None:
    """Take the footnotes out of each page's rows: small letters at its foot that begin with a mark."""
    usual = _usual_size(pages)
    for page in pages:
        first = len(page.rows)
        while first and page.rows[first - 1][0].size <= _SMALL * usual:
            first -= 1
        while first < len(page.rows) and not (
            page.rows[first][0].top > 0.5 * page.height and _NOTE.match(_text(page.rows[first]))
        ):
            first += 1
        if 0 < first < len(page.rows):
            page.rows, page.notes = page.rows[:first], page.rows[first:]


def set_margins(pages: Sequence[PageRows]) -> None:
    """Where the text of each page begins and ends: as its own lines show, else those of all pages of its width."""
    of_width: dict[int, list[Row]] = {}
    for page in pages:
        of_width.setdefault(round(page.width), []).extend(page.rows)
    for page in pages:
        rows = page.rows if len(page.rows) >= _OWN_MARGINS else of_width[round(page.width)]
        if not rows:
            page.right = page.width
            continue
        page.left, page.right = _margins(rows)
        if len(rows) < _OWN_MARGINS and page.left < 0.3 * page.width:
            page.right = max(page.right, page.width - page.left)


def _margins(rows: Sequence[Row]) -> tuple[float, float]:
    """The outermost edges that two lines share; one line that stands out is not the margin."""
    size = median(row[0].size for row in rows)
    lefts = sorted(row[0].x0 for row in rows)
    rights = sorted((row[-1].x1 for row in rows), reverse=True)
    left = next((a for a, b in itertools.pairwise(lefts) if b - a < 0.6 * size), lefts[0])
    right = next((a for a, b in itertools.pairwise(rights) if a - b < 1.2 * size), rights[0])
    return left, right


def take_label_box(page: PageRows, told: dict[str, Any]) -> int:
    """Take a page's box of labels (标题：… 发文机关：… in columns) out of its rows into `told`; characters taken out.

    A label stands at the middle of the lines of its value, so each line goes to the nearest label of its column.
    """
    words = page_words()
    found = [(index, words.labels_in(row)) for index, row in enumerate(page.rows)]
    labelled = [index for index, labels in found if labels]
    runs: list[list[int]] = []
    for index in labelled:
        if runs and page.rows[index][0].top - page.rows[runs[-1][-1]][0].top < 5 * page.rows[index][0].size:
            runs[-1].append(index)
        else:
            runs.append([index])
    taken = 0
    for run in reversed(runs):
        labels = [(index, *label) for index in run for label in found[index][1]]
        if len(labels) < 3 or len({field for _, field, _, _ in labels}) < 3:
            continue
        size = page.rows[run[0]][0].size
        first, last = run[0], run[-1]
        while first > 0 and _is_near(page.rows[first - 1], page.rows[first], size):
            first -= 1
        while last + 1 < len(page.rows) and _is_near(page.rows[last], page.rows[last + 1], size):
            last += 1
        for name, value in _label_values(page.rows, labels, first, last):
            note_label(told, name, value)
        taken += sum(len(s.chars) for row in page.rows[first : last + 1] for s in row)
        del page.rows[first : last + 1]
    return taken


def _is_near(above: Row, below: Row, size: float) -> bool:
    return abs(above[0].size - below[0].size) < 0.1 * size and below[0].top - above[0].top < 1.3 * size


def _label_values(
    rows: Sequence[Row], labels: Sequence[tuple[int, str, float, float]], first: int, last: int
) -> Iterator[tuple[str, str]]:
    """(field, value) of the labels (row, field, left edge, left edge of the value)."""
    edges: list[float] = []
    for _, _, left, _ in sorted(labels, key=lambda label: label[2]):
        if not edges or left - edges[-1] > 30:
            edges.append(left)
    for number, edge in enumerate(edges):
        until = edges[number + 1] - 1 if number + 1 < len(edges) else float("inf")
        own = [label for label in labels if edge <= label[2] < until]
        start = min(value for *_, value in own) - 1
        lines: dict[int, list[str]] = {label[0]: [] for label in own}
        for index in range(first, last + 1):
            chars = tuple(c for s in rows[index] for c in s.chars if start <= c.x0 < until)
            if not chars:
                continue
            middle = chars[0].middle
            nearest = min(lines, key=lambda i: abs(rows[i][0].chars[0].middle - middle))
            lines[nearest].append(Segment(chars).text)
        for index, name, _, _ in own:
            yield name, "".join(lines[index])


def parts_of(page: PageRows) -> list[Part]:
    """The page's lines, tables and pictures of text in reading order, then its footnotes."""
    placed: list[tuple[float, list[Part]]] = [(t.top, [t]) for t in page.tables]
    placed += [(p.top, [p]) for p in page.pictures]
    rows = [_joined_labels(row) for row in page.rows]
    breaks = sorted(top for top, _ in placed)
    zones: list[list[Row]] = [[]]
    for row in rows:
        if zones[-1] and any(zones[-1][-1][0].top < b <= row[0].top for b in breaks):
            zones.append([])
        zones[-1].append(row)
    for zone in zones:
        if zone:
            placed.append((zone[0][0].top, _in_order(zone, page)))
    parts = [part for _, parts in sorted(placed, key=lambda p: p[0]) for part in parts]
    return [*parts, *(_line(row, page, page.left, page.right, is_note=True) for row in page.notes)]


def _joined_labels(row: Row) -> Row:
    """第一条 and the text behind a wide gap are one line."""
    if (
        len(row) > 1
        and (found := numbering(row[0].text))
        and found.length >= len(row[0].text.rstrip("、.．"))
    ):
        head = Segment(row[0].chars + row[1].chars)
        return [head, *row[2:]]
    return row


def _in_order(rows: list[Row], page: PageRows) -> list[Part]:
    parts: list[Part] = []
    while rows:
        if columns := _columns(rows, page):
            start, end, gutter = columns
            parts += _in_order(rows[:start], page)
            for side in (0, 1):
                column = [[s for s in row if (s.x0 >= gutter) == bool(side)] for row in rows[start:end]]
                parts += _lines([row for row in column if row], page, is_column=True)
            rows = rows[end:]
            continue
        table = _table(rows, page)
        if table is None:
            return parts + _lines(rows, page)
        start, end, found = table
        parts += _lines(rows[:start], page)
        parts.append(found)
        rows = rows[end:]
    return parts


def _lines(rows: list[Row], page: PageRows, is_column: bool = False) -> list[Part]:
    if not rows:
        return []
    left, right = _margins(rows) if is_column else (page.left, page.right)
    return [_line(row, page, left, right) for row in rows]


def _line(row: Row, page: PageRows, left: float, right: float, is_note: bool = False) -> Line:
    box = _box_of(row)
    return Line(
        _text(row),
        page.number,
        box,
        page.view.shown_box(box),
        median(s.size for s in row),
        left,
        right,
        row[-1].chars[-1].ends_in_space,
        is_note,
    )


def _box_of(row: Row) -> Box:
    return row[0].x0, min(s.top for s in row), row[-1].x1, max(s.bottom for s in row)


def _columns(rows: list[Row], page: PageRows) -> tuple[int, int, float] | None:
    """(first row, end, gutter) of the longest run of rows in two columns of running text; None without one."""
    best: tuple[int, int, float] | None = None
    for gutter in {round((a.x1 + b.x0) / 2) for row in rows for a, b in itertools.pairwise(row)}:
        if not 0.3 * page.width < gutter < 0.7 * page.width:
            continue
        start = 0
        while start < len(rows):
            end = start
            while end < len(rows) and not any(s.x0 < gutter < s.x1 for s in rows[end]):
                end += 1
            if (best is None or end - start > best[1] - best[0]) and _is_two_columns(rows[start:end], gutter):
                best = (start, end, float(gutter))
            start = end + 1
    return best


def _is_two_columns(rows: list[Row], gutter: float) -> bool:
    sides = [
        [(s.x0, s.x1) for row in rows for s in row if (s.x0 >= gutter) == side] for side in (False, True)
    ]
    both = sum(1 for row in rows if any(s.x0 >= gutter for s in row) and any(s.x0 < gutter for s in row))
    if both < _COLUMN_ROWS or both < 0.4 * len(rows):
        return False
    for side in sides:
        wide = max(x1 for _, x1 in side) - min(x0 for x0, _ in side)
        if median(x1 - x0 for x0, x1 in side) < _COLUMN_FILLED * wide or len(side) < _COLUMN_ROWS:
            return False
    return True


def _table(rows: list[Row], page: PageRows) -> tuple[int, int, Table] | None:
    """(first row, end, table) of the first run of rows whose segments stand in the same columns; None without one."""
    start = 0
    while start < len(rows):
        if len(rows[start]) < 2:
            start += 1
            continue
        end, columns = _aligned(rows, start)
        several = sum(1 for row in rows[start:end] if len(row) > 1)
        if several >= _TABLE_ROWS and len(columns) > 1:
            while end > start and len(rows[end - 1]) < 2 and not _is_rest(rows, end - 1, columns):
                end -= 1
            if start and len(rows[start - 1]) == 1 and _fits(rows[start - 1][0], columns[1:]):
                start -= (
                    rows[start - 1][0].bottom > rows[start][0].top
                )  # a cell's first line, higher than the others
            return start, end, _cells(rows[start:end], columns, page)
        start += 1
    return None


def _aligned(rows: list[Row], start: int) -> tuple[int, list[tuple[float, float]]]:
    """Where the rows stop that share columns, and the columns (left, right)."""
    columns = [(s.x0, s.x1) for s in rows[start]]
    end = start + 1
    while end < len(rows):
        row = rows[end]
        if row[0].top - rows[end - 1][0].bottom > 2.5 * row[0].size:
            break
        widened = list(columns)
        fits = True
        for segment in row:
            hits = [i for i, (a, b) in enumerate(widened) if segment.x0 < b and a < segment.x1]
            if len(hits) > 1:
                fits = False
                break
            if hits:
                a, b = widened[hits[0]]
                widened[hits[0]] = (min(a, segment.x0), max(b, segment.x1))
            elif len(row) > 1:
                widened = sorted([*widened, (segment.x0, segment.x1)])
            else:
                fits = False
                break
        if not fits or any(b > c for (_, b), (c, _) in itertools.pairwise(widened)):
            break
        if len(row) == 1 and not _is_rest(rows, end, widened) and not _is_first_line(rows, end, widened):
            break
        columns = widened
        end += 1
    return end, columns


def _is_rest(rows: list[Row], index: int, columns: list[tuple[float, float]]) -> bool:
    """Whether a row of one segment is the rest of a cell above: close below it, and not in the first column."""
    row, above = rows[index], rows[index - 1]
    close = row[0].top - above[0].bottom < 0.6 * row[0].size
    return index > 0 and close and row[0].x0 >= columns[0][1]


def _is_first_line(rows: list[Row], index: int, columns: list[tuple[float, float]]) -> bool:
    """Whether a row of one segment is the first line of a cell whose neighbours stand lower, at its middle."""
    row, below = rows[index], rows[index + 1] if index + 1 < len(rows) else []
    return len(below) > 1 and row[0].x0 >= columns[0][1] and below[0].top < row[0].bottom


def _fits(segment: Segment, columns: Sequence[tuple[float, float]]) -> bool:
    return sum(1 for a, b in columns if segment.x0 < b and a < segment.x1) == 1


def _cells(rows: list[Row], columns: list[tuple[float, float]], page: PageRows) -> Table:
    columns = [part for column in columns for part in _parted(rows, column)]
    cuts = [(a[1] + b[0]) / 2 for a, b in itertools.pairwise(columns)]
    lines = []
    for row in rows:
        held: list[list[Char]] = [[] for _ in columns]
        for char in (c for s in row for c in s.chars):
            held[bisect(cuts, (char.x0 + char.x1) / 2)].append(char)
        lines.append([Segment(tuple(chars)).text if chars else "" for chars in held])
    entries = _entries(rows, lines)
    grid = [[_joined([lines[i][c] for i in entry]) for c in range(len(columns))] for entry in entries]
    cells = [Cell(text, r, c) for r, line in enumerate(grid) for c, text in enumerate(line)]
    boxes = [_around([_box_of(rows[i]) for i in entry]) for entry in entries]
    made = grid_of(cells, len(grid), len(columns))
    return Table(
        made,
        page.number,
        boxes[0][1],
        tuple(left for left, _ in columns),
        tuple(page.view.shown_box(boxes[i]) for i in made.origin),
        sum(len(s.chars) for row in rows for s in row),
    )


def _around(boxes: Sequence[Box]) -> Box:
    return (
        min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
    )  # fmt: skip


def _joined(pieces: Sequence[str]) -> str:
    text = ""
    for piece in pieces:
        text = _join(text, piece) if text and piece else text or piece
    return text


def _parted(rows: list[Row], column: tuple[float, float]) -> list[tuple[float, float]]:
    """A column, cut where white runs all the way down between characters on both sides of it."""
    left, right = column
    held = [[c for s in row for c in s.chars if left - 0.1 <= c.x0 and c.x1 <= right + 0.1] for row in rows]
    held = [chars for chars in held if chars]
    size = median(c.size for chars in held for c in chars) if held else 0.0
    covered = sorted((c.x0, c.x1) for chars in held for c in chars)
    end = covered[0][1] if covered else right
    for x0, x1 in covered:
        if x0 - end >= _STREAM * size:
            both = sum(1 for chars in held if chars[0].x0 < end and chars[-1].x1 > x0)
            if both >= max(_TABLE_ROWS, 0.6 * len(held)):
                return [(left, end), *_parted(rows, (x0, right))]
        end = max(end, x1)
    return [column]


def _entries(rows: list[Row], lines: list[list[str]]) -> list[list[int]]:
    """Which lines are one row of the table: those that stand closer to each other than rows do."""
    gaps = [min(s.top for s in b) - max(s.bottom for s in a) for a, b in itertools.pairwise(rows)]
    size = median(row[0].size for row in rows)
    if gaps and max(gaps) - min(gaps) > 0.3 * size:
        limit = (max(gaps) + min(gaps)) / 2
        entries = _cut(len(rows), [gap > limit for gap in gaps])
        if all(sum(1 for i in entry if all(lines[i])) <= 1 for entry in entries):
            return entries
    apart = [bool(line[0]) or gap >= 0.6 * size for line, gap in zip(lines[1:], gaps, strict=True)]
    return _cut(len(rows), apart)


def _cut(length: int, apart: Sequence[bool]) -> list[list[int]]:
    entries = [[0]]
    for index in range(1, length):
        if apart[index - 1]:
            entries.append([])
        entries[-1].append(index)
    return entries


def body_size(parts: Sequence[Part]) -> float:
    """The size that most characters of the text are set in; 0.0 without lines."""
    sizes: Counter[float] = Counter()
    for part in parts:
        if isinstance(part, Line):
            sizes[round(part.size * 2) / 2] += len(part.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def paragraphs_of(lines: Sequence[Line], size: float) -> Iterator[tuple[Block, float]]:
    """Lines → paragraphs with their places, and the size that each is set in; a footnote follows the one it parts."""
    text = [line for line in lines if not line.is_note]
    pairs = itertools.pairwise(text)
    gaps = [b.box[1] - a.box[3] for a, b in pairs if a.page == b.page and b.box[1] > a.box[3]]
    usual = sorted(gaps)[len(gaps) // 4] if gaps else 0.0
    indented = any(
        1.5 * line.size < line.box[0] - line.left < 2.7 * line.size and line.size < _LARGE * size
        for line in text
    )
    run: list[Line] = []
    notes: list[Line] = []
    for line in lines:
        if line.is_note:
            notes.append(line)
            continue
        if run and not _goes_on(run, line, usual, indented, size):
            yield _block(run), run[0].size
            yield from _notes(notes)
            run, notes = [], []
        run.append(line)
    if run:
        yield _block(run), run[0].size
    yield from _notes(notes)


def _notes(lines: Sequence[Line]) -> Iterator[tuple[Block, float]]:
    run: list[Line] = []
    for line in lines:
        if run and _NOTE.match(line.text):
            yield _block(run), run[0].size
            run = []
        run.append(line)
    if run:
        yield _block(run), run[0].size


def _is_indented(line: Line) -> bool:
    return line.box[0] > line.left + 1.2 * line.size


def _goes_on(run: list[Line], line: Line, usual: float, indented: bool, size: float) -> bool:
    before = run[-1]
    if abs(before.size - line.size) > 0.12 * max(before.size, line.size):
        return False
    if _is_title_line(before, size) and _is_title_line(line, size) and before.page == line.page:
        return _title_goes_on(before, line)
    if is_foot(line.text) or is_foot(before.text):
        return False
    ended = before.text[-1] in _ENDS
    short = before.right - before.box[2]
    if short > 2.2 * before.size and (ended or short > _RAGGED * (before.right - before.left)):
        return False
    if before.page == line.page:
        gap = line.box[1] - before.box[3]
        if gap > max(1.6 * usual, usual + 0.5 * line.size) and gap > 0.5 * line.size:
            return False
    found = _begins_item(line.text)
    if _is_indented(line):
        hanging = len(run) > 1 and abs(run[-1].box[0] - line.box[0]) < 0.6 * line.size
        first_hanging = (
            len(run) == 1
            and _begins_item(before.text)
            and not ended
            and line.box[0] > before.box[0] + 0.6 * line.size
        )
        return (first_hanging or (hanging and _is_indented(before))) and not found
    if found and (ended or not indented or _BULLET.match(line.text)):
        return False
    return indented or not ended


def _begins_item(text: str) -> bool:
    return numbering(text) is not None or _BULLET.match(text) is not None


def _title_goes_on(before: Line, line: Line) -> bool:
    """Whether the next line in large letters is of the same title: an office may begin one, and does not follow one."""
    signs = unify(before.text).rstrip("》”").endswith(paper_words().title_ends) and is_foot(line.text)
    found = numbering(line.text)
    close = line.box[1] - before.box[3] < 1.6 * line.size
    return (
        close
        and not signs
        and before.text[-1] not in _ENDS
        and not _RED_HEAD.fullmatch(unify(before.text))
        and not _is_number(line.text)
        and not (found and found.rank <= CLAUSE_RANK)
    )


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\S{2,12}[〔\[（(]\s*20\d\d\s*[〕\]）)]\s*(?:第)?\s*\d+\s*号", text) is not None


def _is_title_line(line: Line, size: float) -> bool:
    return size > 0 and line.size >= _LARGE * size


def _block(run: list[Line]) -> Block:
    text = ""
    starts: dict[int, int] = {}
    boxes: dict[int, list[Box]] = {}
    for before, line in zip([None, *run], run, strict=False):
        text = _join(text, line.text, before is not None and before.ends_in_space)
        starts.setdefault(line.page, len(text) - len(line.text))
        boxes.setdefault(line.page, []).append(line.shown)
    first, *others = [place_of(page, _around(found), starts[page]) for page, found in boxes.items()]
    return Block(text, place=first, goes_on=tuple(others))


def place_of(page: int, box: Box, start: int = 0) -> Place:
    """A place with its box to a tenth of a point."""
    x0, top, x1, bottom = (round(value, 1) for value in box)
    return Place(page, (x0, top, x1, bottom), start)


def _join(text: str, line: str, spaced: bool = False) -> str:
    """Latin words need a space between lines; a number broken over lines does not, unless one was written there."""
    before, after = text[-1:], line[:1]
    is_figure = before.isdigit() and after.isdigit()
    is_word = before.isascii() and after.isascii() and before.isalnum() and after.isalnum() and not is_figure
    is_address = is_word and re.search(r"(?:://|www\.|@)[!-~]*$", text) is not None
    return f"{text} {line}" if (is_word and not is_address) or (is_figure and spaced) else f"{text}{line}"
