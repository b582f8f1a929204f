"""Labelled questions → the classifier of what is asked (`assistant/steps/asked.npz`), and how well it does on other writers'."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from assistant.errors import InputError
from assistant.models import Frozen
from assistant.steps.asked import ASPECTS, LABELS, STEP, TOLD_IN, WANTS, Aspect, Wants, runs, spread
from assistant.text import fold
from eval.cases import load_lines

_FAINT = 4  # hundredths: a weight below changes nothing
_RARE = 2  # a run of letters in fewer questions says nothing
_STRENGTH = 2.0  # of the fit: the inverse of how much weights are held down
_TOLD_STRENGTH, _NEVER = 0.5, -20.0
_BINS = 10


class Part(Frozen):
    """One thing asked for, and the words of the paper that answer it; None where it does not say."""

    aspect: Aspect
    wants: Wants
    answer: str | None = None


class AskedCase(Frozen):
    """A question, what it asks for, and the paper it is about."""

    id: str
    question: str
    lang: str = "zh"
    file: str | None = None
    place: str | None = None
    parts: tuple[Part, ...] = ()
    scope: str = Field(default="support", pattern="^(support|other)$")

    @property
    def writer(self) -> str:
        """Who wrote it: w3 of w3-017."""
        return self.id.partition("-")[0]

    @property
    def labels(self) -> list[bool]:
        """By `LABELS`."""
        aspects, wants = {p.aspect for p in self.parts}, {p.wants for p in self.parts}
        return [
            *(a in aspects for a in ASPECTS), *(w in wants for w in WANTS), self.scope == "support",
        ]  # fmt: skip


def load_asked(folder: Path) -> list[AskedCase]:
    """Every `*.jsonl` of a folder; raises InputError naming the line that is wrong."""
    found = [case for path in sorted(folder.glob("*.jsonl")) for case in load_lines(path, AskedCase)]
    if not found:
        raise InputError(f"{folder} 里没有问题（*.jsonl）。")
    return found


def fitted(cases: Sequence[AskedCase]) -> dict[str, Any]:
    """The arrays of `asked.npz`."""
    counts, models = _fit(cases)
    names = list(counts.get_feature_names_out())
    weights = np.stack([np.round(m.coef_[0] * STEP) for m in models], axis=1)
    weights[np.abs(weights) < _FAINT] = 0
    used = np.flatnonzero(weights.any(axis=1))
    return {
        "runs": np.frombuffer("\n".join(names[i] for i in used).encode(), dtype=np.uint8),
        "weights": weights[used].astype(np.int16),
        "intercepts": np.asarray([m.intercept_[0] for m in models]),
    }


def _fit(cases: Sequence[AskedCase]) -> tuple[Any, list[Any]]:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    counts = CountVectorizer(analyzer=_runs_of, min_df=_RARE, binary=True)
    rows = counts.fit_transform([c.question for c in cases])
    labels = np.asarray([c.labels for c in cases])
    models = [LogisticRegression(C=_STRENGTH, max_iter=2000).fit(rows, column) for column in labels.T]
    return counts, models


def told_arrays(cases: Sequence[AskedCase]) -> dict[str, Any]:
    """The arrays of `told.npz`: what a sentence tells, learned from the sentences that answer."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    told = [(p.answer, p.aspect) for c in cases for p in c.parts if p.answer]
    counts = CountVectorizer(analyzer=_runs_of_sentence, min_df=_RARE, binary=True)
    rows = counts.fit_transform([answer for answer, _ in told])
    model = LogisticRegression(C=_TOLD_STRENGTH, max_iter=2000).fit(rows, [aspect for _, aspect in told])
    weights = np.zeros((len(ASPECTS), rows.shape[1]))
    intercepts = np.full(len(ASPECTS), _NEVER)
    for name, coefficients, intercept in zip(model.classes_, model.coef_, model.intercept_, strict=True):
        weights[ASPECTS.index(name)], intercepts[ASPECTS.index(name)] = coefficients, intercept
    rounded = np.round(weights.T * STEP)
    rounded[np.abs(rounded) < _FAINT] = 0
    used = np.flatnonzero(rounded.any(axis=1))
    names = list(counts.get_feature_names_out())
    return {
        "runs": np.frombuffer("\n".join(names[i] for i in used).encode(), dtype=np.uint8),
        "weights": rounded[used].astype(np.int16),
        "intercepts": intercepts,
    }


def told_chances(folded: str, arrays: dict[str, Any]) -> Any:
    """`told_by` with other arrays than those that are shipped."""
    if "columns" not in arrays:
        arrays["columns"] = {r: i for i, r in enumerate(bytes(arrays["runs"]).decode("utf-8").split("\n"))}
    return spread(folded, arrays["columns"], arrays["weights"], arrays["intercepts"])


def _runs_of_sentence(text: str) -> set[str]:
    return runs(fold(text)[:TOLD_IN])


def _runs_of(text: str) -> set[str]:
    return runs(fold(text))


def held_out(cases: Sequence[AskedCase]) -> dict[str, Any]:
    """Each writer's questions read by what was fitted on the others': F1 by label, the macro mean, how far chances are off.

    Of the aspects a question has as many as it asks for are taken, the likeliest first. The calibration error is the mean
    distance of chance and share in ten bins, weighted by their size.
    """
    labels = np.asarray([c.labels for c in cases])
    chances = np.zeros(labels.shape)
    for writer in sorted({c.writer for c in cases}):
        own = np.asarray([c.writer == writer for c in cases])
        counts, models = _fit([c for c, left_out in zip(cases, own, strict=True) if not left_out])
        rows = counts.transform([c.question for c, left_out in zip(cases, own, strict=True) if left_out])
        chances[own] = np.stack([m.predict_proba(rows)[:, 1] for m in models], axis=1)
    aspects = len(ASPECTS)
    taken = np.zeros(labels.shape, dtype=bool)
    for i, row in enumerate(chances):
        most = int(labels[i, :aspects].sum())
        taken[i, np.argsort(-row[:aspects])[:most]] = True
    taken[:, aspects:] = chances[:, aspects:] >= 0.5
    f1 = {name: _f1(labels[:, i], taken[:, i]) for i, name in enumerate(LABELS)}
    top = chances[:, :aspects].argmax(axis=1)
    asks = labels[:, :aspects].any(axis=1)
    return {
        "n": len(cases),
        "writers": len({c.writer for c in cases}),
        "macro_f1_aspects": round(float(np.mean([f1[a] for a in ASPECTS])), 3),
        "first_aspect_right": round(float(labels[asks, top[asks]].mean()), 3),
        "calibration_error": round(
            _calibration(chances[:, :aspects].ravel(), labels[:, :aspects].ravel()), 4
        ),
        "f1": {name: round(value, 3) for name, value in f1.items()},
    }


def _f1(wanted: Any, taken: Any) -> float:
    both = float((wanted & taken).sum())
    return 2 * both / max(1.0, float(wanted.sum() + taken.sum()))


def _calibration(chances: Any, labels: Any) -> float:
    bins = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    off = 0.0
    for number in range(_BINS):
        own = bins == number
        if own.any():
            off += own.mean() * abs(chances[own].mean() - labels[own].mean())
    return float(off)
