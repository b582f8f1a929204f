"""`pieces of a model's reply → JSON objects, or its prose`: tolerant of what models put around what was asked for.

Objects are read as soon as each is whole: one a line, in a list, inside another object, in a code fence, after reasoning.
Of one that breaks off only what is whole counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from assistant.models import Claim

_THOUGHT = re.compile(r"<(?P<end>/?)(?:think|thinking|reasoning)>", re.I)
_LONGEST_TAG = len("</reasoning>")
_FENCE = re.compile(r"^\s*```\w*\s*$", re.M)
_TEXT_KEYS = ("claim", "text", "sentence", "content")
_PASSAGE_KEYS = ("passages", "passage", "citations", "cites", "sources")
# What can still be read of an object whose quotes are not escaped.
_LOOSE = re.compile(
    r'"(?:claim|text)"\s*:\s*"(?P<text>.*?)"\s*,\s*"(?:passages|citations)"\s*:\s*\[(?P<passages>[\d,\s"\[\]]*)\]',
    re.S,
)
_MARKS = re.compile(r"\[(\d{1,3})\]")
_SENTENCE = re.compile(r"(?:[。！？!?\n]|\.(?=\s))(?:\s*\[\d{1,3}\])*(?=\s*[^\s\[])")
_BROKEN_OFF = 3  # characters of prose below which nothing was said


@dataclass
class _Scanner:
    """Finds whole `{…}` in a text that comes in pieces; the innermost first."""

    text: str = ""
    position: int = 0
    opened: list[int] = field(default_factory=list)
    in_string: bool = False
    escaped: bool = False

    def feed(self, piece: str) -> Iterator[str]:
        """The objects that a further piece completes, as text."""
        self.text += piece
        while self.position < len(self.text):
            char = self.text[self.position]
            self.position += 1
            if self.escaped:
                self.escaped = False
            elif self.in_string:
                self.escaped = char == "\\"
                self.in_string = char != '"'
            elif char == '"':
                self.in_string = bool(self.opened)
            elif char == "{":
                self.opened.append(self.position - 1)
            elif char == "}" and self.opened:
                yield self.text[self.opened.pop() : self.position]


def objects_in(pieces: Iterable[str]) -> Iterator[dict[str, Any] | str]:
    """Each JSON object as it is whole, or its text where it is none as it stands; where there is none, the prose."""
    scanner, found = _Scanner(), False
    for piece in _spoken(pieces):
        if piece is None:
            scanner = _Scanner()
            continue
        for text in scanner.feed(piece):
            found = True
            yield _loaded(text)
    if scanner.opened:
        yield scanner.text[scanner.opened[-1] :]
    elif not found and len(rest := _FENCE.sub("", scanner.text).strip()) >= _BROKEN_OFF:
        yield rest


def _spoken(pieces: Iterable[str]) -> Iterator[str | None]:
    """The pieces without reasoning in tags; None: all so far was reasoning, its opening tag was left out."""
    held, thinking = "", False
    for piece in pieces:
        held += piece
        while tag := _THOUGHT.search(held):
            if not thinking and not tag["end"]:
                yield held[: tag.start()]
            elif not thinking:
                yield None
            thinking = not tag["end"]
            held = held[tag.end() :]
        ready = len(held) if "<" not in held[-_LONGEST_TAG:] else held.rindex("<")
        if not thinking:
            yield held[:ready]
        held = held[ready:]
    if not thinking:
        yield held


def claims_in(pieces: Iterable[str]) -> Iterator[Claim]:
    """The claims of a reply, each with the passages it cites; from sentences with [n] where a model writes prose."""
    for found in objects_in(pieces):
        if isinstance(found, dict):
            if (claim := _claim_of(found)) is not None:
                yield claim
        elif match := _LOOSE.search(found):
            yield Claim(text=match["text"].strip(), support=_numbers(match["passages"]))
        elif not found.lstrip("[ \n").startswith("{"):
            yield from _sentences(found)


def _loaded(text: str) -> dict[str, Any] | str:
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, dict) else text


def _claim_of(found: dict[str, Any]) -> Claim | None:
    text = next((found[k] for k in _TEXT_KEYS if isinstance(found.get(k), str)), None)
    if text is None:
        return None
    cited: object = next((found[k] for k in _PASSAGE_KEYS if k in found), None)
    inline = _MARKS.findall(text)
    support = _numbers(cited) or _numbers(inline)
    return Claim(text=_MARKS.sub("", text).strip(), support=support)


def _numbers(cited: object) -> tuple[int, ...]:
    """Passage numbers in any form a model writes them, counted from 0: [1, 3], "1", "[1][3]", {"id": 1}."""
    numbers = re.findall(r"\d{1,4}", json.dumps(cited, ensure_ascii=False, default=str))
    return tuple(dict.fromkeys(int(n) - 1 for n in numbers))


def _sentences(prose: str) -> Iterator[Claim]:
    begin = 0
    for end in [*(m.end() for m in _SENTENCE.finditer(prose)), len(prose)]:
        sentence = prose[begin:end]
        begin = end
        cited = tuple(dict.fromkeys(int(n) - 1 for n in _MARKS.findall(sentence)))
        if text := _MARKS.sub("", sentence).strip(" \n-*•"):
            yield Claim(text=text, support=cited)
