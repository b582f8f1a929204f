"""A Word package: its parts, their relations and their XML, within bounds that a hostile file cannot exceed."""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from assistant.errors import SourceError

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

DAMAGED = "Word 文件已损坏或不是 .docx：请用 Word 或 WPS 重新另存为 .docx。"
_LOCKED = "Word 文件有密码：请先去掉密码再导入。"
_HUGE = "Word 文件解开后过大（疑似压缩炸弹）：请拆成几份，或重新另存为 .docx。"
_DECLARED = "Word 文件里有不该有的实体声明：请用 Word 或 WPS 重新另存为 .docx。"

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PART_BYTES = 64_000_000
_ALL_BYTES = 256_000_000
_RATIO = 400  # a table of one repeated line packs to a two-hundredth
_RATIO_FROM = 16_000_000  # bytes; a smaller part harms nobody, however well it packs
_TAGS = 3_000_000  # opening and closing; a paper of a thousand pages has some six hundred thousand
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Relation:
    """What a part points to: the kind is the last word of its type; the target a part's name or an address."""

    kind: str
    target: str
    external: bool


class WordPackage:
    """Reads the parts of a .docx; raises SourceError when it is none, is locked, damaged or a bomb."""

    def __init__(self, data: bytes) -> None:
        if data.startswith(OLE_MAGIC):
            raise SourceError(_LOCKED if is_locked(data) else DAMAGED)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            infos = self._archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, LookupError, struct.error) as error:
            raise SourceError(DAMAGED) from error
        self._parts: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            self._parts.setdefault(_part_name(info.filename).lower(), info)
        self._left = _ALL_BYTES
        self._relations: dict[str, dict[str, Relation]] = {}
        self.main = self._main()

    def _main(self) -> str:
        """The part that holds the paper; where the package does not say, its usual name."""
        pointed = [r.target for r in self.relations("").values() if r.kind == "officeDocument"]
        for name in (*pointed, "word/document.xml"):
            if self.has(name):
                return name
        raise SourceError(DAMAGED)

    def has(self, name: str) -> bool:
        """Whether the package has a part of that name."""
        return name.lower() in self._parts

    def part(self, name: str) -> bytes | None:
        """A part's bytes, None where there is none; raises SourceError when it is locked, damaged or too large."""
        info = self._parts.get(name.lower())
        if info is None:
            return None
        if info.flag_bits & 0x1:
            raise SourceError(_LOCKED)
        if info.compress_type not in _PACKINGS:
            raise SourceError(DAMAGED)
        most = min(_PART_BYTES, self._left)
        try:
            with self._archive.open(info) as file:
                data = file.read(most + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
            raise SourceError(DAMAGED) from error
        is_bomb = len(data) > _RATIO_FROM and len(data) > _RATIO * max(info.compress_size, 1)
        if len(data) > most or is_bomb:
            raise SourceError(_HUGE)
        self._left -= len(data)
        return data

    def tree(self, name: str) -> Any | None:
        """A part's root element, None where there is no such part; raises SourceError when it is no sound XML."""
        data = self.part(name)
        return None if data is None else parse(data)

    def relations(self, name: str) -> dict[str, Relation]:
        """What a part points to, by id; the empty name is the package itself. Damaged relations are none."""
        if name not in self._relations:
            folder, file = posixpath.split(name)
            try:
                root = self.tree(posixpath.join(folder, "_rels", f"{file}.rels"))
            except SourceError as error:
                if str(error) in (_LOCKED, _HUGE):
                    raise
                root = None
            self._relations[name] = {} if root is None else dict(_relations(root, folder))
        return self._relations[name]

    def related(self, kind: str) -> str | None:
        """The main part's styles, numbering, footnotes …; by their usual names where the relation is missing."""
        for relation in self.relations(self.main).values():
            if relation.kind == kind and not relation.external and self.has(relation.target):
                return relation.target
        usual = posixpath.join(posixpath.dirname(self.main), f"{kind}.xml")
        return usual if self.has(usual) else None


def unpacked_bytes(data: bytes) -> int:
    """What the members of a zip say they unpack to, all together; raises SourceError when it is no zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, LookupError, struct.error) as error:
        raise SourceError(DAMAGED) from error


def is_locked(data: bytes) -> bool:
    """Whether an OLE container holds an encrypted package."""
    return "EncryptedPackage".encode("utf-16-le") in data


def parse(data: bytes) -> Any:
    """XML bytes → root element: no entities, no network, bounded depth; strict names become the usual ones."""
    from lxml import etree

    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
        data = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode()
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise SourceError(_DECLARED)
    if data.count(b"<") > _TAGS:
        raise SourceError(_HUGE)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(_STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", data), parser)
    except (etree.LxmlError, ValueError) as error:
        raise SourceError(DAMAGED) from error
    if root is None:
        raise SourceError(DAMAGED)
    if root.getroottree().docinfo.internalDTD is not None:
        raise SourceError(_DECLARED)
    return root


def value(element: Any, name: str, default: str = "") -> str:
    """The w:val of a child element, the default where there is none."""
    child = element.find(f"{W}{name}") if element is not None else None
    return default if child is None else str(child.get(f"{W}val", default))


def whole(text: str | None, default: int = 0) -> int:
    """A whole number of at most nine digits; anything else is the default."""
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,9}", text) else default


def is_on(element: Any) -> bool:
    """Whether a switch (w:b, w:strike …) is on: it is unless its value says otherwise."""
    return element.get(f"{W}val", "1").lower() not in ("0", "false", "off", "none")


def _part_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")


def _relations(root: Any, folder: str) -> list[tuple[str, Relation]]:
    found = []
    for item in root.iterchildren("{*}Relationship"):
        external = item.get("TargetMode", "") == "External"
        target = item.get("Target", "")
        if not external:
            inside = target.replace("\\", "/")
            target = inside.lstrip("/") if inside.startswith("/") else posixpath.join(folder, inside)
            target = posixpath.normpath(target)
        found.append(
            (item.get("Id", ""), Relation(item.get("Type", "").rsplit("/", 1)[-1], target, external))
        )
    return found
