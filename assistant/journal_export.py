"""Entries of the journal as lines of JSON or a table for a spreadsheet."""

from __future__ import annotations

import csv
from typing import Any, TextIO

from assistant.journal import Entry

_COLUMNS = (
    "question_id", "conversation_id", "at", "question", "status", "as_of", "text", "citations", "up", "down", "comments",
    "site", "prompt_tokens", "completion_tokens",
)  # fmt: skip
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row_of(entry: Entry) -> dict[str, Any]:
    """An entry as it is exported."""
    kept = entry.model_dump(mode="json", exclude={"answer", "trace"})
    return kept | {
        "answer": entry.answer.model_dump(mode="json", by_alias=True),
        "trace": entry.trace.model_dump(mode="json"),
    }


def write_csv(file: TextIO, entries: list[Entry]) -> None:
    """The entries as a table for a spreadsheet, in which nothing is a formula."""
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    for entry in entries:
        answer = entry.answer
        cited = "；".join(f"[{c.number}]《{c.title}》{c.article or ''}" for c in answer.citations)
        own = {
            "as_of": answer.as_of,
            "text": answer.text,
            "citations": cited,
            "comments": "；".join(entry.comments),
            "site": entry.site or "",
            **_tokens(entry),
        }
        values = (own.get(name, getattr(entry, name, "")) for name in _COLUMNS)
        writer.writerow([_plain(str(value)) for value in values])


def _tokens(entry: Entry) -> dict[str, int | str]:
    """What the answer used of a language model: nothing without one, empty where it is not known."""
    used = entry.trace.usage
    if used is None:
        return {"prompt_tokens": 0, "completion_tokens": 0}
    told = {"prompt_tokens": used.prompt_tokens, "completion_tokens": used.completion_tokens}
    return {name: "" if count is None else count for name, count in told.items()}


def _plain(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
