"""What every request passes first: the doors of Gradio that we do not use, who may call, and how often."""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.callers import Caller, Callers
from assistant.web.limits import RateLimits
from assistant.web.problems import Problem, problem_of, respond

# The chat takes text only: nobody may leave files on this machine, or fetch any, through Gradio.
_CLOSED = ("/gradio_api/upload", "/gradio_api/file=", "/gradio_api/proxy=", "/upload", "/file=", "/proxy=")
_GATED = ("/api/", "/v1/", "/mcp")
_ASKING = ("/api/ask", "/api/match/export", "/v1/chat/completions", "/mcp")


class Guard:
    """Refuses closed doors, callers that may not call, and those that call too often; tells the others who calls."""

    def __init__(self, app: ASGIApp, callers: Callers, limits: RateLimits) -> None:
        self._app, self._callers, self._limits = app, callers, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] == "http":
            path, headers = scope["path"], {}
            found = await self._look_at(scope)
            if isinstance(found, int):
                headers["Retry-After"] = str(found)
                found = problem_of(429, f"调用太频繁：请在 {found} 秒后再试。")
            if isinstance(found, Problem):
                if found.status == 401:
                    headers["WWW-Authenticate"] = "Bearer"
                await respond(path, found, headers)(scope, receive, send)
                return
            if found is not None:
                scope.setdefault("state", {})["caller"] = found
        await self._app(scope, receive, send)

    async def _look_at(self, scope: Scope) -> Caller | Problem | int | None:
        """Who calls the API; or why not, or after how many seconds."""
        path = scope["path"]
        if path.startswith(_CLOSED):
            return problem_of(404, "这里不收文件。")
        if not path.startswith(_GATED) or scope["method"] == "OPTIONS":
            return None
        caller = self._callers.identify(scope)
        if isinstance(caller, Problem):
            return caller
        is_asking = scope["method"] == "POST" and path.startswith(_ASKING)
        wait = await self._limits.wait_of(caller, is_asking)
        return caller if wait is None else wait


class Cors(CORSMiddleware):
    """Cross-origin headers for the origins of the settings and of all sites; credentials are never allowed."""

    def __init__(self, app: ASGIApp, callers: Callers, public_origins: frozenset[str]) -> None:
        super().__init__(
            app,
            allow_origins=sorted(public_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
            expose_headers=["Content-Disposition", "ETag", "Retry-After", "X-Question-Id"],
        )
        self._callers = callers

    def is_allowed_origin(self, origin: str) -> bool:
        """Whether a page of this origin may read our responses."""
        return self._callers.allows(origin)
