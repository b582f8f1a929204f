"""The one door to the catalogue: documents in all versions, chunks, vectors, and what is published.

SQLite through SQLAlchemy. The catalogue is the truth; Chroma and the keyword index are built from it, a new
generation of both for each publication. `generations` announces a finished one, so a serving process sees
either the old state or the new, never half of each. Old versions of a document stay.
A little over 300 lines: reads and writes share the tables and their transactions."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from assistant.catalog_tables import chunks as _chunks
from assistant.catalog_tables import documents as _documents
from assistant.catalog_tables import generations as _generations
from assistant.catalog_tables import metadata as _metadata
from assistant.catalog_tables import readings as _readings
from assistant.catalog_tables import vectors as _vectors
from assistant.catalog_tables import versions as _versions
from assistant.law.provisions import PaperReading
from assistant.models import Chunk, Document, DocumentHead, Evidence, Frozen, Kept, PagePlace, Section


class SourceState(Frozen):
    """What the catalogue knows of a source."""

    document_id: str
    digest: str
    version: int
    removed: bool
    published_version: int | None
    copy_of: str | None
    copy_kind: str | None


class Generation(Frozen):
    """One publication: its number, the model of its vectors, its size."""

    number: int
    model: str
    documents: int
    chunks: int


class _Reading(Frozen):
    """What is stored of how a version was read."""

    places: tuple[PagePlace, ...] = ()
    kept: Kept | None = None


class Catalog:
    """Documents, versions, chunks, vectors and publications in one SQLite file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        sa.event.listen(self._engine, "connect", _configure)
        _metadata.create_all(self._engine)
        _add_missing_columns(self._engine)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def _reading(self) -> sa.Connection:
        return self._engine.connect()

    # -------------------------------------------------------------- what was ingested

    def sources(self) -> dict[str, SourceState]:
        """Source → what is known of it, removed ones included."""
        with self._reading() as db:
            return {
                row.source: SourceState(
                    document_id=row.id,
                    digest=row.digest,
                    version=row.version,
                    removed=row.removed,
                    published_version=row.published_version,
                    copy_of=row.copy_of,
                    copy_kind=row.copy_kind,
                )
                for row in db.execute(sa.select(_documents))
            }

    def store(
        self,
        document: Document,
        digest: str,
        signature: bytes,
        chunks: Sequence[tuple[Chunk, str]],
    ) -> None:
        """Keep a new version of a document with its (chunk, vector key)s, all or nothing."""
        head = document.head
        row = {
            "id": head.id,
            "source": document.source,
            "digest": digest,
            "signature": signature,
            "version": document.version,
            "removed": False,
        }
        with self._engine.begin() as db:
            db.execute(insert(_documents).values(row).on_conflict_do_update(index_elements=["id"], set_=row))
            version = {
                "document_id": head.id,
                "version": document.version,
                "sha256": document.sha256,
                "head": head.model_dump_json(),
                "text": document.text,
                "sections": json.dumps([s.model_dump() for s in document.sections], ensure_ascii=False),
                "evidence": json.dumps([e.model_dump() for e in document.evidence], ensure_ascii=False),
                "reading": document.model_dump_json(include={"places", "kept"}),
            }
            db.execute(insert(_versions).values(version).on_conflict_do_nothing())
            rows = [_chunk_row(chunk, key) for chunk, key in chunks]
            if rows:
                db.execute(insert(_chunks).on_conflict_do_nothing(), rows)

    def touch(self, document_id: str, digest: str) -> None:
        """The source changed but reads as before: remember its new digest, and that it is there."""
        with self._engine.begin() as db:
            change = sa.update(_documents).where(_documents.c.id == document_id)
            db.execute(change.values(digest=digest, removed=False))

    def remove(self, document_ids: Sequence[str]) -> None:
        """Take documents out of the knowledge base; their versions stay readable."""
        with self._engine.begin() as db:
            for batch in _batches(document_ids):
                db.execute(sa.update(_documents).where(_documents.c.id.in_(batch)).values(removed=True))

    def signatures(self) -> dict[str, bytes]:
        """Document id → MinHash of its newest version, of those not removed."""
        query = sa.select(_documents.c.id, _documents.c.signature).where(_documents.c.removed.is_(False))
        with self._reading() as db:
            return {row.id: row.signature for row in db.execute(query) if row.signature}

    def mark_copies(self, copies: dict[str, tuple[str, str]]) -> bool:
        """Set which documents are copies (id → original's id, kind), all others none; whether that is news."""
        query = sa.select(_documents.c.id, _documents.c.copy_of, _documents.c.copy_kind)
        with self._engine.begin() as db:
            known = {row.id: (row.copy_of, row.copy_kind) for row in db.execute(query)}
            changed = [id for id, before in known.items() if copies.get(id, (None, None)) != before]
            for id in changed:
                of, kind = copies.get(id, (None, None))
                db.execute(
                    sa.update(_documents).where(_documents.c.id == id).values(copy_of=of, copy_kind=kind)
                )
        return bool(changed)

    # -------------------------------------------------------------- vectors

    def known_vectors(self, model: str, keys: Iterable[str]) -> set[str]:
        """Those of the keys whose vectors are stored for a model."""
        known: set[str] = set()
        with self._reading() as db:
            for batch in _batches(list(keys)):
                query = sa.select(_vectors.c.key).where(_vectors.c.model == model, _vectors.c.key.in_(batch))
                known |= set(db.scalars(query))
        return known

    def store_vectors(self, model: str, vectors: dict[str, list[float]]) -> None:
        """Keep vectors by (model, key), as float32."""
        rows = [
            {"model": model, "key": key, "vector": np.asarray(vector, dtype="<f4").tobytes()}
            for key, vector in vectors.items()
        ]
        if rows:
            with self._engine.begin() as db:
                db.execute(insert(_vectors).on_conflict_do_nothing(), rows)

    def vectors(self, model: str, keys: Sequence[str]) -> dict[str, list[float]]:
        """Key → stored vector."""
        found: dict[str, list[float]] = {}
        with self._reading() as db:
            for batch in _batches(keys):
                query = sa.select(_vectors).where(_vectors.c.model == model, _vectors.c.key.in_(batch))
                for row in db.execute(query):
                    found[row.key] = np.frombuffer(row.vector, dtype="<f4").tolist()
        return found

    # -------------------------------------------------------------- what clauses say

    def store_reading(self, reading: PaperReading) -> None:
        """Keep what was read of a version, in the place of what an older grammar read."""
        row = {
            "document_id": reading.document,
            "version": reading.version,
            "grammar": reading.grammar,
            "body": reading.model_dump_json(exclude_defaults=True, by_alias=True),
            **reading.coverage,
        }
        with self._engine.begin() as db:
            known = insert(_readings).values(row)
            db.execute(known.on_conflict_do_update(index_elements=["document_id", "version"], set_=row))

    def reading(self, document_id: str, version: int) -> PaperReading | None:
        """What was read of a version, or None where it was not read yet."""
        query = sa.select(_readings.c.body).where(
            _readings.c.document_id == document_id, _readings.c.version == version
        )
        with self._reading() as db:
            body = db.scalar(query)
        return PaperReading.model_validate_json(body) if body else None

    def to_read(self, grammar: str) -> list[tuple[str, int]]:
        """(document id, newest version) of those that are there and were not read by this grammar."""
        query = (
            sa.select(_documents.c.id, _documents.c.version)
            .outerjoin(
                _readings,
                sa.and_(
                    _readings.c.document_id == _documents.c.id,
                    _readings.c.version == _documents.c.version,
                    _readings.c.grammar == grammar,
                ),
            )
            .where(_documents.c.removed.is_(False), _readings.c.document_id.is_(None))
            .order_by(_documents.c.id)
        )
        with self._reading() as db:
            return [(row.id, row.version) for row in db.execute(query)]

    def readings(self) -> Iterator[str]:
        """The stored readings (JSON) of what is to be published: newest versions, no copies, in a stable order."""
        query = (
            sa.select(_readings.c.body)
            .join(
                _documents,
                sa.and_(
                    _documents.c.id == _readings.c.document_id, _documents.c.version == _readings.c.version
                ),
            )
            .where(_documents.c.removed.is_(False), _documents.c.copy_of.is_(None))
            .order_by(_readings.c.document_id)
        )
        with self._reading() as db:
            yield from db.scalars(query)

    def coverage(self) -> dict[str, dict[str, int]]:
        """Document id → how much of its published version was read: clauses, read, unread, provisions."""
        query = sa.select(_readings).join(
            _documents,
            sa.and_(
                _documents.c.id == _readings.c.document_id,
                _documents.c.published_version == _readings.c.version,
            ),
        )
        with self._reading() as db:
            return {
                row.document_id: {k: row._mapping[k] for k in ("clauses", "read", "unread", "provisions")}
                for row in db.execute(query)
            }

    # -------------------------------------------------------------- publication

    def current_chunks(self) -> list[tuple[Chunk, str]]:
        """(chunk, vector key) of every document's newest version that is not removed, in a stable order."""
        query = (
            sa.select(_chunks)
            .join(
                _documents,
                sa.and_(_documents.c.id == _chunks.c.document_id, _documents.c.version == _chunks.c.version),
            )
            .where(_documents.c.removed.is_(False), _documents.c.copy_of.is_(None))
            .order_by(_chunks.c.document_id, _chunks.c.ordinal)
        )
        with self._reading() as db:
            return [
                (Chunk.model_validate_json(row.body, extra="ignore"), row.vector_key)
                for row in db.execute(query)
            ]

    def generation(self) -> Generation | None:
        """The newest publication, or None."""
        query = sa.select(_generations).order_by(_generations.c.number.desc()).limit(1)
        with self._reading() as db:
            row = db.execute(query).one_or_none()
        return Generation(**row._mapping) if row else None

    def announce(self, generation: Generation) -> None:
        """Make a finished generation the current one, in one transaction with what it holds."""
        is_live = sa.and_(_documents.c.removed.is_(False), _documents.c.copy_of.is_(None))
        live = sa.case((is_live, _documents.c.version), else_=None)
        with self._engine.begin() as db:
            db.execute(sa.update(_documents).values(published_version=live))
            db.execute(sa.insert(_generations).values(**generation.model_dump()))

    # -------------------------------------------------------------- reading (the Library port)

    def heads(self) -> dict[str, tuple[DocumentHead, int]]:
        """Document id → head and version of what is published."""
        query = sa.select(_versions.c.document_id, _versions.c.version, _versions.c.head).join(
            _documents,
            sa.and_(
                _documents.c.id == _versions.c.document_id,
                _documents.c.published_version == _versions.c.version,
            ),
        )
        with self._reading() as db:
            return {
                row.document_id: (DocumentHead.model_validate_json(row.head, extra="ignore"), row.version)
                for row in db.execute(query.order_by(_versions.c.document_id))
            }

    def chunk_counts(self) -> dict[str, int]:
        """Document id → chunks of its published version."""
        query = (
            sa.select(_chunks.c.document_id, sa.func.count())
            .join(
                _documents,
                sa.and_(
                    _documents.c.id == _chunks.c.document_id,
                    _documents.c.published_version == _chunks.c.version,
                ),
            )
            .group_by(_chunks.c.document_id)
        )
        with self._reading() as db:
            return {row[0]: row[1] for row in db.execute(query)}

    def document(self, document_id: str, version: int | None = None) -> Document | None:
        """A stored version (the newest without `version`), or None."""
        query = (
            sa.select(_versions, _documents.c.source)
            .join(_documents, _documents.c.id == _versions.c.document_id)
            .where(_versions.c.document_id == document_id)
            .order_by(_versions.c.version.desc())
            .limit(1)
        )
        if version is not None:
            query = query.where(_versions.c.version == version)
        with self._reading() as db:
            row = db.execute(query).one_or_none()
        if row is None:
            return None
        return Document(
            head=DocumentHead.model_validate_json(row.head, extra="ignore"),
            source=row.source,
            version=row.version,
            sha256=row.sha256,
            text=row.text,
            sections=tuple(Section(**s) for s in json.loads(row.sections)),
            evidence=tuple(Evidence(**e) for e in json.loads(row.evidence)),
            **_Reading.model_validate_json(row.reading or "{}").model_dump(),
        )

    def versions(self, document_id: str) -> list[int]:
        """The stored versions of a document, oldest first."""
        query = sa.select(_versions.c.version).where(_versions.c.document_id == document_id)
        with self._reading() as db:
            return sorted(db.scalars(query))

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """Chunk id → chunk, for those that exist."""
        found: dict[str, Chunk] = {}
        with self._reading() as db:
            for batch in _batches(ids):
                for body in db.scalars(sa.select(_chunks.c.body).where(_chunks.c.id.in_(batch))):
                    chunk = Chunk.model_validate_json(body, extra="ignore")
                    found[chunk.id] = chunk
        return found


def _configure(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")  # a serving process reads while an ingest writes
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _chunk_row(chunk: Chunk, key: str) -> dict[str, Any]:
    return {
        "id": chunk.id,
        "document_id": chunk.document_id,
        "version": chunk.version,
        "ordinal": chunk.ordinal,
        "body": chunk.model_dump_json(),
        "vector_key": key,
    }


def _batches(items: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _add_missing_columns(engine: sa.Engine) -> None:
    """A catalogue made before a column was added gets it, empty; two processes may open it at once."""
    with engine.begin() as db:
        known = {row[1] for row in db.exec_driver_sql("PRAGMA table_info(versions)")}
        if "reading" not in known:
            with contextlib.suppress(sa.exc.OperationalError):  # the other process was first
                db.exec_driver_sql("ALTER TABLE versions ADD COLUMN reading TEXT")
