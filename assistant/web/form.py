"""The tab 我能拿到什么: a form drawn from the facts' definitions, and every programme against what it says.

The form is one component whose value is `{fact: text}`: its script tells the conversation what was filled in, and the
conversation gives back what it heard, and its language. Nothing of it is kept on the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import gradio as gr

from assistant.errors import InputError, KnowledgeBaseError
from assistant.exports import Format
from assistant.models import Language
from assistant.share_link import decode_facts
from assistant.web.form_fields import plan_form, told_facts
from assistant.web.match_page import match_page
from assistant.web.pages_environment import TAGS, match_words, templates, templates_in
from assistant.web.scripts import labels
from assistant.wiring import Application

_STATIC = Path(__file__).parent / "static"
TABS = ("ask", "match", "library")
_FORMATS: tuple[tuple[Format, str], ...] = (
    ("docx", "Word"),
    ("pdf", "PDF"),
    ("md", "Markdown"),
    ("ics", ""),  # the calendar, in the page's language
)
# Before the page asks what to show: the fragment of a shared link, else what the form already holds; the language.
_READ_LINK = """async (facts) => {
  const link = location.hash.startsWith("#match=") ? location.hash : null;
  addEventListener("hashchange", () => location.hash.startsWith("#match=") && location.reload());
  await Promise.race([customElements.whenDefined("wence-app"), new Promise((late) => setTimeout(late, 5000))]);
  return [{ link, facts, language: document.querySelector("wence-app")?.language ?? null }];
}"""


@dataclass(frozen=True)
class Form:
    """The components that the page wires: what is said of a shared link, the facts told, the files, the results."""

    notice: gr.HTML
    facts: gr.HTML
    downloads: gr.HTML
    results: gr.HTML
    language: gr.State


def build_form(application: Application) -> Form:
    """The form and its results, side by side where there is room."""
    language = gr.State("zh")
    notice = gr.HTML(elem_id="match-notice")
    with gr.Row(elem_id="match-row"):
        with gr.Column(scale=2, min_width=300, elem_id="match-form"):
            facts = gr.HTML(
                {},
                html_template=_page(application, "zh"),
                js_on_load=(_STATIC / "form.js").read_text(encoding="utf-8"),
                apply_default_css=False,
                elem_id="facts",
            )
        with gr.Column(scale=3, min_width=300, elem_id="match-results"):
            # Not part of the results, which come anew with each answer; shown once something is told.
            downloads = gr.HTML(
                _downloads("zh"),
                js_on_load=(_STATIC / "export.js").read_text(encoding="utf-8"),
                apply_default_css=False,
                elem_id="export",
            )
            results = gr.HTML(
                results_of(application, {}),
                js_on_load=(_STATIC / "match.js").read_text(encoding="utf-8"),
                apply_default_css=False,
                elem_id="matched",
            )
    facts.input(
        lambda told, spoken: results_of(application, told, spoken),
        [facts, language],
        results,
        concurrency_limit=8,
        trigger_mode="always_last",
        show_progress="hidden",
        api_visibility="private",
    )
    return Form(notice, facts, downloads, results, language)


def _downloads(language: Language) -> str:
    """下载政策大礼包."""
    template = templates_in(language).get_template("export.html")
    return template.render(formats=_FORMATS, lang=TAGS[language])


def language_in(told: object, spoken: Language = "zh") -> Language:
    """The language a page tells; the one spoken so far where it tells none that we know."""
    language = told.get("language") if isinstance(told, dict) else None
    return next((known for known in get_args(Language) if known == language), spoken)


def in_language(application: Application, told: object, language: Language) -> tuple[Any, ...]:
    """(form, downloads, results, language), for what the form holds."""
    # Gradio draws a template anew only when a property changes: the language is one.
    form = gr.HTML(html_template=_page(application, language), language=language)
    return form, _downloads(language), results_of(application, told, language), language


def tab_names(language: Language) -> tuple[gr.Tab, ...]:
    """The page's tabs, named in a language."""
    return tuple(gr.Tab(label=labels()[language][f"tab_{key}"]) for key in TABS)


def open_form(
    application: Application, page: gr.Blocks, tabs: gr.Tabs, named: tuple[gr.Tab, ...], form: Form
) -> None:
    """What happens when the page is opened, perhaps by a shared link. Later the results follow the facts told."""
    page.load(
        lambda given: _opened(application, given),
        form.facts,
        [tabs, *named, form.notice, form.facts, form.downloads, form.results, form.language],
        js=_READ_LINK,
        show_progress="hidden",
        api_visibility="private",
    )


def facts_for_form(application: Application, told: object, heard: dict[str, str]) -> dict[str, str]:
    """What the form says, and what the chat heard, which is newer."""
    book, today = application.knowledge.snapshot().rulebook, application.clock.today()
    return told_facts(told, book, today) | told_facts(heard, book, today)


def _opened(application: Application, given: Any) -> tuple[Any, ...]:
    """(tabs, each tab, notice, form, downloads, results, language) for a page just opened; a shared link fills the form."""
    given = given if isinstance(given, dict) else {}
    link, language = given.get("link"), language_in(given)
    names = tab_names(language)
    if not isinstance(link, str):
        return gr.skip(), *names, "", *in_language(application, given.get("facts"), language)
    book, today, say = (
        application.knowledge.snapshot().rulebook,
        application.clock.today(),
        match_words(language),
    )
    notice, facts = "", {}
    try:
        shared = decode_facts(link)
        facts = told_facts(shared, book, today)
        if foreign := len(shared) - len(facts):
            notice = say("foreign", n=foreign)
    except InputError as error:
        notice = say("link_bad", error=error)
    shown = templates.get_template("notice.html").render(notice=notice)
    filled = gr.HTML(facts, html_template=_page(application, language), language=language)
    return gr.Tabs(selected="match"), *names, shown, filled, *in_language(application, facts, language)[1:]


def _page(application: Application, language: Language) -> str:
    """The form for what is published now, safe to be a template of Gradio: it reads braces, backticks and backslashes."""
    plan = plan_form(application.knowledge.snapshot(), application.clock.today())
    page = templates_in(language).get_template("form.html").render(plan=plan, lang=TAGS[language])
    return page.translate({ord(sign): f"&#{ord(sign)};" for sign in "{}$`\\"})


def results_of(application: Application, told: object, language: Language = "zh") -> str:
    """The results as HTML; a knowledge base that cannot be used is said in their place."""
    today = application.clock.today()
    try:
        snapshot = application.knowledge.snapshot()
        return match_page(told_facts(told, snapshot.rulebook, today), snapshot, today, language)
    except KnowledgeBaseError as error:
        template = templates_in(language).get_template("match.html")
        return template.render(matched=None, fault=str(error), lang=TAGS[language])
