"""What a Chinese official paper says of itself, by pattern: text → `Found` values, each at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from assistant.values import chinese_number
from ingest.numbering import OFFICE

_DATE = r"(20\d\d)\s*[年\-/.]\s*(\d{1,2})\s*[月\-/.]\s*(\d{1,2})\s*日?"
_CN_DATE = r"(二[〇○零]\d?[一二三四五六七八九〇○零]{1,2})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
_ANY_DATE = re.compile(f"{_DATE}|{_CN_DATE}")
_NUMBER = re.compile(
    r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{1,12}[〔\[（(【]20\d\d[〕\]）)】]\s*(?:第\s*)?\d{1,4}\s*号"
)
_LABELS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("issuer", re.compile(r"(?:发文机关|发布机构|发文单位|发布单位|制定机关)[:：]\s*([^\s；。;|]{2,40})")),
    ("document_number", re.compile(r"(?:文\s*号|发文字号|文件编号)[:：]\s*([^\s；。;|]{4,40}号)")),
    ("subject", re.compile(r"(?:主题分类|主题词|主题)[:：]\s*([^\s；。;|]{2,40})")),
    ("contact", re.compile(r"(?:联系电话|咨询电话|联系方式|业务咨询)[:：]\s*([^\n。；]{6,80})")),
)
_DEPARTMENTS = re.compile(r"(?:责任单位|牵头单位|主管部门|受理部门|业务主管部门)[:：]\s*([^\n。；;]{2,80})")
_PUBLISHED = re.compile(rf"(?:发布日期|公布日期|发布时间|发文日期)[:：；]?\s*(?:{_DATE})")
_WRITTEN = re.compile(rf"(?:成文日期|印发日期)[:：；]?\s*(?:{_DATE})")
_IN_FORCE = re.compile(
    rf"自\s*(?:(?:{_DATE})|(?P<issue>(?:本\S{{1,6}})?(?:发布|印发|公布)之日))\s*起\s*(?:满?(?P<days>\d{{1,3}})\s*日后)?\s*(?:正式)?(?:施行|实施|执行|生效|试行)"
)
_FOR_YEARS = re.compile(r"有效期(?:限)?(?:为)?\s*([一二三四五六七八九十\d]{1,2})\s*年")
_UNTIL = re.compile(
    rf"(?:有效期(?:限)?\s*(?:截[至止]|至|到|为\S{{0,30}}?至)|施行至|执行至|实施至)\s*(?:{_DATE})"
)
_WINDOW_WORD = r"(?:申报|申请|受理|征集|兑现|报名|提交)(?:受理)?(?:时间|期限|日期|期间|时限)"
_WINDOW = re.compile(
    rf"{_WINDOW_WORD}[^\n。]{{0,14}}?(?:{_DATE})[^\n。]{{0,12}}?(?:至|到|-|—|－|~)\s*(?:(20\d\d)\s*年)?\s*(?:(\d{{1,2}})\s*月)?\s*(\d{{1,2}})\s*日"
)
_WINDOW_END = re.compile(rf"(?:即日起|截止(?:时间|日期)?(?:为|[:：])?|延长?[至到])[^\n。]{{0,8}}?(?:{_DATE})")
_ENDS_OTHER = re.compile(
    r"《([^《》\n]{4,80})》\s*(?:[（(]([^（）()\n]{4,40}号)[）)])?[^。；\n《》]{0,12}?(?:同时|即行|予以)?废止"
)
_ENDS_OTHER_TAIL = re.compile(r"(?:同时)?废止《([^《》\n]{4,80})》")
_BASED_ON = re.compile(
    r"(?:根据|依据|按照|为(?:贯彻|深入贯彻)?落实|为(?:全面|深入)?实施)[^。\n]{0,40}?《([^《》\n]{4,80})》"
)
Sure = Literal["high", "medium", "low"]


@dataclass(frozen=True)
class Found:
    """A value and the span of text it was read from."""

    field: str
    value: Any
    start: int
    end: int
    confidence: Sure = "high"


def found_in(text: str) -> Iterator[Found]:
    """Everything the text says of itself, in no order; the first of a field is the one to believe."""
    yield from _labelled(text)
    yield from _dates(text)
    yield from _signature(text)
    yield from _window(text)
    yield from _relations(text)


def _labelled(text: str) -> Iterator[Found]:
    for field, pattern in _LABELS:
        if hit := pattern.search(text):
            yield Found(field, hit[1].strip(), *hit.span(1))
    top = text[:600]
    for hit in _NUMBER.finditer(top):
        line = top[top.rfind("\n", 0, hit.start()) + 1 : _line_end(top, hit.end())]
        if line.strip("（）() 　") == hit[0].strip():
            yield Found("document_number", re.sub(r"\s", "", hit[0]), *hit.span())
            break
    if hit := _DEPARTMENTS.search(text):
        names = tuple(n.strip() for n in re.split(r"[、，,]", hit[1]) if n.strip())
        yield Found("departments", names, *hit.span(1))


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _dates(text: str) -> Iterator[Found]:
    for field, pattern in (("published_on", _PUBLISHED), ("written_on", _WRITTEN)):
        if (hit := pattern.search(text)) and (day := _date(hit)):
            yield Found(field, day, *hit.span())
    if hit := _IN_FORCE.search(text):
        if day := _date(hit):
            yield Found("effective_from", day, *hit.span())
        elif hit["issue"]:
            yield Found("effective_from", f"issue+{hit['days'] or 0}", *hit.span(), "medium")
    if (hit := _UNTIL.search(text)) and (day := _date(hit)):
        yield Found("effective_to", day, *hit.span())
    elif hit := _FOR_YEARS.search(text):
        years = int(hit[1]) if hit[1].isdigit() else chinese_number(hit[1])
        yield Found("effective_to", f"+{years}y", *hit.span())


def _date(hit: re.Match[str], group: int = 1) -> date | None:
    if hit[group] is None:
        return None
    try:
        return date(int(hit[group]), int(hit[group + 1]), int(hit[group + 2]))
    except ValueError:
        return None


def _signature(text: str) -> Iterator[Found]:
    """Issuer and date at the foot: a line that is an office, then a line that is a date."""
    lines = [(m.start(), m[0].strip()) for m in re.finditer(r"[^\n]+", text)]
    for index in range(len(lines) - 1, max(-1, len(lines) - 40), -1):
        start, line = lines[index]
        hit = _ANY_DATE.fullmatch(line)
        if not hit:
            continue
        if day := _signed_date(hit):
            yield Found("written_on", day, start, start + len(line))
        before = lines[index - 1] if index else (0, "")
        if re.fullmatch(rf"(?:{OFFICE}\s*)+", before[1]):
            yield Found("issuer", " ".join(before[1].split()), before[0], before[0] + len(before[1]))
        return


def _signed_date(hit: re.Match[str]) -> date | None:
    if hit[1]:
        return _date(hit)
    year = hit[4].replace("○", "〇")
    try:
        return date(chinese_number(year), chinese_number(hit[5]), chinese_number(hit[6]))
    except ValueError:
        return None


def _window(text: str) -> Iterator[Found]:
    if (hit := _WINDOW.search(text)) and (first := _date(hit)):
        year, month, day = hit[4], hit[5], hit[6]
        try:
            last = date(int(year or first.year), int(month or first.month), int(day))
        except ValueError:
            return
        yield Found("window_from", first, *hit.span())
        yield Found("window_to", last, *hit.span())
    elif (hit := _WINDOW_END.search(text)) and (day_found := _date(hit)):
        yield Found("window_to", day_found, *hit.span(), "medium")


def _relations(text: str) -> Iterator[Found]:
    ended = [(h[1], h.span()) for p in (_ENDS_OTHER, _ENDS_OTHER_TAIL) for h in p.finditer(text)]
    for title, span in dict(ended).items():
        yield Found("repeals", title, *span)
    if hit := _BASED_ON.search(text[:3000]):
        yield Found("implements", hit[1], *hit.span(), "medium")


def settle_dates(values: dict[str, Any]) -> dict[str, Any]:
    """Turn "from issue", "for N years" into days: from the day of publication, else of writing.

    有效期 N 年 ends on the same day N years on (29 February: 28), which still counts as in force.
    """
    settled = dict(values)
    start = settled.get("effective_from")
    if isinstance(start, str) and start.startswith("issue+"):
        issued = settled.get("published_on") or settled.get("written_on")
        start = issued + timedelta(days=int(start[6:])) if isinstance(issued, date) else None
        settled["effective_from"] = start
    end = settled.get("effective_to")
    if isinstance(end, str) and end.startswith("+"):
        settled["effective_to"] = _years_on(start, int(end[1:-1])) if isinstance(start, date) else None
    return settled


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
