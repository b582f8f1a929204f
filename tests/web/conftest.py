"""Pages in real Chromium that must raise no error and call no other host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import CHROMIUM

expect.set_options(timeout=20_000)  # a shared machine may be slow at any moment
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
Browse = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def browse(browser: Browser) -> Iterator[Browse]:
    """Opens pages: `browse(viewport=PHONE, locale="en-US", color_scheme="dark")`."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []
    foreign: list[str] = []

    def note(url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            foreign.append(url)

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": DESKTOP, "locale": "zh-CN", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        context.on("request", lambda request: note(request.url))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
    assert foreign == []
