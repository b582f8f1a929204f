"""Word (.docx) → `Reading`: paragraphs with their numbers, headings and tables in order; .doc and .wps by LibreOffice."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from assistant.errors import SourceError
from ingest.readers.word_numbering import WordNumbering
from ingest.reading import Block, Reading, table_rows

_HEADING_STYLE = re.compile(r"(?:Heading|heading|标题)\s*(\d)")
_CONVERSION_SECONDS = 120


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


def read_old_word(data: bytes, suffix: str) -> Reading:
    """Read .doc or .wps through LibreOffice; raises SourceError when it is missing, slow or cannot."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        raise SourceError(f"读 {suffix} 需要 LibreOffice：请安装它，或把文件另存为 .docx。")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"paper{suffix}"
        source.write_bytes(data)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [office, profile, "--headless", "--convert-to", "docx", "--outdir", folder, str(source)]
        try:
            subprocess.run(command, capture_output=True, timeout=_CONVERSION_SECONDS, check=True)
        except (subprocess.SubprocessError, OSError) as error:
            raise SourceError(f"LibreOffice 转换 {suffix} 没有成功：请把文件另存为 .docx。") from error
        converted = source.with_suffix(".docx")
        if not converted.is_file():
            raise SourceError(f"LibreOffice 认不出这个 {suffix} 文件：请把文件另存为 .docx。")
        return read_docx(converted.read_bytes())


def _level(paragraph: Any) -> int | None:
    name = paragraph.style.name if paragraph.style is not None else ""
    if name == "Title":
        return 1
    found = _HEADING_STYLE.match(name or "")
    return int(found[1]) + 1 if found else None
