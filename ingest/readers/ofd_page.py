"""A page's Content.xml → characters and rules where they stand on the page, in millimetres from its top left."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, NamedTuple

from ingest.readers.ofd_package import name_of, named, numbers

_DEEPEST = 16
_MAX_GLYPHS = 200_000
_FAINT = 100  # of 255: text paler than this is a watermark
_THIN = 0.8  # mm: a filled box so thin is a rule
_LEVEL = 0.3  # mm that the two ends of a level or upright rule may differ by
_CONTAINERS = ("Layer", "PageBlock", "Content")
Box = tuple[float, float, float, float]


class Matrix(NamedTuple):
    """x' = a·x + c·y + e, y' = b·x + d·y + f."""

    a: float = 1
    b: float = 0
    c: float = 0
    d: float = 1
    e: float = 0
    f: float = 0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point comes to stand."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def after(self, inner: Matrix) -> Matrix:
        """The matrix that does `inner` first."""
        e, f = self.at(inner.e, inner.f)
        return Matrix(
            self.a * inner.a + self.c * inner.b,
            self.b * inner.a + self.d * inner.b,
            self.a * inner.c + self.c * inner.d,
            self.b * inner.c + self.d * inner.d,
            e,
            f,
        )


@dataclass(frozen=True)
class Glyph:
    """One character: the left end of its base line, its size and width, and which way it runs (degrees)."""

    text: str
    x: float
    y: float
    size: float
    width: float
    angle: int = 0

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the character."""
        return self.x + self.width / 2, self.y - 0.35 * self.size


@dataclass(frozen=True)
class Rule:
    """A level or upright stroke from (x0, y0) to (x1, y1), the smaller ones first."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def is_level(self) -> bool:
        """Whether it runs across."""
        return self.x1 - self.x0 >= self.y1 - self.y0


@dataclass(frozen=True)
class Picture:
    """An image's resource and where its unit square comes to stand."""

    resource: str
    matrix: Matrix


@dataclass
class Content:
    """What stands on a page; `hidden` are characters that are not painted (the text layer of a scan)."""

    glyphs: list[Glyph] = field(default_factory=list)
    hidden: list[Glyph] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    turn: int = 0  # degrees that the page's text stood at before it was turned level
    objects: int = 0


Resources = Callable[[str], Any]


def content_of(root: Any, composite: Resources, width: float, height: float) -> Content:
    """The characters, rules and pictures of a page or template, turned upright; raises ValueError when too many.

    `composite` gives the content element of a composite object by its id, or None.
    """
    content = Content()
    _collect(root, Matrix(), content, composite, 0)
    return _upright(content, width, height)


def _collect(parent: Any, matrix: Matrix, content: Content, composite: Resources, depth: int) -> None:
    if depth > _DEEPEST:
        return
    for element in parent:
        name = name_of(element)
        if element.get("Visible", "true").lower() == "false" and name != "TextObject":
            continue
        if name in _CONTAINERS:
            _collect(element, matrix, content, composite, depth + 1)
        elif name == "TextObject":
            _add_text(element, _placed(element, matrix), content)
        elif name == "PathObject":
            content.rules += _rules(element, _placed(element, matrix))
        elif name == "ImageObject" and element.get("ResourceID"):
            content.pictures.append(Picture(element.get("ResourceID"), _placed(element, matrix)))
        elif name == "CompositeObject":
            inner = composite(element.get("ResourceID", ""))
            if inner is not None:
                _collect(inner, _placed(element, matrix), content, composite, depth + 1)
        content.objects += 1
        much = max(content.objects, len(content.glyphs) + len(content.hidden), len(content.rules))
        if much > _MAX_GLYPHS:
            raise ValueError("too much on one page")


def _placed(element: Any, outer: Matrix) -> Matrix:
    """An object's own coordinates → the page's: its CTM, then its boundary's corner, then what it stands in."""
    own = numbers(element.get("CTM"))
    boundary = numbers(element.get("Boundary"))
    inner = Matrix(*own) if len(own) == 6 else Matrix()
    corner = Matrix(e=boundary[0], f=boundary[1]) if len(boundary) == 4 else Matrix()
    return outer.after(corner).after(inner)


def _add_text(element: Any, matrix: Matrix, content: Content) -> None:
    size = next(iter(numbers(element.get("Size"))), 0.0) or 3.5
    stretch = next(iter(numbers(element.get("HScale"))), 1.0) or 1.0
    turn = next(iter(numbers(element.get("CharDirection"))), 0.0)
    angle = _snapped(math.degrees(math.atan2(matrix.b, matrix.a)) + turn)
    tall = size * math.hypot(matrix.c, matrix.d)
    wide = math.hypot(matrix.a, matrix.b)
    kept = _kept_in(element, content)
    if kept is None or tall <= 0:
        return
    x = y = 0.0
    for code in named(element, "TextCode"):
        x = next(iter(numbers(code.get("X"))), x)
        y = next(iter(numbers(code.get("Y"))), y)
        text = (code.text or "").strip("\r\n\t")
        for char, dx, dy, advance in _steps(text, code, size * stretch):
            if not _is_noise(char):
                place = matrix.at(x + dx, y + dy)
                kept.append(Glyph(char, *place, tall, advance * wide, angle))


def _snapped(degrees: float) -> int:
    """Whole degrees, a hair's slant set right."""
    quarter = round(degrees / 90) * 90
    return (quarter if abs(degrees - quarter) <= 2 else round(degrees)) % 360


