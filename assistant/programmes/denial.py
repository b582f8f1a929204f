"""Whether words of a question are denied or only asked about: `clause, place → denied, asked`."""

from __future__ import annotations

import re

# 是不是, 有没有, 能不能: a question, not a denial.
_EITHER_WAY = re.compile(r"(?:([是有能要会可需该算用行])(?:不|没)\1(?:以|要)?|能否|可否|是否|有无)")
# Words with a 不 or 没 in them that deny nothing of what follows.
_HARMLESS = re.compile(
    r"不仅|不但|不只|不光|不过|不管|不论|无论|不少|不同|不知道?|没想到|除非|非常|不好意思|是非|没关系"
)
_DENIAL = (
    r"(?:并?没有?|尚?未|唔[喺係]?|冇|不曾|并?不是|并非|不|非|无|缺|\b(?:no|not|without|never|isn't|aren't|wasn't|doesn't|don't|"
    r"didn't|hasn't|haven't|lacks?|nobody|none|un))"
)
_DENIALS = re.compile(_DENIAL)
_AFTER = re.compile(
    r"^[^,.。;；，!！?？的]{0,4}?(?:都|也|还|就|压根|根本)?(?:没有?(?!关系|问题)|未|尚未|不(?:在|是|了|到|下来|成|通过|齐)|办不|下不)"
    r"|^(?:的?(?:范围|区域|园区|名单|之))?(?:之外|以外|外面|外(?![资包地部]))"
    r"|^[^,.。;；，!！?？]{0,12}\b(?:is|was|has|are)(?: not|n't)\b"
)
_ASKED = re.compile(
    r"(?:是否|有无|能否|必须|一定要|要求|要不要|需不需要|非得|whether|must|required? to|need to)[^,.。;；，]{0,8}$"
)
_NEAR, _FAR, _ENGLISH = 4, 10, 25  # characters between a denial and what it denies


def clause_of(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of the clause that a place of a text stands in."""
    marks = [m.start() for m in re.finditer(r"[,，。;；!！?？、\n]|\.\s", text)]
    first = max((m + 1 for m in marks if m < start), default=0)
    last = min((m for m in marks if m >= end), default=len(text))
    return first, last


def is_denied(text: str, start: int, end: int, far: bool = False) -> bool:
    """Whether the words at a place are denied within their clause; `far`: the denial may stand further before or behind.

    Two denials before make an assertion.
    """
    first, last = clause_of(text, start, end)
    before = _HARMLESS.sub(_blank, _EITHER_WAY.sub(_blank, text[first:start]))
    reach = (_ENGLISH if text[first:last].isascii() else _FAR) if far else _NEAR
    pattern = re.compile(rf"{_DENIAL}[^,.。;；，!！?？]{{0,{reach}}}$")
    if found := pattern.search(before):
        return len(_DENIALS.findall(before[found.start() :])) % 2 == 1
    return far and bool(_AFTER.search(_HARMLESS.sub(_blank, _EITHER_WAY.sub(_blank, text[end:last]))))


def is_asked(text: str, start: int) -> bool:
    """Whether the words behind a place are only asked about (是否已备案, 必须入库吗), not told."""
    first, _ = clause_of(text, start, start)
    before = text[first:start]
    return bool(_ASKED.search(before) or re.search(r"([是有])(?:不|没)\1[^,.。;；，]{0,4}$", before))


def _blank(match: re.Match[str]) -> str:
    return "　" * len(match[0])
