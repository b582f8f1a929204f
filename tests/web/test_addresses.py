"""Links, codes and snippets carry the address a request came in on, unless one was set."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from mcp.client import Client

from assistant.wiring import Application
from tests.conftest import TODAY, served

SET = "https://wence.example.org"
PROGRAMME = "/api/programmes/sz-training-voucher"
WARNED = "别的设备可能打不开"


@pytest.fixture(scope="module")
def public(wence: Application) -> Iterator[str]:
    """The same, with an address of its own for links."""
    settings = wence.settings.model_copy(update={"public_url": f"{SET}/"})
    with served(Application(settings, wence.clock)) as url:
        yield url


def told(url: str, wence: Application, headers: dict[str, str]) -> dict[str, str]:
    """What each place says that shows an address."""
    event = wence.events.add("宣讲会", ["sz-training-voucher"], TODAY)
    body = {"facts": {"city": "深圳市", "corpus_contract_amount": "300万元"}, "format": "md"}
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        asked = client.post("/api/ask", json={"question": "训力券什么时候申报？"}).json()
        return {
            "calendar": client.get(f"{PROGRAMME}/calendar.ics").text.replace("\r\n ", ""),
            "feed": client.get(f"{PROGRAMME}/feed.atom").text,
            "dossier": client.post("/api/match/export", json=body).text,
            "event": client.get(f"/events/{event.id}").text,
            "answer": client.get(f"/a/{asked['question_id']}").text,
            "widget": client.get("/api/widget").json()["snippet"],
            "docs": client.get("/docs").text,
        }


@pytest.mark.parametrize(
    ("headers", "shown"),
    [({}, None), ({"Host": "wence.example.cn:8080"}, "http://wence.example.cn:8080")],
)
def test_links_follow_the_address_a_request_came_in_on(
    address: str, wence: Application, headers: dict[str, str], shown: str | None
) -> None:
    said = told(address, wence, headers)
    for place, text in said.items():
        assert (shown or address) in text and ":7860" not in text, place
    assert WARNED in said["event"] and WARNED in said["dossier"]


def test_an_address_that_was_set_stands_everywhere_and_nobody_is_warned(
    public: str, wence: Application
) -> None:
    said = told(public, wence, {"Host": "wence.example.cn:8080"})
    for place, text in said.items():
        assert SET in text and "wence.example.cn" not in text and f"{SET}//" not in text, place
    assert WARNED not in said["event"] and WARNED not in said["dossier"]


@pytest.mark.parametrize("host", ['x"><script>', "a/b", "x y", "user@host", "x:99999999"])
def test_a_host_that_is_none_is_not_repeated(address: str, host: str) -> None:
    info = httpx.get(f"{address}/api/widget", headers={"Host": host}, timeout=30)
    assert info.status_code == 400 or 'src="http://127.0.0.1:7860/widget.js"' in info.json()["snippet"]


def test_the_protocols_links_follow_it_too(address: str, public: str) -> None:
    async def pages(url: str) -> list[str]:
        async with Client(f"{url}/mcp", read_timeout_seconds=90) as client:
            found = (await client.call_tool("search_policy", {"query": "语料券"})).structured_content
            asked: Any = await client.call_tool("ask_policy", {"question": "语料券最高能补多少？"})
        assert found
        return [*(passage["page"] for passage in found["passages"]), asked.content[0].text]

    assert all(address in text for text in asyncio.run(pages(address)))
    assert all(SET in text for text in asyncio.run(pages(public)))
