"""Caps that a clause gives without a rate: 最高2000万元, 150万元以内."""

from __future__ import annotations

import re
from decimal import Decimal

from assistant.text import sentences
from assistant.values import money_in, normalise

_CAP_BEFORE = re.compile(
    r"(?:最高|最多|不超过|上限为?|累计最高)(?:给予|支持|资助|奖励|补贴|补助|投入|扶持)*(?:不超过)?\s*$"
)
_CAP_BEHIND = re.compile(r"\s*(?:以内|封顶|为限)")
_OF_ALL = re.compile(r"总额|总规模|合计|资金池|全区|全市|预算")


def caps_alone(text: str) -> list[tuple[int, int, Decimal]]:
    """(start, end, yuan) of the sentences of a clause that give a cap and no rate; totals of a programme are none."""
    found = []
    for start, end in sentences(text):
        plain_text = normalise(text[start:end])
        caps = [
            v
            for v in money_in(plain_text)
            if _CAP_BEFORE.search(plain_text[: v.start]) or _CAP_BEHIND.match(plain_text[v.end :])
        ]
        own = [v for v in caps if not _OF_ALL.search(re.split(r"[,;，；]", plain_text[: v.start])[-1])]
        found += [(start, end, v.value) for v in own if isinstance(v.value, Decimal)]
    return found
