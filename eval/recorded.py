"""What a run keeps of one answer: the answer, what was found for it, how it was checked, and what it cost."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import Field, ValidationError

from assistant.errors import InputError
from assistant.models import Answer, Check, Frozen, Outcome, Usage

ANSWERS = "answers.jsonl"


class Seen(Frozen):
    """A passage the answer could rest on, as it stood in the ranking."""

    document_id: str
    title: str
    article: str | None = None
    text: str
    score: float = 0.0


class Recorded(Frozen):
    """One answer of a run."""

    id: str
    answer: Answer
    passages: tuple[Seen, ...] = ()
    checks: tuple[Check, ...] = ()
    quotes_true: tuple[bool, ...] = Field(
        default=(), description="for each citation, whether its quote stands at its place in its version"
    )
    composer: str = "none"
    prompts: dict[str, str] = Field(default_factory=dict)
    support: float = 0.0
    milliseconds: float | None = None
    usage: Usage | None = Field(default=None, description="what the last turn took of a language model")

    def verdicts(self, programme: str | None) -> list[Outcome]:
        """The verdicts on a programme, or on whatever was judged."""
        return [a.outcome for a in self.answer.assessments if programme in (None, a.programme_id)]


def read_recorded(path: Path) -> list[Recorded]:
    """The answers of a run; raises InputError naming the line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise InputError(f"读不了 {path}：请检查文件夹，或先运行 wence eval run。") from error
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(Recorded.model_validate_json(line, extra="ignore"))
            except ValidationError as error:
                raise InputError(
                    f"{path} 第 {number} 行不是可用的回答：请重新运行 wence eval run。"
                ) from error
    return found


def lines_of(rows: Iterable[Recorded]) -> str:
    """The rows as JSON lines."""
    shown = (row.model_dump(mode="json", by_alias=True) for row in rows)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in shown)
