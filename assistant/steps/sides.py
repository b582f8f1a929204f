"""`A claim, the papers it cites → the figures that it gives to each`: what it calls the papers by, and what it says of which.

A claim of two papers names both, by the place or the title or the support, and each figure belongs to the one named with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.models import DocumentHead
from assistant.steps.model_words import model_words
from assistant.steps.naming import support_names
from assistant.text import fold
from assistant.values import Value, values_in

_CLAUSE = re.compile(r"[，,；;。！!？?\n]+|(?<=[a-z)]) (?:while|whereas|but|and in) ")
_PLACE = re.compile(r"^《?([\u4e00-\u9fff]{2,4}?)(?:省|市|区|县|州|新区|自治区)")
_KINDS = "省市区县州"
_JOINED = re.compile(r"^[省市区县州《》、,/\s]*(?:和|与|及|以及|或|跟|同|and|or)?(?:the)?[《》、,/\s]*$")
_APOSTROPHES = str.maketrans("", "", "'’")


@dataclass(frozen=True)
class Share:
    """What a claim says of some papers: any one of them must hold all the figures, or each of them."""

    papers: frozenset[str]
    figures: tuple[Value, ...]


def names_of(head: DocumentHead) -> frozenset[str]:
    """What a claim may call a paper by: its place in Chinese or in Latin letters, its title, the support in the title."""
    title = fold(head.title).strip("《》")
    found = _PLACE.match(title)
    places = _stems((head.region or "").rpartition("/")[2], found[1] if found else "")
    return frozenset({title, *support_names(title)}) | places


def places_of(head: DocumentHead) -> frozenset[str]:
    """The place that a paper is of, and those that it lies in."""
    found = _PLACE.match(fold(head.title).strip("《》"))
    return _stems(*(head.region or "").split("/"), found[1] if found else "")


def _stems(*places: str) -> frozenset[str]:
    names: set[str] = set()
    for place in map(fold, places):
        stem = place
        while len(stem) > 2 and stem[-1] in _KINDS:
            stem = stem[:-1]
        if len(stem) > 1:
            names |= {stem, _latin(stem)}
    return frozenset(names)


def _latin(place: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(place))


def named_in(text: str, names: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The papers that a text calls by a name which not all of them have."""
    return frozenset(paper for _, _, papers in _mentions(_plain(text), names) for paper in papers)


def shares(text: str, names: Mapping[str, frozenset[str]]) -> list[Share] | None:
    """The figures that a claim gives to each paper; None where it cannot be told whose a figure is."""
    in_turn = _is_in_turn(text)
    found: list[Share] = []
    for sides, piece in _assigned(text, names):
        figures = values_in(piece)
        if not figures:
            continue
        if not sides:
            found.append(Share(frozenset(), tuple(figures)))
        elif (given := _given(sides, figures, in_turn)) is None:
            return None
        else:
            found += given
    everyone = frozenset(paper for sides, _ in _assigned(text, names) for side in sides for paper in side)
    first = next((share.papers for share in found if share.papers), everyone)
    return [share if share.papers else Share(first, share.figures) for share in found]


def parts(text: str, names: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """What a claim says of each paper that it names, with what it says before it comes to any; {} where that is in turn."""
    if _is_in_turn(text):
        return {}
    pieces = list(_assigned(text, names))
    lead = [piece for n, (sides, piece) in enumerate(pieces) if not any(s for s, _ in pieces[: n + 1])]
    papers = dict.fromkeys(paper for sides, _ in pieces for side in sides for paper in side)
    return {
        paper: "，".join([*lead, *(p for sides, p in pieces if any(paper in side for side in sides))])
        for paper in papers
    }


def _is_in_turn(text: str) -> bool:
    return model_words().claims.in_turn.search(fold(text)) is not None


def _assigned(text: str, names: Mapping[str, frozenset[str]]) -> Iterator[tuple[list[frozenset[str]], str]]:
    """The pieces of a claim, each with the papers that it is of; none before the first name."""
    in_turn = _is_in_turn(text)
    current: list[frozenset[str]] = []
    for clause in _CLAUSE.split(_plain(text)):
        pieces = _pieces(clause, names) or [(current, clause, clause)]
        waiting: list[frozenset[str]] = []
        named: list[frozenset[str]] = []
        for papers, piece, rest in pieces:
            sides = waiting + papers
            named += papers
            yield sides, piece
            if values_in(piece):
                waiting, named = [], sides
            else:
                # 深圳和广州 are one list; 与深圳相比，广州 are not.
                waiting = sides if _JOINED.match(rest) or in_turn else []
        current = named or current


def _given(sides: Sequence[frozenset[str]], figures: Sequence[Value], in_turn: bool) -> list[Share] | None:
    """Figures behind one name are that paper's; behind several each of them has all, or each has its own in turn."""
    if len(sides) == 1 or not in_turn:
        return [Share(side, tuple(figures)) for side in sides]
    own: list[list[Value]] = [[] for _ in sides]
    for kind in dict.fromkeys(value.kind for value in figures):
        of_kind = sorted((v for v in figures if v.kind == kind), key=lambda v: v.start)
        if len(of_kind) == 1:
            of_kind *= len(sides)
        if len(of_kind) != len(sides):
            return None
        for values, value in zip(own, of_kind, strict=True):
            values.append(value)
    return [Share(side, tuple(values)) for side, values in zip(sides, own, strict=True)]


def _pieces(clause: str, names: Mapping[str, frozenset[str]]) -> list[tuple[list[frozenset[str]], str, str]]:
    """A clause cut where it comes to another paper: (the paper, the piece, what follows its name)."""
    mentions = list(_mentions(clause, names))
    merged = [m for n, m in enumerate(mentions) if n == 0 or m[2] != mentions[n - 1][2]]
    if not merged:
        return []
    ends = [start for start, _, _ in merged[1:]] + [len(clause)]
    starts = [0, *ends[:-1]]
    return [([m[2]], clause[a:b], clause[m[1] : b]) for m, a, b in zip(merged, starts, ends, strict=True)]


def _mentions(text: str, names: Mapping[str, frozenset[str]]) -> Iterator[tuple[int, int, frozenset[str]]]:
    """Where papers are named: (start, end, the papers), the longest name of a place, names of all papers left out."""
    papers: dict[str, frozenset[str]] = {}
    for name in {name for own in names.values() for name in own}:
        having = frozenset(paper for paper, own in names.items() if name in own)
        if len(having) < len(names) or len(names) == 1:
            papers[name] = having
    spans = sorted(
        ((m.start(), -len(name), name) for name in papers for m in re.finditer(_bounded(name), text)),
    )
    end = 0
    for start, negative, name in spans:
        if start >= end:
            end = start - negative
            yield start, end, papers[name]


def _bounded(name: str) -> str:
    return rf"(?<![a-z]){re.escape(name)}(?![a-z])" if name.isascii() else re.escape(name)


def _plain(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", fold(text).translate(_APOSTROPHES))
