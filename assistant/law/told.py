"""What a question tells in figures, whatever they are of: `text → Told figures` with the words around each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from assistant.grammar.measures import Measure, Reading, meets, objects_said, read_figure, vocabulary
from assistant.law.figures import Figure, figures_in
from assistant.values import FOREIGN, Value, money_in, normalise

_CLAUSES_APART = re.compile(r"(?<=[\u4e00-\u9fff\d])\s+(?=[\u4e00-\u9fff])")
_POWER = re.compile(r"\d+(?:\.\d+)?e\+?\d+\s*(?:[万亿]?元)?$")
# Before an amount: a minus that joins no two figures, or the mark of another currency.
_SIGN = re.compile(r"(?:(?<![\d万亿元])[-−负]|us\$|hk\$|[$€£]|(?:usd|hkd|eur|gbp))\s*$")
# Before an amount: it is the paper's figure that is asked about, or a promise, not the asker's own.
ASKED = re.compile(
    r"(?:最高|最多|封顶|上限|顶格|不超过|补|奖|奖励|资助|(?:拿到?|给|领|抵|发|批|拨|补)(?:了|过|到)?"
    r"|cap(?:ped)?(?: is| of| at)?|up to)\s*$"
)
# 合同过2000万给100万 is a rule, whoever says it, not a case.
SAID_AS_RULE = re.compile(
    r"(?:超?过|满|达到?)\s*\d[^,。?]{0,16}(?:[给奖补]|资助|奖励)\s*\d[\d.]*\s*[万亿]?元?"
)
_FOUNDED = re.compile(
    r"(20\d\d)\s*年(?:\s*(\d{1,2})\s*月)?(?:\s*(\d{1,2})\s*[日号])?\s*(?:刚|才|新)?(?:成立|注册|创办|开业)"
)
_FOUNDED_BACK = re.compile(
    r"(?:成立|注册|创办|founded|established)(?:于|in|on)?\s*(20\d\d)(?:[年\-/](\d{1,2}))?(?:[月\-/](\d{1,2}))?"
)
_AGED = re.compile(
    r"(?:成立|注册|创办|创立|开业|开张|开|办)(?:了|才|刚|只有|不久|还|有|至今|已经?|满)*\s*(?P<below>不到|不满|未满|不足)?\s*"
    r"(?P<number>半|\d+(?:\.\d+)?)\s*(?:个)?\s*(?:多)?(?P<unit>年|月)(?P<half>半)?"
)
_AGED_BACK = re.compile(
    r"(?P<number>\d+)\s*(?:个)?(?P<unit>年|月)(?P<half>半)?(?:多)?(?:前|之前|以前)(?:刚|才|就)?(?:成立|注册|创办|开业|办)"
)
_AGED_EN = re.compile(r"(\d+)\s*(months?|years?)\s*old|founded (\d+) (months?|years?) ago")
_SUMS = ("元", "美元")
AGE = "成立"  # the context of a firm's age
_RECEIVED = re.compile(
    r"(?:已经?|上面|之前|去年|前面)?[^,。;]{0,6}(?:[给拿补得领批拨][了过]|享受[了过]|拿到了|已[^,。;]{0,4}(?:给|拿|补|得|领))"
)
_RELATED = re.compile(
    r"(?<!非)(?<!不是)(?<!无)(?<!没有)关联(?!关系的?非)|控股的?(?:子)?公司|母公司|子公司|兄弟公司|集团内部?"
)
_UNRELATED = re.compile(r"非关联|不是关联|没有?关联|无关联|没啥关联|不关联|不是(?:母|子)公司")
# 一小时奖多少 asks what one brings, it tells nothing; 一个月补多少 tells for how long.
# 一平一个月50 is a price.
_PRICED_BY = re.compile(r"\s*(?:的?(?:租金|价格?|房租))?(?:是|要|才|就|大概|大约|约)?\d")
# 资助多少钱一件 asks for the price of one.
_HOW_MUCH_FOR = re.compile(r"(?:多少钱?|几[块元万]?钱?|几多)\s*$")
_YEAR_TOLD = re.compile(r"去年|上一?年度?|前一?年|今年|本年度?|当年|20\d\d(?=年)")
_PRICE_GAP = 8  # characters between 一台 and its price
# 占25%的股 is 持股比例.
_SHAREHOLDING = re.compile(r"[占持][^,。]{0,8}股|的?股[份权]?(?!东)|控股")
_PRICE_ASKED = re.compile(r"(?:数据|语料|电)?(?:能|可以?)?(?:奖|补|给|多少|是多少)")
# Characters that say nothing of what a figure is of.
_PLAIN = frozenset(
    "的了我们司公年度上去今共总一个有是在和与及万元亿约多少能按人额度们这那笔也都就只才刚花用做到为以,。;:、? "
)


@dataclass(frozen=True)
class Told:
    """A figure told, and the words of its clause before and behind it."""

    value: Decimal
    unit: str
    context: str
    received: bool
    written: str
    beside: str = ""  # the words right behind it, up to the next figure: 8TB文本和12TB图像
    when: str = ""  # the year it is said of, as it is said: 去年, 今年
    measure: Measure = field(default_factory=Measure)
    unresolved: bool = (
        False  # a month's, a piece's, several years' sum, or one of two years': no sum of a year
    )
    window: str = ""  # the clause that says it
    names_thing: bool = False  # some thing is named in it
    odd: str = ""  # as it is written, where it is no plain sum in yuan: 500万美元
    per: tuple[str, ...] = ()  # of which part of a year, or of each, it is told: 月租8万, 一台52万
    year: int | None = None  # the year it is said of
    label: str = ""  # the words right before it, behind the figure before: 轻度失能10个、重度15个


def figures_told(text: str, as_of: date, odd_too: bool = False, before: str = "") -> list[Told]:
    """The figures a person tells of their own case: not those asked about; the age of the firm as years (年).

    `odd_too`: sums in another currency, below nothing or past all measure as well, which nothing is computed with;
    `before`: what was said earlier in the talk, where the message does not say what was spent on.
    """
    normal = _CLAUSES_APART.sub(",", normalise(text))
    rules = [m.span() for m in SAID_AS_RULE.finditer(normal)]
    figures = figures_in(normal)
    places = [(f.start, f.end) for f in figures]
    sums = [(f.start, f.end) for f in figures if f.unit in _SUMS]
    found = []
    for figure in figures:
        apart = sums if figure.unit in _SUMS else places  # 一年 in 机器人一年卖了437万 parts nothing
        reading = read_figure(normal, figure.start, figure.end, apart)
        if reading.either or reading.claimed:
            continue
        if (
            not any(start <= figure.start < end for start, end in rules)
            and (
                (reading.received and figure.unit in _SUMS)
                or _RECEIVED.search(normal[max(0, figure.start - 14) : figure.start])
                or not ASKED.search(normal[: figure.start])
                or figure.unit == "千瓦时"  # 光伏发了50万度电: power is not given out
            )
            and not (figure.unit in ("年", "个月") and _is_age(normal, figure))
            and not (figure.value == 1 and _PRICED_BY.match(normal[figure.end :]))
            and not (figure.value == 1 and _HOW_MUCH_FOR.search(normal[: figure.start]))
            and not (
                figure.value == 1
                and figure.unit not in ("个月", "年")
                and _PRICE_ASKED.match(normal[figure.end :])
            )
        ):
            found.append(replace(_told(normal, figure, reading), odd=_odd(normal, figure)))
    found = _with_what_was_said_before(
        _with_things_said([t for t in found if odd_too or not t.odd or t.unit == "美元"], normal, before)
    )
    found = _with_prices([replace(t, year=_year_of(t, as_of)) for t in found], figures, normal)
    found = [replace(t, unresolved=t.unresolved or _is_of_one_of_two_years(t, found)) for t in found]
    if (months := age_in(normal, as_of)) is not None:
        found.append(Told(Decimal(months) / 12, "年", AGE, False, _years(months)))
    return found


def odd_amount(text: str, value: Value) -> str | None:
    """An amount as it is written where it is no plain sum in yuan: 500万美元, -200万, 1e30; to be asked back."""
    power, sign = _POWER.search(text[: value.end]), _SIGN.search(text[: value.start])
    start = min(m.start() for m in (power, sign) if m) if power or sign else value.start
    behind = FOREIGN.match(text[value.end :].lstrip())
    written = text[start : value.end] + (behind[0] if behind else "")
    return written if power or sign or FOREIGN.search(written) else None


def _with_what_was_said_before(found: Sequence[Told]) -> list[Told]:
    """Growth, or another year's sum, of which nothing else is said is of what the sum before it is of.

    去年出口800万美元，今年增加了350万美元; 买语料去年40万今年80万.
    """
    told: list[Told] = []
    for one in found:
        before = next((t for t in reversed(told) if t.unit == one.unit and not t.received), None)
        is_bare = not one.measure.is_known and not one.received
        if before and is_bare and (one.measure.change or (one.when and before.when not in ("", one.when))):
            one = replace(one, measure=replace(before.measure, change=one.measure.change))
        told.append(one)
    return told


def _with_things_said(found: Sequence[Told], normal: str, before: str) -> list[Told]:
    """The figures with what was spent on, where another clause or an earlier message says it: 买训练数据，合同金额300万元."""
    taken = {t.window for t in found if t.measure.objects}
    earlier = "\n".join(map(normalise, before.splitlines()))
    told = []
    for one in found:
        measure, made = one.measure, one.measure.nature == "sold"
        lacks = one.unit in _SUMS and not measure.objects and not one.names_thing
        if lacks and (made or measure.family == "spending"):
            said = objects_said(normal, taken, made) or objects_said(earlier, (), made)
            said = said or (
                objects_said(normal, taken) if made else said
            )  # the support asked for: 机器人销售奖励
            one = replace(one, measure=replace(measure, objects=said))
        told.append(one)
    return told


def _is_of_one_of_two_years(told: Told, found: Sequence[Told]) -> bool:
    """Whether another year's figure of the same kind is told beside it (去年40万今年80万): which counts is not said."""
    others = [t for t in found if t is not told and t.unit == told.unit and t.year and told.year]
    same = [t for t in others if t.measure.change == told.measure.change and told.unit in _SUMS]
    alike = [t for t in same if t.measure.family == told.measure.family]
    return any(t.year != told.year for t in alike)


