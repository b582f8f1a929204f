"""In real Chromium: the conversation, its sources, facts, languages, history, and what may go wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from assistant.wiring import Application
from tests.conftest import TODAY, ingest_paths, served
from tests.web.conftest import DESKTOP, PHONE, Browse

pytestmark = pytest.mark.browser
CASE = "我们在深圳，向非关联方买语料花了300万元，语料券能拿多少？"
SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": DESKTOP},
    "phone": {"viewport": PHONE, "color_scheme": "dark"},
}


def ask(page: Page, text: str) -> Locator:
    """Ask and wait for the whole answer; gives the exchange."""
    turns = page.locator("wence-chat .turn")
    before = turns.count()
    page.get_by_role("textbox", name=re.compile("问题|問題|Question")).fill(text)
    page.keyboard.press("Enter")
    return answered(page, before)


def answered(page: Page, before: int) -> Locator:
    """The exchange after so many others, once its answer is complete."""
    turn = page.locator("wence-chat .turn").nth(before)
    expect(turn.locator(".actions")).to_be_visible(timeout=30_000)
    return turn


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("size", SIZES)
def test_a_case_gives_verdict_sum_conditions_window_and_the_clause(
    browse: Browse, address: str, size: str
) -> None:
    page = browse(**SIZES[size])
    page.goto(address)
    expect(
        page.get_by_text(re.compile(r"按 2026-11-22 作答 · \d+ 份文件、\d+ 个扶持项目 · 更新于"))
    ).to_be_visible()
    assert page.locator(".examples button").count() == 6
    assert fits(page)
    turn = ask(page, CASE)
    expect(turn.locator(".verdict").first).to_contain_text("待定")
    expect(turn.locator(".verdict .sum")).to_have_text("90万元")
    expect(turn.locator(".window").first).to_contain_text("已截止")
    expect(turn.locator(".working")).to_contain_text("300万元 × 30% = 90万元")
    met = turn.locator(".conditions li.met", has_text="卖方是非关联方")
    expect(turn.locator(".sources .tag", has_text="本站摘编").first).to_be_visible()
    assert fits(page)
    met.get_by_role("button").click()
    source = page.locator("wence-source")
    expect(source.locator("mark")).to_contain_text("向非关联方购买语料")
    expect(source.locator("mark")).to_be_in_viewport()
    expect(source).to_contain_text("本站摘编，非原文")
    expect(source).to_contain_text("深工信规〔2024〕13号")
    assert page.locator("dialog:modal").count() == (1 if size == "phone" else 0)
    assert fits(page)
    with page.context.expect_page() as opened:
        source.get_by_role("link", name="打开全文并定位").click()
    expect(opened.value.locator("mark")).to_contain_text("向非关联方购买语料")
    page.keyboard.press("Escape")
    expect(source).to_be_hidden()
    expect(met.get_by_role("button")).to_be_focused()


def test_the_phases_are_seen_and_the_text_comes_in_pieces(browse: Browse, address: str) -> None:
    page = browse()
    page.add_init_script(
        """addEventListener("DOMContentLoaded", () => { globalThis.seen = new Set();
        setInterval(() => { const a = document.querySelector("wence-app")?.shadowRoot.querySelector("wence-chat")
          ?.shadowRoot.querySelector("wence-answer")?.shadowRoot; const now = a?.querySelector(".now")?.textContent;
          if (now) seen.add(now); }, 2); });"""
    )
    page.goto(address)
    ask(page, CASE)
    assert {"理解", "查找", "核对"} <= set(page.evaluate("[...seen]"))


def test_a_fact_is_changed_and_taken_back_and_asked_again(browse: Browse, address: str) -> None:
    page = browse()
    page.goto(address)
    ask(page, CASE)
    page.get_by_role("button", name="修改 语料采购合同金额（现为 300万元）").click()
    page.get_by_role("textbox", name="语料采购合同金额").fill("500万元")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="按现在的情况再问一次").click()
    turn = answered(page, 1)
    expect(turn.locator(".verdict .sum")).to_have_text("150万元")
    expect(turn.locator(".asked")).to_contain_text("按改过的情况再问")
    page.get_by_role("button", name="移除 语料采购合同金额").click()
    page.get_by_role("button", name="按现在的情况再问一次").click()
    turn = answered(page, 2)
    expect(turn.locator(".sum")).to_have_count(0)
    expect(page.get_by_role("button", name="移除 语料采购合同金额")).to_have_count(0)
    # What a later message tells anew counts again.
    turn = ask(page, "现在合同改成800万元了，语料券能拿多少？")
    expect(turn.locator(".verdict .sum")).to_have_text("200万元")


def test_what_is_missing_is_told_with_a_tap(browse: Browse, address: str) -> None:
    page = browse(**SIZES["phone"])
    page.goto(address)
    turn = ask(page, CASE)
    before = turn.locator(".conditions li.met").count()
    form = turn.get_by_role("form", name="补充这几项，结论更准")
    form.get_by_role("group").first.get_by_role("button").first.click()
    form.get_by_role("button", name="按补充的情况再算").click()
    turn = answered(page, 1)
    assert turn.locator(".conditions li.met").count() > before


def test_a_greeting_is_answered_without_a_heading(browse: Browse, address: str) -> None:
    page = browse(**SIZES["phone"])
    page.goto(address)
    answer = ask(page, "你好")
    expect(answer).to_contain_text("想问哪项扶持")
    expect(answer).not_to_contain_text("还需要您补充")


def test_it_goes_on_from_what_was_asked(browse: Browse, address: str) -> None:
    page = browse()
    page.goto(address)
    ask(page, "训力券最高能补多少？")
    turn = ask(page, "那什么时候可以申报？")
    expect(turn).to_contain_text("训力券2026年度受理时间")
    page.locator("wence-chat .turn").nth(1).get_by_role("button", name="训力券归哪个部门管？").click()
    expect(answered(page, 2)).to_contain_text("科技创新局")


def test_the_language_is_switched(browse: Browse, address: str) -> None:
    page = browse()
    page.goto(address)
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.get_by_role("tab", name="Ask", exact=True)).to_be_visible()
    expect(page.get_by_text("papers,")).to_be_visible()
    turn = ask(page, "语料券最高能补多少？")
    expect(turn.locator("wence-answer")).to_have_attribute("lang", "en")
    expect(turn.locator("wence-answer .window").first).to_contain_text("Closed")
    page.get_by_role("button", name="繁", exact=True).click()
    expect(page.get_by_role("button", name="新對話")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="對話記錄")).to_be_visible()
    expect(page.get_by_role("tab", name="文件庫")).to_be_visible()
    turn = ask(page, "語料券最高能補多少？")
    expect(turn.locator("wence-answer")).to_have_attribute("lang", "zh-Hant")


def test_a_rating_is_kept_and_the_link_shared(browse: Browse, address: str, wence: Application) -> None:
    page = browse()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address)
    turn = ask(page, "训力券最高能补多少？")
    turn.get_by_role("button", name="没用").click()
    turn.get_by_label("数字或条件不对").check()
    turn.get_by_role("textbox", name="还想说什么").fill("比例看不懂")
    with page.expect_response("**/api/feedback") as response:
        turn.get_by_role("button", name="提交").click()
    assert response.value.status == 204
    assert (response.value.request.post_data_json or {})["reason"] == "数字或条件不对"
    expect(turn.get_by_text("谢谢，已记下。")).to_be_visible()
    turn.get_by_role("button", name="分享链接").click()
    expect(turn.get_by_text("链接已复制")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    question_id = link.rpartition("/")[2]
    assert link == f"{address}/a/{question_id}"
    assert wence.journal.answer(question_id) is not None
    turn.get_by_role("button", name="复制").click()
    expect(turn.get_by_text("已复制。")).to_be_visible()
    assert "1000万元" in page.evaluate("navigator.clipboard.readText()")


def test_an_answer_is_taken_along(browse: Browse, address: str) -> None:
    page = browse()
    page.goto(address)
    turn = ask(page, CASE)
    turn.locator(".menu summary").click()
    with page.expect_download() as downloading:
        turn.get_by_role("button", name="这条回答（Markdown）").click()
    text = Path(downloading.value.path()).read_text(encoding="utf-8")
    assert "90万元" in text and "/documents/" in text and "本站摘编" in text
    turn.locator(".menu summary").click()
    with page.expect_download(timeout=60_000) as downloading:
        turn.get_by_role("button", name="匹配报告（Word）").click()
    assert downloading.value.suggested_filename.endswith(".docx")


def test_conversations_are_kept_renamed_and_deleted(browse: Browse, address: str, wence: Application) -> None:
    page = browse()
    page.goto(address)
    ask(page, "训力券最高能补多少？")
    page.reload()
    page.get_by_role("button", name="对话记录").click()
    page.get_by_role("button", name="给“训力券最高能补多少？”改名").click()
    page.get_by_role("textbox", name="新名称").fill("训力券")
    page.keyboard.press("Enter")
    page.locator("wence-conversations .title", has_text="训力券").click()
    expect(page.locator("wence-answer")).to_contain_text("1000万元")
    stored = page.evaluate("JSON.parse(localStorage['wence:conversations'])[0].turns[0].answer.question_id")
    assert wence.journal.answer(stored) is not None
    page.get_by_role("button", name="对话记录").click()
    page.get_by_role("button", name="删除与我有关的一切").click()
    page.get_by_role("button", name="确定删除").click()
    expect(page.get_by_text("都已删除。")).to_be_visible()
    assert page.evaluate("localStorage.getItem('wence:conversations')") is None
    assert wence.journal.answer(stored) is None


def test_the_keyboard_is_enough(browse: Browse, address: str) -> None:
    page = browse()
    page.goto(address)
    expect(page.locator(".examples button").first).to_be_visible()
    page.locator(".examples button").first.focus()
    page.keyboard.press("Enter")
    answered(page, 0)

    def tab_to(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if re.search(name, page.evaluate(FOCUSED)):
                return
        raise AssertionError(f"no way to {name}")

    page.locator("wence-chat .log").focus()
    tab_to("^出处 1：")
    page.keyboard.press("Enter")
    expect(page.locator("wence-source mark")).to_be_visible()
    tab_to("打开全文并定位")
    page.keyboard.press("Escape")
    assert re.search("^出处 1：", page.evaluate(FOCUSED))
    tab_to("^有用")
    page.keyboard.press("Enter")
    expect(page.get_by_text("谢谢，已记下。")).to_be_visible()


FOCUSED = """() => { let e = document.activeElement; while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  return e?.getAttribute("aria-label") || e?.textContent?.trim() || ""; }"""


def test_what_cannot_be_asked_is_said_and_kept(browse: Browse, address: str) -> None:
    page = browse()
    page.goto(address)
    box = page.get_by_role("textbox", name="问题")
    for text, said in (
        ("", "请先写下问题"),
        ("\u200b\u2060 ", "请先写下问题"),
        ("长" * 20_000, "最多 2000 字，现在 20000 字"),
    ):
        box.fill(text)
        page.get_by_role("button", name="提问").click()
        expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()
        expect(box).to_have_value(text)
    turn = ask(page, "训力券\u200b最高能补多少？🙂")
    expect(turn).to_contain_text("1000万元")


def test_offline_then_online(browse: Browse, address: str) -> None:
    page = browse()
    page.goto(address)
    expect(page.locator(".examples button").first).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("textbox", name="问题").fill("训力券最高能补多少？")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="网络断开了")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="再试一次").click()
    expect(answered(page, 0)).to_contain_text("1000万元")


def test_a_broken_stream_is_taken_up_again(browse: Browse, address: str) -> None:
    """The first stream ends after its first event, as when a train enters a tunnel."""
    page = browse()
    whole = httpx.post(
        f"{address}/api/ask",
        json={"question": "训力券最高能补多少？"},
        headers={"Accept": "text/event-stream"},
        timeout=30,
    ).text
    resumed: list[str | None] = []

    def cut(route: Route) -> None:
        route.fulfill(body=whole.split("\n\n")[0] + "\n\n", content_type="text/event-stream")

    page.route("**/api/ask", cut)
    page.on(
        "request", lambda r: resumed.append(r.headers.get("last-event-id")) if "/events" in r.url else None
    )
    page.goto(address)
    expect(ask(page, "训力券最高能补多少？")).to_contain_text("1000万元")
    assert resumed == ["0"]


def test_ten_questions_at_once(browse: Browse, address: str) -> None:
    """An impatient reader: one is answered at a time, what is written meanwhile stays; others are not kept waiting."""
    page = browse()
    page.goto(address)
    box = page.get_by_role("textbox", name="问题")
    held: list[Route] = []
    page.route("**/api/ask", lambda route: held.append(route))
    for number in range(10):
        box.fill(f"训力券第{number}年最高能补多少？" if number else "训力券最高能补多少？")
        page.keyboard.press("Enter")
    assert len(held) == 1
    held[0].continue_()
    expect(answered(page, 0)).to_contain_text("1000万元")
    assert page.locator("wence-chat .turn").count() == 1
    expect(box).to_have_value("训力券第9年最高能补多少？")
    page.unroute("**/api/ask")
    statuses = page.evaluate(
        """() => Promise.all(Array.from({ length: 10 }, async (_, n) => {
          const body = JSON.stringify({ question: `语料合同${n + 1}00万元，能补多少？` });
          const reply = await fetch("/api/ask", { method: "POST", body, headers: { "Content-Type": "application/json" } });
          return [reply.status, (await reply.json()).text];
        }))"""
    )
    for number, (status, text) in enumerate(statuses, start=1):
        assert status == 200 and f"{min(number * 30, 200)}万元" in text, (number, text)


def test_a_slow_line_shows_what_goes_on(browse: Browse, address: str) -> None:
    """50 KB a second and 400 ms each way: the page comes, an answer comes, and the reader sees that work is done."""
    page = browse(viewport=PHONE)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
    line.send("Network.emulateNetworkConditions", slow)
    page.goto(address, timeout=120_000, wait_until="commit")
    box = page.get_by_role("textbox", name="问题")
    expect(box).to_be_visible(timeout=120_000)
    box.fill("训力券最高能补多少？")
    page.keyboard.press("Enter")
    expect(page.locator("wence-answer .now")).to_be_visible()
    expect(answered(page, 0)).to_contain_text("1000万元", timeout=60_000)


def test_it_can_be_stopped(browse: Browse, address: str) -> None:
    page = browse()
    page.route("**/api/ask", lambda route: None)  # never answered
    page.goto(address)
    page.get_by_role("textbox", name="问题").fill("训力券最高能补多少？")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="停止").click()
    stopped = page.get_by_role("alert").filter(has_text="已停止")
    expect(stopped).to_be_visible()
    expect(page.get_by_role("button", name="提问")).to_be_visible()
    page.get_by_role(
        "button", name="EN", exact=True
    ).click()  # what went wrong stays when the page is drawn again
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(stopped).to_be_visible()


def test_a_new_conversation_while_one_is_answered(browse: Browse, address: str) -> None:
    page = browse()
    page.route("**/api/ask", lambda route: None)  # never answered
    page.goto(address)
    page.get_by_role("textbox", name="问题").fill("训力券最高能补多少？")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="停止")).to_be_visible()
    page.get_by_role("button", name="新对话").click()
    expect(page.locator("wence-chat .turn")).to_have_count(0)
    expect(page.get_by_role("button", name="提问")).to_be_visible()
    page.unroute("**/api/ask")
    expect(ask(page, "训力券最高能补多少？")).to_contain_text("1000万元")


@pytest.mark.parametrize("answer", ["busy", "broken"])
def test_a_service_that_refuses_says_what_to_do(browse: Browse, address: str, answer: str) -> None:
    page = browse()
    problems: dict[str, dict[str, Any]] = {
        "busy": {"status": 429, "headers": {"Retry-After": "7"}, "json": {}},
        "broken": {"status": 502, "body": "<html>"},
    }
    page.route("**/api/ask", lambda route: route.fulfill(**problems[answer]))
    page.goto(address)
    page.get_by_role("textbox", name="问题").fill("训力券最高能补多少？")
    page.keyboard.press("Enter")
    said = "请在 7 秒后再试" if answer == "busy" else "服务没有作答（502）"
    expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()


# An answer that quotes the whole paper, shown by the element on its own.
SHOW_ANSWER = """async (id) => {
  const paper = await (await fetch(`/api/documents/${id}`)).json();
  const head = { ...paper.head, document_id: id, version: paper.version, status: "unknown", article: "<b>一</b>" };
  const quote = { number: 1, quote: paper.text, start: 0, end: Array.from(paper.text).length, url: "javascript:alert(6)" };
  const element = document.createElement("wence-answer");
  element.answer = { question_id: "x", conversation_id: "y", status: "answered", language: "zh", as_of: "2026-11-22",
    text: "<script>alert(7)</script>[1]", citations: [{ ...head, ...quote }], facts: {}, assessments: [], follow_ups: [],
    notices: ["<img src=x onerror=alert(8)>"], trace_id: "z" };
  document.querySelector("wence-app").replaceWith(element);
}"""


def test_markup_in_a_paper_is_text_everywhere(
    browse: Browse, application: Application, tmp_path: Path
) -> None:
    paper = tmp_path / "x.md"
    paper.write_text(
        "# <img src=x onerror=alert(1)><b>甲市</b>补贴办法\n\n第一条 甲市购买算力补贴最高10万元"
        "<script>alert(2)</script><img src=x onerror=alert(3)>[点这里](javascript:alert(4))。\n",
        encoding="utf-8",
    )
    ingest_paths(application, paper)
    (id,) = application.catalog.heads()
    page = browse()
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    with served(application) as url:
        page.goto(url)
        turn = ask(page, "甲市购买算力补贴最高多少？<img src=x onerror=alert(5)>")
        expect(turn.locator(".asked")).to_contain_text("<img src=x onerror=alert(5)>")
        turn = ask(page, "甲市购买算力补贴最高多少？")
        expect(turn.locator("wence-answer")).to_contain_text("<img src=x onerror=alert(1)>")
        page.evaluate(SHOW_ANSWER, id)
        page.get_by_role("button", name="出处 1：").click()
        source = page.locator("wence-source")
        expect(source.locator(".clause")).to_contain_text("<script>alert(2)</script>")
        expect(source.locator(".clause")).to_contain_text("javascript:alert(4)")
        expect(source.locator("h2")).to_contain_text("<img src=x onerror=alert(1)>")
        expect(source.get_by_role("link", name="官方页面")).to_have_count(0)
        page.get_by_role("tab", name="文件库").click()
        expect(page.locator("wence-library .papers a")).to_contain_text("<img src=x onerror=alert(1)>")
        bad = "wence-answer, wence-library"
        found = page.locator(bad).locator("img, script, b, a[href^='javascript']").count()
        assert found == 0
        page.goto(f"{url}/documents/{id}")
        expect(page.locator("#text")).to_contain_text("<script>alert(2)</script>")
        assert page.locator("#text img, #text script, a[href^='javascript']").count() == 0


def test_an_events_code_opens_its_programmes(browse: Browse, address: str, wence: Application) -> None:
    event = wence.events.add("南山区政策宣讲会", ["sz-training-voucher"], TODAY)
    page = browse(**SIZES["phone"])
    page.goto(f"{address}/e/{event.id}")
    expect(page.get_by_text("欢迎参加“南山区政策宣讲会”")).to_be_visible()
    page.get_by_role("button", name="训力券最高能补多少？").click()
    expect(answered(page, 0)).to_contain_text("1000万元")


def test_the_library_is_searched_and_filtered(browse: Browse, address: str) -> None:
    page = browse(**SIZES["phone"])
    page.goto(f"{address}/#library")
    papers = page.locator("wence-library .papers li")
    expect(papers.first).to_be_visible()
    everything = papers.count()
    page.get_by_label("类别").select_option("征求意见稿")
    expect(papers.filter(has_text="征求意见稿")).to_have_count(papers.count())
    assert 0 < papers.count() < everything
    page.get_by_label("类别").select_option("全部")
    page.get_by_label("查找文件").fill("算力服务合同金额")
    expect(papers.filter(has_text="正文里有").first).to_be_visible()
    page.get_by_label("查找文件").fill("13号")
    expect(papers.filter(has_text="深工信规〔2024〕13号").first).to_be_visible()
    page.get_by_label("查找文件").fill("没有这样的词组xyzzy")
    assert fits(page)


SMALL = {
    "phone": PHONE,
    "keyboard open": {"width": 390, "height": 420},
    "400 %": {"width": 320, "height": 256},
}
# Where the last answer's first line is, and the part of the screen that is left for it.
FIRST_LINE = """() => {
  const chat = document.querySelector("wence-app").shadowRoot.querySelector("wence-chat").shadowRoot;
  const answer = [...chat.querySelectorAll("wence-answer")].at(-1);
  const top = answer.shadowRoot.firstElementChild.getBoundingClientRect().top;
  return [top, top + 24, chat.querySelector(".foot").getBoundingClientRect().top];
}"""
FOOT = """() => document.querySelector("wence-app").shadowRoot.querySelector("wence-chat").shadowRoot
  .querySelector(".foot").getBoundingClientRect().height / innerHeight"""


def settled(page: Page, script: str) -> Any:
    """What a script gives once it gives the same twice: scrolling takes its time."""
    before, now = None, page.evaluate(script)
    while before != now:
        page.wait_for_timeout(300)
        before, now = now, page.evaluate(script)
    return now


@pytest.mark.parametrize("size", SMALL)
def test_the_first_line_of_each_answer_is_in_view(browse: Browse, address: str, size: str) -> None:
    page = browse(viewport=SMALL[size])
    page.goto(address)
    long = "我们是一家做大模型训练的公司，" * 12 + "训力券怎么申报？"
    for text in (CASE, "那要准备什么材料？", long, "如果我们在上海呢，语料券能拿多少？"):
        ask(page, text)
        top, bottom, floor = settled(page, FIRST_LINE)
        assert top >= 0 and bottom <= floor, (text, top, bottom, floor)


def test_who_reads_on_is_not_taken_back(browse: Browse, address: str) -> None:
    page = browse(viewport=PHONE)
    page.goto(address)
    ask(page, CASE)
    held: list[Route] = []
    page.route("**/api/ask", lambda route: held.append(route))
    page.get_by_role("textbox", name="问题").fill("那要准备什么材料？")
    page.keyboard.press("Enter")
    expect(page.locator("wence-answer .now")).to_be_visible()
    settled(page, "scrollY")
    page.mouse.move(200, 300)
    page.mouse.wheel(0, -900)
    there = settled(page, "scrollY")
    held[0].continue_()
    answered(page, 1)
    assert settled(page, "scrollY") == there


def test_the_input_leaves_half_of_a_small_screen(browse: Browse, address: str) -> None:
    page = browse(viewport=SMALL["400 %"])
    page.goto(address)
    box = page.get_by_role("textbox", name="问题")
    expect(box).to_be_visible()
    assert page.evaluate(FOOT) <= 0.5
    ask(page, CASE)
    page.locator("wence-facts summary").click()
    box.fill("字" * 2100)
    page.keyboard.press("Enter")
    expect(page.locator(".composer .note")).to_be_visible()
    assert page.evaluate(FOOT) <= 0.5
    box.scroll_into_view_if_needed()
    expect(box).to_be_in_viewport()


@pytest.mark.parametrize(
    ("text", "city", "title"),
    [
        ("我们能拿到哪些补贴？", "深圳", "公司注册在哪个城市？"),
        ("What support can we get?", "Shenzhen", "In which city is the company registered?"),
        ("我們能拿到哪些補貼？", "深圳", "公司註冊在哪個城市？"),
    ],
)
def test_the_city_that_is_asked_for_is_told_with_one_tap(
    browse: Browse, address: str, text: str, city: str, title: str
) -> None:
    page = browse(viewport=PHONE)
    page.goto(address)
    turn = ask(page, text)
    choices = turn.get_by_role("group", name=title).get_by_role("button")
    assert choices.count() > 3 and fits(page)
    choices.filter(has_text=re.compile(f"^{city}$")).click()
    later = answered(page, 1)
    expect(later.locator(".asked")).to_contain_text(text)
    expect(later.locator("wence-answer .source").first).to_be_visible()
    expect(turn.get_by_role("group", name=title)).to_have_count(0)
    expect(page.locator('wence-facts .chip[data-fact="city"]')).to_have_count(1)


@pytest.mark.parametrize(
    ("locale", "tag", "button"),
    [
        ("zh-HK", "zh-Hant", "提問"),
        ("zh-TW", "zh-Hant", "提問"),
        ("zh-SG", "zh-CN", "提问"),
        ("en-HK", "en", "Ask"),
    ],
)
def test_the_page_is_in_the_script_of_the_readers_place(
    browse: Browse, address: str, locale: str, tag: str, button: str
) -> None:
    page = browse(locale=locale)
    page.goto(address)
    expect(page.locator("wence-chat")).to_have_attribute("lang", tag)
    expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()


# The texts with Chinese in them that nothing tells to be Chinese.
UNTOLD = """() => {
  const untold = [];
  const walk = (node, tag) => {
    if (node.nodeType === 3) return /\\p{Script=Han}/u.test(node.data) && !tag.startsWith("zh") && untold.push(node.data);
    const own = node.getAttribute?.("lang") || tag;
    for (const child of (node.shadowRoot ?? node).childNodes) walk(child, own);
  };
  const chat = document.querySelector("wence-app").shadowRoot.querySelector("wence-chat").shadowRoot;
  for (const one of chat.querySelectorAll("wence-answer, wence-source")) walk(one, "en");
  return untold;
}"""


def test_what_is_chinese_in_an_english_answer_says_so(browse: Browse, address: str) -> None:
    page = browse(locale="en-US")
    page.goto(address)
    turn = ask(page, "How much does the corpus voucher pay?")
    assert turn.locator('.text span[lang="zh-CN"]').count() > 0
    turn.locator(".source").first.click()
    expect(page.locator("wence-source mark")).to_be_visible()
    assert page.evaluate(UNTOLD) == []


def test_a_calendar_that_would_be_empty_is_not_downloaded(browse: Browse, address: str) -> None:
    page = browse()
    page.goto(address)
    turn = ask(page, CASE)  # its window is closed, and no other of the place is announced
    page.route(
        "**/api/match/export",
        lambda route: route.continue_(
            post_data=re.sub(r'"as_of":"[\d-]+"', '"as_of":"2030-01-01"', route.request.post_data or "")
        ),
    )
    turn.locator("summary", has_text="导出").click()
    turn.get_by_role("button", name="受理时间（日历）").click()
    expect(turn.locator(".said")).to_contain_text("日历会是空的")
