"""The clauses that a dossier rests on: each quoted in full once in a programme, and by its number after that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from assistant.dossier.blocks import Cell, Line
from assistant.dossier.labels import Labels
from assistant.knowledge import Snapshot
from assistant.models import Citation
from assistant.programmes.assess import Verdict
from assistant.programmes.schema import Revision, Source
from assistant.steps.state import cite_sources


@dataclass
class Clauses:
    """Every citation of a dossier, numbered as in the matching; remembers which were quoted."""

    labels: Labels
    citations: dict[tuple[str, str], Citation]
    quoted: set[int] = field(default_factory=set)

    def cite(self, source: Source) -> Citation | None:
        """The citation of a source; None where its quote no longer stands."""
        return self.citations.get((source.document_id, source.quote))

    def all(self) -> list[Citation]:
        """Every citation once, by number."""
        return sorted({c.number: c for c in self.citations.values()}.values(), key=lambda c: c.number)

    def full(self, citation: Citation) -> Line:
        """A clause with number, article and wording."""
        self.quoted.add(citation.number)
        mark = self.labels.bracketed(self.labels("digest_mark")) if citation.digest else ""
        quote = self.labels("quote", text=citation.quote)
        article = f"{citation.article}{self.labels('colon')}" if citation.article else ""
        return Line(text=f"[{citation.number}] {article}{quote}{mark}", tone="quote")


@dataclass
class Shown:
    """The clauses of one programme: `cell` quotes each the first time."""

    clauses: Clauses
    revision: Revision
    numbers: set[int] = field(default_factory=set)

    def cell(self, names: Iterable[str | None], quoted: bool = True) -> Cell:
        """The clauses of some of the revision's sources; by their numbers only where they need not be `quoted`."""
        lines: dict[int, Line] = {}
        for name in names:
            if name is None:
                continue
            citation = self.clauses.cite(self.revision.sources[name])
            if citation is None:
                lines.setdefault(0, Line(text=self.clauses.labels("no_clause"), tone="warning"))
            elif citation.number not in lines:
                number = Line(text=f"[{citation.number}]", tone="muted")
                lines[citation.number] = self._line(citation) if quoted else number
        return tuple(lines.values())

    def _line(self, citation: Citation) -> Line:
        if citation.number in self.numbers:
            return Line(text=f"[{citation.number}] {self.clauses.labels('above')}", tone="muted")
        self.numbers.add(citation.number)
        return self.clauses.full(citation)


def clauses_of(
    verdicts: Iterable[Verdict],
    taken: Iterable[Citation],
    snapshot: Snapshot,
    as_of: date,
    labels: Labels,
) -> Clauses:
    """The citations of the matching, and those of all else that is said of a programme."""
    taken = list(taken)
    known = {(c.document_id, c.quote): c for c in taken}
    wanted = [
        source
        for verdict in verdicts
        for source in _said(verdict)
        if (source.document_id, source.quote) not in known
    ]
    more = cite_sources(wanted, as_of, snapshot, taken)
    return Clauses(labels, known | {(c.document_id, c.quote): c for c in more})


def _said(verdict: Verdict) -> list[Source]:
    """Every source of a programme that may fit; of one that is not met the matching names all but its term."""
    revision = verdict.revision
    if revision is None:
        return []
    if verdict.outcome != "unmet":
        return list(revision.sources.values())
    return [revision.sources[revision.term]] if verdict.lapsed and revision.term else []
