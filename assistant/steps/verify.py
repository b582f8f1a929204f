"""`Claim → Check`: nothing reaches the user whose citation or figures do not hold."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.articles import article_at
from assistant.keyword_index import words
from assistant.knowledge import Snapshot
from assistant.models import Check, Citation, Claim, Document, Passage, Passages
from assistant.text import sentences
from assistant.values import Value, is_covered, values_in


def check(claim: Claim, passages: Passages) -> Check:
    """Whether a claim cites passages that exist and every figure in it stands in them."""
    reason = _fault(claim, passages)
    return Check(sentence=claim.text, passed=reason is None, reason=reason)


def _fault(claim: Claim, passages: Passages) -> str | None:
    if not claim.text:
        return "empty"
    if not claim.support:
        return "no citation"
    if any(not 0 <= i < len(passages.kept) for i in claim.support):
        return "cites a passage that was not given"
    cited = [passages.kept[i] for i in claim.support]
    stated = [v for p in cited for v in values_in(citable(p))]
    missing = [v for v in values_in(claim.text) if not is_covered(v, stated)]
    return f"figures not in the cited passages: {[str(v.value) for v in missing]}" if missing else None


def citable(passage: Passage) -> str:
    """What a claim that cites a passage may rest on: its text, the headings over it, its paper's title and number."""
    head, chunk = passage.head, passage.chunk
    return "\n".join([head.title, head.document_number or "", *chunk.headings, chunk.text])


def citations_for(
    claim: Claim, passages: Passages, documents: dict[str, Document], taken: list[Citation]
) -> list[Citation]:
    """The citations of a checked claim: those already given keep their number, new ones follow on."""
    cited: list[Citation] = []
    for index, span in zip(claim.support, claim.quotes or quotes(claim, passages), strict=True):
        passage = passages.kept[index]
        document = documents[passage.chunk.document_id]
        known = next(
            (c for c in (*taken, *cited) if (c.document_id, c.start, c.end) == (document.head.id, *span)),
            None,
        )
        cited.append(known or _citation(len({*taken, *cited}) + 1, passage, document, span))
    return cited


def quotes(claim: Claim, passages: Passages) -> list[tuple[int, int]]:
    """For each cited passage the span of the sentences that carry the claim: all its figures, most of its words."""
    said = set(words(claim.text))
    stated = values_in(claim.text)
    spans = []
    for index in claim.support:
        chunk = passages.kept[index].chunk
        scored = [
            (len(said & set(words(chunk.text[a:b]))) + 3 * _carried(stated, chunk.text[a:b]), a, b)
            for a, b in sentences(chunk.text)
        ]
        best = max(scored)[0]
        close = [(a, b) for score, a, b in scored if score >= 0.6 * best]
        spans.append((chunk.start + close[0][0], chunk.start + close[-1][1]))
    return spans


def _carried(stated: list[Value], text: str) -> int:
    found = values_in(text)
    return sum(is_covered(v, found) for v in stated)


def _citation(number: int, passage: Passage, document: Document, span: tuple[int, int]) -> Citation:
    head = document.head
    return Citation(
        number=number,
        document_id=head.id,
        version=document.version,
        title=head.title,
        issuer=head.issuer,
        document_number=head.document_number,
        kind=head.kind,
        status=passage.status,
        confidence=head.confidence,
        digest=head.digest,
        article=article_at(document.sections, span[0]),
        quote=document.text[span[0] : span[1]],
        start=span[0],
        end=span[1],
        url=head.url,
        page=document.page_at(span[0]),
    )


def marks(cited: Sequence[Citation]) -> str:
    """The numbers of some citations as they stand in a text, each once."""
    return "".join(f"[{n}]" for n in dict.fromkeys(c.number for c in cited))


def documents_of(passages: Passages, snapshot: Snapshot) -> dict[str, Document]:
    """The documents that the kept passages are of, in the versions they were found in."""
    versions = {p.chunk.document_id: p.chunk.version for p in passages.kept}
    found = {id: snapshot.library.document(id, version) for id, version in versions.items()}
    return {id: document for id, document in found.items() if document is not None}
