"""A column page (通知公告, 申报通知) → the notices it lists, found by structure; and one look at a followed address.

A list is many links of the same shape: their items stand at the same place of the page, each with one article, often
with a date. What the items are called (li, tr, dt, div) and which classes they have does not matter.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit, urlunsplit

from assistant.errors import SourceError
from assistant.followed import Site, retry_after
from assistant.page_store import Look, Notice, PageStore
from assistant.text import fold
from ingest.fetch import Fetcher
from ingest.readers.html import read_html
from ingest.readers.plain import decode
from ingest.sources import Collected

_SHORTEST_TITLE = 6
_DAY = 86400.0
_AGAIN_FIRST, _AGAIN = (
    7 * _DAY,
    30 * _DAY,
)  # a notice is read again a week after it was first seen, then monthly
_GIVEN_UP = 5  # failures after which a notice that its column no longer lists is not tried again
_MOST_LINKS = 5000

Take = Callable[[Fetcher, Site, Collected], None]
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Listed:
    """A notice as a list shows it; `cut`: its title is not whole."""

    address: str
    title: str
    date: str | None = None
    cut: bool = False


@dataclass
class ListPage:
    """One page of a list: its title, its notices in order, the page that follows, links that only a script opens."""

    title: str = ""
    notices: list[Listed] = field(default_factory=list)
    next: str | None = None
    scripted: int = 0


# ------------------------------------------------------------------ one look


def look_at(site: Site, fetcher: Fetcher, store: PageStore, found: Collected, take: Take, tell: Tell) -> None:
    """Fetch what a followed address has: the page itself, or what is new and due of a column."""
    now = time.time()
    before = store.looks().get(site.address)
    notices: list[Notice] = []
    fresh = listed = 0
    if site.column:
        known = store.notices(site.address)
        try:
            seen = list_notices(site, fetcher)
        except SourceError as error:
            found.failed[site.address] = str(error)
        else:
            listed, fresh = len(seen), sum(n.address not in known for n in seen)
            notices = _merged(site, seen, known, now)
            _take_all(site, notices, fetcher, found, take, tell, now)
    else:
        take(fetcher, site, found)
    look = Look(
        address=site.address,
        looked_at=now,
        succeeded_at=before.succeeded_at if before else None,
        failures=before.failures if before else 0,
        listed=listed,
        fresh=fresh,
    )
    found.looks.append((look, tuple(notices)))


def remember(found: Collected, failed: dict[str, str], store: PageStore) -> None:
    """Keep the looks of a run that went through; `failed` says of each source why it could not be read."""
    here = {file.source for file in found.files}
    for look, notices in found.looks:
        reason = failed.get(look.address)
        kept = look.model_copy(
            update={
                "reason": reason,
                "failures": look.failures + 1 if reason else 0,
                "succeeded_at": look.succeeded_at if reason else look.looked_at,
            }
        )
        store.remember(kept, [_outcome(n, here, failed, look.looked_at) for n in notices])


def _outcome(notice: Notice, here: set[str], failed: dict[str, str], now: float) -> Notice:
    if reason := failed.get(notice.address):
        failures = notice.failures + 1
        return notice.model_copy(update={"tried_at": now, "failures": failures, "reason": reason})
    if notice.address in here:
        return notice.model_copy(update={"taken_at": now, "tried_at": now, "failures": 0, "reason": None})
    return notice


def list_notices(site: Site, fetcher: Fetcher) -> list[Listed]:
    """The notices of a column's first pages, each once; raises SourceError where there is no list."""
    return [notice for page in list_pages(site, fetcher) for notice in page.notices]


