"""`Messages → what a client wants for itself`: titles, summaries and the like in fixed forms; the question inside a template.

Chat clients ask the model for a title of the conversation, for a summary, for questions to go on with. None of it is asked by
the user. What is returned is one of the forms of `prompts/housekeeping.yaml`, filled with the first question of the
conversation or with what it is about: it never depends on doing what the text says, so nothing can be smuggled through it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import chain
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from assistant.errors import PromptError
from assistant.keyword_index import tagged_words
from assistant.models import Frozen, Language
from assistant.steps.screen import screen
from assistant.text import detect_language, fold, traditional
from assistant.yaml_file import load_yaml

_READ = 2_000  # characters of a question, of which a title or a summary shows far fewer
_NOUNS = ("n", "vn", "nz", "eng", "j", "l", "an", "b", "x")


class Said(Frozen):
    """A message of a conversation: who wrote it, and what."""

    role: str
    text: str


class _Frame(Frozen):
    """Where something stands within a message; plain marks, so that a long message is read in no time."""

    starts: re.Pattern[str]
    open: str
    close: str = ""
    needs: str = ""

    def found(self, text: str, last: bool) -> tuple[int, int, int, int] | None:
        """Begin and end of the frame and of what it holds; `last`: the innermost, else the widest."""
        if self.needs not in text or not self.starts.match(text[:400].lower()):
            return None
        begin = text.rfind(self.open) if last else text.find(self.open)
        inner = begin + len(self.open)
        end = text.rfind(self.close, inner) if self.close else len(text)
        return (begin, end + len(self.close), inner, end) if begin >= 0 and inner <= end else None


class _Task(Frozen):
    kind: Literal["title", "summary", "none"]
    marks: tuple[re.Pattern[str], ...] = Field(min_length=1)
    longest: int = Field(gt=0)
    framed: bool = False
    form: str = "%t"


class _Title(Frozen):
    longest: int
    words: int
    untitled: dict[Language, str]
    asked: dict[str, re.Pattern[str]]
    empty: str


class _Summary(Frozen):
    longest: int
    sentence: dict[Language, str]


class Shapes(Frozen):
    """The shapes in which clients ask for themselves, and the forms in which they are answered."""

    conversations: tuple[_Frame, ...]
    speaker: re.Pattern[str]
    users: tuple[str, ...]
    fields: tuple[str, ...]
    tasks: tuple[_Task, ...]
    wrapped: tuple[_Frame, ...]
    title: _Title
    summary: _Summary


@lru_cache(maxsize=1)
def shapes() -> Shapes:
    """Read `prompts/housekeeping.yaml`; raises PromptError where it is not usable."""
    return parse_shapes(files("prompts").joinpath("housekeeping.yaml").read_text(encoding="utf-8"))


def parse_shapes(text: str) -> Shapes:
    """The shapes from the text of their file; what they find is told by named groups."""
    try:
        found = Shapes.model_validate(load_yaml(text))
    except (ValidationError, yaml.YAMLError) as error:
        raise PromptError(f"prompts/housekeeping.yaml 写法有误：{error}") from error
    if "who" not in found.speaker.groupindex:
        raise PromptError("prompts/housekeeping.yaml 写法有误：speaker 里没有名为 who 的一组。")
    return found


def unwrapped(text: str) -> str:
    """The question that a client's template wraps; the text itself where it is none."""
    for frame in shapes().wrapped:
        if (place := frame.found(text, last=True)) and (question := text[place[2] : place[3]].strip()):
            return question
    return text


