"""Tables (.xlsx, .xls, .csv) → `Reading`: each row as a line with its column names, as the sheet shows it."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from assistant.errors import SourceError
from ingest.numbering import numbering
from ingest.readers.grid import Cell, Grid, grid_blocks, grid_of
from ingest.readers.number_format import shown
from ingest.reading import Block, Reading
from ingest.units import header_under, stated_unit

_MAX_ROWS = 50_000
_MAX_CELLS = 20 * _MAX_ROWS
_MAX_UNPACKED = 300_000_000
_DAMAGED = "Excel 文件已损坏、有密码或不是 .xlsx：请重新另存为 .xlsx。"
_TOO_LARGE = "Excel 文件解开后过大：请拆成几份，或去掉空白区域的格式和合并单元格后再导入。"
_CELL = re.compile(rb"<(?:\w+:)?c[ />]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]{0,200}?ref\s*=\s*["']([^"'<>]{1,60})["']""")
_NAMED = 10
_FIGURE = re.compile(r"[\d.,，%％]+\S{0,3}")
_NOTE = re.compile(r"(?:注|备注|说明|填表说明|附注)\s*[:：\d]")
# What headers end in: a row of these after an empty row begins another table.
_HEADER_WORD = re.compile(
    r".{0,10}(?:序号|编号|名称|项目|事项|类别|类型|等级|级别|档次|标准|金额|比例|条件|对象|单位|部门|备注|内容|地址|电话|联系人|日期|时间|"
    r"年度|指标|数量|面积|人数|上限|下限|依据|方式|区县|政策|措施|材料|要求|限额|额度|评分|分值|奖励|补贴|补助)(?:[（(][^（()）]*[）)])?"
)


@dataclass(frozen=True)
class Merged:
    """A merged area by its first and last row and column, from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Worksheet:
    """A sheet's texts as it shows them, its merged areas, what is hidden (from 0), and formulas without a value."""

    title: str
    rows: list[list[str]]
    merged: list[Merged] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)