def list_pages(site: Site, fetcher: Fetcher) -> list[ListPage]:
    """The first pages of a column; one that fails behind the first ends the list there."""
    pages: list[ListPage] = []
    seen: set[str] = set()
    been: set[str] = set()
    address: str | None = site.address
    while address and address not in been and len(pages) < site.pages:
        been.add(address)
        try:
            data = fetcher.fetch(address).data or b""
        except SourceError:
            if pages:
                break
            raise
        page = read_list(data, fetcher.landed.get(address, address))
        new = [n for n in page.notices if n.address not in seen and n.address != site.address]
        if pages and not new:
            break
        seen |= {n.address for n in new}
        pages.append(replace(page, notices=new))
        address = page.next
    if not seen:
        raise SourceError(_why_nothing(pages[0]))
    return pages


def _why_nothing(page: ListPage) -> str:
    if page.scripted:
        return (
            "栏目里的通知要靠网页脚本才能打开（javascript:…），不能跟踪："
            "请改用这个栏目的 RSS 地址，或把通知的网址逐条写进清单。"
        )
    return "在网页里没有认出通知列表：请确认网址是列出通知的栏目页，不是首页或某一份通知。"


def _merged(site: Site, seen: list[Listed], known: dict[str, Notice], now: float) -> list[Notice]:
    """The notices listed now and those still to be read, as they are to be remembered."""
    merged: dict[str, Notice] = {}
    for one in seen:
        old = known.get(one.address) or Notice(
            column=site.address, address=one.address, title=one.title[:300], first_seen=now, last_listed=now
        )
        title = old.title if one.cut and not _is_cut(old.title) else one.title[:300]
        told = {"title": title, "date": one.date or old.date, "last_listed": now}
        left_out = not _is_cut(title) and not is_wanted(title, site)
        merged[one.address] = old.model_copy(update={**told, "left_out": left_out})
    waiting = [n for a, n in known.items() if a not in merged and n.taken_at is None and not n.left_out]
    return [*merged.values(), *(n for n in waiting if n.failures < _GIVEN_UP)]


def is_wanted(title: str, site: Site) -> bool:
    """Whether a title holds one of the words asked for; always where there are none."""
    folded = fold(title)
    return not site.pattern or any(fold(word) in folded for word in site.pattern)


def _is_due(notice: Notice, site: Site, now: float) -> bool:
    if notice.left_out:
        return False
    if notice.failures and notice.tried_at:
        return now >= notice.tried_at + retry_after(notice.failures, _AGAIN_FIRST)
    if notice.taken_at is None:
        return True
    first = notice.first_seen + _AGAIN_FIRST
    return notice.last_listed >= now and (notice.taken_at < first <= now or notice.taken_at + _AGAIN <= now)


def _take_all(
    site: Site, notices: list[Notice], fetcher: Fetcher, found: Collected, take: Take, tell: Tell, now: float
) -> None:
    """Fetch the notices that are due, the unread before the others, at most `most`."""
    places = [i for i, n in enumerate(notices) if _is_due(n, site, now)]
    places = sorted(places, key=lambda i: notices[i].taken_at is not None)[: site.most]
    for done, place in enumerate(places, 1):
        notices[place] = _taken(site, notices[place], fetcher, found, take)
        tell(done, len(places))


def _taken(site: Site, notice: Notice, fetcher: Fetcher, found: Collected, take: Take) -> Notice:
    if any(file.source == notice.address for file in found.files):
        return notice  # another column lists it too
    own = site.model_copy(update={"address": notice.address, "column": False})
    count = len(found.files)
    take(fetcher, own, found)
    added = found.files[count:]
    if not added or added[0].source != notice.address:
        return notice
    page = added[0]
    if page.suffix not in (".html", ".htm"):
        if not _is_cut(notice.title):
            found.files[count] = replace(page, declared={"title": notice.title, **page.declared})
        return notice
    if not _is_cut(notice.title):
        return notice
    title = _own_title(page.data or b"") or notice.title
    left_out = not is_wanted(title, site)
    if left_out:
        del found.files[count:]
    return notice.model_copy(update={"title": title[:300], "left_out": left_out})


def _own_title(data: bytes) -> str | None:
    try:
        return str(read_html(decode(data)).page.get("title", "")) or None
    except SourceError:
        return None  # reading the page itself will say so


# ------------------------------------------------------------------ feeds


