"""HTML → `Reading`: the main text by trafilatura, navigation and footers left out."""

from __future__ import annotations

from dataclasses import replace

from assistant.errors import SourceError
from ingest.readers.markdown import read_markdown
from ingest.readers.plain import read_plain
from ingest.reading import Reading

# trafilatura falls back to the whole page on short papers; what is never the paper goes first.
_NEVER_TEXT = ("script", "style", "noscript", "nav", "footer", "aside", "form", "iframe", "template")


def read_html(text: str) -> Reading:
    """The main text of a page with its headings and tables; the page's own title is declared."""
    import trafilatura
    from lxml import etree
    from lxml import html as lxml_html

    try:
        tree = lxml_html.document_fromstring(text.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except etree.LxmlError as error:
        raise SourceError("网页里没有内容：请检查文件。") from error
    metadata = trafilatura.extract_metadata(tree)
    etree.strip_elements(tree, *_NEVER_TEXT, with_tail=False)
    body = trafilatura.extract(tree, output_format="markdown", include_tables=True, favor_recall=True)
    reading = read_markdown(body) if body else read_plain(tree.text_content())
    declared = {"title": metadata.title} if metadata and metadata.title else {}
    return replace(reading, declared=declared)
