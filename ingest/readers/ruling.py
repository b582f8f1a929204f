"""Level and upright rules on a page → tables: where the rows and columns lie and which cells are merged."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ingest.readers.ofd_page import Box, Rule

_SAME = 0.8  # mm: rules so near each other are one
_TOUCH = 1.2  # mm: rules whose ends come so near meet
_SHORT = 1.5  # mm: a shorter stroke rules nothing
_COVERS = 0.6  # of a cell's side: as much must be ruled to part two cells
_MAX_RULES = 3000  # more are a drawing
_MAX_FIELDS = 50_000  # cells that they part at most


@dataclass(frozen=True)
class Span:
    """A cell by its first row and column and how many of each it takes."""

    row: int
    column: int
    down: int
    across: int


@dataclass(frozen=True)
class RuledTable:
    """The upright lines' x, the level lines' y (mm, ascending) and the cells between them."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    spans: tuple[Span, ...]

    @property
    def box(self) -> Box:
        """Left, top, right, bottom."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def place_of(self, x: float, y: float) -> tuple[int, int] | None:
        """The row and column that a point lies in."""
        row, column = _between(self.ys, y), _between(self.xs, x)
        return None if row is None or column is None else (row, column)


def ruled_tables(rules: Sequence[Rule]) -> list[RuledTable]:
    """The tables that the rules make, of two rows and columns at least; frames and underlines make none."""
    long = [r for r in rules if max(r.x1 - r.x0, r.y1 - r.y0) >= _SHORT]
    level = _merged((r.y0, r.x0, r.x1) for r in long if r.is_level)
    upright = _merged((r.x0, r.y0, r.y1) for r in long if not r.is_level)
    if not level or not upright or len(level) + len(upright) > _MAX_RULES:
        return []
    found = [_table(*part) for part in _connected(level, upright)]
    return sorted((t for t in found if t is not None), key=lambda t: (t.ys[0], t.xs[0]))


Stroke = tuple[float, float, float]  # where it lies, and from where to where it runs


def _merged(strokes: Iterable[Stroke]) -> list[Stroke]:
    """Strokes on the same line that touch are one."""
    rows: list[list[Stroke]] = []
    for stroke in sorted(strokes):
        if rows and stroke[0] - rows[-1][-1][0] <= _SAME / 2 and stroke[0] - rows[-1][0][0] <= _SAME:
            rows[-1].append(stroke)
        else:
            rows.append([stroke])
    merged: list[Stroke] = []
    for row in rows:
        at = sum(s[0] for s in row) / len(row)
        runs: list[list[float]] = []
        for _, start, end in sorted(row, key=lambda s: s[1]):
            if runs and start <= runs[-1][1] + _TOUCH:
                runs[-1][1] = max(runs[-1][1], end)
            else:
                runs.append([start, end])
        merged += [(at, start, end) for start, end in runs]
    return merged


def _connected(level: list[Stroke], upright: list[Stroke]) -> list[tuple[list[Stroke], list[Stroke]]]:
    """Level and upright strokes that meet, a group a table."""
    group = list(range(len(level) + len(upright)))

    def root(item: int) -> int:
        while group[item] != item:
            group[item] = group[group[item]]
            item = group[item]
        return item

    for i, (y, x0, x1) in enumerate(level):
        for j, (x, y0, y1) in enumerate(upright, len(level)):
            if x0 - _TOUCH <= x <= x1 + _TOUCH and y0 - _TOUCH <= y <= y1 + _TOUCH:
                group[root(i)] = root(j)
    parts: dict[int, tuple[list[Stroke], list[Stroke]]] = {}
    for i, stroke in enumerate([*level, *upright]):
        parts.setdefault(root(i), ([], []))[i >= len(level)].append(stroke)
    return [part for part in parts.values() if part[0] and part[1]]


def _table(level: list[Stroke], upright: list[Stroke]) -> RuledTable | None:
    xs = _lines([s[0] for s in upright], level)
    ys = _lines([s[0] for s in level], upright)
    if len(xs) < 3 or len(ys) < 2:
        return None
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows * columns > _MAX_FIELDS:
        return None
    along_x = [[s for s in upright if abs(s[0] - x) <= _SAME] for x in xs]
    along_y = [[s for s in level if abs(s[0] - y) <= _SAME] for y in ys]

    def parted_right(row: int, column: int) -> bool:
        return _is_ruled(along_x[column + 1], ys[row], ys[row + 1])

    def parted_below(row: int, column: int) -> bool:
        return _is_ruled(along_y[row + 1], xs[column], xs[column + 1])

    spans = _spans(rows, columns, parted_right, parted_below)
    return RuledTable(tuple(xs), tuple(ys), tuple(spans)) if len(spans) > 1 else None


def _lines(places: list[float], across: list[Stroke]) -> list[float]:
    """Where a table's lines lie; a side left open ends where the rules across it end."""
    lines: list[float] = []
    for place in sorted(places):
        if not lines or place - lines[-1] > _SAME:
            lines.append(place)
    first, last = min(s[1] for s in across), max(s[2] for s in across)
    before = [first] if first < lines[0] - 3 * _TOUCH else []
    after = [last] if last > lines[-1] + 3 * _TOUCH else []
    return [*before, *lines, *after]


def _is_ruled(strokes: list[Stroke], start: float, end: float) -> bool:
    covered = sum(max(0.0, min(end, s[2]) - max(start, s[1])) for s in strokes)
    return covered >= _COVERS * (end - start)


def _spans(
    rows: int,
    columns: int,
    parted_right: Callable[[int, int], bool],
    parted_below: Callable[[int, int], bool],
) -> list[Span]:
    """Cells that no rule parts are one where they make a rectangle."""
    seen: set[tuple[int, int]] = set()
    spans: list[Span] = []
    for row in range(rows):
        for column in range(columns):
            if (row, column) in seen:
                continue
            one, waiting = {(row, column)}, [(row, column)]
            while waiting:
                r, c = waiting.pop()
                near = [
                    (r, c + 1) if c + 1 < columns and not parted_right(r, c) else None,
                    (r, c - 1) if c and not parted_right(r, c - 1) else None,
                    (r + 1, c) if r + 1 < rows and not parted_below(r, c) else None,
                    (r - 1, c) if r and not parted_below(r - 1, c) else None,
                ]
                fresh = [n for n in near if n is not None and n not in one]
                one.update(fresh)
                waiting += fresh
            seen |= one
            down, across = max(r for r, _ in one) - row + 1, max(c for _, c in one) - column + 1
            whole = len(one) == down * across and min(c for _, c in one) == column
            spans += (
                [Span(row, column, down, across)] if whole else [Span(r, c, 1, 1) for r, c in sorted(one)]
            )
    return spans


def _between(lines: Sequence[float], value: float) -> int | None:
    place = bisect_left(lines, value)
    if place == 0:
        return 0 if len(lines) > 1 and value == lines[0] else None
    return place - 1 if place < len(lines) else None
