"""What a draft of a programme leaves open: figures of its clauses that none of its fields carries, remarks, rates unknown."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from assistant.models import Document
from assistant.programmes.quotes import Reader, span_of
from assistant.programmes.schema import Benefit, Programme, Revision
from assistant.values import Value, money_in, normalise, percents_in

_AROUND = 14  # characters shown before a figure
# The words of a benefit repeat its clause and compute nothing; of a rule in words they are all there is.
_NO_CARRIERS = {"sources", "id", "title", "title_en", "aliases", "audience", "audience_en", "documents"}


def open_points(programme: Programme, written: str, document: Reader) -> list[str]:
    """What a person must settle or knowingly leave out before the draft is used, in words; nothing when all is carried."""
    points = [line.lstrip("# ").strip() for line in written.splitlines() if line.startswith("#")]
    for revision in programme.revisions:
        points += [f"{b.zh}：没有比例，算不出金额" for b in revision.benefits if _is_unknown(b)]
        points += _lost(revision, document)
    return list(dict.fromkeys(point for point in points if point))


def _is_unknown(benefit: Benefit) -> bool:
    return benefit.rate is None and benefit.amount is None and not benefit.tiers


def _lost(revision: Revision, document: Reader) -> Iterator[str]:
    """The sums and percentages of the clauses that are not among the revision's fields, each with what stands before it."""
    carried = set(_carried(revision.model_dump()))
    for text in _texts(revision, document):
        normal = normalise(text)
        for figure in sorted((*money_in(normal), *percents_in(normal)), key=lambda f: f.start):
            if _key(figure) not in carried:
                before = normal[max(0, figure.start - _AROUND) : figure.start].lstrip(",.;。、\n ")
                yield f"条文里的“…{before}{normal[figure.start : figure.end]}”没有写进草稿"


def _key(figure: Value) -> tuple[str, Any]:
    return figure.kind, figure.value


def _carried(value: Any, name: str = "", is_benefit: bool = False) -> Iterator[tuple[str, Any]]:
    """The figures of the fields: a number may be a sum or a share; text counts where nothing else holds the rule."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in _NO_CARRIERS and not (is_benefit and key in ("zh", "en")):
                yield from _carried(inner, key, is_benefit or key == "benefits")
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _carried(inner, name, is_benefit)
    elif isinstance(value, Decimal):
        yield from (("money", value), ("percent", value * 100))
    elif isinstance(value, str):
        normal = normalise(value)
        yield from map(_key, (*money_in(normal), *percents_in(normal)))
        if name == "value":  # what a fact is compared with: 5000000, 30
            yield from _compared(normal)


def _compared(text: str) -> Iterator[tuple[str, Any]]:
    try:
        number = Decimal(text)
    except ArithmeticError:
        return
    yield from (("money", number), ("percent", number), ("percent", number * 100))


def _texts(revision: Revision, document: Reader) -> list[str]:
    """The quotes, and of the support the whole clause a quote was taken from."""
    giving = {name for place, name in revision.used_sources() if place.startswith("benefits.")}
    found = []
    for name, source in revision.sources.items():
        paper = document(source.document_id)
        span = span_of(source, paper) if paper else None
        if paper and span and name in giving:
            found.append(_clause(paper, span))
        else:
            found.append(source.quote)
    return list(dict.fromkeys(found))


def _clause(paper: Document, span: tuple[int, int]) -> str:
    """The innermost part of the paper around a quote; a paper without parts gives the quote alone."""
    around = [s for s in paper.sections if s.number and s.start <= span[0] and span[1] <= s.end]
    if not around:
        return paper.text[slice(*span)]
    inner = min(around, key=lambda s: s.end - s.start)
    return paper.text[inner.start : inner.end]
