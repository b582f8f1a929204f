"""The address that links, codes and snippets carry: the one set, else the one by which the request reached us."""

from __future__ import annotations

import re

from starlette.requests import HTTPConnection

from assistant.settings import Settings
from assistant.web.callers import own_origin

# The header is the caller's own writing, and its address goes into lines of HTML to copy.
_ORIGIN = re.compile(r"https?://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE)


def public_address(settings: Settings, request: HTTPConnection | None) -> str:
    """The address for what a request is answered with, without a slash at its end."""
    if settings.has_public_url or request is None:
        return settings.public_url.rstrip("/")
    origin = own_origin(request.scope)
    return origin if _ORIGIN.fullmatch(origin) else settings.public_url.rstrip("/")
