"""`clause with its context → contents`: sentences are covered by phrases, phrases put together to benefits and the rest.

What a benefit's words leave over and could change it (a figure, 其中, 减半, 每) is `unread`: such a clause is quoted,
never computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from assistant.grammar.patterns import MARKS
from assistant.grammar.tokens import OPEN, Atom, plain
from assistant.law.benefits import Draft, Sentence, segments_of
from assistant.law.contexts import Contexts, contexts
from assistant.law.phrases import atoms_of, is_significant
from assistant.law.plain_contents import plain_contents, relations_in
from assistant.law.provisions import (
    Benefit,
    Budget,
    Condition,
    Contact,
    Content,
    Definition,
    Listing,
    Lump,
    Material,
    Office,
    Points,
    Relates,
    Relation,
    Requirement,
    Step,
    Term,
    Validity,
    Who,
    Window,
    Year,
)
from assistant.law.quantities import Cap, Per, Quantity, Unit
from assistant.law.requirements import bounds_in, conditions_in, requirements
from assistant.text import CELL_MARK

_MONEY_UNITS = (Unit.YUAN, Unit.DOLLAR)
_WHOLE = 100  # percent
_FEWEST_STAGES = 2
_ONE_LIMIT = 4  # shares and limits of a sentence that tells of no more than two


@dataclass(frozen=True)
class Read:
    """One content with its span in the clause, and the spans of what its sentence left unread."""

    content: Content
    start: int
    end: int
    unread: tuple[tuple[int, int], ...] = ()


def read_clause(text: str, headings: Sequence[str] = (), before: str = "") -> list[Read]:
    """Everything that a clause says, in order; `headings` stand over it (the nearest last), `before` right before it."""
    return read_whole(text, headings, before)[0]


def read_whole(
    text: str, headings: Sequence[str] = (), before: str = ""
) -> tuple[list[Read], list[tuple[int, int]]]:
    """The same, and the spans of all that could change what it says and was not read: figures, modifiers, whole sentences."""
    over = contexts()
    apart: list[tuple[int, int]] = []
    last: tuple[int, int] | None = None
    found: list[Read] = []
    drafts: list[Draft] = []
    kind = over.kind_of(text, headings, before)
    if (kind == "listing" or _names_firm(text, over)) and (rows := [*_listed(text)]):
        return rows, []  # what others were given
    carried = _carried(before, headings, over)
    for start, end in _sentences(text):
        lost = bool(apart) and apart[-1] == last
        last = (start, start + len(text[start:end].rstrip()))
        found += _sentence(
            text[start:end],
            start,
            [before, *reversed(headings)],
            drafts,
            over,
            kind,
            text[:start],
            carried,
            apart,
            lost=lost,
        )
    found += [Read(d.benefit(), d.start, d.end, tuple(dict.fromkeys(d.unread))) for d in drafts]
    unread = {span for one in found for span in one.unread} | set(apart)
    return sorted(found, key=lambda one: one.start), sorted(unread)


def _names_firm(text: str, over: Contexts) -> bool:
    """Whether a row of a table has a firm by its full name in a cell: it was given what stands beside it."""
    cells = text.split(CELL_MARK)
    return len(cells) > 1 and any(over.names_firm(re.split("[：:]", cell)[-1]) for cell in cells)


def _listed(text: str) -> Iterator[Read]:
    """Who was chosen, and with what sum, by a row of a list or by a part of a sentence."""
    cells = text.split(CELL_MARK)
    parts = [(0, len(text))] if len(cells) > 1 else _between(text, "；;。")
    for start, end in parts:
        part = text[start:end]
        sums = [a for a in atoms_of(part) if a.has("MONEY")]
        named = [c.partition("：")[2].strip() for c in cells] if len(cells) > 1 else re.split("[，,]", part)
        whose = next(filter(contexts().names_applicant, named), "")
        name = whose or (named[0] if len(cells) > 1 else "")
        if name and (sums or len(cells) > 1):
            amount = Quantity(value=sums[-1].value, unit=Unit(sums[-1].unit)) if sums else None
            yield Read(Listing(listed=name.strip(), amount=amount), start, end)


def _between(text: str, marks: str) -> Iterator[tuple[int, int]]:
    for found in re.finditer(rf"[^{marks}]+", text):
        if found[0].strip():
            yield found.start(), found.end()


def _carried(before: str, headings: Sequence[str], over: Contexts) -> list[Condition]:
    """The bounds that a lead-in asks of all its items: 营业收入2亿元以上的企业，按下列标准给予奖励：."""
    if not before.rstrip().endswith(("：", ":")):
        return []
    one = Sentence(before, 0, list(headings), [], over, None)
    for atoms in segments_of(atoms_of(before), is_row=False)[-1:]:
        one.read(atoms)
    return [c for c in one.pending if c.bound] if not one.drafts else []


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans up to each full stop or line end; semicolons part segments within."""
    at = 0
    for found in re.finditer(r"[。！？\n]|$", text):
        if text[at : found.end()].strip():
            yield at, found.end()
        at = found.end()


