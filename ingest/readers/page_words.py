"""The words of a site around a paper, from `page_words.yaml`: which lines are bars, feet and labels, not the paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.text import CELL_MARK, unify
from assistant.yaml_file import read_yaml
from ingest.dates import DATE, parse_date
from ingest.numbering import numbering, offices_in
from ingest.readers.pdf_text import Segment

_FILE = Path(__file__).parent.parent / "page_words.yaml"
_SIGNS = r"[\s　|｜/\\>»›·•,，、:：;；()（）\[\]【】<>《》“”\"'+\-—_.。…↑↓×✕]"
# What sites append to a page's title: its own name.
_SITE = re.compile(
    r"\s*(?:[_|｜]|\s-\s|-|—|–)\s*[^-_|｜—–]*(?:网|政府|门户|平台|公开|局|委员会|委|厅|频道|栏目|南方\+|中心|新闻|办公室|专栏)[^-_|｜—–）)]*$"
)
_HEADING = 16  # characters of a list's heading
_MOST = 160  # characters; a longer line is no bar, whatever it holds


class PageWords:
    """What page_words.yaml says, made ready for lines."""

    def __init__(self, words: dict[str, Any]) -> None:
        self.meta: dict[str, list[str]] = words["meta"]
        self.portals = frozenset(words["portals"])
        self._lapsed = re.compile("|".join(words["lapsed"]))
        self._field_of = {label: field for field, labels in words["labels"].items() for label in labels}
        spaced = sorted(self._field_of, key=len, reverse=True)
        any_label = "|".join(r"\s*".join(label) for label in spaced)
        self._media = re.compile("|".join(map(re.escape, words["media"])))
        self._label = re.compile(rf"(?:(?<=[\s　|｜;；【\[（(])|^)({any_label})\s*[:：]\s*")
        self._inside = re.compile(rf"({'|'.join(spaced)})[:：]")
        self._bare_label = re.compile(rf"({any_label})\s*[:：]?")
        controls = "|".join(re.escape(w) for w in sorted(words["controls"], key=len, reverse=True))
        self._bar = re.compile(rf"(?:{controls}|{_SIGNS}|{DATE}|\d{{1,2}}:\d\d(?::\d\d)?|\d++)*+", re.I)
        self._position = re.compile(rf"[【\[（(]?(?:{'|'.join(words['positions'])})\s*[:：>]")
        self._below = re.compile(rf"[【\[（(●■◆·]*(?:{'|'.join(words['below'])})")
        self._heads_list = re.compile("|".join(map(re.escape, words["heads_lists"])))
        self._only_figures = re.compile(rf"(?:{_SIGNS}|{DATE}|\d{{1,2}}:\d\d(?::\d\d)?|\d++)*+")
        self._surely = re.compile("|".join(map(re.escape, words["footer_surely"])))
        self._footer = re.compile("|".join(map(re.escape, words["footer"])))
        self.next_page = frozenset(words["next_page"])

    def pairs(self, line: str) -> list[tuple[str, str]]:
        """(field, value) of each label in a line of labels; empty when the line begins otherwise."""
        if len(line) > _MOST:
            return []
        line = unify(line).strip(" 　【】[]()（）|｜")
        found: list[tuple[str, str]] = []
        if day := re.match(rf"({DATE})(?:\s*\d{{1,2}}:\d\d(?::\d\d)?)?\s+(?=\D)", line):
            found.append(("published_on", day[1]))
            line = line[day.end() :]
        hits = list(self._label.finditer(line))
        if not hits or hits[0].start() > 0:
            return []
        ends = [*(h.start() for h in hits[1:]), len(line)]
        for hit, end in zip(hits, ends, strict=True):
            value = line[hit.end() : end].strip(" 　|｜；;【】[]，,")
            found.append((self._field_of["".join(hit[1].split())], value))
        return found

    def _row_pairs(self, row: str) -> list[tuple[str, str]]:
        """The same of a table's row whose columns are mostly labels: 索引号：…｜文号：…｜成文日期：…."""
        cells = [cell.partition("：") for cell in row.split(CELL_MARK)]
        found = [
            (self._field_of["".join(name.split())], value)
            for name, _, value in cells
            if "".join(name.split()) in self._field_of
        ]
        return found if len(found) >= max(3, len(cells) / 2) else []

    def field_of(self, line: str) -> str | None:
        """The field of a line that is a label and nothing else."""
        found = self._bare_label.fullmatch(unify(line).strip())
        return self._field_of["".join(found[1].split())] if found else None

    def is_label(self, line: str) -> bool:
        """Whether a line is a label or begins with one."""
        return bool(self.pairs(line)) or self.field_of(line) is not None

    def labels_in(self, row: Sequence[Segment]) -> list[tuple[str, float, float]]:
        """(field, left edge, left edge of what follows) of the labels with a colon in a row of a page."""
        chars = [char for segment in row for char in segment.chars]
        text = unify("".join(char.text for char in chars))
        found = []
        for hit in self._inside.finditer(text):
            before, start = (chars[hit.start() - 1] if hit.start() else None), chars[hit.start()]
            if before is None or start.x0 - before.x1 > 0.25 * start.size:
                after = chars[hit.end() - 1].x1
                found.append((self._field_of[hit[1]], start.x0, after))
        return found

    def is_bar(self, line: str) -> bool:
        """Whether a line is a bar (大 中 小 打印 分享到…), a place on the site or a foot, not of the paper."""
        if len(line) <= _MOST and self._bar.fullmatch(line):
            return not self._only_figures.fullmatch(line) or not re.search(r"\w", line)
        return bool(self._position.match(line) or self.is_foot(line))

    def is_foot(self, line: str) -> bool:
        """Whether a line belongs to the foot of the site."""
        if len(line) > 3 * _MOST:
            return False
        said = set(self._footer.findall(line))
        is_prose = bool(re.search("[。；]", line))
        return bool(self._surely.search(line)) or len(said) > 1 or (bool(said) and not is_prose)

    def ends_paper(self, line: str) -> bool:
        """Whether a line heads what follows the paper (相关阅读, 上一篇)."""
        return len(line) <= _MOST and bool(self._below.match(line))

    def heads_a_list(self, line: str) -> bool:
        """Whether a line heads a list or a box of the site's own: 相关阅读, 37条评论, 点击排行."""
        short = len(line) <= _HEADING and line[-1:] not in "。；，"
        return short and numbering(line) is None and bool(self._heads_list.search(line))

    def is_media(self, name: str) -> bool:
        """Whether a page's source is a paper or a station: what it carries is a report."""
        return bool(self._media.search(name))

    def says_lapsed(self, value: str) -> bool:
        """Whether a status says that the paper no longer holds."""
        return bool(self._lapsed.search(value))


