"""One document of an OFD file: its pages with the templates and resources that they use."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from assistant.errors import SourceError
from ingest.readers.ofd_package import Package, PartError, name_of, named, numbers, resolve, text_at
from ingest.readers.ofd_page import Content, content_of

_A4 = (210.0, 297.0)
_MARGIN = 0.08  # of a page's height: where a template's text is a running head or a page number


@dataclass
class DrawnPage:
    """A page as it is drawn, its measures in mm, and how many characters its text codes hold."""

    width: float
    height: float
    content: Content = field(default_factory=Content)
    visible: int = 0
    damaged: bool = False


class OfdDocument:
    """One document of the file: its pages, templates and resources."""

    def __init__(self, package: Package, body: Any) -> None:
        self._package = package
        self.path = _root_path(package, body)
        self.title = text_at(body, "DocInfo", "Title")
        try:
            self._root = package.xml(self.path)
        except PartError as error:
            raise SourceError("OFD 的文档主体缺失或已损坏：请重新下载，或用阅读器另存为 PDF。") from error
        common = named(self._root, "CommonData")
        self._common = common[0] if common else self._root
        self.pages = [p for group in named(self._root, "Pages") for p in named(group, "Page")]
        self._templates = {t.get("ID"): t.get("BaseLoc", "") for t in named(self._common, "TemplatePage")}
        self._used: Counter[str] = Counter()
        self._roots: dict[int, Any] = {}
        self._page_resources: dict[str, tuple[str, Any]] = {}
        self._opened = False

    def _open_pages(self) -> None:
        """Every page is opened before the first is read, to know which templates many of them use."""
        for index, page in enumerate(self.pages):
            try:
                root = self._package.xml(resolve(self.path, page.get("BaseLoc", "")))
            except PartError:
                continue
            self._roots[index] = root
            self._used.update({t.get("TemplateID", "") for t in named(root, "Template")})
        self._opened = True

    def page(self, index: int) -> DrawnPage:
        """A page as it is drawn; raises SourceError when it holds more than a page of paper can."""
        if not self._opened:
            self._open_pages()
        root = self._roots.pop(index, None)
        width, height = self._size(root)
        if root is None:
            return DrawnPage(width, height, damaged=True)
        path = resolve(self.path, self.pages[index].get("BaseLoc", ""))
        try:
            content = self._content(root, path)
        except ValueError as error:
            raise SourceError(
                f"OFD 第 {index + 1} 页的对象过多，不像正常的文件：请用阅读器另存为 PDF。"
            ) from error
        return DrawnPage(width, height, content, _count(root))

    def _content(self, root: Any, path: str) -> Content:
        """What stands on a page, with templates that no other page uses: those on every page are frames."""
        width, height = self._size(root)
        self._page_resources = self._resources_of(root, path)
        content = content_of(_body(root), self._composite, width, height)
        for used in named(root, "Template"):
            id = used.get("TemplateID", "")
            if self._used[id] != 1 or id not in self._templates:
                continue
            location = resolve(self.path, self._templates[id])
            try:
                template = self._package.xml(location)
            except PartError:
                continue
            self._page_resources |= self._resources_of(template, location)
            more = content_of(_body(template), self._composite, width, height)
            if more.turn == content.turn or not content.glyphs:
                edge = _MARGIN * height
                content.glyphs += [g for g in more.glyphs if edge < g.y < height - edge]
                content.rules += more.rules
        return content

    def picture(self, id: str) -> bytes | None:
        """The bytes of a picture on the page read last, by its id; None when the file lacks it."""
        found = self._resource(id)
        location = text_at(found[1], "MediaFile") if found else ""
        if not found or not location:
            return None
        try:
            return self._package.read(resolve(found[0], location))
        except PartError:
            return None

    def _size(self, root: Any) -> tuple[float, float]:
        """A page's width and height in mm: its own, else the document's."""
        areas = [*(named(root, "Area") if root is not None else []), *named(self._common, "PageArea")]
        for area in areas:
            box = numbers(text_at(area, "PhysicalBox"))
            if len(box) == 4 and box[2] > 0 and box[3] > 0:
                return box[2], box[3]
        return _A4

    @cached_property
    def _resources(self) -> dict[str, tuple[str, Any]]:
        """(path, element) of each resource of the document by its id."""
        return self._resources_of(self._common, self.path)

    def _resources_of(self, parent: Any, path: str) -> dict[str, tuple[str, Any]]:
        found: dict[str, tuple[str, Any]] = {}
        for entry in named(parent, "PublicRes", "DocumentRes", "PageRes"):
            location = resolve(path, entry.text or "")
            try:
                root = self._package.xml(location)
            except PartError:
                continue
            base = resolve(location, f"{root.get('BaseLoc', '')}/_") if root.get("BaseLoc") else location
            for element in root.iter():
                if name_of(element) in ("MultiMedia", "CompositeGraphicUnit") and element.get("ID"):
                    found[element.get("ID")] = (base, element)
        return found

    def _resource(self, id: str) -> tuple[str, Any] | None:
        return self._page_resources.get(id) or self._resources.get(id)

    def _composite(self, id: str) -> Any:
        found = self._resource(id)
        content = named(found[1], "Content") if found else []
        return content[0] if content else None

    def attachments(self) -> list[str]:
        """The names of the files that the document carries."""
        names: list[str] = []
        for entry in named(self._root, "Attachments"):
            try:
                root = self._package.xml(resolve(self.path, entry.text or ""))
            except PartError:
                continue
            names += [a.get("Name") or text_at(a, "FileLoc") for a in named(root, "Attachment")]
        return [name for name in names if name]


def _root_path(package: Package, body: Any) -> str:
    """The path of a document's root: the current version's where the file keeps several."""
    for versions in named(body, "Versions"):
        for version in named(versions, "Version"):
            if version.get("Current", "").lower() != "true":
                continue
            path = resolve("", version.get("BaseLoc", ""))
            try:
                if location := text_at(package.xml(path), "DocRoot"):
                    return resolve(path, location)
            except PartError:
                break
    return resolve("", text_at(body, "DocRoot"))


def _body(root: Any) -> Any:
    content = named(root, "Content")
    return content[0] if content else []


def _count(root: Any) -> int:
    """The characters of a page by its bare text codes; one drawn twice to look bold counts once."""
    seen: set[tuple[str, int, int]] = set()
    for element in root.iter():
        if name_of(element) != "TextObject" or element.get("Visible") == "false":
            continue
        matrix = numbers(element.get("CTM"))
        a, b, _, d, e, f = matrix if len(matrix) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        pale = any(0 <= alpha < 100 for part in [element, *element] for alpha in numbers(part.get("Alpha")))
        if pale or abs(b) > 0.05 * abs(a) > 0:
            continue
        left, top = [*numbers(element.get("Boundary")), 0.0, 0.0][:2]
        for code in named(element, "TextCode"):
            x, y = (next(iter(numbers(code.get(side))), 0.0) for side in ("X", "Y"))
            text = "".join((code.text or "").split())
            seen.add((text, round(left + e + a * x), round(top + f + d * y)))
    return sum(len(text) for text, _, _ in seen)
