"""In real Chromium: the form 我能拿到什么, its results, what it shares with the chat, and links that fill it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import docx
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from assistant.share_link import encode_facts

pytestmark = pytest.mark.browser
FIRM = {
    "city": "深圳市",
    "district": "南山区",
    "corpus_contract_amount": "300万元",
    "corpus_seller_related": "否",
}
AMOUNT = "语料采购合同金额"


@pytest.fixture(params=["desktop", "phone"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height, scheme = (390, 844, "dark") if request.param == "phone" else (1280, 900, "light")
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def ask(page: Page, text: str) -> None:
    """Ask in the conversation and wait for the whole answer."""
    page.get_by_role("textbox", name="问题").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator("wence-chat .actions").last).to_be_visible(timeout=30_000)


def open_form(page: Page, address: str) -> None:
    """The page with the form's tab open."""
    page.goto(address)
    page.get_by_role("tab", name="我能拿到什么").click()
    expect(page.get_by_role("form", name="企业情况")).to_be_visible()


def fill_firm(page: Page) -> Locator:
    """Tell the firm of the examples; gives the card of the 语料券."""
    page.get_by_label("注册区", exact=True).select_option("南山区")
    expect(page.get_by_label("注册城市", exact=True)).to_have_value("深圳市")
    page.get_by_label(AMOUNT, exact=True).fill("300万元")
    page.get_by_label(AMOUNT, exact=True).press("Tab")
    page.get_by_role("group", name="语料卖方是关联方").get_by_label("否").check()
    page.get_by_role("button", name="查看结果").click()
    return page.get_by_role("article", name="语料券", exact=True)


def test_a_filled_form_gives_the_card_and_the_clause(page: Page, address: str) -> None:
    open_form(page, address)
    card = fill_firm(page)
    expect(card).to_contain_text("90万元")
    expect(card).to_contain_text("300万元 × 30% = 90万元，未超过上限200万元")
    expect(page.locator("#note-corpus_contract_amount")).to_have_text("即 300万元（3,000,000 元）")
    condition = card.locator("details").filter(has_text="卖方是非关联方").last
    expect(condition.locator("summary")).to_contain_text("符合：")
    expect(condition.locator("blockquote")).to_be_hidden()
    condition.locator("summary").click()
    expect(condition.locator("blockquote")).to_contain_text("按合同金额的最高30%给予资助")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.context.expect_page() as opened:
        condition.get_by_role("link").first.click()
    expect(opened.value.locator("mark")).to_contain_text("向非关联方购买语料")


def test_the_results_are_downloaded_as_a_word_file(page: Page, address: str) -> None:
    open_form(page, address)
    word = page.get_by_role("group", name="下载政策大礼包").get_by_role("button", name="Word")
    expect(word).to_be_hidden()
    expect(fill_firm(page)).to_contain_text("90万元")
    word.focus()
    with page.expect_download(timeout=60_000) as downloading:
        page.keyboard.press("Enter")
    assert downloading.value.suggested_filename == "扶持政策匹配报告_2026-11-22.docx"
    paper = docx.Document(str(downloading.value.path()))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    text = "\n".join([p.text for p in paper.paragraphs] + cells)
    assert "语料券" in text and "90万元" in text
    expect(page.get_by_text("已下载：扶持政策匹配报告_2026-11-22.docx")).to_be_visible()
    expect(word).to_be_focused()
    expect(word).to_have_attribute("aria-disabled", "false")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_download_that_fails_says_why(page: Page, address: str) -> None:
    answers = {
        "PDF": ((503, "知识库还不可用"), "没有下载成：知识库还不可用"),
        "日历": ((200, ""), "尚未截止的受理时间"),
        "Markdown": (None, "连不上服务"),
    }
    open_form(page, address)
    fill_firm(page)
    row = page.get_by_role("group", name="下载政策大礼包")
    for name, (answer, said) in answers.items():

        def respond(route: Route, *, given: tuple[int, str] | None = answer) -> None:
            expect(row.get_by_role("status")).to_contain_text("正在生成…")
            if given is None:
                route.abort()
            else:
                route.fulfill(status=given[0], json={"detail": given[1]})

        page.unroute_all()
        page.route("**/api/match/export", respond)
        row.get_by_role("button", name=name).click()
        expect(row.get_by_role("status")).to_contain_text(said)


