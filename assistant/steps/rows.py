"""Rows of tables in text: 项目：发明专利｜标准：每件3000元｜年度上限：每家30万元 → `Row`, so that one is quoted whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.law.figures import figures_in
from assistant.text import CELL_MARK
from assistant.values import normalise

# Possessive, so that a long line without rows is read once.
_ROW = re.compile(
    r"(?:^|(?<=[。\n；;]))(?:[^。\n；;：:]*+[：:])++[^。\n；;：:]++(?:[；;][^。\n；;：:]{1,14}[：:][^。\n；;：:]++)+[。；;\n]?"
)
_MARKED = re.compile(rf"^[^\n]*{CELL_MARK}[^\n]*$", re.M)
_CELL = re.compile(r"^(?:.*[：:])?(?P<heading>[^：:，,]{1,14})[：:](?P<value>[^：:]+)$", re.DOTALL)
_GIVES = re.compile(r"标准|补贴|补助|奖励|资助|贴息|金额|比例|抵扣|额度|奖补|支持")


@dataclass(frozen=True)
class Row:
    """A row of a table in text: where it stands, and its cells as (heading, value)."""

    start: int
    end: int
    cells: tuple[tuple[str, str], ...]


def rows_in(text: str) -> Iterator[Row]:
    """The rows of tables in a text, at least two cells each and one that gives something."""
    for match in _MARKED.finditer(text):
        parts = [part.partition("：") for part in match[0].split(CELL_MARK)]
        cells = tuple((h.strip() if v else "", (v or h).strip()) for h, _, v in parts)
        if any(_GIVES.search(h) and figures_in(normalise(v)) for h, v in cells[1:]):
            yield Row(match.start(), match.end(), cells)
    for match in _ROW.finditer(text):
        found = [
            _CELL.match(cell.strip())
            for cell in re.split(r"[；;]", match[0].strip(" 。；;\n"))
            if cell.strip()
        ]
        cells = tuple((m["heading"].strip(), m["value"].strip()) for m in found if m)
        gives = any(_GIVES.search(h) and figures_in(normalise(v)) for h, v in cells[1:])
        if len(cells) == len(found) and len(cells) > 1 and gives:
            yield Row(match.start(), match.end(), cells)
