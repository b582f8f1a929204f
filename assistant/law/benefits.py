"""One sentence put together from its phrases: what it gives, up to what, for how long and when.

A phrase whose parts make no value, and what could change what is given and no rule took, is `unread`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from assistant.grammar import measures
from assistant.grammar.tokens import OPEN, Atom, plain
from assistant.law.contexts import Contexts, contexts
from assistant.law.phrases import Phrase, covers, is_significant
from assistant.law.provisions import (
    Benefit,
    Bracket,
    Brackets,
    Budget,
    Condition,
    Grant,
    Lump,
    Match,
    PerUnit,
    Points,
    Rate,
    Relates,
    Relation,
    Term,
    Time,
    TopUp,
    Unsaid,
    Year,
)
from assistant.law.quantities import Bound, Cap, Measure, Op, Per, Quantity, Unit
from assistant.text import CELL_MARK

_TIMES: dict[str, Time] = {"monthly": "month", "yearly": "year", "daily": "day", "quarterly": "quarter"}
_PERS = {
    "applicant": Per.APPLICANT, "project": Per.PROJECT, "item": Per.ITEM, "person": Per.PERSON,
    "yearly": Per.YEAR, "monthly": Per.MONTH, "total": Per.TOTAL,
}  # fmt: skip
_FOR_WHAT = {"award", "scale", "applicant", "project", "item", "person", "total", "yearly", "each"}
_EACH = {"person": "人", "applicant": "家", "project": "个", "item": "个"}
_OPS = {"least": Op.AT_LEAST, "over": Op.MORE_THAN, "not_over": Op.AT_MOST, "under": Op.LESS_THAN}
_MONEY_UNITS = (Unit.YUAN, Unit.DOLLAR)
_WHOLE = 100  # percent
_SAYS_MORE = 3  # characters: 成立, 年龄 say no more than the unit
_CELL = 2  # characters by which two cells of a row are of the same
_BEHIND = 2  # atoms
_BEFORE = 6  # atoms in which a sum stands beside what it is given for
_NAMED = 14  # characters; longer words say more than what is counted


@dataclass
class Draft:
    """A benefit being put together."""

    grant: Grant
    at_most: bool = False
    caps: list[Cap] = field(default_factory=list)
    term: Term | None = None
    when: list[Condition] = field(default_factory=list)
    start: int = 0
    end: int = 0
    segment: int = 0
    sentence: int = 0
    raised: bool = False  # whether its ceilings are those of what it was raised from
    case: str = ""  # whom its ceiling is said to be for
    unread: list[tuple[int, int]] = field(default_factory=list)
    by: set[str] = field(
        default_factory=set
    )  # the ways in which it was put together, so that each can be measured

    def benefit(self) -> Benefit:
        return Benefit(
            grant=self.grant,
            at_most=self.at_most,
            caps=tuple(self.caps),
            term=self.term,
            when=tuple(
                c for c in dict.fromkeys(self.when) if c.bound or contexts().is_condition(c.words or "")
            ),
        )


class Unread(Exception):
    """A phrase whose parts do not make a value."""


class Sentence:
    """One sentence, its semicolons parting segments, read by one cover of each segment."""

    def __init__(
        self,
        text: str,
        offset: int,
        around: Sequence[str],
        drafts: list[Draft],
        over: Contexts,
        kind: str | None,
    ) -> None:
        self.text, self.offset, self.around = text, offset, around
        self.earlier = drafts  # of the clause's sentences before
        self.over, self.kind = over, kind
        self.drafts: list[Draft] = []
        self.pending: list[Condition] = []
        self.pending_caps: list[Cap] = []
        self.unread: list[tuple[int, int]] = []
        self.told_base: Measure | None = None  # 以…为基数
        self.split: tuple[Draft, Draft, int] | None = (
            None  # what is given by case, as it was, and in which segment
        )
        self.listed: list[list[Condition]] = []  # the cases of the last list
        self.measure: Measure | None = None  # what the last bound or base was of
        self.base_by = ""  # by which words the last base was found
        self.segment = 0
        self.pending_term: Term | None = None
        self.is_row = CELL_MARK in text
        self.head: PerUnit | None = None  # 每招用1人…, whose sum follows
        self.head_unit = ""  # in the words of the paper
        self.given = False  # whether a ceiling is of what is given
        self.is_part = False  # whether it begins with 其中, and not with 同时
        self.goes_on = False  # 其中…: what held before holds as well
        self.is_step = False  # 5000万元以上的…: another step of what was given before
        self.budgets: list[
            Budget | Relation
        ] = []  # what there is in all, how many are chosen, what limits all together
        self.cells: dict[int, str] = {}  # how the segments begin
        self.labels: dict[int, str] = {}  # of the cells of a row
        self.apart: list[tuple[int, int]] = []  # unread of cases of their own
        self.later: list[tuple[int, int]] = []  # segments that say who may, behind what is given
        self.limited = False  # whether something was said of what earlier sentences give
        self.atoms: list[Atom] = []
        self.names: list[list[Condition]] = []
        self.lead_case = ""  # how the first of the cases below a first case begins
        self.lead_bounds: list[Condition] = []  # what that first case asks
        self.lead: list[Condition] = []  # what a sentence says first, before its cases
        self.carried: list[Condition] = []  # what a sentence before asks of all
        self.placed: dict[Condition, int] = {}  # where a bound stands

    # -------------------------------------------------------------- walking

    def read(self, atoms: Sequence[Atom]) -> None:
        """Read a segment by the cover that leaves least unread."""
        self.take(atoms, self._agreed(atoms, list(covers(atoms))))

    def _agreed(self, atoms: Sequence[Atom], tied: list[list[Phrase]]) -> list[Phrase]:
        """The cover, where the tied ones say the same; the first stands for all of them, else nothing of the segment is read."""
        if len(tied) == 1:
            return tied[0]
        trials = []
        for cover in tied:
            trial = self._copy()
            trial.take(atoms, cover)
            reading = (
                [figures_of(d) for d in (*trial.earlier, *trial.drafts)],
                trial.pending_caps,
                [c.bound for c in trial.pending if c.bound],
            )
            left = len(trial.unread) + len(trial.apart) + sum(len(d.unread) for d in trial.drafts)
            trials.append((left, cover, reading))
        least = min(unread for unread, _, _ in trials)
        best = [(cover, reading) for unread, cover, reading in trials if unread == least]
        return (
            best[0][0]
            if all(reading == best[0][1] for _, reading in best)
            else [Phrase("run", 0, len(atoms))]
        )

    def _copy(self) -> Sentence:
        """This sentence as it stands, to try a reading on."""
        trial = Sentence(self.text, self.offset, self.around, copies_of(self.earlier), self.over, self.kind)
        trial.measure, trial.segment, trial.lead = self.measure, self.segment, self.lead
        trial.drafts, trial.pending, trial.names = (
            copies_of(self.drafts),
            list(self.pending),
            list(self.names),
        )
        trial.lead_case, trial.lead_bounds = self.lead_case, list(self.lead_bounds)
        trial.cells, trial.labels, trial.listed = dict(self.cells), dict(self.labels), list(self.listed)
        trial.pending_caps, trial.placed, trial.carried = (
            list(self.pending_caps),
            dict(self.placed),
            list(self.carried),
        )
        return trial

    def take(self, atoms: Sequence[Atom], cover: Sequence[Phrase]) -> None:
        """Read a segment by a cover."""
        self.atoms, self.head, self.told_base = list(atoms), None, None
        self.cells[self.segment] = self._segment_text()[:_CELL]
        self.labels[self.segment] = self._segment_text().partition("：")[0]
        before = len(self.drafts)
        if not self.is_row:
            self.pending = []
        joins = any(a.has("joins") or a.has("again") for a in self.atoms[:2])
        self.is_step = False
        self.is_part = any(a.has("of_it") for a in self.atoms[:2])
        self.goes_on = joins and bool(self.drafts or (self.earlier and self.segment == 0))
        unread_before = len(self.unread)
        for phrase in cover:
            try:
                self._phrase(phrase)
            except (Unread, ValueError, LookupError, ArithmeticError):
                self.unread.append(self._span(phrase))
        if self.segment == 0:
            self.lead = self._first_said(atoms)
        if _are_parts(self.drafts[before:]) and any(a.has("joins") for a in atoms):
            del self.drafts[before + 1 :]  # 补助800万元，其中备案200万元、受理300万元、挂牌300万元
        own = self.drafts[before:]
        for draft in own:
            if draft.term and len(draft.term.years) == 1 and draft.term.length is None:
                year = draft.term.years[0].year  # 首年按…: one year alone is a condition, not a plan of years
                which = next(
                    (
                        a
                        for a in self.atoms
                        if any(a.has(c) for c in ("ORDYEAR", "YEARSPAN", "first_year", "second_year"))
                    ),
                    None,
                )
                draft.term = None
                draft.when.append(Condition(words=self.text[which.start : which.end] if which else str(year)))
        refuses = any(a.has("refuse") or a.has("must_not") for a in atoms)
        if not own and self.drafts and refuses and not any(a.has("beyond") for a in atoms) and self.segment:
            self.later.append((atoms[0].start, atoms[-1].end))
            del self.unread[unread_before:]
        elif not own and self.drafts and self.pending and not self.is_row:
            span = (atoms[0].start, atoms[-1].end)
            if self.segment == 0 or self._limits_before():
                for draft in self.drafts:
                    draft.when += [c for c in self.pending if c not in draft.when]
            elif self._is_case_of_its_own():
                if self._may_limit(self.unread[unread_before:]) and not self._names_case():
                    self._doubt(self.drafts)
                self.apart.append((span[0] + self.offset, span[1] + self.offset))
            elif (new := self._new_bounds()) and not any(a.has("refuse") or a.has("left_out") for a in atoms):
                for draft in self.drafts:
                    draft.when += [c for c in new if c not in draft.when]
            else:
                self.later.append(span)
        if not own and self._is_case_of_its_own():
            if self._may_limit(self.unread[unread_before:]) and not self._names_case():
                self._doubt(self.drafts)
            self.apart += [(a + self.offset, b + self.offset) for a, b in self.unread[unread_before:]]
            del self.unread[unread_before:]
        if self.head is not None:
            self.unread.append((atoms[0].start, atoms[-1].end))
        for draft in own:
            draft.unread += [(a + self.offset, b + self.offset) for a, b in self.unread[unread_before:]]
        if own:
            del self.unread[unread_before:]
        if own and self.pending and not self.is_row:
            for draft in own[-1:]:
                draft.when += [c for c in self.pending if c not in draft.when]
        if own and joins and len(self.drafts) > len(own):
            for draft in own:
                draft.by.add("cap: joined")
                draft.caps = draft.caps or list(self.drafts[-len(own) - 1].caps)
                draft.term = draft.term or self.drafts[-len(own) - 1].term
        if own and self.pending_term:
            for draft in own:
                years = draft.term.years if draft.term else ()
                draft.term = Term(length=self.pending_term.length, years=years)
                draft.by.add("term: told before")
            self.pending_term = None
        if not own and len(self.unread) > unread_before:
            self.pending_caps, self.pending_term = [], None  # of what was not read
        self.segment += 1

    def _is_case_of_its_own(self) -> bool:
        """Whether a segment that gives nothing that we read begins with a case of its own: 省级的，减半执行."""
        comma = next((i for i, a in enumerate(self.atoms) if a.has("comma")), len(self.atoms))
        changes = [i for i, a in enumerate(self.atoms) if is_significant(a) and not a.has("FIGURE")]
        ends = any(a.has("of") for a in self.atoms[1:comma])
        subject = bool(changes) and any(a.has(OPEN) for a in self.atoms[: changes[0]])
        told = self.segment > 0 and bool(self.drafts) and any(c.words for c in self.pending)
        return told and (ends or (subject and not self._limits_before()))

    def _names_case(self) -> bool:
        """Whether the segment begins with a case that ends in 的: 州外企业迁入的，…."""
        comma = next((i for i, a in enumerate(self.atoms) if a.has("comma")), 0)
        return comma > 0 and self.atoms[comma - 1].has("of")

    def _may_limit(self, unread: Sequence[tuple[int, int]]) -> bool:
        return self.may_limit(unread, self.atoms)

    @staticmethod
    def may_limit(unread: Sequence[tuple[int, int]], atoms: Sequence[Atom]) -> bool:
        """Whether what was not read tells how much or how long at most, or in which parts: it may be of what was given before."""
        left = [a for a in atoms if any(x <= a.start < y for x, y in unread)]
        limits = any(a.has(c) for a in left for c in ("most", "capped", "longest", "spread", "lasting"))
        return limits and any(a.has("FIGURE") for a in left)

    def _new_bounds(self) -> list[Condition]:
        """The bounds of a segment where what was given before has none of what they are of."""
        known = [c.bound.measure for d in self.drafts for c in d.when if c.bound]
        bounds = [c for c in self.pending if c.bound]
        return [] if any(c.bound and c.bound.measure in known for c in bounds) else bounds

    def _limits_before(self) -> bool:
        """Whether a segment goes on about what was given before: 其中…, 上述补贴…, 每…."""
        first = self.atoms[0]
        return any(first.has(c) for c in ("joins", "of_all", "award", "each", "but"))

    def _first_said(self, atoms: Sequence[Atom]) -> list[Condition]:
        """What stands before the first comma of a sentence, where more follows before what is given: it holds for all cases."""
        comma = next((a.start for a in atoms if a.has("comma")), None)
        if comma is None or not self.drafts:
            return []
        before = self.text[:comma]
        names = self.over.ends_as_applicant(before) or self._leads_list(atoms)
        if self.over.is_case(
            before
        ):  # 销售额达到…的，列入国家目录的…；列入省目录的…: the cases below it begin alike
            self.lead_case = plain(self.text[comma + 1 :]).strip()[:_CELL]
            self.lead_bounds = [
                c for c in self.drafts[0].when if c.bound and self.placed.get(c, comma) < comma
            ]
        first = [
            c
            for c in self.drafts[0].when
            if (c.words and c.words in before) or (names and c.bound and self.placed.get(c, comma) < comma)
        ]
        return first if len(first) < len(self.drafts[0].when) else []

    def _leads_list(self, atoms: Sequence[Atom]) -> bool:
        """Whether a colon stands before what is given first, so that what is before it holds for all: 收住…的，给予补贴：…."""
        colon = next((a.start for a in atoms if a.has("colon")), None)
        comma = next((a.start for a in atoms if a.has("comma")), 0)
        return colon is not None and comma < colon < self.drafts[0].start - self.offset

    def _phrase(self, phrase: Phrase) -> None:
        match phrase.kind:
            case "run":
                self._run(phrase)
            case "top":
                if any(
                    a.has("award")
                    for a in self.atoms[: phrase.start + 1][-2:] + self.atoms[phrase.start : phrase.end]
                ):
                    raise Unread  # 只奖励署名前3家 is how many get it
                self._lead(self._part(phrase, "thing"))
                top = Quantity(value=self._atom(phrase, "figure").value, unit=Unit.RANK)
                self.pending.append(
                    Condition(bound=Bound(measure=Measure(nature="rank"), op=Op.AT_MOST, quantity=top))
                )
            case "place":
                self._place(phrase)
            case "bound" | "between" | "bounds":
                self._bound(phrase)
            case "each_head" if self._is_bounded(phrase):
                self._words(phrase.start, phrase.end)  # 单集时长不超过15分钟
            case "each_head":
                self.head = self._head(phrase)
            case "unsaid" if self._refuses():
                self._words(phrase.start, phrase.end)
            case "unsaid":
                self._add(Unsaid(unsaid=True), False, phrase)
            case "rate" if self._varies(phrase):
                self._raised(replace(phrase, parts={**phrase.parts, "figure": phrase.parts["share"]}))
            case "rate" | "rate_beyond" | "lump" | "each" | "match" | "top_up":
                self._grant(phrase)
            case "lump_case":
                self._lump_case(phrase)
            case "list" | "list_each":
                self._list(phrase)
            case "bracket":
                self._bracket(phrase)
            case "years_list":
                self._years_list(phrase)
            case "spread":
                self._spread(phrase)
            case "cap_list":
                self._cap_list(phrase)
            case "chosen":
                atom = self._atom(phrase, "number")
                often = "year" if self.atoms[phrase.start].has("yearly") else "total"
                self.budgets.append(Budget.model_validate({"budget": self._quantity(atom), "per": often}))
            case "rate_loan":
                of = self._money_of(self._segment_text()) or self._money_of(self.text)
                if of is None or of.nature not in ("loan", "interest") or not self._says_given():
                    raise Unread
                loan = Measure(nature="loan", objects=of.objects)
                self._add(Rate(rate=self._share(phrase), of=loan), "most" in phrase.parts, phrase)
            case "rate_case":
                before = next((d for d in reversed(self.drafts) if isinstance(d.grant, Rate)), None)
                if before is None or not isinstance(before.grant, Rate) or not self.pending:
                    raise Unread
                raised = before.grant.model_copy(update={"rate": self._share(phrase)})
                self._add(raised, before.at_most or "most" in phrase.parts, phrase)
            case "pool":
                often = (
                    "year" if any(a.has("yearly") for a in self.atoms[phrase.start : phrase.end]) else "total"
                )
                self.budgets.append(
                    Budget.model_validate(
                        {"budget": self._quantity(self._atom(phrase, "figure")), "per": often}
                    )
                )
            case "rounding":
                figure = self._quantity(self._atom(phrase, "figure"))
                if not any(isinstance(d.grant, PerUnit) and d.grant.per == figure for d in self._own()):
                    raise Unread
            case "shared_out":
                pass  # who bears it changes nothing of what is given
            case "cap_both":
                self._cap(phrase)
                self._cap(replace(phrase, parts={**phrase.parts, "limit": phrase.parts["limit2"]}))
            case "cap_yearly_rate":
                rate = Cap(limit=self._share(phrase, "limit"), of=Measure(nature="loan"), per=(Per.YEAR,))
                for draft in self._own() or self._all():
                    draft.caps.append(rate)
            case "cap" | "cap_share":
                self._cap(phrase)
            case "base":
                self.told_base = self._money_of(self._part(phrase, "base"))
                if self.told_base is None:
                    raise Unread
                self.measure = self.told_base
            case "first_years":
                self._first_years(phrase)
            case "within_years":
                self._within_years(phrase)
            case "term":
                self._term(phrase)
            case "year_part":
                self._year(phrase)
            case "points":
                self._points(phrase)
            case "raised":
                self._raised(phrase)
            case "words" if phrase.rule == "compared" and self._leaves_open(phrase):
                raise Unread  # 对超出规定比例安排的，每人…: beyond what we do not know
            case "words" if "figure" in phrase.parts and self._raises_share(phrase):
                raise Unread  # 补贴比例提高5个百分点
            case "words" if "figure" in phrase.parts and self._is_age(phrase):
                self._aged(phrase, self._quantity(self._atom(phrase, "figure")))
            case _:
                self._words(phrase.start, phrase.end)

    def _is_bounded(self, phrase: Phrase) -> bool:
        """Whether a figure is held against what a phrase names."""
        behind = self.atoms[phrase.end : phrase.end + 2]
        ops = ("not_over", "least", "over", "under")
        return len(behind) > 1 and any(behind[0].has(c) for c in ops) and behind[1].has("COUNT")

    def _raises_share(self, phrase: Phrase) -> bool:
        """Whether a phrase says by how many points a share is raised."""
        said = self.atoms[phrase.start : phrase.end]
        points = self._atom(phrase, "figure").unit == Unit.PERCENTAGE_POINT
        return (
            points
            and any(a.has("scale") for a in said)
            and any(a.has("more") or a.has("raised") for a in said)
        )

    def _is_age(self, phrase: Phrase) -> bool:
        """Whether a phrase says how old a firm may be at most: 成立三年以内."""
        figure = self._atom(phrase, "figure")
        capped = any(a.has("capped") for a in self.atoms[phrase.start : phrase.end])
        in_time = figure.has("COUNT") and figure.unit in ("年", "个月")
        return capped and in_time and self.over.says_firm_age(self._said(phrase.start, phrase.end))

    def _refuses(self) -> bool:
        """Whether the sentence leaves someone out, so that 一事一议 in it gives nothing."""
        lead = self.around[0] if self.around else ""
        words = ("except", "refuse", "not_twice")
        return any(a.has(c) for a in self.atoms for c in words) or any(
            self.over.announced_by(said) == "may_not" for said in (lead, self.text.partition("：")[0])
        )

    def _leaves_open(self, phrase: Phrase) -> bool:
        """Whether what is given for each is for what exceeds something that no figure tells: 对超出规定比例安排的，每人…."""
        lead = self.atoms[phrase.start]
        first = lead.has(OPEN) and plain(lead.text) == "对" and self.atoms[phrase.start + 1].has("over")
        return first and any(a.has("each") for a in self.atoms[phrase.end :])

    def _part_start(self, phrase: Phrase) -> int:
        """Where the part between commas in which a phrase begins does."""
        return next((i for i in range(phrase.start, 0, -1) if self.atoms[i - 1].has("comma")), 0)

    def _span(self, phrase: Phrase) -> tuple[int, int]:
        return self.atoms[phrase.start].start, self.atoms[phrase.end - 1].end

    def _said(self, start: int, end: int) -> str:
        return self.text[self.atoms[start].start : self.atoms[end - 1].end] if end > start else ""

    def _part(self, phrase: Phrase, name: str) -> str:
        return self._said(*phrase.parts[name]) if name in phrase.parts else ""

    def _atom(self, phrase: Phrase, name: str) -> Atom:
        return self.atoms[phrase.parts[name][0]]

    def _run(self, run: Phrase) -> None:
        left = [(a.start, a.end) for a in self.atoms[run.start : run.end] if is_significant(a)]
        tells = any(a.has("FIGURE") for a in self.atoms)  # 年度上限：不限 limits nothing
        left = [span for span in left if not self._qualifies_noun(span[0])]
        self.unread += left if tells or not self.is_row else []
        if any(a.has("joins") for a in self.atoms[run.start : run.end]) and self.drafts:
            self.goes_on = True
            self.is_part = self.is_part or any(a.has("of_it") for a in self.atoms[run.start : run.end])
        self._words(run.start, run.end)

    def _qualifies_noun(self, start: int) -> bool:
        """Whether 单 or 每 with its unit stands before a noun of which a part without sums speaks: 单集时长不超过15分钟."""
        at = next(i for i, a in enumerate(self.atoms) if a.start == start)
        one, then = self.atoms[at], self.atoms[at + 1 : at + 3]
        if one.has("respectively") and then and then[0].has("award"):
            return True  # 给予分档补贴：
        if one.has("item") and then and (then[0].has("award") or then[0].has("give")):
            return True  # 单品种奖励企业170万元
        if not one.has("each") or len(then) < 2 or not then[0].has("UNIT") or not then[1].has(OPEN):
            return False
        end = next((i for i in range(at, len(self.atoms)) if self.atoms[i].has("comma")), len(self.atoms))
        return not any(a.has("MONEY") or a.has("SHARE") for a in self.atoms[at:end])

    def _words(self, start: int, end: int) -> None:
        """The words of a run, cut at commas, as conditions; connecting words alone are none."""
        at = start
        for index in range(start, end + 1):
            if index == end or any(self.atoms[index].has(c) for c in ("comma", "semicolon", "stop", "colon")):
                while at < index and self.atoms[at].has("mark"):
                    at += 1
                piece = self.atoms[at:index]
                while piece and piece[-1].has("again"):
                    piece = piece[:-1]  # 审计费用另按50%补助
                sums = [a for a in piece if a.has("MONEY") or a.has("SHARE")]
                counts = any(a.has("COUNT") for a in piece)
                follows = self.atoms[index : index + 1]
                figure = next((a for a in self.atoms[index:] if a.has("MONEY") or a.has("SHARE")), None)
                gives = bool(follows) and any(follows[0].has(c) for c in ("give", "award", "by", "MONEY"))
                gives = (
                    gives and figure is not None and figure.has("MONEY")
                )  # a share is one of each year's base
                if piece and piece[-1].has("each_time_word") and gives:
                    self.unread.append((piece[-1].start, piece[-1].end))  # 每年, before what is given
                if any(a.has(OPEN) for a in piece) or (counts and not sums):
                    said = self.over.without_lead(self._said(at, at + len(piece)))
                    if len(said) > 1:
                        self.pending.append(Condition(words=said))
                elif sums:
                    self.unread.append((sums[0].start, sums[-1].end))  # of nothing that is named
                at = index + 1

    # -------------------------------------------------------------- bounds

    def _quantity(self, atom: Atom, unit: str = "") -> Quantity:
        if atom.has("NUM"):
            if not unit:
                raise Unread
            return Quantity(value=atom.value, unit=Unit(unit))
        return Quantity(value=atom.value, unit=Unit(atom.unit))

    def _of(self, words: str, quantity: Quantity, ceiling: bool = False, behind: str = "") -> Measure:
        """What a bound is of, by its words and its unit; what is not said is what the last bound was of."""
        folded = plain(re.split(r"[，,]|且|并且", words)[-1] or words)
        if any(w in folded for w in self.over.bounds.ratios):
            raise Unread  # 亩均税收 is no tax
        if quantity.unit in _MONEY_UNITS:
            found = self._measured(words)
            if found is None and self.measure is not None and self.over.grows(words):
                found = self.measure.model_copy(update={"change": True})
            named = self.over.without_lead(folded).strip("、在为的")
            if found is None and named and behind and (found := self._measured(behind)):
                return found  # 获得500万元以上股权融资
            if (
                found is None
                and self.measure is not None
                and not ceiling
                and (not named or not self.over.gets(named))
            ):
                return self.measure
            if found is None or (found.nature == "public_money" and not self.over.is_of_others(words)):
                raise Unread
            last = self.measure or self._said_before_colon()
            if last is not None and not found.objects and last.objects and _is_of_spending(found, last):
                found = found.model_copy(
                    update={"objects": last.objects}
                )  # 按设备投入给予补贴：投入50万元至…
            self.measure = found
            return found
        objects = measures.measure_of(folded, papers=True).objects
        if quantity.unit is Unit.PERCENT:
            if any(w in folded for w in self.over.growth):
                nature = "growth_rate"
                self.measure = self._money_of(words) or self.measure
            else:
                nature = "price_rate" if any(w in folded for w in self.over.price) else "ratio"
            return Measure(nature=nature, objects=tuple(objects) if nature == "ratio" else ())
        grows = quantity.unit is Unit.PERCENTAGE_POINT and self.over.grows(words)
        return Measure(
            nature=self.over.nature_of_unit[str(quantity.unit)], objects=tuple(objects), change=grows
        )

    def _said_before_colon(self) -> Measure | None:
        """What the words before the first colon of a segment are of: 按设备投入给予补贴：."""
        colon = next((i for i, a in enumerate(self.atoms) if a.has("colon")), 0)
        by = next((i for i, a in enumerate(self.atoms[:colon]) if a.has("by")), None)
        if by is None:
            return None
        ends = (i for i in range(by, colon) if self.atoms[i].has("give") or self.atoms[i].has("award"))
        return self._measured(self._said(by + 1, next(ends, colon)))

    def _measured(self, words: str, *, around: bool = False) -> Measure | None:
        words = re.sub(r"[（(][^（）()]*[）)]|\s", "", words)
        said = map(plain, (self.text, *self.around)) if around else ()
        known = measures.measure_of(plain(words), *said, papers=True)
        if known.nature is None:
            return None
        return Measure(nature=known.nature, objects=tuple(known.objects), change=known.change)

    def _bound(self, phrase: Phrase) -> None:
        """Bounds; what is of no measure that we know stays a condition in words, unless it may be a ceiling."""
        try:
            self._bounds(phrase)
        except (Unread, ValueError, KeyError):
            thing = self.atoms[slice(*phrase.parts.get("thing", (0, 0)))]
            given = bool(thing) and thing[-1].has("award") and "op" in phrase.parts
            if phrase.kind == "bounds" or self._is_ceiling(phrase) or given:
                raise
            self._words(phrase.start, phrase.end)

    def _bounds(self, phrase: Phrase) -> None:
        words = self._part(phrase, "thing") or self._before_bracket(phrase)
        thing = self.atoms[slice(*phrase.parts.get("thing", (0, 0)))]
        for_each = any(a.has(c) for a in thing for c in ("applicant", "project", "item", "same", "UNIT"))
        if self._is_ceiling(phrase) and (
            self._own()
            or (
                for_each
                and (self._atom(phrase, "figure").has("MONEY") or self.is_row or self._given_before())
            )
            or any(a.has("person") for a in thing)
        ):
            raise Unread  # behind what is given, or for each applicant, it limits what is given
        said: list[Bound] = []
        if "op" in phrase.parts and thing and thing[-1].has("award"):
            raise Unread  # 补贴不超过两年; 县级财政补贴不低于15% is another's share
        if phrase.kind == "between":
            high = self._atom(phrase, "high")
            unit = high.unit
            top = self._quantity(high)
            low = self._quantity(self._atom(phrase, "low"), unit)
            if self._atom(phrase, "low").has("NUM"):
                low = Quantity(value=low.value * _scale_of(high), unit=low.unit)
            of = self._of(words, top)
            is_open = "op2" in phrase.parts and not self._atom(phrase, "op2").has("not_over")
            over = "op" in phrase.parts and self._atom(phrase, "op").has("over")
            one_sided = self._is_marked(phrase, "included") and not self._is_marked(
                phrase, "included2", "included3"
            )
            under = (
                Op.LESS_THAN
                if is_open or one_sided or self._is_excluded(phrase, "included2", "included3")
                else Op.AT_MOST
            )
            said = [
                Bound(
                    measure=of,
                    op=Op.MORE_THAN if over or self._is_excluded(phrase, "included") else Op.AT_LEAST,
                    quantity=low,
                ),
                Bound(measure=of, op=under, quantity=top),
            ]
        elif phrase.kind == "bounds":
            marks = {c for a in self.atoms[slice(*phrase.parts["figures"])] for c in a.classes}
            if "op" not in phrase.parts and not marks & {"above", "below", "to", "TOP"}:
                raise Unread  # a list of sums or shares
            steps = self._listed_bounds(phrase, words)
            units = {c.bound.quantity.unit for step in steps for c in step if c.bound}
            if len(units) > 1:  # 10辆以上、30人以上 hold together
                self.pending += [c for step in steps for c in step]
            else:
                self.names = steps
            self._lead(words)
            self._counted(words, [c.bound for step in steps[:1] for c in step if c.bound])
            return
        else:
            figure = self._atom(phrase, "figure")
            quantity = self._quantity(figure)
            ceiling = "op" in phrase.parts and self._atom(phrase, "op").has("not_over")
            noun = self.atoms[phrase.end : phrase.end + 1]
            behind = (
                noun[0].text
                if noun and noun[0].has(OPEN) and not self.atoms[phrase.end - 1].has("of")
                else ""
            )
            said = [
                Bound(
                    measure=self._of(words, quantity, ceiling, behind), op=self._op(phrase), quantity=quantity
                )
            ]
        self._lead(words)
        if "for_each" in phrase.parts:
            self.pending.append(Condition(words=self._part(phrase, "for_each")))
        if self.is_row:  # the next cell of a row is of another step
            self.pending = [
                c
                for c in self.pending
                if not _is_step(c, [Condition(bound=b) for b in said]) or not self.drafts
            ]
        self._counted(words, said)
        for one in said:
            self.pending.append(Condition(bound=one))
            self.placed[self.pending[-1]] = self._span(phrase)[0]

    def _given_before(self) -> bool:
        return bool(self.drafts or self.earlier)

    def _before_bracket(self, phrase: Phrase) -> str:
        """What stands before a bracket that begins with a figure: 在我区投资（200万美元以上）."""
        if not phrase.start or not self.atoms[phrase.start - 1].has("left"):
            return ""
        start = next((i for i in range(phrase.start - 1, 0, -1) if self.atoms[i - 1].has("comma")), 0)
        return self._said(start, phrase.start - 1)

    def _place(self, phrase: Phrase) -> None:
        """Places of a contest: 第一名, 第二至第四名; several are as many cases."""
        rank = Measure(nature="rank")
        if self.is_row:  # the next cell of a row is of another place
            self.pending = [c for c in self.pending if not (c.bound and c.bound.measure == rank)]
        cases: list[list[Condition]] = []
        for atom in self.atoms[slice(*phrase.parts["at"])]:
            if atom.has("ORDRANK"):
                ends = [(Op.IS, Decimal(atom.value))]
            elif atom.has("RANKSPAN"):
                ends = [(Op.AT_LEAST, atom.value[0]), (Op.AT_MOST, atom.value[1])]
            else:
                continue
            cases.append(
                [
                    Condition(bound=Bound(measure=rank, op=op, quantity=Quantity(value=v, unit=Unit.RANK)))
                    for op, v in ends
                ]
            )
        said = self.over.without_lead(self._part(phrase, "thing"))
        if len(said) > 1:
            self.pending.append(Condition(words=said))
        if len(cases) > 1:
            self.names = cases
        else:
            self.pending += cases[0]

    def _is_ceiling(self, phrase: Phrase) -> bool:
        return "op" in phrase.parts and self._atom(phrase, "op").has("not_over")

    def _own(self) -> list[Draft]:
        """What the segment gives so far."""
        return [d for d in self.drafts if d.segment == self.segment]

    def _head(self, phrase: Phrase) -> PerUnit:
        """What the next sum is given for each of."""
        nothing = Quantity(value=Decimal(0), unit=Unit.YUAN)
        self.head_unit = ""
        if "unit" in phrase.parts:
            atom = self._atom(phrase, "unit")
            self.head_unit = atom.text if atom.has("UNIT") else ""
            per = Quantity(value=atom.value if atom.has("COUNT") else Decimal(1), unit=Unit(atom.unit))
        else:
            unit = next(_EACH[c] for c in _EACH if self._atom(phrase, "word_each").has(c))
            per = Quantity(value=Decimal(1), unit=Unit(unit))
        time: Time | None = None
        if "time" in phrase.parts:
            atom = next(a for a in self.atoms[slice(*phrase.parts["time"])] if a.classes & _TIMES.keys())
            time = next(_TIMES[c] for c in atom.classes if c in _TIMES)
        if "thing" in phrase.parts and (said := self.over.without_lead(self._part(phrase, "thing"))):
            self.pending.append(Condition(words=said))
        return PerUnit(each=nothing, per=per, time=time, beyond=self._beyond(phrase))

    def _listed_bounds(self, phrase: Phrase, words: str) -> list[list[Condition]]:
        """The steps of a list of bounds, each one figure or two: 达到100万元、500万元的; 100万元至500万元、500万元以上的."""
        over = "op" in phrase.parts and self._atom(phrase, "op").has("over")
        steps: list[list[Condition]] = []
        step: list[Atom] = []
        for atom in [*self.atoms[slice(*phrase.parts["figures"])], None]:
            if atom is not None and not any(atom.has(c) for c in ("and_mark", "and", "comma")):
                step.append(atom)
            elif step:
                steps.append(self._step(step, words, over))
                step = []
        ops = [[c.bound.op for c in one if c.bound] for one in steps]
        if ops == [[Op.AT_LEAST], [Op.AT_MOST]]:
            raise Unread  # 1亿元以上、5亿元以下 are the two ends of one step
        return steps

    def _step(self, atoms: Sequence[Atom], words: str, over: bool) -> list[Condition]:
        figures = [a for a in atoms if a.has("FIGURE")]
        if self._ranks(figures):
            rank = Measure(nature="rank")
            ends = [Quantity(value=a.value, unit=Unit.RANK) for a in figures]
            ops = [Op.AT_MOST] if len(ends) == 1 else [Op.AT_LEAST, Op.AT_MOST]
            return [
                Condition(bound=Bound(measure=rank, op=op, quantity=q))
                for op, q in zip(ops, ends, strict=True)
            ]
        of = self._of(words, self._quantity(figures[-1]))
        if len(figures) == 1:
            op = Op.AT_MOST if any(a.has("below") for a in atoms) else Op.MORE_THAN if over else Op.AT_LEAST
            return [Condition(bound=Bound(measure=of, op=op, quantity=self._quantity(figures[0])))]
        behind = atoms[atoms.index(figures[1]) :]
        under = Op.LESS_THAN if any(a.has("excluded") for a in behind) else Op.AT_MOST
        above = (
            Op.MORE_THAN
            if over or any(a.has("excluded") for a in atoms[: atoms.index(figures[1])])
            else Op.AT_LEAST
        )
        return [
            Condition(bound=Bound(measure=of, op=above, quantity=self._quantity(figures[0]))),
            Condition(bound=Bound(measure=of, op=under, quantity=self._quantity(figures[1]))),
        ]

    def _ranks(self, figures: Sequence[Atom]) -> bool:
        """Whether figures are places of a ranking: 前20名、21-50名."""
        return any(a.has("TOP") for a in self.atoms) and all(a.has("TOP") or a.unit == "人" for a in figures)

    def _aside(self, words: str) -> None:
        """What a base leaves out or takes in, in brackets, is said beside it: （不含土建）."""
        for said in re.findall(r"[（(]([^（）()]+)[）)]", words):
            self.pending.append(Condition(words=said))

    def _counted(self, words: str, said: Sequence[Bound]) -> None:
        """What is counted, in the paper's words, where the bound does not say all of it: 自营出口额, 亩均税收."""
        thing = self.over.without_lead(re.split(r"[，,]", words)[-1])
        if not said:
            return
        unnamed = said[0].quantity.unit not in _MONEY_UNITS and not said[0].measure.objects
        if (unnamed and len(thing) > _SAYS_MORE) or self.over.qualifies(thing):
            self.pending.append(Condition(words=thing))

    def _lead(self, words: str) -> None:
        """The words before what is counted say for whom: 对规上工业企业，年产值…."""
        parts = re.split(r"[，,]|的(?=.)|且|并", words)
        for part in parts[:-1]:
            said = self.over.without_lead(part)
            if len(said) > 2:
                self.pending.append(Condition(words=said))

    def _op(self, phrase: Phrase) -> Op:
        post = self._atom(phrase, "post") if "post" in phrase.parts else None
        if "op" in phrase.parts:
            before = self._atom(phrase, "op")
            name = next(n for n in _OPS if before.has(n))
            if name == "over" and self._is_marked(phrase, "included", "included2"):
                return Op.AT_LEAST
            if post is not None and post.has("above") and name in ("over", "least"):
                return Op.AT_LEAST
            return _OPS[name]
        if post is None:
            raise Unread
        if self._is_excluded(phrase, "included", "included2"):
            return Op.MORE_THAN if post.has("above") else Op.LESS_THAN
        return Op.AT_LEAST if post.has("above") else Op.AT_MOST

    def _is_marked(self, phrase: Phrase, *names: str) -> bool:
        """Whether a figure is said to be included: 100万元（含）至500万元 leaves the upper one out."""
        return any(
            a.has("included") for n in names if n in phrase.parts for a in self.atoms[slice(*phrase.parts[n])]
        )

    def _is_excluded(self, phrase: Phrase, *names: str) -> bool:
        return any(
            a.has("excluded") for n in names if n in phrase.parts for a in self.atoms[slice(*phrase.parts[n])]
        )

    # -------------------------------------------------------------- grants

    def _varies(self, phrase: Phrase) -> bool:
        """Whether a share without a base is what one given before is for another case: …；小微企业的，补助比例为60%."""
        known = self.drafts or self.earlier
        if phrase.rule != "rate_scale" or not known or self.is_row or (self._own() and not self.pending):
            return False
        words = self._part(phrase, "base") + self._part(phrase, "base2")
        whose = self.over.ends_as_applicant(words) or not words.endswith(self.over.base_ends)
        if words and whose and isinstance(known[-1].grant, Rate):
            self.pending.append(Condition(words=self.over.without_lead(words)))
            words = ""  # 小微企业支持比例为70%
        if not words:
            return isinstance(known[-1].grant, Rate)
        of = self._money_of(words)
        if any(isinstance(d.grant, Rate) and d.grant.of == of for d in known):
            self.pending.append(Condition(words=self.over.without_lead(words)))
            return True  # 中小企业展位费补助比例为80%
        return False

    def _varied(self, phrase: Phrase) -> Draft:
        """Of what a share for another case is a variation: what was given last, or the last share of the same base."""
        known = [*self.earlier, *self.drafts]
        of = self._money_of(self._part(phrase, "base") + self._part(phrase, "base2"))
        shares = [d for d in known if isinstance(d.grant, Rate) and d.grant.of == of]
        return shares[-1] if of is not None and shares else known[-1]

    def _share(self, phrase: Phrase, name: str = "share") -> Quantity:
        return Quantity(value=self._atom(phrase, name).value, unit=Unit.PERCENT)

    def _base(self, phrase: Phrase) -> Measure:
        """What a share is of: the words beside it, else those that stand before it in its segment, else what was counted last."""
        words = self._part(phrase, "base") or self._part(phrase, "base2")
        if not self.over.without_lead(words).strip("对按由"):
            words = ""
        if phrase.kind == "bracket":
            words = self.over.without_award(words)
        self._aside(words)
        if plain(words).endswith(self.over.no_bases):
            raise Unread  # a share of places, of votes
        if words:
            found = self._money_of(words, self._segment_text(), *self._said_rented(words)) or (
                self.measure if words.endswith(self.over.base_ends) else None
            )
            alone = self._money_of(words)
            before = self.pending[-1].words if self.pending and not (alone and alone.objects) else None
            if (
                before
                and before.endswith(self.over.base_ends)
                and len(before) <= _NAMED
                and self._is_near(before, phrase)
            ):
                named = self._money_of(before)  # 对担保费按实际支出
                if named is not None and named.objects and alone is not None:
                    found, alone = (
                        (named, named) if named.grammar.family == alone.grammar.family else (found, alone)
                    )
            self.base_by = (
                "its words" if found and alone and alone.objects == found.objects else "its words and others"
            )
            if found is None and phrase.kind == "bracket":
                told = (self.over.without_award(c.words) for c in reversed(self.pending) if c.words)
                found = next(filter(None, map(self._money_of, [*told, *self._around()])), None)
            if found is None and self.measure is not None and self.over.grows(words):
                found = self.measure.model_copy(update={"change": True})  # 按增量的50%
            if found is None:
                raise Unread
            return found
        found = None
        if self.told_base is not None:
            self.base_by = "told before"
            return self.told_base
        heard = [c.words for c in self.pending if not (c.words and self.over.is_payer(c.words))]
        said = heard[-1] if heard else None
        if (
            said
            and len(said) > _NAMED
            and said.endswith(self.over.base_ends)
            and self._money_of(said.rsplit("的")[-1])
        ):
            found = self._money_of(said.rsplit("的")[-1])  # 企业调用接口所产生的词元费用
            self.base_by = "words before"
        elif (
            said
            and said.endswith(self.over.base_ends)
            and (found := self._money_of(said))
            and len(said) <= _NAMED
        ):
            self.pending = [c for c in self.pending if c.words != said]
            self.base_by = "words before"
        if found is None and (found := self._money_of(self._behind_share(phrase))):
            self.base_by = "words behind"
        spends = self.measure is not None and self.measure.grammar.family == "spending"
        if found is None and self.measure is not None and (spends or phrase.kind == "bracket"):
            found = self.measure
            self.base_by = "what was measured last"
        if found is None:
            self.base_by = "around"
            last = next(
                (
                    d.grant
                    for d in reversed([*self.earlier, *self.drafts])
                    if isinstance(d.grant, Rate | Match)
                ),
                None,
            )
            told = (self.over.without_award(c.words) for c in reversed(self.pending) if c.words)
            if phrase.kind == "bracket":
                last = None
            if last:
                self.base_by = "the last share's"
            found = (
                last.of if last else next(filter(None, map(self._money_of, [*told, *self._around()])), None)
            )
        if found is None or found.nature == "public_money":
            raise Unread
        return found

    def _said_rented(self, words: str) -> list[str]:
        """The whole sentence, where a rent does not say of what it is one: 购置机器人…；采用租赁方式的，按年租金15%."""
        tokens = measures.tokens_of(plain(words), papers=True)
        alone = any(t.sort == "class" and t.key in measures.vocabulary().alone for t in tokens)
        return [self.text] if alone and not any(t.sort == "object" for t in tokens) else []

    def _is_near(self, words: str, phrase: Phrase) -> bool:
        """Whether words stand in the part between commas in which a phrase does."""
        start = self._part_start(phrase)
        return words in self._said(start, phrase.end)

    def _behind_share(self, phrase: Phrase) -> str:
        """The words that a share gives: 50%的租金补贴."""
        if "share" not in phrase.parts:
            return ""
        return self.over.without_award(self._said(phrase.parts["share"][1], phrase.end))

    def _of_part(self, phrase: Phrase) -> tuple[Measure, Quantity | None]:
        """What a share is of and beyond what figure; 超出额 alone is of what the last bound is of."""
        last = next((c.bound for c in reversed(self.pending) if c.bound), None)
        named = self._part(phrase, "base") + self._part(phrase, "base2")
        bare = len(named) <= 1 and "tail" in phrase.parts  # 对超过部分
        if (
            bare
            and last
            and self._atom(phrase, "tail").has("over_part")
            and last.quantity.unit in _MONEY_UNITS
        ):
            return last.measure, last.quantity
        grown = "tail" in phrase.parts and self._atom(phrase, "tail").has("grown_part")
        if bare and grown and self.measure is not None:
            return self.measure.model_copy(update={"change": True}), None
        return self._tail(phrase, self._base(phrase))

    def _tail(self, phrase: Phrase, of: Measure) -> tuple[Measure, Quantity | None]:
        """What 部分 behind a base does to it: what is more than before, what is beyond the figure told last, or nothing."""
        if "tail" not in phrase.parts or (tail := self._atom(phrase, "tail")).has("plain_part"):
            return of, None
        if tail.has("grown_part") or self.over.grows("".join(self._part(phrase, "base").split())):
            return of.model_copy(update={"change": True}), None
        told = [*(c for d in self._own()[-1:] for c in d.when), *self.pending]
        last = next(
            (c.bound for c in reversed(told) if c.bound and c.bound.quantity.unit in _MONEY_UNITS), None
        )
        if last is None or not tail.has("over_part"):
            raise Unread
        return last.measure, last.quantity

    def _segment_text(self) -> str:
        return self._said(0, len(self.atoms))

    def _around(self) -> list[str]:
        return [self.text, *self.around]

    def of_firm(self, lead: str) -> Measure | None:
        """What figures of the items below a lead-in are of, where it names what a firm earns, makes or raises."""
        found = self._measured(lead) if lead else None
        known = measures.vocabulary().natures
        return found if found is not None and known[found.nature].of_firm else None

    def money_of(self, words: str) -> Measure | None:
        """What a sum is of, by its words alone."""
        return self._money_of(words.strip("的 "))

    def _money_of(self, words: str, *around: str) -> Measure | None:
        """What a sum is of; what is given itself is not what it is a share of, unless others gave it."""
        words = re.sub(r"[（(][^（）()]*[）)]|\s", "", words)
        found = measures.measure_of(plain(words), papers=True)
        if found.nature is not None and (found.nature == "paid" or found.objects):
            found = measures.measure_of(plain(words), *map(plain, around), papers=True)
        if found.nature is None or (found.nature == "public_money" and not self.over.is_of_others(words)):
            return None
        own = measures.measure_of(plain(words), papers=True).objects
        if not own and found.objects <= measures.vocabulary().people:
            return Measure(
                nature=found.nature, change=found.change
            )  # nobody pays for whom a sentence speaks of
        return Measure(nature=found.nature, objects=tuple(found.objects), change=found.change)

    def _grant(self, phrase: Phrase) -> None:
        grant: Grant
        most = "most" in phrase.parts or "most2" in phrase.parts
        match phrase.kind:
            case "rate":
                if phrase.rule == "rate_scale" and most and self._own():
                    raise Unread  # 补助金额不超过合同价的30% limits what is given
                shared = phrase.parts["share"][0] if phrase.rule == "rate_scale" else 0
                if shared > 1 and self.atoms[shared - 1].has("of") and self.atoms[shared - 2].has("scale"):
                    raise Unread  # 直至招生比例的100%
                if not self._is_given(phrase) or any(
                    a.has("match_word") for a in self.atoms[phrase.start : phrase.end]
                ):
                    raise Unread
                if self.over.is_spent(self._said(phrase.end, min(len(self.atoms), phrase.end + 3))):
                    return  # 可按不高于70%的比例用于团队激励
                start = self._part_start(phrase)
                part = self._said(start, phrase.end)
                if "full_word" in phrase.parts and (
                    self._shared_in_part(phrase) or self.over.is_consequence(part)
                ):
                    return  # 按70%据实补助; 退还全部扶持资金
                of, beyond = self._of_part(phrase)
                share = (
                    self._share(phrase)
                    if "share" in phrase.parts
                    else Quantity(value=Decimal(100), unit=Unit.PERCENT)
                )
                grant = (
                    Match(match=share, of=of)
                    if of.nature in ("public_money", "prize")
                    else Rate(rate=share, of=of, beyond=beyond)
                )
            case "rate_beyond":
                if not self._says_over(phrase):
                    raise Unread
                beyond = self._quantity(self._atom(phrase, "from"))
                words = self._part(phrase, "base")
                if not words and "thing" in phrase.parts:  # 对设备投入超过…的部分
                    words = self._said(phrase.start, phrase.parts["thing"][1])
                last = self.drafts[-1].grant if self.drafts else None
                if isinstance(last, Brackets) and last.brackets[-1].to == beyond:
                    step = Bracket(over=beyond, rate=self._share(phrase))
                    self.drafts[-1].grant = Brackets(brackets=(*last.brackets, step), of=last.of)
                    return
                found = self._money_of(words, *self._around()) or self.measure
                if found is None:
                    raise Unread
                grant = Rate(rate=self._share(phrase), of=found, beyond=beyond)
            case "lump":
                money = self._quantity(self._atom(phrase, "money"))
                before = self.drafts[-1] if self.drafts else None
                start = self._part_start(phrase)
                gives = next((i for i in range(start, phrase.end) if self.atoms[i].has("give")), phrase.end)
                whose = ("of_all", "applicant", "same")
                if most and any(a.has(c) for a in self.atoms[start:gives] for c in whose):
                    raise Unread  # 同一主体享受本项补助不超过200万元 limits
                if any(a.has("total") or a.has("budget") for a in self.atoms[phrase.start : phrase.end]):
                    raise Unread  # 发放总额3亿元 is what there is in all
                if any(a.has("reported") for a in self.atoms):
                    raise Unread  # 累计发放补贴资金约4.92亿元 tells what was paid
                self._recipient(phrase)
                money_at = phrase.parts["money"][0]
                behind = self._said(phrase.parts["money"][1], min(len(self.atoms), phrase.end + 2))
                if self.over.is_no_grant(behind) or self.over.is_no_grant(
                    self._said(money_at - 3 if money_at > 2 else 0, money_at)
                ):
                    raise Unread  # 最高15万元的创业担保贷款 is lent
                if self.head is not None:
                    grant, self.head = self.head.model_copy(update={"each": money}), None
                    self._add(grant, most, phrase)
                    return
                if (
                    most
                    and before
                    and before.segment == self.segment
                    and not self.pending
                    and not isinstance(before.grant, Lump)
                ):
                    before.caps.append(Cap(limit=money))
                    return
                grant = Lump(lump=money)
            case "each":
                if any(
                    a.has(c)
                    for a in self.atoms[phrase.start : phrase.end]
                    for c in ("allots", "total", "budget")
                ):
                    raise Unread  # 每年统筹安排2000万元, 每年总额1亿元
                if not self._says_given():
                    raise Unread  # a rent of 30元 for each square metre is paid, not given
                grant = self._each(phrase)
                if "upper" in phrase.parts and grant.beyond is not None:
                    upper = self._quantity(self._atom(phrase, "upper"))
                    self._add(grant, most, phrase)
                    left = upper.model_copy(update={"value": upper.value - grant.beyond.value})
                    self.drafts[-1].caps.append(Cap(limit=left))
                    return
                if "upto" in phrase.parts:
                    self._add(grant, most, phrase)
                    self.drafts[-1].caps.append(Cap(limit=self._quantity(self._atom(phrase, "upto"))))
                    return
                raises = any(a.has("raised") for a in self.atoms[phrase.start : phrase.end])
                before = next((d for d in reversed(self.drafts) if isinstance(d.grant, PerUnit)), None)
                if raises and before is not None:  # 补贴标准提高到每人每月1900元
                    self._add(grant, most, phrase)
                    new = self.drafts[-1]
                    new.caps, new.term, new.raised = list(before.caps), before.term, True
                    new.by.add("raised")
                    return
                if most and not self._own() and self._gave_before(phrase) and (pers := self._pers_of(grant)):
                    self._add(Unsaid(unsaid=True), False, phrase)
                    self.drafts[-1].caps.append(Cap(limit=grant.each, per=pers))
                    return
            case "match":
                ratio = self._atom(phrase, "ratio")
                share = ratio.value if ratio.has("SHARE") else ratio.value[1] / ratio.value[0] * 100
                of = self._measured(self._part(phrase, "base")) or Measure(nature="public_money")
                rate = Quantity(value=share, unit=Unit.PERCENT)
                others = of.nature in ("public_money", "prize") or self.over.is_of_others(
                    self._part(phrase, "base")
                )
                # 按其缴纳保费的30%给予配套 is a share of the firm's own.
                grant = Match(match=rate, of=of) if others or ratio.has("RATIO") else Rate(rate=rate, of=of)
            case _:
                if not self._given_before() and not any(
                    a.has(c) for a in self.atoms for c in ("award", "give", "MONEY", "SHARE")
                ):
                    return  # 补齐资料
                grant = TopUp(top_up=None)
                first = next(i for i in range(phrase.start, phrase.end) if self.atoms[i].has("gap"))
                self._words(phrase.start, first)  # 晋档的企业只补足差额
        self._add(grant, most, phrase)

    def _shared_in_part(self, phrase: Phrase) -> bool:
        """Whether a share stands before a phrase in its part between commas."""
        start = self._part_start(phrase)
        return any(a.has("SHARE") for a in self.atoms[start : phrase.start])

    def _gave_before(self, phrase: Phrase) -> bool:
        """Whether a part before says that something is given, and not how much: 按其贡献给予奖励，每人最高…."""
        atoms = self.atoms[: phrase.start]
        gives = any(a.has("give") and b.has("award") for a, b in pairwise(atoms))
        return gives and not any(a.has("MONEY") or a.has("SHARE") for a in atoms[-_BEFORE:])

    def _pers_of(self, grant: PerUnit) -> tuple[Per, ...]:
        """What a ceiling is for, of which a sum for each of something is one: 每人每年最高100万元."""
        unit = {Unit.PERSON: Per.PERSON, Unit.FIRM: Per.APPLICANT, Unit.PIECE: Per.ITEM}.get(grant.per.unit)
        time = {"year": Per.YEAR, "month": Per.MONTH}.get(grant.time or "")
        found = {unit, time} - {None}
        return tuple(per for per in Per if per in found) if unit and grant.per.value == 1 else ()

    def _is_given(self, phrase: Phrase) -> bool:
        """Whether a share is said to be given: here, elsewhere in the segment, or by what stands over the clause."""
        atoms = self.atoms[phrase.start : phrase.end]
        has_base = "base" in phrase.parts or "base2" in phrase.parts
        if not has_base and not any(a.has("award") or a.has("by") or a.has("scale") for a in atoms):
            return False  # 过半时给60% is when it is paid
        behind = self.atoms[phrase.start : phrase.end + _BEHIND]
        if any(a.has("borne") or a.has("counted") for a in behind) and not any(a.has("award") for a in atoms):
            return False  # 按50%比例分配, 按评估值的50%计入
        return self._says_given()

    def _says_given(self) -> bool:
        """Whether the segment, what was given before or what stands over the clause says that something is given."""
        given = any(a.has("give") or a.has("award") or a.has("scale") for a in self.atoms)
        told = given or bool(self.drafts or self.earlier) or self.kind == "amount"
        return told or any(word in said for said in self.around for word in self.over.awards)

    def _says_for_itself(self, phrase: Phrase, when: Sequence[Condition]) -> bool:
        """Whether a later case begins by saying whom it is about, in as many parts as the first case did."""
        start = self.atoms[0].start
        if self.over.is_lead(self.text[start : start + _NAMED]):
            return True
        first = [c.words for c in when if c.words and self.text.find(c.words) < self._first_comma(phrase)]
        if any(self.over.names_applicant(w) for w in first):
            return True
        before = bool(first)
        return before and len([c for c in when if c.words]) > 1

    def _said_of_all(self, first: Draft) -> list[Condition]:
        """What stands before the first comma of the segment, the first benefit behind it: it holds for each of them."""
        before = [a.start for a in self.atoms if a.has("comma") and a.start < first.start - self.offset]
        if not before:
            return []
        comma = before[-1]
        own = [
            c
            for c in first.when
            if (c.words and self.text.find(c.words, self.atoms[0].start) < comma)
            or (c.bound and self.placed.get(c, comma) < comma)
        ]
        return own if len(own) < len(first.when) else [c for c in own if c.bound]

    def _is_next_step(self) -> bool:
        """Whether nothing but bounds is told, one of them of what the benefit before has a bound of."""
        told = bool(self.drafts and self.pending) and all(
            c.bound or c in self.drafts[-1].when for c in self.pending
        )
        return told and any(_is_step(c, self.pending) for c in self.drafts[-1].when)

    def _recipient(self, phrase: Phrase) -> None:
        """To whom it is given, where the clause says it between the verb and the sum."""
        said = self.over.without_lead(self._part(phrase, "recipient"))
        if len(said) > 1:
            self.pending.append(Condition(words=said))

    def _add(self, grant: Grant, at_most: bool, phrase: Phrase, extra: Sequence[Condition] = ()) -> None:
        start, end = self._span(phrase)
        when = [*self.pending, *extra]
        own = self._own()
        by = set()
        if not self.pending and own:
            when = [*own[-1].when, *extra]
            by.add("when: as before in the segment")
        elif not self.is_row and self._is_next_step():
            when = [*(c for c in self.drafts[-1].when if not _is_step(c, self.pending)), *when]
            self.is_step = True
            by.add("when: next step")
        elif own and self.pending and (lead := self._said_of_all(own[0])):
            when = [*(c for c in lead if c not in when), *when]
            by.add("when: said of all in the segment")
        elif self.goes_on and (self.is_part or not any(c.words for c in self.pending)):
            last = (self.drafts or self.earlier)[-1].when
            shared = [c for c in last if all(c in d.when for d in self.drafts)]
            when = [*(c for c in shared if c not in when), *when]
            by.add("when: goes on" + (" earlier sentence" if not self.drafts else ""))
        elif (
            self.segment
            and not self.pending
            and self.drafts
            and not self.is_row
            and not self.over.names_applicant(self._part(phrase, "base"))
        ):
            when = [*self.drafts[-1].when, *extra]
            by.add("when: as in the segment before")
        elif self.segment and self.lead and not self._says_for_itself(phrase, when):
            own_words = any(c.bound for c in when) and any(
                c.words and len(c.words) > _SAYS_MORE for c in when
            )
            when = [*(c for c in self.lead if c not in when and not (c.bound and own_words)), *when]
            by.add("when: lead of the sentence" + (" bound" if any(c.bound for c in self.lead) else ""))
        if self.carried:
            by.add("when: carried from the lead-in")
        if self.segment and self.lead_case and plain(self._segment_text()).startswith(self.lead_case):
            by.add("when: bounds of the case above")
            when = [*(c for c in self.lead_bounds if c not in when), *when]
        when += [c for c in self.carried if c not in when]
        if self.pending_caps:
            by.add("cap: told before")
        if self.is_row:
            by.add("row")
        if self.segment:
            by.add("later segment")
        elif own:
            by.add("later in the segment")
        elif self.earlier:
            by.add("later sentence")
        by.add(f"rule: {phrase.rule}")
        if self.base_by:
            by.add(f"base: {self.base_by}")
            self.base_by = ""
        self.drafts.append(
            Draft(
                grant,
                at_most,
                [*self.pending_caps],
                None,
                when,
                start + self.offset,
                end + self.offset,
                self.segment,
                by=by,
            )
        )
        self.pending_caps = []
        if not self.is_row:
            self.pending = []

    def _first_comma(self, phrase: Phrase) -> int:
        """Where the first comma before a phrase of the segment stands; 0 where none does."""
        return next((a.start for a in self.atoms[: phrase.start] if a.has("comma")), 0)

    def _bracket(self, phrase: Phrase) -> None:
        """A step of a scale; those that follow one another are one scale."""
        low = self._quantity(self._atom(phrase, "low")) if "low" in phrase.parts else None
        high = self._quantity(self._atom(phrase, "high"))
        step = Bracket(over=low, to=high, rate=self._share(phrase, "rate"))
        last = self.drafts[-1].grant if self.drafts else None
        if isinstance(last, Brackets) and last.brackets[-1].to == low:
            self.drafts[-1].grant = Brackets(brackets=(*last.brackets, step), of=last.of)
            return
        self._add(Brackets(brackets=(step,), of=self._base(phrase)), False, phrase)

    def _years_list(self, phrase: Phrase) -> None:
        """A share or a sum for each year of a term: 连续三年按租金的100%、50%、50%."""
        figures = [self._quantity(a) for a in self.atoms[slice(*phrase.parts["figures"])] if a.has("FIGURE")]
        if "length" in phrase.parts and self._atom(phrase, "length").value != len(figures):
            raise Unread
        is_share = figures[0].unit is Unit.PERCENT
        grant: Grant = Rate(rate=figures[0], of=self._base(phrase)) if is_share else Lump(lump=figures[0])
        self._add(grant, False, phrase)
        years = [
            Year.model_validate({"year": i, "rate" if is_share else "lump": f})
            for i, f in enumerate(figures, 1)
        ]
        self.drafts[-1].term = Term(years=tuple(years))

    def _lump_case(self, phrase: Phrase) -> None:
        """A further case of what was given before, with its sum alone: 省级的10万元."""
        last = (
            self.drafts[-1].grant if self.drafts else Lump(lump=self._quantity(self._atom(phrase, "money")))
        )
        if not self.drafts and not self._is_first_case(phrase):
            raise Unread
        if not isinstance(last, Lump) or (said := self._part(phrase, "case")).endswith(self.over.base_ends):
            raise Unread
        self.pending.append(Condition(words=self.over.without_lead(said)))
        self._add(Lump(lump=self._quantity(self._atom(phrase, "money"))), "most" in phrase.parts, phrase)

    def _before_part(self, phrase: Phrase) -> str:
        """The words between the comma before a phrase and it: 营业收入比上年, before 每增加."""
        start = self._part_start(phrase)
        said = self._said(start, phrase.start)
        return said if self.over.compares(said) else ""

    def _is_first_case(self, phrase: Phrase) -> bool:
        """Whether a case with its sum alone is the first of a list of such: 国家级100万元、省级40万元."""
        behind = self.atoms[phrase.end :]
        lead = self.around[0].rstrip() if self.around else ""
        announced = lead.endswith(("：", ":")) and any(word in lead for word in self.over.awards)
        labelled = self.is_row and self.atoms[0].classes & {"scale", "award"}
        level = any(a.has("level") for a in self.atoms[slice(*phrase.parts["case"])])
        if not (level or announced or labelled):
            return False
        if self.is_row:
            return self._says_given()
        joined = bool(behind) and any(behind[0].has(c) for c in ("and_mark", "comma"))
        return joined and self._says_given() and sum(a.has("MONEY") for a in behind) > 0

    def _each(self, phrase: Phrase) -> PerUnit:
        money = self._quantity(self._atom(phrase, "money"))
        if (
            "most" in phrase.parts
            and (self.drafts or self.earlier)
            and not any(c.words for c in self.pending if not (self._own() and c in self._own()[-1].when))
        ):
            raise Unread  # 每平方米最高600元 behind what is given is its ceiling
        if (
            "most" in phrase.parts
            and not ({"unit", "who_each"} & phrase.parts.keys())
            and self._given_before()
        ):
            raise Unread  # 两项每年最高60万元
        if "most" in phrase.parts and any(a.has("total") for a in self.atoms[phrase.start : phrase.end]):
            raise Unread  # 每家企业累计不超过2000万元
        time: Time | None = None
        if "time" in phrase.parts:
            atom = next(a for a in self.atoms[slice(*phrase.parts["time"])] if a.classes & _TIMES.keys())
            time = next(_TIMES[c] for c in atom.classes if c in _TIMES)
        words = self._part(phrase, "what") + self._part(phrase, "thing")
        head, self.head = self.head, None  # 每招收1人…，按每人每年…: the sum says it again
        if "unit" in phrase.parts:
            atom = self._atom(phrase, "unit")
            counted = (
                self.head_unit and atom.has("UNIT") and self.head_unit != atom.text and atom.unit != "人"
            )
            if (
                head is not None
                and head.per.unit is not Unit.FIRM
                and (head.per.unit != atom.unit or counted)
            ):
                raise Unread  # 每件每个国家: the product of two counts
            if atom.has("person"):
                return PerUnit(each=money, per=Quantity(value=Decimal(1), unit=Unit.PERSON), time=time)
            if atom.has("MONEY"):
                part = self._part(phrase, "part")
                said = (self._money_of(c.words) for c in reversed(self.pending) if c.words)
                of = (
                    self._money_of(words)
                    or self._money_of(part)
                    or self.measure
                    or next(filter(None, said), None)
                    or self._money_of(self.text)
                )
                if of is None or of.nature == "public_money":
                    raise Unread
                beyond = self._beyond(phrase)
                grows = any(
                    map(
                        self.over.grows,
                        (
                            self._part(phrase, "what"),
                            part,
                            self._before_part(phrase),
                            self._said(self._part_start(phrase), phrase.start),
                            (self.pending[-1].words or "") if self.pending else "",
                        ),
                    )
                )
                change = (grows or of.change) and beyond is None
                return PerUnit(
                    each=money,
                    per=self._quantity(atom),
                    of=of.model_copy(update={"change": change}),
                    beyond=beyond,
                )
            value = atom.value if atom.has("COUNT") else Decimal(1)
            grown = "part" in phrase.parts and self._is_growth_part(phrase)
            growth = Measure(nature=self.over.nature_of_unit[atom.unit], change=True) if grown else None
            return PerUnit(
                each=money,
                per=Quantity(value=value, unit=Unit(atom.unit)),
                of=growth,
                time=time,
                beyond=self._beyond(phrase),
            )
        for name in ("who_each", "word_each"):
            if name in phrase.parts:
                unit = next(
                    _EACH[c]
                    for c in ("person", "applicant", "project", "item")
                    if self._atom(phrase, name).has(c)
                )
                return PerUnit(each=money, per=Quantity(value=Decimal(1), unit=Unit(unit)), time=time)
        units = {"month": Unit.MONTH, "year": Unit.YEAR, "day": Unit.DAY, "quarter": Unit.MONTH}
        if time is None:
            raise Unread
        last = self._own()[-1].grant if self._own() else None
        if (
            isinstance(last, PerUnit)
            and last.time == time
            and not any(a.has("each") for a in self.atoms[phrase.start : phrase.end] if a.text != "每年")
        ):
            return PerUnit(
                each=money, per=last.per, time=time
            )  # 每名学徒每年补贴5000元，取得高级证书的每年补贴6500元
        return PerUnit(
            each=money, per=Quantity(value=Decimal(3 if time == "quarter" else 1), unit=units[time])
        )

    def _beyond(self, phrase: Phrase) -> Quantity | None:
        """From where each further one counts: the figure of 超过…的部分, else the bound that was told last."""
        if "nth" in phrase.parts:  # 从第21架次起
            nth = self._atom(phrase, "nth")
            said = Quantity(value=nth.value - 1, unit=Unit(nth.unit))
            self.pending = [c for c in self.pending if not (c.bound and c.bound.quantity.unit == said.unit)]
            return said
        if self.over.compares(self._said(0, phrase.end)):
            return None
        counted = phrase.parts["unit"][1] if "unit" in phrase.parts else phrase.end
        on = self.over.goes_on(self._said(max(0, phrase.start - 4), counted))
        if "part" in phrase.parts and self._is_growth_part(phrase):
            return None
        if (
            "part" not in phrase.parts
            and not on
            and not (self._goes_on_from_last(phrase) and self.over.goes_further(self._part(phrase, "what")))
        ):
            return None
        if "from" in phrase.parts:
            if not self._says_over(phrase):
                raise Unread  # 2万平方米的部分: up to it or beyond it
            first = self._quantity(self._atom(phrase, "from"))
            if first.unit.value != self._atom(phrase, "unit").unit and first.unit not in _MONEY_UNITS:
                raise Unread  # 500公里以上每标箱
            return first
        told = [c for d in self.drafts[-1:] for c in d.when] + self.pending
        unit = self._atom(phrase, "unit").unit
        units = ("%", unit) if unit == Unit.PERCENTAGE_POINT else (unit,)  # 超过80%的，每提高5个百分点
        last = next((c.bound for c in reversed(told) if c.bound and c.bound.quantity.unit in units), None)
        if (
            len({c.bound.quantity for c in told if c.bound and c.bound.quantity.unit == unit == Unit.PIECE})
            > 1
        ):
            raise Unread  # 2块银幕、150个座位: of which each further one is counted is not said
        if last is None:
            if self.over.grows(self._part(phrase, "part")):
                return None
            raise Unread
        if "part" not in phrase.parts:
            self.pending = [c for c in self.pending if c.bound != last]
        return last.quantity

    def _says_over(self, phrase: Phrase) -> bool:
        """Whether words say that what is beyond a figure is meant: 超过, 以上, 从…至."""
        start, end = phrase.parts.get("part", (phrase.start, phrase.end))
        names = ("over", "above", "over_part", "grown_part", "to", "nth")
        return any(
            any(a.has(c) for c in names) or (a.has("beyond") and not a.has("plain_part"))
            for a in self.atoms[start:end]
        )

    def _is_growth_part(self, phrase: Phrase) -> bool:
        atoms = self.atoms[slice(*phrase.parts["part"])]
        return any(a.has("grown_part") for a in atoms) or self.over.grows(self._part(phrase, "part"))

    def _goes_on_from_last(self, phrase: Phrase) -> bool:
        """Whether the benefit before, of the same sentence, is for reaching a figure of the same unit."""
        unit = self._atom(phrase, "unit").unit
        thing = self._part(phrase, "thing").rstrip("的")
        further = self.over.goes_beyond(self._part(phrase, "what"))
        if thing and not further and thing not in self.text[: self.atoms[phrase.start].start]:
            return False  # 从业人员超过100人的，每吸纳1名高校毕业生
        if any(
            c.bound
            and c.bound.quantity.unit == unit
            and c.bound.op is Op.MORE_THAN
            and not c.bound.measure.change
            for c in self.pending
        ):
            return True
        return any(
            isinstance(d.grant, Lump)
            and any(
                c.bound and c.bound.quantity.unit == unit and c.bound.measure.nature != "growth_rate"
                for c in d.when
            )
            for d in self.drafts[-1:]
        )

    def _spread(self, phrase: Phrase) -> None:
        """Over how many years it is paid, and in which parts."""
        shares = [a.value for a in self.atoms[slice(*phrase.parts.get("figures", (0, 0)))] if a.has("SHARE")]
        if "each_share" in phrase.parts:  # 分五年发放，每年发放20%
            parts = (self._atom(phrase, "each_share").value,) * int(self._atom(phrase, "length").value)
            if abs(sum(parts) - _WHOLE) >= Decimal("0.01"):  # 三分之一 three times
                raise Unread
        else:
            parts = tuple(shares) or self._atom(phrase, "ratio").value
        if "length" in phrase.parts and self._atom(phrase, "length").value != len(parts):
            raise Unread
        whole = sum(parts, Decimal(0))
        years = tuple(
            Year(
                year=i,
                share=Quantity(
                    value=(p * 100 / whole).quantize(Decimal("0.01")).normalize(), unit=Unit.PERCENT
                ),
            )
            for i, p in enumerate(parts, 1)
        )
        own = [d for d in self.drafts if d.segment == self.segment]
        told = [c.words for c in self.pending if c.words and not self.over.is_since(c.words)]
        if not own and not all(map(self.over.names_award, told)):
            raise Unread  # of a case of its own: 迁入的，参照前款分三年兑现
        for draft in own or self._all():
            self._reaches(draft, phrase)
            draft.term = Term(years=years)
            draft.by.add("term: spread")

    def _all(self) -> list[Draft]:
        """What this sentence gives, or what the sentences before it give; raises where there is nothing."""
        if not (found := self.drafts or self.earlier):
            raise Unread
        return found

    def _list(self, phrase: Phrase) -> None:
        """Several sums for as many cases, which stand before them."""
        figures = [a for a in self.atoms[slice(*phrase.parts["figures"])] if a.has("FIGURE")]
        most = "most" in phrase.parts or "most2" in phrase.parts
        names = self._names(len(figures))
        if names is None and len(self.listed) == len(figures) and self._own():
            names = self.listed  # 国家级、省级…分别补助150万元和50万元，复评合格的分别补助30万元和10万元
        if names is None:
            raise Unread
        self.listed = names
        self._recipient(phrase)
        head, self.head = self.head, None
        shared, self.pending, self.names = list(self.pending), [], []
        time = None
        if phrase.kind == "list_each":
            atom = next(
                (
                    a
                    for a in self.atoms[slice(*phrase.parts.get("time", (0, 0)))]
                    if a.classes & _TIMES.keys()
                ),
                None,
            )
            time = next((_TIMES[c] for c in atom.classes if c in _TIMES), None) if atom else None
        for figure, name in zip(figures, names, strict=True):
            grant: Grant
            if phrase.kind == "list" and head is not None and figure.has("MONEY"):
                grant = head.model_copy(update={"each": self._quantity(figure)})  # 每引进1人分别给予
                self._add_listed(phrase, grant, most, [*shared, *name])
                continue
            if phrase.kind == "list_each":
                grant = PerUnit(each=self._quantity(figure), per=self._unit(phrase), time=time)
                self._add_listed(phrase, grant, most, [*shared, *name])
                continue
            grant = (
                Lump(lump=self._quantity(figure))
                if figure.has("MONEY")
                else Rate(rate=self._quantity(figure), of=self._base(phrase))
            )
            self._add_listed(phrase, grant, most, [*shared, *name])

    def _add_listed(self, phrase: Phrase, grant: Grant, most: bool, when: list[Condition]) -> None:
        start, end = self._span(phrase)
        when = [*when, *(c for c in self.carried if c not in when)]
        self.drafts.append(
            Draft(
                grant,
                most,
                [],
                None,
                when,
                start + self.offset,
                end + self.offset,
                self.segment,
                by={"list", f"rule: {phrase.rule}"},
            )
        )

    def _unit(self, phrase: Phrase) -> Quantity:
        """One of what a sum is given for each of."""
        if "unit" in phrase.parts:
            atom = self._atom(phrase, "unit")
            return Quantity(value=atom.value if atom.has("COUNT") else Decimal(1), unit=Unit(atom.unit))
        atom = self._atom(phrase, "who_each")
        return Quantity(value=Decimal(1), unit=Unit(next(_EACH[c] for c in _EACH if atom.has(c))))

    def _names(self, count: int) -> list[list[Condition]] | None:
        """The cases of a list: bounds told together, else the members of an enumeration, each with the whole of it beside.

        通过国家级、省级、市级平台认定的: what the members are of stands before the first or behind the last of them.
        """
        if len(self.names) == count:
            return self.names
        rank = next(
            (
                c
                for c in self.pending
                if c.bound and c.bound.quantity == Quantity(value=Decimal(count), unit=Unit.RANK)
            ),
            None,
        )
        if rank is not None and rank.bound is not None and rank.bound.op is Op.AT_MOST:
            self.pending.remove(rank)  # 前三名分别奖励10万元、6万元、4万元
            places = [Quantity(value=Decimal(n), unit=Unit.RANK) for n in range(1, count + 1)]
            return [
                [Condition(bound=Bound(measure=rank.bound.measure, op=Op.IS, quantity=q))] for q in places
            ]
        for index in range(len(self.pending) - 1, -1, -1):
            words = self.pending[index].words
            parts = [p.strip() for p in re.split(r"、|和|及|或|，", words)] if words else []
            if len(parts) >= count:
                whole = self.pending.pop(index)
                members = [[Condition(words=p)] if p else [] for p in parts[-count:]]
                return [[*member, whole] for member in members]
        said = self.pending[-count:]
        told = "、".join(c.words or "" for c in said)
        if len(said) == count and all(c.words for c in said) and told in self.text:
            del self.pending[-count:]  # 一等奖1名、二等奖3名
            return [[c] for c in said]
        return None

    # -------------------------------------------------------------- what limits

    def _pers(self, phrase: Phrase) -> tuple[Per, ...]:
        atoms = [
            *self.atoms[slice(*phrase.parts.get("who", (0, 0)))],
            *self.atoms[slice(*phrase.parts.get("time", (0, 0)))],
        ]
        if phrase.start and self.atoms[phrase.start - 1].has("and_mark"):
            start = self._part_start(phrase)
            whose = ("applicant", "same", "project", "person", "yearly")
            atoms += [
                a for a in self.atoms[start : phrase.start] if any(a.has(c) for c in whose) or a.unit == "家"
            ]  # 单户期限…、贴息额不超过…
        if self.is_row:
            colon = next((i for i, a in enumerate(self.atoms) if a.has("colon")), 0)
            atoms += [a for a in self.atoms[:colon] if not a.has(OPEN)]  # 年度奖励上限：每家企业30万元
        classes = {c for a in atoms for c in a.classes}
        found = {_PERS[c] for c in classes if c in _PERS}
        if "same" in classes and Per.APPLICANT not in found:
            found.add(self.over.per_of("个", self._part(phrase, "who")))
        for atom in atoms:
            if atom.unit == "年" and (atom.has("UNIT") or (atom.has("COUNT") and atom.value == 1)):
                found.add(Per.YEAR)  # 每年, 一年内
            elif atom.has("UNIT"):
                found.add(self.over.per_of(atom.unit, self._part(phrase, "who")))
        if not found & {Per.ITEM, Per.PROJECT, Per.PERSON, Per.APPLICANT} and any(
            a.has(OPEN) and self.over.ends_as_applicant(a.text) for a in atoms
        ):
            found.add(Per.APPLICANT)  # 班列组织单位年度补助上限
        return tuple(per for per in Per if per in found)

    def _cap(self, phrase: Phrase) -> None:
        atom = self._atom(phrase, "limit")
        of = self._measured(self._part(phrase, "base")) if phrase.kind == "cap_share" else None
        if phrase.kind == "cap_share" and of is None:
            raise Unread
        if phrase.start and any(self.atoms[phrase.start - 1].has(c) for c in ("COUNT", "UNIT")):
            raise Unread  # 一个企业一次展会最多2个展位: for whom it holds is not read
        if atom.unit in ("年", "个月", "天"):
            if self._own() and phrase.rule != "cap_behind":
                for draft in self._own():  # 每个项目不超过两年、最高300万元
                    draft.term = Term(
                        length=self._quantity(atom), years=draft.term.years if draft.term else ()
                    )
            elif not self._aged(phrase, self._quantity(atom)):
                self._words(phrase.start, phrase.end)  # 离校两年内
            return
        who = self.atoms[slice(*phrase.parts.get("who", (0, 0)))]
        first = who[0] if who else None
        if phrase.kind == "cap" and atom.has("MONEY") and self._splits_by_case(phrase, who):
            return
        if (
            first is not None
            and self.goes_on
            and (first.has(OPEN) or first.has("joins"))
            and not first.has("of_all")
        ):
            raise Unread  # 其中乡村岗位每人每月不超过800元 is of that case
        joins = any(a.has("joins") for a in self.atoms[: phrase.end])
        if (
            phrase.kind == "cap"
            and joins
            and any(a.has(OPEN) for a in who)
            and any(a.has("joins") for a in who)
        ):
            raise Unread
        if self.goes_on and phrase.start and self.atoms[phrase.start - 1].has(OPEN):
            raise Unread
        narrower = bool(who) and who[0].has(OPEN) and not who[0].has("of_all") and atom.has("MONEY")
        told = self._own() or (self.last_sentence() if self.goes_on and self.earlier else [])
        if narrower and any(d.caps for d in told) and not self._measured(self._part(phrase, "who")):
            if not self._is_case(told[-1], phrase):
                raise Unread  # 单户最高150万元，首次申报企业上限为80万元
            return
        if narrower and told:
            told[-1].case = self._case_words(who)
        if any(a.has("budget") for a in who) and atom.has("MONEY"):
            often = "year" if any(a.has("yearly") for a in who) else "total"
            self.budgets.append(Budget.model_validate({"budget": self._quantity(atom), "per": often}))
            return
        of_each = any(a.has("each") for a in who)
        if not atom.has("MONEY") and not of_each and self.over.counts_chosen(self._part(phrase, "who")):
            often = "year" if any(a.has("yearly") or a.has("each_time_word") for a in who) else "total"
            self.budgets.append(Budget.model_validate({"budget": self._quantity(atom), "per": often}))
            return  # 每年获支持企业数量不超过10个
        counted = self._measured(self._part(phrase, "who"))
        lends = any(_is_rate_of(d.grant, counted) for d in self._own())
        if (
            counted is not None
            and counted.nature not in ("public_money", "paid", "supply")
            and not (
                counted.nature in ("contract", "transaction")
                and any(a.has("item") or a.has("each") for a in who)
            )
            and atom.has("MONEY")
            and not lends
        ):
            raise Unread  # 年营业收入不超过2000万元 is a bound
        classes = {c for a in self.atoms[phrase.start : phrase.end] for c in a.classes}
        nothing_given = not (self.drafts or self.earlier)
        gives = any(
            a.has("most") and a.text.endswith(self.over.awards) for a in self.atoms[phrase.start : phrase.end]
        )
        if (
            not self.is_row
            and not self._own()
            and not classes & _FOR_WHAT
            and not (gives and nothing_given)  # 经评定的示范项目，最高支持200万元
            and (nothing_given or self.pending)
        ):
            if nothing_given and not atom.has("MONEY") and of is None:
                most = self._quantity(atom)  # 单栋客房不超过14间: who may
                words = self._part(phrase, "who")
                bound = Bound(measure=self._of(words, most), op=Op.AT_MOST, quantity=most)
                self._counted(words, [bound])
                self.pending.append(Condition(bound=bound))
                return
            raise Unread  # nothing is given yet: it limits who may
        per = self._pers(phrase)
        if Per.TOTAL in per and any(a.has("fiscal") for a in who):
            limit = Cap(limit=self._quantity(atom), of=of, per=per, usual=self._is_usual(phrase))
            whose = self.over.without_lead(self._part(phrase, "who"))
            self.budgets.append(Relation(relation=Relates.TOGETHER_UP_TO, with_=whose, limit=limit))
            return  # 各级财政资金合计不得超过投资的40%
        joined = phrase.start > 1 and self.atoms[phrase.start - 1].has("and")
        if Per.TOTAL in per and joined and self.atoms[phrase.start - 2].has(OPEN):
            raise Unread  # 中央和县级补贴合计不超过…: of more than is given here
        if counted is not None and (lent := [d for d in self._own() if _is_rate_of(d.grant, counted)]):
            for draft in lent:
                draft.grant = draft.grant.model_copy(update={"upto": self._quantity(atom)})
            return
        last = next((d.caps[-1:] for d in reversed([*self.earlier, *self.drafts])), [])
        if (
            phrase.kind == "cap"
            and not per
            and last
            and phrase.start
            and self.atoms[phrase.start - 1].has("and")
        ):
            per = last[0].per  # 最高…万元，且不超过投资额的20%
        told_last = self._own()[-1].caps[-1:] if self._own() else []
        if (
            per == (Per.YEAR,)
            and told_last
            and Per.APPLICANT in told_last[0].per
            and not any(a.has(OPEN) for a in who)
        ):
            per = tuple(
                p for p in Per if p in (Per.YEAR, Per.APPLICANT)
            )  # 单个企业每年…，每年补贴金额不超过60万元
        cap = Cap(limit=self._quantity(atom), of=of, per=per, usual=self._is_usual(phrase))
        sums = [
            a
            for a in self.atoms[: phrase.start]
            if a.has("MONEY") and any(x <= a.start < y for x, y in self.unread)
        ]
        if sums:  # of what was not read, and perhaps of what was
            self._doubt(self.drafts)
            raise Unread
        sentences = {d.sentence for d in self.earlier}
        if (
            not self.drafts
            and len(sentences) > 1
            and not any(a.has("of_all") for a in who)
            and not self.is_row
        ):
            known = [c for d in self.earlier for c in d.caps if c.limit.unit == cap.limit.unit]
            if known:
                self._doubt(self.earlier)  # of all that the clause gives, or of the last
            else:
                self.limited, self.pending = True, []
                for draft in self.earlier:
                    self._reaches(draft, phrase)
                    draft.by.add("cap: alone, of all")
                    draft.caps.append(cap)
                return
        own = [d for d in self.drafts if d.segment == self.segment]
        targets = own or self.drafts or (self.last_sentence() if self.segment == 0 else [])
        if not own and any(a.has("of_all") for a in who):
            targets = [*self.earlier, *self.drafts]
        goes_on = any(isinstance(d.grant, PerUnit) and d.grant.beyond is not None for d in own)
        if own and self.goes_on and len(self.drafts) > len(own) and not self.drafts[-len(own) - 1].caps:
            targets = [self.drafts[-len(own) - 1], *own]
        elif own and (goes_on or self.is_step) and not any(d.caps for d in self.drafts if d not in own):
            before = self.drafts[-len(own) - 1].when if len(self.drafts) > len(own) else own[0].when
            new = [c for c in own[0].when if c.words and c not in before]
            # A ceiling at the end of several steps is of them all, unless the last is of another thing.
            named = any(a.has(OPEN) for a in who) and any(a.has("award") for a in who)  # 推广奖励
            targets = own if len(own) > 1 or new or named else self.drafts
        ahead = any(a.has("MONEY") or a.has("SHARE") for a in self.atoms[phrase.end :])
        if ahead and not own and not self.is_row and self.pending:
            self.pending_caps.append(cap)  # 按租赁面积（人均不超过20平方米），给予…
            return
        cases = [c for c in self.pending if c.words and not self.over.is_since(c.words)]
        if targets and not own and not self.is_row and cases:
            raise Unread  # of a case of its own
        if not targets:
            self.pending_caps.append(cap)
            said = self.atoms[phrase.start : phrase.end]
            self.given = any(a.has("award") or a.has("scale") for a in who) or any(
                a.has("most") and a.text.endswith(self.over.awards) for a in said
            )
        self.limited = self.limited or not self.drafts
        further = any(a.has("again") for a in self.atoms[: phrase.start])
        if (
            own
            and (
                any(a.has("of_all") for a in who)
                or (
                    Per.TOTAL in cap.per and len(own) == 1 and further and any(a.has("together") for a in who)
                )
            )
            and not any(d.caps for d in self.drafts if d not in own)
        ):
            targets = self.drafts  # all together
        joined = phrase.start > 1 and self.atoms[phrase.start - 1].has("and_clause")
        if joined and len(own) > 1 and not self.atoms[phrase.start - 2].has("comma"):
            own = targets = own[-1:]  # …，1000亩以上的每亩130元且单个主体不超过30万元
        if targets is own or targets == own:
            if own[-1:] and own[-1].raised and any(d.caps for d in own[:-1]):
                own = own[-1:]  # 提高至40%，每年不超过800万元, where the others have theirs
            of_one = Per.TOTAL not in per and Per.APPLICANT not in per
            targets = self._since_further(own, phrase) if of_one else own
        if not atom.has("MONEY") and cap.of is None and len(targets) > 1:
            # 种公牛每头补1万元，种公羊每只补800元、最多补10只
            alike = [
                d for d in targets if isinstance(d.grant, PerUnit) and d.grant.per.unit is cap.limit.unit
            ]
            targets = alike or targets
        for draft in own:
            if draft.raised:  # 提高到50%，每年最高150万元: its own ceiling in place of the one before
                draft.caps = [c for c in draft.caps if (c.limit.unit, c.usual) != (cap.limit.unit, cap.usual)]
                draft.raised = False
        if any(
            c.per == cap.per
            and c.limit.unit == cap.limit.unit
            and c.of == cap.of
            and c != cap
            and not c.usual
            for d in targets
            for c in d.caps
        ):
            raise Unread  # two ceilings for the same: each is of a case of its own
        way = (
            "own"
            if targets == own and len(own) == 1
            else "several own"
            if targets == own
            else "segments before"
            if not own and self.drafts
            else "sentence before"
            if not own
            else "own and before"
        )
        for draft in targets:
            self._reaches(draft, phrase)
            draft.by.add(
                f"cap: {way}"
                + (" without who" if not per else "")
                + (f" of {len(targets)}" if way != "own" else "")
            )
            if cap not in draft.caps:
                draft.caps.append(cap)

    def _splits_by_case(self, phrase: Phrase, who: Sequence[Atom]) -> bool:
        """Whether a ceiling is that of one of several cases told one after the other: 其中，内河船舶不超过5000元，沿海….

        The benefit before is then given once for each of them.
        """
        words = self._case_words(who) if who and who[0].has(OPEN) else ""
        each = any(a.has("each") or a.has("UNIT") for a in self.atoms[phrase.start : phrase.end])
        if len(words) <= 1 or (self._measured(words) and not each):
            return False
        parts: list[list[Atom]] = [[]]
        for atom in self.atoms:
            if atom.has("comma"):
                parts.append([])
            elif not (atom.has("joins") or atom.has("mark")):
                parts[-1].append(atom)
        cases = [
            p
            for p in parts
            if p and p[0].has(OPEN) and any(a.has("most") for a in p) and any(a.has("MONEY") for a in p)
        ]
        if len(cases) <= 1 or any(a.has("give") or a.has("by") for p in cases for a in p):
            return False
        if self.split is None:
            told = self._own() or self.drafts or (self.last_sentence() if self.earlier else [])
            if len(told) != 1 or told[0].caps or isinstance(told[0].grant, Lump):
                return False
            self.split = (
                told[0],
                replace(told[0], when=list(told[0].when), caps=[], unread=[]),
                self.segment,
            )
        first, whole, segment = self.split
        if segment != self.segment:
            return False
        cap = Cap(
            limit=self._quantity(self._atom(phrase, "limit")),
            per=self._pers(phrase),
            usual=self._is_usual(phrase),
        )
        case = Condition(words=words)
        if not first.caps:
            first.when, first.caps = [*first.when, case], [cap]
            first.by.add("cap: by case")
            self._reaches(first, phrase)
        else:
            again = replace(
                whole, when=[*whole.when, case], caps=[cap], unread=[], by={*whole.by, "cap: by case"}
            )
            (self.drafts if first in self.drafts else self.earlier).append(again)
            self._reaches(again, phrase)
        self.limited = self.limited or not self.drafts
        return True

    def _doubt(self, drafts: Sequence[Draft]) -> None:
        """What is said here may be of these benefits, or not: they are quoted, and give no figure."""
        span = (self.atoms[0].start + self.offset, self.atoms[-1].end + self.offset)
        for draft in drafts:
            draft.unread.append(span)

    def _since_further(self, own: Sequence[Draft], phrase: Phrase) -> list[Draft]:
        """Of what a segment gives, what stands behind the last 另, 再 with a base of its own: 认证费用另按50%补助，最高8万元."""
        for index in range(len(own) - 1, 0, -1):
            here, before = own[index], own[index - 1]
            between = [a for a in self.atoms if before.end - self.offset <= a.start < here.end - self.offset]
            if any(a.has("again") or a.has("and_clause") for a in between) and type(here.grant) is not type(
                before.grant
            ):
                return list(own[index:])
        return list(own)

    def _reaches(self, draft: Draft, phrase: Phrase) -> None:
        """What is said of a benefit in a later sentence belongs to its span."""
        draft.end = max(draft.end, self._span(phrase)[1] + self.offset)

    def _case_words(self, who: Sequence[Atom]) -> str:
        """The words that stand before 每件, 单家企业 in whom a ceiling holds for: 境内案件每案最高10万元."""
        end = next((i for i, a in enumerate(who) if not a.has(OPEN) and not a.has("of")), len(who))
        return self.over.without_lead(self.text[who[0].start : who[end - 1].end])

    def _is_case(self, base: Draft, phrase: Phrase) -> bool:
        """Give the benefit before once more for a second case with its own ceiling: 境内案件…10万元，境外案件…50万元."""
        if not base.case or len(base.caps) != 1:
            return False
        first = Condition(words=base.case)
        other = Condition(words=self._case_words(self.atoms[slice(*phrase.parts["who"])]))
        cap = Cap(
            limit=self._quantity(self._atom(phrase, "limit")),
            per=self._pers(phrase),
            usual=self._is_usual(phrase),
        )
        again = replace(base, caps=[cap], when=[*base.when, other], unread=[])
        again.case, again.segment = "", self.segment
        if first not in base.when:
            base.when = [*base.when, first]
        again.when = [c for c in again.when if c != first]
        self.drafts.append(again)
        return True

    def _is_usual(self, phrase: Phrase) -> bool:
        return "usual" in phrase.parts or "usual2" in phrase.parts

    def _gives_in_part(self, phrase: Phrase) -> bool:
        """Whether something more is given behind a term, in its own part: …，并连续3年每年按研发费用的10%予以补助."""
        if not self._own() or self.is_row:
            return False
        behind = self.atoms[phrase.end :]
        comma = next((i for i, a in enumerate(behind) if a.has("comma")), len(behind))
        start = self._part_start(phrase)
        part = self.atoms[start : phrase.start]
        figures = any(a.has("SHARE") or a.has("MONEY") for a in behind[:comma])
        return figures and any(a.has("and_clause") or a.has("again") for a in part)

    def _gives_before_comma(self, phrase: Phrase) -> bool:
        """Whether a sum or a share follows in the same part between commas; a cell or what limits may stand alone."""
        behind = self.atoms[phrase.end :]
        comma = next((i for i, a in enumerate(behind) if a.has("comma")), len(behind))
        limits = any(
            a.has(c) for a in self.atoms[phrase.start : phrase.end] for c in ("not_over", "most", "longest")
        )
        alone = comma == 0 and bool(behind)  # 自认定次年起连续三年，按…
        figures = any(a.has("MONEY") or a.has("SHARE") for a in behind[:comma])
        given = any(a.has(c) for a in behind[:comma] for c in ("give", "award", "by", "scale"))
        return self.is_row or limits or alone or (figures and given)

    def _of_cell(self) -> list[Draft]:
        """What the cells of a row give whose names begin as this one's does: 租房补贴, 租房补贴期限; the only one there is."""
        label = self._segment_text().partition("：")[0]
        name = label[:_CELL]
        named = [d for d in self.drafts if self.cells.get(d.segment) == name] or [
            d for d in self.drafts if self._share_award(self.labels.get(d.segment, ""), label)
        ]
        return named or (self.drafts if len(self.drafts) == 1 else [])

    def _share_award(self, one: str, other: str) -> bool:
        """Whether two labels name the same kind of support: 生活津贴, 津贴发放期限."""
        return any(word in one and word in other for word in self.over.awards)

    def _cap_list(self, phrase: Phrase) -> None:
        """A ceiling for each of the cases told before, in their order: 每台最高依次为8000元、3000元."""
        figures = [a for a in self.atoms[slice(*phrase.parts["figures"])] if a.has("MONEY")]
        cases = self._own() or self.drafts or self.earlier
        if len(cases) == 1 < len(figures):
            cases = self._by_case(cases[0], len(figures))
        if len(cases) < len(figures) or (len(cases) > len(figures) and self._own()):
            raise Unread
        for draft, figure in zip(cases[-len(figures) :], figures, strict=True):
            self._reaches(draft, phrase)
            draft.by.add("cap: list")
            draft.caps.append(
                Cap(limit=self._quantity(figure), per=self._pers(phrase), usual=self._is_usual(phrase))
            )
        self.limited = self.limited or not self.drafts

    def _by_case(self, draft: Draft, count: int) -> list[Draft]:
        """The benefit once for each of the cases whose ceilings follow: 开设亚洲首店、全国首店的，按40%补贴，最高分别….."""
        told, self.pending = self.pending, [*draft.when, *self.pending]
        names = self._names(count)
        shared, self.pending = self.pending, told
        if names is None:
            raise Unread
        self.pending = [c for c in told if c in shared]
        at = self.drafts.index(draft) if draft in self.drafts else None
        if at is None:
            raise Unread
        cases = [
            replace(draft, when=[*shared, *name], caps=list(draft.caps), unread=[], by={*draft.by})
            for name in names
        ]
        self.drafts[at : at + 1] = cases
        return cases

    def last_sentence(self) -> list[Draft]:
        """What the last sentence that gave something gives."""
        return [d for d in self.earlier if d.sentence == self.earlier[-1].sentence]

    def _term(self, phrase: Phrase) -> None:
        length = self._quantity(self._atom(phrase, "length"))
        limits = any(a.has("not_over") or a.has("capped") for a in self.atoms[phrase.start : phrase.end])
        if limits and not self._own() and self.pending:
            raise Unread  # 贷款期限不超过2年的, before what is given
        targets = [] if self._gives_in_part(phrase) else self._own()
        if self.is_row and not targets:
            targets = self._of_cell()
        phrased = self.atoms[phrase.start : phrase.end]
        says = any(
            a.has(c)
            for a in phrased
            for c in ("most", "longest", "not_over", "capped", "is", "colon", "award")
        )
        alone = not self._gives_before_comma(phrase) and not says
        told = [c for c in self.pending if not (c.words and self.over.is_since(c.words))]
        if not targets and not told and not (alone and phrase.start + len(phrased) < len(self.atoms)):
            targets = self.drafts or self.earlier
        if not targets and not self._gives_before_comma(phrase):
            self._words(phrase.start, phrase.end)  # 连续两年接收…的，: what must have been so
            return
        if not targets or self._gives_in_part(phrase):
            self.pending_term = Term(length=length)
            return
        self.limited = self.limited or not self.drafts
        if length.unit is Unit.DAY:
            daily = [
                d
                for d in targets
                if isinstance(d.grant, PerUnit) and (d.grant.time == "day" or d.grant.per.unit is Unit.DAY)
            ]
            targets = daily or targets  # 每天50元，最多15天
        for draft in targets:
            self._reaches(draft, phrase)
            draft.by.add("term: own" if targets == self._own() else "term: before")
            draft.term = Term(length=length, years=draft.term.years if draft.term else ())

    def _first_years(self, phrase: Phrase) -> None:
        """前三年 before what is given for each is how long it is given; years that follow those are not read."""
        follows, count = self._atom(phrase, "span").value
        if follows or (self.drafts and self._own() and self._own()[-1].term):
            raise Unread
        self.pending_term = Term(length=Quantity(value=Decimal(count), unit=Unit.YEAR))

    def _within_years(self, phrase: Phrase) -> None:
        """三年内, right before what is given, is how long it is given; elsewhere it is a condition: 毕业5年内的."""
        behind = self.atoms[phrase.end : phrase.end + 1]
        if behind and any(behind[0].has(c) for c in ("by", "give", "each", "award")):
            said = self.over.without_lead(self._said(phrase.start, phrase.parts["length"][0]))
            if len(said) > 1:
                self.pending.append(Condition(words=said))
            self.pending_term = Term(length=self._quantity(self._atom(phrase, "length")))
        elif not self._aged(phrase, self._quantity(self._atom(phrase, "length"))):
            self._words(phrase.start, phrase.end)

    def _aged(self, phrase: Phrase, length: Quantity) -> bool:
        """Read how old a firm may be: 成立三年以内; False where it is something else that is as long ago."""
        if not self.over.says_firm_age(self._said(phrase.start, phrase.end)):
            return False
        bound = Bound(measure=Measure(nature="duration"), op=Op.AT_MOST, quantity=length)
        self.pending.append(Condition(bound=bound))
        self.placed[self.pending[-1]] = self._span(phrase)[0]
        return True

    def _year(self, phrase: Phrase) -> None:
        """What is given in one year of a term or in several (前两年, 后三年); years that follow one another are one term."""
        whole = Quantity(value=Decimal(100), unit=Unit.PERCENT)
        figure = whole if "full_word" in phrase.parts else self._quantity(self._atom(phrase, "figure"))
        own = self._own()
        shares = [a.value for a in self.atoms if a.has("SHARE")]
        if not own and not self.drafts and self.earlier and len(shares) > 1 and sum(shares) == _WHOLE:
            for draft in self.last_sentence():  # 补助款分两年给，第一年给70%，第二年给30%
                years = draft.term.years if draft.term else ()
                which = self._numbers(self._atom(phrase, "which"), years[-1].year if years else 0)
                draft.term = Term(years=(*years, *(Year(year=n, share=figure) for n in which)))
            self.limited = True
            return
        before = own[-1] if own else self.drafts[-1] if self.drafts else None
        told = before.term.years if before is not None and before.term else ()
        restated = [y for y in told if figure in (y.rate, y.share, y.lump)]
        if (
            told
            and self._atom(phrase, "which").has("ORDYEAR")
            and told[-1].year >= self._atom(phrase, "which").value
        ):
            if any(y.year == self._atom(phrase, "which").value for y in restated):
                return  # 即第一年60%、第二年40%
            raise Unread
        numbers = self._numbers(self._atom(phrase, "which"), told[-1].year if told else 0)
        if "which2" in phrase.parts:  # 第二年、第三年各25%
            numbers = list(range(numbers[0], self._atom(phrase, "which2").value + 1))
        if not own and not (told and told[-1].year + 1 == numbers[0] and not self.pending):
            self._first_year(phrase, figure)
        draft = self.drafts[-1]
        if figure.unit is not Unit.PERCENT and isinstance(draft.grant, Rate) and self._says_most(phrase):
            raise Unread  # 第一年最高300万元: a ceiling of one year
        kind = (
            "lump"
            if figure.unit is not Unit.PERCENT
            else "rate"
            if isinstance(draft.grant, Rate)
            else "share"
        )
        atoms = self.atoms[phrase.start : phrase.end]
        spread = any(a.has("spread") for a in self.atoms[: phrase.start])
        if kind == "rate" and spread and not any(a.has("by") or a.has("award") for a in atoms):
            kind = "share"  # 资金分三年拨付，第一年拨付50%
        years = tuple(Year.model_validate({"year": n, kind: figure}) for n in numbers)
        draft.term = Term(
            length=draft.term.length if draft.term else None,
            years=(*(draft.term.years if draft.term else ()), *years),
        )

    def _numbers(self, which: Atom, last: int) -> list[int]:
        """The years that a word tells: the second; the first two; the three that follow the `last` one told."""
        if not which.has("YEARSPAN"):
            return [which.value if which.has("ORDYEAR") else 1 if which.has("first_year") else 2]
        follows, count = which.value
        if follows and not last:
            raise Unread
        return list(range(last + 1, last + count + 1)) if follows else list(range(1, count + 1))

    def _first_year(self, phrase: Phrase, figure: Quantity) -> None:
        upto = phrase.parts.get("figure", phrase.parts.get("full_word", (phrase.end, phrase.end)))
        between = self._said(phrase.parts["which"][1], upto[0])
        grant: Grant
        if figure.unit is Unit.PERCENT:
            last = next(
                (d.grant.of for d in reversed([*self.earlier, *self.drafts]) if isinstance(d.grant, Rate)),
                None,
            )
            told = (self._money_of(c.words) for c in reversed(self.pending) if c.words)
            of = (
                self._money_of(between)
                or next(filter(None, told), None)
                or last
                or self._money_of(self._segment_text())
                or self.measure
            )
            if of is None:
                raise Unread
            grant = Rate(rate=figure, of=of)
        else:
            grant = Lump(lump=figure)
        self._add(grant, False, phrase)

    def _says_most(self, phrase: Phrase) -> bool:
        return any(a.has("most") for a in self.atoms[phrase.start : phrase.end])

    def _points(self, phrase: Phrase) -> None:
        """Points on top of a share: of the clause's own, or of one that stands before it in the paper."""
        points = self._quantity(self._atom(phrase, "figure"))
        behind = self.atoms[phrase.end : phrase.end + 1]
        if behind and any(behind[0].has(c) for c in ("above", "below", "of")):
            raise Unread  # 提高5个百分点以上的 is asked
        first = next(i for i in range(phrase.start, phrase.end) if self.atoms[i].has("scale"))
        if len(whom := self.over.without_lead(self._said(phrase.start, first))) > 1:
            self.pending.append(Condition(words=whom))
        before = next((d for d in reversed([*self.earlier, *self.drafts]) if isinstance(d.grant, Rate)), None)
        if before is None or not isinstance(before.grant, Rate):
            self._add(Points(points=points), False, phrase)
            return
        rate = before.grant.rate.model_copy(update={"value": before.grant.rate.value + points.value})
        self._add(before.grant.model_copy(update={"rate": rate}), before.at_most, phrase)
        new = self.drafts[-1]
        new.caps, new.term, new.raised = list(before.caps), before.term, True
        new.by.add("raised by points")

    def _raised(self, phrase: Phrase) -> None:
        figure = self._quantity(self._atom(phrase, "figure"))
        if not (self.drafts or self.earlier):
            raise Unread
        if figure.unit is Unit.PERCENT and not self.over.raises_to(self._said(phrase.start, phrase.end)):
            raise Unread  # 补助标准提高20% is by a fifth, 上浮10%
        last = self._varied(phrase)
        if self.head is not None and isinstance(last.grant, PerUnit):
            self.head = None  # 每标箱补贴提高到200元
        if (
            self._own()
            and self._own()[-1].raised
            and self._says_most(phrase)
            and figure.unit is not Unit.PERCENT
        ):
            for draft in self._own()[-1:]:  # 比例提高到50%，年度上限相应调整为150万元
                draft.caps = [Cap(limit=figure, per=c.per) for c in draft.caps] or [Cap(limit=figure)]
                draft.raised = False
            return
        grant, caps = last.grant, list(last.caps)
        named = next(
            (
                i
                for i in range(phrase.start, phrase.end)
                if any(self.atoms[i].has(c) for c in ("scale", "award", "raised", "most"))
            ),
            phrase.start,
        )
        whom = self.over.without_lead(self._said(phrase.start, named))
        if "base" not in phrase.parts and len(whom) > _SAYS_MORE:
            self.pending.append(Condition(words=whom))  # 首次投保的小微企业补贴比例提高至80%
        if figure.unit is Unit.PERCENT and isinstance(grant, Rate):
            grant = grant.model_copy(update={"rate": figure})
        elif isinstance(grant, Lump) and figure.unit is not Unit.PERCENT:
            grant = Lump(lump=figure)
        elif isinstance(grant, PerUnit) and figure.unit is not Unit.PERCENT and not self._says_most(phrase):
            grant = grant.model_copy(update={"each": figure})
        elif figure.unit is not Unit.PERCENT and self._says_most(phrase):
            caps = [Cap(limit=figure, per=c.per) for c in caps] or [Cap(limit=figure)]
        else:
            raise Unread
        bounds = [c for c in last.when if c.bound and not _is_step(c, self.pending)]
        self._add(grant, last.at_most and figure.unit is not Unit.PERCENT, phrase)
        raised = self.drafts[-1]
        raised.by.add("raised")
        raised.caps, raised.term, raised.raised = caps, last.term, not self._says_most(phrase)
        raised.when = [*(c for c in bounds if c not in raised.when), *raised.when]


