"""`Found → Found`: what says the same is shown once, sides of a comparison all have a place, clauses are whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.index import Floats, Integers
from assistant.knowledge import Snapshot
from assistant.models import Chunk, Document, Query
from assistant.values import values_in

_LOOKED_AT = 30
# Chunks of two papers above this cosine are compared by their figures: with the same ones they say the same.
_ALIKE = 0.985
_ITEM = re.compile(r"\s*(?:[（(][一二三四五六七八九十\d]+[）)]|[①-⑳]|\d+[.．、)])")
_ANNOUNCES = ("：", ":")
_ITEMS, _LIST_LENGTH = 12, 800
# A heading that says how the items under it count, or what they are.
_LISTING = re.compile(r"任[一意]|之一|同时|以下|下列|均须|条件|材料|情形|额度|标准|时间安排")
_NUMBER = re.compile(r"[（(]?[一二三四五六七八九十\d]+[）).、．]?")
_SHORT_ITEM, _HEADING_END, _HEADING_NEAR = 90, 12, 200
_PIECES = 4  # of a long clause, joined around a hit


@dataclass(frozen=True)
class Found:
    """Rows in order, best first; `chunks` once they are joined."""

    rows: Integers
    scores: Floats
    chunks: tuple[Chunk, ...] = ()

    def first(self, k: int) -> Found:
        """The best k."""
        return Found(self.rows[:k], self.scores[:k], self.chunks[:k])

    def cut(self, k: int) -> tuple[Found, Found]:
        """The best k, and the rest."""
        return self.first(k), Found(self.rows[k:], self.scores[k:])


def arrange(query: Query, snapshot: Snapshot, found: Found, k: int) -> tuple[Found, Found]:
    """The k rows to keep, in order, and the others."""
    limit = min(len(found.rows), max(_LOOKED_AT, 2 * k))
    order = _papers_first(snapshot, found, limit)
    fresh = _without_repeats(snapshot, found.rows, order)
    chosen = _all_sides(query, snapshot, found.rows, fresh, k)
    rest = [i for i in range(len(found.rows)) if i not in set(chosen)]
    rows = found.rows[chosen]
    kept = Found(
        rows, np.sort(found.scores[chosen])[::-1], tuple(_whole_clause(snapshot, int(r)) for r in rows)
    )
    return kept, Found(found.rows[rest], found.scores[rest])


def _papers_first(snapshot: Snapshot, found: Found, limit: int) -> list[int]:
    """Positions in order, an interpretation not above the paper it interprets when both were found."""
    documents = snapshot.index.document_of[found.rows[:limit]]
    ids = [snapshot.index.document_ids[d] for d in documents]
    first = {id: position for position, id in reversed(list(enumerate(ids)))}
    behind: dict[str, int] = {}
    for id in first:
        papers = [first[paper] for paper in snapshot.interpreted.get(id, ()) if paper in first]
        if papers:
            behind[id] = max(papers)
    return sorted(range(limit), key=lambda i: max(i, behind.get(ids[i], -1) + 0.5))


def _without_repeats(snapshot: Snapshot, rows: Integers, order: Sequence[int]) -> list[int]:
    """Without further pieces of a clause already there, and without near copies that give the same figures."""
    index = snapshot.index
    ordered = rows[list(order)]
    near = index.likeness(ordered) > _ALIKE
    clauses, papers = index.clause_of[ordered].tolist(), index.document_of[ordered].tolist()
    kept: list[int] = []
    for at, row in enumerate(ordered):
        alike = [k for k in kept if near[at, k] and papers[k] != papers[at]]
        twin = any(clauses[k] == clauses[at] for k in kept)
        if twin or any(_same_figures(snapshot, ordered[k], row) for k in alike):
            continue
        kept.append(at)
    return [order[at] for at in kept]


def _same_figures(snapshot: Snapshot, one: int, other: int) -> bool:
    first, second = snapshot.chunks(np.asarray([one, other]))
    return {(v.kind, v.value) for v in values_in(first.text)} == {
        (v.kind, v.value) for v in values_in(second.text)
    }


def _all_sides(query: Query, snapshot: Snapshot, rows: Integers, order: list[int], k: int) -> list[int]:
    """The best k; where the question names several regions or programmes, the best of each side comes in first."""
    sides = _sides(query, snapshot)
    if len(sides) < 2:
        return order[:k]
    ids = {i: snapshot.index.document_ids[snapshot.index.document_of[rows[i]]] for i in order}
    share = max(1, k // (2 * len(sides)))
    chosen = [i for side in sides for i in [i for i in order if ids[i] in side][:share]]
    chosen = list(dict.fromkeys([*chosen, *order]))[:k]
    return sorted(chosen, key=order.index)


def _sides(query: Query, snapshot: Snapshot) -> list[set[str]]:
    by_region = [
        {id for id, path in snapshot.regions.items() if path and (path == r or path.startswith(r + "/"))}
        for r in query.regions
    ]
    if len(by_region) > 1:
        return by_region
    return [set(snapshot.names.documents_of(m.id)) for m in query.programmes]


def _whole_clause(snapshot: Snapshot, row: int) -> Chunk:
    """The chunk, with the other pieces of its clause where that was too long to be one."""
    index = snapshot.index
    clause = index.clause_of[row]
    first = last = row
    while last - first + 1 < _PIECES and first > 0 and index.clause_of[first - 1] == clause:
        first -= 1
    while last - first + 1 < _PIECES and last + 1 < len(index) and index.clause_of[last + 1] == clause:
        last += 1
    own = snapshot.chunks(np.asarray([row]))[0]
    if last == first and (_ITEM.match(own.text) or own.text.rstrip().endswith(_ANNOUNCES)):
        first, last = _whole_list(snapshot, row)
    over = _over(own)
    announced = bool(_ITEM.match(own.text) and over and _LISTING.search(over[-1]))
    document = snapshot.document(own.document_id) if last > first or announced else None
    if document is None:
        return own
    start, end = (c for c in snapshot.chunks(np.asarray([first, last])))
    begin = _with_heading(document, own, start.start)
    text = document.text[begin : end.end]
    return own.model_copy(update={"start": begin, "end": end.end, "text": text})


def _whole_list(snapshot: Snapshot, row: int) -> tuple[int, int]:
    """The rows of the list that a piece announces (…的，不予扶持：) or is an item of; the row alone where it is neither."""
    index = snapshot.index
    low, high = max(0, row - _ITEMS), min(len(index), row + _ITEMS + 1)
    rows = [r for r in range(low, high) if index.document_of[r] == index.document_of[row]]
    pieces = dict(zip(rows, snapshot.chunks(np.asarray(rows)), strict=True))
    first = row
    while first in pieces and _ITEM.match(pieces[first].text):
        first -= 1
    if first not in pieces or not pieces[first].text.rstrip().endswith(_ANNOUNCES):
        return _under_heading(row, pieces)
    last = first
    while last + 1 in pieces and _ITEM.match(pieces[last + 1].text):
        last += 1
    length = sum(len(pieces[r].text) for r in range(first, last + 1))
    return (first, last) if length <= _LIST_LENGTH else (row, row)


def _over(chunk: Chunk) -> tuple[str, ...]:
    """The headings over a piece, without its own number."""
    own = chunk.headings[-1] if chunk.headings else ""
    return chunk.headings[:-1] if _NUMBER.fullmatch(own.strip()) else chunk.headings


def _under_heading(row: int, pieces: Mapping[int, Chunk]) -> tuple[int, int]:
    """The short items under one heading that says how they count (满足以下任一项); the row alone under another."""
    headings = _over(pieces[row])
    if not headings or not _LISTING.search(headings[-1]):
        return row, row

    def belongs(other: int) -> bool:
        piece = pieces.get(other)
        return piece is not None and _over(piece) == headings and len(piece.text) <= _SHORT_ITEM

    first = last = row
    while belongs(first - 1):
        first -= 1
    while belongs(last + 1):
        last += 1
    return (first, last) if belongs(row) else (row, row)


def _with_heading(document: Document, chunk: Chunk, start: int) -> int:
    """Where a list begins with the heading over it, when that is its announcement."""
    over = _over(chunk)
    if not over or not _LISTING.search(over[-1]) or not _ITEM.match(document.text, start):
        return start
    heading = over[-1].strip()
    at = document.text.rfind(heading[-_HEADING_END:], max(0, start - _HEADING_NEAR), start)
    return document.text.rfind("\n", 0, at) + 1 if at >= 0 else start
