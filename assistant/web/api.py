"""The HTTP API under `/api`, and the probes; SSE forwards the pipeline's events as they are."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute
from fastapi.sse import format_sse_event
from starlette.responses import JSONResponse, Response

from assistant.errors import WenceError
from assistant.library import listing, passage_rows
from assistant.matching import Matched, fact_row, match, programme_row
from assistant.models import Answer, Finished, Progress, Question, TextDelta
from assistant.web.bodies import AskBody, FeedbackBody, MatchBody
from assistant.web.feeds import add_feeds
from assistant.web.problems import PROBLEMS, UNEXPECTED, of_error
from assistant.wiring import Application

Version = Annotated[int | None, Query(ge=1, le=2**31, description="an older version")]


def api_router(application: Application) -> APIRouter:
    """The routes of the API."""
    router = APIRouter(responses=PROBLEMS)
    _add_answers(router, application)
    _add_documents(router, application)
    _add_programmes(router, application)
    add_feeds(router, application)
    _add_probes(router, application)
    _add_rest(router)
    return router


def _add_answers(router: APIRouter, application: Application) -> None:
    @router.post("/api/ask", response_model=None, responses={200: {"model": Answer}})
    def ask(body: AskBody, request: Request) -> Response:
        """One answer as JSON, or with `Accept: text/event-stream` as events."""
        question = Question(
            text=body.question,
            as_of=body.as_of or application.clock.today(),
            facts=body.facts,
            conversation_id=body.conversation_id,
            language=body.language,
        )
        application.pipeline.check(question)  # an unusable question is refused before a stream begins
        if "text/event-stream" in request.headers.get("accept", ""):
            headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
            return StreamingResponse(
                _stream(application, question), media_type="text/event-stream", headers=headers
            )
        return JSONResponse(_plain(application.pipeline.answer(question)))

    @router.get("/api/answers/{question_id}", response_model=None, responses={200: {"model": Answer}})
    def stored(question_id: str) -> Response:
        """A stored answer."""
        answer = application.journal.answer(question_id)
        if answer is None:
            raise HTTPException(404, "没有这个回答：请检查编号。")
        return JSONResponse(_plain(answer))

    @router.post("/api/feedback", status_code=204)
    def feedback(body: FeedbackBody) -> None:
        """Keep a rating of an answer."""
        if not application.journal.rate(body.question_id, body.rating, body.reason, body.comment):
            raise HTTPException(404, "没有这个回答：请检查编号。")


def _add_documents(router: APIRouter, application: Application) -> None:
    @router.get("/api/search")
    def search(
        q: str, k: Annotated[int, Query(ge=1, le=100)] = 10, as_of: date | None = None
    ) -> list[dict[str, Any]]:
        """The passages for a query, best first."""
        question = Question(text=q, as_of=as_of or application.clock.today())
        return passage_rows(application.pipeline.search(question, k))

    @router.get("/api/documents")
    def documents() -> list[dict[str, Any]]:
        """What the knowledge base holds."""
        return listing(application.catalog, application.clock.today(), application.settings.samples)

    @router.get("/api/documents/{document_id}")
    def document(document_id: str, v: Version = None) -> dict[str, Any]:
        """A document's text and sections, the newest version or the one asked for."""
        found = application.catalog.document(document_id, v)
        if found is None:
            raise HTTPException(404, "没有这份文件或这个版本。")
        return found.model_dump(mode="json", exclude={"source"})


def _add_programmes(router: APIRouter, application: Application) -> None:
    @router.get("/api/facts")
    def facts() -> list[dict[str, Any]]:
        """The facts a firm can tell, defined once for all programmes."""
        return [fact_row(fact) for fact in application.knowledge.snapshot().rulebook.facts.values()]

    @router.get("/api/programmes")
    def programmes(as_of: date | None = None) -> list[dict[str, Any]]:
        """The support programmes, with their window on a day."""
        day = as_of or application.clock.today()
        book = application.knowledge.snapshot().rulebook
        return [programme_row(programme, day) for programme in book.programmes.values()]

    @router.post("/api/match", response_model=None, responses={200: {"model": Matched}})
    def matching(body: MatchBody) -> Response:
        """Every programme against a firm's facts: verdicts, sums, what goes together, what is missing."""
        day = body.as_of or application.clock.today()
        matched = match(body.facts, application.knowledge.snapshot(), day, body.language)
        return JSONResponse(matched.model_dump(mode="json", by_alias=True))


def _add_probes(router: APIRouter, application: Application) -> None:
    @router.get("/healthz", include_in_schema=False)
    def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", include_in_schema=False)
    def ready() -> dict[str, Any]:
        snapshot = application.knowledge.snapshot()
        return {"status": "ok", "generation": snapshot.generation, "documents": len(snapshot.heads)}


def _add_rest(router: APIRouter) -> None:
    """What is left of `/api`, which the chat mounted at `/` would swallow otherwise."""
    known = [r for r in router.routes if isinstance(r, APIRoute)]
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    @router.api_route("/api/{rest:path}", methods=methods, include_in_schema=False)
    def rest(request: Request) -> None:
        path = request.url.path
        allowed = sorted({m for r in known if r.path_regex.match(path) for m in r.methods or ()})
        if allowed:
            raise HTTPException(405, f"这个地址只接受 {'、'.join(allowed)}。", {"Allow": ", ".join(allowed)})
        raise HTTPException(404, "没有这个接口：请看 /openapi.json。")


def _plain(answer: Answer) -> Any:
    return answer.model_dump(mode="json", by_alias=True)


def _stream(application: Application, question: Question) -> Iterator[bytes]:
    """The pipeline's events in SSE: progress, delta, final; error instead of a broken stream."""
    try:
        for number, event in enumerate(application.pipeline.events(question)):
            match event:
                case Progress():
                    data: Any = {"phase": event.phase}
                case TextDelta():
                    data = {"text": event.text}
                case Finished():
                    data = _plain(event.answer)
            yield _sse(event.type, data, number)
    except WenceError as error:
        yield _sse("error", of_error(error).model_dump(), None)
    except Exception:
        # A stream has begun: the client must hear of it there, and the log must have the rest.
        logging.getLogger("wence").exception("an answer failed")
        yield _sse("error", UNEXPECTED.model_dump(), None)


def _sse(name: str, data: Any, number: int | None) -> bytes:
    text = json.dumps(data, ensure_ascii=False)
    return format_sse_event(data_str=text, event=name, id=None if number is None else str(number))
