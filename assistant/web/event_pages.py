"""An event's page to print, the address in its code, and what the chat page asks of an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse, RedirectResponse

from assistant.events import Event
from assistant.exports.qr import QUIET, modules
from assistant.models import Language
from assistant.text import traditional
from assistant.web.addresses import public_address
from assistant.web.pages_environment import templates
from assistant.web.scripts import labels
from assistant.wiring import Application

_OVER = "这个活动码已过期或不存在：可以直接打开首页提问。"


@dataclass(frozen=True)
class Code:
    """A QR code as one path of squares: `size` modules wide with its border."""

    path: str
    size: int


def add_events(router: APIRouter, application: Application, policy: str) -> None:
    """Add the routes to our own pages' routes."""
    settings = application.settings

    def found(id: str) -> Event:
        event = application.events.get(id, application.clock.today())
        if event is None:
            raise HTTPException(404, _OVER)
        return event

    @router.get("/events/{id}", response_class=HTMLResponse)
    def poster(id: str, request: Request) -> HTMLResponse:
        event, address = found(id), f"{public_address(settings, request)}/e/{id}"
        book = application.knowledge.snapshot().rulebook.programmes
        page = templates.get_template("event.html").render(
            event=event,
            titles=[book[key].title for key in event.programmes if key in book],
            address=address,
            code=_code(address),
            is_set=settings.has_public_url,
        )
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    @router.get("/e/{id}")
    def scanned(id: str) -> RedirectResponse:
        found(id)
        return RedirectResponse(f"/?event={id}", status_code=307)

    @router.get("/site/events/{id}")
    def about(id: str, language: Language = "zh") -> dict[str, Any]:
        return _about(found(id), application, language)


def _about(event: Event, application: Application, language: Language) -> dict[str, Any]:
    """Its name and the questions one could ask about its programmes."""
    book = application.knowledge.snapshot().rulebook.programmes
    words = labels()[language]
    titles = [
        (p.title_en.split(" (")[0] if language == "en" else "") or p.title
        for key in event.programmes
        if (p := book.get(key))
    ]
    kinds = ("example_amount", "example_conditions", "example_window")
    asked = [words[kind].format(title=title) for kind in kinds for title in titles]
    examples = [traditional(text) for text in asked] if language == "zh-Hant" else asked
    return {"name": event.name, "titles": titles, "examples": examples[:6]}


def _code(url: str) -> Code | None:
    rows = modules(url)
    if rows is None:
        return None
    dark = [(x, y) for y, row in enumerate(rows) for x, on in enumerate(row) if on]
    return Code("".join(f"M{x + QUIET} {y + QUIET}h1v1h-1z" for x, y in dark), len(rows) + 2 * QUIET)