def _year_of(told: Told, as_of: date) -> int | None:
    """The year a figure is said of, on a day."""
    if told.when[:4].isdigit():
        return int(told.when[:4])
    back = vocabulary().years_back
    return next((as_of.year - int(n) for n, words in back.items() if told.when in words), None)


def _with_prices(found: Sequence[Told], figures: Sequence[Figure], normal: str) -> list[Told]:
    """The figures without the one piece that a price is told of (一台税前52万), and the price as that of each."""
    ones: set[str] = set()
    prices: set[str] = set()
    for piece, price in pairwise(figures):
        gap = normal[piece.end : price.start]
        is_one = piece.value == 1 and piece.unit not in (*_SUMS, "年", "个月", "%")
        if is_one and price.unit == "元" and len(gap) <= _PRICE_GAP and not re.search("[,。;]", gap):
            ones.add(piece.written)
            prices.add(price.written)
    kept = [t for t in found if not (t.value == 1 and t.written in ones)]
    return [
        replace(t, per=(*t.per, "each"), unresolved=True)
        if t.written in prices and "each" not in t.per
        else t
        for t in kept
    ]


def _odd(normal: str, figure: Figure) -> str:
    """A sum as it is written where it is in another currency, negative or past all measure; empty for a plain one."""
    if figure.unit not in ("元", "美元"):
        return ""
    found = next((v for v in money_in(normal) if v.start <= figure.start < v.end), None)
    written = odd_amount(normal, found) if found is not None else None
    return written or ""


