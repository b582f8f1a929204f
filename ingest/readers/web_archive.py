"""A web archive (.mht, and many a .doc of an office system) → its page's text."""

from __future__ import annotations

import email

from assistant.errors import SourceError
from ingest.readers.plain import decode

_LONGEST_TYPE = 2000  # characters of a part's head that says what it is


def page_of(data: bytes) -> str:
    """The HTML of the archive's page; raises SourceError when it holds none."""
    try:
        for part in email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf \t\r\n")).walk():
            if (
                len(str(part.get("Content-Type", ""))) > _LONGEST_TYPE
                or part.get_content_type() != "text/html"
            ):
                continue
            body = part.get_payload(decode=True)
            if isinstance(body, bytes) and body.strip():
                return _text(body, part.get_content_charset())
    except SourceError:
        raise
    except Exception as error:  # parts within parts without end, and what else a damaged head leads to
        raise SourceError("网页存档（MHT）已损坏：请用浏览器或 Word 打开后另存为 .docx。") from error
    raise SourceError("网页存档（MHT）里没有网页：请用浏览器或 Word 打开后另存为 .docx。")


def _text(body: bytes, charset: str | None) -> str:
    """As the part says it is written, where that is true; GB2312 means its superset GB 18030."""
    name = "gb18030" if (charset or "").lower() in ("gb2312", "gbk", "gb18030") else charset
    try:
        return body.decode(name) if name else decode(body)
    except (LookupError, UnicodeDecodeError):
        return decode(body)
