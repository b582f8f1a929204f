"""`Reading → DocumentHead`: what the file declares, else what its text plainly says; unknown stays unknown."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assistant.errors import SourceError
from assistant.models import Confidence, DocumentHead, Kind
from ingest.reading import Reading
from ingest.sources import SourceFile

_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,10}[〔\[（(]20\d\d[〕\]）)]\s*\d+\s*号")
_UNSAFE = re.compile(r"[\s/\\?#%&:*\"<>|]+")
# The first that occurs in a title names its kind; drafts and interpretations quote the kind they speak of.
_KIND_WORDS = (
    (Kind.DRAFT, ("征求意见稿", "草案")),
    (Kind.INTERPRETATION, ("解读", "一图读懂", "问答")),
    (Kind.PROCEDURE, ("操作规程", "实施细则", "管理办法")),
    (Kind.GUIDE, ("申请指南", "申报指南", "申报通知", "实施指南")),
    (Kind.NOTICE, ("公示", "名单")),
    (Kind.POLICY, ("措施", "意见", "方案", "计划", "办法", "规定", "条例")),
)


def document_id(source: str, declared: dict[str, Any]) -> str:
    """A lasting id that shows the file's name: samples use their own, others the name and a short hash."""
    if source.startswith("sample:") and declared.get("id"):
        return str(declared["id"])
    stem = _UNSAFE.sub("-", Path(source).stem).strip("-")[:80]
    return f"{stem}-{hashlib.sha256(source.encode()).hexdigest()[:6]}"


def document_head(reading: Reading, id: str, file: SourceFile) -> DocumentHead:
    """The head of a document; raises SourceError when a declared value is unusable."""
    declared = {k: v for k, v in reading.declared.items() if k != "id" and v is not None}
    title = str(declared.pop("title", "") or _title(reading, file))
    known: dict[str, Any] = {"kind": _kind(title), "document_number": _number(reading), **declared}
    if "kind" not in declared and not file.sample:
        known["confidence"] = declared.get("confidence", Confidence.UNVERIFIED)
    try:
        return DocumentHead.model_validate({"id": id, "title": title, "sample": file.sample, **known})
    except ValidationError as error:
        first = error.errors()[0]
        raise SourceError(
            f"元数据 {first['loc'][0]} 不可用（{first['msg']}）：请改正文件开头的元数据。"
        ) from error


def _title(reading: Reading, file: SourceFile) -> str:
    for block in reading.blocks[:5]:
        if block.level == 1:
            return block.text
    first = reading.blocks[0].text
    return first if 4 <= len(first) <= 80 and first[-1] not in "。；" else file.path.stem


def _kind(title: str) -> Kind:
    return next((kind for kind, words in _KIND_WORDS if any(w in title for w in words)), Kind.OTHER)


def _number(reading: Reading) -> str | None:
    """The paper's own number stands near its top, alone in its line."""
    for block in reading.blocks[:8]:
        if found := _NUMBER.fullmatch(block.text.strip()):
            return found[0]
    return None
