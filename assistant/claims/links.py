"""`Claim, evidence → link signs`: whether what a claim joins, a figure and its measure, a doer and a deed, is joined there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from assistant.claims.figures import Figure, same_unit, same_value
from assistant.claims.reading import Reading, Span, Word, places_of
from assistant.claims.sign import NOTHING, Sign, above, strongest
from assistant.claims.synonyms import SAME

# How closely two things are joined: in one clause, in one sentence, in one evidence; and less by distance.
_SAME_SENTENCE, _ELSEWHERE = 0.7, 0.1
_BACKWARD = 0.7
_NEAR = 25
_LONGEST_PHRASE = 10
# True paraphrases loosen, reorder and rebind this much too.
_LOOSE, _REBOUND, _SWAPPED = (0.35, 0.8), (0.45, 0.8), (0.1, 0.25)


@dataclass(frozen=True, eq=False)
class Item:
    """A phrase or a figure of the claim, its clause and sentence, and where it stands in the evidence."""

    key: str
    figure: Figure | None
    noun: bool
    start: int
    clause: int
    sentence: int
    places: tuple[Span, ...]


def link_signs(claim: Reading, evidence: Reading) -> dict[str, Sign]:
    """`loose`: neighbours of the claim that are far apart; `rebound`: a figure taken from elsewhere; `swapped`: two exchanged."""
    if claim.is_foreign:
        return {"loose": NOTHING, "rebound": NOTHING, "swapped": NOTHING}
    held = [item for item in _items(claim, evidence) if item.places]
    return {
        "loose": above(_loose(held, evidence), *_LOOSE),
        "rebound": above(strongest(_rebound(held, evidence)), *_REBOUND),
        "swapped": above(strongest(_swaps(held, evidence)), *_SWAPPED),
    }


# ------------------------------------------------------------------ items


def _items(claim: Reading, evidence: Reading) -> list[Item]:
    found = []
    for word in _phrases(claim, evidence.text):
        spots = [(i, i + len(word.text)) for i in places_of(evidence.text, word.text)] or _like(
            word.text, evidence.text
        )
        found.append(_item(claim, word.text, None, word.kind != "verb", word.start, spots))
    for figure in claim.figures:
        if not figure.is_article:
            spots = [
                (g.start, g.end) for g in evidence.figures if same_value(figure, g) and same_unit(figure, g)
            ]
            key = claim.text[figure.start : figure.end]
            found.append(_item(claim, key, figure, False, figure.start, spots))
    return sorted(found, key=lambda item: item.start)


def _item(
    claim: Reading, key: str, figure: Figure | None, noun: bool, start: int, spots: Sequence[Span]
) -> Item:
    return Item(key, figure, noun, start, claim.clause_at(start), claim.sentence_at(start), tuple(spots))


def _phrases(claim: Reading, evidence: str) -> list[Word]:
    """The content words, neighbouring ones as one where the evidence has them together: 模型 + 券."""
    found: list[Word] = []
    for word in claim.content:
        last = found[-1] if found else None
        joined = last.text + word.text if last and last.end == word.start else ""
        if last and joined and len(joined) <= _LONGEST_PHRASE and joined in evidence:
            kind = last.kind if word.kind == "verb" else word.kind
            found[-1] = Word(joined, kind, last.start, word.end)
        else:
            found.append(word)
    return found


def _like(word: str, evidence: str) -> list[Span]:
    """Where a synonym stands, or else the beginning of a long word."""
    spots = [(i, i + len(s)) for s in SAME.get(word, ()) if len(s) > 1 for i in places_of(evidence, s)]
    if not spots and len(word) >= 4:
        spots = [(i, i + 2) for i in places_of(evidence, word[:2])]
    return spots


# ------------------------------------------------------------------ links

Context = list[tuple[Item, float]]


def _link(one: Sequence[Span], other: Sequence[Span], evidence: Reading) -> float:
    """How closely the evidence joins two things, at the best of their places: 0 … 1."""
    return max((_joined(a, b, evidence) for a in one for b in other), default=0.0)


def _joined(a: Span, b: Span, evidence: Reading) -> float:
    gap = max(b[0] - a[1], a[0] - b[1], 0)
    if evidence.clause_at(a[0]) == evidence.clause_at(b[0]):
        base = 1.0
    else:
        same = evidence.sentence_at(a[0]) == evidence.sentence_at(b[0])
        base = (_SAME_SENTENCE if same else _ELSEWHERE) * (_BACKWARD if a[0] > b[0] else 1.0)
    return base * (math.exp(-gap / _NEAR) + 0.3) / 1.3


def _loose(held: Sequence[Item], evidence: Reading) -> Sign:
    pairs = [(a, b) for a, b in pairwise(held) if a.clause == b.clause]
    if not pairs:
        return NOTHING
    links = [_link(a.places, b.places, evidence) for a, b in pairs]
    loosest = min(zip(links, pairs, strict=True), key=lambda pair: pair[0])[1]
    return Sign(1 - sum(links) / len(links), f"{loosest[0].key} … {loosest[1].key}")


def _tied(places: Sequence[Span], context: Context, evidence: Reading) -> float:
    total = sum(weight for _, weight in context)
    return sum(weight * _link(item.places, places, evidence) for item, weight in context) / total


def _rebound(held: Sequence[Item], evidence: Reading) -> Iterator[Sign]:
    """For each figure: how much better its words fit another figure of its kind and unit."""
    for item in held:
        context = _around(held, item) if item.figure else []
        if item.figure and context:
            figure = item.figure
            rivals = [
                (g.start, g.end)
                for g in evidence.figures
                if (g.kind, g.unit) == (figure.kind, figure.unit) and not same_value(figure, g)
            ]
            yield Sign(_better(context, item.places, rivals, evidence), item.key)


def _better(context: Context, mine: Sequence[Span], rivals: Sequence[Span], evidence: Reading) -> float:
    """How far the words that tell a rival's place from a figure's own places speak for the rival: up to 1."""
    best = -1.0
    own = [max(_link(item.places, [place], evidence) for place in mine) for item, _ in context]
    total = sum(weight for _, weight in context)
    for rival in rivals:
        gains = [w * (_link(i.places, [rival], evidence) - o) for (i, w), o in zip(context, own, strict=True)]
        weight = sum(map(abs, gains))
        if weight:
            best = max(best, sum(gains) / weight * min(1.0, 2.5 * weight / total))
    return best


def _around(held: Sequence[Item], item: Item) -> Context:
    """The words a figure belongs to: those of its clause, less beyond another figure, and of the clauses before."""
    found: Context = []
    for other in held:
        timed = other.figure is not None and other.figure.kind not in ("year", "month", "date")
        if other is item or other.key == item.key or timed:
            continue
        if other.clause == item.clause:
            low, high = sorted((other.start, item.start))
            barred = any(x.figure and low < x.start < high for x in held)
            found.append((other, (0.4 if barred else 1.0) * (0.8 if other.start > item.start else 1.0)))
        elif other.sentence == item.sentence and other.clause < item.clause:
            found.append((other, 0.45 ** (item.clause - other.clause)))
    return found


# ------------------------------------------------------------------ swaps


def _swaps(held: Sequence[Item], evidence: Reading) -> Iterator[Sign]:
    """For two things in like positions of two clauses: how much better each fits the other's clause."""
    for a, b in _parallel(held):
        if a.clause == b.clause or a.key in b.key or b.key in a.key:
            continue
        of_a, of_b = _rest(held, a, b), _rest(held, b, a)
        keys_a, keys_b = {i.key for i, _ in of_a}, {i.key for i, _ in of_b}
        of_a = [pair for pair in of_a if pair[0].key not in keys_b]
        of_b = [pair for pair in of_b if pair[0].key not in keys_a]
        if of_a and of_b:
            as_is = _tied(a.places, of_a, evidence) + _tied(b.places, of_b, evidence)
            swapped = _tied(b.places, of_a, evidence) + _tied(a.places, of_b, evidence)
            yield Sign((swapped - as_is) / (swapped + as_is), f"{a.key} / {b.key}")


def _parallel(held: Sequence[Item]) -> Iterator[tuple[Item, Item]]:
    figures = [item for item in held if item.figure]
    for a, b in combinations(figures, 2):
        if a.figure and b.figure and (a.figure.kind, a.figure.unit) == (b.figure.kind, b.figure.unit):
            yield a, b
    clauses: dict[int, list[Item]] = {}
    for item in held:
        if not item.figure and len(item.key) > 1:
            clauses.setdefault(item.clause, []).append(item)
    for one, other in combinations(clauses.values(), 2):
        for end in (0, -1):
            if one[end].noun and other[end].noun:
                yield one[end], other[end]


def _rest(held: Sequence[Item], item: Item, without: Item) -> Context:
    return [(o, 1.0) for o in held if o.clause == item.clause and o.key not in (item.key, without.key)]
