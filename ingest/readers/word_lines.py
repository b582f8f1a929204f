"""A paragraph of a Word paper as it is shown, and how broken and spaced-out lines are put together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from ingest.numbering import is_foot, numbering
from ingest.readers.word_styles import Look

_HAN = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef“”‘’—…·]")
_SPACED = re.compile(r"(?:[\u4e00-\u9fff]\s+)+[\u4e00-\u9fff]")
_STOPS = "。！？；：!?;:"
_LABEL = re.compile(r"[^，。；：:]{1,12}[：:]")
_POWER = {"2": "²", "3": "³"}
_UNIT = re.compile(r"(?:^|[^A-Za-z])(?:[kcdm]?m)$")


@dataclass
class Line:
    """A paragraph, a table row or a note as text; `size` in points, `style` its style's id, `picture` a part's name."""

    text: str
    level: int | None = None
    is_row: bool = False
    is_note: bool = False
    centred: bool = False
    bold: bool = False
    size: float = 0.0
    style: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Piece:
    """A stretch of a paragraph in one look; a line break is "\\n"."""

    text: str
    look: Look


def is_han(character: str) -> bool:
    """Whether a character is Chinese or one of its signs, so that no space stands beside it."""
    return _HAN.match(character) is not None


def joined(before: str, after: str) -> str:
    """Two lines of one sentence as one: no space beside Chinese, one between Latin words."""
    if not before or not after:
        return before or after
    return f"{before}{after}" if is_han(before[-1]) or is_han(after[0]) else f"{before} {after}"


def closed_up(text: str, centred: bool = False) -> str:
    """松 涛 区 文 件 → 松涛区文件: a line of single characters spaced out; two of them only where centred."""
    if _SPACED.fullmatch(text) and (centred or len("".join(text.split())) >= 4):
        return "".join(text.split())
    return text


def text_of(pieces: list[Piece]) -> str:
    """The pieces as text with its line breaks; raised and lowered figures do not join those before them."""
    text = ""
    for raised, group in groupby(pieces, key=lambda p: p.look.raised if p.text.strip() else "baseline"):
        part = "".join(p.text for p in group)
        if raised == "superscript":
            text += _raised(text, " ".join(part.split()))
        elif raised == "subscript" and text[-1:].isdigit():
            text += f"_{part.strip()} "
        else:
            text += part
    return text


def _raised(before: str, part: str) -> str:
    """10² → 10^2, km² as it is; the mark of a note is bracketed, and goes behind a figure."""
    if part in _POWER and _UNIT.search(before[-3:]):
        return _POWER[part]
    is_mark = part.isdecimal() or re.fullmatch(r"[①-⑳*※\[\]〔〕【】\d]+", part) is not None
    if before[-1:].isdigit():
        return f"^{part} " if part.isdecimal() else "" if is_mark else part
    return f"[{part.strip('[]〔〕【】')}]" if is_mark else part


def broken(text: str, keep_whole: bool) -> list[str]:
    """A paragraph's lines: a line break within a sentence is none, `keep_whole` (a title) joins them all."""
    lines: list[list[str]] = []
    before = ""
    for part in (" ".join(piece.split()) for piece in text.split("\n")):
        if not part:
            continue
        if not lines or not (keep_whole or not _stands_alone(before, part)):
            lines.append([part])
        else:
            lines[-1] += [joined(before[-1], part)[1:]]
        before = part
    return ["".join(parts) for parts in lines]


def _stands_alone(before: str, line: str) -> bool:
    begins = numbering(line) is not None or _LABEL.match(line) is not None
    return before[-1] in _STOPS or begins or is_signature(line) or is_signature(before)


def is_signature(text: str) -> bool:
    """Whether a line is nothing but offices or a date; a long one, or one of nothing but such words, is not."""
    return len(text) <= 80 and sum(c in "府会局厅室委署部院" for c in text) <= 8 and is_foot(text)
