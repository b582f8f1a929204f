"""Fits the support score: questions whose answer the samples hold, and questions about what they do not hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, fields
from datetime import date
from typing import Any

import numpy as np

from assistant.models import Question
from assistant.steps.retrieve import retrieve
from assistant.steps.support import SUPPORT_NEEDED, Signs
from assistant.steps.understand import checked, understand
from assistant.wiring import Application
from eval.cases import Case

# Whether a question of these kinds should be answered does not depend on what was found.
_OTHER_GROUNDS = ("prompt_injection", "unanswerable")
_FOLDS = 10


def fit(
    application: Application, cases: Sequence[Case], as_of: date, step: Callable[[], None]
) -> dict[str, Any]:
    """Coefficients over all cases, and how well they do on cases they were not fitted on (ten-fold)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    rows, labels, asked = [], [], []
    for case in cases:
        step()
        if case.kind not in _OTHER_GROUNDS:
            rows.append(astuple(_signs(application, case, as_of)))
            labels.append(case.answerable)
            asked.append(case.last_turn)
    signs, present = np.asarray(rows), np.asarray(labels)
    model = LogisticRegression(C=10, class_weight="balanced", max_iter=2000)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    chances = cross_val_predict(model, signs, present, cv=folds, method="predict_proba")[:, 1]
    model.fit(signs, present)
    names = [field.name for field in fields(Signs)]
    wrong = [q for q, p, c in zip(asked, present, chances, strict=True) if (c >= SUPPORT_NEEDED) != p]
    return {
        "intercept": round(float(model.intercept_[0]), 3),
        "coefficients": {n: round(float(c), 3) for n, c in zip(names, model.coef_[0], strict=True)},
        "n": {"present": int(present.sum()), "absent": int((~present).sum())},
        "auc": round(float(roc_auc_score(present, chances)), 4),
        "answered_of_present": round(float((chances[present] >= SUPPORT_NEEDED).mean()), 4),
        "declined_of_absent": round(float((chances[~present] < SUPPORT_NEEDED).mean()), 4),
        "wrong": wrong,
    }


def _signs(application: Application, case: Case, as_of: date) -> Signs:
    snapshot = application.knowledge.snapshot()
    question = Question(text=case.last_turn, as_of=case.as_of or as_of)
    query = understand(checked(question, application.settings.question_max_chars), snapshot.names)
    found = retrieve(query, snapshot, application.encoder, application.settings.top_k)
    return Signs(**found.signs) if found.signs else Signs(0, 0, 0, 1, 0)
