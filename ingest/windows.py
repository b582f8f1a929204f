"""The application window a paper states: text → first and last day, each at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from assistant.text import unify
from ingest.dates import DATE, parse_date

_WORD = r"(?:申报|申请|受理|征集|兑现|报名|提交|网上填报|填报|材料提交)(?:受理)?(?:起止)?(?:时间|期限|日期|时限|受理期)(?:安排)?"
_LABEL = re.compile(rf"{_WORD}\s*(?:为|：|:)?[^\d二。；\n]{{0,8}}\n?[^\d二。；\n]{{0,10}}")
_CLOCK = r"(?:\s*[（(]?[上下]?午?\s*\d{1,2}\s*[:：时]\s*\d{0,2}\s*分?[）)]?)?"
_FIRST = rf"(?P<first>{DATE})|(?:(?P<year>20\d\d)\s*年?\s*)?(?P<fm>\d{{1,2}})\s*月\s*(?P<fd>\d{{1,2}})\s*日"
_LAST = rf"(?P<last>{DATE})|(?:(?P<lm>\d{{1,2}})\s*月\s*)?(?P<ld>\d{{1,2}})\s*日"
_SPAN = re.compile(rf"(?:{_FIRST}){_CLOCK}\s*(?:起)?\s*(?:至|到|-|－|—|~|～)+\s*(?:{_LAST})")
_UNTIL = re.compile(
    rf"(?:即日起|[本自][^\d\n。]{{0,10}}之日起|截止(?:时间|日期)?(?:为|：|:)?|延[长期][^\d\n。]{{0,6}})\s*(?:至|到)?\s*({DATE})"
)
_FROM = re.compile(rf"自?\s*({DATE}){_CLOCK}\s*起")
_EXTENDED = re.compile(
    rf"(?:申报|申请|受理|征集|报名)[^。\n]{{0,40}}?延[长期][^\d。\n]{{0,8}}?(?:至|到)\s*({DATE})"
)
_ACTS = re.compile(
    r"^[^。]{0,16}(?:申请人|申请对象|申报单位|申报企业|申请单位|各企业|符合条件的)[^。]{0,60}(?:登录|提交|填报|申报|申请|报送)"
)
Day = tuple[str, date, int, int]


def window_in(text: str) -> Iterator[Day]:
    """("window_from" | "window_to", day, start, end); a later extension counts, one of several windows does not.

    A span of days counts behind a label (申报时间：), or at the head of a sentence that says what applicants do in it.
    """
    text = unify(text)
    if hit := _EXTENDED.search(text):
        if day := parse_date(hit[1]):
            yield "window_to", day, *hit.span()
        return
    found = [days for days in (list(_labelled(text, label)) for label in _LABEL.finditer(text)) if days]
    if not found:
        found = list(_acted(text))
    if len({tuple(day for _, day, _, _ in days) for days in found}) == 1:
        yield from found[0]


def _labelled(text: str, label: re.Match[str]) -> Iterator[Day]:
    rest = text[label.end() : label.end() + 120]
    if (span := _SPAN.match(rest)) and (days := _days(span, text)):
        start, end = label.start(), label.end() + span.end()
        yield "window_from", days[0], start, end
        yield "window_to", days[1], start, end
        return
    label_and_rest = text[label.start() : label.end() + 120].split("。")[0]
    if hit := _UNTIL.search(label_and_rest):
        if day := parse_date(hit[1]):
            yield "window_to", day, label.start(), label.start() + hit.end()
    elif (hit := _FROM.match(rest.lstrip("自"))) and (day := parse_date(hit[1])):
        yield "window_from", day, label.start(), label.end() + hit.end()


def _acted(text: str) -> Iterator[list[Day]]:
    for sentence in re.finditer(r"[^。；\n]+", text):
        said = sentence[0]
        if (span := _SPAN.match(said)) and _ACTS.search(said[span.end() :]) and (days := _days(span, text)):
            start, end = sentence.start(), sentence.start() + span.end()
            yield [("window_from", days[0], start, end), ("window_to", days[1], start, end)]


def _days(span: re.Match[str], text: str) -> tuple[date, date] | None:
    first = parse_date(span["first"]) if span["first"] else None
    if first is None and span["fm"]:
        year = span["year"] or _year_of(text)
        first = _day(year, span["fm"], span["fd"]) if year else None
    if first is None:
        return None
    named = span["lm"] or first.month
    last = parse_date(span["last"]) if span["last"] else _day(first.year, named, span["ld"])
    return (first, last) if last and last >= first else None


def _year_of(text: str) -> str | None:
    """The one year a guide speaks of in its first lines (2026年度…); None when it names several."""
    years = set(re.findall(r"(20\d\d)\s*年度?", text[:200]))
    return years.pop() if len(years) == 1 else None


def _day(year: int | str, month: int | str, day: int | str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
