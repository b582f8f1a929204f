"""What models write around their claims, and what of it is read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.models import Claim
from assistant.steps.fence import boundary, inert
from assistant.steps.language_of import in_script, is_in
from assistant.steps.reply import claims_in

A = '{"claim": "最高200万元。", "passages": [1, 3]}'
B = '{"claim": "由某局负责。", "passages": [2]}'
BOTH = [("最高200万元。", (0, 2)), ("由某局负责。", (1,))]


def read(text: str, size: int = 3) -> list[tuple[str, tuple[int, ...]]]:
    pieces = (text[i : i + size] for i in range(0, len(text), size))
    return [(claim.text, claim.support) for claim in claims_in(pieces)]


@pytest.mark.parametrize(
    "text",
    [
        f"{A}\n{B}",
        f"[{A}, {B}]",
        f"```json\n[{A},\n{B}]\n```",
        f'{{"claims": [{A}, {B}]}}',
        f"<think>先写 {{一句}}，再写一句</think>{A}\n{B}",
        f"<Thinking>{A}</Thinking>{A}{B}",
        f"先写比例 {{一句}}，再写部门</think>\n{A}\n{B}",
        f"{A}\n{B}\n" + '{"claim": "另送50万元。", "pass',
        json.dumps([json.loads(A), json.loads(B)], indent=2, ensure_ascii=False),
        '{"text": "最高200万元。[1][3]"}{"text": "由某局负责。", "citations": "2"}',
        '{"claim": "最高200万元。", "passages": ["1", "[3]"]}{"claim": "由某局负责。", "passages": [{"id": 2}]}',
        "最高200万元。[1][3]由某局负责。[2]",
        "- 最高200万元。[1][3]\n- 由某局负责。[2]",
    ],
)
def test_claims_are_read_in_any_form(text: str) -> None:
    assert read(text) == BOTH


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "<think>想了很久", "{[{[", '{"claim": "最高', '{"claim": 5}', "。", "null"]
)
def test_nothing_is_read_where_nothing_is_whole(text: str) -> None:
    assert [claim for claim in read(text) if claim[0] not in ("null", "[]")] == []


def test_quotes_that_are_not_escaped_do_no_harm() -> None:
    assert read('{"claim": "所称"大模型"券。", "passages": [1]}\n' + B) == [
        ('所称"大模型"券。', (0,)),
        BOTH[1],
    ]


def test_a_claim_is_read_as_soon_as_it_is_whole() -> None:
    seen: list[str] = []

    def pieces() -> object:
        for piece in (A[:20], A[20:], "\n", B):
            seen.append(piece)
            yield piece

    first = next(iter(claims_in(pieces())))  # type: ignore[arg-type]
    assert first == Claim(text="最高200万元。", support=(0, 2)) and len(seen) == 2


@given(st.text(alphabet='{}[]"\\:,<think>/claimpassages1。 \n', max_size=120), st.integers(1, 7))
def test_any_text_is_read_without_an_error_however_it_is_cut(text: str, size: int) -> None:
    assert read(text, size) == read(text, len(text) or 1)


@pytest.mark.parametrize(
    ("language", "text", "yes"),
    [
        ("zh", "最高200万元。", True),
        ("zh", "API 调用和 token 费用最高资助10万元。", True),
        ("zh", "The cap is RMB 2 million.", False),
        ("zh", "最高200万円を支給します。", False),
        ("zh", "최대 200만 위안을 지원합니다.", False),
        ("zh-Hant", "最高200萬元。", True),
        ("en", "The cap is RMB 2 million a year (《深圳市若干措施》).", True),
        ("en", "最高200万元。", False),
        ("en", "The cap 最高资助二百万元 applies.", False),
        ("en", "Le plafond est de 2 millions de yuans pour les entreprises.", False),
        ("en", "Die Förderung beträgt 30% und ist für die Firma.", False),
    ],
)
def test_the_language_of_a_sentence(language: str, text: str, yes: bool) -> None:
    assert is_in(language, text) is yes  # type: ignore[arg-type]


def test_the_script_is_the_askers() -> None:
    assert in_script("zh", "語料券最高資助200萬元") == "语料券最高资助200万元"
    assert in_script("zh-Hant", "语料券最高资助200万元") == "語料券最高資助200萬元"


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_holds_its_own_boundary(one: str, other: str) -> None:
    assert boundary(one, other) not in one + other
    assert not {"<", ">"} & set(inert(one))
