"""HTML → `Reading`: the paper's own text, what the page says of it in labels, the files that hang on it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape
from itertools import pairwise
from typing import Any

from assistant.errors import SourceError
from assistant.text import fold
from ingest.dates import DATE
from ingest.numbering import is_foot, numbering
from ingest.paper_words import paper_words
from ingest.readers.html_blocks import ATTACHMENT, PageBlock, is_outward, page_blocks
from ingest.readers.html_body import body_of
from ingest.readers.page_words import PageWords, note_label, page_words, without_site
from ingest.readers.plain import decode
from ingest.reading import Block, Link, Reading

# What a browser does not show, or shows as a control.
_NEVER_TEXT = (
    "script", "style", "noscript", "template", "svg", "button", "select", "textarea", "object", "embed", "audio",
    "video", "head", "nav", "canvas", "map", "datalist", "dialog", "noframes",
)  # fmt: skip
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_ICON = re.compile(r"icon|logo|ico|button|btn|qr|ewm|share|\.gif")
_UPLOADED = re.compile(
    r"\d{6,}[^/]*\.(?:jpe?g|png|bmp|tiff?)(?:$|[?#])"
)  # named by the system that took it in
_DEEPEST = 2000
_TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)[^>]*?(/?)>")
_VOID = {"br", "hr", "img", "input", "link", "meta", "p", "li", "td", "tr", "th", "option", "col", "area"}
_MOST_ATTACHMENTS = 30
_LONGEST_VALUE = 120
_LONGEST_TITLE = 300
_MOST_TITLES = 60
_TINY = 30  # characters of a page's text; less is no paper
_HEAD = 12  # blocks at the top of the text that may be its title
_SURE_TITLE = 3
_MOST_TAGS = 300_000  # a page of a thousand table rows has a tenth of them
_FORM = 400
_TEXT = 60  # characters without a full stop that may still be a paper
_LEAST_HIDDEN = 60  # characters that stand nowhere else
_MOST_SCRIPT = 4_000_000
_LITERAL = re.compile(r'"(?:[^"\\\n]++|\\.)*+("?)')
_LONG_LITERAL = 80
_HAN = re.compile("[\u4e00-\u9fff]")
_NUMBERED = re.compile(
    r"\s*[（(][^（）()]{2,12}[〔\[]20\d\d[〕\]]\d+号[）)]$"
)  # the number that a list puts behind a title
_DATED = re.compile(r"\s*[（(]\s*20\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*[）)]$")
_MARKED = re.compile(r"^[（(【\[](?:转载|转发|原创|置顶)[）)】\]]\s*")
_SITE_NAME = re.compile(
    r"(?:网|网站|门户|平台|政府|主页|首页|频道|栏目|公所|局|中心|专栏|目录|详情|文件|Viewer|viewer)$"
)


class FramedPage(SourceError):
    """A page whose text stands in a frame; `address` is the frame's."""

    def __init__(self, address: str) -> None:
        self.address = address
        shown = address if len(address) <= _LONGEST_VALUE else f"{address[:_LONGEST_VALUE]}…"
        super().__init__(f"网页的正文在框架页 {shown} 里：请导入那个网址，或在浏览器里打开它再另存。")


def read_html(text: str) -> Reading:
    """The paper on a page with its headings and tables; what the page's labels say of it is `page`.

    A page without a text of its own is read from what it keeps for browsers without scripts, then from its scripts' own
    data. Raises SourceError where there is no text: built by script, in a frame, or empty.
    """
    tree = _tree(text)
    words = page_words()
    declared = _meta(tree, words)
    named = _named(tree, declared)
    frames = [f.get("src", "").strip() for f in tree.xpath("//iframe[@src] | //frame[@src]")]
    script = [s.text or s.get("src") or "" for s in tree.xpath("//script")]
    nexts = _next_page(tree, words)
    found = _paper_on(tree, named, words)
    if not found.is_text:
        for other in (_unscripted(text), _in_data(script)):
            if other is not None and (instead := _paper_on(other, named, words)).is_text:
                found = replace(instead, method=f"{instead.method}（网页自带的数据）")
                break
    shown = sum(len(b.text) for b in found.body)
    is_framed = bool(frames) and not any(re.search("[。；]", b.text) for b in found.body) and shown < _FORM
    is_prose = shown >= _FORM or any(b.is_row or re.search("[。；]", b.text) for b in found.body)
    files = () if (found.is_text and is_prose) or found.is_list else tuple(_attachments(tree))
    if files and named and not frames:
        return _of_files_only(found, named, files, declared)
    scans = [] if found.is_text else [i for i in tree.iter("img") if _may_be_scan(i)]
    if not found.body or not (found.is_text or found.is_list) or is_framed or scans:
        raise _nothing(frames, sum(map(len, script)), len(scans))
    around = _around(found.body)
    title = _plain_title(found.title) if found.title else None
    called = {"title": title, "called": found.title} if title else {}
    own = [b.block for b in _below_title(found.body, found.title)]
    return Reading(
        (*((Block(title, 1),) if title else ()), *(own or [b.block for b in found.body])),
        page=declared | _labels(found.blocks, found.body, words) | called,
        notes=_notes(around, found.is_list and not found.is_text),
        attachments=tuple(_attachments(around)),
        next_page=nexts,
        visible=_visible(found.blocks, found.body),
        method=found.method,
    )


