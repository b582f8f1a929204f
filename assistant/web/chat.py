"""The web chat: a Gradio page over `Pipeline.events`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from html import escape, unescape
from itertools import pairwise
from typing import Any

import gradio as gr

from assistant.errors import WenceError
from assistant.models import Answer, Finished, Progress, Question, TextDelta, Turn
from assistant.web.examples import example_questions
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
    return gr.themes.Soft(primary_hue="blue", font=_FONTS, font_mono=["ui-monospace", "monospace"])


def build_chat(application: Application) -> gr.Blocks:
    """The page: what it is, the conversation, the sources of the last answer, one input."""
    chat = gr.Blocks(title="问策 · 扶持政策问答", analytics_enabled=False)
    with chat:
        intro = gr.HTML(_intro(application))
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
        chat.load(lambda: _intro(application), outputs=intro, api_visibility="private")
        gr.Examples(example_questions(application), inputs=box, label="可以这样问")
        identity = gr.State(None)

        def respond(text: str, history: History, conversation_id: str | None) -> Iterator[tuple[Any, ...]]:
            yield from _respond(application, text, history, conversation_id)

        outputs = [box, conversation, sources, identity]
        for trigger in (box.submit, send.click):
            trigger(
                respond,
                [box, conversation, identity],
                outputs,
                concurrency_limit=8,
                show_progress="hidden",
                api_visibility="private",
            )
    return chat


def _respond(
    application: Application, text: str, history: History, conversation_id: str | None
) -> Iterator[tuple[Any, ...]]:
    """(input, conversation, sources, conversation id) after each event."""
    if not text.strip():
        yield text, history, gr.skip(), conversation_id
        return
    turns = _turns(history)
    history = [*history, {"role": "user", "content": escape(text, quote=False)}]
    question = Question(
        text=text, as_of=application.clock.today(), history=turns, conversation_id=conversation_id
    )
    written = ""
    try:
        for event in application.pipeline.events(question):
            match event:
                case Progress():
                    yield "", [*history, _said(_PHASES[event.phase])], "", conversation_id
                case TextDelta():
                    written += event.text
                    yield "", [*history, _said(written)], "", conversation_id
                case Finished():
                    panel = _sources(event.answer)
                    shown = [*history, _said(event.answer.text)]
                    yield "", shown, panel, event.answer.conversation_id
    except WenceError as error:
        yield text, [*history, _said(str(error))], "", conversation_id
    except Exception:
        # The page must not be left waiting; the log has the rest.
        logging.getLogger("wence").exception("an answer failed")
        yield text, [*history, _said(UNEXPECTED.detail)], "", conversation_id


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
