"""Rows of a page → its parts in reading order: columns one after the other, tables without rules, and paragraphs."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from ingest.numbering import is_foot, numbering
from ingest.readers.grid import Cell, Grid, grid_of
from ingest.readers.page_words import note_label, page_words
from ingest.readers.pdf_text import Box, Row, Segment
from ingest.reading import Block, Place

_ENDS = "。！？；：:;!?"
_COLUMN_ROWS = 6  # so many rows side by side make columns
_COLUMN_FILLED = 0.62  # of its column's width: lines of running text fill theirs, cells do not
_TABLE_ROWS = 3
_RAGGED = (
    0.12  # of the column's width: a line so much shorter may still go on, where its writer does not justify
)
_LARGE = 1.15  # times the size of the text: a title
_EDGE = 0.09  # of the page's height, where running lines stand
_PAGE_NUMBER = re.compile(
    r"[-—–－·\s]*\d{1,4}[-—–－·\s]*|第\s*\d+\s*页.*|\d{1,4}\s*/\s*\d{1,4}|[-—]+\s*\d+\s*[-—]+"
)
_PRINTED = re.compile(
    r"20\d\d[/年.-]\d{1,2}[/月.-]\d{1,2}日?\s*\d{1,2}:\d\d|\d{1,2}/\d{1,2}/\d{2,4},?\s*\d{1,2}:\d\d|(?:https?|file)://\S"
)
_RED_HEAD = re.compile(r"[\u4e00-\u9fff\s]{2,40}文\s*件")


@dataclass(frozen=True)
class Line:
    """A line of running text and where it stands."""

    text: str
    page: int
    box: Box
    size: float
    left: float
    right: float
    """The edges of the column that it stands in."""


@dataclass
class Table:
    """A table's cells, and where it stands."""

    grid: Grid
    page: int
    box: Box


Part = Line | Table


@dataclass
class PageRows:
    """A page's rows and ruled tables, before they are put in order."""

    number: int
    width: float
    height: float
    rows: list[Row] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    in_tables: int = 0
    """Characters that the ruled tables hold."""


def drop_running_rows(pages: Sequence[PageRows]) -> tuple[list[str], int]:
    """Take page numbers, running titles and a browser's print lines out; (their texts once, characters taken out)."""
    edges: Counter[str] = Counter()
    for page in pages:
        edges.update({_masked(row) for row in _edge_rows(page)})
    running = {text for text, n in edges.items() if n >= 2 and n > len(pages) / 2}
    dropped: list[str] = []
    characters = 0
    for page in pages:
        out = [row for row in _edge_rows(page) if _is_running(row, running)]
        ids = {id(row) for row in out}
        page.rows = [row for row in page.rows if id(row) not in ids]
        for row in out:
            dropped.append(_text(row))
            characters += len("".join(_text(row).split()))
    return list(dict.fromkeys(dropped)), characters


def _edge_rows(page: PageRows) -> list[Row]:
    """Rows at the very top and bottom of a page."""
    top, bottom = _EDGE * page.height, (1 - _EDGE) * page.height
    rows = [r for r in page.rows if r[0].bottom <= top][:3] + [r for r in page.rows if r[0].top >= bottom][
        -3:
    ]
    for row in (*page.rows[:1], *page.rows[-1:]):
        if not any(row is other for other in rows):
            rows.append(row)
    return rows


def _is_running(row: Row, running: set[str]) -> bool:
    text = _text(row)
    return bool(
        _PAGE_NUMBER.fullmatch(text)
        or _PRINTED.match(text)
        or (_masked(row) in running and not numbering(text))
    )


def _masked(row: Row) -> str:
    return re.sub(r"\d+", "#", _text(row))


def _text(row: Row) -> str:
    return " ".join(s.text for s in row)


def printed_title(dropped: Sequence[str]) -> str | None:
    """The page's title in a browser's print line: behind date and time."""
    for text in dropped:
        if (hit := _PRINTED.match(text)) and not text.startswith(("http", "file")):
            rest = text[hit.end() :].strip()
            if len(rest) >= 6:
                return rest
    return None


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
    """The page's lines and tables in reading order."""
    placed: list[tuple[float, list[Part]]] = [(t.box[1], [t]) for t in page.tables]
    rows = [_joined_labels(row) for row in page.rows]
    breaks = sorted(t.box[1] for t in page.tables)
    zones: list[list[Row]] = [[]]
    for row in rows:
        if zones[-1] and any(zones[-1][-1][0].top < b <= row[0].top for b in breaks):
            zones.append([])
        zones[-1].append(row)
    for zone in zones:
        if zone:
            placed.append((zone[0][0].top, _in_order(zone, page)))
    return [part for _, parts in sorted(placed, key=lambda p: p[0]) for part in parts]


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
                parts += _lines([row for row in column if row], page)
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


