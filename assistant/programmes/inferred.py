"""What follows from clauses that no programme file holds: `Inferred`."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.models import Assessment
from assistant.programmes.present import Statement


@dataclass(frozen=True)
class Inferred:
    """What was computed or judged from clauses: the statements, their assessment, figures that only the working has."""

    statements: tuple[Statement, ...]
    assessment: Assessment
    own_figures: tuple[str, ...] = ()
