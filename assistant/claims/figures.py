"""`Text → Figures`: amounts with their units, percentages, years and dates, and whether one stands for another.

`assistant.values` reads what stands alone; here units count (5个月 is not 5年, 公顷 not 平方公里), which a claim may change.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.claims.sign import Sign
from assistant.values import PartialDate, dates_in, money_in, percents_in, same_date

FigureKind = Literal["amount", "percent", "year", "month", "date", "rank"]

_SCALES = {
    "": 1, "百": 10**2, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7,
    "亿": 10**8, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12,
}  # fmt: skip
# Units that measure: two different ones never stand for the same. Longest first.
_MEASURES = (
    "平方公里 平方千米 平方厘米 平方米 立方米 平米 公顷 公里/时 公里每小时 千米/时 米/秒 千瓦时 毫安时 个百分点 百分点 个基点 基点 摄氏度 个工作日 工作日 "
    "个小时 小时 个季度 季度 个月 分钟 公里 千米 厘米 毫米 微米 纳米 海里 公斤 千克 毫克 毫升 千瓦 兆瓦 吉瓦 瓦时 "
    "美元 欧元 港元 日元 元 人民币 yuan rmb 人次 年 月 日 号 天 周 秒 时 点 米 亩 吨 克 斤 升 瓦 伏 度 岁 倍 折 次 eflops pflops tops e p"
).split()
_COUNTERS = (
    "个 家 名 人 位 项 条 款 台 户 种 类 座 辆 套 件 只 所 张 批 层 档 期 轮 卡 班 栋 艘 架 部 篇 本 剂 针 支 笔 场 局 届 节 对 双 门 句 站 省 市 "
    "县 国 校 院 村 镇 例 起 宗 头 匹 棵 株 颗 粒 片 块 瓶 箱 幅 首 集 份 组 队 员 册 枚 字 级 方 大 股 处 用户 企业 参数"
).split()
_UNIT = "|".join(_MEASURES + _COUNTERS)
_AMOUNT = re.compile(
    r"(?<![\d.a-z第])(?<![a-z]-)(?P<n>\d+(?:\.\d+)?)(?!\d)\s*(?:[多余来](?=[万亿千百家个名人项台])|个(?=亿))?"
    rf"(?P<scale>万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千(?![克瓦米])|百)?\s*[多余几]?\s*(?P<unit>{_UNIT})?"
)
# 连续第4年, 第5座: what is counted in order.
_RANK = re.compile(r"第(\d+)(?=[\u4e00-\u9fff])")
# 按6:4分担 is 60% and 40%.
_SHARED = re.compile(r"(?<![\d:])(\d):(\d)(?![\d:])")
_ENGLISH_MONEY = re.compile(
    r"\d\s*-?(?:thousand|million|billion|trillion|mn|bn|k\b|m\b)|[$¥]\s*\d|(?:rmb|cny|hkd|usd)\s*\d"
)
_TO = re.compile(r"\s*(?:-|~|至|到|或)\s*$")
_SAME_UNIT = {
    "公里每小时": "公里/时", "千米/时": "公里/时", "千米": "公里", "平方千米": "平方公里", "平米": "平方米", "千克": "公斤",
    "个百分点": "百分点", "个基点": "基点", "个工作日": "工作日", "个小时": "小时", "个季度": "季度",
    "人民币": "元", "yuan": "元", "rmb": "元", "日": "天", "号": "天", "点": "时", "个月": "月数",
    "eflops": "e", "pflops": "p",
}  # fmt: skip
_ABOUT = re.compile(r"(?:约|近|将近|接近|大约|超过?|逾|突破|达|至少|以上|左右|上下|不到)\s*$")
_ABOUT_AFTER = re.compile(r"(?:\s*[多余]|左右|上下|以上)")
_MIN_YEAR, _MAX_YEAR = 1000, 2999
_SMALL = 12
# A rounded figure may be this far from the exact one.
_ROUNDING = Decimal("0.06")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: money and counts as written out, 30 for 30%, a year, or (year or None, month, day)."""

    kind: FigureKind
    value: Decimal | PartialDate
    unit: str
    start: int
    end: int
    about: bool = False

    @property
    def is_article(self) -> bool:
        """Whether it says no more than an article does: 1个, 一种."""
        return self.value == 1 and self.is_count

    @property
    def is_count(self) -> bool:
        """Whether it may be a small count that the writer made himself: 三种券, 这两项."""
        counted = not self.unit or self.unit in _COUNTERS
        return (
            self.kind == "amount" and counted and not isinstance(self.value, tuple) and self.value <= _SMALL
        )


def figures_in(text: str) -> list[Figure]:
    """The figures of a text in plain form (`reading.plain`), in order."""
    found = [Figure("date", v.value, "", v.start, v.end) for v in dates_in(text)]
    for v in percents_in(text):
        about = _is_about(text, v.start, v.end)
        found.append(Figure("percent", v.value, "%", v.start, v.end, about))
    for match in _SHARED.finditer(text):
        parts = [Decimal(n) for n in match.groups()]
        if sum(parts) == 10:
            found += [Figure("percent", 10 * n, "%", match.start(), match.start()) for n in parts]
    if _ENGLISH_MONEY.search(text):
        found += [Figure("amount", v.value, "元", v.start, v.end) for v in money_in(text)]
    taken = [(f.start, f.end) for f in found]
    found += _amounts(text, taken)
    found += [Figure("rank", Decimal(m[1]), f"第{text[m.end()]}", *m.span()) for m in _RANK.finditer(text)]
    return sorted(found, key=lambda f: f.start)


