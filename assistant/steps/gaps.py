"""`Query, Passages → what is not known`: the papers say that a figure was not published, or never speak of the year.

A sentence such as 具体金额和名单没有公布 is an answer only to whoever asks for just that: it must share the question's topic
and name the aspect asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.knowledge import Snapshot
from assistant.models import Claim, DocumentHead, Passages, Query, Wanted
from assistant.ports import KeywordIndex
from assistant.programmes.assess import Verdict
from assistant.steps.evidence import lacks_evidence
from assistant.steps.papers import TERM
from assistant.steps.support import topic_words
from assistant.text import fold, sentences
from assistant.values import values_in

_UNKNOWN = re.compile(
    r"(?:没有?|未|尚未|还没有?)(?:见到|见|收录|取得|公布|写明|说明|披露|提到|列出|给出|明确|公开|写(?!明|在|入)|得到官方|官方(?:资料|佐证|说法))|以官方(?:附件|通知|公告)?为准|不详|查不到"
)
_ASPECTS: dict[Wanted, re.Pattern[str]] = {
    "money": re.compile(r"金额|额度|多少钱|数额|上限|标准|各家"),
    "percent": re.compile(r"比例|金额|标准|力度"),
    "date": re.compile(r"时间|日期|有效期|窗口|期限|截止|何时"),
    "department": re.compile(r"部门|主管"),
    "number": re.compile(r"数量|名单|家数|个数"),
}
_LIST = re.compile(r"名单|清单|完整|全部名字|list\b")
# Aspects that a question and the sentence both name, in whatever words.
_NAMED = tuple(
    re.compile(words)
    for words in (
        r"评审标准|评分标准|怎么评|打分",
        r"管理人|谁管理|fund manager|who manages",
        r"投递|BP|商业计划书|pitch deck",
        r"入口|网址",
        r"受理时间|申报时间",
        r"材料清单",
        r"有效期|管到",
        r"逐字|全文|原文|正文",
    )
)
# What somebody in particular was given: 到手多少, 领了几多; not what one can get.
_EACH = re.compile(r"具体|各家|每家各|完整|到手|(?:拿|领|得|发)(?:到)?了(?:多少|几多|几万|好多|多钱)")
_NEEDED, _NEEDED_OF_EACH, _NEEDED_WITH_NAME, _ON_TOPIC = 0.4, 0.25, 0.1, 0.3
# Questions that only a figure of one kind answers.
_STRICTLY: dict[Wanted, re.Pattern[str]] = {
    "percent": re.compile(
        r"百分之(?:几|多少)|几个点|几成|比例(?:是|为)?(?:多少|多大|几)|什么比例|what (?:percentage|share|rate)\b"
    ),
    "money": re.compile(
        r"多少钱|几多钱|多少(?:万|亿|元)|几万|多少(?:金额|资助|补贴|奖励)|奖金(?:是|有|给)?多少|[补给奖贴]多少一|(?:封顶|上限|最高|最多|顶格)(?:是|给|补|拿|能拿|可拿|能贷|可贷|能?借|贷)*(?:多少|几多)|"
        r"how much money"
    ),
    "date": re.compile(r"什么时候|啥时候?|哪一?天|几月几[号日]|几号(?!文)|何时|\bwhen\b"),
}
_CAP_ASKED = re.compile(r"封顶|上限|顶格|最高|最多")
_CAP_TOLD = re.compile(r"最高|最多|不超过|以内|上限|封顶|限额|一次性|定额|各|up to|capped|at most|RMB")
_FOR_ONE = re.compile(r"[一二三]等奖|一家|单家|每家|一个(?:公司|企业|单位)|一户")
_IN_ALL = re.compile(r"总奖金|总额|总规模|全区|全市|资金池|盘子|合计")
_NAME_END = 4  # characters that a name ends with, whatever place it begins with: (天河区)智能算力补贴
_IS_SUPPORT = re.compile(r"券|补贴|奖励|资助|贴息|补助|基金|专项")
# What makes such words ask for something else: whether at all, or how something compares.
_OTHERWISE = re.compile(
    r"能不能|可不可以|是不是|有没有|划算|哪[个里家边].{0,6}(?:多|高|大)|[吗么]\s*[?？]?$|还(?:能|有)|占"
)


def told_gap(query: Query, passages: Passages, words: KeywordIndex, said: Sequence[str] = ()) -> Claim | None:
    """The sentence that says that what is asked for is not known; None where an answer may be there.

    `said`: what follows by rule; where it gives all that is asked, nothing is missing.
    """
    topics = {w: words.weight(w) for w in topic_words(query.keywords)}
    total = sum(topics.values()) or 1.0
    best: tuple[float, Claim] | None = None
    answered = 0.0
    of_each = bool(_EACH.search(query.chinese))
    named = [pattern for pattern in _NAMED if pattern.search(query.chinese)]
    if not (of_each or named) and _is_told(query, said):
        return None
    for index, passage in enumerate(passages.kept[: 8 if named else 4]):
        around = fold(" ".join([passage.head.title, *passage.chunk.headings]))
        for start, end in sentences(passage.chunk.text):
            text = fold(passage.chunk.text[start:end])
            shared = sum(v for w, v in topics.items() if w in text or w in around) / total
            own = sum(v for w, v in topics.items() if w in text) / total
            if _UNKNOWN.search(text):
                enough = _needed(query, text, of_each, named)
                told = not (of_each or named) and _gives(query.wanted, text)
                if (
                    not told
                    and _is_asked(query, text, named)
                    and shared >= enough
                    and (best is None or own > best[0])
                ):
                    span = (passage.chunk.start + start, passage.chunk.start + end)
                    claim = Claim(text=passage.chunk.text[start:end], support=(index,), quotes=(span,))
                    best = (own, claim)
            elif any(p.search(text) for p in named) if named else _gives(query.wanted, text):
                answered = max(answered, own)
    return best[1] if best and best[0] >= (0.15 if of_each else 1.0) * answered else None


def _is_told(query: Query, said: Sequence[str]) -> bool:
    """Whether what follows by rule for a named programme gives the sums and shares asked for."""
    figures = set(query.wanted) & {"money", "percent"}
    kinds = {v.kind for text in said for v in values_in(text)}
    return bool(query.programmes and figures) and kinds >= figures and "date" not in query.wanted


def _needed(query: Query, text: str, of_each: bool, named: Sequence[re.Pattern[str]]) -> float:
    """The share of the question's topic that a sentence must have to be about it."""
    if any(pattern.search(text) for pattern in named):
        return _NEEDED_WITH_NAME
    if of_each and any(m.name in text for m in query.programmes):
        return _NEEDED_WITH_NAME
    return _NEEDED_OF_EACH if of_each else _NEEDED


