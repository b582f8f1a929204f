"""`two readings of a clause → what changed in its figures`, in words that a firm understands: 比例由30%改为40%."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.law.clauses import read_whole
from assistant.law.in_words import changed_in_words, measure_in_words, told
from assistant.law.provisions import (
    Benefit,
    Brackets,
    Budget,
    Content,
    Lump,
    Match,
    PerUnit,
    Rate,
    Requirement,
    Term,
    Validity,
    Window,
)
from assistant.law.quantities import Bound, Cap

_LIKE = 4  # characters that the conditions of two benefits share to be of the same support
_DATED = (Window, Validity, Budget)


def changes(before: str | None, after: str | None) -> list[str]:
    """Sentences on what two versions of a clause give, until when, and to whom; empty when no figure changed."""
    old, unread_before = read_whole(before) if before else ([], [])
    new, unread_after = read_whole(after) if after else ([], [])
    found = [
        *_of_benefits([r.content for r in old], [r.content for r in new]),
        *_of_others([r.content for r in old], [r.content for r in new]),
    ]
    was = {before[a:b] for a, b in unread_before} if before else set()
    unread = [after[a:b] for a, b in unread_after if after[a:b] not in was] if after else []
    if unread:
        found.append(changed_in_words("unread", words="、".join(unread)))
    return found


def _of_benefits(old: Sequence[Content], new: Sequence[Content]) -> Iterator[str]:
    left = [c for c in old if isinstance(c, Benefit)]
    added: list[Benefit] = []
    for benefit in (c for c in new if isinstance(c, Benefit)):
        match = max(left, key=lambda o: _likeness(o, benefit), default=None)
        if match is None or _likeness(match, benefit) < _LIKE:
            added.append(benefit)
            continue
        left.remove(match)
        yield from _differences(match, benefit)
    yield from (changed_in_words("added", told=told(b)) for b in added)
    yield from (changed_in_words("ended", told=told(b)) for b in left)


def _likeness(one: Benefit, other: Benefit) -> int:
    """How many pairs of neighbouring characters the conditions of two share; a grant of the same kind counts for it."""
    a, b = _name(one), _name(other)
    shared = len({a[i : i + 2] for i in range(len(a) - 1)} & {b[i : i + 2] for i in range(len(b) - 1)})
    return shared * 2 + _LIKE // 2 * (type(one.grant) is type(other.grant)) + _LIKE // 2 * (a == b)


def _name(benefit: Benefit) -> str:
    words = [c.words for c in benefit.when if c.words]
    if words:
        return "".join(words)
    of = getattr(benefit.grant, "of", None)
    return measure_in_words(of) if of is not None else ""


def _differences(old: Benefit, new: Benefit) -> Iterator[str]:
    named = next((c.words for c in new.when if c.words), None) or _name(new)
    figures = _figures(old), _figures(new)
    for what in dict.fromkeys([*figures[0], *figures[1]]):
        one, other = (f.get(what) for f in figures)
        if one != other:
            form = "moved" if one and other else "new" if other else "gone"
            yield changed_in_words(form, name=named, what=what, before=one, after=other)
    caps = {_cap_key(c): c for c in old.caps}, {_cap_key(c): c for c in new.caps}
    for key in dict.fromkeys([*caps[0], *caps[1]]):
        past, now = (c.get(key) for c in caps)
        if past != now:
            form = "moved" if past and now else "new" if now else "gone"
            yield changed_in_words(
                form,
                name=named,
                what=changed_in_words("usual_cap" if key[2] else "cap"),
                before=past and past.limit,
                after=now and now.limit,
            )
    yield from _of_bounds(named, old, new)


def _cap_key(cap: Cap) -> tuple[object, ...]:
    return (cap.per, cap.limit.unit, cap.usual, cap.of)


def _figures(benefit: Benefit) -> dict[str, str]:
    """The figures of a grant and of its term, by what they are called."""
    grant = benefit.grant
    found: dict[str, object] = {}
    match grant:
        case Rate():
            found = {"rate": grant.rate, "beyond": grant.beyond, "upto": grant.upto}
        case Lump():
            found = {"lump": grant.lump}
        case PerUnit():
            found = {"each": grant.each, "per": grant.per, "beyond": grant.beyond}
        case Match():
            found = {"match": grant.match}
        case Brackets():
            found = {"brackets": told(Benefit(grant=grant))}
    if benefit.term is not None:
        found["term"] = benefit.term.length or told(Benefit(grant=grant, term=Term(years=benefit.term.years)))
    return {changed_in_words(name): str(value) for name, value in found.items() if value is not None}


def _of_bounds(named: str, old: Benefit, new: Benefit) -> Iterator[str]:
    bounds: list[list[Bound]] = [[c.bound for c in b.when if c.bound] for b in (old, new)]
    for bound in bounds[1]:
        past = next(
            (
                b
                for b in bounds[0]
                if (b.measure, b.op, b.quantity.unit) == (bound.measure, bound.op, bound.quantity.unit)
            ),
            None,
        )
        if past is not None and past.quantity != bound.quantity:
            what = changed_in_words("bound", measure=measure_in_words(bound.measure))
            yield changed_in_words("moved", name=named, what=what, before=past.quantity, after=bound.quantity)
        elif past is None:
            what = changed_in_words("bound", measure=measure_in_words(bound.measure))
            yield changed_in_words("new", name=named, what=what, before=None, after=bound.quantity)


def _of_others(old: Sequence[Content], new: Sequence[Content]) -> Iterator[str]:
    """Days, terms, budgets and bounds of who may, which no benefit holds."""
    lines = [
        [
            told(c)
            for c in side
            if isinstance(c, _DATED) or (isinstance(c, Requirement) and c.condition.bound is not None)
        ]
        for side in (old, new)
    ]
    yield from (changed_in_words("added", told=line) for line in lines[1] if line not in lines[0])
    yield from (changed_in_words("ended", told=line) for line in lines[0] if line not in lines[1])