def _amounts(text: str, taken: Sequence[tuple[int, int]]) -> list[Figure]:
    found: list[Figure] = []
    matches = [
        m for m in _AMOUNT.finditer(text) if not any(a < m.end("n") and m.start() < b for a, b in taken)
    ]
    for i, match in enumerate(matches):
        scale, unit = match["scale"] or "", match["unit"] or ""
        following = matches[i + 1] if i + 1 < len(matches) else None
        if following and not unit and _TO.fullmatch(text[match.end() : following.start()]):
            scale, unit = scale or following["scale"] or "", following["unit"] or ""
        found.append(_figure(text, match, scale, unit))
    return found


def _figure(text: str, match: re.Match[str], scale: str, unit: str) -> Figure:
    value = Decimal(match["n"]) * _SCALES[scale]
    about = _is_about(text, match.start(), match.end())
    if unit == "年" and len(match["n"]) == 4 and _MIN_YEAR <= value <= _MAX_YEAR and not scale:
        return Figure("year", value, "年", *match.span())
    if unit == "月":
        return Figure("month", value, "月", *match.span())
    unit = _SAME_UNIT.get(unit, unit)
    if unit == "年":
        value, unit = value * 12, "月数"
    return Figure("amount", value, unit, *match.span(), about)


def _is_about(text: str, start: int, end: int) -> bool:
    return bool(
        _ABOUT.search(text[max(0, start - 3) : start]) or _ABOUT_AFTER.search(text[end - 2 : end + 2])
    )


def same_value(one: Figure, other: Figure) -> bool:
    """Whether the evidence's figure `other` has the value that the claim's figure `one` says, whatever the unit."""
    if isinstance(one.value, tuple):
        return isinstance(other.value, tuple) and same_date(one.value, other.value)
    if isinstance(other.value, tuple):
        return one.value in _parts(one, other.value)
    if "rank" in (one.kind, other.kind) and one.kind != other.kind:
        return False
    if one.value == other.value:
        return (one.kind == "percent") == (other.kind == "percent") or not (one.unit and other.unit)
    near = abs(one.value - other.value) <= _ROUNDING * abs(other.value)
    alike = one.kind == other.kind and one.unit == other.unit != ""
    return near and alike and one.about and one.value >= 10


def _parts(one: Figure, date: PartialDate) -> tuple[int | None, ...]:
    year, month, day = date
    if one.kind == "year":
        return (year,)
    if one.kind == "month":
        return (month,)
    return (day,) if one.unit in ("天", "日", "号") else (year, month, day)


def same_unit(one: Figure, other: Figure) -> bool:
    """Whether two figures may count the same thing: measures must agree, counting words need not."""
    if not one.unit or not other.unit or isinstance(other.value, tuple) or isinstance(one.value, tuple):
        return True
    if one.unit == other.unit:
        return True
    return one.unit in _COUNTERS and other.unit in _COUNTERS


_YEARLY = re.compile(r"每年|年均|年度|全年|1年|annual")
_OTHER_SMALL_UNITS = ("次", "天", "月数", "时")


def figure_signs(claim: Sequence[Figure], evidence: Sequence[Figure], text: str) -> dict[str, Sign]:
    """Figures of the claim that are nowhere in the evidence, counts that are not, and figures there in another unit."""
    missing: list[Figure] = []
    counts: list[Figure] = []
    units: list[Figure] = []
    for figure in claim:
        if figure.is_article or (figure.value == 12 and figure.unit == "月数" and _YEARLY.search(text)):
            continue
        like = [g for g in evidence if same_value(figure, g)]
        if figure.kind == "rank" and (like or not any(g.unit == figure.unit for g in evidence)):
            continue
        if any(same_unit(figure, g) for g in like) or _is_spelt(figure, text):
            continue
        small = figure.kind == "amount" and not isinstance(figure.value, tuple) and figure.value <= _SMALL
        if figure.is_count or (like and small and figure.unit in _OTHER_SMALL_UNITS):
            counts.append(figure)
        else:
            (units if like else missing).append(figure)
    return {
        "figure_missing": Sign(float(bool(missing)), _written(missing)),
        "more_missing": Sign(float(len(missing) > 1), _written(missing[1:])),
        "count_missing": Sign(float(bool(counts)), _written(counts)),
        "other_unit": Sign(float(bool(units)), _written(units)),
    }


def _is_spelt(figure: Figure, text: str) -> bool:
    """Whether a small count stands in Chinese numerals where no counting word follows: 九涨八跌."""
    if not figure.is_count or not isinstance(figure.value, Decimal) or figure.value != int(figure.value):
        return False
    tens, ones = divmod(int(figure.value), 10)
    return ("十" if tens else "") + ("" if tens and not ones else "零一二三四五六七八九"[ones]) in text


def _written(figures: Sequence[Figure]) -> str:
    return " ".join(f"{_value(f.value)}{f.unit}" for f in figures)


def _value(value: Decimal | PartialDate) -> str:
    if isinstance(value, tuple):
        return "-".join(str(part) for part in value if part is not None)
    return f"{value.normalize():f}"
