"""PDF → `Reading`: characters by pypdfium2, ruled tables found by pdfplumber, what is only drawn read by OCR."""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from assistant.errors import SourceError
from ingest.numbering import is_foot
from ingest.readers.grid import Cell, Grid, continued, grid_blocks, grid_of
from ingest.readers.lines import paragraphs
from ingest.readers.ocr import note_on, recognise, render
from ingest.readers.page_words import note_label, page_words, without_site
from ingest.readers.pdf_layout import (
    Line,
    PageRows,
    Part,
    Table,
    body_size,
    drop_running_rows,
    paragraphs_of,
    parts_of,
    printed_title,
    take_label_box,
)
from ingest.readers.pdf_text import Box, Char, characters, rows_of
from ingest.reading import Block, Limits, Place, Reading

_log = logging.getLogger(__name__)
_FEW_CHARACTERS = 10
_UNREADABLE = 0.2  # of a page's characters that say no character: its font tells nothing
_MANY_PATHS = 40  # drawn shapes on a page without text: letters drawn as outlines
_SAME_EDGE = 2.0  # points between two rules that are one edge
_RULES_OF_A_TABLE = 4
_SCANNED = 0.6  # of the page under one picture, with little text beside it
_LITTLE = 80
_HEAD_BLOCKS = 5
_TITLE_PAGES = 3
_RED_HEAD = re.compile(r"[\u4e00-\u9fff\s]{2,40}文\s*件|.*(?:政府公报|公报)")


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
        with _one_line_of_font_warnings():
            return _reading(pdf, data, limits)
    finally:
        pdf.close()


def _reading(pdf: Any, data: bytes, limits: Limits) -> Reading:
    recognised: list[tuple[int, float]] = []
    pages: list[PageRows | list[str]] = []
    seen = 0
    for page, drawn in _pages(pdf, data, limits, recognised):
        pages.append(page)
        seen += drawn
    dropped, taken = drop_running_rows([p for p in pages if isinstance(p, PageRows)])
    told: dict[str, Any] = {}
    for page in pages:
        if isinstance(page, PageRows):
            taken += take_label_box(page, told)
    blocks = tuple(_without_labels(_titled(list(_blocks(pages, told))), told))
    if not blocks:
        raise SourceError("PDF 里没有认得出的文字：请换一份清晰的文件。")
    if title := printed_title(dropped):
        told.setdefault("title", without_site(title.partition("_")[0]))
    return Reading(
        blocks,
        notes=(note_on(recognised),) if recognised else (),
        visible=seen - taken,
        method="文字识别" if len(recognised) == len(pages) else "文字层",
        page=told,
    )


