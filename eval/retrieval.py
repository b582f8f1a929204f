"""`wence eval retrieval`: how well a public set or our own questions are searched, and against what."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.index import Index
from assistant.keyword_index import character_pairs, words
from assistant.knowledge import Snapshot
from assistant.ports import Encoder
from assistant.steps.retrieve import Parts
from eval.corpora import Corpus, Step, index_corpus, search_corpus
from eval.ranking import DEPTH, chance, means, measure

# A ranking of documents: what may be in force, who is named and what is shown beside it are questions of an answer.
SEARCH_ONLY = Parts(scope=False, papers=False, arrange=False)


@dataclass(frozen=True)
class Ranking:
    """One way of searching: its name, and the measures of each query."""

    name: str
    rows: list[dict[str, float]]

    @property
    def means(self) -> dict[str, float]:
        """The mean of each measure."""
        return means(self.rows)


def judged(name: str, corpus: Corpus, ranked: Sequence[Sequence[str]]) -> Ranking:
    """Measure ranked document ids against the corpus's judgements."""
    rows = []
    for (id, _), found in zip(corpus.queries, ranked, strict=True):
        relevant = corpus.relevant[id]
        rows.append(measure([document in relevant for document in found], len(relevant)))
    return Ranking(name, rows)


Inspect = Callable[[Snapshot], None]


def evaluate(
    corpus: Corpus, encoder: Encoder, cache: Path, step: Step, inspect: Inspect = lambda _: None
) -> dict[str, Ranking]:
    """Ours, and BM25 alone on words and on character pairs, over the same chunks; `inspect` is shown the index."""
    with tempfile.TemporaryDirectory(prefix="wence-corpus-") as folder:
        snapshot = index_corpus(corpus, encoder, cache, Path(folder) / "index", step)
        inspect(snapshot)
        ours = search_corpus(corpus, snapshot, encoder, SEARCH_ONLY, step)
        by_words = [_bm25(snapshot.index, words(text), "words") for _, text in corpus.queries]
        by_pairs = [_bm25(snapshot.index, character_pairs(text), "pairs") for _, text in corpus.queries]
    return {
        "wence": judged("wence", corpus, ours),
        "bm25 words": judged("bm25 words", corpus, by_words),
        "bm25 pairs": judged("bm25 pairs", corpus, by_pairs),
    }


def _bm25(index: Index, tokens: list[str], which: str) -> list[str]:
    scores = (index.words if which == "words" else index.pairs).scores(tokens)
    order = np.argsort(-scores, kind="stable")[: DEPTH * 5]
    return list(dict.fromkeys(index.document_ids[index.document_of[i]] for i in order))[:DEPTH]


def compared(rankings: Sequence[Ranking], ours: str = "wence") -> list[dict[str, Any]]:
    """One row for each ranking: its means, and the p-values of our lead in nDCG@10 over it."""
    own = next(r for r in rankings if r.name == ours)
    mine = [row["ndcg@10"] for row in own.rows]
    return [
        {
            "name": ranking.name,
            **ranking.means,
            "n": len(ranking.rows),
            "p": None if ranking is own else chance(mine, [row["ndcg@10"] for row in ranking.rows]),
        }
        for ranking in rankings
    ]
