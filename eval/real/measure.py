"""`Papers folder + truth → Measured` for each file: read or not, how much was kept, which fields are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from assistant.errors import SourceError
from assistant.models import Document
from eval.real.alignment import Compacted, align, compacted
from eval.real.truth import VERDICTS, Judged, Paper, Verdict, judge
from eval.real.visible import Renderer, body, page_text, print_text
from ingest.read import read_document
from ingest.reading import Limits
from ingest.sources import SUFFIXES, SourceFile

_PAGES = (".html", ".htm")
_SHOWN = 3  # of the longest stretches lost or foreign
_NOTICED = 8  # characters of a stretch worth showing


class Measured(BaseModel):
    """One file: why it failed, if so; shares from 0 to 1, characters counted without white space and punctuation."""

    model_config = ConfigDict(frozen=True)

    name: str
    failed: str | None = None
    kept: float | None = None
    unmeasured: str | None = None
    characters: int = 0
    foreign: int = 0
    lost_most: tuple[str, ...] = ()
    foreign_most: tuple[str, ...] = ()
    fields: tuple[Judged, ...] = ()
    excused: bool = False

    def count(self, verdict: Verdict) -> int:
        """How many fields have the verdict."""
        return sum(j.verdict == verdict for j in self.fields)


def paper_files(folder: Path) -> list[Path]:
    """The readable files of a folder, by name."""
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)


def measure(folder: Path, papers: dict[str, Paper], renderer: Renderer | None) -> Iterator[Measured]:
    """Read each file of a folder that the truth knows, and measure what came of it."""
    for path in paper_files(folder):
        if path.name in papers:
            yield measure_file(path, papers[path.name], renderer)


def measure_file(path: Path, paper: Paper, renderer: Renderer | None) -> Measured:
    """Read one file and measure it; a file that fails has no fields, and its fields are missing in the totals."""
    limits, file = Limits(), SourceFile(str(path), path)
    try:
        document = read_document(file, file.read_bytes(limits), limits=limits)
    except SourceError as error:
        return Measured(name=path.name, failed=str(error), excused=paper.index_page)
    seen, why = visible_body(path, paper, renderer)
    judged = tuple(judge(paper, document))
    if seen is None:
        return Measured(name=path.name, fields=judged, unmeasured=why)
    return _kept(path.name, seen, document, paper).model_copy(update={"fields": judged})


def visible_body(path: Path, paper: Paper, renderer: Renderer | None) -> tuple[Compacted | None, str | None]:
    """The paper's compact body as a person sees it, or why it cannot be had."""
    suffix = path.suffix.lower()
    if suffix in _PAGES:
        if renderer is None:
            return None, "没有 Chromium：装好 chromium 和 playwright 再量"
        text = page_text(path, paper, renderer)
    elif suffix == ".pdf":
        text = print_text(path)
    else:
        return None, f"没有另一种办法读 {suffix} 文件"
    seen = body(text, paper)
    return seen, None if seen is not None else "真值里的 first 或 last 不在页面上：请核对 papers.yaml"


def _kept(name: str, seen: Compacted, document: Document, paper: Paper) -> Measured:
    alignment = align(seen, compacted(document.text))
    foreign = [rest for run in alignment.foreign() if (rest := _struck(run, paper.head_words()))]
    return Measured(
        name=name,
        kept=alignment.kept,
        characters=len(seen.text),
        foreign=sum(map(len, foreign)),
        lost_most=_longest(alignment.lost()),
        foreign_most=_longest(foreign),
    )


def _struck(run: str, words: list[str]) -> str:
    """A stretch without the words of the paper's head."""
    for word in words:
        run = run.replace(word, "")
    return run


def _longest(runs: list[str]) -> tuple[str, ...]:
    told = sorted((run for run in runs if len(run) >= _NOTICED), key=len, reverse=True)
    return tuple(told[:_SHOWN])


class Totals(BaseModel):
    """Over a folder: files read, the share kept at the mean and at the worst, fields by verdict and by name."""

    model_config = ConfigDict(frozen=True)

    files: int
    read: int
    kept_mean: float | None
    kept_least: float | None
    foreign: int
    verdicts: dict[Verdict, int]
    by_field: dict[str, dict[Verdict, int]]

    @property
    def judged(self) -> int:
        """How many fields have a truth."""
        return sum(self.verdicts.values())

    @property
    def right(self) -> float:
        """The share of fields that are right, those that must be unknown among them."""
        return self.verdicts["right"] / self.judged if self.judged else 0.0


def total(measured: list[Measured], fields: tuple[str, ...]) -> Totals:
    """Sum up; every field of a file that failed counts as missing, unless turning it away was right."""
    shares = [m.kept for m in measured if m.kept is not None]
    by_field: dict[str, Counter[Verdict]] = {field: Counter() for field in fields}
    for one in measured:
        if one.failed is not None and not one.excused:
            for field in fields:
                by_field[field]["missing"] += 1
        for judged in one.fields:
            by_field[judged.field][judged.verdict] += 1
    counted = {field: {v: counts[v] for v in VERDICTS} for field, counts in by_field.items()}
    return Totals(
        files=len(measured),
        read=sum(m.failed is None for m in measured),
        kept_mean=sum(shares) / len(shares) if shares else None,
        kept_least=min(shares, default=None),
        foreign=sum(m.foreign for m in measured),
        verdicts={v: sum(counts[v] for counts in counted.values()) for v in VERDICTS},
        by_field=counted,
    )
