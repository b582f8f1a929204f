"""An HTML tree → blocks: paragraphs, headings, list items with the numbers a browser shows, and table rows, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.numbering import numbering
from ingest.readers.grid import Cell, Grid, grid_blocks, grid_of
from ingest.readers.page_words import page_words
from ingest.readers.word_number_formats import chinese, roman
from ingest.reading import Block

_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_BREAKING = {
    *_HEADINGS, "p", "div", "section", "article", "main", "header", "li", "ul", "ol", "dl", "dt", "dd", "blockquote",
    "pre", "center", "figure", "figcaption", "body", "html", "br", "hr", "tr", "td", "th", "tbody", "thead", "tfoot",
    "table", "caption", "form", "fieldset", "legend", "details", "summary", "address", "aside", "nav", "footer",
    "menu", "dir", "noframes", "title", "option",
}  # fmt: skip
_LINES_KEPT = ("pre",)
_GLYPH_HEIGHT = 40  # pixels
_MOST_CELLS = 200_000
_LABEL = 10  # characters of the name of a value
_MOST_FIELDS = 2_000_000  # rows times columns; spans that would make a table larger are not taken
_INDENT = re.compile(r"(?<=[。；！？：:])\u3000{2,}")  # two wide spaces behind a full stop begin a paragraph
_RAISED = dict(zip("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", strict=True))
_LOWERED = dict(zip("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋", strict=True))
_STRUCK_STYLE = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.I)
_GLYPH = re.compile(
    r"[^\W\d_a-zA-Z].{0,11}|[①-⑳❶-❿㈠-㈩\d%].{0,5}"
)  # what an image's alternative text says in place of text
_STRUCK = ("s", "strike", "del")
ATTACHMENT = re.compile(
    r"\.(?:pdf|ofd|docx?|docm|wps|rtf|xlsx?|xlsm|et|csv|zip|rar|7z|odt|ods|pptx?|dps)(?:$|[?#&])", re.I
)


@dataclass(frozen=True)
class PageBlock:
    """A block of a page: how many of its characters are links to other pages, and the element that it stands in."""

    text: str
    level: int | None
    is_row: bool
    linked: int
    element: Any

    @property
    def block(self) -> Block:
        """The block without its page."""
        return Block(self.text, self.level, self.is_row)


def page_blocks(root: Any) -> list[PageBlock]:
    """The blocks of a tree; a data table becomes rows that carry their header."""
    return list(_Walk(root).blocks())


def blocks_of(root: Any) -> list[Block]:
    """The same without their page."""
    return [found.block for found in page_blocks(root)]


class _Walk:
    """One walk over a tree, without recursion; collects text until something breaks the line."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._pieces: list[str] = []
        self._is_blank = True
        self._linked = 0
        self._element: Any = root
        self._level: int | None = None
        self._link = 0
        self._label = ""
        self._counters: list[_Counter | None] = []

    def blocks(self) -> Iterator[PageBlock]:
        for event, element in _walk(self._root):
            if event == "text":
                yield from self._text(*element)
            elif event == "raised":
                self._raise(element)
            elif event == "table":
                yield from self._flush()
                share = _linked_share(element)
                for block in _pairs(element) or _rows(element):
                    linked = int(share * len(block.text)) if share > 0.4 else 0
                    yield PageBlock(block.text, block.level, block.is_row, linked, element)
            elif element.tag == "a":
                self._link += (1 if event == "start" else -1) if is_outward(element) else 0
            elif element.tag in _BREAKING:
                yield from self._flush()
                self._broken(event, element)
        yield from self._flush()

    def _text(self, text: str, element: Any) -> Iterator[PageBlock]:
        lines = text.split("\n") if _in_pre(element) else [text]
        for number, line in enumerate(lines):
            if number:
                yield from self._flush()
            if self._is_blank:
                self._element = element
            self._take(line)
            if self._link > 0:
                self._linked += len("".join(line.split()))

    def _take(self, piece: str) -> None:
        self._pieces.append(piece)
        self._is_blank = self._is_blank and not piece.strip()

    def _broken(self, event: str, element: Any) -> None:
        tag = element.tag
        if tag in _HEADINGS:
            self._level = _HEADINGS[tag] if event == "start" else None
        elif tag in ("ol", "ul", "menu", "dir"):
            if event == "start":
                self._counters.append(_Counter(element) if tag == "ol" else None)
            elif self._counters:
                self._counters.pop()
        elif tag == "li" and event == "start" and self._counters and self._counters[-1]:
            self._label = self._counters[-1].label(element)
        elif tag == "li":
            self._label = ""

    def _raise(self, element: Any) -> None:
        """Raised and lowered figures as such (10⁴, m³, CO₂), so that none joins the figure before it; a mark stays a mark."""
        text = " ".join(element.text_content().split())
        signs = _RAISED if element.tag == "sup" else _LOWERED
        behind = next((piece[-1] for piece in reversed(self._pieces) if piece), "")
        is_figure = bool(text) and all(c in signs for c in text)
        if is_figure and behind.isascii() and behind.isalnum():
            self._take("".join(signs[c] for c in text))
        elif text and not behind.isdigit():
            self._take(f"[{text}]" if text.isdecimal() else text)

    def _flush(self) -> Iterator[PageBlock]:
        whole = "".join(self._pieces)
        linked, self._linked = self._linked, 0
        self._pieces.clear()
        self._is_blank = True
        for part in _INDENT.split(whole):
            if text := " ".join(part.split()):
                label, self._label = self._label, ""
                shown = text if not label or numbering(text) else f"{label}{text}"
                yield PageBlock(shown, self._level, False, linked, self._element)
                linked = 0


