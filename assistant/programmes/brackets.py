"""Rates by part of a sum, as in a tax: `100万元以下的部分按10%，100万元至500万元的部分按6%` → brackets, and what they give."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from assistant.law.figures import Figure
from assistant.law.wording import percent, yuan
from assistant.models import Language

_PART = re.compile(r"^[^,;。]{0,24}?的?部分,?(?:[^,;。\d]{0,8})$")
_UPPER = re.compile(r"^\s*(?:\(含\))?(?:及)?以[下内]")
_LOWER = re.compile(r"^\s*(?:\(含\))?(?:及)?以上")
_OVER = re.compile(r"(?:超过|高于|大于|超出)\s*$")
_TO = re.compile(r"^\s*(?:\(不?含\))?(?:以上)?\s*(?:至|到|-|~|—)\s*$")


@dataclass(frozen=True)
class Bracket:
    """The part of a sum from `lower` to `upper` (None: without end), and its rate."""

    lower: Decimal
    upper: Decimal | None
    rate: Decimal


def brackets_in(normal: str, figures: Sequence[Figure]) -> tuple[tuple[Bracket, ...], tuple[int, int] | None]:
    """The brackets of a normalised sentence and where they stand; none where fewer than two follow each other."""
    found: list[Bracket] = []
    start = end = 0
    sums: list[Figure] = []
    for figure in figures:
        if figure.unit == "元":
            sums.append(figure)
            continue
        if figure.unit != "%" or not sums or not _PART.match(normal[sums[-1].end : figure.start]):
            sums = []
            continue
        if (bounds := _bounds(normal, sums)) is not None:
            start = start if found else sums[-2 if len(sums) > 1 and bounds[1] and bounds[0] else -1].start
            found.append(Bracket(*bounds, figure.value / 100))
            end = figure.end
        sums = []
    known = len(found) > 1 and all(a.upper == b.lower for a, b in pairwise(found))
    return (tuple(found), (start, end)) if known else ((), None)


def _bounds(normal: str, sums: Sequence[Figure]) -> tuple[Decimal, Decimal | None] | None:
    """From where to where; None where the wording does not say."""
    last = sums[-1]
    behind = normal[last.end :]
    if len(sums) > 1 and _TO.match(normal[sums[-2].end : last.start]):
        return sums[-2].value, last.value
    if _LOWER.match(behind) or _OVER.search(normal[: last.start]):
        return last.value, None
    return (Decimal(0), last.value) if _UPPER.match(behind) or "不超过" in normal[: last.start][-6:] else None


def bracketed(sum_told: Decimal, brackets: Sequence[Bracket], language: Language) -> tuple[Decimal, str]:
    """What the parts of a sum give together, and the working: 100万元 × 10% + 200万元 × 6% = 22万元."""
    total, shown = Decimal(0), []
    for one in brackets:
        part = (sum_told if one.upper is None else min(sum_told, one.upper)) - one.lower
        if part > 0:
            total += part * one.rate
            shown.append(f"{yuan(part, language)} × {percent(one.rate)}")
    return total, f"{' + '.join(shown)} = {yuan(total, language)}"
