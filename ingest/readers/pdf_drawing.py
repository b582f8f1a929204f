"""What is drawn on a PDF page → the boxes of its pictures, its rules, and how many shapes there are."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ingest.readers.ofd_page import Matrix, Rule
from ingest.readers.pdf_text import Box, View

MILLIMETRE = 72 / 25.4
_THIN = 2.4  # points: a filled box or a picture so thin is a rule
_LEVEL = 0.8  # points that the two ends of a level or upright stroke may differ by
_MOST_SHAPES = 20_000  # more are a map or a drawing, whose strokes rule no table
_INK = 0.0004  # of a page's dots that are dark: something is written on it
_DEEPEST = 6


@dataclass
class Drawing:
    """Boxes in points and rules in millimetres, as the page is read."""

    pictures: list[Box] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    shapes: int = 0


def largest_picture(page: Any) -> float:
    """The share of the page that its largest picture takes."""
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    areas = [
        (x1 - x0) * (y1 - y0)
        for drawn in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=_DEEPEST)
        for x0, y0, x1, y1 in [_around(_corners(_matrix_of(drawn)))]
    ]
    return float(max(areas, default=0.0) / max(1.0, width * height))


def drawing_of(page: Any, view: View) -> Drawing:
    """What is drawn on a pypdfium2 page."""
    import pypdfium2.raw as pdfium

    found = Drawing()
    for drawn in page.get_objects(
        filter=[pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH], max_depth=_DEEPEST
    ):
        if drawn.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            box = view.box(*_around(_corners(_matrix_of(drawn))))
            if rule := _thin(box):
                found.rules.append(rule)
            else:
                found.pictures.append(box)
            continue
        found.shapes += 1
        if found.shapes <= _MOST_SHAPES:
            found.rules += _rules(drawn, view)
    if found.shapes > _MOST_SHAPES:
        found.rules = []
    return found


def has_ink(page: Any) -> bool:
    """Whether a page shows anything at all."""
    import numpy as np

    dots = np.asarray(page.render(scale=0.5).to_pil().convert("L"))
    return bool((dots < 160).mean() > _INK)


def _matrix_of(drawn: Any) -> Matrix:
    """Where an object stands on its page, the forms that it is nested in taken into account."""
    matrix = Matrix(*drawn.get_matrix().get())
    while (drawn := drawn.container) is not None:
        matrix = Matrix(*drawn.get_matrix().get()).after(matrix)
    return matrix


def _corners(matrix: Matrix) -> list[tuple[float, float]]:
    return [matrix.at(x, y) for x in (0, 1) for y in (0, 1)]


def _around(points: list[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _rules(drawn: Any, view: View) -> Iterator[Rule]:
    """The level and upright strokes of a path, and its filled boxes that are thin."""
    import pypdfium2.raw as pdfium

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(drawn.raw, fill, stroke) or not (fill.value or stroke.value):
        return
    for points in _outlines(drawn):
        if stroke.value:
            for (x0, y0), (x1, y1) in pairwise(points):
                level, upright = abs(y0 - y1) <= _LEVEL, abs(x0 - x1) <= _LEVEL
                if level != upright:
                    box = view.box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
                    yield _rule(box)
        elif len(points) > 2 and (rule := _thin(view.box(*_around(points)))):
            yield rule


def _outlines(drawn: Any) -> Iterator[list[tuple[float, float]]]:
    """The parts of a path that have no curve, each as its points on the page, the first again where it is closed."""
    import pypdfium2.raw as pdfium

    matrix = _matrix_of(drawn)
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    curved = False
    for index in range(pdfium.FPDFPath_CountSegments(drawn.raw)):
        segment = pdfium.FPDFPath_GetPathSegment(drawn.raw, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            if points and not curved:
                yield points
            points, curved = [], False
        curved = curved or kind == pdfium.FPDF_SEGMENT_BEZIERTO
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(matrix.at(x.value, y.value))
        if pdfium.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if points and not curved:
        yield points


def _thin(box: Box) -> Rule | None:
    """A box so thin that it is a rule."""
    x0, y0, x1, y1 = box
    wide, high = x1 - x0, y1 - y0
    if min(wide, high) > _THIN or max(wide, high) < 2 * _THIN:
        return None
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return _rule((x0, y, x1, y) if wide > high else (x, y0, x, y1))


def _rule(box: Box) -> Rule:
    return Rule(*(value / MILLIMETRE for value in box))