def read_list(data: bytes, address: str) -> ListPage:
    """The notices of a list page, an RSS or an Atom feed; raises SourceError for JSON and for what is no list."""
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if head in (b"{", b"["):
        try:
            json.loads(data)
        except ValueError:
            pass
        else:
            raise SourceError("这个网址给出的是 JSON 数据，不是网页：请改用栏目的网页地址或 RSS 地址。")
    if head == b"<" and re.search(rb"<(?:rss|feed|(?:\w+:)?RDF)[\s>]", data[:2000]):
        return _read_feed(data, address)
    return _read_page(decode(data), address)


def _read_feed(data: bytes, address: str) -> ListPage:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    tree = etree.fromstring(data, parser)
    if tree is None:
        raise SourceError("RSS 写法有误，读不了：请检查网址。")
    page = ListPage(title=_squeezed(_child(tree, "title") or _child(tree, "channel/title")))
    for item in tree.iter("{*}item", "{*}entry"):
        linked = [e for e in item.iterfind("{*}link") if e.get("rel", "alternate") == "alternate"]
        link = next((e.get("href") or e.text for e in linked if e.get("href") or e.text), None)
        title = _squeezed(_child(item, "title"))
        if not link or len(title) < _SHORTEST_TITLE:
            continue
        absolute = _absolute(address, link)
        if absolute and _is_same_site(absolute, address):
            told = next(
                (t for n in ("pubDate", "published", "updated", "date") if (t := _child(item, n))), ""
            )
            page.notices.append(Listed(absolute, title, _feed_date(told), _is_cut(title)))
    return page


def _child(element: Any, path: str) -> str:
    names = "/".join(f"{{*}}{name}" for name in path.split("/"))
    return "".join(element.findtext(names) or "")


def _feed_date(text: str) -> str | None:
    if iso := re.match(r"\s*(\d{4}-\d\d-\d\d)", text):
        return iso[1]
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError):
        return None


# ------------------------------------------------------------------ list pages

_NEVER_LIST = ("script", "style", "noscript", "nav", "footer", "aside", "template", "svg", "select")
_DIRECTORY = re.compile(r"(?:^|/)(?:index|default|list|main|home)(?:[_-]?\d+)?(?:\.\w+)?$", re.I)
_PAPER = re.compile(r"\.(?:s?html?|jhtml|xhtml|jspx?|aspx?|php|pdf|docx?|wps)$", re.I)
_CUT = re.compile(r"(?:…|⋯|\.{3,}|。{3,})\s*$")
_INVITING = re.compile(r"(?:点击|查看|详情|详细|打开|阅读|更多)")
_NEXT = re.compile(
    r"^[\s<>«»‹›\[\]【】]*(?:下一?页|下一?頁|后一页|後一頁|next(?:\s*page)?)[\s<>«»‹›\[\]【】]*$", re.I
)
_ARROW = re.compile(r"^\s*(?:[>›»]|&gt;)\s*$")
_PAGE_KEYS = ("page", "p", "pageno", "pagenum", "pageindex", "curpage")
_PAGED = re.compile(
    r"createPageHTML\(\s*(?P<named>['\"][^'\"]*['\"]\s*,\s*)?(?P<of>\d+)\s*,\s*(?P<now>\d+)\s*,"
    r"\s*['\"](?P<name>(?:\./)?[\w-]+)['\"]\s*,\s*['\"](?P<ending>s?html?)['\"]"
)
_WHOLE_DATE = re.compile(r"(?<!\d)(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<!\d)(?P<d>\d{1,2})日?\s+(?P<y>20\d\d)\s*[-/.年]\s*(?P<m>\d{1,2})(?!\d|\s*[-/.月]\s*\d)"
)
_DAY_LAST = re.compile(r"(?<!\d)(?P<y>20\d\d)\s*[-/.年]\s*(?P<m>\d{1,2})月?\s+(?P<d>\d{1,2})(?!\d)")
_SHORT_DATE = re.compile(r"(?<!\d)\d{1,2}\s*[-/月]\s*\d{1,2}(?!\d)")
_ADDRESS_DATE = re.compile(r"t(20\d\d)(\d\d)(\d\d)_|/(20\d\d)[-/]?(\d{1,2})/(\d{1,2})/")
_PROVINCIAL = (
    "ac ah bj com cq edu fj gd gov gs gx gz ha hb he hi hl hn jl js jx ln mil net nm nx org qh sc sd sh sn sx tj xj xz yn zj"
).split()


