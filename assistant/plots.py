"""Figures → inline SVG, drawn here so that a report needs neither a plotting library nor a network. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_WIDTH, _LABEL, _ROW, _RIGHT = 720, 150, 24, 110
_INK, _FAINT, _BAR, _BAD = "#1f2937", "#d1d5db", "#1d4ed8", "#b91c1c"


@dataclass(frozen=True)
class Bar:
    """One row: its share between 0 and 1 with the ends of its interval, and what is written at its end."""

    label: str
    value: float
    ends: tuple[float, float] | None = None
    note: str = ""
    bad: bool = False


def shares(bars: Sequence[Bar], title: str, ticks: bool = True) -> Markup:
    """Horizontal bars from 0 to 1, each with its interval; without ticks where the longest bar is merely the most."""
    width = _WIDTH - _LABEL - _RIGHT
    height = _ROW * len(bars) + 26
    parts = [_open(_WIDTH, height, title)]
    for tick in (0, 0.25, 0.5, 0.75, 1) if ticks else ():
        x = _LABEL + tick * width
        parts.append(f'<line x1="{x:.1f}" y1="4" x2="{x:.1f}" y2="{height - 20}" stroke="{_FAINT}"/>')
        parts.append(_text(x, height - 6, f"{tick:g}", "middle"))
    for number, bar in enumerate(bars):
        y = 4 + number * _ROW
        parts.append(_text(_LABEL - 8, y + 15, bar.label, "end"))
        colour = _BAD if bar.bad else _BAR
        parts.append(
            f'<rect x="{_LABEL}" y="{y + 4}" width="{max(bar.value * width, 1):.1f}" height="{_ROW - 10}"'
            f' fill="{colour}" rx="2"/>'
        )
        if bar.ends:
            a, b, middle = _LABEL + bar.ends[0] * width, _LABEL + bar.ends[1] * width, y + _ROW / 2 - 1
            parts.append(f'<path d="M{a:.1f} {middle}H{b:.1f}" stroke="{_INK}" stroke-width="1.5"/>')
            parts.append(
                f'<path d="M{a:.1f} {middle - 4}v8M{b:.1f} {middle - 4}v8" stroke="{_INK}" stroke-width="1.5"/>'
            )
        parts.append(_text(_WIDTH - _RIGHT + 8, y + 15, bar.note, "start"))
    return Markup("".join(parts) + "</svg>")


def columns(values: Sequence[tuple[str, Sequence[float]]], names: Sequence[str], title: str) -> Markup:
    """Stacked columns, one for each label (a day, a programme); the names are the legend, lowest first."""
    colours = ("#1d4ed8", "#f59e0b", "#b91c1c", "#15803d")
    highest = max([sum(v) for _, v in values] or [1]) or 1
    height, base, step = 200, 160, min(60.0, (_WIDTH - 60) / max(len(values), 1))
    parts = [_open(_WIDTH, height, title), _text(40, 14, f"{highest:g}", "end")]
    parts.append(f'<path d="M46 10V{base}H{_WIDTH - 10}" stroke="{_FAINT}" fill="none"/>')
    every = max(1, round(len(values) / 12))
    for number, (label, stack) in enumerate(values):
        x, y = 50 + number * step, float(base)
        for colour, value in zip(colours, stack, strict=False):
            tall = value / highest * (base - 12)
            y -= tall
            told = escape(f"{label}: {value:g}")
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{step * 0.8:.1f}" height="{tall:.1f}" fill="{colour}">'
                f"<title>{told}</title></rect>"
            )
        if number % every == 0:
            parts.append(_text(x + step * 0.4, base + 14, label, "middle"))
    for number, name in enumerate(names):
        x = 50 + number * 150
        parts.append(f'<rect x="{x}" y="{base + 22}" width="10" height="10" fill="{colours[number]}"/>')
        parts.append(_text(x + 15, base + 31, name, "start"))
    return Markup("".join(parts) + "</svg>")


def _open(width: int, height: int, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' style="max-width:100%;height:auto" font-size="12" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title>"
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{_INK}">{escape(text)}</text>'
