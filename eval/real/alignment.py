"""How much of one text stands in another in the same order: unique anchors first, then common subsequences between."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_MEANING = frozenset("%‰℃×÷<>≤≥±")  # signs that change what a figure says
_ANCHOR = 12  # characters of a stretch that is looked for as a whole
_SHINGLE = 4  # shorter runs in common are chance
_EDGES = frozenset("\n\r\t｜|：:")  # what parts lines, cells of a row, and a cell from its column's name
_MOST_PAIRS = 4_000_000  # of cells compared, beyond which they are left unmatched
_MOST_CELLS = 1_000_000_000  # of a gap between anchors, beyond which it is left unmatched


def compact(text: str) -> str:
    """The letters, figures and telling signs of a text, in one width and case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum() or c in _MEANING)


@dataclass(frozen=True)
class Compacted:
    """A compact text and the places in it where cells or lines begin and end, 0 and its length among them."""

    text: str
    edges: frozenset[int]

    def part(self, start: int, end: int) -> Compacted:
        """The text from one place to another."""
        edges = {place - start for place in self.edges if start <= place <= end}
        return Compacted(self.text[start:end], frozenset(edges | {0, end - start}))

    def without(self, start: int, end: int) -> Compacted:
        """The text less the stretch from one place to another."""
        moved = {p if p <= start else p - (end - start) for p in self.edges if p <= start or p >= end}
        return Compacted(self.text[:start] + self.text[end:], frozenset(moved | {start}))


def compacted(text: str) -> Compacted:
    """`compact` of a text, with the edges of its lines and cells."""
    edges, kept = {0}, []
    length = 0
    for c in text:
        if c in _EDGES:
            edges.add(length)
        kept.append(compact(c))
        length += len(kept[-1])
    return Compacted("".join(kept), frozenset(edges | {length}))


@dataclass(frozen=True)
class Alignment:
    """Two compact texts and, for each of their characters, whether it was matched with one of the other."""

    wanted: str
    given: str
    in_wanted: bytes
    in_given: bytes

    @property
    def kept(self) -> float:
        """The share of the wanted characters that were found; 1 when nothing was wanted."""
        return sum(self.in_wanted) / len(self.wanted) if self.wanted else 1.0

    def lost(self) -> list[str]:
        """The wanted stretches that were not found, in order."""
        return _runs(self.wanted, self.in_wanted)

    def foreign(self) -> list[str]:
        """The given stretches that nobody wanted, in order."""
        return _runs(self.given, self.in_given)


def align(wanted: str | Compacted, given: str | Compacted) -> Alignment:
    """Match two texts in order, in runs of at least four characters; a shorter cell matches as a whole cell."""
    a, b = (t if isinstance(t, Compacted) else Compacted(t, frozenset({0, len(t)})) for t in (wanted, given))
    places = [-1] * len(a.text)
    for i, j, length in _matches(a.text, b.text):
        places[i : i + length] = range(j, j + length)
    _match_cells(a, b, places)
    in_given = bytearray(len(b.text))
    for j in places:
        if j >= 0:
            in_given[j] = 1
    return Alignment(a.text, b.text, bytes(j >= 0 for j in places), bytes(in_given))


def _match_cells(a: Compacted, b: Compacted, places: list[int]) -> None:
    """Match the cells that runs left over, each with a whole cell between the same neighbours, in order.

    A reader that says a column's name before each cell parts 长期 from the 2 of the next row; both are kept all the same.
    """
    edges = sorted(a.edges)
    cells = [*pairwise(edges)]
    left = [any(p < 0 for p in places[x:y]) for x, y in cells]
    index = 0
    while index < len(cells):
        if not left[index]:
            index += 1
            continue
        last = index
        while last + 1 < len(cells) and left[last + 1]:
            last += 1
        after = next((p for p in places[cells[last][1] :] if p >= 0), len(b.text))
        before = next((p + 1 for p in reversed(places[: cells[index][0]]) if p >= 0), 0)
        theirs = [*pairwise(sorted(e for e in b.edges if before <= e <= after))]
        for (x, y), (start, _) in _same_cells(a.text, cells[index : last + 1], b.text, theirs):
            places[x:y] = range(start, start + y - x)
        index = last + 1


