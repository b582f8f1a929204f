"""Claims with evidence: the cases, and the fit of the support score with out-of-fold results by set and kind of change."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.claims.signs import signs_of
from assistant.errors import InputError
from assistant.models import Frozen
from assistant.values import normalise

# What one claim of a set weighs in the fit: general news twice; those that share few words with their evidence when true
# and many when false half; the many rule-made ones little.
WEIGHTS = {"claims": 1.0, "claims_news": 2.0, "claims_hard": 0.5, "articles": 0.08}
_FOLDS = 10
_RIDGE = 0.0006
# Rare in the cases, but proof where they are seen.
_AT_MOST = {"new_person": -3.0, "other_unit": -3.0, "figure_missing": -3.0, "figure_turned": -3.0}
_RESAMPLES = 1000
# Of a public set of 2,338 claims: how many true claims have all their numbers in the evidence, how many false ones have not.
_TRUE_TOLD, _FALSE_UNTOLD = 0.987, 0.485
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class ClaimCase(Frozen):
    """A claim, the passages it rests on, and whether they support it; `pair` groups what shares evidence."""

    id: str
    pair: str | None = None
    claim: str
    passages: tuple[str, ...]
    supported: bool
    change: str = ""

    @property
    def group(self) -> str:
        """What must not be split between folds: the evidence."""
        return "\n".join(self.passages)[:80]


def load_claims(path: Path) -> list[ClaimCase]:
    """The cases of a JSONL file."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [ClaimCase.model_validate_json(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise InputError(
            f"读不了 {path}：请检查路径和格式（每行一个 id, claim, passages, supported）。"
        ) from error


@dataclass(frozen=True)
class Measured:
    """A set of claims with their signs."""

    name: str
    cases: Sequence[ClaimCase]
    signs: Floats
    supported: Flags


def measure(name: str, cases: Sequence[ClaimCase], step: Callable[[], None]) -> Measured:
    """Read the signs off every claim."""
    rows = []
    for case in cases:
        step()
        rows.append([sign.value for sign in signs_of(case.claim, case.passages).values()])
    return Measured(name, cases, np.asarray(rows, dtype=float), np.asarray([c.supported for c in cases]))


def fit(sets: Sequence[Measured], held_out: Sequence[Measured]) -> dict[str, Any]:
    """Coefficients over all sets; results on claims whose evidence was not fitted on (ten-fold), and on the held-out sets."""
    from sklearn.model_selection import GroupKFold

    signs, supported = np.vstack([s.signs for s in sets]), np.concatenate([s.supported for s in sets])
    weights = np.concatenate([np.full(len(s.cases), WEIGHTS[s.name]) for s in sets])
    numbers: dict[str, int] = {}
    groups = [numbers.setdefault(c.group, len(numbers)) for s in sets for c in s.cases]
    totals = np.zeros(len(supported))
    for train, test in GroupKFold(_FOLDS, shuffle=True, random_state=0).split(signs, supported, groups):
        intercept, found = _coefficients(signs[train], supported[train], weights[train])
        totals[test] = intercept + signs[test] @ found
    intercept, found = _coefficients(signs, supported, weights)
    starts = np.cumsum([0, *(len(s.cases) for s in sets)])
    results = {s.name: _result(s, totals[a : a + len(s.cases)]) for s, a in zip(sets, starts, strict=False)}
    results |= {s.name: _result(s, intercept + s.signs @ found) for s in held_out}
    names = _names()
    return {
        "intercept": round(intercept, 2),
        "coefficients": {n: round(float(c), 2) for n, c in zip(names, found, strict=True)},
        "sets": results,
    }


def _names() -> list[str]:
    return list(signs_of("一", ["一"]))


def _coefficients(signs: Floats, supported: Flags, weights: Floats) -> tuple[float, Floats]:
    """Logistic regression, both classes of equal weight, in which no sign may speak for a claim."""
    from scipy.optimize import minimize

    share = np.where(supported, weights / weights[supported].sum(), weights / weights[~supported].sum())
    side = np.where(supported, 1.0, -1.0)

    def loss(b: Floats) -> tuple[float, Floats]:
        margin = side * (b[0] + signs @ b[1:])
        pull = -share * side / (1 + np.exp(np.clip(margin, -30, 30)))
        ridge = _RIDGE * b[1:]
        value = (share * np.logaddexp(0, -margin)).sum() + (ridge * b[1:]).sum() / 2
        return float(value), np.concatenate([[pull.sum()], signs.T @ pull + ridge])

    bounds = [(None, None), *((None, _AT_MOST.get(name, 0.0)) for name in _names())]
    solved = minimize(
        loss,
        np.asarray([0.0, *(_AT_MOST.get(n, 0.0) for n in _names())]),
        jac=True,
        bounds=bounds,
        method="L-BFGS-B",
    )
    return float(solved.x[0]), np.asarray(solved.x[1:])


def _result(measured: Measured, totals: Floats) -> dict[str, Any]:
    from sklearn.metrics import roc_auc_score

    right = (totals >= 0) == measured.supported
    low, high = _interval(measured, right)
    kinds = [("T " if c.supported else "F ") + c.change for c in measured.cases]
    return {
        "n": len(right),
        "auc": round(float(roc_auc_score(measured.supported, totals)), 3),
        "balanced_accuracy": round(balanced(right, measured.supported), 3),
        "as_public": round(as_public(measured.cases, right), 3),
        "interval": [round(low, 3), round(high, 3)],
        "kept_of_true": round(float(right[measured.supported].mean()), 3),
        "caught_of_false": round(float(right[~measured.supported].mean()), 3),
        "by_change": {
            k: _share([r for r, kind in zip(right, kinds, strict=True) if kind == k])
            for k in sorted(set(kinds))
        },
    }


def _share(right: Sequence[Any]) -> dict[str, float]:
    return {"n": len(right), "right": round(float(np.mean(right)), 3)}


def balanced(right: Flags, supported: Flags) -> float:
    """The mean of the shares of true and of false claims that were judged right."""
    return float((right[supported].mean() + right[~supported].mean()) / 2)


def as_public(cases: Sequence[ClaimCase], right: Flags) -> float:
    """Balanced accuracy, claims with and without a number that is nowhere weighed as in the public set."""
    parts: dict[tuple[bool, bool], list[bool]] = {}
    for case, good in zip(cases, right, strict=True):
        there = set(_NUMBER.findall(normalise(" ".join(case.passages))))
        told = there.issuperset(_NUMBER.findall(normalise(case.claim)))
        parts.setdefault((case.supported, told), []).append(bool(good))

    def share(supported: bool, told: bool) -> float:
        known = parts.get((supported, told)) or parts.get((supported, not told)) or [False]
        return float(np.mean(known))

    true = _TRUE_TOLD * share(True, True) + (1 - _TRUE_TOLD) * share(True, False)
    false = _FALSE_UNTOLD * share(False, False) + (1 - _FALSE_UNTOLD) * share(False, True)
    return (true + false) / 2


def _interval(measured: Measured, right: Flags) -> tuple[float, float]:
    """95 % by resampling evidence, not claims, for claims on one evidence hang together."""
    members: dict[str, list[int]] = {}
    for i, case in enumerate(measured.cases):
        members.setdefault(case.group, []).append(i)
    groups = [np.asarray(m) for m in members.values()]
    rng = np.random.default_rng(0)
    found = []
    for _ in range(_RESAMPLES):
        drawn = np.concatenate([groups[i] for i in rng.integers(0, len(groups), len(groups))])
        supported = measured.supported[drawn]
        if supported.any() and not supported.all():
            found.append(balanced(right[drawn], supported))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)
