"""Dates as papers write them, in digits or in Chinese numerals: one pattern, one parser."""

from __future__ import annotations

import re
from datetime import date

from assistant.values import chinese_number

_NUMERAL = "[一二三四五六七八九十〇○零]"
DATE = (
    r"(?:20\d\d\s*[年\-/.]\s*\d{1,2}\s*[月\-/.]\s*\d{1,2}\s*日?"
    rf"|二[〇○零][〇○零一二三四五六七八九]{{2}}年{_NUMERAL}{{1,2}}月{_NUMERAL}{{1,3}}日)"
)
COUNT = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"


def parse_date(text: str) -> date | None:
    """The day that `DATE` matched, or None when there is no such day."""
    text = re.sub(r"\s", "", text).replace("○", "〇")
    if text[0].isdigit():
        parts = [int(p) for p in re.findall(r"\d+", text)]
    else:
        year, month, day = re.split("[年月]", text.rstrip("日"))
        parts = [chinese_number(year), chinese_number(month), chinese_number(day)]
    try:
        return date(*parts)
    except (ValueError, TypeError):
        return None


def count(text: str) -> int:
    """A small number in digits or Chinese numerals."""
    return int(text) if text.isdigit() else chinese_number(text)


def years_on(day: date, months: int) -> date:
    """The same day so many months later; the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