class _Counter:
    """The numbers that a browser writes before the items of an ordered list (HTML, The ol element)."""

    def __init__(self, element: Any) -> None:
        style = element.get("style", "").replace(" ", "").lower()
        found = re.search(r"list-style(?:-type)?:([\w-]+)", style)
        self._type = found[1] if found else element.get("type", "1")
        self._step = -1 if element.get("reversed") is not None else 1
        items = sum(1 for child in element if child.tag == "li")
        start = element.get("start", "")
        self._next = int(start) if re.fullmatch(r"-?\d{1,6}", start) else (items if self._step < 0 else 1)

    def label(self, item: Any) -> str:
        value = item.get("value", "")
        if re.fullmatch(r"-?\d{1,6}", value):
            self._next = int(value)
        number, self._next = self._next, self._next + self._step
        return _shown(number, self._type)


def _shown(number: int, kind: str) -> str:
    match kind:
        case "none":
            return ""
        case "a" | "lower-alpha" | "lower-latin" if 1 <= number <= 26:
            return f"{chr(96 + number)}."
        case "A" | "upper-alpha" | "upper-latin" if 1 <= number <= 26:
            return f"{chr(64 + number)}."
        case "i" | "lower-roman" if 1 <= number < 100:
            return f"{roman(number).lower()}."
        case "I" | "upper-roman" if 1 <= number < 100:
            return f"{roman(number)}."
        case "cjk-ideographic" | "simp-chinese-informal" | "trad-chinese-informal" | "cjk-decimal":
            return f"{chinese(number)}、"
        case "disc" | "circle" | "square":
            return ""
    return f"{number}."


def _in_pre(element: Any) -> bool:
    while element is not None:
        if element.tag in _LINES_KEPT or "pre-wrap" in (element.get("style") or "").replace(" ", ""):
            return True
        element = element.getparent() if element.tag in ("span", "font", "b", "strong", "a", "p") else None
    return False


def _walk(root: Any) -> Iterator[tuple[str, Any]]:
    """("text", (string, element)), ("start"|"end", element), ("table", element) in order, without recursion."""
    stack: list[tuple[str, Any]] = [("start", root)]
    with_text: dict[Any, bool] = {}
    while stack:
        event, element = stack.pop()
        if event != "start":
            yield event, element
            continue
        if (
            not isinstance(element.tag, str)
            or element.tag in _STRUCK
            or _STRUCK_STYLE.search(element.get("style", ""))
        ):
            continue
        if element.tag == "img" and (shown := _glyph(element, with_text)):
            yield "text", (shown, element)
            continue
        if element.tag in ("sup", "sub"):
            yield "raised", element
            continue
        if element.tag == "table" and _is_data(element):
            yield "table", element
            continue
        yield "start", element
        if element.text:
            yield "text", (element.text, element)
        stack.append(("end", element))
        for child in reversed(element):
            if child.tail:
                stack.append(("text", (child.tail, element)))
            stack.append(("start", child))


def _linked_share(table: Any) -> float:
    """How much of a table's text are links to other pages."""
    whole = len("".join(table.text_content().split()))
    linked = sum(len("".join(a.text_content().split())) for a in table.iter("a") if is_outward(a))
    return linked / whole if whole else 0.0


def is_outward(anchor: Any) -> bool:
    """Whether a link leads to another page: not to a place on this one, not to a file."""
    address = (anchor.get("href") or "").strip()
    return bool(address) and not address.startswith("#") and not ATTACHMENT.search(address)


