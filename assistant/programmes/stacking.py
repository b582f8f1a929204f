"""What may be taken together, and which clause limits it: `Verdicts → Combinations`.

The limits that papers set: all fiscal support for one basis is at most a share of it (`share`); not together with some
programmes (`excludes`); a group of programmes is at most a sum a year (`yearly`). Two programmes that pay for the same
basis are never added beyond the share that either paper sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from assistant.models import Assessment, Frozen, Language
from assistant.programmes.assess import Verdict
from assistant.programmes.facts import FactValue
from assistant.programmes.present import Statement, title
from assistant.programmes.schema import Source, Stacking
from assistant.programmes.wording import percent, plain, yuan

Cite = Callable[[Source], int | None]
_MOST_TOGETHER = 8


class Limit(Frozen):
    """A clause that limits a combination, and what it takes off; `taken_off` 0 where it is only to be kept in mind."""

    text: str
    taken_off: Decimal
    citation: int | None = None


class Combination(Frozen):
    """Programmes that may be taken together, and what they bring at most."""

    programmes: tuple[str, ...]
    titles: tuple[str, ...]
    amount: Decimal
    working: str
    limits: tuple[Limit, ...] = ()


def combine(
    verdicts: Sequence[Verdict], facts: Mapping[str, FactValue], language: Language, cite: Cite
) -> Iterator[Combination]:
    """The combination that brings most among the programmes with a sum; nothing with fewer than two."""
    paying = [v for v in verdicts if v.amount and v.outcome != "unmet" and not v.programme.draft]
    paying = [v for v in paying if not _is_of_unknown_district(v)]
    paying = sorted(paying, key=lambda v: -(v.amount or Decimal(0)))[:_MOST_TOGETHER]
    best: Combination | None = None
    for size in range(len(paying), 1, -1):
        for group in combinations(paying, size):
            if _excluded(group):
                continue
            found = _together(group, facts, language, cite)
            if best is None or found.amount > best.amount:
                best = found
    if best:
        yield best


def _rules(verdict: Verdict) -> tuple[Stacking, ...]:
    return verdict.revision.stacking if verdict.revision else ()


def _is_of_unknown_district(verdict: Verdict) -> bool:
    """Whether a district gives it and the firm's district is not known: no firm is in all of them."""
    return any(f.condition.fact == "district" and f.outcome == "unknown" for f in verdict.conditions)


def _excluded(group: Sequence[Verdict]) -> bool:
    ids = {v.programme.id for v in group}
    return any(
        rule.kind == "excludes" and ids & set(rule.programmes) - {verdict.programme.id}
        for verdict in group
        for rule in _rules(verdict)
    )


def _together(
    group: Sequence[Verdict], facts: Mapping[str, FactValue], language: Language, cite: Cite
) -> Combination:
    given = [_given(v, facts, language) for v in group]
    total = sum(given, Decimal(0))
    parts = " + ".join(f"{title(v, language)} {yuan(a, language)}" for v, a in zip(group, given, strict=True))
    limits = [*_shares(group, facts, language, cite), *_yearly(group, language, cite)]
    amount = max(Decimal(0), total - sum((limit.taken_off for limit in limits), Decimal(0)))
    return Combination(
        programmes=tuple(v.programme.id for v in group),
        titles=tuple(title(v, language) for v in group),
        amount=plain(amount),
        working=f"{parts} = {yuan(total, language)}"
        + (f" → {yuan(amount, language)}" if amount != total else ""),
        limits=tuple(limits),
    )


def _given(verdict: Verdict, facts: Mapping[str, FactValue], language: Language) -> Decimal:
    """What a programme brings after what others gave for the same."""
    left = room_left(verdict, facts, None, None, language)
    return left[1] if left else verdict.amount or Decimal(0)


