"""What a reader hands on, and within which limits it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.units import with_unit


@dataclass(frozen=True)
class Limits:
    """Bounds that keep one bad file from stopping the others, and where recognised pages are kept."""

    max_mb: float = 50
    max_pages: int = 1000
    ocr_cache: Path | None = None


@dataclass(frozen=True)
class Place:
    """Where a block stands in a paged file: the page from 1, and its box (left, top, right, bottom) in points."""

    page: int
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Block:
    """A paragraph, a table row or a heading (`level` 1 is the highest); its text has no line break."""

    text: str
    level: int | None = None
    is_row: bool = False
    place: Place | None = None


@dataclass(frozen=True)
class Link:
    """An attachment a page points to."""

    address: str
    text: str


@dataclass(frozen=True)
class Reading:
    """A file's blocks in reading order, the metadata it declares, and what the reader has to say of it.

    `visible` counts the characters (white space aside) that a person sees of the paper in the file, by a plain count
    that does not build blocks; None where there is nothing to count by.
    """

    blocks: tuple[Block, ...]
    declared: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    attachments: tuple[Link, ...] = ()
    visible: int | None = None
    method: str = ""

    @property
    def kept(self) -> int:
        """Characters in the blocks, white space aside."""
        return sum(len("".join(block.text.split())) for block in self.blocks)


def table_row(header: Sequence[str], cells: Sequence[str]) -> Block:
    """A table row as one line that stands alone: each cell behind its column's name."""
    names = [*header, *[""] * max(0, len(cells) - len(header))]
    pairs = [with_unit(name, cell) for name, cell in zip(names, cells, strict=False)]
    parts = [f"{name}：{cell}" if name and name != cell else cell for name, cell in pairs if cell]
    return Block("；".join(dict.fromkeys(parts)) + "。", is_row=True)


def table_rows(rows: Sequence[Sequence[str | None]], header: Sequence[str] | None = None) -> list[Block]:
    """A table's rows under its header, which is its first row unless given, or its first two.

    None is the rest of a merged cell and takes the text it is merged with. A first row with one text only is the
    table's caption. A header row with cells merged across has its parts in the row below: 比例-中小企业.
    """
    filled = _filled(rows)
    captions: list[Block] = []
    raw = list(rows)
    while header is None and len(filled) > 1 and len(filled[0]) > 1 and len(set(filled[0]) - {""}) == 1:
        captions.append(Block(next(c for c in filled[0] if c), is_row=True))
        filled, raw = filled[1:], raw[1:]
    if not filled:
        return captions
    if header is None:
        names, body = filled[0], filled[1:]
        if len(body) > 1 and _is_merged_across(raw[0]):
            names = [a if a == b or not b else f"{a}-{b}" for a, b in zip(names, body[0], strict=False)]
            body = body[1:]
        if not body:
            return (
                [*captions, Block("；".join(c for c in names if c), is_row=True)] if any(names) else captions
            )
    else:
        names, body = list(header), filled
    return [*captions, *(table_row(names, row) for row in body if any(row) and row != names)]


def header_of(rows: Sequence[Sequence[str | None]]) -> list[str]:
    """The first row, as the header for a table that goes on."""
    return _filled(rows[:1])[0]


def _is_merged_across(row: Sequence[str | None]) -> bool:
    return any(cell is None and column and row[column - 1] is not None for column, cell in enumerate(row))


def _filled(rows: Sequence[Sequence[str | None]]) -> list[list[str]]:
    """None is the rest of a merged cell: it repeats what stands above, else to the left; "" stays empty."""
    filled: list[list[str]] = []
    for row in rows:
        line: list[str] = []
        for column, cell in enumerate(row):
            if cell is not None:
                line.append(" ".join(cell.split()))
            elif filled and column < len(filled[-1]):
                line.append(filled[-1][column])
            else:
                line.append(line[-1] if line else "")
        filled.append(line)
    return filled
