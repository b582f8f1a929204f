"""Facts a person tells in a question: `text → {fact: value as text}`, by the words that the definitions name.

Only what is said of the asker's own case is taken: an amount beside a fact's words, 成立 with a day or an age, a place
where the firm is, a yes or no. An amount behind 最高 or 封顶 is what is asked about, not a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from assistant.programmes.definitions import FactDefinition, Option
from assistant.programmes.denial import is_asked, is_denied
from assistant.programmes.facts import FOREIGN, Definitions
from assistant.programmes.periods import after
from assistant.text import fold
from assistant.values import Value, money_in, normalise, percents_in

_TITLE = re.compile(r"《[^《》]{2,80}》")
_POWER = re.compile(r"\d+(?:\.\d+)?e\+?\d+\s*(?:[万亿]?元)?$")
# Before an amount: a minus that joins no two figures, or the mark of another currency.
_SIGN = re.compile(r"(?:(?<![\d万亿元])[-−负]|us\$|hk\$|[$€£]|(?:usd|hkd|eur|gbp))\s*$")
_CLAUSE = re.compile(
    r"[,，;；。!！?？、+]|(?<=[万亿元\d])(?:和|又|再|、)|(?<=[\u4e00-\u9fff\dw])\s+(?=[\u4e00-\u9fff])"
)
# Before an amount: it is the paper's figure that is asked about, or a promise, not the asker's own.
ASKED = re.compile(
    r"(?:最高|最多|封顶|上限|顶格|不超过|补|奖|奖励|资助|(?:拿到?|给|领|抵|发|批|拨|补)(?:了|过|到)?"
    r"|cap(?:ped)?(?: is| of| at)?|up to)\s*$"
)
# What is said of a measure, by whomever, is not told of the asker: 有资料称每年发放5000万元.
_SAID_OF_PAPER = re.compile(
    r"发放|有(?:资料|报道|人)[称说]|报道|新闻|据说|听说|网上说|文件(?:里)?[说写]|政策(?:里)?[说写规]"
)
# 合同过2000万给100万 is a rule, whoever says it, not a case.
SAID_AS_RULE = re.compile(
    r"(?:超?过|满|达到?)\s*\d[^,。?]{0,16}(?:[给奖补]|资助|奖励)\s*\d[\d.]*\s*[万亿]?元?"
)
_CONTRACT = re.compile(r"合同|花了?|费用?|租了?|买了?|投入|金额|contract|spent|spend|pay|fees?|worth|cost")
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
_PLACE = (
    r"(?:在|位于|注册在|注册地(?:址)?[为是在:]?|落户|设在|来自|我们是|我司是|我是|"
    r"based in|registered in|located in|we are an?|in)\s*"
    r"(?:深圳|广州|上海|北京|广东)?[市省的]?\s*{name}|{name}(?:市|区|新区)?(?:的)?(?:企业|公司|firm|compan)"
)

_NOTHING_THERE = re.compile(
    r"(?:市|区|新区)?(?:境内|当地)?(?:并?没有?|无|未|has no|have no)[^,。;，]{0,6}(?:设|注册|主体|公司|实体|机构|法人)"
)
# OPC十条, OPC行动计划: a paper's or a programme's name, not what the firm is.
_NAME_GOES_ON = re.compile(
    r"[一二三四五六七八九十\d]+条|(?:创新|创业)?(?:发展)?(?:行动)?(?:计划|政策|措施|办法|方案|意见|社区)"
)
_EITHER = re.compile(r"(?:市|区|新区)?(?:或者?|还是)")


def hear(
    text: str,
    definitions: Definitions,
    wanted: Sequence[str],
    as_of: date,
    bare: bool = False,
    only_words: bool = False,
) -> dict[str, str]:
    """What a text tells of the wanted facts, those that matter first in `wanted`; values as read_facts takes them.

    `bare`: a sum without any word is of the first wanted one, as in 那我600万呢; `only_words`: only with a word of its own.
    """
    text = _TITLE.sub("", text)  # what a paper is called says nothing of the firm
    normal = normalise(text)
    chosen = [definitions[key] for key in wanted if key in definitions]
    heard: dict[str, str] = {}
    for key, value in (
        *_amounts(normal, chosen, bare, only_words),
        *_founding(normal, chosen, as_of),
        *_choices(fold(text).replace("人工智能", "ai"), chosen),  # 那个人工智能基金 is no 个人
        *_yes_or_no(fold(text), chosen),
    ):
        heard.setdefault(key, value)
    return heard


# ------------------------------------------------------------------ amounts


def _amounts(
    text: str, chosen: Sequence[FactDefinition], bare: bool, only_words: bool
) -> Iterator[tuple[str, str]]:
    money = [d for d in chosen if d.type == "money"]
    shares = [d for d in chosen if d.type == "percent"]
    for start, end, clause in _clauses(text):
        values = [v for v in money_in(text) if start <= v.start < end]
        for value in values:
            said_of_paper = _SAID_OF_PAPER.search(clause) or SAID_AS_RULE.search(clause)
            if not (ASKED.search(text[start : value.start]) or said_of_paper) and (
                fact := _fact_of(value, clause, start, money, only_words, bare)
            ):
                yield fact.key, odd_amount(text, value) or f"{value.value:f}"
        for value in (v for v in percents_in(text) if start <= v.start < end):
            if fact := _fact_of(value, clause, start, shares, only_words=True):
                yield fact.key, f"{value.value:f}%"


def odd_amount(text: str, value: Value) -> str | None:
    """An amount as it is written where it is no plain sum in yuan: 500万美元, -200万, 1e30; to be asked back."""
    power, sign = _POWER.search(text[: value.end]), _SIGN.search(text[: value.start])
    start = min(m.start() for m in (power, sign) if m) if power or sign else value.start
    behind = FOREIGN.match(text[value.end :].lstrip())
    written = text[start : value.end] + (behind[0] if behind else "")
    return written if power or sign or FOREIGN.search(written) else None


def _clauses(text: str) -> Iterator[tuple[int, int, str]]:
    start = 0
    for mark in (*_CLAUSE.finditer(text), None):
        end = mark.start() if mark else len(text)
        if end > start:
            yield start, end, text[start:end]
        start = mark.end() if mark else end


def _fact_of(
    value: Value,
    clause: str,
    start: int,
    facts: Sequence[FactDefinition],
    only_words: bool = False,
    bare: bool = False,
) -> FactDefinition | None:
    """The fact whose word stands nearest to an amount in its clause; without a word the first that fits the context."""
    at = value.start - start
    best: tuple[int, int, FactDefinition] | None = None
    for fact in facts:
        for word in fact.words:
            place = clause.find(word.lower())
            if place >= 0:
                distance = at - place - len(word) if place < at else place - (value.end - start)
                rank = (max(0, distance) - 2 * len(word), len(word))
                if best is None or rank[0] < best[0]:
                    best = (rank[0], rank[1], fact)
    if best:
        return best[2]
    if not only_words and facts and (bare or _CONTRACT.search(clause)):
        return facts[0]
    return None


# ------------------------------------------------------------------ founding


def _founding(text: str, chosen: Sequence[FactDefinition], as_of: date) -> Iterator[tuple[str, str]]:
    for fact in (d for d in chosen if d.type == "date"):
        if match := _FOUNDED.search(text) or _FOUNDED_BACK.search(text):
            yield fact.key, "-".join(part for part in match.groups() if part)
        elif length := _age(text):
            yield fact.key, after(as_of, length).isoformat()


def age_in(text: str, as_of: date) -> int | None:
    """The age of the firm in whole months that a normalised text tells, on a day; None when it tells none."""
    if match := _FOUNDED.search(text) or _FOUNDED_BACK.search(text):
        year, month, day = (int(part) if part else 1 for part in match.groups())
        return (as_of.year - year) * 12 + as_of.month - month - (as_of.day < day)
    length = _age(text)
    return -length[0] if length else None


def _age(text: str) -> tuple[int, str] | None:
    """The age told, as a length back from today; None when none is told. 不到一年 is a month less than one."""
    if match := _AGED.search(text) or _AGED_BACK.search(text):
        number = Decimal("0.5") if match["number"] == "半" else Decimal(str(match["number"]))
        months = number * 12 if match["unit"] == "年" else number
        months += 6 if match["half"] else 0
        return -int(months) + bool(match.groupdict().get("below")), "month"
    if match := _AGED_EN.search(text):
        count, unit = (match[1], match[2]) if match[1] else (match[3], match[4])
        return -int(count) * (12 if unit.startswith("year") else 1), "month"
    return None


# ------------------------------------------------------------------ choices, yes and no


def _choices(text: str, chosen: Sequence[FactDefinition]) -> Iterator[tuple[str, str]]:
    for fact in (d for d in chosen if d.type == "choice"):
        is_place = fact.key in ("city", "district")
        said = [o for o in fact.options if _is_told(o, text, is_place)]
        # A firm is registered in one district: two are asked back.
        if said and (fact.multiple or len(said) == 1 or fact.key == "district"):
            yield fact.key, "、".join(o.value for o in said)


def _is_told(option: Option, text: str, is_place: bool) -> bool:
    names = [n.lower() for n in (option.zh, option.value, option.en, *option.words)]
    if not is_place:
        return any(_word(name).search(text) for name in names)
    found = (m for name in names for m in re.finditer(_PLACE.format(name=re.escape(name)), text))
    return any(not _is_elsewhere(text, place) for place in found)


def _is_elsewhere(text: str, place: re.Match[str]) -> bool:
    """Whether a place is denied, has nothing of the firm's, or is one of several that are weighed."""
    behind = text[place.end() : place.end() + 12]
    return is_denied(text, *place.span()) or bool(_NOTHING_THERE.match(behind) or _EITHER.match(behind))


