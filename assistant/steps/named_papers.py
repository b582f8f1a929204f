"""`Query → Statements` on a paper that the question names: which it is, its number, its date, whether it still holds.

A paper is named in 《》, by its number, by a short name that some paper gives it (又称“…”, 简称“…”), or by what kind of paper it
is together with its edition or place (2025年版的操作规程). Every statement quotes the sentence that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from assistant.knowledge import Snapshot
from assistant.law.wording import day
from assistant.models import Document, DocumentHead, Kind, Language, Query, Status
from assistant.programmes.present import Statement
from assistant.programmes.schema import Source
from assistant.steps.planted import is_planted
from assistant.steps.scope import home_of
from assistant.text import fold, sentences
from assistant.values import dates_in, normalise

NUMBER = re.compile(r"文号|几号文|哪[个一]?号文|多少号文|发文字号|document number|reference number")
ISSUED = re.compile(
    r"(?:什么时候|何时|几时|哪[一天年]?天?|几号|几月|多会儿|啥时候?)[^，。]{0,8}(?:发(?:布|文|的|出)|出台|出的|公布|印发)|"
    r"(?:发布|公布|印发|出台|发文)(?:的)?(?:日期|时间)|(?:公布|印发|出台|发布)(?:的)?.{0,4}(?:什么时候|何时|几时|哪天|几号)|"
    r"when was .{0,40}(?:issued|published|released)"
)
HOLDS = re.compile(
    r"哪一?版|哪个版本|按哪|有效|到期|失效|作废|过期|废止|管到|管用|还能(?:用|引|参照|依据)|能否(?:继续)?(?:引|用)|还?能不能(?:用|引)|替代|取代|代替|"
    r"in force|expire|still (?:valid|apply)|superseded|replaced"
)
TAKES_EFFECT = re.compile(r"施行|生效|执行|实施|take effect|effective|come into force")
WHICH = re.compile(
    r"(?:哪|什么|啥)[一份个]*(?:文件|政策|来头)|叫(?:什么|啥)|名称|全称|全名|full (?:name|title)|which (?:document|paper)"
)
_SHORT_NAME = re.compile(
    r"(《[^《》]{4,60}》|[\w—-]{2,30})[（(](?:又称|以下简称|简称|俗称|也称|业内称)[：:]?\s*[“\"「《]([^”\"」》（）()]{2,24})[”\"」》]"
)
_TYPES = (
    "若干措施 若干政策措施 政策措施 操作规程 申请指南 申报指南 行动计划 行动方案 实施方案 实施细则 实施意见 "
    "管理办法 暂行办法 办法 意见 条例 规划"
).split()
_EDITION = re.compile(
    r"(?<!\d)(?:20)?(\d\d)年?(?:那|这|的)?(?:个|一)?(修订)?(?:版|那版|那份)|"
    r"(?<!\d)(20\d\d)年(?:度)?的?(?=[\u4e00-\u9fff]{0,6}(?:规程|指南|措施|办法|方案|计划))"
)
_PUBLISHED = re.compile(r"公布|印发|发布|发文|出台|成文")
_IN_FORCE = re.compile(r"施行|有效|生效|实施|执行|到期|计划期|截至|取代|废止|失效")


def named_papers(query: Query, snapshot: Snapshot) -> list[str]:
    """The ids of the papers that a question names, at most two; none where the words fit more."""
    named = snapshot.named(query.titles)
    asked = fold(query.search_text if query.topic or query.language == "en" else query.text)
    short = snapshot.kept("short names", lambda: _short_names(snapshot))
    plain = normalise(asked)  # 十八条 is 18条
    named |= {id for name, id in short.items() if name in asked or normalise(name) in plain}
    named = named or _by_kind(asked, query, snapshot)
    statuses = snapshot.statuses(query.as_of)
    held = [id for id in named if statuses[id] is not Status.DRAFT or "稿" in asked or "draft" in asked]
    return sorted(held) if 0 < len(held) <= 2 else []


def paper_facts(query: Query, snapshot: Snapshot) -> Iterator[Statement]:
    """What is asked of the named papers themselves, each from the sentence that says it."""
    text = fold(query.chinese)
    wanted = [p for p in (WHICH, NUMBER, ISSUED, HOLDS, TAKES_EFFECT) if p.search(text)]
    if not wanted:
        return
    for id in named_papers(query, snapshot):
        document = snapshot.document(id)
        if document is None or document.head.kind is Kind.NEWS:
            continue
        if (WHICH in wanted or NUMBER in wanted) and (said := _number(document, query.language)):
            yield said
        if WHICH in wanted and NUMBER not in wanted and (said := _which(document, text, query, snapshot)):
            yield said
        if (ISSUED in wanted or WHICH in wanted) and (said := _issued(document, query.language)):
            yield said
        if {HOLDS, TAKES_EFFECT} & set(wanted):
            yield from _standing(document, query, snapshot)


def paper_gap(query: Query, snapshot: Snapshot) -> str | None:
    """The title of the one paper that is named when its number, date or term is asked for.

    Where `paper_facts` tells nothing, that paper does not state it.
    """
    text = fold(query.chinese)
    if WHICH.search(text) or not any(p.search(text) for p in (NUMBER, ISSUED, HOLDS)):
        return None
    named = named_papers(query, snapshot)
    return snapshot.heads[named[0]][0].title if len(named) == 1 else None


# ------------------------------------------------------------------ which papers


def _short_names(snapshot: Snapshot) -> dict[str, str]:
    """Short name, folded → the paper it is of; one that two papers go by is left out."""
    found: dict[str, set[str]] = {}
    for id in snapshot.heads:
        document = snapshot.document(id)
        for match in _SHORT_NAME.finditer(document.text if document else ""):
            subject, name = match[1], fold(match[2])
            owners = snapshot.named([subject.strip("《》")]) if subject.startswith("《") else {id}
            title = fold(snapshot.heads[id][0].title)
            if subject.startswith("《") or sum(c in title for c in fold(subject)) >= 0.8 * len(subject):
                found.setdefault(name, set()).update(owners)
    return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}


def _by_kind(asked: str, query: Query, snapshot: Snapshot) -> set[str]:
    """The papers of a kind (操作规程) that share most of the question's words, of the edition and the place it names."""
    kind = next((t for t in _TYPES if t in asked), None) or next(
        (t[-2:] for t in _TYPES if t[-2:] in asked), None
    )
    if kind is None:
        return set()
    edition = _EDITION.search(asked)
    regions = query.regions or home_of(snapshot)
    found: dict[str, int] = {}
    for id, (head, _) in snapshot.heads.items():
        title = fold(head.title)
        if (
            kind not in title
            or snapshot.regions.get(id) not in regions
            or head.kind in (Kind.INTERPRETATION, Kind.QUESTIONS, Kind.NEWS)
        ):
            continue
        if edition and not _is_edition(edition, title):
            continue
        found[id] = sum(1 for word in query.keywords if len(word) > 1 and word in title and word not in kind)
    most = max(found.values(), default=0)
    best = {id for id, shared in found.items() if shared == most}
    # Without an edition or a word of the title only a paper that is the one of its kind is meant.
    return best if edition or most or len(found) == 1 else _in_force(best, query, snapshot)


