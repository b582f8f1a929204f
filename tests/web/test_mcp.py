"""The official MCP client over both transports."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest
from mcp import StdioServerParameters
from mcp.client import Client

from assistant.wiring import Application

QUESTION = "购买训练数据能补贴多少，上限多少？"
Use = Callable[[Client], Awaitable[None]]


def stdio(wence: Application) -> StdioServerParameters:
    """`wence mcp` on the sample knowledge base, for the tests' day's documents."""
    environment = {
        **os.environ,
        "WENCE_HOME": str(wence.settings.home.absolute()),
        "WENCE_MODEL_CACHE": str(wence.settings.model_cache),
    }
    return StdioServerParameters(command=sys.executable, args=["-m", "assistant", "mcp"], env=environment)


@pytest.fixture(params=["http", "http-legacy", "stdio"])
def used(request: pytest.FixtureRequest, address: str, wence: Application) -> Callable[[Use], None]:
    """Runs a use of a client that is connected to the server."""
    server: Any = stdio(wence) if request.param == "stdio" else f"{address}/mcp"
    mode: Any = "legacy" if request.param == "http-legacy" else "auto"

    def run(use: Use) -> None:
        async def connected() -> None:
            async with Client(server, mode=mode, read_timeout_seconds=90) as client:
                await use(client)

        asyncio.run(connected())

    return run


def test_four_tools_with_schemas_and_citations(used: Callable[[Use], None]) -> None:
    async def use(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"ask_policy", "search_policy", "match_programmes", "get_document"}
        for tool in tools.values():
            assert tool.description and tool.output_schema and tool.annotations
            assert tool.annotations.read_only_hint
        assert tools["ask_policy"].input_schema["required"] == ["question"]

        asked = await client.call_tool("ask_policy", {"question": QUESTION, "as_of": "2026-11-22"})
        answer = asked.structured_content
        assert not asked.is_error and answer and answer["status"] == "answered"
        assert answer["as_of"] == "2026-11-22"
        text = asked.content[0].text  # type: ignore[union-attr]
        assert "200万元" in text and "](http" in text and "本站摘编，非原文" in text

        citation = answer["citations"][0]
        place = {"document_id": citation["document_id"], "version": citation["version"]}
        read = (await client.call_tool("get_document", place)).structured_content
        assert read and read["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert read["head"]["title"] == citation["title"] and read["sections"]

        found = (
            await client.call_tool("search_policy", {"query": "语料券 比例", "limit": 3})
        ).structured_content
        assert found and len(found["passages"]) == 3 and "#" in found["passages"][0]["page"]

        facts = {"city": "深圳市", "corpus_contract_amount": "300万元"}
        matched = (await client.call_tool("match_programmes", {"facts": facts})).structured_content
        assert matched and matched["facts"] == facts and matched["missing_facts"]
        amounts = {a["title"]: a["amount"] and Decimal(a["amount"]) for a in matched["assessments"]}
        assert amounts["语料券"] == 900_000
        assert all(a["outcome"] != "unmet" for a in matched["assessments"])

        for name, arguments, mend in (
            ("ask_policy", {"question": "  "}, "问题是空的"),
            ("get_document", {"document_id": "none"}, "没有这份文件"),
        ):
            failed = await client.call_tool(name, arguments)
            assert failed.is_error and mend in failed.content[0].text  # type: ignore[union-attr]

    used(use)


@pytest.mark.parametrize("include_unmet", [False, True])
def test_the_programmes_of_the_firms_city_come_first(
    address: str, wence: Application, include_unmet: bool
) -> None:
    """Also where another city's programme would bring more."""
    names = wence.knowledge.snapshot().names

    async def regions(facts: dict[str, str]) -> list[tuple[str, str | None]]:
        async with Client(f"{address}/mcp", read_timeout_seconds=90) as client:
            arguments = {"facts": facts, "include_unmet": include_unmet}
            matched = (await client.call_tool("match_programmes", arguments)).structured_content
        assert matched
        return [(a["outcome"], a["region"]) for a in matched["assessments"]]

    for city in ("深圳市", "广州市", "上海市"):
        listed = asyncio.run(regions({"city": city, "compute_contract_amount": "600万元"}))
        home = names.region_of(city) or ""
        fitting = [(names.region_of(region) or home) for outcome, region in listed if outcome != "unmet"]
        near = [path.startswith(home) or home.startswith(path) for path in fitting]
        assert any(near) and not all(near)
        assert near == sorted(near, reverse=True), (city, listed)
        outcomes = [outcome == "unmet" for outcome, _ in listed]
        assert outcomes == sorted(outcomes) and any(outcomes) == include_unmet


def test_standard_output_carries_the_protocol_only(wence: Application) -> None:
    server = stdio(wence)
    done = subprocess.run(
        [server.command, *server.args], env=server.env, input=b"", capture_output=True, timeout=60
    )
    assert done.returncode == 0 and done.stdout == b""


def test_an_empty_knowledge_base_is_said_on_standard_error(application: Application) -> None:
    environment = {
        **os.environ,
        "WENCE_HOME": str(application.settings.home),
        "WENCE_EMBEDDING_MODEL": "hash",
    }
    command = [sys.executable, "-m", "assistant", "mcp"]
    done = subprocess.run(command, env=environment, input=b"", capture_output=True, timeout=60)
    assert done.returncode == 2 and done.stdout == b"" and "wence ingest" in done.stderr.decode()


def test_a_large_message_is_refused(address: str) -> None:
    response = httpx.post(f"{address}/mcp", content=b"x" * 300_000, timeout=30)
    assert response.status_code == 413
