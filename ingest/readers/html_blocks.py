"""A cleaned HTML tree → blocks: paragraphs, headings, list items and table rows in document order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.reading import Block, table_rows

_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_BREAKING = {
    *_HEADINGS, "p", "div", "section", "article", "main", "header", "li", "ul", "ol", "dl", "dt", "dd", "blockquote",
    "pre", "center", "figure", "figcaption", "body", "html", "br", "hr", "tr", "td", "th", "tbody", "thead", "table",
}  # fmt: skip
_LAYOUT_CELL = 300  # a cell longer than this is the page's layout, not a table


def blocks_of(root: Any) -> list[Block]:
    """The blocks of a tree; a data table becomes rows that carry their header."""
    blocks: list[Block] = []
    pieces: list[str] = []
    level: list[int | None] = [None]

    def flush() -> None:
        text = " ".join("".join(pieces).split())
        pieces.clear()
        if text:
            blocks.append(Block(text, level[0]))

    for event, element in _walk(root):
        if event == "text":
            pieces.append(element)
        elif element.tag in ("sup", "sub"):
            _raise(pieces, element)
        elif event == "table":
            flush()
            blocks.extend(_pairs(element) or table_rows(_grid(element)))
        elif element.tag in _BREAKING:
            flush()
            if element.tag in _HEADINGS:
                level[0] = _HEADINGS[element.tag] if event == "start" else None
    flush()
    return blocks


def _walk(root: Any) -> Iterator[tuple[str, Any]]:
    """("text", string), ("start"|"end", element), ("table", element) in order, without recursion."""
    stack: list[tuple[str, Any]] = [("start", root)]
    while stack:
        event, element = stack.pop()
        if event != "start":
            yield event, element
            continue
        if not isinstance(element.tag, str):
            continue
        if element.tag in ("sup", "sub"):
            yield "raised", element
            continue
        if element.tag == "table" and _is_data(element):
            yield "table", element
            continue
        yield "start", element
        if element.text:
            yield "text", element.text
        stack.append(("end", element))
        for child in reversed(element):
            if child.tail:
                stack.append(("text", child.tail))
            stack.append(("start", child))


def _raise(pieces: list[str], element: Any) -> None:
    """A raised number must not join the figure before it: 10^2; the mark of a footnote behind a figure goes."""
    text = " ".join(element.text_content().split())
    behind_figure = bool(pieces) and pieces[-1][-1:].isdigit()
    if not behind_figure:
        pieces.append(f"[{text}]" if text else "")
    elif text.isdecimal():
        pieces.append(f"^{text} ")


def _pairs(table: Any) -> list[Block]:
    """A table of labels and values (索引号：… 发布机构：…) as a line each; empty for any other table."""
    rows = [
        [" ".join(c.text_content().split()) for c in r.xpath("./td | ./th")] for r in table.xpath(".//tr")
    ]
    rows = [row for row in rows if any(row)]
    labels = [cell for row in rows for cell in row[::2]]
    if not rows or not all(cell.endswith(("：", ":")) for cell in labels if cell):
        return []
    found = [(a, b) for row in rows for a, b in zip(row[::2], [*row[1::2], ""], strict=False)]
    return [Block(f"{a}{b}", is_row=True) for a, b in found if a and b]


def _is_data(table: Any) -> bool:
    if table.xpath(".//table"):
        return False
    cells = table.xpath(".//td | .//th")
    rows = table.xpath(".//tr")
    return (
        len(rows) > 1 and len(cells) > len(rows) and all(len(c.text_content()) <= _LAYOUT_CELL for c in cells)
    )


def _grid(table: Any) -> list[list[str | None]]:
    """Cells by row and column; None where a cell spans in from the left or from above."""
    grid: list[list[str | None]] = []
    hanging: dict[tuple[int, int], None] = {}
    for index, row in enumerate(table.xpath(".//tr")):
        line: list[str | None] = []
        for cell in row.xpath("./td | ./th"):
            while (index, len(line)) in hanging:
                line.append(None)
            across, down = (_span(cell, name) for name in ("colspan", "rowspan"))
            column = len(line)
            line += [" ".join(cell.text_content().split()), *[None] * (across - 1)]
            for below in range(1, down):
                hanging.update({(index + below, column + offset): None for offset in range(across)})
        while (index, len(line)) in hanging:
            line.append(None)
        grid.append(line)
    return [line for line in grid if any(line)]


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1")
    return min(int(value), 100) if value.isdigit() and int(value) > 0 else 1
