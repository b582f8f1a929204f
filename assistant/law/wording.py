"""Amounts, rates and days as people read them, in Chinese and English."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from assistant.models import Language


def yuan(amount: Decimal, language: Language = "zh") -> str:
    """300万元, 1.5亿元, 8500元; RMB 3,000,000."""
    if language == "en":
        return f"RMB {_plain(amount, ',')}"
    for scale, name in ((Decimal(10**8), "亿"), (Decimal(10**4), "万")):
        shown = amount / scale
        if amount >= scale and shown == shown.quantize(Decimal("0.0001")):
            return (
                f"{_plain(shown)}{name}元"
                if language == "zh"
                else f"{_plain(shown)}{'億' if name == '亿' else '萬'}元"
            )
    return f"{_plain(amount)}元"


def percent(rate: Decimal) -> str:
    """0.30 → 30%."""
    return f"{_plain(rate * 100)}%"


def day(when: date, language: Language = "zh") -> str:
    """2026年6月5日; 2026-06-05."""
    return when.isoformat() if language == "en" else f"{when.year}年{when.month}月{when.day}日"


def _plain(number: Decimal, separator: str = "") -> str:
    text = f"{number.normalize():f}"
    return f"{Decimal(text):{separator}f}" if separator else text


def plain(amount: Decimal) -> Decimal:
    """An amount without zeros behind the point: 900000.00 is 900000."""
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()


_WINDOW: dict[str, tuple[str, str]] = {
    "closed": ("已截止", "closed"),
    "open": ("受理中", "open"),
    "upcoming": ("尚未开始", "not yet open"),
    "closed_this_year": ("今年的已截止", "closed for this year"),
    "not_closed": ("未截止", "open"),
}


def window_word(state: str, language: Language) -> str:
    """How a window stands on the day; `not_closed`: only its last day is known."""
    return _WINDOW[state][language == "en"]
