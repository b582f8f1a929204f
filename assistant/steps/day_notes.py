"""What a quoted window means on the day: `sentence, date → 已截止, 受理中, 尚未开始`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from assistant.law.wording import day as written_day
from assistant.law.wording import window_word
from assistant.models import Citation, DocumentHead, Query, Status
from assistant.phrases import say
from assistant.text import fold
from assistant.values import normalise

_ASKED = re.compile(
    r"还能|还可以|仲有|现在|如今|今天|这个月|本月|今年|来得及|赶得上|能不能报|can (?:we|i) still|still|now\b"
)
_RECEIVES = re.compile(r"受理|申报|申请|申领|报名|兑现|反馈|征求|提交|截止|截至|集中")
_DAY = r"(?:(20\d\d)年)?(\d{1,2})月(\d{1,2})[日号]"
_RANGE = re.compile(
    rf"{_DAY}(?:\d{{1,2}}:\d\d)?(?:至|到|-|~)(?:当月|当日)?(?:(20\d\d)年)?(?:(\d{{1,2}})月)?(\d{{1,2}})[日号]"
)
_UNTIL = re.compile(rf"(?:截止|截至|至|于)\D{{0,6}}{_DAY}|{_DAY}(?:\d{{1,2}}:\d\d)?(?:之?前|止|截止)")
_YEARLY = re.compile(r"每年")


def is_about_now(query: Query) -> bool:
    """Whether a question is about a window, or about what can still be done."""
    return "window" in query.intents or bool(_ASKED.search(fold(query.chinese)))


def day_note(query: Query, sentence: str) -> str:
    """A remark behind a sentence that names a window, where the question is about now; else nothing."""
    text = normalise(fold(sentence))
    if not is_about_now(query) or not _RECEIVES.search(text):
        return ""
    state = _state(text, query.as_of)
    if state is None:
        return ""
    word = window_word(state, query.language)
    return f" ({word})" if query.language == "en" else f"（{word}）"


def standing_note(
    query: Query, sentence: str, cited: Sequence[Citation], heads: Mapping[str, tuple[DocumentHead, int]]
) -> str:
    """That a sentence is of a draft or of a paper that has ended, where it does not say so itself."""
    if cited and all(c.status is Status.EXPIRED for c in cited) and not query.past:
        end = heads[cited[0].document_id][0].effective_to
        if end is not None:
            return say("of_ended", query.language, day=written_day(end, query.language))
    if re.search(r"征求意见|草案|draft", sentence) or not any(c.status is Status.DRAFT for c in cited):
        return ""
    return say("of_draft", query.language)


def _state(text: str, day: date) -> str | None:
    ranges = [r for m in _RANGE.finditer(text) if (r := _range(m, day))]
    yearly = bool(_YEARLY.search(text)) and not re.search(r"20\d\d年", text)
    if ranges:
        if any(start <= day <= end for start, end in ranges):
            return "open"
        if all(end < day for _, end in ranges):
            return "closed_this_year" if yearly else "closed"
        return None if yearly or any(end < day for _, end in ranges) else "upcoming"
    ends = [d for m in _UNTIL.finditer(text) if (d := _day(m.groups()[-6:-3]) or _day(m.groups()[-3:]))]
    return "closed" if ends and not yearly and all(end < day for end in ends) else None


def _range(match: re.Match[str], day: date) -> tuple[date, date] | None:
    year, *rest = match.groups()
    start = _day((year or str(day.year), rest[0], rest[1]))
    end = _day((rest[2] or year or str(day.year), rest[3] or rest[0], rest[4]))
    known = bool(year or rest[2]) or bool(_YEARLY.search(match.string))
    return (start, end) if start and end and known else None


def _day(parts: tuple[str | None, ...]) -> date | None:
    if None in parts:
        return None
    try:
        return date(*(int(str(part)) for part in parts))
    except ValueError:
        return None
