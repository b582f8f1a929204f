"""The one line every document walks: `SourceFile → Document → Chunks → published`."""

from __future__ import annotations

import hashlib
import json
import logging
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
from assistant.programmes.quotes import faults
from assistant.programmes.schema import Rulebook
from ingest.changes import clause_changes
from ingest.chunk import CHUNKER, chunk
from ingest.copies import find_copies, signature
from ingest.lexicon import load_lexicon
from ingest.programme_files import load_facts, load_programmes
from ingest.provisions import grammar_version, read_provisions
from ingest.publish import Names, embed_missing, named_as_published, publish
from ingest.read import READER, read_document
from ingest.reading import Limits
from ingest.sources import Collected, SourceFile, is_under

_log = logging.getLogger(__name__)
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
    changes: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    read: list[dict[str, Any]] = field(default_factory=list)
    """Of each file read anew: how, and how many of the characters that a person sees were kept."""

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
    """What one run carries from source to source; `outcome` says of each what became of it."""

    report: Report
    rebuild: bool
    dry: bool
    outcome: dict[str, str] = field(default_factory=dict)


@dataclass
class Ingest:
    """One run over the collected sources; only what changed is read and embedded again."""

    home: Path
    catalog: Catalog
    encoder: Encoder
    limits: Limits
    step: Step = lambda phase, done, total: None

    def run(
        self, collected: Collected, rebuild: bool = False, dry_run: bool = False, wait: float = 0
    ) -> Report:
        """Sync the sources and publish; raises KnowledgeBaseError while another ingest runs longer than `wait` seconds."""
        started = time.monotonic()
        self.home.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.home / "ingest.lock", timeout=wait):
                self._refuse_foreign_model(rebuild)
                run = _Run(Report(), rebuild, dry_run)
                self._sync(collected, run)
                if not dry_run:
                    self._read_provisions()
                    self._publish(run)
                self._tally(run)
                report = run.report
                if current := self.catalog.generation():
                    report.documents, report.chunks = current.documents, current.chunks
        except Timeout as error:
            raise KnowledgeBaseError("另一个 wence ingest 正在运行：请等它结束后再试。") from error
        report.seconds = time.monotonic() - started
        return report

    def publish_again(self, wait: float = 0) -> int:
        """Publish what changed without sources: a provision that a person approved; gives the number of the generation."""
        try:
            with FileLock(self.home / "ingest.lock", timeout=wait):
                self._refuse_foreign_model(False)
                self._publish(_Run(Report(), False, False))
        except Timeout as error:
            raise KnowledgeBaseError("另一个 wence ingest 正在运行：请等它结束后再试。") from error
        current = self.catalog.generation()
        return current.number if current else 0

    def _refuse_foreign_model(self, rebuild: bool) -> None:
        current = self.catalog.generation()
        if current and current.model != self.encoder.fingerprint and not rebuild:
            raise EncoderMismatch(current.model, self.encoder.fingerprint)

    # ------------------------------------------------------------------ sources → catalogue

    def _sync(self, collected: Collected, run: _Run) -> None:
        report = run.report
        report.failed = [{"source": s, "reason": r} for s, r in collected.failed.items()]
        known = self.catalog.sources()
        for index, file in enumerate(collected.files):
            try:
                self._one(file, known.get(file.source), run)
            except SourceError as error:
                report.failed.append({"source": file.source, "reason": str(error)})
            self.step("read", index + 1, len(collected.files))
        self._remove(collected, known, report, run.dry)

    def _one(self, file: SourceFile, known: SourceState | None, run: _Run) -> None:
        data = file.read_bytes(self.limits)
        digest = f"{_source_digest(file, data, self.limits)}:{_METHOD}"
        if known and known.digest == digest and not known.removed and not run.rebuild:
            run.outcome[file.source] = "unchanged"
            return
        document = self._read(file, data, known.version + 1 if known else 1)
        if known and not known.removed and self._reads_as_before(known, document):
            run.outcome[file.source] = "unchanged"
            if not run.dry:
                self.catalog.touch(document.head.id, digest)
            return
        run.outcome[file.source] = "updated" if known else "added"
        if document.kept:
            notes = list(document.head.notes)
            run.report.read.append({"source": file.source, **document.kept.model_dump(), "notes": notes})
        if not run.dry:
            self._note_changes(known, document, run.report)
            rows = [(c, _vector_key(c, document)) for c in chunk(document)]
            signed = signature(document.text)
            self.catalog.store(document, digest, signed, rows)

    def _read(self, file: SourceFile, data: bytes, version: int) -> Document:
        """The document; a fault of a reader costs its file and not the others."""
        try:
            return read_document(file, data, version, self.limits)
        except SourceError:
            raise
        except Exception as error:
            _log.warning("%s could not be read", file.source, exc_info=True)
            raise SourceError(
                f"读取时出错（{type(error).__name__}）：请另存为 .docx 或 .pdf 再试，并把这份文件报告给开发者。"
            ) from error

    def _note_changes(self, known: SourceState | None, document: Document, report: Report) -> None:
        before = self.catalog.document(document.head.id) if known and not known.removed else None
        if before and (changes := clause_changes(before, document)):
            clauses = [c.model_dump() for c in changes]
            report.changes.append({"document_id": document.head.id, "clauses": clauses})

    def _reads_as_before(self, known: SourceState, document: Document) -> bool:
        """Whether the new bytes (or a --rebuild) give the same document by the same method."""
        stored = self.catalog.document(document.head.id)
        if stored is None or not known.digest.endswith(f":{_METHOD}"):
            return False
        same = {"version": stored.version}
        return stored == document.model_copy(update=same)

    def _remove(
        self, collected: Collected, known: dict[str, SourceState], report: Report, dry_run: bool
    ) -> None:
        present = {file.source for file in collected.files}
        parts = {part.file.source for file in collected.files for part in file.parts if part.file} - present
        gone = [
            state.document_id
            for source, state in known.items()
            if not state.removed
            and (source in parts or (source not in present and is_under(source, collected.roots)))
        ]
        report.removed = len(gone)
        if not dry_run:
            self.catalog.remove(gone)

    def _read_provisions(self) -> None:
        """Read what the grammar has not read yet, a document at a time; a run that is stopped goes on where it was."""
        waiting = self.catalog.to_read(grammar_version())
        for number, (id, version) in enumerate(waiting, 1):
            document = self.catalog.document(id, version)
            if document is not None:
                self.catalog.store_reading(read_provisions(document, self.catalog.reading(id, version)))
            self.step("provisions", number, len(waiting))

    # ------------------------------------------------------------------ catalogue → generation

    def _publish(self, run: _Run) -> None:
        report, rebuild = run.report, run.rebuild
        current = self.catalog.generation()
        pending = rebuild or any(_is_pending(state) for state in self.catalog.sources().values())
        if pending:  # before the names: a copy is read, but not published twice
            self.catalog.mark_copies(find_copies(self.catalog.signatures(), self._document))
        names = self._names(report)
        if pending or (current is not None and not named_as_published(self.home, current.number, names)):
            rows = self.catalog.current_chunks()
            texts = self._embedded_texts(rows)
            report.embedded = embed_missing(
                self.catalog, self.encoder, texts, lambda done, total: self.step("embed", done, total)
            )
            publish(
                self.home,
                self.catalog,
                self.encoder.fingerprint,
                rows,
                texts,
                names,
                lambda done, total: self.step("publish", done, total),
            )

    def _names(self, report: Report) -> Names:
        """The names, and the rules of those programmes whose every quote stands in a stored document.

        A programme none of whose papers is here is no fault; one whose quote no longer stands is left out and said.
        """
        facts, programmes = load_facts(self.home), {}
        here = {state.document_id for state in self.catalog.sources().values() if not state.removed}

        def document(id: str) -> Document | None:
            return self.catalog.document(id) if id in here else None

        for id, programme in load_programmes(self.home).items():
            needed = {s.document_id for r in programme.revisions for s in r.sources.values()}
            if not needed & here:
                continue
            found = list(faults(programme, facts, document))
            report.faults += found
            if not found:
                programmes[id] = programme
        rulebook = Rulebook(facts=facts, programmes=programmes)
        return Names(load_lexicon(self.home), rulebook, tuple(self.catalog.readings()))

    def _tally(self, run: _Run) -> None:
        """Count each source once: a copy is named beside its original and not counted as added."""
        states = self.catalog.sources()
        source_of = {state.document_id: source for source, state in states.items()}
        for source, became in run.outcome.items():
            state = states.get(source)
            if state and state.copy_of in source_of and not run.dry:
                row = {"source": source, "duplicate_of": source_of[str(state.copy_of)]}
                run.report.duplicates.append({**row, "kind": state.copy_kind or "reprint"})
            else:
                setattr(run.report, became, getattr(run.report, became) + 1)

    def _document(self, id: str) -> Document:
        document = self.catalog.document(id)
        assert document is not None
        return document

    def _embedded_texts(self, rows: list[tuple[Chunk, str]]) -> dict[str, str]:
        titles: dict[str, str] = {}
        for c, _ in rows:
            if c.document_id not in titles:
                document = self.catalog.document(c.document_id, c.version)
                titles[c.document_id] = document.head.title if document else ""
        return {key: c.embedded_text(titles[c.document_id]) for c, key in rows}


def _is_pending(state: SourceState) -> bool:
    wanted = None if state.removed or state.copy_of else state.version
    return state.published_version != wanted


def _source_digest(file: SourceFile, data: bytes, limits: Limits) -> str:
    """Of the bytes, of what is said of them and of what hangs on them: a changed sidecar reads the paper anew."""
    said = json.dumps([file.declared, file.overrides], sort_keys=True, default=str, ensure_ascii=False)
    digest = hashlib.sha256(data + said.encode())
    for part in file.parts:
        digest.update(f"{part.name}\n{part.missing}\n".encode())
        try:
            digest.update(part.file.read_bytes(limits) if part.file else b"")
        except SourceError as error:
            digest.update(str(error).encode())
    return digest.hexdigest()


def _vector_key(c: Chunk, document: Document) -> str:
    return hashlib.sha256(c.embedded_text(document.head.title).encode()).hexdigest()
