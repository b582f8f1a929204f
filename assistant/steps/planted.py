"""`text → spans`: sentences of a document that speak to the machine reading it, so that no answer quotes them."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.steps.disguise import decoded, plain
from assistant.steps.screening_rules import load_rules
from assistant.text import fold, sentences

Span = tuple[int, int]

_LONG = 160  # characters: in a longer line, what several sentences say does not add up to one instruction
_LINE = re.compile(r"[^\n]+")


@lru_cache(maxsize=2048)
def _spans(text: str) -> tuple[Span, ...]:
    return tuple(strip_instructions(text))


def is_planted(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` touches a sentence that speaks to the machine; judged once for each text."""
    return any(a < end and start < b for a, b in _spans(text))


def strip_instructions(text: str) -> list[Span]:
    """The spans of `text` to leave out of answers, in order.

    A line is judged as a whole too, because an instruction goes on over several sentences; then only the line's
    sentences from the first that gives it away are meant, so that a clause before it stays quotable.
    """
    found: list[Span] = []
    for line in _LINE.finditer(text):
        parts = list(sentences(text, *line.span()))
        marked = [_is_instruction(text[a:b]) for a, b in parts]
        if not any(marked) and len(line[0]) <= _LONG and _is_instruction(line[0]):
            marked = [True] * len(parts)
        if any(marked):
            first = marked.index(True)
            found += parts[first:]
    return found


def _is_instruction(text: str) -> bool:
    rules = load_rules("planted")
    seen, hidden = plain(text)
    readings = [fold(seen), *hidden, *decoded(seen)]
    return bool(hidden) or any(
        sum(h.signal.points for h in rules.hits(reading, seen)) >= rules.needed for reading in readings
    )
