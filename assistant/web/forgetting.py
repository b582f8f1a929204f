"""Deleting what a person asked: by the id of the conversation, which a shared link does not tell."""

from __future__ import annotations

from fastapi import APIRouter

from assistant.web.bodies import ForgetBody
from assistant.wiring import Application


def add_forgetting(router: APIRouter, application: Application) -> None:
    """Add the route to the API's."""

    @router.post("/api/forget", status_code=204)
    def forget(body: ForgetBody) -> None:
        """Delete conversations with their answers, traces and ratings; unknown ids are passed over."""
        for conversation_id in body.conversation_ids:
            application.journal.erase(conversation_id)
