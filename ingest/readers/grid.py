"""Cells that span rows and columns → table rows under a header of one or several rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.text import CELL_MARK
from ingest.reading import Block, table_row

_MAX_HEADER = 4
_LONGEST_NAME = 24  # characters of a column's name
_LONGEST_GROUP = 60  # characters; it is said before each of its rows
_FIGURE = re.compile(r"\d\s*(?:元|万元|亿元|%|％|‰|人|家|个|项|分|年|月|日)|[。；]")


@dataclass(frozen=True)
class Cell:
    """A cell's text, its first row and column (from 0), and how many of each it takes."""

    text: str
    row: int
    column: int
    down: int = 1
    across: int = 1


@dataclass(frozen=True)
class Grid:
    """A table with every cell filled in: a merged cell's text stands in each row and column that it takes."""

    rows: tuple[tuple[str, ...], ...]
    wide: frozenset[int] = frozenset()  # rows that are one cell over the whole width
    header_rows: int = 1
    origin: tuple[int, ...] = ()  # each row's place among the rows that the cells were given by

    @cached_property
    def width(self) -> int:
        """Columns."""
        return max((len(row) for row in self.rows), default=0)

    @cached_property
    def first_wide(self) -> int:
        """How many rows at the top are captions: over the whole width, or of labels with what they say (制表日期：…)."""
        rows = enumerate(self.rows)
        return next((i for i, row in rows if i not in self.wide and not _states(row)), len(self.rows))

    @property
    def names(self) -> list[str]:
        """The columns' names: what a header of several rows says of each column, from the top down."""
        top = self.rows[self.first_wide : self.first_wide + self.header_rows]
        return ["-".join(dict.fromkeys(part for part in column if part)) for column in zip(*top, strict=True)]


def _states(row: Sequence[str]) -> bool:
    """Whether every cell of a row is a label with what it says, so that the row stands above a table's header."""
    cells = list(dict.fromkeys(cell for cell in row if cell))
    return len(cells) > 1 and all(re.fullmatch(r"[^：:]{1,8}[：:].+", cell) for cell in cells)


def grid_of(cells: Iterable[Cell], rows: int, columns: int) -> Grid:
    """The filled table of these cells; rows and columns without a cell stay empty."""
    filled = [[""] * columns for _ in range(rows)]
    wide: set[int] = set()
    across: set[tuple[int, int]] = set()  # places that a named cell takes beyond its first column
    for cell in cells:
        text = " ".join(cell.text.split())
        for row in range(cell.row, min(cell.row + cell.down, rows)):
            for column in range(cell.column, min(cell.column + cell.across, columns)):
                filled[row][column] = text
        if cell.across >= columns > 1:
            wide.update(range(cell.row, min(cell.row + cell.down, rows)))
        elif cell.across > 1 and text:
            across.update(
                (row, column)
                for row in range(cell.row, min(cell.row + cell.down, rows))
                for column in range(cell.column + 1, min(cell.column + cell.across, columns))
            )
    kept = [i for i, line in enumerate(filled) if any(line)]
    place = {row: i for i, row in enumerate(kept)}
    grid = Grid(
        tuple(tuple(filled[i]) for i in kept),
        frozenset(place[i] for i in wide if i in place),
        origin=tuple(kept),
    )
    return replace(grid, header_rows=_header_rows(grid, {(place[i], c) for i, c in across if i in place}))


def _header_rows(grid: Grid, across: set[tuple[int, int]]) -> int:
    """A header row is followed by its parts where the row below divides a cell of it, and a row of figures is left.

    A column that every row merges in the same way (one drawn two wide) is divided by none.
    """
    first, number = grid.first_wide, 1
    while number < _MAX_HEADER and len(grid.rows) - first > number + 1:
        last = first + number - 1
        if not any((last + 1, column) not in across for row, column in across if row == last):
            break
        number += 1
    return number


def grid_blocks(grid: Grid, header: Sequence[str] | None = None) -> list[tuple[int, Block]]:
    """(row of the grid, block) in order: captions and rows over the whole width as they are, others under the header.

    A given header is one of a table that goes on; the table's own is taken when there is none. A row over the whole
    width below the header names the group of the rows under it. A table of labels and texts, and one whose first row
    holds figures, has no header.
    """
    start = grid.first_wide
    blocks: list[tuple[int, Block]] = []
    names = list(header) if header is not None else grid.names
    if grid.width < 2 or (header is None and len(grid.rows) - start <= grid.header_rows):
        return [(i, _plain(row)) for i, row in enumerate(grid.rows)]
    body = start if header is not None else start + grid.header_rows
    if header is None and not _names_columns(grid):
        names, body = [], start
    group = ""
    for index, row in enumerate(grid.rows):
        if index in grid.wide or index < start or (index >= body and _is_group(row)):
            group = next(c for c in row if c) if index >= body and grid.width > 2 else ""
            blocks.append((index, _plain(row)))
        elif index >= body and list(row) != names:
            blocks.append(
                (index, _labelled(row) if not names and grid.width == 2 else table_row(names, row, group))
            )
    return blocks


def _is_group(row: Sequence[str]) -> bool:
    """Whether a row holds a name in its first cell only, and no figure: 一、智能制造类."""
    return (
        len(row) > 2 and 0 < len(row[0]) <= _LONGEST_GROUP and not any(row[1:]) and not _FIGURE.search(row[0])
    )


def _names_columns(grid: Grid) -> bool:
    """Whether the rows at the top name the columns: short names, none of them a sum or a sentence."""
    top = grid.rows[grid.first_wide]
    if any((_FIGURE.search(c) and not c.endswith((")", "）"))) or len(c) > _LONGEST_NAME for c in top if c):
        return False
    if grid.width > 2:
        return True
    rows = grid.rows[grid.first_wide :]
    labels, texts = [r[0] for r in rows if r[0]], [r[1] for r in rows if len(r) > 1 and r[1]]
    is_form = all(label.endswith(("：", ":")) for label in labels) or (
        bool(texts) and texts[0][-1:] in "。；"
    )
    return not is_form


def _labelled(row: Sequence[str]) -> Block:
    """A row of a label and a text: label：text."""
    cells = [c for c in row if c]
    return Block(
        f"{cells[0].rstrip('：:')}：{cells[1]}" if len(cells) > 1 and row[0] else cells[0], is_row=True
    )


def continued(above: Grid, below: Grid) -> Grid:
    """A table's rows on the next page: a repeated header goes, an empty first cell goes on from the page above."""
    rows = [list(row) for row in below.rows]
    while rows and any(
        _flat(rows[0]) == _flat(row) for row in above.rows[: above.first_wide + above.header_rows]
    ):
        rows = rows[1:]
    if rows and above.rows and any(rows[0]) and not rows[0][0]:
        for column, cell in enumerate(rows[0]):
            if cell:
                break
            rows[0][column] = above.rows[-1][column] if column < len(above.rows[-1]) else ""
    return Grid(tuple(tuple(row) for row in rows), header_rows=0, origin=tuple(range(len(rows))))


def _flat(row: Sequence[str]) -> list[str]:
    return ["".join(cell.split()) for cell in row]


def _plain(row: Sequence[str]) -> Block:
    return Block(CELL_MARK.join(dict.fromkeys(cell for cell in row if cell)), is_row=True)
