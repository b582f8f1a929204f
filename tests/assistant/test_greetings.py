"""Greetings, thanks and the like are answered as a person would; nothing is searched, and no question is mistaken for one."""

from __future__ import annotations

import pytest

from assistant.models import Language, Question
from assistant.steps.greet import greeting
from assistant.wiring import Application
from tests.conftest import TODAY


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("你好", "zh", "您好"),
        ("您好，在吗？", "zh", "您好"),
        ("谢谢！", "zh", "不客气"),
        ("多謝晒", "zh-Hant", "不客氣"),
        ("hello", "en", "Hello"),
        ("Thank you very much!", "en", "You are welcome"),
        ("你是谁呀", "zh", "我是问策"),
        ("好的，谢谢", "zh", "不客气"),
        ("再见👋", "zh", "再见"),
    ],
)
def test_greetings_on_a_page_of_their_language(
    wence: Application, text: str, language: Language, said: str
) -> None:
    answer = wence.pipeline.answer(Question(text=text, as_of=TODAY, language=language))
    assert answer.status == "clarification" and said in answer.text and answer.citations == ()


def test_the_language_is_that_of_the_greeting(wence: Application) -> None:
    answer = wence.pipeline.answer(Question(text="hello", as_of=TODAY))
    assert answer.language == "en" and answer.text.startswith("Hello")


@pytest.mark.parametrize(
    "text",
    [
        "你好，语料券最高多少",
        "谢谢，那材料呢",
        "是的",
        "没有",
        "可以",
        "hi, what is the model voucher",
        "好的补贴",
        "",
    ],
)
def test_no_question_is_a_greeting(text: str) -> None:
    assert greeting(text, "zh") is None
