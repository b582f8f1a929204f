"""One run of the evaluation: cases → answers → scores, saved with the configuration that made them; resumable."""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import assistant
from assistant import __version__
from assistant.errors import InputError
from assistant.models import Answer, Finished, Question, Trace, Turn
from assistant.prompts import load_prompt
from assistant.spending import NO_PRICES, Prices, spent
from assistant.wiring import Application
from eval.answers import Score
from eval.cases import Case, load_cases
from eval.measures import score, summarise
from eval.recorded import ANSWERS, Recorded, Seen, lines_of, read_recorded

_LIBRARIES = ("chromadb", "bm25s", "onnxruntime", "langchain-core", "numpy")
CASES, SCORES, SUMMARY, CONFIGURATION = "cases.jsonl", "scores.jsonl", "summary.json", "configuration.json"


def generate(
    application: Application, cases: Sequence[Case], as_of: date, step: Callable[[], None]
) -> list[Recorded]:
    """Answer each case through the pipeline; earlier turns are answered first."""
    return list(_answers(application, cases, as_of, step))


def _answers(
    application: Application, cases: Sequence[Case], as_of: date, step: Callable[[], None]
) -> Iterator[Recorded]:
    for case in cases:
        yield _answer(application, case, case.as_of or as_of)
        step()


def _answer(application: Application, case: Case, day: date) -> Recorded:
    history: list[Turn] = []
    for turn in case.turns[:-1]:
        asked = Question(text=turn, as_of=day, facts=case.facts, history=tuple(history))
        history.append(Turn(question=turn, answer=_finished(application, asked).answer.text))
    asked = Question(text=case.last_turn, as_of=day, facts=case.facts, history=tuple(history))
    started = time.perf_counter()
    finished = _finished(application, asked)
    milliseconds = (time.perf_counter() - started) * 1000
    answer, trace = finished.answer, finished.trace
    return Recorded(
        id=case.id,
        answer=answer,
        passages=tuple(_seen(application, trace)),
        checks=trace.checks,
        quotes_true=tuple(_quotes_true(application, answer)),
        composer=trace.composer,
        prompts=trace.prompts,
        support=trace.support,
        milliseconds=round(milliseconds, 1),
        usage=trace.usage,
    )


def _finished(application: Application, question: Question) -> Finished:
    for event in application.pipeline.events(question):
        if isinstance(event, Finished):
            return event
    raise AssertionError("events() ends with Finished")


def _seen(application: Application, trace: Trace) -> Iterator[Seen]:
    kept = [p for p in trace.passages if p.kept]
    chunks = application.catalog.chunks([p.chunk_id for p in kept])
    for p in kept:
        if chunk := chunks.get(p.chunk_id):
            yield Seen(
                document_id=chunk.document_id,
                title=p.title,
                article=p.article,
                text=chunk.text,
                score=p.score,
            )


def _quotes_true(application: Application, answer: Answer) -> Iterator[bool]:
    for c in answer.citations:
        document = application.catalog.document(c.document_id, c.version)
        yield document is not None and document.text[c.start : c.end] == c.quote


def score_all(cases: Sequence[Case], recorded: Sequence[Recorded]) -> list[Score]:
    """Score each answer against its case."""
    return [score(case, one) for case, one in zip(cases, recorded, strict=True)]


# ------------------------------------------------------------------ a run's folder


def run(
    application: Application,
    source: Path,
    directory: Path,
    as_of: date,
    step: Callable[[int, int], None],
) -> dict[str, dict[str, Any]]:
    """Answer and score every case into a folder; answers already there, made alike, are kept."""
    cases = load_cases(source)
    if len({case.id for case in cases}) < len(cases):
        raise InputError(f"{source} 里有重复的 id：每题须有自己的 id。")
    made_by = configuration(application, source, as_of)
    directory.mkdir(parents=True, exist_ok=True)
    known = _resumed(directory, made_by)
    _write(directory / CONFIGURATION, made_by)
    (directory / CASES).write_text(
        "".join(c.model_dump_json(exclude_defaults=True) + "\n" for c in cases), encoding="utf-8"
    )
    done = [known[c.id] for c in cases if c.id in known]
    (directory / ANSWERS).write_text(lines_of(done), encoding="utf-8")
    step(len(done), len(cases))
    with (directory / ANSWERS).open("a", encoding="utf-8") as file:
        for one in _answers(application, [c for c in cases if c.id not in known], as_of, lambda: None):
            file.write(lines_of([one]))
            file.flush()
            known[one.id] = one
            step(len(known), len(cases))
    recorded = [known[c.id] for c in cases]
    (directory / ANSWERS).write_text(lines_of(recorded), encoding="utf-8")
    return save_scores(directory, cases, recorded, Prices.of(application.settings))