def _read_page(text: str, address: str) -> ListPage:
    from lxml import etree
    from lxml import html as lxml_html

    try:
        tree = lxml_html.document_fromstring(text.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError) as error:
        raise SourceError("网页里没有内容：请检查网址。") from error
    page = ListPage(title=_squeezed(" ".join(tree.xpath("//title/text()")))[:80])
    base = next((urljoin(address, b.strip()) for b in tree.xpath("//base/@href") if b.strip()), address)
    page.next = _next_page(tree, text, base, address)
    etree.strip_elements(tree, *_NEVER_LIST, with_tail=False)
    anchors = islice(tree.iter("a"), _MOST_LINKS)
    links = {a: link for a in anchors if (link := _article(a, base, address)) and link != page.next}
    page.notices, score = _best_list(links)
    scripted = [t for a in tree.iter("a") if _is_scripted(a) and len(t := _own_text(a)) >= _SHORTEST_TITLE]
    if sum(min(len(title), 40) for title in scripted) > score:  # what links there are stand beside the list
        page.notices, page.scripted = [], len(scripted)
    return page


def _article(anchor: Any, base: str, address: str) -> str | None:
    """The absolute address of a link that may be a notice of the same site; None for any other."""
    href = (anchor.get("href") or "").strip()
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
        return None
    absolute = _absolute(base, href)
    if not absolute or not _is_same_site(absolute, address) or absolute == address:
        return None
    own, column = urlsplit(absolute), urlsplit(address)
    if (own.netloc, own.path) == (column.netloc, column.path) and _without_page(own.query) == _without_page(
        column.query
    ):
        return None
    if _DIRECTORY.search(own.path) and not own.query:
        return None
    named = bool(re.search(r"\d", f"{own.path}?{own.query}")) or bool(_PAPER.search(own.path))
    return absolute if named and not re.fullmatch(r"\s*\d*\s*", "".join(anchor.itertext()) or "x") else None


def _absolute(base: str, href: str) -> str | None:
    try:
        parts = urlsplit(urljoin(base, href.strip()))
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    path = re.sub(r";jsessionid=[^/?#]*", "", parts.path, flags=re.I)
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def _without_page(query: str) -> list[tuple[str, str]]:
    return [(k, v) for k, v in parse_qsl(query) if k.lower() not in _PAGE_KEYS]


def _is_same_site(address: str, column: str) -> bool:
    one, other = (urlsplit(a).hostname or "" for a in (address, column))
    return one == other or registrable(one) == registrable(other)


def registrable(host: str) -> str:
    """The part of a host that one owner has registered: stic.city.gov.cn → city.gov.cn; an IP address is whole."""
    labels = host.lower().split(".")
    if all(label.isdigit() for label in labels) or ":" in host:
        return host
    count = 3 if labels[-1] == "cn" and len(labels) > 2 and labels[-2] in _PROVINCIAL else 2
    return ".".join(labels[-count:])


def _is_scripted(anchor: Any) -> bool:
    href = (anchor.get("href") or "").strip().lower()
    return href.startswith("javascript:") or (href in ("", "#") and bool(anchor.get("onclick")))


# ------------------------------------------------------------------ the repeated items


@dataclass
class _Item:
    """What stands around one article's links: the widest element that holds no other article."""

    element: Any
    anchors: list[Any]
    address: str


