"""`question, passages → Inferred`: which share one figure is of another, worked out of figures that the papers give.

Either both figures stand in the question (3000P of 62E) and in the papers, or one sentence of a paper gives the whole
and the part (合计…，其中…). Marked as computed by us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from assistant.law.figures import figures_in
from assistant.law.told import likeness
from assistant.law.wording import yuan
from assistant.models import Assessment, Language, Passage
from assistant.programmes.inferred import Inferred
from assistant.programmes.present import Statement
from assistant.programmes.schema import Source
from assistant.text import fold, sentences
from assistant.values import normalise

SHARE = re.compile(
    r"(?:占|等于|相当于|是).{1,24}(?:百分之几|百分之多少|几个点|几成|比重|比例|多大比例|百分比)|占.{0,8}(?:比重|比例|几个点|几成|百分)|"
    r"占几个点|what (?:share|percentage) of|as a (?:share|percentage) of"
)
# Powers of ten of the SI prefixes of computing power (FLOPS), BIPM SI brochure, 9th edition, table 7.
_PREFIXES = {"T": 12, "P": 15, "E": 18}
_COMPUTE = re.compile(
    r"(?<![\d.a-zA-Z])(\d+(?:\.\d+)?)\s*([TPE])(?![a-zA-Z]*[a-z]{3})\s*(?:FLOPS|Flops|flops)?"
)


def share(text: str, passages: Sequence[Passage], language: Language) -> Inferred | None:
    """The share asked for; None where no share is asked for, or the papers do not give both figures."""
    if not SHARE.search(fold(text)):
        return None
    return _of_compute(text, passages, language) or _of_part(text, passages, language)


def _of_compute(text: str, passages: Sequence[Passage], language: Language) -> Inferred | None:
    asked = [
        (m[0].strip(), Decimal(m[1]) * 10 ** _PREFIXES[m[2]], f"{m[1]}{m[2]}")
        for m in _COMPUTE.finditer(text)
    ]
    if len(asked) != 2:
        return None
    sources = []
    for _, value, _ in asked:
        place = next((s for s in _sentences(passages) if value in _compute_in(s[1].quote)), None)
        if place is None:
            return None
        sources.append(place[1])
    (_, one, shown_one), (_, other, shown_other) = sorted(asked, key=lambda a: a[1])
    return _stated(shown_one, shown_other, one / other, tuple(dict.fromkeys(sources)), language)


def _compute_in(text: str) -> set[Decimal]:
    return {Decimal(m[1]) * 10 ** _PREFIXES[m[2]] for m in _COMPUTE.finditer(text)}


def _of_part(text: str, passages: Sequence[Passage], language: Language) -> Inferred | None:
    """Whole and part of the sentence that is most like the question."""
    best = None
    for rank, source in _sentences(passages):
        said = normalise(source.quote)
        sums = [f.value for f in figures_in(said) if f.unit == "元"]
        if len(set(sums)) == 2 and re.search(r"其中|之中|占", said):
            score = likeness(said, normalise(text)) - rank
            if best is None or score > best[0]:
                best = (score, min(sums), max(sums), source)
    if best is None:
        return None
    _, part, whole, source = best
    return _stated(yuan(part, language), yuan(whole, language), part / whole, (source,), language)


def _sentences(passages: Sequence[Passage]) -> Iterator[tuple[int, Source]]:
    for rank, passage in enumerate(passages):
        for start, end in sentences(passage.chunk.text):
            quote = passage.chunk.text[start:end]
            yield rank, Source(document_id=passage.head.id, article=passage.chunk.article, quote=quote)


def _stated(
    part: str, whole: str, ratio: Decimal, sources: tuple[Source, ...], language: Language
) -> Inferred:
    percentage = f"{(ratio * 100).quantize(Decimal('0.01'), ROUND_HALF_UP).normalize():f}%"
    shown = (
        f"{part} ÷ {whole} = {percentage}" if ratio * 10_000 % 1 == 0 else f"{part} ÷ {whole} ≈ {percentage}"
    )
    said = f"按条文推算，{part}占{whole}的{percentage}：{shown}。"
    if language == "en":
        said = f"Computed from the papers: {percentage} ({shown})."
    name = "占比（按条文推算）" if language != "en" else "Share (computed from the papers)"
    assessment = Assessment(programme_id=None, title=name, outcome="unknown", working=shown)
    return Inferred((Statement(said, sources),), assessment, (percentage,))
