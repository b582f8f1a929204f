"""Answers taken from what was found, without a model, against a public set's own answers.

`answers.jsonl` {"id", "answers": [text, …]} beside the corpus. Contains: one of the answers stands in the sentences that
the composer by rule takes from the passages. F1: over characters (as for Chinese reading comprehension), the best answer.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from assistant.knowledge import Snapshot
from assistant.models import Question
from assistant.ports import Encoder
from assistant.steps.draft import compose
from assistant.steps.retrieve import Parts, retrieve
from assistant.steps.understand import understand
from assistant.values import normalise
from eval.corpora import Corpus, Step
from eval.facts import Text, stands
from eval.measures import interval

ANSWERS = "answers.jsonl"
_PASSAGES = 8


def load_answers(folder: Path) -> dict[str, tuple[str, ...]]:
    """Query id → answers; empty where the set has none."""
    path = folder / ANSWERS
    if not path.is_file():
        return {}
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                row = json.loads(line)
                found[str(row["id"])] = tuple(str(a) for a in row["answers"])
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"{path} 第 {number} 行不可用（要有 id 和 answers）。") from error
    return found


def extracted(
    corpus: Corpus,
    snapshot: Snapshot,
    encoder: Encoder,
    parts: Parts,
    answers: dict[str, tuple[str, ...]],
    step: Step,
) -> dict[str, Any]:
    """Share of queries whose taken sentences contain an answer, and their mean F1, each with n and interval."""
    rows = [(id, text) for id, text in corpus.queries if id in answers]
    contains, f1 = [], []
    for number, (id, text) in enumerate(rows, 1):
        query = understand(Question(text=text, as_of=date.max), snapshot.names)
        passages = retrieve(query, snapshot, encoder, _PASSAGES, parts=parts)
        said = "\n".join(claim.text for claim in compose(query, passages, snapshot.index.words))
        contains.append(float(any(stands(a, Text(said)) for a in answers[id])))
        f1.append(max((character_f1(said, a) for a in answers[id]), default=0.0))
        step("answer", number, len(rows))
    return {"contains": _told(contains), "f1": _told(f1)} if rows else {}


def _told(values: Sequence[float]) -> dict[str, Any]:
    return {"value": round(sum(values) / len(values), 4), "n": len(values), "interval": interval(values)}


def character_f1(said: str, gold: str) -> float:
    """The harmonic mean of precision and recall over characters, spaces and punctuation left out."""
    one, other = (Counter(c for c in normalise(t) if c.isalnum()) for t in (said, gold))
    shared = sum((one & other).values())
    return 2 * shared / (sum(one.values()) + sum(other.values())) if shared else 0.0