def housekeeping(messages: Sequence[Said]) -> str | None:
    """What a client is given that asks for itself; None where the last message is a user's question."""
    said = [m for m in messages if m.text.strip()]
    if not said:
        return None
    last, before = said[-1], said[:-1]
    if last.role not in ("user", "system", "developer"):
        return None
    inside, instruction = _parted(last.text)
    earlier = (unwrapped(m.text) for m in before if m.role == "user")
    asked = next(chain(_questions(inside), earlier), "")
    if task := _task(instruction, framed=bool(inside)):
        return _given(task, asked) if asked or inside else None
    if last.role == "user":
        # The instruction may be the system's alone: then the last message is the conversation, written down.
        system = next((m.text for m in before if m.role in ("system", "developer")), "")
        task = _task(system, framed=False) if _is_written_down(last.text) else None
        return _given(task, next(_questions(last.text), "")) if task else None
    if last.role in ("system", "developer") and before and before[-1].role == "assistant" and asked:
        return _given(next(t for t in shapes().tasks if t.kind == "summary"), asked)
    return None


def _parted(text: str) -> tuple[str, str]:
    """(the conversation inside a message, the instruction about it)."""
    for frame in shapes().conversations:
        if place := frame.found(text, last=False):
            return text[place[2] : place[3]], text[: place[0]] + text[place[1] :]
    said, _, instruction = text.strip().rpartition("\n\n")
    return (said, instruction) if _is_written_down(said) else ("", text)


def _is_written_down(text: str) -> bool:
    """Whether a text is a conversation: each turn with who speaks, from the first on."""
    known = shapes()
    first = known.speaker.match(text)
    if first is None:
        return any(isinstance(row, dict) and "role" in row for row in _rows(text))
    begins = first["who"].lower() in known.users
    return any((turn["who"].lower() in known.users) != begins for turn in known.speaker.finditer(text))


def _rows(text: str) -> list[object]:
    if not text.lstrip().startswith("["):
        return []
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return rows if isinstance(rows, list) else []


def _task(instruction: str, framed: bool) -> _Task | None:
    lowered = instruction.lower()
    for task in shapes().tasks:
        if task.framed and not framed:
            continue
        if len(instruction) <= task.longest and all(mark.search(lowered) for mark in task.marks):
            return task
    return None


def _questions(conversation: str) -> Iterator[str]:
    """What the user said in a conversation that is written down as a text or as JSON."""
    known = shapes()
    for row in _rows(conversation):
        if isinstance(row, dict) and row.get("role") == "user":
            yield from (unwrapped(row[field]) for field in known.fields if isinstance(row.get(field), str))
    turns = known.speaker.finditer(conversation)
    turn = next(turns, None)
    if turn is None and conversation.strip() and not _rows(conversation):
        yield unwrapped(conversation.strip())
    while turn is not None:
        after = next(turns, None)
        text = conversation[turn.end() : after.start() if after else len(conversation)].strip()
        if text and turn["who"].lower() in known.users:
            yield unwrapped(text)
        turn = after


# ------------------------------------------------------------------ what is given


def _given(task: _Task, asked: str) -> str:
    """The form of a task, filled with the first question, or without one where that is no question for us."""
    first = asked[:_READ]
    language = detect_language(first)
    screened = screen(first)
    question = first if screened.verdict == "pass" else screened.cleaned or ""
    if task.kind == "none":
        return task.form
    if task.kind == "summary":
        known = shapes().summary
        return known.sentence[language].replace("%q", _one_line(question, known.longest)) if question else ""
    title = title_of(question, language)
    return task.form.replace("%s", json.dumps(title, ensure_ascii=False)).replace("%t", title)


def title_of(question: str, language: Language) -> str:
    """A few words: what a question is about, and what it asks of it."""
    known = shapes().title
    empty = set(known.empty.split())
    if language == "en":
        words = [w for w in re.findall(r"[\w'-]+", question) if w.lower() not in empty]
        return " ".join(words[: known.words])[:60] or known.untitled[language]
    topic, folded = "", fold(question)
    asked = next((label for label, words in known.asked.items() if words.search(folded)), "")
    for word, tag in tagged_words(_one_line(question, 80)):
        if not tag.startswith(_NOUNS) or not word.isalnum() or word.lower() in empty or word in asked:
            continue
        if len(topic + word + asked) > known.longest:
            break
        topic += word
    title = f"{topic}{asked}" if topic else _one_line(question, known.longest)
    return (traditional(title) if language == "zh-Hant" else title) or known.untitled[language]


def _one_line(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[:longest]