def _are_parts(own: Sequence[Draft]) -> bool:
    """Whether sums behind a first one are the parts in which it is paid: together they are it."""
    sums = [d.grant.lump for d in own if isinstance(d.grant, Lump)]
    return len(sums) == len(own) > 2 and sum(q.value for q in sums[1:]) == sums[0].value


def _is_of_spending(one: Measure, other: Measure) -> bool:
    """Whether two measures are both of what is spent, and of growth or not alike."""
    return one.grammar.family == other.grammar.family == "spending" and one.change == other.change


def _is_rate_of(grant: Grant, of: Measure | None) -> bool:
    """Whether a share is given of a measure, so that a limit of the measure limits its base: 贷款额以2000万元为限."""
    return of is not None and isinstance(grant, Rate) and grant.of.nature == of.nature == "loan"


def _is_step(condition: Condition, own: Sequence[Condition]) -> bool:
    """Whether a bound gives way to one of the same measure that the next step has."""
    return condition.bound is not None and any(
        c.bound
        and c.bound.measure.nature == condition.bound.measure.nature
        and c.bound.measure.change == condition.bound.measure.change
        and c.bound.quantity.unit == condition.bound.quantity.unit
        for c in own
    )


def _scale_of(atom: Atom) -> Decimal:
    """The scale in which the other end of a range is written: 1至3万元."""
    for scale, value in (("亿", 10**8), ("万", 10**4)):
        if scale in atom.text:
            return Decimal(value)
    return Decimal(1)


def copies_of(drafts: Sequence[Draft]) -> list[Draft]:
    return [replace(d, caps=list(d.caps), when=list(d.when), unread=[]) for d in drafts]


def figures_of(draft: Draft) -> tuple[object, ...]:
    return (draft.grant, tuple(draft.caps), draft.term, tuple(c.bound for c in draft.when if c.bound))


def segments_of(atoms: list[Atom], *, is_row: bool) -> list[list[Atom]]:
    """The atoms between semicolons, or the cells of a row that hold something."""
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
