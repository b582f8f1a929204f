"""Searching a large knowledge base: synthetic chunks with random vectors, in a process of its own.

`python -m eval.size FOLDER CHUNKS build|search|sample` under the settings of an ingested home: the words of the
synthetic chunks are as frequent as in its papers. `search` prints JSON; `sample` searches the home itself.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from assistant.index import Index, Row, write_index
from assistant.keyword_index import words
from assistant.knowledge import Snapshot
from assistant.lexicon import Lexicon, Names
from assistant.models import Chunk, Document, DocumentHead, Question
from assistant.settings import load_settings
from assistant.steps.retrieve import retrieve
from assistant.steps.understand import understand
from assistant.wiring import Application

_PER_DOCUMENT, _WORDS, _DIMENSIONS = 10, 40, 384
_QUESTIONS = Path(__file__).parent / "cases" / "development.jsonl"
_DAY = date(2026, 11, 22)
_WARM = 30


class SyntheticLibrary:
    """Chunks made from their number when asked for (the Library port)."""

    def __init__(self, vocabulary: Sequence[str], weights: Sequence[int]) -> None:
        self._vocabulary, self._weights = vocabulary, weights

    def chunk(self, number: int) -> Chunk:
        """The chunk of a number: random words."""
        text = "".join(random.Random(number).choices(self._vocabulary, self._weights, k=_WORDS))
        document = f"d{number // _PER_DOCUMENT}"
        return Chunk(
            id=f"{document}#{number}", document_id=document, version=1, ordinal=number % _PER_DOCUMENT,
            headings=(), article=None, start=0, end=len(text), text=text,
        )  # fmt: skip

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """Chunk id → chunk."""
        return {id: self.chunk(int(id.rpartition("#")[2])) for id in ids}

    def heads(self) -> dict[str, tuple[DocumentHead, int]]:
        """Not asked for here."""
        return {}

    def document(self, document_id: str, version: int | None = None) -> Document | None:
        """None: no clause is longer than a chunk."""
        return None


def build(library: SyntheticLibrary, folder: Path, chunks: int) -> None:
    """Write the index."""
    vectors = np.random.default_rng(5)

    def rows() -> Iterator[Row]:
        for number in range(chunks):
            made = library.chunk(number)
            vector = vectors.standard_normal(_DIMENSIONS).tolist()
            yield Row(made.id, made.document_id, made.document_id, made.id, made.text, vector)

    for _ in write_index(folder, list(rows())):
        pass


def search(
    application: Application, library: SyntheticLibrary, folder: Path, chunks: int
) -> dict[str, float]:
    """Milliseconds of a search, query embedding included, and resident megabytes."""
    count = (chunks + _PER_DOCUMENT - 1) // _PER_DOCUMENT
    heads = {id: (DocumentHead(id=id, title=id), 1) for id in (f"d{n}" for n in range(count))}
    snapshot = Snapshot(1, Index(folder), Names(Lexicon()), heads, library)
    return {"chunks": chunks, **_measured(application, snapshot)}


def _measured(application: Application, snapshot: Snapshot) -> dict[str, float]:
    asked = [json.loads(line)["question"] for line in _QUESTIONS.read_text(encoding="utf-8").splitlines()]
    queries = [understand(Question(text=text, as_of=_DAY), snapshot.names) for text in asked]
    taken = []
    for query in [*queries[:_WARM], *queries]:
        started = time.perf_counter()
        retrieve(query, snapshot, application.encoder, application.settings.top_k)
        taken.append(time.perf_counter() - started)
    return {
        "median_ms": round(1000 * statistics.median(taken[_WARM:]), 2),
        "resident_mb": resident_mb(),
    }


def resident_mb() -> float:
    """What this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * resource.getpagesize() / 1e6, 1)


def main() -> None:
    """Build or search, as the arguments say."""
    folder, chunks, what = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    application = Application(load_settings())
    samples = application.knowledge.snapshot()
    rows = np.arange(len(samples.index))
    counted = Counter(w for c in samples.chunks(rows) for w in words(c.text))
    library = SyntheticLibrary(list(counted), list(counted.values()))
    if what == "build":
        build(library, folder, chunks)
    elif what == "sample":
        print(json.dumps(_measured(application, samples)))  # noqa: T201
    else:
        print(json.dumps(search(application, library, folder, chunks)))  # noqa: T201


if __name__ == "__main__":
    main()
