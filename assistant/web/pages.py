"""Pages of our own: one document, readable and linkable to a span."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query
from fastapi.responses import FileResponse, HTMLResponse, Response

from assistant.web.document_page import STATUS_NAMES, document_page
from assistant.web.event_pages import add_events
from assistant.web.pages_environment import templates
from assistant.web.scripts import page_script
from assistant.web.shared import add_shared
from assistant.web.start import add_start
from assistant.wiring import Application

_HERE = Path(__file__).parent
_POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors *; base-uri 'none'; form-action 'none'"
__all__ = ["STATUS_NAMES", "page_router", "templates"]


def page_router(application: Application) -> APIRouter:
    """The routes of our own pages and their files."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/documents/{document_id}", methods=["GET", "HEAD"], response_class=HTMLResponse)
    def document(document_id: str, v: Annotated[int | None, Query(ge=1, le=2**31)] = None) -> HTMLResponse:
        page = document_page(application, document_id, v)
        if page is None:
            raise HTTPException(404, "没有这份文件或这个版本。")
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})

    add_start(router, application)
    add_shared(router, application)
    add_events(router, application, _POLICY)
    _add_files(router)
    return router


def _add_files(router: APIRouter) -> None:
    """The scripts and style sheets of our pages; a browser asks each time whether they are still the same."""
    script = page_script().encode()
    packed = gzip.compress(script)
    tag = f'"{hashlib.sha256(script).hexdigest()[:32]}"'

    @router.get("/site/wence.js")
    def elements(
        seen: Annotated[str | None, Header(alias="If-None-Match")] = None,
        accepted: Annotated[str, Header(alias="Accept-Encoding")] = "",
    ) -> Response:
        headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if seen == tag:
            return Response(status_code=304, headers=headers)
        if "gzip" in accepted:
            return Response(
                packed, media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"}
            )
        return Response(script, media_type="text/javascript", headers=headers)

    @router.get("/site/page.css")
    def style() -> FileResponse:
        return FileResponse(_HERE / "static/page.css")

    @router.get("/site/document.js")
    def marking() -> FileResponse:
        return FileResponse(_HERE / "static/document.js")
