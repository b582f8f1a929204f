"""Events at which firms scan a code: a name, the programmes it is about, and until when the code leads anywhere.

An event says nothing of any firm. The few there are stand in one JSON file, written whole or not at all.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from filelock import FileLock
from pydantic import Field, TypeAdapter

from assistant.models import Frozen


class Event(Frozen):
    """One event; its id stands in the code and leads nowhere after `until`."""

    id: str
    name: str = Field(max_length=60)
    programmes: tuple[str, ...]
    until: date


_events = TypeAdapter(list[Event])


class EventStore:
    """The events in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = FileLock(f"{path}.lock")

    def all(self) -> list[Event]:
        """Every event, expired ones included, oldest first."""
        try:
            return _events.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return []

    def get(self, id: str, today: date) -> Event | None:
        """The event, unless it is over or unknown."""
        return next((e for e in self.all() if e.id == id and today <= e.until), None)

    def add(self, name: str, programmes: Sequence[str], until: date) -> Event:
        """A new event."""
        event = Event(
            id=secrets.token_urlsafe(6), name=name, programmes=tuple(dict.fromkeys(programmes)), until=until
        )
        with self._lock:
            self._write([*self.all(), event])
        return event

    def remove(self, id: str) -> bool:
        """Delete an event; False when there is none."""
        with self._lock:
            events = self.all()
            left = [event for event in events if event.id != id]
            self._write(left)
        return len(left) < len(events)

    def _write(self, events: Sequence[Event]) -> None:
        rows = [event.model_dump(mode="json") for event in events]
        draft = self._path.with_suffix(".tmp")
        draft.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
        draft.replace(self._path)
