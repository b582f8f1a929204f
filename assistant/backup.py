"""`WENCE_HOME → one file` and back: everything but the model cache, consistent while the service runs.

Databases are copied through SQLite's online backup (https://www.sqlite.org/backup.html), so that a write under way is in
it whole or not at all; an ingest in progress is waited for.
"""

from __future__ import annotations

import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import InputError

_MARK = "wence-backup"
_SQLITE = b"SQLite format 3\x00"
_LEFT_OUT = ("models", "ingest.lock")
_WAIT_SECONDS = 600


def back_up(home: Path, target: Path) -> int:
    """Write everything under a home into a .tar.gz; the number of files. Raises InputError when that cannot be done."""
    if not home.is_dir():
        raise InputError(f"没有数据目录 {home}：请先运行 wence ingest，或设 WENCE_HOME。")
    if home.resolve() in target.resolve().parents:
        raise InputError(f"备份文件不能放在数据目录 {home} 里面：请换一个位置。")
    aside = target.with_name(target.name + ".part")
    try:
        with FileLock(home / "ingest.lock", timeout=_WAIT_SECONDS), tarfile.open(aside, "w:gz") as archive:
            count = _pack(home, archive)
    except Timeout as error:
        raise InputError("有导入一直没有结束：请等它完成后再备份。") from error
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise InputError(f"备份文件 {target} 写不出（{error.strerror}）：请换一个位置。") from error
    aside.replace(target)
    return count


def _pack(home: Path, archive: tarfile.TarFile) -> int:
    count = 0
    with tempfile.TemporaryDirectory() as directory:
        for path in _files(home):
            name = f"{_MARK}/{path.relative_to(home).as_posix()}"
            if _is_database(path):
                copy = Path(directory) / "copy.db"
                _copy_database(path, copy)
                archive.add(copy, arcname=name)
                copy.unlink()
            else:
                archive.add(path, arcname=name)
            count += 1
    return count


def _files(home: Path) -> Iterator[Path]:
    for path in sorted(home.rglob("*")):
        inside = path.relative_to(home)
        left_out = inside.parts[0] in _LEFT_OUT or path.name.endswith(("-wal", "-shm", "-journal", ".lock"))
        if path.is_file() and not path.is_symlink() and not left_out:
            yield path


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def _copy_database(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=60)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)


def restore(home: Path, source: Path) -> Path | None:
    """Put a backup in place of a home; what was there is kept beside it (its path is given back, None: nothing was).

    Raises InputError for a file that is no backup; then nothing is changed.
    """
    home.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".restoring-", dir=home.parent))
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(aside, filter="data")
    except (OSError, tarfile.TarError, EOFError) as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise InputError(f"{source} 不是可用的备份文件：请检查路径，或换一份备份。") from error
    unpacked = aside / _MARK
    if not unpacked.is_dir():
        shutil.rmtree(aside, ignore_errors=True)
        raise InputError(f"{source} 不是 wence backup 写出的文件：什么也没有改动。")
    kept = None
    if home.exists() and any(home.iterdir()):
        kept = home.with_name(f"{home.name}.before-{datetime.now():%Y%m%d-%H%M%S}")
        home.rename(kept)
        if (kept / "models").is_dir():
            shutil.copytree(kept / "models", unpacked / "models", dirs_exist_ok=True)
    elif home.exists():
        home.rmdir()
    unpacked.rename(home)
    shutil.rmtree(aside, ignore_errors=True)
    return kept
