"""What a question tells in figures, whatever they are of: `text → Told figures` with the words around each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.programmes.figures import Figure, figures_in
from assistant.programmes.hear import ASKED, SAID_AS_RULE, age_in, odd_amount
from assistant.values import money_in, normalise

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
_YEAR_TOLD = re.compile(r"去年|上一?年度?|前一?年|今年|本年度?|当年")
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


def figures_told(text: str, as_of: date) -> list[Told]:
    """The figures a person tells of their own case: not those asked about; the age of the firm as years (年)."""
    normal = normalise(text)
    rules = [m.span() for m in SAID_AS_RULE.finditer(normal)]
    found = [
        _told(normal, figure)
        for figure in figures_in(normal)
        if not any(start <= figure.start < end for start, end in rules)
        and not _is_odd(normal, figure)
        and (
            _RECEIVED.search(normal[max(0, figure.start - 14) : figure.start])
            or not ASKED.search(normal[: figure.start])
            or figure.unit == "千瓦时"  # 光伏发了50万度电: power is not given out
        )
        and not (figure.unit in ("年", "月") and _is_age(normal, figure))
        and not (figure.value == 1 and _PRICED_BY.match(normal[figure.end :]))
        and not (figure.value == 1 and _HOW_MUCH_FOR.search(normal[: figure.start]))
        and not (
            figure.value == 1 and figure.unit not in ("月", "年") and _PRICE_ASKED.match(normal[figure.end :])
        )
    ]
    if (months := age_in(normal, as_of)) is not None:
        found.append(Told(Decimal(months) / 12, "年", AGE, False, _years(months)))
    return found


def _is_odd(normal: str, figure: Figure) -> bool:
    """Whether a sum is in another currency, negative or past all measure: nothing is computed with it."""
    if figure.unit != "元":
        return False
    found = next((v for v in money_in(normal) if v.start <= figure.start < v.end), None)
    return found is not None and odd_amount(normal, found) is not None


def _told(normal: str, figure: Figure) -> Told:
    before = re.split(r"[,。;:?!]", normal[: figure.start])[-1]
    behind = re.split(r"[,。;:?!]", normal[figure.end :])[0]
    if len(before) + len(behind) < 4:  # 「去年买算力，800万」: what is counted stands in the clause before
        before = normal[max(0, figure.start - 14) : figure.start]
    beside = re.split(r"[和跟与及、\d]", behind)[0]
    received = bool(_RECEIVED.search(before[-12:]))
    context = f"{before}{behind}"
    if figure.unit == "%" and _SHAREHOLDING.search(context):
        context += "持股比例"
    years = _YEAR_TOLD.findall(normal[: figure.start])
    when = years[-1] if years else ""
    return Told(figure.value, figure.unit, context, received, figure.written, beside, when)


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


def nearest(told: Sequence[Told], words: str) -> Told | None:
    """The told figure whose words are most like some; the first where none is."""
    return max(told, key=lambda t: likeness(t.context, words), default=None)
