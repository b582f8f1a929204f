"""Whether a fact stands in a text, and whether the text asserts it.

A fact is a figure (money, percentage, date, year) or a phrase; `A|B` means either. Figures meet by value,
phrases by their letters and digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from assistant.values import (
    PartialDate,
    Value,
    dates_in,
    money_in,
    normalise,
    percents_in,
    same_date,
)

_DENIED_BEFORE = re.compile(
    r"不是|并非|而非|绝非|不等于|没有|并无|不存在|(?:不会|不能|无法|不可能)(?!超过|高于|突破|多于)|误|错|[您你]所?(?:问|提|说|讲)|"
    r"所问|提到|所称|所说|听说|网传|传言|与.{0,8}不同|\bnot\b|n't|\bnever\b|\bno\b|rather than|instead of|incorrect|wrong|mistak"
)
_DENIED_AFTER = re.compile(
    r"不对|有误|不准确|不正确|不属实|不成立|不符|是错|错误|说法|并不|不是|不存在|没有依据|无依据|查无|未见|不予采信|"
    r"is not|isn't|are not|incorrect|wrong|not (?:correct|supported|true)"
)
_OTHER_EDITION = re.compile(
    r"征求意见稿|草案|草稿|旧版|旧政策|取代|废止|失效|此前|原先|原版|draft|supersed|older"
)
_DENIAL_REACH = 18
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Text:
    """A text in the forms that facts are looked for in."""

    raw: str

    @cached_property
    def normal(self) -> str:
        """The normalised text."""
        return normalise(self.raw)

    @cached_property
    def letters(self) -> str:
        """Letters and digits only, figures by value: for phrases."""
        text = self.normal
        found = [*money_in(text), *percents_in(text)]
        for value in sorted(found, key=lambda v: -v.start):
            text = f"{text[: value.start]}⟦{value.kind}{_plain(value.value)}⟧{text[value.end :]}"
        text = re.sub(r"(?<=\d)\.(?=\d)", "·", text)
        text = re.sub(r"(?<=\d)[^\w⟦⟧·¦]+(?=\d)", "¦", text)
        return re.sub(r"[^\w⟦⟧·¦]|_", "", text)


def _plain(value: Decimal | PartialDate) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


Fact = tuple[Literal["money", "percent", "date", "year", "phrase"], Value | str]


def parse_fact(alternative: str) -> Fact:
    """One alternative of a fact: a figure when it is nothing but a figure, else a phrase."""
    text = normalise(alternative).strip(" .,。")
    for kind, found in (
        ("money", money_in(text)),
        ("percent", percents_in(text)),
        ("date", dates_in(text)),
    ):
        if len(found) == 1 and (found[0].start, found[0].end) == (0, len(text)):
            return kind, found[0]  # type: ignore[return-value]
    if year := re.fullmatch(r"(20\d\d)\s*年?", text):
        return "year", year[1]
    return "phrase", Text(alternative.strip(" .,。")).letters


def places(alternative: str, text: Text) -> list[tuple[int, int] | None]:
    """Where an alternative stands in the normalised text; None for a phrase that stands somewhere."""
    kind, value = parse_fact(alternative)
    if isinstance(value, Value):
        finders = {"money": money_in, "percent": percents_in, "date": dates_in}
        return [(v.start, v.end) for v in finders[kind](text.normal) if same_figure(v, value)]
    if kind == "year":
        return [m.span() for m in re.finditer(rf"(?<!\d){value}(?!\d)", text.normal)]
    if not value:
        return []
    left = r"(?<![\d·])" if value[0].isdigit() else ""
    right = r"(?![\d·])" if value[-1].isdigit() else ""
    return [None] * len(re.findall(left + re.escape(value) + right, text.letters))


def same_figure(a: Value, b: Value) -> bool:
    """Whether two figures of one kind mean the same: money to half a yuan, percentages to a hundredth."""
    if isinstance(a.value, tuple) or isinstance(b.value, tuple):
        return isinstance(a.value, tuple) and isinstance(b.value, tuple) and same_date(a.value, b.value)
    return abs(a.value - b.value) < (Decimal("0.5") if a.kind == "money" else _CENT)


def stands(fact: str, text: Text) -> bool:
    """Whether one of the fact's alternatives stands in the text."""
    return any(places(alternative, text) for alternative in fact.split("|") if alternative.strip())


def asserts(fact: str, text: Text) -> bool:
    """Whether the text says the fact is so: not in a question, a denial, or of a draft or older edition."""
    lines = "\n".join(normalise(line) for line in text.raw.splitlines())
    for part in re.split(r"(?<=[。!?;\n])|(?<=[a-z]\.)\s", lines):
        sentence = Text(part)
        if not sentence.normal or sentence.normal.endswith("?") or _OTHER_EDITION.search(sentence.normal):
            continue
        for alternative in fact.split("|"):
            if any(not _denied(place, sentence.normal) for place in places(alternative, sentence)):
                return True
    return False


def _denied(place: tuple[int, int] | None, sentence: str) -> bool:
    before, after = sentence, sentence
    if place is not None:
        before = sentence[max(0, place[0] - _DENIAL_REACH) : place[0]]
        after = sentence[place[1] : place[1] + _DENIAL_REACH]
    return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.search(after))
