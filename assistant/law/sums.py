"""`Benefit, Firm → Worked`: what a benefit comes to for what a firm told, with its arithmetic; None where it cannot be said.

Money is Decimal yuan. Nothing is computed from a clause of which a figure or a word that may change it was not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from assistant.grammar.measures import in_words
from assistant.law.firm import Firm, alike, holds
from assistant.law.in_words import op_in_words, sum_in_words
from assistant.law.provisions import Benefit, Bracket, Brackets, Lump, Match, PerUnit, Provision, Rate
from assistant.law.quantities import Cap, Measure, Per, Quantity, Unit
from assistant.law.told import Told
from assistant.law.wording import percent, yuan
from assistant.models import Language

_MONEY = (Unit.YUAN, Unit.DOLLAR)


@dataclass(frozen=True)
class Worked:
    """A sum and how it came about; `used`: the figures told that it rests on; `figures`: those of the working that are ours."""

    provision: Provision
    amount: Decimal
    raw: Decimal
    shown: str
    used: tuple[Told, ...]
    figures: tuple[str, ...] = ()
    monthly: bool = False
    beside: tuple[Provision, ...] = ()  # what else it rests on


@dataclass
class _Working:
    """A sum on its way: what was multiplied, in words, and how many pieces each ceiling of one counts for."""

    raw: Decimal
    shown: str
    used: list[Told] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    count: Decimal = Decimal(1)
    monthly: bool = False
    counted: str = ""  # the unit of what was counted
    capped_each: bool = False  # whether the ceiling of each was taken already


def worked(
    provision: Provision, quote: str, firm: Firm, language: Language = "zh", names: Sequence[str] = ()
) -> Worked | None:
    """What a benefit comes to; `quote`: the sentence that gives it; `names`: the headings over it."""
    benefit = provision.content
    if not isinstance(benefit, Benefit) or provision.unread:
        return None
    grant, say = benefit.grant, _Say(language)
    around = "，".join([*(c.words for c in benefit.when if c.words), *names[:1]])
    match grant:
        case Rate():
            found = _rate(grant, benefit, around, firm, say)
        case Match():
            found = _match(grant, firm, say)
        case Brackets():
            found = _brackets(grant, around, firm, say)
        case PerUnit():
            found = _per_unit(grant, benefit, quote, firm, say)
        case Lump():
            found = _lump(grant, benefit, quote, firm, say)
        case _:
            found = None
    if found is None:
        return None
    amount, shown = _capped(found, benefit, quote, firm, say)
    years = {y.year: y.share for y in benefit.term.years if y.share is not None} if benefit.term else {}
    if (share := years.get(firm.year_of_term or 0)) is not None:  # 第一年拨付60%
        part = f"{say.money(amount)} × {say.share(share)} = {say.money(amount * share.value / 100)}"
        shown += say.of("year_of_term", year=firm.year_of_term, part=part)
        amount = amount * share.value / 100
    return Worked(
        provision,
        amount,
        found.raw,
        shown,
        tuple(found.used),
        tuple(found.figures),
        found.monthly,
    )


@dataclass(frozen=True)
class _Say:
    """Quantities in the language asked for."""

    language: Language

    def of(self, form: str, **values: object) -> str:
        return sum_in_words(form, self.language, **values)

    def money(self, amount: Decimal) -> str:
        return yuan(amount, self.language)

    def share(self, rate: Quantity) -> str:
        return percent(rate.value / 100)

    def figure(self, told: Told) -> str:
        return self.money(told.value) if told.unit == "元" else told.written


def _rate_of_year(grant: Rate, benefit: Benefit, firm: Firm) -> Quantity | None:
    """The share of the year that is told; None where shares differ by year and none is told."""
    years = [y for y in benefit.term.years if y.rate is not None] if benefit.term else []
    if not years:
        return grant.rate
    chosen = next((y for y in years if y.year == firm.year_of_term), None)
    return chosen.rate if chosen else None


def _rate(grant: Rate, benefit: Benefit, around: str, firm: Firm, say: _Say) -> _Working | None:
    rate = _rate_of_year(grant, benefit, firm)
    if rate is None or rate.unit is not Unit.PERCENT:
        return None
    if grant.of.nature == "interest" and (lent := _interest(rate, firm, say)) is not None:
        return lent
    told = firm.figure(Unit.YUAN, grant.of, around)
    if told is None and grant.of.change and (grown := firm.grown(Unit.YUAN, grant.of)) is not None:
        value, base, used = grown
        figures = [f"{value:f}元"]
    elif told is None:
        return _of_pieces(grant, rate, benefit, firm, say)
    else:
        value, base, used, figures = told.value, say.figure(told), [told], []
    if grant.beyond is not None:
        if grant.beyond.unit is not Unit.YUAN:
            return None
        value = max(Decimal(0), value - grant.beyond.value)
        base = f"（{base} − {say.money(grant.beyond.value)}）"
    if grant.upto is not None and value > grant.upto.value:
        value, base = grant.upto.value, say.money(grant.upto.value)
    raw = value * rate.value / 100
    return _Working(raw, f"{base} × {say.share(rate)} = {say.money(raw)}", used, figures)


def _of_pieces(grant: Rate, rate: Quantity, benefit: Benefit, firm: Firm, say: _Say) -> _Working | None:
    """A share of a price, of as many pieces as are told: 一台52万，8台."""
    priced = [
        t for t in firm.told
        if t.per == ("each",) and t.unit == "元" and firm.price_meets(t, grant.of)
    ]  # fmt: skip
    if len(priced) != 1 or (pieces := firm.pieces_of(priced[0])) is None:
        return None
    one = priced[0].value * rate.value / 100
    shown = f"{say.figure(priced[0])} × {say.share(rate)} = {say.money(one)}"
    for cap in benefit.caps:
        if (
            cap.limit.unit is Unit.YUAN
            and Per.ITEM in cap.per
            and not _is_of_all(cap)
            and one > cap.limit.value
        ):
            one = cap.limit.value
            shown += say.of("one_above", cap=say.money(one))
    raw = one * pieces.value
    shown += f"；{say.money(one)} × {pieces.written} = {say.money(raw)}"
    return _Working(
        raw, shown, [priced[0], pieces], [f"{one:f}元"], pieces.value, counted=pieces.unit, capped_each=True
    )


def _interest(rate: Quantity, firm: Firm, say: _Say) -> _Working | None:
    """Interest worked out of what was lent and at which rate, for a year or as long as is told."""
    lent = firm.figure(Unit.YUAN, Measure(nature="loan"))
    rates = [t for t in firm.told if t.unit == "%" and "利" in t.context]
    if lent is None or len(rates) != 1 or firm.figure(Unit.YUAN, Measure(nature="interest")) is not None:
        return None
    months = firm.length() or Decimal(12)
    raw = lent.value * rates[0].value / 100 * rate.value / 100 * months / 12
    time = "" if months == 12 else f" × {months.normalize():f}/12"
    shown = (
        f"{say.figure(lent)} × {percent(rates[0].value / 100)}{time} × {say.share(rate)} = {say.money(raw)}"
    )
    return _Working(raw, shown, [lent, rates[0]], ["12个月"])


def _match(grant: Match, firm: Firm, say: _Say) -> _Working | None:
    told = firm.received()
    if told is None:
        return None
    raw = told.value * grant.match.value / 100
    return _Working(raw, f"{say.figure(told)} × {say.share(grant.match)} = {say.money(raw)}", [told])


def _brackets(grant: Brackets, around: str, firm: Firm, say: _Say) -> _Working | None:
    told = firm.figure(Unit.YUAN, grant.of, around)
    if told is None or any(b.rate is None for b in grant.brackets):
        return None
    raw, parts, figures = Decimal(0), [], []
    for part, rate in _parts(told.value, grant.brackets):
        raw += part * rate.value / 100
        parts.append(f"{say.money(part)} × {say.share(rate)}")
        figures.append(f"{part:f}元")
    return _Working(raw, f"{' + '.join(parts)} = {say.money(raw)}", [told], figures)


def _parts(value: Decimal, brackets: Sequence[Bracket]) -> Iterator[tuple[Decimal, Quantity]]:
    """Each part of a value that lies in a step, with the step's share."""
    for step in brackets:
        low = step.over.value if step.over else Decimal(0)
        high = min(value, step.to.value) if step.to else value
        if high > low and step.rate is not None:
            yield high - low, step.rate


