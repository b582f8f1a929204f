"""Bodies are read whole before anything looks at them: none too large (413), none too slow (408)."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.problems import Problem, problem_of, respond

MAX_BODY = 256 * 1024
# Documents that staff upload; who is not logged in was refused before, and Gradio holds the limit of a file's size.
_STAFF = "/staff/gradio_api/upload"


class BodyLimit:
    """Reads a request's body within a size and a time, then hands it on in one piece."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app, self._seconds = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if (
            scope["type"] != "http"
            or scope["method"] in ("GET", "HEAD", "OPTIONS")
            or scope["path"] == _STAFF
        ):
            await self._app(scope, receive, send)
            return
        told = await self._read(scope, receive)
        if told is None:
            return  # the caller has gone
        if isinstance(told, Problem):
            # What was not read yet must not be taken for the next request.
            response = respond(scope["path"], told, {"Connection": "close"})
            await response(scope, receive, send)
            return
        pending: list[Message] = [{"type": "http.request", "body": told, "more_body": False}]

        async def replayed() -> Message:
            return pending.pop() if pending else await receive()

        await self._app(scope, replayed, send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | Problem | None:
        size = dict(scope["headers"]).get(b"content-length", b"0")
        if not size.isdigit() or int(size) > MAX_BODY:
            return _TOO_LARGE
        body = b""
        try:
            async with asyncio.timeout(self._seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    body += bytes(message.get("body", b""))
                    if len(body) > MAX_BODY:
                        return _TOO_LARGE
                    if not message.get("more_body"):
                        return body
        except TimeoutError:
            return problem_of(408, "请求发送得太慢：请检查网络后再试。")


_TOO_LARGE = problem_of(413, f"请求不能超过 {MAX_BODY // 1024} KB：请精简后再试。")
