"""Which blocks of a page are the paper: the part of the page that holds its text, whatever the site calls it.

Text counts for a block, links to other pages and the site's own bars count against it. The element whose blocks
count most is the paper's (CETD, Sun et al. 2011, with words in place of densities); within it the run of blocks that
counts most (Pasternack and Roth 2009) is the paper, so that what a site puts into the same element before and
behind the text stays out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from ingest.dates import DATE
from ingest.numbering import is_foot, numbering
from ingest.readers.html_blocks import ATTACHMENT, PageBlock, is_outward
from ingest.readers.page_words import PageWords

_ENDS_IN_DATE = re.compile(rf"(?:{DATE}|\d{{1,2}}月\d{{1,2}}日)(?:印发)?[）)]?$")
_SENTENCE = re.compile(r"[，。；：]")
_STOP = re.compile(r"[，。；：！？、]")
_MORE = 1.03  # an outer element must hold so much more than the best one in it to be the paper's
_SHORT = 4.0  # what a short line without punctuation counts: a heading, or an entry of some list
_INLINE = ("span", "font", "b", "strong", "i", "u", "em", "a", "small", "big", "label", "o:p", "st1:chsdate")
_BAR = -12.0  # a line of the site's own
_LINK = -6.0  # a link to another page, and half of its characters
_BEFORE_TITLE = 0.5  # of what stands above the paper's title
_PROSE = 25.0  # a block that is surely text
_FILES_AFTER = 12  # blocks behind the text in which its files are looked for
_ENTRIES = 4
_ENTRY_TITLE = 8
_LONGEST_ENTRY = 400
_MANY_LINKS = 5  # so many in a row within the paper are a list of the site's
_END_AFTER = 0.4  # of the text; 相关阅读 before that stands above the paper
_LABEL_LIKE = 30
_TITLE = 10  # characters; a shorter link is a menu's


def _weights(
    blocks: Sequence[PageBlock], words: PageWords, title: int | None, is_list: bool = False
) -> list[float]:
    """What each block counts: its characters as text, less than nothing as a link or a bar.

    On a page that is a list of titles the longer links are the text.
    """
    found = []
    cards = set() if is_list or not blocks else _in_cards(blocks)
    for index, block in enumerate(blocks):
        length = len("".join(block.text.split()))
        if words.is_bar(block.text) or words.pairs(block.text):
            weight = _BAR
        elif block.element in cards:
            weight = _LINK
        elif block.linked > 0.5 * length and not _is_of_the_paper(block):
            weight = float(length) if is_list and length >= _TITLE else _LINK - 0.5 * min(length, 60)
        elif block.is_row or _STOP.search(block.text) or numbering(block.text):
            weight = float(length - block.linked)
        else:
            weight = min(float(length), _SHORT)
        if title is not None and index < title and weight > 0:
            weight *= _BEFORE_TITLE
        found.append(weight)
    return _without_lists(blocks, words, title, found)


def _root(blocks: Sequence[PageBlock]) -> Any:
    root = blocks[0].element
    while (parent := root.getparent()) is not None:
        root = parent
    return root


def _in_cards(blocks: Sequence[PageBlock]) -> set[Any]:
    """The elements of lists' entries, and all that is in them."""
    root = _root(blocks)
    found = _cards(root)
    if found:
        for element in root.iter():
            if element.getparent() in found:
                found.add(element)
    return found


def _cards(root: Any) -> set[Any]:
    """The entries of lists of other pages, summaries and all: four or more of one shape, nearly all with a title's link."""
    found: set[Any] = set()
    for parent in root.iter():
        shapes: dict[tuple[str, str], list[Any]] = {}
        for child in parent:
            if isinstance(child.tag, str) and child.tag not in ("p", "td", "th", "br", "span", "a"):
                shapes.setdefault((child.tag, child.get("class", "")), []).append(child)
        for like in shapes.values():
            if len(like) < _ENTRIES:
                continue
            linked = sum(1 for e in like if _has_title_link(e))
            if linked >= 0.8 * len(like) and max(len(e.text_content()) for e in like) <= _LONGEST_ENTRY:
                found.update(like)
    return found


def _has_title_link(element: Any) -> bool:
    return any(
        is_outward(anchor) and len("".join(anchor.text_content().split())) >= _ENTRY_TITLE
        for anchor in element.iter("a")
    )


