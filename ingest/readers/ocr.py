"""Pictures of text → lines, page by page, by RapidOCR; recognised pages are kept, so a stopped run goes on."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from ingest.readers.lines import paragraphs
from ingest.reading import Limits, Reading

_MOST_PIXELS = 40_000_000  # a sheet of A2 at 200 dots an inch has 15 million
_DPI = 200
_OWN_SPACE = re.compile(r"(?<=[\u4e00-\u9fff\d]) (?=[\u4e00-\u9fff\d%])")


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    engine = RapidOCR()
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return engine


def read_picture(data: bytes, limits: Limits) -> Reading:
    """Read one picture of a page; raises SourceError when it is damaged."""
    import io

    from PIL import Image, UnidentifiedImageError

    from assistant.errors import SourceError

    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise SourceError("图片已损坏或过大，打不开：请重新扫描或另存一份。") from error
    lines, confidence = recognise(image.convert("RGB"), hashlib.sha256(data).hexdigest(), 1, limits)
    blocks = paragraphs(lines, max(map(len, lines), default=0))
    return Reading(tuple(blocks), notes=(note_on([(1, confidence)]),))


def recognise(image: Any, key: str, page: int, limits: Limits) -> tuple[list[str], float]:
    """(lines from top to bottom, mean confidence 0 … 1) of a PIL image; kept under (key, page)."""
    import numpy as np

    kept = limits.ocr_cache / f"{key}-{page}.json" if limits.ocr_cache else None
    if kept and kept.is_file():
        stored = json.loads(kept.read_text(encoding="utf-8"))
        return stored["lines"], stored["confidence"]
    result = _engine()(np.asarray(image))
    texts = list(result.txts or ())
    scores = [float(s) for s in result.scores or ()]
    lines = _ordered(texts, result.boxes)
    confidence = sum(scores) / len(scores) if scores else 0.0
    if kept:
        _keep(kept, lines, confidence)
    return lines, confidence


def _keep(path: Path, lines: list[str], confidence: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp")
    aside.write_text(
        json.dumps({"lines": lines, "confidence": confidence}, ensure_ascii=False), encoding="utf-8"
    )
    aside.replace(path)


def _ordered(texts: list[str], boxes: Any) -> list[str]:
    """Boxes in the same row (tops within half a height) are one line, from left to right.

    Within a box a space beside a Chinese character or between digits is the recogniser's, not the paper's;
    between boxes only a gap wider than a character is a space.
    """
    pieces = [_OWN_SPACE.sub("", text) for text in texts]
    if boxes is None:
        return pieces
    marked = sorted(
        (
            float(b[:, 1].min()),
            float(b[:, 0].min()),
            float(b[:, 0].max()),
            float(b[:, 1].max() - b[:, 1].min()),
            t,
        )
        for b, t in zip(boxes, pieces, strict=True)
    )
    rows: list[list[tuple[float, float, float, float, str]]] = []
    for piece in marked:
        if rows and piece[0] - rows[-1][0][0] < 0.5 * rows[-1][0][3]:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [_joined(sorted(row, key=lambda p: p[1])) for row in rows]


def _joined(row: list[tuple[float, float, float, float, str]]) -> str:
    line = row[0][4]
    for before, piece in pairwise(row):
        gap = piece[1] - before[2]
        line += (" " if gap > piece[3] else "") + piece[4]
    return line


def note_on(pages: list[tuple[int, float]]) -> str:
    """What readers must know of recognised pages: which, and how sure the recognition was."""
    worst = min(confidence for _, confidence in pages)
    numbers = "、".join(str(page) for page, _ in pages[:10]) + ("等" if len(pages) > 10 else "")
    return f"第 {numbers} 页由文字识别得到（最低平均置信度 {worst:.2f}），数字请与原件核对。"


def render(page: Any) -> Any:
    """A pypdfium2 page as a PIL image, at 200 dots an inch, fewer where the page is as large as a wall."""
    width, height = page.get_size()
    scale = min(_DPI / 72, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    return page.render(scale=scale).to_pil().convert("RGB")
