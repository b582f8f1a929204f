"""`wence eval rgb`: how answers hold up when passages are noise, after RGB (Chen et al. 2024, AAAI).

A folder of `*.jsonl` (or `*.json`, a line each): {"id", "query", "answer": [text, or a list of ways to say it, …],
"positive": [text…], "negative": [text…]}. For each noise rate a question is answered from k passages of which that
share is noise. It is right when every answer stands in the text; at noise 1 it is right to decline.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import zip_longest
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import Field, ValidationError

from assistant.errors import InputError
from assistant.journal import NoJournal
from assistant.knowledge import Snapshot
from assistant.models import Answer, Frozen, Question
from assistant.pipeline import Pipeline
from assistant.wiring import Application
from eval.answers import outcome_of
from eval.corpora import Corpus, index_corpus
from eval.facts import Text, stands
from eval.measures import interval

NOISE = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
Step = Callable[[int, int], None]


class RgbCase(Frozen):
    """A question, its answers (each in one or several ways), passages that tell it and passages that do not."""

    id: str
    query: str
    answer: tuple[str | tuple[str, ...], ...]
    positive: tuple[str, ...] = Field(min_length=1)
    negative: tuple[str, ...] = Field(min_length=1)

    def stands_in(self, text: str) -> bool:
        """Whether every answer stands in a text."""
        said = Text(text)
        return all(stands(a if isinstance(a, str) else "|".join(a), said) for a in self.answer)


def load_rgb(folder: Path) -> list[RgbCase]:
    """The cases of a folder; raises InputError naming the file and line that is wrong."""
    cases = []
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob("*.json")]):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                try:
                    cases.append(_case(path.stem, json.loads(line)))
                except (ValueError, KeyError, TypeError, ValidationError) as error:
                    raise InputError(
                        f"{path} 第 {number} 行不可用（要有 id、query、answer、positive、negative）。"
                    ) from error
    if not cases:
        raise InputError(f"{folder} 里没有可用的 .jsonl 文件：每行一个问题。")
    return cases


def _case(name: str, row: dict[str, Any]) -> RgbCase:
    """A line of RGB: one answer may stand alone; for a question of several parts the positive passages are in groups."""
    own = {k: row[k] for k in RgbCase.model_fields} | {"id": f"{name}-{row['id']}"}
    if isinstance(own["answer"], str):
        own["answer"] = [own["answer"]]
    groups = own["positive"]
    if groups and isinstance(groups[0], list):
        # One of each part first, so that few passages tell as many parts as they can.
        own["positive"] = [text for texts in zip_longest(*groups) for text in texts if text is not None]
    return RgbCase.model_validate(own)


def mixed(case: RgbCase, noise: float, k: int) -> list[str]:
    """k passages of which a share is noise, in an order that does not tell which; fewer where there are fewer."""
    wrong = min(len(case.negative), round(k * noise))
    right = min(len(case.positive), k - round(k * noise))
    chosen = [*case.positive[:right], *case.negative[:wrong]]
    Random(f"{case.id} {noise}").shuffle(chosen)
    return chosen


class _Fixed:
    """A knowledge base that is one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def snapshot(self) -> Snapshot:
        """The snapshot."""
        return self._snapshot


def _answer(
    application: Application, case: RgbCase, passages: Sequence[str], folder: Path, day: date
) -> Answer:
    corpus = Corpus([(f"p{i}", "", text) for i, text in enumerate(passages)], [], {})
    cache = application.settings.home / "eval" / "vectors.db"
    snapshot = index_corpus(corpus, application.encoder, cache, folder, lambda *_: None)
    pipeline = Pipeline(
        knowledge=_Fixed(snapshot),  # type: ignore[arg-type]
        encoder=application.encoder,
        chat_model=application.chat_model,
        journal=NoJournal(),
        settings=application.settings,
        reranker=application.reranker,
    )
    return pipeline.answer(Question(text=case.query, as_of=day))


def evaluate(
    application: Application, cases: Sequence[RgbCase], k: int, day: date, step: Step
) -> dict[str, Any]:
    """For each noise rate the share of right answers; at 1 the share that declined; each with n and interval."""
    rows = list(_rows(application, cases, k, day, step))
    found: dict[str, Any] = {"k": k, "accuracy": {}, "rows": rows}
    for noise in NOISE:
        values = [float(r["right"]) for r in rows if r["noise"] == noise]
        told = {"value": round(sum(values) / len(values), 4), "n": len(values), "interval": interval(values)}
        if noise < 1:
            found["accuracy"][f"{noise:g}"] = told
        else:
            found["rejection"] = told
    return found


def _rows(
    application: Application, cases: Sequence[RgbCase], k: int, day: date, step: Step
) -> Iterator[dict[str, Any]]:
    done, total = 0, len(cases) * len(NOISE)
    for case in cases:
        for noise in NOISE:
            with TemporaryDirectory(prefix="wence-rgb-") as folder:
                answer = _answer(application, case, mixed(case, noise, k), Path(folder) / "index", day)
            declined = outcome_of(answer) == "declined"
            right = declined if noise == 1 else not declined and case.stands_in(answer.text)
            yield {
                "id": case.id,
                "noise": noise,
                "right": right,
                "status": answer.status,
                "text": answer.text,
            }
            done += 1
            step(done, total)
