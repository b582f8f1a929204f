"""Plain text → `Reading`, in whatever encoding it comes."""

from __future__ import annotations

import re

from charset_normalizer import from_bytes

from assistant.errors import SourceError
from assistant.text import simplify
from ingest.readers.lines import paragraphs
from ingest.reading import Block, Reading

_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_CHINESE_ENCODINGS = ["utf_8", "gb18030", "big5", "utf_16"]
_DECLARED = re.compile(rb"<(?:meta[^>]+|\\?xml[^>]+)(?:charset|encoding)=[\"']?([\w-]+)", re.I)
_WIDTHS = (18, 90)  # characters to a line in texts with lines cut at a width
_FULL = 0.85
_BROKEN = re.compile("[\ufffd\ue000-\uf8ff\x80-\x9f]")
_MOST_BROKEN = 0.005  # of a text's characters; more is another encoding, or a text that was broken before
_LEAST_COMMON = 0.5  # of its Chinese characters in the common half of GB 2312; real text has nine in ten


def decode(data: bytes) -> str:
    """Bytes to text; raises SourceError for what is not text, or is text in no encoding that we know."""
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
        return _likeliest(data)


def _likeliest(data: bytes) -> str:
    """The reading of all that come into question that looks most like Chinese text; what a page declares may be wrong."""
    named = _DECLARED.search(data[:4096])
    names = [_superset(named[1].decode())] if named else []
    texts = []
    for name in dict.fromkeys([*names, "gb18030", "utf-8", "big5"]):
        try:
            texts.append(data.decode(name, errors="replace"))
        except LookupError:
            continue
    best = max(texts, key=_likeness)
    if _likeness(best) > 0:
        return best
    guessed = from_bytes(data, cp_isolation=_CHINESE_ENCODINGS if not named else None).best()
    if guessed is not None and broken_share(str(guessed)) <= _MOST_BROKEN:
        return str(guessed)
    raise SourceError("认不出文本的编码，读出来是乱码：请用记事本或浏览器打开，另存为 UTF-8 后再试。")


def _superset(name: str) -> str:
    """GB2312 in pages means its superset GB 18030."""
    return "gb18030" if name.lower() in ("gb2312", "gbk", "gb18030", "x-gbk") else name


def broken_share(text: str) -> float:
    """Share of the visible characters that are no characters: U+FFFD, private use, controls."""
    visible = "".join(text.split())
    return len(_BROKEN.findall(visible)) / len(visible) if visible else 0.0


def _likeness(text: str) -> float:
    """How much a text looks like Chinese: its share of common characters; 0 where too much of it is broken."""
    broken = broken_share(text)
    if broken > _MOST_BROKEN * 4:
        return 0.0
    han = [c for c in text[:20_000] if "\u4e00" <= c <= "\u9fff"]
    if len(han) < 4:
        return 0.1 - broken if broken <= _MOST_BROKEN else 0.0
    common = sum(1 for c in simplify("".join(han)) if is_common(c)) / len(han)
    return common - 20 * broken if common >= _LEAST_COMMON else 0.0


def is_common(char: str) -> bool:
    """Whether a character stands in level 1 of GB 2312 (its 3755 most used)."""
    try:
        return 0xB0 <= char.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


def read_plain(text: str) -> Reading:
    """Each non-empty line is a block; where lines are wrapped at a width, those that go on are joined."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    visible = sum(len("".join(x.split())) for x in lines)
    longest = max(map(len, lines), default=0)
    blocks = (
        tuple(paragraphs(lines, longest)) if _is_wrapped(lines, longest) else tuple(Block(x) for x in lines)
    )
    return Reading(blocks, visible=visible)


def _is_wrapped(lines: list[str], longest: int) -> bool:
    """Whether lines are cut at a width: many are nearly as long as the longest, and most of those end amid a sentence."""
    full = [line for line in lines if len(line) >= _FULL * longest]
    cut = [line for line in full if line[-1] not in "。！？；：，、.!?;:"]
    return (
        _WIDTHS[0] <= longest <= _WIDTHS[1]
        and len(full) >= max(4, 0.3 * len(lines))
        and len(cut) > 0.5 * len(full)
    )


def _is_utf16(data: bytes) -> bool:
    """UTF-16 without a mark: markup or ASCII makes every other byte of the beginning zero."""
    head = data[:200]
    return len(head) >= 20 and (
        head[1::2].count(0) > 0.8 * len(head[1::2]) or head[::2].count(0) > 0.8 * len(head[::2])
    )