class _Counting(logging.Handler):
    """Counts what is said, and says nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


@contextmanager
def _one_line_of_font_warnings() -> Iterator[None]:
    """pdfminer warns of each font that it finds wanting; they are counted and said once."""
    logger, counting = logging.getLogger("pdfminer"), _Counting()
    spread, logger.propagate = logger.propagate, False
    logger.addHandler(counting)
    try:
        yield
    finally:
        logger.removeHandler(counting)
        logger.propagate = spread
        if counting.count:
            _log.info("%d warnings about fonts while tables were looked for", counting.count)


def _pages(
    pdf: Any, data: bytes, limits: Limits, recognised: list[tuple[int, float]]
) -> Iterator[tuple[PageRows | list[str], int]]:
    """(rows of each page, or its recognised lines; the characters that it shows)."""
    key = hashlib.sha256(data).hexdigest()
    plumber: Any = None
    for number, page in enumerate(pdf, 1):
        chars, unknown = characters(page)
        pictures, paths = _drawn(page)
        if _is_only_drawn(page, chars, unknown, pictures, paths):
            lines, confidence = recognise(render(page), key, number, limits)
            recognised.append((number, confidence))
            lines = [line for line in lines if line.strip()]
            yield lines, sum(len("".join(line.split())) for line in lines)
        else:
            width, height = page.get_size()
            rows = PageRows(number, width, height)
            if paths >= _RULES_OF_A_TABLE:
                import pdfplumber

                plumber = plumber or pdfplumber.open(io.BytesIO(data))
                chars = _with_tables(rows, plumber.pages[number - 1], chars)
                plumber.pages[number - 1].flush_cache()
            rows.rows = rows_of(chars)
            yield rows, len(chars) + rows.in_tables
        page.close()


def _drawn(page: Any) -> tuple[list[Box], int]:
    """(boxes of the pictures, number of drawn shapes)."""
    import pypdfium2.raw as pdfium

    pictures: list[Box] = []
    paths = 0
    for drawn in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH], max_depth=3):
        if drawn.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictures.append(drawn.get_bounds() if hasattr(drawn, "get_bounds") else drawn.get_pos())
        else:
            paths += 1
    return pictures, paths


def _is_only_drawn(page: Any, chars: Sequence[Char], unknown: int, pictures: list[Box], paths: int) -> bool:
    """Whether the text of a page is not in its characters: a scan, outlines, or fonts that tell nothing."""
    if len(chars) < _FEW_CHARACTERS:
        return bool(pictures) or paths >= _MANY_PATHS
    if unknown > _UNREADABLE * len(chars):
        return True
    width, height = page.get_size()
    largest = max((abs((x1 - x0) * (y1 - y0)) for x0, y0, x1, y1 in pictures), default=0.0)
    return len(chars) < _LITTLE and largest > _SCANNED * width * height


def _with_tables(rows: PageRows, page: Any, chars: list[Char]) -> list[Char]:
    """The ruled tables of a page put into its rows; the characters that stand outside them."""
    for found in page.find_tables():
        grid = _grid(found.cells, chars)
        if grid.width < 2 or not any(map(any, grid.rows)):
            continue  # a frame around text
        inside = [c for c in chars if _is_in(c, found.bbox)]
        placed = [c for c in inside if any(_is_in(c, box) for box in found.cells)]
        if len(placed) < 0.95 * len(inside):
            continue  # rules that cut through text are no table
        rows.tables.append(Table(grid, rows.number, found.bbox))
        shown = {id(c) for c in inside}
        chars = [c for c in chars if id(c) not in shown]
        rows.in_tables += len(inside)
    return chars


def _grid(boxes: Sequence[Box], chars: Sequence[Char]) -> Grid:
    """The cells that the rules enclose, each over the rows and columns between its edges."""
    xs = _edges([x for x0, _, x1, _ in boxes for x in (x0, x1)])
    ys = _edges([y for _, y0, _, y1 in boxes for y in (y0, y1)])
    cells = []
    for box in boxes:
        left, right = _nearest(xs, box[0]), _nearest(xs, box[2])
        top, bottom = _nearest(ys, box[1]), _nearest(ys, box[3])
        cells.append(Cell(_cell(box, chars), top, left, max(1, bottom - top), max(1, right - left)))
    return grid_of(cells, max(1, len(ys) - 1), max(1, len(xs) - 1))


def _edges(values: Sequence[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _SAME_EDGE:
            edges.append(value)
    return edges


def _nearest(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda i: abs(edges[i] - value))


def _is_in(char: Char, box: Box) -> bool:
    return box[0] <= (char.x0 + char.x1) / 2 <= box[2] and box[1] <= char.middle <= box[3]


def _cell(box: Box, chars: Sequence[Char]) -> str:
    rows = rows_of([c for c in chars if _is_in(c, box)])
    text = ""
    for row in rows:
        line = " ".join(segment.text for segment in row)
        narrow = text[-1:].isascii() and line[:1].isascii() and text[-1:].isalpha() and line[:1].isalpha()
        text += (" " if narrow else "") + line
    return text


def _blocks(pages: Sequence[PageRows | list[str]], told: dict[str, Any]) -> Iterator[tuple[Block, float]]:
    """(block, size of its letters, 0.0 for what is not set in lines); a table that goes on over the page is one."""
    parts: list[Part | list[str]] = []
    places: list[int] = []
    for number, page in enumerate(pages, 1):
        for part in parts_of(page) if isinstance(page, PageRows) else [page]:
            parts.append(part)
            places.append(number)
    size = body_size([p for p in parts if not isinstance(p, list)])
    lines: list[Line] = []
    above: Table | None = None
    names: list[str] = []
    for part, number in zip(parts, places, strict=True):
        if isinstance(part, Line):
            lines.append(part)
            above = None
            continue
        yield from paragraphs_of(lines, size)
        lines = []
        if isinstance(part, list):
            longest = max(map(len, part), default=0)
            yield from ((Block(b.text, place=Place(number)), 0.0) for b in paragraphs(part, longest))
            above = None
            continue
        if _tells_of_the_paper(part, told):
            continue
        if above is not None and above.grid.width == part.grid.width and number > above.page:
            rest = continued(above.grid, part.grid)
            found = grid_blocks(rest, names)
            part = Table(replace(rest, rows=rest.rows or above.grid.rows[-1:]), part.page, part.box)
        else:
            names = part.grid.names
            found = grid_blocks(part.grid)
        box = tuple(round(v, 1) for v in part.box)
        for _, block in found:
            yield Block(block.text, block.level, block.is_row, Place(number, box)), 0.0  # type: ignore[arg-type]
        above = part
    yield from paragraphs_of(lines, size)


def _tells_of_the_paper(table: Table, told: dict[str, Any]) -> bool:
    """Whether a table is a page's box of labels (发文字号：… 成文日期：…); its values go into `told`."""
    words = page_words()
    pairs: list[tuple[str, str]] = []
    for row in table.grid.rows:
        filled = list(dict.fromkeys(c for c in row if c))
        index = 0
        while index < len(filled):
            if len(found := words.pairs(filled[index])) >= 1 and found[0][1]:
                pairs += found
            elif (field := words.field_of(filled[index])) and index + 1 < len(filled):
                pairs.append((field, filled[index + 1]))
                index += 1
            else:
                return False
            index += 1
    if len(pairs) < 2:
        return False
    for field, value in pairs:
        note_label(told, field, value)
    return True


def _without_labels(blocks: Iterable[Block], told: dict[str, Any]) -> Iterator[Block]:
    """The blocks without a web page's line of labels under the title (2026-03-05 09:00 来源：…), which goes into `told`."""
    words = page_words()
    for index, block in enumerate(blocks):
        pairs = words.pairs(block.text) if index < _HEAD_BLOCKS and not block.is_row else []
        if any(name in ("published_on", "source") for name, _ in pairs):
            for name, value in pairs:
                note_label(told, name, value)
        else:
            yield block


def _titled(blocks: list[tuple[Block, float]]) -> Iterator[Block]:
    """The blocks; the first one set larger than the text is the title, red heads and signing offices aside."""
    sizes = [size for block, size in blocks if size and not block.is_row for _ in range(len(block.text))]
    usual = sorted(sizes)[len(sizes) // 2] if sizes else 0.0
    title: int | None = None
    for index, (block, size) in enumerate(blocks):
        page = block.place.page if block.place else 1
        if page > _TITLE_PAGES:
            break
        if size >= 1.15 * usual > 0 and 6 <= len(block.text) <= 150 and not _RED_HEAD.fullmatch(block.text):
            if is_foot(block.text) or re.search(r"[〔\[]20\d\d[〕\]]\s*\d+\s*号$", block.text):
                continue
            title = index
            break
    for index, (block, _) in enumerate(blocks):
        yield Block(block.text, 1, False, block.place) if index == title else block
