"""The embeddable chat as a file: the newest under `/widget.js`, each version for ever under `/widget/{version}.js`.

A page that pins a version with its hash (SRI) must go on working after an upgrade, so every version that was served
once is kept under WENCE_HOME.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import logging
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from assistant.settings import Settings
from assistant.web.addresses import public_address
from assistant.web.fresh import fresh

_VERSION = re.compile(r"[0-9a-f]{16}")
# A script is public; a page that checks its hash must be allowed to read it.
_PUBLIC = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


class WidgetInfo(BaseModel):
    """The embeddable chat as it is now, and what to put into a page."""

    version: str
    integrity: str = Field(description="for the attribute `integrity` of a script that pins this version")
    address: str
    snippet: str = Field(description="always the newest version")
    pinned_snippet: str = Field(description="this version and no other")


def add_widget(router: APIRouter, script: str, settings: Settings) -> Callable[[Request], WidgetInfo]:
    """Add the routes of the script, and give what tells a request what is known about it."""
    body = script.encode()
    version = hashlib.sha256(body).hexdigest()[:16]
    kept = settings.home / "widgets"
    _keep(kept / f"{version}.js", body)
    integrity = f"sha384-{base64.b64encode(hashlib.sha384(body).digest()).decode()}"

    def info(request: Request) -> WidgetInfo:
        return _info(version, integrity, public_address(settings, request))

    @router.api_route("/widget.js", methods=["GET", "HEAD"], include_in_schema=False)
    def newest(request: Request) -> Response:
        return _script(request, body, "public, max-age=300")

    @router.api_route("/widget/{version}.js", methods=["GET", "HEAD"], include_in_schema=False)
    def pinned(version: str, request: Request) -> Response:
        found = _read(kept / f"{version}.js") if _VERSION.fullmatch(version) else None
        if found is None:
            raise HTTPException(404, "没有这个版本：现在的版本见 /api/widget。")
        return _script(request, found, "public, max-age=31536000, immutable")

    @router.get("/api/widget")
    def about(request: Request) -> WidgetInfo:
        """The version of the embeddable chat, its hash for SRI, and the lines to copy."""
        return info(request)

    return info


def _info(version: str, integrity: str, address: str) -> WidgetInfo:
    pinned = f"{address}/widget/{version}.js"
    return WidgetInfo(
        version=version,
        integrity=integrity,
        address=pinned,
        snippet=f'<script src="{address}/widget.js" async></script>',
        pinned_snippet=f'<script src="{pinned}" integrity="{integrity}" crossorigin="anonymous" async></script>',
    )


def _script(request: Request, body: bytes, cached: str) -> Response:
    """The script, packed where the browser can unpack it; nothing where it has this one already."""
    is_packed = "gzip" in request.headers.get("accept-encoding", "")
    sent = _packed(body) if is_packed else body
    response = fresh(sent, "text/javascript", request.headers.get("if-none-match"), cached)
    response.headers.update({**_PUBLIC, "Vary": "Accept-Encoding"})
    if is_packed and response.body:
        response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=8)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def _keep(path: Path, body: bytes) -> None:
    """Keep a version; where that fails, pages that pin it break with the next upgrade, and the log says so."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(body)
    except OSError:
        logging.getLogger("wence").exception("a version of the widget could not be kept")


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
