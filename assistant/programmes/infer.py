"""A verdict and a sum from the clauses of any paper, without a programme file: `question, clauses → Inferred`.

The clause that fits the question's words best is taken; what it asks for is compared with the figures told; its rate,
sum or price is applied to the figure it speaks of, up to its cap. The result is said to be computed from the clause
(按条文推算): conditions that no figure decides are not judged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from assistant.grammar.measures import Measure, meets
from assistant.law.told import Told, figures_told, is_related, likeness, the_one
from assistant.law.wording import percent, yuan
from assistant.models import Assessment, Language, Passage
from assistant.programmes.bases import Nouns, asked_of, base_of, content_of, is_for
from assistant.programmes.counting import count, count_kinds, pieces_of, told_of, up_to_cap
from assistant.programmes.infer_refusal import refused
from assistant.programmes.inferred import LOOKED_AT, Clause, Inferred, rules_in, rules_of
from assistant.programmes.offers import Offer
from assistant.programmes.present import Statement
from assistant.programmes.raises import Raise, raises
from assistant.programmes.schema import Source
from assistant.text import fold
from assistant.values import normalise

_ENTITIES = (
    (re.compile(r"研究所|研究院|科研院所|科研机构|科研单位"), re.compile(r"科研|研究院|研究所")),
    (
        re.compile(r"买方|采购方|我们是买|我是买"),
        re.compile(r"购买方|采购方|买方|用户单位|应用单位|使用单位|使用方|首购"),
    ),
    (
        re.compile(r"卖方|供应方|服务商|供应商|我们是卖|我是卖|我们生产|研制方"),
        re.compile(r"卖方|供应方|服务商|服务方|提供方|研制单位|生产企业|供应商"),
    ),
    (re.compile(r"高校|大学|学院"), re.compile(r"高校|大学|院校")),
    (re.compile(r"中小(?:微)?企业|小微"), re.compile(r"中小|小微")),
)
_RAISED = re.compile(r"比例[^,;。]{0,4}(?:提高|上浮|放宽)")
_ESTABLISHED = re.compile(r"老(?:公司|企业|厂)|不是新|普通(?:公司|企业)|成立(?:了)?(?:好)?多年")
Weight = Callable[[str], float]


def infer(
    text: str,
    passages: Sequence[Passage],
    keywords: Sequence[str],
    language: Language,
    as_of: date,
    weight: Weight = len,
    whole: Callable[[str], str | None] = lambda id: None,
    earlier: Sequence[Told] = (),
    nouns: Nouns = lambda text: (),
    before: str = "",
) -> Inferred | None:
    """The verdict or sum that the best fitting clause gives for the figures told; None where that is not clear.

    `weight`: how much a word says; `whole`: document id → its text, for limits that stand in another clause;
    `earlier`: what was told before in the same talk and still holds, such as the firm's age; `nouns`: those of a text;
    `before`: earlier messages of the talk.
    """
    told = figures_told(text, as_of, before=before)
    if told:
        told += [
            t for t in earlier if not any((own.unit, own.context) == (t.unit, t.context) for own in told)
        ]
    if not told and not is_related(fold(text)):
        return None
    clause = _highest_step(_best(passages, keywords, told, text, weight), told, text, nouns)
    if refusal := refused(clause, passages, told, text, language, whole):
        return refusal
    if clause is None:
        return None
    head = clause.passage.head
    around = (head.title, *clause.passage.chunk.headings)
    if not is_for(clause.offer, around, text, nouns):
        return None  # what the clause gives for is not spoken of
    if _names_another(clause, text, nouns):
        return None
    found = list(raises(clause.offer, clause.passage.head.id, passages[:LOOKED_AT]))
    met = next((r for r in found if r.is_told(text, clause.offer)), None)
    raised = replace(clause, offer=met.raised(clause.offer)) if met else clause
    computed = _computed(raised, told, language, whole(clause.passage.head.id), text)
    return _with_raises(computed, found, met) if computed and found else computed


def _with_raises(computed: Inferred, found: Sequence[Raise], met: Raise | None) -> Inferred:
    """The sum with the clause that raised its rate; what may raise it is quoted under it."""
    first, *others = computed.statements
    if met is None:
        quoted = [Statement(r.source.quote, (r.source,)) for r in found[:1]]
        return replace(computed, statements=(first, *quoted, *others))
    rate = re.search(r"[\d.]+%", first.text)
    sources = (*first.sources, met.source)
    shown = (*computed.own_figures, rate[0]) if rate else computed.own_figures
    return Inferred((replace(first, sources=sources),), computed.assessment, shown)


# ------------------------------------------------------------------ which clause


def _best(
    passages: Sequence[Passage], keywords: Sequence[str], told: Sequence[Told], text: str, weight: Weight
) -> Clause | None:
    asked = fold(text)
    ranked: list[tuple[float, int, Clause]] = []
    for place, passage in enumerate(passages[:LOOKED_AT]):
        if place and passage.head.id != passages[0].head.id and passage.score < passages[0].score - 1.0:
            continue
        if passage.head.is_hearsay:
            continue  # it is quoted as such, never computed with
        rules = rules_in(passage)
        around = fold(" ".join([*passage.chunk.headings, passage.chunk.text]))
        shared = sum(weight(word) for word in keywords if word in around and len(word) > 1)
        reached = any(o.tiered and _is_reached(o, told) for o in rules.offers)
        for offer in rules.offers:
            own = "".join(re.split(r"[,;。]", offer.label)[-2:])
            fits = shared / 4 + sum(weight(w) for w in keywords if w in own and len(w) > 1)
            fits += (
                0.6 * likeness(own, asked)
                + _bounds_fit(offer, told)
                + _basis_fit(offer, told)
                + _entity_fit(own, asked)
                + _name_fit(offer, asked)
            )
            fits += 6 * (passage.score - passages[0].score)
            fits += 6.0 if told and count(offer, told, "zh") is not None else 0.0
            fits -= _OPEN if _is_open_variant(offer, rules.offers, told) else 0.0
            fits -= _ANOTHER_STEP if reached and offer.tiered and not _is_reached(offer, told) else 0.0
            ranked.append((fits, -len(ranked), Clause(passage, rules, offer)))
    return max(ranked, key=lambda r: r[:2])[2] if ranked else None


def _names_another(clause: Clause, text: str, nouns: Nouns) -> bool:
    """Whether the message says what only another offer of the clause is for (境外游客), counted in the same way."""
    chosen, asked = clause.offer, fold(text)
    own = set(content_of(chosen.label, nouns))
    for other in clause.rules.offers:
        alike = (other.rate is None) is (chosen.rate is None) and other.each == chosen.each
        if other is chosen or not alike or base_of(other) != base_of(chosen):
            continue
        if any(word in asked for word in set(content_of(other.label, nouns)) - own):
            return True
    return False


def _highest_step(clause: Clause | None, told: Sequence[Told], text: str, nouns: Nouns) -> Clause | None:
    """Of several fixed sums for steps of one figure the one of the highest step that is reached."""
    if clause is None or clause.offer.rate is not None:
        return clause
    own = _step_of(clause.offer, told)
    best, offer = own, clause.offer
    for other in clause.rules.offers if own else ():
        step = _step_of(other, told) if other.rate is None and is_for(other, (), text, nouns) else None
        if own and best and step and step[1] == own[1] and step[0] > best[0]:
            best, offer = step, other
    return replace(clause, offer=offer)


def _step_of(offer: Offer, told: Sequence[Told]) -> tuple[Decimal, Measure] | None:
    """(the figure to be reached, what it is of) of an offer that a told figure reaches; None where it surely reaches none."""
    found = [(b, told_of(b, told, offer)) for b in offer.bounds if b.op in ("at_least", "more_than")]
    reached = [b for b, one in found if one is not None and b.holds(one.value)]
    return max(((b.value, asked_of(b, offer)) for b in reached), key=lambda r: r[0], default=None)


def _entity_fit(label: str, asked: str) -> float:
    """A clause that gives institutes or universities something else than firms, and who asks."""
    return sum(30.0 for said, meant in _ENTITIES if said.search(asked) and meant.search(label))


def _basis_fit(offer: Offer, told: Sequence[Told]) -> float:
    """A share of what a sum was told of: 租金300万 and 年度租金的20%."""
    sums = [t for t in told if t.unit == "元"]
    return 3.0 if offer.rate is not None and the_one(sums, base_of(offer)) is not None else 0.0


def _name_fit(offer: Offer, asked: str) -> float:
    """Of a list with 分别 the one whose name the question has; Ⅱ期 is 二期."""
    own = set(_plain_numerals(offer.name))
    letters = own - set(_plain_numerals(offer.label.replace(offer.name, "", 1))) if offer.name else set()
    name = _plain_numerals(re.split(r"完成|取得|制定|首次|认定为", offer.name)[-1].strip())
    asked = _plain_numerals(normalise(asked))
    stem = re.sub(r"(?:临床试验|企业|的|\s).*$", "", name)
    return 5.0 if stem and stem in asked else 0.3 * len(letters & set(asked))


def _plain_numerals(text: str) -> str:
    for roman, number in (("iv", "4"), ("iii", "3"), ("ii", "2"), ("i", "1")):
        text = re.sub(rf"(?<![a-z]){roman}(?=[期类级档])", number, text)
    return text


_OPEN = 3.0  # a variant whose condition nothing told decides: who does not speak of it gets the plain one
_ANOTHER_STEP = 30.0  # of several steps another is the one that was reached


def _is_open_variant(offer: Offer, offers: Sequence[Offer], told: Sequence[Told]) -> bool:
    undecided = bool(offer.bounds) and all(told_of(b, told, offer) is None for b in offer.bounds)
    plain = any(o is not offer and o.basis == offer.basis and o.rate and not o.bounds for o in offers)
    return offer.rate is not None and undecided and plain


def _is_reached(offer: Offer, told: Sequence[Told]) -> bool:
    found = [(b, told_of(b, told, offer)) for b in offer.bounds]
    return any(t is not None for _, t in found) and all(t is None or b.holds(t.value) for b, t in found)


def _bounds_fit(offer: Offer, told: Sequence[Told]) -> float:
    """Tiers and variants: those that surely hold before those that surely do not."""
    fit = 0.0
    for bound in offer.bounds:
        found = told_of(bound, told, offer)
        if found is not None:
            fit += 3.0 if bound.holds(found.value) else -3.0
            if bound.holds(found.value) and bound.op in ("at_least", "more_than"):
                fit += float(bound.value / (found.value + 1))  # the highest step that is reached
    return fit


# ------------------------------------------------------------------ the sum


def _computed(
    clause: Clause, told: Sequence[Told], language: Language, whole: str | None, asked: str
) -> Inferred | None:
    sources, offers = [clause.quote], [clause.offer]
    if kinds := count_kinds(clause.rules.offers, told, language):
        counted, offers = kinds
        sources = [clause.source(o.start, o.end) for o in offers]
    elif (one := count(clause.offer, told, language)) is not None:
        counted = one
    else:
        return None
    amount, shown = up_to_cap(clause.offer, counted, language)
    if clause.offer.cap_at and clause.offer.cap_at != (clause.offer.start, clause.offer.end):
        sources.append(clause.source(*clause.offer.cap_at))
    amount, shown = _less_received(clause, told, amount, shown, language)
    if whole and (limited := _within_share(clause, told, amount, whole, language)):
        amount, more, source = limited
        shown, sources = f"{shown}；{more}", [*sources, source]
    most = yuan(amount, language)
    rest = _not_counted(offers, told)
    said = f"按条文推算，最高{most}：{shown}。条件未逐条核对。"
    if rest:
        said = f"按条文推算，其中一项最高{most}：{shown}。所说的{'、'.join(rest)}没有计入。条件未逐条核对。"
    if language == "en":
        said = f"Computed from the clause: at most {most} ({shown}). Conditions were not judged."
        said += f" Not counted: {', '.join(rest)}." if rest else ""
    name = f"{clause.passage.head.title}（按条文推算）"
    variants = (
        *_variants(clause, told, language, asked),
        *_other_prices(clause, offers, told, language),
    )
    worked = "；".join((shown, *(s.text.rstrip("。.") for s in variants)))
    assessment = Assessment(programme_id=None, title=name, outcome="unknown", amount=amount, working=worked)
    return Inferred(
        (Statement(said, tuple(dict.fromkeys(sources))), *variants),
        assessment,
        counted.own_figures,
    )


def _not_counted(offers: Sequence[Offer], told: Sequence[Told]) -> list[str]:
    """The sums of spending told beside the one that was counted, as they are written."""
    bases = [base_of(offer) for offer in offers]
    return [
        t.written
        for t in told
        if t.unit == "元" and not t.received and t.measure.objects and t.measure.family == "spending"
        and not any(meets(t.measure, base) for base in bases)
    ]  # fmt: skip


def _less_received(
    clause: Clause, told: Sequence[Told], amount: Decimal, shown: str, language: Language
) -> tuple[Decimal, str]:
    """A higher step brings the difference only."""
    got = next((t.value for t in told if t.unit == "元" and t.received), None)
    if got is None or not clause.rules.tops_up or not clause.offer.bounds or got > amount:
        return amount, shown
    rest = amount - got
    return (
        rest,
        f"{shown}；补足差额 {yuan(amount, language)} − {yuan(got, language)} = {yuan(rest, language)}",
    )


def _within_share(
    clause: Clause, told: Sequence[Told], amount: Decimal, whole: str, language: Language
) -> tuple[Decimal, str, Source] | None:
    """All support together at most a share of what was spent: what others gave is taken off the room that is left."""
    got = next((t.value for t in told if t.unit == "元" and t.received), None)
    limit = next((one for one in rules_of(whole).limits if one.share is not None), None)
    spent = the_one([t for t in told if t.unit == "元"], base_of(clause.offer))
    if got is None or limit is None or limit.share is None or spent is None or clause.offer.rate is None:
        return None
    room = spent.value * limit.share
    left = max(Decimal(0), room - got)
    source = Source(document_id=clause.passage.head.id, article=None, quote=whole[limit.start : limit.end])
    limited = f"{yuan(spent.value, language)} × {percent(limit.share)} = {yuan(room, language)}"
    shown = f"各级合计不超过{limited}，已得{yuan(got, language)}，还可{yuan(left, language)}"
    return min(amount, left), shown, source


def _other_prices(
    clause: Clause, counted: Sequence[Offer], told: Sequence[Told], language: Language
) -> Iterator[Statement]:
    """What a piece brings that is of a kind the clause sets apart (其中由专家标注的，每条5元), for the pieces counted."""
    for one in counted:
        for other in clause.rules.offers:
            apart = re.match(r"[,，;；]\s*其中(?P<kind>[^,，]{2,24})", other.label)
            same = (other.start, other.end, other.each) == (one.start, one.end, one.each)
            if not one.each or not apart or not same or other is one or other.amount is None:
                continue
            if (pieces := pieces_of(one, told)) is None:
                continue
            sum_of = f"{yuan(other.amount, language)} × {pieces.written} = {yuan(other.amount * pieces.value, language)}"
            said = f"其中{apart['kind']}，另按每{_unit(one)}{yuan(other.amount, language)}计：{sum_of}。"
            if language == "en":
                said = f"For a kind that the clause sets apart: {sum_of}."
            yield Statement(said, (clause.source(other.start, other.end),))


def _unit(offer: Offer) -> str:
    return "条（件）" if offer.each == "个" else offer.each


def _variants(clause: Clause, told: Sequence[Told], language: Language, asked: str) -> tuple[Statement, ...]:
    """What it would be with a raised rate of the same basis, where nothing told decides whether that holds."""
    found = []
    for offer in clause.rules.offers if not _ESTABLISHED.search(asked) else ():
        other = replace(clause, offer=offer)
        same = offer.rate is not None and offer.basis == clause.offer.basis and offer is not clause.offer
        open_ones = [b for b in offer.bounds if told_of(b, told, offer) is None]
        raised = not offer.bounds and _RAISED.search(offer.label)
        if not same or len(open_ones) != len(offer.bounds) or not (open_ones or raised):
            continue
        if counted := count(offer, told, language):
            amount, shown = up_to_cap(offer, counted, language)
            name = offer.label.split(",")[0]
            said = f"如属{name}，最高{yuan(amount, language)}：{shown}。"
            if language == "en":
                said = f"Under another condition of the clause: at most {yuan(amount, language)} ({shown})."
            found.append(Statement(said, (other.quote,)))
    return tuple(found[:2])
