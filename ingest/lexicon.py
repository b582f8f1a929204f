"""`programmes/*.yaml, terms.yaml, regions.yaml → Lexicon`: the names that questions use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assistant.errors import InputError
from assistant.lexicon import Lexicon, ProgrammeHead, Region, Term
from assistant.text import fold
from assistant.yaml_file import read_yaml

_HERE = Path(__file__).parent
# Endings that everyday speech leaves off.
_ENDINGS = (
    "特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特别合作区", "经济技术开发区", "新片区", "新区", "地区",
    "省", "市", "区", "州", "盟",
)  # fmt: skip
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MIN_PINYIN = 5  # shorter romanised names are English words too often


def load_lexicon(home: Path | None = None) -> Lexicon:
    """The shipped names and those of `home/programmes`, which win by id; raises InputError naming the file."""
    folders = [_HERE / "programmes", *([home / "programmes"] if home else [])]
    programmes = {p.id: p for folder in folders for p in _programmes(folder)}
    terms = [Term(term=k, also=tuple(map(str, v))) for k, v in read_yaml(_HERE / "terms.yaml").items()]
    places = read_yaml(_HERE / "regions.yaml")
    together = {word: tuple(names) for word, names in places.pop("together").items()}
    regions = tuple(_regions(places))
    names = [n for p in programmes.values() for n in (p.title, *p.aliases)]
    return Lexicon(
        programmes=tuple(programmes.values()),
        terms=tuple(terms),
        regions=regions,
        together=together,
        syllables=_syllables(names),
        english=_english(terms, regions),
    )


def _english(terms: Sequence[Term], regions: Sequence[Region]) -> dict[str, str]:
    """English wording → Chinese: of terms, of places, and of `english.yaml`, which goes before them."""
    own = {str(e): chinese for chinese, wording in read_yaml(_HERE / "english.yaml").items() for e in wording}
    pairs = [
        *own.items(),
        *((word, term.term) for term in terms for word in term.also),
        *((name, region.path.rpartition("/")[2]) for region in regions for name in region.names),
    ]
    found: dict[str, str] = {}
    for word, chinese in pairs:
        if not _HAN.search(word):
            found.setdefault(word.lower(), chinese)
    return found


def _programmes(folder: Path) -> Iterator[ProgrammeHead]:
    for path in sorted(folder.glob("*.yaml")):
        try:
            fields = read_yaml(path)
            head = {k: v for k, v in fields.items() if k in ProgrammeHead.model_fields}
            yield ProgrammeHead.model_validate(head)
        except (ValidationError, AttributeError) as error:
            raise InputError(f"{path} 不是可用的扶持项目文件：{error}") from error


def _regions(tree: dict[str, Any]) -> Iterator[Region]:
    full_only, english = set(tree.pop("full_only")), tree.pop("english")
    for province, cities in tree.items():
        yield _region((province,), full_only, english)
        for city, districts in (cities or {}).items():
            yield _region((province, city), full_only, english)
            for district in districts or ():
                yield _region((province, city, district), full_only, english)


def _region(path: Sequence[str], full_only: set[str], english: dict[str, Any]) -> Region:
    name = path[-1]
    short = next((name.removesuffix(e) for e in _ENDINGS if name.endswith(e)), name)
    names = [name]
    if len(short) > 1 and short not in full_only and name not in full_only:
        names.append(short)
    foreign = english.get(name) or _romanised(short)
    names += [foreign] if isinstance(foreign, str) else foreign
    return Region(path="/".join(path), names=tuple(n for n in dict.fromkeys(names) if n))


def _romanised(name: str) -> str:
    from pypinyin import lazy_pinyin

    typed = "".join(lazy_pinyin(name))
    return typed.capitalize() if len(typed) >= _MIN_PINYIN else ""


def _syllables(names: Sequence[str]) -> dict[str, str]:
    """Pinyin without tone of every Chinese character, of the names' own as they are read in them."""
    from pypinyin import lazy_pinyin

    characters = [chr(code) for code in range(0x4E00, 0x9FA6)]
    table = dict(zip(characters, lazy_pinyin(characters), strict=True))
    for name in map(fold, names):
        if all(character in table for character in name):
            table.update(zip(name, lazy_pinyin(name), strict=True))
    return table