def _sentence(
    text: str,
    offset: int,
    around: Sequence[str],
    drafts: list[Draft],
    over: Contexts,
    kind: str | None,
    earlier: str,
    carried: list[Condition],
    apart: list[tuple[int, int]],
    *,
    lost: bool,
) -> list[Read]:
    """What a sentence says; what goes on about a sentence before that was not read (`lost`) is of nothing that we know."""
    if not drafts and _is_plan(text):
        apart.append((offset, offset + len(text.rstrip())))
        return []  # 建设补贴分三年拨付，第一年40%…: of what another clause gives
    if (limit := _limit_of_all(text, over)) is not None:
        return [Read(limit, offset, offset + len(text.rstrip()))]
    segments, apart_from = _without_asides(segments_of(atoms_of(text), is_row=CELL_MARK in text))
    segments, refused = _without_refusals(segments)
    refused = [*apart_from, *refused]
    segments, stages = _without_stages(segments)
    lead = around[0] if around and around[0].rstrip().endswith(("：", ":")) else ""
    one = Sentence(text, offset, [*around, earlier], [] if lost else drafts, over, kind)
    one.carried = list(carried)
    one.measure = next(
        (c.bound.measure for c in reversed(carried) if c.bound and c.bound.quantity.unit in _MONEY_UNITS),
        one.of_firm(lead),  # 离岸执行额达到下列规模的，给予奖励：
    )
    for atoms in segments:
        one.read(atoms)
    if any(a.has("yearly") or a.has("ORDYEAR") or a.has("second_year") for part in stages for a in part):
        shares = [next(a for a in part if a.has("SHARE")).value for part in stages]
        years = tuple(
            Year(year=i, share=Quantity(value=v, unit=Unit.PERCENT)) for i, v in enumerate(shares, 1)
        )
        for draft in one.drafts or (one.last_sentence() if one.earlier else []):
            if not (draft.term and draft.term.years):
                draft.term = Term(years=years)
    if one.is_row and one.drafts:
        _close_row(one)
    one.unread += _doubled(list(chain(*segments)))
    unread = [(a + offset, b + offset) for a, b in one.unread]
    if one.drafts and (one.pending_term or one.pending_caps):
        unread.append((offset, offset + len(text)))  # a limit of nothing that we know
    for draft in one.drafts or (drafts if one.limited else []):
        draft.unread += unread
    lasts = any(a.has("lasting") for a in chain(*segments))
    lengths = any(c.bound and c.bound.measure.nature == "duration" for c in one.pending)
    if drafts and not one.drafts and not one.limited and lasts and lengths:
        for draft in one.last_sentence():  # 贴息期限自放款之日起计算，个人不超过36个月
            draft.unread.append((offset, offset + len(text.rstrip())))
    apart += one.apart
    for draft in one.drafts:
        draft.sentence = offset
    drafts += one.drafts
    if not one.drafts and not drafts and not unread and not any(a.has("must") for s in segments for a in s):
        carried += [c for c in one.pending if c.bound]
    if one.drafts or (one.limited and drafts):
        related = relations_in(text, plain(text), list(chain(*segments)), over)
        found: list[tuple[Content, int, int]] = [(b, 0, len(text)) for b in one.budgets]
        if one.is_row:
            found += _of_cells(text, over)
        for start, end in one.later:
            found += _said_later(text[start:end], start, one)
        for start, end in refused:
            said = conditions_in(_before_refusal(text[start:end]), one, Who.MAY_NOT)
            found += [(Requirement(who=Who.MAY_NOT, condition=c), start, end) for c in said]
        on_top = any(isinstance(d.grant, Points) for d in one.drafts)
        apart_kinds = (Relates.DIFFERENCE, Relates.MAY_COMBINE) if on_top else (Relates.DIFFERENCE,)
        found += [(r, a, b) for r, a, b in related if r.relation not in apart_kinds]
        return [Read(content, offset + a, offset + b) for content, a, b in found]
    others = _other(one, segments, lost)
    counts_only = not any(a.has("lasting") for s in segments for a in s) and not any(
        is_significant(a) and not a.has("COUNT") for s in segments for a in s if _within(a, one.unread)
    )
    spans = [(a - offset, b - offset) for a, b in unread]
    limiting = bool(unread) and Sentence.may_limit(spans, [*chain(*segments)])
    if unread and drafts and not limiting and (_is_staged(segments) or _is_of_others(one) or counts_only):
        if not others:
            apart += unread if not _is_staged(segments) else []
    elif (
        unread
        and drafts
        and not any(isinstance(r.content, Relation | Window | Validity | Contact | Office) for r in others)
        and not (others and all(isinstance(r.content, Budget | Office) for r in others))
        and not over.is_example(text)
    ):
        for draft in one.last_sentence():
            draft.unread += unread  # what may limit what was given before was not read
    sums = any(a.has("MONEY") or a.has("SHARE") for a in chain(*segments))
    figures = any(
        a.has("FIGURE") and not a.has("YEAR") and not a.has("DATE") for a in chain(*segments)
    )  # a day alone signs a paper
    budgets = sum(isinstance(r.content, Budget) for r in others)
    lost_sums = [a for a in chain(*segments) if (a.has("MONEY") or a.has("SHARE")) and _within(a, one.unread)]
    if over.is_example(text):
        return others
    if not others and (sums or (figures and not carried)):
        apart.append((offset, offset + len(text.rstrip())))
    elif len(lost_sums) > budgets and all(isinstance(r.content, Budget) for r in others):
        apart += unread
    return others


