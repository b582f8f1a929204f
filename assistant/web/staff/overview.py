"""The first tab: how many questions, how they came out, how fast, by day and by programme."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import gradio as gr

from assistant.journal import Entry
from assistant.plots import Bar, columns, shares
from assistant.web.pages import templates
from assistant.web.staff.access import current
from assistant.web.staff.figures import overview
from assistant.wiring import Application

DAYS = [("近 7 天", 7), ("近 30 天", 30), ("近 90 天", 90), ("近一年", 365)]


def recent(application: Application, days: int) -> list[Entry]:
    """The entries of the last days."""
    return application.journal.entries(datetime.now(UTC).replace(tzinfo=None) - timedelta(days=days))


def build_overview(application: Application, page: gr.Blocks, tab: gr.Tab) -> None:
    """The tab's contents."""
    with gr.Row():
        days = gr.Dropdown(DAYS, value=30, label="时间", scale=1)
        again = gr.Button("刷新", scale=0)
    shown = gr.HTML(elem_id="overview")

    def show(count: int, request: gr.Request) -> str:
        current(application, request)
        return overview_html(application, count)

    for trigger in (page.load, tab.select, days.change, again.click):
        trigger(show, days, shown, queue=False, show_progress="hidden", api_visibility="private")


def overview_html(application: Application, days: int) -> str:
    """The figures and plots of the last days."""
    today = datetime.now(UTC).date()
    found = overview(recent(application, days), today - timedelta(days=min(days, 90) - 1), today)
    known = application.knowledge.snapshot().rulebook.programmes
    titles = {id: known[id].title if id in known else id for id, _ in found.by_programme}
    most = max((n for _, n in found.by_programme), default=1)
    return templates.get_template("staff/overview.html").render(
        o=found,
        by_day=columns(list(found.by_day), ("已答", "未答"), "每天的问题"),
        by_programme=shares(
            [Bar(titles[id][:11], n / most, note=str(n)) for id, n in found.by_programme],
            "各项目的问题",
            ticks=False,
        ),
        kept=application.settings.journal_days,
    )
