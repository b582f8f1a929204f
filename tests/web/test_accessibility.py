"""axe-core on every page of ours, in light and dark, on desktop and phone; and zoom, motion, colours by force."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.conftest import DESKTOP, PHONE, Browse
from tests.web.test_chat import CASE, ask, fits

pytestmark = pytest.mark.browser
LIGHT = {"viewport": DESKTOP, "color_scheme": "light"}
DARK = {"viewport": PHONE, "color_scheme": "dark"}
BOTH = pytest.mark.parametrize("options", [LIGHT, DARK], ids=["desktop-light", "phone-dark"])
OURS = ("wence-", ".wence", "#facts", "#matched", "#export")


def faults(page: Page, whole: bool = False) -> list[str]:
    """What is serious or critical in what is ours (`whole`: all of the page); what is Gradio's is printed."""
    page.wait_for_timeout(300)  # colours that fade in have arrived
    found: list[str] = []
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] not in ("serious", "critical"):
            continue
        for node in violation["nodes"]:
            where = str(node["target"])
            said = f"{violation['id']} ({violation['impact']}) at {where}: {node['html'][:120]}"
            if whole or any(name in where or name.strip(".#") in node["html"] for name in OURS):
                found.append(said)
            else:
                print(f"inside Gradio: {said}")
    return found


@BOTH
def test_the_chat(browse: Browse, address: str, options: dict[str, Any]) -> None:
    page = browse(**options)
    page.goto(address)
    expect(page.locator(".examples button").first).to_be_visible()
    assert faults(page) == []
    turn = ask(page, CASE)
    turn.get_by_role("button", name="没用").click()
    turn.locator(".menu summary").click()
    if options is DARK:
        page.locator("wence-facts summary").click()
    page.get_by_role("button", name="修改 语料采购合同金额").click()
    assert faults(page) == []
    turn.locator(".source").first.click()
    expect(page.locator("wence-source mark")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="对话记录").click()
    page.get_by_role("button", name="删除与我有关的一切").click()
    assert faults(page) == []


@BOTH
def test_the_form_and_the_library(browse: Browse, address: str, options: dict[str, Any]) -> None:
    page = browse(**options)
    page.goto(address)
    page.get_by_role("tab", name="我能拿到什么").click()
    page.get_by_label("注册区", exact=True).select_option("南山区")
    page.get_by_role("button", name="查看结果").click()
    expect(page.locator(".wm-summary")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("tab", name="文件库").click()
    expect(page.locator("wence-library .papers li").first).to_be_visible()
    assert faults(page) == []


@BOTH
def test_a_paper_and_a_shared_answer(browse: Browse, address: str, options: dict[str, Any]) -> None:
    page = browse(**options)
    page.goto(f"{address}/documents/sz-ai-pioneer-measures-2024#286-340")
    expect(page.locator("mark")).to_be_visible()
    assert faults(page, whole=True) == []
    assert fits(page)
    answer = page.request.post(f"{address}/api/ask", data={"question": "训力券最高能补多少？"}).json()
    page.goto(f"{address}/a/{answer['question_id']}")
    expect(page.locator("main")).to_contain_text("1000万元")
    assert faults(page, whole=True) == []
    assert fits(page)


@BOTH
def test_the_widget(browse: Browse, address: str, options: dict[str, Any]) -> None:
    page = browse(**options)
    page.route("**/host", lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=HOST))
    page.goto(f"{address}/host")
    assert faults(page, whole=True) == []
    page.get_by_role("button", name="打开问策").click()
    turn = ask(page, CASE)
    assert faults(page, whole=True) == []
    turn.locator(".source").first.click()
    expect(page.locator("wence-source mark")).to_be_visible()
    assert faults(page, whole=True) == []


HOST = """<!doctype html><html lang="zh-CN"><head><title>某园区</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
</head><body><main><h1>某园区</h1></main><script src="/widget.js" async></script></body></html>"""


def test_at_four_times_the_size_nothing_is_cut_off(browse: Browse, address: str) -> None:
    """1280 px at 400 % are 320 px (WCAG 1.4.10)."""
    page = browse(viewport={"width": 320, "height": 256})
    page.goto(address)
    turn = ask(page, CASE)
    assert fits(page)
    turn.locator(".source").first.click()
    expect(page.locator("wence-source mark")).to_be_visible()
    page.keyboard.press("Escape")
    for name in ("我能拿到什么", "文件库"):
        page.get_by_role("tab", name=name).click()
        page.wait_for_timeout(200)
        assert fits(page)


def test_motion_is_left_out_where_it_is_not_wanted(browse: Browse, address: str) -> None:
    page = browse(reduced_motion="reduce")
    page.goto(address)
    ask(page, CASE)
    moving = page.evaluate("document.getAnimations().filter((a) => a.playState === 'running').length")
    assert moving == 0
