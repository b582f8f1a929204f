"""The stored documents as plain rows, for the command line, the API and the library page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from assistant.catalog import Catalog
from assistant.links import links_among
from assistant.models import DocumentHead, Passages
from assistant.status import prolonged, statuses_on

_REVERSE = {
    "supersedes": "superseded_by",
    "repeals": "repealed_by",
    "interprets": "interpreted_by",
    "extends": "extended_by",
    "amends": "amended_by",
    "implements": "implemented_by",
    "draft_of": "final_of",
}


def listing(
    catalog: Catalog, as_of: date, samples: bool, hidden: frozenset[str] = frozenset()
) -> list[dict[str, Any]]:
    """One row a document that is not hidden, as `wence documents --json` prints them."""
    heads = prolonged({id: pair for id, pair in catalog.heads().items() if samples or not pair[0].sample})
    statuses = statuses_on([head for head, _ in heads.values()], as_of)
    counts = catalog.chunk_counts()
    coverage = catalog.coverage()
    links = links_of(heads.values())
    copies = _copies(catalog)
    shown = (
        "id", "title", "issuer", "document_number", "kind", "written_on", "published_on", "effective_from",
        "effective_to", "window_from", "window_to", "departments", "contact", "subject", "region", "confidence",
        "digest", "url",
    )  # fmt: skip
    return [
        {
            **head.model_dump(mode="json", include=set(shown)),
            "status": statuses[id].value,
            "version": version,
            "chunks": counts.get(id, 0),
            "coverage": coverage.get(id),
            "links": links.get(id, []),
            "copies": copies.get(id, []),
        }
        for id, (head, version) in heads.items()
        if id not in hidden
    ]


def passage_rows(found: Passages) -> list[dict[str, Any]]:
    """The kept passages as `wence search --json` and `GET /api/search` give them."""
    return [
        {
            "document_id": p.head.id,
            "title": p.head.title,
            "article": p.chunk.article,
            "text": p.chunk.text,
            "score": round(p.score, 6),
            "url": p.head.url,
            "digest": p.head.digest,
        }
        for p in found.kept
    ]


def _copies(catalog: Catalog) -> dict[str, list[dict[str, str]]]:
    """Original's id → its copies: [{"document_id", "source", "kind": reprint or spun}]."""
    found: dict[str, list[dict[str, str]]] = {}
    for source, state in catalog.sources().items():
        if state.copy_of and not state.removed:
            row = {"document_id": state.document_id, "source": source, "kind": state.copy_kind or "reprint"}
            found.setdefault(state.copy_of, []).append(row)
    return found


def links_of(heads: Iterable[tuple[DocumentHead, int]]) -> dict[str, list[dict[str, str]]]:
    """Document id → its relations in both directions: [{"relation", "document_id"}]."""
    found: dict[str, list[dict[str, str]]] = {}
    for link in links_among(head for head, _ in heads):
        forth = {"relation": link.relation, "document_id": link.other_id}
        back = {"relation": _REVERSE[link.relation], "document_id": link.document_id}
        found.setdefault(link.document_id, []).append(forth)
        found.setdefault(link.other_id, []).append(back)
    return found
