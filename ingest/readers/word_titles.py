"""The head of an official paper: 红头, number and the title that stands on several centred lines."""

from __future__ import annotations

import re
from collections import Counter

from ingest.numbering import numbering
from ingest.readers.word_lines import Line, is_signature, joined

_RED_HEAD = re.compile(
    r"[\u4e00-\u9fff（）()·\s]{2,60}(?:政府|局|厅|委|会|办公室|办|院|部|署|中心|公司|组|处|党委|人大|政协)\s*文\s*件"
)
_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,12}\s*[〔\[［【（(]\s*20\d\d\s*[〕\]］】）)]\s*第?\s*[\d×xX]+\s*号")
_DATE = re.compile(r"[（(]?\s*(?:20\d\d|二[〇○零]..)\s*年\s*[\d一二三四五六七八九十]{1,3}\s*月.*")
_ANNEX = re.compile(r"附\s*(?:件|表|录)\s*[\d一二三四五六七八九十]*\s*[:：]?")
_COMPLETE = re.compile(
    r"(?:通知|公告|通告|意见|办法|细则|规定|措施|方案|指南|指引|规程|计划|条例|决定|批复|公示|名单|政策|规划|解读|"
    r"清单|报告|[）)])$"
)
_EDITION = re.compile(
    r"[（(][^（）()]{0,12}(?:试行|暂行|修订|修正|征求意见稿|草案|送审稿|版)[^（）()]{0,6}[）)]"
)
_STOPS = "。；：！？;:!?，,、"
_LONGEST_LINE = 80
_LONGEST_TITLE = 150
_BODY = 40  # characters; a line so long that is not centred is text
_LARGER = 1.5  # points above the text


def is_red_head(text: str) -> bool:
    """Whether a line is the issuing offices' head: 松涛区人民政府文件."""
    return len(text) <= 80 and _RED_HEAD.fullmatch(text) is not None


def has_number(text: str) -> bool:
    """Whether a line carries a document number: 松政发〔2026〕3号."""
    return _NUMBER.search(text) is not None


def with_titles(lines: list[Line]) -> list[Line]:
    """The lines with the title, and the titles of annexes, each in one; the paper's own title is a heading."""
    size = _body_size(lines)
    shown: list[Line] = []
    index, is_open, is_annex = 0, True, False
    while index < len(lines):
        line = lines[index]
        group = _group(lines, index, size) if is_open or is_annex else []
        if not group or not (_is_title(group, size) or len(group) > 1):
            if _is_body(line):
                is_open = is_annex = False
            is_annex = is_annex or _ANNEX.fullmatch(line.text) is not None
            shown.append(line)
            index += 1
            continue
        title = _one(group)
        if is_red_head(title.text):
            title.level = None
        elif is_open and _is_title(group, size):
            title.level, is_open = 1, False
        is_annex = False
        shown.append(title)
        index += len(group)
    return shown


def _body_size(lines: list[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        if line.size and not line.is_row and not line.centred:
            sizes[line.size] += len(line.text)
    return max(sizes, key=lambda s: sizes[s]) if sizes else 0.0


def _is_body(line: Line) -> bool:
    if line.is_row or line.picture:
        return line.is_row
    is_text = not line.centred and (len(line.text) >= _BODY or line.text[-1] in "。；：:;")
    return is_text or (numbering(line.text) is not None and _ANNEX.fullmatch(line.text) is None)


def _is_title(group: list[Line], size: float) -> bool:
    first = group[0]
    stands_out = first.level == 1 or first.bold or bool(size and first.size >= size + _LARGER)
    text = "".join(line.text for line in group)
    return stands_out and len(text) >= 3 and not all(is_signature(line.text) for line in group)


def _group(lines: list[Line], index: int, size: float) -> list[Line]:
    """The centred lines from here on that read as one title."""
    group: list[Line] = []
    for line in lines[index : index + 8]:
        if not _can_be_title(line) or sum(len(one.text) for one in group) + len(line.text) > _LONGEST_TITLE:
            break
        if group and not _goes_on(group, line):
            break
        group.append(line)
        if is_red_head(line.text):
            break
    return group


def _can_be_title(line: Line) -> bool:
    text = line.text
    if line.is_row or line.picture or not text or not (line.centred or line.level == 1):
        return False
    if len(text) > _LONGEST_LINE or text[-1] in _STOPS or _ANNEX.fullmatch(text):
        return False
    return not _DATE.fullmatch(text) and not has_number(text) and numbering(text) is None


def _goes_on(group: list[Line], line: Line) -> bool:
    before, text = group[-1], line.text
    if _EDITION.fullmatch(text):
        return True
    alike = before.style == line.style and before.bold == line.bold and abs(before.size - line.size) <= 1
    if not alike or is_red_head(before.text) or (is_red_head(text) and text != "文件"):
        return False
    if not _COMPLETE.search(before.text):
        return True
    if text.startswith("关于") or is_signature(text):
        return False
    return text.startswith(("的", "—", "（", "(")) or _COMPLETE.search(text) is not None


def _one(group: list[Line]) -> Line:
    title = group[0]
    text = ""
    for line in group:
        both_offices = text and is_signature(line.text) and is_signature(text)
        text = f"{text} {line.text}" if both_offices else joined(text, line.text)
    title.text = text
    return title
