"""The one door to word search: rjieba cuts the words, bm25s scores them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.text import fold
from assistant.values import Value, values_in

_WORD = re.compile(r"[\w.%〔〕]+")
_RUN = re.compile(r"\w+")
_FIGURES = ("money", "percent", "date")


def words(text: str) -> list[str]:
    """The words of a text for searching: folded, cut, with the parts of long words; punctuation goes."""
    import rjieba

    found: list[str] = []
    for run in _WORD.findall(fold(text)):
        found += [w for w in rjieba.cut_for_search(run) if _WORD.fullmatch(w)]
    return found


def tagged_words(text: str) -> list[tuple[str, str]]:
    """The words of a text in order with jieba's part-of-speech tags; joined they are the text again."""
    import rjieba

    return [(str(word), str(tag)) for word, tag in rjieba.tag(text)]


def nouns_of(text: str) -> list[str]:
    """The nouns of a text in order, verbal nouns and Latin words among them."""
    return [word.strip() for word, tag in tagged_words(text) if tag[:1] == "n" or tag in ("vn", "eng", "j")]


def search_words(text: str) -> list[str]:
    """The words, and each figure in its one normal form: 三百万, 300万元 and 3,000,000 are the same."""
    return words(text) + [f"={v.kind}:{_plain(v)}" for v in values_in(text) if v.kind in _FIGURES]


def _plain(value: Value) -> str:
    return f"{value.value.normalize():f}" if isinstance(value.value, Decimal) else str(value.value)


def character_pairs(text: str) -> list[str]:
    """All pairs of neighbouring characters of a folded text; a lone character stands for itself."""
    found: list[str] = []
    for run in _RUN.findall(fold(text)):
        found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return found


def write_words(directory: Path, tokens: Sequence[list[str]]) -> None:
    """Build the BM25 index of tokenised rows in a new folder."""
    import bm25s

    directory.mkdir(parents=True)
    index = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    index.index([row or [""] for row in tokens], show_progress=False)
    index.save(directory, show_progress=False)


class WordIndex:
    """BM25 scores of all rows for some tokens (the KeywordIndex port)."""

    def __init__(self, directory: Path) -> None:
        import bm25s

        self._index: Any = bm25s.BM25.load(directory, mmap=True, show_progress=False)
        self._vocabulary: dict[str, int] = self._index.vocab_dict
        # Plain views of the mapped files: slicing an np.memmap costs several times as much.
        self._pointers, self._data, self._places = (
            np.asarray(self._index.scores[name]).view(np.ndarray) for name in ("indptr", "data", "indices")
        )
        self._rows = int(self._index.scores["num_docs"])

    def scores(self, tokens: Sequence[str]) -> NDArray[np.float32]:
        """The BM25 score of every row for distinct tokens, 0 where none of them stands."""
        return self._added(tokens, lambda token, part: self._data[part])

    def coverage(self, tokens: Sequence[str]) -> NDArray[np.float32]:
        """Of every row the share of the tokens it has, by their weight, 0 … 1."""
        weights = {token: self.weight(token) for token in tokens}
        total = sum(weights.values()) or 1.0
        return self._added(tokens, lambda token, part: weights[token] / total)

    def _added(self, tokens: Sequence[str], value: Callable[[str, slice], Any]) -> NDArray[np.float32]:
        """Postings added up; a token stands in a row once."""
        total = np.zeros(self._rows, dtype=np.float32)
        for token in dict.fromkeys(tokens):
            number = self._vocabulary.get(token)
            if number is not None:
                part = slice(int(self._pointers[number]), int(self._pointers[number + 1]))
                total[self._places[part]] += value(token, part)
        return total

    def knows(self, word: str) -> bool:
        """Whether any row has the word."""
        return word in self._vocabulary

    def weight(self, word: str) -> float:
        """Inverse document frequency, ln(1 + (N - n + ½) / (n + ½)) (Robertson, as in Lucene)."""
        token = self._vocabulary.get(word)
        containing = 0 if token is None else int(self._pointers[token + 1] - self._pointers[token])
        return math.log(1 + (self._rows - containing + 0.5) / (containing + 0.5))
