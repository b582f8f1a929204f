"""The staff pages: who may do what, also by direct request; and the whole round in Chromium."""

from __future__ import annotations

import io
import json
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import docx
import httpx
import pytest
import yaml
from playwright.sync_api import Page, expect, sync_playwright

from assistant.clock import FixedClock
from assistant.journal_export import write_csv
from assistant.models import Answer, Question, Status
from assistant.spending import Prices
from assistant.web.staff.figures import overview, waiting
from assistant.web.staff.impact import affected, alike, changed_by_now, differences_between
from assistant.web.staff.jobs import environment
from assistant.web.staff.overview import overview_html
from assistant.wiring import Application
from ingest.drafting import propose
from tests.conftest import CHROMIUM, TODAY, served
from tests.scripted_llm import report, scripted_llm
from tests.web.test_accessibility import faults

PASSWORDS = {"reader": "only looking 1", "editor": "may correct 2", "admin": "sees the log 3"}


@pytest.fixture(scope="module")
def agency(wence: Application, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """A copy of the sample knowledge base with three members of staff."""
    home = tmp_path_factory.mktemp("agency") / "home"
    shutil.copytree(wence.settings.home, home, ignore=shutil.ignore_patterns("journal.db*"))
    settings = wence.settings.model_copy(update={"home": home})
    application = Application(settings, FixedClock(TODAY))
    application.__dict__["encoder"] = wence.encoder
    yield application
    application.staff.close()
    application.journal.close()


@pytest.fixture(scope="module")
def site(agency: Application) -> Iterator[str]:
    with served(agency) as url:
        yield url


@dataclass
class Staff:
    """A member of the staff with a browser's headers."""

    client: httpx.Client
    config: dict[str, Any]

    def call(self, button: str, data: list[Any]) -> dict[str, Any]:
        """Do directly what a button does: Gradio's own protocol, no page."""
        ids = {c["id"] for c in self.config["components"] if c["props"].get("value") == button}
        found = [d for d in self.config["dependencies"] if any(t[0] in ids for t in d["targets"])]
        session = uuid.uuid4().hex
        body = {"data": data, "fn_index": found[0]["id"], "session_hash": session}
        assert self.client.post("/staff/gradio_api/queue/join", json=body).status_code == 200
        with self.client.stream("GET", f"/staff/gradio_api/queue/data?session_hash={session}") as stream:
            for line in stream.iter_lines():
                if line.startswith("data:") and (told := json.loads(line[5:]))["msg"] == "process_completed":
                    return dict(told)
        raise AssertionError("no result")


@pytest.fixture(scope="module")
def staff(agency: Application, site: str) -> Iterator[dict[str, Staff]]:
    for role, password in PASSWORDS.items():
        agency.staff.add_user(role, role, password)
    clients = {}
    for role, password in PASSWORDS.items():
        client = httpx.Client(base_url=site, headers={"Origin": site}, timeout=60)
        client.post("/staff/login", data={"name": role, "password": password})
        clients[role] = Staff(client, client.get("/staff/config").json())
    yield clients
    for one in clients.values():
        one.client.close()


def ask(site: str, question: str, **more: Any) -> dict[str, Any]:
    return dict(httpx.post(f"{site}/api/ask", json={"question": question, **more}, timeout=60).json())


def test_without_users_the_page_says_how(agency: Application, site: str) -> None:
    if not agency.staff.users():
        page = httpx.get(f"{site}/staff", follow_redirects=True)
        assert page.status_code == 200 and "wence user add" in page.text and "<form" not in page.text


def test_nothing_is_served_without_a_session(site: str, staff: dict[str, Staff]) -> None:
    assert httpx.get(f"{site}/staff").headers["location"] == "/staff/login"
    for path in ("/staff/config", "/staff/files/journal.csv", "/staff/gradio_api/info", "/staff/x"):
        assert httpx.get(f"{site}{path}").status_code == 401, path
    origin = {"Origin": site}
    body = {"data": [], "fn_index": 0, "session_hash": "x"}
    for path in ("/staff/gradio_api/queue/join", "/staff/gradio_api/upload", "/staff/gradio_api/run/predict"):
        assert httpx.post(f"{site}{path}", json=body, headers=origin).status_code == 401, path
    wrong = httpx.post(f"{site}/staff/login", data={"name": "editor", "password": "no"}, headers=origin)
    assert wrong.status_code == 403 and "set-cookie" not in wrong.headers


def test_the_cookie_is_no_scripts_and_no_other_sites(site: str, staff: dict[str, Staff]) -> None:
    told = httpx.post(
        f"{site}/staff/login",
        data={"name": "reader", "password": PASSWORDS["reader"]},
        headers={"Origin": site},
    )
    cookie = told.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/staff" in cookie
    assert told.headers["location"] == "/staff/"
    # Another site's page sends no header of ours: even with the cookie nothing changes.
    client = staff["admin"].client
    for headers in ({"Origin": "http://evil.example"}, {"Origin": ""}):
        sent = client.post("/staff/gradio_api/queue/join", json={}, headers=headers)
        assert sent.status_code == 403
        assert client.post("/staff/logout", headers=headers).status_code == 403
    assert client.get("/staff/config").status_code == 200


def test_a_reader_cannot_edit_by_direct_request(
    agency: Application, site: str, staff: dict[str, Staff]
) -> None:
    answer = ask(site, "训力券最高能拿多少？")["question_id"]
    correct = [answer, "case", True, "1000万元", "", "", "", "", ""]
    edits = {
        "保存更正": correct,
        "保存评分": [answer, "", 5, 5, 5, 5],
        "取消固定": [answer],
        "上传并导入": [[], "", "", "", ""],
        "重新导入样本": [],
        "提出草稿": ["x"],
        "采用": ["x", "id: x", False, None],
        "运行评测": ["development"],
        "重新作答并比较": [90],
        "保存网站": ["", "甲", "https://a.example", "", 10, []],
        "停用": ["x"],
        "现在查看": [""],
        "试看": ["https://a.example/", "单个网页", "", "", "", "1d", "", 2, 30],
        "保存跟踪": [None, "https://a.example/", "单个网页", "", "", "", "1d", "", 2, 30],
        "不再跟踪": ["https://a.example/"],
        "显示操作日志（管理员）": [],
    }
    for button, data in edits.items():
        told = staff["reader"].call(button, data)
        assert not told["success"], button
        assert "只读" in str(told["output"]) or "管理员" in str(told["output"]), (button, told)
    assert agency.staff.corrections() == [] and agency.staff.ratings() == []
    assert not (agency.settings.home / "uploads").exists()
    assert staff["reader"].client.get("/staff/files/journal.csv").status_code == 403
    sent = {"files": ("a.txt", b"x")}
    assert staff["reader"].client.post("/staff/gradio_api/upload", files=sent).status_code == 403
    assert staff["editor"].client.post("/staff/gradio_api/upload", files=sent).status_code == 200
    for path in ("/staff/", "/staff/login", "/staff/config"):
        assert staff["reader"].client.get(path).headers["x-frame-options"] == "DENY", path
    refused = [line.action for line in agency.staff.log() if line.who == "reader"]
    assert sum(action.startswith("refused:") for action in refused) == len(edits) - 1
    assert not any(site.name == "甲" for site in agency.access.sites())
    assert not staff["editor"].call("保存网站", edits["保存网站"])["success"], "sites are an admin's"
    assert staff["admin"].call("保存网站", edits["保存网站"])["success"]
    [embedded] = [site for site in agency.access.sites() if site.name == "甲"]
    assert embedded.origins == ("https://a.example",) and embedded.daily_limit == 10
    change = [embedded.public_id, "甲", "https://a.example\nhttps://b.example", "深圳市", 20]
    assert not staff["admin"].call("保存网站", [*change, ["no-such-programme"]])["success"]
    assert staff["admin"].call("保存网站", [*change, ["sz-corpus-voucher"]])["success"]
    [embedded] = [site for site in agency.access.sites() if site.name == "甲"]
    assert (embedded.region, embedded.programmes) == ("深圳市", ("sz-corpus-voucher",))
    assert len(embedded.origins) == 2 and embedded.daily_limit == 20
    # The same by an editor is done.
    assert staff["editor"].call("保存更正", correct)["success"]
    assert staff["editor"].call("保存评分", [answer, "", 5, 4, 3, 5])["success"]
    [case] = agency.staff.corrections("case")
    assert case.content["expected_facts"] == ["1000万元"] and case.by == "editor"
    assert json.loads(staff["editor"].client.get("/staff/files/cases.jsonl").text)["id"] == "S0001"
    log = staff["admin"].call("显示操作日志（管理员）", [])
    assert log["success"] and "correct: case" in str(log["output"])


def test_a_settled_answer(agency: Application, site: str, staff: dict[str, Staff]) -> None:
    question = "训力券最高能拿多少？"
    first = ask(site, question)
    call = staff["editor"].call

    def settle(text: str, until: str = "2026-12-31") -> dict[str, Any]:
        return call("保存更正", [first["question_id"], "pin", True, "", "", "", "", text, until])

    for text, until, why in (
        ("最高1000万元。", "2026-12-31", "至少要有一处引用"),
        ("最高1001万元。[1]", "2026-12-31", "1001万元"),
        ("最高1000万元。[9]", "2026-12-31", "[9]"),
        ("最高1000万元。[1]", "年底", "2026-12-31"),
    ):
        told = settle(text, until)
        assert not told["success"] and why in str(told["output"]), text
    assert settle("经核定：训力券最高1000万元。[1]")["success"]
    now = ask(site, "训力券最高能拿多少")
    assert now["text"] == "经核定：训力券最高1000万元。[1]" and now["question_id"] != first["question_id"]
    assert [c["number"] for c in now["citations"]] == [1]
    kept = agency.journal.entry(now["question_id"])
    assert kept and kept.trace.composer == "pinned"
    assert ask(site, question, as_of="2027-01-01")["text"] != now["text"], "past its last day"
    replayed = agency.unrecorded().pipeline.answer(Question(text=question, as_of=TODAY))
    assert replayed.text == first["text"], "a replay asks the knowledge base"
    # The paper it cites changes: the pin is out of use.
    head, version = agency.knowledge.snapshot().heads[now["citations"][0]["document_id"]]
    agency.knowledge.snapshot().heads[head.id] = (head, version + 1)
    try:
        assert ask(site, question)["text"] != now["text"]
    finally:
        agency.knowledge.snapshot().heads[head.id] = (head, version)
    assert ask(site, question)["text"] == now["text"]
    assert call("取消固定", [first["question_id"]])["success"]
    assert ask(site, question)["text"] == first["text"]


def test_a_session_ends(
    agency: Application, staff: dict[str, Staff], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = staff["admin"].client
    assert client.get("/staff/config").status_code == 200
    with monkeypatch.context() as patch:
        patch.setattr(agency.staff, "_idle", timedelta(seconds=-1))
        assert client.get("/staff/config").status_code == 401
    assert client.get("/staff/config").status_code == 401
    client.post("/staff/login", data={"name": "admin", "password": PASSWORDS["admin"]})
    assert client.get("/staff/config").status_code == 200
    client.post("/staff/logout")
    assert client.get("/staff/config").status_code == 401
    client.post("/staff/login", data={"name": "admin", "password": PASSWORDS["admin"]})


def test_reports_are_served_by_name_only(agency: Application, staff: dict[str, Staff]) -> None:
    folder = agency.settings.home / "eval/runs/r1"
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("<p>ok</p>", encoding="utf-8")
    client = staff["reader"].client
    assert client.get("/staff/files/runs/r1/report.html").text == "<p>ok</p>"
    for name in ("..", "r2", "%2e%2e", "..%2f..%2f"):
        assert client.get(f"/staff/files/runs/{name}/report.html").status_code == 404, name
    shutil.rmtree(folder)


def test_the_worst_come_first(agency: Application, site: str) -> None:
    good = ask(site, "训力券最高能拿多少？")["question_id"]
    bad = ask(site, "训力券归哪个局管？")["question_id"]
    declined = ask(site, "宠物店开业有没有补贴")["question_id"]
    for _ in range(2):
        httpx.post(f"{site}/api/feedback", json={"question_id": bad, "rating": "down", "comment": "不对"})
    entries = agency.journal.entries()
    rows = waiting(entries, set())
    assert rows[0].question_id == bad and rows[0].reasons[0] == "用户说没用 ×2"
    assert declined in [r.question_id for r in rows]
    handled = waiting(entries, {bad})
    assert handled[-1].question_id == bad and handled[-1].handled
    figures = overview(entries, date(2020, 1, 1), date(2020, 1, 3))
    assert figures.questions == len(entries) and figures.down == 2 and len(figures.by_day) == 3
    assert {t.name: t.questions for t in figures.by_programme}["sz-training-voucher"] >= 2
    assert good in {e.question_id for e in entries}


def test_what_each_site_asked_and_what_it_cost(agency: Application) -> None:
    """Asked on a registered site, with a language model that reports what it took."""
    embedder = agency.access.add_site("区企服中心", ("https://gov.example",))
    with scripted_llm(report(2_000_000, 500_000)) as (url, _):
        model = {"llm_base_url": url, "llm_model": "m", "llm_price_prompt": 2.0, "llm_price_completion": 8.0}
        paid = Application(agency.settings.model_copy(update=model), FixedClock(TODAY))
        for part in ("catalog", "encoder", "knowledge", "journal", "access"):
            paid.__dict__[part] = getattr(agency, part)
        with served(paid) as address:
            origin = {"Origin": "https://gov.example"}
            token = httpx.post(f"{address}/api/sites/{embedder.public_id}/token", headers=origin).json()[
                "token"
            ]
            headers = origin | {"Authorization": f"Bearer {token}"}
            body = {"question": "我们公司买语料花了300万元，语料券能补多少？"}
            id = httpx.post(f"{address}/api/ask", json=body, headers=headers, timeout=60).json()[
                "question_id"
            ]
            ask(address, "语料券怎么申请")
    entry = agency.journal.entry(id)
    assert entry and entry.site == embedder.public_id and entry.trace.usage
    requests = entry.trace.usage.requests
    assert requests >= 1 and entry.trace.usage.completion_tokens == 500_000 * requests
    figures = overview(agency.journal.entries(), TODAY, TODAY, Prices(2.0, 8.0))
    tallies = {t.name: t for t in figures.by_site}
    assert tallies[embedder.public_id].questions == 1
    assert tallies[embedder.public_id].spent.cost == pytest.approx(8.0 * requests)
    assert tallies[""].questions == figures.questions - 1
    shown = overview_html(paid, 30)
    assert "区企服中心" in shown and f"{8 * requests} 元" in shown
    assert "未设价格" in overview_html(agency, 30)
    table = io.StringIO()
    write_csv(table, [entry])
    assert (
        table.getvalue()
        .rstrip()
        .endswith(f"{embedder.public_id},{2_000_000 * requests},{500_000 * requests}")
    )


def test_what_ended_and_what_differs_now(agency: Application) -> None:
    """An answer given before the paper was replaced: found, asked again, and the difference named."""
    then = agency.pipeline.answer(Question(text="语料合同800万能补多少", as_of=TODAY))
    entry = next(e for e in agency.journal.entries() if e.question_id == then.question_id)
    late = Application(agency.settings, FixedClock(date(2027, 3, 1)))
    late.__dict__["encoder"] = agency.encoder
    [found] = affected(late, [entry])
    assert any("已到期" in why for why in found.why)
    changed = changed_by_now(late, found)
    assert changed and changed.differences
    assert (
        affected(agency, [entry.model_copy(update={"answer": then.model_copy(update={"citations": ()})})])
        == []
    )
    assert (
        changed_by_now(agency, found.model_copy(update={"day": TODAY})) is None
    )  # on the same day it is the same
    # Before it ends it is known what will differ: the paper ends on 2026-12-18.
    [ahead] = affected(agency, [entry])
    assert "将于 2026-12-18 到期" in ahead.why[0] and ahead.day == date(2026, 12, 19)
    assert changed_by_now(agency, ahead)
    late.journal.close()


def test_differences_are_of_substance() -> None:
    def made(text: str, **values: Any) -> Answer:
        known = {
            "question_id": "q", "conversation_id": "c", "status": "answered", "language": "zh", "as_of": TODAY,
            "text": text, "trace_id": "t",
        }  # fmt: skip
        return Answer(**(known | values))

    assert list(differences_between(made("最高200万元"), made("上限是 200 万元"))) in (
        [],
        ["不再有 200万元", "新出现 200 万元"],
    )
    assert list(differences_between(made("最高200万元"), made("最高150万元"))) == [
        "不再有 200万元",
        "新出现 150万元",
    ]
    declined = made("没有", status="unanswerable_no_support")
    assert next(differences_between(made("有"), declined)).startswith("状态")


def test_alike_questions_stand_together(agency: Application, site: str) -> None:
    for text in ("明天天气会下雨吗", "明天的天气会不会下雨", "台风天停工几天"):
        ask(site, text)
    declined = [e for e in agency.journal.entries() if e.status.startswith("unanswerable")]
    groups = [{e.question for e in members} for members in alike(agency, declined)]
    assert any(
        {"明天天气会下雨吗", "明天的天气会不会下雨"} <= g and "台风天停工几天" not in g for g in groups
    )


def test_a_process_of_ours_has_the_same_settings(agency: Application) -> None:
    told = environment(agency.settings)
    assert told["WENCE_HOME"] == str(agency.settings.home) and told["WENCE_SAMPLES"] == "1"
    assert "WENCE_LLM_MODEL" not in told and Status.EXPIRED.value == "expired"


# ------------------------------------------------------------------ in Chromium


@pytest.fixture
def page() -> Iterator[Page]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
        page = context.new_page()
        page.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)  # an answer, an ingest, an evaluation: on a slow machine
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        expect.set_options(timeout=20_000)
        context.close()
        chromium.close()
        assert errors == []


def log_in(page: Page, site: str, role: str) -> None:
    page.goto(f"{site}/staff")
    page.get_by_label("用户名").fill(role)
    page.get_by_label("密码").fill(PASSWORDS[role])
    page.get_by_role("button", name="登录").click()
    expect(page.locator("#staff-head")).to_contain_text(role, timeout=60_000)


def a_paper(path: Path) -> Path:
    paper = docx.Document()
    paper.add_heading("青岚市小微企业宽带补贴管理办法", 0)
    paper.add_paragraph("发文机关：青岚市工业和信息化局")
    paper.add_paragraph("第一条 对在青岚市注册的小微企业，按宽带缴费金额的15%给予补贴，每户每年最高2400元。")
    paper.add_paragraph("第二条 本办法自2026年1月1日起施行，有效期3年。")
    paper.save(str(path))
    return path


@pytest.mark.browser
@pytest.mark.timeout(600)  # an ingest, two evaluations and a comparison in processes of their own
def test_the_whole_round(
    page: Page, site: str, staff: dict[str, Staff], agency: Application, tmp_path: Path
) -> None:
    log_in(page, site, "editor")
    # Upload a paper and watch.
    page.get_by_role("tab", name="文件").click()
    page.locator("#upload-files input[type=file]").set_input_files(a_paper(tmp_path / "宽带补贴.docx"))
    expect(page.locator("#upload-files")).to_contain_text("宽带补贴")
    page.get_by_role("button", name="上传并导入").click()
    progress = page.locator("#ingest-progress")
    expect(progress).to_contain_text("已用", timeout=60_000)
    expect(progress).to_contain_text("新增 1", timeout=180_000)
    expect(page.locator("#documents")).to_contain_text("青岚市小微企业宽带补贴管理办法")
    # Ask, and find the answer.
    question = "青岚市小微企业宽带补贴按什么比例，每年最高多少？"
    answer = ask(site, question)
    assert answer["status"] == "answered" and "2400元" in answer["text"].replace(" ", "")
    httpx.post(f"{site}/api/feedback", json={"question_id": answer["question_id"], "rating": "down"})
    page.get_by_role("tab", name="待办").click()
    page.locator("#inbox").get_by_role("link", name=question).click()
    shown = page.locator("#answer")
    expect(shown).to_contain_text("找到的段落")
    expect(shown).to_contain_text("最高2400元")
    assert faults(page, whole=True) == []
    expect(page.locator("#answer-id textarea, #answer-id input")).to_have_value(answer["question_id"])
    # Correct it into a case.
    page.get_by_label("必须有的事实").fill("15%\n2400元")
    page.get_by_role("button", name="保存更正").click()
    expect(page.locator("#corrected")).to_contain_text("已存为用例")
    saved = agency.staff.corrections("case")[-1].content
    assert saved["question"] == question and saved["expected_facts"] == ["15%", "2400元"]
    assert saved["expected_sources"] == ["青岚市小微企业宽带补贴管理办法"]
    # Run the evaluation twice and compare.
    page.get_by_role("tab", name="评测").click()
    page.locator("#case-set input").click()
    page.get_by_role("option", name="后台用例").click()
    for count in (1, 2):
        page.get_by_role("button", name="运行评测").click()
        expect(page.locator("#runs tbody tr")).to_have_count(count, timeout=180_000)
    for place, name in zip(("#run-before", "#run-after"), _runs(agency), strict=True):
        page.locator(f"{place} input").fill(name)
        page.locator(f"{place} input").press("Enter")
        page.locator(f"{place} input").blur()
    page.get_by_role("button", name="比较", exact=True).last.click()
    expect(page.locator("#compared")).to_contain_text("没有变化", timeout=120_000)
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("用户名")).to_be_visible()
    assert page.goto(f"{site}/staff/config").status == 401  # type: ignore[union-attr]


