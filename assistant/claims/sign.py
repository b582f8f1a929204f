"""A sign against a claim: how strong, and what it was seen in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Sign(NamedTuple):
    """What speaks against a claim: 0 nothing, the more the stronger; the detail names the words or figures."""

    value: float
    detail: str = ""


NOTHING = Sign(0.0)


def strongest(found: Iterable[Sign]) -> Sign:
    """The strongest of several signs of one kind."""
    return max(found, key=lambda sign: sign.value, default=NOTHING)


def above(sign: Sign, usual: float, full: float) -> Sign:
    """What of a sign goes beyond the amount that true paraphrases show too: 0 up to `usual`, 1 from `full` on."""
    value = min(max((sign.value - usual) / (full - usual), 0.0), 1.0)
    return Sign(value, sign.detail if value else "")
