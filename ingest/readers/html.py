"""HTML → `Reading`: the paper's own text, what the page says of it in labels, the files that hang on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from assistant.errors import SourceError
from assistant.text import fold
from ingest.readers.html_blocks import ATTACHMENT, PageBlock, page_blocks
from ingest.readers.html_body import body_of
from ingest.readers.page_words import PageWords, note_label, page_words, without_site
from ingest.readers.plain import decode
from ingest.reading import Block, Link, Reading

# What a browser does not show, or shows as a control.
_NEVER_TEXT = (
    "script", "style", "noscript", "template", "svg", "button", "select", "textarea", "object", "embed", "audio",
    "video", "head", "nav", "canvas", "map", "datalist", "dialog",
)  # fmt: skip
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_ICON = re.compile(r"icon|logo|ico|button|btn|qr|ewm|share|\.gif")
_DEEPEST = 2000
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)[^>]*?(/?)>")
_VOID = {"br", "hr", "img", "input", "link", "meta", "p", "li", "td", "tr", "th", "option", "col", "area"}
_MOST_ATTACHMENTS = 30
_LONGEST_VALUE = 120
_TINY = 30  # characters of a page's text; less is no paper
_SHOWN_BY_SCRIPT = 2000  # characters of script on a page without text


class FramedPage(SourceError):
    """A page whose text stands in a frame; `address` is the frame's."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(f"网页的正文在框架页 {address} 里：请导入那个网址，或在浏览器里打开它再另存。")


def read_html(text: str) -> Reading:
    """The paper on a page with its headings and tables; what the page's labels say of it is `page`.

    Raises SourceError where the page has no text of its own: built by script, in a frame, or empty.
    """
    from lxml import etree
    from lxml import html as lxml_html

    _refuse_deep_nesting(text)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
        tree = lxml_html.document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise SourceError("网页里没有内容：请检查文件。") from error
    words = page_words()
    declared = _meta(tree, words)
    titles = _titles(tree, declared)
    frames = [f.get("src", "").strip() for f in tree.xpath("//iframe[@src] | //frame[@src]")]
    script = sum(len(s.text or "") for s in tree.xpath("//script[not(@type='application/ld+json')]"))
    etree.strip_elements(tree, etree.Comment, *_NEVER_TEXT, with_tail=False)
    _drop_hidden(tree)
    blocks = page_blocks(tree)
    if not blocks:
        raise _nothing(frames, script)
    title = _title_block(blocks, titles)
    body = body_of(blocks, words, title)
    is_list = sum(len(b.text) for b in body) < _TINY
    if is_list:
        if frames or (script > _SHOWN_BY_SCRIPT and not _lists_titles(blocks)):
            raise _nothing(frames, script)
        body = body_of(blocks, words, title, is_list=True)
    if not body:
        raise _nothing(frames, script)
    page = declared | _labels(blocks, body, words)
    around = _around(body)
    named = titles[0] if titles else next((b.text for b in body[:8] if b.level and len(b.text) >= 4), None)
    own = [b.block for b in body if not named or _flat(b.text) != _flat(named)]
    return Reading(
        (*((Block(named, 1),) if named else ()), *(own or [b.block for b in body])),
        page=page | ({"title": named} if named else {}),
        notes=_notes(around, is_list),
        attachments=tuple(_attachments(around)),
        next_page=_next_page(tree, words),
        visible=_visible(blocks, body),
        method="列表" if is_list else "正文",
    )


def _lists_titles(blocks: Sequence[PageBlock]) -> bool:
    return sum(1 for b in blocks if b.linked >= 10) >= 5


def _around(body: Sequence[PageBlock]) -> Any:
    """The element that holds the whole body and what hangs on it: two above the smallest that holds the body."""
    first, last = body[0].element, body[-1].element
    inside = {first, *first.iterancestors()}
    element = last
    while element not in inside:
        element = element.getparent()
    for _ in range(2):
        parent = element.getparent()
        if parent is None or parent.tag in ("body", "html"):
            break
        element = parent
    return element


def _notes(around: Any, is_list: bool) -> tuple[str, ...]:
    """What a reader of the text must know: pictures were not read, a list is no paper."""
    pictures = [i for i in around.iter("img") if _is_large(i)]
    said = [f"正文里有 {len(pictures)} 张图片，图里的文字没有读：请打开原页核对。"] if pictures else []
    if is_list:
        said.append("这一页像栏目列表，只有标题：要跟踪其中的文件，请在 sources.yaml 里把它写成栏目。")
    return tuple(said)


def _is_large(image: Any) -> bool:
    """Whether a picture may hold text: not known to be an icon."""
    sizes = [image.get(n, "").strip().removesuffix("px") for n in ("width", "height")]
    source = image.get("src", "").lower()
    is_icon = any(s.isdecimal() and int(s) < 200 for s in sizes) or bool(_ICON.search(source))
    return bool(source) and not is_icon and any(s.isdecimal() for s in sizes)


def links_of(data: bytes) -> tuple[Link, ...]:
    """The files that a page's paper links to and its next page; none for a page that cannot be read."""
    try:
        reading = read_html(decode(data))
    except SourceError:
        return ()
    following = (Link(reading.next_page, "下一页", is_page=True),) if reading.next_page else ()
    return reading.attachments + following


