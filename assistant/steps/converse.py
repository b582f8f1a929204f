"""`history, text → Talk`: which earlier turns a message goes on from, by rule.

那初创企业呢, 换成上海呢, 合同是800万 say little alone: the topic of the turn they follow is theirs too. A message that names a
programme or paper of its own, or says that it changes the topic, stands alone. What was told of the firm is carried on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.lexicon import Names
from assistant.models import ProgrammeMention
from assistant.text import fold

_NEW_TOPIC = re.compile(
    r"换个(?:问题|话题)|^另外|另外问|再问个别的|顺便问|先不管|不说.{1,12}了|不问.{1,8}了|别的(?:问题|事)|"
    r"different (?:question|topic)|another question|new question"
)
_OWN_CASE = re.compile(r"^[^?？]{0,12}(?:我们?|我司|公司|去年|今年|\d+月|刚)[^?？]{4,}\d")
_LONG = 34  # characters of a message that stands alone even without a name


@dataclass(frozen=True)
class Talk:
    """What a message goes on from: the turns it is read with, oldest first, and all turns whose facts still hold."""

    topic: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    programmes: tuple[ProgrammeMention, ...] = ()
    regions: tuple[str, ...] = ()
    is_new: bool = False


def follow(turns: Sequence[str], text: str, names: Names, has_title: bool) -> Talk:
    """Resolve a message against the earlier turns of the same person (oldest first)."""
    last = fold(text)
    regions = names.regions(last)
    own = names.programmes(last, regions)
    if _NEW_TOPIC.search(last) or not turns:
        return Talk(programmes=own, regions=regions, is_new=True)
    told = tuple(turns)
    if own or has_title:
        if not regions and own:
            earlier = _regions_before(turns, names)
            there = names.programmes(last, earlier)
            # A programme by its full name is meant wherever it is; another name for it, only where talk already is.
            own = there or tuple(m for m in own if not earlier or m.name == fold(m.title))
            regions = earlier if there or not own else ()
        return Talk(told=told, programmes=own, regions=regions)
    topic = _topic(turns, names)
    where = regions or _regions_before(turns, names)
    if len(text) > _LONG and _has_topic(last, names):
        return Talk(told=told, regions=where)
    return Talk(topic=topic, told=told, programmes=_programmes_before(turns, names, where), regions=where)


def _has_topic(text: str, names: Names) -> bool:
    """Whether a long message says itself what it is about; what one tells of one's own case does not say it."""
    return bool(names.regions(text) or (names.terms(text) and not _OWN_CASE.search(text)))


def _topic(turns: Sequence[str], names: Names) -> tuple[str, ...]:
    """The turns from the last one that names something on."""
    for place in range(len(turns) - 1, -1, -1):
        if names.programmes(fold(turns[place])) or "《" in turns[place]:
            return tuple(turns[place:])
    return tuple(turns[-2:])


def _regions_before(turns: Sequence[str], names: Names) -> tuple[str, ...]:
    return next((found for turn in reversed(turns) if (found := names.regions(fold(turn)))), ())


def _programmes_before(
    turns: Sequence[str], names: Names, regions: tuple[str, ...]
) -> tuple[ProgrammeMention, ...]:
    """What the last turn that names a programme names, in the regions that are asked about now."""
    for turn in reversed(turns):
        bare = names.without_regions(fold(turn))
        if found := names.programmes(bare, regions) or names.programmes(fold(turn), regions):
            return found
        if names.programmes(fold(turn)):
            return ()
    return ()
