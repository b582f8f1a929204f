"""What a reader hands on, and within which limits it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.text import CELL_MARK
from ingest.units import with_unit


@dataclass(frozen=True)
class Limits:
    """Bounds that keep one bad file from stopping the others, and where recognised pages are kept."""

    max_mb: float = 50
    max_pages: int = 1000
    ocr_cache: Path | None = None


@dataclass(frozen=True)
class Place:
    """Where a block stands in a paged file: the page from 1, and its box (left, top, right, bottom) in points.

    A block that goes on over the page has a place for each part; `start` is where that begins in the block's text.
    """

    page: int
    box: tuple[float, float, float, float] | None = None
    start: int = 0


@dataclass(frozen=True)
class Block:
    """A paragraph, a table row or a heading (`level` 1 is the highest); its text has no line break."""

    text: str
    level: int | None = None
    is_row: bool = False
    place: Place | None = None
    goes_on: tuple[Place, ...] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place that it stands in, in order."""
        return (self.place, *self.goes_on) if self.place else ()


@dataclass(frozen=True)
class Link:
    """A file that a page points to, or (`is_page`) the next page of the same paper."""

    address: str
    text: str
    is_page: bool = False


@dataclass(frozen=True)
class Reading:
    """A file's blocks in reading order, the metadata it declares, and what the reader has to say of it.

    `visible` counts the characters (white space aside) that a person sees of the paper in the file, by a plain count
    that does not build blocks; None where there is nothing to count by. `page` is what the page around the paper says of
    it in labels, weaker than what the paper says; `next_page` the address of the paper's next part.
    """

    blocks: tuple[Block, ...]
    declared: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    attachments: tuple[Link, ...] = ()
    visible: int | None = None
    method: str = ""
    page: dict[str, Any] = field(default_factory=dict)
    next_page: str | None = None

    @property
    def kept(self) -> int:
        """Characters in the blocks, white space aside."""
        return sum(len("".join(block.text.split())) for block in self.blocks)


def table_row(header: Sequence[str], cells: Sequence[str], group: str = "") -> Block:
    """A table row as one line that stands alone: each cell behind its column's name, its group's name before them."""
    names = [*header, *[""] * max(0, len(cells) - len(header))]
    parts = [group] if group else []
    for name, cell in zip(names, cells, strict=False):
        if cell:
            name, cell = with_unit(name, cell)
            parts.append(f"{name.rstrip('：:')}：{cell}" if name and name != cell else cell)
    return Block(CELL_MARK.join(dict.fromkeys(parts)), is_row=True)
