"""`Reading → DocumentHead` with evidence: staff say first, then the file, then its text; unknown stays unknown."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assistant.errors import SourceError
from assistant.models import DocumentHead, Evidence, Kind
from assistant.text import shortened, simplify, unify
from ingest.numbering import numbering, offices_in
from ingest.paper_words import paper_words
from ingest.patterns import Found, apart, found_in, number_in_title, plain_number, settle_dates
from ingest.places import place_at_start
from ingest.reading import Reading
from ingest.sources import SourceFile

_FIRST_WORDS = 600  # characters in which a report says that it is one
_PART_OF = re.compile(r"(《[^《》]{4,80}》)[\u4e00-\u9fff]{2,}的?(?:通知|公告|通告|函)$")
_LONGEST_TITLE = 300  # characters; a longer heading is a text marked as one
_UNSAFE = re.compile(r"[\s/\\?#%&:*\"<>|]+")
_NEWS = re.compile(
    r"(?:本报|本网|本台|通讯员)[\u4e00-\u9fff\s]{0,12}(?:讯|报道|从)"
    r"|记者[\u4e00-\u9fff\s\d]{0,14}(?:讯|报道|从|获悉|了解到)|[（(]记者"
)
_EDITED = re.compile(
    r"(?<!责任)编辑[:： ][\u4e00-\u9fff]{2,4}"
    r"|来源[:：]\s*[\u4e00-\u9fff]{0,8}(?:[日晚晨早时商]报|新闻网|晚刊|电视台|广播|融媒|新华社|客户端|在线)"
)
_LAW_FORM = re.compile(r"^第[一二三四五六七八九十]+条|[〔\[]20\d\d[〕\]]\s*\d+\s*号", re.M)
_OF_THE_STATE = re.compile(r"^国家[\u4e00-\u9fff]{1,10}?(?:总局|局|署)(?=[\u4e00-\u9fff])")
_RED_HEAD = re.compile(r"[\u4e00-\u9fff\s]{4,40}文件$")
_ABOUT = re.compile(r"《([^《》]{4,80})》")
_EDITION = re.compile(
    r"[（(](?:\d{4}年)?(?:修订版|修订|修正版|修正|新版)[）)]|[（(]20\d\d年(?:版|修订版)?[）)]"
)
_DRAFT_MARK = re.compile(r"[（(](?:公开)?(?:征求意见稿|草案)[^）)]{0,6}[）)]")
_LAW = ("effective_from", "effective_to", "repeals", "document_number", "implements", "written_on")
# News and interpretations state the dates of the paper they speak of; a draft has no force yet.
_NOT_ITS_OWN = {
    Kind.NEWS: (*_LAW, "issuer"),
    Kind.INTERPRETATION: _LAW,
    Kind.QUESTIONS: _LAW,
    Kind.DRAFT: _LAW[:3],
}
_FORCE = ("effective_from", "effective_to")
_LIST_FIELDS = (
    "repeals",
    "extends",
    "amends",
    "amended_articles",
    "implements",
    "supersedes",
    "interprets",
    "draft_of",
    "departments",
)


def document_id(source: str, declared: dict[str, Any]) -> str:
    """A lasting id that shows the file's name: samples use their own, others the name and a short hash."""
    if source.startswith("sample:") and declared.get("id"):
        return str(declared["id"])
    tail = re.split(r"[!/]", re.sub(r"[?#].*$", "", source).rstrip("/"))[-1] if "://" in source else source
    stem = _UNSAFE.sub("-", Path(tail.split("!")[-1]).stem).strip("-")[:80]
    return f"{stem}-{hashlib.sha256(source.encode()).hexdigest()[:6]}"