def _best_list(links: dict[Any, str]) -> tuple[list[Listed], float]:
    """The list with the most to read, and how much that is: items of one shape, longer titles and dates count."""
    shapes: dict[tuple[str, ...], list[_Item]] = {}
    for item in _items(links):
        shapes.setdefault(_shape(item.element), []).append(item)
    scores = {shape: _score([(item, _listed(item)) for item in items]) for shape, items in shapes.items()}
    best = max(scores, key=lambda shape: scores[shape], default=())
    if not best or scores[best] <= 0:
        return [], 0.0
    found: dict[str, Listed] = {}
    for item in (item for items in shapes.values() for item in items):
        # One that stands alone in its part of the list seems wider than the others.
        inner = next((e for e in _up_to(item) if e is item.element or _shape(e) == best), item.element)
        if (
            _shape(inner) == best
            and len((listed := _listed(replace(item, element=inner))).title) >= _SHORTEST_TITLE
        ):
            found.setdefault(listed.address, listed)
    return [found[address] for address in dict.fromkeys(links.values()) if address in found], scores[best]


def _up_to(item: _Item) -> Iterator[Any]:
    yield item.anchors[0]
    if item.anchors[0] is not item.element:
        for element in item.anchors[0].iterancestors():
            yield element
            if element is item.element:
                return


def _listed(item: _Item) -> Listed:
    title = _title_of(item)
    return Listed(item.address, title, _date_of(item, title), _is_cut(title))


def _score(rows: list[tuple[_Item, Listed]]) -> float:
    rows = [(item, listed) for item, listed in rows if len(listed.title) >= _SHORTEST_TITLE]
    dated = sum(bool(listed.date) or _has_short_date(item) for item, listed in rows)
    if len(rows) < 2 and not dated:
        return 0.0
    length = sum(min(len(listed.title), 40) for _, listed in rows)
    return length * (3.0 if dated * 2 >= len(rows) else 1.0)


def _items(links: dict[Any, str]) -> Iterator[_Item]:
    within: dict[Any, set[str]] = {}
    for anchor, address in links.items():
        for element in (anchor, *anchor.iterancestors()):
            within.setdefault(element, set()).add(address)
    items: dict[Any, _Item] = {}
    for anchor, address in links.items():
        element = anchor
        for parent in anchor.iterancestors():
            if len(within[parent]) > 1 or parent.tag in ("body", "html"):
                break
            element = parent
        items.setdefault(element, _Item(element, [], address)).anchors.append(anchor)
    yield from items.values()


def _shape(element: Any) -> tuple[str, ...]:
    """Where an item stands: the tags above it with their classes, its own tag."""
    above = [f"{e.tag}.{e.get('class', '').strip()}" for e in element.iterancestors()]
    return (str(element.tag), *above)


def _title_of(item: _Item) -> str:
    """The whole title: of the link, its title attribute where the text is cut or short, else of what stands around it."""
    text = max((_own_text(a) for a in item.anchors), key=len)
    told = [t for a in item.anchors for t in (a.get("title"), *a.xpath(".//@title")) if t and t.strip()]
    first = (_squeezed(t.strip().split("\n")[0]).removeprefix("标题：") for t in told)
    whole = max((t for t in first if not _INVITING.match(t)), key=len, default="")
    short = len(text) < _SHORTEST_TITLE
    if len(whole) >= _SHORTEST_TITLE and (short or _is_cut(text) or whole.startswith(text)):
        return whole
    return _heading(item.element) if short else text


def _own_text(element: Any) -> str:
    """A link's text without a date at its ends; of a link around a whole card the heading or the first line."""
    parts = [p for e in element.iter() if isinstance(e.tag, str) for p in _texts(e)]
    if len(parts) > 1 and any(
        e.tag in ("p", "div", "h2", "h3", "h4", "h5", "dd", "li") for e in element.iter()
    ):
        return _heading(element)
    text = _squeezed(" ".join(element.itertext()))
    date_at_end = rf"[\s\[(（【]*{_WHOLE_DATE.pattern}\s*日?[\s\])）】]*"
    text = re.sub(rf"^{date_at_end}|{date_at_end}$", "", text)
    return text.strip(" ·•●◆■▪>›»-")


