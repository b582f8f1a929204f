"""Whether a paper holds on a day: `DocumentHead, date → Status`. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from assistant.models import DocumentHead, Kind, Status


def status_on(head: DocumentHead, as_of: date, successors: Iterable[DocumentHead] = ()) -> Status:
    """The status of a paper on a day, as far as its dates tell.

    A draft stays a draft. A paper is superseded once a successor is in force, and expired after
    `effective_to`. In force needs a known start; a publication date alone does not tell it (unknown).
    """
    if head.kind is Kind.DRAFT:
        return Status.DRAFT
    if any(s.effective_from and s.effective_from <= as_of for s in successors):
        return Status.SUPERSEDED
    if head.effective_to and head.effective_to < as_of:
        return Status.EXPIRED
    if head.effective_from is None:
        return Status.UNKNOWN
    return Status.NOT_YET if head.effective_from > as_of else Status.IN_FORCE


def statuses_on(heads: Iterable[DocumentHead], as_of: date) -> dict[str, Status]:
    """Document id → status on a day, successors found by the titles they say they replace."""
    heads = list(heads)
    successors: dict[str, list[DocumentHead]] = {}
    for head in heads:
        for title in head.supersedes:
            successors.setdefault(title, []).append(head)
    return {head.id: status_on(head, as_of, successors.get(head.title, ())) for head in heads}
