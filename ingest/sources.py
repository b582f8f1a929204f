"""Where documents come from: files, folders, zips and the sample digests → `SourceFile`s, checked before reading."""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from assistant.errors import SourceError
from assistant.page_store import Look, Notice
from assistant.text import shortened
from assistant.yaml_file import load_stated
from ingest.reading import Limits

SUFFIXES = (
    ".md", ".markdown", ".txt", ".html", ".htm", ".shtml", ".xhtml", ".mht", ".mhtml", ".docx", ".docm", ".dotx", ".dotm",
    ".doc", ".wps", ".rtf", ".odt", ".pdf", ".ofd", ".xlsx", ".xls", ".et", ".ods", ".csv", ".pptx", ".ppt", ".dps",
    ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp",
)  # fmt: skip
_KINDS = "docx、doc、wps、rtf、pdf、ofd、xlsx、xls、et、pptx、html、md、txt、csv、图片或 zip"
SAMPLES = Path(__file__).parent / "corpus"
SIDECAR = ".meta.yaml"
PAGES = (".html", ".htm", ".shtml", ".xhtml")
_NEVER_PAPERS = (
    ".css", ".js", ".mjs", ".map", ".woff", ".woff2", ".ttf", ".eot", ".ico", ".svg", ".gif", ".webp", ".db", ".ini",
    ".lnk", ".tmp", ".part", ".download", ".crdownload", ".log",
)  # fmt: skip
_MAX_MEMBERS = 2000
_MAX_EXPANSION = 200  # times the packed size; office papers pack to a tenth at most


@dataclass(frozen=True)
class SourceFile:
    """One file to read; `source` is its lasting name, `member` its place within a zip, `data` what was fetched.

    `parts` hang on it and are read into the same document: the files that a page links to, its further pages.
    """

    source: str
    path: Path
    sample: bool = False
    member: str | None = None
    data: bytes | None = None
    declared: dict[str, Any] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    @property
    def name(self) -> str:
        """The file's own name."""
        return PurePosixPath(self.member).name if self.member else self.path.name

    @property
    def suffix(self) -> str:
        """Its extension in lower case, which says how to read it."""
        return Path(self.name).suffix.lower()

    def read_bytes(self, limits: Limits) -> bytes:
        """Its bytes; raises SourceError when it is missing, unreadable, empty or too large."""
        try:
            data = self._bytes(limits)
        except FileNotFoundError as error:
            raise SourceError("文件不存在：请检查路径。") from error
        except OSError as error:
            raise SourceError(f"文件读不了（{error.strerror}）：请检查权限。") from error
        if not data.strip():
            raise SourceError("文件是空的：请换成有内容的文件。")
        return data

    def _bytes(self, limits: Limits) -> bytes:
        if self.data is not None:
            return self.data
        if self.member is not None:
            return _read_member(self.path, self.member, limits)
        state = self.path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise SourceError("不是普通文件：请给出文件或文件夹。")
        _check_size(state.st_size, limits)
        return self.path.read_bytes()

    @cached_property
    def overrides(self) -> dict[str, Any]:
        """What staff wrote beside the file in `NAME.meta.yaml`; raises SourceError when that is no YAML mapping."""
        beside = self.path.with_name(self.path.name + SIDECAR)
        if self.member or self.data is not None or not beside.is_file():
            return {}
        try:
            values = load_stated(beside.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
            raise SourceError(f"{beside.name} 不是合格的 YAML：请检查写法。") from error
        if values is None:
            raise SourceError(f"{beside.name} 须是“键: 值”的形式：请检查写法。")
        return values


@dataclass(frozen=True)
class Part:
    """What hangs on a page: a linked file by its link's text, or the next page; `missing` says why it is not here."""

    name: str
    file: SourceFile | None = None
    missing: str = ""
    is_page: bool = False


def _check_size(size: int, limits: Limits) -> None:
    if size > limits.max_mb * 1_000_000:
        raise SourceError(
            f"文件有 {size / 1_000_000:.1f} MB，超过上限 {limits.max_mb:g} MB：请拆分，或调大 WENCE_MAX_FILE_MB。"
        )


@dataclass
class Collected:
    """The files found, the given paths that are unusable, the folders looked through, the addresses to fetch.

    `looks`: what was looked at because it is followed, to be remembered once the files are in.
    """

    files: list[SourceFile] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    roots: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    looks: list[tuple[Look, tuple[Notice, ...]]] = field(default_factory=list)


def samples() -> Collected:
    """The sample digests that ship with Wence."""
    files = [SourceFile(f"sample:{p.name}", p, sample=True) for p in sorted(SAMPLES.glob("*.md"))]
    return Collected(files=files, roots=["sample:"])


def collect(paths: list[str], limits: Limits) -> Collected:
    """The files of the given paths; folders are searched through, zips opened; what cannot be read is named in `failed`."""
    found, seen = Collected(), set[Path]()
    for given in paths:
        if given.startswith(("http://", "https://")):
            found.addresses.append(given)
            continue
        path = Path(given).expanduser().absolute()
        found.roots.append(str(path))
        files = list(_in_folder(path)) if path.is_dir() else [path]
        if path.is_dir() and not any(f.suffix.lower() in (*SUFFIXES, ".zip") for f in files):
            found.failed[given] = f"文件夹里没有可读的文件（{_KINDS}）：请检查路径。"
        for file in files:
            if file in seen:
                continue
            seen.add(file)
            if file.suffix.lower() in (*SUFFIXES, ".zip") or not file.exists():
                _add(found, file, limits)
            else:
                found.failed[str(file) if path.is_dir() else given] = _unsupported(file.name)
    return found


def _unsupported(name: str) -> str:
    """Why a file was not read, with the mend."""
    suffix = shortened(Path(name).suffix.lower())
    if suffix in (".rar", ".7z", ".tar", ".gz", ".tgz"):
        return f"没有读：{suffix} 压缩包不支持，请解开后导入文件夹，或改打成 .zip。"
    if suffix in (".ceb", ".cebx", ".caj", ".gd", ".sep"):
        return f"没有读：{suffix} 版式文件不支持，请用它的阅读器打开，另存或打印成 PDF 再导入。"
    return f"没有读：{suffix or '没有扩展名的文件'}不支持，请转成 {_KINDS}。"


def _add(found: Collected, path: Path, limits: Limits) -> None:
    if path.suffix.lower() != ".zip" or not path.exists():
        found.files.append(SourceFile(str(path), path))
        return
    try:
        for member in _members(path, limits):
            source = f"{path}!{member}"
            if ".." in PurePosixPath(member).parts or member.startswith(("/", "\\")) or ":" in member[:3]:
                found.failed[source] = "压缩包里的路径越出了包外：请重新打包后再导入。"
            elif Path(member).suffix.lower() not in SUFFIXES:
                found.failed[source] = _unsupported(member)
            else:
                found.files.append(SourceFile(source, path, member=member))
    except SourceError as error:
        found.failed[str(path)] = str(error)


def _members(path: Path, limits: Limits) -> list[str]:
    """The readable members of a zip; raises SourceError for a damaged, locked or monstrous one."""
    try:
        _check_size(path.stat().st_size, limits)
        with zipfile.ZipFile(path) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, LookupError, struct.error) as error:
        raise SourceError("压缩包已损坏，打不开：请重新打包。") from error
    if any(i.flag_bits & 0x1 for i in infos):
        raise SourceError("压缩包有密码：请解密后再导入。")
    packed, whole = sum(i.compress_size for i in infos), sum(i.file_size for i in infos)
    if (
        len(infos) > _MAX_MEMBERS
        or whole > _MAX_EXPANSION * max(packed, 1)
        or whole > 20 * limits.max_mb * 1e6
    ):
        raise SourceError("压缩包解开后过大（疑似压缩炸弹）：请拆成几个包，或直接导入文件夹。")
    names = [n for n in dict.fromkeys(map(_name_of, infos)) if not _is_no_paper(PurePosixPath(n))]
    if not any(Path(n).suffix.lower() in SUFFIXES for n in names):
        raise SourceError("压缩包里没有可读的文件：请检查内容。")
    return names


