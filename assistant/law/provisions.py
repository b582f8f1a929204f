"""What a clause says, as data: benefits, requirements, windows and the rest, each read from its span of a paper.

Contents are told apart by their keys in YAML: a benefit has `grant`, a requirement `who`. A reading that leaves a figure
or a word that changes the meaning over says so in `unread`, and is then quoted and never computed.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, Literal

from pydantic import AliasChoices, Field, model_validator

from assistant.law.quantities import Bound, Cap, Measure, Quantity
from assistant.models import Frozen

Time = Literal["day", "month", "quarter", "year"]


# ------------------------------------------------------------------ what is given


class Rate(Frozen):
    """A share of something; `beyond`: of the part over this; `upto`: of the part up to this."""

    rate: Quantity
    of: Measure
    beyond: Quantity | None = None
    upto: Quantity | None = None


class Lump(Frozen):
    """A sum."""

    lump: Quantity


class PerUnit(Frozen):
    """A sum for every so much of something: 2万元 for `per` 1亩, 1万元 for each 100万元 `of` output growth.

    `beyond`: counted from here on only; `time`: for each month, day or year as well.
    """

    each: Quantity
    per: Quantity
    of: Measure | None = None
    beyond: Quantity | None = None
    time: Time | None = None


class Bracket(Frozen):
    """A step of a scale: from `over` (not included unless `from_`) to `to`, and what is given there."""

    over: Quantity | None = None
    to: Quantity | None = None
    rate: Quantity | None = None
    lump: Quantity | None = None


class Brackets(Frozen):
    """A scale in which each part of the sum has its own rate."""

    brackets: tuple[Bracket, ...]
    of: Measure


class Match(Frozen):
    """A share of what another gave: 按国家资助的50%配套, 1:1配套 (100%)."""

    match: Quantity
    of: Measure


class TopUp(Frozen):
    """What is missing to a sum or to what a higher class gets: 按差额补足."""

    top_up: Quantity | None


class Unsaid(Frozen):
    """Something is given, how it is counted is not said here: 给予最高500万元支持 is a lump at most; 给予一定补贴 is this."""

    unsaid: Literal[True]


class Points(Frozen):
    """Points on top of the share that stands before it: 补贴比例在上述基础上再增加10个百分点."""

    points: Quantity


Grant = Rate | Lump | PerUnit | Brackets | Match | TopUp | Points | Unsaid


class Year(Frozen):
    """What holds in one year of a term: a share of the whole, another rate or another sum."""

    year: int
    share: Quantity | None = None
    rate: Quantity | None = None
    lump: Quantity | None = None


class Term(Frozen):
    """For how long it is given, and how it is spread over the years."""

    length: Quantity | None = None
    years: tuple[Year, ...] = ()


class Condition(Frozen):
    """What must hold: a bound that can be tested, or words of the paper; of one `group` (one_of) one is enough."""

    bound: Bound | None = None
    words: str | None = None
    one_of: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return {"bound": Bound.parse(value)}
        except ValueError:
            return {"words": value}

    @model_validator(mode="after")
    def _whole(self) -> Condition:
        if (self.bound is None) == (self.words is None):
            raise ValueError("a condition is a bound (revenue >= 2000万元) or words of the paper")
        return self


class Benefit(Frozen):
    """What is given, up to what, for how long and when; `at_most`: the paper says 最高, so it is the most there can be."""

    grant: Grant
    at_most: bool = False
    caps: tuple[Cap, ...] = ()
    term: Term | None = None
    when: tuple[Condition, ...] = ()


# ------------------------------------------------------------------ the rest of a paper


class Who(StrEnum):
    """What a requirement says of those for whom it holds."""

    MAY = "may"
    MUST = "must"
    MAY_NOT = "may_not"


class Requirement(Frozen):
    """Who may apply, who may not, and what must be so."""

    who: Who
    condition: Condition


class Window(Frozen):
    """When applications are taken: days, or months or days of every year; `batch` where there are several."""

    opens: date | None = None
    closes: date | None = None
    yearly: str | None = Field(
        default=None, description="3月, 3月1日-3月31日, of every year; 全年 for all of it"
    )
    batch: int | None = None

    @model_validator(mode="after")
    def _whole(self) -> Window:
        if not (self.opens or self.closes or self.yearly):
            raise ValueError("a window has a first day, a last day or what holds every year")
        return self


class Material(Frozen):
    """A paper to hand in."""

    material: str


class Step(Frozen):
    """A step of the procedure."""

    step: str


class Does(StrEnum):
    """What an office does."""

    ACCEPTS = "accepts"
    REVIEWS = "reviews"
    PAYS = "pays"
    EXPLAINS = "explains"
    LEADS = "leads"


class Office(Frozen):
    """An office and what it does."""

    office: str
    does: Does


class Contact(Frozen):
    """A telephone number, an address, a web site."""

    contact: str


class Validity(Frozen):
    """From when to when, or for how long, a paper or a part of it holds."""

    valid_from: date | None = None
    valid_to: date | None = None
    valid_for: Quantity | None = None
    from_issue: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Validity:
        if not (self.valid_from or self.valid_to or self.valid_for or self.from_issue):
            raise ValueError("a validity has a first day, a last day or a length")
        return self


class Definition(Frozen):
    """What a word of the paper means."""

    term: str
    means: str
    when: tuple[Condition, ...] = Field(default=(), description="the bounds that its meaning sets")


class Relates(StrEnum):
    """How supports or papers go together."""

    NOT_TWICE = "not_twice"
    HIGHER_ONLY = "higher_only"
    TOGETHER_UP_TO = "together_up_to"
    MAY_COMBINE = "may_combine"
    DIFFERENCE = "difference"
    REPLACES = "replaces"
    IMPLEMENTS = "implements"


class Relation(Frozen):
    """How what is given goes with others, or a paper with others; `with_`: with what, in the paper's words."""

    relation: Relates
    with_: str | None = Field(
        default=None, validation_alias=AliasChoices("with", "with_"), serialization_alias="with"
    )
    limit: Cap | None = None