def _without_lists(
    blocks: Sequence[PageBlock], words: PageWords, title: int | None, weight: list[float]
) -> list[float]:
    """The same, with what stands under a heading of the site's own (相关阅读, 37条评论, 点击排行) against the paper.

    What is headed ends with the heading's box; where the box holds the paper too, with the next paragraph of text.
    """
    found = list(weight)
    if not blocks:
        return found
    counted = [0.0, *accumulate(max(0.0, w) for w in weight)]  # of the blocks before each
    spans = _spans(blocks)
    index = 0
    while index < len(blocks):
        above = title is not None and index < title
        if above or not words.heads_a_list(blocks[index].text):
            index += 1
            continue
        box = blocks[index].element.getparent()
        first, last = spans[box] if box is not None else (index, -1)
        before = counted[index] - counted[min(title or 0, index)]
        shared = before < 2 * _PROSE or counted[index] - counted[min(first, index)] > _PROSE
        end = index + 1
        while end < len(blocks) and (
            _is_listed(blocks[end], weight[end]) if shared or box is None else end <= last
        ):
            end += 1
        for inner in range(index, end):
            found[inner] = _BAR
        index = end
    return found


def _spans(blocks: Sequence[PageBlock]) -> dict[Any, tuple[int, int]]:
    """The first and the last block within each element that holds any."""
    found: dict[Any, tuple[int, int]] = {}
    for index, block in enumerate(blocks):
        first, _ = found.get(block.element, (index, index))
        found[block.element] = (first, index)
    for element in reversed(list(_root(blocks).iter())):
        parent = element.getparent()
        if element in found and parent is not None:
            (a, b), (c, d) = found[element], found.get(parent, found[element])
            found[parent] = (min(a, c), max(b, d))
    return found


def _is_listed(block: PageBlock, weight: float) -> bool:
    """Whether a block may be an entry of a list of the site's: a link, or a short line that is no sentence."""
    if is_foot(block.text) or block.is_row:
        return False
    return weight <= _SHORT or (len(block.text) <= 2 * _LABEL_LIKE and not _SENTENCE.search(block.text))


def _is_of_the_paper(block: PageBlock) -> bool:
    """A whole sentence that is a link, as some editors leave them."""
    return len(block.text) > 60 and block.text[-1] in "。；"


def body_of(
    blocks: Sequence[PageBlock], words: PageWords, title: int | None, is_list: bool = False
) -> list[PageBlock]:
    """The paper's blocks in order, the site's own lines left out; empty when no block is text."""
    weight = _weights(blocks, words, title, is_list)
    best = _heaviest_element(blocks, weight)
    if best is None:
        return []
    first, last = _heaviest_run(blocks, weight, best)
    first, last = _with_ends(blocks, weight, words, first, last, title)
    last = _up_to_end(blocks, weight, words, first, last)
    return _without_bars(blocks, weight, words, first, last)


def _heaviest_element(blocks: Sequence[PageBlock], weight: list[float]) -> Any:
    if not blocks:
        return None
    sums: dict[Any, float] = {}
    for block, value in zip(blocks, weight, strict=True):
        sums[block.element] = sums.get(block.element, 0.0) + value
    elements = list(_root(blocks).iter())
    depths: dict[Any, int] = {}
    for element in elements:
        depths[element] = depths.get(element.getparent(), -1) + 1
    for element in reversed(elements):
        parent = element.getparent()
        if element in sums and parent is not None:
            sums[parent] = sums.get(parent, 0.0) + sums[element]
    heaviest = [e for e in elements if sums.get(e, 0.0) > 0]
    if not heaviest:
        return None
    best = max(heaviest, key=lambda e: (sums[e], -depths[e]))
    while True:
        inner = [e for e in best if sums.get(e, 0.0) * _MORE >= sums[best]]
        if not inner:
            return best
        best = max(inner, key=lambda e: sums[e])


def _heaviest_run(blocks: Sequence[PageBlock], weight: list[float], element: Any) -> tuple[int, int]:
    """The first and last block of the run within the element whose weights add up to most."""
    within = set(element.iter())
    inside = [i for i, block in enumerate(blocks) if block.element in within]
    first, last = inside[0], inside[-1]
    sums = [0.0, *accumulate(weight[first : last + 1])]
    lowest, best = 0, (0, len(sums) - 1, float("-inf"))
    for end in range(1, len(sums)):
        if sums[end] - sums[lowest] > best[2]:
            best = (lowest, end, sums[end] - sums[lowest])
        if sums[end] < sums[lowest]:
            lowest = end
    return first + best[0], first + best[1] - 1


