"""Slides (.pptx) → `Reading`: each slide's title as a heading, its text and tables from top to bottom."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant.errors import SourceError
from ingest.readers.grid import Cell, grid_blocks, grid_of
from ingest.reading import Block, Limits, Place, Reading

_EMU = 12_700  # to a point
_DEEPEST = 16
_MAX_UNPACKED = 300_000_000


def read_pptx(data: bytes, limits: Limits) -> Reading:
    """Read slides that are shown; raises SourceError when the file is damaged, too long or has no text."""
    import pptx

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > _MAX_UNPACKED:
                raise SourceError("演示文稿解开后过大：请拆成几份，或另存为 .pdf 再导入。")
        slides = list(pptx.Presentation(io.BytesIO(data)).slides)
        if len(slides) > limits.max_pages:
            raise SourceError(
                f"演示文稿有 {len(slides)} 页，超过上限 {limits.max_pages} 页：请拆分，或调大 WENCE_MAX_PAGES。"
            )
        hidden = [n for n, slide in enumerate(slides, 1) if slide._element.get("show") in ("0", "false")]
        blocks: list[Block] = []
        pictures: list[int] = []
        for number, slide in enumerate(slides, 1):
            if number not in hidden:
                read = list(_slide(slide, number, is_first=not blocks))
                blocks += read
                if not read and any(_is_picture(shape) for shape in slide.shapes):
                    pictures.append(number)
    except SourceError:
        raise
    except Exception as error:
        raise SourceError("演示文稿已损坏、有密码或不是 .pptx：请重新另存为 .pptx 或 .pdf。") from error
    if not blocks:
        raise SourceError("演示文稿里没有文字：请另存为 .pdf，图片里的文字会被识别。")
    notes = [
        f"第 {'、'.join(map(str, pages[:10]))}{'等' if len(pages) > 10 else ''} 页{what}"
        for pages, what in (
            (hidden, "是隐藏的，没有读：需要的话请取消隐藏后再导入。"),
            (pictures, "只有图片，没有读：请另存为 .pdf 再导入，图片里的文字会被识别。"),
        )
        if pages
    ]
    return Reading(tuple(blocks), notes=tuple(notes), method="slides")


def _slide(slide: Any, number: int, is_first: bool) -> Iterator[Block]:
    title = slide.shapes.title
    shapes = sorted(
        _shapes(slide.shapes, 0), key=lambda s: (s is not title and s != title, s.top or 0, s.left or 0)
    )
    for shape in shapes:
        place = Place(number, _box(shape))
        if shape.has_text_frame and not _is_furniture(shape):
            lines = [" ".join(p.text.replace("\v", " ").split()) for p in shape.text_frame.paragraphs]
            lines = [line for line in lines if line]
            if title is not None and shape.shape_id == title.shape_id and lines:
                yield Block("".join(lines), 1 if is_first else 2, place=place)
            else:
                yield from (Block(line, place=place) for line in lines)
        elif getattr(shape, "has_table", False):
            yield from (replace(block, place=place) for block in _table(shape.table))


def _shapes(shapes: Any, depth: int) -> Iterator[Any]:
    """Every shape, those in groups one by one."""
    for shape in shapes:
        if hasattr(shape, "shapes") and depth < _DEEPEST:
            yield from _shapes(shape.shapes, depth + 1)
        else:
            yield shape


def _is_furniture(shape: Any) -> bool:
    """The date, the footer and the slide's number are not the paper."""
    return shape.is_placeholder and shape.placeholder_format.type in (13, 15, 16)


def _is_picture(shape: Any) -> bool:
    return hasattr(shape, "image")


def _box(shape: Any) -> tuple[float, float, float, float] | None:
    sides = (shape.left, shape.top, shape.width, shape.height)
    if any(side is None for side in sides):
        return None
    left, top, width, height = (round(side / _EMU, 1) for side in sides)
    return left, top, round(left + width, 1), round(top + height, 1)


def _table(table: Any) -> list[Block]:
    cells = [
        Cell(cell.text, row, column, cell.span_height, cell.span_width)
        for row, line in enumerate(table.rows)
        for column, cell in enumerate(line.cells)
        if not cell.is_spanned
    ]
    grid = grid_of(cells, len(table.rows), len(table.columns))
    return [block for _, block in grid_blocks(grid)]
