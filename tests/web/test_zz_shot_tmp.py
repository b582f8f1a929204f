import re
from tests.web.test_form import *
from tests.web.test_form import browser, page
from playwright.sync_api import Page


def test_shot(page: Page, address: str) -> None:
    open_form(page, address)
    fill_firm(page)
    row = page.get_by_role("group", name="下载政策大礼包")
    w = page.viewport_size["width"]
    page.wait_for_timeout(800)
    with page.expect_download(timeout=60_000) as d:
        row.get_by_role("button", name="Word").click()
    page.wait_for_timeout(300)
    page.screenshot(path=f"/tmp/export-{w}.png")
    row.get_by_role("button", name="日历").click()
    expect(row.get_by_role("status")).to_contain_text(re.compile("已下载|没有下载"), timeout=30000)
    print(row.get_by_role("status").inner_text())
