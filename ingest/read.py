"""`SourceFile → Document`: the reader by the file's kind, then head, text and sections."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.errors import SourceError
from assistant.models import Document, Kept, PagePlace
from ingest.metadata import document_head, document_id
from ingest.readers.docx import read_docx
from ingest.readers.html import read_html
from ingest.readers.kind import kind_of
from ingest.readers.markdown import read_markdown
from ingest.readers.ocr import read_picture
from ingest.readers.ofd import read_ofd
from ingest.readers.office import converted
from ingest.readers.pdf import read_pdf
from ingest.readers.plain import broken_share, decode, read_plain
from ingest.readers.rtf import read_rtf
from ingest.readers.sheet import read_csv, read_xls, read_xlsx
from ingest.readers.slides import read_pptx
from ingest.readers.web_archive import page_of
from ingest.reading import Block, Limits, Reading
from ingest.sections import assemble
from ingest.sources import SourceFile

READER = "readers-5"  # changes when the same bytes would read differently: everything is read again then

_MOST_BROKEN = 0.005  # of the characters; more is a text that was broken before it came to us
_LEAST_KEPT = 0.95  # of the characters that a person sees; less is said


def read_document(file: SourceFile, data: bytes, version: int = 1, limits: Limits = Limits()) -> Document:
    """Read a file's bytes and what hangs on it; raises SourceError in one sentence when there is nothing to be had."""
    reading = _with_parts(read_bytes(file.suffix, data, limits), file, limits)
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
        places=tuple(_places(reading.blocks)),
        kept=Kept(
            method=reading.method or file.suffix.lstrip("."), visible=reading.visible, kept=reading.kept
        ),
    )


def read_bytes(suffix: str, data: bytes, limits: Limits) -> Reading:
    """A file's reading by its kind; raises SourceError where it has no text, or text that is no text."""
    reading = _reading(suffix, data, limits)
    text = "".join(block.text for block in reading.blocks)
    if not "".join(text.split()):
        raise SourceError("文件里没有文字：请检查内容。")
    if broken_share(text) > _MOST_BROKEN:
        raise SourceError("读出来的文字里有乱码（�）：请换一份原件，或另存为 UTF-8、PDF 后再试。")
    if reading.visible and reading.kept < _LEAST_KEPT * reading.visible:
        share = f"{reading.kept / reading.visible:.0%}"
        return replace(reading, notes=(*reading.notes, f"文件里的文字只读到 {share}：请与原件核对。"))
    return reading


def _with_parts(reading: Reading, file: SourceFile, limits: Limits) -> Reading:
    """The reading with its further pages behind it, then its attachments, each under its own heading."""
    pages, attached, notes = [], [], []
    number = 0
    for part in file.parts:
        number += not part.is_page
        said = part.name.strip() or (part.file.name if part.file else "")
        name = said if part.is_page else attachment_heading(said, number)
        try:
            if part.file is None:
                raise SourceError(part.missing)
            read = read_bytes(part.file.suffix, part.file.read_bytes(limits), limits)
        except SourceError as error:
            notes.append(f"{name} 没有读到（{str(error).rstrip('。')}），答案不含其中内容。")
            continue
        notes += [f"{name}：{note}" for note in read.notes]
        if part.is_page:
            pages += [b for b in read.blocks if b.level != 1]
        else:
            attached += [Block(name), *(replace(b, level=None) if b.level else b for b in read.blocks)]
    if not (pages or attached or notes):
        return reading
    blocks = (*reading.blocks, *pages, *attached)
    return replace(reading, blocks=blocks, notes=(*reading.notes, *notes))


def attachment_heading(name: str, number: int) -> str:
    """附件2：申请表, from a link's text: the number that it gives itself, else its place among the attachments."""
    plain = re.sub(r"\.(?:\w{2,5})$", "", " ".join(name.split())).strip(" 《》[]【】")
    said = re.match(
        r"附件\s*([一二三四五六七八九十\d]*)\s*[:：.．、-]?\s*(?:(\d{1,2})\s*[.．、:：]\s*)?(.*)$", plain
    )
    if said:
        title = said[3].strip("《》")
        return f"附件{said[1] or said[2] or number}" + (f"：{title}" if title else "")
    numbered = re.match(r"(\d{1,2})\s*[.．、]\s*(.+)$", plain)
    if numbered:
        return f"附件{numbered[1]}：{numbered[2]}"
    return f"附件{number}：{plain}" if plain else f"附件{number}"


def _places(blocks: Sequence[Block]) -> Iterator[PagePlace]:
    """Page and box of each part of a block that stands on a page, by its span in the text."""
    position = 0
    for block in blocks:
        ends = [*(place.start for place in block.places[1:]), len(block.text)]
        for place, end in zip(block.places, ends, strict=False):
            if place.start < end:
                start = position + place.start
                yield PagePlace(start=start, end=position + end, page=place.page, box=place.box)
        position += len(block.text) + 1


def _reading(suffix: str, data: bytes, limits: Limits) -> Reading:
    """By what the content is, where that is not what the extension says."""
    kind = kind_of(data, suffix)
    match kind:
        case ".docx" | ".docm" | ".dotx" | ".dotm":
            return read_docx(data, limits)
        case ".doc" | ".wps" | ".odt":
            return read_docx(converted(data, kind, ".docx"), limits)
        case ".xml-word":
            return read_docx(converted(data, ".xml", ".docx"), limits)
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
        case ".html" | ".htm" | ".shtml" | ".xhtml":
            return read_html(text)
    return read_plain(text)
