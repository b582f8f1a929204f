"""Ways to hurt a file: its bytes, the tokens of its markup, the members of its package, the objects of a PDF."""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from lxml import etree

_MOST = 3_000_000  # bytes of a case; what comes after is cut
_BYTES = (0x00, 0x01, 0x0A, 0x22, 0x3C, 0x3E, 0x5C, 0x7B, 0x7D, 0x7F, 0x80, 0x81, 0xFE, 0xFF)
_NUMBERS = (
    b"0", b"-1", b"1", b"2", b"7", b"255", b"65535", b"65536", b"1048576", b"2147483647", b"2147483648", b"4294967295",
    b"99999999999999999999", b"-99999999999", b"1e308", b"1e-308", b"0.0000001", b"NaN", b"inf", b"0x10", b"",
    "\u00b2".encode(), "\uff11\uff12".encode(), "\u0663".encode(), b"9" * 5000,
)  # fmt: skip
_WORDS = (
    "", " ", "局", "《", "》", "第", "（", "“", "\u3000", "\xa0", "\u200b", "\ufeff", "\ufffd", "\ue000", "\u202e",
    "\U00020bb7", "〔2031〕", "2031年", "自2031年1月1日起施行", "有效期", "至", "附件", "一、", "万元", "%", "申报时间：",
    "|", "｜", "&#x0;", "&#xD800;", "&nbsp;", "&lt;", "]]>", "<!--", "<![CDATA[", "<?", "\x0b", "\x1c", "\x85", "\u2028",
)  # fmt: skip
_TOKEN = re.compile(rb"<[^<>]{0,100000}>|[^<]+|<")
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_ATTRIBUTE = re.compile(rb"([\w:-]+)=(\"[^\"]*\"|'[^']*')")
_TAGS = (
    b"<div>", b"<p>", b"<table><tr><td>", b"<tr>", b"<td colspan='99999' rowspan='99999'>", b"<span>", b"<ul><li>",
    b"<a href='#'>", b"<font>", b"<b>", b"<pre>", b"<form>", b"<script>", b"<style>", b"<iframe src='x'>", b"<textarea>",
    b"<noscript>", b"<svg>", b"<math>", b"<select>", b"<details>", b"<body>", b"<html>", b"<br>", b"<!--", b"</div>",
    b"</table>", b"<template>",
)  # fmt: skip
_ENTITIES = (
    b"<!DOCTYPE w [<!ENTITY a 'aaaaaaaaaa'>"
    + b"".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>".encode() for n in range(9))
    + b"]>"
)
_PARTS = re.compile(rb"\d+ \d+ obj\b.*?\bendobj\s*", re.S)
_STREAM = re.compile(rb"(stream\r?\n)(.*?)(\r?\nendstream)", re.S)
_OPERATORS = (
    b"q", b"Q", b"BT", b"ET", b"0 0 m 100 100 l S", b"0 0 500 1 re f", b"(a) Tj", b"1 0 0 1 0 0 cm", b"0 Tz",
    b"3 Tr", b"/F1 0 Tf", b"/F1 1e9 Tf", b"99999 TL", b"T*", b"0 0 0 0 0 0 cm", b"1e20 0 0 1e20 0 0 Tm", b"BI ID EI", b"W n",
)  # fmt: skip

Mutation = Callable[[bytes, random.Random], bytes]


def of_bytes(data: bytes, chance: random.Random) -> bytes:
    """A few bytes turned, chunks cut, doubled, swapped, filled, or a number in the text made another."""
    hurt = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        if not hurt:
            break
        at = chance.randrange(len(hurt))
        many = min(len(hurt) - at, chance.choice((1, 2, 8, 64, 512, 4096)))
        match chance.randrange(9):
            case 0:
                hurt[at] ^= 1 << chance.randrange(8)
            case 1:
                hurt[at] = chance.choice(_BYTES)
            case 2:
                del hurt[at:]
            case 3:
                del hurt[at : at + many]
            case 4:
                hurt[at:at] = hurt[at : at + many]
            case 5:
                other = chance.randrange(len(hurt))
                a, b = hurt[at : at + many], hurt[other : other + many]
                hurt[at : at + len(a)], hurt[other : other + len(b)] = b, a
            case 6:
                hurt[at:at] = hurt[at : at + many] * chance.choice((2, 10, 300))
            case 7:
                hurt[at : at + many] = bytes([chance.choice(_BYTES)]) * many
            case 8:
                hurt = bytearray(_other_number(bytes(hurt), chance))
        del hurt[_MOST:]
    return bytes(hurt)


