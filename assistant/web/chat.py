"""The web chat: a Gradio page of three tabs; the conversation and the library are our own elements over the API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from assistant.models import Language
from assistant.web.form import (
    Form,
    build_form,
    facts_for_form,
    in_language,
    language_in,
    open_form,
    results_of,
    tab_names,
)
from assistant.web.scripts import labels
from assistant.wiring import Application

_STATIC = Path(__file__).parent / "static"
_FONTS = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
# The elements come from one script of ours; Gradio runs no others of this page.
HEAD = '<script src="/site/wence.js" defer></script>'


def theme() -> gr.themes.Base:
    """Our colours, and fonts that are on the reader's machine: nothing is fetched from elsewhere."""
    soft = gr.themes.Soft(primary_hue="blue", font=_FONTS, font_mono=["ui-monospace", "monospace"])
    # Soft's own blue is too pale for text this small (WCAG AA).
    return soft.set(
        background_fill_primary=soft.background_fill_primary,  # `set` would put the default back
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_hover_dark="*primary_700",
        button_secondary_background_fill_hover_dark="*neutral_700",
        block_title_text_color="*primary_700",
        block_title_text_color_dark="*primary_300",
        block_title_background_fill_dark="*primary_900",
        block_label_text_color="*primary_700",
        block_label_text_color_dark="*primary_300",
        block_label_background_fill_dark="*primary_900",
    )


def build_chat(application: Application) -> gr.Blocks:
    """The page: the conversation, the form and the library; the first two know the same facts."""
    words = labels()["zh"]
    page = gr.Blocks(title="问策 · 扶持政策问答", analytics_enabled=False)
    with page:
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab(words["tab_ask"], id="ask") as first:
                chat = _conversation()
            with gr.Tab(words["tab_match"], id="match") as tab:
                form = build_form(application)
            with gr.Tab(words["tab_library"], id="library") as last:
                _element("wence-library", elem_id="library")
        open_form(application, page, tabs, (first, tab, last), form)
        _share_facts(application, chat, form)
        _follow_language(application, chat, form, (first, tab, last))
    return page


def _element(name: str, **options: Any) -> gr.HTML:
    """One of our elements; it makes its own content, which takes the place of the words that stand there until then."""
    return gr.HTML(
        {}, html_template=f'<{name} class="wence-ui">正在打开…</{name}>', apply_default_css=False, **options
    )


def _conversation() -> gr.HTML:
    """The conversation; its value is what the page must hear of it: facts, the language."""
    return _element(
        "wence-app", js_on_load=(_STATIC / "bridge.js").read_text(encoding="utf-8"), elem_id="conversation"
    )


def _share_facts(application: Application, chat: gr.HTML, form: Form) -> None:
    """What the chat heard goes into the form; the form's own script tells the chat what was filled in."""
    chat.input(
        lambda told, spoken: _heard(application, told, spoken),
        [chat, form.language],
        [form.facts, form.results],
        trigger_mode="always_last",
        show_progress="hidden",
        api_visibility="private",
    )


def _heard(application: Application, told: object, language: Language) -> tuple[dict[str, str], str]:
    """All that the chat knows, as the form writes it, and what follows: the form's tab may be open already."""
    heard = told.get("facts") if isinstance(told, dict) else None
    facts = facts_for_form(application, {}, heard if isinstance(heard, dict) else {})
    return facts, results_of(application, facts, language)


def _follow_language(application: Application, chat: gr.HTML, form: Form, tabs: tuple[gr.Tab, ...]) -> None:
    """The tabs' names, the form and its results follow the language of the conversation."""

    def chosen(told: object, facts: object, spoken: Language) -> tuple[Any, ...]:
        language = language_in(told, spoken)
        names = tab_names(language)
        if language == spoken:
            return *names, gr.skip(), gr.skip(), gr.skip(), gr.skip()
        return *names, *in_language(application, facts, language)

    outputs = [*tabs, form.facts, form.downloads, form.results, form.language]
    chat.change(
        chosen,
        [chat, form.facts, form.language],
        outputs,
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
    )
