"""Errors as RFC 9457 problem documents; under `/v1/` in the shape that OpenAI's clients read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from assistant.errors import Busy, InputError, KnowledgeBaseError, WenceError

OPENAI_PATH = "/v1/"
_BUSY_SECONDS = "5"


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


_TITLES = {
    401: "需要密钥",
    403: "不允许",
    404: "没有这一项",
    405: "不是这样调用",
    408: "发送太慢",
    413: "请求过大",
    422: "请求不可用",
    429: "太频繁",
    503: "暂时不可用",
    504: "超时",
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": text,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, text in _TITLES.items()
}
UNEXPECTED = Problem(title="暂时不能作答", status=500, detail="服务出了意外，已记入日志：请稍后再试。")
TOO_SLOW = Problem(title=_TITLES[504], status=504, detail="这个回答超出了时限：请稍后再试，或把问题写短些。")


def problem_of(status: int, detail: str) -> Problem:
    """A problem with the title of its status."""
    return Problem(title=_TITLES.get(status, "请求没有成功"), status=status, detail=detail)


def of_error(error: WenceError) -> Problem:
    """Which problem an error of ours is."""
    if isinstance(error, InputError):
        return problem_of(422, str(error))
    if isinstance(error, KnowledgeBaseError):
        return Problem(title="知识库还不可用", status=503, detail=str(error))
    if isinstance(error, Busy):
        return problem_of(503, str(error))
    return Problem(title="暂时不能作答", status=500, detail=str(error))


def respond(path: str, found: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A response that tells a problem in the shape callers of this path read."""
    if path.startswith(OPENAI_PATH):
        status = 400 if found.status == 422 else found.status
        return JSONResponse({"error": openai_error(found)}, status, headers)
    body = found.model_dump()
    return JSONResponse(body, found.status, headers, media_type="application/problem+json")


_OPENAI_CODES = {
    401: "invalid_api_key",
    403: "permission_denied",
    404: "not_found",
    413: "request_too_large",
    429: "rate_limit_exceeded",
}


def openai_error(found: Problem) -> dict[str, Any]:
    """A problem as OpenAI's clients read it."""
    kind = "server_error" if found.status >= 500 else "invalid_request_error"
    return {"message": found.detail, "type": kind, "param": None, "code": _OPENAI_CODES.get(found.status)}


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every error with a problem document."""

    @app.exception_handler(WenceError)
    def ours(request: Request, error: WenceError) -> JSONResponse:
        headers = {"Retry-After": _BUSY_SECONDS} if isinstance(error, Busy) else None
        return respond(request.url.path, of_error(error), headers)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        return respond(request.url.path, problem_of(422, f"{where or '请求体'}：{first['msg']}"))

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        found = Problem(title="请求没有成功", status=error.status_code, detail=str(error.detail))
        return respond(request.url.path, found, error.headers)

    @app.exception_handler(Exception)
    def unexpected(request: Request, _error: Exception) -> JSONResponse:
        return respond(request.url.path, UNEXPECTED)
