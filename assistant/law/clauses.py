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
from assistant.law.benefits import Draft, Sentence, copies_of, figures_of
from assistant.law.contexts import Contexts, contexts
from assistant.law.phrases import Phrase, atoms_of, covers, is_significant
from assistant.law.plain_contents import plain_contents, relations_in
from assistant.law.provisions import (
    Benefit,
    Condition,
    Contact,
    Content,
    Listing,
    Lump,
    Office,
    Relates,
    Relation,
    Requirement,
    Term,
    Time,
    Validity,
    Who,
    Window,
    Year,
)
from assistant.law.quantities import Op, Per, Quantity, Unit
from assistant.text import CELL_MARK

_GRANTS = {"rate", "rate_beyond", "lump", "list", "each", "match", "top_up"}
_TIMES: dict[str, Time] = {"monthly": "month", "yearly": "year", "daily": "day", "quarterly": "quarter"}
_PERS = {
    "applicant": Per.APPLICANT, "project": Per.PROJECT, "item": Per.ITEM, "person": Per.PERSON,
    "yearly": Per.YEAR, "monthly": Per.MONTH, "total": Per.TOTAL,
}  # fmt: skip
_FOR_WHAT = {"award", "scale", "applicant", "project", "item", "person", "total", "yearly", "each"}
_EACH = {"person": "人", "applicant": "家", "project": "个", "item": "个"}
_OPS = {"least": Op.AT_LEAST, "over": Op.MORE_THAN, "not_over": Op.AT_MOST, "under": Op.LESS_THAN}
_MONEY_UNITS = (Unit.YUAN, Unit.DOLLAR)
_WORD = 2  # characters; shorter words say nothing
_LABELLED = 12  # characters of a label before its colon
_WHOLE = 100  # percent
_FEWEST_STAGES = 2
_SUBJECT = 20  # characters of who must do something
_CELL = 2  # characters by which two cells of a row are of the same
_NAMED = 14  # characters; longer words say more than what is counted


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
    if kind == "listing" and CELL_MARK in text:
        return [*_listed(text)], []  # what others were given
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


def _listed(text: str) -> Iterator[Read]:
    """Who was chosen, and with what sum, by a row of a list."""
    atoms = atoms_of(text)
    sums = [a for a in atoms if a.has("MONEY")]
    name = text.split(CELL_MARK)[0].partition("：")[2].strip()
    if name:
        amount = Quantity(value=sums[-1].value, unit=Unit(sums[-1].unit)) if sums else None
        yield Read(Listing(listed=name, amount=amount), 0, len(text))


def _carried(before: str, headings: Sequence[str], over: Contexts) -> list[Condition]:
    """The bounds that a lead-in asks of all its items: 营业收入2亿元以上的企业，按下列标准给予奖励：."""
    if not before.rstrip().endswith(("：", ":")):
        return []
    one = Sentence(before, 0, list(headings), [], over, None)
    for atoms in _segments(atoms_of(before), is_row=False)[-1:]:
        tied = list(covers(atoms))
        one.take(atoms, _agreed(one, atoms, tied))
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
    segments, refused = _without_refusals(_segments(atoms_of(text), is_row=CELL_MARK in text))
    segments, stages = _without_stages(segments)
    one = Sentence(text, offset, [*around, earlier], [] if lost else drafts, over, kind)
    one.carried = list(carried)
    one.measure = next(
        (c.bound.measure for c in reversed(carried) if c.bound and c.bound.quantity.unit in _MONEY_UNITS),
        None,
    )
    for atoms in segments:
        tied = list(covers(atoms))
        one.take(atoms, _agreed(one, atoms, tied))
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
    apart += one.apart
    for draft in one.drafts:
        draft.sentence = offset
    drafts += one.drafts
    if not one.drafts and not drafts:
        carried += [c for c in one.pending if c.bound]
    if one.drafts or (one.limited and drafts):
        related = relations_in(text, plain(text), list(chain(*segments)), over)
        found: list[tuple[Content, int, int]] = [(b, 0, len(text)) for b in one.budgets]
        for start, end in one.later:
            found += _said_later(text[start:end], start, one)
        for start, end in refused:
            said = _conditions(_before_refusal(text[start:end]), one)
            found += [(Requirement(who=Who.MAY_NOT, condition=c), start, end) for c in said]
        found += [(r, a, b) for r, a, b in related if r.relation is not Relates.DIFFERENCE]
        return [Read(content, offset + a, offset + b) for content, a, b in found]
    others = _other(one, segments)
    counts_only = not any(
        is_significant(a) and not a.has("COUNT") for s in segments for a in s if _within(a, one.unread)
    )
    if unread and drafts and (_is_staged(segments) or _is_of_others(one) or counts_only):
        if not others:
            apart += unread if not _is_staged(segments) else []
    elif (
        unread
        and drafts
        and not any(isinstance(r.content, Relation | Window | Validity | Contact | Office) for r in others)
    ):
        for draft in one.last_sentence():
            draft.unread += unread  # what may limit what was given before was not read
    sums = any(a.has("MONEY") or a.has("SHARE") for a in chain(*segments))
    figures = any(a.has("FIGURE") and not a.has("YEAR") for a in chain(*segments))
    if not others and (sums or (figures and not carried)):
        apart.append((offset, offset + len(text.rstrip())))
    return others


