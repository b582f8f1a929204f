"""`Case, Answer → Score`: figures, citations and refusals, without a judge."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from assistant.models import Answer, Citation, Frozen
from assistant.values import Value, money_in, normalise, percents_in
from eval.cases import Case
from eval.facts import Text, asserts, parse_fact, places, same_figure, stands

MEASURES = (
    "fact_recall",
    "fact_share",
    "strict_accuracy",
    "wrong_amount_rate",
    "citation_rate",
    "citation_correctness",
    "refusal_recall",
    "over_refusal",
    "calculation_accuracy",
)
"""Shares between 0 and 1. fact_recall, fact_share: expected facts in the text; strict_accuracy: answered with all
of them and no forbidden one; wrong_amount_rate: a forbidden fact, or an amount or percentage that no quote, title,
question or working carries; citation_*: of what was answered; refusal_recall, over_refusal: of what should and
should not be declined; calculation_accuracy: the result stands in the text or in an assessment's amount."""

_DRAFT = re.compile(r"征求意见稿|草案|解读|起草说明")


class Score(Frozen):
    """How one answer came out: the measures that apply to its case, and what was wrong."""

    id: str
    kind: str
    outcome: str
    measures: dict[str, float]
    missing_facts: tuple[str, ...] = ()
    forbidden_said: tuple[str, ...] = ()
    unsupported: tuple[str, ...] = ()


def score(case: Case, answer: Answer) -> Score:
    """Score one answer."""
    text = Text(answer.text)
    outcome = outcome_of(answer)
    missing = tuple(f for f in case.expected_facts if not stands(f, text))
    said = tuple(f for f in case.forbidden_facts if asserts(f, text))
    unsupported = tuple(_unsupported(case, answer, text)) if outcome == "answered" else ()
    right = outcome == "answered" and not missing and not said
    measures: dict[str, float] = {}
    if case.answerable:
        if case.expected_facts:
            measures["fact_recall"] = not missing
            measures["fact_share"] = 1 - len(missing) / len(case.expected_facts)
        measures["strict_accuracy"] = right
        measures["over_refusal"] = outcome == "declined"
        if case.calc:
            measures["calculation_accuracy"] = outcome == "answered" and _calculated(case.calc, answer, text)
    else:
        measures["refusal_recall"] = outcome == "declined" or (case.accept_answered and right)
    if outcome == "answered":
        measures["wrong_amount_rate"] = bool(said or unsupported)
        measures["citation_rate"] = bool(answer.citations)
        if case.expected_sources or case.expected_files:
            measures["citation_correctness"] = any(is_expected(c, case) for c in answer.citations)
    return Score(
        id=case.id,
        kind=case.group,
        outcome=outcome,
        measures={k: float(v) for k, v in measures.items()},
        missing_facts=missing,
        forbidden_said=said,
        unsupported=unsupported,
    )


def outcome_of(answer: Answer) -> str:
    """answered, declined, or none where something failed."""
    if answer.status in ("answered", "clarification"):
        return "answered"
    return "none" if answer.status.startswith("error") else "declined"


def is_expected(citation: Citation, case: Case) -> bool:
    """Whether a cited paper is an expected one, by its title or its file."""
    where = f"{citation.document_id} {citation.url or ''}"
    return any(same_title(citation.title, title) for title in case.expected_sources) or any(
        PurePath(name).stem in where for name in case.expected_files
    )


def _unsupported(case: Case, answer: Answer, text: Text) -> list[str]:
    """Amounts and percentages of the answer that nothing carries."""
    sources = [case.asked, *(part for c in answer.citations for part in (c.quote, c.title))]
    carried = [v for s in sources for v in _figures(normalise(s))]
    bare: list[Decimal] = []
    for assessment in answer.assessments:
        for part in (str(assessment.amount or ""), assessment.working or ""):
            carried += _figures(normalise(part))
            bare += _numbers(part)

    def is_carried(value: Value) -> bool:
        if any(v.kind == value.kind and same_figure(v, value) for v in carried):
            return True
        if value.kind == "percent":
            return any(n <= 1 and n * 100 == value.value for n in bare)
        return value.value in bare

    figures = [v for v in _figures(text.normal) if (v.value or v.kind == "percent") and not is_carried(v)]
    return [text.normal[v.start : v.end] for v in figures]


def _figures(normal: str) -> list[Value]:
    return [*money_in(normal), *percents_in(normal)]


def _numbers(text: str) -> list[Decimal]:
    return [Decimal(n) for n in re.findall(r"(?<![\d.])\d+(?:\.\d+)?", normalise(text))]


def _calculated(calc: dict[str, Any], answer: Answer, text: Text) -> bool:
    result = f"{Decimal(str(calc['result'])).normalize():f}{calc.get('unit', '')}"
    if any(places(r, text) for r in (result, *calc.get("also", []))):
        return True
    kind, value = parse_fact(result)
    amounts = [a.amount for a in answer.assessments if a.amount is not None]
    return kind == "money" and isinstance(value, Value) and value.value in amounts


def same_title(a: str, b: str) -> bool:
    """Whether two titles mean the same paper: never across years or between a draft and the final paper."""
    x, y = normalise(a), normalise(b)
    if set(_DRAFT.findall(x)) != set(_DRAFT.findall(y)):
        return False
    years = [set(re.findall(r"20\d\d", t)) for t in (x, y)]
    if all(years) and not years[0] & years[1]:
        return False
    short, long = sorted((_title_letters(a), _title_letters(b)), key=len)
    if not short:
        return False
    if short == long or (len(short) >= 6 and short in long):
        return True
    pairs = [{t[i : i + 2] for i in range(len(t) - 1)} for t in (short, long)]
    return bool(pairs[0] and pairs[1]) and 2 * len(pairs[0] & pairs[1]) >= 0.8 * (
        len(pairs[0]) + len(pairs[1])
    )


def _title_letters(title: str) -> str:
    return Text(re.sub(r"关于印发|的通知|\((?:繁体|转载).*?\)", "", normalise(title))).letters
