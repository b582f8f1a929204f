"""`Candidates → scores`: one figure a row from the searches that found it.

A weighted sum of standard scores over the candidates, which on public Chinese sets and on ours is ahead of
reciprocal rank fusion (docs/retrieval.md). The cosine gets a little for length first: a line with hardly any text is
near to everything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.index import Candidates, Floats


@dataclass(frozen=True)
class Weights:
    """How much each search counts; chosen on the development data (docs/retrieval.md). 0 switches one off."""

    dense: float = 0.72
    words: float = 0.12
    pairs: float = 0.16
    length: float = 0.003


def fuse(found: Candidates, log_lengths: Floats, weights: Weights) -> Floats:
    """The fused score of each candidate row; about 0 for a middling one, 2 and more for the best."""
    dense = found.dense + weights.length * log_lengths[found.rows]
    parts = ((weights.dense, dense), (weights.words, found.words), (weights.pairs, found.pairs))
    total = sum((weight * _standard(score) for weight, score in parts if weight), np.zeros(len(found.rows)))
    return np.asarray(total, dtype=np.float32)


def _standard(scores: Floats) -> NDArray[np.float64]:
    return np.asarray((scores - scores.mean()) / (scores.std() + 1e-9), dtype=np.float64)
