"""One run of the evaluation: cases → answers → scores, saved with the configuration that made them."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from assistant import __version__
from assistant.models import Answer, Question, Turn
from assistant.wiring import Application
from eval.answers import MEASURES, Score, score
from eval.cases import Case


def generate(
    application: Application, cases: list[Case], as_of: date, step: Callable[[], None]
) -> list[Answer]:
    """Answer each case through the pipeline; earlier turns are answered first."""
    answers = []
    for case in cases:
        day = case.as_of or as_of
        history: list[Turn] = []
        for turn in case.turns[:-1]:
            asked = Question(text=turn, as_of=day, facts=case.facts, history=tuple(history))
            history.append(Turn(question=turn, answer=application.pipeline.answer(asked).text))
        asked = Question(text=case.last_turn, as_of=day, facts=case.facts, history=tuple(history))
        answers.append(application.pipeline.answer(asked))
        step()
    return answers


def summarise(scores: list[Score]) -> dict[str, dict[str, Any]]:
    """Kind (and ALL) → n, answered, declined, and each measure's mean with its own n."""
    kinds: dict[str, list[Score]] = {}
    for one in scores:
        kinds.setdefault(one.kind, []).append(one)
    return {name: _summary(group) for name, group in [*kinds.items(), ("ALL", scores)]}


def _summary(scores: list[Score]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "n": len(scores),
        "answered": sum(s.outcome == "answered" for s in scores),
        "declined": sum(s.outcome == "declined" for s in scores),
    }
    for measure in MEASURES:
        values = [s.measures[measure] for s in scores if measure in s.measures]
        row[measure] = round(sum(values) / len(values), 4) if values else None
        row[f"n_{measure}"] = len(values)
    return row


def save(
    directory: Path,
    application: Application,
    source: Path,
    cases: list[Case],
    as_of: date,
    results: list[Any],
) -> dict[str, Any]:
    """Write configuration, answers, scores and summary; returns the summary."""
    answers, scores = results
    directory.mkdir(parents=True, exist_ok=True)
    summary = summarise(scores)
    _write_lines(
        directory / "answers.jsonl",
        [
            {"id": case.id, "answer": answer.model_dump(mode="json", by_alias=True)}
            for case, answer in zip(cases, answers, strict=True)
        ],
    )
    _write_lines(directory / "scores.jsonl", [s.model_dump(mode="json") for s in scores])
    _write(directory / "summary.json", summary)
    _write(directory / "configuration.json", configuration(application, source, as_of))
    return summary


def configuration(application: Application, cases: Path, as_of: date) -> dict[str, Any]:
    """What decides the answers of a run: version, settings, model, cases, knowledge base."""
    snapshot = application.knowledge.snapshot()
    versions = sorted((id, version) for id, (_, version) in snapshot.heads.items())
    settings = application.settings.model_dump(mode="json", exclude={"home", "model_cache"})
    return {
        "version": __version__,
        "python": platform.python_version(),
        "as_of": as_of.isoformat(),
        "cases": cases.name,
        "cases_sha256": hashlib.sha256(cases.read_bytes()).hexdigest(),
        "settings": settings,
        "embedding": application.encoder.fingerprint,
        "knowledge_base": hashlib.sha256(json.dumps(versions).encode()).hexdigest(),
        "generation": snapshot.generation,
    }


def score_all(cases: list[Case], answers: list[Answer]) -> list[Score]:
    """Score each answer against its case."""
    return [score(case, answer) for case, answer in zip(cases, answers, strict=True)]


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
