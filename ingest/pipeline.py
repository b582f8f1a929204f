"""The one line every document walks: `SourceFile → Document → Chunks → published`."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from assistant.catalog import Catalog, SourceState
from assistant.errors import EncoderMismatch, KnowledgeBaseError, SourceError
from assistant.models import Chunk, Document
from assistant.ports import Encoder
from assistant.text import fold
from ingest.chunk import CHUNKER, chunk
from ingest.publish import embed_missing, publish
from ingest.read import READER, read_document
from ingest.sources import Collected, SourceFile, is_under

_METHOD = f"{READER}/{CHUNKER}"
Step = Callable[[str, int, int], None]
"""Called with (phase, done, total)."""


@dataclass
class Report:
    """What an ingest did; `as_json` is the shape of `wence ingest --json`."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    duplicates: list[dict[str, str]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    documents: int = 0
    chunks: int = 0
    seconds: float = 0.0
    embedded: int = 0

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**self.__dict__, "seconds": round(self.seconds, 2)}

    @property
    def exit_code(self) -> int:
        """0: all in; 1: some failed; 2: nothing could be done."""
        if not self.failed:
            return 0
        return 1 if self.added + self.updated + self.unchanged + len(self.duplicates) else 2


@dataclass
class _Run:
    """What one run carries from source to source."""

    report: Report
    first_source: dict[str, str]  # text hash → the source that has it
    rebuild: bool
    dry: bool


@dataclass
class Ingest:
    """One run over the collected sources; only what changed is read and embedded again."""

    home: Path
    catalog: Catalog
    encoder: Encoder
    max_file_mb: float
    step: Step = lambda phase, done, total: None

    def run(self, collected: Collected, rebuild: bool = False, dry_run: bool = False) -> Report:
        """Sync the sources and publish; raises KnowledgeBaseError while another ingest is running."""
        started = time.monotonic()
        self.home.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.home / "ingest.lock", timeout=0):
                self._refuse_foreign_model(rebuild)
                report = self._sync(collected, rebuild, dry_run)
                if not dry_run:
                    self._publish(report, rebuild)
        except Timeout as error:
            raise KnowledgeBaseError("另一个 wence ingest 正在运行：请等它结束后再试。") from error
        report.seconds = time.monotonic() - started
        return report

    def _refuse_foreign_model(self, rebuild: bool) -> None:
        current = self.catalog.generation()
        if current and current.model != self.encoder.fingerprint and not rebuild:
            raise EncoderMismatch(current.model, self.encoder.fingerprint)

    # ------------------------------------------------------------------ sources → catalogue

    def _sync(self, collected: Collected, rebuild: bool, dry_run: bool) -> Report:
        report = Report(failed=[{"source": s, "reason": r} for s, r in collected.failed.items()])
        known = self.catalog.sources()
        present = {state.text_hash: source for source, state in known.items() if not state.removed}
        run = _Run(report, present, rebuild, dry_run)
        for index, file in enumerate(collected.files):
            try:
                self._one(file, known.get(file.source), run)
            except SourceError as error:
                report.failed.append({"source": file.source, "reason": str(error)})
            self.step("read", index + 1, len(collected.files))
        self._remove(collected, known, report, dry_run)
        return report

    def _one(self, file: SourceFile, known: SourceState | None, run: _Run) -> None:
        data = file.read_bytes(self.max_file_mb)
        digest = f"{hashlib.sha256(data).hexdigest()}:{_METHOD}"
        if known and known.digest == digest and not known.removed and not run.rebuild:
            run.report.unchanged += 1
            return
        document = read_document(file, data, known.version + 1 if known else 1)
        text_hash = _text_hash(document.text)
        first = run.first_source.setdefault(text_hash, file.source)
        if first != file.source:
            run.report.duplicates.append({"source": file.source, "duplicate_of": first})
            return
        if known and not known.removed and self._reads_as_before(known, document):
            run.report.unchanged += 1
            if not run.dry:
                self.catalog.touch(document.head.id, digest)
            return
        run.report.updated += known is not None
        run.report.added += known is None
        if not run.dry:
            rows = [(c, _vector_key(c, document)) for c in chunk(document)]
            self.catalog.store(document, digest, text_hash, rows)

    def _reads_as_before(self, known: SourceState, document: Document) -> bool:
        """Whether the new bytes (or a --rebuild) give the same document by the same method."""
        stored = self.catalog.document(document.head.id)
        if stored is None or not known.digest.endswith(f":{_METHOD}"):
            return False
        return (stored.sha256, stored.head, stored.sections) == (
            document.sha256,
            document.head,
            document.sections,
        )

    def _remove(
        self, collected: Collected, known: dict[str, SourceState], report: Report, dry_run: bool
    ) -> None:
        present = {file.source for file in collected.files}
        gone = [
            state.document_id
            for source, state in known.items()
            if not state.removed and source not in present and is_under(source, collected.roots)
        ]
        report.removed = len(gone)
        if not dry_run:
            self.catalog.remove(gone)

    # ------------------------------------------------------------------ catalogue → generation

    def _publish(self, report: Report, rebuild: bool) -> None:
        current = self.catalog.generation()
        pending = any(
            state.published_version != (None if state.removed else state.version)
            for state in self.catalog.sources().values()
        )
        if pending or rebuild:
            rows = self.catalog.current_chunks()
            texts = self._embedded_texts(rows)
            report.embedded = embed_missing(
                self.catalog, self.encoder, texts, lambda done, total: self.step("embed", done, total)
            )
            self.step("publish", 0, 1)
            current = publish(self.home, self.catalog, self.encoder.fingerprint, rows, texts)
            self.step("publish", 1, 1)
        if current:
            report.documents, report.chunks = current.documents, current.chunks

    def _embedded_texts(self, rows: list[tuple[Chunk, str]]) -> dict[str, str]:
        titles: dict[str, str] = {}
        for c, _ in rows:
            if c.document_id not in titles:
                document = self.catalog.document(c.document_id, c.version)
                titles[c.document_id] = document.head.title if document else ""
        return {key: c.embedded_text(titles[c.document_id]) for c, key in rows}


def _text_hash(text: str) -> str:
    return hashlib.sha256("".join(fold(text).split()).encode()).hexdigest()


def _vector_key(c: Chunk, document: Document) -> str:
    return hashlib.sha256(c.embedded_text(document.head.title).encode()).hexdigest()
