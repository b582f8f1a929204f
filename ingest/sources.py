"""Where documents come from: paths and the sample digests → `SourceFile`s, each checked before reading."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import SourceError

SUFFIXES = (".md", ".markdown", ".txt", ".html", ".htm", ".docx", ".pdf")
SAMPLES = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class SourceFile:
    """One file to read; `source` is its lasting name."""

    source: str
    path: Path
    sample: bool = False

    def read_bytes(self, max_mb: float) -> bytes:
        """Its bytes; raises SourceError when it is missing, unreadable, empty or too large."""
        try:
            state = self.path.stat()
            if not stat.S_ISREG(state.st_mode):
                raise SourceError("不是普通文件：请给出文件或文件夹。")
            size = state.st_size
            if size > max_mb * 1_000_000:
                raise SourceError(
                    f"文件有 {size / 1_000_000:.1f} MB，超过上限 {max_mb:g} MB："
                    "请拆分，或调大 WENCE_MAX_FILE_MB。"
                )
            data = self.path.read_bytes()
        except FileNotFoundError as error:
            raise SourceError("文件不存在：请检查路径。") from error
        except OSError as error:
            raise SourceError(f"文件读不了（{error.strerror}）：请检查权限。") from error
        if not data.strip():
            raise SourceError("文件是空的：请换成有内容的文件。")
        return data


@dataclass
class Collected:
    """The files found, the given paths that are unusable, and the folders looked through."""

    files: list[SourceFile] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    roots: list[str] = field(default_factory=list)


def samples() -> Collected:
    """The sample digests that ship with Wence."""
    files = [SourceFile(f"sample:{p.name}", p, sample=True) for p in sorted(SAMPLES.glob("*.md"))]
    return Collected(files=files, roots=["sample:"])


def collect(paths: list[str]) -> Collected:
    """The files of the given paths; folders are searched through, hidden and foreign files left out."""
    found = Collected()
    seen: set[str] = set()
    for given in paths:
        if given.startswith(("http://", "https://")):
            found.failed[given] = "还不支持直接抓取网址：请先把页面存成文件再导入。"
            continue
        path = Path(given).expanduser().absolute()
        found.roots.append(str(path))
        if path.is_dir():
            files = _in_folder(path)
            if not files:
                found.failed[given] = f"文件夹里没有可读的文件（{'、'.join(SUFFIXES)}）：请检查路径。"
        elif path.suffix.lower() in SUFFIXES or not path.exists():
            files = [path]
        else:
            found.failed[given] = (
                f"不支持 {path.suffix or '无扩展名'} 文件：请转成 {'、'.join(SUFFIXES)} 之一。"
            )
            continue
        for file in files:
            if str(file) not in seen:
                seen.add(str(file))
                found.files.append(SourceFile(str(file), file))
    return found


def _in_folder(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and not path.is_dir()
        and not any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
    )


def is_under(source: str, roots: list[str]) -> bool:
    """Whether a source lies under one of the roots, so that its absence means it vanished."""
    return any(
        source.startswith(root) if root.endswith(":") else source == root or source.startswith(f"{root}/")
        for root in roots
    )
