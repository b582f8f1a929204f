"""Which clause a position of a document lies in, as people cite it: 第三条（二）, （三）, 第二部分."""

from __future__ import annotations

import re

from assistant.models import Section

_ARTICLE = re.compile(r"第.+条")


def article_at(sections: tuple[Section, ...], position: int) -> str | None:
    """The number path from the nearest 条, else the innermost numbers; None where nothing is numbered."""
    numbers = [s.number for s in sections if s.start <= position < s.end and s.number]
    if not numbers:
        return None
    from_article = next((i for i, n in enumerate(numbers) if _ARTICLE.match(n)), None)
    return "".join(numbers[from_article:]) if from_article is not None else numbers[-1]


def without_number(section: Section) -> str:
    """A section's heading without its number."""
    heading = section.heading
    if section.number and heading.startswith(section.number):
        heading = heading[len(section.number) :]
    return heading.lstrip("、.． 　")
