"""Measures of a ranking, and whether two rankings differ by more than chance. Pure.

nDCG with binary gains: sum over ranks i of rel_i / log2(i + 1), divided by the same of the ideal order (Järvelin and
Kekäläinen 2002). The test is Fisher's paired randomisation: the share of random sign flips of the differences whose
mean is at least as far from zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

DEPTH = 10
MEASURES = ("hit@1", "hit@5", "hit@10", "mrr@10", "ndcg@10")
_FLIPS = 10_000


def measure(relevant: Sequence[bool], total: int) -> dict[str, float]:
    """The measures of one query: whether each result down to rank 10 is relevant, and how many there are in all."""
    found = np.asarray(list(relevant[:DEPTH]), dtype=float)
    discounts = 1 / np.log2(np.arange(2, DEPTH + 2))
    ideal = discounts[: min(DEPTH, total)].sum()
    first = np.flatnonzero(found)
    return {
        "hit@1": float(found[:1].any()),
        "hit@5": float(found[:5].any()),
        "hit@10": float(found.any()),
        "mrr@10": 1 / (first[0] + 1) if len(first) else 0.0,
        "ndcg@10": float((found * discounts[: len(found)]).sum() / ideal) if total else 0.0,
    }


def means(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """The mean of each measure over queries, to four places."""
    return {name: round(float(np.mean([row[name] for row in rows])), 4) for name in MEASURES}


def chance(ours: Sequence[float], theirs: Sequence[float], seed: int = 0) -> float:
    """The p-value of a paired randomisation test, two-sided, by 10,000 random flips."""
    differences = np.asarray(ours) - np.asarray(theirs)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(_FLIPS, len(differences)))
    flipped = np.abs((signs * differences).mean(axis=1))
    return float((np.sum(flipped >= abs(differences.mean()) - 1e-12) + 1) / (_FLIPS + 1))