def _is_asked(query: Query, text: str, named: Sequence[re.Pattern[str]]) -> bool:
    if named:
        return any(pattern.search(text) for pattern in named)
    if _LIST.search(query.chinese):
        return "名单" in text
    return any(_ASPECTS[kind].search(text) for kind in query.wanted if kind in _ASPECTS)


def _gives(wanted: Sequence[Wanted], text: str) -> bool:
    return bool({v.kind for v in values_in(text)} & set(wanted))


def without_evidence(query: Query, passages: Passages, snapshot: Snapshot) -> bool:
    """Whether the question asks for something of which no kept passage has a trace, or for what a district gives of which
    there is no paper."""
    asked = fold(query.chinese)
    found = fold("。".join(_about_it(query, passages, snapshot.index.words)))
    first = fold("。".join(p.chunk.text for p in passages.kept if p.head.id == passages.kept[0].head.id))
    if lacks_evidence(asked, found, first) or not _is_spoken_of(query, passages):
        return True
    return any(_gives_without_paper(region, asked, query, passages, snapshot) for region in query.regions)


def _is_spoken_of(query: Query, passages: Passages) -> bool:
    """Whether a place that no list has stands in what was found, where one is named."""
    told = fold(" ".join(f"{p.head.title}{p.head.region or ''}{p.chunk.text}" for p in passages.kept))
    return not query.unlisted or any(place.rstrip("县区市旗") in told for place in query.unlisted)


def _about_it(query: Query, passages: Passages, words: KeywordIndex) -> list[str]:
    """The passages that name the programme asked about; where none is named, the sentences that are on the topic."""
    names = [m.name for m in query.programmes]
    if named := [p.chunk.text for p in passages.kept if any(n in fold(p.chunk.text) for n in names)]:
        return named
    told = fold(" ".join(p.chunk.text for p in passages.kept))
    topics = {w: words.weight(w) for w in topic_words(query.keywords) if len(w) > 1 and w in told}
    needed = _ON_TOPIC * sum(topics.values())
    found = []
    for passage in passages.kept:
        for start, end in sentences(passage.chunk.text):
            text = passage.chunk.text[start:end]
            if sum(v for w, v in topics.items() if w in fold(text)) >= needed:
                found.append(text)
    return found


