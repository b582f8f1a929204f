"""What can be searched now: follows the catalogue's newest generation and opens its indexes."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from assistant.catalog import Catalog, Generation
from assistant.chunk_store import ChunkStore
from assistant.errors import EncoderMismatch, KnowledgeBaseError, NothingIngested
from assistant.keyword_index import WordIndex
from assistant.models import DocumentHead
from assistant.ports import KeywordIndex, Library, VectorIndex

_FRESH_SECONDS = 1.0


def generation_directory(home: Path, number: int) -> Path:
    """Where a generation's Chroma collection and keyword index lie."""
    return home / "generations" / f"{number:06d}"


@dataclass(frozen=True)
class Snapshot:
    """One generation, opened: all an answer searches and quotes comes from the same one."""

    generation: int
    vectors: VectorIndex
    keywords: KeywordIndex
    heads: dict[str, tuple[DocumentHead, int]]
    library: Library


class KnowledgeBase:
    """Opens the newest generation, and the next one within a second of its announcement."""

    def __init__(self, home: Path, catalog: Catalog, model: str, samples: bool = True) -> None:
        self._home, self.catalog, self._model, self._samples = home, catalog, model, samples
        self._lock = threading.Lock()
        self._current: Snapshot | None = None
        self._checked = 0.0

    def snapshot(self) -> Snapshot:
        """The current snapshot; raises NothingIngested or EncoderMismatch."""
        with self._lock:
            if self._current is None or time.monotonic() - self._checked > _FRESH_SECONDS:
                self._refresh()
            assert self._current is not None
            return self._current

    def _refresh(self) -> None:
        generation = self.catalog.generation()
        if generation is None or generation.chunks == 0:
            raise NothingIngested
        if generation.model != self._model:
            raise EncoderMismatch(generation.model, self._model)
        if self._current is None or self._current.generation != generation.number:
            self._current = self._open(generation)
        self._checked = time.monotonic()

    def _open(self, generation: Generation) -> Snapshot:
        directory = generation_directory(self._home, generation.number)
        if not directory.is_dir():
            raise KnowledgeBaseError(f"索引目录 {directory} 不见了：请运行 wence ingest --rebuild 重建。")
        heads = self.catalog.heads()
        if not self._samples:
            heads = {id: pair for id, pair in heads.items() if not pair[0].sample}
        return Snapshot(
            generation=generation.number,
            vectors=ChunkStore(directory / "chroma"),
            keywords=WordIndex(directory / "words"),
            heads=heads,
            library=self.catalog,
        )
