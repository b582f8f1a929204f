"""`SourceFile → Document`: the reader by the file's kind, then head, text and sections."""

from __future__ import annotations

import hashlib

from assistant.errors import SourceError
from assistant.models import Document
from ingest.metadata import document_head, document_id
from ingest.readers.docx import read_docx
from ingest.readers.html import read_html
from ingest.readers.markdown import read_markdown
from ingest.readers.pdf import read_pdf
from ingest.readers.plain import decode, read_plain
from ingest.reading import Reading
from ingest.sections import assemble
from ingest.sources import SourceFile

READER = "readers-1"  # changes when the same bytes would read differently: everything is read again then


def read_document(file: SourceFile, data: bytes, version: int = 1) -> Document:
    """Read a file's bytes; raises SourceError in one sentence when there is nothing to be had."""
    reading = _reading(file.path.suffix.lower(), data)
    if not reading.blocks:
        raise SourceError("文件里没有文字：请检查内容。")
    text, sections = assemble(reading.blocks)
    return Document(
        head=document_head(reading, document_id(file.source, reading.declared), file),
        source=file.source,
        version=version,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        sections=sections,
    )


def _reading(suffix: str, data: bytes) -> Reading:
    if suffix == ".docx":
        return read_docx(data)
    if suffix == ".pdf":
        return read_pdf(data)
    text = decode(data)
    if suffix in (".md", ".markdown"):
        return read_markdown(text)
    if suffix in (".html", ".htm"):
        return read_html(text)
    return read_plain(text)
