"""What is asked and what a right answer holds: JSONL → `Case`s."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError, model_validator

from assistant.errors import InputError
from assistant.models import Frozen, Outcome


class Case(Frozen):
    """A question with its gold; gold is facts and titles, never chunk ids, so that it outlives re-chunking."""

    id: str
    kind: str = ""
    lang: str = "zh"
    question: str | None = None
    turns: tuple[str, ...] = ()
    as_of: date | None = None
    facts: dict[str, str] = Field(default_factory=dict)
    answerable: bool = True
    expected_status: str | None = None
    expected_facts: tuple[str, ...] = ()
    okay_facts: tuple[str, ...] = Field(default=(), description="good to have; counted by a judge only")
    forbidden_facts: tuple[str, ...] = ()
    expected_sources: tuple[str, ...] = ()
    expected_files: tuple[str, ...] = ()
    forbidden_sources: tuple[str, ...] = Field(
        default=(), description="papers that no longer hold, or drafts: a right answer does not rest on them"
    )
    programme: str | None = Field(default=None, description="the programme that verdict and amount are of")
    expected_verdict: Outcome | None = None
    verdict: str | None = Field(
        default=None,
        description="of an eligibility question: no, yes or depends, as public question sets write it",
    )
    expected_amount: Decimal | None = Field(default=None, description="in yuan")
    note: str | None = None
    calc: dict[str, Any] | None = None
    accept_answered: bool = False

    @model_validator(mode="after")
    def _has_question(self) -> Case:
        if not self.question and not self.turns:
            raise ValueError("question or turns is needed")
        return self

    @property
    def group(self) -> str:
        """What it is counted under: its kind; without one follow-ups and the rest."""
        return self.kind or ("followup" if self.turns else "other")

    @property
    def last_turn(self) -> str:
        """What is answered."""
        return self.turns[-1] if self.turns else str(self.question)

    @property
    def asked(self) -> str:
        """All the user said."""
        return self.question or "\n".join(self.turns)


Line = TypeVar("Line", bound=Frozen)


def load_cases(path: Path) -> list[Case]:
    """Read a JSONL file; raises InputError naming the line that is wrong."""
    return load_lines(path, Case)


def load_lines(path: Path, kind: type[Line]) -> list[Line]:
    """Read a JSONL file of one kind of line; raises InputError naming the line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"读不了 {path}（{error.strerror}）：请检查路径。") from error
    cases = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                cases.append(kind.model_validate(json.loads(line)))
            except (ValueError, ValidationError) as error:
                raise InputError(f"{path} 第 {number} 行不是可用的用例：{error}") from error
    if not cases:
        raise InputError(f"{path} 里没有用例。")
    return cases
