"""OpenAI-compatible chat completions: what speaks to OpenAI speaks to Wence unchanged.

The text is the checked answer in Markdown, marks as links; the field `wence` of the completion (of the chunk that
finishes a stream) is the whole answer. Token counts are estimates: a Chinese character is one, four others are one.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from assistant.cited_markdown import closing, linked, to_markdown
from assistant.errors import InputError
from assistant.models import Citation, Finished, Question, TextDelta, Turn
from assistant.web.addresses import public_address
from assistant.web.answers import in_time
from assistant.web.asking import MAX_TURNS
from assistant.web.callers import Caller, caller_of
from assistant.web.housekeeping import Said, housekeeping, unwrapped
from assistant.web.openai_bodies import MODEL, ChatBody, Message, chunk, completion, model_row, usage_chunk
from assistant.web.problems import UNEXPECTED, Problem, openai_error, respond
from assistant.web.sse import HEADERS, plain
from assistant.web.streams import AnswerStreams, Running
from assistant.wiring import Application

_HAN = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
_NO_MODEL = f"没有这个模型：model 请写 {MODEL}。"
_ERROR = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/OpenAIError"}}}}
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"description": "an error in OpenAI's shape", **_ERROR}
    for status in (400, 401, 403, 404, 408, 413, 429, 503, 504)
}
_COMPLETED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "a chat completion, or its chunks as events",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "text/event-stream": {"schema": {"type": "string"}},
        },
    }
}


def openai_router(application: Application, streams: AnswerStreams) -> APIRouter:
    """The routes under `/v1`."""
    router = APIRouter(responses=_ERRORS)

    @router.post("/v1/chat/completions", response_class=Response, responses=_COMPLETED)
    async def complete(body: ChatBody, request: Request) -> Response:
        """A checked answer to the last message; earlier messages are the conversation so far."""
        if body.model != MODEL:
            raise HTTPException(404, _NO_MODEL)
        created, prompt = int(time.time()), "\n".join(m.text for m in body.messages)
        # What a client asks for itself is no question: it is neither answered from the papers nor written down.
        given = housekeeping([Said(role=m.role, text=m.text) for m in body.messages])
        if given is not None:
            return _as_it_is(body, created, prompt, given)
        running = streams.start(to_question(body, application, caller_of(request)))
        address = public_address(application.settings, request)
        if body.stream:
            with_usage = bool(body.stream_options and body.stream_options.include_usage)
            pieces = _Pieces(running, created, prompt, address, with_usage)
            pulse = application.settings.heartbeat_seconds
            return StreamingResponse(pieces.stream(pulse), media_type="text/event-stream", headers=HEADERS)
        answer = await in_time(running, application.settings.request_timeout)
        if isinstance(answer, Problem):
            return respond(request.url.path, answer)
        text = to_markdown(answer, address)
        whole = completion(_id(running), created, text, usage_of(prompt, text))
        return JSONResponse({**whole, "wence": plain(answer)})

    @router.get("/v1/models")
    def models() -> dict[str, Any]:
        """The one model there is."""
        return {"object": "list", "data": [model_row()]}

    @router.get("/v1/models/{model}")
    def model(model: str) -> dict[str, Any]:
        """The model, by its name."""
        if model != MODEL:
            raise HTTPException(404, _NO_MODEL)
        return model_row()

    @router.api_route(
        "/v1/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False
    )
    def rest() -> None:
        raise HTTPException(404, "没有这个接口：这里有 /v1/chat/completions 和 /v1/models。")

    return router


def to_question(body: ChatBody, application: Application, caller: Caller) -> Question:
    """The last message, with the exchanges before it; raises InputError where the last is not a user's."""
    said = [m for m in body.messages if m.role in ("user", "assistant")]
    if not said or said[-1].role != "user":
        raise InputError("最后一条消息须是用户的问题（role 为 user）。")
    told = body.wence
    return Question(
        text=unwrapped(said[-1].text),
        as_of=told.as_of or application.clock.today(),
        history=_turns(said[:-1])[-MAX_TURNS:],
        facts={**caller.facts, **told.facts},
        conversation_id=told.conversation_id,
        region=caller.site.region if caller.site else None,
        within=caller.site.programmes if caller.site else (),
        site=caller.site.public_id if caller.site else None,
        language=told.language,
    )


def _turns(said: Sequence[Message]) -> tuple[Turn, ...]:
    """Earlier exchanges: what a user wrote, up to a reply, and the reply."""
    turns: list[Turn] = []
    asked: list[str] = []
    for message in said:
        if message.role == "user":
            asked.append(unwrapped(message.text))
        elif asked:
            turns.append(Turn(question="\n".join(asked), answer=message.text))
            asked = []
    if asked:
        turns.append(Turn(question="\n".join(asked), answer=""))
    return tuple(turns)


def usage_of(prompt: str, text: str) -> dict[str, int]:
    """Estimated token counts."""
    asked, answered = _tokens(prompt), _tokens(text)
    return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}


def _tokens(text: str) -> int:
    chinese = len(_HAN.findall(text))
    return chinese + -(-(len(text) - chinese) // 4)


def _id(running: Running) -> str:
    return f"chatcmpl-{running.question_id}"


def _as_it_is(body: ChatBody, created: int, prompt: str, text: str) -> Response:
    """A completion of a given text, whole or as a stream."""
    id, usage = f"chatcmpl-{uuid.uuid4().hex}", usage_of(prompt, text)
    if not body.stream:
        return JSONResponse(completion(id, created, text, usage))
    chunks = [
        chunk(id, created, {"role": "assistant", "content": ""}),
        chunk(id, created, {"content": text}),
        chunk(id, created, {}, "stop"),
    ]
    if body.stream_options and body.stream_options.include_usage:
        chunks.append(usage_chunk(id, created, usage))
    pieces = [*map(_data, chunks), "data: [DONE]\n\n"]
    return StreamingResponse(iter(pieces), media_type="text/event-stream", headers=HEADERS)


class _Pieces:
    """One streamed completion."""

    def __init__(
        self, running: Running, created: int, prompt: str, public_url: str, with_usage: bool
    ) -> None:
        self._running, self._created, self._prompt = running, created, prompt
        self._url, self._with_usage = public_url, with_usage

    async def stream(self, pulse: float) -> AsyncIterator[str]:
        """Chunks as events, comment lines while nothing comes, `[DONE]` at the end."""
        id, written = _id(self._running), ""
        citations: dict[int, Citation] = {}
        yield _data(chunk(id, self._created, {"role": "assistant", "content": ""}))
        async for told in self._running.follow(0, pulse):
            if told is None:
                yield ": still here\n\n"
                continue
            match told[1]:
                case TextDelta(text=text, citations=cited):
                    citations |= {c.number: c for c in cited}
                    piece = linked(text, citations, self._url)
                    written += piece
                    yield _data(chunk(id, self._created, {"content": piece}))
                case Finished(answer=answer):
                    piece = closing(answer, self._url)
                    written += piece
                    if piece:
                        yield _data(chunk(id, self._created, {"content": piece}))
                    yield _data({**chunk(id, self._created, {}, "stop"), "wence": plain(answer)})
                    if self._with_usage:
                        yield _data(usage_chunk(id, self._created, usage_of(self._prompt, written)))
                    yield "data: [DONE]\n\n"
                    return
        yield _data({"error": openai_error(self._running.failure or UNEXPECTED)})


def _data(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
