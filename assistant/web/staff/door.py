"""The door of the staff pages: nothing under `/staff` but the login is served without a session.

A session is a cookie that no other site can send (SameSite=Strict) and no script can read; what changes something must
also come from a page of ours. Both hold for Gradio's own addresses below `/staff` as well.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.callers import is_same_origin
from assistant.web.problems import problem_of, respond
from assistant.wiring import Application

COOKIE = "wence_staff"
ROOT, LOGIN = "/staff", "/staff/login"
_UPLOAD = f"{ROOT}/gradio_api/upload"
# No other page may show ours within itself and have staff click on what they do not see.
_UNFRAMED = [(b"content-security-policy", b"frame-ancestors 'none'"), (b"x-frame-options", b"DENY")]


class StaffDoor:
    """Lets staff in, sends others to the login."""

    def __init__(self, app: ASGIApp, application: Application) -> None:
        self._app, self._application = app, application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path == ROOT or path.startswith(f"{ROOT}/")):
            await self._app(scope, receive, send)
            return
        answer = await self._refusal(scope, path)

        async def unframed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *_UNFRAMED]}
            await send(message)

        await (answer or self._app)(scope, receive, unframed)

    async def _refusal(self, scope: Scope, path: str) -> ASGIApp | None:
        headers = Headers(scope=scope)
        if scope["method"] not in ("GET", "HEAD") and not is_same_origin(headers):
            return respond(path, problem_of(403, "请从后台页面操作。"))
        if path == LOGIN:
            return None
        secret = secret_in(headers.get("cookie", ""))
        user = await run_in_threadpool(self._application.staff.user_of, secret)
        if user is not None:
            if path.startswith(_UPLOAD) and not user.may("editor"):
                return respond(path, problem_of(403, "您的角色不能上传：请联系管理员。"))
            return RedirectResponse(_with_query(f"{ROOT}/", scope), 303) if path == ROOT else None
        if path in (ROOT, f"{ROOT}/") and scope["method"] == "GET":
            return RedirectResponse(LOGIN, 303)
        return respond(path, problem_of(401, "请先登录后台：打开 /staff。"))


def _with_query(path: str, scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{path}?{query}" if query else path


def secret_in(cookies: str) -> str | None:
    """The session's secret among a request's cookies."""
    try:
        morsel = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel else None
