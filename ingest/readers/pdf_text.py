"""A PDF page's characters where they stand → rows of segments; glyphs drawn twice for boldness count once."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby, pairwise
from statistics import median
from typing import Any, NamedTuple

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points, from the top left corner of the page."""

_ASCENT = 0.88  # of a letter's size above its base line
_SAME_GLYPH = 0.4  # of a glyph's size: the same character so near is the same one, drawn again for boldness
_LARGEST_REACH = 8.0  # points within which it may be
_SEGMENT = 1.9  # of a character: a wider gap parts two columns or cells
_SPACE = 0.2  # of a character, beyond the line's usual gap: wider between Latin words is a space
_GUESSED = 0.18  # the same between Chinese characters, where pdfium takes it for a space
_GUESSED_MIXED = (
    0.35  # the same between a Chinese and a Latin character, which writers set apart by themselves
)
_WIDE_SPACE = 0.8  # the same, whatever pdfium takes it for
_TILT = 0.1  # radians that a line of text may lean
_INVISIBLE = 3  # the render mode of text that is not painted
_SEAL = 4  # so many leaning letters in a row are set around a seal


@dataclass(frozen=True)
class View:
    """How a page is read: its visible part in the file's own space, and by how many degrees it is turned clockwise.

    `turn` brings the text level; `shown` is the page's own turn. They differ where a table is set sideways.
    """

    left: float
    bottom: float
    width: float
    height: float
    shown: int = 0
    turn: int = 0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as the page is read."""
        return (self.width, self.height) if self.turn in (0, 180) else (self.height, self.width)

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """A box of the file's own space → as the page is read."""
        x0, y0, x1, y1 = x0 - self.left, y0 - self.bottom, x1 - self.left, y1 - self.bottom
        return _turned((x0, self.height - y1, x1, self.height - y0), self.turn, self.width, self.height)

    def shown_box(self, box: Box) -> Box:
        """A box as the page is read → as the page is shown."""
        width, height = self.size
        return _turned(box, (self.shown - self.turn) % 360, width, height)


def _turned(box: Box, turn: int, width: float, height: float) -> Box:
    """A box on a page of width × height → on the page turned clockwise."""
    x0, top, x1, bottom = box
    match turn:
        case 90:
            return height - bottom, x0, height - top, x1
        case 180:
            return width - x1, height - bottom, width - x0, height - top
        case 270:
            return top, width - x1, bottom, width - x0
    return box


@dataclass(frozen=True)
class Char:
    """One character and the square of its size around it."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    spaced: bool = False
    """Whether the writer put a space before it."""
    guessed: bool = False
    """Whether pdfium takes the gap before it for a space."""
    ends_in_space: bool = False
    """Whether the writer put a space behind it at the end of a line."""

    @property
    def size(self) -> float:
        """The size that it is set in."""
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
        usual = _usual_gap(self.chars)
        line = self.chars[0].text
        for before, char in pairwise(self.chars):
            line += _between(before, char, usual) + char.text
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
        """The size of most of its characters."""
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


def _usual_gap(chars: Sequence[Char]) -> float:
    """The gap between most neighbours, which a justified line widens; at least 0."""
    gaps = [b.x0 - a.x1 for a, b in pairwise(chars)]
    return max(0.0, median(gaps)) if len(gaps) > 2 else 0.0


def _between(before: Char, char: Char, usual: float) -> str:
    size = min(before.size, char.size)
    raised = char.size < 0.75 * before.size and char.bottom < before.bottom - 0.15 * before.size
    if raised and before.text.isdigit() and char.text.isdigit():
        return "^"
    if char.spaced:
        return " "
    gap = char.x0 - before.x1 - usual
    narrow = before.text.isascii() + char.text.isascii()
    if narrow == 2:
        return " " if gap > _SPACE * size else ""
    if char.guessed and gap > (_GUESSED_MIXED if narrow else _GUESSED) * size and _is_letter(before, char):
        return " "
    return " " if gap > _WIDE_SPACE * size else ""


def _is_letter(*chars: Char) -> bool:
    """Whether none is a punctuation mark, whose own width holds a gap."""
    return all(unicodedata.category(c.text)[0] in "LN" for c in chars)


@dataclass
class PageText:
    """What a page's text layer says."""

    chars: list[Char] = field(default_factory=list)
    view: View = field(default_factory=lambda: View(0, 0, 0, 0))
    unknown: int = 0
    """Characters that say no character."""
    hidden: int = 0
    """Characters among `chars` that are not painted, as in the text layer of a scan."""
    sideways: int = 0
    """Characters that stand at a right angle to the others; they are not among `chars`."""


