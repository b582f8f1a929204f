"""The figures of a normalised text with what they count: `text → Figures`, in the units of `quantities.Unit`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from assistant.grammar.tokens import tokens_in
from assistant.values import money_in, percents_in

_UNITS = {
    "平方米": "平方米", "平米": "平方米", "㎡": "平方米", "平": "平方米",
    "个月": "个月", "年": "年", "周岁": "岁", "岁": "岁",
    "人": "人", "个人": "人", "名": "人", "位": "人", "员工": "人",
    "家": "家", "户": "家", "架次": "架次",
    "tb": "TB", "gb": "GB", "小时": "小时", "千瓦时": "千瓦时", "度": "千瓦时", "kwh": "千瓦时", "吨": "吨", "公里": "公里",
}  # fmt: skip
_SCALES = {"": 1, "万": 10**4, "亿": 10**8}
_PIECES = ("个", "项", "件", "条", "张", "款", "台", "套", "辆", "篇", "次", "份")
_NUMBER = re.compile(
    r"(?<![\d.\-第〔])(?P<number>\d+(?:\.\d+)?)(?P<scale>[万亿]?)(?:多|余)?\s*(?:来)?(?P<unit>个月|个人|平方米|平米|㎡|平(?!台|均|安)|架次|周岁|岁|人|名|位|家|户|"
    r"tb|gb|小时|千瓦时|kwh|度(?!假)|吨|公里|个(?!月|亿|点|百分)|项|件|条|张|款|台|套|辆|篇|次|份|年(?!\d|度))"
)
_DOLLARS = re.compile(r"美[元金刀]|us\$|usd|dollar|\$")
_DATED = re.compile(
    r"20\d\d\s*年|(?<!\d)20\d\d(?!\d|\s*(?:[万亿平方人名位家户台套吨度条件项个张款份辆次篇亩头口]|小时|tb|gb|公里|架次|千瓦时|kwh))|"
    r"\d{1,2}月\d{1,2}"
)
_PERSONS = re.compile(
    r"\s*(?:[\u4e00-\u9fff]{0,4}?(?:博士|硕士|本科|人才|员工|职工|专家|毕业生|院士|教授|大学生|研究生|残疾人|工人|老人|师傅)"
    r"|[\u4e00-\u9fff]{1,3}(?:师|员)(?![傅工资会]))"
)


@dataclass(frozen=True)
class Figure:
    """A figure, its unit (元, 美元, %, 年, 月, 平方米, TB, 人, 家, 件 for pieces …), and its place in the normalised text."""

    value: Decimal
    unit: str
    start: int
    end: int
    written: str


def _is_dollars(normal: str, start: int, end: int) -> bool:
    """Whether a sum is written with dollars: 500万美元, US$5 million."""
    sign = normal[:start].rstrip()[-3:]
    behind = normal[end:].lstrip()
    return bool(_DOLLARS.search(normal[start:end]) or sign.endswith(("$", "usd")) or _DOLLARS.match(behind))


def figures_in(normal: str) -> list[Figure]:
    """Every figure of a normalised text in order; days, years and clause numbers are none."""
    found = [
        Figure(
            v.value,
            "美元" if unit == "元" and _is_dollars(normal, v.start, v.end) else unit,
            v.start,
            v.end,
            normal[v.start : v.end],
        )
        for unit, values in (("元", money_in(normal)), ("%", percents_in(normal)))
        for v in values
        if isinstance(v.value, Decimal)
    ]
    taken = [(f.start, f.end) for f in found] + [m.span() for m in _DATED.finditer(normal)]
    for match in _NUMBER.finditer(normal):
        if not any(a < match.end() and match.start() < b for a, b in taken):
            word = match["unit"]
            unit = "个" if word in _PIECES else _UNITS[word]
            if word == "个" and _PERSONS.match(normal, match.end()):
                unit = "人"  # 招了2个博士
            value = Decimal(match["number"]) * _SCALES[match["scale"]]
            written = match[0].upper() if unit in ("TB", "GB") else match[0]
            found.append(Figure(value, unit, *match.span(), written))
    taken = [(f.start, f.end) for f in found] + [m.span() for m in _DATED.finditer(normal)]
    for atom in tokens_in(normal):  # units that papers count in: 亩, 头, 标箱, 卡时
        if normal[: atom.start].endswith("第"):
            continue  # 第一次
        if atom.has("COUNT") and atom.unit and not any(a < atom.end and atom.start < b for a, b in taken):
            found.append(Figure(atom.value, atom.unit, atom.start, atom.end, normal[atom.start : atom.end]))
    return sorted(found, key=lambda f: f.start)
