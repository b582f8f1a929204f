"""Text → the texts it may hide: the same message in other encodings, alphabets or orders."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes

from assistant.text import fold

_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{2,6}\U000e007f")  # of England and the like: no message
_BIDI = re.compile("\u202e([^\u202c\u202e\n]*)\u202c?")
_FORMATS = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef]"
)
# Letters in boxes and circles that compatibility folding leaves alone.
_BOXED = {start + i: chr(97 + i) for start in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6) for i in range(26)}
_ALIKE = {
    **dict(zip("аеорсухіјѕԁһкмнтвԛԝ", "aeopcyxijsdhkmhtbqw", strict=True)),
    **dict(zip("αοερτνικυηω", "aoeptvikunw", strict=True)),
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɡı", "abcdefghijklmnoprstuvwyzgi", strict=True)),
}
_LOOKALIKES = str.maketrans(_ALIKE)
_MIXED_WORD = re.compile(r"\w*[" + "".join(_ALIKE) + r"]\w*")
_LATIN = re.compile(r"[a-z]")

_SEPARATOR = r"[\s。·•.\-_*|/\\,、+~^=]"
_SPACED_HAN = re.compile(rf"(?:[\u4e00-\u9fff]{_SEPARATOR}{{1,2}}){{3,}}[\u4e00-\u9fff]")
_SPACED_LATIN = re.compile(r"(?<![a-z])(?:[a-z][ .\-_*|/·]){3,}[a-z](?![a-z])")
# Words of orders that betray a message written backwards or in rot13.
_CORE = (
    "ignore reply print output system prompt answer instruction rules forget repeat previous reveal "
    "忽略 无视 忘记 回复 回答 输出 执行 打印 指令 规则 提示词 加上 照做 扮演"
).split()
_BACKWARDS = re.compile("|".join(re.escape(word[::-1]) for word in _CORE))
_ROT13 = re.compile("|".join(re.escape(codecs.encode(w, "rot13")) for w in _CORE if w.isascii()))
_LEET_WORD = re.compile(r"(?<![\w.])(?=[\w@$!]*[a-z])(?=[\w@$!]*[0134578@$!])[a-z0134578@$!]{2,}(?![\w%])")
_LEET = str.maketrans("0134578@$!", "oieastbasi")
_PINYIN_WORD = re.compile(
    r"(?<![a-z])(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?[aeiouvü]{1,3}(?:ng?|r)?[1-5]?(?![a-z])"
)
_MANY_LEET, _MANY_SYLLABLES = 3, 4

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}={0,2}")
_BASE32 = re.compile(r"(?<![A-Z2-7])[A-Z2-7]{16,}={0,6}(?![A-Za-z0-9])")
_HEX = re.compile(r"(?:(?:\\x|0x)?[0-9a-fA-F]{2}[\s:,]?){8,}")
_BITS = re.compile(r"(?:[01]{8}[\s,]?){4,}")
_CODES = re.compile(r"(?:(?<!\d)\d{2,3}[\s,]+){7,}\d{2,3}(?!\d)")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2}[\w.\-]*){3,}")
_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4}[^\\]?){2,}")
_ENTITIES = re.compile(r"(?:&#x?[0-9a-fA-F]{2,6};){3,}")


def plain(text: str) -> tuple[str, list[str]]:
    """What a reader sees, and the texts written so that none is seen or is seen backwards.

    Width and letter shapes take their usual form (NFKC); characters without a shape go.
    """
    text = _FLAG.sub("", text)
    hidden = ["".join(chr(ord(c) - 0xE0000) for c in found) for found in _TAGS.findall(text)]
    hidden += [found[::-1] for found in _BIDI.findall(text)]
    seen = _FORMATS.sub("", _BIDI.sub("\n", text)).translate(_BOXED)
    seen = unicodedata.normalize("NFKC", seen)
    seen = "".join(c for c in seen if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Co"))
    return seen.replace("\t", " ").strip(), [fold(h) for h in hidden if len(h) > 1]


def respelt(folded: str) -> Iterator[str]:
    """A folded text spelt as it was meant: without gaps, foreign letters or digits for letters, read backwards, rot13."""
    close = _SPACED_HAN.sub(lambda m: re.sub(_SEPARATOR, "", m[0]), folded)
    close = _SPACED_LATIN.sub(lambda m: re.sub(r"[ .\-_*|/·]", "", m[0]), close)
    spelt = _without_marks(_MIXED_WORD.sub(_latin_word, close))
    if spelt != folded:
        yield spelt
    if _BACKWARDS.search(folded):
        yield folded[::-1]
    if _ROT13.search(folded):
        yield codecs.encode(folded, "rot13")
    if len(_LEET_WORD.findall(spelt)) >= _MANY_LEET:
        yield _LEET_WORD.sub(lambda m: m[0].translate(_LEET), spelt)
        yield _LEET_WORD.sub(lambda m: m[0].replace("1", "l").translate(_LEET), spelt)


def pinyin(folded: str) -> str:
    """The syllables of Chinese typed in Latin letters, run together; empty where there are few of them."""
    found = _PINYIN_WORD.findall(_without_marks(folded))
    return "".join(s.rstrip("12345") for s in found) if len(found) >= _MANY_SYLLABLES else ""


def decoded(text: str) -> list[str]:
    """The readable texts that stand encoded in `text` (before folding: letter case matters), two layers deep."""
    found: list[str] = []
    layer = [text]
    for _ in range(2):
        layer = [t for part in layer for t in _one_layer(part)]
        found += layer
    return list(dict.fromkeys(fold(t) for t in found))


def _one_layer(text: str) -> Iterator[str]:
    for pattern, decode in _DECODERS:
        for match in pattern.finditer(text):
            result = decode(match[0])
            if result and _is_readable(result):
                yield result


def _from_base64(token: str) -> str | None:
    token = token.rstrip("=").replace("-", "+").replace("_", "/")
    return _text(lambda: base64.b64decode(token + "=" * (-len(token) % 4)))


def _from_base32(token: str) -> str | None:
    token = token.rstrip("=")
    return _text(lambda: base64.b32decode(token + "=" * (-len(token) % 8)))


def _from_hex(token: str) -> str | None:
    return _text(lambda: bytes.fromhex(re.sub(r"\\x|0x|[\s:,]", "", token)))


def _from_bits(token: str) -> str | None:
    bits = re.sub(r"\D", "", token)
    return _text(lambda: int(bits, 2).to_bytes(len(bits) // 8, "big"))


def _from_codes(token: str) -> str | None:
    return _text(lambda: bytes(int(n) for n in re.findall(r"\d+", token)))


def _from_percent(token: str) -> str | None:
    return _text(lambda: unquote_to_bytes(token))


def _from_escapes(token: str) -> str | None:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), token)


def _text(decode: Callable[[], bytes]) -> str | None:
    try:
        return decode().decode("utf-8")
    except (ValueError, binascii.Error):
        return None


_DECODERS: tuple[tuple[re.Pattern[str], Callable[[str], str | None]], ...] = (
    (_BASE64, _from_base64),
    (_BASE32, _from_base32),
    (_BITS, _from_bits),
    (_HEX, _from_hex),
    (_CODES, _from_codes),
    (_PERCENT, _from_percent),
    (_ESCAPES, _from_escapes),
    (_ENTITIES, html.unescape),
)


def _is_readable(text: str) -> bool:
    """Letters and usual punctuation only: chance decodings of numbers and names are not."""
    usual = sum(
        (c.isascii() and c.isprintable()) or "\u4e00" <= c <= "\u9fff" or c in "，。！？：；“”、\n"
        for c in text
    )
    letters = sum(c.isalpha() for c in text)
    return len(text) >= 4 and usual >= 0.95 * len(text) and letters >= 0.5 * len(text)


def _latin_word(match: re.Match[str]) -> str:
    """A word that mixes alphabets in Latin; one all in another alphabet is left, it is that language."""
    word = match[0]
    in_latin = word.translate(_LOOKALIKES)
    small_capitals = any("\u1d00" <= c <= "\u1d7f" or c in "ʙɢʜɪɴʀʏʟꜰꜱ" for c in word)
    return in_latin if _LATIN.search(word) or small_capitals else word


def _without_marks(text: str) -> str:
    if text.isascii() or not any("\u00c0" <= c <= "\u036f" or "\u1e00" <= c <= "\u1eff" for c in text):
        return text
    marked = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", marked))
