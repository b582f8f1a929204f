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
    sections = []
    for index, (level, number, heading, start) in enumerate(opened):
        following = (begin for rank, _, _, begin in opened[index + 1 :] if rank <= level)
        stop = next(following, end + 1) - 1
        sections.append(Section(number=number, heading=heading, level=level, start=start, end=stop))
    return sections


def path_at(sections: tuple[Section, ...], position: int) -> list[Section]:
    """The sections around a position, outermost first."""
    return [s for s in sections if s.start <= position < s.end]
