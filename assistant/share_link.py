"""A firm's facts in the fragment of an address: it opens the same matching on another device, unseen by the server.

`#match=` and base64url (no padding) of zlib-compressed JSON `{key: text}`; browsers unpack it with
`DecompressionStream("deflate")`.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping

from assistant.errors import InputError

_LARGEST = 64 * 1024
_KEY = "match="


def encode_facts(facts: Mapping[str, str]) -> str:
    """The facts as text that an address can carry; the same facts give the same text."""
    plain = json.dumps(dict(sorted(facts.items())), ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(plain.encode(), 9)).rstrip(b"=").decode("ascii")


def decode_facts(text: str) -> dict[str, str]:
    """The facts of such a text, with or without `#match=` before it; raises InputError for any other text."""
    code = text.removeprefix("#").removeprefix(_KEY)
    try:
        packed = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(packed, _LARGEST)
        if not unpacking.eof:
            raise ValueError("cut short, or larger than any firm's facts")
        facts = json.loads(plain)
    except (ValueError, binascii.Error, zlib.error, RecursionError) as error:
        raise InputError("这个链接里的企业情况读不出来：请重新扫码，或重新填写。") from error
    if not isinstance(facts, dict) or not all(isinstance(value, str) for value in facts.values()):
        raise InputError("这个链接里的企业情况读不出来：请重新扫码，或重新填写。")
    return facts


def match_url(public_url: str, facts: Mapping[str, str]) -> str:
    """The address that opens the matching of these facts."""
    return f"{public_url.rstrip('/')}/#{_KEY}{encode_facts(facts)}"