def _lines(rows: list[Row], page: PageRows) -> list[Part]:
    if not rows:
        return []
    lefts = sorted(row[0].x0 for row in rows)
    rights = sorted(row[-1].x1 for row in rows)
    left, right = lefts[0], rights[-1]
    if len(rows) > 4:  # one line that stands out is not the margin
        left, right = lefts[len(lefts) // 10], rights[-1 - len(rights) // 10]
    return [
        Line(
            _text(row),
            page.number,
            (row[0].x0, min(s.top for s in row), row[-1].x1, max(s.bottom for s in row)),
            median(s.size for s in row),
            left,
            right,
        )
        for row in rows
    ]


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
        if len(row) == 1 and not _is_rest(rows, end, widened):
            break
        columns = widened
        end += 1
    return end, columns


def _is_rest(rows: list[Row], index: int, columns: list[tuple[float, float]]) -> bool:
    """Whether a row of one segment is the rest of a cell above: close below it, and not in the first column."""
    row, above = rows[index], rows[index - 1]
    close = row[0].top - above[0].bottom < 0.6 * row[0].size
    return index > 0 and close and row[0].x0 >= columns[0][1]


def _cells(rows: list[Row], columns: list[tuple[float, float]], page: PageRows) -> Table:
    grid: list[list[str]] = []
    bottom = float("-inf")
    for row in rows:
        line = ["" for _ in columns]
        for segment in row:
            place = next(i for i, (a, b) in enumerate(columns) if segment.x0 < b and a < segment.x1)
            line[place] += segment.text
        is_rest = grid and not line[0] and row[0].top - bottom < 0.6 * row[0].size
        if is_rest:
            grid[-1] = [f"{old}{new}" for old, new in zip(grid[-1], line, strict=True)]
        else:
            grid.append(list(line))
        bottom = max(s.bottom for s in row)
    box = (columns[0][0], rows[0][0].top, columns[-1][1], bottom)
    cells = [Cell(text, r, c) for r, row in enumerate(grid) for c, text in enumerate(row)]
    return Table(grid_of(cells, len(grid), len(columns)), page.number, box)


def body_size(parts: Sequence[Part]) -> float:
    """The size that most characters of the text are set in; 0.0 without lines."""
    sizes: Counter[float] = Counter()
    for part in parts:
        if isinstance(part, Line):
            sizes[round(part.size * 2) / 2] += len(part.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def paragraphs_of(lines: Sequence[Line], size: float) -> Iterator[tuple[Block, float]]:
    """Lines → paragraphs, each with its page and box, and the size that it is set in."""
    pairs = itertools.pairwise(lines)
    gaps = [b.box[1] - a.box[3] for a, b in pairs if a.page == b.page and b.box[1] > a.box[3]]
    usual = median(gaps) if gaps else 0.0
    indented = any(_is_indented(line) for line in lines)
    run: list[Line] = []
    for line in lines:
        if run and not _goes_on(run, line, usual, indented, size):
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
    if is_foot(line.text) or is_foot(before.text):
        return False
    if _is_title_line(before, size) and _is_title_line(line, size) and before.page == line.page:
        return (
            before.text[-1] not in _ENDS
            and not _RED_HEAD.fullmatch(before.text)
            and not _is_number(line.text)
        )
    ended = before.text[-1] in _ENDS
    short = before.right - before.box[2]
    if short > 2.2 * before.size and (ended or short > _RAGGED * (before.right - before.left)):
        return False
    if before.page == line.page:
        gap = line.box[1] - before.box[3]
        if gap > max(1.6 * usual, usual + 0.5 * line.size) and gap > 0.5 * line.size:
            return False
    found = numbering(line.text)
    if _is_indented(line):
        hanging = len(run) > 1 and abs(run[-1].box[0] - line.box[0]) < 0.6 * line.size
        first_hanging = (
            len(run) == 1
            and numbering(before.text) is not None
            and line.box[0] > before.box[0] + 0.6 * line.size
        )
        return (hanging or first_hanging) and not found and _is_indented(before)
    if found and (ended or not indented):
        return False
    if found and found.rank <= 5 and ended:
        return False
    return indented or not ended


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\S{2,12}[〔\[（(]\s*20\d\d\s*[〕\]）)]\s*(?:第)?\s*\d+\s*号", text) is not None


def _is_title_line(line: Line, size: float) -> bool:
    return size > 0 and line.size >= _LARGE * size


def _block(run: list[Line]) -> Block:
    text = run[0].text
    for line in run[1:]:
        text = _join(text, line.text)
    places: dict[int, Box] = {}
    for line in run:
        x0, top, x1, bottom = places.get(line.page, line.box)
        places[line.page] = (
            min(x0, line.box[0]), min(top, line.box[1]), max(x1, line.box[2]), max(bottom, line.box[3])
        )  # fmt: skip
    page, box = next(iter(places.items()))
    return Block(text, place=Place(page, tuple(round(v, 1) for v in box)))  # type: ignore[arg-type]


def _join(text: str, line: str) -> str:
    """Words of Latin letters need a space between lines; a number broken over lines does not."""
    before, after = text[-1:], line[:1]
    is_word = before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
    return f"{text} {line}" if is_word and not (before.isdigit() and after.isdigit()) else f"{text}{line}"