def test_an_impossible_value_is_asked_back(page: Page, address: str) -> None:
    open_form(page, address)
    amount = page.get_by_label(AMOUNT, exact=True)
    for text, reason in (
        ("-5", "不能是负数"),
        ("500万美元", "不是人民币"),
        ("<script>x</script>", "读不出一个数"),
    ):
        amount.fill(text)
        amount.press("Tab")
        expect(page.get_by_role("alert")).to_contain_text(f"请核对：{AMOUNT}“{text}”{reason}")
        expect(page.locator("#note-corpus_contract_amount")).to_contain_text(reason)
        expect(amount).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="去改").click()
    expect(amount).to_be_focused()
    # The conversation does not take along what cannot be read.
    expect(page.locator("wence-facts [data-fact=corpus_contract_amount]")).to_have_count(0)


def test_a_question_of_the_results_leads_to_its_input(page: Page, address: str) -> None:
    open_form(page, address)
    fill_firm(page).get_by_role("button", name="语料用于大模型研发或应用").click()
    group = page.get_by_role("group", name="语料用于大模型研发或应用")
    expect(group.get_by_label("不清楚")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(group.get_by_label("是")).to_be_checked()
    card = page.get_by_role("article", name="语料券", exact=True)
    expect(card.get_by_role("button", name="语料用于大模型研发或应用")).to_have_count(0)


def test_what_only_other_places_ask_for_is_put_away(page: Page, address: str) -> None:
    open_form(page, address)
    elsewhere = page.locator('.wf-field[data-key="in_yizhuang"]')
    page.locator("details.wf-group", has=elsewhere).locator("summary").click()
    expect(elsewhere).to_be_visible()
    page.get_by_label("注册城市", exact=True).select_option("深圳市")
    expect(elsewhere).to_be_hidden()


def test_the_chat_knows_what_the_form_was_told(page: Page, address: str) -> None:
    open_form(page, address)
    expect(fill_firm(page)).to_contain_text("90万元")
    page.get_by_role("tab", name="问一问").click()
    expect(page.locator("wence-facts [data-fact=corpus_contract_amount]")).to_contain_text("300万元")
    ask(page, "语料券能拿多少？")
    expect(page.locator("wence-answer")).to_contain_text("300万元 × 30% = 90万元")


def test_the_form_knows_what_the_chat_heard(page: Page, address: str) -> None:
    page.goto(address)
    ask(page, "我们在深圳，向非关联方买语料花了300万元，语料券能拿多少？")
    expect(page.locator("wence-answer")).to_contain_text("90万元", timeout=30_000)
    page.get_by_role("tab", name="我能拿到什么").click()
    expect(page.get_by_label(AMOUNT, exact=True)).to_have_value(re.compile("300"))
    expect(page.get_by_label("注册城市", exact=True)).to_have_value("深圳市")
    expect(page.get_by_role("article", name="语料券", exact=True)).to_contain_text("90万元")


def test_a_shared_link_opens_the_filled_form(page: Page, address: str) -> None:
    page.goto(f"{address}/#match={encode_facts(FIRM | {'gone': '1'})}")
    expect(page.get_by_label(AMOUNT, exact=True)).to_have_value("300万元", timeout=20_000)
    expect(page.get_by_role("group", name="语料卖方是关联方").get_by_label("否")).to_be_checked()
    expect(page.get_by_role("article", name="语料券", exact=True)).to_contain_text("90万元")
    expect(page.get_by_role("alert")).to_contain_text("有 1 项本站不认识的情况")
    page.get_by_role("tab", name="问一问").click()
    expect(page.locator("wence-facts [data-fact]")).to_have_count(len(FIRM))


def test_a_broken_link_is_said_and_the_form_is_open(page: Page, address: str) -> None:
    page.goto(f"{address}/#match=rubbish")
    expect(page.get_by_role("alert")).to_contain_text("读不出来", timeout=20_000)
    expect(page.get_by_label(AMOUNT, exact=True)).to_have_value("")


def test_a_hasty_reader_loses_nothing(page: Page, address: str) -> None:
    open_form(page, address)
    for _ in range(3):
        for text in ("是", "否"):
            page.get_by_role("group", name="是一人公司（OPC）").get_by_label(text, exact=True).check()
    page.get_by_label(AMOUNT, exact=True).fill("300万元")
    page.get_by_role("button", name="查看结果").click()
    expect(page.get_by_text("300万元 × 30% = 90万元").first).to_be_visible()
    expect(page.get_by_role("radio", name="否", checked=True)).to_have_count(1)
    page.get_by_role("button", name="清空").click()
    expect(page.get_by_text("结果会显示在这里")).to_be_visible()
    expect(page.get_by_label(AMOUNT, exact=True)).to_have_value("")


def test_the_form_speaks_the_language_of_the_page_and_keeps_what_was_told(page: Page, address: str) -> None:
    open_form(page, address)
    page.get_by_label("注册城市", exact=True).select_option("深圳市")
    page.get_by_label(AMOUNT, exact=True).fill("300万元")
    page.get_by_label(AMOUNT, exact=True).press("Tab")
    expect(page.locator("#matched")).to_contain_text("90万元")
    page.get_by_role("tab", name="问一问").click()
    page.locator("wence-app").get_by_role("button", name="EN").click()
    page.get_by_role("tab", name="What can I get").click()
    expect(page.get_by_role("form", name="About the firm")).to_be_visible()
    expect(page.get_by_label("city of registration", exact=True)).to_have_value("深圳市")
    expect(page.get_by_label("corpus purchase contract amount", exact=True)).to_have_value("300万元")
    card = page.locator('[data-programme="sz-corpus-voucher"]')
    expect(card).to_contain_text("RMB 3,000,000 × 30% = RMB 900,000")
    expect(card).to_contain_text("the seller is not a related party")
    # What is told now is judged in the language of the page, and what cannot be read is asked back in it.
    page.get_by_role("group", name="corpus seller is a related party").get_by_label("No", exact=True).check()
    expect(card).to_contain_text("Met 2")
    page.get_by_label("corpus purchase contract amount", exact=True).fill("a lot")
    page.get_by_label("corpus purchase contract amount", exact=True).press("Tab")
    expect(page.locator("#matched")).to_contain_text("no single number can be read")
    page.get_by_role("tab", name="Ask", exact=True).click()
    page.locator("wence-app").get_by_role("button", name="繁").click()
    page.get_by_role("tab", name="我能拿到什麼").click()
    expect(page.get_by_label("註冊城市", exact=True)).to_have_value("深圳市")
    expect(page.get_by_role("group", name="語料賣方是關聯方").get_by_label("否")).to_be_checked()


def test_a_page_opened_in_english_has_an_english_form(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(f"{address}/#match={encode_facts(FIRM)}")
    expect(page.get_by_role("form", name="About the firm")).to_be_visible()
    expect(page.get_by_label("district of registration", exact=True)).to_have_value("南山区")
    expect(page.locator("#matched")).to_contain_text("RMB 900,000")
    with page.expect_download() as download:
        page.get_by_role("button", name="Markdown").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert "RMB 900,000" in text and "300万元 ×" not in text
    # What the chat hears is judged in the same language.
    page.get_by_role("tab", name="Ask", exact=True).click()
    page.get_by_role("textbox", name="Question").fill(
        "We bought corpus for RMB 4 million, how much is the corpus voucher?"
    )
    page.keyboard.press("Enter")
    expect(page.locator("wence-chat .actions").last).to_be_visible(timeout=30_000)
    page.get_by_role("tab", name="What can I get").click()
    expect(page.locator("#matched")).to_contain_text("RMB 4,000,000 × 30% = RMB 1,200,000")
    context.close()
