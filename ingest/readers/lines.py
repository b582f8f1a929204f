"""Printed lines → paragraphs: where a line goes on in the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ingest.numbering import is_foot, numbering
from ingest.reading import Block

_ENDS = "。！？；：:;!?"
_FULL = 0.75  # of the longest line: a line at least so long fills its row


def paragraphs(lines: Iterable[str], longest: int) -> Iterator[Block]:
    """A line nearly as long as the longest, that ends in no stop, goes on in the next unless that one stands alone."""
    text, goes_on = "", False
    for line in lines:
        if text and (numbering(line) or is_foot(line) or not goes_on):
            yield Block(text)
            text = ""
        text = _join(text, line)
        goes_on = len(line) >= _FULL * longest and line[-1] not in _ENDS
    if text:
        yield Block(text)


def _join(text: str, line: str) -> str:
    """Words of Latin letters need a space between lines; a number broken over lines does not."""
    before, after = text[-1:], line[:1]
    is_word = before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
    return f"{text} {line}" if is_word and not (before.isdigit() and after.isdigit()) else f"{text}{line}"
