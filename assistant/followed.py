"""What is followed: `sources.yaml` → `Site`s, which of them are due, and how the last look at each went."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from filelock import FileLock
from pydantic import Field, ValidationError, field_validator, model_validator

from assistant.errors import InputError
from assistant.models import Frozen, Kind
from assistant.page_store import Look, Notice, PageStore
from assistant.yaml_file import load_yaml

FILE_NAME = "sources.yaml"
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_SHORTEST = 300
_RETRY = 600.0  # seconds after a first failure; doubled with each further one, up to the schedule
_OVERDUE = 3  # schedules after which a look counts as missed
_FRESH_SECONDS = 5.0


class Site(Frozen):
    """One address to follow: what it is, where it holds, how often to look (15m, 6h, 1d, 2w).

    `column`: a page that lists notices, which are what is read. Of it `pages` list pages are followed, notices whose
    title holds one of `pattern`'s words are taken (all where there is none), at most `most` a look.
    """

    address: str
    name: str | None = None
    kind: Kind | None = None
    region: str | None = None
    schedule: str = "1d"
    column: bool = False
    pattern: tuple[str, ...] = ()
    pages: int = Field(default=2, ge=1, le=10)
    most: int = Field(default=30, ge=1, le=200)

    @model_validator(mode="before")
    @classmethod
    def _by_type(cls, row: Any) -> Any:
        """`type: column` says the same as `column: true`."""
        if not isinstance(row, dict):
            raise ValueError("每一项须是“address: …”的形式")
        if "type" not in row:
            return row
        rest = {key: value for key, value in row.items() if key != "type"}
        if row["type"] not in ("column", "page"):
            raise ValueError("type 须是 column（栏目）或 page（单个网页）")
        return {"column": row["type"] == "column", **rest}

    @field_validator("address")
    @classmethod
    def _is_address(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", value.strip()):
            raise ValueError("address 须是 http 或 https 开头的网址")
        return value.strip()

    @field_validator("schedule")
    @classmethod
    def _is_schedule(cls, value: str) -> str:
        if not re.fullmatch(r"[1-9]\d{0,3}[mhdw]", value) or _seconds(value) < _SHORTEST:
            raise ValueError("schedule 须是数字加 m、h、d 或 w，例如 15m、6h、1d、2w，最短 5m")
        return value

    @field_validator("pattern", mode="before")
    @classmethod
    def _words(cls, value: Any) -> Any:
        """A word, several with a space or 、 between them, or a list."""
        return tuple(re.findall(r"[^\s、，,；;]+", value)) if isinstance(value, str) else value

    @property
    def seconds(self) -> int:
        """The time between two looks."""
        return _seconds(self.schedule)

    @property
    def declared(self) -> dict[str, Any]:
        """What the list says of the paper."""
        return {k: v for k, v in (("kind", self.kind), ("region", self.region)) if v is not None}

    @property
    def called(self) -> str:
        """Its name, else its host."""
        return self.name or urlsplit(self.address).hostname or self.address


def _seconds(schedule: str) -> int:
    return int(schedule[:-1]) * _SECONDS[schedule[-1]]


# ------------------------------------------------------------------ the list


def load_sites(home: Path) -> list[Site]:
    """Read `WENCE_HOME/sources.yaml`; raises InputError naming the entry that is wrong."""
    path = home / FILE_NAME
    try:
        return _sites(path.read_text(encoding="utf-8"), path)
    except FileNotFoundError as error:
        raise InputError(f"没有 {path}：请写一份要跟踪的网址清单（docs/ingest.md 有样例）。") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} 不是 UTF-8 文本：请另存为 UTF-8。") from error


def _sites(text: str, path: Path) -> list[Site]:
    rows = _rows(text, path)
    sites = []
    for number, row in enumerate(rows, 1):
        try:
            sites.append(Site.model_validate(row))
        except ValidationError as error:
            raise InputError(f"{path} 第 {number} 项不可用（{_reason(error)}）：请改正。") from error
    return sites


def _rows(text: str, path: Path) -> list[Any]:
    try:
        rows = load_yaml(text)
    except yaml.YAMLError as error:
        raise InputError(f"{path} 不是合格的 YAML：请检查写法。") from error
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise InputError(f"{path} 须是一列“- address: …”：请检查写法。")
    return rows


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    field = "".join(f"{part} " for part in first["loc"][:1])
    told = first["msg"].removeprefix("Value error, ")
    return told if told != first["msg"] else f"{field}{told}"


def site_of(told: dict[str, Any]) -> Site:
    """A site from what a form says of it; raises InputError naming what is wrong."""
    try:
        return Site.model_validate({k: v for k, v in told.items() if v not in (None, "")})
    except ValidationError as error:
        raise InputError(f"{_reason(error)}：请改正。") from error


def put_site(home: Path, site: Site) -> None:
    """Add a site to the list, or put it in the place of the one with its address; the rest stays as it is written."""
    row = site.model_dump(mode="json", exclude_defaults=True)
    _write(home, site.address, row)


def drop_site(home: Path, address: str) -> None:
    """Take a site from the list; raises InputError where it is not there."""
    if address not in {site.address for site in load_sites(home)}:
        raise InputError("清单里没有这个网址：请从列表里选。")
    _write(home, address, None)
    store = PageStore(home)
    try:
        store.forget(address)
    finally:
        store.close()


def _write(home: Path, address: str, row: dict[str, Any] | None) -> None:
    home.mkdir(parents=True, exist_ok=True)
    path = home / FILE_NAME
    with FileLock(home / "sources.lock", timeout=30):
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        _sites(text, path)  # a list that cannot be read is not written over
        after = [row if str(r["address"]).strip() == address else r for r in _rows(text, path)]
        if row is not None and row not in after:
            after.append(row)
        wanted = [r for r in after if r is not None]
        text = _edited(text, address, row)
        if _read(text) != wanted:  # not one entry a block, as by hand: written anew
            text = _dumped(wanted)
        aside = path.with_suffix(".part")
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)


def _read(text: str) -> Any:
    try:
        return load_yaml(text) or []
    except yaml.YAMLError:
        return None


def _dumped(rows: Sequence[dict[str, Any]]) -> str:
    return yaml.safe_dump(list(rows), allow_unicode=True, sort_keys=False) if rows else "[]\n"


def _edited(text: str, address: str, row: dict[str, Any] | None) -> str:
    """The list's text with one entry changed, added or gone; other entries and all comments stay."""
    new = _dumped([row]) if row is not None else ""
    parts = re.split(r"(?m)^(?=- )", text)
    for place, part in enumerate(parts):
        found = _read(part)
        if isinstance(found, list) and found and str(found[0].get("address", "")).strip() == address:
            lines = part.splitlines(keepends=True)
            own = max(n for n, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#"))
            parts[place] = new + "".join(lines[own + 1 :])  # the remarks behind it are of the next
            return "".join(parts)
    kept = "" if _read(text) == [] and text.strip() == "[]" else text
    return kept + ("" if not kept or kept.endswith("\n") else "\n") + new


# ------------------------------------------------------------------ when to look


def next_look(site: Site, look: Look | None) -> float:
    """When to look again: after its schedule, sooner after a failure; 0 where nobody has looked yet."""
    if look is None:
        return 0.0
    wait = retry_after(look.failures, site.seconds) if look.failures else float(site.seconds)
    return look.looked_at + wait


def retry_after(failures: int, most: float) -> float:
    """Seconds to wait after so many failures in a row."""
    return float(min(most, _RETRY * 2 ** min(failures - 1, 20)))


def due(sites: Sequence[Site], store: PageStore, now: float | None = None) -> list[Site]:
    """Those never looked at, or longer ago than their schedule says."""
    now = time.time() if now is None else now
    looks = store.looks()
    return [s for s in sites if next_look(s, looks.get(s.address) or _fetched(s, store)) <= now]


def _fetched(site: Site, store: PageStore) -> Look | None:
    """A page fetched before looks were kept."""
    page = None if site.column else store.page(site.address)
    return (
        Look(address=site.address, looked_at=page.fetched_at, succeeded_at=page.fetched_at) if page else None
    )


# ------------------------------------------------------------------ how it went


class Followed(Frozen):
    """A followed address with its last look and the notices it has listed."""

    site: Site
    look: Look | None
    notices: tuple[Notice, ...] = ()

    def is_current(self, now: float) -> bool:
        """Whether the last look succeeded, no longer ago than three schedules."""
        look = self.look
        return bool(look and not look.failures and now - look.looked_at <= _OVERDUE * self.site.seconds)


def followed(home: Path) -> list[Followed]:
    """Every address of the list and how its last look went; raises InputError for a list that cannot be read."""
    sites = load_sites(home)
    store = PageStore(home)
    try:
        looks = store.looks()
        return [
            Followed(
                site=site,
                look=looks.get(site.address) or _fetched(site, store),
                notices=tuple(store.notices(site.address).values()) if site.column else (),
            )
            for site in sites
        ]
    finally:
        store.close()


class FollowedState:
    """What answers need of it, read anew every few seconds; a list that cannot be read follows nothing."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._known: tuple[Followed, ...] = ()

    def all(self) -> tuple[Followed, ...]:
        """The followed addresses, without their notices."""
        with self._lock:
            if time.monotonic() - self._read_at > _FRESH_SECONDS:
                self._known, self._read_at = self._read(), time.monotonic()
            return self._known

    def _read(self) -> tuple[Followed, ...]:
        try:
            sites = load_sites(self._home)
        except InputError:
            return ()
        store = PageStore(self._home)
        try:
            looks = store.looks()
            return tuple(Followed(site=s, look=looks.get(s.address) or _fetched(s, store)) for s in sites)
        finally:
            store.close()

    def columns_of(self, addresses: Collection[str]) -> set[str]:
        """The columns that have listed one of some addresses."""
        if not any(f.site.column for f in self.all()):
            return set()
        store = PageStore(self._home)
        try:
            return store.columns_of(addresses)
        finally:
            store.close()
