"""`Programme → Atom feed` (RFC 4287): its windows, the revisions of its rules, its papers; newest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from lxml import etree

from assistant.dossier.labels import Labels, labels_in
from assistant.dossier.windows import Cite, events_of, identity
from assistant.exports.calendar import description_of, summary_of
from assistant.knowledge import Snapshot
from assistant.models import Citation, DocumentHead, Frozen, Language
from assistant.programmes.schema import Programme

_ATOM = "http://www.w3.org/2005/Atom"
_EARLIEST = date(2000, 1, 1)
"""Where no day is known at all: a reader then takes the entry as old, which is right more often than as new."""


class Entry(Frozen):
    """One thing that was announced, and on which day."""

    id: str
    title: str
    text: str
    day: date
    url: str | None = None


def entries_of(
    programme: Programme, snapshot: Snapshot, cite: Cite, public_url: str, language: Language
) -> list[Entry]:
    """What was announced of a programme, newest first."""
    labels = labels_in(language)
    found = [
        *_windows(programme, snapshot, cite, public_url, labels),
        *_revisions(programme, snapshot, cite, public_url, labels),
        *_documents(programme, snapshot, public_url, labels),
    ]
    return sorted(found, key=lambda entry: (entry.day, entry.id), reverse=True)


def _windows(
    programme: Programme, snapshot: Snapshot, cite: Cite, public_url: str, labels: Labels
) -> Iterator[Entry]:
    """A window, on the day its paper came out; where that is not known, on its own first day."""
    for event in events_of(programme, cite, labels.language):
        citation = event.citation
        announced = _day_of(snapshot, citation.document_id) if citation else None
        yield Entry(
            id=event.id,
            title=f"{summary_of(event, labels)}{labels('colon')}{labels.span(event.opens, event.closes)}",
            text=description_of(event, labels),
            day=announced or event.first,
            url=_place(citation, public_url),
        )


def _revisions(
    programme: Programme, snapshot: Snapshot, cite: Cite, public_url: str, labels: Labels
) -> Iterator[Entry]:
    """The rules as they hold from a day on."""
    for number, revision in enumerate(programme.revisions):
        citation = cite(revision.sources[revision.term]) if revision.term else None
        announced = _day_of(snapshot, citation.document_id) if citation else None
        title = labels(
            "feed_revision",
            title=_title(programme, labels),
            span=labels.span(revision.opens, revision.closes),
        )
        yield Entry(
            id=identity(programme, "revisions", str(revision.opens or number)),
            title=title,
            text=labels("quote", text=citation.quote) if citation else title,
            day=announced or revision.opens or _EARLIEST,
            url=_place(citation, public_url),
        )


def _documents(programme: Programme, snapshot: Snapshot, public_url: str, labels: Labels) -> Iterator[Entry]:
    """A paper that the programme rests on; a new version of it is a changed entry."""
    for id in programme.documents:
        if id not in snapshot.heads:
            continue
        head, version = snapshot.heads[id]
        facts = [head.issuer, head.document_number, head.kind.value, labels("version", version=version)]
        facts += [labels("digest_document")] if head.digest else []
        yield Entry(
            id=identity(programme, "documents", id),
            title=labels("feed_document", title=_title(programme, labels), document=head.title),
            text=" · ".join(fact for fact in facts if fact),
            day=_published(head) or _EARLIEST,
            url=f"{public_url}/documents/{id}?v={version}",
        )


def _title(programme: Programme, labels: Labels) -> str:
    return programme.title_en if labels.language == "en" and programme.title_en else programme.title


def _day_of(snapshot: Snapshot, document_id: str) -> date | None:
    return _published(snapshot.heads[document_id][0])


def _published(head: DocumentHead) -> date | None:
    return head.published_on or head.written_on or head.effective_from


def _place(citation: Citation | None, public_url: str) -> str | None:
    """The address of the quote in our text."""
    if citation is None:
        return None
    return (
        f"{public_url}/documents/{citation.document_id}?v={citation.version}#{citation.start}-{citation.end}"
    )


# ------------------------------------------------------------------ the file


def feed_of(
    programme: Programme, snapshot: Snapshot, cite: Cite, public_url: str, language: Language
) -> bytes:
    """The feed of a programme."""
    public_url, labels = public_url.rstrip("/"), labels_in(language)
    entries = entries_of(programme, snapshot, cite, public_url, language)
    feed = etree.Element(_tag("feed"), nsmap={None: _ATOM})
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", {"en": "en"}.get(language, "zh"))
    _add(feed, "title", labels("feed_of", title=_title(programme, labels)))
    _add(feed, "id", f"urn:uuid:{identity(programme, 'feed')}")
    _add(feed, "updated", _moment(max((e.day for e in entries), default=_EARLIEST)))
    _add(_add(feed, "author"), "name", "问策 Wence")
    here = f"{public_url}/api/programmes/{programme.id}/feed.atom"
    _add(feed, "link", rel="self", type="application/atom+xml", href=here)
    _add(feed, "link", rel="alternate", type="text/html", href=f"{public_url}/")
    for entry in entries:
        element = _add(feed, "entry")
        _add(element, "title", entry.title)
        _add(element, "id", f"urn:uuid:{entry.id}")
        _add(element, "updated", _moment(entry.day))
        _add(element, "link", rel="alternate", type="text/html", href=entry.url or f"{public_url}/")
        _add(element, "content", entry.text, type="text")
    return bytes(etree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _add(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    element = etree.SubElement(parent, _tag(name), attributes)
    element.text = text
    return element


def _tag(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _moment(day: date) -> str:
    """The beginning of a day in China."""
    return f"{day.isoformat()}T00:00:00+08:00"
