"""`Offer, figures told → a sum and its working`: a share, pieces, a rent, interest, a step; up to the cap."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.grammar.measures import Measure, meets, vocabulary
from assistant.law.told import Told, likeness, the_one
from assistant.law.wording import percent, yuan
from assistant.models import Language
from assistant.programmes.bases import asked_of, base_of, things_of, unread
from assistant.programmes.brackets import bracketed
from assistant.programmes.offers import Bound, Offer

SAYS = {"at_least": "不低于", "more_than": "超过", "at_most": "不超过", "less_than": "不足"}
_MONTHS = Decimal(12)
_FOUNDED = re.compile(r"成立|注册|设立|登记|创办|开业")
_ALIKE = 2  # characters that two phrases share
_MEASURED = (
    "TB",
    "GB",
    "小时",
    "千瓦时",
    "吨",
    "公里",
    "架次",
)  # pieces that can be of nothing else in a clause
_OF_ITSELF = ("平方米", "架次", "人")  # units that say what they count
_GROWTH = re.compile(r"每?(?:增加|增长|新增|增量)")


def told_of(bound: Bound, told: Sequence[Told], offer: Offer | None = None) -> Told | None:
    """The told figure that a bound is about: of the same measure; None when none surely is."""
    same = [t for t in told if t.unit == bound.unit and not t.received and not t.unresolved]
    if bound.unit == "年":  # of years only the firm's age is sure: 一年花了800万 tells none
        same = [t for t in same if "成立" in t.context and _FOUNDED.search(bound.noun)]
        return same[0] if len(same) == 1 else None
    if bound.unit in ("元", "美元"):
        return the_one(same, asked_of(bound, offer))
    if bound.unit == "人":
        same = [t for t in same if _are_of(t, bound)]
    if bound.unit in _OF_ITSELF and len(same) == 1:
        return same[0]
    alike = [t for t in same if likeness(t.context, bound.noun) >= _ALIKE]
    return max(alike, key=lambda t: likeness(t.context, bound.noun), default=None)


def _are_of(told: Told, bound: Bound) -> bool:
    """Whether the people told are those that a bound counts; who is not named at all is of the staff."""
    wanted, above = things_of(bound.noun, by_class=True), vocabulary().above
    if told.measure.objects:
        return all(above[one] & wanted for one in told.measure.objects)
    return wanted <= {"staff"}


@dataclass(frozen=True)
class Counted:
    """A sum before its cap, how it came about, and figures of the working that stand nowhere else."""

    raw: Decimal
    shown: str
    own_figures: tuple[str, ...] = ()


def count(offer: Offer, told: Sequence[Told], language: Language) -> Counted | None:
    """What an offer comes to for the figures told; None where none is of its base, or the clause says more than was read."""
    if unread(offer) is not None or any(
        not b.holds(found.value) for b in offer.bounds if (found := told_of(b, told, offer)) is not None
    ):
        return None
    money = [t for t in told if t.unit == "元" and not t.received]
    if offer.brackets:
        if (basis := the_one(money, base_of(offer))) is None:
            return None
        return Counted(*bracketed(basis.value, offer.brackets, language))
    if offer.rate is not None:
        return _share(offer, money, told, language)
    if offer.amount is None:
        return None
    if offer.each == "平方米":
        return _rent(offer, money, told, language)
    if offer.each:
        if (pieces := pieces_of(offer, told)) is None:
            return None
        if offer.step is not None:
            return _steps(offer, offer.amount, told, language)
        count = min(pieces.value, offer.count_cap) if offer.count_cap else pieces.value
        most = f"（最多{offer.count_cap.normalize():f}）" if offer.count_cap and count < pieces.value else ""
        raw = offer.amount * count
        factor = pieces.written if count == pieces.value and language != "en" else f"{count.normalize():,f}"
        return Counted(raw, f"{yuan(offer.amount, language)} × {factor}{most} = {yuan(raw, language)}")
    if any(told_of(b, told, offer) is not None for b in offer.bounds):
        return Counted(offer.amount, f"{_condition(offer)}，{yuan(offer.amount, language)}")
    return None


def pieces_of(offer: Offer, told: Sequence[Told]) -> Told | None:
    """The count told of what an offer gives a sum for; None where none surely is of that."""
    same = [t for t in told if t.unit == offer.each and not t.received]
    if offer.step is not None:
        return same[0] if same else None
    if offer.each in _MEASURED and len(same) == 1:
        return same[0]
    above, alike = vocabulary().above, []
    given = things_of(offer.label, by_class=True)
    given = {one for one in given if not any(one != other and one in above[other] for other in given)}
    for one in same:
        named = one.measure.objects
        if named and given:
            is_of_it = all(above[thing] & given for thing in named)
        else:
            is_of_it = likeness(one.context, offer.label) >= _ALIKE
        alike += [one] if is_of_it else []
    return alike[0] if len(alike) == 1 else None


def count_kinds(
    offers: Sequence[Offer], told: Sequence[Told], language: Language
) -> tuple[Counted, list[Offer]] | None:
    """Several kinds told in one breath, each at its own price: 8TB文本和12TB图像; None where it is one, or not clear."""
    priced = [o for o in offers if o.each and o.amount is not None and o.step is None and unread(o) is None]
    factors: list[str] = []
    taken: list[Offer] = []
    raw = Decimal(0)
    for one in (t for t in told if not t.received and t.beside):
        own = [o for o in priced if o.each == one.unit and o not in taken]
        best = max(own, key=lambda o: likeness(one.beside, _kind(o)), default=None)
        if best is None or best.amount is None or likeness(one.beside, _kind(best)) < _ALIKE:
            continue
        taken.append(best)
        raw += best.amount * one.value
        factors.append(f"{yuan(best.amount, language)} × {one.written}")
    if len(taken) < 2:
        return None
    return Counted(raw, f"{' + '.join(factors)} = {yuan(raw, language)}"), taken


def _kind(offer: Offer) -> str:
    return offer.name or offer.label[-16:]


def _steps(offer: Offer, amount: Decimal, told: Sequence[Told], language: Language) -> Counted | None:
    """A sum for each whole step: what does not fill one counts nothing. Of several figures the last is what was added."""
    base = base_of(offer)
    same = [t for t in told if t.unit == offer.each and not t.received]
    if offer.each in ("元", "美元"):
        of_base = [replace(base, change=change) for change in (True, False)]
        same = [t for t in same if t.measure.family and any(meets(t.measure, one) for one in of_base)]
    if offer.step is None:
        return None
    if _GROWTH.search(offer.label) and (rise := _rise(same)):
        before, after = rise
        return _steps_of(
            offer, amount, after.value - before.value, f"{after.written} − {before.written}", language
        )
    grown = [t for t in same if re.search(r"增|多(?:了|出)|涨|新", t.context)]
    if not (counted := grown or (same if len(same) == 1 and not _GROWTH.search(offer.label) else [])):
        return None
    if len(same) > 1 and _GROWTH.search(offer.label) and len(grown) != 1:
        return None
    whole = counted[-1].value // offer.step
    raw = amount * whole
    if offer.step == 1:
        return Counted(raw, f"{yuan(amount, language)} × {counted[-1].written} = {yuan(raw, language)}")
    step = _written(offer, language)
    times = f"含 {whole:f} 个{step}" if language != "en" else f" has {whole:f} × {step}"
    shown = f"{counted[-1].written}{times}，{yuan(amount, language)} × {whole:f} = {yuan(raw, language)}"
    return Counted(raw, shown, (f"{whole:f}", f"{whole:f}个"))


def _rise(told: Sequence[Told]) -> tuple[Told, Told] | None:
    """(last year's figure, this year's), where a person tells both."""
    before = [t for t in told if re.match(r"去年|上|前", t.when)]
    after = [t for t in told if t not in before and not re.search(r"增加|增长了?$|多了", t.context)]
    return (
        (before[0], after[0])
        if len(before) == 1 and len(after) == 1 and after[0].value > before[0].value
        else None
    )


def _steps_of(offer: Offer, amount: Decimal, rise: Decimal, shown: str, language: Language) -> Counted:
    """A sum for each whole step of a rise from one year to the next."""
    assert offer.step is not None
    whole, zh = rise // offer.step, language != "en"
    raw = amount * whole
    unit = "美元" if offer.each == "美元" else ""
    risen = f"{yuan(rise, language)}".replace("元", unit or "元") if zh else f"{rise:,f}"
    times = (
        f"，含 {whole:f} 个{_written(offer, language)}"
        if zh
        else f", {whole:f} × {_written(offer, language)}"
    )
    working = f"{shown} = {risen}{times}，{yuan(amount, language)} × {whole:f} = {yuan(raw, language)}"
    return Counted(raw, working if zh else working.replace("，", ", "), (f"{whole:f}", f"{whole:f}个", risen))


def _written(offer: Offer, language: Language) -> str:
    assert offer.step is not None
    if offer.each == "元":
        return yuan(offer.step, language)
    return f"USD {offer.step:,f}" if language == "en" else yuan(offer.step).replace("元", "美元")


def _condition(offer: Offer) -> str:
    bounds = [f"{SAYS[b.op]}{b.written}" for b in offer.bounds]
    return f"{re.split('[,、]', offer.bounds[0].noun)[0][-12:]}{'、'.join(bounds)}"


def _share(offer: Offer, money: Sequence[Told], told: Sequence[Told], language: Language) -> Counted | None:
    assert offer.rate is not None
    base = base_of(offer)
    basis = the_one(money, base)
    if basis is None and base.nature == "interest":  # what was lent, where its rate is told beside it
        basis = the_one(money, Measure("loan"))
        if not any(t.unit == "%" and "利率" in t.context for t in told):
            return None
    if basis is None:
        return None
    rates = [t for t in told if t.unit == "%" and "利率" in t.context]
    if re.search(r"利率|利息", offer.basis) and rates and re.search(r"贷", basis.context):
        interest = basis.value * rates[0].value / 100
        raw = interest * offer.rate
        shown = f"{yuan(basis.value, language)} × {percent(rates[0].value / 100)} × {percent(offer.rate)} = {yuan(raw, language)}"
        if offer.rate_cap is not None and raw > basis.value * offer.rate_cap:
            raw = basis.value * offer.rate_cap
            shown += f"，超过{percent(offer.rate_cap)}的限度，按{yuan(raw, language)}计"
        return Counted(raw, shown)
    raw = basis.value * offer.rate
    return Counted(raw, f"{yuan(basis.value, language)} × {percent(offer.rate)} = {yuan(raw, language)}")


def _rent(offer: Offer, money: Sequence[Told], told: Sequence[Told], language: Language) -> Counted | None:
    area = next((t for t in told if t.unit == "平方米"), None)
    if area is None or offer.amount is None:
        return None
    square = min(area.value, offer.count_cap) if offer.count_cap else area.value
    paid = [t.value for t in money if "平" in t.context and t.value < 10000]
    price = min([offer.amount, *paid])
    told_months = next((t.value for t in told if t.unit == "个月" and t.value <= _MONTHS), _MONTHS)
    months = told_months if offer.monthly else Decimal(1)
    raw = price * square * months
    times = f" × {months.normalize():f}个月" if offer.monthly and months != 1 else ""
    factors = f"{yuan(price, language)} × {square.normalize():f}平方米{times}"
    return Counted(raw, f"{factors} = {yuan(raw, language)}")


def up_to_cap(offer: Offer, counted: Counted, language: Language) -> tuple[Decimal, str]:
    if offer.cap is None:
        return counted.raw, counted.shown
    limit, zh = yuan(offer.cap, language), language != "en"
    usual = (
        f"（原则上不超过{yuan(offer.usual, language)}）"
        if offer.usual is not None and counted.raw > offer.usual
        else ""
    )
    if counted.raw > offer.cap:
        more = f"，超过上限{limit}，按{limit}计{usual}" if zh else f", above the cap of {limit}, so {limit}"
        return offer.cap, counted.shown + more
    return counted.raw, counted.shown + (
        f"，未超过上限{limit}{usual}" if zh else f", within the cap of {limit}"
    )
