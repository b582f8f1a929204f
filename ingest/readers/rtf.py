"""Rich text (.rtf) → `Reading`, by striprtf: paragraphs, and table rows with their merged cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.errors import SourceError
from ingest.readers.grid import Cell, grid_blocks, grid_of
from ingest.reading import Block, Reading

# striprtf writes cells and rows as text of their own; these private characters tell them from the paper's.
_CELL, _ROW, _END, _START = "\ue000", "\ue001", "\ue002", "\ue006"
_ACROSS, _DOWN, _FREE = "\ue003", "\ue004", "\ue005"
_BINARY = re.compile(rb"\\bin(\d{1,9}) ?")
_CODE_PAGE = re.compile(rb"\\ansicpg(\d+)")
_TOKEN = re.compile(
    r"\\\\|\\(?P<word>trowd|clmrg|clvmrg|cellx-?\d+|row|cell|nestcell|nestrow|deleted|pntext)(?![a-zA-Z0-9]) ?"
)
_FONTS = re.compile(r"\{[^{}]*\\fonttbl")
_FONT = re.compile(r"\\(f|fcharset)(\d{1,9})(?![a-zA-Z\d])")
_MOST_FONTS = 5000
_MOST_FIELDS = 1_000_000
_CHARSETS = {936: 134, 950: 136}
_ENCODINGS = {936: "gb18030", 950: "big5", 65001: "utf-8"}


def read_rtf(data: bytes) -> Reading:
    """Read rich text in whatever code page it names; raises SourceError when nothing comes of it."""
    from striprtf.striprtf import rtf_to_text

    page = int(found[1]) if (found := _CODE_PAGE.search(data[:4096])) else 936
    source = _without_binary(data).decode(
        _ENCODINGS.get(page, f"cp{page}" if _is_known(page) else "gb18030"), "replace"
    )
    if page in _CHARSETS:  # a font of the system's own alphabet holds the code page's characters
        source = re.sub(r"\\fcharset0(?!\d)", rf"\\fcharset{_CHARSETS[page]}", source)
    source = _without_links(_with_plain_fonts(source))
    try:
        text = str(rtf_to_text(_marked(source), encoding=f"cp{page}", errors="replace"))  # type: ignore[no-untyped-call]
    except Exception as error:
        raise SourceError("RTF 文件已损坏：请用 Word 或 WPS 另存为 .docx。") from error
    text = _surrogates_joined(text)
    blocks = tuple(_blocks(text))
    if not blocks:
        raise SourceError("RTF 文件里没有文字：请用 Word 或 WPS 另存为 .docx。")
    return Reading(blocks, method="rtf")


def _is_known(page: int) -> bool:
    try:
        "".encode(f"cp{page}")
    except LookupError:
        return False
    return True


def _with_plain_fonts(source: str) -> str:
    """The table of fonts with nothing but their numbers and alphabets: striprtf takes long over a damaged one."""
    begins = _FONTS.search(source)
    if begins is None:
        return source
    depth, end = 1, len(source)
    for brace in re.finditer(r"[{}]", source[begins.end() :]):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            end = begins.end() + brace.end()
            break
    alphabets: dict[str, str] = {}
    font: str | None = None
    for word, number in _FONT.findall(source[begins.end() : end]):
        if word == "f":
            font = number
        elif font is not None and len(alphabets) < _MOST_FONTS:
            alphabets.setdefault(font, number)
    fonts = "".join(f"{{\\f{font}\\fcharset{alphabet} x;}}" for font, alphabet in alphabets.items())
    return f"{source[: begins.start()]}{{\\fonttbl{fonts}}}{source[end:]}"


def _without_links(source: str) -> str:
    """What striprtf would take for a link, and write out with its address, is left a field like others."""
    return re.sub(r"(\\fldinst)\{", r"\1 {", source, flags=re.I)


def _without_binary(data: bytes) -> bytes:
    """Pictures kept as bare bytes would be read as text."""
    kept: list[bytes] = []
    at = 0
    while found := _BINARY.search(data, at):
        kept.append(data[at : found.start()])
        at = found.end() + int(found[1])
    return b"".join([*kept, data[at:]])


def _marked(source: str) -> str:
    """Cells, rows and their merges as characters that striprtf hands through; what was deleted is left out."""
    merges: list[str] = []
    merge = _FREE

    def mark(characters: str) -> str:
        return "{\\uc0" + "".join(f"\\u{ord(c)} " for c in characters) + "}"

    def replaced(found: re.Match[str]) -> str:
        nonlocal merge
        word = found["word"]
        if word is None:
            return found[0]
        if word == "trowd":
            merges.clear()
            merge = _FREE
            return mark(_START) + found[0]
        if word in ("clmrg", "clvmrg"):
            merge = _ACROSS if word == "clmrg" else _DOWN
        elif word.startswith("cellx"):
            merges.append(merge)
            merge = _FREE
        elif word == "cell":
            return mark(_CELL)
        elif word == "row":
            return mark(_ROW + "".join(merges) + _END) + "\\par "
        elif word in ("nestcell", "nestrow"):
            return "{\\uc0\\u32 }"
        elif word == "deleted":
            return "\\*"
        elif word == "pntext":
            return ""
        return found[0]

    return _TOKEN.sub(replaced, source)


def _surrogates_joined(text: str) -> str:
    """Rare characters come as two halves."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _blocks(text: str) -> Iterator[Block]:
    """Lines, and runs of rows as tables."""
    rows: list[tuple[list[str], str]] = []
    for piece in re.split(f"({_ROW}[{_ACROSS}{_DOWN}{_FREE}]*{_END})", text):
        if piece.startswith(_ROW):
            merges = piece[1:-1]
            if rows and rows[-1][1] == "?":
                rows[-1] = (rows[-1][0], merges)
            continue
        before, cells = _split(piece)
        if before and rows:
            yield from _table(rows)
            rows = []
        yield from (Block(line) for line in before)
        if cells:
            rows.append((cells, "?"))
    yield from _table(rows)


