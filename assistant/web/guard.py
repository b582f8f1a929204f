"""What every request passes first: size, who may call, and the doors of Gradio that we do not use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.responses import Response

from assistant.settings import Settings
from assistant.web.problems import problem

_MAX_BODY = 256 * 1024
# The chat takes text only: nobody may leave files on this machine, or fetch any, through Gradio.
_CLOSED = ("/gradio_api/upload", "/gradio_api/file=", "/gradio_api/proxy=", "/upload", "/file=", "/proxy=")
Next = Callable[[Request], Awaitable[Response]]


def guard(app: FastAPI, settings: Settings) -> None:
    """Refuse large bodies, closed doors, and with WENCE_REQUIRE_KEY=1 the API to callers from elsewhere."""

    @app.middleware("http")
    async def check(request: Request, proceed: Next) -> Response:
        path = request.url.path
        if path.startswith(_CLOSED):
            return problem(404, "请求没有成功", "这里不收文件。")
        size = request.headers.get("content-length", "0")
        if not size.isdecimal() or int(size) > _MAX_BODY:
            return problem(413, "请求过大", f"请求不能超过 {_MAX_BODY // 1024} KB。")
        if settings.require_key and path.startswith("/api/") and not _is_same_origin(request):
            return problem(401, "需要密钥", "这个服务只接受本站页面的调用：请联系管理员。")
        return await proceed(request)


def _is_same_origin(request: Request) -> bool:
    """Whether a page of ours calls: browsers say so in headers that pages cannot set."""
    if request.headers.get("sec-fetch-site") == "same-origin":
        return True
    origin = request.headers.get("origin")
    return bool(origin) and urlsplit(str(origin)).netloc == request.headers.get("host")
