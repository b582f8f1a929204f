"""`Claim, passages → Support`: the chance that the passages say what the claim says.

A logistic regression over the signs of `signs_of`, fitted by `wence eval claims` (docs/safety.md) with the condition that
a sign may only speak against a claim: a claim of which nothing is wrong is supported, and one figure that stands nowhere
in the passages is enough to reject it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.claims.signs import signs_of

# From this chance on a claim counts as supported.
SUPPORTED = 0.5
# Fitted: intercept, then for each sign what it takes off the log-odds at full strength, and how it is told.
INTERCEPT = 2.03
SIGNS: dict[str, tuple[float, str]] = {
    "new_nouns": (-2.73, "nouns not in the passages"),
    "new_names": (-1.57, "names not in the passages"),
    "new_person": (-3.0, "person not in the passages"),
    "new_body": (-2.63, "body not in the passages"),
    "new_title": (-1.83, "title not in the passages"),
    "new_run": (-2.26, "wording not in the passages"),
    "new_item": (-2.27, "item not in the passages' list"),
    "far_clause": (-1.0, "clause far from the passages"),
    "figure_missing": (-3.47, "figures not in the passages"),
    "more_missing": (-0.31, "further figures not in the passages"),
    "count_missing": (-1.91, "counts not in the passages"),
    "other_unit": (-3.0, "figures in another unit"),
    "figure_turned": (-3.26, "figures with another bound, direction or rhythm"),
    "loose": (-1.69, "joined here, apart in the passages"),
    "rebound": (-1.14, "figure of something else"),
    "swapped": (-3.21, "exchanged"),
    "figure_edited": (-2.6, "another figure at this place"),
    "turned": (-3.11, "opposite word at this place"),
    "opposed": (-4.66, "contrary to the passages"),
    "opposed_here": (-3.23, "contrary to the passages at this place"),
    "chosen": (-3.09, "another choice than the passages"),
    "chosen_here": (-0.56, "another choice than the passages at this place"),
    "conjunction": (-3.0, "another conjunction"),
    "absolute": (-1.66, "more absolute than the passages"),
    "superlative": (-0.72, "superlative not in the passages"),
    "denied": (-2.31, "denies what the passages say"),
    "affirmed": (-3.37, "says what the passages deny"),
    "reversed": (-2.5, "the other way about in the passages"),
    "renamed": (-0.95, "of another name in the passages"),
    "undone": (-1.44, "only planned in the passages"),
    "foreign": (-1.6, "another language than the passages"),
}
# What takes less than this off the log-odds is no reason to tell.
_TOLD = 0.4


@dataclass(frozen=True)
class Support:
    """Whether passages support a claim, the chance that they do, and what speaks against it, weightiest first."""

    supported: bool
    score: float
    reasons: tuple[str, ...]


def score_claim(claim: str, passages: Sequence[str]) -> Support:
    """Judge a claim against the passages it rests on, by rule and without a language model.

    Chinese evidence is assumed; of an English claim only figures and names can be held against it. Reasons are told for
    supported claims too, where something spoke against them without being enough.
    """
    if not claim.strip():
        return Support(False, 0.0, ("empty claim",))
    if not any(passage.strip() for passage in passages):
        return Support(False, 0.0, ("no passages",))
    total, weighed = INTERCEPT, []
    for name, sign in signs_of(claim, passages).items():
        coefficient, label = SIGNS[name]
        weight = coefficient * sign.value
        total += weight
        if weight <= -_TOLD:
            weighed.append((weight, f"{label}: {sign.detail}" if sign.detail else label))
    chance = 1 / (1 + math.exp(-total))
    return Support(chance >= SUPPORTED, round(chance, 4), tuple(reason for _, reason in sorted(weighed)))
