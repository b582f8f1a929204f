"""Tables (.xlsx, .csv) → `Reading`: each row as a line with its column names."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from assistant.errors import SourceError
from ingest.reading import Block, Reading, table_rows

_MAX_ROWS = 50_000


def read_xlsx(data: bytes) -> Reading:
    """Read a workbook, a heading for each sheet; raises SourceError when it is damaged or too long."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except Exception as error:
        raise SourceError("Excel 文件已损坏、有密码或不是 .xlsx：请重新另存为 .xlsx。") from error
    blocks: list[Block] = []
    for sheet in book.worksheets:
        rows = _sheet_rows(sheet)
        if rows and len(book.worksheets) > 1:
            blocks.append(Block(sheet.title, 2))
        blocks += _table(rows)
    return Reading(tuple(blocks))


def _sheet_rows(sheet: Any) -> list[list[str | None]]:
    if sheet.max_row * sheet.max_column > 20 * _MAX_ROWS:
        raise SourceError(f"工作表“{sheet.title}”过大（{sheet.max_row} 行）：请拆分后再导入。")
    merged = {
        (row, column)
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
        if (row, column) != (area.min_row, area.min_col)
    }
    return [
        [
            None if (r, c) in merged and cell.value is None else _shown(cell.value, cell.number_format)
            for c, cell in enumerate(row, 1)
        ]
        for r, row in enumerate(sheet.iter_rows(), 1)
    ]


def _shown(value: Any, form: str = "") -> str:
    """A cell as the sheet shows it: 0.5 under a percent format is 50%."""
    if value is None:
        return ""
    if "%" in form and isinstance(value, int | float):
        return f"{Decimal(str(value)) * 100:f}".rstrip("0").rstrip(".") + "%"
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    return (
        f"{value:g}" if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)
    )


def read_csv(text: str) -> Reading:
    """Read comma-, semicolon- or tab-separated rows."""
    try:
        dialect: Any = csv.Sniffer().sniff(text[:4096], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    try:
        rows = list(csv.reader(io.StringIO(text), dialect))
    except csv.Error as error:
        raise SourceError("CSV 的分隔或引号不对：请重新另存为 CSV。") from error
    return Reading(tuple(_table(rows)))


def _table(rows: Sequence[Sequence[str | None]]) -> list[Block]:
    """Lines above the header (a title, a note) have one cell only."""
    above: list[Block] = []
    rest = [row for row in rows if any(row)]
    while rest and sum(1 for cell in rest[0] if cell) == 1 and len(rest[0]) > 1:
        above.append(Block(next(cell for cell in rest[0] if cell), 1 if not above else None))
        rest = rest[1:]
    if len(rest) > _MAX_ROWS:
        raise SourceError(f"表格有 {len(rest)} 行，超过上限 {_MAX_ROWS} 行：请拆分后再导入。")
    return [*above, *table_rows(rest)]