def document_head(
    reading: Reading, text: str, file: SourceFile, id: str
) -> tuple[DocumentHead, tuple[Evidence, ...]]:
    """(head, evidence); raises SourceError when a declared value is unusable.

    Patterns see the radicals that fonts of PDFs give (⻔) as the characters that they stand for; positions are the same.
    """
    text = unify(text)
    reading = replace(reading, blocks=tuple(replace(b, text=unify(b.text)) for b in reading.blocks[:8]))
    given = _given(reading, file)
    found = [] if file.sample else list(_read(reading, text, file, given))
    values: dict[str, Any] = {}
    for one in found:
        if one.field in _LIST_FIELDS:
            more = one.value if isinstance(one.value, tuple) else (one.value,)
            values[one.field] = tuple(dict.fromkeys((*values.get(one.field, ()), *more)))
        else:
            values.setdefault(one.field, one.value)
    stated = {name: value for _, layer in given for name, value in layer.items()}
    values = settle_dates({**values, **_as_dates(stated)})
    if reading.notes:
        values["notes"] = (*values.get("notes", ()), *reading.notes)
    try:
        head = DocumentHead.model_validate({"id": id, "sample": file.sample, **values})
    except ValidationError as error:
        first = error.errors()[0]
        where = shortened(".".join(str(part) for part in first["loc"]))
        raise SourceError(
            f"元数据 {where} 不可用（{first['msg']}）：请改正文件开头或 .meta.yaml。"
        ) from error
    return head, tuple(_evidence(head, given, found))


def _given(reading: Reading, file: SourceFile) -> list[tuple[str, dict[str, Any]]]:
    """(source, values) from the weakest to the strongest: the page, the file's own head, staff."""
    layers = [("declared", reading.declared), ("declared", file.declared), ("staff", file.overrides)]
    return [(s, {k: v for k, v in layer.items() if k != "id" and v is not None}) for s, layer in layers]


def _as_dates(values: dict[str, Any]) -> dict[str, Any]:
    fixed = dict(values)
    for name in ("written_on", "published_on", "effective_from", "effective_to", "window_from", "window_to"):
        if isinstance(value := fixed.get(name), str):
            try:
                fixed[name] = date.fromisoformat(value[:10])
            except ValueError as error:
                raise SourceError(
                    f"元数据 {name} 的“{shortened(value)}”不是日期：请写成 2026-01-31 的样子。"
                ) from error
    return fixed


def _read(
    reading: Reading, text: str, file: SourceFile, given: list[tuple[str, dict[str, Any]]]
) -> Iterator[Found]:
    """What is found, the most to be believed first: the paper's text, then its title, then the page around it."""
    stated = {name: value for _, layer in given for name, value in layer.items()}
    page = dict(_from_page(reading.page))
    if stated.get("title"):
        title, start, end = str(stated["title"]), -1, -1
    else:
        title, start, end = _title(reading, text, file)
    yield Found("title", title, start, end, "medium")
    about = list(_of_title(title, text, "reported_by" in reading.page))
    yield from about
    kind = stated.get("kind") or next((f.value for f in about if f.field == "kind"), None)
    speaks_of_others = _NOT_ITS_OWN.get(Kind(kind) if kind in list(Kind) else Kind.OTHER, ())
    found = [f for f in found_in(text) if f.field not in speaks_of_others]
    if "written_on" in page and "written_on" not in speaks_of_others:
        yield Found("written_on", page["written_on"], -1, -1, "high", "page")
    for one in found:
        # A day that the page gives is surer than one counted from a day that the paper does not name.
        if one.field in _FORCE and isinstance(one.value, str) and one.field in page:
            yield Found(one.field, page[one.field], -1, -1, "high", "page")
        yield one
    if number := number_in_title(title) or number_in_title(str(reading.page.get("called") or "")):
        yield Found("document_number", number, -1, -1, "medium", "title")
    leading = _issuer_of_title(title)
    if leading:
        yield Found("issuer", leading, -1, -1, "medium", "title")
    for name, value in page.items():
        yield Found("issuer" if name == "source" else name, value, -1, -1, "medium", "page")
    named = stated.get("issuer") or next((f.value for f in found if f.field == "issuer"), "") or leading
    issuer = str(named or page.get("issuer") or page.get("source") or "")
    yield from _region(title, issuer, str(reading.page.get("site") or ""))


