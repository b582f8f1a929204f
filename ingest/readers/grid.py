"""Cells that span rows and columns → table rows under a header of one or several rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest.reading import Block, table_row

_MAX_HEADER = 4


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

    @property
    def width(self) -> int:
        """Columns."""
        return max((len(row) for row in self.rows), default=0)

    @property
    def first_wide(self) -> int:
        """How many rows at the top are captions."""
        return next((i for i in range(len(self.rows)) if i not in self.wide), len(self.rows))

    @property
    def names(self) -> list[str]:
        """The columns' names: what a header of several rows says of each column, from the top down."""
        top = self.rows[self.first_wide : self.first_wide + self.header_rows]
        return ["-".join(dict.fromkeys(part for part in column if part)) for column in zip(*top, strict=True)]


def grid_of(cells: Iterable[Cell], rows: int, columns: int) -> Grid:
    """The filled table of these cells; rows and columns without a cell stay empty."""
    filled = [[""] * columns for _ in range(rows)]
    wide: set[int] = set()
    across: set[int] = set()
    for cell in cells:
        text = " ".join(cell.text.split())
        for row in range(cell.row, min(cell.row + cell.down, rows)):
            for column in range(cell.column, min(cell.column + cell.across, columns)):
                filled[row][column] = text
        if cell.across >= columns > 1:
            wide.update(range(cell.row, min(cell.row + cell.down, rows)))
        elif cell.across > 1 and text:
            across.update(range(cell.row, min(cell.row + cell.down, rows)))
    kept = [i for i, line in enumerate(filled) if any(line)]
    wide, across = ({kept.index(i) for i in places if i in kept} for places in (wide, across))
    grid = Grid(tuple(tuple(filled[i]) for i in kept), frozenset(wide), origin=tuple(kept))
    return replace(grid, header_rows=_header_rows(grid, across))


def _header_rows(grid: Grid, across: set[int]) -> int:
    """A header row with cells merged across has its parts in the row below, as long as a row of figures is left."""
    first, number = grid.first_wide, 1
    while number < _MAX_HEADER and first + number - 1 in across and len(grid.rows) - first > number + 1:
        number += 1
    return number


def grid_blocks(grid: Grid, header: Sequence[str] | None = None) -> list[tuple[int, Block]]:
    """(row of the grid, block) in order: captions and rows over the whole width as they are, others under the header.

    A given header is one of a table that goes on; the table's own is taken when there is none.
    """
    start = grid.first_wide
    blocks: list[tuple[int, Block]] = []
    names = list(header) if header is not None else grid.names
    if grid.width < 2 or (header is None and len(grid.rows) - start <= grid.header_rows):
        return [(i, _plain(row)) for i, row in enumerate(grid.rows)]
    body = start if header is not None else start + grid.header_rows
    for index, row in enumerate(grid.rows):
        if index in grid.wide:
            blocks.append((index, _plain(row)))
        elif index >= body and list(row) != names:
            blocks.append((index, table_row(names, row)))
    return blocks


def _plain(row: Sequence[str]) -> Block:
    return Block("；".join(dict.fromkeys(cell for cell in row if cell)), is_row=True)
