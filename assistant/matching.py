"""Every programme against a firm's facts: `{as_of, facts, assessments, combinations, missing_facts}` as others call it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from assistant.bounds import EVERYTHING, Bounds
from assistant.knowledge import Snapshot
from assistant.models import Assessment, Citation, Frozen, Language, MissingFact
from assistant.programmes.assess import Verdict, assess, window_on
from assistant.programmes.definitions import FactDefinition
from assistant.programmes.facts import Definitions, FactValue, Told, read_facts
from assistant.programmes.present import to_assessment
from assistant.programmes.schema import Programme, Source
from assistant.programmes.stacking import Cite, Combination, combine, room_left, with_room_left
from assistant.steps.state import cite_sources
from assistant.text import clean_input, traditional

_RANK = {"met": 0, "unknown": 1, "unmet": 2}


class Matched(Frozen):
    """The result of a matching, for a day."""

    as_of: date
    language: Language
    facts: dict[str, str]
    problems: dict[str, str]
    assessments: tuple[Assessment, ...]
    combinations: tuple[Combination, ...]
    missing_facts: tuple[MissingFact, ...]
    citations: tuple[Citation, ...]


def match(
    told: Mapping[str, str],
    snapshot: Snapshot,
    as_of: date,
    language: Language = "zh",
    bounds: Bounds = EVERYTHING,
) -> Matched:
    """Judge every programme within the bounds; those that fit and bring most come first, those not met last.

    What goes together is looked for where the firm is; a programme of another place counts only once it is met.
    """
    book = snapshot.rulebook
    told = {clean_input(key): clean_input(text) for key, text in told.items()}
    values, verdicts = judge(told, snapshot, as_of, language)
    verdicts = [v for v in verdicts if bounds.shows(v.programme, snapshot)]
    home = home_of(values.values, snapshot)
    near = [v for v in verdicts if v.outcome == "met" or not is_elsewhere(v.programme, home, snapshot)]
    citations = cite_sources([s for v in verdicts for s in _sources(v)], as_of, snapshot, [])
    numbers = {(c.document_id, c.quote): c.number for c in citations}

    def cite(source: Source) -> int | None:
        return numbers.get((source.document_id, source.quote))

    return Matched(
        as_of=as_of,
        language=language,
        facts=told,
        problems=values.problems,
        assessments=tuple(_assessment(v, values, book.facts, language, cite) for v in verdicts),
        combinations=tuple(combine(near, values.values, language, cite)),
        missing_facts=_most_wanted(verdicts, snapshot, language),
        citations=tuple(citations),
    )


def _assessment(
    verdict: Verdict, values: Told, definitions: Definitions, language: Language, cite: Cite
) -> Assessment:
    """A verdict in the shape others hold on to; what others gave already is taken off where the paper says so."""
    assessment = to_assessment(verdict, definitions, language, cite)
    return with_room_left(assessment, room_left(verdict, values.values, None, None, language))


def judge(
    told: Mapping[str, str], snapshot: Snapshot, as_of: date, language: Language = "zh"
) -> tuple[Told, list[Verdict]]:
    """The facts as values, and the verdict of every programme in the order of a matching."""
    book = snapshot.rulebook
    values = read_facts(told, book.facts, as_of, language)
    verdicts = [assess(programme, values.values, as_of) for programme in book.programmes.values()]
    verdicts.sort(key=lambda v: (_RANK[v.outcome], v.window.state == "closed", -(v.amount or Decimal(-1))))
    return values, verdicts


def home_of(values: Mapping[str, FactValue], snapshot: Snapshot) -> str | None:
    """The path of the place where the firm is (广东省/深圳市/南山区), as deep as it was told; None: not told."""
    facts = snapshot.rulebook.facts
    inner = [key for key, fact in facts.items() if any(option.implies for option in fact.options)]
    outer = [other for key in inner for option in facts[key].options for other in option.implies]
    places = [values.get(key) for key in dict.fromkeys((*outer, *inner))]
    return snapshot.names.region_of("".join(part for p in places if isinstance(p, tuple) for part in p))


def is_elsewhere(programme: Programme, home: str | None, snapshot: Snapshot) -> bool:
    """Whether a programme is one of another place than where the firm is; nothing is while no place was told."""
    path = snapshot.names.region_of(programme.region)
    return bool(home and path) and not (
        f"{home}/".startswith(f"{path}/") or f"{path}/".startswith(f"{home}/")
    )


def _sources(verdict: Verdict) -> list[Source]:
    if verdict.revision is None:
        return []
    names = [c.source for c in verdict.revision.conditions if c.source]
    names += [b.source for b in verdict.revision.benefits]
    names += [s.source for s in verdict.revision.stacking]
    return [verdict.revision.sources[name] for name in dict.fromkeys(names)]


def _most_wanted(verdicts: list[Verdict], snapshot: Snapshot, language: Language) -> tuple[MissingFact, ...]:
    """The facts not told that would decide most, over all programmes that may still fit."""
    weights: dict[str, float] = {}
    for verdict in verdicts:
        for place, key in enumerate(verdict.missing):
            weights[key] = weights.get(key, 0.0) + 1 / (1 + place)
    definitions = snapshot.rulebook.facts
    ordered = sorted((k for k in weights if k in definitions), key=lambda k: -weights[k])
    return tuple(
        MissingFact(fact=k, ask=definitions[k].ask_en if language == "en" else definitions[k].ask)
        for k in ordered
    )


def as_rows(matched: Matched) -> dict[str, Any]:
    """Plain values, in the shape of `wence match --json`."""
    return matched.model_dump(mode="json", by_alias=True)


def fact_row(fact: FactDefinition) -> dict[str, Any]:
    """A definition as others call it: key, type, unit, label and question in each language, options."""
    return {
        "key": fact.key,
        "type": fact.type,
        "unit": fact.unit,
        "label": _in_each(fact.zh, fact.en),
        "question": _in_each(fact.ask, fact.ask_en),
        "options": [{"value": o.value, **_in_each(o.zh, o.en)} for o in fact.options],
        "multiple": fact.multiple,
    }


def _in_each(chinese: str, english: str) -> dict[str, str]:
    return {"zh": chinese, "zh-Hant": traditional(chinese), "en": english}


def programme_row(programme: Programme, as_of: date) -> dict[str, Any]:
    """A programme as `GET /api/programmes` lists it."""
    revision = programme.revision_on(as_of)
    _, window = window_on(revision.windows if revision else (), as_of)
    return {
        "id": programme.id,
        "title": {"zh": programme.title, "en": programme.title_en},
        "region": programme.region,
        "audience": {"zh": programme.audience, "en": programme.audience_en},
        "confidence": programme.confidence.value,
        "draft": programme.draft,
        "window": window.model_dump(mode="json", by_alias=True),
        "facts": revision.facts() if revision else [],
        "documents": list(programme.documents),
    }
