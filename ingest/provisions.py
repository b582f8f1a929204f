"""`Document → PaperReading`: each paragraph read in its place by the grammar, with what was not read of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from assistant.articles import article_at
from assistant.grammar import patterns
from assistant.grammar.tokens import begins_with_mark
from assistant.law.clauses import read_whole
from assistant.law.provisions import Clause, PaperReading, Provision, Span
from assistant.law.supports import grouped
from assistant.models import Document, Section
from ingest.numbering import ARTICLE_RANK, numbering
from ingest.sections import Outline

_READER = "provisions-2"  # changes when the same rules read otherwise


_HEADING = 40  # characters of a line that is a heading and no more


def _heads(document: Document, start: int, text: str) -> bool:
    """Whether a line heads a section and says nothing else."""
    return any(s.start == start and s.heading.strip() == text.strip() for s in document.sections)


@lru_cache(maxsize=1)
def grammar_version() -> str:
    """The name of the rules as they are: papers are read again when a rule or a word changes."""
    digest = hashlib.sha256()
    for path in sorted((Path(patterns.__file__).parent / "zh").glob("*.yaml")):
        digest.update(path.read_bytes())
    return f"{_READER}-{digest.hexdigest()[:12]}"


def read_provisions(document: Document, before: PaperReading | None = None) -> PaperReading:
    """Everything that the paper's paragraphs say; what a person approved of an earlier reading of the version stays."""
    provisions: list[Provision] = []
    clauses: list[Clause] = []
    kept = [p for p in before.provisions if p.standing == "approved"] if before else []
    for start, end, headings, lead, article in paragraphs(document):
        reads, unread = read_whole(document.text[start:end], headings, lead)
        own = [p for p in kept if start <= p.start < end]
        approved = {(p.start - start, p.end - start, type(p.content)) for p in own}
        fresh = [r for r in reads if (r.start, r.end, type(r.content)) not in approved]
        for one in fresh:
            provisions.append(
                Provision(
                    document=document.head.id,
                    version=document.version,
                    article=article,
                    start=start + one.start,
                    end=start + one.end,
                    content=one.content,
                    unread=tuple(Span(start=start + a, end=start + b) for a, b in one.unread),
                )
            )
        provisions += own
        # What a person stands for leaves nothing unread within its span.
        left = [
            (a, b) for a, b in unread if not any(p.start - start <= a and b <= p.end - start for p in own)
        ]
        if fresh or own or left:
            spans = tuple(Span(start=start + a, end=start + b) for a, b in left)
            count = len(own) + len(fresh)
            clauses.append(Clause(start=start, end=end, article=article, provisions=count, unread=spans))
    reading = PaperReading(
        document=document.head.id,
        version=document.version,
        grammar=grammar_version(),
        provisions=tuple(sorted(provisions, key=lambda p: p.start)),
        clauses=tuple(clauses),
    )
    return reading.model_copy(update={"supports": grouped(document, reading)})


def paragraphs(document: Document) -> Iterator[tuple[int, int, tuple[str, ...], str, str | None]]:
    """(start, end, headings, what stands before, article) of each paragraph; before the items of a list stands its lead-in."""
    outline = Outline(document.sections)
    at, before, lead = 0, "", ""
    for text in document.text.split("\n"):
        start, at = at, at + len(text) + 1
        if not text.strip():
            continue
        if text.strip() == document.head.title:
            continue
        if len(text) <= _HEADING and text.rstrip()[-1] not in "。；：;:" and _heads(document, start, text):
            before = lead = ""
            continue
        path: tuple[Section, ...] = tuple(outline.at(start))
        headings = tuple(s.heading for s in path if s.heading and s.start != start)
        number = numbering(text.lstrip())
        is_item = begins_with_mark(text) and not (number and number.rank <= ARTICLE_RANK)
        lead = lead if is_item else ""
        yield (
            start,
            start + len(text),
            (document.head.title, *headings),
            lead or before,
            article_at(path, start),
        )
        before = text
        if text.rstrip().endswith(("：", ":")):
            lead = text
