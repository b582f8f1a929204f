"""Signed words between a site's page, its server and us: session tokens and host contexts, both JWT (HS256).

A session token holds for one origin and some minutes; a host context is what the site's own server says of the firm
that is logged in there. Each site's secrets are derived from one master secret and a counter, so that rotating voids
all that was signed before.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from pydantic import TypeAdapter, ValidationError

from assistant.access import SITE_TOKEN_PREFIX, Site
from assistant.errors import WenceError

TOKEN_SECONDS = 900
_ALGORITHM = "HS256"
_LEEWAY = timedelta(seconds=30)
_LONGEST_CONTEXT = timedelta(days=1)
_facts = TypeAdapter(dict[str, str])


class TokenError(WenceError):
    """A token that does not hold; `foreign` when it was given to a page of another origin."""

    def __init__(self, text: str, foreign: bool = False) -> None:
        super().__init__(text)
        self.foreign = foreign


def context_secret(master: bytes, site: Site) -> str:
    """What the site's own server signs host contexts with; never in a page."""
    return _derived(master, "context", site).hex()


def issue(master: bytes, site: Site, origin: str, facts: Mapping[str, str], now: datetime) -> str:
    """A session token for a page of an origin."""
    claims = {
        "sub": site.public_id,
        "origin": origin,
        "exp": now + timedelta(seconds=TOKEN_SECONDS),
        "facts": dict(facts),
    }
    return SITE_TOKEN_PREFIX + jwt.encode(claims, _derived(master, "session", site), algorithm=_ALGORITHM)


def site_of(token: str) -> str | None:
    """Which site a token says it is of; nothing is verified yet."""
    try:
        claims = jwt.decode(token.removeprefix(SITE_TOKEN_PREFIX), options={"verify_signature": False})
    except jwt.PyJWTError:
        return None
    return claims.get("sub") if isinstance(claims.get("sub"), str) else None


def read(master: bytes, token: str, site: Site, origin: str | None, now: datetime) -> dict[str, str]:
    """The facts in a session token; raises TokenError when it is forged, expired, or of another origin."""
    claims = _verified(token.removeprefix(SITE_TOKEN_PREFIX), _derived(master, "session", site), now)
    if not origin or claims.get("origin") != origin:
        raise TokenError("这个会话令牌是给另一个网站的：请在原网站里使用。", foreign=True)
    return _facts_in(claims)


def read_context(context: str, secret: str, now: datetime) -> dict[str, str]:
    """The facts a site's own server vouches for; raises TokenError when forged, expired or good for too long."""
    claims = _verified(context, secret.encode(), now)
    if datetime.fromtimestamp(claims["exp"], UTC) - now > _LONGEST_CONTEXT + _LEEWAY:
        raise TokenError("网站签名的企业情况有效期太长：exp 请不超过 24 小时。")
    return _facts_in(claims)


def _verified(text: str, secret: bytes, now: datetime) -> dict[str, Any]:
    """The claims of a JWT signed with the secret and not expired."""
    options: Any = {"require": ["exp"], "verify_exp": False, "verify_iat": False, "verify_nbf": False}
    try:
        claims: dict[str, Any] = jwt.decode(text, secret, algorithms=[_ALGORITHM], options=options)
        expires = datetime.fromtimestamp(int(claims["exp"]), UTC)
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, OSError) as error:
        raise TokenError("令牌的签名不对：请刷新页面后再试。") from error
    if expires + _LEEWAY <= now:
        raise TokenError("令牌已过期：请刷新页面后再试。")
    return claims


def _facts_in(claims: Mapping[str, Any]) -> dict[str, str]:
    try:
        return _facts.validate_python(claims.get("facts", {}))
    except ValidationError as error:
        raise TokenError("网站签名的企业情况不可用：facts 须是“键: 文字”的对象。") from error


def _derived(master: bytes, purpose: str, site: Site) -> bytes:
    message = f"{purpose}:{site.public_id}:{site.rotation}".encode()
    return hmac.new(master, message, hashlib.sha256).digest()
