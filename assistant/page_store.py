"""The one door to what was fetched and looked at: when, with which validators, the raw bytes, the notices of columns."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from assistant.catalog_tables import looks as _looks
from assistant.catalog_tables import metadata
from assistant.catalog_tables import notices as _notices
from assistant.catalog_tables import pages as _pages
from assistant.models import Frozen


class Page(Frozen):
    """An address as it was last fetched."""

    address: str
    fetched_at: float
    etag: str | None
    last_modified: str | None
    sha256: str | None
    name: str | None


class Look(Frozen):
    """The last look at a followed address; times in seconds since 1970, `reason` None where it succeeded."""

    address: str
    looked_at: float
    succeeded_at: float | None = None
    reason: str | None = None
    failures: int = 0
    listed: int = 0
    fresh: int = 0


class Notice(Frozen):
    """A notice that a column listed, and what became of its page."""

    column: str
    address: str
    title: str
    date: str | None = None
    first_seen: float
    last_listed: float
    taken_at: float | None = None
    tried_at: float | None = None
    failures: int = 0
    reason: str | None = None
    left_out: bool = False


class PageStore:
    """Fetched addresses in the catalogue's file; raw bytes under `raw/`, named by their SHA-256."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._raw = home / "raw"
        self._engine = sa.create_engine(f"sqlite:///{home / 'catalog.db'}", connect_args={"timeout": 30})
        metadata.create_all(self._engine)

    def page(self, address: str) -> Page | None:
        """What is known of an address, or None."""
        with self._engine.connect() as db:
            row = db.execute(sa.select(_pages).where(_pages.c.address == address)).one_or_none()
        return Page(**row._mapping) if row else None

    def bytes_of(self, page: Page) -> bytes | None:
        """The raw bytes kept for it, or None when they are gone."""
        path = self._raw / str(page.sha256)
        return path.read_bytes() if page.sha256 and path.is_file() else None

    def keep(self, address: str, data: bytes, name: str, etag: str | None, last_modified: str | None) -> None:
        """Keep what was fetched."""
        sha256 = hashlib.sha256(data).hexdigest()
        self._raw.mkdir(parents=True, exist_ok=True)
        path = self._raw / sha256
        if not path.is_file():
            aside = path.with_suffix(".part")
            aside.write_bytes(data)
            aside.replace(path)
        row = {
            "address": address,
            "fetched_at": time.time(),
            "etag": etag,
            "last_modified": last_modified,
            "sha256": sha256,
            "name": name,
        }
        with self._engine.begin() as db:
            db.execute(insert(_pages).values(row).on_conflict_do_update(index_elements=["address"], set_=row))

    def touch(self, address: str) -> None:
        """It was looked at again and had not changed."""
        with self._engine.begin() as db:
            change = sa.update(_pages).where(_pages.c.address == address)
            db.execute(change.values(fetched_at=time.time()))

    # ------------------------------------------------------------------ followed addresses

    def looks(self) -> dict[str, Look]:
        """Address → the last look at it."""
        with self._engine.connect() as db:
            return {row.address: Look(**row._mapping) for row in db.execute(sa.select(_looks))}

    def notices(self, column: str) -> dict[str, Notice]:
        """Address → the notice, of all that a column has listed."""
        with self._engine.connect() as db:
            rows = db.execute(sa.select(_notices).where(_notices.c.column == column))
            return {row.address: Notice(**row._mapping) for row in rows}

    def columns_of(self, addresses: Collection[str]) -> set[str]:
        """The columns that have listed one of some addresses."""
        with self._engine.connect() as db:
            found = sa.select(_notices.c.column).where(_notices.c.address.in_(sorted(addresses)))
            return set(db.execute(found).scalars())

    def remember(self, look: Look, notices: Sequence[Notice] = ()) -> None:
        """Keep a look and what became of the notices, all or nothing."""
        row = look.model_dump()
        with self._engine.begin() as db:
            db.execute(insert(_looks).values(row).on_conflict_do_update(index_elements=["address"], set_=row))
            for notice in notices:
                kept = notice.model_dump()
                change = insert(_notices).values(kept)
                db.execute(change.on_conflict_do_update(index_elements=["column", "address"], set_=kept))

    def forget(self, address: str) -> None:
        """It is followed no more; what was read from it stays."""
        with self._engine.begin() as db:
            db.execute(sa.delete(_looks).where(_looks.c.address == address))
            db.execute(sa.delete(_notices).where(_notices.c.column == address))

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()
