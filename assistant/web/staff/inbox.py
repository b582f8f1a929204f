"""The second tab: answers that need a person, the worst first; each links to itself."""

from __future__ import annotations

import gradio as gr

from assistant.web.pages import templates
from assistant.web.staff.access import current
from assistant.web.staff.figures import waiting
from assistant.web.staff.overview import DAYS, recent
from assistant.wiring import Application

_SHOWN = 200
_WAIT = "<p>正在整理…</p>"
KINDS = [("要处理的", "waiting"), ("全部回答", "all")]


def build_inbox(application: Application, tab: gr.Tab) -> None:
    """The tab's contents."""
    with gr.Row():
        days = gr.Dropdown(DAYS, value=30, label="时间")
        kind = gr.Dropdown(KINDS, value="waiting", label="看什么")
        again = gr.Button("刷新", scale=0, elem_id="inbox-refresh")
    shown = gr.HTML(_WAIT, elem_id="inbox")

    def show(count: int, which: str, request: gr.Request) -> str:
        current(application, request)
        return inbox_html(application, count, which)

    for trigger in (tab.select, days.change, kind.change, again.click):
        trigger(show, [days, kind], shown, queue=False, show_progress="hidden", api_visibility="private")


def inbox_html(application: Application, days: int, which: str) -> str:
    """The list."""
    entries = recent(application, days)
    handled = {c.question_id for c in application.staff.corrections()}
    handled |= {r.question_id for r in application.staff.ratings()}
    rows = waiting(entries, handled)
    if which == "all":
        known = {row.question_id: row for row in rows}
        rows = [known[e.question_id] for e in entries if e.question_id in known]
        others = [e for e in entries if e.question_id not in known]
    else:
        others = []
    return templates.get_template("staff/inbox.html").render(
        rows=rows[:_SHOWN], others=others[:_SHOWN], total=len(rows) + len(others)
    )
