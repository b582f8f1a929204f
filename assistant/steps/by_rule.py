"""`Query, Passages, Judged → Statements`: what follows by rule, of papers that are named, of programmes, of the paper found."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.knowledge import Snapshot
from assistant.models import Passages, Query
from assistant.programmes.present import Statement
from assistant.steps.judge import Judged
from assistant.steps.named_papers import paper_facts
from assistant.steps.papers import paper_statements
from assistant.steps.state import statements
from assistant.steps.support import SUPPORT_NEEDED


def by_rule(query: Query, passages: Passages, snapshot: Snapshot, judged: Judged) -> Iterator[Statement]:
    """What follows from programmes; where none is in play, what the paper itself is known to say."""
    of_papers = list(paper_facts(query, snapshot))
    yield from of_papers
    if of_papers and not judged.is_about_a_case and not query.programmes:
        return
    said = list(statements(query, judged, judged.is_about_a_case))
    yield from said
    if (not said or judged.inferred) and passages.support >= SUPPORT_NEEDED:
        yield from paper_statements(query, passages, snapshot)
