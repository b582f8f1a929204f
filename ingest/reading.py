"""What a reader hands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Block:
    """A paragraph, a table row or a heading (`level` 1 is the highest); its text has no line break."""

    text: str
    level: int | None = None


@dataclass(frozen=True)
class Reading:
    """A file's blocks in reading order, and the metadata it declares."""

    blocks: tuple[Block, ...]
    declared: dict[str, Any] = field(default_factory=dict)


def table_row(header: list[str], cells: list[str]) -> Block:
    """A table row as one line that stands alone: each cell behind its column's name."""
    named = zip(header + [""] * len(cells), cells, strict=False)
    parts = [f"{name}：{cell}" if name else cell for name, cell in named if cell]
    return Block("；".join(parts) + "。")
