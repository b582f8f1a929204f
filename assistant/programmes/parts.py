"""A rate and, behind it, another for what goes beyond a sum: 按投入额的15%；500万元以上部分按10% → one offer by part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.programmes.brackets import Bracket
from assistant.programmes.offers import Offer

_BEYOND = re.compile(r"(?:\d[万亿]?元?(?:\(含\))?(?:以上|以外)|(?:超过|超出|高于)[^,;。]{0,12}元?)的?部分")


def join_parts(offers: Sequence[Offer]) -> Iterator[Offer]:
    """The offers, two of one basis as one where the second is for the part beyond a sum."""
    held: Offer | None = None
    for offer in offers:
        if held is not None and (joined := _joined(held, offer)) is not None:
            held = joined
            continue
        if held is not None:
            yield held
        held = offer
    if held is not None:
        yield held


def _joined(first: Offer, second: Offer) -> Offer | None:
    if first.rate is None or second.rate is None or second.basis not in ("", first.basis):
        return None
    ends = [b.value for b in second.bounds if b.unit == "元" and b.op in ("at_least", "more_than")]
    if not _BEYOND.search(second.label) or not ends:
        return None
    parts = (Bracket(Decimal(0), ends[-1], first.rate), Bracket(ends[-1], None, second.rate))
    return replace(
        first,
        end=second.end,
        rate=None,
        brackets=parts,
        cap=first.cap or second.cap,
        cap_at=first.cap_at or second.cap_at,
    )