@lru_cache(maxsize=1)
def page_words() -> PageWords:
    """The words, read once."""
    return PageWords(read_yaml(_FILE))


def note_label(found: dict[str, Any], field: str, value: str) -> None:
    """Keep what a label says where it can be what the label names."""
    words = page_words()
    value = value.strip(" 　:：")
    if not value:
        return
    if field in ("written_on", "published_on", "sent_on", "effective_from", "effective_to"):
        day = re.search(DATE, value)
        parsed = parse_date(day[0]) if day else None
        if parsed:
            found.setdefault(field, parsed.isoformat())
    elif field == "status":
        if words.says_lapsed(value):
            found["lapsed"] = True
    elif field == "source":
        if value not in words.portals and offices_in(value):
            found.setdefault("source", value)
        elif words.is_media(value):
            found.setdefault("reported_by", value)
    elif field == "document_number":
        if re.search(r"\d", value) and len(value) <= 40:
            found.setdefault(field, "".join(value.split()))
    elif field == "issuer":
        if value not in words.portals and 2 <= len(value) <= 120:
            found.setdefault(field, value)
    elif field == "subject":
        if len(value) <= 40:
            found.setdefault(field, value)
    elif field in ("title", "site") and len(value) >= 4:
        found.setdefault(field, value)


def without_site(title: str) -> str:
    """A page's title without the name of its site."""
    while len(title) <= _MOST and title != (shorter := _SITE.sub("", title)) and len(shorter) >= 4:
        title = shorter
    return title