def _of_files_only(
    found: _Found, named: list[str], files: tuple[Link, ...], declared: dict[str, Any]
) -> Reading:
    """A page that shows a title and links to files: its text are their names."""
    shown_at = _title_block(found.blocks, named)
    likeliest = max(named, key=lambda name: (_rank(name), -len(name)))
    title = found.blocks[shown_at].text if shown_at is not None else likeliest
    names = [Block(link.text) for link in files if link.text and _flat(link.text) != _flat(title)]
    return Reading(
        (Block(title, 1), *names),
        notes=("这一页的正文只是附件，内容见附件。",),
        attachments=files,
        page=declared | _labels(found.blocks, [], page_words()) | {"title": title, "called": title},
        method="附件",
    )


def _below_title(body: list[PageBlock], title: str | None) -> list[PageBlock]:
    """The body without the lines that say the title again, with its number or without."""
    if not title:
        return body
    if (plain := _plain_title(title)) != title:
        body = _below_title(body, plain)
    whole, line = _flat(title), ""
    for many, block in enumerate(body[:3], 1):
        line += _flat(block.text)
        if line == whole:
            body = body[many:]
            break
    return [b for b in body if _flat(b.text) != whole]


@dataclass(frozen=True)
class _Found:
    """What was found on a page: its blocks, those of the paper, its title; whether that is text, or a list of titles."""

    blocks: list[PageBlock]
    body: list[PageBlock]
    title: str | None
    is_text: bool
    is_list: bool = False
    method: str = "正文"


def _paper_on(tree: Any, named: list[str], words: PageWords) -> _Found:
    _drop_forms(tree)
    _strip(tree)
    _drop_hidden(tree)
    blocks = page_blocks(tree)
    if not blocks:
        return _Found([], [], None, False)
    named = [*(v for b in blocks for f, v in words.pairs(b.text) if f == "title" and len(v) >= 8), *named]
    title = _title_block(blocks, named)
    body = body_of(blocks, words, title)
    is_text = (
        any(b.is_row or re.search("[。；]", b.text) for b in body) or sum(len(b.text) for b in body) >= _TEXT
    )
    if not is_text and _lists_titles(blocks):
        listed = body_of(blocks, words, title, is_list=True)
        return _Found(blocks, listed, _title(blocks, listed, named, words), False, True, "列表")
    return _Found(
        blocks,
        body,
        _title(blocks, body, named, words),
        is_text or bool(body and title is not None and not _is_bare(body)),
    )


def _is_bare(body: Sequence[PageBlock]) -> bool:
    return sum(len(b.text) for b in body) < _TINY


def _tree(text: str) -> Any:
    from lxml import etree
    from lxml import html as lxml_html

    _refuse_deep_nesting(text)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
        return lxml_html.document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise SourceError("网页里没有内容：请检查文件。") from error


def _strip(tree: Any) -> None:
    """Take out comments and what a browser does not show."""
    from lxml import etree

    etree.strip_elements(tree, etree.Comment, etree.ProcessingInstruction, *_NEVER_TEXT, with_tail=False)


def _drop_forms(tree: Any) -> None:
    """Boxes to fill in (search, login, comment) go; a form around the whole page is ASP.NET's and stays."""
    for form in list(tree.iter("form", "aside")):
        fields = form.xpath(
            ".//input[not(@type) or @type='text' or @type='search' or @type='password'] | .//textarea"
        )
        text = form.text_content()
        if (
            (form.tag == "aside" or fields)
            and len("".join(text.split())) < _FORM
            and len(re.findall("。", text)) < 4
        ):
            _drop(form)


