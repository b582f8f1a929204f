"""How Chinese official papers number their parts: a line → its number and rank."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.text import simplify, unify

_NUMERAL = "[一二三四五六七八九十百零〇\\d]+"
# From the highest rank to the lowest: 编 章 节 条, then 一、（一） 1.（1）① (GB/T 9704-2012, 7.3.3, and 立法技术规范).
_RANKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"附件\s*(?:{_NUMERAL})?(?=[\s:：]|$)",
        rf"第{_NUMERAL}编",
        rf"第{_NUMERAL}(?:章|部分)",
        rf"第{_NUMERAL}节",
        rf"第{_NUMERAL}条(?:之{_NUMERAL})?",
        r"[一二三四五六七八九十]{1,3}、",
        r"问\d{0,2}\s*[:：]|Q\d{0,2}\s*[:：.]",
        r"[（(][一二三四五六七八九十]{1,3}[）)]",
        r"\d{1,2}[.．、](?!\d)",
        r"[（(]\d{1,2}[）)]|\d{1,2}[）)]",
        r"[①-⑳]",
    )
)
# What follows a number that is only referred to, at the start of a broken line: 第三条、第五条; （一）项条件.
_REFERENCE = re.compile(r"[、，和及或至]\s*(?:第|[（(])|[款项](?!目|资金)|规定|所列|的规定")
ARTICLE_RANK = 4
QUESTION_RANK = 6  # a question and its answer stay together, and are cited without a number
CLAUSE_RANK = 7  # （一）: parts down to here are chunks of their own


@dataclass(frozen=True)
class Numbering:
    """A line's number in Simplified characters, its rank (0 is the highest), and how many characters it takes."""

    number: str
    rank: int
    length: int


def numbering(line: str) -> Numbering | None:
    """The number a line begins with, or None."""
    line = simplify(line)
    for rank, pattern in enumerate(_RANKS):
        if found := pattern.match(line):
            if rank >= ARTICLE_RANK and _REFERENCE.match(line[found.end() :]):
                return None
            number = found[0].strip().rstrip("、.．")
            return Numbering(number, rank, len(found[0].rstrip().rstrip("、.．")))
    return None


OFFICE = (
    r"(?>[\u4e00-\u9fff（）()·]{2,26}?(?:人民政府|委员会|管理局|办公厅|办公室|管委会|领导小组|指挥部|办事处|联合会|总工会|"
    r"管理中心|服务中心|中心|局|厅|委|署|部|院))"
)
_FOOT = re.compile(
    rf"(?:{OFFICE}[\s、，]*)+|(?:{OFFICE}\s*)*[（(]?20\d\d\s*年\s*\d{{1,2}}\s*月\s*\d{{1,2}}\s*日[）)]?(?:\s*印发)?"
)


def is_foot(line: str) -> bool:
    """Whether a line is nothing but the signing office or the date: it never goes on from the line before."""
    return _FOOT.fullmatch(unify(line)) is not None
