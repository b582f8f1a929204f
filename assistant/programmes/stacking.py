"""What may be taken together, and which clause limits it: `Verdicts → Combinations`.

The limits that papers set: all fiscal support for one basis is at most a share of it (`share`); not together with some
programmes (`excludes`); a group of programmes is at most a sum a year (`yearly`). Two programmes that pay for the same
basis are never added beyond the share that either paper sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from assistant.law.wording import percent, plain, yuan
from assistant.models import Assessment, Frozen, Language
from assistant.programmes.assess import Verdict
from assistant.programmes.facts import FactValue
from assistant.programmes.present import Statement, benefit_sources, title
from assistant.programmes.schema import Source, Stacking

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
    """Whether two of a group may not be taken together, or pay for the same with no clause that allows both."""
    return any(not may_add(a, b) for a, b in combinations(group, 2))


def may_add(one: Verdict, other: Verdict) -> bool:
    """Whether two sums may be added: of different expenses, or a clause says what both give together."""
    ids = {one.programme.id, other.programme.id}
    rules = [(verdict, rule) for verdict in (one, other) for rule in _rules(verdict)]
    if any(rule.kind == "excludes" and ids & set(rule.programmes) - {v.programme.id} for v, rule in rules):
        return False
    shared = _bases(one) & _bases(other)
    if any(rule.kind == "allows" and ids & set(rule.programmes) - {v.programme.id} for v, rule in rules):
        return True
    return not shared - {rule.basis for _, rule in rules if rule.kind == "share"}


def _bases(verdict: Verdict) -> set[str]:
    """What the sums of a programme were counted on."""
    return {s.benefit.basis for s in verdict.sums if s.benefit.basis and s.amount}


def total_of(
    verdicts: Sequence[Verdict], facts: Mapping[str, FactValue], language: Language
) -> tuple[Statement, Assessment | None] | None:
    """The sums of several programmes together, said to be computed and not a promise; None with fewer than two.

    Where two of them pay for the same expense and no clause allows both, no total is made, and that is said.
    """
    paying = [v for v in verdicts if v.amount and v.outcome != "unmet"]
    if len(paying) < 2:
        return None
    zh = language != "en"
    sources = tuple(
        dict.fromkeys(
            s for v in paying for one in v.sums if one.amount for s in benefit_sources(v, one.benefit)
        )
    )
    if _excluded(paying):
        names = ("、" if zh else ", ").join(title(v, language) for v in paying)
        said = f"{names}中有的按同一笔支出计算，没有查到条文写明可以同时拿，因此不相加。"
        if not zh:
            said = f"{names}: some count the same expense, and no clause says that both may be taken, so they are not added up."
        return Statement(said, sources), None
    found = _together(paying, facts, language, lambda source: None)
    limits = [limit.text for limit in found.limits if limit.taken_off]
    shown = ("；" if zh else "; ").join([found.working, *limits])
    said = f"合计最高{yuan(found.amount, language)}（按条文推算）：{shown}。"
    if not zh:
        said = f"Together at most {yuan(found.amount, language)} (computed from the clauses): {shown}."
    name = "合计（按条文推算）" if zh else "Total (computed from the clauses)"
    outcome = min((v.outcome for v in paying), key=("unmet", "unknown", "met").index)
    assessment = Assessment(
        programme_id=None, title=name, outcome=outcome, amount=found.amount, working=shown
    )
    return Statement(said, sources), assessment


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
