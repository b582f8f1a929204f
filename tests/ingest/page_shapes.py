"""How much of the paper a reader keeps on the page shapes of tests/data/pages, and what of the site it swallows.

`python -m tests.ingest.page_shapes` prints the table of docs/ingest.md: our reader beside trafilatura alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import SourceError
from assistant.yaml_file import read_yaml
from ingest.readers.html import read_html
from ingest.readers.plain import decode

FOLDER = Path(__file__).parent.parent / "data" / "pages"
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad★☆]")


@dataclass(frozen=True)
class Kept:
    """One page: the share of the paper's characters that are in the text, the paper's strings that are not, what is
    in it and should not be, and the reason where it was not read."""

    file: str
    system: str
    share: float
    lost: tuple[str, ...]
    foreign: tuple[str, ...]
    misread: tuple[str, ...]
    failed: str = ""


def shapes() -> list[dict[str, Any]]:
    """The entries of shapes.yaml."""
    found: list[dict[str, Any]] = read_yaml(FOLDER / "shapes.yaml")
    return found


def plain(text: str, form: str = "NFKC") -> str:
    """A text without white space and invisible characters."""
    return _INVISIBLE.sub("", unicodedata.normalize(form, text) if form else text)  # type: ignore[arg-type]


def _is_unit_told(cell: str, text: str) -> bool:
    """Whether a column's name stands without its unit, which its cells carry: 面积（亩） → 面积：12亩."""
    named = re.fullmatch(r"(.+)[（(]([^（）()]{1,12})[）)]", cell)
    return named is not None and plain(named[1]) in text and plain(named[2]) in text


def measure(shape: dict[str, Any], read: Callable[[bytes], str]) -> Kept:
    """What a reader (bytes → text) keeps of a page."""
    try:
        text = read((FOLDER / shape["file"]).read_bytes())
    except SourceError as error:
        return Kept(shape["file"], shape["system"], 0.0, (), (), (), str(error))
    folded, verbatim = plain(text), plain(text, "")
    body = shape.get("body") or []
    lost = tuple(b for b in body if plain(b) not in folded and not _is_unit_told(b, folded))
    whole = sum(len(plain(b)) for b in body)
    missing = sum(len(plain(b)) for b in lost)
    foreign = [n for n in shape.get("not_body") or [] if plain(n) in folded]
    if shape.get("once"):
        foreign += [b for b in body if len(plain(b)) > 12 and folded.count(plain(b)) > 1]
    misread = tuple(m for m in shape.get("misread") or [] if plain(m, "") in verbatim)
    share = 1 - missing / whole if whole else 0.0
    return Kept(shape["file"], shape["system"], share, lost, tuple(foreign), misread)


def ours(data: bytes) -> str:
    """The text that our reader takes from a page."""
    return "\n".join(block.text for block in read_html(decode(data)).blocks)


def trafilaturas(data: bytes) -> str:
    """The text that trafilatura takes from a page, tables included, told to rather take too much."""
    import trafilatura

    return trafilatura.extract(decode(data), include_tables=True, favor_recall=True) or ""


def main() -> None:
    """Print the table."""
    print("| 网页形态 | 正文保留 | 误入的站点文字 | 单用 trafilatura：保留 | 误入 |")
    print("|---|---|---|---|---|")
    for shape in shapes():
        own, other = measure(shape, ours), measure(shape, trafilaturas)
        kept = f"说明原因：{own.failed[:16]}…" if own.failed else f"{own.share:.0%}"
        print(f"| {own.system} | {kept} | {len(own.foreign)} | {other.share:.0%} | {len(other.foreign)} |")


if __name__ == "__main__":
    main()
