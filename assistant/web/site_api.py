"""Sites managed by other programs: listed, registered, changed, given new secrets, ended; with a key of the scope `admin`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, Field

from assistant.access import Branding, Site
from assistant.bounds import check_limits
from assistant.site_tokens import context_secret
from assistant.web.addresses import public_address
from assistant.web.callers import caller_of
from assistant.wiring import Application

_NO_SITE = "没有这个网站，或已停用：编号见 GET /api/sites。"
Short = Annotated[str, Field(min_length=1, max_length=200)]
Origins = Annotated[
    list[Short], Field(min_length=1, max_length=50, examples=[["https://www.park.example.cn"]])
]
Programmes = Annotated[list[Short], Field(max_length=500, examples=[["sz-corpus-voucher"]])]
Daily = Annotated[int, Field(ge=1, le=10_000_000, description="questions a day", examples=[2000])]


class SiteBody(BaseModel):
    """A new site."""

    name: Short = Field(examples=["园区门户"])
    origins: Origins
    region: Short | None = Field(
        default=None, examples=["深圳市南山区"], description="what questions are about"
    )
    programmes: Programmes = Field(default=[], description="the only ones answered about; empty: all")
    daily_limit: Daily = 2000
    branding: Branding = Branding()


class SiteChange(BaseModel):
    """What changes of a site; what is left out stays."""

    name: Short = Field(default="", examples=["园区门户"])
    origins: Origins = []
    region: Short | None = None
    programmes: Programmes = []
    daily_limit: Daily = 2000
    branding: Branding = Branding()


class SiteSecret(Site):
    """A site with what its server signs host contexts with, and the line for its pages."""

    secret: str = Field(description="for the site's own server only, never in a page")
    snippet: str


def add_site_api(router: APIRouter, application: Application) -> None:
    """Add the routes."""
    access = application.access
    routes = APIRouter(prefix="/api/sites", dependencies=[Depends(_is_admin)])

    @routes.get("")
    def listed() -> list[Site]:
        """All sites, ended ones too, oldest first."""
        return access.sites()

    @routes.post("", status_code=201)
    def register(body: SiteBody, request: Request) -> SiteSecret:
        """Register a site: its origins, what it answers about, how often a day."""
        check_limits(body.region, body.programmes, application.knowledge)
        site = access.add_site(
            body.name, body.origins, body.region, body.programmes, body.daily_limit, body.branding
        )
        return _with_secret(application, request, site)

    @routes.get("/{public_id}")
    def one(public_id: str) -> Site:
        """A site."""
        return _site(application, public_id)

    @routes.patch("/{public_id}")
    def change(public_id: str, body: SiteChange) -> Site:
        """Change what is sent; it counts from the next call on."""
        _site(application, public_id)
        check_limits(body.region, body.programmes, application.knowledge)
        changes: dict[str, Any] = body.model_dump(exclude_unset=True)
        return access.change_site(public_id, changes)

    @routes.post("/{public_id}/rotate")
    def rotate(public_id: str, request: Request) -> SiteSecret:
        """New secrets; tokens and host contexts signed with the old ones are void at once."""
        _site(application, public_id)
        return _with_secret(application, request, access.rotate_site(public_id))

    @routes.delete("/{public_id}", status_code=204)
    def revoke(public_id: str) -> None:
        """End a site; it gets no more tokens, and those it has are void at once."""
        _site(application, public_id)
        access.revoke_site(public_id)

    router.include_router(routes)


def _is_admin(request: Request) -> None:
    """Only a key opens this: a page, even one of ours, has none."""
    key = caller_of(request).key
    if key is None or "admin" not in key.scopes:
        raise HTTPException(
            401,
            "管理网站须有 admin 范围的密钥：请用 wence key add 名称 --scope admin 新建。",
            {"WWW-Authenticate": "Bearer"},
        )


def _site(application: Application, public_id: str) -> Site:
    site = application.access.site(public_id)
    if site is None:
        raise HTTPException(404, _NO_SITE)
    return site


def _with_secret(application: Application, request: Request, site: Site) -> SiteSecret:
    address = public_address(application.settings, request)
    return SiteSecret(
        **site.model_dump(),
        secret=context_secret(application.access.master, site),
        snippet=f'<script src="{address}/widget.js" data-site="{site.public_id}" async></script>',
    )
