"""Folding, languages, sentences."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text import clean_input, detect_language, fold, sentences, simplify


def test_fold_is_one_form_for_many() -> None:
    assert fold("訓力券（ＡＩ）") == fold("训力券(ai)") == "训力券(ai)"
    assert fold("训\u200b力券") == "训力券"


@given(st.text())
def test_simplify_keeps_positions(text: str) -> None:
    assert len(simplify(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("训力券最高多少？", "zh"),
        ("語料券2025年嘅申請日期係幾時？", "zh-Hant"),
        ("How much 训力券 can we get?", "en"),
        ("xunli quan 一年总额?", "zh"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect_language(text) == language


@given(st.text(alphabet="甲乙。；！\n ”a.1", max_size=60))
def test_sentences_lose_nothing_but_space(text: str) -> None:
    spans = list(sentences(text))
    assert "".join(text[a:b] for a, b in spans).split() == text.split() or "".join(
        "".join(text[a:b].split()) for a, b in spans
    ) == "".join(text.split())
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in itertools.pairwise(spans))


def test_clean_input_drops_what_nobody_sees() -> None:
    assert clean_input(" 训\u200b力\x00券\n ") == "训力券"
