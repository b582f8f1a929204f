"""`Proposal → cases` beside a proposed programme: at the cap and a yuan beyond, the wrong audience, the window over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from typing import Any

from assistant.programmes.definitions import FactDefinition
from assistant.programmes.periods import after, period
from assistant.programmes.schema import Benefit, Condition, Programme, Revision
from ingest.drafting import Proposal

Case = dict[str, Any]


def cases_of(proposal: Proposal, definitions: Mapping[str, FactDefinition], today: date) -> list[Case]:
    """What must come out at the edges of what was proposed, read from its figures and not from the engine that judges."""
    programme = Programme.model_validate(proposal.programme)
    revision = programme.revisions[0]
    window = next((w for w in revision.windows if w.opens or w.closes), None)
    days = (window and (window.opens or window.closes), revision.opens, today)
    as_of = next(day for day in days if day)
    # Conditions that nobody told of leave it open; without any it would be met, were the paper in force and official.
    is_open = bool(revision.conditions) or programme.draft or programme.confidence.value == "unverified"
    outcome = "unknown" if is_open else "met"
    known = {**{k: FactDefinition(key=k, **f) for k, f in proposal.facts.items()}, **definitions}
    return [
        *_at_caps(revision, as_of, outcome),
        *(case for c in revision.conditions for case in _beyond(c, known, as_of)),
        *_windows(revision, outcome),
    ]


def _at_caps(revision: Revision, as_of: date, outcome: str) -> Iterator[Case]:
    """At the cap, and a yuan's worth beyond it: the sum must not grow."""
    for benefit in revision.benefits:
        if not benefit.rate or benefit.cap is None or _is_shared(benefit, revision):
            continue
        edge = (benefit.cap.amount / benefit.rate).quantize(Decimal(1), rounding=ROUND_UP)
        if any(c.fact == benefit.basis for c in revision.conditions):
            continue  # a bound on the basis may lie beyond the cap: left to the person
        for more in (0, 1):
            yield {
                "name": f"{benefit.id} 到上限{'再多一元' if more else ''}",
                "as_of": as_of,
                "facts": {benefit.basis: f"{edge + more:f}"},
                "outcome": outcome,
                "amount": f"{benefit.cap.amount:f}",
            }


def _is_shared(benefit: Benefit, revision: Revision) -> bool:
    """Whether other benefits count the same basis: what then holds a person decides."""
    return sum(other.basis == benefit.basis for other in revision.benefits) > 1


def _beyond(condition: Condition, known: Mapping[str, FactDefinition], as_of: date) -> Iterator[Case]:
    """A firm that fails just this condition."""
    told = _failing(condition, known, as_of)
    if condition.fact and told is not None:
        yield {
            "name": f"不符合：{condition.zh}",
            "as_of": as_of,
            "facts": {condition.fact: told},
            "outcome": "unmet",
        }


def _failing(condition: Condition, known: Mapping[str, FactDefinition], as_of: date) -> str | None:
    value, fact = condition.value, known.get(condition.fact or "")
    if fact is None or isinstance(value, tuple) or value is None:
        return None
    if isinstance(value, bool):
        return "否" if value else "是"
    if fact.type == "choice":
        return next((o.value for o in fact.options if o.value != value and not o.implies), None) or next(
            (o.value for o in fact.options if o.value != value), None
        )
    if fact.type == "date":
        return _founded(condition, value, as_of)
    step = {"at_least": -1, "more_than": 0, "at_most": 1, "less_than": 0}[condition.op]
    edge = Decimal(value) + step
    return f"{edge:f}" if edge >= 0 else None


def _founded(condition: Condition, value: str, as_of: date) -> str | None:
    """The last day of founding on which an age does not fit."""
    span = period(value)
    if span is None:
        return None
    number, unit = span
    edge = after(as_of, (-number, unit))
    days = {"at_least": 1, "more_than": 0, "at_most": -1, "less_than": 0}[condition.op]
    return (edge + timedelta(days=days)).isoformat()


def _windows(revision: Revision, outcome: str) -> Iterator[Case]:
    """The last day of a window, and the day after it, as far as the paper holds on them."""
    for window in revision.windows:
        if window.closes is None:
            continue
        days = [("窗口已过", window.closes + timedelta(days=1), "closed")]
        if window.opens:
            days.append(("窗口最后一天", window.closes, "open"))
        for name, day, state in days:
            if (revision.opens or day) <= day <= (revision.closes or day):
                yield {"name": name, "as_of": day, "facts": {}, "outcome": outcome, "window": state}
