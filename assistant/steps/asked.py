"""`message → Asked`: which aspects of a support it asks for and what would answer it; `sentence → aspects it tells`; as chances.

Learned, not listed: logistic regressions over the one to three letters that follow each other, fitted on the labelled
questions of `eval/asked` and the sentences that answer them by `wence eval asked --fit` (docs/evaluation.md), stored in
`asked.npz` and `told.npz`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from assistant.models import Frozen

Aspect = Literal[
    "rate", "cap", "sum_for_me", "who_may", "may_i", "must_not", "window", "validity", "materials", "steps", "where",
    "office", "contact", "total", "how_many", "who_got_it", "definition", "number", "published", "difference",
    "together", "what_is_there", "how_paid", "how_long",
]  # fmt: skip
"""What of a support, or of a paper, is asked for."""
Wants = Literal["figure", "verdict", "list", "text"]
"""The form of what would answer."""
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
WANTS: tuple[Wants, ...] = get_args(Wants)
LABELS = (*ASPECTS, *WANTS, "support")
LONGEST = 3  # letters in a row
TOLD_IN = 160  # characters of a sentence that are looked at
STEP = 100  # weights are stored as whole numbers of hundredths


class Asked(Frozen):
    """Chances, 0 … 1; several aspects may be asked for at once. `support`: that it is about public support at all."""

    aspects: dict[Aspect, float]
    wants: dict[Wants, float]
    support: float


@lru_cache(maxsize=512)
def asked(folded: str) -> Asked:
    """Read a folded message."""
    columns, weights, intercepts = _model("asked.npz")
    rows = [columns[run] for run in runs(folded) if run in columns]
    scores = intercepts + weights[rows].sum(axis=0, dtype=np.float64) / STEP
    chances = 1 / (1 + np.exp(-scores))
    told = dict(zip(LABELS, map(float, chances), strict=True))
    return Asked(
        aspects={a: told[a] for a in ASPECTS}, wants={w: told[w] for w in WANTS}, support=told["support"]
    )


def runs(folded: str) -> set[str]:
    """The runs of letters that are looked at, each once; `^` and `$` stand for the ends, `0` for every figure."""
    letters = "".join("0" if c.isdigit() else c for c in " ".join(folded.split()))
    text = f"^{letters}$"
    return {text[i : i + n] for n in range(1, LONGEST + 1) for i in range(len(text) - n + 1)}


@lru_cache(maxsize=8192)
def told_by(folded: str) -> npt.NDArray[np.float64]:
    """The chance of each aspect, by `ASPECTS`, that a folded sentence of a paper is what tells it; they sum to 1."""
    return spread(folded, *_model("told.npz"))


def spread(
    folded: str,
    columns: Mapping[str, int],
    weights: npt.NDArray[np.int16],
    intercepts: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """`told_by` with arrays given: the column of each run of letters, weights by column and aspect, intercepts."""
    rows = [columns[run] for run in runs(folded[:TOLD_IN]) if run in columns]
    scores = intercepts + weights[rows].sum(axis=0, dtype=np.float64) / STEP
    parts = np.exp(scores - scores.max())
    return np.asarray(parts / parts.sum())


@lru_cache(maxsize=4)
def _model(name: str) -> tuple[dict[str, int], npt.NDArray[np.int16], npt.NDArray[np.float64]]:
    with files("assistant.steps").joinpath(name).open("rb") as file, np.load(file) as stored:
        names = bytes(stored["runs"]).decode("utf-8").split("\n")
        return {run: i for i, run in enumerate(names)}, stored["weights"], stored["intercepts"]
