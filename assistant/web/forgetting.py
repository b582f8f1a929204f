"""Deleting what a person asked: whoever knows an answer's id may delete it, as its link may be shared by them only."""

from __future__ import annotations

from fastapi import APIRouter

from assistant.web.bodies import ForgetBody
from assistant.wiring import Application


def add_forgetting(router: APIRouter, application: Application) -> None:
    """Add the route to the API's."""

    @router.post("/api/forget", status_code=204)
    def forget(body: ForgetBody) -> None:
        """Delete stored answers with their questions, traces and ratings; unknown ids are passed over."""
        application.journal.forget(body.question_ids)
