"""How Chinese official papers number their parts: a line → its number and rank."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.text import simplify, unify
from ingest.paper_words import paper_words

_NUMERAL = r"[一二三四五六七八九十百零〇\d](?:[ \u3000]?[一二三四五六七八九十百零〇\d])*"
# From the highest rank to the lowest: 编 章 节 条, then 一、（一） 1.（1）① (GB/T 9704-2012, 7.3.3, and 立法技术规范).
_RANKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"附件\s*(?:{_NUMERAL})?(?=[\s:：]|$)",
        rf"第\s?{_NUMERAL}\s?编",
        rf"第\s?{_NUMERAL}\s?(?:章|部分)",
        rf"第\s?{_NUMERAL}\s?节",
        rf"第\s?{_NUMERAL}\s?条(?:之{_NUMERAL})?",
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
_LONGEST = 200  # characters; what a line begins with is far shorter
ATTACHMENT_RANK = 0
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
    line = simplify(line[:_LONGEST])
    for rank, pattern in enumerate(_RANKS):
        if found := pattern.match(line):
            if rank >= ARTICLE_RANK and _REFERENCE.match(line[found.end() :]):
                return None
            number = "".join(found[0].split()).rstrip("、.．")
            return Numbering(number, rank, len(found[0].rstrip().rstrip("、.．")))
    return None


_OFFICE_NAME = re.compile(r"[\u4e00-\u9fff（）()·]{3,40}")
_LABEL = re.compile(r"[【\[（(●◆■]?\s*+([\u4e00-\u9fff]{2,10})\s*+[】\]）)]?\s*+[：:]")
_SIGNED_DAY = re.compile(r"[（(]?20\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日[）)]?(?:\s*印发)?")
_SPREAD = re.compile(r"(?:[\u4e00-\u9fff] ){2,}[\u4e00-\u9fff]")


def label_of(line: str) -> str | None:
    """What a line of the kind 补贴标准：… is about; None for any other line."""
    found = _LABEL.match(simplify(line[:_LONGEST]))
    return found[1] if found and found[1].endswith(paper_words().labels) else None


def offices_in(line: str) -> list[str]:
    """The offices that a line names and nothing else; empty for any other line. 国 家 能 源 局 is one."""
    plain = simplify(line).strip()
    if _SPREAD.fullmatch(plain):
        plain = plain.replace(" ", "")
    names = [name for name in re.split(r"[\s、，,]+", plain) if name]
    ends = paper_words().offices
    are = names and all(
        _OFFICE_NAME.fullmatch(n) and n.endswith(ends) and not n.endswith("公司") for n in names
    )
    return names if are else []


def is_foot(line: str) -> bool:
    """Whether a line is nothing but the signing office or the date: it never goes on from the line before."""
    line = unify(line)
    if _SIGNED_DAY.fullmatch(line):
        return True
    day = _SIGNED_DAY.search(line)
    return bool(offices_in(line[: day.start()] if day and day.end() == len(line) else line))
