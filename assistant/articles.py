"""Which clause a position of a document lies in, as people cite it: 第三条（二）, （三）, 第二部分."""

from __future__ import annotations

import re

from assistant.models import Section

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
