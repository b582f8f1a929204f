"""How often one may call: each key, each site and each address has a count of its own."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from math import ceil
from typing import Any

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute, parse_many
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string

from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.web.callers import Caller

_SILENCE = 60.0  # seconds between two words in the log on the same fault
_PATIENCE = 1.0  # seconds for Redis to answer
Count = tuple[RateLimitItem, str, str]


class RateLimits:
    """Counts calls in memory or in Redis; when Redis cannot be reached, calls are let through and the log says so."""

    def __init__(self, settings: Settings) -> None:
        self._asked = _parsed("WENCE_RATE_ASK", settings.rate_ask)
        self._read = _parsed("WENCE_RATE_READ", settings.rate_read)
        self._keyed = _parsed("WENCE_RATE_KEY", settings.rate_key)
        try:
            storage = storage_from_string(
                f"async+{settings.rate_storage}", wrap_exceptions=True, **_options(settings.rate_storage)
            )
        except (ConfigurationError, AssertionError) as error:
            raise SettingsError(
                "设置 WENCE_RATE_STORAGE 的值不可用：请写 memory://，或 redis://主机:端口 并安装 redis（pip install redis）。"
            ) from error
        self._storage, self._limiter = storage, FixedWindowRateLimiter(storage)
        self._told_at = -_SILENCE

    async def wait_of(self, caller: Caller, is_asking: bool) -> int | None:
        """How many seconds a caller must wait before this call; None: it may call now, and is counted."""
        for item, kind, whose in self._counts(caller, is_asking):
            try:
                if not await self._limiter.hit(item, kind, whose):
                    reset, _ = await self._limiter.get_window_stats(item, kind, whose)
                    return max(1, ceil(reset - time.time()))
            except StorageError:
                self._tell()
        return None

    async def close(self) -> None:
        """Let go of the connections to Redis."""
        if bridge := getattr(self._storage, "bridge", None):
            await bridge.get_connection().aclose()

    def _tell(self) -> None:
        """Say that calls are not counted; once a minute, as every call would say it."""
        if time.monotonic() - self._told_at >= _SILENCE:
            self._told_at = time.monotonic()
            logging.getLogger("wence").exception(
                "calls are let through uncounted: the store of WENCE_RATE_STORAGE cannot be reached"
            )

    def _counts(self, caller: Caller, is_asking: bool) -> Iterator[Count]:
        if caller.key is not None:
            own = caller.key.per_minute
            for item in [RateLimitItemPerMinute(own)] if own else self._keyed:
                yield item, "key", caller.key.id
            return
        for item in self._asked if is_asking else self._read:
            yield item, "ask" if is_asking else "read", caller.network
        if caller.site is not None and is_asking:
            yield RateLimitItemPerDay(caller.site.daily_limit), "site", caller.site.public_id


def _options(address: str) -> dict[str, Any]:
    """The client for Redis that we say to install; a server that hangs must not hold up every call."""
    if not address.startswith("redis"):
        return {}
    return {"implementation": "redispy", "socket_connect_timeout": _PATIENCE, "socket_timeout": _PATIENCE}


def _parsed(name: str, text: str) -> list[RateLimitItem]:
    try:
        return parse_many(text)
    except ValueError as error:
        raise SettingsError(f"设置 {name} 的值不可用：请写成 60/minute;1000/day 的样子。") from error