def _unscripted(text: str) -> Any:
    """The page as a browser without scripts shows it, texts that its scripts read from their fields included."""
    if not re.search(r"<(?:noscript|textarea)", text, re.I):
        return None
    closed = text.rfind(">") + 1  # an opened tag behind it would be looked for to the end, again and again
    opened = re.sub(r"</?noscript[^>]*>", "", text[:closed], flags=re.I)
    ends = [m.end() for m in re.finditer(r"</textarea>", opened, re.I)][-1:] or [0]
    shown = re.sub(
        r"<textarea[^>]*>(.*?)</textarea>",
        lambda m: f"<div>{unescape(m[1])}</div>",
        opened[: ends[0]],
        flags=re.I | re.S,
    )
    return _tree(shown + opened[ends[0] :] + text[closed:])


def _in_data(scripts: Sequence[str]) -> Any:
    """The longest text that a page keeps in its scripts' data (articleBody, content); None without one."""
    best, most = "", _TEXT
    for script in scripts:
        for literal in _literals(script[:_MOST_SCRIPT]):
            try:
                value = json.loads(literal)
            except ValueError:
                continue
            if (han := len(_HAN.findall(value))) > most and re.search("[。；]", value):
                best, most = value, han
    if not best:
        return None
    if "<" not in best:
        best = "".join(f"<p>{escape(line)}</p>" for line in best.splitlines())
    return _tree(f"<html><body><div>{best}</div></body></html>")


def _literals(script: str) -> Iterator[str]:
    """The long string literals of a script; a quotation mark that ends a short one may begin the next."""
    at = 0
    while hit := _LITERAL.search(script, at):
        at = hit.end()
        if hit[1] and len(hit[0]) >= _LONG_LITERAL:
            yield hit[0]
        elif hit[1]:
            at -= 1


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


def _may_be_scan(image: Any) -> bool:
    """Whether a picture on a page without text may be the paper: no icon, and no picture that links to another page."""
    source = (image.get("src") or "").lower()
    linked = any(e.tag == "a" and is_outward(e) for e in image.iterancestors())
    return bool(_UPLOADED.search(source)) and not linked and not _ICON.search(source)


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


def _nothing(frames: Sequence[str], script: int, pictures: int) -> SourceError:
    shown = [f for f in frames if f and not f.startswith(("about:", "javascript:", "data:"))]
    if shown:
        return FramedPage(shown[0])
    if pictures:
        return SourceError(
            f"网页的正文是 {pictures} 张图片，没有文字：请把图片存下来导入（会做文字识别），或换一份原件。"
        )
    if script:
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
    if text.count("<") > _MOST_TAGS:
        raise SourceError("网页的标签有几十万个，不像正常的文件：请另存为文本再导入。")
    depth = 0
    for closing, name, empty in _TAG.findall(text[: text.rfind(">") + 1]):
        if name.lower() in _VOID or empty:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        if depth > _DEEPEST:
            raise SourceError("网页的标签嵌套过深，不像正常的文件：请另存为文本再导入。")


def _drop_hidden(tree: Any) -> None:
    """What is hidden goes, unless it is text that stands nowhere else: the panes of a page that shows one at a time."""
    hidden: set[Any] = set()
    for element in tree.xpath("//*[@style or @hidden]"):
        is_hidden = element.get("hidden") is not None or _HIDDEN.search(element.get("style", ""))
        if is_hidden and element.tag not in ("html", "body"):
            hidden.add(element)
    if not hidden:
        return
    inside: set[Any] = set()  # what is hidden within what is hidden goes or stays with it
    for element in tree.iter():
        if (parent := element.getparent()) in hidden or parent in inside:
            inside.add(element)
    hidden -= inside
    shown = set(_sentences(tree, hidden))
    panes: dict[tuple[Any, str], bool] = {}
    for element in hidden:
        own = list(_sentences(element, set()))
        told = sum(len(one) for one in own if one not in shown)
        is_copy = told < 0.5 * sum(map(len, own))
        if is_copy or not (_is_pane(element, hidden, panes) or (len(own) > 1 and told >= _LEAST_HIDDEN)):
            _drop(element)


def _sentences(root: Any, without: set[Any]) -> Iterator[str]:
    """The sentences of an element, flat; what is in `without` left out."""
    stack = [root]
    pieces: list[str] = []
    while stack:
        element = stack.pop()
        if isinstance(element, str):
            pieces.append(element)
            continue
        if element in without or not isinstance(element.tag, str):
            continue
        for child in reversed(element):
            if child.tail:
                stack.append(child.tail)
            stack.append(child)
        if element.text:
            stack.append(element.text)
    for sentence in re.split(r"[。；！？\n]", "".join(pieces)):
        if len(flat := _flat(sentence)) >= 6:
            yield flat


