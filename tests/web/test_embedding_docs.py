"""The code in docs/embedding.md, as it is written there, run against a server; only address and keys are filled in."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from mcp import StdioServerParameters
from mcp.client import Client
from playwright.sync_api import Page, expect

from assistant.access import Site
from assistant.site_tokens import context_secret
from assistant.wiring import Application
from tests.web.conftest import Browse
from tests.web.test_access import command
from tests.web.test_mcp import stdio
from tests.web.test_widget import Host, host

__all__ = ["host"]
DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = "https://wence.example.gov.cn"
PARK = "https://www.park.example.cn"


def blocks(language: str) -> list[str]:
    """The code blocks of a language, in their order."""
    text = (DOCS / "embedding.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def block(language: str, word: str, address: str, key: str = "none") -> str:
    """The one block of a language with a word in it, for this server."""
    [found] = [code for code in blocks(language) if word in code]
    return found.replace(EXAMPLE, address).replace("wence_…", key).replace("\\\n", " ")


@pytest.fixture(scope="module")
def key(wence: Application) -> str:
    """A key for programs."""
    return wence.access.add_key("docs")[1]


@pytest.fixture(scope="module")
def site(wence: Application) -> Site:
    """A registered site."""
    return wence.access.add_site("园区门户", [PARK])


def shell(code: str) -> list[str]:
    """The commands of a block."""
    return [line for line in code.splitlines() if line.strip()]


def run(line: str) -> str:
    done = subprocess.run(shlex.split(line), capture_output=True, timeout=60, check=True)
    return done.stdout.decode()


def test_the_commands_register_a_site(application: Application) -> None:
    [register] = [code for code in blocks("sh") if "wence site add" in code]
    made = command(application, *shlex.split(register)[1:])
    [site] = application.access.sites()
    assert made.exit_code == 0 and site.origins == (PARK,) and site.daily_limit == 2000
    assert site.region == "深圳市南山区"


@pytest.mark.curl
def test_curl_manages_sites_asks_and_goes_on(address: str, wence: Application, key: str) -> None:
    add_key, manage = shell(block("sh", "api/sites", address))
    made = command(wence, *shlex.split(add_key)[1:])
    site = json.loads(run(manage.replace("none", made.stdout.strip())))
    assert site["programmes"] == ["sz-corpus-voucher"] and site["public_id"] in site["snippet"]

    events = run(block("sh", "/api/ask", address, key)).split("\n\n")
    final = next(e for e in events if e.startswith("event: final") or "\nevent: final" in e)
    answer = json.loads(next(line for line in final.splitlines() if line.startswith("data: "))[6:])
    assert answer["status"] == "answered" and "200万元" in answer["text"]
    onwards = run(block("sh", "Last-Event-ID", address, key).replace("QUESTION_ID", answer["question_id"]))
    assert "event: final" in onwards and onwards.count("event: ") < sum("event: " in e for e in events)


def test_python_asks_as_openai_does(address: str, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block("python", "from openai", address, key), "embedding.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "200万元" in printed and "](http" in printed and "document_id" in printed


def test_python_inside_the_same_machine(wence: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENCE_HOME", str(wence.settings.home))
    monkeypatch.setenv("WENCE_MODEL_CACHE", str(wence.settings.model_cache))
    code = [line for line in block("python", "open_assistant", "").splitlines() if line.strip()]
    names: dict[str, Any] = {}
    exec(code[0], names)
    assert "1000万元" in eval(code[1].split("  #")[0], names)
    assert eval(code[2].split("  #")[0], names)


def test_a_signed_context_is_taken(address: str, wence: Application, site: Site) -> None:
    names: dict[str, Any] = {"SECRET": context_secret(wence.access.master, site)}
    exec(block("python", "jwt.encode", address), names)
    url = f"{address}/api/sites/{site.public_id}/token"
    given = httpx.post(url, json={"context": names["context"]}, headers={"Origin": PARK}, timeout=30)
    assert given.json()["facts"] == {"city": "深圳市", "founded_on": "2023-05-01"}
    assert jwt.decode(names["context"], names["SECRET"], ["HS256"])["exp"] > time.time()


def test_a_client_of_mcp_is_told_where(address: str, wence: Application, key: str) -> None:
    over_http, over_pipes = (json.loads(code)["mcpServers"]["wence"] for code in blocks("json"))
    url = over_http["url"].replace(EXAMPLE, address)
    headers = {name: value.replace("wence_…", key) for name, value in over_http["headers"].items()}
    assert httpx.post(url, json={}, headers=headers, timeout=30).status_code not in (401, 403, 404)
    assert (over_pipes["command"], over_pipes["args"], list(over_pipes["env"])) == (
        "wence",
        ["mcp"],
        ["WENCE_HOME"],
    )
    standard: StdioServerParameters = stdio(wence)
    assert standard.args[-1:] == over_pipes["args"]

    async def listed() -> set[str]:
        async with Client(url, read_timeout_seconds=60) as client:
            return {tool.name for tool in (await client.list_tools()).tools}

    tools = asyncio.run(listed())
    text = (DOCS / "embedding.md").read_text(encoding="utf-8")
    assert tools and all(f"`{name}`" in text for name in tools)


@pytest.mark.browser
def test_javascript_asks(browse: Browse, host: Host, address: str) -> None:
    page = browse()
    page.goto(host(""))
    answer = page.evaluate(f"async () => {{ {block('js', 'fetch', address)} return answer; }}")
    assert answer["status"] == "answered" and answer["citations"] and answer["conversation_id"]


def opens(page: Page) -> None:
    page.get_by_role("button", name="打开问策").click(timeout=30_000)
    expect(page.get_by_role("dialog", name="问策")).to_be_visible()


@pytest.mark.browser
def test_html_wordpress_and_the_pinned_line(
    browse: Browse, host: Host, address: str, wence: Application
) -> None:
    plain, pinned, frame = (code.replace(EXAMPLE, address) for code in blocks("html"))
    echoed = re.search(r"echo '(.*?)';", block("php", "wp_footer", address))
    assert echoed and echoed.group(1).strip() == plain.strip(), "WordPress puts out the same line"
    page = browse()
    start = host("").rpartition("/")[0]
    site = wence.access.add_site("园区", [start]).public_id
    page.goto(host(plain.replace("site_…", site)))
    opens(page)
    known = httpx.get(f"{address}/api/widget", timeout=30).json()
    line = pinned.replace("VERSION", known["version"]).replace("sha384-…", known["integrity"])
    page.goto(host(line.replace("site_…", site)))
    opens(page)
    framed = httpx.get(re.search(r'src="(.*?)"', frame).group(1).replace("site_…", site), timeout=30)  # type: ignore[union-attr]
    assert start in framed.headers["content-security-policy"] and "/widget.js" in framed.text


@pytest.mark.browser
def test_the_component_for_react_comes_and_goes(browse: Browse, host: Host, address: str) -> None:
    code = block("jsx", "useEffect", address).replace('{ site: "site_…" }', "{}")
    code = re.sub(r"^import .*$", "", code, flags=re.MULTILINE).replace("export function", "function")
    page = browse()
    # What React does with it: the effect runs once it stands on the page, and what it gave back when it leaves.
    page.goto(
        host(
            f"""<script nonce="n">let effects = [];
            const useEffect = (effect) => effects.push(effect);
            {code}
            globalThis.enter = () => {{
              effects = []; Wence(); const gone = effects.map((f) => f());
              return () => gone.forEach((f) => f());
            }}</script>"""
        )
    )
    page.evaluate("() => { enter()(); globalThis.leave = enter() }")  # as in its strict mode
    opens(page)
    expect(page.locator("wence-widget")).to_have_count(1)
    page.evaluate("() => leave()")
    expect(page.locator("wence-widget")).to_have_count(0)


@pytest.mark.browser
def test_the_demo_page(browse: Browse, host: Host, address: str) -> None:
    demo = (DOCS / "demo" / "index.html").read_text(encoding="utf-8")
    assert "http://127.0.0.1:7860" in demo
    page = browse()
    page.goto(host(demo.replace("http://127.0.0.1:7860", address)))
    opens(page)