class Budget(Frozen):
    """What there is in all, or how many are chosen."""

    budget: Quantity
    per: Literal["year", "total", "batch"] = "total"


class Listing(Frozen):
    """A name in a list of those chosen."""

    listed: str
    amount: Quantity | None = None


class Silence(Frozen):
    """What the paper says it does not give here: 另行公布, 以申报通知为准."""

    silent_on: str


Content = (
    Benefit
    | Requirement
    | Window
    | Material
    | Step
    | Office
    | Contact
    | Validity
    | Definition
    | Relation
    | Budget
    | Listing
    | Silence
)


class Span(Frozen):
    """Characters `start:end` of a document's text."""

    start: int
    end: int


class Provision(Frozen):
    """What a clause of a document says, where it says it, what of it was not read, and who stands for the reading."""

    document: str
    version: int
    article: str | None = None
    start: int
    end: int
    content: Content
    standing: Literal["read", "approved"] = "read"
    by: str = ""
    unread: tuple[Span, ...] = ()


class Clause(Frozen):
    """A paragraph that says something, how many provisions were read from it and which of its words were not."""

    start: int
    end: int
    article: str | None = None
    provisions: int = 0
    unread: tuple[Span, ...] = ()


class Grouped(Frozen):
    """What a firm applies for, by the numbers of the provisions that give it and of those that govern it.

    `names`: the headings over it, the nearest first; `start:end`: the clauses that give it; `unread`: what was not read of
    these, and of clauses that govern.
    """

    names: tuple[str, ...] = ()
    article: str | None = None
    start: int
    end: int
    benefits: tuple[int, ...]
    governing: tuple[int, ...] = ()
    unread: tuple[Span, ...] = ()


class PaperReading(Frozen):
    """All that was read of a version of a document, by which grammar; `clauses` are in the document's order."""

    document: str
    version: int
    grammar: str
    provisions: tuple[Provision, ...] = ()
    clauses: tuple[Clause, ...] = ()
    supports: tuple[Grouped, ...] = ()

    @property
    def coverage(self) -> dict[str, int]:
        """Clauses that say something, those read whole, those of which words were left, provisions."""
        left = sum(1 for c in self.clauses if c.unread)
        whole = sum(1 for c in self.clauses if c.provisions and not c.unread)
        return {
            "clauses": len(self.clauses),
            "read": whole,
            "unread": left,
            "provisions": len(self.provisions),
        }
