"""How often, how much and how slowly one may call, with the service up for others; metrics, tags, the readable docs."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import httpx
import pytest

from assistant.errors import SettingsError
from assistant.web.limits import RateLimits
from assistant.wiring import Application
from tests.conftest import make_settings, served
from tests.web.test_access import QUESTION, bearer, with_settings


@pytest.fixture(scope="module")
def tight(wence: Application) -> Iterator[str]:
    """Served with little patience."""
    with served(with_settings(wence, rate_ask="5/minute", body_timeout=4)) as address:
        yield address


# ------------------------------------------------------------------ how often, how much, how slowly


def test_a_burst_is_told_when_to_come_again_while_others_are_served(tight: str, wence: Application) -> None:
    _, text = wence.access.add_key("other")

    async def burst() -> tuple[list[httpx.Response], list[int]]:
        at_once = asyncio.Semaphore(50)

        async def ask(client: httpx.AsyncClient) -> httpx.Response:
            async with at_once:
                return await client.post(f"{tight}/api/ask", json=QUESTION)

        async with httpx.AsyncClient(timeout=60) as client, httpx.AsyncClient(timeout=60) as other:
            others = [other.get(f"{tight}/healthz") for _ in range(10)]
            others += [other.get(f"{tight}/api/search?q=语料券", headers=bearer(text)) for _ in range(3)]
            done = asyncio.gather(*(ask(client) for _ in range(1000))), asyncio.gather(*others)
            return await done[0], [response.status_code for response in await done[1]]

    responses, others = asyncio.run(burst())
    statuses = [response.status_code for response in responses]
    assert statuses.count(200) <= 10 and statuses.count(200) >= 5  # a minute may end meanwhile
    assert statuses.count(200) + statuses.count(429) == 1000
    late = next(response for response in responses if response.status_code == 429)
    assert 1 <= int(late.headers["retry-after"]) <= 60
    assert late.headers["content-type"].startswith("application/problem+json")
    assert set(others) == {200}
    told = httpx.get(f"{tight}/metrics").text
    refused = f'wence_requests_total{{method="POST",route="other",status="429"}} {statuses.count(429)}.0'
    assert refused in told


def test_a_key_may_have_a_limit_of_its_own(address: str, wence: Application) -> None:
    _, text = wence.access.add_key("slow", per_minute=2)
    statuses = [
        httpx.get(f"{address}/api/facts", headers=bearer(text), timeout=30).status_code for _ in range(5)
    ]
    assert statuses[:2] == [200, 200] and 429 in statuses
    assert httpx.get(f"{address}/api/facts", timeout=30).status_code == 200


@pytest.mark.parametrize("setting", [{"rate_ask": "often"}, {"rate_storage": "nowhere://x"}])
def test_limits_that_cannot_be_used_are_said(application: Application, setting: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        RateLimits(make_settings(application.settings.home, **setting))


def raw(address: str, head: str, body: bytes = b"", wait: float = 20) -> str:
    """What comes back for bytes sent as they are."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=wait) as line:
        line.sendall(f"{head}\r\nHost: {parts.netloc}\r\n\r\n".encode() + body)
        received = b""
        while b"\r\n\r\n" not in received and (part := line.recv(65536)):
            received += part
    return received.decode("utf-8", "replace")


def test_a_body_that_does_not_come_is_not_waited_for(tight: str, wence: Application) -> None:
    head = "POST /api/feedback HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100"
    started = time.monotonic()
    assert raw(tight, head, b'{"quest').startswith("HTTP/1.1 408")
    assert time.monotonic() - started < 14  # seconds; 15 are allowed by default
    assert httpx.get(f"{tight}/healthz").status_code == 200


def test_a_body_too_large_is_refused_however_it_comes(address: str) -> None:
    head = "POST /api/ask HTTP/1.1\r\nContent-Type: application/json\r\n"
    assert raw(address, f"{head}Content-Length: 999999999").startswith("HTTP/1.1 413")
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    assert raw(address, f"{head}Transfer-Encoding: chunked", chunk * 6).startswith("HTTP/1.1 413")
    response = httpx.post(f"{address}/v1/chat/completions", content=b"x" * 300_000)
    assert response.status_code == 413 and response.json()["error"]["code"] == "request_too_large"


# ------------------------------------------------------------------ metrics, tags, docs


def test_metrics_count_requests_and_answers(address: str) -> None:
    def counted(series: str) -> float:
        told = httpx.get(f"{address}/metrics")
        assert told.headers["content-type"].startswith("text/plain")
        line = re.search(rf"^{re.escape(series)} (\S+)$", told.text, re.MULTILINE)
        return float(line.group(1)) if line else 0

    wanted = (
        'wence_requests_total{method="POST",route="/api/ask",status="200"}',
        'wence_requests_total{method="GET",route="/api/documents/{document_id}",status="404"}',
        'wence_answers_total{status="answered"}',
        'wence_answer_phase_seconds_count{phase="retrieve"}',
        'wence_request_seconds_count{route="/api/ask"}',
    )
    before = [counted(series) for series in wanted]
    httpx.post(f"{address}/api/ask", json=QUESTION, timeout=30)
    httpx.get(f"{address}/api/documents/none")
    assert [counted(series) - one for series, one in zip(wanted, before, strict=True)] == [1] * 5


def test_documents_are_not_sent_twice(address: str) -> None:
    first = httpx.get(f"{address}/api/documents", timeout=30)
    one = f"{address}/api/documents/{first.json()[0]['id']}"
    for url in (f"{address}/api/documents", one):
        tag = httpx.get(url, timeout=30).headers["etag"]
        again = httpx.get(url, headers={"If-None-Match": f'"x", W/{tag}'}, timeout=30)
        assert again.status_code == 304 and not again.content and again.headers["etag"] == tag
        assert httpx.get(url, headers={"If-None-Match": '"x"'}, timeout=30).status_code == 200


def test_the_docs_ask_nothing_of_another_host(address: str) -> None:
    page = httpx.get(f"{address}/docs")
    assert page.status_code == 200 and "<script" not in page.text
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page.text) == []
    assert "POST /api/ask" in page.text and "训力券" in page.text
    info = httpx.get(f"{address}/api/widget").json()
    assert info["integrity"] in unescape(page.text)
