"""What a reader hands on, and within which limits it reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.text import CELL_MARK
from ingest.units import with_unit

_LONGEST_NAME = 24  # characters of a column's name
_FIGURE = re.compile(r"\d\s*(?:元|万元|亿元|%|％|‰|人|家|个|项|分|年|月|日)|[。；]")


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


def table_rows(rows: Sequence[Sequence[str | None]], header: Sequence[str] | None = None) -> list[Block]:
    """A table's rows under its header, which is its first row unless given, or its first two.

    None is the rest of a merged cell and takes the text it is merged with. A first row with one text only is the
    table's caption, a later one names the group of the rows below it. A header row with cells merged across has its
    parts in the row below: 比例-中小企业. A table of labels and texts, and one whose first row holds figures, has no header.
    """
    filled = _filled(rows)
    captions: list[Block] = []
    raw = list(rows)
    while header is None and len(filled) > 1 and len(filled[0]) > 1 and _is_group(filled[0]):
        captions.append(Block(next(c for c in filled[0] if c), is_row=True))
        filled, raw = filled[1:], raw[1:]
    if not filled:
        return captions
    names: list[str] = []
    body = filled
    if header is not None:
        names = list(header)
    elif _has_header(filled):
        names, body = filled[0], filled[1:]
        if len(body) > 1 and _is_merged_across(raw[0]):
            names = [a if a == b or not b else f"{a}-{b}" for a, b in zip(names, body[0], strict=False)]
            body = body[1:]
        if not body:
            alone = [Block(CELL_MARK.join(c for c in names if c), is_row=True)] if any(names) else []
            return [*captions, *alone]
    elif all(len([c for c in row if c]) <= 2 for row in filled):
        return [*captions, *(_labelled(row) for row in filled if any(row))]
    found, group = [*captions], ""
    for row in body:
        if not any(row) or row == names:
            continue
        if len(row) > 2 and _is_group(row):
            group = next(c for c in row if c)
            found.append(Block(group, is_row=True))
        else:
            found.append(table_row(names, row, group))
    return found


def _labelled(row: Sequence[str]) -> Block:
    """A row of a label and a text: label：text."""
    cells = [c for c in row if c]
    return Block(f"{cells[0].rstrip('：:')}：{cells[1]}" if len(cells) > 1 else cells[0], is_row=True)


def _is_group(row: Sequence[str]) -> bool:
    """Whether a row holds one text only, over all its columns or in the first of them."""
    return len(set(row) - {""}) == 1 and (len(set(row)) == 1 or bool(row[0]))


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: short names, none of them a sum or a sentence."""
    first = [c for c in rows[0] if c]
    if len(rows) == 1:
        return True
    if any((_FIGURE.search(c) and not c.endswith((")", "）"))) or len(c) > _LONGEST_NAME for c in first):
        return False
    is_form = all(len([c for c in row if c]) <= 2 for row in rows) and len(first) == 2
    return not (is_form and _is_form(rows))


def _is_form(rows: Sequence[Sequence[str]]) -> bool:
    """Two columns of labels and what is said of each: every label ends in a colon, or the texts are sentences."""
    labels = [row[0] for row in rows if row[0]]
    texts = [row[1] for row in rows if len(row) > 1 and row[1]]
    return all(label.endswith(("：", ":")) for label in labels) or (bool(texts) and texts[0][-1:] in "。；")


def continued_rows(
    above: Sequence[Sequence[str | None]], rows: Sequence[Sequence[str | None]]
) -> list[list[str | None]]:
    """The rows of a table on the next page: an empty first cell goes on from the page above; a repeated header goes."""
    filled = _filled(above)
    found = [list(row) for row in rows if _flat(row) != _flat(filled[0])]
    if found and filled:
        first = found[0]
        if any(first) and not first[0]:
            for column, cell in enumerate(first):
                if cell:
                    break
                first[column] = filled[-1][column] if column < len(filled[-1]) else ""
    return found


def _flat(row: Sequence[str | None]) -> list[str]:
    return ["".join((cell or "").split()) for cell in row]


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
