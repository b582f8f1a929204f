"""`Query → what no paper of the place speaks of`: a kind of support that is named, or a batch."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from assistant.grammar.measures import Measure, in_words, is_related, tokens_of, words_for
from assistant.index import Integers
from assistant.keyword_index import nouns_of, tagged_words
from assistant.knowledge import Snapshot
from assistant.law.assess import base_of
from assistant.law.firm import content_of
from assistant.law.quantities import Measure as Counted
from assistant.law.quantities import Unit
from assistant.law.supports import Support
from assistant.law.told import figures_told
from assistant.lexicon import touches
from assistant.models import Passages, Query
from assistant.steps.naming import support_names
from assistant.text import fold
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
        if _IS_NOUN.search(n) and _is_word(n[:_STEM])
    }
    rows = _rows_of(query.regions, snapshot)
    if not names or not len(rows):
        return None
    return next(iter(sorted(names))) if not any(_is_given(name, rows, snapshot) for name in names) else None


def _is_word(stem: str) -> bool:
    """Whether what stands before 补贴 is one word that names something: 够得着补贴, 那个补贴 name nothing."""
    tags = [tag for _, tag in tagged_words(stem)]
    return len(tags) == 1 and tags[0][:1] in "nvajlisz"


def places_with(name: str, snapshot: Snapshot) -> list[str]:
    """The places that have a programme of exactly this name, at most three."""
    programmes = snapshot.rulebook.programmes
    known = [m.id for m in snapshot.names.programmes(name) if m.match == "exact" and m.written == name]
    places = dict.fromkeys(programmes[id].region for id in known if id in programmes)
    return [place for place in places if place][:_PLACES]


def _rows_of(regions: Sequence[str], snapshot: Snapshot) -> Integers:
    """The pieces of papers of the places, of what is in them and of what they are in, and of papers of which nobody
    knows the place; the samples without one are the whole country's."""
    index = snapshot.index
    near = {
        id
        for id, place in snapshot.regions.items()
        if (any(touches(place, r) for r in regions) if place else not snapshot.heads[id][0].sample)
    }
    numbers = [index.number_of[id] for id in near if id in index.number_of]
    return np.flatnonzero(np.isin(index.document_of, numbers))


def is_spoken_of(query: Query, snapshot: Snapshot) -> bool:
    """Whether some paper, of any place, has a support by the very name that the question gives it."""
    everywhere = np.arange(len(snapshot.index.document_of))
    return any(_stands(name, everywhere, snapshot) for name in support_names(query.chinese))


def asks_for_support(query: Query, snapshot: Snapshot) -> bool:
    """Whether a question asks what is given, and names a place of which there are papers (某县办演唱会奖多少)."""
    known = {place for place in snapshot.regions.values() if place}
    if "amount" not in query.intents or not known & set(query.regions):
        return False
    return any(t.sort == "asks" or t.key == "public_money" for t in tokens_of(fold(query.chinese)))


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
        for (
            line
        ) in chunk.text.splitlines():  # the cells of a row, and the parts of a sentence, belong together
            text = fold(line)
            is_sum = any(v.kind in ("money", "percent") for v in values_in(text))
            if is_sum and any(stem in text for stem in stems):
                return True
    return False


def absent_measure(query: Query, passages: Passages, snapshot: Snapshot) -> str | None:
    """What a told sum is of, in words, where no paper of the place counts on it and the question names nothing else.

    None where one may, or where the message speaks of anything that the papers found have.
    """
    if query.programmes or not passages.kept or not {"money", "percent"} & set(query.wanted):
        return None
    sums = [t for t in figures_told(query.chinese, query.as_of) if t.unit == "元" and not t.received]
    told = [t.measure for t in sums if t.measure.is_known]
    if not told or len(told) < len(sums) or _names_more(query, passages, snapshot):
        return None
    if query.regions:
        pieces = snapshot.chunks(_rows_with(told, _rows_of(query.regions, snapshot), snapshot))
    else:
        pieces = [p.chunk for p in passages.kept]
    for chunk in pieces:
        if any(_speaks_of(one, line) for line in fold(chunk.text).splitlines() for one in told):
            return None
        if not snapshot.is_read(chunk.document_id, chunk.start, chunk.end):
            return None  # what was not read may count on it
        for support in snapshot.supports(chunk.document_id):
            if support.start < chunk.end and chunk.start < support.end and _counts_on(support, told):
                return None
    joint = ", " if query.language == "en" else "、"
    return joint.join(dict.fromkeys(in_words(one, query.language) for one in told))


def _counts_on(support: Support, told: Sequence[Measure]) -> bool:
    """Whether a support is counted on, or asks for a sum of, what was told or something near it."""
    bases: list[Counted] = []
    for provision in support.benefits:
        benefit = support.benefit(provision)
        bases += [c.bound.measure for c in benefit.when if c.bound and c.bound.quantity.unit is Unit.YUAN]
        if (base := base_of(benefit)) is not None:
            bases.append(base)
    return any(is_related(one, base.grammar) for one in told for base in bases)


def _speaks_of(told: Measure, line: str) -> bool:
    """Whether a folded line has a word for what a sum is of together with a sum or a share: it may be what is asked for."""
    said = {(t.sort, t.key) for t in tokens_of(line) if t.sort in ("noun", "object")}
    things = [("object", one) for one in told.objects] or [("noun", str(told.nature))]
    return bool(said & set(things)) and any(v.kind in ("money", "percent") for v in values_in(line))


def _rows_with(told: Sequence[Measure], rows: Integers, snapshot: Snapshot) -> Integers:
    """Of some rows those that have a word for what was told."""
    stems = {word[:_STEM] for one in told for word in words_for(one) if len(word) >= _STEM}
    return rows[snapshot.index.pairs.scores(sorted(stems))[rows] > 0]


def _names_more(query: Query, passages: Passages, snapshot: Snapshot) -> bool:
    """Whether a message has a noun, beside places and what its sums are of, that the papers found have too."""
    asked = snapshot.names.without_regions(fold(query.chinese))
    for place in query.unlisted:
        asked = asked.replace(place, " ")
    found = fold("".join(f"{p.head.title}{p.chunk.text}" for p in passages.kept))
    return any(word in found for word in content_of(asked, nouns_of))


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
