"""The search index of one generation: rows → a folder, and the folder → `Index`.

A folder holds the Chroma collection of the vectors, the same vectors as one array in row order, two keyword indexes
(words, character pairs) and what belongs to which document. Up to `EXACT_ROWS` rows the array is searched whole,
which is exact and needs no Chroma in memory; above that Chroma's HNSW graph finds the nearest (docs/adr/0004).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.chunk_store import ChunkStore, ChunkWriter
from assistant.keyword_index import WordIndex, character_pairs, search_words, write_words

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]
EXACT_ROWS = 20_000
# A clause is read in the light of its paper: its vector leans towards the paper's mean and a little towards the
# clauses beside it. Measured in docs/retrieval.md.
_TOWARDS_PAPER = 0.3
_TOWARDS_NEIGHBOURS = 0.05
_ROWS, _VECTORS = "rows.json", "vectors.npy"


@dataclass(frozen=True)
class Row:
    """What is indexed of one chunk; rows of one `context` stand together in reading order."""

    chunk_id: str
    document_id: str
    context: str
    clause: str
    text: str
    vector: Sequence[float]


@dataclass(frozen=True)
class Candidates:
    """Rows that one of the searches found, each with its score in all of them."""

    rows: Integers
    dense: Floats
    words: Floats
    pairs: Floats


def write_index(directory: Path, rows: Sequence[Row]) -> Iterator[int]:
    """Build an index in an empty folder; yields how many rows are done, batch by batch."""
    directory.mkdir(parents=True)
    vectors = in_context(
        np.asarray([row.vector for row in rows], dtype=np.float32).reshape(len(rows), -1 if rows else 0),
        [row.context for row in rows],
    )
    writer = ChunkWriter(directory / "chroma")
    yield from writer.add([row.chunk_id for row in rows], [row.document_id for row in rows], vectors)
    writer.close()
    np.save(directory / _VECTORS, vectors)
    if rows:
        write_words(directory / "words", [search_words(row.text) for row in rows])
        write_words(directory / "pairs", [character_pairs(row.text) for row in rows])
    told = {
        "chunks": [row.chunk_id for row in rows],
        "documents": [row.document_id for row in rows],
        "clauses": _numbered([(row.document_id, row.clause) for row in rows]),
        "lengths": [len(row.text) for row in rows],
    }
    (directory / _ROWS).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def in_context(vectors: Floats, contexts: Sequence[str]) -> Floats:
    """Unit vectors (n, d) leaning towards the mean of their context and their neighbours in it."""
    if not len(vectors):
        return vectors
    number = np.asarray(_numbered(contexts))
    sums = np.zeros((number.max() + 1, vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, number, vectors)
    same = (number[1:] == number[:-1])[:, None]
    beside = np.zeros_like(vectors)
    beside[1:] += vectors[:-1] * same
    beside[:-1] += vectors[1:] * same
    return _unit(vectors + _TOWARDS_PAPER * _unit(sums)[number] + _TOWARDS_NEIGHBOURS * beside)


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def _numbered(keys: Sequence[object]) -> list[int]:
    numbers: dict[object, int] = {}
    return [numbers.setdefault(key, len(numbers)) for key in keys]


class Index:
    """One generation's index, opened for reading."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        told = json.loads((directory / _ROWS).read_text(encoding="utf-8"))
        self.chunk_ids: list[str] = told["chunks"]
        self.document_ids = list(dict.fromkeys(told["documents"]))
        self.number_of = {id: number for number, id in enumerate(self.document_ids)}
        self.document_of: Integers = np.asarray(_numbered(told["documents"]), dtype=np.int64)
        self.clause_of: Integers = np.asarray(told["clauses"], dtype=np.int64)
        self.log_lengths: Floats = np.log1p(np.asarray(told["lengths"], dtype=np.float32))
        self._vectors: Floats = np.load(directory / _VECTORS, mmap_mode="r")
        self.words = WordIndex(directory / "words")
        self.pairs = WordIndex(directory / "pairs")

    def __len__(self) -> int:
        return len(self.chunk_ids)

    @cached_property
    def _store(self) -> ChunkStore:
        return ChunkStore(self._directory / "chroma")

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {id: row for row, id in enumerate(self.chunk_ids)}

    def candidates(
        self, query: Floats, words: Sequence[str], pairs: Sequence[str], k: int, allowed: Mask | None
    ) -> Candidates:
        """The k best rows of each search, out of those allowed (None: all)."""
        by_words, by_pairs = self.words.scores(words), self.pairs.scores(pairs)
        near = self._nearest(query, k, allowed)
        rows = np.unique(np.concatenate([near, _best(by_words, k, allowed), _best(by_pairs, k, allowed)]))
        return Candidates(rows, self.similarity(query, rows), by_words[rows], by_pairs[rows])

    def similarity(self, vector: Floats, rows: Integers) -> Floats:
        """The cosine of a vector with each of the rows."""
        return np.asarray(self._vectors[rows] @ vector, dtype=np.float32)

    def likeness(self, rows: Integers) -> Floats:
        """The cosines of rows with each other, (n, n)."""
        chosen = self._vectors[rows]
        return np.asarray(chosen @ chosen.T, dtype=np.float32)

    def _nearest(self, query: Floats, k: int, allowed: Mask | None) -> Integers:
        among = np.arange(len(self)) if allowed is None else np.flatnonzero(allowed)
        if len(among) <= EXACT_ROWS:
            cosines = (self._vectors if len(among) == len(self) else self._vectors[among]) @ query
            return among[_top(cosines, k)]
        excluded: list[str] = []
        if allowed is not None:
            gone = np.setdiff1d(self.document_of, self.document_of[among])
            excluded = [self.document_ids[i] for i in gone]
        found = self._store.nearest(query, k, excluded)
        return np.asarray([self._row_of[id] for id in found], dtype=np.int64)


def _best(scores: Floats, k: int, allowed: Mask | None) -> Integers:
    if allowed is not None:
        scores = np.where(allowed, scores, np.float32(0))
    place = max(len(scores) - k, 0)
    limit = np.partition(scores, place)[place] if len(scores) else 0
    found = np.flatnonzero(scores >= limit) if limit > 0 else np.flatnonzero(scores)
    return found[_top(scores[found], k)]


def _top(scores: Floats, k: int) -> Integers:
    """Positions of the k highest, best first, ties in order."""
    if k < len(scores):
        some = np.argpartition(-scores, k)[:k]
        some.sort()
    else:
        some = np.arange(len(scores))
    return some[np.argsort(-scores[some], kind="stable")]