def _nothing(frames: Sequence[str], script: int) -> SourceError:
    shown = [f for f in frames if f and not f.startswith(("about:", "javascript:", "data:"))]
    if shown:
        return FramedPage(shown[0])
    if script > _SHOWN_BY_SCRIPT:
        return SourceError(
            "网页的正文由脚本在浏览器里生成，文件里没有：请在浏览器里打开，打印成 PDF 或复制成 Word 再导入。"
        )
    return SourceError("网页里没有正文：请检查是不是列表页、登录页或空页。")


def _visible(blocks: Sequence[PageBlock], body: Sequence[PageBlock]) -> int:
    """Characters between the first and the last block of the body, links to other pages aside."""
    places = {id(b): i for i, b in enumerate(blocks)}
    first, last = places[id(body[0])], places[id(body[-1])]
    return sum(max(0, len("".join(b.text.split())) - b.linked) for b in blocks[first : last + 1])


def _refuse_deep_nesting(text: str) -> None:
    """A page nested thousands deep is no paper, and would exhaust every parser behind this one."""
    depth = 0
    for closing, name, empty in _TAG.findall(text):
        if name.lower() in _VOID or empty:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        if depth > _DEEPEST:
            raise SourceError("网页的标签嵌套过深，不像正常的文件：请另存为文本再导入。")


def _drop_hidden(tree: Any) -> None:
    """What is hidden goes, unless it is most of the text: the panes of a page that shows one at a time."""
    hidden: set[Any] = set()
    for element in tree.xpath("//*[@style or @hidden]"):
        is_hidden = element.get("hidden") is not None or _HIDDEN.search(element.get("style", ""))
        if (
            is_hidden
            and element.tag not in ("html", "body")
            and not any(a in hidden for a in element.iterancestors())
        ):
            hidden.add(element)
    shown = fold("".join(tree.text_content().split()))
    for element in hidden:
        text = fold("".join(element.text_content().split()))
        is_copy = bool(text) and shown.count(text[:60]) > 1 and shown.count(text[-60:]) > 1
        prose = len(re.findall(r"[。；]", text))
        if is_copy or prose < 2 or len(text) < 60:
            _drop(element)


def _drop(element: Any) -> None:
    parent = element.getparent()
    if parent is not None:
        element.drop_tree()


def _meta(tree: Any, words: PageWords) -> dict[str, Any]:
    """What the page's own metadata says; dates as far as they are dates."""
    found: dict[str, Any] = {}
    by_name: dict[str, str] = {}
    for element in tree.xpath("//meta[@content]"):
        for key in ("name", "property", "itemprop"):
            if name := element.get(key):
                by_name.setdefault(name.lower(), " ".join(element.get("content").split()))
    for field, names in words.meta.items():
        value = next((by_name[n.lower()] for n in names if by_name.get(n.lower())), "")
        if value:
            note_label(found, field, value)
    return found


def _labels(blocks: Sequence[PageBlock], body: Sequence[PageBlock], words: PageWords) -> dict[str, Any]:
    """What the lines of labels around the text say: (索引号, 发布机构, 文号 …), as line or as two cells."""
    inside = {id(b) for b in body}
    found: dict[str, Any] = {}
    outside = [b for b in blocks if id(b) not in inside]
    for index, block in enumerate(outside):
        pairs = words.pairs(block.text)
        alone = pairs[0][0] if len(pairs) == 1 and not pairs[0][1] else None
        alone = alone or (words.field_of(block.text) if not pairs else None)
        following = outside[index + 1].text if index + 1 < len(outside) else ""
        if alone and following and len(following) <= _LONGEST_VALUE and not words.is_label(following):
            pairs = [(alone, following)]
        for name, value in pairs:
            if value and name != "none":
                note_label(found, name, value)
    return found


def _titles(tree: Any, declared: dict[str, Any]) -> list[str]:
    """What the page may be called, the likeliest first: its metadata, its h1, its title without the site's name."""
    found = [str(declared.pop("title"))] if declared.get("title") else []
    found += [" ".join(h.text_content().split()) for h in tree.xpath("//h1")]
    for element in tree.xpath("//title"):
        found.append(" ".join(element.text_content().split()))
    return [t for t in dict.fromkeys(map(without_site, found)) if len(t) >= 4]


def _flat(text: str) -> str:
    return re.sub(r"\W", "", fold(text))


def _title_block(blocks: Sequence[PageBlock], titles: Sequence[str]) -> int | None:
    """Where the paper's title stands on the page: the last heading or line that says it before the text begins."""
    for title in titles:
        flat = _flat(title)
        places = [i for i, b in enumerate(blocks) if not b.linked and _flat(b.text) == flat]
        if places:
            return places[0]
    return None


def _attachments(around: Any) -> list[Link]:
    """The files that the paper's part of the page links to."""
    links: dict[str, Link] = {}
    for anchor in around.iter("a"):
        address, text = (anchor.get("href") or "").strip(), " ".join(anchor.text_content().split())
        shown = anchor.get("title") or text
        if address and (ATTACHMENT.search(address) or ATTACHMENT.search(shown)):
            links.setdefault(address, Link(address, text or shown))
    return list(links.values())[:_MOST_ATTACHMENTS]


def _next_page(tree: Any, words: PageWords) -> str | None:
    """The address of the paper's next page, where it is split."""
    for anchor in tree.xpath("//a[@href]"):
        text = "".join(anchor.text_content().split()).strip("<>»›[]【】")
        address = str(anchor.get("href")).strip()
        if text in words.next_page and address and not address.startswith(("#", "javascript:")):
            return address
    return None
