"""In real Chromium: pages of registered and of unknown origins, pinned versions, frames, an EventSource."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from playwright.sync_api import Page, expect

from assistant.access import Site
from assistant.wiring import Application
from tests.conftest import served
from tests.web.conftest import Browse

pytestmark = pytest.mark.browser
QUESTION = "购买训练数据能补贴多少，上限多少？"
PageAt = Callable[[str], str]


@pytest.fixture(scope="module")
def only_sites(wence: Application) -> Iterator[str]:
    """Served for registered sites only."""
    settings = wence.settings.model_copy(update={"allowed_origins": "", "require_key": True})
    with served(Application(settings, wence.clock)) as address:
        yield address


@pytest.fixture
def origins() -> Iterator[tuple[PageAt, PageAt]]:
    """Two origins elsewhere: each gives the address of a page with a body."""
    servers = []
    pages: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(f"{self.headers['Host']}{self.path}", "").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    def origin() -> PageAt:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        host = f"127.0.0.1:{server.server_address[1]}"

        def page(body: str) -> str:
            path = f"/{len(pages)}"
            pages[host + path] = (
                f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"></head><body>{body}</body></html>'
            )
            return f"http://{host}{path}"

        return page

    yield origin(), origin()
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join(5)


def registered(wence: Application, page: PageAt) -> Site:
    return wence.access.add_site("门户", [page("").rpartition("/")[0]])


def asks(page: Page) -> None:
    page.get_by_role("button", name="打开问策").click()
    page.get_by_role("textbox", name="问题").fill(QUESTION)
    page.keyboard.press("Enter")


def test_a_page_of_a_registered_origin_is_answered_and_another_gets_nothing(
    browse: Browse, origins: tuple[PageAt, PageAt], only_sites: str, wence: Application
) -> None:
    ours, theirs = origins
    site = registered(wence, ours)
    body = f'<script src="{only_sites}/widget.js" data-site="{site.public_id}" async></script>'
    page = browse()
    page.goto(ours(body))
    asks(page)
    expect(page.locator("wence-answer").first).to_contain_text("200万元", timeout=30_000)
    other = browse()
    with other.expect_event("requestfailed", lambda r: r.url.startswith(f"{only_sites}/api/sites/")):
        other.goto(theirs(body))
    other.wait_for_timeout(1000)
    assert not other.get_by_role("button", name="打开问策").is_visible()


def test_a_pinned_version_runs_only_as_it_was(
    browse: Browse, origins: tuple[PageAt, PageAt], address: str
) -> None:
    info = httpx.get(f"{address}/api/widget").json()
    tag = f'<script src="{address}/widget/{info["version"]}.js" integrity="%s" crossorigin="anonymous" async></script>'
    page = browse()
    page.goto(origins[0](tag % info["integrity"]))
    expect(page.get_by_role("button", name="打开问策")).to_be_visible(timeout=20_000)
    changed = browse()
    changed.goto(origins[0](tag % f"sha384-{'A' * 64}"))
    changed.wait_for_timeout(1500)
    assert changed.get_by_role("button", name="打开问策").count() == 0


def test_the_frame_shows_in_registered_pages_only(
    browse: Browse, origins: tuple[PageAt, PageAt], only_sites: str, wence: Application
) -> None:
    ours, theirs = origins
    site = registered(wence, ours)
    frame = f'<iframe src="{only_sites}/embed?site={site.public_id}" width="400" height="600" title="问策"></iframe>'
    page = browse()
    page.goto(ours(frame))
    box = page.frame_locator("iframe").get_by_role("textbox", name="问题")
    box.fill(QUESTION, timeout=20_000)
    box.press("Enter")
    expect(page.frame_locator("iframe").locator("wence-answer").first).to_contain_text(
        "200万元", timeout=30_000
    )
    other = browse()
    other.goto(theirs(frame))
    other.wait_for_timeout(1500)
    assert other.frame_locator("iframe").get_by_role("textbox").count() == 0


def test_an_event_source_hears_the_answer_and_stops(browse: Browse, address: str) -> None:
    id = httpx.post(f"{address}/api/ask", json={"question": QUESTION}, timeout=30).json()["question_id"]
    page = browse()
    calls: list[int] = []
    page.on("response", lambda r: calls.append(r.status) if r.url.endswith("/events") else None)
    page.goto(f"{address}/healthz")
    heard = page.evaluate(
        """(url) => new Promise((done) => {
          const heard = [];
          const source = new EventSource(url);
          for (const name of ["progress", "delta", "final"]) {
            source.addEventListener(name, (event) => heard.push([name, event.lastEventId, event.data]));
          }
          source.onerror = () => source.readyState === EventSource.CLOSED && done(heard);
        })""",
        f"/api/answers/{id}/events",
    )
    assert [name for name, _, _ in heard].count("final") == 1 and heard[-1][1] == "end"
    assert calls == [200, 204], "the second call, after the end, is told that nothing follows"
