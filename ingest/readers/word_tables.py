"""Word tables → lines: a data table's rows under their header, a layout table's paragraphs as they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from assistant.errors import SourceError
from ingest.readers.word_lines import Line, is_signature
from ingest.readers.word_titles import has_number, is_red_head
from ingest.reading import table_row

MOST_COLUMNS = 200  # Word itself allows 63
_LONGEST_NAME = 60  # a longer cell in the first row is no column's name
_REPEATED = 300  # characters; a longer merged cell is told once
_ONE_LINE = 80
_MOST_FIELDS = 2_000_000
_SENTENCE_ENDS = ("。", "！", "？")
_LABEL = 12  # characters; what is longer is a value
_VALUE = re.compile(r"[。；]")


@dataclass
class Cell:
    """A cell's lines; `down` restart or continue where it is merged with those above or below, else ""."""

    lines: list[Line] = field(default_factory=list)
    span: int = 1
    down: str = ""
    goes_on: bool = False

    @cached_property
    def text(self) -> str:
        """Its paragraphs on one line, notes aside."""
        return " ".join(line.text for line in self.lines if not line.is_note and line.text)


@dataclass
class Row:
    """Cells from left to right, the columns skipped before and after them, and whether it is a header."""

    cells: list[Cell] = field(default_factory=list)
    before: int = 0
    after: int = 0
    is_header: bool = False


@dataclass
class Table:
    """A table's rows, and whether it has no lines around its cells."""

    rows: list[Row] = field(default_factory=list)
    borderless: bool = False


@dataclass(frozen=True)
class _Field:
    """One cell of the grid: the cell that covers it, whether it is its first column and its first row."""

    cell: Cell
    is_left: bool
    is_top: bool


_Grid = list[list[_Field]]


def lines_of(table: Table, count: Callable[[str], None]) -> list[Line]:
    """What a table says, line by line; notes that its cells refer to stand behind a data table.

    `count` is told each row's text, and raises when there is too much; raises SourceError for a monstrous grid.
    """
    rows = [row for row in table.rows if row.cells]
    if not rows:
        return []
    if _is_layout(table, rows):
        return _layout(rows)
    grid, headers = _grid(rows)
    lines = []
    for text in _data(grid, headers):
        count(text)
        lines.append(Line(text, is_row=True))
    more = [line for row in rows for cell in row.cells for line in cell.lines if line.is_note or line.picture]
    return lines + more


def _is_layout(table: Table, rows: list[Row]) -> bool:
    shown = [[cell for cell in row.cells if _is_own(cell)] for row in rows]
    if max(map(len, shown)) <= 1:
        return True
    lines = [line for row in rows for cell in row.cells for line in cell.lines]
    total = sum(len(line.text) for line in lines)
    if 2 * sum(len(line.text) for line in lines if line.is_row) > total:
        return True
    heads = (
        is_red_head(line.text) or line.text == "文件" for line in lines if table.borderless or line.centred
    )
    if len(rows) <= 6 and any(heads):
        return True
    if len(rows) <= 4 and any(
        has_number(line.text) and "签发人" in line.text for line in _joined_rows(shown)
    ):
        return True
    filled = [line.text for line in lines if line.text]
    if len(rows) <= 4 and filled and all(map(is_signature, filled)):
        return True
    is_frame = any(
        len(line.text) > _ONE_LINE or len(cell.lines) > 2 for cell in shown[0] for line in cell.lines
    )
    return len(rows) == 1 and (table.borderless or is_frame)


def _is_own(cell: Cell) -> bool:
    """Whether it is not the rest of a merged cell."""
    return not cell.goes_on and cell.down != "continue"


def _joined_rows(rows: list[list[Cell]]) -> Iterator[Line]:
    for row in rows:
        yield Line(" ".join(cell.text for cell in row))


def _layout(rows: list[Row]) -> list[Line]:
    """Row by row; 文件 beside the offices of a joint red head comes behind the last of them."""
    lines: list[Line] = []
    held: list[Line] = []
    for row in rows:
        if held and not any(cell.down == "continue" for cell in row.cells):
            lines, held = lines + held, []
        beside = [cell for cell in row.cells if cell.down and "".join(cell.text.split()) == "文件"]
        held += [line for cell in beside for line in cell.lines]
        lines += _laid_out(Row([cell for cell in row.cells if cell not in beside]))
    return lines + held


def _laid_out(row: Row) -> list[Line]:
    """A row's paragraphs in order; cells of one short line each are one line: 松政发〔2026〕3号 签发人：…"""
    cells = [cell for cell in row.cells if _is_own(cell) and cell.lines]
    single = [cell.lines[0] for cell in cells if len(cell.lines) == 1]
    is_one = len(cells) > 1 and len(single) == len(cells) and not any(x.is_row or x.picture for x in single)
    if is_one and sum(len(line.text) for line in single) <= _ONE_LINE:
        return [Line(" ".join(line.text for line in single), style=single[0].style, size=single[0].size)]
    return [line for cell in cells for line in cell.lines]


