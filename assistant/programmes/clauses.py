"""What a clause of any paper gives, read by its wording: `text → Rules`; no programme file, no language model.

Support rules are written in a few set forms: 按…的30%给予补贴; 给予50万元一次性奖励; 每新增一家奖励2万元; 每平方米每月30元;
分别 lists; 以上、不足 tiers; behind them 最高、不超过, 原则上, and what must be reached. Each offer keeps the span of its
sentence, so that it can be quoted. What is not in one of these forms is not read: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.grammar.measures import measure_of, tokens_of, vocabulary
from assistant.law.figures import Figure, figures_in
from assistant.programmes.brackets import Bracket, brackets_in
from assistant.programmes.figure_roles import (
    BASIS,
    CAP,
    EACH,
    LEAST,
    MONTHLY,
    MOST,
    SHARE_LIMIT,
    STRICT,
    UP_TO,
    role_of,
)
from assistant.programmes.offers import Bound, Limit, Offer, Op, Rules
from assistant.programmes.parts import join_parts
from assistant.programmes.rows import offer_of, rows_in
from assistant.text import fold, sentences
from assistant.values import normalise

_LEAD = 200  # characters before a sentence that may say what it is of
_PIECE = {"平米": "平方米", "户": "家", "名": "人", "tb": "TB", "gb": "GB", "度": "千瓦时", "kwh": "千瓦时"}


@dataclass
class _Sentence:
    """One sentence being read, its figures grouped by what joins them."""

    normal: str
    start: int
    end: int
    offers: list[Offer]
    bounds: list[Bound]
    limits: list[Limit]
    lead: str = ""
    behind: str = ""
    part: int = 0  # how many of the bounds stood before the last semicolon: they hold for something else


def read_rules(text: str, context: str = "") -> Rules:
    """The rules of a text; spans are places in it. `context`: title and headings over it, which may say what it is of."""
    offers: list[Offer] = []
    bounds: list[tuple[Bound, int, int]] = []
    limits: list[Limit] = []
    rows = {row: replace(o, lead=normalise(context)) for row in rows_in(text) if (o := offer_of(row))}
    offers += rows.values()
    for start, end in sentences(text):
        if any(row.start < end and start < row.end for row in rows):
            continue
        before = text[max(0, start - _LEAD) : start]
        behind = text[end:].partition("。")[0] if text[start:end].endswith(("；", ";")) else ""
        one = _Sentence(
            normalise(text[start:end]),
            start,
            end,
            [],
            [],
            [],
            normalise(f"{context}。{before}"),
            normalise(behind),
        )
        _read(one, offers)
        if not one.offers:
            _apply_alone(one, offers)
        bounds += [(bound, start, end) for bound in one.bounds]
        limits += one.limits
        offers += one.offers
    # X万元以下的…，X万元以上的… are alternatives: none of the two is asked of everyone.
    asked = [found for found in bounds if not any(_is_other_side(found[0], other[0]) for other in bounds)]
    joined = tuple(join_parts(offers))
    ends = {
        part.lower for o in joined for part in o.brackets
    }  # from where another rate begins, asked of nobody
    asked = [found for found in asked if found[0].value not in ends]
    return Rules(joined, tuple(asked), tuple(limits), bool(re.search(r"差额|补足|补差", text)))


def _is_other_side(bound: Bound, other: Bound) -> bool:
    """Whether two bounds part the same figure in two."""
    sides = {bound.op in ("at_least", "more_than"), other.op in ("at_least", "more_than")}
    same = (bound.value, bound.unit) == (other.value, other.unit)
    return len(sides) == 2 and same and bound.noun[-4:] == other.noun[-4:]


def _read(one: _Sentence, before: list[Offer]) -> None:
    figures = figures_in(one.normal)
    parts, span = brackets_in(one.normal, figures)
    if span is not None:
        figures = [f for f in figures if not span[0] <= f.start < span[1]]
        one.offers.append(_by_part(one, parts, span[0]))
    groups = list(_groups(one.normal, figures))
    refused = bool(re.search(r"不予|不得申|不再受理|不属于|不能申", one.normal))
    label_from = read_to = 0
    thresholds: list[Figure] = []
    step: Figure | None = None
    for group in groups:
        first = group[0]
        if ";" in one.normal[read_to : first.start]:
            one.part = len(one.bounds)
        read_to = group[-1].end
        segment = _segment(one.normal, first.start)
        right = one.normal[group[-1].end :]
        if _is_aside(one.normal, first.start):
            continue
        role = role_of(one.normal, bool(one.offers), first, segment, right)
        if role == "bound":
            if len(group) > 1 and first.unit == "元":
                thresholds = group
                continue
            one.bounds += [_named_bound(_bound(one.normal, f, refused), one, before) for f in group]
        elif role == "step":
            step = first
        elif role in ("rate", "lump"):
            label = one.normal[label_from : first.start]
            given = list(_offers(one, group, role, label, thresholds, before))
            if step is not None and role == "lump":
                given = [replace(o, each=step.unit, step=step.value) for o in given]
            one.offers += given
            label_from, thresholds, step = group[-1].end, [], None
        elif role in ("cap", "usual"):
            _set_caps(one, group, role, before)
        elif role == "count_cap":
            one.offers[:] = [replace(o, count_cap=first.value) for o in one.offers]
        elif role == "rate_cap":
            one.offers[:] = [replace(o, rate_cap=first.value / 100) for o in one.offers]
        elif role == "share_limit":
            of = SHARE_LIMIT.search(one.normal[: first.start])
            one.limits.append(
                Limit(one.start, one.end, None, first.value / 100, of["of"].rstrip("的") if of else "")
            )
        elif role == "limit":
            one.limits.append(Limit(one.start, one.end, first.value))


def _is_aside(normal: str, position: int) -> bool:
    """Whether a place stands within brackets: 达到10%以上(超过100人的企业达到5%以上) asks nobody for 100 people."""
    return normal.rfind("(", 0, position) > normal.rfind(")", 0, position)


def _named_bound(bound: Bound, one: _Sentence, before: Sequence[Offer]) -> Bound:
    """A bound of a later step (200万元至1000万元的) is of what the first one was of."""
    known = [*one.bounds, *(before[-1].bounds if before else ())]
    own = bound.noun if measure_of(bound.noun).is_known or bound.unit not in ("元", "美元") else ""
    noun = own or next((b.noun for b in reversed(known) if b.noun and b.unit == bound.unit), bound.noun)
    return replace(bound, noun=noun, lead=one.lead)


def _by_part(one: _Sentence, parts: tuple[Bracket, ...], start: int) -> Offer:
    """What is given at other rates for each part of a sum; what the sum is stands before."""
    label = one.normal[:start]
    basis = re.search(r"(?:按照|按|对)(?P<basis>[^,;。:按]{2,24}?)(?:给予|分段|分档|奖励|补贴)", label)
    noun = basis["basis"] if basis else re.split(r"[,;。:]", label)[-1]
    return Offer(
        one.start,
        one.end,
        label,
        basis=noun,
        brackets=parts,
        said=one.normal,
        lead=one.lead,
        behind=one.behind,
    )


def _groups(normal: str, figures: Sequence[Figure]) -> Iterator[list[Figure]]:
    """Figures in order, those of a list (500万元、2000万元、1亿元) together."""
    group: list[Figure] = []
    for figure in figures:
        joined = (
            group
            and figure.unit == group[-1].unit
            and normal[group[-1].end : figure.start] in ("、", "和", "或", "及")
        )
        if group and not joined:
            yield group
            group = []
        group.append(figure)
    if group:
        yield group


def _segment(normal: str, position: int) -> str:
    return re.split(r"[,;。:]", normal[:position])[-1]


def _bound(normal: str, figure: Figure, refused: bool) -> Bound:
    segment, behind = _segment(normal, figure.start), normal[figure.end : figure.end + 5]
    strict = bool(STRICT.search(segment))
    low = bool(LEAST.search(segment)) and not MOST.search(segment)
    if re.match(r"\s*\)?(?:以上|及以上|\(含)", behind):
        low, strict = True, False
    elif re.match(r"\s*(?:以下|以内)", behind):
        low, strict = False, False
    elif UP_TO.search(normal[: figure.start]):
        low, strict = False, not re.match(r"\s*\(?含", behind)
    elif re.match(r"\s*(?:\(含\)|含)?\s*(?:至|到|~|-)\s*\d", normal[figure.end :]):
        low, strict = True, False
    op: Op = ("more_than" if strict else "at_least") if low else ("less_than" if strict else "at_most")
    if refused:  # what is below is refused, so it must be reached
        op = {
            "at_least": "less_than",
            "more_than": "at_most",
            "at_most": "more_than",
            "less_than": "at_least",
        }[op]  # type: ignore[assignment]
    noun = re.sub(
        r"(?:不低于|不少于|不小于|达到|达|满|不|超过|突破|高于|多于|低于|不足|未满|少于|以上|及)+$",
        "",
        segment,
    )
    noun = re.sub(r"\d[\d.]*[万亿]?元?\s*(?:\(含\)|含)?\s*(?:至|到|~|-)$", "", noun)  # 投入50万元(含)至
    return Bound(noun[-24:], op, figure.value, figure.unit, figure.written, normal)


def _offers(
    one: _Sentence,
    group: list[Figure],
    role: str,
    label: str,
    thresholds: list[Figure],
    before: Sequence[Offer],
) -> Iterator[Offer]:
    segment = _segment(one.normal, group[0].start)
    context = one.normal[: group[0].start]
    each = EACH.search(segment) or (EACH.search(label) if role == "lump" else None)
    basis = BASIS.search(segment)
    names = _named(label, len(group)) if len(group) > 1 and not thresholds else []
    for number, figure in enumerate(group):
        bounds = tuple(one.bounds[one.part :])
        if (
            role == "rate" and not basis and before
        ):  # a raised rate: what its base rate asks for holds as well
            own = {b.unit for b in bounds}
            bounds = (*(b for b in before[-1].bounds if b.unit != "年" and b.unit not in own), *bounds)
        if len(thresholds) == len(group):
            bounds = (
                *bounds,
                replace(
                    _bound(one.normal, thresholds[0], False),
                    value=thresholds[number].value,
                    written=thresholds[number].written,
                ),
            )
        offer = Offer(
            one.start, one.end, label, said=one.normal, lead=one.lead, behind=one.behind,
                name=names[number] if names else "", bounds=bounds,
            at_most=bool(re.search(r"(?:最高|不超过|不高于)[^,]{0,8}$", segment)), tiered=bool(thresholds) or _is_step(bounds),
        )  # fmt: skip
        if role == "rate":
            words = (
                re.sub(r"^(?:不超过|不高于)|给予$", "", basis["basis"])
                if basis
                else (before[-1].basis if before and before[-1].basis else "")
            )
            yield replace(offer, rate=figure.value / 100, basis=words)
        else:
            unit = _PIECE.get(each["unit"], each["unit"]) if each else ""
            unit = "个" if unit in "个项件条张款台套辆篇次份" and unit else unit
            yield replace(offer, amount=figure.value, each=unit, monthly=bool(MONTHLY.search(context[-16:])))


def _is_step(bounds: Sequence[Bound]) -> bool:
    """Whether bounds are the two ends of a step: 200万元至1000万元."""
    ends = {b.op in ("at_least", "more_than") for b in bounds if b.unit == "元"}
    return len(ends) == 2


def _named(label: str, count: int) -> list[str]:
    """The names of a 分别 list: 国际标准、国家标准 for two sums."""
    parts = re.split(r"、|和|或", re.split(r"分别", label)[0])
    return parts[-count:] if len(parts) >= count else []


_OF_A_FIRM = re.compile(r"单[个家户]|每[个家户]|同[一1]")


def _cap_steps(last: Offer, before: list[Offer], cap: Decimal, span: tuple[int, int]) -> None:
    """A cap behind the last of several steps by the same sum holds for the steps before it too."""
    if last.rate is None or not any(b.unit == "元" for b in last.bounds):
        return
    for i in range(len(before) - 1, -1, -1):
        step = before[i]
        if step.rate is None or step.cap is not None or not any(b.unit == "元" for b in step.bounds):
            return
        before[i] = replace(step, cap=cap, cap_at=span)


def _set_caps(one: _Sentence, group: list[Figure], role: str, before: list[Offer]) -> None:
    field = "usual" if role == "usual" else "cap"
    span = (one.start, one.end)
    segment = _segment(one.normal, group[0].start)
    if _limits_something_else(segment):
        one.offers[:] = [replace(offer, cap_unread=True) for offer in one.offers]
        return
    if len(group) > 1 and len(one.offers) == 1:
        names = _named(one.normal[: group[0].start].split("按")[0], len(group))
        only = one.offers[0]
        one.offers[:] = [
            replace(only, name=names[i] if names else "", cap=f.value, cap_at=span)
            for i, f in enumerate(group)
        ]
        return
    for i, offer in enumerate(one.offers):
        if getattr(offer, field) is None and not _is_fixed(offer):
            one.offers[i] = replace(offer, **{field: group[0].value, "cap_at": span})  # type: ignore[arg-type]
    segment = _segment(one.normal, group[0].start)
    if field == "cap" and one.offers and _OF_A_FIRM.search(segment):
        _cap_steps(one.offers[-1], before, group[0].value, span)


def _limits_something_else(segment: str) -> bool:
    """Whether a ceiling is of each piece (每个展位最高2万元) or of what is counted (贷款本金不超过500万元)."""
    folded = fold(segment)
    if any(t.sort == "noun" and t.key != "public_money" for t in tokens_of(folded)):
        return True
    known = vocabulary()
    for word in known.modifiers["each"]:
        _, found, rest = folded.partition(word)
        if found and word not in ("每家", "每户") and not rest.startswith((*known.who, *known.plain)):
            return True
    return False


def _apply_alone(one: _Sentence, offers: list[Offer]) -> None:
    """A sentence that only limits: 同一企业每年最高300万元 holds for the offers before it in the clause.

    One that does not speak of the firm as a whole holds for the sentence before it only; behind words of its own it is not
    sure for whom it holds. A fixed sum has no cap beside itself.
    """
    last = offers[-1].end if offers else 0
    for group in _groups(one.normal, figures_in(one.normal)):
        segment = _segment(one.normal, group[0].start)
        if group[0].unit != "元" or not CAP.search(segment) or SHARE_LIMIT.search(one.normal[: group[0].end]):
            continue
        if re.search(r"依据本|本(?:措施|政策|办法|指南|细则|规程)|有效期内", one.normal):
            continue
        of_firm = bool(_OF_A_FIRM.search(segment))
        for i, offer in enumerate(offers):
            if offer.cap is not None or _is_fixed(offer) or not (of_firm or offer.end == last):
                continue
            if of_firm or offer.usual is not None or one.normal.startswith(segment):
                offers[i] = replace(offer, cap=group[0].value, cap_at=(one.start, one.end))
            else:
                offers[i] = replace(offer, cap_unread=True)


def _is_fixed(offer: Offer) -> bool:
    return offer.amount is not None and not offer.each and not offer.monthly