def _kept_in(element: Any, content: Content) -> list[Glyph] | None:
    """The list that an object's characters belong to; None for those too pale to be the paper's."""
    alpha = [*numbers(element.get("Alpha")), 255.0][0]
    for colour in named(element, "FillColor"):
        alpha = min([alpha, *numbers(colour.get("Alpha"))])
    unpainted = element.get("Fill", "true").lower() == "false" and element.get("Stroke", "false") != "true"
    if element.get("Visible", "true").lower() == "false" or unpainted or alpha == 0:
        return content.hidden
    return None if alpha < _FAINT else content.glyphs


def _steps(text: str, code: Any, em: float) -> Iterator[tuple[str, float, float, float]]:
    """(character, how far right, how far down, its own width) for a TextCode; what is not stated goes by the em."""
    across, down = deltas(code.get("DeltaX")), deltas(code.get("DeltaY"))
    x = y = 0.0
    for index, char in enumerate(text):
        own = _em(char) * em
        step = across[index] if index < len(across) else None
        fall = down[index] if index < len(down) else 0.0
        yield char, x, y, min(own, step) if step and step > 0.3 * own else own
        x += step if step is not None else (0.0 if fall else own)
        y += fall


def deltas(text: str | None) -> list[float]:
    """The steps between characters: “g 3 4.2” is 4.2 three times."""
    steps: list[float] = []
    parts = iter((text or "").replace(",", " ").split())
    try:
        for part in parts:
            if part.lower() == "g":
                times, step = (numbers(next(parts)), numbers(next(parts)))
                steps += step * max(0, min(int(times[0]), _MAX_GLYPHS)) if step and times else []
            elif step := numbers(part):
                steps += step
            else:
                break
    except StopIteration:
        pass
    return steps[:_MAX_GLYPHS]


def _em(char: str) -> float:
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5


def _is_noise(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf") and char != "\t"


def _rules(element: Any, matrix: Matrix) -> Iterator[Rule]:
    """The straight strokes of a path, and its filled boxes that are thin enough to be strokes."""
    stroked = element.get("Stroke", "true").lower() != "false"
    filled = element.get("Fill", "false").lower() == "true"
    data = next((e.text for e in named(element, "AbbreviatedData")), None) or ""
    for points in _figures(data):
        placed = [matrix.at(x, y) for x, y in points]
        xs, ys = [p[0] for p in placed], [p[1] for p in placed]
        x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
        if filled and len(placed) > 2 and min(x1 - x0, y1 - y0) <= _THIN < max(x1 - x0, y1 - y0):
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            yield Rule(x0, y, x1, y) if x1 - x0 >= y1 - y0 else Rule(x, y0, x, y1)
        elif stroked:
            for (ax, ay), (bx, by) in pairwise(placed):
                if abs(ay - by) <= _LEVEL < abs(ax - bx) or abs(ax - bx) <= _LEVEL < abs(ay - by):
                    yield Rule(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))


def _figures(data: str) -> Iterator[list[tuple[float, float]]]:
    """The points of each figure of a path; a curve counts as the straight way to its end."""
    takes = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7}
    points: list[tuple[float, float]] = []
    parts = iter(data.replace(",", " ").split())
    for part in parts:
        if part == "C":
            if points:
                points.append(points[0])
            continue
        if part not in takes:
            continue
        values = numbers(" ".join(next(parts, "x") for _ in range(takes[part])))
        if len(values) != takes[part]:
            break
        if part in "SM" and points:
            yield points
            points = []
        points.append((values[-2], values[-1]))
    if points:
        yield points


def _upright(content: Content, width: float, height: float) -> Content:
    """The page turned so that most of its text runs level; text that runs another way is left out.

    A wide table may stand on its side; a slanting line is a watermark.
    """
    angles = Counter(g.angle for g in content.glyphs or content.hidden if g.text.strip())
    turn = next((a for a, _ in angles.most_common() if a in (0, 90, 180, 270)), 0)
    level = Content(pictures=content.pictures, turn=turn)
    level.glyphs = [_turned(g, turn, width, height) for g in content.glyphs if g.angle == turn]
    level.hidden = [_turned(g, turn, width, height) for g in content.hidden if g.angle == turn]
    for rule in content.rules:
        ends = [_turn(x, y, turn, width, height) for x, y in ((rule.x0, rule.y0), (rule.x1, rule.y1))]
        xs, ys = sorted(p[0] for p in ends), sorted(p[1] for p in ends)
        level.rules.append(Rule(xs[0], ys[0], xs[1], ys[1]))
    return level


def _turned(glyph: Glyph, turn: int, width: float, height: float) -> Glyph:
    x, y = _turn(glyph.x, glyph.y, turn, width, height)
    return replace(glyph, x=x, y=y, angle=0)


def _turn(x: float, y: float, turn: int, width: float, height: float) -> tuple[float, float]:
    return {0: (x, y), 90: (y, width - x), 180: (width - x, height - y), 270: (height - y, x)}[turn]


def turned_back(box: Box, turn: int, width: float, height: float) -> Box:
    """A box of the upright page where it stands on the page as it is."""
    back = {0: 0, 90: 270, 180: 180, 270: 90}[turn]
    if turn in (90, 270):
        width, height = height, width
    corners = [_turn(x, y, back, width, height) for x, y in (box[:2], box[2:])]
    xs, ys = sorted(p[0] for p in corners), sorted(p[1] for p in corners)
    return xs[0], ys[0], xs[1], ys[1]
