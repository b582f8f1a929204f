"""The tab 我能拿到什么: a form drawn from the facts' definitions, and every programme against what it says.

The form is one component whose value is `{fact: text}`: its script tells the conversation what was filled in, and the
conversation gives back what it heard. Nothing of it is kept on the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.errors import InputError, KnowledgeBaseError
from assistant.exports import Format
from assistant.share_link import decode_facts
from assistant.web.form_fields import plan_form, told_facts
from assistant.web.match_page import match_page
from assistant.web.pages import templates
from assistant.wiring import Application

_STATIC = Path(__file__).parent / "static"
_FORMATS: tuple[tuple[Format, str], ...] = (
    ("docx", "Word"),
    ("pdf", "PDF"),
    ("md", "Markdown"),
    ("ics", "日历"),
)
# Before the page asks what to show: the fragment of a shared link, else what the form already holds.
_READ_LINK = """(facts) => {
  const link = location.hash.startsWith("#match=") ? location.hash : null;
  addEventListener("hashchange", () => location.hash.startsWith("#match=") && location.reload());
  return [{ link, facts }];
}"""


@dataclass(frozen=True)
class Form:
    """The components that the page wires: what is said of a shared link, the facts told, and the results."""

    notice: gr.HTML
    facts: gr.HTML
    results: gr.HTML


def build_form(application: Application) -> Form:
    """The form and its results, side by side where there is room."""
    notice = gr.HTML(elem_id="match-notice")
    with gr.Row(elem_id="match-row"):
        with gr.Column(scale=2, min_width=300, elem_id="match-form"):
            facts = gr.HTML(
                {},
                html_template=_page(application),
                js_on_load=(_STATIC / "form.js").read_text(encoding="utf-8"),
                apply_default_css=False,
                elem_id="facts",
            )
        with gr.Column(scale=3, min_width=300, elem_id="match-results"):
            _downloads()
            results = gr.HTML(
                results_of(application, {}),
                js_on_load=(_STATIC / "match.js").read_text(encoding="utf-8"),
                apply_default_css=False,
                elem_id="matched",
            )
    facts.input(
        lambda told: results_of(application, told),
        facts,
        results,
        concurrency_limit=8,
        trigger_mode="always_last",
        show_progress="hidden",
        api_visibility="private",
    )
    return Form(notice, facts, results)


def _downloads() -> gr.HTML:
    """下载政策大礼包: not part of the results, which come anew with each answer. Shown once something is told."""
    return gr.HTML(
        templates.get_template("export.html").render(formats=_FORMATS),
        js_on_load=(_STATIC / "export.js").read_text(encoding="utf-8"),
        apply_default_css=False,
        elem_id="export",
    )


def open_form(application: Application, page: gr.Blocks, tabs: gr.Tabs, form: Form) -> None:
    """What happens when the page is opened, perhaps by a shared link. Later the results follow the facts told."""
    page.load(
        lambda given: _opened(application, given),
        form.facts,
        [tabs, form.notice, form.facts, form.results],
        js=_READ_LINK,
        show_progress="hidden",
        api_visibility="private",
    )


def facts_for_form(application: Application, told: object, heard: dict[str, str]) -> dict[str, str]:
    """What the form says, and what the chat heard, which is newer."""
    book, today = application.knowledge.snapshot().rulebook, application.clock.today()
    return told_facts(told, book, today) | told_facts(heard, book, today)


def _opened(application: Application, given: Any) -> tuple[Any, str, Any, str]:
    """(tabs, notice, form, results) for a page just opened; a shared link fills the form and opens it."""
    link = given.get("link") if isinstance(given, dict) else None
    if not isinstance(link, str):
        told = given.get("facts") if isinstance(given, dict) else None
        return gr.skip(), "", gr.HTML(html_template=_page(application)), results_of(application, told)
    book, today = application.knowledge.snapshot().rulebook, application.clock.today()
    notice, facts = "", {}
    try:
        shared = decode_facts(link)
        facts = told_facts(shared, book, today)
        if foreign := len(shared) - len(facts):
            notice = f"链接里有 {foreign} 项本站不认识的情况，没有采用。"
    except InputError as error:
        notice = f"{error} 也可以直接在表里填写。"
    shown = templates.get_template("notice.html").render(notice=notice)
    filled = gr.HTML(facts, html_template=_page(application))
    return gr.Tabs(selected="match"), shown, filled, results_of(application, facts)


def _page(application: Application) -> str:
    """The form for what is published now, safe to be a template of Gradio: it reads braces, backticks and backslashes."""
    plan = plan_form(application.knowledge.snapshot(), application.clock.today())
    page = templates.get_template("form.html").render(plan=plan)
    return page.translate({ord(sign): f"&#{ord(sign)};" for sign in "{}$`\\"})


def results_of(application: Application, told: object) -> str:
    """The results as HTML; a knowledge base that cannot be used is said in their place."""
    today = application.clock.today()
    try:
        snapshot = application.knowledge.snapshot()
        return match_page(told_facts(told, snapshot.rulebook, today), snapshot, today)
    except KnowledgeBaseError as error:
        return templates.get_template("match.html").render(matched=None, fault=str(error))
