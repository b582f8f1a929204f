"""Word (.docx, .docm, .dotx) → `Reading`: what a person sees of the paper, in order."""

from __future__ import annotations

import hashlib
import io
import posixpath
import warnings
from collections.abc import Callable
from typing import Any

from assistant.errors import SourceError
from ingest.readers.html_blocks import blocks_of
from ingest.readers.lines import paragraphs
from ingest.readers.ocr import note_on, recognise
from ingest.readers.office import converted
from ingest.readers.plain import decode
from ingest.readers.sheet import read_xlsx
from ingest.readers.word_body import Gathered, Notes, WordBody
from ingest.readers.word_lines import Line
from ingest.readers.word_numbering import WordNumbering
from ingest.readers.word_package import (
    DAMAGED,
    OLE_MAGIC,
    R,
    W,
    WordPackage,
    is_locked,
    is_on,
    unpacked_bytes,
)
from ingest.readers.word_revisions import visible_characters
from ingest.readers.word_styles import WordStyles
from ingest.readers.word_titles import has_number, is_red_head, with_titles
from ingest.reading import Block, Limits, Reading

_HARDLY_ANY = 60  # characters; a paper with fewer and with large pictures is pasted pictures
_LARGE_PICTURE = 300_000  # pixels; half a screen
_EMBEDDED_BYTES = 10_000_000
_UNPACKED_BYTES = 50_000_000
_MOST_EMBEDDED = 20
_HEAD_LINES = 12


def read_docx(data: bytes, limits: Limits = Limits()) -> Reading:
    """Read a Word file; raises SourceError when it is damaged, locked, a bomb or not one."""
    if data.startswith(OLE_MAGIC) and not is_locked(data):
        return read_docx(converted(data, ".doc", ".docx"), limits)  # an old file under a new name
    return _Paper(data, limits, is_embedded=False).reading()


class _Paper:
    """One Word package while it is read; within another one nothing embedded is opened."""

    def __init__(self, data: bytes, limits: Limits, is_embedded: bool) -> None:
        self._data = data
        self._limits = limits
        self._is_embedded = is_embedded
        self._package = WordPackage(data)
        self._gathered = Gathered()
        self._notes: list[str] = []
        self._styles = WordStyles(self._lesser("styles", "样式"))
        self._numbering = WordNumbering(self._lesser("numbering", "自动编号"), self._styles)

    def reading(self) -> Reading:
        """The blocks, what there is to say of them, and the count of visible characters."""
        root = self._package.tree(self._package.main)
        if root is None or root.find(f"{W}body") is None:
            raise SourceError(DAMAGED)
        visible = visible_characters(root, self._styles)
        head = self._header_of_first_page(root)
        notes, in_notes = self._footnotes(root)
        lines = self._body(self._package.main, notes, self._open).lines(root)
        lines = _recalled_head(head, lines) + lines
        recognised: list[tuple[int, float]] = []
        blocks = [
            Block(x.text, x.level, x.is_row)
            for x in with_titles(self._with_pictures(lines, recognised))
            if x.text
        ]
        said = (*self._notes, *self._said(), *((note_on(recognised),) if recognised else ()))
        links = tuple(self._gathered.links.values())
        return Reading(
            tuple(blocks), notes=said, attachments=links, visible=None if recognised else visible + in_notes
        )

    def _body(
        self, part: str, notes: Notes | None = None, opened: Callable[[str], list[Line] | None] | None = None
    ) -> WordBody:
        return WordBody(self._package, part, self._styles, self._numbering, self._gathered, notes, opened)

    def _lesser(self, kind: str, name: str) -> Any | None:
        """A part the paper can be read without: damaged it is left out, and a note says so."""
        part = self._package.related(kind)
        try:
            return self._package.tree(part) if part else None
        except SourceError as error:
            if str(error) != DAMAGED:
                raise
            self._notes.append(f"文件的{name}部件已损坏，没有读入：请对照原件核对{name}。")
            return None

    def _footnotes(self, root: Any) -> tuple[Notes, int]:
        """(the notes by id, characters of those referred to)."""
        readers: dict[str, tuple[WordBody, dict[str, Any]]] = {}
        characters = 0
        for kind, name in (("footnote", "脚注"), ("endnote", "尾注")):
            stored = self._lesser(f"{kind}s", name)
            if stored is None:
                continue
            part = self._package.related(f"{kind}s") or ""
            by_id = {
                note.get(f"{W}id", ""): note
                for note in stored.iterchildren(f"{W}{kind}")
                if note.get(f"{W}type", "normal") == "normal"
            }
            referred = {mark.get(f"{W}id", "") for mark in root.iter(f"{W}{kind}Reference")}
            characters += sum(visible_characters(by_id[id], self._styles) for id in referred if id in by_id)
            readers[kind] = (self._body(part), by_id)
        return Notes(readers), characters

    def _header_of_first_page(self, root: Any) -> list[Line]:
        """The lines of the header that the first page shows."""
        section = next(root.iter(f"{W}sectPr"), None)
        if section is None:
            return []
        marked = section.find(f"{W}titlePg")
        kind = "first" if marked is not None and is_on(marked) else "default"
        for reference in section.iterchildren(f"{W}headerReference"):
            relation = self._package.relations(self._package.main).get(reference.get(f"{R}id", ""))
            if reference.get(f"{W}type", "default") != kind or relation is None:
                continue
            try:
                header = self._package.tree(relation.target)
            except SourceError:
                return []
            if header is None:
                return []
            body = WordBody(self._package, relation.target, self._styles, self._numbering, Gathered())
            return body.lines(header)
        return []

    def _open(self, part: str) -> list[Line] | None:
        """The lines of an embedded document or sheet; None where it is not read."""
        if self._is_embedded or len(self._gathered.embedded) >= _MOST_EMBEDDED:
            return None
        suffix = posixpath.splitext(part)[1].lower()
        data = self._package.part(part) or b""
        if len(data) > _EMBEDDED_BYTES:
            return None
        try:
            match suffix:
                case ".docx" | ".docm" | ".dotx":
                    inner = _Paper(data, self._limits, is_embedded=True).reading()
                    self._notes += inner.notes
                    blocks = inner.blocks
                case ".xlsx":
                    blocks = _sheet_blocks(data)
                case ".htm" | ".html":
                    blocks = tuple(_html_blocks(data))
                case ".txt":
                    blocks = tuple(Block(" ".join(x.split())) for x in decode(data).splitlines() if x.strip())
                case _:
                    return None
        except SourceError:
            return None
        return [Line(block.text, block.level, block.is_row) for block in blocks]

    def _said(self) -> tuple[str, ...]:
        """What readers must know: revisions, struck text, what is embedded, charts."""
        gathered = self._gathered
        said = list(gathered.revisions.note())
        if gathered.struck:
            sample = "、".join(f"“{text}”" for text in gathered.struck[:3])
            said.append(f"有 {len(gathered.struck)} 处带删除线的文字没有读入（{sample}）：请对照原件核对。")
        if gathered.embedded:
            said.append(f"嵌入的文件已一并读入：{_names(gathered.embedded)}。")
        if gathered.unread:
            said.append(f"嵌入的文件没有读入：{_names(gathered.unread)}；需要时请单独导入。")
        if gathered.charts:
            said.append(f"文件里有 {gathered.charts} 张图表，其中的数据没有读入：请对照原件核对。")
        return tuple(said)

    def _with_pictures(self, lines: list[Line], recognised: list[tuple[int, float]]) -> list[Line]:
        """Pictures of pages as their text where the file has hardly any other; else a note on the large ones."""
        pictures = [line.picture for line in lines if line.picture]
        if not pictures:
            return lines
        is_pasted = sum(len(line.text) for line in lines) < _HARDLY_ANY
        shown: list[Line] = []
        large = 0
        seen: set[str] = set()
        for line in lines:
            if not line.picture:
                shown.append(line)
            elif line.picture not in seen and len(seen) < self._limits.max_pages:
                seen.add(line.picture)
                image = _large_picture(self._package, line.picture, is_pasted)
                if image is None:
                    continue
                large += 1
                if is_pasted:
                    shown += self._recognised(image, large, recognised)
        if large and not is_pasted:
            self._notes.append(f"文件里有 {large} 幅大图，图中的文字没有读入：请对照原件核对。")
        return shown

    def _recognised(self, image: Any, page: int, recognised: list[tuple[int, float]]) -> list[Line]:
        key = hashlib.sha256(self._data).hexdigest()
        texts, confidence = recognise(image, key, page, self._limits)
        recognised.append((page, confidence))
        texts = [text for text in texts if text.strip()]
        return [Line(block.text) for block in paragraphs(texts, max(map(len, texts), default=0))]


