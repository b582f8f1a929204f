"""What lies beside a saved page and belongs to it: the files that it links to, its further pages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from ingest.readers.html import links_of
from ingest.sources import PAGES, Part, SourceFile

_SAVED_FOLDERS = ("_files", ".files", "_文件")  # where browsers put what a saved page needs
_LINKS_A_FILE = re.compile(
    rb"""href\s*=\s*["']?[^"'>]+\.(?:pdf|ofd|docx?|wps|rtf|xlsx?|et|csv|zip|html?)|\xe4\xb8\x8b\xe4\xb8\x80\xe9\xa1\xb5""",
    re.I,
)


def with_parts(files: list[SourceFile]) -> list[SourceFile]:
    """Saved pages with the files that they link to and that lie beside them; those are no papers of their own then."""
    beside = {file.path: file for file in files if file.member is None and file.data is None}
    taken: set[Path] = set()
    found = []
    for file in files:
        if file.path not in beside or file.suffix not in PAGES:
            found.append(file)
            continue
        parts = tuple(_saved_parts(file, beside))
        taken |= {part.file.path for part in parts if part.file}
        found.append(replace(file, parts=parts))
    return [file for file in found if file.path not in taken or file.path not in beside]


def _saved_parts(page: SourceFile, beside: dict[Path, SourceFile]) -> Iterator[Part]:
    """The links of a saved page to files and further pages, those found near it with their file."""
    try:
        data = page.path.read_bytes()
    except OSError:
        return  # reading the page itself will say so
    if not _LINKS_A_FILE.search(data):
        return
    for link in links_of(data):
        name = unquote(re.sub(r"[?#].*$", "", link.address)).replace("\\", "/")
        near = [page.path.parent / name, page.path.parent / Path(name).name]
        near += [page.path.with_name(f"{page.path.stem}{tail}") / Path(name).name for tail in _SAVED_FOLDERS]
        shown = re.sub(r'[\\/:*?"<>|]', "", link.text)
        near += [page.path.parent / shown, page.path.parent / f"{shown}{Path(name).suffix}"]
        here = next(
            (p for p in (Path(os.path.normpath(n)) for n in near if Path(n).name) if p in beside), None
        )
        if here is not None and here != page.path:
            yield Part(link.text, beside[here], is_page=link.is_page)
        elif not link.is_page:
            yield Part(link.text, missing="没有和网页放在一起")
