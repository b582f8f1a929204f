"""The numbers Word shows but does not write: automatic lists → 一、（一）1. as text."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from ingest.readers.word_number_formats import shown
from ingest.readers.word_package import MC, W, is_on, value, whole
from ingest.readers.word_styles import ParagraphStyle, WordStyles

_LEVELS = 9
_LONGEST = 60  # characters of a number's text
_CLOSED = "、，。：；）】》〉」』"  # full-width signs bring their own space


@dataclass(frozen=True)
class _Level:
    """One level of a list; `restart` is the level (from 1) whose use starts it again, 0 never, None any above."""

    form: str = "decimal"
    pattern: str = ""
    text: str = ""
    start: int = 1
    restart: int | None = None
    is_legal: bool = False
    suffix: str = "tab"
    style: str = ""


@dataclass
class _List:
    """A w:num: its levels, those it starts anew, and the list whose count it shares."""

    counted_as: str
    levels: dict[int, _Level]
    starts: dict[int, int] = field(default_factory=dict)


class WordNumbering:
    """The list definitions of one document; with no numbering part nothing is numbered."""

    def __init__(self, root: Any | None, styles: WordStyles) -> None:
        self._lists: dict[str, _List] = {}
        self._styles = styles
        if root is None:
            return
        abstract = {a.get(f"{W}abstractNumId", ""): a for a in root.iterchildren(f"{W}abstractNum")}
        self._linked = {value(a, "styleLink"): id for id, a in abstract.items()}
        pointed = {n.get(f"{W}numId", ""): value(n, "abstractNumId") for n in root.iterchildren(f"{W}num")}
        read: dict[str, dict[int, _Level]] = {}
        for item in root.iterchildren(f"{W}num"):
            id = self._followed(value(item, "abstractNumId"), abstract, pointed)
            if id in abstract and id not in read:
                levels = map(_level, abstract[id].iterchildren(f"{W}lvl"))
                read[id] = {number: level for number, level in levels if number < _LEVELS}
            self._lists[item.get(f"{W}numId", "")] = _with_overrides(item, id, read.get(id, {}))

    def _followed(self, id: str, abstract: dict[str, Any], pointed: dict[str, str]) -> str:
        """The abstract list itself: one that only names a numbering style stands for that style's list."""
        for _ in range(5):
            link = value(abstract.get(id), "numStyleLink")
            if not link:
                return id
            id = pointed.get(self._styles.numbering_of(link) or "", "") or self._linked.get(link, id)
        return id

    def found(self, id: str) -> _List | None:
        """The list of a w:numId."""
        return self._lists.get(id)


class NumberCounter:
    """Counts the numbered paragraphs of one story (the body, a text box, a note) in order."""

    def __init__(self, numbering: WordNumbering) -> None:
        self._numbering = numbering
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._started: set[tuple[str, int]] = set()

    def label(self, properties: Any | None, style: ParagraphStyle) -> str:
        """The number a paragraph shows, with a space behind it where its text would join it; "" for none or a bullet.

        `properties` is the paragraph's w:pPr.
        """
        own = properties.find(f"{W}numPr") if properties is not None else None
        id = value(own, "numId") or style.number_id or "0"
        found = self._numbering.found(id)
        if found is None:
            return ""
        number = _place(found, value(own, "ilvl"), style)
        level = found.levels.get(number)
        if level is None:
            return ""
        counts = self._count(id, found, number, level)
        return "" if level.form == "bullet" else _printed(found, level, counts)

    def _count(self, id: str, found: _List, number: int, level: _Level) -> dict[int, int]:
        counts = self._counts[found.counted_as]
        start = found.starts.get(number, level.start)
        begins = number in found.starts and (id, number) not in self._started
        self._started.add((id, number))
        counts[number] = start if begins or number not in counts else counts[number] + 1
        for deeper in [n for n in counts if n > number]:
            restart = found.levels[deeper].restart if deeper in found.levels else None
            if restart is None or number < restart:
                del counts[deeper]
        return counts


def _place(found: _List, said: str, style: ParagraphStyle) -> int:
    """The level of a paragraph: its own, the one tied to its style, or the one its style names."""
    if said != "":
        return whole(said)
    tied = {level.style: number for number, level in found.levels.items() if level.style}
    linked = next((tied[id] for id in style.ids if id in tied), None)
    return linked if linked is not None else style.number_level or 0


def _printed(found: _List, level: _Level, counts: dict[int, int]) -> str:
    def number(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        of = found.levels.get(at, _Level())
        count = counts.get(at, found.starts.get(at, of.start))
        return shown(count, "decimal" if level.is_legal and of.form != "none" else of.form, of.pattern)

    text = re.sub(r"%([1-9])", number, level.text).strip()[:_LONGEST]
    if not text or text[-1] in _CLOSED:
        return text
    if level.suffix == "nothing" and not (text[-1].isascii() or text[-1].isdigit()):
        return text
    return f"{text} "  # 1. in front of 50万元 must not read 1.50万元, whatever the suffix


def _level(element: Any) -> tuple[int, _Level]:
    form, pattern = _format(element)
    restart = value(element, "lvlRestart")
    legal = element.find(f"{W}isLgl")
    text = element.find(f"{W}lvlText")
    return whole(element.get(f"{W}ilvl")), _Level(
        form,
        pattern,
        "" if text is None else text.get(f"{W}val", "")[:_LONGEST],
        whole(value(element, "start")),
        whole(restart) if restart != "" else None,
        legal is not None and is_on(legal),
        value(element, "suff", "tab"),
        value(element, "pStyle"),
    )


def _format(element: Any) -> tuple[str, str]:
    """(format, its pattern): a newer format stands beside an older one that says less."""
    form = element.find(f"{W}numFmt")
    if form is None:
        form = element.find(f"{MC}AlternateContent/{MC}Choice/{W}numFmt")
    return ("decimal", "") if form is None else (form.get(f"{W}val", "decimal"), form.get(f"{W}format", ""))


def _with_overrides(item: Any, id: str, levels: dict[int, _Level]) -> _List:
    own, starts = dict(levels), {}
    for override in item.iterchildren(f"{W}lvlOverride"):
        number = min(whole(override.get(f"{W}ilvl")), _LEVELS)
        if (level := override.find(f"{W}lvl")) is not None:
            own[number] = _level(level)[1]
        if (start := value(override, "startOverride")) != "":
            starts[number] = whole(start, 1)
    return _List(id, own, starts)