def _is_plan(text: str) -> bool:
    """Whether a sentence says in which yearly parts something is paid, and gives nothing itself."""
    atoms = atoms_of(text)
    return any(a.has("spread") for a in atoms) and _is_staged([atoms])


def _limit_of_all(text: str, over: Contexts) -> Relation | None:
    """The share of what is spent that all support together may come to: 各级财政补助合计不得超过项目投入的50%."""
    atoms = atoms_of(text)
    shares = [i for i, a in enumerate(atoms) if a.has("SHARE")]
    limits = [i for i, a in enumerate(atoms) if a.has("not_over")]
    totals = [i for i, a in enumerate(atoms) if a.has("total")]
    if not (shares and limits and totals) or [*_doubled(atoms)] or len(shares) + len(limits) > _ONE_LIMIT:
        return None
    limit = next((i for i in limits if totals[0] < i < shares[0]), None)
    if limit is None or not over.says_public(text[: atoms[limit].start]):
        return None
    base = text[atoms[limit].end : atoms[shares[0]].start]
    found = Sentence(text, 0, [], [], over, None).money_of(base)
    if found is None:
        return None
    cap = Cap(limit=Quantity(value=atoms[shares[0]].value, unit=Unit.PERCENT), of=found, per=(Per.TOTAL,))
    said = over.without_lead(text[: atoms[limit].start])
    return Relation(relation=Relates.TOGETHER_UP_TO, with_=said, limit=cap)


def _of_cells(text: str, over: Contexts) -> Iterator[tuple[Content, int, int]]:
    """What the cells of a row say that have a label of their own: 受理单位：…, 咨询电话：…, 受理时间：…."""
    at = 0
    for cell in text.split(CELL_MARK):
        kind = over.label_kind(cell)
        for content, a, b in plain_contents(cell, atoms_of(cell), over, kind):
            if isinstance(content, Office | Contact | Window | Material | Step | Relation):
                yield content, at + a, at + b
        at += len(cell) + len(CELL_MARK)


