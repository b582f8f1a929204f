"""Questions and their answers over HTTP: asked, followed, taken up again, stored, rated."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse

from assistant.models import Answer
from assistant.web.asking import to_question
from assistant.web.bodies import AskBody, FeedbackBody
from assistant.web.callers import caller_of
from assistant.web.problems import TOO_SLOW, Problem, respond
from assistant.web.sse import HEADERS, begin_after, event_stream, for_readers, plain, replay
from assistant.web.streams import AnswerStreams, Running
from assistant.wiring import Application

_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "events: progress, delta (verified text), final (an answer), error",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    204: {"description": "nothing follows the event seen last"},
}
_NO_ANSWER = "没有这个回答：请检查编号。"


def add_answers(router: APIRouter, application: Application, streams: AnswerStreams) -> None:
    """Add the routes to the API's."""
    pulse = application.settings.heartbeat_seconds
    answered: dict[int | str, dict[str, Any]] = {
        200: {"model": Answer, "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    }

    @router.post("/api/ask", response_model=None, responses=answered)
    async def ask(body: AskBody, request: Request) -> Response:
        """One answer as JSON, or with `Accept: text/event-stream` as events; `conversation_id` goes on from before."""
        asked = await run_in_threadpool(to_question, body, application, caller_of(request))
        running = streams.start(asked)
        if "text/event-stream" in request.headers.get("accept", ""):
            return _stream(running, 0, pulse, own=True)
        found = await in_time(running, application.settings.request_timeout)
        if isinstance(found, Problem):
            return respond(request.url.path, found)
        return JSONResponse(plain(found))

    @router.get("/api/answers/{question_id}", response_model=None, responses={200: {"model": Answer}})
    def stored(question_id: str) -> Response:
        """A stored answer; `conversation_id` is empty, as only who asked is told it."""
        return JSONResponse(plain(for_readers(_stored(application, question_id))))

    @router.get("/api/answers/{question_id}/events", response_class=Response, responses=_EVENTS)
    async def events(
        question_id: str, last_event_id: Annotated[str | None, Header(max_length=100)] = None
    ) -> Response:
        """A question's events again, from the one after `Last-Event-ID` on, and onwards while it is answered."""
        start = begin_after(last_event_id)
        if running := streams.find(question_id):
            return Response(status_code=204) if start is None else _stream(running, start, pulse, own=False)
        answer = await run_in_threadpool(_stored, application, question_id)
        if start is None:
            return Response(status_code=204)
        parts = iter(replay(answer, fresh=start == 0))
        return StreamingResponse(parts, media_type="text/event-stream", headers=HEADERS)

    @router.post("/api/feedback", status_code=204)
    def feedback(body: FeedbackBody) -> None:
        """Keep a rating of an answer."""
        if not application.journal.rate(body.question_id, body.rating, body.reason, body.comment):
            raise HTTPException(404, _NO_ANSWER)


async def in_time(running: Running, seconds: float) -> Answer | Problem:
    """The whole answer, or a problem when it does not come in time; it is stored all the same when it comes."""
    try:
        async with asyncio.timeout(seconds):
            return await running.answer()
    except TimeoutError:
        return TOO_SLOW


def _stream(running: Running, start: int, pulse: float, own: bool) -> StreamingResponse:
    headers = {**HEADERS, "X-Question-Id": running.question_id}
    return StreamingResponse(
        event_stream(running, start, pulse, own), media_type="text/event-stream", headers=headers
    )


def _stored(application: Application, question_id: str) -> Answer:
    answer = application.journal.answer(question_id)
    if answer is None:
        raise HTTPException(404, _NO_ANSWER)
    return answer
