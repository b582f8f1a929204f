"""The staff page: a tab for each piece of work; `mount_staff` puts it under `/staff`, behind the login."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI, Request

from assistant.web.chat import theme
from assistant.web.follow import Follower
from assistant.web.pages import templates
from assistant.web.staff.access import ROLE_NAMES, current
from assistant.web.staff.answer import build_answer
from assistant.web.staff.documents import build_documents
from assistant.web.staff.door import ROOT, StaffDoor, secret_in
from assistant.web.staff.evaluation import build_evaluation
from assistant.web.staff.following import build_following
from assistant.web.staff.impact import build_gaps, build_impact
from assistant.web.staff.inbox import build_inbox
from assistant.web.staff.jobs import Jobs
from assistant.web.staff.login import staff_router
from assistant.web.staff.overview import build_overview
from assistant.web.staff.programmes import build_programmes
from assistant.web.staff.sites import build_sites
from assistant.wiring import Application

_CSS = Path(__file__).parents[1] / "static" / "staff.css"


def mount_staff(app: FastAPI, application: Application, follower: Follower) -> None:
    """Serve the staff pages; to be called before the chat is mounted at `/`."""
    app.add_middleware(StaffDoor, application=application)
    app.include_router(staff_router(application))

    def who(request: Request) -> str | None:
        user = application.staff.user_of(secret_in(request.headers.get("cookie", "")))
        return user.name if user else None

    gr.mount_gradio_app(
        app,
        build_staff(application, follower),
        path=ROOT,
        auth_dependency=who,
        theme=theme(),
        css=_CSS.read_text(encoding="utf-8"),
        show_error=True,
        footer_links=[],
        max_file_size=f"{application.settings.max_file_mb:g}mb",
    )


def build_staff(application: Application, follower: Follower) -> gr.Blocks:
    """The page with its tabs."""
    jobs = Jobs(application.settings)
    page = gr.Blocks(title="问策 · 后台", analytics_enabled=False)
    with page:
        head = gr.HTML(elem_id="staff-head")
        editing: list[Any] = []
        with gr.Tabs() as tabs:
            with gr.Tab("概览", id="overview") as tab:
                build_overview(application, page, tab)
            with gr.Tab("待办", id="inbox") as tab:
                build_inbox(application, tab)
            with gr.Tab("回答", id="answer"):
                editing += build_answer(application, page, tabs)
            with gr.Tab("文件", id="documents") as tab:
                editing += build_documents(application, tab, jobs)
            with gr.Tab("跟踪", id="following") as tab:
                editing += build_following(application, tab, follower)
            with gr.Tab("项目", id="programmes") as tab:
                editing += build_programmes(application, tab, jobs)
            with gr.Tab("评测", id="evaluation") as tab:
                editing += build_evaluation(application, tab, jobs)
            with gr.Tab("影响", id="impact") as tab:
                editing += build_impact(application, tab)
            with gr.Tab("缺口", id="gaps"):
                build_gaps(application)
            with gr.Tab("网站", id="sites") as tab:
                build_sites(application, tab)
            with gr.Tab("日志", id="log"):
                _build_log(application)

        def greet(request: gr.Request) -> list[Any]:
            user = current(application, request)
            may_edit = user.may("editor")
            told = templates.get_template("staff/head.html").render(
                name=user.name, role=ROLE_NAMES[user.role], may_edit=may_edit
            )
            # What a reader does not see a reader cannot do either: every handler checks the role itself.
            return [told, *(gr.update(visible=may_edit) for _ in editing)]

        page.load(
            greet, None, [head, *editing], queue=False, show_progress="hidden", api_visibility="private"
        )
    return page


def _build_log(application: Application) -> None:
    """Who did what, for admins."""
    open_it = gr.Button("显示操作日志（管理员）")
    shown = gr.HTML(elem_id="log")

    def show(request: gr.Request) -> str:
        user = current(application, request)
        if not user.may("admin"):
            raise gr.Error("只有管理员能看操作日志。", print_exception=False)
        return templates.get_template("staff/log.html").render(rows=application.staff.log())

    open_it.click(show, None, shown, api_visibility="private")
