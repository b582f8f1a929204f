"""A cell's value under its number format → the text the sheet shows, no digit of the value rounded away."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

# Parts of a format: quoted and escaped text, colours and locales in brackets, fillers, digits.
_PART = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|!(?P<marked>.)|\[(?P<bracket>[^\]]*)\]|[_*].|(?P<other>.)', re.S
)
_LONGEST_FORMAT = 255  # characters, as Excel has it
_CURRENCY = re.compile(r"\$([^-\]]*)")
_BUILT_IN_CHINESE_DATES = ("年", "月", "日")


def shown(value: Any, form: str = "") -> str:
    """0.5 under a percent format is 50%, 20 under `0"万元"` is 20万元; dates as year-month-day or as 年月日."""
    if value is None:
        return ""
    form = (form or "")[:_LONGEST_FORMAT]
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date | time | timedelta):
        return _moment(value, form)
    if isinstance(value, int | float):
        return _number(value, form)
    return str(value)


def plain(value: int | float) -> str:
    """A number without the noise of binary fractions: 0.1 + 0.2 is 0.3."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    return _digits(Decimal(format(value, ".15g")))


def _digits(number: Decimal) -> str:
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _number(value: int | float, form: str) -> str:
    if isinstance(value, float) and not abs(value) < 1e300:
        return str(value)
    section = _section(form, value)
    if not section or section.lower() == "general" or section == "@":
        return plain(value)
    before, after, body = _literals(section)
    number = Decimal(plain(value))
    if re.search("[yYmMdDhHsS年月日]", body):
        return plain(value)
    if scaled := re.search(r"[0#?](,+)(?=[^0#?,]*$)", body):
        number /= Decimal(1000) ** len(scaled[1])
    if point := re.search(r"\x00\.?([0#?]+)", body):
        number /= Decimal(10) ** len(point[1])  # `0!.0` sets a point among the digits of a whole number
    percent = "%" if "%" in body else ""
    if percent:
        number *= 100
    if not re.search("[0#?]", body):
        return f"{before}{after}" if before or after else plain(value)
    return f"{before}{_digits(number)}{percent}{after}"


def _section(form: str, value: int | float) -> str:
    """The part of `positive;negative;zero` that this value takes."""
    sections = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', form)
    if len(sections) > 2 and value == 0:
        return sections[2]
    return sections[1] if len(sections) > 1 and value < 0 else sections[0]


def _literals(section: str) -> tuple[str, str, str]:
    """(text before the digits, text after them, the rest); a point set among the digits is \\0."""
    before, after, body = "", "", ""
    for part in _PART.finditer(section):
        literal = part["quoted"] if part["quoted"] is not None else part["escaped"] or part["marked"]
        if part["bracket"] is not None:
            symbol = _CURRENCY.match(part["bracket"])
            literal = symbol[1] if symbol else ""
        elif part["other"] is not None and part["other"] in "¥￥$€元万亿人个家户项吨亩":
            literal = part["other"]
        if literal is None:
            body += part["other"] or ""
        elif literal == "." and re.search("[0#?]", body):
            body += "\x00"
        elif re.search("[0#?]", body):
            after += literal
        else:
            before += literal
    return before.strip(), after.strip(), body


def _moment(value: datetime | date | time | timedelta, form: str) -> str:
    if isinstance(value, time | timedelta):
        return str(value)
    midnight = not isinstance(value, datetime) or not (value.hour or value.minute or value.second)
    marks = [mark for mark in _BUILT_IN_CHINESE_DATES if mark in form]
    if marks and midnight:
        parts = {"年": value.year, "月": value.month, "日": value.day}
        return "".join(f"{parts[mark]}{mark}" for mark in marks)
    if isinstance(value, datetime):
        return value.date().isoformat() if midnight else str(value)
    return value.isoformat()
