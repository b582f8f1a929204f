"""What changed between two versions of a paper, clause by clause."""

from __future__ import annotations

from collections import defaultdict, deque

from assistant.models import Document, Frozen
from ingest.chunk import chunk


class ClauseChange(Frozen):
    """A clause that was added (`before` None), dropped (`after` None) or reworded."""

    article: str | None
    before: str | None
    after: str | None


def clause_changes(old: Document, new: Document) -> list[ClauseChange]:
    """The clauses that differ, in the new paper's order, dropped ones last; moved but equal clauses are no change."""
    before, after = _clauses(old), _clauses(new)
    texts_before, texts_after = {t for _, t in before}, {t for _, t in after}
    gone = {i: (key, text) for i, (key, text) in enumerate(before) if text not in texts_after}
    at: defaultdict[tuple[str, ...], deque[int]] = defaultdict(deque)
    for index, (key, _) in gone.items():
        at[key].append(index)
    changes = []
    for key, text in after:
        if text in texts_before:
            continue
        match = gone.pop(at[key].popleft())[1] if at[key] else None
        changes.append(ClauseChange(article=_article(key), before=match, after=text))
    return [*changes, *(ClauseChange(article=_article(k), before=t, after=None) for k, t in gone.values())]


def _clauses(document: Document) -> list[tuple[tuple[str, ...], str]]:
    """(place, text) of each clause: its article, else its headings."""
    found = []
    for part in chunk(document):
        place = ("第", part.article) if part.article else part.headings
        found.append((place, part.text))
    return found


def _article(place: tuple[str, ...]) -> str | None:
    if len(place) == 2 and place[0] == "第":
        return place[1]
    return place[-1] if place else None
