"""`Programme, facts, day → Verdict`: pure and total, three-valued, Decimal money, reproducible.

A condition is met, unmet or unknown (Kleene's strong logic over groups); a fact that was not told is unknown and never
becomes met. Amounts come from the paper's rate, basis and cap only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.models import Confidence, Outcome, Window
from assistant.programmes.facts import FactValue
from assistant.programmes.periods import age_is, period
from assistant.programmes.schema import Benefit, Condition, Programme, Revision, Test, Tier, WindowRule

Facts = Mapping[str, FactValue]
_NO_WINDOW = Window(state="unknown")
_RANK: dict[Outcome, int] = {"unmet": 0, "unknown": 1, "met": 2}


@dataclass(frozen=True)
class Found:
    """How one condition came out, with those nested in it."""

    condition: Condition
    outcome: Outcome
    nested: tuple[Found, ...] = ()


@dataclass(frozen=True)
class Sum:
    """What one benefit comes to: `raw` before the cap; `amount` None: a fact or the rate is not known."""

    benefit: Benefit
    basis: Decimal | None = None
    rate: Decimal | None = None
    raw: Decimal | None = None
    amount: Decimal | None = None
    tier: Tier | None = None
    below_minimum: bool = False
    alternatives: tuple[tuple[Tier, Decimal], ...] = ()
    ruled_out: tuple[Tier, ...] = ()

    @property
    def capped(self) -> bool:
        """Whether the cap took something off."""
        return self.raw is not None and self.amount is not None and self.amount < self.raw


@dataclass(frozen=True)
class Verdict:
    """What a programme means for a firm on a day."""

    programme: Programme
    revision: Revision | None
    as_of: date
    outcome: Outcome
    conditions: tuple[Found, ...] = ()
    sums: tuple[Sum, ...] = ()
    window: Window = _NO_WINDOW
    window_rule: WindowRule | None = None
    lapsed: bool = False
    missing: tuple[str, ...] = ()

    @property
    def amount(self) -> Decimal | None:
        """The sum of what could be computed; None when nothing could, or a condition is not met."""
        known = [s.amount for s in self.sums if s.amount is not None]
        return sum(known, Decimal(0)) if known and self.outcome != "unmet" else None


def assess(programme: Programme, facts: Facts, as_of: date) -> Verdict:
    """Judge a programme on what a firm told, for a day."""
    revision = programme.revision_on(as_of)
    if revision is None:
        return Verdict(programme, None, as_of, "unknown")
    lapsed = revision.closes is not None and revision.closes < as_of
    found = tuple(_judge(c, facts, as_of) for c in revision.conditions)
    outcome: Outcome = "unmet" if lapsed else _all(f.outcome for f in found)
    if outcome == "met" and (programme.draft or programme.confidence is Confidence.UNVERIFIED):
        outcome = "unknown"
    sums = tuple(_sum(b, facts, as_of) for b in revision.benefits)
    if any(s.below_minimum for s in sums) and all(s.amount in (None, Decimal(0)) for s in sums):
        outcome = "unmet"
    rule, window = window_on(revision.windows, as_of)
    missing = _missing(found, sums, facts, outcome)
    return Verdict(programme, revision, as_of, outcome, found, sums, window, rule, lapsed, missing)


# ------------------------------------------------------------------ conditions


def _judge(condition: Condition, facts: Facts, as_of: date) -> Found:
    nested = tuple(_judge(c, facts, as_of) for c in (*condition.any_of, *condition.all_of))
    if condition.any_of:
        return Found(condition, _any(f.outcome for f in nested), nested)
    if condition.all_of:
        return Found(condition, _all(f.outcome for f in nested), nested)
    return Found(condition, outcome_of(condition, facts, as_of))


def outcome_of(test: Test, facts: Facts, as_of: date) -> Outcome:
    """How one test comes out; unknown without its fact, or where the fact is of another kind than the test."""
    if test.op == "human" or test.fact is None or test.fact not in facts:
        return "unknown"
    holds = _holds(test, facts[test.fact], as_of)
    return "unknown" if holds is None else ("met" if holds else "unmet")


def _holds(test: Test, told: FactValue, as_of: date) -> bool | None:
    value = test.value
    if isinstance(told, bool):
        return told is value if isinstance(value, bool) else None
    if isinstance(told, tuple):
        wanted = value if isinstance(value, tuple) else (value,)
        hit = any(one in wanted for one in told)
        return {"is": hit, "in": hit, "not_in": not hit}.get(test.op)
    if isinstance(told, date):
        return _date_holds(test, told, as_of)
    return _compares(test.op, told, Decimal(str(value))) if isinstance(value, str) else None


def _date_holds(test: Test, told: date, as_of: date) -> bool | None:
    """An age (`1 year`) is compared on the as-of date, a day (`2023-09-01`) as it stands."""
    value = str(test.value)
    if length := period(value):
        return age_is(test.op, told, length, as_of)
    try:
        limit = date.fromisoformat(value)
    except ValueError:
        return None
    return _compares(test.op, Decimal(told.toordinal()), Decimal(limit.toordinal()))


def _compares(op: str, told: Decimal, limit: Decimal) -> bool | None:
    return {
        "is": told == limit,
        "at_least": told >= limit,
        "at_most": told <= limit,
        "more_than": told > limit,
        "less_than": told < limit,
    }.get(op)


def _all(outcomes: Iterable[Outcome]) -> Outcome:
    return min(outcomes, key=_RANK.__getitem__, default="met")


def _any(outcomes: Iterable[Outcome]) -> Outcome:
    return max(outcomes, key=_RANK.__getitem__, default="met")


# ------------------------------------------------------------------ sums


def _sum(benefit: Benefit, facts: Facts, as_of: date) -> Sum:
    tier, alternatives = _tier(benefit, facts, as_of)
    rate = tier.rate if tier and tier.rate is not None else benefit.rate
    lump = tier.amount if tier and tier.amount is not None else benefit.amount
    basis = _decimal(facts.get(benefit.basis)) if benefit.basis else None
    if benefit.basis and basis is not None and benefit.minimum is not None and basis < benefit.minimum:
        return Sum(benefit, basis, rate, Decimal(0), Decimal(0), tier, below_minimum=True)
    raw = _raw(benefit, facts, basis, rate, lump)
    others = tuple(
        (other, _capped(benefit, alternative))
        for other in alternatives
        if (alternative := _raw(benefit, facts, basis, other.rate, other.amount)) is not None
    )
    amount = None if raw is None else _capped(benefit, raw)
    failed = tuple(
        t for t in benefit.tiers if any(outcome_of(test, facts, as_of) == "unmet" for test in t.when)
    )
    return Sum(benefit, basis, rate, raw, amount, tier, alternatives=others, ruled_out=failed)


def _raw(
    benefit: Benefit, facts: Facts, basis: Decimal | None, rate: Decimal | None, lump: Decimal | None
) -> Decimal | None:
    if rate is not None:
        return None if basis is None else basis * rate
    if lump is None:
        return None
    if benefit.count is None:
        return lump
    count = _decimal(facts.get(benefit.count))
    return None if count is None else lump * count


def _capped(benefit: Benefit, raw: Decimal) -> Decimal:
    return min(raw, benefit.cap.amount) if benefit.cap else raw


def _tier(benefit: Benefit, facts: Facts, as_of: date) -> tuple[Tier | None, tuple[Tier, ...]]:
    """The first tier that surely holds, and those before it that might."""
    possible: list[Tier] = []
    for tier in benefit.tiers:
        outcome = _all(outcome_of(test, facts, as_of) for test in tier.when)
        if outcome == "met":
            return tier, tuple(possible)
        if outcome == "unknown":
            possible.append(tier)
    return None, tuple(possible)


def _decimal(value: FactValue | None) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


# ------------------------------------------------------------------ windows, missing facts


def window_on(rules: Sequence[WindowRule], as_of: date) -> tuple[WindowRule | None, Window]:
    """The window that counts on a day: an open one, else the next, else the last; unknown without dates.

    With only a last day known, a window is closed after it and unknown before: nobody said that it has begun.
    """
    states = [(rule, _window_state(rule, as_of)) for rule in rules]
    for wanted, pick in (("open", -1), ("upcoming", 0), ("unknown", -1), ("closed", -1)):
        ordered = sorted((r for r, s in states if s == wanted), key=_window_day)
        if ordered:
            rule = ordered[pick]
            return rule, Window(state=wanted, opens=rule.opens, closes=rule.closes)
    return None, Window(state="unknown")


def _window_day(rule: WindowRule) -> date:
    return rule.closes or rule.opens or date.min


def _window_state(rule: WindowRule, as_of: date) -> str:
    if rule.closes is not None and rule.closes < as_of:
        return "closed"
    if rule.opens is None:
        return "unknown"
    if rule.opens > as_of:
        return "upcoming"
    return "open" if rule.closes is not None else "unknown"


def _missing(found: Sequence[Found], sums: Sequence[Sum], facts: Facts, outcome: Outcome) -> tuple[str, ...]:
    """The facts not told, those first that decide most: a whole condition, then the sum, then part of a group."""
    weights: dict[str, int] = {}

    def add(fact: str | None, weight: int) -> None:
        if fact and fact not in facts:
            weights[fact] = weights.get(fact, 0) + weight

    for one in found:
        if one.outcome == "unknown":
            for leaf in one.condition.leaves():
                add(leaf.fact, 1 if one.nested else 4)
    for one_sum in sums:
        add(one_sum.benefit.basis, 3)
        add(one_sum.benefit.count, 3)
        for tier in one_sum.benefit.tiers:
            for test in tier.when:
                add(test.fact, 2)
    if outcome == "unmet":
        return ()
    return tuple(sorted(weights, key=lambda fact: -weights[fact]))
