"""Labelled questions over loaded papers → the scorer of sentences (`assistant/steps/sentence.json`), tested on other writers'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.knowledge import Snapshot
from assistant.models import Question
from assistant.steps.asked import ASPECTS, asked
from assistant.steps.choice import SENTENCE_SIGNS, sentence_signs
from assistant.steps.draft import weighed
from assistant.steps.retrieve import retrieve
from assistant.steps.understand import checked, understand
from assistant.text import fold
from assistant.wiring import Application
from eval.asked import AskedCase, told_arrays, told_chances
from eval.support import as_stored

_TREES, _DEPTH, _RATE, _LEAF = 150, 4, 0.08, 30
_LONG = 24  # characters of an answer of which a part is enough to know it by
_ASPECT, _LIFT = SENTENCE_SIGNS.index("aspect"), SENTENCE_SIGNS.index("aspect_lift")


@dataclass(frozen=True)
class Offered:
    """The sentences that a question was offered, their signs, which of them answer it, and who wrote it."""

    writer: str
    asks: npt.NDArray[np.float64]
    sentences: tuple[str, ...]
    signs: npt.NDArray[np.float64]
    answers: npt.NDArray[np.bool_]


def offered(
    application: Application, cases: Sequence[AskedCase], day: date, step: Callable[[], None]
) -> list[Offered]:
    """What the search offers for each question that its paper answers, asked as from the paper's place."""
    snapshot = application.knowledge.snapshot()
    loaded = _loaded(snapshot)
    found = []
    for case in cases:
        step()
        answers = [_letters(p.answer) for p in case.parts if p.answer]
        if not answers or case.file not in loaded:
            continue
        region = snapshot.heads[loaded[case.file]][0].region
        question = Question(text=case.question, as_of=day, region=region)
        query = understand(checked(question, application.settings.question_max_chars), snapshot.names)
        passages = retrieve(query, snapshot, application.encoder, application.settings.top_k)
        scored = [(s, c) for s, c, _ in weighed(query, passages, snapshot.index.words)]
        rows = sentence_signs(query, passages, snapshot.index.words, scored)
        if rows:
            found.append(
                Offered(
                    case.writer,
                    np.asarray([*asked(fold(query.chinese)).aspects.values()]),
                    tuple(fold(c.text) for _, c in scored),
                    np.asarray([[row[name] for name in SENTENCE_SIGNS] for row in rows]),
                    np.asarray([_answers(_letters(c.text), answers) for _, c in scored]),
                )
            )
    return found


def _loaded(snapshot: Snapshot) -> dict[str, str]:
    """File name → the document read from it."""
    documents = (snapshot.document(id) for id in snapshot.heads)
    return {Path(d.source).name: d.head.id for d in documents if d is not None}


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum() or c == "%")


def _answers(said: str, answers: Sequence[str]) -> bool:
    return any(a in said or (len(a) > _LONG and a[4:22] in said) for a in answers)


def fit(questions: Sequence[Offered], cases: Sequence[AskedCase]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `sentence.json` holds, and how often the first and the first three sentences answer, on writers left out.

    What a sentence tells is learned from the same questions: for the rows of one half of the writers it is told by what
    was fitted on the other half, so that the trees see it as they will see new papers'.
    """
    writers = sorted({q.writer for q in questions})
    scores: dict[int, Any] = {}
    for left_out in writers:
        rest = [w for w in writers if w != left_out]
        model = _fitted([q for q in questions if q.writer != left_out], cases, rest)
        told = _told([q for q in questions if q.writer == left_out], cases, rest)
        own = [i for i, q in enumerate(questions) if q.writer == left_out]
        for i, signs in zip(own, told, strict=True):
            scores[i] = model.predict_proba(signs)[:, 1]
    there = [i for i, q in enumerate(questions) if q.answers.any()]
    words = SENTENCE_SIGNS.index("words")
    report = {
        "n": len(questions),
        "answer_offered": len(there),
        "scorer": _places([(scores[i], questions[i].answers) for i in there]),
        "words": _places([(questions[i].signs[:, words], questions[i].answers) for i in there]),
    }
    return as_stored(_fitted(questions, cases, writers), SENTENCE_SIGNS), report


def _places(ranked: Sequence[tuple[Any, Any]]) -> dict[str, float]:
    first = [bool(answers[np.argmax(scores)]) for scores, answers in ranked]
    three = [bool(answers[np.argsort(-scores, kind="stable")[:3]].any()) for scores, answers in ranked]
    return {"first": round(float(np.mean(first)), 3), "of_three": round(float(np.mean(three)), 3)}


def _fitted(questions: Sequence[Offered], cases: Sequence[AskedCase], writers: Sequence[str]) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    halves = (writers[::2], writers[1::2])
    rows, answers = [], []
    for own, other in (halves, halves[::-1]):
        part = [q for q in questions if q.writer in own]
        rows += _told(part, cases, other)
        answers += [q.answers for q in part]
    model = HistGradientBoostingClassifier(
        max_iter=_TREES, max_depth=_DEPTH, learning_rate=_RATE, min_samples_leaf=_LEAF, early_stopping=False
    )
    return model.fit(np.vstack(rows), np.concatenate(answers))


def _told(questions: Sequence[Offered], cases: Sequence[AskedCase], writers: Sequence[str]) -> list[Any]:
    """The signs with what a sentence tells as it is told by what these writers' answers teach."""
    arrays = told_arrays([c for c in cases if c.writer in writers])
    by_sentence: dict[str, Any] = {}
    by_question = defaultdict(list)
    for number, question in enumerate(questions):
        for sentence in question.sentences:
            if sentence not in by_sentence:
                by_sentence[sentence] = told_chances(sentence, arrays)
            by_question[number].append(by_sentence[sentence])
    found = []
    for number, question in enumerate(questions):
        signs = question.signs.copy()
        aspect = np.stack(by_question[number]) @ question.asks
        usual = max(float(question.asks.sum()) / len(ASPECTS), 1e-6)
        signs[:, _ASPECT], signs[:, _LIFT] = aspect, np.log(aspect / usual + 1e-6)
        found.append(signs)
    return found
