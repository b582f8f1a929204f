"""Following while serving: new notices become answers by themselves; and the staff page, by request and in Chromium."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from filelock import FileLock
from playwright.sync_api import Page, expect

from assistant.clock import FixedClock
from assistant.errors import InputError
from assistant.followed import Site, followed, load_sites, put_site, site_of
from assistant.page_store import PageStore
from assistant.web import follow
from assistant.web.follow import Follower
from assistant.web.staff.following import following_html, found_by, keep_site, trial_arguments, trial_html
from assistant.web.staff.jobs import Jobs, environment
from assistant.wiring import Application
from tests.conftest import TODAY, free_port, ingest_paths, make_settings, served
from tests.ingest import column_pages as pages
from tests.ingest.test_columns import later, site_with
from tests.ingest.web_server import Web, page, web_of
from tests.web.conftest import DESKTOP, PHONE, Browse
from tests.web.test_accessibility import faults

PASSWORD = "looks at columns 1"
QUESTION = "云麓市第{}批软件外包补贴的申报时间是什么时候？"


def notice_page(number: int) -> str:
    title = f"关于开展云麓市第{number}批软件外包补贴申报工作的通知"
    body = (
        f"<p>云麓市第{number}批软件外包补贴最高80万元。</p>"
        f"<p>二、申报时间：2026年11月{number}日至2026年12月{number}日。</p>"
    )
    return pages.notice(title, body)


def publish(web: Web, *numbers: int) -> None:
    """The column with these notices."""
    rows = [
        (f"./{n}.html", f"关于开展云麓市第{n}批软件外包补贴申报工作的通知", f"2026-11-{n:02}")
        for n in numbers
    ]
    web.pages["/tzgg/index.html"] = page(pages.around(pages.as_list(rows)))
    web.pages |= {f"/tzgg/{n}.html": page(notice_page(n)) for n in numbers}


@pytest.fixture
def web() -> Iterator[Web]:
    with web_of({}) as made:
        publish(made, 10, 11)
        yield made


@pytest.fixture
def office(tmp_path: Path, web: Web) -> Iterator[Application]:
    """A knowledge base of one paper that follows the column."""
    values: dict[str, Any] = {"fetch_private": True, "fetch_pause": 0, "fetch_timeout": 5}
    settings = make_settings(tmp_path / "home", embedding_model="hash", samples=False, **values)
    application = Application(settings, FixedClock(TODAY))
    paper = tmp_path / "办法.txt"
    paper.write_text("云麓市宽带补贴办法\n第一条 云麓市宽带补贴最高2400元。", encoding="utf-8")
    assert ingest_paths(application, paper).failed == []
    column = {"address": f"{web.address}/tzgg/index.html", "column": True, "region": "云麓市"}
    put_site(settings.home, site_of({**column, "name": "云麓市科技局 通知公告", "schedule": "15m"}))
    yield application
    application.catalog.close()


def until(found: Callable[[], Any], seconds: float = 90) -> Any:
    """What is found, as soon as it is."""
    end = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.3)
    return result


def fresh(application: Application) -> int | None:
    """How many notices the last look saw for the first time."""
    look = followed(application.settings.home)[0].look
    return look.fresh if look else None


# ------------------------------------------------------------------ while serving


@contextmanager
def wence_serve(application: Application, log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A real `wence serve`."""
    port = free_port()
    command = [sys.executable, "-m", "assistant", "serve", "--port", str(port)]
    with log.open("wb") as told:
        process = subprocess.Popen(command, env=environment(application.settings), stdout=told, stderr=told)
        try:
            until(lambda: _answers(f"http://127.0.0.1:{port}/site/start") or process.poll() is not None)
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def test_a_new_notice_is_answered_after_the_next_look(office: Application, web: Web, tmp_path: Path) -> None:
    with wence_serve(office, tmp_path / "serve.log") as (address, process):

        def answer(number: int) -> dict[str, Any]:
            body = {"question": QUESTION.format(number), "as_of": "2026-11-30"}
            return dict(httpx.post(f"{address}/api/ask", json=body, timeout=60).json())

        assert until(lambda: fresh(office)) == 2
        until(lambda: "12月10日" in answer(10)["text"])
        publish(web, 12, 11, 10)
        assert "12月12日" not in answer(12)["text"]
        later(office, 2000)
        until(lambda: fresh(office) == 1)
        told = until(lambda: (a := answer(12)) and "12月12日" in a["text"] and a)
        assert any("12月12日" in c["quote"] and "第12批" in c["title"] for c in told["citations"])
        [said] = [n for n in told["notices"] if "窗口" in n]
        assert said.startswith("窗口查到 ") and "云麓市科技局 通知公告" in said
        # A look that takes long when the service is stopped is stopped with it.
        web.pages["/tzgg/index.html"] = lambda handler: time.sleep(20)
        web.requests.clear()
        later(office, 2000)
        until(lambda: "/tzgg/index.html" in web.paths())
        assert any("ingest --due" in command for command in _running(office.settings.home))
        process.send_signal(signal.SIGINT)
        assert process.wait(15) in (0, 130, -signal.SIGINT)
    assert "Traceback" not in (tmp_path / "serve.log").read_text(encoding="utf-8", errors="replace")
    assert not _running(office.settings.home)


