"""`Support, Firm → Judgement`: which of a support's benefits hold for what was told, what they come to, and what is broken.

Three-valued: a bound is met or broken by a figure that surely is of its measure, else unknown. Of steps the highest that is
reached counts; of cases told apart by words those that the message names, else those that ask for nothing of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.law.firm import Firm, holds, names_kind, wants_other_way
from assistant.law.provisions import (
    Benefit,
    Bracket,
    Brackets,
    Definition,
    Lump,
    Match,
    PerUnit,
    Points,
    Provision,
    Rate,
    Relation,
    Requirement,
    TopUp,
    Who,
)
from assistant.law.quantities import Bound, Measure, Op, Unit
from assistant.law.sums import Worked, less, within, worked
from assistant.law.supports import Support
from assistant.law.told import Told
from assistant.law.wording import yuan
from assistant.models import Language, Outcome

_LOWER = (Op.AT_LEAST, Op.MORE_THAN)
_OPPOSITE = {
    Op.AT_LEAST: Op.LESS_THAN, Op.MORE_THAN: Op.AT_MOST, Op.AT_MOST: Op.MORE_THAN, Op.LESS_THAN: Op.AT_LEAST,
}  # fmt: skip


@dataclass(frozen=True)
class Tested:
    """A bound, the told figure that decides it, and how it came out."""

    provision: Provision
    bound: Bound
    told: Told | None
    outcome: Outcome


@dataclass(frozen=True)
class Weighed:
    """A benefit with its bounds tested, what it comes to, and whether the words of its own case were told."""

    provision: Provision
    tests: tuple[Tested, ...]
    worked: Worked | None
    named: bool | None
    is_case: bool  # whether its own words name a kind of case beside others

    @property
    def outcome(self) -> Outcome:
        """Broken where a bound is; met where all are and there is one; else unknown."""
        outcomes = [t.outcome for t in self.tests]
        if "unmet" in outcomes:
            return "unmet"
        return "met" if outcomes and "unknown" not in outcomes else "unknown"


@dataclass(frozen=True)
class Judgement:
    """What a support means for a firm: the benefits that hold, what else they might be, and the bound that is broken."""

    support: Support
    outcome: Outcome
    chosen: tuple[Weighed, ...] = ()
    others: tuple[Weighed, ...] = ()
    broken: Tested | None = None
    ruled_out: Provision | None = None
    met: tuple[Tested, ...] = ()

    @property
    def sums(self) -> tuple[Worked, ...]:
        """What the benefits that hold come to."""
        return tuple(w.worked for w in self.chosen if w.worked is not None)


def assess(
    support: Support, quote: Callable[[Provision], str], firm: Firm, language: Language = "zh"
) -> Judgement:
    """Judge a support; `quote`: the sentence a provision was read from."""
    weighed = [_weighed(p, support, quote, firm, language) for p in support.benefits]
    weighed = _joined_parts(weighed, support, quote, firm, language)
    standing = [w for w in weighed if w.outcome != "unmet"]
    asked = [t for p in support.governing for t in _asked(p, support, quote, firm)]
    if (
        broken := next((t for t in asked if t.outcome == "unmet" and not _is_eased(t, asked)), None)
    ) is not None:
        return Judgement(support, "unmet", broken=broken)
    if not support.is_read:  # what was not read may change what is asked and what it comes to
        return Judgement(support, "unknown")
    if not standing and weighed:
        return Judgement(support, "unmet", broken=_nearest(weighed))
    if (out := _ruled_out(weighed, support, firm)) is not None:
        return Judgement(support, "unmet", ruled_out=out)
    chosen, others = _chosen(standing)
    chosen, on_top = _with_points(chosen, standing, support, quote, firm, language)
    others = [*others, *on_top]
    chosen = [_within_all(w, support, firm, language) for w in chosen]
    chosen = _topped_up(chosen or _steps_named(standing, support, firm), support, firm, language)
    met = [t for t in (*asked, *(t for w in chosen for t in w.tests)) if t.outcome == "met"]
    return Judgement(support, "unknown", tuple(chosen), tuple(others), met=tuple(dict.fromkeys(met)))


def _joined_parts(
    weighed: list[Weighed],
    support: Support,
    quote: Callable[[Provision], str],
    firm: Firm,
    language: Language,
) -> list[Weighed]:
    """A share, and another of the part beyond a sum, as one scale: 按投入额的15%；500万元以上部分按10%."""
    for at, one in enumerate(weighed):
        plain, further = support.benefit(one.provision).grant, None
        if not isinstance(plain, Rate) or plain.beyond is not None or one.worked is None:
            continue
        for other in weighed[at + 1 :]:
            grant = support.benefit(other.provision).grant
            if isinstance(grant, Rate) and grant.beyond is not None and _is_same_base(plain.of, grant.of):
                further = other
                scale = Brackets(
                    brackets=(
                        Bracket(to=grant.beyond, rate=plain.rate),
                        Bracket(over=grant.beyond, rate=grant.rate),
                    ),
                    of=grant.of if grant.of.objects else plain.of,
                )
                break
        if further is None or further.worked is None:
            continue
        own, more = support.benefit(one.provision), support.benefit(further.provision)
        whole = own.model_copy(update={"grant": scale, "caps": tuple(dict.fromkeys((*own.caps, *more.caps)))})
        provision = one.provision.model_copy(update={"content": whole})
        sum_of = worked(provision, quote(one.provision), firm, language, support.names)
        if sum_of is None:
            continue
        sum_of = replace(sum_of, beside=(further.provision,))
        joined = replace(one, worked=sum_of)
        return [joined if w is one else w for w in weighed if w is not further]
    return weighed


def _ruled_out(weighed: Sequence[Weighed], support: Support, firm: Firm) -> Provision | None:
    """The benefit whose case the message speaks of and rules out: 与关联方签的合同, of 非关联方."""
    words = [" ".join(c.words for c in support.benefit(w.provision).when if c.words) for w in weighed]
    out = (w for w, said in zip(weighed, words, strict=True) if firm.rules_out(said) and firm.says(said))
    return next((w.provision for w in out), None)


def _is_same_base(one: Measure, other: Measure) -> bool:
    """Whether two shares are of the same, which one of them may say more of: 投入额, 设备投入额."""
    alike = one.grammar.family == other.grammar.family and one.change == other.change
    return alike and (one.objects == other.objects or not one.objects or not other.objects)


def _weighed(
    provision: Provision, support: Support, quote: Callable[[Provision], str], firm: Firm, language: Language
) -> Weighed:
    benefit = support.benefit(provision)
    said = quote(provision)
    base = base_of(benefit)
    tests = tuple(_tests(provision, benefit, said, base, firm))
    words = " ".join(c.words for c in benefit.when if c.words)
    other = wants_other_way(words, firm.text) or firm.names_other_thing(words, base)
    sum_of = None if other else worked(provision, said, firm, language, support.names)
    is_case = names_kind(" ".join(_own_words(provision, support)))
    return Weighed(provision, tests, sum_of, _named(provision, support, firm), is_case)


def base_of(benefit: Benefit) -> Measure | None:
    """What a benefit is counted on."""
    match benefit.grant:
        case Rate() | Brackets() | Match():
            return benefit.grant.of
        case PerUnit():
            return benefit.grant.of
    return None


def _tests(
    provision: Provision, benefit: Benefit, said: str, base: Measure | None, firm: Firm
) -> Iterator[Tested]:
    groups: dict[str, list[Tested]] = {}
    for condition in benefit.when:
        if condition.bound is None:
            continue
        one = _tested(provision, condition.bound, said, base, firm)
        if condition.one_of:
            groups.setdefault(condition.one_of, []).append(one)
        else:
            yield one
    for group in groups.values():  # one of them is enough
        yield next((t for t in group if t.outcome == "met"), None) or next(
            (t for t in group if t.outcome == "unknown"), group[0]
        )


def _tested(provision: Provision, bound: Bound, said: str, base: Measure | None, firm: Firm) -> Tested:
    told = firm.test(bound, said, base)
    if told is None:
        return Tested(provision, bound, None, "unknown")
    return Tested(provision, bound, told, "met" if holds(bound, told.value) else "unmet")


def _asked(
    provision: Provision, support: Support, quote: Callable[[Provision], str], firm: Firm
) -> Iterator[Tested]:
    """The bounds that are asked of all, tested: of requirements, and of the meaning of words that the support uses.

    Who keeps the bound of a refusal is refused: the bound that is asked for is the opposite one.
    """
    content = provision.content
    if provision.unread:
        return
    if isinstance(content, Requirement) and content.condition.bound is not None:
        bound = content.condition.bound
        if content.who is Who.MAY_NOT and bound.op is Op.IS:
            return
        if content.who is Who.MAY_NOT:
            bound = bound.model_copy(update={"op": _OPPOSITE[bound.op]})
        yield _tested(provision, bound, quote(provision), None, firm)
    elif isinstance(content, Definition):
        said = "".join((*support.names, *map(quote, support.benefits)))
        for condition in content.when if content.term in said else ():
            if condition.bound is not None:
                yield _tested(provision, condition.bound, quote(provision), None, firm)


def _is_eased(broken: Tested, asked: Sequence[Tested]) -> bool:
    """Whether another bound of the same measure, asked of some, is kept: 裁员率不高于5.5%；30人以下的不高于20%."""

    def measured(one: Tested) -> tuple[Measure, Unit, bool]:
        return one.bound.measure, one.bound.quantity.unit, one.bound.op in _LOWER

    return any(t.outcome == "met" and measured(t) == measured(broken) for t in asked)


def _nearest(weighed: Sequence[Weighed]) -> Tested | None:
    """Of the bounds that are broken the one that asks for least."""
    broken = [t for w in weighed for t in w.tests if t.outcome == "unmet"]
    return min(
        broken,
        key=lambda t: abs(t.bound.quantity.value - (t.told.value if t.told else Decimal(0))),
        default=None,
    )


def _own_words(provision: Provision, support: Support) -> list[str]:
    """The words of a benefit's conditions that not all of its support have."""

    def words(p: Provision) -> list[str]:
        return [c.words for c in support.benefit(p).when if c.words]

    others = [set(words(p)) for p in support.benefits if p is not provision]
    return [w for w in words(provision) if not all(w in other for other in others)] if others else []


