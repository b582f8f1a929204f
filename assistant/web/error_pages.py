"""An error as a page, where a person's browser opened an address; programs and scripts read it as it was sent."""

from __future__ import annotations

import json

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.models import Language
from assistant.text import traditional
from assistant.web.pages_environment import TAGS, Words, templates

_DATA = ("/api/", "/v1/", "/mcp", "/site/", "/gradio_api/", "/staff/gradio_api/")
_KINDS = {"/a/": "answer", "/e/": "event", "/events/": "event", "/documents/": "document"}
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'self'"
)
_TRADITIONAL = ("hant", "tw", "hk", "mo", "yue")


def language_asked(header: str) -> Language:
    """The language of ours that a browser prefers (Accept-Language); Chinese where it names none."""
    offers = []
    for place, offer in enumerate(header.lower().split(",")):
        tag, _, weight = offer.strip().partition(";q=")
        try:
            offers.append((-float(weight or 1), place, tag.split("-")))
        except ValueError:
            continue
    for _, _, parts in sorted(offers):
        if parts[0] == "en":
            return "en"
        if parts[0] in ("zh", "yue"):
            # A script that is named decides, whatever the region: zh-Hans-HK is Simplified.
            return "zh-Hant" if "hans" not in parts and not {*parts}.isdisjoint(_TRADITIONAL) else "zh"
    return "en" if any(parts[0] not in ("", "*") for _, _, parts in offers) else "zh"


class ErrorPages:
    """Sends a page in place of an error in JSON, with its status, to browsers that open an address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if not _is_opened(scope):
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = b""

        async def paged(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_error_as_data(message):
                start = message
            elif not start:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    page = _page(scope, start["status"], body)
                    own = page.headers.keys()
                    page.raw_headers += [pair for pair in start["headers"] if pair[0].decode() not in own]
                    await page(scope, receive, send)

        await self._app(scope, receive, paged)


def _is_opened(scope: Scope) -> bool:
    """Whether a person's browser opens a page: it asks for HTML, which no script of ours does."""
    if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(_DATA):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def _is_error_as_data(message: Message) -> bool:
    kind = Headers(raw=message["headers"]).get("content-type", "")
    return bool(message["status"] >= 400 and "json" in kind)


def _page(scope: Scope, status: int, body: bytes) -> HTMLResponse:
    language = language_asked(Headers(scope=scope).get("accept-language", ""))
    say = Words("error.yaml", language)
    kind = next((kind for start, kind in _KINDS.items() if scope["path"].startswith(start)), "page")
    if status not in (404, 422):  # a version that is no number is none of the paper's
        kind = "other"
    # Only Chinese readers can read the mend that an error tells.
    detail = _detail(body) if kind == "other" and language != "en" else ""
    page = templates.get_template("error.html").render(
        title=say(f"{kind}_title"),
        text=(traditional(detail) if language == "zh-Hant" else detail) or say(f"{kind}_text"),
        say=say,
        lang=TAGS[language],
    )
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
        "Vary": "Accept, Accept-Language",
    }
    return HTMLResponse(page, status, headers)


def _detail(body: bytes) -> str:
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    return str(told.get("detail", "")) if isinstance(told, dict) else ""
