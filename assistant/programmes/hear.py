"""Facts a person tells in a question: `text → {fact: value as text}`, by the words that the definitions name.

Only what is said of the asker's own case is taken: an amount beside a fact's words, 成立 with a day or an age, a place
where the firm is, a yes or no. An amount behind 最高 or 封顶 is what is asked about, not a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from assistant.grammar.measures import asks_whether, is_weighed, literal, measure_of, meets, vocabulary
from assistant.law.told import Told, age_back, figures_told, founded_in
from assistant.programmes.definitions import FactDefinition, Option
from assistant.programmes.denial import clause_of, is_asked, is_denied
from assistant.programmes.facts import Definitions
from assistant.programmes.periods import after
from assistant.text import fold
from assistant.values import Value, normalise, percents_in

_TITLE = re.compile(r"《[^《》]{2,80}》")
_CLAUSE = re.compile(
    r"[,，;；。!！?？、+]|(?<=[万亿元\d])(?:和|又|再|、)|(?<=[\u4e00-\u9fff\dw])\s+(?=[\u4e00-\u9fff])"
)
# What is said of a measure, by whomever, is not told of the asker: 有资料称每年发放5000万元.
_SAID_OF_PAPER = re.compile(
    r"发放|有(?:资料|报道|人)[称说]|报道|新闻|据说|听说|网上说|文件(?:里)?[说写]|政策(?:里)?[说写规]"
)
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
    main: str | None = None,
    before: str = "",
) -> dict[str, str]:
    """What a text tells of the wanted facts, those that matter first in `wanted`; values as read_facts takes them.

    `bare`: a sum without any word is of the first wanted one, as in 那我600万呢; `only_words`: only with a word of its own;
    `main`: the fact that a sum of which nothing else is said is of, where the message names a programme;
    `before`: earlier messages of the talk.
    """
    text = _TITLE.sub("", text)  # what a paper is called says nothing of the firm
    normal = normalise(text)
    chosen = [definitions[key] for key in wanted if key in definitions]
    heard: dict[str, str] = {}
    for key, value in (
        *_amounts(normal, chosen, as_of, bare, only_words, main, before),
        *_founding(normal, chosen, as_of),
        *_choices(fold(text).replace("人工智能", "ai"), chosen),  # 那个人工智能基金 is no 个人
        *_yes_or_no(fold(text), chosen),
    ):
        heard.setdefault(key, value)
    return heard


# ------------------------------------------------------------------ amounts


def _amounts(
    text: str,
    chosen: Sequence[FactDefinition],
    as_of: date,
    bare: bool,
    only_words: bool,
    main: str | None,
    before: str,
) -> Iterator[tuple[str, str]]:
    money = [d for d in chosen if d.type == "money" and d.measure]
    by_words = [d for d in chosen if d.type == "money" and d.measure is None]
    shares = [d for d in chosen if d.type == "percent"]
    sums = figures_told(text, as_of, odd_too=True, before=before)
    for told in sums:
        if told.unit not in ("元", "美元") or _SAID_OF_PAPER.search(told.window):
            continue
        fact = _fact_of_sum(told, money)
        if fact is None and not told.received:  # a fact of one's own that does not say what it is of
            fact = next((d for d in by_words if _is_named(d, told)), None)
        if fact is None and not told.received and not only_words:
            fact = _main_of(told, money, bare, main)
        if fact is not None:
            yield fact.key, told.odd or (_as_said(told, sums) if told.unresolved else f"{told.value:f}")
    for start, end, clause in _clauses(text):
        for value in (v for v in percents_in(text) if start <= v.start < end):
            if fact := _fact_of_share(value, clause, start, shares):
                yield fact.key, f"{value.value:f}%"


def _as_said(told: Told, sums: Sequence[Told]) -> str:
    """The words of a sum that is no year's, or both sums where two years' are told: to be asked back."""
    family = told.measure.family
    alike = [t.written for t in sums if t.unresolved and t.measure.family == family and t.when]
    return "、".join(alike) if len(alike) > 1 else told.window.strip()


def _fact_of_sum(told: Told, facts: Sequence[FactDefinition]) -> FactDefinition | None:
    """The fact whose measure a told sum has; of several the one that is nearest to what it is of, then the first."""
    best: tuple[int, FactDefinition] | None = None
    above = vocabulary().above
    for fact in facts:
        assert fact.measure is not None
        base = fact.measure.measure
        if (base.nature == "public_money") != told.received or not meets(told.measure, base):
            continue
        far = min((len(above[one]) for one in told.measure.objects), default=0) - min(
            (len(above[one]) for one in base.objects), default=0
        )
        if best is None or far < best[0]:
            best = (far, fact)
    return best[1] if best else None


def _is_named(fact: FactDefinition, told: Told) -> bool:
    """Whether a sum's clause has what one of a fact's words says beside words of measures: 宽带 of 宽带缴费金额."""
    plain = vocabulary().plain_words
    for word in map(fold, fact.words):
        own = [part for part in literal(word).split() if len(part) > 1 and part not in plain]
        alike = told.measure.family in (None, measure_of(word).family or "spending")
        if alike and (word in told.window or (own and all(part in told.window for part in own))):
            return True
    return False


def _main_of(
    told: Told, facts: Sequence[FactDefinition], bare: bool, main: str | None
) -> FactDefinition | None:
    """What a sum is of that does not say so itself: what the programme named beside it is counted on; in a short
    correction (那我600万呢) the first that is wanted."""
    if told.measure.objects or told.measure.change:
        return None
    if bare and not told.measure.is_known and facts:
        return facts[0]
    fact = next((f for f in facts if f.key == main), None)
    if fact is None or fact.measure is None:
        return None
    return fact if told.measure.family == fact.measure.measure.family else None


def _clauses(text: str) -> Iterator[tuple[int, int, str]]:
    start = 0
    for mark in (*_CLAUSE.finditer(text), None):
        end = mark.start() if mark else len(text)
        if end > start:
            yield start, end, text[start:end]
        start = mark.end() if mark else end


def _fact_of_share(
    value: Value, clause: str, start: int, facts: Sequence[FactDefinition]
) -> FactDefinition | None:
    """The fact whose word stands nearest to a share in its clause."""
    at = value.start - start
    best: tuple[int, FactDefinition] | None = None
    for fact in facts:
        for word in fact.words:
            place = clause.find(word.lower())
            if place >= 0:
                distance = at - place - len(word) if place < at else place - (value.end - start)
                rank = max(0, distance) - 2 * len(word)
                if best is None or rank < best[0]:
                    best = (rank, fact)
    return best[1] if best else None


# ------------------------------------------------------------------ founding


def _founding(text: str, chosen: Sequence[FactDefinition], as_of: date) -> Iterator[tuple[str, str]]:
    for fact in (d for d in chosen if d.type == "date"):
        if founded := founded_in(text):
            yield fact.key, founded
        elif length := age_back(text):
            yield fact.key, after(as_of, length).isoformat()


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
        places = (m.span() for name in names for m in _word(name).finditer(text))
        return any(not _is_only_asked(text, *place) for place in places)
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
        denied = (m.span() for word in fact.says_no for m in _word(word.lower()).finditer(text))
        if any(not _is_only_asked(text, *place) for place in denied):
            yield fact.key, "否"
        elif (told := _told(fact, text)) is not None:
            yield fact.key, "是" if told else "否"


def _is_only_asked(text: str, start: int, end: int) -> bool:
    """Whether words are weighed against others, or followed by nothing but a question whether it is so."""
    first, last = clause_of(text, start, end)
    return is_weighed(text[first:last]) or asks_whether(text[end:last])


def _told(fact: FactDefinition, text: str) -> bool | None:
    """Yes where a word that says so stands undenied, no where it or the thing itself is denied; None where neither."""
    for word in fact.says_yes:
        for place in _word(word.lower()).finditer(text):
            if _NAME_GOES_ON.match(text[place.end() :]):
                continue
            if _is_only_asked(text, *place.span()):
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