def _runs(agency: Application) -> list[str]:
    return sorted(p.parent.name for p in (agency.settings.home / "eval/runs").glob("*/summary.json"))


@pytest.mark.browser
def test_a_reader_sees_and_cannot_edit(
    page: Page, site: str, staff: dict[str, Staff], agency: Application
) -> None:
    question = "训力券最高能拿多少？"
    answer = ask(site, question)["question_id"]
    page.emulate_media(color_scheme="dark")
    log_in(page, site, "reader")
    expect(page.locator("#staff-head")).to_contain_text("只能查看")
    expect(page.locator("#overview")).to_contain_text("各网站")
    assert faults(page, whole=True) == []
    page.goto(f"{site}/staff/?answer={answer}")
    expect(page.locator("#answer")).to_contain_text("1000万元", timeout=60_000)
    assert faults(page, whole=True) == []
    before = len(agency.staff.corrections())
    save = page.get_by_role("button", name="保存更正")
    expect(save).to_be_hidden()
    assert len(agency.staff.corrections()) == before
    page.get_by_role("tab", name="文件").click()
    expect(page.locator("#documents")).to_contain_text(re.compile("若干措施"), timeout=60_000)
    expect(page.get_by_role("button", name="上传并导入")).to_be_hidden()


@pytest.mark.browser
@pytest.mark.timeout(600)  # an ingest in a process of its own
def test_a_draft_that_lost_a_figure_takes_a_second_word(
    page: Page, site: str, staff: dict[str, Staff], agency: Application
) -> None:
    paper = agency.catalog.document("bj-yizhuang-token-measures-2026")
    assert paper is not None
    proposal = propose(paper, agency.knowledge.snapshot().rulebook.facts)[0]
    name = proposal.programme["id"]
    revision = proposal.programme["revisions"][0]
    revision["provisions"] = [p for p in revision["provisions"] if "budget" not in p]
    del revision["sources"][revision.pop("budget")["source"]]  # somebody took it out
    drafts, place = agency.settings.home / "drafts", agency.settings.home / "programmes" / f"{name}.yaml"
    drafts.mkdir(exist_ok=True)
    for kind, content in (("yaml", proposal.programme), ("facts.yaml", proposal.facts)):
        (drafts / f"{name}.{kind}").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    log_in(page, site, "editor")
    page.get_by_role("tab", name="项目").click()
    page.locator("#drafts input").click()
    page.get_by_role("option", name=name).click()
    expect(page.locator(".cm-content")).to_contain_text("benefits")
    sure = page.get_by_label("不写进项目也要采用")
    expect(sure).to_be_hidden()
    page.get_by_role("button", name="采用", exact=True).click()
    told = page.locator("#programmes-told")
    expect(told).to_contain_text("1亿元”没有写进草稿")
    assert not place.exists()
    sure.check()
    page.get_by_role("button", name="采用", exact=True).click()
    expect(told).to_contain_text("采用并发布", timeout=180_000)
    expect(sure).to_be_hidden()
    assert place.is_file()
    noted = next(row for row in agency.staff.log() if row.action == "programmes accept" and row.detail)
    assert "1亿元" in noted.detail and noted.target == name
