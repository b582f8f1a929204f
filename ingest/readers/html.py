"""HTML → `Reading`: the main text by trafilatura, navigation and footers left out."""

from __future__ import annotations

from dataclasses import replace

from ingest.readers.markdown import read_markdown
from ingest.readers.plain import read_plain
from ingest.reading import Reading


def read_html(text: str) -> Reading:
    """The main text of a page with its headings and tables; the page's own title is declared."""
    import trafilatura

    body = trafilatura.extract(text, output_format="markdown", include_tables=True, favor_recall=True)
    if not body:
        body = trafilatura.html2txt(text)
        return read_plain(body)
    reading = read_markdown(body)
    metadata = trafilatura.extract_metadata(text)
    declared = {"title": metadata.title} if metadata and metadata.title else {}
    return replace(reading, declared=declared)
