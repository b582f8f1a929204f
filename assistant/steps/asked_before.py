"""Papers of questions and answers: which of their questions each part of the user's question is, by telling words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.keyword_index import words
from assistant.models import Passages, Query, Wanted
from assistant.steps.understand import wanted_in
from assistant.text import fold

_PART = re.compile(r"[、，,；;。？?！!\s]+|(?<=[多少几哪么吗])(?:和|以及|还有|并且)")
_ASKS = re.compile(
    r"多少|几|什么|哪|吗|怎么|如何|多久|多长|谁|是否|能不能|可不可以|何时|how|what|when|who|which", re.I
)
_QUESTION = re.compile(r"^[^\n]{4,80}[？?](?=\n)")
_FEWEST = 2  # questions of one paper; one alone tells nothing apart


def answering(query: Query, passages: Passages) -> list[tuple[int, tuple[Wanted, ...]]]:
    """(passage, what its part wants) for each part of the question that is one of a paper's own questions; else empty.

    Every part must find its question among those of the paper that was found first, or it is quoted like any other.
    """
    asked: dict[str, list[tuple[int, set[str]]]] = {}
    for index, passage in enumerate(passages.kept):
        if found := _QUESTION.match(passage.chunk.text):
            asked.setdefault(passage.chunk.document_id, []).append((index, _tokens(found[0])))
    parts = [part for part in _PART.split(query.chinese) if part and _ASKS.search(part)]
    if not passages.kept:
        return []
    for id, questions in asked.items():
        if len(questions) < _FEWEST or id != passages.kept[0].chunk.document_id:
            continue
        common = Counter(token for _, tokens in questions for token in tokens)
        chosen: list[tuple[int, tuple[Wanted, ...]]] = []
        for part in parts:
            best = _nearest(_tokens(part), questions, common)
            if best is None:
                break
            chosen.append((best, wanted_in(part)))
        if chosen and len(chosen) == len(parts):
            return list(dict.fromkeys(chosen))
    return []


def _nearest(part: set[str], questions: Sequence[tuple[int, set[str]]], common: Counter[str]) -> int | None:
    """The one question that shares most with a part, words that several of them have counting less; None for a tie."""
    shared = [(sum(1 / common[t] for t in part & tokens), index) for index, tokens in questions]
    shared.sort(reverse=True)
    if not shared[0][0] or (len(shared) > 1 and shared[0][0] == shared[1][0]):
        return None
    return shared[0][1]


def _tokens(text: str) -> set[str]:
    """Words and pairs of characters."""
    flat = re.sub(r"\W", "", fold(text))
    return {w for w in words(text) if len(w) > 1} | {flat[i : i + 2] for i in range(len(flat) - 1)}
