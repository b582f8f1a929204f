"""Following: addresses and columns, how the last look at each went, a look now; adding one after a trial, and an end to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import gradio as gr

from assistant.errors import InputError, WenceError
from assistant.followed import FILE_NAME, Followed, Site, drop_site, followed, next_look, put_site, site_of
from assistant.web.follow import Follower
from assistant.web.pages import templates
from assistant.web.staff.access import current, require
from assistant.web.staff.documents import KINDS, ingest_outcome
from assistant.web.staff.jobs import Job, Jobs
from assistant.wiring import Application

_SHANGHAI = timezone(timedelta(hours=8))
_NEW = ""  # the choice that adds an address instead of changing one
_ALL = ""
_COLUMN, _PAGE = "栏目（列出通知的网页或 RSS）", "单个网页"
SCHEDULES = [("每 15 分钟", "15m"), ("每小时", "1h"), ("每 6 小时", "6h"), ("每天", "1d"), ("每周", "1w")]
_SHOWN = 60


def build_following(application: Application, tab: gr.Tab, follower: Follower) -> list[Any]:
    """The tab's contents, of which it returns what editors only see."""
    trials = Jobs(application.settings)
    with gr.Row(elem_classes="staff-row") as looking:
        which = gr.Dropdown(
            [("清单里的全部", _ALL)], value=_ALL, label="查看哪一个", scale=3, elem_id="follow-which",
            allow_custom_value=True,
        )  # fmt: skip
        now = gr.Button("现在查看", variant="primary", scale=1)
    progress = gr.Markdown(elem_id="follow-progress")
    shown = gr.HTML(elem_id="following")
    with gr.Accordion("添加或修改", open=False, elem_id="follow-edit") as editing:
        chosen = gr.Dropdown(
            [("添加新的", _NEW)],
            value=_NEW,
            label="网址或栏目",
            elem_id="follow-chosen",
            allow_custom_value=True,
        )
        with gr.Row():
            address = gr.Textbox(label="网址", placeholder="https://", scale=3)
            sort = gr.Dropdown([_COLUMN, _PAGE], value=_COLUMN, label="是什么", scale=2)
        with gr.Row():
            name = gr.Textbox(label="名称（答案里写作来源）", placeholder="某市科技局 通知公告")
            region = gr.Textbox(label="地区", placeholder="深圳市")
            kind = gr.Dropdown(KINDS, value="", label="类别（不选则从文中读）")
            schedule = gr.Dropdown(SCHEDULES, value="1d", label="多久看一次", allow_custom_value=True)
        with gr.Row():
            pattern = gr.Textbox(
                label="标题须含的词（可不填；几个词之间用、隔开，含其一即可）", placeholder="申报、征集"
            )
            pages = gr.Number(label="看几页列表", precision=0, minimum=1, maximum=10, value=2)
            most = gr.Number(label="一次最多读几份", precision=0, minimum=1, maximum=200, value=30)
        with gr.Row():
            attempt = gr.Button("试看")
            save = gr.Button("保存跟踪", variant="primary")
        tried = gr.State("")  # what the trial that succeeded was for
        trial = gr.HTML(elem_id="follow-trial")
    with gr.Accordion("不再跟踪", open=False) as ending, gr.Row(elem_classes="staff-row"):
        leaving = gr.Dropdown([], label="网址或栏目（已读的文件留着）", scale=3, allow_custom_value=True)
        drop = gr.Button("不再跟踪", variant="stop", scale=1)
    fields = [address, sort, name, region, kind, schedule, pattern, pages, most]
    lists = [shown, which, chosen, leaving]

    def show(request: gr.Request) -> tuple[Any, ...]:
        current(application, request)
        return _lists(application)

    def looked(where: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        require(application, request, "editor", "follow look", where or "all")
        addresses = [where] if where else [one.site.address for one in _followed(application)]
        if not addresses:
            raise gr.Error("还没有跟踪的网址：请先添加。", print_exception=False)
        job = _started(lambda: follower.look(addresses))
        for state in follower.jobs.watch(job):
            if state.code is None:
                yield state.words, *(gr.skip() for _ in lists)
        yield ingest_outcome(job).replace("导入完成", "查看完成"), *_lists(application)

    def fill(where: str, request: gr.Request) -> tuple[Any, ...]:
        current(application, request)
        site = next((one.site for one in _followed(application) if one.site.address == where), None)
        site = site or Site.model_construct(address="", column=True)
        return (
            site.address,
            _COLUMN if site.column else _PAGE,
            site.name or "",
            site.region or "",
            site.kind or "",
            site.schedule,
            "、".join(site.pattern),
            site.pages,
            site.most,
        )

    def attempted(
        a: str,
        what: str,
        called: str,
        b: str,
        c: str,
        d: str,
        e: str,
        f: float,
        g: float,
        request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:
        require(application, request, "editor", "follow try", a)
        site = _site(a, what, called, b, c, d, e, f, g)
        job = _started(lambda: trials.start("试看", trial_arguments(site)))
        for state in trials.watch(job):
            if state.code is None:
                yield f"<p>{state.words}</p>", gr.skip(), gr.skip()
        found = found_by(job)
        title = gr.skip() if called.strip() or "title" not in found else found["title"][:60]
        yield trial_html(site, found), "" if "reason" in found else _key(site), title

    def saved(
        seen: str,
        a: str,
        what: str,
        called: str,
        b: str,
        c: str,
        d: str,
        e: str,
        f: float,
        g: float,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        require(application, request, "editor", "follow save", a)
        keep_site(application, _site(a, what, called, b, c, d, e, f, g), seen)
        begun = "几秒后开始查看" if application.settings.follow else "点上面的“现在查看”即开始"
        return f"<p class='good'>已保存，{begun}。</p>", "", *_lists(application)

    def dropped(where: str | None, request: gr.Request) -> tuple[Any, ...]:
        require(application, request, "editor", "follow end", where or "")
        try:
            drop_site(application.settings.home, where or "")
        except WenceError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return _lists(application)

    hidden: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    tab.select(show, None, lists, queue=False, **hidden)
    now.click(looked, which, [progress, *lists], **hidden)
    chosen.input(fill, chosen, fields, **hidden)
    attempt.click(attempted, fields, [trial, tried, name], **hidden)
    save.click(saved, [tried, *fields], [trial, tried, *lists], **hidden)
    drop.click(dropped, leaving, lists, **hidden)
    return [looking, editing, ending]


def _started(start: Callable[[], Job]) -> Job:
    try:
        return start()
    except InputError as error:
        raise gr.Error(str(error), print_exception=False) from error


def _followed(application: Application) -> list[Followed]:
    """What is followed; nothing where there is no list yet."""
    if not (application.settings.home / FILE_NAME).is_file():
        return []
    try:
        return followed(application.settings.home)
    except InputError as error:
        raise gr.Error(str(error), print_exception=False) from error


def _site(
    address: str,
    what: str,
    name: str,
    region: str,
    kind: str,
    schedule: str,
    pattern: str,
    pages: float,
    most: float,
) -> Site:
    """What the form says; raises gr.Error naming what is wrong."""
    told: dict[str, Any] = {
        "address": address,
        "name": name,
        "region": region,
        "kind": kind,
        "schedule": schedule,
    }
    told = {key: value.strip() for key, value in told.items() if value}
    if what == _COLUMN:
        told |= {"column": True, "pattern": pattern, "pages": int(pages or 2), "most": int(most or 30)}
    if not told.get("address"):
        raise gr.Error("请填网址。", print_exception=False)
    try:
        return site_of(told)
    except InputError as error:
        raise gr.Error(str(error), print_exception=False) from error


def _key(site: Site) -> str:
    """What a trial is for: what is found depends on nothing else."""
    return json.dumps([site.address, site.column, site.pattern, site.pages], ensure_ascii=False)


def keep_site(application: Application, site: Site, tried: str) -> None:
    """Write a site to the list, where a trial of it succeeded or where it was there with the same notices."""
    known = {_key(one.site) for one in _followed(application)}
    if _key(site) not in (*known, tried):
        raise gr.Error("请先点“试看”，看到会读什么之后再保存。", print_exception=False)
    try:
        put_site(application.settings.home, site)
    except InputError as error:
        raise gr.Error(str(error), print_exception=False) from error


def trial_arguments(site: Site) -> list[str]:
    """The command that shows what a site would yield."""
    if not site.column:
        return ["sources", "look", "--json", "--page", "--", site.address]
    told = ["--pattern", "、".join(site.pattern), "--pages", str(site.pages)]
    return ["sources", "look", "--json", *told, "--", site.address]


def found_by(job: Job) -> dict[str, Any]:
    """What a trial found, or the reason why it found nothing."""
    try:
        return dict(json.loads(job.result))
    except (ValueError, TypeError):
        return {"reason": job.words}


def trial_html(site: Site, found: dict[str, Any]) -> str:
    """What a trial found, as a list."""
    notices = found.get("notices", [])
    return templates.get_template("staff/trial.html").render(
        site=site,
        found=found,
        notices=notices[:_SHOWN],
        total=len(notices),
        wanted=sum(n["wanted"] for n in notices),
    )


def _lists(application: Application) -> tuple[Any, ...]:
    """The table, and the choices of the three lists."""
    known = _followed(application)
    names = [(f"{one.site.called}（{one.site.address}）", one.site.address) for one in known]
    return (
        following_html(application, known),
        gr.Dropdown(choices=[("清单里的全部", _ALL), *names], value=_ALL),
        gr.Dropdown(choices=[("添加新的", _NEW), *names], value=_NEW),
        gr.Dropdown(choices=names, value=None),
    )


def following_html(application: Application, known: list[Followed]) -> str:
    """What is followed and how the last look at each went."""
    rows = [
        {
            "site": one.site,
            "schedule": next((t for t, value in SCHEDULES if value == one.site.schedule), one.site.schedule),
            "looked": _moment(one.look.looked_at if one.look else None),
            "succeeded": _moment(one.look.succeeded_at if one.look else None),
            "reason": one.look and one.look.reason,
            "fresh": one.look.fresh if one.look else 0,
            "found": sum(not n.left_out for n in one.notices),
            "read": sum(n.taken_at is not None and not n.left_out for n in one.notices),
            "left_out": sum(n.left_out for n in one.notices),
            "failed": [n for n in one.notices if n.reason][:20],
            "next": _moment(next_look(one.site, one.look)) if one.look else "尽快",
        }
        for one in known
    ]
    return templates.get_template("staff/following.html").render(
        rows=rows, follow=application.settings.follow
    )


def _moment(at: float | None) -> str:
    return datetime.fromtimestamp(at, _SHANGHAI).strftime("%m-%d %H:%M") if at else "未曾"