def _per_unit(grant: PerUnit, benefit: Benefit, quote: str, firm: Firm, say: _Say) -> _Working | None:
    if grant.each.unit is not Unit.YUAN:
        return None
    if grant.per.unit in _MONEY:
        return _per_money(grant, firm, say)
    if grant.per.unit in (Unit.YEAR, Unit.MONTH, Unit.DAY):
        return None  # a sum for each year: it is told, nothing is to be multiplied
    own = "，".join(c.words for c in benefit.when if c.words)
    counted = (firm.count(grant.per.unit, own) if own else None) or firm.count(grant.per.unit, quote)
    if counted is None:
        return None
    number, figures = counted.value, []
    factor = counted.written
    if grant.beyond is not None:
        if not alike(grant.beyond.unit.value, grant.per.unit.value):
            return None
        number = max(Decimal(0), number - grant.beyond.value)
        factor = f"（{counted.written} − {grant.beyond}）"
    limit = next(
        (c for c in benefit.caps if alike(c.limit.unit.value, grant.per.unit.value) and c.of is None), None
    )
    if limit is not None and number > limit.limit.value:
        number, factor = (
            limit.limit.value,
            say.of("most_pieces", most=limit.limit),
        )
    if grant.per.value != 1:
        number = number // grant.per.value
        factor = say.of("whole_steps", number=f"{number:f}", per=grant.per)
        figures.append(f"{number:f}")
    raw, monthly, time = grant.each.value * number, False, ""
    if grant.time == "month":
        months = firm.length()
        term = benefit.term.length if benefit.term else None
        most = term.value * (12 if term.unit is Unit.YEAR else 1) if term else None
        if months is None and firm.year_of_term is not None:
            months = Decimal(12)  # 第一年房租补贴
        if months is None:
            monthly = True
        else:
            months = min(months, most) if most is not None else months
            raw, time = (
                raw * months,
                say.of("months", number=f"{months.normalize():f}"),
            )
            figures.append(f"{months.normalize():f}个月")
    elif grant.time in ("day", "quarter"):
        return None
    elif grant.time == "year" and (years := firm.years()) is not None and years > 1:
        raw, time = (
            raw * years,
            say.of("years", number=f"{years.normalize():f}"),
        )
    shown = f"{say.money(grant.each.value)} × {factor}{time} = {say.money(raw)}"
    return _Working(raw, shown, [counted], figures, number, monthly, counted.unit)


