"""Lengths of time in calendar years, months and days: 未满一年 counted on the calendar, not in days."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

_PERIOD = re.compile(r"(\d+) (year|month|day)s?")


def period(text: str) -> tuple[int, str] | None:
    """`1 year`, `6 months`, `30 days` as (number, unit); None when the text is something else."""
    match = _PERIOD.fullmatch(text.strip())
    return (int(match[1]), match[2]) if match else None


def after(day: date, length: tuple[int, str]) -> date:
    """The day a length after another; the last of the month where the month is shorter."""
    number, unit = length
    if unit == "day":
        return day + timedelta(days=number)
    months = number * (12 if unit == "year" else 1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def age_is(op: str, since: date, length: tuple[int, str], as_of: date) -> bool | None:
    """Whether what began on a day is, on the as-of date, less than, at most … that old; one year old is not less."""
    full = after(since, length)
    return {
        "less_than": as_of < full,
        "at_most": as_of <= full,
        "at_least": as_of >= full,
        "more_than": as_of > full,
        "is": as_of == full,
    }.get(op)
