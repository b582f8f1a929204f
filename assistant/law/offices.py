"""Offices and what they do: `sentence → offices`, each with its span.

A part is cut at the words that lead to an office (由, 向, 报), that join two (会同) and that say what one does (审核, 拨付);
what lies between is an office where it ends as one does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.grammar.tokens import plain
from assistant.law.contexts import Contexts, contexts
from assistant.law.provisions import Does, Office

_SHORTEST = 3  # characters of an office
_LONGEST = 20
_ASIDE = 4  # characters in brackets that are part of a name: 区（县）残联
_MASK = "\u25a1"  # stands for a character within which nothing is cut
_ORDER = (Does.EXPLAINS, Does.PAYS, Does.REVIEWS, Does.LEADS, Does.ACCEPTS)
_MARKED = re.compile(r"^(?:[（(][一二三四五六七八九十\d]{1,3}[）)]|[^\u4e00-\u9fff（“])+")  # （三）, ③, ）
Placed = tuple[Office, int, int]


@dataclass(frozen=True)
class _Named:
    """An office in a part: its span, the word before it, and the word right behind it where that joins it to another."""

    start: int
    end: int
    lead: str
    joined: bool


def offices_in(text: str, over: Contexts) -> Iterator[Placed]:
    """Offices and what they do; those that act together (会同) do the same."""
    if found := _labelled(text, over):
        yield found
        return
    acting = list(_acting(text, over))
    known = {one.office for one, _, _, _ in acting if one.does is not Does.ACCEPTS}
    for one, start, end, lead in acting:
        if one.does is Does.ACCEPTS and one.office in known and lead in over.hands_on:
            continue  # 初审合格的报市民政局；市民政局复核
        yield one, start, end


def _acting(text: str, over: Contexts) -> Iterator[tuple[Office, int, int, str]]:
    for start, end in _parts(text):
        piece = text[start:end]
        names = list(_names(piece, over))
        for i, name in enumerate(names):
            until = next((n.start for n in names[i + 1 :]), len(piece))
            last = i
            while last < len(names) - 1 and names[last].joined:
                last += 1
                until = names[last + 1].start if last < len(names) - 1 else len(piece)
            behind = _without_nouns(plain(piece[names[last].end : until]), over)
            for does in _does(name, behind, over):
                office = Office(office=piece[name.start : name.end], does=does)
                yield office, start + name.start, start + name.end, name.lead


def _labelled(text: str, over: Contexts) -> Placed | None:
    """The office of a label: 受理单位：区残联."""
    label, colon, behind = text.partition("：")
    does = next((d for d, words in over.office_labels.items() if plain(label).strip().endswith(words)), None)
    if not (colon and does):
        return None
    at = len(label) + 1
    name = re.split(r"[，,；;。、]|[（(](?!.{1,3}[）)])", behind)[0]
    return (Office(office=name.strip(), does=Does(does)), at, at + len(name)) if name.strip() else None


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Parts between marks; brackets of more than a name's are parts of their own."""
    at = 0
    for found in re.finditer(
        rf"[，,；;。：:→\n]|[（(](?![^）)]{{1,{_ASIDE}}}[）)])|(?<=[^（(]{{{_ASIDE + 1}}})[）)]|$", text
    ):
        if text[at : found.start()].strip():
            yield at, found.start()
        at = found.end()


def _names(piece: str, over: Contexts) -> Iterator[_Named]:
    folded = plain(piece)
    for word in over.within_names:
        folded = folded.replace(word, _MASK * len(word))
    cuts = [*_cut().finditer(folded)]
    edges = [(0, ""), *((m.end(), m[0]) for m in cuts)]
    ends = [*((m.start(), m[0]) for m in cuts), (len(folded), "")]
    for (start, lead), (end, follows) in zip(edges, ends, strict=True):
        members = [(start + a, start + b) for a, b in _members(piece[start:end])]
        for left, right in members[:-1]:
            if _ending(plain(piece[left:right]), over, anywhere=False) and right - left >= _SHORTEST:
                yield _Named(left, right, lead, True)  # 县公安局、县市场监管局
        if not members:
            continue
        left, right = members[-1]
        left += len(piece[left:right]) - len(_MARKED.sub("", piece[left:right]))
        name = piece[left:right]
        acts = any(follows in over.triggers[d.value] for d in Does) if follows else False
        stop = _ending(plain(name), over, anywhere=lead in over.office_leads or acts)
        if not stop and lead in over.actor_leads and acts and not over.names_applicant(name):
            stop = len(name)  # 由各林场初验
        enough = _SHORTEST <= stop <= _LONGEST and re.fullmatch(r"[\u4e00-\u9fff（）()、“”]+", name[:stop])
        if (
            enough
            and not over.is_no_office(name[:stop])
            and not (
                not lead
                and over.names_applicant(name[:stop])
                and not _ending(plain(name), over, anywhere=False)
            )
        ):
            yield _Named(left, left + stop, lead, follows in over.office_joins)


def _members(words: str) -> list[tuple[int, int]]:
    """The spans of names joined by 、; a mark within brackets joins none."""
    found = []
    for member in re.finditer(r"(?:[（(][^（）()]*[）)]|[^、（(])+", words):
        lead = len(member[0]) - len(member[0].lstrip())
        if member[0].strip():
            found.append((member.start() + lead, member.start() + len(member[0].rstrip())))
    return found


@lru_cache(maxsize=1)
def _cut() -> re.Pattern[str]:
    """Words at which a part is cut: what leads to an office, joins two, follows one or says what it does."""
    over = contexts()
    acts = {w for does in Does for w in over.triggers[does.value]}
    words = {*over.office_leads, *over.office_joins, *over.office_follows, *over.steps, *acts}
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)) + r"|[\d\s]+")


def _ending(name: str, over: Contexts, *, anywhere: bool) -> int:
    """Where the name of an office ends in words that begin with it; 0 where they name none."""
    last = 0
    for word in over.offices:
        end = name.rfind(word) + len(word)
        while end >= len(word) and end < len(name) and name[end] in over.not_endings.get(word, ""):
            end = name.rfind(word, 0, end - 1) + len(word)
        last = max(last, end if end >= len(word) else 0)
    return last if anywhere or last == len(name) else 0


def _without_nouns(words: str, over: Contexts) -> str:
    for noun in over.step_nouns:
        words = words.replace(noun, _MASK)
    return words


def _does(name: _Named, behind: str, over: Contexts) -> Iterator[Does]:
    """What an office does: by the words behind it, else, where it is gone to (向, 报, 找), it accepts."""
    if over.says("explains", behind):
        yield Does.EXPLAINS
        return
    found = [d for d in _ORDER[1:] if d is not Does.ACCEPTS and over.says(d.value, behind)]
    yield from found
    if any(w in behind for w in over.takes_in) or (not found and name.lead in over.goal_leads):
        yield Does.ACCEPTS
