"""The figures of a text in one normal form: money, percentages, dates, other numbers.

300万元 = 3,000,000元 = 三百万元 = RMB 3 million; 30% = 百分之三十 = 三成;
2026年9月14日 = 2026-09-14 = 14 September 2026. Money is in yuan. Positions refer to `normalise(text)`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.text import fold

ValueKind = Literal["money", "percent", "date", "number"]
PartialDate = tuple[int | None, int, int]

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = "零〇一二两三四五六七八九十百千"
_COUNTED = (
    "个|家|年|条|项|台|档|批|类|名|人|月|日|号|天|次|卡|层|期|轮|倍|张|件|户|款|辆|套|米|平方|平米|小时|公里|册|吨|字|位|所|只|"
    "种|股|枚|级|用户|企业|参数|亩|标准|标箱|集装箱|立方|口|头|千瓦时|度(?=电|\b|[,，。?？的]|$)|tb|gb"
)
_CN_SCALE = {
    "": 1, "百": 10**2, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7,
    "亿": 10**8, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12,
}  # fmt: skip
_EN_SCALE = {
    "thousand": 10**3, "k": 10**3, "million": 10**6, "mil": 10**6, "mn": 10**6, "m": 10**6,
    "billion": 10**9, "bn": 10**9, "b": 10**9, "trillion": 10**12,
}  # fmt: skip
_N = r"\d+(?:\.\d+)?"
_MARK = r"(?:rmb|cny|人民币|¥|hk\$|hkd|港币|us\$|usd|美元)"
_UNIT = r"(?:元(?!宇宙|器件|素)|块钱|块|人民币|港元|美元|yuan|rmb|cny|hkd|usd)"
FOREIGN = re.compile(
    r"美元|美金|美刀|港[元币]|欧元|日元|英镑|澳门元|新台币|usd|us\$|hkd|hk\$|eur|gbp|jpy|dollars?|euros?|\$|€|£"
)
_IDIOM = "物|千|象|里|分|般|世|能(?![补拿领抵奖申享得给不否贴报退])|众|民|一|幸"
_EN_NOUN = (
    r"people|compan|firms?|enterprises?|users?|units?|square|sqm|robots?|parameters|tokens?|hours?|images?"
)
_MONEY_CN = re.compile(
    rf"(?P<mark>{_MARK}\s*)?(?<![\d.])(?P<low>{_N})(?:\s*(?:-|~|至|到|或)\s*(?P<high>{_N}))?\s*"
    rf"(?:[多余来](?=[万亿千百])|个(?=亿))?(?P<scale>万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)?[多余来]?\s*(?P<unit>{_UNIT})?"
)
_MONEY_EN = re.compile(
    rf"(?P<mark>{_MARK}\s*)?(?<![\d.])(?P<low>{_N})(?:\s*(?:-|to|or)\s*(?P<high>{_N}))?\s*-?"
    rf"(?P<scale>thousand|million|billion|trillion|mil|mn|bn|k|m|b)\b\s*(?P<unit>{_UNIT})?(?!\s*(?:{_EN_NOUN}))"
)
_PERCENT = re.compile(
    rf"(?<![\d.])(?:(?P<low>{_N})\s*%?\s*(?:-|~|至|到|或|to|or)\s*)?(?P<high>{_N})\s*(?:%|per ?cent\b|pct\b)"
)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<name>{'|'.join(_MONTH_NAMES)})[a-z]*\.?"
_DATES = (
    re.compile(
        r"(?<!\d)(?P<year>20\d\d)\s*[年\-/.]\s*(?P<month>\d{1,2})\s*[月\-/.]\s*(?P<day>\d{1,2})(?!\d)\s*[日号]?"
    ),
    re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<year>20\d\d))?(?!\d)"
    ),
    re.compile(rf"(?<![a-z]){_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<year>20\d\d))?"),
    re.compile(r"(?<!\d)(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})(?!\d)\s*[日号]?"),
)
_UNTIL_DAY = re.compile(r"\s*+(?:\([^)]{0,40}\)\s*+)?(?:-|~|至|到)\s*+(?:当月)?(?P<day>\d{1,2})\s*+[日号]")


@dataclass(frozen=True)
class Value:
    """A figure and where it stands in the normalised text: Decimal, or (year or None, month, day)."""

    kind: ValueKind
    value: Decimal | PartialDate
    start: int
    end: int


def chinese_number(numeral: str) -> int:
    """A Chinese numeral below 万, or a run of digits such as 二〇二五, as an integer."""
    if not any(c in _TENS for c in numeral):
        return int("".join(str(_DIGITS[c]) for c in numeral))
    total, digit = 0, None
    for char in numeral:
        if char in _TENS:
            total += (1 if digit is None else digit) * _TENS[char]
            digit = None
        else:
            digit = _DIGITS[char] or None
    return total + (digit or 0)


def _decimal_numeral(match: re.Match[str]) -> str:
    whole, _, fraction = match[1].partition("点")
    tail = "." + "".join(str(_DIGITS[c]) for c in fraction if c in _DIGITS) if fraction else ""
    return f"{chinese_number(whole or '零')}{tail}%"


def normalise(text: str) -> str:
    """Fold the text and write its numbers in Arabic digits without separators; marks of style go."""
    text = re.sub(r"\[\d{1,2}\]|\*\*|[`#]", "", fold(text))
    text = re.sub(r"(?<=[\d万亿元%])\s*\*\s*(?=\d)", "×", text)
    text = re.sub(r"[*|>]", " ", text)
    text = re.sub(
        r"(?<![\d.])(\d{1,2})\.(?=20\d\d\s*年)", r"\1. ", text
    )  # 3.2025年度审计报告: an item's number
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(?<=\d)\s*个?w(?![a-z0-9])", "万", text)  # 600w, as typed on a phone
    text = re.sub(rf"百分之([{_NUMERAL}点]+)", _decimal_numeral, text)
    text = re.sub(rf"百分之\s*({_N})", r"\1%", text)
    text = re.sub(
        r"([一二两三四五六七八九])成(?=[\s,。;:、)」”\"'!?的左右以多补算支资]|$)",
        lambda m: f"{_DIGITS[m[1]] * 10}%",
        text,
    )
    before_unit = rf"(?<![\d.])([{_NUMERAL}]+)(?=\s*(?:万亿|万|亿|千|百)?\s*(?:元|{_COUNTED}))"
    text = re.sub(before_unit, lambda m: str(chinese_number(m[1])), text)
    before_scale = rf"(?<![\d.])([一二两三四五六七八九十][{_NUMERAL}]*)(?=[万亿](?!{_IDIOM}))"
    text = re.sub(before_scale, lambda m: str(chinese_number(m[1])), text)
    text = _SPOKEN_ON.sub(_spoken_on, text)
    return re.sub(r"\s+", " ", text).strip()


# 两万六, 2万6, 一百二十万三千, 一亿二: the next lower place is said without its name, or with it.
_SPOKEN_ON = re.compile(
    r"(?<![\d.])(\d+)(?:(万)([1-9一二三四五六七八九])(?:千(?:([1-9一二三四五六七八九])百?)?)?"
    r"|(亿)([1-9一二三四五六七八九])(?:千(?:([1-9一二三四五六七八九])百?)?万)?)"
    rf"(?![\d{_NUMERAL}百千万亿.%等线部]|\s*(?:元/|{_COUNTED}))(?:(?<!一)|(?=[\s,。;:?!、)]|$))"
)


def _spoken_on(match: re.Match[str]) -> str:
    whole, scale = match[1], match[2] or match[5]
    first, second = (match[3], match[4]) if match[2] else (match[6], match[7])
    digits = "".join(str(_DIGITS.get(d, d)) for d in (first, second) if d)
    return f"{whole}.{digits}{scale}"


def _bounds(match: re.Match[str]) -> list[Decimal]:
    return [Decimal(match[name]) for name in ("low", "high") if match[name]]


def money_in(text: str) -> list[Value]:
    """Amounts of money in a normalised text, in yuan as written (no exchange rates)."""
    found: list[Value] = []
    for match in _MONEY_EN.finditer(text):
        if len(match["scale"]) <= 2 and not (match["mark"] or match["unit"]):
            continue
        found += [Value("money", n * _EN_SCALE[match["scale"]], *match.span()) for n in _bounds(match)]
    english = [(v.start, v.end) for v in found]
    for match in _MONEY_CN.finditer(text):
        if any(a < match.end() and match.start() < b for a, b in english):
            continue
        scale = match["scale"] or ""
        if not (match["mark"] or match["unit"]) and not _is_unmarked_money(text, match, scale):
            continue
        found += [Value("money", n * _CN_SCALE[scale], *match.span()) for n in _bounds(match)]
    return sorted(found, key=lambda v: v.start)


# 参数规模100亿以上: parameters, tokens and the like are no money.
_NO_MONEY = re.compile(
    r"(?:参数(?:规模|量|数)?|词元|用户(?:数|量)?|样本(?:量|数)?|日活|月活)[^,。;\d费元钱款金额值]{0,5}$"
)


def _is_unmarked_money(text: str, match: re.Match[str], scale: str) -> bool:
    """Whether 50万, 1.2亿 without 元 is money: not when a counted noun or a unit of computing follows."""
    if "万" not in scale and "亿" not in scale:
        return False
    if match.start() and text[match.start() - 1] == "第":
        return False
    if _NO_MONEY.search(text[max(0, match.start() - 10) : match.start()]):
        return False
    counted = rf"\s*[多余来]?\s*(?:{_COUNTED})|[多余来]?(?:{_IDIOM})|\s*(?:[a-z]+flops|[pe]\b)"
    return re.match(counted, text[match.end() :]) is None


def percents_in(text: str) -> list[Value]:
    """Percentages in a normalised text; 30 for 30%."""
    return [Value("percent", n, *m.span()) for m in _PERCENT.finditer(text) for n in _bounds(m)]


def dates_in(text: str) -> list[Value]:
    """Dates in a normalised text as (year or None, month, day); both ends of 9月7日至14日."""
    found: list[Value] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            name = parts.get("name")
            month = _MONTH_NAMES.index(name) + 1 if name else int(parts["month"])
            year = int(parts["year"]) if parts.get("year") else None
            day = int(parts["day"])
            if any(v.start < match.end() and match.start() < v.end for v in found):
                continue
            if not (1 <= month <= 12 and 1 <= day <= 31):
                continue
            until = _UNTIL_DAY.match(text, match.end())
            end = until.end() if until else match.end()
            found.append(Value("date", (year, month, day), match.start(), match.end()))
            if until:
                found.append(Value("date", (year, month, int(until["day"])), match.start(), end))
    return sorted(found, key=lambda v: v.start)


def numbers_in(text: str) -> list[Value]:
    """Every other number of a normalised text: counts, years, scores."""
    taken = [(v.start, v.end) for v in (*money_in(text), *percents_in(text), *dates_in(text))]
    return [
        Value("number", Decimal(m[0]), *m.span())
        for m in re.finditer(rf"(?<![\d.]){_N}", text)
        if not any(a < m.end() and m.start() < b for a, b in taken)
    ]


def values_in(text: str) -> list[Value]:
    """All figures of a text; the text is normalised first."""
    text = normalise(text)
    return [*money_in(text), *percents_in(text), *dates_in(text), *numbers_in(text)]


def same_date(a: PartialDate, b: PartialDate) -> bool:
    """Whether two dates agree; a missing year agrees with any."""
    return a[1:] == b[1:] and (a[0] is None or b[0] is None or a[0] == b[0])


def is_covered(value: Value, by: list[Value]) -> bool:
    """Whether a figure occurs among others: same kind and value; a bare number in any kind."""
    for other in by:
        if isinstance(value.value, tuple):
            if isinstance(other.value, tuple) and same_date(value.value, other.value):
                return True
        elif isinstance(other.value, tuple):
            if value.kind == "number" and value.value in (other.value[0], other.value[1], other.value[2]):
                return True
        elif value.value == other.value and (value.kind == other.kind or value.kind == "number"):
            return True
    return False
