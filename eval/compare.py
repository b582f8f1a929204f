"""Two runs side by side: which questions got better or worse, and whether that could be chance.

Paired: only questions that both runs answered count. For each measure and kind a two-sided randomisation test (Fisher)
flips the sign of the differences; p-values of several measures are adjusted (Holm 1979) before any is called real.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from eval.answers import Score
from eval.cases import Case, load_cases
from eval.measures import MEASURES
from eval.ranking import chance
from eval.recorded import ANSWERS, Recorded, read_recorded
from eval.runs import CASES, CONFIGURATION, SCORES

REAL = 0.05
# What is tested at once; the other measures are parts of these, shown without a verdict.
TESTED = (
    "right",
    "fact_share",
    "wrong_amount_rate",
    "expired_citation_rate",
    "citation_correctness",
    "citation_recall",
    "document_ndcg",
    "clause_ndcg",
)


@dataclass(frozen=True)
class Run:
    """A run as it lies in its folder; of a baseline file only the scores."""

    name: str
    scores: dict[str, Score]
    configuration: dict[str, Any] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    recorded: dict[str, Recorded] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """One measure on the questions both runs have it for."""

    measure: str
    kind: str
    n: int
    before: float
    after: float
    better: int
    worse: int
    p: float
    adjusted: float | None = None

    @property
    def is_real(self) -> bool:
        """Whether chance alone is an unlikely cause."""
        return (self.p if self.adjusted is None else self.adjusted) < REAL

    @property
    def is_worse(self) -> bool:
        """Whether it changed for the worse."""
        sign = -1 if MEASURES[self.measure].lower_is_better else 1
        return sign * (self.after - self.before) < 0

    @property
    def words(self) -> str:
        """The result in words."""
        if not self.better and not self.worse:
            return "没有变化 / no change"
        real = "不像是偶然 / unlikely to be chance" if self.is_real else "可能是偶然 / could be chance"
        return f"{self.better} 题变好，{self.worse} 题变差，{real} (p = {self.adjusted or self.p:.3f})"


@dataclass(frozen=True)
class Comparison:
    """All differences; `flips`: questions that went from right to wrong or back."""

    overall: list[Difference]
    kinds: list[Difference]
    lost: list[str]
    won: list[str]
    configuration: list[tuple[str, Any, Any]]
    unpaired: int

    def of(self, measure: str) -> Difference | None:
        """The overall difference of a measure, if both runs have it."""
        return next((d for d in self.overall if d.measure == measure), None)


def load_run(place: Path) -> Run:
    """A run's folder, or a baseline file."""
    if place.is_file():
        return _baseline(place)
    try:
        lines = (place / SCORES).read_text(encoding="utf-8").splitlines()
        configuration = json.loads((place / CONFIGURATION).read_text(encoding="utf-8"))
        scores = [Score.model_validate_json(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise InputError(f"{place} 不是一次完整的评测：请先运行 wence eval run --out {place}。") from error
    return Run(
        place.name,
        {s.id: s for s in scores},
        configuration,
        {c.id: c for c in load_cases(place / CASES)},
        {r.id: r for r in read_recorded(place / ANSWERS)},
    )


def _baseline(path: Path) -> Run:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        scores = {
            id: Score(id=id, kind=row["kind"], outcome=row["outcome"], measures=row["measures"])
            for id, row in kept["questions"].items()
        }
        return Run(path.name, scores, kept["configuration"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} 不是基线文件：请用 wence eval baseline 生成。") from error


def compare(before: Run, after: Run) -> Comparison:
    """Compare two runs question by question."""
    both = [id for id in before.scores if id in after.scores]
    if not both:
        raise InputError("两次评测没有共同的题：请用同一份用例。")
    pairs = [(before.scores[id], after.scores[id]) for id in both]
    overall = [d for name in MEASURES if (d := _difference(name, "ALL", pairs))]
    kinds = list(dict.fromkeys(b.kind for b, _ in pairs))
    by_kind = [
        d
        for kind in kinds
        if (d := _difference("right", kind, [p for p in pairs if p[0].kind == kind])) is not None
    ]
    flips = {id: _flip(before.scores[id], after.scores[id]) for id in both}
    return Comparison(
        _adjusted(overall),
        by_kind,
        [id for id in both if flips[id] < 0],
        [id for id in both if flips[id] > 0],
        _changed(before.configuration, after.configuration),
        len(before.scores.keys() ^ after.scores.keys()),
    )


def _flip(before: Score, after: Score) -> float:
    return after.measures.get("right", 0.0) - before.measures.get("right", 0.0)


def _difference(name: str, kind: str, pairs: Sequence[tuple[Score, Score]]) -> Difference | None:
    values = [
        (b.measures[name], a.measures[name]) for b, a in pairs if name in b.measures and name in a.measures
    ]
    if not values:
        return None
    sign = -1 if MEASURES[name].lower_is_better else 1
    gains = [sign * (a - b) for b, a in values]
    changed = [i for i, gain in enumerate(gains) if abs(gain) > 1e-9]
    old, new = [b for b, _ in values], [a for _, a in values]
    return Difference(
        name,
        kind,
        len(values),
        round(sum(old) / len(old), 4),
        round(sum(new) / len(new), 4),
        sum(gains[i] > 0 for i in changed),
        sum(gains[i] < 0 for i in changed),
        # Pairs that did not change flip to themselves: leaving them out changes no p-value.
        chance([gains[i] for i in changed], [0.0] * len(changed)) if changed else 1.0,
    )


def _adjusted(rows: list[Difference]) -> list[Difference]:
    """Holm's step-down over the tested measures."""
    tested = sorted((d for d in rows if d.measure in TESTED), key=lambda d: d.p)
    adjusted: dict[str, float] = {}
    highest = 0.0
    for place, row in enumerate(tested):
        highest = max(highest, min(1.0, row.p * (len(tested) - place)))
        adjusted[row.measure] = highest
    return [Difference(**{**row.__dict__, "adjusted": adjusted.get(row.measure)}) for row in rows]


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """What of the configuration differs, settings named one by one."""
    one, other = _flat(before), _flat(after)
    return [(k, one[k], other[k]) for k in sorted(one.keys() & other.keys()) if one[k] != other[k]]


def _flat(configuration: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in configuration.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{name}": inner for name, inner in value.items()}
        else:
            flat[key] = value
    return flat
