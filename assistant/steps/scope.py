"""`Query, Snapshot → Mask`: which rows may answer, decided before anything is ranked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from assistant.index import Mask
from assistant.knowledge import Snapshot
from assistant.lexicon import touches
from assistant.models import DocumentHead, Passages, Query, Status

_OVER = (Status.EXPIRED, Status.REPEALED, Status.SUPERSEDED)


def allowed_rows(query: Query, snapshot: Snapshot, past_too: bool) -> Mask | None:
    """The rows of the documents in scope; None when that is all of them.

    Out of scope are papers published after the as-of date, papers of other regions where the question names one, and
    (unless `past_too`, or the question asks for what was) papers that no longer hold on that day and drafts of which
    the final paper is there.
    """
    programmes = tuple(m.id for m in query.programmes)
    key = (
        "scope",
        query.as_of,
        query.regions,
        programmes,
        query.titles,
        query.years,
        query.past,
        past_too,
        query.hidden,
    )
    return snapshot.kept(key, lambda: _allowed(query, snapshot, past_too))


def ended_rows(query: Query, snapshot: Snapshot) -> Mask | None:
    """The rows of papers in scope but for their term, which has ended by the day; None where there are none."""

    def find() -> Mask | None:
        statuses = snapshot.statuses(query.as_of)
        ended = {
            id
            for id, (head, _) in snapshot.heads.items()
            if statuses[id] is Status.EXPIRED
            and id not in query.hidden
            and _was_known(head, query.as_of)
            and _is_there(snapshot.regions[id], query.regions)
        }
        return snapshot.rows_of(ended) if ended else None

    return snapshot.kept(("ended", query.as_of, query.regions, query.hidden), find)


def home_of(snapshot: Snapshot) -> tuple[str, ...]:
    """The region that most papers are of: where a question is about that names none. Empty where no paper has one."""
    return snapshot.kept("home", lambda: _most_common(snapshot))


def _most_common(snapshot: Snapshot) -> tuple[str, ...]:
    counted = Counter(path for path in snapshot.regions.values() if path)
    return (counted.most_common(1)[0][0],) if counted else ()


def near_to(regions: Sequence[str | None], passages: Passages, snapshot: Snapshot) -> Passages:
    """The passages of papers that hold where some programmes do: of the same places, of places in or around them."""
    places = [r for r in regions if r]
    if not places:
        return passages
    kept = tuple(p for p in passages.kept if _is_near(snapshot.regions.get(p.head.id), places))
    return passages.model_copy(update={"kept": kept})


def _is_near(own: str | None, places: Sequence[str]) -> bool:
    return own is None or any(touches(own, place) for place in places)


def _allowed(query: Query, snapshot: Snapshot, past_too: bool) -> Mask | None:
    statuses = snapshot.statuses(query.as_of)
    asked = snapshot.named(query.titles) | _of_past_programmes(query, snapshot, statuses)
    allowed = {
        id
        for id, (head, _) in snapshot.heads.items()
        if id not in query.hidden
        and _was_known(head, query.as_of)
        and _is_there(snapshot.regions[id], query.regions)
        and (
            past_too
            or not _is_over(head, statuses[id], id in snapshot.finished_drafts)
            or id in asked
            or _is_asked_for(head, query)
        )
    }
    replaced = snapshot.replaced_rows(query.as_of) if not (query.past or past_too) else ()
    if len(allowed) == len(snapshot.index.document_ids) and not len(replaced):
        return None
    rows = snapshot.rows_of(allowed)
    if len(replaced):
        rows = rows.copy()
        rows[replaced] = False
    return rows


def _of_past_programmes(query: Query, snapshot: Snapshot, statuses: dict[str, Status]) -> set[str]:
    """The papers of a programme that the question names and of which no paper holds any more."""
    found: set[str] = set()
    for mention in query.programmes:
        own = {id for id in snapshot.names.documents_of(mention.id) if id in statuses}
        if all(statuses[id] in _OVER for id in own):
            found |= own
    return found


def _was_known(head: DocumentHead, as_of: date) -> bool:
    seen = head.published_on or head.written_on
    return seen is None or seen <= as_of


def _is_there(region: str | None, asked: tuple[str, ...]) -> bool:
    """Papers of the region asked for, of what lies in it and of what it lies in; of no region in particular too."""
    if not asked or region is None:
        return True
    return any(region == a or region.startswith(a + "/") or a.startswith(region + "/") for a in asked)


def _is_over(head: DocumentHead, status: Status, has_final: bool) -> bool:
    return status in _OVER or (status is Status.DRAFT and has_final)


def _is_asked_for(head: DocumentHead, query: Query) -> bool:
    """Whether a question that speaks of the past, or of a year in which the paper held, may see it."""
    return query.past or any(_held_in(head, year) for year in query.years if year < query.as_of.year)


def _held_in(head: DocumentHead, year: int) -> bool:
    start, end = head.effective_from, head.effective_to
    return start is not None and start.year <= year and (end is None or end.year >= year)
