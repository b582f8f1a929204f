"""The same paper in many copies: which documents are reprints of which, and which are copies with other figures.

Candidates come from MinHash over character 4-grams with the digits masked (Broder 1997); whether two papers are
the same is decided on the texts. Editions of a paper (other years in the title, other numbers, draft and final)
are never copies of each other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from assistant.links import title_keys
from assistant.models import Confidence, Document, Kind
from assistant.text import fold
from assistant.values import Value, values_in

_PERMUTATIONS = 64
_SHINGLE = 4
_CANDIDATE = 0.35  # estimated resemblance from which the texts are compared
_SHORT = 100  # characters; below, two papers of the same form look alike, so only equal ones are copies
_NOTHING = 8  # characters; a text with less says nothing that could be the same
_SAME = 0.6  # share of the smaller paper's shingles that the larger has
_FROM_ELSEWHERE = re.compile(
    r"转载|转自|转发|^(?:文章|信息|内容)?来源[:：]|小编|公众号|关注我们|代办|代理申报|免费咨询|加微信|各位老板|扫码咨询",
    re.M,
)
_PLACE = re.compile(r"[\u4e00-\u9fff]{2,3}(?:市|区|县|镇|高新区|经开区)(?!域|分|别|间|块|级)")
_QUOTED = re.compile(r"《([^《》]{4,80})》")
_RANK = {Confidence.OFFICIAL: 0, Confidence.SECONDARY: 1, Confidence.UNVERIFIED: 2}
_KIND_RANK = {Kind.NEWS: 1, Kind.OTHER: 1}


def shingles(text: str) -> set[str]:
    """Character 4-grams of the folded text, digits masked, punctuation out."""
    plain = re.sub(r"\d+(?:\.\d+)?", "#", re.sub(r"[^\w%#]", "", fold(text)))
    return {plain[i : i + _SHINGLE] for i in range(max(1, len(plain) - _SHINGLE + 1))}


def signature(text: str) -> bytes:
    """The MinHash of a text, as bytes."""
    from datasketch import MinHash

    made = MinHash(num_perm=_PERMUTATIONS, seed=1)
    made.update_batch([s.encode() for s in shingles(text)])
    return np.asarray(made.hashvalues, dtype="<u8").tobytes()


def find_copies(
    signatures: dict[str, bytes], document: Callable[[str], Document]
) -> dict[str, tuple[str, str]]:
    """Copy's id → (original's id, reprint or spun); the most official copy is the original."""
    copies: dict[str, tuple[str, str]] = {}
    loaded: dict[str, Document] = {}

    def get(id: str) -> Document:
        return loaded.setdefault(id, document(id))

    pairs = [(get(a), get(b)) for a, b in _candidates(signatures)]
    for a, b in sorted(pairs, key=lambda p: sorted((_order(p[0]), _order(p[1])))):
        first, second = sorted((a, b), key=_order)
        if second.head.id in copies or first.head.id in copies:
            continue
        if kind := _kind(first, second):
            copies[second.head.id] = (first.head.id, kind)
            if kind == "spun" and _order(first)[:-2] == _order(second)[:-2]:
                copies[first.head.id] = (
                    second.head.id,
                    kind,
                )  # nothing says which is true: neither is quoted
    return copies


def _candidates(signatures: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    ids = sorted(signatures)
    if len(ids) < 2:
        return
    values = np.stack([np.frombuffer(signatures[id], dtype="<u8") for id in ids])
    for i in range(len(ids) - 1):
        alike = (values[i + 1 :] == values[i]).mean(axis=1)
        for j in np.flatnonzero(alike >= _CANDIDATE):
            yield ids[i], ids[i + 1 + int(j)]


def _order(document: Document) -> tuple[int, int, int, int, int, int, str]:
    """The most official first: rated so, not from elsewhere, numbered, at a government address, signed; then the longer."""
    head = document.head
    return (
        _RANK[head.confidence] + _KIND_RANK.get(head.kind, 0),
        1 if _FROM_ELSEWHERE.search(document.text) else 0,
        0 if head.document_number else 1,
        0 if head.url and ".gov.cn" in head.url else 1,
        0 if head.issuer and head.written_on else 1,
        -len(document.text),
        head.id,
    )


def _kind(original: Document, other: Document) -> str | None:
    if are_editions(original, other):
        return None
    if min(len(_plain(original.text)), len(_plain(other.text))) < _NOTHING:
        return None
    if min(len(original.text), len(other.text)) < _SHORT:
        return "reprint" if _plain(original.text) == _plain(other.text) else None
    a, b = shingles(original.text), shingles(other.text)
    shared = len(a & b) / max(1, min(len(a), len(b)))
    if shared < _SAME or not (_titles_meet(original, other) or shared > 0.8):
        return None
    return "reprint" if not differing_figures(original, other) else "spun"


def _plain(text: str) -> str:
    return "".join(fold(text).split())


def are_editions(a: Document, b: Document) -> bool:
    """Whether two like papers are different ones: year, batch, edition, draft, number, region or subject differ."""
    regions = [d.head.region or _own_place(d) for d in (a, b)]
    subjects = [title_keys(quoted[1]) if (quoted := _QUOTED.search(d.head.title)) else set() for d in (a, b)]
    if (all(regions) and fold(str(regions[0])) != fold(str(regions[1]))) or (
        all(subjects) and not subjects[0] & subjects[1]
    ):
        return True
    marks = [
        (
            set(re.findall(r"20\d\d|第[一二三四五六七八九十\d]+批", fold(d.head.title))),
            d.head.kind is Kind.DRAFT,
        )
        for d in (a, b)
    ]
    if marks[0][1] != marks[1][1] or (marks[0][0] and marks[1][0] and marks[0][0] != marks[1][0]):
        return True
    interprets = [d.head.kind in (Kind.INTERPRETATION, Kind.QUESTIONS) for d in (a, b)]
    revised = [bool(re.search("修订|修正|新版", d.head.title)) for d in (a, b)]
    numbers = [d.head.document_number for d in (a, b)]
    return (
        interprets[0] != interprets[1]
        or revised[0] != revised[1]
        or bool(all(numbers) and numbers[0] != numbers[1])
    )


def _own_place(document: Document) -> str | None:
    """The place a paper names in its title, else most often; None when it names none."""
    for text in (document.head.title, document.text):
        names = Counter(_PLACE.findall(fold(text)))
        if names:
            return str(names.most_common(1)[0][0])
    return None


def _titles_meet(a: Document, b: Document) -> bool:
    x, y = title_keys(a.head.title), title_keys(b.head.title)
    return any(p in q or q in p for p in x for q in y)


def differing_figures(original: Document, other: Document) -> list[str]:
    """Figures of a copy that its original does not have: a reprint has none (dates of reprinting aside)."""
    known = Counter(_figure(v) for v in values_in(original.text) if v.kind in ("money", "percent"))
    found = Counter(_figure(v) for v in values_in(other.text) if v.kind in ("money", "percent"))
    return sorted((found - known).keys() - known.keys())


def _figure(value: Value) -> str:
    return f"{value.kind} {value.value}"
