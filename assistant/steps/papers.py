"""`Query, Passages → Statements` from what is known of the paper itself: its windows, its term, the materials it lists.

For papers without a programme file. Every statement quotes the place of the paper that says it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from assistant.knowledge import Snapshot
from assistant.law.wording import window_word
from assistant.models import Document, Language, Passages, Query, Section, Status
from assistant.programmes.aspects import MATERIALS
from assistant.programmes.present import Statement
from assistant.programmes.schema import Source
from assistant.steps.named_papers import term_text
from assistant.steps.planted import is_planted
from assistant.text import sentences
from assistant.values import dates_in, normalise

TERM = re.compile(
    r"有效|到期|失效|作废|过期|管到|管用|施行|生效|执行到|起执行|正式实施|开始实施|实施了|"
    r"in force|expire|effective|valid|still apply"
)
WINDOW = re.compile(
    r"截止|受理|窗口|来得及|赶得上|赶得及|赶趟|还能(?:申|报|领|交)|有得(?:报|申|领)|申报时间|最晚|下一?批|"
    r"(?:什么时候|啥时候?|什么时间|何时|几时|哪天|几号|几月).{0,10}(?:申|报|领|交|兑|开|结束|为止)|"
    r"(?:申|报|领|交|兑|开始|开放|意见|批).{0,10}(?:什么时候|啥时候?|什么时间|何时|几时|哪天|几号|几月)|"
    r"deadline|when.{0,20}(?:apply|open|close)|still (?:open|apply)"
)
CONTACT = re.compile(
    r"找谁|问谁|联系(?:谁|人|方式|电话)|咨询(?:谁|哪|电话|方式)|电话|打给谁|热线|"
    r"phone|telephone|contact|whom? .{0,12}(?:ask|call)"
)
_RECURS = re.compile(
    r"(?:每年|每季|每半年|每月|常年|全年|长期|当年|次年)[^。；;]{0,24}(?:受理|申报|申请)|\d{1,2}月[^。；;]{0,16}(?:受理|申报)"
)
_HANDED_IN = re.compile(r"(?:提交|提供|报送|上传)(?:以下|下列|如下)?(?:申请|申报)?(?:材料|资料)?[：:]")
_TAKES = re.compile(r"受理|申领|兑付|兑现|报名|申报(?:时间|期)|截止|征求意见|反馈|申请时间|第.{1,3}批|开放申")
_MOST_ITEMS, _MOST_CHARACTERS, _LINE = 14, 700, 160


def paper_statements(query: Query, passages: Passages, snapshot: Snapshot) -> Iterator[Statement]:
    """What the paper found first says of materials, windows or its term, as far as asked."""
    if not passages.kept:
        return
    document = snapshot.document(passages.kept[0].head.id)
    if document is None:
        return
    if MATERIALS.search(query.chinese) and (listed := _materials(document, query.language)):
        yield listed
    if WINDOW.search(query.chinese):
        yield from _windows(document, query)
    if CONTACT.search(query.chinese) and (contact := _contact(document)):
        yield contact
    if TERM.search(query.chinese) and (term := _term(document, query, passages.kept[0].status)):
        yield term


def _source(document: Document, start: int, end: int) -> Source:
    return Source(document_id=document.head.id, quote=document.text[start:end])


# ------------------------------------------------------------------ materials


def _materials(document: Document, language: Language) -> Statement | None:
    """The list under a heading that speaks of materials, item by item."""
    section = next((s for s in document.sections if re.search(r"材料", s.heading[:30])), None)
    if section is None:
        return _handed_in(document, language)
    start, end = _body(document, section)
    spans = sentences(document.text, start, end)
    items = [document.text[a:b] for a, b in spans if not is_planted(document.text, a, b)]
    items = [re.sub(r"^\s*(?:[（(]?[一二三四五六七八九十\d]+[)）、.．]\s*)+|[。；;]$", "", i) for i in items]
    items = [i for i in items if len(i) > 1][:_MOST_ITEMS]
    if not items:
        return None
    shown = "；".join(items)
    text = f"申请材料：{shown}。" if language != "en" else f"Materials (in Chinese): {shown}."
    return Statement(text, (_source(document, start, end),))


def _body(document: Document, section: Section) -> tuple[int, int]:
    """Where the text of a section begins and ends, without its heading line, no longer than is quoted."""
    start = section.start + len(section.heading)
    start = section.start if start >= section.end else start
    spans = list(sentences(document.text, start, section.end))
    kept = [span for span in spans if span[1] - start <= _MOST_CHARACTERS]
    return (kept[0][0], kept[-1][1]) if kept else (section.start, section.end)


# ------------------------------------------------------------------ whom to ask


def _handed_in(document: Document, language: Language) -> Statement | None:
    """The sentence that lists what is handed in: 申请人通过平台提交：申请表；营业执照；…"""
    for match in _HANDED_IN.finditer(document.text):
        start = document.text.rfind("\n", 0, match.start()) + 1
        start = max(start, document.text.rfind("。", 0, match.start()) + 1)
        end = next(
            (i + 1 for i in range(match.end(), len(document.text)) if document.text[i] in "。\n"), match.end()
        )
        text = document.text[start:end].strip()
        if (
            len(text) <= _MOST_CHARACTERS
            and len(re.split(r"[；;、]", text)) > 2
            and not is_planted(document.text, start, end)
        ):
            return Statement(text, (_source(document, start, end),))
    return None


def _contact(document: Document) -> Statement | None:
    """The line that tells whom to call."""
    place = next((e for e in document.evidence if e.field == "contact" and e.start is not None), None)
    if place is None or document.head.contact is None or place.start is None:
        return None
    start = document.text.rfind("\n", 0, place.start) + 1
    line = document.text[start:].partition("\n")[0]
    if len(line) > _LINE or is_planted(document.text, start, start + len(line)):
        return None
    return Statement(line, (_source(document, start, start + len(line)),))


# ------------------------------------------------------------------ windows


def _windows(document: Document, query: Query) -> Iterator[Statement]:
    """The sentences that say when applications (or comments) are taken, each with its state on the day."""
    found = []
    for start, end in sentences(document.text):
        text = document.text[start:end]
        days = _days(text)
        if is_planted(document.text, start, end):
            continue
        if (
            days
            and (_TAKES.search(text) or _under_takes(document, start))
            and not re.search(r"施行|有效期|成文|印发|发生(?:在|于)", text)
        ):
            found.append((days, start, end))
    found = _of_the_step_asked(found, document.text, query.chinese)
    asked_next = re.search(r"下一?[批次轮期]|next", query.chinese)
    if not found:
        yield from _recurring(document)
    found.sort(key=lambda f: f[0][-1] < query.as_of)
    for days, start, end in found[: 1 if asked_next else 2]:
        text = re.sub(r"\s+", " ", document.text[start:end]).rstrip("。；;")
        state = _state(days, query.as_of, query.language)
        yield Statement(f"{text}（{state}）。", (_source(document, start, end),))


def _of_the_step_asked(
    found: list[tuple[list[date], int, int]], text: str, asked: str
) -> list[tuple[list[date], int, int]]:
    """Of several windows those for claiming, or those for paying out, as the question asks."""
    steps = (r"兑付|兑现|核销|拨付", r"申领|申请|申报|报名|受理")
    step = next((s for s in steps if re.search(s, asked)), None)
    return [f for f in found if step and re.search(step, text[f[1] : f[2]])] or found


def _under_takes(document: Document, start: int) -> bool:
    """Whether a sentence is the first under a heading such as 三、申报时间."""
    before = document.text[:start].rstrip()
    heading = before[before.rfind("\n") + 1 :]
    return bool(re.search(r"(?:申报|受理|申请|报名|征集)(?:时间|期限|日期)\s*$", heading))


def _recurring(document: Document) -> Iterator[Statement]:
    """The first sentence that says in which months, or that at any time, applications are taken."""
    for start, end in sentences(document.text):
        text = document.text[start:end]
        if _RECURS.search(text) and not is_planted(document.text, start, end):
            said = re.sub(r"^[（(]?[一二三四五六七八九十]+[）)、]?", "", text).rstrip("。；;")
            yield Statement(f"{said}。", (_source(document, start, end),))
            return


def _days(text: str) -> list[date]:
    found: list[date] = []
    year = 0
    for value in dates_in(normalise(text)):
        if isinstance(value.value, tuple):
            year = value.value[0] or year
            if year:
                try:
                    found.append(date(year, value.value[1], value.value[2]))
                except ValueError:
                    continue
    return found


def _state(days: list[date], as_of: date, language: Language) -> str:
    if days[-1] < as_of:
        return window_word("closed", language)
    if len(days) > 1 and days[0] > as_of:
        return window_word("upcoming", language)
    return window_word("open" if len(days) > 1 else "not_closed", language)


# ------------------------------------------------------------------ term


def _term(document: Document, query: Query, status: Status) -> Statement | None:
    """From when to when the paper holds, and whether it does on the day."""
    head = document.head
    marked = [
        e for e in document.evidence if e.field in ("effective_to", "effective_from") and e.start is not None
    ]
    places = [(e.start or 0, e.end or 0) for e in marked]
    span = next((s for s in sentences(document.text) if any(s[0] <= a < s[1] for a, _ in places)), None)
    if status is Status.DRAFT:
        return _draft(document, query.language)
    if span is None or (head.effective_from is None and head.effective_to is None):
        return None
    return Statement(term_text(head, query.as_of, query.language), (_source(document, *span),))


def _draft(document: Document, language: Language) -> Statement | None:
    """A draft is not in force; what it says of its planned start."""
    for start, end in sentences(document.text):
        text = document.text[start:end]
        if re.search(r"(?:自|拟自).{0,16}起(?:施行|实施|执行)", text):
            said = (
                "这是征求意见稿，还没有正式施行；稿中写的是："
                if language != "en"
                else "This is a draft, not in force; it says: "
            )
            return Statement(f"{said}{text}", (_source(document, start, end),))
    return None
