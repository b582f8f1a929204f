"""The stored documents as plain rows, for the command line, the API and the library page."""

from __future__ import annotations

from datetime import date
from typing import Any

from assistant.catalog import Catalog
from assistant.status import statuses_on


def listing(catalog: Catalog, as_of: date, samples: bool) -> list[dict[str, Any]]:
    """One row a document, as `wence documents --json` prints them."""
    heads = {id: pair for id, pair in catalog.heads().items() if samples or not pair[0].sample}
    statuses = statuses_on([head for head, _ in heads.values()], as_of)
    counts = catalog.chunk_counts()
    shown = (
        "id", "title", "issuer", "document_number", "kind", "published_on", "effective_from", "effective_to",
        "region", "confidence", "digest", "url",
    )  # fmt: skip
    return [
        {
            **head.model_dump(mode="json", include=set(shown)),
            "status": statuses[id].value,
            "version": version,
            "chunks": counts.get(id, 0),
        }
        for id, (head, version) in heads.items()
    ]