def _shares(
    group: Sequence[Verdict], facts: Mapping[str, FactValue], language: Language, cite: Cite
) -> Iterator[Limit]:
    """For each basis the strictest share that any paper of the group sets; the rate of one programme alone stays."""
    rules = [
        (v, r) for v in group for r in _rules(v) if r.kind == "share" and r.basis and r.share is not None
    ]
    for basis in dict.fromkeys(r.basis for _, r in rules):
        amount = facts.get(str(basis))
        if not isinstance(amount, Decimal):
            continue
        verdict, rule = min(
            ((v, r) for v, r in rules if r.basis == basis), key=lambda pair: pair[1].share or 1
        )
        paid = [s.amount for v in group for s in v.sums if s.benefit.basis == basis and s.amount]
        room = amount * (rule.share or Decimal(1))
        over = max(Decimal(0), sum(paid, Decimal(0)) - room) if len(paid) > 1 else Decimal(0)
        share, limit = percent(rule.share or Decimal(1)), yuan(room, language)
        text = (
            f"{rule.zh}（{yuan(amount, language)} × {share} = {limit}）"
            if language != "en"
            else f"{rule.en} ({share}: {limit})"
        )
        source = verdict.revision.sources[rule.source] if verdict.revision else None
        yield Limit(text=text, taken_off=over, citation=cite(source) if source else None)


def _yearly(group: Sequence[Verdict], language: Language, cite: Cite) -> Iterator[Limit]:
    """What a group of programmes may bring one applicant in a year."""
    rules = [(v, r) for v in group for r in _rules(v) if r.kind == "yearly" and r.amount is not None]
    for name in dict.fromkeys(r.group or v.programme.id for v, r in rules):
        own = [(v, r) for v, r in rules if (r.group or v.programme.id) == name]
        verdict, rule = own[0]
        limit = rule.amount or Decimal(0)
        paid = sum((v.amount or Decimal(0) for v, _ in own), Decimal(0))
        source = verdict.revision.sources[rule.source] if verdict.revision else None
        text = rule.zh if language != "en" else rule.en
        yield Limit(
            text=text, taken_off=max(Decimal(0), paid - limit), citation=cite(source) if source else None
        )


def room_left(
    verdict: Verdict,
    facts: Mapping[str, FactValue],
    got: Decimal | None,
    got_share: Decimal | None,
    language: Language,
) -> tuple[Statement, Decimal] | None:
    """What is left under a share that all fiscal support for one basis may not pass, after what was already given.

    `got` in yuan, `got_share` as a share of the basis; None where the paper sets no share or nothing was given. What
    the fact of the rule tells counts where `got` is None.
    """
    rule = next((r for r in _rules(verdict) if r.kind == "share" and r.basis and r.share is not None), None)
    told = facts.get(str(rule.received)) if rule else None
    got = told if got is None and isinstance(told, Decimal) and told > 0 else got
    if rule is None or rule.share is None or verdict.revision is None or (got is None and got_share is None):
        return None
    source, zh, share = verdict.revision.sources[rule.source], language != "en", percent(rule.share)
    basis = facts.get(str(rule.basis))
    if not isinstance(basis, Decimal) or got is None:
        if got_share is None or got_share < rule.share:
            return None
        text = (
            f"不能再拿：{rule.zh}，已得的达到{share}。"
            if zh
            else f"No more can be given: {rule.en} ({share})."
        )
        return Statement(text, (source,)), Decimal(0)
    room = basis * rule.share
    left = max(Decimal(0), room - got)
    left = left if verdict.amount is None else min(left, verdict.amount)
    shown = f"{yuan(basis, language)} × {share} − {yuan(got, language)} = {yuan(max(Decimal(0), room - got), language)}"
    text = f"{rule.zh}：{shown}，最多还能拿{yuan(left, language)}。" if zh else f"{rule.en}: {shown} at most."
    return Statement(text, (source,)), plain(left)


def with_room_left(assessment: Assessment, left: tuple[Statement, Decimal] | None) -> Assessment:
    """An assessment whose sum is what may still be given; as it is where nothing was given by others."""
    if left is None:
        return assessment
    working = "；".join(filter(None, [assessment.working, left[0].text.rstrip("。")]))
    return assessment.model_copy(update={"amount": left[1], "working": working})


def yearly_statements(verdict: Verdict, language: Language) -> Iterator[Statement]:
    """What one applicant may be given in a year, as the paper says it."""
    for rule in _rules(verdict):
        if rule.kind == "yearly" and verdict.revision is not None:
            text = f"{rule.zh.rstrip('。')}。" if language != "en" else f"{rule.en.rstrip('.')}."
            yield Statement(text, (verdict.revision.sources[rule.source],))
