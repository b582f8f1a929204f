"""OFD (GB/T 33190-2016, China's fixed-layout format) → `Reading`: lines, ruled tables and scans, page by page.

Annotations, stamps and signatures, slanting or pale text, and what a template repeats on every page are not the paper.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.errors import SourceError
from ingest.numbering import numbering
from ingest.readers.ocr import note_on, recognise
from ingest.readers.ofd_document import DrawnPage, OfdDocument
from ingest.readers.ofd_layout import RED_HEAD, Line, Page, blocks_of, drop_running_lines, parts_of
from ingest.readers.ofd_package import Package, named
from ingest.readers.ofd_picture import painted
from ingest.reading import Block, Limits, Reading

_FEW_CHARACTERS = 10
_MEND = "请重新下载，或用阅读器另存为 PDF。"


@dataclass
class _Told:
    """What the reader has to say of the file: pages by what is the matter with them."""

    damaged: list[int] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    layered: list[int] = field(default_factory=list)
    garbled: list[int] = field(default_factory=list)
    recognised: list[tuple[int, float]] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)

    def notes(self) -> tuple[str, ...]:
        """A sentence for each."""
        said = [note_on(self.recognised)] if self.recognised else []
        for pages, what in (
            (self.damaged, "的内容已损坏，没有读：请重新下载，或用阅读器另存为 PDF。"),
            (self.unread, "是图片，格式认不出，没有读：请用阅读器另存为 PDF。"),
            (self.layered, "的文字取自扫描件自带的文字层，数字请与原件核对。"),
            (self.garbled, "的字符编码不明，文字可能不对：请与原件核对，或用阅读器另存为 PDF。"),
        ):
            if pages:
                said.append(f"第 {_listed(pages)} 页{what}")
        if self.attached:
            said.append(f"文件里附带的 {'、'.join(self.attached[:10])} 没有读：请另存出来再导入。")
        return tuple(said)


def read_ofd(data: bytes, limits: Limits) -> Reading:
    """Read an OFD file; raises SourceError when it is damaged, locked, too long or has nothing to read.

    Several documents in one file follow each other, each under its own title.
    """
    package = Package(data, limits)
    documents = [OfdDocument(package, body) for body in named(package.entry(), "DocBody")]
    pages = sum(len(document.pages) for document in documents)
    if not pages:
        raise SourceError(f"OFD 文件里没有页面：{_MEND}")
    if pages > limits.max_pages:
        raise SourceError(
            f"OFD 有 {pages} 页，超过上限 {limits.max_pages} 页：请拆分，或调大 WENCE_MAX_PAGES。"
        )
    told, key = _Told(), hashlib.sha256(data).hexdigest()
    blocks: list[Block] = []
    visible = before = 0
    for document in documents:
        read: list[Page] = []
        for index in range(len(document.pages)):
            drawn = document.page(index)
            visible += drawn.visible
            read.append(_page(document, drawn, before + index + 1, key, limits, told))
        before += len(read)
        drop_running_lines(read)
        told.attached += document.attachments()
        blocks += _titled(list(blocks_of(read)), document.title if len(documents) > 1 else None)
    if not blocks:
        matter = "的各页内容都已损坏" if told.damaged else "里没有认得出的文字"
        raise SourceError(f"OFD {matter}：{_MEND}")
    return Reading(tuple(blocks), notes=told.notes(), visible=visible or None, method="ofd")


def _page(
    document: OfdDocument, drawn: DrawnPage, number: int, key: str, limits: Limits, told: _Told
) -> Page:
    """A page's lines and tables; a picture of text is recognised, and what is the matter with it is told."""
    content = drawn.content
    across = content.turn in (90, 270)
    page = Page(
        number,
        drawn.height if across else drawn.width,
        drawn.width if across else drawn.height,
        content.turn,
    )
    if drawn.damaged:
        told.damaged.append(number)
        return page
    characters = sum(1 for g in content.glyphs if g.text.strip())
    if characters < _FEW_CHARACTERS and content.pictures:
        if sum(1 for g in content.hidden if g.text.strip()) < _FEW_CHARACTERS:
            page.parts += _recognised(document, drawn, number, key, limits, told)
            return page
        told.layered.append(number)
        content.glyphs += content.hidden
    if sum(1 for g in content.glyphs if _is_unknown(g.text)) > 0.2 * max(1, characters):
        told.garbled.append(number)
    page.parts += parts_of(content, number)
    return page


def _recognised(
    document: OfdDocument, drawn: DrawnPage, number: int, key: str, limits: Limits, told: _Told
) -> list[Line]:
    pictures = [(document.picture(p.resource), p.matrix) for p in drawn.content.pictures]
    image = painted([(data, matrix) for data, matrix in pictures if data], drawn.width, drawn.height)
    if image is None:
        told.unread.append(number)
        return []
    lines, confidence = recognise(image, key, number, limits)
    told.recognised.append((number, confidence))
    return [Line(line, number) for line in lines if line.strip()]


def _titled(blocks: list[Block], declared: str | None) -> list[Block]:
    """One document of several under a heading: its own title, else its first line, else the declared title."""
    if declared is None or not blocks or any(block.level == 1 for block in blocks[:6]):
        return blocks
    first = next((i for i, b in enumerate(blocks[:3]) if not RED_HEAD.fullmatch(b.text)), 0)
    block = blocks[first]
    if (
        not block.is_row
        and len(block.text) <= 60
        and block.text[-1] not in "。；："
        and not numbering(block.text)
    ):
        return [*blocks[:first], replace(block, level=1), *blocks[first + 1 :]]
    return [Block(" ".join(declared.split()), 1, place=block.place), *blocks] if declared.strip() else blocks


def _listed(pages: Sequence[int]) -> str:
    return "、".join(map(str, pages[:10])) + ("等" if len(pages) > 10 else "")


def _is_unknown(char: str) -> bool:
    return unicodedata.category(char) in ("Co", "Cn") or char == "\ufffd"
