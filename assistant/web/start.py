"""What the chat page opens with: for which day it answers, what it knows, what one could ask."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from fastapi import APIRouter

from assistant.knowledge import Snapshot, generation_directory
from assistant.models import Language
from assistant.programmes.schema import Rulebook
from assistant.settings import Settings
from assistant.text import traditional
from assistant.web.examples import example_questions
from assistant.web.scripts import labels
from assistant.wiring import Application

_SHANGHAI = timezone(timedelta(hours=8))


def add_start(router: APIRouter, application: Application) -> None:
    """Add the route to our own pages' routes."""

    @router.get("/site/start")
    def start(language: Language = "zh") -> dict[str, Any]:
        snapshot = application.knowledge.snapshot()
        settings, day = application.settings, application.clock.today()
        book = snapshot.rulebook
        examples = snapshot.kept(("examples", language, day), lambda: _examples(book, day, language))
        return {
            "as_of": day.isoformat(),
            "documents": len(snapshot.heads),
            "programmes": len(book.programmes),
            "updated_on": _updated_on(snapshot, settings),
            "examples": examples,
            "question_max": settings.question_max_chars,
            "public_url": _public_url(settings),
            "model": settings.has_llm,
        }


def _examples(book: Rulebook, day: date, language: Language) -> list[str]:
    written: Language = "en" if language == "en" else "zh"
    found = example_questions(book, day, written, labels()[written])
    return [traditional(text) for text in found] if language == "zh-Hant" else found


def _updated_on(snapshot: Snapshot, settings: Settings) -> str | None:
    """The day the knowledge base was published last: when the folder of its generation was made."""
    try:
        made = generation_directory(settings.home, snapshot.generation).stat().st_mtime
    except OSError:
        return None
    return datetime.fromtimestamp(made, UTC).astimezone(_SHANGHAI).date().isoformat()


def _public_url(settings: Settings) -> str | None:
    """The address for links where it was set; else the page's own is better than the default."""
    return settings.public_url.rstrip("/") if settings.has_public_url else None
