"""Logging in and out, and files that staff take away; plain pages without scripts."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response

from assistant.journal_export import row_of, write_csv
from assistant.staff_store import User
from assistant.web.addresses import public_address
from assistant.web.pages import templates
from assistant.web.staff.door import COOKIE, LOGIN, ROOT, secret_in
from assistant.wiring import Application

_POLICY = "default-src 'none'; style-src 'self' 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_PLAIN = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
_RUN = re.compile(r"[\w.-]+")


def staff_router(application: Application) -> APIRouter:
    """The routes beside the Gradio page."""
    router = APIRouter(include_in_schema=False)
    _add_login(router, application)
    _add_files(router, application)
    return router


def _add_login(router: APIRouter, application: Application) -> None:
    def page(fault: str = "", status: int = 200) -> HTMLResponse:
        html = templates.get_template("staff/login.html").render(
            has_users=bool(application.staff.users()), fault=fault
        )
        return HTMLResponse(html, status, _PLAIN)

    @router.get(LOGIN)
    def login() -> HTMLResponse:
        return page()

    @router.post(LOGIN)
    def enter(
        request: Request, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = ""
    ) -> Response:
        secret = application.staff.log_in(name.strip(), password)
        if secret is None:
            return page("用户名或密码不对，或试得太多：请核对，五分钟后再试。", 403)
        response = RedirectResponse(f"{ROOT}/", 303)
        secure = public_address(application.settings, request).startswith("https://")
        response.set_cookie(COOKIE, secret, httponly=True, samesite="strict", secure=secure, path=ROOT)
        return response

    @router.post(f"{ROOT}/logout")
    def leave(request: Request) -> Response:
        secret = secret_in(request.headers.get("cookie", ""))
        if secret and (user := application.staff.user_of(secret)):
            application.staff.note(user.name, "logout")
            application.staff.log_out(secret)
        response = RedirectResponse(LOGIN, 303)
        response.delete_cookie(COOKIE, path=ROOT)
        return response


def _add_files(router: APIRouter, application: Application) -> None:
    def editor(request: Request, what: str) -> User:
        user = application.staff.user_of(secret_in(request.headers.get("cookie", "")))
        if user is None or not user.may("editor"):
            raise HTTPException(403, "您的角色不能下载：请联系管理员。")
        application.staff.note(user.name, "download", what)
        return user

    @router.get(f"{ROOT}/files/cases.jsonl")
    def cases(request: Request) -> Response:
        editor(request, "cases.jsonl")
        return PlainTextResponse(staff_cases(application), media_type="application/x-ndjson")

    @router.get(f"{ROOT}/files/journal.jsonl")
    def journal_lines(request: Request) -> Response:
        editor(request, "journal.jsonl")
        rows = (row_of(entry) for entry in application.journal.entries())
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return PlainTextResponse(text, media_type="application/x-ndjson")

    @router.get(f"{ROOT}/files/journal.csv")
    def journal_table(request: Request) -> Response:
        editor(request, "journal.csv")
        file = io.StringIO()
        write_csv(file, application.journal.entries())
        return PlainTextResponse("\ufeff" + file.getvalue(), media_type="text/csv")

    @router.get(f"{ROOT}/files/runs/{{name}}/report.html")
    def report(name: str) -> Response:
        path = runs_folder(application) / name / "report.html"
        if not _RUN.fullmatch(name) or name.startswith(".") or not path.is_file():
            raise HTTPException(404, "没有这份评测报告。")
        return FileResponse(path, media_type="text/html", headers={"Content-Security-Policy": _POLICY})


def runs_folder(application: Application) -> Path:
    """Where evaluations started by staff lie."""
    return application.settings.home / "eval" / "runs"


def staff_cases(application: Application) -> str:
    """The cases that staff made of answers, as JSON lines."""
    return "".join(
        json.dumps(c.content, ensure_ascii=False) + "\n" for c in application.staff.corrections("case")
    )