def _resumed(directory: Path, made_by: dict[str, Any]) -> dict[str, Recorded]:
    """The answers of an interrupted run with the same configuration; a finished run is made anew."""
    finished = (directory / SUMMARY).is_file()
    (directory / SUMMARY).unlink(missing_ok=True)
    try:
        before = json.loads((directory / CONFIGURATION).read_text(encoding="utf-8"))
        lines = (directory / ANSWERS).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return {}
    if finished or before != made_by:
        return {}
    # The last line of a killed run may be half of one: what stands before it is whole.
    (directory / ANSWERS).write_text(lines[: lines.rfind("\n") + 1], encoding="utf-8")
    return {one.id: one for one in read_recorded(directory / ANSWERS)}


def save_scores(
    directory: Path, cases: Sequence[Case], recorded: Sequence[Recorded], prices: Prices = NO_PRICES
) -> dict[str, Any]:
    """Write scores and summary; returns the summary."""
    scores = score_all(cases, recorded)
    text = "".join(json.dumps(s.model_dump(mode="json"), ensure_ascii=False) + "\n" for s in scores)
    (directory / SCORES).write_text(text, encoding="utf-8")
    summary = summarise(scores)
    summary["ALL"] |= taken(recorded, prices)
    _write(directory / SUMMARY, summary)
    return summary


def taken(recorded: Sequence[Recorded], prices: Prices = NO_PRICES) -> dict[str, Any]:
    """Latency in milliseconds (median, 95th percentile), and what a language model was asked, in tokens and yuan."""
    times = sorted(one.milliseconds for one in recorded if one.milliseconds is not None)
    if not times:
        return {}
    told = spent((one.usage for one in recorded if one.usage), prices)
    return {
        "n_milliseconds": len(times),
        "milliseconds_median": times[len(times) // 2],
        "milliseconds_p95": times[min(len(times) - 1, round(0.95 * (len(times) - 1)))],
        "model_requests": sum(one.usage.requests for one in recorded if one.usage),
        "model": told.model_dump(),
        "model_words": told.words,
        "cost_words": told.cost_words,
    }


def configuration(application: Application, cases: Path, as_of: date) -> dict[str, Any]:
    """What decides the answers of a run: versions, settings, model, prompts, cases, knowledge base."""
    snapshot = application.knowledge.snapshot()
    versions = sorted((id, number) for id, (_, number) in snapshot.heads.items())
    rules = hashlib.sha256(snapshot.rulebook.model_dump_json().encode()).hexdigest()
    hidden = {"home", "model_cache", "llm_api_key", "embedding_api_key", "judge_api_key", "journal_url"}
    settings = application.settings.model_dump(mode="json", exclude=hidden)
    return {
        "version": __version__,
        "code": _code_digest(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "as_of": as_of.isoformat(),
        "cases": cases.name,
        "cases_sha256": hashlib.sha256(cases.read_bytes()).hexdigest(),
        "settings": settings,
        "embedding": application.encoder.fingerprint,
        "prompts": {name: load_prompt(name).sha256 for name in _prompt_names()},
        "knowledge_base": hashlib.sha256(json.dumps(versions).encode()).hexdigest(),
        "programmes": rules,
        "generation": snapshot.generation,
    }


def _code_digest() -> str:
    """Of the code that answers, so that an interrupted run is not ended by other code."""
    digest = hashlib.sha256()
    for path in sorted(Path(assistant.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _prompt_names() -> list[str]:
    from importlib.resources import files

    return sorted(p.name[:-3] for p in files("prompts").iterdir() if p.name.endswith(".md"))


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
