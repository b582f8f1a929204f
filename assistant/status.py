"""Whether a paper holds on a day: `DocumentHead, date → Status`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from assistant.links import links_among
from assistant.models import DocumentHead, Kind, Status


def status_on(
    head: DocumentHead,
    as_of: date,
    successors: Sequence[DocumentHead] = (),
    repealers: Sequence[DocumentHead] = (),
) -> Status:
    """The status of a paper on a day, as far as its dates and those of its successors tell.

    A draft stays a draft. A paper is superseded or repealed once the paper that says so is in force, and
    expired after `effective_to`. In force needs a known start; a publication date alone does not tell it.
    """
    if head.kind is Kind.DRAFT:
        return Status.DRAFT
    if any(has_started(s, as_of) for s in successors):
        return Status.SUPERSEDED
    if any(has_started(s, as_of) for s in repealers):
        return Status.REPEALED
    if head.lapsed or (head.effective_to and head.effective_to < as_of):
        return Status.EXPIRED
    if head.effective_from is None:
        return Status.UNKNOWN
    return Status.NOT_YET if head.effective_from > as_of else Status.IN_FORCE


def has_started(head: DocumentHead, as_of: date) -> bool:
    """Whether a paper that is no draft had come into force, or was published where that is not known, by a day."""
    start = head.effective_from or head.published_on or head.written_on
    return head.kind is not Kind.DRAFT and start is not None and start <= as_of


def statuses_on(heads: Iterable[DocumentHead], as_of: date) -> dict[str, Status]:
    """Document id → status on a day, successors found by the titles and numbers that papers name."""
    by_id = {head.id: head for head in heads}
    ending: dict[str, dict[str, list[DocumentHead]]] = {"supersedes": {}, "repeals": {}}
    for link in links_among(by_id.values()):
        if link.relation in ending:
            ending[link.relation].setdefault(link.other_id, []).append(by_id[link.document_id])
    return {
        id: status_on(head, as_of, ending["supersedes"].get(id, ()), ending["repeals"].get(id, ()))
        for id, head in by_id.items()
    }


def prolonged(heads: Mapping[str, tuple[DocumentHead, int]]) -> dict[str, tuple[DocumentHead, int]]:
    """The heads by id, with the last day that a later paper gives to those it prolongs (关于延长《…》有效期的通知)."""
    found = dict(heads)
    for link in links_among(head for head, _ in heads.values()):
        until = heads[link.document_id][0].extended_to
        head, version = found[link.other_id]
        if link.relation == "extends" and until and head.effective_to and until > head.effective_to:
            found[link.other_id] = head.model_copy(update={"effective_to": until}), version
    return found
