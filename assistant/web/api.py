"""The HTTP API under `/api`, and the probes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse, Response

from assistant.bounds import EVERYTHING
from assistant.library import listing, passage_rows
from assistant.matching import Matched, fact_row, match, programme_row
from assistant.models import Question
from assistant.web.answers import add_answers
from assistant.web.bodies import MatchBody
from assistant.web.callers import caller_of
from assistant.web.feeds import add_feeds
from assistant.web.forgetting import add_forgetting
from assistant.web.fresh import NOT_MODIFIED, Seen, fresh_json
from assistant.web.problems import PROBLEMS
from assistant.web.streams import AnswerStreams
from assistant.wiring import Application

_OBJECT = {"type": "object"}
_LIST = NOT_MODIFIED | {
    200: {"content": {"application/json": {"schema": {"type": "array", "items": _OBJECT}}}}
}
_ONE = NOT_MODIFIED | {200: {"content": {"application/json": {"schema": _OBJECT}}}}
Version = Annotated[int | None, Query(ge=1, le=2**31, description="an older version")]


def api_router(application: Application, streams: AnswerStreams) -> APIRouter:
    """The routes of the API."""
    router = APIRouter(responses=PROBLEMS)
    add_answers(router, application, streams)
    _add_documents(router, application)
    _add_programmes(router, application)
    add_feeds(router, application)
    add_forgetting(router, application)
    _add_probes(router, application)
    return router


def _add_documents(router: APIRouter, application: Application) -> None:
    def hidden(request: Request) -> frozenset[str]:
        bounds = caller_of(request).bounds
        return bounds.hidden(application.knowledge.snapshot()) if bounds != EVERYTHING else frozenset()

    @router.get("/api/search")
    def search(
        request: Request, q: str, k: Annotated[int, Query(ge=1, le=100)] = 10, as_of: date | None = None
    ) -> list[dict[str, Any]]:
        """The passages for a query, best first; for a site's page those within its limits."""
        bounds = caller_of(request).bounds
        day = as_of or application.clock.today()
        question = Question(text=q, as_of=day, region=bounds.region, within=bounds.programmes)
        return passage_rows(application.pipeline.search(question, k))

    @router.get("/api/documents", response_class=Response, responses=_LIST)
    def documents(request: Request, seen: Seen = None) -> Response:
        """What the knowledge base holds; for a site's page what is within its limits."""
        rows = listing(
            application.catalog, application.clock.today(), application.settings.samples, hidden(request)
        )
        return fresh_json(rows, seen)

    @router.get("/api/documents/{document_id}", response_class=Response, responses=_ONE)
    def document(request: Request, document_id: str, v: Version = None, seen: Seen = None) -> Response:
        """A document's text and sections, the newest version or the one asked for."""
        found = application.catalog.document(document_id, v)
        if found is None or document_id in hidden(request):
            raise HTTPException(404, "没有这份文件或这个版本。")
        return fresh_json(found.model_dump(mode="json", exclude={"source"}), seen)


def _add_programmes(router: APIRouter, application: Application) -> None:
    @router.get("/api/facts")
    def facts() -> list[dict[str, Any]]:
        """The facts a firm can tell, defined once for all programmes."""
        return [fact_row(fact) for fact in application.knowledge.snapshot().rulebook.facts.values()]

    @router.get("/api/programmes")
    def programmes(request: Request, as_of: date | None = None) -> list[dict[str, Any]]:
        """The support programmes, with their window on a day; for a site's page those of the site."""
        day = as_of or application.clock.today()
        snapshot, bounds = application.knowledge.snapshot(), caller_of(request).bounds
        shown = (p for p in snapshot.rulebook.programmes.values() if bounds.shows(p, snapshot))
        return [programme_row(p, day) for p in shown]

    @router.post("/api/match", response_model=None, responses={200: {"model": Matched}})
    def matching(body: MatchBody, request: Request) -> Response:
        """Every programme against a firm's facts: verdicts, sums, what goes together, what is missing."""
        day, caller = body.as_of or application.clock.today(), caller_of(request)
        facts = {**caller.facts, **body.facts}
        matched = match(facts, application.knowledge.snapshot(), day, body.language, caller.bounds)
        return JSONResponse(matched.model_dump(mode="json", by_alias=True))


def _add_probes(router: APIRouter, application: Application) -> None:
    @router.get("/healthz", include_in_schema=False)
    def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", include_in_schema=False)
    def ready() -> dict[str, Any]:
        snapshot = application.knowledge.snapshot()
        return {"status": "ok", "generation": snapshot.generation, "documents": len(snapshot.heads)}


def add_rest(router: APIRouter) -> None:
    """What is left of `/api`, which the chat mounted at `/` would swallow otherwise; to be added last."""
    known = [r for r in router.routes if isinstance(r, APIRoute)]
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    @router.api_route("/api/{rest:path}", methods=methods, include_in_schema=False)
    def rest(request: Request) -> None:
        path = request.url.path
        allowed = sorted({m for r in known if r.path_regex.match(path) for m in r.methods or ()})
        if allowed:
            raise HTTPException(405, f"这个地址只接受 {'、'.join(allowed)}。", {"Allow": ", ".join(allowed)})
        raise HTTPException(404, "没有这个接口：请看 /openapi.json。")
