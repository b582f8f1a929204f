"""Pages elsewhere that embed Wence: session tokens bound to their origin, and the page for an iframe."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from assistant.access import Branding, Site
from assistant.site_tokens import TOKEN_SECONDS, TokenError, context_secret, issue, read_context
from assistant.web.callers import is_same_origin
from assistant.wiring import Application

_NO_SITE = "没有这个网站，或已停用：请管理员用 wence site list 核对编号。"
_PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>问策</title>
</head>
<body>
<script src="/widget.js" data-inline="1"{options} async></script>
</body>
</html>
"""


class TokenBody(BaseModel):
    """What a page sends for a session token; everything may be left out."""

    context: str | None = Field(
        default=None,
        max_length=16_000,
        description="a JWT (HS256) signed by the site's own server with the site's secret: "
        '{"facts": {"key": "text"}, "exp": seconds since 1970, at most a day ahead}',
    )


class SiteInfo(BaseModel):
    """What a page needs to know of its site."""

    name: str
    region: str | None
    programmes: list[str]
    branding: Branding


class SessionToken(BaseModel):
    """A session token for `Authorization: Bearer`; it holds for the page's origin only."""

    token: str
    expires_in: int = Field(description="seconds")
    facts: dict[str, str] = Field(description="what the site's own server says of the firm")
    site: SiteInfo


def add_sites(router: APIRouter, application: Application, public_origins: frozenset[str]) -> None:
    """Add the routes."""
    access = application.access

    @router.post("/api/sites/{public_id}/token")
    def token(public_id: str, request: Request, body: TokenBody | None = None) -> SessionToken:
        """A short-lived token for a page of the site, if the page's origin is allowed."""
        site = _site(application, public_id)
        origin = request.headers.get("origin")
        if not origin or not (origin in site.origins or is_same_origin(request.headers)):
            raise HTTPException(
                403, "这个网页的来源没有登记：请管理员核对 wence site list 里的来源（须完全一致）。"
            )
        now, facts = datetime.now(UTC), {}
        if body and body.context:
            try:
                facts = read_context(body.context, context_secret(access.master, site), now)
            except TokenError as error:
                raise HTTPException(401, str(error)) from error
        return SessionToken(
            token=issue(access.master, site, origin, facts, now),
            expires_in=TOKEN_SECONDS,
            facts=facts,
            site=SiteInfo(
                name=site.name,
                region=site.region,
                programmes=list(site.programmes),
                branding=site.branding,
            ),
        )

    @router.api_route("/embed", methods=["GET", "HEAD"], response_class=HTMLResponse, include_in_schema=False)
    def embed(site: str | None = None) -> HTMLResponse:
        known = _site(application, site) if site else None
        origins = known.origins if known else tuple(sorted(public_origins))
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
            f"base-uri 'none'; form-action 'none'; frame-ancestors {' '.join(framed_by(origins))}"
        )
        page = _PAGE.format(options=_options(known) if known else "")
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})


def framed_by(origins: tuple[str, ...]) -> tuple[str, ...]:
    """Who may frame a page: the origins, and our own pages."""
    return ("*",) if "*" in origins else ("'self'", *origins)


def _options(site: Site) -> str:
    """The site's options as attributes of the script."""
    options = {
        "site": site.public_id,
        "title": site.branding.title,
        "greeting": site.branding.greeting,
        "programmes": ",".join(site.programmes),
        "region": site.region,
    }
    return "".join(f' data-{name}="{escape(value)}"' for name, value in options.items() if value)


def _site(application: Application, public_id: str) -> Site:
    site = application.access.site(public_id)
    if site is None:
        raise HTTPException(404, _NO_SITE)
    return site
