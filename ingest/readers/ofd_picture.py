"""The pictures of an OFD page → one image of the page, for recognition."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from ingest.readers.ofd_page import Matrix

_DPI = 200
_MAX_PIXELS = 40_000_000


def painted(pictures: Sequence[tuple[bytes, Matrix]], width: float, height: float) -> Any:
    """A PIL image of a page of width × height mm with these pictures on it; None when none can be opened."""
    from PIL import Image, UnidentifiedImageError

    scale = _DPI / 25.4
    if width * height * scale * scale > _MAX_PIXELS:
        scale = (_MAX_PIXELS / (width * height)) ** 0.5
    page = Image.new("RGB", (max(1, round(width * scale)), max(1, round(height * scale))), "white")
    opened = 0
    for data, matrix in pictures:
        try:
            stored = Image.open(io.BytesIO(data))
            stored.load()
            picture = stored.convert("RGBA")
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            continue
        if _paint(page, picture, matrix, scale):
            opened += 1
    return page if opened else None


def _paint(page: Any, picture: Any, matrix: Matrix, scale: float) -> bool:
    """Put a picture where the unit square stands; False where that has no area."""
    from PIL import Image

    a, b, c, d, e, f = (value * scale for value in matrix)
    area = a * d - b * c
    if abs(area) < 1:
        return False
    if b == c == 0 and a > 0 and d > 0:
        size = (min(max(1, round(a)), 2 * page.width), min(max(1, round(d)), 2 * page.height))
        placed = picture.resize(size, Image.Resampling.LANCZOS)
        page.paste(placed, (round(e), round(f)), placed)
        return True
    across, down = picture.width / area, picture.height / area
    back = (
        d * across,
        -c * across,
        (c * f - d * e) * across,
        -b * down,
        a * down,
        (b * e - a * f) * down,
    )
    placed = picture.transform(
        page.size, Image.Transform.AFFINE, back, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255, 0)
    )
    page.paste(placed, (0, 0), placed)
    return True