def read_xlsx(data: bytes) -> Reading:
    """Read a workbook, a heading for each sheet; raises SourceError when it is damaged or too long."""
    import openpyxl

    try:
        has_formulas = _checked(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that it does not know
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
            formulas = openpyxl.load_workbook(io.BytesIO(data)) if has_formulas else None
    except SourceError:
        raise
    except Exception as error:
        raise SourceError(_DAMAGED) from error
    seen = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    left_out = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    try:
        sheets = [_worksheet(sheet, formulas[sheet.title] if formulas else None) for sheet in seen]
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise SourceError(_DAMAGED) from error  # what the parts say of the sheets does not fit together
    return workbook_reading(sheets, left_out)


def read_xls(data: bytes) -> Reading:
    """Read a workbook of Excel 97–2003 (.xls, .et); raises SourceError when it is damaged, locked or too long."""
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except Exception as error:
        locked = "encrypt" in str(error).lower() or "password" in str(error).lower()
        what = "有密码：请先去掉密码再" if locked else "已损坏或不是 .xls：请用 Excel 或 WPS "
        raise SourceError(f"Excel 文件{what}另存为 .xlsx。") from error
    seen = [sheet for sheet in book.sheets() if not sheet.visibility]
    left_out = [sheet.name for sheet in book.sheets() if sheet.visibility]
    try:
        sheets = [_old_worksheet(book, sheet) for sheet in seen]
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise SourceError("Excel 文件已损坏：请用 Excel 或 WPS 另存为 .xlsx。") from error
    return workbook_reading(sheets, left_out)


def _checked(data: bytes) -> bool:
    """Whether any cell has a formula; raises SourceError for a workbook that would not fit into memory."""
    has_formulas, cells = False, 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(info.file_size for info in archive.infolist()) > _MAX_UNPACKED:
            raise SourceError(_TOO_LARGE)
        for name in archive.namelist():
            part = archive.read(name) if name.lower().endswith(".xml") else b""
            cells += len(_CELL.findall(part)) + sum(map(_area, _MERGE.findall(part)))
            if cells > 2 * _MAX_CELLS:
                raise SourceError(_TOO_LARGE)
            has_formulas = has_formulas or _FORMULA.search(part) is not None
    return has_formulas


def _area(reference: bytes) -> int:
    """The cells of a merged area, A1:C9; 0 for what is no area."""
    from openpyxl.utils.cell import range_boundaries

    try:
        left, top, right, bottom = range_boundaries(reference.decode("ascii", "replace"))
    except (ValueError, TypeError):
        return 0
    whole = (1, 1, 16_384, 1_048_576)
    sides = [side or end for side, end in zip((left, top, right, bottom), whole, strict=True)]
    return max(0, sides[2] - sides[0] + 1) * max(0, sides[3] - sides[1] + 1)


def _worksheet(sheet: Any, formulas: Any) -> Worksheet:
    filled = {at: cell for at, cell in sheet._cells.items() if cell.value is not None}
    unknown = [
        cell.coordinate
        for (row, column), cell in sorted(formulas._cells.items() if formulas is not None else ())
        if cell.data_type == "f" and (row, column) not in filled
    ]
    height = max((row for row, _ in filled), default=0)
    width = max((column for _, column in filled), default=0)
    _check_size(sheet.title, height, width)
    rows = [[""] * width for _ in range(height)]
    for (row, column), cell in filled.items():
        rows[row - 1][column - 1] = shown(cell.value, cell.number_format)
    return Worksheet(
        sheet.title,
        rows,
        [
            Merged(a.min_row - 1, a.min_col - 1, a.max_row - 1, a.max_col - 1)
            for a in sheet.merged_cells.ranges
        ],
        {row - 1 for row, dimension in sheet.row_dimensions.items() if dimension.hidden and row <= height},
        {
            column - 1
            for dimension in sheet.column_dimensions.values()
            if dimension.hidden
            for column in range(dimension.min or 1, min(dimension.max or 1, width) + 1)
        },
        unknown,
    )


def _old_worksheet(book: Any, sheet: Any) -> Worksheet:
    _check_size(sheet.name, sheet.nrows, sheet.ncols)
    return Worksheet(
        sheet.name,
        [[_old_shown(book, cell) for cell in sheet.row(row)] for row in range(sheet.nrows)],
        [Merged(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells],
        {row for row, info in sheet.rowinfo_map.items() if info.hidden and row < sheet.nrows},
        {column for column, info in sheet.colinfo_map.items() if info.hidden and column < sheet.ncols},
    )


def _old_shown(book: Any, cell: Any) -> str:
    import xlrd

    form = ""
    if cell.xf_index is not None and cell.xf_index < len(book.xf_list):
        known = book.format_map.get(book.xf_list[cell.xf_index].format_key)
        form = known.format_str if known is not None else ""
    match cell.ctype:
        case xlrd.XL_CELL_NUMBER:
            return shown(cell.value, form)
        case xlrd.XL_CELL_DATE:
            try:
                moment = xlrd.xldate_as_datetime(cell.value, book.datemode)
            except (ValueError, OverflowError):
                return shown(cell.value)
            return shown(moment if cell.value >= 1 else timedelta(days=cell.value), form)
        case xlrd.XL_CELL_BOOLEAN:
            return shown(bool(cell.value))
        case xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    return str(cell.value)


def _check_size(title: str, rows: int, columns: int) -> None:
    if rows * columns > _MAX_CELLS:
        raise SourceError(f"工作表“{title}”过大（{rows} 行）：请拆分后再导入。")


def workbook_reading(sheets: Sequence[Worksheet], left_out: Sequence[str]) -> Reading:
    """The sheets' tables one after the other; what is hidden or has no value is left out and said."""
    blocks: list[Block] = []
    notes: list[str] = []
    visible = 0
    if left_out:
        notes.append(f"隐藏的工作表没有读：{_listed(left_out)}。需要的话请取消隐藏后再导入。")
    for sheet in sheets:
        rows, merged = _unhidden(sheet)
        read = list(_tables(rows, merged, 1 if not blocks else 3))
        if read and len(sheets) > 1 and (title := " ".join(sheet.title.split())):
            blocks.append(Block(title, 2))
            visible += len("".join(title.split()))
        blocks += read
        visible += sum(len("".join(text.split())) for row in rows for text in row)
        hidden = [
            f"{len(places)} {what}"
            for places, what in ((sheet.hidden_rows, "行"), (sheet.hidden_columns, "列"))
            if places
        ]
        if hidden:
            notes.append(
                f"工作表“{sheet.title}”里隐藏的 {'、'.join(hidden)}没有读。需要的话请取消隐藏后再导入。"
            )
        if sheet.unknown:
            notes.append(
                f"工作表“{sheet.title}”里的公式没有存下结果，没有读：{_listed(sheet.unknown)}。请用 Excel 打开后保存再导入。"
            )
    return Reading(tuple(blocks), notes=tuple(notes), visible=visible or None, method="sheet")


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
    visible = sum(len("".join(cell.split())) for row in rows for cell in row)
    return Reading(tuple(_tables(rows, [])), visible=visible or None, method="sheet")


def _unhidden(sheet: Worksheet) -> tuple[list[list[str]], list[Merged]]:
    """The rows and columns that are shown, and the merged areas as they lie among them, from the top down."""
    width = max((len(row) for row in sheet.rows), default=0)
    rows = [r for r in range(len(sheet.rows)) if r not in sheet.hidden_rows]
    columns = [c for c in range(width) if c not in sheet.hidden_columns]
    texts = [[sheet.rows[r][c] if c < len(sheet.rows[r]) else "" for c in columns] for r in rows]
    merged: list[Merged] = []
    left = 2 * _MAX_CELLS  # overlapping areas of a damaged sheet would be without end
    for area in sheet.merged:
        top, bottom = bisect_left(rows, area.top), bisect_right(rows, area.bottom) - 1
        first, last = bisect_left(columns, area.left), bisect_right(columns, area.right) - 1
        if (
            top > bottom
            or first > last
            or not (0 <= area.top < len(sheet.rows) and 0 <= area.left < len(sheet.rows[area.top]))
        ):
            continue
        left -= (bottom - top + 1) * (last - first + 1)
        if left < 0:
            break
        texts[top][first] = sheet.rows[area.top][area.left]
        merged.append(Merged(top, first, bottom, last))
    return texts, sorted(merged, key=lambda area: area.top)


def _tables(rows: Sequence[Sequence[str]], merged: Sequence[Merged], level: int = 1) -> Iterator[Block]:
    """Tables parted by empty rows; the first line above a table is a heading, a stated unit holds for the table below."""
    if len(rows) > _MAX_ROWS:
        raise SourceError(f"表格有 {len(rows)} 行，超过上限 {_MAX_ROWS} 行：请拆分后再导入。")
    unit: str | None = None
    header: list[str] | None = None
    before: list[int] = []
    is_first = True
    tops = [area.top for area in merged]
    for start, end in _parts(rows, merged):
        areas = merged[bisect_left(tops, start) : bisect_left(tops, end)]
        columns = _columns(rows, areas, start, end)
        if (end - start) * len(columns) > _MAX_CELLS:
            raise SourceError(f"表格过大（{end - start} 行 {len(columns)} 列）：请拆分后再导入。")
        grid = _grid(rows, areas, start, end, columns)
        for text in (text for row in grid.rows[: grid.first_wide] for text in row[0].split()):
            unit = stated_unit(text) or unit
        goes_on = header is not None and set(columns) <= set(before) and not _is_own(grid)
        if goes_on:
            grid = _grid(rows, areas, start, end, before)
        elif len(columns) == 1 or grid.first_wide == len(grid.rows):
            header, before = None, []
        else:
            header, before = [header_under(n, unit) if unit else n for n in grid.names], columns
            grid = _named(grid, header)
        for row, block in grid_blocks(grid, header if goes_on else None):
            yield Block(block.text, level) if is_first and (row in grid.wide or grid.width < 2) else block
            is_first = False


def _named(grid: Grid, header: Sequence[str]) -> Grid:
    """The grid with its header as it is to be read, in one row."""
    top, rest = grid.first_wide, grid.header_rows - 1
    if len(grid.rows) - top <= grid.header_rows:
        return grid
    rows = (*grid.rows[:top], tuple(header), *grid.rows[top + 1 + rest :])
    return Grid(rows, frozenset(i if i < top else i - rest for i in grid.wide))


def _parts(rows: Sequence[Sequence[str]], merged: Sequence[Merged]) -> Iterator[tuple[int, int]]:
    """(first row, row after the last) of each run of rows that hold text, merged cells counted."""
    covered = {r for area in merged if rows[area.top][area.left] for r in range(area.top, area.bottom + 1)}
    start: int | None = None
    for index, row in enumerate([*rows, []]):
        holds = index in covered or any(cell.strip() for cell in row)
        if holds and start is None:
            start = index
        elif not holds and start is not None:
            yield start, index
            start = None


def _columns(rows: Sequence[Sequence[str]], merged: Sequence[Merged], start: int, end: int) -> list[int]:
    """The columns that hold text in a run of rows; a title merged over them makes none."""
    used = {c for row in rows[start:end] for c, text in enumerate(row) if text.strip()}
    if len(used) > 1:
        used |= {
            c
            for area in merged
            if rows[area.top][area.left].strip()
            for c in range(area.left, area.right + 1)
            if c <= max(used)
        }
    return sorted(used)


def _grid(
    rows: Sequence[Sequence[str]], merged: Sequence[Merged], start: int, end: int, columns: Sequence[int]
) -> Grid:
    """A run of rows as a table, its columns from left to right.

    Lines of a single text above it, groups' names and notes are over the whole width.
    """
    at = {column: index for index, column in enumerate(columns)}
    areas = [a for a in merged if a.left in at and rows[a.top][a.left].strip()]
    of = {(r, c): a for a in areas for r in range(a.top, a.bottom + 1) for c in range(a.left, a.right + 1)}
    over: defaultdict[int, list[Merged]] = defaultdict(list)
    for area in areas:
        for row in range(area.top, area.bottom + 1):
            over[row].append(area)
    cells: list[Cell] = []
    above = True
    for index in range(start, end):
        texts = {c: text for c, text in enumerate(rows[index]) if text.strip() and c in at}
        if _is_wide(list(texts.values()), over[index], index, columns, above):
            cells.append(Cell(" ".join(texts.values()), index - start, 0, 1, len(columns)))
            continue
        above = above and not texts
        for c, text in texts.items():
            area = of.get((index, c), Merged(index, c, index, c))
            if (area.top, area.left) == (index, c):
                across = bisect_right(columns, area.right) - bisect_left(columns, area.left)
                cells.append(Cell(text, index - start, at[c], area.bottom - area.top + 1, across))
    return grid_of(cells, end - start, len(columns))


def _is_wide(
    texts: Sequence[str], areas: Sequence[Merged], row: int, columns: Sequence[int], above: bool
) -> bool:
    """Whether a row is a line over the whole table: a title or a stated unit above it, a group's name, a note."""
    if not texts or len(columns) < 2:
        return False
    if above and 1 < len(texts) <= 3 and any(stated_unit(text) for text in texts):
        return True
    if len(texts) > 1 or any(area.top < row for area in areas):
        return False
    fills = any(area.left <= columns[0] and area.right >= columns[-1] for area in areas)
    return above or fills or bool(_NOTE.match(texts[0])) or numbering(texts[0]) is not None


def _is_own(grid: Grid) -> bool:
    """Whether a run of rows after an empty one begins a table of its own, with a header of words and no figures."""
    top = grid.first_wide
    if grid.width < 2 or top == len(grid.rows):
        return True
    first = [cell for cell in grid.rows[top] if cell]
    words = sum(1 for cell in first if _HEADER_WORD.fullmatch(cell))
    figures = any(_FIGURE.fullmatch(cell) for cell in first)
    return not figures and len(grid.rows) > top + 1 and (bool(top) or 2 * words >= len(first))


def _listed(names: Sequence[str]) -> str:
    return "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")
