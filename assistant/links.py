"""How papers stand to each other, found by the titles and numbers they name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.models import DocumentHead, Frozen
from assistant.text import fold

_WRAPPING = re.compile(r"^.{0,40}?关于(?:印发|发布|公布|修订)《?|》?的(?:通知|公告|通告)$|[《》“”\"'\s]")
_INNER = re.compile(r"《([^《》]{4,80})》")
RELATIONS = ("supersedes", "repeals", "extends", "amends", "interprets", "implements", "draft_of")


class Link(Frozen):
    """`document_id` stands in `relation` to `other_id`."""

    document_id: str
    relation: str
    other_id: str


def title_keys(title: str) -> set[str]:
    """The forms a title is named by: as it is, and what it wraps in 关于印发《…》的通知."""
    keys = {_key(title)}
    if inner := _INNER.search(title):
        keys.add(_key(inner[1]))
    return {k for k in keys if len(k) >= 4}


def _key(title: str) -> str:
    return re.sub(r"[^\w]", "", fold(_WRAPPING.sub("", title)))


def links_among(heads: Iterable[DocumentHead]) -> list[Link]:
    """Every relation between the given papers; a paper that names its own title names an older one of it."""
    heads = list(heads)
    by_key: dict[str, list[DocumentHead]] = {}
    for head in heads:
        for key in title_keys(head.title) | ({_key(head.document_number)} if head.document_number else set()):
            by_key.setdefault(key, []).append(head)
    found = []
    for head in heads:
        for relation in RELATIONS:
            for named in getattr(head, relation):
                found += [
                    Link(document_id=head.id, relation=relation, other_id=other.id)
                    for other in by_key.get(_key(named), [])
                    if other.id != head.id and not _is_younger(other, head, relation)
                ]
    return list(dict.fromkeys(found))


def _is_younger(other: DocumentHead, head: DocumentHead, relation: str) -> bool:
    """A paper cannot end one that came later; unknown days do not speak against it."""
    if relation not in ("supersedes", "repeals"):
        return False
    mine, theirs = (h.published_on or h.written_on or h.effective_from for h in (head, other))
    return bool(mine and theirs and theirs > mine)
