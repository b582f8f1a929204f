"""`Query, Passages → support`: the chance that an answer stands in the passages."""

from __future__ import annotations

import math

from assistant.keyword_index import words
from assistant.knowledge import Snapshot
from assistant.models import Passage, Query

# Below this nothing is answered (docs/retrieval.md).
SUPPORT_NEEDED = 0.5


def support(query: Query, kept: tuple[Passage, ...], snapshot: Snapshot) -> float:
    """A logistic curve over two signs: how much of the question the best passage has, and how near it is."""
    if not kept:
        return 0.0
    weight = snapshot.index.words.weight
    weights = {w: weight(w) for w in query.keywords}
    total = sum(weights.values()) or 1.0
    coverage = 0.0
    for passage in kept[:5]:
        chunk = passage.chunk
        present = set(words(" ".join([passage.head.title, *chunk.headings, chunk.text])))
        coverage = max(coverage, sum(v for w, v in weights.items() if w in present) / total)
    nearness = max((p.dense or 0.0) for p in kept)
    return 1 / (1 + math.exp(-(6 * (coverage - 0.35) + 40 * (nearness - 0.855))))
