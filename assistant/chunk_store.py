"""The one door to Chroma: a persistent cosine collection of chunk vectors, one for each generation.

A generation has a folder of its own, is written once and then only read. So a process that serves never
shares a Chroma client with one that writes: Chroma 1.5 does not see another process's writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from chromadb.api.client import Client

_COLLECTION = "chunks"
# A wider search than Chroma's default of 100: more than 99 of the 100 nearest are found (docs/retrieval.md).
_GRAPH: Any = {"space": "cosine", "ef_construction": 200, "ef_search": 250, "max_neighbors": 24}


def _client(directory: Path) -> Client:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False, allow_reset=False)
    return cast("Client", chromadb.PersistentClient(path=str(directory), settings=settings))


class ChunkWriter:
    """Fills a new collection in an empty folder."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True)
        self._client = _client(directory)
        self._collection = self._client.create_collection(
            _COLLECTION, embedding_function=None, configuration={"hnsw": _GRAPH}
        )

    def add(
        self, ids: Sequence[str], documents: Sequence[str], vectors: NDArray[np.float32]
    ) -> Iterator[int]:
        """Write chunks with the documents they belong to; yields how many went in, batch by batch."""
        size = self._client.get_max_batch_size()
        for start in range(0, len(ids), size):
            part = slice(start, start + size)
            self._collection.add(
                ids=list(ids[part]),
                embeddings=vectors[part],
                metadatas=[{"document": document} for document in documents[part]],
            )
            yield len(ids[part])

    def close(self) -> None:
        """Flush to disk and let go."""
        self._client.close()


class ChunkStore:
    """Nearest chunks by cosine, through the HNSW graph."""

    def __init__(self, directory: Path) -> None:
        self._client = _client(directory)
        self._collection = self._client.get_collection(_COLLECTION, embedding_function=None)
        self._size = self._collection.count()

    def nearest(self, vector: NDArray[np.float32], k: int, without: Sequence[str]) -> list[str]:
        """The ids of the k nearest chunks, best first, out of all but some documents."""
        where: dict[str, Any] | None = {"document": {"$nin": list(without)}} if without else None
        found = self._collection.query(
            query_embeddings=vector[None], n_results=min(k, self._size), where=where, include=[]
        )
        return found["ids"][0]

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()