def _glyph(image: Any, with_text: dict[Any, bool]) -> str:
    """The alternative text of a small image within a line: a rare character, a number in a circle, a drawn heading.

    `with_text` keeps of each parent whether it holds text.
    """
    text = " ".join((image.get("alt") or "").split())
    if not _GLYPH.fullmatch(text):
        return ""
    heights = [
        image.get("height", "").removesuffix("px"),
        *re.findall(r"height:\s*(\d+)px", image.get("style", "")),
    ]
    if any(h.isdecimal() and len(h) < 5 and int(h) <= _GLYPH_HEIGHT for h in heights):
        return text
    parent = image.getparent()
    if len(text) > 2 or parent is None:
        return ""
    if parent not in with_text:
        with_text[parent] = any(t.strip() for t in parent.itertext())
    return text if with_text[parent] else ""


def _paragraphs(cell: Any) -> list[str]:
    """The paragraphs of a cell."""
    return [block.text for block in page_blocks(cell)]


def _cell_text(cell: Any) -> str:
    return " ".join(_paragraphs(cell))


def _cells(row: Any) -> list[Any]:
    return [c for c in row if c.tag in ("td", "th")]


def _own_rows(table: Any) -> list[Any]:
    """The rows of a table itself, not those of tables within it."""
    rows = []
    for child in table:
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in ("tbody", "thead", "tfoot"):
            rows += [r for r in child if r.tag == "tr"]
    return rows


def _pairs(table: Any) -> list[Block]:
    """A table of labels and values (索引号：… 发布机构：…) as a line each; empty for any other table."""
    rows = [[_cell_text(c) for c in _cells(r)] for r in _own_rows(table)]
    rows = [row for row in rows if any(row)]
    labels = [cell for row in rows for cell in row[::2] if cell]
    known = sum(page_words().field_of(cell) is not None for cell in labels)
    are_known = known >= max(3, len(labels) / 2) and all(len(cell) <= _LABEL for cell in labels)
    if not rows or not (are_known or all(cell.endswith(("：", ":")) for cell in labels)):
        return []
    found = [(a, b) for row in rows for a, b in zip(row[::2], [*row[1::2], ""], strict=False)]
    return [Block(f"{a.rstrip('：:')}：{b}", is_row=True) for a, b in found if a and b]


def _is_data(table: Any) -> bool:
    """A table of figures, not one that lays out the page: several rows of several cells, none of which is most of it."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = [_cells(r) for r in _own_rows(table)]
    rows = [row for row in rows if row]
    if len(rows) < 2 or sum(map(len, rows)) > _MOST_CELLS:
        return False
    lengths = [[len("".join(c.text_content().split())) for c in row] for row in rows]
    several = sum(1 for row in lengths if sum(1 for n in row if n) > 1)
    if several < max(2, len(rows) / 3):
        return False
    whole, longest = sum(map(sum, lengths)), max(map(max, lengths))
    return longest <= 300 or longest < 0.6 * whole


def _rows(table: Any) -> list[Block]:
    """The rows; a form of labels on the left and long texts on the right reads as paragraphs under each label."""
    grid = _grid(table)
    if grid.width == 2 and any(len(_paragraphs(c)) > 2 for r in _own_rows(table) for c in _cells(r)[1:]):
        blocks = []
        for row in _own_rows(table):
            cells = _cells(row)
            label, texts = _cell_text(cells[0]), [t for c in cells[1:] for t in _paragraphs(c)]
            if len(texts) == 1:
                blocks.append(Block(f"{label.rstrip('：:')}：{texts[0]}" if label else texts[0]))
            else:
                blocks += [
                    Block(t)
                    for t in ([f"{label.rstrip('：:')}：" if texts else label] if label else []) + texts
                ]
        return blocks
    captions = [Block(" ".join(c.text_content().split()), is_row=True) for c in table.xpath("./caption")]
    return [c for c in captions if c.text] + [block for _, block in grid_blocks(grid)]


def _grid(table: Any) -> Grid:
    """The cells by row and column, each over the rows and columns that it spans."""
    rows = [row for row in _own_rows(table) if _cells(row)]
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    columns = 0
    for index, row in enumerate(rows):
        column = 0
        for cell in _cells(row):
            while (index, column) in taken:
                column += 1
            across, down = _span(cell, "colspan"), min(_span(cell, "rowspan"), len(rows) - index)
            if (
                len(taken) + across * down > _MOST_CELLS
                or max(columns, column + across) * len(rows) > _MOST_FIELDS
            ):
                across = down = 1
            cells.append(Cell(_cell_text(cell), index, column, down, across))
            taken.update((index + r, column + c) for r in range(down) for c in range(across))
            column += across
        columns = max(columns, column)
    return grid_of(cells, len(rows), columns)


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(int(value[:9]), 100) if value.isdecimal() and int(value[:9]) > 0 else 1