def _heading(element: Any) -> str:
    """The heading within an element, else its first text that is long enough and no date."""
    for heading in element.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        if len(text := _squeezed(" ".join(heading.itertext()))) >= _SHORTEST_TITLE:
            return text
    for part in element.iter():
        for text in _texts(part) if isinstance(part.tag, str) else ():
            rest = _WHOLE_DATE.sub("", text)
            needed = _SHORTEST_TITLE if rest == text else 2 * _SHORTEST_TITLE  # 发布时间：2026-11-05 09:00
            if len(rest.strip("[]()【】日 ")) >= needed:
                return text
    return ""


def _texts(element: Any) -> list[str]:
    own = [element.text, *(child.tail for child in element)]
    return [text for t in own if t and (text := _squeezed(t))]


def _date_of(item: _Item, title: str) -> str | None:
    """The date beside a notice: in its item, in what follows up to the next, else in its address."""
    beside = _beside(item)
    text = _squeezed(" ".join(beside)).replace(title, " ")
    for pattern in (_DAY_FIRST, _WHOLE_DATE, _DAY_LAST):
        if hit := pattern.search(text):
            y, m, d = (hit["y"], hit["m"], hit["d"]) if pattern.groupindex else hit.groups()
            if day := _iso(y, m, d):
                return day
    if hit := _ADDRESS_DATE.search(item.address):
        return _iso(*(part for part in hit.groups() if part))
    return None


def _beside(item: _Item) -> list[str]:
    beside = [str(text) for text in item.element.itertext()]
    if item.element.tail:
        beside.append(item.element.tail)
    for after in item.element.itersiblings():
        if after.tag == item.element.tag or next(after.iter("a"), None) is not None:
            break
        beside += [str(text) for text in after.itertext()] + [after.tail or ""]
    return beside


def _has_short_date(item: _Item) -> bool:
    return any(_SHORT_DATE.search(text) and len(text.strip()) <= 12 for text in _beside(item))


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _is_cut(title: str) -> bool:
    return bool(_CUT.search(title))


def _squeezed(text: str) -> str:
    return " ".join(text.split())


# ------------------------------------------------------------------ the next page


def _next_page(tree: Any, text: str, base: str, address: str) -> str | None:
    """The list's next page: a link 下一页 or rel=next, the number after this page's, or the counting script of many sites."""
    linked = list(tree.xpath("//link[@rel='next']/@href | //a[@rel='next']/@href"))
    anchors = list(tree.iter("a"))
    for shape in (_NEXT, _ARROW):
        linked += [a.get("href", "") for a in anchors if shape.match(_squeezed(" ".join(a.itertext())))]
        linked += [a.get("href", "") for a in anchors if shape.match(a.get("title", ""))]
    linked += _numbered(anchors, base, address)
    for href in linked:
        absolute = None if href.strip().startswith(("javascript:", "#")) else _absolute(base, href)
        if absolute and href.strip() and _is_same_site(absolute, address) and absolute != address:
            return absolute
    if counted := _PAGED.search(text):
        after = int(counted["now"]) + 1  # the older script counts from 0, the one with a place from 1
        if after < int(counted["of"]) + bool(counted["named"]):
            return _absolute(base, f"{counted['name']}_{after}.{counted['ending']}")
    return None


def _numbered(anchors: list[Any], base: str, address: str) -> list[str]:
    """The links called by the number after the one this page has in its address."""
    parts = urlsplit(address)
    told = [v for k, v in parse_qsl(parts.query) if k.lower() in _PAGE_KEYS]
    own = re.search(r"_(\d{1,4})\.\w+$", parts.path)
    number = int(told[0]) if told and told[0].isdigit() else int(own[1]) + 1 if own else 1
    wanted = str(number + 1)
    return [a.get("href", "") for a in anchors if _squeezed(" ".join(a.itertext())) == wanted]