def _without_refusals(segments: list[list[Atom]]) -> tuple[list[list[Atom]], list[tuple[int, int]]]:
    """What gives, and the spans of who is left out of it: …按50%贴息，其中担保费率超过1%的不予补助.

    A refusal goes back to the last part that gives; one of a part of the sum (超出部分不予补助) stays where it is, and so
    does a segment that is nothing but a refusal.
    """
    kept: list[list[Atom]] = []
    refused: list[tuple[int, int]] = []
    for segment in segments:
        parts = _between_commas(segment)
        gives = [any(a.has("MONEY") or a.has("SHARE") for a in p) and _tells(p) for p in parts]
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


def _tells(part: Sequence[Atom]) -> bool:
    """Whether a part with a sum or a share says that it is given, or limits what is."""
    return any(a.has(c) for a in part for c in ("give", "award", "scale", "most", "capped")) and not any(
        a.has("refuse") or a.has("left_out") for a in part
    )


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
    first = next((a for a in one.atoms if not a.has("mark")), None)
    before = one.pending[0].words if one.pending else None
    return bool(first and first.has("open") and not first.has("of_all") and before and not one.goes_on)


def _said_later(words: str, offset: int, one: Sentence) -> list[tuple[Content, int, int]]:
    """What a segment behind what is given says of who may: …；企业须无重大违法记录."""
    later = Sentence(words, offset, one.around, [], one.over, one.kind)
    return [(r, offset + a, offset + b) for r, a, b in _requirements(later)]


def _doubled(atoms: Sequence[Atom]) -> Iterator[tuple[int, int]]:
    """Words of the grammar that stand twice: 最高最高50万元 is a slip of which nobody knows what it hides."""
    for one, other in pairwise(atoms):
        if one.text == other.text and one.end == other.start and not one.has(OPEN) and one.classes - MARKS:
            yield one.start, other.end


def _agreed(one: Sentence, atoms: Sequence[Atom], tied: list[list[Phrase]]) -> list[Phrase]:
    """The cover, where the tied ones say the same; the first stands for all of them, else nothing of the segment is read."""
    if len(tied) == 1:
        return tied[0]
    trials = []
    for cover in tied:
        trial = Sentence(one.text, one.offset, one.around, copies_of(one.earlier), one.over, one.kind)
        trial.measure, trial.segment, trial.lead, trial.drafts = (
            one.measure,
            one.segment,
            one.lead,
            copies_of(one.drafts),
        )
        trial.pending, trial.names, trial.pending_caps = (
            list(one.pending),
            list(one.names),
            list(one.pending_caps),
        )
        trial.placed, trial.carried = dict(one.placed), list(one.carried)
        trial.take(atoms, cover)
        reading = (
            [figures_of(d) for d in (*trial.earlier, *trial.drafts)],
            trial.pending_caps,
            [c.bound for c in trial.pending if c.bound],
        )
        trials.append((len(trial.unread) + sum(len(d.unread) for d in trial.drafts), cover, reading))
    least = min(unread for unread, _, _ in trials)
    best = [(cover, reading) for unread, cover, reading in trials if unread == least]
    return best[0][0] if all(reading == best[0][1] for _, reading in best) else [Phrase("run", 0, len(atoms))]