def _named(provision: Provision, support: Support, firm: Firm) -> bool | None:
    """Whether the message names the words of a benefit's own case; None where it has none, or nothing is said of it."""
    own = _own_words(provision, support)
    if not own:
        return None
    if (kind := firm.is_kind(" ".join(own))) is not None:
        return kind
    shared = [w for p in support.benefits if p is not provision for w in _own_words(p, support)]
    telling = [n for w in own for n in firm.cases(w) if not any(n in other for other in shared)]
    return any(map(firm.names, telling)) or None


def _chosen(standing: Sequence[Weighed]) -> tuple[list[Weighed], list[Weighed]]:
    """The benefits that hold, and those that might instead: of those counted on the same thing one alone holds."""
    groups: dict[str, list[Weighed]] = {}
    for one in standing:
        if one.named is not False and one.worked:
            groups.setdefault(_counted_on(one), []).append(one)
    chosen: list[Weighed] = []
    others: list[Weighed] = []
    for group in groups.values():
        best = _best(group)
        chosen += best
        told = bool(best) and (best[0] is not group[0] or best[0].named is True)
        if not told:  # of a case that is told nothing else is to be weighed
            others += [w for w in group if w not in best and w.outcome == "unknown"]
    taken = [t for w in chosen if w.worked for t in w.worked.used]
    if any(taken.count(t) > 1 for t in taken) and len(chosen) > 1:  # one figure brings one thing
        return [], [*chosen, *others]
    return chosen, others


