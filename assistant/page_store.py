"""The one door to what was fetched: when, with which validators, and the raw bytes themselves."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from assistant.catalog_tables import metadata
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

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()
