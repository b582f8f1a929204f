"""What a reader hands on, and within which limits it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Limits:
    """Bounds that keep one bad file from stopping the others, and where recognised pages are kept."""

    max_mb: float = 50
    max_pages: int = 1000
    ocr_cache: Path | None = None


@dataclass(frozen=True)
class Block:
    """A paragraph, a table row or a heading (`level` 1 is the highest); its text has no line break."""

    text: str
    level: int | None = None


@dataclass(frozen=True)
class Link:
    """An attachment a page points to."""

    address: str
    text: str


@dataclass(frozen=True)
class Reading:
    """A file's blocks in reading order, the metadata it declares, and what the reader has to say of it."""

    blocks: tuple[Block, ...]
    declared: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    attachments: tuple[Link, ...] = ()


def table_row(header: Sequence[str], cells: Sequence[str]) -> Block:
    """A table row as one line that stands alone: each cell behind its column's name."""
    names = [*header, *[""] * max(0, len(cells) - len(header))]
    parts = [
        f"{name}：{cell}" if name and name != cell else cell
        for name, cell in zip(names, cells, strict=False)
        if cell
    ]
    return Block("；".join(dict.fromkeys(parts)) + "。")


def table_rows(rows: Sequence[Sequence[str | None]], header: Sequence[str] | None = None) -> list[Block]:
    """A table's rows under its header (the first row unless given); an empty merged cell takes the one above."""
    filled = _filled(rows)
    if not filled:
        return []
    names, body = (filled[0], filled[1:]) if header is None else (list(header), filled)
    if header is None and not body:
        return [Block("；".join(c for c in names if c))] if any(names) else []
    return [table_row(names, row) for row in body if any(row) and row != names]


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
