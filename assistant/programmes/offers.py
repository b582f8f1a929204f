"""What a clause gives, asks and limits, as read from its wording (`clauses.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.programmes.brackets import Bracket

Op = Literal["at_least", "more_than", "at_most", "less_than"]


@dataclass(frozen=True)
class Bound:
    """What a clause asks to be reached or kept below: the words before the figure, and the figure."""

    noun: str
    op: Op
    value: Decimal
    unit: str
    written: str
    said: str = ""  # the whole sentence, normalised
    lead: str = ""  # what stands before it in its clause, with the headings over it

    def holds(self, told: Decimal) -> bool:
        """Whether a told figure keeps to it."""
        return {
            "at_least": told >= self.value,
            "more_than": told > self.value,
            "at_most": told <= self.value,
            "less_than": told < self.value,
        }[self.op]


@dataclass(frozen=True)
class Offer:
    """One thing a clause gives: a share of a basis, a sum, or a sum for each piece; up to a cap; where bounds hold.

    `step`: the sum is given for each whole one of so many of `each` (每增加100万美元奖励3万元); `brackets`: rates by part.
    """

    start: int
    end: int
    label: str
    name: str = ""
    rate: Decimal | None = None
    amount: Decimal | None = None
    basis: str = ""
    each: str = ""
    step: Decimal | None = None
    brackets: tuple[Bracket, ...] = ()
    monthly: bool = False
    cap: Decimal | None = None
    usual: Decimal | None = None
    count_cap: Decimal | None = None
    rate_cap: Decimal | None = None
    bounds: tuple[Bound, ...] = ()
    at_most: bool = False
    tiered: bool = False
    cap_unread: bool = False  # behind it stands a cap of which it is not sure that it is this one's
    cap_at: tuple[int, int] | None = None
    said: str = ""  # the whole sentence, normalised
    lead: str = ""  # what stands before it in its clause, with the headings over it
    behind: str = ""  # what follows a semicolon behind it


@dataclass(frozen=True)
class Limit:
    """A limit on all that is given: a sum, or a share of what was spent; `text[start:end]` says it."""

    start: int
    end: int
    amount: Decimal | None = None
    share: Decimal | None = None
    of: str = ""


@dataclass(frozen=True)
class Rules:
    """All that a clause gives, asks and limits, in order."""

    offers: tuple[Offer, ...] = ()
    bounds: tuple[tuple[Bound, int, int], ...] = ()
    limits: tuple[Limit, ...] = ()
    tops_up: bool = False
