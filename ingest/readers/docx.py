"""Word (.docx) → `Reading`: paragraphs with their numbers, headings and tables in order."""

from __future__ import annotations

import io
import re
from typing import Any

from assistant.errors import SourceError
from ingest.readers.word_numbering import WordNumbering
from ingest.reading import Block, Reading, table_rows

_HEADING_STYLE = re.compile(r"(?:Heading|heading|标题)\s*(\d)")


def read_docx(data: bytes) -> Reading:
    """Read a Word file; raises SourceError when it is damaged or not one."""
    import docx
    from docx.table import Table

    try:
        document = docx.Document(io.BytesIO(data))
        numbers = WordNumbering(document)
        items = list(document.iter_inner_content())
    except Exception as error:
        raise SourceError("Word 文件已损坏或不是 .docx：请用 Word 或 WPS 重新另存为 .docx。") from error
    blocks: list[Block] = []
    for item in items:
        if isinstance(item, Table):
            blocks += table_rows(_rows(item))
        else:
            label = numbers.label(item)
            if text := " ".join(item.text.split()):
                blocks.append(Block(f"{label}{text}", _level(item)))
    return Reading(tuple(blocks))


def _rows(table: Any) -> list[list[str | None]]:
    """Cell texts; None where a cell is the rest of one merged from the left or from above."""
    rows: list[list[str | None]] = []
    above: list[Any] = []
    for row in table.rows:
        cells = [cell._tc for cell in row.cells]
        texts: list[str | None] = []
        for column, cell in enumerate(row.cells):
            merged_left = column > 0 and cells[column - 1] is cell._tc
            merged_above = column < len(above) and above[column] is cell._tc
            texts.append(None if merged_left or merged_above else cell.text)
        rows.append(texts)
        above = cells
    return rows


def _level(paragraph: Any) -> int | None:
    name = paragraph.style.name if paragraph.style is not None else ""
    if name == "Title":
        return 1
    found = _HEADING_STYLE.match(name or "")
    return int(found[1]) + 1 if found else None