def _grid(rows: list[Row]) -> tuple[_Grid, int]:
    """(columns of each row by the cells that cover them, rows marked as header at the top)."""
    grid: _Grid = []
    fields = sum(min(MOST_COLUMNS, r.before + sum(c.span for c in r.cells) + r.after) for r in rows)
    if fields > _MOST_FIELDS:
        raise SourceError(f"Word 里的一张表有 {len(rows)} 行，过大：请拆分，或另存为 .xlsx 再导入。")
    empty = Cell()
    for row in rows:
        line = [_Field(empty, True, True)] * min(row.before, MOST_COLUMNS)
        for cell in row.cells:
            across = line[-1] if cell.goes_on and line else None
            above = (
                grid[-1][len(line)]
                if cell.down == "continue" and grid and len(line) < len(grid[-1])
                else None
            )
            if above is not None and not above.cell.down:
                above = None  # the cell it went on from is gone
            owner = across.cell if across else above.cell if above else cell
            for n in range(cell.span):
                line.append(_Field(owner, n == 0 and across is None, above is None))
        line += [_Field(empty, True, True)] * min(row.after, MOST_COLUMNS)
        grid.append(line[:MOST_COLUMNS])
    marked = 0
    while marked < len(rows) and rows[marked].is_header:
        marked += 1
    return grid, marked if marked < len(rows) else 0


def _data(grid: _Grid, marked: int) -> Iterator[str]:
    """Captions, then each row with the names of its columns; rows of one cell stand alone."""
    width = max(map(len, grid))
    first = 0
    while first < len(grid) - 1 and (caption := _only(grid[first])) is not None and width > 1:
        if caption:
            yield caption
        first += 1
    body = grid[first:]
    if _is_pairs(body, marked):
        for line in body:
            if text := _paired(line):
                yield text
        return
    depth = max(marked - first, _header_depth(body))
    names = _names(body[:depth], width)
    if depth == len(body):
        yield "；".join(dict.fromkeys(text for line in body for text in _texts(line) if text))
        return
    yield from dict.fromkeys(
        one.cell.text for line in body[:depth] for one in line if len(one.cell.text) > _LONGEST_NAME
    )
    for line in body[depth:]:
        texts = _texts(line)
        only = _only(line)
        if only is not None:
            if only:
                yield only
        elif any(texts) and [t for t in texts if t] != [n for n in names if n]:
            yield _row_text(names, texts)


def _only(line: list[_Field]) -> str | None:
    """The text of a row that is one cell across the table, "" for an empty row, None for any other."""
    cells = {id(one.cell): one.cell for one in line if one.cell.text}
    if not cells:
        return ""
    covered = {id(one.cell) for one in line}
    return next(iter(cells.values())).text if len(covered) == 1 and len(line) > 1 else None


def _header_depth(body: _Grid) -> int:
    """One row; as many as its tallest cell where cells of the first row are split below."""
    if all(one.is_left for one in body[0]):
        return 1
    deepest = 2
    for column, one in enumerate(body[0]):
        depth = 1
        while depth < len(body) and column < len(body[depth]) and body[depth][column].cell is one.cell:
            depth += 1
        deepest = max(deepest, depth)
    return min(deepest, 4) if deepest < len(body) else 1


def _names(header: _Grid, width: int) -> list[str]:
    """补贴比例 over 中小企业 is 补贴比例-中小企业; a cell too long for a name is none."""
    names = []
    for column in range(width):
        parts = [line[column].cell.text for line in header if column < len(line)]
        kept = dict.fromkeys(p for p in parts if p and len(p) <= _LONGEST_NAME)
        names.append("-".join(kept))
    return names


def _texts(line: list[_Field]) -> list[str]:
    """Cell texts by column: a merged cell's in each column and row it covers, a long one's only in its first."""
    return [
        one.cell.text if len(one.cell.text) <= _REPEATED or (one.is_left and one.is_top) else ""
        for one in line
    ]


def _is_pairs(body: _Grid, marked: int) -> bool:
    """Two columns of labels and values without a header: 支持标准 │ 最高80万元，…"""
    if marked or not all(len(line) == 2 for line in body) or len(body) < 2:
        return False
    labels, texts = ([line[column].cell.text for line in body] for column in (0, 1))
    if not all(0 < len(label) <= _LABEL for label in labels):
        return False
    if all(label.endswith(("：", ":")) for label in labels):
        return True
    labels_bold, texts_bold = ([_is_bold(line[column].cell) for line in body] for column in (0, 1))
    if all(labels_bold) and not any(texts_bold):
        return True
    if labels_bold[0] and texts_bold[0] and not any(texts_bold[1:]):
        return False
    others = sorted(map(len, texts[1:]))
    return _VALUE.search(texts[0]) is not None or (
        len(texts[0]) > _LABEL and others[len(others) // 2] > _LABEL
    )


def _is_bold(cell: Cell) -> bool:
    return bool(cell.lines) and all(line.bold for line in cell.lines)


def _paired(line: list[_Field]) -> str:
    label, text = (one.cell.text for one in line)
    return _row_text([label.rstrip("：:")], [text]) if text and text != label else label


def _row_text(names: list[str], texts: list[str]) -> str:
    """A row as one sentence; where its last cell ends one itself, it ends once."""
    text = table_row(names, texts).text
    return text[:-1] if text[-2:-1] in _SENTENCE_ENDS else text
