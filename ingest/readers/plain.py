"""Plain text → `Reading`, in whatever encoding it comes."""

from __future__ import annotations

import re

from charset_normalizer import from_bytes

from assistant.errors import SourceError
from ingest.reading import Block, Reading

_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_CHINESE_ENCODINGS = ["utf_8", "gb18030", "big5", "utf_16"]
_DECLARED = re.compile(rb"<(?:meta[^>]+|\\?xml[^>]+)(?:charset|encoding)=[\"']?([\w-]+)", re.I)


def decode(data: bytes) -> str:
    """Bytes to text; raises SourceError for what is not text."""
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    if _is_utf16(data):
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", errors="replace")
    if b"\0" in data:
        raise SourceError("内容是二进制，不是文本：请另存为 UTF-8 文本，或用正确的扩展名。")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if named := _DECLARED.search(data[:4096]):
            return _as_named(data, named[1].decode())
        best = from_bytes(data, cp_isolation=_CHINESE_ENCODINGS).best()
    if best is None:
        raise SourceError("认不出文本的编码：请另存为 UTF-8 后再试。")
    return str(best)


def read_plain(text: str) -> Reading:
    """Each non-empty line is a block."""
    return Reading(tuple(Block(line.strip()) for line in text.splitlines() if line.strip()))


def _is_utf16(data: bytes) -> bool:
    """UTF-16 without a mark: markup or ASCII makes every other byte of the beginning zero."""
    head = data[:200]
    return len(head) >= 20 and (
        head[1::2].count(0) > 0.8 * len(head[1::2]) or head[::2].count(0) > 0.8 * len(head[::2])
    )


def _as_named(data: bytes, encoding: str) -> str:
    """As the page says it is written; GB2312 in pages means its superset GB 18030."""
    encoding = "gb18030" if encoding.lower() in ("gb2312", "gbk", "gb18030") else encoding
    try:
        return data.decode(encoding, errors="replace")
    except LookupError as error:
        raise SourceError(f"网页声明的编码 {encoding} 不存在：请另存为 UTF-8 后再试。") from error
