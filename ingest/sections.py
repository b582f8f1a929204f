"""Blocks → the document's text and its sections by the paper's own numbering."""

from __future__ import annotations

from assistant.models import Section
from ingest.numbering import QUESTION_RANK, numbering
from ingest.reading import Block

_HEADING_LENGTH = 40
_EXPLICIT = -10  # a heading marked as such stands above any number at the start of a paragraph


def assemble(blocks: tuple[Block, ...]) -> tuple[str, tuple[Section, ...]]:
    """The text (one block a line) and its sections in order, each up to the next of its level or above."""
    lines: list[str] = []
    opened: list[tuple[int, str | None, str, int]] = []
    position = 0
    for block in blocks:
        if part := _part(block):
            level, number, heading = part
            opened.append((level, number, heading, position))
        lines.append(block.text)
        position += len(block.text) + 1
    text = "\n".join(lines)
    return text, tuple(_closed(opened, len(text)))


def _part(block: Block) -> tuple[int, str | None, str] | None:
    found = numbering(block.text)
    number = found.number if found and found.rank != QUESTION_RANK else None
    if block.level is not None:
        return _EXPLICIT + block.level, number, block.text
    if found is None:
        return None
    if found.rank == QUESTION_RANK:
        return found.rank, None, ""  # the question is part of the chunk, not only a heading above it
    is_heading = len(block.text) <= _HEADING_LENGTH and block.text[-1] not in "。；;："
    return found.rank, number, block.text if is_heading else block.text[: found.length]


def _closed(opened: list[tuple[int, str | None, str, int]], end: int) -> list[Section]:
    stops = [end] * len(opened)
    around: list[int] = []
    for index, (level, _, _, start) in enumerate(opened):
        while around and opened[around[-1]][0] >= level:
            stops[around.pop()] = start - 1
        around.append(index)
    return [
        Section(number=number, heading=heading, level=level, start=start, end=stop)
        for (level, number, heading, start), stop in zip(opened, stops, strict=True)
    ]


class Outline:
    """The sections of a document, asked from its beginning to its end."""

    def __init__(self, sections: tuple[Section, ...]) -> None:
        self._sections = sections
        self._next = 0
        self._path: list[Section] = []

    def at(self, position: int) -> list[Section]:
        """The sections around a position that is not before the last one asked for, outermost first."""
        path = list(self._path)
        while self._next < len(self._sections) and self._sections[self._next].start <= position:
            path.append(self._sections[self._next])
            self._next += 1
        self._path = [s for s in path if position < s.end]
        return self._path
