"""HTML → `Reading`: the main text by trafilatura, navigation and footers left out, attachments named."""

from __future__ import annotations

import re
from typing import Any

from assistant.errors import SourceError
from ingest.readers.html_blocks import blocks_of
from ingest.reading import Block, Link, Reading

# trafilatura falls back to the whole page on short papers; what is never the paper goes first.
_NEVER_TEXT = ("script", "style", "noscript", "nav", "footer", "aside", "form", "iframe", "template", "svg")
_NEVER_CLASS = re.compile(
    r"(?:^|[-_\s])(?:nav|menu|breadcrumb|crumb|share|bdsharebuttonbox|relate[d]?|related-?news|recommend|footer|foot|copyright|"
    r"toolbar|sidebar|qrcode|ewm|print|fontsize|xgyd|xgwz|banner|comment)s?(?:$|[-_\s\d])",
    re.I,
)
# Government and news pages end the paper with one of these; what follows is not the paper.
_END = re.compile(
    r"^[【\[（(]?(?:相关阅读|相关链接|相关文档|相关稿件|相关推荐|延伸阅读|推荐阅读|热点新闻|分享到|扫一扫|打印本页|关闭窗口|版权声明|上一篇|下一篇)"
)
_ATTACHMENT = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|csv|zip)(?:$|[?#])", re.I)
_META = {
    "title": ("ArticleTitle", "og:title"),
    "published_on": ("PubDate", "publishdate", "article:published_time"),
    "issuer": ("ContentSource", "Author"),
}
# What sites append to a page's title: its own name.
_SITE = re.compile(
    r"\s*(?:[_|]|\s-\s|-|—|–)\s*[^-_|—–]*(?:网|政府|门户|平台|公开|局|委员会|频道|栏目)[^-_|—–）)]*$"
)
_DEEPEST = 2000
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)[^>]*?(/?)>")
_VOID = {"br", "hr", "img", "input", "link", "meta", "p", "li", "td", "tr", "th", "option", "col", "area"}


def read_html(text: str) -> Reading:
    """The main text of a page with its headings and tables; what the page says of itself is declared."""
    import trafilatura
    from lxml import etree
    from lxml import html as lxml_html

    _refuse_deep_nesting(text)
    try:
        tree = lxml_html.document_fromstring(text.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError) as error:
        raise SourceError("网页里没有内容：请检查文件。") from error
    declared = _declared(tree)
    attachments = tuple(_attachments(tree))
    etree.strip_elements(tree, *_NEVER_TEXT, with_tail=False)
    for element in tree.xpath("//*[@class or @id]"):
        label = f"{element.get('class', '')} {element.get('id', '')}"
        if element.tag not in ("html", "body", "article", "main") and _NEVER_CLASS.search(label):
            element.drop_tree()
    main = trafilatura.extract(tree, include_tables=True, favor_recall=True) or ""
    return Reading(_main_part(blocks_of(tree), main), declared, attachments=attachments)


def _main_part(blocks: list[Block], main: str) -> tuple[Block, ...]:
    """From the first to the last block that trafilatura takes for the paper, up to where the paper ends.

    Its own text loses tables and numbering on short pages, so it only says where the paper is.
    """
    flat = "".join(main.split())
    inside = [i for i, b in enumerate(blocks) if not b.is_row and "".join(b.text.split())[:24] in flat]
    first, last = (inside[0], inside[-1]) if inside else (0, len(blocks) - 1)
    while last + 1 < len(blocks) and blocks[last + 1].is_row:
        last += 1  # a table at the end belongs to the paper, though no text follows it
    while first > 0 and blocks[first - 1].is_row:
        first -= 1
    kept = blocks[first : last + 1]
    end = next((i for i, b in enumerate(kept) if i and _END.match(b.text)), len(kept))
    return tuple(kept[:end])


def _refuse_deep_nesting(text: str) -> None:
    """A page nested thousands deep is no paper, and would exhaust every parser behind this one."""
    depth = 0
    for closing, name, empty in _TAG.findall(text):
        if name.lower() in _VOID or empty:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        if depth > _DEEPEST:
            raise SourceError("网页的标签嵌套过深，不像正常的文件：请另存为文本再导入。")


def _declared(tree: Any) -> dict[str, Any]:
    """What the page's own metadata says; dates as far as they are dates."""
    found: dict[str, Any] = {}
    for field, names in _META.items():
        for name in names:
            values = tree.xpath(f"//meta[@name='{name}' or @property='{name}']/@content")
            if values and (value := " ".join(values[0].split())):
                found[field] = value
                break
    if "title" not in found:
        headings = [" ".join(h.text_content().split()) for h in tree.xpath("//h1")]
        titles = [" ".join(t.split()) for t in tree.xpath("//title/text()")]
        if named := [h for h in headings if len(h) >= 6] or [
            _SITE.sub("", t) for t in titles if _SITE.sub("", t)
        ]:
            found["title"] = named[0]
    date = re.search(r"(20\d\d)-(\d\d)-(\d\d)", str(found.pop("published_on", "")))
    return found | ({"published_on": date[0]} if date else {})


def _attachments(tree: Any) -> list[Link]:
    links = {}
    for anchor in tree.xpath("//a[@href]"):
        address, text = anchor.get("href").strip(), " ".join(anchor.text_content().split())
        if _ATTACHMENT.search(address):
            links[address] = Link(address, text)
    return list(links.values())[:20]