def _segments(atoms: list[Atom], *, is_row: bool) -> list[list[Atom]]:
    cut = "cell" if is_row else "semicolon"
    found: list[list[Atom]] = [[]]
    for atom in atoms:
        if atom.has(cut):
            found.append([])
        else:
            found[-1].append(atom)
    return [segment for segment in found if segment and not (is_row and _is_empty(segment))]


def _is_empty(cell: Sequence[Atom]) -> bool:
    """Whether a cell of a row holds nothing behind its name, or a bare number of the row: 封顶：——, 序号：4."""
    colon = next((i for i, a in enumerate(cell) if a.has("colon")), None)
    return colon is not None and all(a.has("to") or a.has("slash") or a.has("NUM") for a in cell[colon + 1 :])


def _other(one: Sentence, segments: Sequence[Sequence[Atom]]) -> list[Read]:
    """What a sentence says that gives nothing: a limit of what was given before, a requirement, a window and the rest."""
    together = bool(one.pending_caps) and Per.TOTAL in one.pending_caps[-1].per and not one.pending
    if (
        one.pending_caps
        and not together
        and not one.earlier
        and one.given
        and one.pending_caps[-1].limit.unit in _MONEY_UNITS
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
    if one.pending_caps and Per.TOTAL in one.pending_caps[-1].per:
        limit = Relation(
            relation=Relates.TOGETHER_UP_TO, with_=one.over.without_lead(one.text), limit=one.pending_caps[-1]
        )
        return [Read(limit, one.offset, one.offset + len(one.text))]
    atoms = [a for segment in segments for a in segment]
    contents = list(plain_contents(one.text, atoms, one.over, one.kind))
    if contents:
        return [Read(c, one.offset + a, one.offset + b) for c, a, b in contents]
    return [Read(r, one.offset + at, one.offset + end) for r, at, end in _requirements(one)]


def _requirements(one: Sentence) -> Iterator[tuple[Requirement, int, int]]:
    """Who may, who may not and what must be so, part by part between commas; a refusal is of the parts before it."""
    over, kinds = one.over, {"may": Who.MAY, "must": Who.MUST, "may_not": Who.MAY_NOT}
    base = kinds.get(one.kind or "")
    colon = max(one.text.find("："), one.text.find(":"))
    if colon > 0:
        lead = atoms_of(one.text[:colon])
        announced = kinds.get(over.announced_by(one.text[:colon]) or "", base)
        base = Who.MAY_NOT if any(a.has("refuse") for a in lead) else announced
    for word in over.applies:
        if (at := plain(one.text).find(word)) >= 0:
            said = over.without_lead(one.text[at + len(word) :])
            yield Requirement(who=Who.MAY, condition=Condition(words=said)), at + len(word), len(one.text)
            return
    held: list[tuple[Condition, int, int]] = []
    found: list[tuple[Requirement, int, int]] = []
    for start, end in _parts(one.text, over):
        piece = one.text[start:end]
        atoms = atoms_of(piece)
        refused = next((a for a in atoms if a.has("refuse") or a.has("except")), None)
        announces = end >= len(one.text.rstrip()) and piece.rstrip().endswith(("：", ":"))
        told = next((a for a in atoms if a.has("must")), None)
        is_duty = told is not None and told.start <= _SUBJECT and over.names_office(piece[: told.start])
        must = "" if is_duty or announces else _behind_must(piece, atoms)
        money = any(a.has("MONEY") for a in atoms_of(one.text))
        if any(plain(piece).lstrip().startswith(w) for w in over.may_words) and held and not money:
            words = one.text[held[0][1] : held[-1][2]]
            whom = Condition(words=over.without_lead(words))
            found.append((Requirement(who=Who.MAY, condition=whom), held[0][1], held[-1][2]))
            held = []
            continue
        if may := _before_may(piece, over):
            yield Requirement(who=Who.MAY, condition=Condition(words=may)), start, end
            continue
        said = piece[: refused.start] if refused else must if must else piece
        conditions = [(c, start, end) for c in _conditions(said, one) if c.words not in over.empty_words]
        if refused is not None:
            found = [(r, a, b) for r, a, b in found if not any(r.condition == c for c, _, _ in held)]
            found += [(Requirement(who=Who.MAY_NOT, condition=c), a, b) for c, a, b in conditions or held]
            held = []
        elif base is not None or must:
            who = base if base is not None and not (must and base is Who.MAY) else Who.MUST
            found += [(Requirement(who=who, condition=c), a, b) for c, a, b in conditions]
            held = [*held, *conditions]
        else:
            held = [*held, *conditions]
        if piece.rstrip().endswith(("；", ";")):
            held = []
    atoms = atoms_of(one.text)
    gives = any(a.has("award") or a.has("give") or a.has("MONEY") for a in atoms)
    plainly = base is None and one.kind in (None, "amount") and not gives
    stated = [(c, a, b) for c, a, b in held if c.bound and plainly and "的" not in one.text[b - 2 : b]]
    found += [
        (Requirement(who=Who.MUST, condition=c), a, b)
        for c, a, b in stated
        if not any(r.condition == c for r, _, _ in found)
    ]
    yield from found


def _before_may(piece: str, over: Contexts) -> str:
    """Whom a part says may apply: …的企业可申请…; empty where it says nothing of it."""
    at = min((i for w in over.may_words if (i := plain(piece).find(w)) > _WORD), default=0)
    said = over.without_lead(piece[:at])
    return said if at and over.names_applicant(said) else ""


def _behind_must(piece: str, atoms: Sequence[Atom]) -> str:
    """What a part says must be so, behind its word for it; empty where it has none."""
    word = next((a for a in atoms if a.has("must")), None)
    return piece[word.end :] if word and len(piece) - word.end > _WORD else ""


def _parts(text: str, over: Contexts) -> Iterator[tuple[int, int]]:
    """Spans between commas and semicolons, without a label or a lead-in before a colon."""
    begin = 0
    colon = max(text.find("："), text.find(":"))
    told = over.announced_by(text[:colon]) or any(a.has("refuse") for a in atoms_of(text[: max(colon, 0)]))
    if 0 <= colon < len(text) - 1 and (told or colon <= _LABELLED):
        begin = colon + 1
    for found in re.finditer(r"[^，,；;。]+[，,；;。]?", text[begin:]):
        if not found[0].strip(" ，,；;。"):
            continue
        at, start = begin + found.start(), begin + found.start()
        for atom in atoms_of(found[0]):
            if atom.has("and_clause") and atom.start > _WORD:
                yield start, at + atom.start
                start = at + atom.start
        yield start, begin + found.end()


def _conditions(words: str, one: Sentence) -> list[Condition]:
    """The conditions that a part tells: its bounds, and its words where they say more."""
    trial = Sentence(words, 0, one.around, [], one.over, None)
    trial.measure = one.measure
    for atoms in _segments(atoms_of(words), is_row=False):
        tied = list(covers(atoms))
        trial.take(atoms, _agreed(trial, atoms, tied))
    if trial.unread or not trial.pending:
        said = one.over.without_lead(words)
        return [Condition(words=said)] if len(said) > 2 else []
    bounds = [c for c in trial.pending if c.bound]
    return bounds or [Condition(words=one.over.without_lead(words))]
