"""What can be searched now: follows the catalogue's newest generation and opens its index."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from assistant.catalog import Catalog, Generation
from assistant.errors import EncoderMismatch, KnowledgeBaseError, NothingIngested
from assistant.index import Index, Integers, Mask
from assistant.law.provisions import PaperReading, Provision
from assistant.law.supports import Support, asked_alone, supports_of
from assistant.lexicon import Lexicon, Names, with_regions_of
from assistant.links import Link, links_among, title_keys
from assistant.models import Chunk, Document, DocumentHead, Status
from assistant.ports import Library
from assistant.programmes.schema import Rulebook
from assistant.status import has_started, prolonged, statuses_on

T = TypeVar("T")
_READ = re.compile(rb'\{"document":("(?:[^"\\\\]|\\\\.)*")')  # how a line of what was read begins
_FRESH_SECONDS = 1.0
_KEPT = 512
_CACHED_CHUNKS = 20_000
_CACHED_DOCUMENTS = 500
INDEX, LEXICON, PROGRAMMES, PROVISIONS = "index", "lexicon.json", "programmes.json", "provisions.jsonl"


def generation_directory(home: Path, number: int) -> Path:
    """Where a generation's index and names lie."""
    return home / "generations" / f"{number:06d}"


@dataclass
class Snapshot:
    """One generation, opened: all an answer searches and quotes comes from the same one.

    What questions ask again and again (chunks, statuses on a day) is kept in memory.
    """

    generation: int
    index: Index
    names: Names
    heads: dict[str, tuple[DocumentHead, int]]
    library: Library
    rules: Path | None = None
    read: Path | None = None
    _kept: dict[Hashable, Any] = field(default_factory=dict)
    _chunks: dict[str, Chunk] = field(default_factory=dict)
    _documents: dict[tuple[str, int], Document | None] = field(default_factory=dict)

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for a key, made when first asked for; the whole memory is cleared when it grows."""
        if key not in self._kept:
            if len(self._kept) > _KEPT:
                self._kept.clear()
            self._kept[key] = make()
        return self._kept[key]  # type: ignore[no-any-return]

    @cached_property
    def rulebook(self) -> Rulebook:
        """The programmes and the facts they ask for, as published with this generation."""
        if self.rules is None:
            return Rulebook()
        return Rulebook.model_validate_json(self.rules.read_text(encoding="utf-8"))

    @cached_property
    def links(self) -> list[Link]:
        """How the documents stand to each other."""
        return links_among(head for head, _ in self.heads.values())

    @cached_property
    def finished_drafts(self) -> set[str]:
        """The drafts of which the final paper is here."""
        return {link.document_id for link in self.links if link.relation == "draft_of"}

    @cached_property
    def interpreted(self) -> dict[str, set[str]]:
        """Interpretation → the papers it interprets."""
        found: dict[str, set[str]] = {}
        for link in self.links:
            if link.relation == "interprets":
                found.setdefault(link.document_id, set()).add(link.other_id)
        return found

    @cached_property
    def _read_at(self) -> dict[str, int]:
        """Document id → where its line stands in the file of what was read."""
        found: dict[str, int] = {}
        if self.read is not None and self.read.is_file():
            with self.read.open("rb") as lines:
                at = 0
                for line in lines:
                    if named := _READ.match(line):
                        found[json.loads(named[1])] = at
                    at += len(line)
        return found

    def supports(self, id: str) -> tuple[Support, ...]:
        """What a published paper gives, as it was read for this generation."""
        return self.kept(("supports", id), lambda: self._supports(id))

    def _supports(self, id: str) -> tuple[Support, ...]:
        reading = self._reading(id)
        return supports_of(reading) if reading else ()

    def provisions(self, id: str) -> tuple[Provision, ...]:
        """What the clauses of a published paper say, as far as they were read."""
        reading = self.kept(("reading", id), lambda: self._reading(id))
        return reading.provisions if reading else ()

    def is_read(self, id: str, start: int, end: int) -> bool:
        """Whether nothing of a stretch of a paper was left unread."""
        reading = self.kept(("reading", id), lambda: self._reading(id))
        return reading is None or not any(
            s.start < end and start < s.end for c in reading.clauses for s in c.unread
        )

    def asked_of_all(self, id: str) -> tuple[Support, ...]:
        """What a paper asks clause by clause, where it gives nothing that was read."""
        return self.kept(("asked", id), lambda: self._asked_of_all(id))

    def _asked_of_all(self, id: str) -> tuple[Support, ...]:
        reading = self._reading(id)
        return asked_alone(reading) if reading and not reading.supports else ()

    def _reading(self, id: str) -> PaperReading | None:
        if (at := self._read_at.get(id)) is None or self.read is None:
            return None
        with self.read.open("rb") as lines:
            lines.seek(at)
            return PaperReading.model_validate_json(lines.readline())

    def replaced_rows(self, as_of: date) -> Integers:
        """The rows of clauses that a later paper has replaced by a day (《…》第五条调整为…)."""
        return self.kept(("replaced", as_of), lambda: self._replaced_rows(as_of))

    def _replaced_rows(self, as_of: date) -> Integers:
        rows: list[int] = []
        for id, amended in self.amended(as_of).items():
            own = np.flatnonzero(self.index.document_of == self.index.number_of[id])
            for row, chunk in zip(own, self.chunks(own), strict=True):
                if any(not part and _is_in(chunk.article, article) for article, part in amended):
                    rows.append(int(row))
        return np.asarray(rows, dtype=np.int64)

    def amended(self, as_of: date) -> dict[str, list[tuple[str, str]]]:
        """Document id → (clause, what of it) that a paper in force by a day has replaced; all of it where the second is empty."""
        return self.kept(("amended", as_of), lambda: self._amended(as_of))

    def _amended(self, as_of: date) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for link in self.links:
            head, _ = self.heads[link.document_id]
            if (
                link.relation == "amends"
                and has_started(head, as_of)
                and link.other_id in self.index.number_of
            ):
                parts = (one.partition("：") for one in head.amended_articles)
                found.setdefault(link.other_id, []).extend((article, part) for article, _, part in parts)
        return found

    def is_amended(self, as_of: date, id: str, article: str | None, sentence: str) -> bool:
        """Whether a later paper has replaced by a day what a sentence of a clause says."""
        amended = self.amended(as_of).get(id, ())
        return any(_is_in(article, clause) and part in sentence for clause, part in amended)

    @cached_property
    def regions(self) -> dict[str, str | None]:
        """Document id → the path of its region; None: the whole country, or not known."""
        return {id: _region_of(head, self.names) for id, (head, _) in self.heads.items()}

    @cached_property
    def title_keys(self) -> dict[str, set[str]]:
        """Document id → the forms its title is named by, and its number."""
        return {
            id: title_keys(head.title) | ({head.document_number} if head.document_number else set())
            for id, (head, _) in self.heads.items()
        }

    def named(self, titles: Sequence[str]) -> set[str]:
        """The documents that one of some titles or numbers names, in full or by a part of the title."""
        keys = {key for title in titles for key in (*title_keys(title), title)}
        if not keys:
            return set()
        return {id for id, own in self.title_keys.items() if any(k in key for k in keys for key in own)}

    def statuses(self, as_of: date) -> dict[str, Status]:
        """Document id → status on a day."""
        heads = [head for head, _ in self.heads.values()]
        return self.kept(("statuses", as_of), lambda: statuses_on(heads, as_of))

    def document(self, id: str) -> Document | None:
        """A published document in this generation's version."""
        if id not in self.heads:
            return None
        key = id, self.heads[id][1]
        if key not in self._documents:
            if len(self._documents) > _CACHED_DOCUMENTS:
                self._documents.clear()
            found = self.library.document(*key)
            # With the term that later papers have given it.
            self._documents[key] = found and found.model_copy(update={"head": self.heads[id][0]})
        return self._documents[key]

    def chunks(self, rows: Integers) -> list[Chunk]:
        """The chunks of index rows, in order."""
        ids = [self.index.chunk_ids[row] for row in rows]
        if missing := [id for id in ids if id not in self._chunks]:
            if len(self._chunks) > _CACHED_CHUNKS:
                self._chunks.clear()
                missing = ids
            self._chunks.update(self.library.chunks(missing))
        return [self._chunks[id] for id in ids]

    def rows_of(self, allowed: set[str]) -> Mask:
        """Which index rows belong to some documents."""
        documents = np.asarray([id in allowed for id in self.index.document_ids])
        return np.asarray(documents[self.index.document_of])


def _is_in(article: str | None, clause: str) -> bool:
    return f"{article}（".startswith(f"{clause}（")


def _region_of(head: DocumentHead, names: Names) -> str | None:
    """As the head says; else of its title, else of who issued it: 苏州工业园区 is in no list, 苏州 is."""
    places = (names.region_of(text) for text in (head.region, head.title, head.issuer))
    return next((place for place in places if place), None)


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
        if not (directory / INDEX).is_dir():
            raise KnowledgeBaseError(f"索引目录 {directory} 不可用：请运行 wence ingest --rebuild 重建。")
        heads = self.catalog.heads()
        if not self._samples:
            heads = {id: pair for id, pair in heads.items() if not pair[0].sample}
        heads = prolonged(heads)
        lexicon = Lexicon.model_validate_json((directory / LEXICON).read_text(encoding="utf-8"))
        return Snapshot(
            generation=generation.number,
            index=Index(directory / INDEX),
            names=Names(with_regions_of(lexicon, [head.region for head, _ in heads.values() if head.region])),
            heads=heads,
            library=self.catalog,
            rules=directory / PROGRAMMES,
            read=directory / PROVISIONS,
        )
