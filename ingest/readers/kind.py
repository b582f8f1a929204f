"""What a file is by its content: many a .doc is a web page, and many a .xls an HTML table."""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"%PDF-", (".pdf",)),
    (b"{\\rtf", (".rtf",)),
    (b"\x89PNG\r\n", (".png",)),
    (b"\xff\xd8\xff", (".jpg", ".jpeg")),
    (b"II*\0", (".tif", ".tiff")),
    (b"MM\0*", (".tif", ".tiff")),
)
# A package is known by a member that only its kind has.
_MEMBERS = (
    ("word/document.xml", ".docx"),
    ("xl/workbook.xml", ".xlsx"),
    ("ppt/presentation.xml", ".pptx"),
    ("OFD.xml", ".ofd"),
)
_OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
    b"application/vnd.oasis.opendocument.presentation": ".odp",
}
# A compound file is known by the name of its main stream.
_STREAMS = (("Workbook", ".xls"), ("Book", ".xls"), ("WordDocument", ".doc"), ("PowerPoint Document", ".ppt"))
_SHEETS = (".xls", ".et")
_TEXTS = (".doc", ".wps")
_SLIDES = (".ppt", ".dps")
_PLAIN = (".md", ".markdown", ".txt", ".csv", ".html", ".htm", ".mht", ".mhtml")
_MHT = re.compile(
    rb"^(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*+)*?content-type:\s*(?:multipart/related|text/html)", re.I
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|div|p|span|meta)[\s>/]", re.I)
_SPREADSHEET_XML = re.compile(rb"<(?:\w+:)?Workbook[\s>]")
_WORD_XML = re.compile(rb"<(?:w:wordDocument|pkg:package)[\s>]")


def kind_of(data: bytes, suffix: str) -> str:
    """The extension that the content deserves; the given one where the content says nothing else.

    Plain text stays what its name says: its kinds differ by nothing that could be seen.
    """
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:4096]
    for magic, kinds in _MAGIC:
        if head.startswith(magic) and suffix not in _PLAIN:
            return suffix if suffix in kinds else kinds[0]
    if data.startswith(b"PK\x03\x04"):
        return _of_package(data, suffix)
    if data.startswith(_OLE):
        return _of_compound(data, suffix)
    if suffix in (*_PLAIN, ".bmp"):
        return suffix
    return _of_text(data, head) or suffix


def _of_package(data: bytes, suffix: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                return _OPEN_DOCUMENTS.get(archive.read("mimetype").strip(), suffix)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        ValueError,
        OSError,
        EOFError,
        RuntimeError,
        LookupError,
    ):
        return suffix
    return next((kind for member, kind in _MEMBERS if member in names), suffix)


def _of_compound(data: bytes, suffix: str) -> str:
    """By the names in its directory; WPS writes the same streams under extensions of its own."""
    for stream, kind in _STREAMS:
        if (stream.encode("utf-16-le") + b"\0\0") in data:
            same = {".xls": _SHEETS, ".doc": _TEXTS, ".ppt": _SLIDES}[kind]
            return suffix if suffix in same else kind
    return suffix


def _of_text(data: bytes, head: bytes) -> str | None:
    """A web page, a web archive or an office file written as XML, under an office extension."""
    if head[1:2] == b"\0" or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = data[:8192].replace(b"\0", b"").lstrip(b"\xff\xfe")
    if _MHT.match(head):
        return ".mht"
    if _SPREADSHEET_XML.search(head):
        return ".xml-sheet"
    if _WORD_XML.search(head):
        return ".xml-word"
    return ".html" if _HTML.search(head) else None
