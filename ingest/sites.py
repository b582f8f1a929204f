"""The list of addresses to follow: `sources.yaml` → `Site`s, and which of them are due."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError, field_validator

from assistant.errors import InputError
from assistant.models import Frozen, Kind
from assistant.page_store import PageStore

_SECONDS = {"h": 3600, "d": 86400, "w": 7 * 86400}
FILE_NAME = "sources.yaml"


class Site(Frozen):
    """One address to follow: what it is, where it holds, how often to look (6h, 1d, 2w)."""

    address: str
    kind: Kind | None = None
    region: str | None = None
    schedule: str = "1d"

    @field_validator("schedule")
    @classmethod
    def _is_schedule(cls, value: str) -> str:
        if not re.fullmatch(r"[1-9]\d{0,3}[hdw]", value):
            raise ValueError("schedule is a number and h, d or w, such as 6h, 1d, 2w")
        return value

    @property
    def seconds(self) -> int:
        """The time between two looks."""
        return int(self.schedule[:-1]) * _SECONDS[self.schedule[-1]]

    @property
    def declared(self) -> dict[str, Any]:
        """What the list says of the paper."""
        return {k: v for k, v in (("kind", self.kind), ("region", self.region)) if v is not None}


def load_sites(home: Path) -> list[Site]:
    """Read `WENCE_HOME/sources.yaml`; raises InputError naming the entry that is wrong."""
    path = home / FILE_NAME
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(f"没有 {path}：请写一份要跟踪的网址清单（docs/ingest.md 有样例）。") from error
    except yaml.YAMLError as error:
        raise InputError(f"{path} 不是合格的 YAML：请检查写法。") from error
    if not isinstance(rows, list):
        raise InputError(f"{path} 须是一列“- address: …”：请检查写法。")
    sites = []
    for number, row in enumerate(rows, 1):
        try:
            sites.append(Site.model_validate(row))
        except ValidationError as error:
            reason = error.errors()[0]["msg"]
            raise InputError(f"{path} 第 {number} 项不可用（{reason}）：请改正。") from error
    return sites


def due(sites: list[Site], store: PageStore, now: float | None = None) -> list[Site]:
    """Those never fetched, or fetched longer ago than their schedule says."""
    now = time.time() if now is None else now
    pages = {site.address: store.page(site.address) for site in sites}
    return [s for s in sites if (p := pages[s.address]) is None or p.fetched_at + s.seconds <= now]
