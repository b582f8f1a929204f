"""A stored answer as a page to share and to print: the words as they were given, on the day and versions they rest on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader

from assistant.models import Answer, Language
from assistant.web.scripts import traditional
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
    address = application.settings.public_url.rstrip("/")

    @router.api_route("/a/{question_id}", methods=["GET", "HEAD"], response_class=HTMLResponse)
    def shared(question_id: str) -> HTMLResponse:
        journal = application.journal
        answer, made = journal.answer(question_id), journal.answered_at(question_id)
        if answer is None or made is None:
            raise HTTPException(404, "没有这个回答，或者它已过保存期：请检查链接，或重新提问。")
        page = environment.get_template("shared.html").render(
            question=journal.question(question_id),
            answer=answer,
            pieces=pieces(answer),
            made=made.replace(tzinfo=UTC).astimezone(_SHANGHAI).strftime("%Y-%m-%d %H:%M"),
            words=_words(answer.language),
            lang={"zh": "zh-CN", "zh-Hant": "zh-Hant", "en": "en"}[answer.language],
            address=f"{address}/a/{question_id}",
        )
        headers = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"}
        return HTMLResponse(page, headers=headers)

    @router.get("/site/shared-page.css")
    def style() -> FileResponse:
        return FileResponse(_TEMPLATES / "shared-page.css", headers={"Cache-Control": "no-cache"})


@cache
def _words(language: Language) -> dict[str, str]:
    import yaml

    rows = yaml.safe_load((_TEMPLATES / "shared.yaml").read_text(encoding="utf-8"))
    words = {key: row[1 if language == "en" else 0] for key, row in rows.items()}
    return {k: traditional(text) for k, text in words.items()} if language == "zh-Hant" else words