def spliced(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """The beginning of one file and the end of another."""
    return (data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :])[:_MOST]


def of_text(data: bytes, chance: random.Random) -> bytes:
    """Words and signs put in or said over and over, lines joined, doubled or shuffled."""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        return of_bytes(data, chance)
    for _ in range(chance.choice((1, 2, 4))):
        at = chance.randrange(len(text) + 1)
        word = chance.choice(_WORDS)
        match chance.randrange(6):
            case 0:
                text = text[:at] + word + text[at:]
            case 1:
                text = text[:at] + word * chance.choice((10, 1000, 50_000)) + text[at:]
            case 2:
                text = text.replace("\n", chance.choice(("", "\r", "\u2028", "\n\n", "\x0b", " ")))
            case 3:
                lines = text.splitlines(keepends=True)
                chance.shuffle(lines)
                text = "".join(lines)
            case 4:
                end = min(len(text), at + chance.choice((1, 10, 200)))
                text = text[:at] + text[at:end] * chance.choice((2, 100, 2000)) + text[end:]
            case 5:
                text = text.replace(chance.choice(text) if text else "a", word)
        text = text[: _MOST // 3]
    return text.encode(encoding, "replace")


def of_markup(data: bytes, chance: random.Random) -> bytes:
    """Tags dropped, doubled, moved, nested deep; attributes made huge or odd; texts made long; entities declared."""
    tokens = _TOKEN.findall(data)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        if not tokens:
            break
        at = chance.randrange(len(tokens))
        other = chance.randrange(len(tokens))
        match chance.randrange(12):
            case 0:
                del tokens[at]
            case 1:
                tokens.insert(other, tokens[at])
            case 2:
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case 3:
                first, last = sorted((at, other))
                moved = tokens[first:last]
                del tokens[first:last]
                place = chance.randrange(len(tokens) + 1)
                tokens[place:place] = moved
            case 4:
                first, last = sorted((at, min(len(tokens), at + chance.randrange(1, 40))))
                tokens[first:first] = tokens[first:last] * chance.choice((2, 20, 400))
                if sum(map(len, tokens)) > _MOST:
                    break
            case 5:
                tokens.insert(at, chance.choice(_TAGS) * chance.choice((1, 3, 150, 1500, 20_000)))
            case 6:
                tokens[at] = _nested(tokens[at], chance)
            case 7:
                tokens[at] = _other_attribute(tokens[at], chance)
            case 8:
                tokens[at] = _other_number(tokens[at], chance)
            case 9:
                word = chance.choice(_WORDS).encode()
                tokens[at] = tokens[at] + word * chance.choice((1, 30, 20_000))
            case 10:
                tokens.insert(chance.choice((0, 1, at)), _ENTITIES + chance.choice((b"", b"&j;")))
            case 11:
                tokens[at] = of_bytes(tokens[at], chance)
    return b"".join(tokens)[:_MOST]


def of_tree(data: bytes, chance: random.Random) -> bytes:
    """The elements of sound XML dropped, doubled, moved, exchanged or wrapped, so that it stays sound."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError:
        return of_markup(data, chance)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        elements = [e for e in root.iter() if isinstance(e.tag, str)]
        one, other = chance.choice(elements), chance.choice(elements)
        parent = one.getparent()
        match chance.randrange(9):
            case 0 if parent is not None:
                parent.remove(one)
            case 1 if parent is not None:
                for _ in range(min(chance.choice((1, 3, 40, 1000)), 20_000 // len(list(one.iter())))):
                    parent.insert(parent.index(one), deepcopy(one))
            case 2 if one is not root and one not in other.iterancestors() and one is not other:
                other.insert(chance.randrange(len(other) + 1), one)
            case 3:
                many = min(chance.choice((1, 5, 60, 230)), 20_000 // len(list(one.iter())))
                inner = one
                for _ in range(many):
                    inner = etree.SubElement(inner, chance.choice((one.tag, other.tag)), dict(one.attrib))
                inner.text = "内"
            case 4 if one.attrib:
                name = chance.choice(sorted(one.attrib))
                value = chance.choice(
                    (*_NUMBERS, *(w.encode() for w in _WORDS), *(v.encode() for v in other.attrib.values()))
                )
                _say(one, name, value)
            case 5 if one.attrib:
                del one.attrib[chance.choice(sorted(one.attrib))]
            case 6:
                one.tag = other.tag
            case 7:
                _say(
                    one,
                    None,
                    chance.choice((*_NUMBERS, *(w.encode() * chance.choice((1, 50, 3000)) for w in _WORDS))),
                )
            case 8:
                if other.attrib:
                    name = chance.choice(sorted(other.attrib))
                    _say(one, name, other.attrib[name].encode())
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))[:_MOST]


def _say(element: Any, name: str | None, value: bytes) -> None:
    """An attribute, or the text, as far as XML can hold it."""
    try:
        if name is None:
            element.text = value.decode()
        else:
            element.set(name, value.decode())
    except ValueError:
        pass


def _nested(token: bytes, chance: random.Random) -> bytes:
    """A tag within itself, again and again."""
    if not token.startswith(b"<") or token.startswith((b"</", b"<!", b"<?")):
        return token
    many = chance.choice((2, 40, 250, 3000, 60_000))
    many = min(many, _MOST // len(token) + 1)
    open_ = token[:-2] + b">" if token.endswith(b"/>") else token
    named = re.match(rb"<[\w:-]*", token)
    close = b"</" + named[0][1:] + b">" if named and chance.random() < 0.5 else b""
    return open_ * many + close * many


def _other_attribute(token: bytes, chance: random.Random) -> bytes:
    found = list(_ATTRIBUTE.finditer(token))
    if not found:
        return token.replace(b">", b' a="' + b"x" * chance.choice((1, 100_000)) + b'">', 1)
    hit = chance.choice(found)
    value = chance.choice(
        (
            *_NUMBERS,
            hit[2][1:-1] * 1000,
            b"x" * 100_000,
            b"../" * 50,
            b"#" + hit[2][1:-1],
            hit[2][1:-1].upper(),
            b"g 99999999 1",
        )
    )
    return token[: hit.start()] + hit[1] + b'="' + value + b'"' + token[hit.end() :]


def _other_number(data: bytes, chance: random.Random) -> bytes:
    found = list(_NUMBER.finditer(data[:200_000]))
    if not found:
        return data
    hit = chance.choice(found)
    return data[: hit.start()] + chance.choice(_NUMBERS) + data[hit.end() :]


def of_package(data: bytes, chance: random.Random) -> bytes:
    """A member of the zip hurt and all packed again; members dropped, doubled, renamed, exchanged; or the zip itself."""
    if chance.random() < 0.1:
        return of_bytes(data, chance)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except Exception:  # noqa: BLE001
        return of_bytes(data, chance)  # hurt before, so that its members are out of reach
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if not members:
            break
        at = chance.randrange(len(members))
        name, content = members[at]
        if chance.random() < 0.85:
            members[at] = (name, _hurt_member(name, content, chance))
            continue
        other = chance.randrange(len(members))
        match chance.randrange(4):
            case 0:
                del members[at]
            case 1:
                members.append((name, of_bytes(content, chance)))
            case 2:
                members[at], members[other] = (members[other][0], content), (name, members[other][1])
            case 3:
                members[at] = (
                    chance.choice((name.upper(), f"../{name}", f"/{name}", name.replace("/", "\\"), "")),
                    content,
                )
    from tests.fuzz.seeds import packed

    return packed([(name or "x", content) for name, content in members])


def _hurt_member(name: str, content: bytes, chance: random.Random) -> bytes:
    if name.endswith((".txt", ".md", ".csv")):
        return of_text(content, chance)
    is_markup = content.lstrip()[:1] == b"<"
    if is_markup and chance.random() < 0.9:
        return (of_markup if chance.random() < 0.3 else of_tree)(content, chance)
    return of_bytes(content, chance)


def of_pdf(data: bytes, chance: random.Random) -> bytes:
    """Numbers, lengths, references and names of objects changed; streams unpacked, hurt and packed again or not."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        match chance.randrange(8):
            case 0:
                data = _other_number(data, chance)
            case 1 | 2 | 3:
                data = _hurt_stream(data, chance)
            case 4:
                parts = _PARTS.findall(data)
                if parts:
                    part = chance.choice(parts)
                    data = data.replace(part, chance.choice((b"", part * 2, chance.choice(parts))), 1)
            case 5:
                references = list(re.finditer(rb"\d+ 0 R", data))
                if references:
                    a, b = chance.choice(references), chance.choice(references)
                    data = data[: a.start()] + b[0] + data[a.end() :]
            case 6:
                names = list(re.finditer(rb"/[A-Za-z0-9-]+", data))
                if names:
                    a, b = chance.choice(names), chance.choice(names)
                    data = data[: a.start()] + b[0] + data[a.end() :]
            case 7:
                data = of_bytes(data, chance)
        data = data[:_MOST]
    return data


def _hurt_stream(data: bytes, chance: random.Random) -> bytes:
    """A content stream with its numbers or operators changed, its length right or not."""
    found = list(_STREAM.finditer(data))
    if not found:
        return of_bytes(data, chance)
    hit = chance.choice(found)
    body = hit[2]
    is_packed = body[:1] == b"\x78"
    if is_packed:
        try:
            body = zlib.decompress(body)
        except zlib.error:
            is_packed = False
    lines = body.split(b"\n")
    for _ in range(chance.choice((1, 2, 8))):
        at = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                lines[at] = _other_number(lines[at], chance)
            case 1:
                lines.insert(at, b"\n".join([chance.choice(_OPERATORS)] * chance.choice((1, 30, 3000))))
            case 2:
                lines[at : at + 1] = [lines[at]] * chance.choice((2, 50, 2000))
            case 3:
                lines[at] = of_bytes(lines[at], chance)
            case 4:
                lines.insert(at, lines.pop(chance.randrange(len(lines))))
    body = b"\n".join(lines)[:_MOST]
    body = zlib.compress(body) if is_packed else body
    before = data[: hit.start()]
    if chance.random() < 0.8:
        before = re.sub(rb"/Length \d+(?=[^/]*(?:/[^/]*)*$)", b"/Length %d" % len(body), before[-300:])
        before = data[: hit.start()][:-300] + before
    return before + hit[1] + body + hit[3] + data[hit.end() :]


def of_rtf(data: bytes, chance: random.Random) -> bytes:
    """Control words and groups dropped, doubled, nested, their numbers changed."""
    tokens = re.findall(rb"\\'[0-9a-f]{2}|\\[a-z]+-?\d* ?|\\.|[{}]|[^\\{}]+", data)
    for _ in range(chance.choice((1, 2, 4, 8))):
        if not tokens:
            break
        at, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
        match chance.randrange(7):
            case 0:
                del tokens[at]
            case 1:
                tokens.insert(other, tokens[at])
            case 2:
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case 3:
                tokens[at] = tokens[at] * chance.choice((3, 300, 30_000))
            case 4:
                tokens.insert(
                    at,
                    chance.choice(
                        (
                            b"{",
                            b"}",
                            b"\\bin9999 ",
                            b"\\u-1 ?",
                            b"\\uc9 ",
                            b"\\trowd",
                            b"\\cell ",
                            b"\\row ",
                            b"\\clvmrg",
                            b"\\'",
                            b"\\*",
                        )
                    ),
                )
            case 5:
                tokens[at] = _other_number(tokens[at], chance)
            case 6:
                tokens[at] = of_bytes(tokens[at], chance)
    return b"".join(tokens)[:_MOST]


KINDS: dict[str, tuple[Mutation, ...]] = {
    "html": (of_markup, of_markup, of_markup, of_text, of_bytes),
    "pdf": (of_pdf, of_pdf, of_pdf, of_bytes),
    "docx": (of_package,),
    "xlsx": (of_package,),
    "xls": (of_bytes,),
    "csv": (of_text, of_bytes),
    "ofd": (of_package,),
    "rtf": (of_rtf, of_rtf, of_bytes),
    "pptx": (of_package,),
    "md": (of_text, of_text, of_markup, of_bytes),
    "txt": (of_text, of_bytes),
    "mht": (of_text, of_markup, of_bytes),
    "zip": (of_package, of_bytes),
    "image": (of_bytes,),
}
