"""`Request → Caller`: a page of ours, a program with a key, a site's page with a token, or anyone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope as Request

from assistant.access import KEY_PREFIX, SITE_TOKEN_PREFIX, Key, Scope, Site
from assistant.access_store import AccessStore
from assistant.bounds import Bounds
from assistant.site_tokens import TokenError, read, site_of
from assistant.web.problems import Problem, problem_of

_NEEDS_NO_KEY = re.compile(r"/api/(?:sites/[^/]+/token|widget)")
_EVENTS = re.compile(r"/api/answers/[^/]+/events")
_SCOPES: tuple[tuple[str, Scope], ...] = (
    ("/api/search", "search"),
    ("/api/documents", "documents"),
    ("/api/match", "match"),
    ("/api/facts", "match"),
    ("/api/programmes", "match"),
    ("/mcp", "mcp"),
    ("/api/sites", "admin"),
)


@dataclass(frozen=True)
class Caller:
    """Who calls, as far as it is known; `facts` is what a site's own server says of the firm."""

    network: str
    key: Key | None = None
    site: Site | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def bounds(self) -> Bounds:
        """What the site that calls is limited to."""
        return Bounds.of(self.site)


def caller_of(request: HTTPConnection) -> Caller:
    """Who calls, as the guard has found."""
    found: Caller = request.scope["state"]["caller"]
    return found


class Callers:
    """Tells who calls, and refuses who may not."""

    def __init__(self, access: AccessStore, public_origins: frozenset[str], require_key: bool) -> None:
        self._access, self._public, self._require_key = access, public_origins, require_key

    def allows(self, origin: str) -> bool:
        """Whether a page of this origin may call at all; a token may allow less."""
        return "*" in self._public or origin in self._public or origin in self._access.origins()

    def identify(self, scope: Request) -> Caller | Problem:
        """Who calls, or why the call is refused."""
        headers, path = Headers(scope=scope), scope["path"]
        network = _network(scope)
        token = _bearer(headers) or _query_token(scope)
        if token.startswith(SITE_TOKEN_PREFIX):
            return self._of_site(token, headers, scope, network)
        if token.startswith(KEY_PREFIX):
            return self._of_key(token, path, network)
        if _NEEDS_NO_KEY.fullmatch(path) or is_same_origin(headers):
            return Caller(network)
        if self._require_key:
            return problem_of(
                401, "这里需要密钥：请带上 Authorization: Bearer，密钥由管理员用 wence key add 发给。"
            )
        origin = headers.get("origin")
        if origin and "*" not in self._public and origin not in self._public:
            return problem_of(403, "这个网站没有登记，不能调用：请管理员用 wence site add 登记它的来源。")
        return Caller(network)

    def _of_key(self, text: str, path: str, network: str) -> Caller | Problem:
        key = self._access.key_of(text)
        if key is None:
            return problem_of(401, "密钥不对或已停用：请向管理员要新的。")
        open_to_all = _NEEDS_NO_KEY.fullmatch(path)
        found = (scope for start, scope in _SCOPES if path.startswith(start) and not open_to_all)
        needed = next(found, "ask")
        if needed not in key.scopes:
            return problem_of(403, f"这个密钥没有 {needed} 范围：请管理员另发一个。")
        return Caller(network, key=key)

    def _of_site(self, token: str, headers: Headers, scope: Request, network: str) -> Caller | Problem:
        site = self._access.site(site_of(token) or "")
        if site is None:
            return problem_of(401, "会话令牌不对，或这个网站已停用：请刷新页面后再试。")
        origin = headers.get("origin") or (own_origin(scope) if is_same_origin(headers) else None)
        try:
            facts = read(self._access.master, token, site, origin, datetime.now(UTC))
        except TokenError as error:
            return problem_of(403 if error.foreign else 401, str(error))
        return Caller(network, site=site, facts=facts)


def is_same_origin(headers: Headers) -> bool:
    """Whether a page of ours calls: browsers say so in headers that pages cannot set.

    Over plain http a browser tells of a GET nothing but where it comes from (Referer).
    """
    if site := headers.get("sec-fetch-site"):
        return site == "same-origin"
    whence = headers.get("origin") or headers.get("referer")
    return bool(whence) and urlsplit(str(whence)).netloc == headers.get("host")


def own_origin(scope: Request) -> str:
    """The origin under which this request reached us."""
    return f"{scope.get('scheme', 'http')}://{Headers(scope=scope).get('host', '')}"


def _bearer(headers: Headers) -> str:
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _query_token(scope: Request) -> str:
    """An EventSource cannot send headers: for events a site's token may stand in the address."""
    if not _EVENTS.fullmatch(scope["path"]):
        return ""
    values = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])
    return values[0] if values[0].startswith(SITE_TOKEN_PREFIX) else ""


def _network(scope: Request) -> str:
    """The address calls are counted by; of IPv6 the network that one customer has."""
    host = (scope.get("client") or ("unknown", 0))[0]
    try:
        address = ip_address(host)
    except ValueError:
        return str(host)
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)
