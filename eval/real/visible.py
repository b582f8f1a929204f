"""What a person sees of a paper, by other means than our readers: Chromium for web pages, pypdf for PDF."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pypdf

from eval.real.alignment import Compacted, compact, compacted
from eval.real.truth import Paper

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_SCRIPT = re.compile(rb"<script\b[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_CONTENT = re.compile(r'"content"\s*:\s*(?=")')
_EDGE_LINES = 2  # of a printed page, where the browser puts its own
_FIGURES = re.compile(r"\d+")


class Renderer(Protocol):
    """Shows pages and says what is to be read on them."""

    def file(self, path: Path) -> str:
        """The visible text of a saved page whose scripts do not run."""

    def markup(self, html: str) -> str:
        """The visible text of a piece of HTML."""


class _Chromium:
    def __init__(self, context: Any) -> None:
        self._context = context

    def file(self, path: Path) -> str:
        return self._shown(lambda page: page.goto(path.absolute().as_uri(), wait_until="domcontentloaded"))

    def markup(self, html: str) -> str:
        return self._shown(lambda page: page.set_content(html, wait_until="domcontentloaded"))

    def _shown(self, load: Any) -> str:
        page = self._context.new_page()
        try:
            load(page)
            return str(page.inner_text("body"))
        finally:
            page.close()


@contextmanager
def chromium() -> Iterator[Renderer | None]:
    """A Chromium with scripts and network off; None where none is installed, nor Playwright."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield _Chromium(browser.new_context(java_script_enabled=False, offline=True))
        browser.close()


def page_text(path: Path, paper: Paper, renderer: Renderer) -> str:
    """A saved page's visible text, or that of the HTML its script would have put in place."""
    text = renderer.file(path)
    if compact(paper.first) in compact(text):
        return text
    carried = [*_carried(path.read_bytes())]
    return renderer.markup(max(carried, key=len)) if carried else text


def _carried(page: bytes) -> Iterator[str]:
    """The values named "content" of the objects in a page's scripts."""
    for script in _SCRIPT.findall(page):
        text = script.decode("utf-8", "replace")
        for place in _CONTENT.finditer(text):
            try:
                value, _ = json.JSONDecoder().raw_decode(text, place.end())
            except json.JSONDecodeError:
                continue
            yield value


def print_text(path: Path) -> str:
    """A PDF's text: what is painted twice in one place counts once, lines at the edge of most pages not at all."""
    pages = [_painted(page).splitlines() for page in pypdf.PdfReader(path).pages]
    edges = Counter(_masked(line) for lines in pages for line in {*_edges(lines)})
    repeated = {line for line, pages_with in edges.items() if pages_with > 2 and pages_with * 2 > len(pages)}
    return "\n".join(line for lines in pages for line in lines if _masked(line) not in repeated)


def _painted(page: pypdf.PageObject) -> str:
    seen: set[tuple[str, int, int]] = set()
    pieces: list[str] = []

    def visit(text: str, own: list[float], line: list[float], _font: Any, _size: float) -> None:
        at = (text.strip(), round(own[4] + line[4]), round(own[5] + line[5]))
        if not at[0] or at not in seen:
            pieces.append(text)
        seen.add(at)

    page.extract_text(visitor_text=visit)
    return "".join(pieces)


def _edges(lines: list[str]) -> list[str]:
    told = [line for line in lines if line.strip()]
    return told[:_EDGE_LINES] + told[-_EDGE_LINES:]


def _masked(line: str) -> str:
    return _FIGURES.sub("0", compact(line))


def body(text: str, paper: Paper) -> Compacted | None:
    """The compact text from the paper's first words to its last, both inclusive; None when one is not there."""
    whole, first, last = compacted(text), compact(paper.first), compact(paper.last)
    start, end = whole.text.find(first), whole.text.rfind(last)
    if start < 0 or end < start:
        return None
    whole = whole.part(start, end + len(last))
    for opening, closing in paper.without:
        start = whole.text.find(compact(opening))
        end = whole.text.find(compact(closing), start)
        if start >= 0 <= end:
            whole = whole.without(start, end + len(compact(closing)))
    return whole
