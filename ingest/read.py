"""`SourceFile → Document`: the reader by the file's kind, then head, text and sections."""

from __future__ import annotations

import hashlib

from assistant.errors import SourceError
from assistant.models import Document
from ingest.metadata import document_head, document_id
from ingest.readers.docx import read_docx
from ingest.readers.html import read_html
from ingest.readers.kind import kind_of
from ingest.readers.markdown import read_markdown
from ingest.readers.ocr import read_picture
from ingest.readers.ofd import read_ofd
from ingest.readers.office import converted
from ingest.readers.pdf import read_pdf
from ingest.readers.plain import decode, read_plain
from ingest.readers.rtf import read_rtf
from ingest.readers.sheet import read_csv, read_xls, read_xlsx
from ingest.readers.slides import read_pptx
from ingest.readers.web_archive import page_of
from ingest.reading import Limits, Reading
from ingest.sections import assemble
from ingest.sources import SourceFile

READER = "readers-4"  # changes when the same bytes would read differently: everything is read again then


def read_document(file: SourceFile, data: bytes, version: int = 1, limits: Limits = Limits()) -> Document:
    """Read a file's bytes; raises SourceError in one sentence when there is nothing to be had."""
    reading = _reading(file.suffix, data, limits)
    if not reading.blocks:
        raise SourceError("文件里没有文字：请检查内容。")
    text, sections = assemble(reading.blocks)
    id = document_id(file.source, reading.declared)
    head, evidence = document_head(reading, text, file, id)
    return Document(
        head=head,
        source=file.source,
        version=version,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        sections=sections,
        evidence=evidence,
    )


def _reading(suffix: str, data: bytes, limits: Limits) -> Reading:
    """By what the content is, where that is not what the extension says."""
    kind = kind_of(data, suffix)
    match kind:
        case ".docx":
            return read_docx(data)
        case ".doc" | ".wps" | ".odt":
            return read_docx(converted(data, kind, ".docx"))
        case ".xml-word":
            return read_docx(converted(data, ".xml", ".docx"))
        case ".rtf":
            return read_rtf(data)
        case ".pdf":
            return read_pdf(data, limits)
        case ".ofd":
            return read_ofd(data, limits)
        case ".xlsx":
            return read_xlsx(data)
        case ".xls" | ".et":
            return read_xls(data)
        case ".ods":
            return read_xlsx(converted(data, kind, ".xlsx"))
        case ".xml-sheet":
            return read_xlsx(converted(data, ".xml", ".xlsx"))
        case ".pptx":
            return read_pptx(data, limits)
        case ".ppt" | ".dps" | ".odp":
            return read_pptx(converted(data, kind, ".pptx"), limits)
        case ".png" | ".jpg" | ".jpeg" | ".tif" | ".tiff" | ".bmp":
            return read_picture(data, limits)
        case ".mht" | ".mhtml":
            return read_html(page_of(data))
    text = decode(data)
    match kind:
        case ".csv":
            return read_csv(text)
        case ".md" | ".markdown":
            return read_markdown(text)
        case ".html" | ".htm":
            return read_html(text)
    return read_plain(text)
