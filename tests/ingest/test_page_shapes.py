"""84 shapes of web pages, each with its own paper: the body is kept, the site stays out, what cannot be read is said."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.errors import SourceError
from ingest.readers.html import read_html
from ingest.readers.plain import decode
from tests.ingest.page_shapes import FOLDER, measure, ours, plain, shapes

READABLE = [shape for shape in shapes() if not shape.get("unreadable")]
UNREADABLE = [shape for shape in shapes() if shape.get("unreadable")]
# Papers whose title stands in no heading and in no name of the page.
UNTITLED = {"15-excel-export.html", "73-email-newsletter.html", "78-pdf-text-layer.html"}


@pytest.mark.parametrize("shape", READABLE, ids=lambda s: s["file"])
def test_the_body_is_kept(shape: dict[str, Any]) -> None:
    kept = measure(shape, ours)
    assert not kept.failed and kept.share >= 0.96, kept
    assert not kept.misread, kept.misread


@pytest.mark.parametrize("shape", READABLE, ids=lambda s: s["file"])
def test_the_title_is_the_papers(shape: dict[str, Any]) -> None:
    title = read_html(decode((FOLDER / shape["file"]).read_bytes())).page.get("title", "")
    assert plain(title) == plain(shape["title"]) or shape["file"] in UNTITLED


def test_the_site_stays_out() -> None:
    """Sums of other news in a paper's text are the worst that a reader can do; lists without any mark still get in."""
    swallowed = {kept.file for shape in READABLE if (kept := measure(shape, ours)).foreign}
    assert len(swallowed) <= 17, sorted(swallowed)
    whole = sum(len(shape["not_body"]) for shape in READABLE if shape.get("not_body"))
    assert sum(len(measure(shape, ours).foreign) for shape in READABLE) <= 0.1 * whole


@pytest.mark.parametrize("shape", [s for s in UNREADABLE if not s.get("body")], ids=lambda s: s["file"])
def test_what_cannot_be_read_says_so(shape: dict[str, Any]) -> None:
    try:
        reading = read_html(decode((FOLDER / shape["file"]).read_bytes()))
    except SourceError as error:
        assert "请" in str(error)  # the mend
    else:
        assert any("图片" in note for note in reading.notes)


@pytest.mark.parametrize("shape", [s for s in READABLE if s.get("attachments")], ids=lambda s: s["file"])
def test_the_files_that_hang_on_a_page_are_named(shape: dict[str, Any]) -> None:
    found = {link.address for link in read_html(decode((FOLDER / shape["file"]).read_bytes())).attachments}
    assert set(shape["attachments"]) <= found
