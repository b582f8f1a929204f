"""`Document → its page`: what it is, its clauses, its versions and what changed, the papers it belongs with."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.library import links_of
from assistant.models import Document, DocumentHead, Section
from assistant.status import prolonged, statuses_on
from assistant.web.pages_environment import templates
from assistant.wiring import Application

STATUS_NAMES = {
    "in_force": "现行有效",
    "not_yet": "尚未施行",
    "expired": "已到期",
    "repealed": "已废止",
    "superseded": "已被新版取代",
    "draft": "征求意见稿，非现行政策",
    "unknown": "有效期未见",
}
CONFIDENCE_NAMES = {"official": "官方文件或其转载", "secondary": "二手来源", "unverified": "未经核实"}
RELATION_NAMES = {
    "supersedes": "取代了",
    "superseded_by": "被取代于",
    "repeals": "废止了",
    "repealed_by": "被废止于",
    "amends": "调整了条款的是",
    "amended_by": "条款调整见",
    "extends": "延长了有效期的是",
    "extended_by": "有效期延长见",
    "interprets": "解读的是",
    "interpreted_by": "解读见",
    "implements": "依据的是",
    "implemented_by": "细则见",
    "draft_of": "正式稿是",
    "final_of": "征求意见稿是",
}
_CONTEXT = 1  # unchanged lines shown around a change


@dataclass(frozen=True)
class Line:
    """A line of a comparison: `same`, `added`, `removed`, or `gap` for lines left out."""

    kind: str
    text: str


@dataclass(frozen=True)
class Relation:
    """Another paper, and what it is to this one."""

    name: str
    document_id: str
    title: str


def _with_term(head: DocumentHead, heads: Mapping[str, DocumentHead]) -> DocumentHead:
    """The head of a stored version with the last day that its paper has now."""
    now = heads.get(head.id)
    return head.model_copy(update={"effective_to": now.effective_to}) if now else head


def document_page(application: Application, document_id: str, version: int | None) -> str | None:
    """The page of a stored version (the newest without `version`), or None."""
    found = application.catalog.document(document_id, version)
    if found is None:
        return None
    versions = application.catalog.versions(document_id)
    earlier = [v for v in versions if v < found.version]
    before = application.catalog.document(document_id, earlier[-1]) if earlier else None
    heads = {id: head for id, (head, _) in prolonged(application.catalog.heads()).items()}
    status = statuses_on(
        [*(h for h in heads.values() if h.id != document_id), _with_term(found.head, heads)],
        application.clock.today(),
    )[document_id]
    return templates.get_template("document.html").render(
        document=found,
        head=found.head,
        status=STATUS_NAMES[status.value],
        confidence=CONFIDENCE_NAMES[found.head.confidence.value],
        newest=versions[-1],
        versions=versions[::-1],
        before=before,
        changes=list(changes(before, found)) if before else [],
        clauses=_clauses(found),
        relations=list(_relations(document_id, heads, application)),
    )


def changes(before: Document, after: Document) -> Iterator[Line]:
    """What the later text adds and removes, line by line, with a little of what stands around it."""
    old, new = before.text.splitlines(), after.text.splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for number, group in enumerate(matcher.get_grouped_opcodes(_CONTEXT)):
        if number:
            yield Line("gap", "…")
        for kind, old_start, old_end, new_start, new_end in group:
            if kind == "equal":
                yield from (Line("same", text) for text in old[old_start:old_end])
                continue
            yield from (Line("removed", text) for text in old[old_start:old_end])
            yield from (Line("added", text) for text in new[new_start:new_end])


def _clauses(document: Document) -> list[Section]:
    """The parts with a heading; a paper of one part needs no list of them."""
    parts = [part for part in document.sections if part.heading.strip()]
    return parts if len(parts) > 1 else []


def _relations(
    document_id: str, heads: dict[str, DocumentHead], application: Application
) -> Iterator[Relation]:
    pairs = [(head, 1) for head in heads.values()]
    for link in links_of(pairs).get(document_id, []):
        other = heads.get(link["document_id"])
        if other:
            yield Relation(RELATION_NAMES[link["relation"]], other.id, other.title)
