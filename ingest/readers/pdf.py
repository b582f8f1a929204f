"""PDF → `Reading`: text by pypdfium2, ruled tables by pdfplumber, pictures of text by OCR."""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from assistant.errors import SourceError
from ingest.readers.lines import paragraphs
from ingest.readers.ocr import note_on, recognise, render
from ingest.reading import Block, Limits, Reading, header_of, table_rows

_PAGE_NUMBER = re.compile(r"^[-—–\s]*\d{1,4}[-—–\s]*$|^第\s*\d+\s*页.*$|^\d{1,4}\s*/\s*\d{1,4}$")
_FEW_CHARACTERS = 10
_RULES_OF_A_TABLE = 4
Rows = list[list[str | None]]


@dataclass
class _Page:
    """A page's lines and tables from top to bottom; a table is its rows."""

    parts: list[str | Rows] = field(default_factory=list)


def read_pdf(data: bytes, limits: Limits) -> Reading:
    """Read a PDF; raises SourceError when it is damaged, locked, too long or has nothing to read."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise SourceError("PDF 有密码：请先去掉密码再导入。") from error
        raise SourceError("PDF 已损坏，打不开：请重新下载或另存一份。") from error
    try:
        if len(pdf) > limits.max_pages:
            raise SourceError(
                f"PDF 有 {len(pdf)} 页，超过上限 {limits.max_pages} 页：请拆分，或调大 WENCE_MAX_PAGES。"
            )
        recognised: list[tuple[int, float]] = []
        pages = list(_pages(pdf, data, limits, recognised))
    finally:
        pdf.close()
    _drop_running_lines(pages)
    blocks = tuple(_blocks(pages))
    if not blocks:
        raise SourceError("PDF 里没有认得出的文字：请换一份清晰的文件。")
    return Reading(blocks, notes=(note_on(recognised),) if recognised else ())


def _pages(pdf: Any, data: bytes, limits: Limits, recognised: list[tuple[int, float]]) -> Iterator[_Page]:
    key = hashlib.sha256(data).hexdigest()
    tables: Any = None
    for number, page in enumerate(pdf, 1):
        text_page = page.get_textpage()
        text = text_page.get_text_bounded()
        text_page.close()
        if len(text.strip()) < _FEW_CHARACTERS and _has_picture(page):
            lines, confidence = recognise(render(page), key, number, limits)
            recognised.append((number, confidence))
            yield _Page([line for line in lines if line.strip()])
        elif _has_rules(page):
            import pdfplumber

            tables = tables or pdfplumber.open(io.BytesIO(data))
            yield _page_with_tables(tables.pages[number - 1])
        else:
            yield _Page([line.strip() for line in text.splitlines() if line.strip()])
        page.close()


def _has_picture(page: Any) -> bool:
    import pypdfium2.raw as pdfium

    return any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _has_rules(page: Any) -> bool:
    import pypdfium2.raw as pdfium

    paths = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3)
    return sum(1 for _ in paths) >= _RULES_OF_A_TABLE


def _page_with_tables(page: Any) -> _Page:
    """Text lines outside the tables, and the tables, in the order they stand."""
    found = page.find_tables()
    boxes = [table.bbox for table in found]

    def outside(item: dict[str, Any]) -> bool:
        middle = ((item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2)
        return not any(x0 <= middle[0] <= x1 and top <= middle[1] <= end for x0, top, x1, end in boxes)

    lines = page.filter(lambda o: o["object_type"] != "char" or outside(o)).extract_text_lines()
    placed: list[tuple[float, str | Rows]] = [(line["top"], line["text"].strip()) for line in lines]
    placed += [(table.bbox[1], table.extract()) for table in found]
    page.flush_cache()
    return _Page([part for _, part in sorted(placed, key=lambda p: p[0]) if part])


def _drop_running_lines(pages: list[_Page]) -> None:
    """Page numbers, and first and last lines that most pages share, are not the paper."""
    edges: Counter[str] = Counter()
    for page in pages:
        edges.update({_masked(part) for part in (page.parts[:1] + page.parts[-1:]) if isinstance(part, str)})
    running = {line for line, n in edges.items() if n >= 3 and n > len(pages) / 2}
    for page in pages:
        last = len(page.parts) - 1
        page.parts = [
            part
            for i, part in enumerate(page.parts)
            if not isinstance(part, str)
            or not (_PAGE_NUMBER.match(part) or (i in (0, last) and _masked(part) in running))
        ]


def _masked(part: str | Rows) -> str:
    return re.sub(r"\d+", "#", part) if isinstance(part, str) else ""


def _blocks(pages: list[_Page]) -> Iterator[Block]:
    """Lines become paragraphs; a table that goes on over the page keeps its header."""
    parts = [part for page in pages for part in page.parts]
    full = max((len(p) for p in parts if isinstance(p, str)), default=0)
    lines: list[str] = []
    header: list[str] | None = None
    for part in parts:
        if isinstance(part, str):
            lines.append(part)
            header = None
            continue
        yield from paragraphs(lines, full)
        lines = []
        goes_on = header is not None and len(header) == len(part[0])
        yield from table_rows(part, header if goes_on else None)
        header = header if goes_on else header_of(part)
    yield from paragraphs(lines, full)
