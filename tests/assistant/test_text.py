"""Folding, languages, sentences."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.keyword_index import words
from assistant.text import clean_input, detect_language, fold, sentences, simplify, unify


def test_fold_is_one_form_for_many() -> None:
    assert fold("訓力券（ＡＩ）") == fold("训力券(ai)") == "训力券(ai)"
    assert fold("训\u200b力券") == "训力券"


def test_radicals_are_the_characters_they_stand_for() -> None:
    assert fold("部⻔、⻋⻅⻓⻢⼾⽂") == fold("部门、车见长马户文")
    assert simplify("2031年3⽉，⻉⾙⺠⻩⻰") == "2031年3月，贝贝民黄龙"
    assert unify("⾨與⻔，⽉") == "門與门，月"


def test_every_radical_has_its_character() -> None:
    blocks = [chr(code) for code in (*range(0x2E80, 0x2EF4), *range(0x2F00, 0x2FD6))]
    assigned = [c for c in blocks if unicodedata.name(c, "")]
    without = [c for c in assigned if not unicodedata.name(unify(c)).startswith("CJK UNIFIED")]
    assert without == ["⺀"]  # the repeat mark stands for no one character
    assert all(unify(c) in (c, unicodedata.normalize("NFKC", c)) for c in map(chr, range(0x2F00, 0x2FD6)))


def test_search_finds_a_word_written_with_a_radical() -> None:
    assert "部门" in words("由主管部⻔会同财政部⻔办理")


def test_radicals_make_no_text_traditional() -> None:
    assert detect_language("由主管部⻔办理⻋辆补助") == "zh"


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
