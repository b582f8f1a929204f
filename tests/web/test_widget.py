"""In real Chromium: the widget on pages of another origin, with a strict policy and hostile style sheets."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from assistant.access import Branding
from assistant.wiring import Application
from tests.web.conftest import DESKTOP, PHONE, Browse
from tests.web.test_chat import fits

pytestmark = pytest.mark.browser
CASE = "我们在深圳，向非关联方买语料花了300万元，语料券能拿多少？"
HOSTILE = """<style nonce="n">* { all: unset !important; font-size: 40px !important; color: yellow !important; z-index: 1 }
html { font-size: 40px !important } button, div, section { display: inline !important; position: static !important }
.cover { position: fixed !important; inset: 0 !important; z-index: 2147483647 !important; pointer-events: none }</style>"""
Host = Callable[[str], str]


@pytest.fixture
def host(address: str) -> Iterator[Host]:
    """Pages of another origin under a strict policy: `host(body)` gives the address of one."""
    pages: dict[str, str] = {}
    policy = f"default-src 'none'; script-src {address} 'nonce-n'; style-src 'nonce-n'; connect-src {address}"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path.split("?")[0], "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def page(body: str) -> str:
        path = f"/{len(pages)}"
        head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        pages[path] = (
            f'<!doctype html><html lang="zh-CN"><head>{head}<title>某园区</title></head>'
            f"<body><main><h1>某园区</h1>{body}</main></body></html>"
        )
        return f"http://127.0.0.1:{server.server_address[1]}{path}"

    yield page
    server.shutdown()
    server.server_close()
    thread.join(5)


def line(address: str, **data: str) -> str:
    """The one line that puts the widget on a page."""
    options = " ".join(f'data-{key}="{value}"' for key, value in data.items())
    return f'<script src="{address}/widget.js" {options} async></script>'


def ask(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="问题").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator("wence-chat .turn").last.locator(".actions")).to_be_visible(timeout=30_000)


def test_it_is_one_small_file(address: str) -> None:
    script = httpx.get(f"{address}/widget.js").content
    packed = len(gzip.compress(script))
    print(f"widget.js: {packed} bytes gzipped, one request")
    assert packed <= 40 * 1024
    assert b"eval(" not in script and b"innerHTML" not in script and b"new Function" not in script


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_answers_on_a_hostile_page(browse: Browse, host: Host, address: str, size: dict[str, int]) -> None:
    page = browse(viewport=size)
    refused: list[str] = []
    page.on("console", lambda m: refused.append(m.text) if "Content Security Policy" in m.text else None)
    page.goto(host(f'{HOSTILE}<div class="cover"></div>{line(address)}'))
    launcher = page.get_by_role("button", name="打开问策")
    launcher.click()
    ask(page, CASE)
    expect(page.locator("wence-answer .sum")).to_have_text("90万元")
    sizes = page.evaluate(
        """() => { const w = document.querySelector("wence-widget");
        const chat = w.shadowRoot.querySelector("wence-chat");
        const answer = chat.shadowRoot.querySelector("wence-answer"); const text = answer.shadowRoot.querySelector(".text");
        const { fontSize, color } = getComputedStyle(text);
        return [fontSize, color, getComputedStyle(w.shadowRoot.querySelector(".panel")).position]; }"""
    )
    assert sizes == ["15px", "rgb(28, 36, 48)", "fixed"]
    box = page.get_by_role("dialog", name="问策").bounding_box()
    assert box is not None
    if size is PHONE:
        assert (box["width"], box["height"]) == (390, 844)
    else:
        assert box["width"] == 420
    page.locator("wence-answer .mark").first.click()
    expect(page.locator("wence-source mark")).to_contain_text("按合同金额的最高30%")
    expect(page.locator("wence-source mark")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("wence-source")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(launcher).to_be_focused()
    assert fits(page)
    assert refused == []


def test_it_opens_again_with_its_history(browse: Browse, host: Host, address: str) -> None:
    page = browse()
    where = host(line(address, open="1"))
    page.goto(where)
    ask(page, "训力券最高能补多少？")
    page.goto(where + "?next")
    page.get_by_role("button", name="对话记录").click()
    page.locator("wence-conversations .title").first.click()
    expect(page.locator("wence-answer")).to_contain_text("1000万元")
    ask(page, "那什么时候可以申报？")
    expect(page.locator("wence-answer").last).to_contain_text("2026年5月6日")


def test_the_host_page_steers_and_hears_it(browse: Browse, host: Host, address: str) -> None:
    page = browse()
    page.goto(
        host(
            f"""<script nonce="n">globalThis.heard = [];
            for (const name of ["asked", "answer", "open", "close"]) addEventListener("wence:" + name, (e) => heard.push(name));
            </script>{line(address, greeting="欢迎来到园区", position="left", theme="dark", question="训力券最高能补多少？")}"""
        )
    )
    expect(page.locator("wence-answer")).to_contain_text("1000万元", timeout=30_000)
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None and box["x"] < 100
    page.evaluate("wence.widgets[0].close()")
    expect(page.get_by_role("button", name="打开问策")).to_be_visible()
    page.evaluate("wence.widgets[0].setFacts({corpus_contract_amount: '300万元'}); wence.widgets[0].open()")
    page.locator("wence-facts summary").click()
    expect(page.get_by_role("button", name="修改 语料采购合同金额（现为 300万元）")).to_be_visible()
    assert page.evaluate("heard") == ["asked", "answer", "close", "open"]
    assert page.evaluate("getComputedStyle(document.querySelector('wence-widget')).colorScheme") == "dark"
    page.evaluate("document.body.replaceChildren(document.createElement('p'))")  # a page of one page goes on
    expect(page.locator("wence-answer")).to_contain_text("1000万元")
    page.evaluate("wence.widgets[0].destroy()")
    expect(page.locator("wence-widget")).to_have_count(0)


def test_a_site_has_its_own_words_colour_and_scope(
    browse: Browse, host: Host, address: str, wence: Application
) -> None:
    origin = host("x").rpartition("/")[0]
    branding = Branding(title="园区问策", greeting="欢迎来到园区", colour="#ffd400")
    site = wence.access.add_site(
        "园区", [origin], programmes=["sz-training-voucher"], region="深圳市", branding=branding
    )
    page = browse()
    tokens: list[str] = []
    page.on(
        "request",
        lambda r: tokens.append(r.headers.get("authorization", "")) if "/api/ask" in r.url else None,
    )
    page.goto(host(line(address, site=site.public_id)))
    page.get_by_role("button", name="打开问策").click()
    panel = page.get_by_role("dialog", name="园区问策")
    expect(panel).to_contain_text("欢迎来到园区")
    button = panel.get_by_role("button", name="提问")
    assert button.evaluate("(b) => [getComputedStyle(b).backgroundColor, getComputedStyle(b).color]") == [
        "rgb(255, 212, 0)",
        "rgb(0, 0, 0)",
    ]
    panel.get_by_role("button", name="训力券最高能拿多少？").click()
    expect(page.locator("wence-answer")).to_contain_text("1000万元", timeout=30_000)
    assert [token[:11] for token in tokens] == ["Bearer wst_"]


def test_a_page_that_is_not_registered_shows_nothing(
    browse: Browse, host: Host, address: str, wence: Application
) -> None:
    site = wence.access.add_site("别处", ["https://elsewhere.example"])
    page = browse()
    with page.expect_response("**/token") as refused:
        page.goto(host(line(address, site=site.public_id, open="1")))
    assert refused.value.status == 403
    expect(page.locator("wence-widget")).to_have_count(0)


def test_several_stand_on_one_page_and_in_it(browse: Browse, host: Host, address: str) -> None:
    page = browse(locale="en-US")
    page.goto(
        host(
            '<div id="here"></div>'
            + line(address, target="#here", language="en")
            + line(address, programmes="sz-corpus-voucher", language="zh")
        )
    )
    expect(page.locator("#here wence-widget").get_by_role("textbox", name="Question")).to_be_visible()
    page.get_by_role("button", name="打开问策").click()
    expect(page.get_by_role("button", name="语料券最高能拿多少？")).to_be_visible()
    assert page.locator("wence-widget").count() == 2


@pytest.mark.parametrize(("asked", "tag"), [("zh-HK", "zh-Hant"), ("zh-SG", "zh-CN"), ("en-GB", "en")])
def test_a_language_with_its_place_is_one_of_ours(
    browse: Browse, host: Host, address: str, asked: str, tag: str
) -> None:
    page = browse(locale="fr-FR")
    page.goto(host('<div id="here"></div>' + line(address, target="#here", language=asked)))
    expect(page.locator("wence-chat")).to_have_attribute("lang", tag)


def vue_block() -> str:
    """The code of the Vue component in the documentation, without its imports."""
    text = (Path(__file__).parents[2] / "docs" / "embedding.md").read_text(encoding="utf-8")
    found = re.search(r"<script setup>(.*?)</script>", text, re.DOTALL)
    assert found
    return "\n".join(part for part in found.group(1).splitlines() if not part.startswith("import "))


def test_the_component_for_vue_is_mounted_unmounted_and_mounted_again(
    browse: Browse, host: Host, address: str
) -> None:
    code = vue_block().replace("https://wence.example.gov.cn", address)
    code = code.replace('{ site: "site_…" }', "{}")
    assert address in code and "{}" in code
    # What a framework does with the component: it runs the set-up anew each time its route is entered.
    page = browse(viewport=PHONE)
    page.goto(
        host(
            f"""<script nonce="n">globalThis.enter = () => {{
              const mounted = [], unmounted = [];
              const [onMounted, onUnmounted] = [(f) => mounted.push(f), (f) => unmounted.push(f)];
              {code}
              mounted.forEach((f) => f());
              return () => unmounted.forEach((f) => f());
            }}</script>"""
        )
    )
    button, widgets = page.get_by_role("button", name="打开问策"), page.locator("wence-widget")
    page.evaluate("() => { globalThis.leave = enter() }")
    expect(button).to_be_visible(timeout=20_000)
    button.click()
    ask(page, CASE)
    expect(page.locator("wence-answer").first).to_contain_text("90万元")
    page.evaluate("() => { history.pushState({}, '', '?other'); leave() }")
    expect(widgets).to_have_count(0)
    page.evaluate("() => { enter()(); globalThis.leave = enter() }")  # left before the script was there
    expect(widgets).to_have_count(1, timeout=20_000)
    page.wait_for_timeout(500)
    expect(widgets).to_have_count(1)
