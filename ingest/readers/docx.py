"""Word (.docx) → `Reading`: paragraphs, headings and tables in order."""

from __future__ import annotations

import io
import re
from typing import Any

from assistant.errors import SourceError
from ingest.reading import Block, Reading, table_row

_HEADING_STYLE = re.compile(r"(?:Heading|标题)\s*(\d)")


def read_docx(data: bytes) -> Reading:
    """Read a Word file; raises SourceError when it is damaged or not one."""
    import docx
    from docx.table import Table

    try:
        document = docx.Document(io.BytesIO(data))
    except Exception as error:
        raise SourceError("Word 文件已损坏或不是 .docx：请用 Word 或 WPS 重新另存为 .docx。") from error
    blocks: list[Block] = []
    for item in document.iter_inner_content():
        if isinstance(item, Table):
            blocks += _rows(item)
        elif text := " ".join(item.text.split()):
            blocks.append(Block(text, _level(item)))
    return Reading(tuple(blocks))


def _level(paragraph: Any) -> int | None:
    name = paragraph.style.name if paragraph.style is not None else ""
    if name == "Title":
        return 1
    found = _HEADING_STYLE.match(name)
    return int(found[1]) + 1 if found else None


def _rows(table: Any) -> list[Block]:
    cells = [[" ".join(cell.text.split()) for cell in row.cells] for row in table.rows]
    return [table_row(cells[0], row) for row in cells[1:] if any(row)] if cells else []
