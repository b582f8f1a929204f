"""Bodies with a tag: who has them already is told so in a word (ETag, If-None-Match)."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from fastapi import Header
from starlette.responses import Response

Seen = Annotated[str | None, Header(alias="If-None-Match", max_length=4000)]
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "the caller has it already"}}


def fresh(body: bytes, kind: str, seen: str | None, cached: str) -> Response:
    """The body; nothing where the caller has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": cached}
    tags = [part.strip().removeprefix("W/") for part in (seen or "").split(",")]
    if tag in tags or "*" in tags:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)


def fresh_json(value: Any, seen: str | None) -> Response:
    """A value as JSON that callers ask for again and again: it is checked each time, and sent when it changed."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return fresh(body, "application/json", seen, "no-cache")
