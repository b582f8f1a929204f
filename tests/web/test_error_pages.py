"""What a person's browser is shown where there is no page, and what programs are sent."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import expect

from assistant.models import Language
from assistant.web.error_pages import language_asked
from assistant.wiring import Application
from tests.conftest import TODAY
from tests.web.conftest import DESKTOP, PHONE, Browse

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nosuch", 404, "没有找到这一页"),
        ("/no/such/page", 404, "没有找到这一页"),
        ("/a/gone", 404, "这个分享链接打不开了"),
        ("/documents/none", 404, "没有这份文件或这个版本"),
        ("/documents/none?v=x", 422, "没有这份文件或这个版本"),
        ("/e/none", 404, "这个活动码已过期或不存在"),
        ("/staff/files/journal.csv", 401, "请先登录后台"),
    ],
)
def test_a_browser_gets_a_page_with_a_way_back(address: str, path: str, status: int, said: str) -> None:
    response = httpx.get(address + path, headers=BROWSER, timeout=30)
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert said in response.text and 'href="/"' in response.text and '<html lang="zh-CN">' in response.text
    as_data = httpx.get(address + path, timeout=30)
    assert as_data.status_code == status and "json" in as_data.headers["content-type"]


@pytest.mark.parametrize("path", ["/api/nosuch", "/api/answers/none", "/v1/models/none", "/site/events/none"])
def test_programs_addresses_keep_their_problem_documents(address: str, path: str) -> None:
    response = httpx.get(address + path, headers=BROWSER, timeout=30)
    assert response.status_code == 404 and "json" in response.headers["content-type"]


@pytest.mark.parametrize(
    ("asked", "tag", "said"),
    [
        ("en-GB,en;q=0.9,zh;q=0.8", "en", "This shared link no longer opens"),
        ("zh-HK,zh;q=0.9,en;q=0.8", "zh-Hant", "這個分享鏈接打不開了"),
        ("zh-SG", "zh-CN", "这个分享链接打不开了"),
    ],
)
def test_the_page_is_in_the_readers_language(address: str, asked: str, tag: str, said: str) -> None:
    page = httpx.get(f"{address}/a/gone", headers={**BROWSER, "Accept-Language": asked}, timeout=30).text
    assert f'<html lang="{tag}">' in page and said in page


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("*", "zh"),
        ("zh", "zh"),
        ("zh-Hans-HK", "zh"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-TW;q=0.5, en;q=0.9", "en"),
        ("fr, zh-MO;q=0.3", "zh-Hant"),
        ("fr-FR", "en"),
        ("en;q=x, zh", "zh"),
    ],
)
def test_what_browsers_prefer(header: str, language: Language) -> None:
    assert language_asked(header) == language


@pytest.mark.browser
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_from_an_event_that_is_over_one_gets_to_the_chat(
    browse: Browse, address: str, wence: Application, viewport: dict[str, int]
) -> None:
    over = wence.events.add("旧活动", ["sz-training-voucher"], TODAY - timedelta(days=1))
    page = browse(viewport=viewport)
    page.goto(f"{address}/e/{over.id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("这个活动码已过期或不存在")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="回到问策提问").click()
    expect(page.locator("wence-chat textarea")).to_be_visible()