def _per_money(grant: PerUnit, firm: Firm, say: _Say) -> _Working | None:
    """A sum for each whole step of what a told sum comes to; of a currency's single unit every part of it counts."""
    if grant.of is None:
        return None
    told = firm.grown(grant.per.unit, grant.of)
    if told is None:
        return None
    value, source, used = told
    if grant.beyond is not None:
        if grant.beyond.unit is not grant.per.unit:
            return None
        value = max(Decimal(0), value - grant.beyond.value)
        source = f"（{source} − {grant.beyond}）"
    if grant.per.value <= 1:
        raw = grant.each.value * value / grant.per.value
        return _Working(
            raw, f"{source} × {grant.each.value.normalize():f} = {say.money(raw)}", used, [f"{value:f}元"]
        )
    steps = value // grant.per.value
    raw = grant.each.value * steps
    has = say.of("holds_steps", told=source, steps=f"{steps:f}", per=grant.per)
    shown = f"{has}{say.money(grant.each.value)} × {steps:f} = {say.money(raw)}"
    return _Working(raw, shown, used, [f"{steps:f}", f"{steps:f}个", f"{value:f}元"])


def _lump(grant: Lump, benefit: Benefit, quote: str, firm: Firm, say: _Say) -> _Working | None:
    """A sum for what is reached: only where a told figure reaches it."""
    if grant.lump.unit is not Unit.YUAN:
        return None
    bounds = [c.bound for c in benefit.when if c.bound]
    met = [(b, t) for b in bounds if (t := firm.test(b, quote)) is not None and holds(b, t.value)]
    levels = [b for b in bounds if b.quantity.unit in (*_MONEY, Unit.PERSON, Unit.PIECE, Unit.FIRM)]
    if not met or (levels and not any(b in levels for b, _ in met)):
        return None  # that it grew says nothing of the step that is reached
    shown = "".join(
        say.of("reached", told=t.written, op=op_in_words(b.op, say.language), bound=b.quantity)
        for b, t in met
    )
    return _Working(grant.lump.value, shown + say.money(grant.lump.value), [t for _, t in met])


