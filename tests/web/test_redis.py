"""Limits counted in a real Redis server: shared by all processes, and the service stays up when it goes away."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from assistant.web.callers import Caller
from assistant.web.limits import RateLimits
from assistant.wiring import Application
from tests.conftest import free_port, make_settings

pytestmark = pytest.mark.redis
CALLER = Caller("203.0.113.7")


@contextmanager
def redis_server(port: int, folder: Path) -> Iterator[None]:
    """A server that keeps nothing on disk."""
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL) as server:
        try:
            with redis.Redis(port=port) as client:
                for _ in range(200):
                    try:
                        client.ping()
                        break
                    except redis.ConnectionError:
                        time.sleep(0.05)
            yield
        finally:
            server.terminate()


def test_two_processes_count_together_and_calls_pass_while_redis_is_away(
    application: Application, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    settings = make_settings(
        application.settings.home, rate_storage=f"redis://127.0.0.1:{port}", rate_ask="3/hour"
    )

    async def waits(limits: RateLimits, count: int) -> list[int | None]:
        return [await limits.wait_of(CALLER, is_asking=True) for _ in range(count)]

    async def all_of() -> None:
        one, other = RateLimits(settings), RateLimits(settings)
        with redis_server(port, tmp_path):
            assert await waits(one, 2) == [None, None]
            shared = await waits(other, 2)
            assert shared[0] is None and shared[1] is not None and 1 <= shared[1] <= 3600
        with caplog.at_level(logging.ERROR, "wence"):
            started = time.monotonic()
            assert await waits(one, 5) == [None] * 5, "calls pass while nothing can be counted"
            assert time.monotonic() - started < 5
        told = [r for r in caplog.records if "WENCE_RATE_STORAGE" in r.getMessage()]
        assert len(told) == 1, "said once, not for every call"
        with redis_server(port, tmp_path):
            again = await waits(one, 4)
            assert again[:3] == [None] * 3 and again[3] is not None, "counted again once Redis is back"
        await one.close()
        await other.close()

    asyncio.run(all_of())
