"""Errors as RFC 9457 problem documents."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from assistant.errors import InputError, KnowledgeBaseError, WenceError


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": text}
    for status, text in ((401, "需要密钥"), (404, "没有这一项"), (422, "请求不可用"), (503, "知识库还不可用"))
}


def problem(status: int, title: str, detail: str) -> JSONResponse:
    """A response with a problem document."""
    body = Problem(title=title, status=status, detail=detail).model_dump()
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


def of_error(error: WenceError) -> Problem:
    """Which problem an error of ours is."""
    if isinstance(error, InputError):
        return Problem(title="请求不可用", status=422, detail=str(error))
    if isinstance(error, KnowledgeBaseError):
        return Problem(title="知识库还不可用", status=503, detail=str(error))
    return Problem(title="暂时不能作答", status=500, detail=str(error))


UNEXPECTED = Problem(title="暂时不能作答", status=500, detail="服务出了意外，已记入日志：请稍后再试。")


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every error with a problem document."""

    @app.exception_handler(WenceError)
    def ours(_request: Request, error: WenceError) -> JSONResponse:
        found = of_error(error)
        return problem(found.status, found.title, found.detail)

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        return problem(422, "请求不可用", f"{where or '请求体'}：{first['msg']}")

    @app.exception_handler(HTTPException)
    def http(_request: Request, error: HTTPException) -> JSONResponse:
        response = problem(error.status_code, "请求没有成功", str(error.detail))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    def unexpected(_request: Request, _error: Exception) -> JSONResponse:
        return problem(UNEXPECTED.status, UNEXPECTED.title, UNEXPECTED.detail)