def _in_force(ids: set[str], query: Query, snapshot: Snapshot) -> set[str]:
    statuses = snapshot.statuses(query.as_of)
    held = {id for id in ids if statuses[id] is Status.IN_FORCE}
    final = {id for id in ids if statuses[id] is not Status.DRAFT}
    return held if len(held) == 1 else (final if len(final) == 1 else set())


def _is_edition(edition: re.Match[str], title: str) -> bool:
    year = edition[3] or f"20{edition[1]}"
    return year in title and (not edition[2] or "修订" in title)


# ------------------------------------------------------------------ what is said of one


def _sentence(document: Document, *needs: re.Pattern[str] | str | date) -> tuple[int, int] | None:
    """The first sentence that has all of some words, patterns and days."""
    for start, end in sentences(document.text):
        text = document.text[start:end]
        if not is_planted(document.text, start, end) and all(_has(text, need) for need in needs):
            return start, end
    return None


def _has(text: str, need: re.Pattern[str] | str | date) -> bool:
    if isinstance(need, date):
        wanted = (need.year, need.month, need.day)
        return any(v.value == wanted for v in dates_in(normalise(text)))
    return need in text if isinstance(need, str) else bool(need.search(text))


def _source(document: Document, span: tuple[int, int]) -> Source:
    return Source(document_id=document.head.id, quote=document.text[span[0] : span[1]])


def _number(document: Document, language: Language) -> Statement | None:
    number = document.head.document_number
    span = _sentence(document, number) if number else None
    if span is None:
        return None
    text = f"《{document.head.title}》的文号是{number}。"
    text = f"The document number of 《{document.head.title}》 is {number}." if language == "en" else text
    return Statement(text, (_source(document, span),))


