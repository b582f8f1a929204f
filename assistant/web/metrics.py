"""`/metrics` for Prometheus: requests by route and status, answers by status, how long both take."""

from __future__ import annotations

import time

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.models import Answer, Trace

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "wence_requests",
            "Requests by route and status",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "wence_request_seconds",
            "Seconds until the response was sent whole",
            ["route"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._answers = Counter("wence_answers", "Answers by status", ["status"], registry=self.registry)
        self._phases = Histogram(
            "wence_answer_phase_seconds",
            "Seconds of each phase of an answer",
            ["phase"],
            buckets=_BUCKETS,
            registry=self.registry,
        )

    def answered(self, answer: Answer, trace: Trace) -> None:
        """Count an answer."""
        self._answers.labels(answer.status).inc()
        for phase, milliseconds in trace.timings.items():
            self._phases.labels(phase).observe(milliseconds / 1000)

    def served(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def router(self) -> APIRouter:
        """The route that tells them."""
        router = APIRouter(include_in_schema=False)

        @router.get("/metrics")
        def metrics() -> Response:
            return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

        return router


class Measured:
    """Counts every request that passes."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            seconds = time.perf_counter() - started
            self._metrics.served(_method(scope), _route(scope), status, seconds)


def _method(scope: Scope) -> str:
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return scope["method"] if scope["method"] in known else "other"


def _route(scope: Scope) -> str:
    """The route's pattern, so that there are as many labels as routes; what no route took is `other`."""
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str):
        return path
    return "gradio" if scope["path"].startswith("/gradio_api/") else "other"