def _capped(found: _Working, benefit: Benefit, quote: str, firm: Firm, say: _Say) -> tuple[Decimal, str]:
    """The sum under those of its ceilings that what was told decides, and its working."""
    amount, shown = found.raw, found.shown
    for cap in benefit.caps:
        if cap.limit.unit is Unit.PERCENT:
            told = firm.figure(Unit.YUAN, cap.of) if cap.of is not None else None
            if told is None:  # nobody can say whether the sum lies above it: it is said, never passed over
                of = say.of("what_it_is_of") if cap.of is None else in_words(cap.of.grammar, say.language)
                shown += say.of("ceiling_open", of=of, share=say.share(cap.limit))
                continue
            limit = told.value * cap.limit.value / 100
            name = f"{say.figure(told)} × {say.share(cap.limit)} = {say.money(limit)}"
        elif (
            cap.limit.unit is Unit.YUAN and found.capped_each and Per.ITEM in cap.per and not _is_of_all(cap)
        ):
            continue
        elif cap.limit.unit is Unit.YUAN:
            each = _pieces(found, cap, quote, firm)
            limit = cap.limit.value * each
            name = say.money(cap.limit.value) + (
                f" × {each.normalize():f} = {say.money(limit)}" if each > 1 else ""
            )
        else:
            continue
        if cap.usual and amount > limit:
            shown += say.of("usually", cap=name)
            continue
        if amount > limit:
            shown += say.of("above", cap=name, amount=say.money(limit))
            amount = limit
        else:
            shown += say.of("within", cap=name)
    return amount, shown


def _pieces(found: _Working, cap: Cap, quote: str, firm: Firm) -> Decimal:
    """How many pieces, or people, a ceiling of each counts for: those counted, else the one count told of what is named."""
    unit = Unit.PERSON if Per.PERSON in cap.per else Unit.PIECE if Per.ITEM in cap.per else None
    if unit is None or _is_of_all(cap):
        return Decimal(1)
    if found.counted:
        return found.count if alike(found.counted, unit.value) else Decimal(1)
    told = firm.count(unit, quote)
    return told.value if told is not None and told.value > 1 else Decimal(1)


def _is_of_all(cap: Cap) -> bool:
    return Per.TOTAL in cap.per or Per.APPLICANT in cap.per


def less(sum_of: Worked, got: Told, language: Language) -> Worked:
    """A sum less what was given already: 补足差额."""
    rest = sum_of.amount - got.value
    say = _Say(language)
    worked_out = f"{say.money(sum_of.amount)} − {say.money(got.value)} = {say.money(rest)}"
    shown = sum_of.shown + say.of("difference", working=worked_out)
    return replace(sum_of, amount=rest, shown=shown, used=(*sum_of.used, got))


def within(
    sum_of: Worked, spent: Told, share: Quantity, got: Told, limit: Provision, language: Language
) -> Worked:
    """A sum no larger than what a share of the spending leaves when what others gave is taken off."""
    say = _Say(language)
    room = spent.value * share.value / 100
    left = max(Decimal(0), room - got.value)
    worked_out = f"{say.figure(spent)} × {say.share(share)} = {say.money(room)}"
    amount = min(sum_of.amount, left)
    shown = sum_of.shown + say.of("together", cap=worked_out, got=say.money(got.value), left=say.money(left))
    figures = (*sum_of.figures, f"{room:f}元", f"{left:f}元")
    used, beside = (*sum_of.used, got), (*sum_of.beside, limit)
    return replace(sum_of, amount=amount, shown=shown, used=used, figures=figures, beside=beside)
