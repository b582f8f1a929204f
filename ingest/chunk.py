"""`Document → Chunks`: a clause is a chunk; what is too long is cut at paragraph, then sentence ends."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.articles import article_at
from assistant.models import Chunk, Document, Section
from assistant.text import sentences
from ingest.numbering import CLAUSE_RANK
from ingest.sections import path_at

# Such papers take about 0.66 tokens of multilingual-e5-small a character (measured on the samples): 680 characters with
# title and headings stay within its 512, so only a clause longer than the window is cut.
MAX_CHARS = 680
CHUNKER = "clauses-2"


def chunk(document: Document) -> list[Chunk]:
    """The chunks of a document in order; `text[start:end]` is each chunk's text."""
    chunks: list[Chunk] = []
    for start, end in _clauses(document):
        path = path_at(document.sections, start)
        body = _after_heading(document.text, path, start, end)
        for a, b in _pieces(document.text, body, end):
            chunks.append(_chunk(document, len(chunks), path, a, b))
    return chunks


def _clauses(document: Document) -> Iterator[tuple[int, int]]:
    starts = sorted({0, *(s.start for s in document.sections if s.level <= CLAUSE_RANK)})
    yield from zip(starts, [*starts[1:], len(document.text)], strict=True)


def _after_heading(text: str, path: list[Section], start: int, end: int) -> int:
    """Where the body begins: behind the clause's heading line when the line is nothing but the heading."""
    if not path or path[-1].start != start:
        return start
    line_end = text.find("\n", start, end)
    line_end = end if line_end < 0 else line_end
    return min(line_end + 1, end) if text[start:line_end] == path[-1].heading else start


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin: int | None = None
    stop = start
    for a, b in sentences(text, start, end):
        for piece_start in range(a, b, MAX_CHARS):
            piece_end = min(b, piece_start + MAX_CHARS)
            if begin is not None and piece_end - begin > MAX_CHARS:
                yield begin, stop
                begin = None
            begin = piece_start if begin is None else begin
            stop = piece_end
    if begin is not None:
        yield begin, stop


def _chunk(document: Document, ordinal: int, path: list[Section], start: int, end: int) -> Chunk:
    head = document.head
    return Chunk(
        id=f"{head.id}@{document.version}#{ordinal}",
        document_id=head.id,
        version=document.version,
        ordinal=ordinal,
        headings=tuple(s.heading for s in path if s.heading),
        article=article_at(document.sections, start),
        start=start,
        end=end,
        text=document.text[start:end],
    )
