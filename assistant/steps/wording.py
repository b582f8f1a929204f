"""A message's letters → how likely its wording is that of an order to the assistant, or of a wish for help with a wrong.

The families of `screen.yaml` know the forms of an attack; this knows its tone. A logistic regression over the one to
four letters that follow each other, fitted by `wence eval screen --fit` (docs/safety.md), stored in
`prompts/wording.json`.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from assistant.models import Frozen

LONGEST = 4  # letters in a row
STEP = 100  # weights are stored as whole numbers of hundredths


class _File(Frozen):
    intercepts: tuple[float, float]
    weights: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Wording:
    """Chances, 0 … 1: of an order to the assistant, of a wish for help with a wrong. The rest is a question."""

    order: float
    wrong: float

    @property
    def attack(self) -> float:
        """The chance of either."""
        return self.order + self.wrong


def wording(folded: str) -> Wording:
    """Read the tone of a folded text."""
    model = _model()
    order, wrong = model.intercepts
    for run in runs(folded):
        weights = model.weights.get(run)
        if weights:
            order += weights[0] / STEP
            wrong += weights[1] / STEP
    top = max(order, wrong, 0.0)
    parts = math.exp(order - top), math.exp(wrong - top), math.exp(-top)
    return Wording(parts[0] / sum(parts), parts[1] / sum(parts))


def runs(folded: str) -> set[str]:
    """The runs of letters that are looked at, each once; `^` and `$` stand for the ends."""
    text = f"^{' '.join(folded.split())}$"
    return {text[i : i + n] for n in range(1, LONGEST + 1) for i in range(len(text) - n + 1)}


@lru_cache(maxsize=1)
def _model() -> _File:
    text = files("prompts").joinpath("wording.json").read_text(encoding="utf-8")
    return _File.model_validate(json.loads(text))
