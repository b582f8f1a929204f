"""Pages of our own: one document, readable and linkable to a span."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader

from assistant.status import statuses_on
from assistant.wiring import Application

_HERE = Path(__file__).parent
_POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors *; base-uri 'none'; form-action 'none'"
templates = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True)

STATUS_NAMES = {
    "in_force": "现行有效",
    "not_yet": "尚未施行",
    "expired": "已到期",
    "repealed": "已废止",
    "superseded": "已被新版取代",
    "draft": "征求意见稿，非现行政策",
    "unknown": "有效期未见",
}
CONFIDENCE_NAMES = {"official": "官方文件或其转载", "secondary": "二手来源", "unverified": "未经核实"}


def page_router(application: Application) -> APIRouter:
    """The routes of our own pages and their files."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/documents/{document_id}", methods=["GET", "HEAD"], response_class=HTMLResponse)
    def document(document_id: str, v: Annotated[int | None, Query(ge=1, le=2**31)] = None) -> HTMLResponse:
        found = application.catalog.document(document_id, v)
        if found is None:
            raise HTTPException(404, "没有这份文件或这个版本。")
        newest = application.catalog.document(document_id)
        heads = [head for head, _ in application.catalog.heads().values()]
        status = statuses_on([*heads, found.head], application.clock.today())[document_id]
        page = templates.get_template("document.html").render(
            document=found,
            head=found.head,
            status=STATUS_NAMES[status.value],
            confidence=CONFIDENCE_NAMES[found.head.confidence.value],
            newest=newest.version if newest else found.version,
        )
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})

    @router.get("/site/{name}")
    def asset(name: str) -> FileResponse:
        if name not in ("page.css", "document.js"):
            raise HTTPException(404, "没有这个文件。")
        return FileResponse(_HERE / "static" / name)

    return router