def _without_asides(segments: list[list[Atom]]) -> tuple[list[list[Atom]], list[tuple[int, int]]]:
    """What is said without brackets that leave someone out, and their spans: …服务机构（劳务派遣的除外）每推荐1家…."""
    kept: list[list[Atom]] = []
    aside: list[tuple[int, int]] = []
    for segment in segments:
        left: list[Atom] = []
        opened: int | None = None
        colon = next((i for i, a in enumerate(segment) if a.has("colon")), 0)
        lead = segment[:colon]
        if any(a.has("raised") for a in lead) and any(a.has("right_title") for a in lead):
            segment = segment[colon + 1 :]  # 《…办法》第五条调整为：
        for atom in segment:
            if atom.has(OPEN) and contexts().is_example(atom.text):
                break
            if atom.has("left"):
                opened = len(left)
            left.append(atom)
            if atom.has("right") and opened is not None:
                within = left[opened:]
                if any(a.has("left_out") or a.has("refuse") for a in within) and not any(
                    a.has("FIGURE") for a in within
                ):
                    aside.append((within[1].start, within[-1].start))
                    del left[opened:]
                opened = None
        kept.append(left)
    return [segment for segment in kept if segment], aside


def _without_refusals(segments: list[list[Atom]]) -> tuple[list[list[Atom]], list[tuple[int, int]]]:
    """What gives, and the spans of who is left out of it: …按50%贴息，其中担保费率超过1%的不予补助.

    A refusal goes back to the last part that gives; one of a part of the sum (超出部分不予补助) stays where it is, and so
    does a segment that is nothing but a refusal.
    """
    kept: list[list[Atom]] = []
    refused: list[tuple[int, int]] = []
    for segment in segments:
        parts = _between_commas(segment)
        gives = [_lasts(p) or (any(a.has("MONEY") or a.has("SHARE") for a in p) and _tells(p)) for p in parts]
        left: list[list[Atom]] = []
        for part, given in zip(parts, gives, strict=True):
            refuses = any(a.has("refuse") or a.has("left_out") for a in part)
            if not refuses or any(a.has("beyond") for a in part):
                left.append(part)
                continue
            first = next((i for i in range(len(left), 0, -1) if gives[parts.index(left[i - 1])]), 0)
            span = [*chain(*left[first:]), *part]
            if not given and (first or any(gives[len(left) :])):
                left = left[:first]
                refused.append((span[0].start, span[-1].end))
            else:
                left.append(part)
        kept.append([*chain(*left)])
    return [segment for segment in kept if segment], refused


def _without_stages(segments: list[list[Atom]]) -> tuple[list[list[Atom]], list[list[Atom]]]:
    """What gives, and the last parts that say when which share of it is paid: …，验收后拨付六成，竣工后拨付四成.

    They have one share each and no base, and together are the whole; what they are paid after changes nothing of the sum.
    """
    parts = [part for segment in segments for part in _between_commas(segment)]
    stages: list[list[Atom]] = []
    for part in reversed(parts):
        shares = [a for a in part if a.has("SHARE")]
        others = any(a.has(c) for a in part for c in ("MONEY", "by", "scale", "most", "raised"))
        paid = any(a.has("give") for a in part)
        if len(shares) != 1 or others or not paid:
            break
        stages.insert(0, part)
    whole = sum(a.value for part in stages for a in part if a.has("SHARE"))
    if len(stages) < _FEWEST_STAGES or whole != _WHOLE or len(stages) == len(parts):
        return segments, []
    first = stages[0][0].start
    kept = [[a for a in segment if a.start < first] for segment in segments]
    return [segment for segment in kept if segment], stages


def _lasts(part: Sequence[Atom]) -> bool:
    """Whether a part says how long: 连续贴息最长36个月."""
    return any(a.has("longest") or a.has("lasting") for a in part) and any(a.has("COUNT") for a in part)


def _tells(part: Sequence[Atom]) -> bool:
    """Whether a part with a sum or a share says that it is given, or limits what is."""
    return any(
        a.has(c) for a in part for c in ("give", "award", "scale", "most", "capped", "by")
    ) and not any(a.has("refuse") or a.has("left_out") for a in part)


def _between_commas(segment: Sequence[Atom]) -> list[list[Atom]]:
    parts: list[list[Atom]] = [[]]
    for atom in segment:
        parts[-1].append(atom)
        if atom.has("comma"):
            parts.append([])
    return [part for part in parts if part]


def _before_refusal(words: str) -> str:
    """The words of who is left out, without the refusal."""
    refusal = next((a for a in atoms_of(words) if a.has("refuse") or a.has("left_out")), None)
    return words[: refusal.start] if refusal else words


