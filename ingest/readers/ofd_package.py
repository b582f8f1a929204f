"""An OFD file's parts (GB/T 33190): a zip of XML that is opened within limits, with no entities and no network."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from typing import Any

from assistant.errors import SourceError
from ingest.reading import Limits

_MAX_MEMBERS = 20_000
_MAX_EXPANSION = 400  # times the packed size, where that is large: XML of single characters packs well
_SMALL = 20_000_000  # bytes that any package may unpack to
_MAX_XML = 64_000_000
_MAX_ELEMENTS = 2_000_000
_FAR = 1e6  # mm
_ENTRY = "OFD.xml"
_LOCK = "encryptions.xml"  # GM/T 0099: a package with this entry has its parts encrypted
_BROKEN = "OFD 文件已损坏或不是 OFD：请重新下载，或用阅读器另存为 PDF。"
_LOCKED = "OFD 已加密：请用阅读器解密，或另存为 PDF 后再导入。"
_BOMB = "OFD 解开后过大（疑似压缩炸弹）：请重新下载，或用阅读器另存为 PDF。"


class PartError(Exception):
    """A part of the package that is missing, damaged or not to be trusted."""


class Package:
    """The members of an OFD file by their lower-case paths."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Raises SourceError for a damaged, locked or monstrous package."""
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            infos = [i for i in self._archive.infolist() if not i.is_dir()]
        except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, LookupError, struct.error) as error:
            raise SourceError(_BROKEN) from error
        whole = sum(i.file_size for i in infos)
        most = int(20 * limits.max_mb * 1_000_000)
        if len(infos) > _MAX_MEMBERS or whole > most or whole > max(_SMALL, _MAX_EXPANSION * len(data)):
            raise SourceError(_BOMB)
        self._members = {_plain(i.filename): i for i in infos}
        if _LOCK in self._members or any(i.flag_bits & 0x1 for i in infos):
            raise SourceError(_LOCKED)
        if _ENTRY.lower() not in self._members:
            raise SourceError(_BROKEN)
        self._left = max(_SMALL, most)

    def read(self, path: str) -> bytes:
        """A member's bytes; raises PartError when it is missing or damaged, SourceError when there is too much."""
        info = self._members.get(_plain(path))
        if info is None:
            raise PartError(path)
        try:
            with self._archive.open(info) as file:
                data = file.read(self._left + 1)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError) as error:
            raise PartError(path) from error
        self._left -= len(data)
        if self._left < 0:
            raise SourceError(_BOMB)
        return data

    def xml(self, path: str) -> Any:
        """A member's root element; raises PartError when it is missing, no XML, too large or declares entities."""
        from lxml import etree

        data = self.read(path)
        if len(data) > _MAX_XML:
            raise PartError(path)
        parser = etree.XMLParser(
            resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True
        )
        try:
            root = etree.fromstring(data, parser=parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise PartError(path) from error
        if root.getroottree().docinfo.doctype or sum(1 for _ in root.iter()) > _MAX_ELEMENTS:
            raise PartError(path)
        return root

    def entry(self) -> Any:
        """OFD.xml's root; raises SourceError when it is damaged."""
        try:
            return self.xml(_ENTRY)
        except PartError as error:
            raise SourceError(_BROKEN) from error


def resolve(base: str, location: str) -> str:
    """The path of a location as written in a part: absolute from the package's root, else beside that part."""
    plain = location.strip().replace("\\", "/")
    joined = plain if plain.startswith("/") else posixpath.join(posixpath.dirname(base), plain)
    return posixpath.normpath(joined).lstrip("/")


def name_of(element: Any) -> str:
    """An element's name without its namespace; writers use several, and some none."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def named(parent: Any, *names: str) -> list[Any]:
    """The children of these names."""
    return [child for child in parent if name_of(child) in names]


def text_at(parent: Any, *path: str) -> str:
    """The text of the first element down a path of names, or an empty string."""
    for name in path:
        found = named(parent, name)
        if not found:
            return ""
        parent = found[0]
    return (parent.text or "").strip()


def numbers(text: str | None) -> list[float]:
    """The numbers of an attribute, [] where one of them is none or beyond any page."""
    try:
        found = [float(part) for part in (text or "").replace(",", " ").split()]
    except ValueError:
        return []
    return found if all(abs(number) < _FAR for number in found) else []


def _plain(path: str) -> str:
    return posixpath.normpath(path.replace("\\", "/")).lstrip("/").lower()