def _from_page(page: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a page's labels say, dates as days; its title is judged with the others, a portal is no issuer."""
    for name, value in page.items():
        if name in ("written_on", "published_on", "effective_from", "effective_to"):
            yield name, date.fromisoformat(value)
        elif name == "document_number":
            yield name, plain_number(value)
        elif name == "issuer":
            yield name, " ".join(n for n in re.split(r"[\s,，;；、]+", value) if n)
        elif name in ("subject", "lapsed", "source"):
            yield name, value


def _issuer_of_title(title: str) -> str | None:
    """The offices that a title begins with: 云溪县财政局关于…; 等9部门 says that there are more than it names."""
    said = re.match(r"(.{3,100}?)(?:等\d+部门)?(?:关于|印发|转发|公布|发布)", simplify(title))
    offices = offices_in(said[1]) if said else []
    return " ".join(apart(offices)) if offices else None


def _region(title: str, issuer: str, site: str) -> Iterator[Found]:
    """The place of the title, else of the issuer, else of the site; the longer name where one ends in the other."""
    parts = re.split(r"[！，。：:|\s]", simplify(title))
    first = next((place for part in parts if (place := place_at_start(part))), None)
    said_by = (
        issuer,
        _OF_THE_STATE.sub("", issuer),
        site,
    )  # 国家能源局江苏监管办公室 is the state's office in 江苏
    others = [place for said in said_by if (place := place_at_start(simplify(said)))]
    if first:
        longer = next((place for place in others if place.endswith(first)), first)
        yield Found("region", longer, -1, -1, "high", "title")
    elif others:
        yield Found(
            "region", others[0], -1, -1, "medium", "title" if place_at_start(simplify(issuer)) else "page"
        )


def _title(reading: Reading, text: str, file: SourceFile) -> tuple[str, int, int]:
    """(title, start, end): the first heading, else first lines that can be one, else the page's title, else the file's name."""
    for block in reading.blocks[:6]:
        if block.level == 1 and len(block.text) <= _LONGEST_TITLE:
            start = text.find(block.text)
            return block.text, start, start + len(block.text)
    blocks = [b for b in reading.blocks[:8] if not _RED_HEAD.fullmatch(b.text)] or list(reading.blocks[:1])
    lines = [b.text for b in blocks if not b.is_row]
    for first in range(min(4, len(lines))):
        for many in (1, 2, 3):
            if title := _joined_title(lines[first : first + many]):
                start = text.find(lines[first])
                end = text.find(lines[first + many - 1], start) + len(lines[first + many - 1])
                return title, start, end
    if reading.page.get("title"):
        return str(reading.page["title"]), -1, -1
    first_line = lines[0] if lines else ""
    if 3 <= len(first_line) <= 120 and first_line[-1] not in "。；：":
        start = text.find(first_line)
        return first_line, start, start + len(first_line)
    return Path(file.name).stem, -1, -1


def _joined_title(lines: list[str]) -> str | None:
    """Lines that together are a title: short, no sentence, ending as titles end, none of them ending so before."""
    ends = paper_words().title_ends
    if not lines or any(not 2 <= len(line) <= 80 or line[-1] in "。；：，！" for line in lines):
        return None
    if any(re.search(r"[〔\[（(［]\s*20\d\d.{0,3}[〕\]）)］].{0,8}号$", line) for line in lines):
        return None
    plain = [re.sub(r"[（(][^（）()]{1,20}[）)]$", "", line).rstrip('》”"') for line in lines]
    if not plain[-1].endswith(ends) or any(p.endswith(ends) for p in plain[:-1]):
        return None
    joined = "".join(lines)
    return joined if 5 <= len(joined) <= 150 and not numbering(lines[0]) else None


def _of_title(title: str, text: str, is_reported: bool) -> Iterator[Found]:
    """Kind and relations that a title tells."""
    title = simplify(title)
    kind = _kind_of(title)
    news = _NEWS.search(text) or (None if _LAW_FORM.search(text) else _EDITED.search(text))
    if news is None and kind in (None, Kind.POLICY):
        news = _told_by_others(title, text)
    if (news or is_reported) and kind not in (Kind.DRAFT, Kind.INTERPRETATION, Kind.QUESTIONS):
        yield Found("kind", Kind.NEWS, *(news.span() if news else (-1, -1)), "medium")
    elif kind:
        yield Found("kind", kind, -1, -1, "high" if kind is not Kind.POLICY else "medium")
    inner = _ABOUT.search(title)
    about = inner[1] if inner else title
    if kind in (Kind.INTERPRETATION, Kind.QUESTIONS):
        subject = (
            inner[1]
            if inner
            else re.sub(r"的?(?:政策)?(?:解读|一图读懂|政策问答|常见问题).*$|^一图读懂[：:]?", "", title)
        )
        if len(subject) >= 6:
            yield Found("interprets", subject, -1, -1)
    elif kind is Kind.DRAFT:
        yield Found("draft_of", _DRAFT_MARK.sub("", about), -1, -1, "medium")
    elif re.search("修订|修正|新版", title) and (base := _EDITION.sub("", about)) != about:
        yield Found("supersedes", base, -1, -1, "medium")


def _told_by_others(title: str, text: str) -> re.Match[str] | None:
    """The word of a report in a text that is no paper: its title ends as no paper's, it is to nobody and has no articles."""
    words = paper_words()
    if title.endswith((*words.notices, *words.announcements)) or _LAW_FORM.search(text):
        return None
    return re.search("|".join(words.reports), text[:_FIRST_WORDS])


def _kind_of(title: str) -> Kind | None:
    """The kind whose words a title says; of a paper quoted in it only where the title is about the whole of that paper."""
    words = paper_words()
    title = re.sub(r"(?:[（(][^（）()]{1,12}[）)])+$", "", title) if "稿" not in title[-8:] else title
    if part := _PART_OF.search(title):  # 关于印发《…实施细则》补充条款的通知
        title = title[: part.start()] + title[part.end(1) :]
    kind = next((k for k, said in words.kinds.items() if any(w in title for w in said)), None)
    if (
        kind is Kind.POLICY
        and re.search("[，。！]", _ABOUT.sub("", title))
        and not title.endswith(words.title_ends)
    ):
        kind = None  # a sentence in which the word stands: 某地优化调控措施，满足需求
    can_be_call = kind in (None, Kind.POLICY, Kind.LIST) and "《" not in title
    if can_be_call and title.endswith(words.calls.as_) and any(w in title for w in words.calls.for_):
        return Kind.GUIDE
    if kind is None and title.endswith(words.announcements):
        return Kind.ANNOUNCEMENT
    return Kind.POLICY if kind is None and title.endswith(words.notices) else kind


def _evidence(
    head: DocumentHead, given: list[tuple[str, dict[str, Any]]], found: list[Found]
) -> Iterator[Evidence]:
    said = {name: source for source, layer in given for name in layer}
    for name, source in said.items():
        yield Evidence(
            field=name,
            value=str(getattr(head, name, "")),
            source="staff" if source == "staff" else "declared",
            confidence="high",
        )
    seen = set(said)
    for one in found:
        if one.field in seen or one.field not in DocumentHead.model_fields:
            continue
        if one.field not in _LIST_FIELDS:
            seen.add(one.field)
        placed = one.start >= 0
        yield Evidence(
            field=one.field,
            value=str(one.value if one.field in _LIST_FIELDS else getattr(head, one.field)),
            source="page" if one.source == "page" else "text" if placed else "title",
            confidence=one.confidence,
            start=one.start if placed else None,
            end=one.end if placed else None,
        )
