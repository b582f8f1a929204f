"""Which clause a position of a document lies in, as people cite it: 第三条（二）, （三）, 第二部分."""

from __future__ import annotations

import re

from assistant.models import Section
from assistant.values import chinese_number

_ARTICLE = re.compile(r"第.+条")
_ATTACHMENT = re.compile(r"附件\s*[一二三四五六七八九十\d]+$")


def article_at(sections: tuple[Section, ...], position: int) -> str | None:
    """The number path from the nearest 条, else the innermost numbers; within 附件1 behind it; None without a number."""
    numbers = [s.number for s in sections if s.start <= position < s.end and s.number]
    if not numbers:
        return None
    attached = numbers[0] if _ATTACHMENT.match(numbers[0]) else ""
    numbers = numbers[1:] if attached else numbers
    from_article = next((i for i, n in enumerate(numbers) if _ARTICLE.match(n)), None)
    inner = "".join(numbers[from_article:]) if from_article is not None else "".join(numbers[-1:])
    return attached + inner


def without_number(section: Section) -> str:
    """A section's heading without its number."""
    heading = section.heading
    if section.number and heading.startswith(section.number):
        heading = heading[len(section.number) :]
    return heading.lstrip("、.． 　")


_NUMERALS = "零一二三四五六七八九"


def article_number(article: str) -> int | None:
    """The number of an article: 第十二条 is 12."""
    inner = article.removeprefix("第").removesuffix("条")
    if inner.isdigit():
        return int(inner)
    try:
        return chinese_number(inner)
    except KeyError:
        return None


def numeral(number: int) -> str:
    """A number below 100 as articles write it: 十二."""
    tens, ones = divmod(number, 10)
    lead = "" if tens == 0 else "十" if tens == 1 else f"{_NUMERALS[tens]}十"
    return lead + (_NUMERALS[ones] if ones else "")
