"""A stored answer as a page to share and to print: the words as they were given, on the day and versions they rest on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader

from assistant.labels import read_labels
from assistant.models import Answer
from assistant.web.addresses import public_address
from assistant.web.pages_environment import TAGS, tongues
from assistant.wiring import Application

_TEMPLATES = Path(__file__).parent / "templates"
_SHANGHAI = timezone(timedelta(hours=8))
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-ancestors *; base-uri 'none'; "
    "form-action 'none'"
)
_MARK = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True)
class Piece:
    """A piece of the text: plain, or the mark of a citation."""

    text: str = ""
    number: int | None = None


def pieces(answer: Answer) -> list[Piece]:
    """The text, cut at the marks of its citations."""
    known = {c.number for c in answer.citations}
    parts = _MARK.split(answer.text)
    return [
        Piece(text=part)
        if place % 2 == 0
        else (Piece(number=int(part)) if int(part) in known else Piece(text=f"[{part}]"))
        for place, part in enumerate(parts)
    ]


def add_shared(router: APIRouter, application: Application) -> None:
    """Add the route to our own pages' routes."""
    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True)
    environment.filters["tongues"] = tongues

    @router.api_route("/a/{question_id}", methods=["GET", "HEAD"], response_class=HTMLResponse)
    def shared(question_id: str, request: Request) -> HTMLResponse:
        journal = application.journal
        answer, made = journal.answer(question_id), journal.answered_at(question_id)
        if answer is None or made is None:
            raise HTTPException(404, "没有这个回答，或者它已过保存期：请检查链接，或重新提问。")
        page = environment.get_template("shared.html").render(
            question=journal.question(question_id),
            answer=answer,
            pieces=pieces(answer),
            made=made.replace(tzinfo=UTC).astimezone(_SHANGHAI).strftime("%Y-%m-%d %H:%M"),
            words=read_labels(_TEMPLATES / "shared.yaml", answer.language),
            lang=TAGS[answer.language],
            address=f"{public_address(application.settings, request)}/a/{question_id}",
        )
        headers = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"}
        return HTMLResponse(page, headers=headers)

    @router.get("/site/shared-page.css")
    def style() -> FileResponse:
        return FileResponse(_TEMPLATES / "shared-page.css", headers={"Cache-Control": "no-cache"})
