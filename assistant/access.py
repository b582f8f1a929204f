"""Who may call: keys of other programs, and the sites that embed Wence."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal, get_args
from urllib.parse import urlsplit

from pydantic import Field

from assistant.errors import InputError
from assistant.models import Frozen

Scope = Literal["ask", "search", "match", "documents", "mcp", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
# What a key may do that is given no scopes: everything but to change who may call.
USUAL_SCOPES: tuple[Scope, ...] = tuple(scope for scope in SCOPES if scope != "admin")
KEY_PREFIX, SITE_TOKEN_PREFIX = "wence_", "wst_"
_ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+", re.IGNORECASE)


class Key(Frozen):
    """What a key of a program may do; of the key itself only a hash is kept."""

    id: str
    name: str
    scopes: tuple[Scope, ...] = USUAL_SCOPES
    per_minute: int | None = Field(default=None, description="requests a minute; None: as set for all keys")
    created_at: datetime
    revoked_at: datetime | None = None


class Branding(Frozen):
    """How the chat looks on a site."""

    title: str | None = Field(default=None, max_length=40)
    greeting: str | None = Field(default=None, max_length=200)
    colour: str | None = Field(default=None, pattern=r"^#[0-9a-fA-F]{6}$")


class Site(Frozen):
    """A page elsewhere that embeds Wence: from which origins, about what, how often."""

    public_id: str
    name: str
    origins: tuple[str, ...]
    region: str | None = Field(default=None, description="where questions are about, if they name no place")
    programmes: tuple[str, ...] = Field(default=(), description="the programmes shown; empty: all")
    daily_limit: int = Field(default=2000, ge=1, description="questions a day")
    branding: Branding = Branding()
    rotation: int = Field(default=1, description="counts the secrets; what an earlier one signed is void")
    created_at: datetime
    revoked_at: datetime | None = None


def exact_origin(text: str) -> str:
    """An origin as browsers send it; raises InputError for anything else."""
    parts = urlsplit(text.strip())
    plain = f"{parts.scheme}://{parts.netloc}".lower()
    if not _ORIGIN.fullmatch(plain) or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise InputError(f"{text} 不是网站来源：请写成 https://www.example.gov.cn 的样子，不带路径和星号。")
    default = {"http": ":80", "https": ":443"}[parts.scheme.lower()]
    return plain.removesuffix(default)
