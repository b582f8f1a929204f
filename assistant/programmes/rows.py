"""Tables of what is given, as text has them: 项目：发明专利｜标准：每件3000元｜年度上限：每家30万元 → `Offers`.

A row is a line of cells of the form heading：value, set apart by ｜ (by semicolons where a person wrote them so). Its first
cell names what it is for; a cell that speaks of a cap limits the row, one with 以上, 不足 or 至 asks for something, the first
other one with a figure gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.law.figures import Figure, figures_in
from assistant.programmes.offers import Bound, Offer
from assistant.text import CELL_MARK
from assistant.values import normalise

# Possessive, so that a long line without rows is read once.
_ROW = re.compile(
    r"(?:^|(?<=[。\n；;]))(?:[^。\n；;：:]*+[：:])++[^。\n；;：:]++(?:[；;][^。\n；;：:]{1,14}[：:][^。\n；;：:]++)+[。；;\n]?"
)
_MARKED = re.compile(rf"^[^\n]*{CELL_MARK}[^\n]*$", re.M)
_CELL = re.compile(r"^(?:.*[：:])?(?P<heading>[^：:，,]{1,14})[：:](?P<value>[^：:]+)$", re.DOTALL)
_CAP = re.compile(r"上限|封顶|最高|限额")
_GIVES = re.compile(r"标准|补贴|补助|奖励|资助|贴息|金额|比例|抵扣|额度|奖补|支持")
_RANGE = re.compile(r"以上|以下|以内|不足|不满|未满|超过|[至~-]\s*\d")
_EACH = re.compile(
    r"每(?:新增)?(?P<unit>平方米|小时|TB|tb|吨|个|家|项|件|张|条|名|人|户|款|台|套|辆|篇|次|份)"
)
_COUNT_CAP = re.compile(r"最多(?:资助|补贴|奖励|支持)?(\d+)[个件项次人台家]")
_PIECES = "个项件张条款台套辆篇次份"
_UNITS = {"tb": "TB", "户": "家", "名": "人"}


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


def offer_of(row: Row) -> Offer | None:
    """What a row gives; None where no cell says it in one figure."""
    name = _named(row)
    bounds: list[Bound] = []
    given: tuple[str, str, Figure] | None = None
    cap = None
    for heading, value in row.cells:
        figures = [f for f in figures_in(normalise(value)) if f.unit in ("元", "%")]
        if not figures:
            continue
        if _CAP.search(heading):
            cap = next((f.value for f in figures if f.unit == "元"), None)
        elif _RANGE.search(value):
            bounds += _bounds(heading, normalise(value), figures)
        elif given is None and _GIVES.search(heading):
            given = (heading, value, figures[0])
    if given is None:
        return None
    heading, value, figure = given
    each, most = _EACH.search(value), _COUNT_CAP.search(normalise(value))
    unit = _UNITS.get(each["unit"], each["unit"]) if each else ""
    return Offer(
        row.start,
        row.end,
        f"{name},{heading}{value}",
        rate=figure.value / 100 if figure.unit == "%" else None,
        amount=figure.value if figure.unit == "元" else None,
        basis=bounds[0].noun if bounds and figure.unit == "%" else "",
        each="个" if unit and unit in _PIECES else unit,
        cap=cap,
        count_cap=figure.value.__class__(most[1]) if most else None,
        bounds=tuple(bounds),
        tiered=len(bounds) > 1,
        said=normalise("；".join(f"{h}：{v}" for h, v in row.cells)),
    )  # fmt: skip


def _named(row: Row) -> str:
    """What a row is for: the cells before the first that holds a figure; 序号 is none."""
    names: list[str] = []
    for _, value in row.cells:
        if value.isdecimal():
            continue
        if figures_in(normalise(value)):
            break
        names.append(value)
    return "".join(names[:3]) or row.cells[0][1]


def _bounds(heading: str, value: str, figures: list[Figure]) -> Iterator[Bound]:
    for figure in figures:
        before, behind = value[: figure.start], value[figure.end :]
        included = re.match(r"\s*\(?(?:含|及)", behind) is not None
        if re.search(r"(?:至|到|~|-|不足|不满|未满|低于|少于|以内)\s*$", before) or re.match(
            r"\s*\)?(?:以下|以内)", behind
        ):
            yield Bound(
                heading, "at_most" if included else "less_than", figure.value, figure.unit, figure.written
            )
        else:
            more = re.search(r"(?:超过|大于)\s*$", before) is not None
            yield Bound(
                heading, "more_than" if more else "at_least", figure.value, figure.unit, figure.written
            )
