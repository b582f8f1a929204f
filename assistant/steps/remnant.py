"""A message and the marked places in it → the policy question that is left when those are gone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.steps.screening_rules import Ruleset
from assistant.text import fold

Span = tuple[int, int]

_ENDS = "。！？!?；;\n"
_PAUSES = "，,、"
_OPEN, _CLOSE = "“「『《【（([{", "”」』》】）)]}"
_BRACKETED = re.compile(
    r"（[^（）]{1,400}）|\([^()]{1,400}\)|【[^【】]{1,400}】|<!--.{1,400}?-->|\{[^{}]{1,400}\}|```.{1,400}?```",
    re.S,
)
_FIGURES = re.compile(r"%|百分之|上限|比例|\d\s*万")
_LEADING = re.compile(
    r"^[\s，,。；;、：:*\-–—)）】」”\]}>]+|^(?:另外|然后|再|并且?|最后|同时|顺便|and|then|also)[\s，,:：]*"
)


def remnant(text: str, marked: Sequence[Span], scope: Ruleset, without_claims: bool = False) -> str | None:
    """The unmarked question about policy, or None where no whole one is left.

    A bracket that holds all the marks goes alone. Else of a sentence with a mark only those clauses stay that ask
    something themselves; `without_claims` also drops statements with figures.
    """
    inner = [m.span() for m in _BRACKETED.finditer(text)]
    if marked and all(any(a <= s and e <= b for a, b in inner) for s, e in marked):
        rest = text
        for a, b in reversed([i for i in inner if any(i[0] <= s and e <= i[1] for s, e in marked)]):
            rest = rest[:a] + rest[b:]
        return _question(rest, scope)
    kept = []
    for start, end in _parts(text, _ENDS):
        sentence = text[start:end]
        if not _touched((start, end), marked):
            if not (without_claims and _is_claim(sentence, scope)):
                kept.append(sentence)
            continue
        kept += [
            text[a:b]
            for a, b in _parts(text, _ENDS + _PAUSES, start, end)
            if not _touched((a, b), marked) and _asks(text[a:b], scope)
        ]
    return _question("".join(kept), scope)


def parts(text: str) -> Iterator[Span]:
    """The clauses of a text."""
    return _parts(text, _ENDS + _PAUSES)


def _question(rest: str, scope: Ruleset) -> str | None:
    rest = rest.strip()
    while (shorter := _LEADING.sub("", rest)) != rest:
        rest = shorter
    folded = fold(rest)
    is_about = scope.words["domain"].search(folded) is not None
    return rest if is_about and _asks(rest, scope) else None


def _asks(text: str, scope: Ruleset) -> bool:
    return scope.words["asking"].search(fold(text)) is not None


def _is_claim(sentence: str, scope: Ruleset) -> bool:
    return _FIGURES.search(sentence) is not None and not _asks(sentence, scope) and "我" not in sentence


def _touched(span: Span, marked: Sequence[Span]) -> bool:
    return any(start < span[1] and end > span[0] for start, end in marked)


def _parts(text: str, ends: str, start: int = 0, stop: int | None = None) -> Iterator[Span]:
    """Spans that end with one of `ends` outside quotes and brackets; a full stop in Latin text ends one too."""
    stop = len(text) if stop is None else stop
    depth, begin = 0, start
    for i in range(start, stop):
        char = text[i]
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth = max(0, depth - 1)
        is_stop = char == "." and (i + 1 == stop or text[i + 1].isspace())
        is_gap = "，" in ends and char == " " and _is_han(text, i - 1) and _is_han(text, i + 1)
        # An unclosed bracket must not hold the rest of the text together: a line always ends.
        if char == "\n" or (depth == 0 and (char in ends or is_stop or is_gap)):
            yield begin, i + 1
            begin, depth = i + 1, 0
    if begin < stop:
        yield begin, stop


def _is_han(text: str, i: int) -> bool:
    return 0 <= i < len(text) and "\u4e00" <= text[i] <= "\u9fff"