def _name_of(info: zipfile.ZipInfo) -> str:
    """A member's name; where it is not marked as UTF-8 it is what Chinese systems write: UTF-8 unmarked, or GBK."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _read_member(path: Path, member: str, limits: Limits) -> bytes:
    """A member's bytes, never more than the limit whatever its header claims."""
    most = int(limits.max_mb * 1_000_000)
    try:
        with zipfile.ZipFile(path) as archive:
            info = next(i for i in archive.infolist() if _name_of(i) == member)
            with archive.open(info) as file:
                data = file.read(most + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        StopIteration,
        RuntimeError,  # an unknown packing method
        ValueError,
        LookupError,
        struct.error,
    ) as error:
        raise SourceError("压缩包里的这个文件已损坏：请重新打包。") from error
    _check_size(len(data), limits)
    return data


def _in_folder(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if not path.is_dir() and not _is_no_paper(PurePosixPath(path.relative_to(folder).as_posix())):
            yield path


def _is_no_paper(path: PurePosixPath) -> bool:
    """Hidden files, what systems and browsers leave behind, and what stands beside a paper: never named as unread."""
    parts = [
        part for part in path.parts if part != ".."
    ]  # a path out of its package is refused, not passed over
    hidden = any(part.startswith((".", "~$")) or part == "__MACOSX" for part in parts)
    return hidden or path.name.endswith(SIDECAR) or path.suffix.lower() in _NEVER_PAPERS


def is_under(source: str, roots: list[str]) -> bool:
    """Whether a source lies under one of the roots, so that its absence means it vanished."""
    return any(
        source.startswith(root)
        if root.endswith(":")
        else source == root or source.startswith((f"{root}/", f"{root}!"))
        for root in roots
    )
