"""Fits the support score: questions whose answer the loaded papers hold, and questions about what they leave out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.knowledge import Snapshot
from assistant.models import Question
from assistant.steps.retrieve import retrieve
from assistant.steps.support import SIGNS, SUPPORT_NEEDED
from assistant.steps.understand import checked, understand
from assistant.wiring import Application
from eval.asked import AskedCase
from eval.cases import Case

# Whether a question of these kinds should be answered does not depend on what was found.
_OTHER_GROUNDS = ("prompt_injection", "out_of_scope")
_TREES, _DEPTH, _RATE, _LEAF = 120, 2, 0.1, 20
_NEAR_MISS = 0.4  # the weight of a labelled question that no paper answers: writers were asked for more than people ask
_UNPLACED = 0.3  # the weight of a row told again as of a paper whose place nobody knows
_OVER_REFUSED = (0.02, 0.03, 0.04, 0.05, 0.08)  # shares at which the curve is told


@dataclass(frozen=True)
class Asking:
    """A question, whether the loaded papers answer it, and whom it is left out with when the fit is tested."""

    question: str
    as_of: date
    is_answered: bool
    group: str
    weight: float = 1.0


def from_cases(cases: Sequence[Case], group: str, day: date, snapshot: Snapshot) -> list[Asking]:
    """Questions with gold; one whose papers are not loaded is answered by none, and left out."""
    titles = {_key(head.title) for head, _ in snapshot.heads.values()}
    return [
        Asking(case.last_turn, case.as_of or day, case.answerable, group)
        for case in cases
        if case.kind not in _OTHER_GROUNDS
        and (
            not (case.answerable and case.expected_sources)
            or any(_key(t) in titles for t in case.expected_sources)
        )
    ]


def from_asked(cases: Sequence[AskedCase], day: date) -> list[Asking]:
    """Labelled questions about support; one is answered where one of its parts is."""
    found = []
    for case in cases:
        if case.scope == "support" and case.parts:
            is_answered = any(p.answer for p in case.parts)
            weight = 1.0 if is_answered else _NEAR_MISS
            found.append(Asking(case.question, day, is_answered, case.writer, weight))
    return found


def _key(title: str) -> str:
    return "".join(c for c in title if c.isalnum())


def signs_of_all(
    application: Application, askings: Sequence[Asking], step: Callable[[], None]
) -> npt.NDArray[np.float64]:
    """One row of signs for each question, in the order of `SIGNS`."""
    snapshot = application.knowledge.snapshot()
    rows = []
    for asking in askings:
        step()
        question = Question(text=asking.question, as_of=asking.as_of)
        query = understand(checked(question, application.settings.question_max_chars), snapshot.names)
        found = retrieve(query, snapshot, application.encoder, application.settings.top_k)
        rows.append([found.signs.get(name, 0.0) for name in SIGNS])
    return np.asarray(rows)


def fit(askings: Sequence[Asking], signs: npt.NDArray[np.float64]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `support.json` holds, and how well it does on groups that it was not fitted on."""
    from sklearn.metrics import roc_auc_score

    answered = np.asarray([a.is_answered for a in askings])
    groups = np.asarray([a.group for a in askings])
    weights = np.asarray([a.weight for a in askings])
    chances = np.zeros(len(askings))
    for group in sorted(set(groups)):
        own = groups == group
        model = _fitted(signs[~own], answered[~own], weights[~own])
        chances[own] = model.predict_proba(signs[own])[:, 1]
    by_group = {}
    for group in sorted(set(groups)):
        own = groups == group
        both = len(set(answered[own])) == 2
        by_group[group] = {
            "n": int(own.sum()),
            "absent": int((~answered[own]).sum()),
            "auc": round(float(roc_auc_score(answered[own], chances[own])), 3) if both else None,
            **_shares(answered[own], chances[own], SUPPORT_NEEDED),
        }
    curve = []
    for share in _OVER_REFUSED:
        bound = float(np.quantile(chances[answered], share))
        curve.append({"needed": round(bound, 3), **_shares(answered, chances, bound)})
    told = {
        "n": {"present": int(answered.sum()), "absent": int((~answered).sum())},
        "auc": round(float(roc_auc_score(answered, chances)), 4),
        "curve": curve,
        "groups": by_group,
    }
    return as_stored(_fitted(signs, answered, weights), SIGNS), told


def _shares(answered: Any, chances: Any, needed: float) -> dict[str, float | None]:
    over, declined = chances[answered] < needed, chances[~answered] < needed
    return {
        "over_refused": round(float(over.mean()), 3) if len(over) else None,
        "declined": round(float(declined.mean()), 3) if len(declined) else None,
    }


def _fitted(signs: Any, answered: Any, weights: Any) -> Any:
    """Trees over the rows, and over those of a known place once more as of an unknown one: a paper without its head
    answers as well as one with it."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    named, placed, unplaced = (SIGNS.index(name) for name in ("named", "placed", "unplaced"))
    there = signs[:, placed] > 0
    again = signs[there].copy()
    again[:, placed], again[:, unplaced] = 0.0, 1.0
    again[:, named] = np.where(again[:, named] == 0.5, 0.0, again[:, named])
    model = HistGradientBoostingClassifier(
        max_iter=_TREES, max_depth=_DEPTH, learning_rate=_RATE, min_samples_leaf=_LEAF, early_stopping=False
    )
    return model.fit(
        np.vstack([signs, again]),
        np.concatenate([answered, answered[there]]),
        sample_weight=np.concatenate([weights, weights[there] * _UNPLACED]),
    )


def as_stored(model: Any, signs: Sequence[str]) -> dict[str, Any]:
    """A fitted model of boosted trees as `Boosted` reads it."""
    trees = []
    for (tree,) in model._predictors:
        nodes = tree.nodes
        is_leaf = nodes["is_leaf"].astype(bool)
        trees.append(
            {
                "sign": np.where(is_leaf, -1, nodes["feature_idx"]).tolist(),
                "bound": np.where(is_leaf, 0.0, nodes["num_threshold"].round(5)).tolist(),
                "below": nodes["left"].tolist(),
                "above": nodes["right"].tolist(),
                "value": nodes["value"].round(5).tolist(),
            }
        )
    return {
        "signs": list(signs),
        "start": round(float(model._baseline_prediction.ravel()[0]), 5),
        "trees": trees,
    }