class _Raw(NamedTuple):
    """A character as pdfium tells it, in the file's own space; an angle in radians, anticlockwise."""

    text: str
    x: float
    y: float
    size: float
    width: float
    """How far it takes the pen; 0 where that is not known."""
    angle: float
    box: Box
    guessed: bool
    hidden: bool


def page_text(page: Any, is_scan: bool) -> PageText:
    """The characters of a pypdfium2 page as they are read; unpainted ones only where the page is one picture."""
    text_page = page.get_textpage()
    try:
        raw = list(_raw(text_page.raw))
    finally:
        text_page.close()
    left, bottom, right, top = page.get_cropbox()
    shown = page.get_rotation()
    angles = Counter(
        round(math.degrees(c.angle) / 90) * 90 % 360
        for c in raw
        if not c.text.isspace() and _is_square(c.angle)
    )
    turn = max(angles, key=lambda a: (angles[a], a == shown)) if angles else shown
    view = View(left, bottom, right - left, top - bottom, shown, turn)
    found = PageText(view=view, sideways=sum(angles.values()) - angles[turn])
    found.chars = list(_once(_placed(raw, view, found, is_scan)))
    return found


def _is_square(angle: float) -> bool:
    return abs(math.remainder(angle, math.pi / 2)) <= _TILT


def _raw(text_page: Any) -> Iterator[_Raw]:
    import pypdfium2.raw as pdfium

    box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    known: dict[int, _Style] = {}
    high, guessed = 0, False
    for index in range(pdfium.FPDFText_CountChars(text_page)):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        if 0xD800 <= code < 0xDC00:  # pdfium tells UTF-16 units
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        char = chr(code)
        drawn = pdfium.FPDFText_GetTextObject(text_page, index)
        if not drawn:  # pdfium's own
            guessed = guessed or char == " "
            continue
        if char in "\r\n\u200b\ufeff":
            continue
        if not (
            pdfium.FPDFText_GetLooseCharBox(text_page, index, box)
            and pdfium.FPDFText_GetCharOrigin(text_page, index, x, y)
        ):
            continue
        key = ctypes.addressof(drawn.contents)
        style = known.get(key)
        if style is None:
            style = known[key] = _Style(text_page, index, drawn)
        width = style.across * (style.width_of(code) if code < 0x2000 else 1.0)
        edges = (box.left, box.bottom, box.right, box.top)
        yield _Raw(char, x.value, y.value, style.size, width, style.angle, edges, guessed, style.hidden)
        guessed = False


class _Style:
    """How a text object is set: its size, how wide an em is, its angle, and whether it is painted."""

    def __init__(self, text_page: Any, index: int, drawn: Any) -> None:
        import pypdfium2.raw as pdfium

        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(text_page, index, matrix)
        font = abs(pdfium.FPDFText_GetFontSize(text_page, index))
        self.size = font * math.hypot(matrix.c, matrix.d)
        self.across = font * math.hypot(matrix.a, matrix.b)
        self.angle = math.atan2(matrix.b, matrix.a)
        self.hidden = pdfium.FPDFTextObj_GetTextRenderMode(drawn) == _INVISIBLE
        self._font = pdfium.FPDFTextObj_GetFont(drawn)
        self._widths: dict[int, float] = {}

    def width_of(self, code: int) -> float:
        """How far a character takes the pen, in ems; pdfium's boxes are of its ink. 0 where the font does not tell."""
        if code not in self._widths:
            import pypdfium2.raw as pdfium

            width = ctypes.c_float()
            told = bool(self._font) and pdfium.FPDFFont_GetGlyphWidth(self._font, code, 1000.0, width)
            self._widths[code] = width.value / 1000 if told else 0.0
        return self._widths[code]