def _within_all(one: Weighed, support: Support, firm: Firm, language: Language) -> Weighed:
    """A sum within the share that all support together may come to, less what others have given."""
    got = firm.received()
    if got is None or one.worked is None:
        return one
    for provision in support.governing:
        limit = provision.content.limit if isinstance(provision.content, Relation) else None
        if limit is None or limit.of is None or limit.limit.unit is not Unit.PERCENT or provision.unread:
            continue
        spent = next((t for t in one.worked.used if t.unit == "元" and not t.received), None)
        if spent is not None:
            return replace(one, worked=within(one.worked, spent, limit.limit, got, provision, language))
    return one


def _with_points(
    chosen: list[Weighed],
    standing: Sequence[Weighed],
    support: Support,
    quote: Callable[[Provision], str],
    firm: Firm,
    language: Language,
) -> tuple[list[Weighed], list[Weighed]]:
    """The sums with the points that a case which is told brings on top, and what they would be in one that is not."""
    others: list[Weighed] = []
    for on_top in standing:
        points = support.benefit(on_top.provision).grant
        if not isinstance(points, Points) or on_top.named is False:
            continue
        raised = [w and _raised(w, on_top, points, support, quote, firm, language) for w in chosen]
        if on_top.named:
            chosen = [more or w for w, more in zip(chosen, raised, strict=True)]
        else:
            others += [more for more in raised if more]
    return chosen, others


