"""`Document → Chunks`: a clause is a chunk; what is too long is cut at paragraph, then sentence ends."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.articles import article_at
from assistant.models import Chunk, Document, Section
from assistant.text import MAX_CHARS, pieces
from ingest.numbering import ATTACHMENT_RANK, CLAUSE_RANK
from ingest.sections import Outline

CHUNKER = "clauses-4"


def chunk(document: Document) -> list[Chunk]:
    """The chunks of a document in order; `text[start:end]` is each chunk's text."""
    chunks: list[Chunk] = []
    outline = Outline(document.sections)
    first_at: dict[int, Section] = {}
    for section in document.sections:
        first_at.setdefault(section.start, section)
    for start, end in _clauses(document):
        path = outline.at(start)
        body = _after_heading(document, path, first_at.get(end), start, end)
        for a, b in pieces(document.text, body, end, MAX_CHARS):
            article = article_at(tuple(outline.at(a)), a)
            chunks.append(_chunk(document, len(chunks), path, article, a, b))
    return chunks


def _clauses(document: Document) -> Iterator[tuple[int, int]]:
    """Spans of the clauses: parts numbered down to （一）, or to the highest number there is in a paper without those."""
    ranks = [s.level for s in document.sections if s.number and s.level > ATTACHMENT_RANK]
    rank = max(CLAUSE_RANK, min(ranks, default=CLAUSE_RANK))
    starts = sorted({0, *(s.start for s in document.sections if s.level <= rank and not s.is_label)})
    yield from zip(starts, [*starts[1:], len(document.text)], strict=True)


def _after_heading(
    document: Document, path: list[Section], below: Section | None, start: int, end: int
) -> int:
    """Where the body begins: behind the clause's heading line when the line is nothing but the heading.

    A clause that is a heading line and no more is kept whole; what is only named over others stands in their headings.
    """
    text = document.text
    if not path or path[-1].start != start:
        return start
    line_end = text.find("\n", start, end)
    line_end = end if line_end < 0 else line_end
    if text[start:line_end] != path[-1].heading:
        return start
    is_over_others = below is not None and below.level > path[-1].level
    return min(line_end + 1, end) if is_over_others or text[line_end:end].strip() else start


def _chunk(
    document: Document, ordinal: int, path: list[Section], article: str | None, start: int, end: int
) -> Chunk:
    head = document.head
    return Chunk(
        id=f"{head.id}@{document.version}#{ordinal}",
        document_id=head.id,
        version=document.version,
        ordinal=ordinal,
        headings=tuple(s.heading for s in path if s.heading),
        article=article,
        start=start,
        end=end,
        text=document.text[start:end],
    )
