"""What a programme file says: who, conditions, benefits, windows, stacking, each rule with the quote it rests on.

A programme has dated revisions; a new one is added with its dates and nothing is overwritten. Money and rates are
`Decimal`, written as strings. There is no formula language.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from assistant.law.provisions import Content
from assistant.models import Confidence
from assistant.programmes.definitions import FactDefinition, Rule


def _as_decimal(value: object) -> object:
    if isinstance(value, float):
        raise ValueError("write numbers with a fraction as strings, such as '0.30'")
    return value


Number = Annotated[Decimal, BeforeValidator(_as_decimal)]


# ------------------------------------------------------------------ conditions


Operator = Literal["is", "in", "not_in", "at_least", "at_most", "more_than", "less_than", "human"]


class Test(Rule):
    """One fact against a value; `human`: a person decides, so it stays unknown.

    On a date fact `less_than`, `at_most`, `more_than`, `at_least` with a value such as `1 year` or `6 months` compare
    the age on the as-of date: 未满一年 is `less_than 1 year`, strictly.
    """

    fact: str | None = None
    op: Operator = "is"
    value: str | bool | tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Test:
        if self.op == "human":
            if self.fact is not None or self.value is not None:
                raise ValueError("human takes no fact and no value")
        elif self.fact is None or self.value is None:
            raise ValueError(f"{self.op} needs fact and value")
        if (self.op in ("in", "not_in")) != isinstance(self.value, tuple):
            raise ValueError("a list of values goes with in and not_in, and with no other")
        return self


class Condition(Test):
    """A condition in words, and its test; with `any_of` one, with `all_of` every one of the nested must hold."""

    id: str
    zh: str
    en: str
    any_of: tuple[Condition, ...] = ()
    all_of: tuple[Condition, ...] = ()
    source: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Condition:
        if self.any_of or self.all_of:
            if self.fact is not None or (self.any_of and self.all_of):
                raise ValueError(f"{self.id}: a group has any_of or all_of and no fact of its own")
            return self
        Test(fact=self.fact, op=self.op, value=self.value)
        return self

    def leaves(self) -> Iterator[Condition]:
        """The conditions that test something, nested ones too."""
        nested = (*self.any_of, *self.all_of)
        if not nested:
            yield self
        for condition in nested:
            yield from condition.leaves()


# ------------------------------------------------------------------ benefits


class Cap(Rule):
    """An upper limit in yuan."""

    amount: Number
    per: Literal["applicant", "year", "project", "item"] = "applicant"
    usual: Number | None = Field(default=None, description="原则上: what is usual, below the outer limit")
    source: str


class Tier(Rule):
    """What holds where the tests hold: the first tier that fits counts."""

    when: tuple[Test, ...]
    rate: Number | None = None
    amount: Number | None = None
    zh: str
    en: str
    source: str


class Benefit(Rule):
    """A rate of a basis, a lump sum, or tiers of either; up to a cap.

    `at_most`: the paper says 最高, so the result is the most there can be. `rate` null with a cap: the rate is not
    known, and no amount is computed. `share_note` states a conflict between sources.
    """

    id: str
    zh: str
    en: str
    basis: str | None = None
    rate: Number | None = None
    amount: Number | None = None
    tiers: tuple[Tier, ...] = ()
    cap: Cap | None = None
    minimum: Number | None = Field(default=None, description="of the basis, below which nothing is given")
    count: str | None = Field(
        default=None, description="a fact that says how many times the lump sum is given"
    )
    at_most: bool = True
    source: str

    @model_validator(mode="after")
    def _whole(self) -> Benefit:
        if (self.rate is not None or any(t.rate is not None for t in self.tiers)) and self.basis is None:
            raise ValueError(f"{self.id}: a rate needs a basis")
        return self


# ------------------------------------------------------------------ the rest of a revision


class WindowRule(Rule):
    """Days on which applications are taken; unknown ends are null."""

    opens: date | None = Field(default=None, alias="from")
    closes: date | None = Field(default=None, alias="to")
    zh: str = ""
    en: str = ""
    confidence: Confidence = Confidence.OFFICIAL
    source: str

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Stacking(Rule):
    """How this programme goes with others.

    `share`: all fiscal support for one basis together is at most this share of it; `excludes`: not together with;
    `yearly`: all of a group to one applicant in a year at most `amount`; `allows`: a source says it may be combined.
    """

    kind: Literal["share", "excludes", "yearly", "allows"]
    share: Number | None = None
    basis: str | None = None
    received: str | None = Field(
        default=None, description="the fact that tells what others gave for the same"
    )
    amount: Number | None = None
    group: str | None = None
    programmes: tuple[str, ...] = ()
    zh: str
    en: str
    source: str


class Statement(Rule):
    """A step, a material, a department, a budget, in words, with its source."""

    zh: str
    en: str = ""
    source: str


class Budget(Rule):
    """What there is in all, in yuan."""

    amount: Number
    per: Literal["year", "total"]
    source: str


class Source(Rule):
    """A quote that stands verbatim in a stored document."""

    document_id: str
    article: str | None = None
    quote: str


class Revision(Rule):
    """The rules of a programme from one day to another; an unknown day is null."""

    opens: date | None = Field(default=None, alias="from")
    closes: date | None = Field(default=None, alias="to")
    term: str | None = Field(default=None, description="the source that says from when to when it holds")
    conditions: tuple[Condition, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    budget: Budget | None = None
    windows: tuple[WindowRule, ...] = ()
    department: Statement | None = None
    procedure: tuple[Statement, ...] = ()
    materials: tuple[Statement, ...] = ()
    stacking: tuple[Stacking, ...] = ()
    provisions: tuple[Content, ...] = Field(
        default=(), description="all that was read of the clause, whether or not the fields above can say it"
    )
    notes: tuple[Statement, ...] = Field(
        default=(), description="what must be said beside it: conflicts, gaps"
    )
    sources: dict[str, Source]

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def used_sources(self) -> Iterator[tuple[str, str]]:
        """(place in the file, name of the source) of every rule."""
        for condition in self.conditions:
            for leaf in (condition, *condition.leaves()):
                if leaf.source:
                    yield f"conditions.{leaf.id}", leaf.source
        for benefit in self.benefits:
            yield f"benefits.{benefit.id}", benefit.source
            if benefit.cap:
                yield f"benefits.{benefit.id}.cap", benefit.cap.source
            for number, tier in enumerate(benefit.tiers):
                yield f"benefits.{benefit.id}.tiers[{number}]", tier.source
        for field in ("windows", "procedure", "materials", "stacking", "notes"):
            for number, rule in enumerate(getattr(self, field)):
                yield f"{field}[{number}]", rule.source
        if self.term:
            yield "term", self.term
        for single in ("budget", "department"):
            if rule := getattr(self, single):
                yield single, rule.source

    def facts(self) -> list[str]:
        """The facts that decide or count, in order, once each."""
        found = [leaf.fact for c in self.conditions for leaf in c.leaves()]
        for benefit in self.benefits:
            found += [benefit.basis, benefit.count, *(t.fact for tier in benefit.tiers for t in tier.when)]
        found += [rule.received for rule in self.stacking]
        return list(dict.fromkeys(f for f in found if f))

    @model_validator(mode="after")
    def _sources_are_there(self) -> Revision:
        for place, name in self.used_sources():
            if name not in self.sources:
                raise ValueError(f"{place}: no source called {name}")
        for condition in self.conditions:
            if condition.source is None:
                raise ValueError(f"conditions.{condition.id}: needs a source")
        return self


class Programme(Rule):
    """A support programme; `draft` and low `confidence` never give a plain met."""

    id: str
    title: str
    title_en: str = ""
    aliases: tuple[str, ...] = ()
    region: str | None = None
    documents: tuple[str, ...] = ()
    audience: str = ""
    audience_en: str = ""
    confidence: Confidence = Confidence.OFFICIAL
    draft: bool = False
    revisions: tuple[Revision, ...] = Field(default=(), description="oldest first")

    def revision_on(self, as_of: date) -> Revision | None:
        """The newest revision that had begun on a day; None before the first."""
        begun = [r for r in self.revisions if r.opens is None or r.opens <= as_of]
        return begun[-1] if begun else None


class Rulebook(Rule):
    """All programmes and the definitions of the facts they ask for."""

    facts: dict[str, FactDefinition] = Field(default_factory=dict)
    programmes: dict[str, Programme] = Field(default_factory=dict)