def _told(normal: str, figure: Figure, reading: Reading) -> Told:
    before = re.split(r"[,。;:?!]", normal[: figure.start])[-1]
    behind = re.split(r"[,。;:?!]", normal[figure.end :])[0]
    if len(before) + len(behind) < 4:  # 「去年买算力，800万」: what is counted stands in the clause before
        before = normal[max(0, figure.start - 14) : figure.start]
    beside = re.split(r"[和跟与及、\d]", behind)[0]
    received = (reading.received and figure.unit in _SUMS) or bool(_RECEIVED.search(before[-12:]))
    context = f"{before}{behind}"
    if figure.unit == "%" and _SHAREHOLDING.search(context):
        context += "持股比例"
    years = _YEAR_TOLD.findall(normal[: figure.start])
    when = years[-1] if years else ""
    return Told(
        figure.value,
        figure.unit,
        context,
        received,
        figure.written,
        beside,
        when,
        reading.measure,
        figure.unit == "元" and reading.is_unresolved,
        reading.window,
        reading.names_thing,
        per=reading.per,
        label=re.split(r"[,、。;:?!\d万亿元个]|和|及|加", before)[-1].strip(),
    )


def _is_age(normal: str, figure: Figure) -> bool:
    around = normal[max(0, figure.start - 8) : figure.end + 4]
    return bool(re.search(r"成立|注册|创办|开了|开业|办了", around))


