"""What a person wrote down from the pages: one `Paper` a file, and the verdict on what was read instead."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from assistant.errors import InputError
from assistant.models import Document, Kind
from assistant.yaml_file import read_yaml
from eval.real.alignment import compact

TRUTH = Path(__file__).parent / "papers.yaml"
UNKNOWN = "unknown"
Verdict = Literal["right", "missing", "wrong", "invented"]
VERDICTS: tuple[Verdict, ...] = ("right", "missing", "wrong", "invented")
SCALARS = (
    "title", "document_number", "written_on", "published_on", "effective_from", "effective_to",
    "region", "kind", "window_from", "window_to",
)  # fmt: skip
FIELDS = ("title", "issuer", *SCALARS[1:6], "repeals", *SCALARS[6:], "attachments")


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


Said = Annotated[str | None, BeforeValidator(_written)]
Edge = Annotated[str, Field(min_length=10)]


class Paper(BaseModel):
    """The truth about one file; alternatives are parted by `|`, None means that the paper does not say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    issuer: tuple[str, ...]
    document_number: Said
    written_on: Said
    published_on: Said
    effective_from: Said
    effective_to: Said
    repeals: tuple[str, ...]
    region: Said
    kind: str
    window_from: Said
    window_to: Said
    first: Edge
    last: Edge
    without: tuple[tuple[str, str], ...] = ()
    attachments: tuple[str, ...] = ()
    index_page: bool = False

    def head_words(self) -> list[str]:
        """Compact words of the paper's head, which may stand in its text beside the body, the longest first."""
        said = [self.title, *self.issuer, self.document_number or "", *self.attachments]
        told = [day for said_on in (self.written_on, self.published_on) for day in (said_on or "").split("|")]
        days = [date.fromisoformat(day) for day in told if day and day != UNKNOWN]
        said += [f"{d}|{d.year}年{d.month}月{d.day}日|{d:%Y年%m月%d日}" for d in days]
        words = {compact(word) for entry in said for word in entry.split("|") if word != UNKNOWN}
        return sorted(words - {""}, key=len, reverse=True)


def load_papers(path: Path) -> dict[str, Paper]:
    """The truth of each file by its name; raises InputError that says which entry is unfit."""
    try:
        return TypeAdapter(dict[str, Paper]).validate_python(read_yaml(path))
    except ValidationError as error:
        first = error.errors()[0]
        place = "、".join(str(part) for part in first["loc"])
        raise InputError(
            f"{path} 的 {place} 不合格（{first['msg']}）：请照随附的 papers.yaml 写。"
        ) from error


class Judged(BaseModel):
    """A field of one file: what it should be, what was read, and the verdict."""

    model_config = ConfigDict(frozen=True)

    field: str
    wanted: str
    given: str
    verdict: Verdict


def judge(paper: Paper, document: Document) -> list[Judged]:
    """Every field of a document's head against the truth, then whether the attachments are named in its text."""
    head = document.head
    judged = [
        _judged("issuer", paper.issuer, head.issuer or "", _names(paper.issuer, head.issuer)),
        _judged("repeals", paper.repeals, head.repeals, _titles(paper.repeals, head.repeals)),
    ]
    for field in SCALARS:
        wanted, value = getattr(paper, field), getattr(head, field)
        given = None if value is None or value is Kind.OTHER else str(value)
        verdict = _scalar(wanted, given)
        if value is Kind.OTHER and str(Kind.OTHER) in wanted.split("|"):
            verdict = "right"
        judged.append(_judged(field, wanted, str(value) if value is not None else "", verdict))
    if paper.attachments:
        text = compact(document.text)
        named = [name for name in paper.attachments if any(compact(one) in text for one in name.split("|"))]
        verdict = "right" if len(named) == len(paper.attachments) else "wrong" if named else "missing"
        judged.append(_judged("attachments", paper.attachments, named, verdict))
    return sorted(judged, key=lambda j: FIELDS.index(j.field))


def _judged(field: str, wanted: Any, given: Any, verdict: Verdict) -> Judged:
    def shown(value: Any) -> str:
        return "；".join(value) if isinstance(value, tuple | list) else value or ""

    return Judged(field=field, wanted=shown(wanted), given=shown(given), verdict=verdict)


def _scalar(wanted: str | None, given: str | None) -> Verdict:
    if wanted is None:
        return "right" if given is None else "invented"
    alternatives = wanted.split("|")
    if given is None:
        return "right" if UNKNOWN in alternatives else "missing"
    return "right" if compact(given) in {compact(a) for a in alternatives} else "wrong"


def _names(wanted: tuple[str, ...], given: str | None) -> Verdict:
    """Offices told in one line: every one that must be there, and nothing left over once they are struck out."""
    must = [entry for entry in wanted if UNKNOWN not in entry.split("|")]
    if not given:
        return "missing" if must else "right"
    if not wanted:
        return "invented"
    rest, found = compact(given), set[str]()
    spellings = [(compact(a), entry) for entry in wanted for a in entry.split("|") if a != UNKNOWN]
    for spelling, entry in sorted(spellings, key=lambda pair: -len(pair[0])):
        if spelling in rest:
            rest = rest.replace(spelling, "\0")
            found.add(entry)
    return "right" if not rest.strip("\0") and found.issuperset(must) else "wrong"


def _titles(wanted: tuple[str, ...], given: tuple[str, ...]) -> Verdict:
    """Titles in any order, each given as its name, its number or both."""
    if not given:
        return "missing" if wanted else "right"
    if not wanted:
        return "invented"
    told = [compact(g) for g in given]
    names = [{compact(a) for a in entry.split("|")} for entry in wanted]
    every = all(any(n in t for n in entry for t in told) for entry in names)
    only = all(any(n in t for entry in names for n in entry) for t in told)
    return "right" if every and only else "wrong"