def _placed(raw: Sequence[_Raw], view: View, found: PageText, is_scan: bool) -> Iterator[Char]:
    """The characters that a person sees, upright, inside the page; what is left out is counted in `found`."""
    width, height = view.size
    space: Box | None = None
    last: _Raw | None = None
    last_box: Box = (0.0, 0.0, 0.0, 0.0)
    last_spaced = False
    for one in _without_seals(raw, view.turn):
        box = _em_box(one, view)
        if one.text.isspace():
            space = box
            continue
        if not (0 <= (box[0] + box[2]) / 2 <= width and 0 <= (box[1] + box[3]) / 2 <= height):
            continue
        if one.hidden and not is_scan:
            continue
        found.hidden += one.hidden
        if one.text in "\x00\ufffd\ufffe" or unicodedata.category(one.text) in ("Co", "Cc", "Cn"):
            found.unknown += 1
        spaced = at_end = False
        if last is not None:
            if space is not None:
                spaced, at_end = _space_between(space, last_box, box)
            yield Char(last.text, *last_box, last_spaced, last.guessed, at_end)
        last, last_box, last_spaced, space = one, box, spaced, None
    if last is not None:
        yield Char(last.text, *last_box, last_spaced, last.guessed)


def _em_box(one: _Raw, view: View) -> Box:
    """The square of a character's size around it, as the page is read."""
    _, top, end, bottom = view.box(*one.box)
    x, base, _, _ = view.box(one.x, one.y, one.x, one.y)
    size = one.size or bottom - top
    if one.width and abs(end - x - one.width) < 0.5 * max(one.width, 0.5 * size):
        end = x + one.width  # pdfium widens or narrows the box to the ink
    return x, base - _ASCENT * size, max(end, x), base + (1 - _ASCENT) * size


def _space_between(space: Box, before: Box, char: Box) -> tuple[bool, bool]:
    """Whether a written space stands before a character in its line, and whether one stands behind the line before."""
    size = char[3] - char[1]
    if abs(space[1] - char[1]) < size and -0.2 * size < char[0] - space[2] < 1.2 * size:
        return space[2] - space[0] > 0.12 * size, False
    return False, abs(space[1] - before[1]) < size and -0.2 * size < space[0] - before[2] < 1.2 * size


def _without_seals(raw: Sequence[_Raw], turn: int) -> Iterator[_Raw]:
    """The level characters; those between leaning ones are of a seal's ring, wherever it is level by chance."""

    def leans(one: _Raw) -> bool:
        return abs(math.remainder(one.angle - math.radians(turn), 2 * math.pi)) > _TILT

    runs = [(lean, list(run)) for lean, run in groupby(raw, key=leans)]
    for index, (lean, run) in enumerate(runs):
        if lean:
            continue
        around = [len(runs[i][1]) for i in (index - 1, index + 1) if 0 <= i < len(runs)]
        written = sum(1 for c in run if not c.text.isspace())
        if written > 2 or len(around) < 2 or sum(around) < _SEAL:
            yield from run


def _once(chars: Iterable[Char]) -> Iterator[Char]:
    """Each glyph once: some writers draw it again beside itself to make it bold."""
    seen: dict[tuple[str, int, int], list[Char]] = {}
    for char in chars:
        reach = min(_LARGEST_REACH, _SAME_GLYPH * max(1.0, min(char.size, char.x1 - char.x0)))
        side = 2 * _LARGEST_REACH
        column, row = char.x0 / side, char.top / side
        again = any(
            abs(other.x0 - char.x0) < reach and abs(other.top - char.top) < reach
            for i in (int(column - 0.5), int(column + 0.5))
            for j in (int(row - 0.5), int(row + 0.5))
            for other in seen.get((char.text, i, j), ())
        )
        seen.setdefault((char.text, int(column), int(row)), []).append(char)
        if not again:
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
    if _is_spread(ordered):
        plain = [Char(c.text, c.x0, c.top, c.x1, c.bottom) for c in ordered]
        return [SpreadSegment(tuple(plain))]
    segments: list[list[Char]] = [[ordered[0]]]
    for before, char in pairwise(ordered):
        if char.x0 - before.x1 > _SEGMENT * min(before.size, char.size):
            segments.append([])
        segments[-1].append(char)
    return [Segment(tuple(chars)) for chars in segments]


class SpreadSegment(Segment):
    """A heading whose letters are set far apart: 目　录. The gaps are no spaces."""

    @cached_property
    def text(self) -> str:
        """The characters without spaces."""
        return "".join(c.text for c in self.chars)


def _is_spread(ordered: Sequence[Char]) -> bool:
    """Whether a row is a few Chinese characters, each as far from the next, half a character to four."""
    gaps = [b.x0 - a.x1 for a, b in pairwise(ordered)]
    if not 1 <= len(gaps) <= 15 or not all("\u4e00" <= c.text <= "\u9fff" for c in ordered):
        return False
    size = min(c.size for c in ordered)
    return 0.5 * size <= min(gaps) and max(gaps) <= 4 * size and max(gaps) - min(gaps) < 0.35 * size
