"""In real Chromium: the chat, its sources, and the widget on a page of another origin."""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import CHROMIUM

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
QUESTION = "购买训练数据能补贴多少，上限多少？"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture(params=["desktop", "phone"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    size = PHONE if request.param == "phone" else DESKTOP
    context = browser.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def test_ask_and_follow_a_citation_to_the_clause(page: Page, address: str) -> None:
    foreign: list[str] = []
    local = (address, "data:", "blob:")
    page.on("request", lambda r: None if r.url.startswith(local) else foreign.append(r.url))
    page.goto(address)
    page.get_by_placeholder("问扶持政策…").fill(QUESTION)
    page.get_by_role("button", name="提问").click()
    sources = page.locator(".wence-sources")
    expect(sources.get_by_role("link").first).to_contain_text("若干措施", timeout=20_000)
    expect(page.locator("#conversation")).to_contain_text("最高200万元")
    expect(sources).to_contain_text("本站摘编")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.context.expect_page() as opened:
        sources.get_by_role("link").first.click()
    expect(opened.value.locator("mark")).to_contain_text("按合同金额的最高30%")
    assert foreign == []


def test_markup_in_a_question_stays_text(page: Page, address: str) -> None:
    foreign: list[str] = []
    local = (address, "data:", "blob:")
    page.on("request", lambda r: None if r.url.startswith(local) else foreign.append(r.url))
    page.goto(address)
    typed = "![x](http://evil.example/u.png) <img src=x onerror=alert(1)> 购买训练数据语料券按什么比例补贴，最高多少？"
    page.get_by_placeholder("问扶持政策…").fill(typed)
    page.get_by_role("button", name="提问").click()
    conversation = page.locator("#conversation")
    expect(conversation).to_contain_text("<img src=x onerror=alert(1)>", timeout=20_000)
    # A picture of another host may carry what was said away: that is refused or left out, and said in words.
    expect(conversation).to_contain_text(re.compile("200万元|我不照做"), timeout=20_000)
    assert page.locator("#conversation img[src*=evil], #conversation img[src=x]").count() == 0
    assert foreign == []


def test_an_example_question_fills_the_box(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="训力券最高能补多少？").click()
    expect(page.get_by_placeholder("问扶持政策…")).to_have_value("训力券最高能补多少？")


@pytest.fixture
def other_origin(address: str, tmp_path: Path) -> Iterator[str]:
    """The demo page, served by a plain file server on another port, pointing at the test's Wence."""
    demo = (ROOT / "docs/demo/index.html").read_text(encoding="utf-8")
    (tmp_path / "index.html").write_text(demo.replace("http://127.0.0.1:7860", address), encoding="utf-8")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_the_widget_answers_on_a_page_of_another_origin(page: Page, other_origin: str) -> None:
    page.goto(other_origin)
    page.get_by_role("button", name="问策").click()
    page.get_by_role("textbox", name="问题").fill(QUESTION)
    page.keyboard.press("Enter")
    sources = page.get_by_role("list", name="出处")
    expect(sources.get_by_role("link").first).to_contain_text("若干措施", timeout=20_000)
    expect(page.get_by_role("log")).to_contain_text("最高200万元")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="问策")).to_be_focused()