def _close_row(one: Sentence) -> None:
    """The conditions in the cells behind what a row gives: 补助标准：60元/亩｜作业面积：50亩以上."""
    late = [c for c in one.pending if c not in one.drafts[-1].when]
    for draft in one.drafts:
        measures = [c.bound.measure for c in draft.when if c.bound]
        draft.when += [c for c in late if c.words or (c.bound and c.bound.measure not in measures)]


def _within(atom: Atom, spans: Sequence[tuple[int, int]]) -> bool:
    return any(a <= atom.start < b for a, b in spans)


def _is_staged(segments: Sequence[Sequence[Atom]]) -> bool:
    """Whether a sentence tells in which parts it is paid: shares and no sum, together the whole: 过半时给60%、验收后给40%."""
    atoms = [*chain(*segments)]
    shares = [a.value for a in atoms if a.has("SHARE")]
    return len(shares) > 1 and sum(shares) == _WHOLE and not any(a.has("MONEY") for a in atoms)


def _is_of_others(one: Sentence) -> bool:
    """Whether a sentence that changes what was given begins with whom it is about: 众创空间按上述标准减半执行."""
    first = next((a for a in one.atoms if not a.has("mark") and not a.has("by")), None)
    before = one.pending[0].words if one.pending else None
    return bool(first and first.has("open") and not first.has("of_all") and before and not one.goes_on)


def _said_later(words: str, offset: int, one: Sentence) -> list[tuple[Content, int, int]]:
    """What a segment behind what is given says of who may: …；企业须无重大违法记录."""
    later = Sentence(words, offset, one.around, [], one.over, one.kind)
    return [(r, offset + a, offset + b) for r, a, b in requirements(later)]


def _doubled(atoms: Sequence[Atom]) -> Iterator[tuple[int, int]]:
    """Words of the grammar that stand twice: 最高最高50万元 is a slip of which nobody knows what it hides."""
    for one, other in pairwise(atoms):
        if one.text == other.text and one.end == other.start and not one.has(OPEN) and one.classes - MARKS:
            yield one.start, other.end


def _with_bounds(meaning: Definition, one: Sentence) -> Definition:
    """A meaning with the bounds that it sets: 初创企业，是指…个人持股比例不低于30%的企业."""
    parts = [p for p in re.split("[，,；;、]|且|并", meaning.means) if p.strip()]
    bounds = [c for part in parts for c in bounds_in(part, one)]
    return meaning.model_copy(update={"when": tuple(dict.fromkeys(bounds))})


def _other(one: Sentence, segments: Sequence[Sequence[Atom]], lost: bool) -> list[Read]:
    """What a sentence says that gives nothing: a limit of what was given before, a requirement, a window and the rest."""
    together = bool(one.pending_caps) and Per.TOTAL in one.pending_caps[-1].per and not one.pending
    if (
        one.pending_caps
        and not together
        and not one.earlier
        and one.given
        and one.pending_caps[-1].limit.unit in _MONEY_UNITS
        and not (lost and one.pending_caps[-1].per)
    ):
        lump = Benefit(grant=Lump(lump=one.pending_caps[-1].limit), at_most=True, when=tuple(one.pending))
        return [
            Read(
                lump,
                one.offset,
                one.offset + len(one.text),
                tuple((a + one.offset, b + one.offset) for a, b in one.unread),
            )
        ]
    if (
        one.pending_caps
        and Per.TOTAL in one.pending_caps[-1].per
        and one.pending_caps[-1].limit.unit in (*_MONEY_UNITS, Unit.PERCENT)
    ):
        limit = Relation(
            relation=Relates.TOGETHER_UP_TO, with_=one.over.without_lead(one.text), limit=one.pending_caps[-1]
        )
        return [Read(limit, one.offset, one.offset + len(one.text))]
    atoms = [a for segment in segments for a in segment]
    contents = (
        [*_of_cells(one.text, one.over)]
        if one.is_row
        else list(plain_contents(one.text, atoms, one.over, one.kind))
    )
    contents = [(_with_bounds(c, one) if isinstance(c, Definition) else c, a, b) for c, a, b in contents]
    taken = [(a, b) for c, a, b in contents if not isinstance(c, Office)]
    return [Read(c, one.offset + a, one.offset + b) for c, a, b in (*contents, *requirements(one, taken))]
