"""Two versions of a clause → what changed in its figures, in words a firm understands: 比例由30%改为40%."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from assistant.programmes.clauses import read_rules
from assistant.programmes.offers import Offer
from assistant.programmes.told import likeness
from assistant.programmes.wording import percent, yuan

_ALIKE = 4  # characters that two offers must share to be the same one


def figure_changes(before: str | None, after: str | None) -> list[str]:
    """Sentences on rates, sums, caps and what must be reached; empty when only words changed."""
    old = list(read_rules(before).offers) if before else []
    new = list(read_rules(after).offers) if after else []
    found: list[str] = []
    for offer in new:
        match = max(old, key=lambda o: likeness(o.label, offer.label), default=None)
        if match is None or likeness(match.label, offer.label) < _ALIKE:
            found.append(f"新增：{_says(offer)}")
            continue
        old.remove(match)
        found += _differences(match, offer)
    return [*found, *(f"取消：{_says(offer)}" for offer in old)]


def _differences(old: Offer, new: Offer) -> Iterator[str]:
    name = _name(new)
    for what, one, other, show in (
        ("比例", old.rate, new.rate, percent),
        ("金额", old.amount, new.amount, yuan),
        ("上限", old.cap, new.cap, yuan),
        ("原则上的上限", old.usual, new.usual, yuan),
    ):
        if one != other:
            yield f"{name}：{what}{_moved(one, other, show)}"
    for bound in new.bounds:
        past = next(
            (b for b in old.bounds if b.unit == bound.unit and likeness(b.noun, bound.noun) >= 2), None
        )
        if past is not None and past.value != bound.value:
            yield f"{name}：{bound.noun}的门槛由{past.written}改为{bound.written}"


def _moved(one: Decimal | None, other: Decimal | None, show: object) -> str:
    written = [None if v is None else show(v) for v in (one, other)]  # type: ignore[operator]
    if written[0] is None:
        return f"新设为{written[1]}"
    return f"不再规定（原为{written[0]}）" if written[1] is None else f"由{written[0]}改为{written[1]}"


def _says(offer: Offer) -> str:
    parts = [_name(offer)]
    parts += [percent(offer.rate)] if offer.rate is not None else []
    parts += [yuan(offer.amount)] if offer.amount is not None else []
    parts += [f"最高{yuan(offer.cap)}"] if offer.cap is not None else []
    return "，".join(parts)


def _name(offer: Offer) -> str:
    segments = [s for s in offer.label.replace("。", ",").split(",") if s.strip()]
    return (segments[-2] if len(segments) > 1 else segments[-1] if segments else "该项")[-24:].removesuffix(
        "的"
    )
