"""The numbers Word shows but does not write: automatic lists → 一、（一）1. as text."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "taiwaneseCountingThousand",
    "ideographDigital",
}


class WordNumbering:
    """Counts the numbered paragraphs of one document in order."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        part = document.part.numbering_part if _has_numbering(document) else None
        if part is not None:
            self._read(part.element)

    def _read(self, element: Any) -> None:
        abstract = {}
        for item in element.findall(f"{_W}abstractNum"):
            levels = {}
            for level in item.findall(f"{_W}lvl"):
                number = int(level.get(f"{_W}ilvl"))
                levels[number] = (
                    _value(level, "numFmt", "decimal"),
                    _value(level, "lvlText", ""),
                    int(_value(level, "start", "1")),
                )
            abstract[item.get(f"{_W}abstractNumId")] = levels
        for item in element.findall(f"{_W}num"):
            self._levels[item.get(f"{_W}numId")] = abstract.get(_value(item, "abstractNumId", ""), {})

    def label(self, paragraph: Any) -> str:
        """The number a paragraph shows, "" where it shows none or only a bullet."""
        properties = paragraph._p.pPr
        found = properties.numPr if properties is not None else None
        if found is None and paragraph.style is not None:
            style = paragraph.style.element.pPr
            found = style.numPr if style is not None else None
        if found is None or found.numId is None:
            return ""
        list_id = str(found.numId.val)
        level = int(found.ilvl.val) if found.ilvl is not None else 0
        levels = self._levels.get(list_id, {})
        if level not in levels:
            return ""
        counts = self._counts[list_id]
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [n for n in counts if n > level]:
            del counts[deeper]
        form, text, _ = levels[level]
        if form == "bullet":
            return ""
        return re.sub(r"%(\d)", lambda m: self._shown(levels, counts, int(m[1]) - 1), text)

    def _shown(self, levels: dict[int, tuple[str, str, int]], counts: dict[int, int], level: int) -> str:
        form, _, start = levels.get(level, ("decimal", "", 1))
        count = counts.get(level, start)
        if form in _CHINESE:
            return chinese(count)
        if form.startswith("decimalEnclosedCircle") and 1 <= count <= 20:
            return chr(0x2460 + count - 1)
        return str(count)


def _has_numbering(document: Any) -> bool:
    return any(r.reltype.endswith("/numbering") for r in document.part.rels.values())


def _value(element: Any, name: str, default: str) -> str:
    child = element.find(f"{_W}{name}")
    return default if child is None else str(child.get(f"{_W}val"))


def chinese(number: int) -> str:
    """1 … 99 in Chinese numerals; larger numbers stay in digits."""
    digits = "零一二三四五六七八九"
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones else "")