def _years(months: int) -> str:
    years, rest = divmod(months, 12)
    return (f"{years}年" if years else "") + (f"{rest}个月" if rest else "") or "不满1个月"


def is_related(text: str) -> bool:
    """Whether the other party is told to be a related one."""
    return bool(_RELATED.search(text)) and not _UNRELATED.search(text)


def likeness(words: str, other: str) -> int:
    """How many characters two phrases share that say something; 营收 is like 营业收入."""
    return len((set(words) & set(other)) - _PLAIN)


def the_one(told: Sequence[Told], base: Measure) -> Told | None:
    """The one figure that may be put where a base is wanted; None where none may, or where several may."""
    usable = [t for t in told if not t.received and not t.unresolved]
    fitting = [t for t in usable if meets(t.measure, base)]
    # 合同签60万，目前只付20万: a second sum of which it is not said what it is of may be of the same.
    unsure = [
        t
        for t in usable
        if base.family == "spending" and t.measure.family in (None, "spending") and not t.measure.objects
    ]
    if len(fitting) != 1 or any(t not in fitting for t in unsure):
        return None
    return fitting[0]


# ------------------------------------------------------------------ age


def founded_in(text: str) -> str | None:
    """The day, month or year of founding that a normalised text tells, as 2025-3-1, 2025-3 or 2025."""
    match = _FOUNDED.search(text) or _FOUNDED_BACK.search(text)
    return "-".join(part for part in match.groups() if part) if match else None


def age_in(text: str, as_of: date) -> int | None:
    """The age of the firm in whole months that a normalised text tells, on a day; None when it tells none."""
    if match := _FOUNDED.search(text) or _FOUNDED_BACK.search(text):
        year, month, day = (int(part) if part else 1 for part in match.groups())
        return (as_of.year - year) * 12 + as_of.month - month - (as_of.day < day)
    length = age_back(text)
    return -length[0] if length else None


def age_back(text: str) -> tuple[int, str] | None:
    """The age told, as a length back from today; None when none is told. 不到一年 is a month less than one."""
    if match := _AGED.search(text) or _AGED_BACK.search(text):
        if match["unit"] == "年" and any(f.unit == "个月" for f in figures_in(text[match.end("unit") :][:6])):
            return None  # 一年零一个月: read short it would be another age
        number = Decimal("0.5") if match["number"] == "半" else Decimal(str(match["number"]))
        months = number * 12 if match["unit"] == "年" else number
        months += 6 if match["half"] else 0
        return -int(months) + bool(match.groupdict().get("below")), "month"
    if match := _AGED_EN.search(text):
        count, unit = (match[1], match[2]) if match[1] else (match[3], match[4])
        return -int(count) * (12 if unit.startswith("year") else 1), "month"
    return None