_Cell = tuple[int, int]


def _same_cells(a: str, ours: list[_Cell], b: str, theirs: list[_Cell]) -> Iterator[tuple[_Cell, _Cell]]:
    """The common subsequence of two lists of cells that holds the most characters."""
    if len(ours) * len(theirs) > _MOST_PAIRS:
        return
    texts, given = [a[x:y] for x, y in ours], [b[x:y] for x, y in theirs]
    best = [[0] * (len(given) + 1) for _ in range(len(texts) + 1)]
    for i in range(len(texts) - 1, -1, -1):
        for j in range(len(given) - 1, -1, -1):
            same = len(texts[i]) + best[i + 1][j + 1] if texts[i] == given[j] else 0
            best[i][j] = max(same, best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(texts) and j < len(given):
        if texts[i] == given[j] and best[i][j] == len(texts[i]) + best[i + 1][j + 1]:
            yield ours[i], theirs[j]
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1


def _matches(a: str, b: str) -> Iterator[tuple[int, int, int]]:
    """Matching stretches (start in a, start in b, length); overlapping ones agree."""
    done_a = done_b = 0
    for i, j in [*_anchors(a, b), (len(a), len(b))]:
        # A gap reaches into the anchors at both its ends, so that a run which goes on past them is seen whole.
        for x, y in _common(a[done_a : i + _SHINGLE - 1], b[done_b : j + _SHINGLE - 1]):
            yield done_a + x, done_b + y, _SHINGLE
        if i < len(a):
            yield i, j, _ANCHOR
        done_a, done_b = i + 1, j + 1


def _anchors(a: str, b: str) -> list[tuple[int, int]]:
    """Stretches that occur once in each text, the longest chain of them that keeps the order."""
    once_a, once_b = _unique(a), _unique(b)
    pairs = sorted((i, once_b[gram]) for gram, i in once_a.items() if gram in once_b)
    ends: list[int] = []
    tails: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        at = bisect_left(ends, j)
        before.append(tails[at - 1] if at else -1)
        if at == len(ends):
            ends.append(j)
            tails.append(index)
        else:
            ends[at], tails[at] = j, index
    chain, index = [], tails[-1] if tails else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _unique(text: str) -> dict[str, int]:
    places: dict[str, int] = {}
    for i in range(len(text) - _ANCHOR + 1):
        gram = text[i : i + _ANCHOR]
        places[gram] = -1 if gram in places else i
    return {gram: i for gram, i in places.items() if i >= 0}


def _common(a: str, b: str) -> list[tuple[int, int]]:
    """A longest common subsequence of two texts' shingles, by whole numbers used as rows of bits."""
    left, right = _shingles(a), _shingles(b)
    if not left or not right or len(left) * len(right) > _MOST_CELLS:
        return []
    where: dict[str, int] = {}
    for i, gram in enumerate(left):
        where[gram] = where.get(gram, 0) | 1 << i
    full = (1 << len(left)) - 1
    row, rows = full, []
    for gram in right:
        hit = row & where.get(gram, 0)
        row = (row + hit | row - hit) & full
        rows.append(row)
    return _walk(rows, len(left))


def _walk(rows: list[int], columns: int) -> list[tuple[int, int]]:
    """The matched places, from the last row and column back: a bit that is 0 marks a step of the subsequence."""
    found, i, j = [], columns, len(rows)
    while i and j:
        if rows[j - 1] >> (i - 1) & 1:
            i -= 1
        elif j > 1 and not rows[j - 2] >> (i - 1) & 1:
            j -= 1
        else:
            i, j = i - 1, j - 1
            found.append((i, j))
    return found[::-1]


def _shingles(text: str) -> list[str]:
    return [text[i : i + _SHINGLE] for i in range(len(text) - _SHINGLE + 1)]


def _runs(text: str, matched: bytes) -> list[str]:
    runs, start = [], None
    for i in range(len(text) + 1):
        free = i < len(text) and not matched[i]
        if free and start is None:
            start = i
        elif not free and start is not None:
            runs.append(text[start:i])
            start = None
    return runs