def _split(piece: str) -> tuple[list[str], list[str]]:
    """(paragraphs before the row, the row's cells).

    A row begins where it is defined; one that takes the definition of the row before begins after the last paragraph.
    """
    head, *others = piece.split(_CELL)
    if not others:
        return _lines(head.replace(_START, "\n")), []
    if _START in head:
        before, _, first = head.partition(_START)
    else:
        before, _, first = head.rpartition("\n")
    cells = [" ".join(part.replace(_START, "").split()) for part in (first, *others[:-1])]
    return _lines(before), [*cells, *_lines(others[-1].replace(_START, ""))]


def _lines(text: str) -> list[str]:
    return [line for line in (" ".join(part.split()) for part in text.split("\n")) if line]


def _table(rows: list[tuple[list[str], str]]) -> Iterator[Block]:
    """The rows' blocks; a cell marked as merged belongs to the one above it or to its left."""
    if not rows:
        return
    columns = max(len(cells) for cells, _ in rows)
    if len(rows) * columns > _MOST_FIELDS:
        raise SourceError("RTF 文件里的表格过大：请拆分，或用 Word 或 WPS 另存为 .docx。")
    placed: dict[tuple[int, int], int] = {}
    whole: list[Cell] = []
    for row, (cells, merges) in enumerate(rows):
        for column, text in enumerate(cells):
            mark = merges[column] if column < len(merges) else _FREE
            near = (row, column - 1) if mark == _ACROSS else (row - 1, column) if mark == _DOWN else None
            if near is not None and near in placed:
                number = placed[row, column] = placed[near]
                of = whole[number]
                down, across = max(of.down, row - of.row + 1), max(of.across, column - of.column + 1)
                whole[number] = Cell(of.text, of.row, of.column, down, across)
            else:
                placed[row, column] = len(whole)
                whole.append(Cell(text, row, column))
    grid = grid_of(whole, len(rows), columns)
    yield from (block for _, block in grid_blocks(grid))
