"""Symbol fonts: the signs that Wingdings and its like show for a character code."""

from __future__ import annotations

_CIRCLED = {0x81 + n: chr(0x2460 + n) for n in range(10)} | {0x8C + n: chr(0x2776 + n) for n in range(10)}
_FONTS: dict[str, dict[int, str]] = {
    "wingdings": _CIRCLED
    | {
        0x6C: "●", 0x6D: "○", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "□", 0x72: "□", 0x75: "◆", 0x76: "❖",
        0x77: "◆", 0x9F: "•", 0xA1: "○", 0xA4: "◉", 0xA7: "▪", 0xA8: "□", 0xAB: "★", 0xD8: "➢", 0xDF: "←", 0xE0: "→",
        0xE1: "↑", 0xE2: "↓", 0xE8: "→", 0xF0: "⇨", 0xFB: "×", 0xFC: "√", 0xFD: "☒", 0xFE: "☑", 0x28: "☎", 0x29: "✆",
        0x2A: "✉",
    },
    "wingdings 2": {
        0x4F: "×", 0x50: "√", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x97: "●", 0x99: "○", 0xA2: "■", 0xA3: "□",
        0x2A: "□", 0x30: "□",
    },
    "wingdings 3": {0x7D: "▶", 0x84: "▶"},
    "symbol": {
        0xA3: "≤", 0xA5: "∞", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×",
        0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xE5: "∑", 0x61: "α", 0x62: "β", 0x67: "γ", 0x64: "δ", 0x6D: "μ",
        0x70: "π", 0x73: "σ", 0x44: "Δ", 0x57: "Ω", 0xD7: "·",
    },
}  # fmt: skip


def sign(code: int, font: str | None) -> str:
    """The sign a font shows for a code; "" for a code of a symbol font that is not known."""
    known = _FONTS.get((font or "").lower())
    if known is not None and (code < 0x100 or 0xF000 <= code <= 0xF0FF):
        return known.get(code & 0xFF, chr(code) if font == "Symbol" and 0x20 <= code < 0x7F else "")
    is_character = 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF and not 0xE000 <= code <= 0xF8FF
    return chr(code) if is_character else ""


def in_font(text: str, font: str | None) -> str:
    """A run's text as its font shows it: in a symbol font letters and private codes are signs."""
    if (font or "").lower() not in _FONTS:
        return text
    return "".join(
        sign(ord(c), font) if not c.isspace() and (ord(c) < 0x100 or 0xF000 <= ord(c) <= 0xF0FF) else c
        for c in text
    )


def circled(number: str) -> str:
    """The circled sign of 1 … 20; other text as it is."""
    return (
        chr(0x2460 + int(number) - 1)
        if number.isdigit() and len(number) < 3 and 1 <= int(number) <= 20
        else number
    )