def _gives_without_paper(
    region: str, asked: str, query: Query, passages: Passages, snapshot: Snapshot
) -> bool:
    """南山区对…的补贴 asks for what the district itself gives; 我们在南山 does not."""
    if region.count("/") < 2:
        return False
    *_, city, district = (re.escape(fold(part).rstrip("区县市")) for part in region.split("/"))
    own = re.match(
        rf"(?:请问)?(?:{city}市?)?{district}区(?!的?(?:公司|企业|单位|我)).{{0,12}}?(?:补|给|券|奖|额度|资助)",
        asked,
    )
    if any(m.name == fold(m.title) for m in query.programmes) and not own:
        return False
    if not own and not re.search(
        rf"(?<!在)(?<!在{city})(?<!在{city}市)(?<!是){district}(?:新区|区)?(?:自己|本区|区里|政府)?(?:针?对|给|有|设|的(?!公司|企业|我)|发)",
        asked,
    ):
        return False
    places = {snapshot.regions.get(p.head.id) for p in passages.kept}
    return not any(place and (place == region or place.startswith(region + "/")) for place in places)


_MONTHS_TOLD = re.compile(r"\d{1,2}月|每季度|每半年|常年|全年|长期")


def wanting(query: Query, said: Sequence[str], quoted: Sequence[str], subject: str | None) -> Wanted | None:
    """The one kind of figure that the message asks for in so many words and that nothing gives.

    `said`: what follows by rule; `quoted`: sentences of papers, which must be about the subject. Of a sum for one applicant
    a total says nothing; a cap is told by what is said to be one.
    """
    asked = fold(query.chinese)
    kind = next((k for k, pattern in _STRICTLY.items() if pattern.search(asked)), None)
    if kind is None or _OTHERWISE.search(asked):
        return None
    own = {v.value for v in values_in(query.chinese)}
    on_it = [text for text in quoted if subject and subject in fold(text)]
    about = [*said, *(on_it or quoted)]
    for text in about:
        if kind == "money" and _FOR_ONE.search(asked) and _IN_ALL.search(text) and "最高" not in text:
            continue
        if kind == "money" and _CAP_ASKED.search(asked) and not _CAP_TOLD.search(text):
            continue
        if any(v.kind == kind and v.value not in own for v in values_in(text)):
            return None
        if kind == "date" and _MONTHS_TOLD.search(text):
            return None
    return kind


def subject_of(query: Query, passages: Passages, words: KeywordIndex) -> str | None:
    """The name a programme is asked for by, without its place; else the rarest word of the question that papers have."""
    if query.language == "en":
        return None
    if names := [m.name for m in query.programmes if _IS_SUPPORT.search(m.name)]:
        return names[0][-_NAME_END:]
    told = fold(" ".join(p.chunk.text for p in passages.kept[:3]))
    topics = {
        w: words.weight(w) for w in topic_words(query.keywords) if len(w) > 2 and w in fold(query.chinese)
    }
    there = {w: v for w, v in topics.items() if w in told and _IS_SUPPORT.search(w)}
    return max(there, key=lambda w: there[w]) if there else None


_APPLYING = re.compile(r"申报|受理|申请|申领|报名|截止|开放|有效|施行|征集")


def _holds_in(head: DocumentHead, year: int) -> bool:
    """Whether a paper begins in a year, or says that it holds through it."""
    start, end = head.effective_from, head.effective_to
    return start is not None and (start.year == year or (end is not None and start.year < year < end.year))


def unknown_year(query: Query, passages: Passages, verdicts: Sequence[Verdict]) -> int | None:
    """A coming year that is asked about and that neither a window nor a passage speaks of."""
    coming = [
        year
        for year in query.years
        if year > query.as_of.year and not any(_holds_in(p.head, year) for p in passages.kept[:1])
    ]
    if TERM.search(fold(query.chinese)) and any(p.head.effective_to for p in passages.kept):
        return None
    if not coming or (not {"date", "money", "percent"} & set(query.wanted) and "window" not in query.intents):
        return None
    year = coming[0]
    ends = (w.closes or w.opens for v in verdicts if v.revision for w in v.revision.windows)
    told = any(end is not None and end.year >= year for end in ends)
    spoken = (
        p.chunk.text[a:b]
        for p in passages.kept
        for a, b in sentences(p.chunk.text)
        if str(year) in p.chunk.text[a:b]
    )
    if "window" in query.intents:  # a year in which money is paid out says nothing of when one applies
        spoken = (text for text in spoken if _APPLYING.search(text))
    return None if told or next(spoken, None) else year