def _word(name: str) -> re.Pattern[str]:
    edges = (r"(?<![a-z])", r"(?![a-z])") if name.isascii() else ("", "")
    if name.startswith("个"):
        edges = (r"(?<![那这哪每几两多一二三四五六七八九十\d])", "")  # 那个人形机器人 is no 个人
    return re.compile(f"{edges[0]}{re.escape(name)}{edges[1]}")


def _yes_or_no(text: str, chosen: Sequence[FactDefinition]) -> Iterator[tuple[str, str]]:
    for fact in (d for d in chosen if d.type == "yesno"):
        if any(_word(word.lower()).search(text) for word in fact.says_no):
            yield fact.key, "否"
        elif (told := _told(fact, text)) is not None:
            yield fact.key, "是" if told else "否"


def _told(fact: FactDefinition, text: str) -> bool | None:
    """Yes where a word that says so stands undenied, no where it or the thing itself is denied; None where neither."""
    for word in fact.says_yes:
        for place in _word(word.lower()).finditer(text):
            if _NAME_GOES_ON.match(text[place.end() :]):
                continue
            if is_denied(text, *place.span()):
                return False
            if not is_asked(text, place.start()):
                return True
    for word in fact.about:
        for place in _word(word.lower()).finditer(text):
            if is_denied(text, *place.span(), far=True):
                return False
    return None
