"""Boosted trees as plain arrays: signs → a chance."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from importlib.resources import files

from assistant.models import Frozen


class _Tree(Frozen):
    """A tree as rows: the sign that each looks at (-1: a leaf), its bound, the rows below and above it, a leaf's value."""

    sign: tuple[int, ...]
    bound: tuple[float, ...]
    below: tuple[int, ...]
    above: tuple[int, ...]
    value: tuple[float, ...]

    def score(self, signs: Sequence[float]) -> float:
        row = 0
        while self.sign[row] >= 0:
            row = self.below[row] if signs[self.sign[row]] <= self.bound[row] else self.above[row]
        return self.value[row]


class Boosted(Frozen):
    """Trees over named signs; what `support.json` and `sentence.json` hold."""

    signs: tuple[str, ...]
    start: float
    trees: tuple[_Tree, ...]

    def chance(self, signs: Mapping[str, float]) -> float:
        """The chance, 0 … 1, by the signs' names; one that is not given is 0."""
        row = [signs.get(name, 0.0) for name in self.signs]
        return 1 / (1 + math.exp(-self.start - sum(tree.score(row) for tree in self.trees)))


def load_boosted(name: str) -> Boosted:
    """Read a model that lies beside this module."""
    text = files("assistant.steps").joinpath(name).read_text(encoding="utf-8")
    return Boosted.model_validate(json.loads(text))
