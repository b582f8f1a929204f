"""What is looked at and what comes of it when a clause of any paper is applied: `Clause`, `Inferred`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from assistant.models import Assessment, Passage
from assistant.programmes.clauses import read_rules
from assistant.programmes.offers import Offer, Rules
from assistant.programmes.present import Statement
from assistant.programmes.schema import Source

LOOKED_AT = 6  # passages


@dataclass(frozen=True)
class Clause:
    """A passage read, with one offer of it that is looked at."""

    passage: Passage
    rules: Rules
    offer: Offer

    @property
    def quote(self) -> Source:
        """The sentence that gives."""
        return self.source(self.offer.start, self.offer.end)

    def source(self, start: int, end: int) -> Source:
        """A stretch of the passage as a source."""
        chunk = self.passage.chunk
        return Source(document_id=self.passage.head.id, article=chunk.article, quote=chunk.text[start:end])


@dataclass(frozen=True)
class Inferred:
    """What was computed or judged from clauses: the statements, their assessment, figures that only the working has."""

    statements: tuple[Statement, ...]
    assessment: Assessment
    own_figures: tuple[str, ...] = ()


def rules_in(passage: Passage) -> Rules:
    """The rules of a passage, read once, with its headings and its paper's title over them."""
    return rules_of(passage.chunk.text, "。".join((passage.head.title, *passage.chunk.headings)))


@lru_cache(maxsize=512)
def rules_of(text: str, context: str = "") -> Rules:
    """The rules of a text, read once; `context`: title and headings over it."""
    return read_rules(text, context)
