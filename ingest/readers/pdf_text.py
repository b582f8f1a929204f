"""A PDF page's characters where they stand → rows of segments; glyphs drawn twice for boldness count once."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points, from the page's top left corner as it is shown."""

_SAME_GLYPH = 0.4  # of a glyph's size: the same character so near is the same one, drawn again for boldness
_SEGMENT = 1.7  # of a character: a wider gap parts two columns or cells
_SPACE = 0.3  # of a character: a wider gap between Latin words is a space
_GUESSED = 0.35  # of a character: a gap that pdfium takes for a space is one when it is so wide
_WIDE_SPACE = 0.8  # the same between Chinese characters


@dataclass(frozen=True)
class Char:
    """One character and the box of its line's height around it."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    spaced: bool = False
    """Whether the writer put a space before it."""

    @property
    def size(self) -> float:
        """The height of the line that it is set in."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Where its middle stands from the top."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Segment:
    """Characters that stand together in a row."""

    chars: tuple[Char, ...]

    @cached_property
    def text(self) -> str:
        """The characters, with a space where a gap between words shows one."""
        line = self.chars[0].text
        for before, char in pairwise(self.chars):
            line += _between(before, char) + char.text
        return " ".join(line.split())

    @property
    def x0(self) -> float:
        """The left edge."""
        return self.chars[0].x0

    @property
    def x1(self) -> float:
        """The right edge."""
        return max(c.x1 for c in self.chars[-3:])

    @cached_property
    def size(self) -> float:
        """The height of most of its characters."""
        sizes = sorted(c.size for c in self.chars)
        return sizes[len(sizes) // 2]

    @cached_property
    def top(self) -> float:
        """The upper edge."""
        return min(c.top for c in self.chars)

    @cached_property
    def bottom(self) -> float:
        """The lower edge."""
        return max(c.bottom for c in self.chars)

    @property
    def box(self) -> Box:
        """Its box."""
        return self.x0, self.top, self.x1, self.bottom


Row = list[Segment]
"""The segments at one height, from left to right."""


def _between(before: Char, char: Char) -> str:
    gap, size = char.x0 - before.x1, min(before.size, char.size)
    raised = char.size < 0.75 * before.size and char.bottom < before.bottom - 0.2 * before.size
    if raised and before.text.isdigit() and char.text.isdigit():
        return "^"
    narrow = before.text.isascii() and char.text.isascii()
    return " " if char.spaced or gap > (_SPACE if narrow else _WIDE_SPACE) * size else ""


def characters(page: Any) -> tuple[list[Char], int]:
    """(the characters as shown, how many of them say no character): a pypdfium2 page, upright text only."""
    import pypdfium2.raw as pdfium

    text_page = page.get_textpage()
    try:
        return _characters(text_page.raw, pdfium, page)
    finally:
        text_page.close()


def _characters(raw: Any, pdfium: Any, page: Any) -> tuple[list[Char], int]:
    turn = page.get_rotation()
    shown = page.get_size()
    width, height = shown if turn in (0, 180) else shown[::-1]
    box = pdfium.FS_RECTF()
    left, bottom, _, _ = page.get_cropbox() if hasattr(page, "get_cropbox") else (0.0, 0.0, 0.0, 0.0)
    found: list[Char] = []
    unknown = 0
    high = 0
    space: tuple[float, float, float] | None = None
    guessed = False
    for index in range(pdfium.FPDFText_CountChars(raw)):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if 0xD800 <= code < 0xDC00:  # pdfium tells UTF-16 units
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        char = chr(code)
        if pdfium.FPDFText_IsGenerated(raw, index) == 1:
            guessed = guessed or char == " "
            continue
        if code in (0, 0xFFFE) or char in "\r\n\u200b\ufeff":
            continue
        angle = pdfium.FPDFText_GetCharAngle(raw, index)
        if angle >= 0 and abs(math.remainder(angle - math.radians(turn), 2 * math.pi)) > 0.1:
            continue  # a watermark or the page's edge
        if not pdfium.FPDFText_GetLooseCharBox(raw, index, ctypes.byref(box)):
            continue
        if code == 0xFFFD or unicodedata.category(char) in ("Co", "Cc", "Cn"):
            unknown += 1
        corners = _turned(
            box.left - left, box.bottom - bottom, box.right - left, box.top - bottom, turn, width, height
        )
        if char.isspace():
            space = (corners[0], corners[1], corners[2])
            continue
        size = corners[3] - corners[1]
        spaced = space is not None and space[2] - space[0] > 0.12 * size and abs(space[1] - corners[1]) < size
        spaced = spaced and space is not None and -0.2 * size < corners[0] - space[2] < 1.2 * size
        if guessed and found:
            spaced = spaced or corners[0] - found[-1].x1 > _GUESSED * size
        found.append(Char(char, *corners, spaced))
        space, guessed = None, False
    return list(_once(found)), unknown


def _turned(
    x0: float, y0: float, x1: float, y1: float, turn: int, width: float, height: float
) -> tuple[float, float, float, float]:
    """A box in the page's own space → as it is shown, from the top left corner."""
    match turn:
        case 90:
            return y0, x0, y1, x1
        case 180:
            return width - x1, y0, width - x0, y1
        case 270:
            return height - y1, width - x1, height - y0, width - x0
    return x0, height - y1, x1, height - y0


def _once(chars: Iterable[Char]) -> Iterator[Char]:
    """Each glyph once: some writers draw it again beside itself to make it bold."""
    seen: dict[tuple[str, int, int], list[Char]] = {}
    for char in chars:
        reach = _SAME_GLYPH * max(1.0, min(char.size, char.x1 - char.x0))
        cell = (int(char.x0 // 8), int(char.top // 8))
        near = [
            other
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
            for other in seen.get((char.text, cell[0] + dx, cell[1] + dy), ())
        ]
        if any(abs(o.x0 - char.x0) < reach and abs(o.top - char.top) < reach for o in near):
            continue
        seen.setdefault((char.text, *cell), []).append(char)
        yield char


def rows_of(chars: Iterable[Char]) -> list[Row]:
    """Characters → rows from top to bottom, each cut into segments at wide gaps."""
    rows: list[list[Char]] = []
    middles: list[tuple[float, float]] = []
    for char in sorted(chars, key=lambda c: (c.middle, c.x0)):
        if rows and abs(char.middle - middles[-1][0]) < 0.45 * min(char.size, middles[-1][1]) + 0.01:
            rows[-1].append(char)
            continue
        if (
            rows
            and char.size < 0.75 * middles[-1][1]
            and char.top < max(c.bottom for c in rows[-1][-8:]) - 0.3 * char.size
        ):
            rows[-1].append(char)  # a lowered character
            continue
        rows.append([char])
        middles.append((char.middle, char.size))
    return [_segments(row) for row in _merged(rows)]


def _merged(rows: list[list[Char]]) -> list[list[Char]]:
    """Rows of raised characters join the row that they overlap: a small row within the height of a larger one."""
    merged: list[list[Char]] = []
    for row in rows:
        if merged:
            above = merged[-1]
            size, own = max(c.size for c in above), max(c.size for c in row)
            top, bottom = min(c.top for c in row), max(c.bottom for c in row)
            others = min(c.top for c in above), max(c.bottom for c in above)
            overlap = min(bottom, others[1]) - max(top, others[0])
            if overlap > 0.6 * min(size, own) and abs(size - own) > 0.2 * max(size, own):
                above.extend(row)
                continue
        merged.append(list(row))
    return merged


def _segments(row: list[Char]) -> Row:
    ordered = sorted(row, key=lambda c: (c.x0, c.x1))
    segments: list[list[Char]] = [[ordered[0]]]
    for before, char in pairwise(ordered):
        if char.x0 - before.x1 > _SEGMENT * min(before.size, char.size):
            segments.append([])
        segments[-1].append(char)
    return [Segment(tuple(chars)) for chars in segments]