def _sheet_blocks(data: bytes) -> tuple[Block, ...]:
    if unpacked_bytes(data) > _UNPACKED_BYTES:
        raise SourceError(DAMAGED)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read_xlsx(data).blocks
    except Exception as error:
        raise SourceError(DAMAGED) from error


def _large_picture(package: WordPackage, part: str, is_wanted: bool) -> Any | None:
    """A picture as large as a page's, its pixels read where it is wanted; None for a small or unreadable one."""
    try:
        return _opened(package.part(part) or b"", is_wanted)
    except SourceError:
        return None


def _opened(data: bytes, is_wanted: bool) -> Any | None:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            image = Image.open(io.BytesIO(data))
            if image.width * image.height < _LARGE_PICTURE:
                return None
            return image.convert("RGB") if is_wanted else image
    except Exception as error:
        raise SourceError("图片打不开：请换成清晰的 PNG 或 JPG。") from error


def _html_blocks(data: bytes) -> list[Block]:
    from lxml import etree, html

    try:
        tree = html.document_fromstring(decode(data).encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError) as error:
        raise SourceError(DAMAGED) from error
    etree.strip_elements(tree, "script", "style", "head", with_tail=False)
    return blocks_of(tree)


def _recalled_head(head: list[Line], lines: list[Line]) -> list[Line]:
    """A red head that stands in the page header only: its line of offices, and the number the text lacks."""
    top = "".join("".join(line.text.split()) for line in lines[:_HEAD_LINES])
    if not any(is_red_head(line.text) for line in head) or any(
        is_red_head(x.text) for x in lines[:_HEAD_LINES]
    ):
        return []
    return [
        line
        for line in head
        if (is_red_head(line.text) or has_number(line.text)) and "".join(line.text.split()) not in top
    ]


def _names(parts: list[str]) -> str:
    names = [posixpath.basename(part) for part in dict.fromkeys(parts)]
    return "、".join(names[:5]) + ("等" if len(names) > 5 else "")