def _is_pane(element: Any, hidden: set[Any], known: dict[tuple[Any, str], bool]) -> bool:
    """Whether it stands beside a shown element of its kind that holds text: one of several panes."""
    key = (element.getparent(), element.tag)
    if key not in known:
        beside = [] if key[0] is None else [e for e in key[0] if e.tag == element.tag and e not in hidden]
        known[key] = any(re.search("[。；]", e.text_content()) for e in beside)
    return known[key] and bool(re.search("[。；]", element.text_content()))


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
    if sent := found.pop("sent_on", None):
        found.setdefault("published_on", sent)
    return found


def _named(tree: Any, declared: dict[str, Any]) -> list[str]:
    """What the page may be called: its metadata, its headings, its title and the parts of it."""
    found = [str(declared.pop("title"))] if declared.get("title") else []
    for element in tree.xpath("//title"):
        whole = " ".join(element.text_content().split())[:_LONGEST_TITLE]
        found += [
            without_site(whole),
            *(p.strip() for p in re.split(r"\s*[_|｜»]\s*|\s+[-–—]+\s+|[-–—]{1,2}(?=[^-–—]+$)", whole)),
        ]
    found += [" ".join(h.text_content().split()) for h in tree.xpath("//h1")]
    return [t for t in dict.fromkeys(found) if 4 <= len(t) <= _LONGEST_TITLE][:_MOST_TITLES]


def _flat(text: str) -> str:
    return re.sub(r"\W", "", fold(text))


def _title_block(blocks: Sequence[PageBlock], named: Sequence[str]) -> int | None:
    """Where the paper's title stands on the page: the first line that says it and is no link."""
    flats = {_flat(t): t for t in named}
    places = [
        i for i, b in enumerate(blocks) if not b.linked and _flat(b.text) in flats and _rank(b.text) > 0
    ]
    if not places:
        return None
    return max(places, key=lambda i: (_rank(blocks[i].text), -i))


def _rank(title: str) -> int:
    """How much a line looks like the title of a paper rather than the name of a site."""
    ends = paper_words().title_ends
    plain = re.sub(r"(?:[（(][^（）()]{1,20}[）)]|[》”\"\s★☆])+$", "", title)
    if title.count("《") != title.count("》"):
        return 0
    if plain.endswith(ends) and len(plain) >= 5:
        return _SURE_TITLE
    return 0 if _SITE_NAME.search(plain) or len(plain) < 5 else 2


def _title(
    blocks: Sequence[PageBlock], body: Sequence[PageBlock], named: Sequence[str], words: PageWords
) -> str | None:
    """The paper's title: the likeliest of the page's names and of the headings that stand over the text."""
    if not body:
        return None
    first = next(i for i, b in enumerate(blocks) if b is body[0])
    prose = next(
        (i for i, b in enumerate(body) if len(b.text) > 40 and re.search("[，。；]", b.text)), len(body)
    )
    head = body[: max(3, min(prose, _HEAD))]
    above = [
        b for b in (*blocks[max(0, first - 12) : first], *head) if not b.linked and 4 <= len(b.text) <= 150
    ]
    above = [
        b
        for b in above
        if b.text[-1] not in "。；：，" and not numbering(b.text) and not words.is_bar(b.text)
    ]
    near = [b.text for b in above]
    headed = [b.text for b in above if b.level is not None]
    joined = [a + b for a, b in pairwise(near) if _rank(a) < _SURE_TITLE and _rank(a + b) == _SURE_TITLE]
    joined = [t for t in joined if "关于" in t and not re.search(r"\d号", t)]
    candidates = list(
        dict.fromkeys([*named, *headed, *joined, *(t for t in near if _rank(t) == _SURE_TITLE)])
    )
    flats = [_flat(t) for t in near]
    flats += [a + b for a, b in pairwise(flats)]
    whole = [_flat(t) for t in named]

    def score(title: str) -> tuple[int, int, int]:
        flat = _flat(title)
        shown = flat in flats or any(
            flat.endswith(f) and is_foot(flat[: -len(f)]) for f in flats if len(f) >= 8
        )
        return (
            2 * _rank(title) + 2 * shown + (title in headed) + any(flat in w for w in whole),
            len(flat) if shown else 0,
            -named.index(title) if title in named else -99,
        )

    good = [t for t in candidates if len(t) <= 150 and not re.search(rf"{DATE}.*[:：]", t)]
    if not good:
        over = [b.text for b in blocks[:first] if not b.linked and _rank(b.text) == _SURE_TITLE]
        return over[-1] if over else None
    best = max(good, key=score)
    return next((t for t in near if _flat(t) == _flat(best)), best)


def _plain_title(called: str) -> str:
    """A title without its mark (转载), its day and its number."""
    return _DATED.sub("", _NUMBERED.sub("", _MARKED.sub("", called)))


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