def _which(document: Document, asked: str, query: Query, snapshot: Snapshot) -> Statement | None:
    short = snapshot.kept("short names", lambda: _short_names(snapshot))
    plain = normalise(asked)
    own = (n for n, id in short.items() if id == document.head.id)
    name = next((n for n in own if n in asked or normalise(n) in plain), None)
    span = next(
        (s for s in sentences(document.text) if name and name in fold(document.text[s[0] : s[1]])), None
    )
    if span is None:
        return None
    said = document.text[slice(*span)]
    written = next((m[2] for m in _SHORT_NAME.finditer(said) if fold(m[2]) == name), str(name))
    text = f"“{written}”是《{document.head.title}》。"
    text = f"“{written}” is 《{document.head.title}》." if query.language == "en" else text
    return Statement(text, (_source(document, span),))


def _issued(document: Document, language: Language) -> Statement | None:
    head = document.head
    issued = head.published_on or head.written_on
    span = _sentence(document, issued, _PUBLISHED) if issued else None
    if span is None or issued is None:
        return None
    shown = day(issued, language)
    text = (
        f"《{head.title}》于{shown}公布。"
        if language != "en"
        else f"《{head.title}》 was published on {shown}."
    )
    return Statement(text, (_source(document, span),))


def _standing(document: Document, query: Query, snapshot: Snapshot) -> Iterator[Statement]:
    """Superseded by which paper and from when; else from when to when it holds and whether it does."""
    replaced = [
        link.document_id
        for link in snapshot.links
        if link.other_id == document.head.id and link.relation in ("supersedes", "repeals")
    ]
    for id in replaced:
        newer = snapshot.document(id)
        if newer and (said := _replaced(document, newer, query)):
            yield said
            return
    head = document.head
    days = [d for d in (head.effective_from, head.effective_to) if d]
    longer = [
        link.document_id for link in snapshot.links if link.other_id == head.id and link.relation == "extends"
    ]
    papers = [document, *(d for id in longer if (d := snapshot.document(id)))]
    spans = [(paper, s) for d in days for paper in papers if (s := _sentence(paper, d, _IN_FORCE))]
    spans = spans or [(document, s) for s in list(_of_term(document))[:1]]
    if not spans or not days:
        return
    sources = tuple(dict.fromkeys(_source(paper, s) for paper, s in spans))
    yield Statement(term_text(head, query.as_of, query.language), sources)


def _of_term(document: Document) -> Iterator[tuple[int, int]]:
    for start, end in sentences(document.text):
        if re.search(r"有效期|计划期|施行", document.text[start:end]):
            yield start, end


def _replaced(old: Document, newer: Document, query: Query) -> Statement | None:
    since = newer.head.effective_from or newer.head.published_on
    over = since is not None and since <= query.as_of
    places = [
        (d, s)
        for d in (newer, old)
        if since and (s := _sentence(d, since, re.compile(r"取代|代替|废止|施行|替代")))
    ]
    if not places or since is None:
        return None
    shown = day(since, query.language)
    if query.language == "en":
        text = f"《{old.head.title}》 {'was' if over else 'will be'} superseded by 《{newer.head.title}》 on {shown}."
    elif over:
        text = f"《{old.head.title}》已不再适用：自{shown}起由《{newer.head.title}》取代。"
    else:
        text = f"《{old.head.title}》目前仍适用，自{shown}起由《{newer.head.title}》取代。"
    return Statement(text, tuple(_source(d, s) for d, s in places[:2]))


def term_text(head: DocumentHead, as_of: date, language: Language) -> str:
    """From when to when a paper holds, and whether it does on a day."""
    first = day(head.effective_from, language) if head.effective_from else ""
    last = day(head.effective_to, language) if head.effective_to else ""
    over = head.effective_to is not None and head.effective_to < as_of
    early = head.effective_from is not None and head.effective_from > as_of
    if language == "en":
        state = "has expired" if over else ("is not yet in force" if early else "is in force")
        span = f"{f' from {first}' if first else ''}{f' until {last}' if last else ''}"
        return f"《{head.title}》 {state}:{span}."
    state = "已经到期失效" if over else ("尚未施行" if early else "现行有效")
    parts: Sequence[str] = [f"自{first}起施行" if first else "", f"有效期至{last}" if last else ""]
    return f"《{head.title}》{state}：{'，'.join(p for p in parts if p)}。"
