"""Blocks → the document's text and its sections by the paper's own numbering."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from assistant.models import Section
from ingest.numbering import QUESTION_RANK, label_of, numbering
from ingest.reading import Block

_HEADING_LENGTH = 40
_EXPLICIT = -10  # a heading marked as such stands above any number at the start of a paragraph


def assemble(blocks: tuple[Block, ...]) -> tuple[str, tuple[Section, ...]]:
    """The text (one block a line) and its sections in order, each up to the next of its level or above.

    A label (补贴标准：) heads a part of the numbered section that it stands in, up to that section's next label.
    """
    lines: list[str] = []
    opened: list[_Opened] = []
    around: list[_Opened] = []
    position = 0
    for index, block in enumerate(blocks):
        following = blocks[index + 1].text if index + 1 < len(blocks) else ""
        found = _part(block, following, position) or _label(block, around, position)
        if found:
            around = [*(part for part in around if part.depth < found.depth), found]
            opened.append(found)
        lines.append(block.text)
        position += len(block.text) + 1
    text = "\n".join(lines)
    return text, tuple(_closed(opened, len(text)))


@dataclass(frozen=True)
class _Opened:
    """A part as it begins; `depth` orders it among the others, a label half a step below the number that it is under."""

    depth: float
    number: str | None
    heading: str
    start: int
    is_label: bool = False


def _part(block: Block, following: str, start: int) -> _Opened | None:
    found = numbering(block.text)
    number = found.number if found and found.rank != QUESTION_RANK else None
    if block.level is not None:
        return _Opened(_EXPLICIT + block.level, number, block.text, start)
    if found is None:
        return None
    if found.rank == QUESTION_RANK or _is_asked(block.text, following):
        return _Opened(
            found.rank, number, "", start
        )  # the question is part of the chunk, not only a heading above it
    is_heading = len(block.text) <= _HEADING_LENGTH and block.text[-1] not in "。；;："
    return _Opened(found.rank, number, block.text if is_heading else block.text[: found.length], start)


def _is_asked(text: str, following: str) -> bool:
    """Whether a numbered line is a question with its answer below it."""
    return (
        text[-1] in "？?"
        and following[:1] in ("答", "A", "a")
        and following[1:2] in ("：", ":", "。", ".", " ")
    )


def _label(block: Block, around: list[_Opened], start: int) -> _Opened | None:
    """A label's part within the numbered section around it; beside the labels that are open there already."""
    if block.is_row or not around or (name := label_of(block.text)) is None:
        return None
    beside = next((part for part in around if part.is_label), None)
    depth = beside.depth if beside else around[-1].depth + 0.5
    return _Opened(depth, None, name, start, is_label=True)


def _closed(opened: list[_Opened], end: int) -> list[Section]:
    stops = [end] * len(opened)
    around: list[int] = []
    for index, part in enumerate(opened):
        while around and opened[around[-1]].depth >= part.depth:
            stops[around.pop()] = part.start - 1
        around.append(index)
    return [
        Section(
            number=part.number,
            heading=part.heading,
            level=ceil(part.depth),
            start=part.start,
            end=stop,
            is_label=part.is_label,
        )
        for part, stop in zip(opened, stops, strict=True)
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
