"""Plain text → `Reading`, in whatever encoding it comes."""

from __future__ import annotations

from charset_normalizer import from_bytes

from assistant.errors import SourceError
from ingest.reading import Block, Reading

_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_CHINESE_ENCODINGS = ["utf_8", "gb18030", "big5", "utf_16"]


def decode(data: bytes) -> str:
    """Bytes to text; raises SourceError for what is not text."""
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    if b"\0" in data:
        raise SourceError("内容是二进制，不是文本：请另存为 UTF-8 文本，或用正确的扩展名。")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(data, cp_isolation=_CHINESE_ENCODINGS).best()
    if best is None:
        raise SourceError("认不出文本的编码：请另存为 UTF-8 后再试。")
    return str(best)


def read_plain(text: str) -> Reading:
    """Each non-empty line is a block."""
    return Reading(tuple(Block(line.strip()) for line in text.splitlines() if line.strip()))
