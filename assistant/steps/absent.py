"""`Query → what no paper of the place speaks of`: a kind of support that is named, or a batch."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from assistant.index import Integers
from assistant.knowledge import Snapshot
from assistant.lexicon import touches
from assistant.models import Passages, Query
from assistant.steps.naming import support_names
from assistant.text import fold, sentences
from assistant.values import normalise, values_in

_BATCH = re.compile(r"第(\d+)([批期季轮])|(首|头)([批期])")
_IS_NOUN = re.compile(r"(?:券|补贴|奖励|贴息|奖补)$")  # 出来扶持 names nothing
_PLACES = 3  # named where a support is given elsewhere
_STEM = 2  # characters of a name before 券, 补贴 …


def absent_support(query: Query, snapshot: Snapshot) -> str | None:
    """The support asked for that no paper of the place gives under this name or with a figure; None where one may.

    Only where a place is named of which there are papers, and no programme we know of it is.
    """
    told = fold(f"{query.topic} {' '.join(query.context)} {query.chinese}")
    if not query.regions or query.programmes or not snapshot.names.regions(told):
        return None
    names = {
        n
        for n in support_names(snapshot.names.without_regions(fold(f"{query.topic} {query.chinese}")))
        if _IS_NOUN.search(n)
    }
    rows = _rows_of(query.regions, snapshot)
    if not names or not len(rows):
        return None
    return next(iter(sorted(names))) if not any(_is_given(name, rows, snapshot) for name in names) else None


def places_with(name: str, snapshot: Snapshot) -> list[str]:
    """The places that have a programme of exactly this name, at most three."""
    programmes = snapshot.rulebook.programmes
    known = [m.id for m in snapshot.names.programmes(name) if m.match == "exact" and m.written == name]
    places = dict.fromkeys(programmes[id].region for id in known if id in programmes)
    return [place for place in places if place][:_PLACES]


def _rows_of(regions: Sequence[str], snapshot: Snapshot) -> Integers:
    """The pieces of papers of the places, of what is in them, and of what they are in."""
    index = snapshot.index
    near = {id for id, place in snapshot.regions.items() if place and any(touches(place, r) for r in regions)}
    numbers = [index.number_of[id] for id in near if id in index.number_of]
    return np.flatnonzero(np.isin(index.document_of, numbers))


def is_spoken_of(query: Query, snapshot: Snapshot) -> bool:
    """Whether some paper, of any place, has a support by the very name that the question gives it."""
    everywhere = np.arange(len(snapshot.index.document_of))
    return any(_stands(name, everywhere, snapshot) for name in support_names(query.chinese))


def _stands(name: str, rows: Integers, snapshot: Snapshot) -> bool:
    having = snapshot.index.pairs.scores([name[:_STEM]])[rows] > 0
    return any(name in fold(chunk.text) for chunk in snapshot.chunks(rows[having]))


def _is_given(name: str, rows: Integers, snapshot: Snapshot) -> bool:
    """Whether the name stands in a piece, or a sentence has what it is for together with a sum or a share.

    A voucher is one only where a paper of the place calls something so.
    """
    stems = [name[:_STEM], *(t for t in snapshot.names.terms(name) if not _IS_NOUN.search(t))]
    having = snapshot.index.pairs.scores([stem[:_STEM] for stem in stems])[rows] > 0
    pieces = snapshot.chunks(rows[having])
    if any(name in fold(c.text) or name in fold(snapshot.heads[c.document_id][0].title) for c in pieces):
        return True
    if name.endswith("券") and not any("券" in fold(c.text) for c in pieces):
        return False
    for chunk in pieces:
        for start, end in sentences(chunk.text):
            text = fold(chunk.text[start:end])
            is_sum = any(v.kind in ("money", "percent") for v in values_in(text))
            if is_sum and any(stem in text for stem in stems):
                return True
    return False


def absent_batch(query: Query, passages: Passages) -> str | None:
    """The batch asked about, where the papers found do not speak of it."""
    asked = {_batch(m): m[0] for m in _BATCH.finditer(normalise(fold(query.chinese)))}
    found = [
        _batch(m)
        for p in passages.kept
        for m in _BATCH.finditer(normalise(fold(f"{p.head.title} {p.chunk.text}")))
    ]
    missing = [written for batch, written in asked.items() if batch not in found]
    return missing[0] if missing else None


def _batch(match: re.Match[str]) -> tuple[str, str]:
    return ("1", match[4]) if match[3] else (match[1], match[2])
