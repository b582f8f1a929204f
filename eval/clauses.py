"""Does the answer stand in what was found? `Case, passages → relevant or not`, by quoted facts, never by chunk ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from eval.answers import same_title
from eval.cases import Case
from eval.facts import Text, stands

# A fact with more ways to say it than this is a verdict (不能|不可以|…), which nearly every text would carry.
_MAX_WAYS = 4


@dataclass(frozen=True)
class Shown:
    """A passage as any search gives it: the title of its paper, and its text."""

    title: str
    text: str


def clause_facts(case: Case) -> tuple[str, ...]:
    """What a clause must carry one of: the expected facts; of a calculation the rates it is made from."""
    calc = case.calc or {}
    rates = [f"{part['rate']}%" for part in (calc, *calc.get("parts", ())) if "rate" in part]
    facts = [] if calc else [f for f in case.expected_facts if len(f.split("|")) <= _MAX_WAYS]
    return tuple(dict.fromkeys(rates or facts))


def usable(cases: Iterable[Case]) -> list[Case]:
    """The cases whose answer stands in some clause of a known paper."""
    return [c for c in cases if c.answerable and c.expected_sources and clause_facts(c)]


def is_relevant(case: Case, shown: Shown) -> bool:
    """Whether the passage is of an expected paper and carries one of the facts."""
    if not any(_same(shown.title, title) for title in case.expected_sources):
        return False
    return any(carries(fact, shown.text) for fact in clause_facts(case))


def relevance(case: Case, shown: Sequence[Shown], everything: Sequence[Shown]) -> tuple[list[bool], int]:
    """Whether each result is relevant, and how many relevant passages the knowledge base holds."""
    return [is_relevant(case, s) for s in shown], sum(is_relevant(case, s) for s in everything)


@lru_cache(maxsize=100_000)
def _same(a: str, b: str) -> bool:
    return same_title(a, b)


@lru_cache(maxsize=200_000)
def carries(fact: str, text: str) -> bool:
    """Whether a fact stands in a passage."""
    return stands(fact, _text(text))


@lru_cache(maxsize=10_000)
def _text(text: str) -> Text:
    return Text(text)
