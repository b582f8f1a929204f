"""The one door to word search: rjieba cuts the words, bm25s scores them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.text import fold

_WORD = re.compile(r"[\w.%〔〕]+")
_IDS = "chunks.json"


def words(text: str) -> list[str]:
    """The words of a text for searching: folded, cut, with the parts of long words; punctuation goes."""
    import rjieba

    found: list[str] = []
    for run in _WORD.findall(fold(text)):
        found += [w for w in rjieba.cut_for_search(run) if _WORD.fullmatch(w)]
    return found


def write_index(directory: Path, chunks: Sequence[tuple[str, str, str]]) -> None:
    """Build the index of (chunk id, document id, text) rows in a new folder."""
    import bm25s

    directory.mkdir(parents=True)
    index = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    index.index([words(text) or [""] for _, _, text in chunks], show_progress=False)
    index.save(directory, show_progress=False)
    ids = {"chunks": [c for c, _, _ in chunks], "documents": [d for _, d, _ in chunks]}
    (directory / _IDS).write_text(json.dumps(ids, ensure_ascii=False), encoding="utf-8")


class WordIndex:
    """Best chunks by words (the KeywordIndex port)."""

    def __init__(self, directory: Path) -> None:
        import bm25s

        self._index: Any = bm25s.BM25.load(directory, mmap=True, show_progress=False)
        ids = json.loads((directory / _IDS).read_text(encoding="utf-8"))
        self._chunks: list[str] = ids["chunks"]
        self._documents: NDArray[Any] = np.array(ids["documents"], dtype=object)
        self._vocabulary: dict[str, int] = self._index.vocab_dict
        self._pointers = self._index.scores["indptr"]

    def best(self, words: Sequence[str], k: int, document_ids: Sequence[str]) -> list[tuple[str, float]]:
        """(chunk id, BM25 score > 0) of the k best chunks of these documents, best first."""
        tokens = [self._vocabulary[w] for w in words if w in self._vocabulary]
        if not tokens:
            return []
        allowed = np.isin(self._documents, list(document_ids))
        scores = np.where(allowed, self._index.get_scores_from_ids(tokens), 0.0)
        order = np.argsort(-scores, kind="stable")[:k]
        return [(self._chunks[i], float(scores[i])) for i in order if scores[i] > 0]

    def weight(self, word: str) -> float:
        """Inverse document frequency, ln(1 + (N - n + ½) / (n + ½)) (Robertson, as in Lucene)."""
        token = self._vocabulary.get(word)
        containing = 0 if token is None else int(self._pointers[token + 1] - self._pointers[token])
        return math.log(1 + (len(self._chunks) - containing + 0.5) / (containing + 0.5))
