"""The one door to keys and sites; a change by another process counts at once."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant.access import KEY_PREFIX, USUAL_SCOPES, Branding, Key, Scope, Site, exact_origin
from assistant.errors import InputError

_NO_SITE = "没有这个网站，或已停用：编号见 wence site list。"
_metadata = sa.MetaData()
_keys = sa.Table(
    "keys",
    _metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column(
        "sha256", sa.String, nullable=False, unique=True
    ),  # of the whole key: 32 random bytes need no salt
    sa.Column("name", sa.String, nullable=False),
    sa.Column("scopes", sa.String, nullable=False),
    sa.Column("per_minute", sa.Integer),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("revoked_at", sa.DateTime),
)
_sites = sa.Table(
    "sites",
    _metadata,
    sa.Column("public_id", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("about", sa.Text, nullable=False),  # origins, scope, limit, branding as JSON
    sa.Column("rotation", sa.Integer, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("revoked_at", sa.DateTime),
)
_secrets = sa.Table(
    "secrets",
    _metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)


@dataclass(frozen=True)
class _Current:
    """What is valid now."""

    keys: dict[str, Key]
    sites: dict[str, Site]
    origins: frozenset[str]


class AccessStore:
    """Keys and sites in a database of their own, readable by its owner only; times are UTC."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        _metadata.create_all(self._engine)
        path.chmod(0o600)
        self.master = self._master()
        # A connection that never writes: SQLite tells it when any other one has.
        self._watch = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._lock = threading.Lock()
        self._seen: int | None = None
        self._current = _Current({}, {}, frozenset())

    # ------------------------------------------------------------------ keys

    def add_key(
        self, name: str, scopes: Sequence[Scope] = USUAL_SCOPES, per_minute: int | None = None
    ) -> tuple[Key, str]:
        """A new key; its text is told here and never again."""
        key = Key(
            id=secrets.token_hex(4), name=name, scopes=tuple(scopes), per_minute=per_minute, created_at=_now()
        )
        text = f"{KEY_PREFIX}{key.id}_{secrets.token_urlsafe(32)}"
        row = {**key.model_dump(exclude={"scopes"}), "scopes": " ".join(key.scopes), "sha256": _hash(text)}
        with self._engine.begin() as db:
            db.execute(sa.insert(_keys).values(row))
        return key, text

    def keys(self) -> list[Key]:
        """All keys, revoked ones too, oldest first."""
        with self._engine.connect() as db:
            return [_key(row) for row in db.execute(sa.select(_keys).order_by(_keys.c.created_at))]

    def revoke_key(self, id: str) -> None:
        """Let a key hold no longer; raises InputError when there is no such key."""
        self._revoke(_keys, _keys.c.id, id, "没有这个密钥：编号见 wence key list。")

    def key_of(self, text: str) -> Key | None:
        """The valid key with this text, or None."""
        return self._now_valid().keys.get(_hash(text))

    # ------------------------------------------------------------------ sites

    def add_site(
        self,
        name: str,
        origins: Sequence[str],
        region: str | None = None,
        programmes: Sequence[str] = (),
        daily_limit: int = 2000,
        branding: Branding | None = None,
    ) -> Site:
        """A new site; raises InputError for an origin that is none."""
        if not origins:
            raise InputError("网站至少要有一个来源：请用 --origin https://…。")
        site = Site(
            public_id=f"site_{secrets.token_hex(8)}",
            name=name,
            origins=tuple(dict.fromkeys(exact_origin(o) for o in origins)),
            region=region,
            programmes=tuple(programmes),
            daily_limit=daily_limit,
            branding=branding or Branding(),
            created_at=_now(),
        )
        row = {"public_id": site.public_id, "rotation": 1, "created_at": site.created_at, **_told(site)}
        with self._engine.begin() as db:
            db.execute(sa.insert(_sites).values(row))
        return site

    def change_site(self, public_id: str, changes: Mapping[str, Any]) -> Site:
        """Change what is told of a site (name, origins, region, programmes, daily_limit, branding).

        Raises InputError when there is no such valid site, or for an origin that is none.
        """
        with self._engine.begin() as db:
            chosen = sa.and_(_sites.c.public_id == public_id, _sites.c.revoked_at.is_(None))
            row = db.execute(sa.select(_sites).where(chosen)).first()
            if row is None:
                raise InputError(_NO_SITE)
            site = Site.model_validate({**_site(row).model_dump(), **changes})
            origins = tuple(dict.fromkeys(exact_origin(o) for o in site.origins))
            if not origins:
                raise InputError("网站至少要有一个来源：如 https://www.example.gov.cn。")
            site = site.model_copy(update={"origins": origins})
            db.execute(sa.update(_sites).where(chosen).values(_told(site)))
        return site

    def sites(self) -> list[Site]:
        """All sites, revoked ones too, oldest first."""
        with self._engine.connect() as db:
            return [_site(row) for row in db.execute(sa.select(_sites).order_by(_sites.c.created_at))]

    def site(self, public_id: str) -> Site | None:
        """The valid site with this public id, or None."""
        return self._now_valid().sites.get(public_id)

    def origins(self) -> frozenset[str]:
        """The origins of all valid sites."""
        return self._now_valid().origins

    def rotate_site(self, public_id: str) -> Site:
        """Give a site new secrets; raises InputError when there is no such valid site."""
        changed = sa.update(_sites).where(_sites.c.public_id == public_id, _sites.c.revoked_at.is_(None))
        with self._engine.begin() as db:
            done = db.execute(changed.values(rotation=_sites.c.rotation + 1)).rowcount
        site = self.site(public_id)
        if not done or site is None:
            raise InputError(_NO_SITE)
        return site

    def revoke_site(self, public_id: str) -> None:
        """Let a site embed no longer; raises InputError when there is no such site."""
        self._revoke(_sites, _sites.c.public_id, public_id, "没有这个网站：编号见 wence site list。")

    def close(self) -> None:
        """Let go of the file."""
        self._watch.close()
        self._engine.dispose()

    # ------------------------------------------------------------------ within

    def _revoke(self, table: sa.Table, column: sa.Column[Any], id: str, missing: str) -> None:
        with self._engine.begin() as db:
            if not db.execute(sa.update(table).where(column == id).values(revoked_at=_now())).rowcount:
                raise InputError(missing)

    def _now_valid(self) -> _Current:
        with self._lock:
            seen = self._watch.exec_driver_sql("PRAGMA data_version").scalar_one()
            if seen != self._seen:
                sites = {s.public_id: s for s in self.sites() if s.revoked_at is None}
                origins = frozenset(origin for site in sites.values() for origin in site.origins)
                self._current = _Current(self._keys_by_hash(), sites, origins)
                self._seen = seen
            return self._current

    def _keys_by_hash(self) -> dict[str, Key]:
        with self._engine.connect() as db:
            rows = db.execute(sa.select(_keys).where(_keys.c.revoked_at.is_(None))).all()
        return {row.sha256: _key(row) for row in rows}

    def _master(self) -> bytes:
        """The secret that all others are derived from; made once."""
        new = sa.insert(_secrets).prefix_with("OR IGNORE").values(name="master", value=secrets.token_hex(32))
        with self._engine.begin() as db:
            db.execute(new)
            return bytes.fromhex(db.scalars(sa.select(_secrets.c.value)).one())


def _key(row: Any) -> Key:
    values = {**row._mapping, "scopes": tuple(row.scopes.split())}
    del values["sha256"]
    return Key(**values)


def _told(site: Site) -> dict[str, str]:
    """The columns of what may be changed."""
    about = site.model_dump(
        mode="json", include={"origins", "region", "programmes", "daily_limit", "branding"}
    )
    return {"name": site.name, "about": json.dumps(about, ensure_ascii=False)}


def _site(row: Any) -> Site:
    values = {k: v for k, v in row._mapping.items() if k != "about"}
    return Site.model_validate({**json.loads(row.about), **values})


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
