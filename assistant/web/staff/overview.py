"""The first tab: how many questions, how they came out, how fast and at what cost, by day, programme and site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import gradio as gr
from markupsafe import Markup

from assistant.journal import Entry
from assistant.plots import Bar, columns, shares
from assistant.spending import Prices
from assistant.web.pages import templates
from assistant.web.staff.access import current
from assistant.web.staff.figures import Tally, overview
from assistant.wiring import Application

_WAIT = "<p>正在统计…</p>"
DAYS = [("近 7 天", 7), ("近 30 天", 30), ("近 90 天", 90), ("近一年", 365)]


def recent(application: Application, days: int) -> list[Entry]:
    """The entries of the last days, the newest where they are very many."""
    return application.journal.entries(begin(days))


def begin(days: int) -> datetime:
    """The moment so many days ago (UTC)."""
    return datetime.now(UTC).replace(tzinfo=None) - timedelta(days=days)


def build_overview(application: Application, page: gr.Blocks, tab: gr.Tab) -> None:
    """The tab's contents."""
    with gr.Row():
        days = gr.Dropdown(DAYS, value=30, label="时间", scale=1)
        again = gr.Button("刷新", scale=0)
    shown = gr.HTML(_WAIT, elem_id="overview")

    def show(count: int, request: gr.Request) -> str:
        current(application, request)
        return overview_html(application, count)

    for trigger in (page.load, tab.select, days.change, again.click):
        trigger(show, days, shown, queue=False, show_progress="hidden", api_visibility="private")


def overview_html(application: Application, days: int) -> str:
    """The figures and plots of the last days."""
    today = datetime.now(UTC).date()
    first, prices = today - timedelta(days=min(days, 90) - 1), Prices.of(application.settings)
    entries = recent(application, days)
    found = overview(entries, first, today, prices)
    known = application.knowledge.snapshot().rulebook.programmes
    # A question may name a programme of which there are no rules: it is shown by the title it was recognised by.
    programmes = {m.id: m.title for e in entries for m in e.trace.query.programmes}
    programmes |= {id: programme.title for id, programme in known.items()}
    sites = {site.public_id: site.name for site in application.access.sites()} | {"": "本站网页和接口"}
    return templates.get_template("staff/overview.html").render(
        o=found,
        total=application.journal.count(begin(days)),
        by_day=columns(list(found.by_day), ("已答", "未答"), "每天的问题"),
        tokens=columns(list(found.tokens_by_day), ("输入 token", "输出 token"), "每天的用量"),
        groups=[
            ("项目", found.by_programme, programmes, _bars(found.by_programme, programmes, "各项目的问题")),
            ("网站", found.by_site, sites, _bars(found.by_site, sites, "各网站的问题")),
        ],
        kept=application.settings.journal_days,
    )


def _bars(tallies: Sequence[Tally], titles: Mapping[str, str], title: str) -> Markup:
    most = max((tally.questions for tally in tallies), default=1)
    bars = [Bar(titles.get(t.name, t.name)[:11], t.questions / most, note=str(t.questions)) for t in tallies]
    return shares(bars, title, ticks=False)
