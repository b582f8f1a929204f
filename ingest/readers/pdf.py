"""PDF with a text layer → `Reading`: lines joined to paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.errors import SourceError
from ingest.numbering import numbering
from ingest.reading import Block, Reading

_PAGE_NUMBER = re.compile(r"^[-—–\s]*\d{1,4}[-—–\s]*$|^第\s*\d+\s*页.*$")
_ENDS = "。！？；：:;!?"


def read_pdf(data: bytes) -> Reading:
    """Read a PDF's text; raises SourceError when it is damaged, locked or only pictures."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise SourceError("PDF 有密码：请先去掉密码再导入。") from error
        raise SourceError("PDF 已损坏，打不开：请重新下载或另存一份。") from error
    try:
        lines = [line.strip() for line in _lines(pdf)]
    finally:
        pdf.close()
    lines = [line for line in lines if line and not _PAGE_NUMBER.match(line)]
    if not lines:
        raise SourceError("PDF 里没有文字层（可能是扫描件）：请先做文字识别再导入。")
    return Reading(tuple(_paragraphs(lines)))


def _lines(pdf: Iterable[object]) -> Iterable[str]:
    for page in pdf:
        text_page = page.get_textpage()  # type: ignore[attr-defined]
        yield from text_page.get_text_bounded().splitlines()
        text_page.close()


def _paragraphs(lines: list[str]) -> Iterable[Block]:
    """A line that is nearly as long as the longest, ends in no stop and is followed by no number, goes on."""
    full = max(map(len, lines)) * 0.75
    text, goes_on = "", False
    for line in lines:
        if text and (numbering(line) or not goes_on):
            yield Block(text)
            text = ""
        text = _join(text, line)
        goes_on = len(line) >= full and line[-1] not in _ENDS
    if text:
        yield Block(text)


def _join(text: str, line: str) -> str:
    space = " " if text and text[-1].isascii() and line[:1].isascii() and text[-1].isalnum() else ""
    return f"{text}{space}{line}"
