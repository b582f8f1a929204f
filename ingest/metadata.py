"""`Reading → DocumentHead` with evidence: staff say first, then the file, then its text; unknown stays unknown."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assistant.errors import SourceError
from assistant.models import DocumentHead, Evidence, Kind
from assistant.text import simplify
from ingest.patterns import Found, found_in, settle_dates
from ingest.reading import Reading
from ingest.sources import SourceFile

_UNSAFE = re.compile(r"[\s/\\?#%&:*\"<>|]+")
# The first that occurs in a title names its kind; drafts and interpretations quote the kind they speak of.
_KIND_WORDS = (
    (Kind.DRAFT, ("征求意见稿", "草案", "公开征求")),
    (Kind.INTERPRETATION, ("解读", "一图读懂", "政策问答", "常见问题")),
    (Kind.NOTICE, ("公示", "名单", "结果公布")),
    (Kind.PROCEDURE, ("操作规程", "实施细则", "操作指引", "操作细则")),
    (
        Kind.GUIDE,
        ("申请指南", "申报指南", "申领指南", "办事指南", "实施指南", "申报工作", "申报通知", "受理通知"),
    ),
    (Kind.POLICY, ("措施", "意见", "方案", "计划", "办法", "规定", "条例", "政策")),
)
_NEWS = re.compile(
    r"(?:本报|本网|本台|通讯员)[\u4e00-\u9fff\s]{0,12}(?:讯|报道|从)"
    r"|记者[\u4e00-\u9fff\s\d]{0,14}(?:讯|报道|从|获悉|了解到)|[（(]记者"
)
_EDITED = re.compile(
    r"(?<!责任)编辑[:： ][\u4e00-\u9fff]{2,4}"
    r"|来源[:：]\s*[\u4e00-\u9fff]{0,8}(?:[日晚晨早时商]报|新闻网|晚刊|电视台|广播|融媒|新华社|客户端|在线)"
)
_LAW_FORM = re.compile(r"^第[一二三四五六七八九十]+条|[〔\[]20\d\d[〕\]]\s*\d+\s*号", re.M)
_CALL = re.compile(r"关于.{0,60}(?:申报|申请|征集|受理|兑现|报名).{0,30}(?:的)?(?:通知|公告|通告)$")
_RED_HEAD = re.compile(r"[\u4e00-\u9fff\s]{4,40}文件$")
_ABOUT = re.compile(r"《([^《》]{4,80})》")
_EDITION = re.compile(
    r"[（(](?:\d{4}年)?(?:修订版|修订|修正版|修正|新版)[）)]|[（(]20\d\d年(?:版|修订版)?[）)]"
)
_DRAFT_MARK = re.compile(r"[（(](?:公开)?(?:征求意见稿|草案)[^）)]{0,6}[）)]")
_REGION = re.compile(
    r"((?:[\u4e00-\u9fff]{2,3}省)?[\u4e00-\u9fff]{2,4}市(?:[\u4e00-\u9fff]{1,4}(?:新区|区|县|镇))?"
    r"|[\u4e00-\u9fff]{2,3}(?:省|自治区)"
    r"|[\u4e00-\u9fff]{2,6}?(?<!园)(?<!示范)(?<!社)(?<!小)(?<!专)(?<!片)(?:高新区|经开区|开发区|新区|合作区|区|县|镇|街道))"
)
_LEADING = re.compile(r"^(?:关于)?(?:印发)?《?")
_LAW = ("effective_from", "effective_to", "repeals", "document_number", "implements", "written_on")
# News and interpretations state the dates of the paper they speak of; a draft has no force yet.
_NOT_ITS_OWN = {Kind.NEWS: _LAW, Kind.INTERPRETATION: _LAW, Kind.DRAFT: _LAW[:3]}
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
    """(head, evidence); raises SourceError when a declared value is unusable."""
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
        where = ".".join(str(part) for part in first["loc"])
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
                raise SourceError(f"元数据 {name} 的“{value}”不是日期：请写成 2026-01-31 的样子。") from error
    return fixed


def _read(
    reading: Reading, text: str, file: SourceFile, given: list[tuple[str, dict[str, Any]]]
) -> Iterator[Found]:
    stated = {name: value for _, layer in given for name, value in layer.items()}
    title, start = (str(stated["title"]), -1) if stated.get("title") else _title(reading, text, file)
    yield Found("title", title, start, start + len(title) if start >= 0 else -1, "medium")
    about = list(_of_title(title, text))
    yield from about
    kind = stated.get("kind") or next((f.value for f in about if f.field == "kind"), None)
    speaks_of_others = _NOT_ITS_OWN.get(Kind(kind) if kind in list(Kind) else Kind.OTHER, ())
    found = [f for f in found_in(text) if f.field not in speaks_of_others]
    yield from found
    issuer = stated.get("issuer") or next((f.value for f in found if f.field == "issuer"), "")
    for place, sure in ((title, "high"), (issuer, "medium")):
        if hit := _REGION.match(_LEADING.sub("", simplify(str(place)))):
            yield Found("region", hit[1], -1, -1, sure)  # type: ignore[arg-type]
            break


def _title(reading: Reading, text: str, file: SourceFile) -> tuple[str, int]:
    """The first heading; else the first line when it can be one; else the file's name."""
    for block in reading.blocks[:6]:
        if block.level == 1:
            return block.text, text.find(block.text)
    blocks = [b for b in reading.blocks[:4] if not _RED_HEAD.fullmatch(b.text)] or list(reading.blocks[:1])
    about = next((b.text for b in blocks[:3] if b.text.startswith("关于") or "关于印发" in b.text), None)
    first = about if about and len(about) <= 120 else blocks[0].text
    if 3 <= len(first) <= 120 and first[-1] not in "。；：":
        return first, text.find(first)
    return Path(file.name).stem, -1


def _of_title(title: str, text: str) -> Iterator[Found]:
    """Kind and relations that a title tells."""
    title = simplify(title)
    kind = next((k for k, words in _KIND_WORDS if any(w in title for w in words)), None)
    if kind in (None, Kind.POLICY) and _CALL.search(title) and "《" not in title:
        kind = Kind.GUIDE
    news = _NEWS.search(text) or (None if _LAW_FORM.search(text) else _EDITED.search(text))
    if news and kind not in (Kind.DRAFT, Kind.INTERPRETATION):
        yield Found("kind", Kind.NEWS, *news.span(), "medium")
    elif kind:
        yield Found("kind", kind, -1, -1, "high" if kind is not Kind.POLICY else "medium")
    inner = _ABOUT.search(title)
    about = inner[1] if inner else title
    if kind is Kind.INTERPRETATION:
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
        if one.field in seen:
            continue
        if one.field not in _LIST_FIELDS:
            seen.add(one.field)
        placed = one.start >= 0
        yield Evidence(
            field=one.field,
            value=str(one.value if one.field in _LIST_FIELDS else getattr(head, one.field)),
            source="text" if placed else "title",
            confidence=one.confidence,
            start=one.start if placed else None,
            end=one.end if placed else None,
        )
