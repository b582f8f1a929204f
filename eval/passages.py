"""`Case, passages → retrieval measures`, by paper and by clause. Pure.

A paper is relevant by its title; a clause is by the gold facts its text carries, so that gold outlives re-chunking.
nDCG over clauses gives a passage the share of the gold facts that no earlier passage carried; one passage with all
of them at rank 1 scores 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from eval.answers import same_title
from eval.cases import Case
from eval.clauses import Shown, carries, clause_facts, is_relevant, usable
from eval.recorded import Seen

DEPTH = 10


def passage_measures(case: Case, seen: Sequence[Seen]) -> dict[str, float]:
    """Hit, recall, reciprocal rank and nDCG of the first ten passages, where the case has gold for them."""
    if not (case.answerable and case.expected_sources):
        return {}
    shown = [Shown(p.title, p.text) for p in seen[:DEPTH]]
    return {**_by_paper(case, shown), **(_by_clause(case, shown) if usable([case]) else {})}


def _by_paper(case: Case, shown: Sequence[Shown]) -> dict[str, float]:
    titles = list(dict.fromkeys(s.title for s in shown))
    gold = case.expected_sources
    gains = [float(any(same_title(title, g) for g in gold)) for title in titles]
    found = sum(any(same_title(title, g) for title in titles) for g in gold)
    ideal = sum(1 / log2(i + 2) for i in range(min(len(gold), DEPTH)))
    return {
        "document_hit": float(any(gains)),
        "document_recall": found / len(gold),
        "document_mrr": _reciprocal(gains),
        "document_ndcg": min(1.0, _discounted(gains) / ideal),
    }


def _by_clause(case: Case, shown: Sequence[Shown]) -> dict[str, float]:
    facts = clause_facts(case)
    relevant = [is_relevant(case, s) for s in shown]
    known: set[str] = set()
    gains = []
    for passage, counts in zip(shown, relevant, strict=True):
        new = {f for f in facts if counts and f not in known and carries(f, passage.text)}
        known |= new
        gains.append(len(new) / len(facts))
    return {
        "clause_hit": float(any(relevant)),
        "clause_recall": len(known) / len(facts),
        "clause_mrr": _reciprocal(relevant),
        "clause_ndcg": _discounted(gains),
    }


def _reciprocal(gains: Sequence[float]) -> float:
    return next((1 / rank for rank, gain in enumerate(gains, 1) if gain), 0.0)


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, 1))
