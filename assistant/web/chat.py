"""The web chat: a Gradio page over `Pipeline.events`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from itertools import pairwise
from typing import Any

import gradio as gr

from assistant.errors import WenceError
from assistant.models import Answer, Finished, Progress, Question, TextDelta, Turn
from assistant.web.examples import example_questions
from assistant.web.form import Form, build_form, facts_for_form, facts_for_question, open_form
from assistant.web.pages import templates
from assistant.web.problems import UNEXPECTED
from assistant.wiring import Application

_PHASES = {
    "understand": "正在理解问题…",
    "retrieve": "正在查找文件…",
    "draft": "正在核对依据…",
    "verify": "正在核对依据…",
}
_FONTS = ["system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
History = list[dict[str, Any]]


def theme() -> gr.themes.Base:
    """Our colours, and fonts that are on the reader's machine: nothing is fetched from elsewhere."""
    soft = gr.themes.Soft(primary_hue="blue", font=_FONTS, font_mono=["ui-monospace", "monospace"])
    # Soft's own blue is too pale for text this small (WCAG AA).
    return soft.set(
        background_fill_primary=soft.background_fill_primary,  # `set` would put the default back
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        block_title_text_color="*primary_700",
        block_title_text_color_dark="*primary_300",
        block_label_text_color="*primary_700",
        block_label_text_color_dark="*primary_300",
    )


def build_chat(application: Application) -> gr.Blocks:
    """The page: what it is, the conversation in one tab, the form in the other; both know the same facts."""
    page = gr.Blocks(title="问策 · 扶持政策问答", analytics_enabled=False)
    with page:
        intro = gr.HTML(_intro(application))
        with gr.Tabs() as tabs:
            with gr.Tab("问一问", id="ask"):
                chat = _conversation(application)
            with gr.Tab("我能拿到什么", id="match") as tab:
                form = build_form(application)
        page.load(
            lambda: _intro(application), outputs=intro, show_progress="hidden", api_visibility="private"
        )
        open_form(application, page, tabs, tab, form)
        _wire(application, chat, form)
    return page


@dataclass(frozen=True)
class _Chat:
    """The components of the conversation."""

    box: gr.Textbox
    send: gr.Button
    conversation: gr.Chatbot
    sources: gr.HTML


def _conversation(application: Application) -> _Chat:
    """The conversation, the sources of the last answer, one input."""
    conversation = gr.Chatbot(
        label="对话",
        show_label=False,
        allow_tags=False,
        render_markdown=False,  # Gradio still renders HTML then: what is shown is escaped in `_respond`
        height="52vh",
        elem_id="conversation",
        placeholder="写下您的问题，例如企业在哪里、买了什么、花了多少。",
        buttons=["copy"],
    )
    with gr.Row(elem_id="ask-row"):
        box = gr.Textbox(
            label="问题",
            show_label=False,
            placeholder="问扶持政策…",
            lines=1,
            max_lines=6,
            scale=8,
            autofocus=True,
        )
        send = gr.Button("提问", variant="primary", scale=1, min_width=80)
    sources = gr.HTML(elem_id="sources")
    gr.Examples(example_questions(application), inputs=box, label="可以这样问")
    return _Chat(box, send, conversation, sources)


def _wire(application: Application, chat: _Chat, form: Form) -> None:
    """Ask with what the form says; what the answer heard goes back into the form."""
    identity = gr.State(None)

    def respond(
        text: str, history: History, conversation_id: str | None, told: object
    ) -> Iterator[tuple[Any, ...]]:
        yield from _respond(application, text, history, conversation_id, told)

    for trigger in (chat.box.submit, chat.send.click):
        trigger(
            respond,
            [chat.box, chat.conversation, identity, form.facts],
            [chat.box, chat.conversation, chat.sources, identity, form.facts],
            concurrency_limit=8,
            show_progress="hidden",
            api_visibility="private",
        )


def _respond(
    application: Application, text: str, history: History, conversation_id: str | None, told: object
) -> Iterator[tuple[Any, ...]]:
    """(input, conversation, sources, conversation id, facts) after each event."""
    if not text.strip():
        yield text, history, gr.skip(), conversation_id, gr.skip()
        return
    turns = _turns(history)
    history = [*history, {"role": "user", "content": escape(text, quote=False)}]
    written = ""
    try:
        question = Question(
            text=text,
            as_of=application.clock.today(),
            history=turns,
            facts=facts_for_question(application, told),
            conversation_id=conversation_id,
        )
        for event in application.pipeline.events(question):
            match event:
                case Progress():
                    yield "", [*history, _said(_PHASES[event.phase])], "", conversation_id, gr.skip()
                case TextDelta():
                    written += event.text
                    yield "", [*history, _said(written)], "", conversation_id, gr.skip()
                case Finished():
                    answer = event.answer
                    facts = facts_for_form(application, told, answer.facts)
                    shown = [*history, _said(answer.text)]
                    yield "", shown, _sources(answer), answer.conversation_id, facts
    except WenceError as error:
        yield text, [*history, _said(str(error))], "", conversation_id, gr.skip()
    except Exception:
        # The page must not be left waiting; the log has the rest.
        logging.getLogger("wence").exception("an answer failed")
        yield text, [*history, _said(UNEXPECTED.detail)], "", conversation_id, gr.skip()


def _intro(application: Application) -> str:
    """What it is, for which day it answers, how much it knows: as of when the page is opened."""
    return templates.get_template("intro.html").render(
        documents=len(application.knowledge.snapshot().heads), as_of=application.clock.today()
    )


def _said(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": escape(text, quote=False)}


def _turns(history: History) -> tuple[Turn, ...]:
    """Earlier exchanges; Gradio hands content back as a list of blocks."""
    plain = [(m["role"], _text(m["content"])) for m in history]
    return tuple(
        Turn(question=q, answer=a)
        for (role, q), (next_role, a) in pairwise(plain)
        if role == "user" and next_role == "assistant"
    )[-6:]


def _text(content: Any) -> str:
    if not isinstance(content, str):
        content = "".join(block.get("text", "") for block in content if isinstance(block, dict))
    return unescape(content)


def _sources(answer: Answer) -> str:
    return templates.get_template("sources.html").render(answer=answer)
