"""The one door to Chroma: a persistent cosine collection of chunk vectors, one for each generation.

A generation has a folder of its own, is written once and then only read. So a process that serves never
shares a Chroma client with one that writes: Chroma 1.5 does not see another process's writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

if TYPE_CHECKING:
    from chromadb.api.client import Client

_COLLECTION = "chunks"


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
            _COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def add(self, rows: Sequence[tuple[str, str, list[float]]]) -> Iterator[int]:
        """Write (chunk id, document id, vector) rows; yields how many went in, batch by batch."""
        size = self._client.get_max_batch_size()
        for start in range(0, len(rows), size):
            batch = rows[start : start + size]
            self._collection.add(
                ids=[chunk for chunk, _, _ in batch],
                embeddings=[vector for _, _, vector in batch],  # type: ignore[arg-type]
                metadatas=[{"document": document} for _, document, _ in batch],
            )
            yield len(batch)

    def close(self) -> None:
        """Flush to disk and let go."""
        self._client.close()


class ChunkStore:
    """Nearest chunks by cosine (the VectorIndex port)."""

    def __init__(self, directory: Path) -> None:
        self._client = _client(directory)
        self._collection = self._client.get_collection(_COLLECTION, embedding_function=None)
        self._size = self._collection.count()

    def nearest(
        self, vector: Sequence[float], k: int, document_ids: Sequence[str]
    ) -> list[tuple[str, float]]:
        """(chunk id, cosine) of the k nearest chunks of these documents, best first."""
        k = min(k, self._size)
        if not k or not document_ids:
            return []
        where: dict[str, Any] = {"document": {"$in": list(document_ids)}}
        found = self._collection.query(
            query_embeddings=np.asarray([vector], dtype=np.float32),
            n_results=k,
            where=where,
            include=["distances"],
        )
        distances = (found["distances"] or [[]])[0]
        return [(chunk, 1.0 - d) for chunk, d in zip(found["ids"][0], distances, strict=True)]

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()