def _running(home: Path) -> list[str]:
    """Commands of the processes with this home."""
    told = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            variables = (process / "environ").read_bytes().split(b"\0")
            if f"WENCE_HOME={home}".encode() in variables:
                told.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # it has ended, or is not ours
            continue
    return told


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks whether something is due several times a second."""
    monkeypatch.setattr(follow, "_FIRST", 0.05)
    monkeypatch.setattr(follow, "_TICK", 0.1)


@pytest.mark.usefixtures("quick")
def test_one_of_several_processes_looks_and_another_takes_over(office: Application, web: Web) -> None:
    with FileLock(office.settings.home / "follow.lock"):  # another process serves
        follower = Follower(office.settings)
        follower.start()
        try:
            time.sleep(1)
            assert follower.jobs.current is None and web.requests == []
        except AssertionError:
            follower.close()
            raise
    try:
        assert until(lambda: fresh(office)) == 2
    finally:
        follower.close()
    assert web.paths().count("/tzgg/index.html") == 1
    with FileLock(office.settings.home / "follow.lock", timeout=1):
        pass
    with pytest.raises(InputError, match="正在停止"):
        follower.look()


@pytest.mark.usefixtures("quick")
def test_it_can_be_turned_off_and_needs_a_list(office: Application, web: Web) -> None:
    off = Follower(office.settings.model_copy(update={"follow": False}))
    off.start()
    time.sleep(0.5)
    (office.settings.home / "sources.yaml").unlink()
    on = Follower(office.settings)
    on.start()
    time.sleep(0.8)
    for one in (off, on):
        one.close()
        assert one.jobs.current is None
    assert web.requests == []


@pytest.mark.usefixtures("quick")
def test_a_look_that_cannot_be_made_is_not_made_over_and_over(
    office: Application, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = office.settings.model_copy(update={"embedding_model": "hash", "fetch_timeout": 5.0})
    follower = Follower(broken)
    with FileLock(office.settings.home / "looking.lock"):  # a look by hand is under way elsewhere
        follower.start()
        job = until(lambda: (j := follower.jobs.current) and j.code is not None and j)
        assert job.code == 2 and "已经在查看" in job.words
        time.sleep(1)
        assert follower.jobs.current is job, "a minute's wait"
    follower.close()


# ------------------------------------------------------------------ the staff page


def trial_of(office: Application, site: Site) -> dict[str, Any]:
    jobs = Jobs(office.settings)
    *_, job = jobs.watch(jobs.start("试看", trial_arguments(site)))
    return found_by(job)


def test_a_trial_shows_what_would_be_read_and_keeps_nothing(office: Application, web: Web) -> None:
    rows = [
        ("./1.html", "关于软件外包补贴申报的通知", "2026-11-01"),
        ("./2.html", "关于春节放假安排的通知", "2026-11-02"),
    ]
    web.pages |= site_with(rows)
    site = Site(address=f"{web.address}/tzgg/index.html", column=True, pattern=("申报",))
    found = trial_of(office, site)
    assert [(n["title"], n["date"], n["wanted"]) for n in found["notices"]] == [
        ("关于软件外包补贴申报的通知", "2026-11-01", True),
        ("关于春节放假安排的通知", "2026-11-02", False),
    ]
    assert found["title"] == "通知公告-云麓市科技局"
    shown = trial_html(site, found)
    assert "找到 2 份通知，其中 1 份会读" in shown and "不读" in shown
    store = PageStore(office.settings.home)
    try:
        assert store.page(site.address) is None and store.looks() == {}
    finally:
        store.close()
    single = Site(address=f"{web.address}/tzgg/1.html")
    assert "软件外包" in trial_of(office, single)["title"]
    missing = trial_of(office, Site(address=f"{web.address}/none/", column=True))
    assert "404" in missing["reason"] and "没看成" in trial_html(site, missing)


def test_a_site_is_saved_after_a_trial_of_it(office: Application, web: Web) -> None:
    site = Site(address=f"{web.address}/xwdt/", column=True)
    for tried in ("", '["https://other/", true, [], 2]'):
        with pytest.raises(gr.Error, match="试看"):
            keep_site(office, site, tried)
    [before] = load_sites(office.settings.home)
    keep_site(office, before.model_copy(update={"schedule": "1h"}), "")
    assert load_sites(office.settings.home)[0].schedule == "1h", "the same notices: no trial is needed"
    with pytest.raises(gr.Error, match="试看"):
        keep_site(office, before.model_copy(update={"pattern": ("征集",)}), "")


def test_the_table_shows_markup_as_text(office: Application, web: Web) -> None:
    site = Site(address=f"{web.address}/tzgg/index.html", column=True, name="<b>甲局</b>")
    put_site(office.settings.home, site)
    shown = following_html(office, followed(office.settings.home))
    assert "&lt;b&gt;甲局" in shown and "<b>甲局" not in shown


@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"]
)
def test_a_column_from_trial_to_answers_in_the_browser(
    browse: Browse, office: Application, web: Web, viewport: dict[str, int], scheme: str
) -> None:
    (office.settings.home / "sources.yaml").unlink()
    office.staff.add_user("editor", "editor", PASSWORD)
    del web.pages["/tzgg/11.html"]
    quiet = Application(office.settings.model_copy(update={"follow": False}), office.clock)
    expect.set_options(timeout=60_000)
    with served(quiet) as address:
        tab = browse(viewport=viewport, color_scheme=scheme)
        _log_in(tab, address)
        _open(tab, "跟踪")
        expect(tab.locator("#following")).to_contain_text("还没有跟踪的网址")
        tab.get_by_role("button", name="添加或修改").click()
        tab.get_by_label("网址", exact=True).fill(f"{web.address}/tzgg/index.html")
        tab.get_by_label("地区", exact=True).fill("云麓市")
        tab.get_by_role("button", name="保存跟踪").click()
        expect(tab.get_by_text("请先点“试看”")).to_be_visible()
        tab.locator(".toast-close").click()
        expect(tab.locator(".toast-header")).to_have_count(0)
        tab.get_by_role("button", name="试看").click()
        expect(tab.locator("#follow-trial")).to_contain_text("找到 2 份通知")
        expect(tab.locator("#follow-trial")).to_contain_text("第11批")
        expect(tab.get_by_label("名称")).to_have_value("通知公告-云麓市科技局")
        assert faults(tab, whole=True) == []
        tab.get_by_role("button", name="保存跟踪").click()
        expect(tab.locator("#following")).to_contain_text("通知公告-云麓市科技局")
        expect(tab.locator("#following")).to_contain_text("未曾")
        tab.get_by_role("button", name="现在查看").click()
        expect(tab.locator("#follow-progress")).to_contain_text("查看完成：新增 1")
        expect(tab.locator("#following")).to_contain_text("已找到 2，已读 1")
        tab.get_by_text("1 份通知没有读成").click()
        expect(tab.locator("#following")).to_contain_text("404")
        assert faults(tab, whole=True) == []
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
        tab.get_by_role("button", name="不再跟踪").first.click()
        tab.get_by_label("网址或栏目（已读的文件留着）").click()
        tab.get_by_role("option").first.click()
        tab.get_by_role("button", name="不再跟踪").last.click()
        expect(tab.locator("#following")).to_contain_text("还没有跟踪的网址")
    assert load_sites(office.settings.home) == []
    assert len(quiet.catalog.heads()) == 2, "what was read stays"
    actions = [row.action for row in office.staff.log()]
    assert {"follow try", "follow save", "follow look", "follow end"} <= set(actions)
    for application in (office, quiet):
        application.staff.close()
    quiet.journal.close()
    quiet.catalog.close()


def _log_in(tab: Page, address: str) -> None:
    tab.goto(f"{address}/staff")
    tab.get_by_label("用户名").fill("editor")
    tab.get_by_label("密码").fill(PASSWORD)
    tab.get_by_role("button", name="登录").click()
    expect(tab.locator("#staff-head")).to_contain_text("editor", timeout=60_000)


def _open(tab: Page, name: str) -> None:
    """A tab, which on a phone stands in the menu of those that do not fit."""
    shown = tab.get_by_role("tab", name=name)
    if not shown.is_visible():
        tab.locator(".overflow-menu button").first.click()
        tab.locator(".overflow-dropdown").get_by_text(name, exact=True).click()
        return
    shown.click()
