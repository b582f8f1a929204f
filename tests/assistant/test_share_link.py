"""Facts in the fragment of an address: they come back, and anything else is refused in words."""

from __future__ import annotations

import re

import pytest

from assistant.errors import InputError
from assistant.share_link import decode_facts, encode_facts


@pytest.mark.parametrize("facts", [{}, {"a": "😀 ”'&=#"}, {f"key_{n}": "值" * 9 for n in range(40)}])
def test_facts_come_back_from_the_address(facts: dict[str, str]) -> None:
    code = encode_facts(facts)
    assert re.fullmatch(r"[\w-]+", code, re.ASCII)
    assert decode_facts(code) == decode_facts(f"#match={code}") == facts


@pytest.mark.parametrize(
    "text",
    ["", "#match=", "%%%", "eNo", "YWJj", encode_facts({"a": "b"})[:-4], encode_facts({"a": "x" * 10**6})],
)
def test_an_unusable_address_is_said_to_be_so(text: str) -> None:
    with pytest.raises(InputError):
        decode_facts(text)