def _with_ends(
    blocks: Sequence[PageBlock],
    weight: list[float],
    words: PageWords,
    first: int,
    last: int,
    title: int | None,
) -> tuple[int, int]:
    """The run with what stands next to it and is the paper's: more text, number and date above, office and date below."""
    while last + 1 < len(blocks) and (weight[last + 1] >= _PROSE or _goes_on(blocks[last + 1], words)):
        last += 1
    for index in range(
        last + 1, min(last + 1 + _FILES_AFTER, len(blocks))
    ):  # 相关附件 and the files under it
        if _is_file(blocks[index]):
            last = index
    start = 0 if title is None else title
    for reach in range(first - 1, start - 1, -1):
        block = blocks[reach]
        numbered = numbering(block.text) is not None and weight[reach] > 0
        if weight[reach] >= _PROSE or numbered or _is_head(block, words):
            first = reach
        elif title is None and weight[reach] != _BAR:
            break
    return first, last


def _is_file(block: PageBlock) -> bool:
    """Whether a block is a link to a file."""
    anchors = [e for e in (block.element, *block.element.iterancestors()) if e.tag == "a"][:1]
    return (
        any(ATTACHMENT.search((a.get("href") or "") + " " + block.text) for a in anchors)
        and len(block.text) < 120
    )


def _goes_on(block: PageBlock, words: PageWords) -> bool:
    text = block.text
    if words.is_bar(text) or words.ends_paper(text) or block.linked > 0.5 * len(text):
        return False
    if len(text) <= _LABEL_LIKE + 10 and _ENDS_IN_DATE.search(text):
        return True
    return (
        is_foot(text)
        or numbering(text) is not None
        or text.startswith(("附件", "附：", "（此件", "抄送", "公开方式"))
    )


def _is_head(block: PageBlock, words: PageWords) -> bool:
    text = block.text
    return (
        len(text) <= _LABEL_LIKE
        and not block.linked
        and not words.is_bar(text)
        and bool(re.search(r"[〔\[（(]\s*20\d\d", text) or is_foot(text) or block.level)
    )


def _up_to_end(
    blocks: Sequence[PageBlock], weight: list[float], words: PageWords, first: int, last: int
) -> int:
    """Where the site's own lists begin behind the text, the paper has ended."""
    whole = sum(max(w, 0.0) for w in weight[first : last + 1])
    read = 0.0
    prose = max((i for i in range(first, last + 1) if weight[i] >= _PROSE), default=first)
    for index in range(first, last + 1):
        if (
            index > first
            and read >= _END_AFTER * whole
            and prose <= index
            and words.ends_paper(blocks[index].text)
        ):
            last = index - 1
            break
        read += max(weight[index], 0.0)
    text = max((i for i in range(first, last + 1) if weight[i] > _SHORT), default=first)
    end = last
    while end > first and not _may_end(blocks[end], weight[end], words):
        end -= 1
    signed = [
        i for i in range(end + 1, min(last, end + 3) + 1) if _is_beside(blocks[i], blocks[text], weight[i])
    ]
    return signed[-1] if signed and signed == list(range(end + 1, signed[-1] + 1)) else end


def _is_beside(block: PageBlock, text: PageBlock, weight: float) -> bool:
    """Whether a short line stands with the paper's paragraphs: an office of some name, under the text."""
    box = _box(text.element)
    near = (box, box.getparent()) if text.element.tag == "li" or box.tag in ("ol", "ul") else (box,)
    return weight > 0 and len(block.text) <= _LABEL_LIKE and any(_box(block.element) is b for b in near)


def _box(element: Any) -> Any:
    """What holds the paragraph of an element."""
    while element.tag in _INLINE and element.getparent() is not None:
        element = element.getparent()
    return (
        element.getparent()
        if element.tag in ("p", "div", "li") and element.getparent() is not None
        else element
    )


def _may_end(block: PageBlock, weight: float, words: PageWords) -> bool:
    """Whether a paper may end with a block: text, a row, its office, its date, a number, an attachment."""
    return weight > _SHORT or _is_file(block) or (weight > 0 and _goes_on(block, words))


def _without_bars(
    blocks: Sequence[PageBlock], weight: list[float], words: PageWords, first: int, last: int
) -> list[PageBlock]:
    kept: list[PageBlock] = []
    links: list[PageBlock] = []
    prose = [i for i in range(first, last + 1) if weight[i] >= _PROSE]
    for index in range(first, last + 1):
        block = blocks[index]
        if weight[index] == _BAR:
            amid = bool(prose) and prose[0] < index < prose[-1]
            pairs = words.pairs(block.text)
            if amid and len(pairs) == 1 and pairs[0][0] != "source":
                kept.append(block)  # 时间：5月8日 amid the text is the paper's
            continue
        if weight[index] < 0:
            links.append(block)
            continue
        if len(links) < _MANY_LINKS:
            kept += links
        links = []
        kept.append(block)
    return kept  # links at the very end are the site's