def _raised(
    one: Weighed,
    on_top: Weighed,
    points: Points,
    support: Support,
    quote: Callable[[Provision], str],
    firm: Firm,
    language: Language,
) -> Weighed | None:
    benefit = support.benefit(one.provision)
    if not isinstance(benefit.grant, Rate):
        return None
    rate = benefit.grant.rate.model_copy(update={"value": benefit.grant.rate.value + points.points.value})
    grant = benefit.grant.model_copy(update={"rate": rate})
    when = (*benefit.when, *support.benefit(on_top.provision).when)
    provision = one.provision.model_copy(
        update={"content": benefit.model_copy(update={"grant": grant, "when": when})}
    )
    sum_of = worked(provision, quote(one.provision), firm, language, support.names)
    if sum_of is None:
        return None
    share = f"{rate.value.normalize():f}%"
    sum_of = replace(sum_of, beside=(on_top.provision,), figures=(*sum_of.figures, share))
    return replace(one, provision=provision, worked=sum_of)


def _steps_named(standing: Sequence[Weighed], support: Support, firm: Firm) -> list[Weighed]:
    """The highest of the sums whose cases are told (去年评了市级，今年升省级), where something was given before."""
    named = [w for w in standing if w.named and isinstance(support.benefit(w.provision).grant, Lump)]
    tops_up = any(isinstance(support.benefit(p).grant, TopUp) for p in support.benefits)
    if firm.received() is None or not tops_up or not named:
        return []
    best = max(named, key=lambda w: _lump_of(support.benefit(w.provision)))
    amount = _lump_of(support.benefit(best.provision))
    return [replace(best, worked=Worked(best.provision, amount, amount, yuan(amount), ()))]


def _lump_of(benefit: Benefit) -> Decimal:
    return benefit.grant.lump.value if isinstance(benefit.grant, Lump) else Decimal(0)


def _topped_up(chosen: list[Weighed], support: Support, firm: Firm, language: Language) -> list[Weighed]:
    """A higher step brings no more than the difference to what was given for a lower one, where the clause says so."""
    got = firm.received()
    tops_up = any(isinstance(support.benefit(p).grant, TopUp) for p in support.benefits)
    if (
        got is None
        or not tops_up
        or len(chosen) != 1
        or (sum_of := chosen[0].worked) is None
        or got.value > sum_of.amount
    ):
        return chosen
    return [replace(chosen[0], worked=less(sum_of, got, language))]


def _counted_on(one: Weighed) -> str:
    benefit = one.provision.content
    assert isinstance(benefit, Benefit)
    base = base_of(benefit)
    if base is not None:
        return str(base)
    if isinstance(benefit.grant, PerUnit):
        told = one.worked.used[0] if one.worked else None
        return f"{benefit.grant.per.unit} {told.written if told else ''}"
    return " ".join(sorted({str(t.bound.measure) for t in one.tests}))


def _best(group: Sequence[Weighed]) -> list[Weighed]:
    """Of benefits that are counted on the same thing the one that holds; none where nothing told decides between them.

    Of steps of one figure the highest that is reached; else a variant whose own case is told; else the first, where it is
    what holds for all and no case beside others (大型企业…, 中小微企业…).
    """
    if len(group) == 1:
        return list(group)
    stepped = [w for w in group if {str(t.bound.measure) for t in w.tests} == _shared_measures(group)]
    if len(stepped) == len(group) and stepped[0].tests and (met := [w for w in group if w.outcome == "met"]):
        highest = max(map(_step, met))
        reached = [w for w in met if _step(w) == highest]
        return reached if len(reached) == 1 else []
    special = [w for w in group[1:] if w.named or _has_own_bound(w, group[0])]
    if len(special) > 1:
        most = max(map(_signs, special))
        special = [w for w in special if _signs(w) == most]
    if special:
        return special if len(special) == 1 else []
    first = group[0]
    return [first] if first.named or not first.is_case else []


def _shared_measures(group: Sequence[Weighed]) -> set[str]:
    return set.intersection(*({str(t.bound.measure) for t in w.tests} for w in group))


def _has_own_bound(one: Weighed, first: Weighed) -> bool:
    """Whether a bound that the first benefit does not ask is met."""
    known = {str(t.bound) for t in first.tests}
    return any(t.outcome == "met" and str(t.bound) not in known for t in one.tests)


def _signs(one: Weighed) -> int:
    return int(one.named or False) + sum(t.outcome == "met" for t in one.tests)


def _step(one: Weighed) -> Decimal:
    reached = [t.bound.quantity.value for t in one.tests if t.outcome == "met" and t.bound.op in _LOWER]
    return max(reached, default=Decimal(-1))
