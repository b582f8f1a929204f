"""`question, passages → Inferred`: an average worked out of figures that a passage gives, marked as ours.

Only where the figures are unmistakable: the total and the number of firms stand in one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from assistant.law.figures import Figure, figures_in
from assistant.law.told import likeness
from assistant.law.wording import yuan
from assistant.models import Assessment, Language, Passage
from assistant.programmes.inferred import Inferred
from assistant.programmes.present import Statement
from assistant.programmes.schema import Source
from assistant.text import fold, sentences
from assistant.values import normalise

AVERAGE = re.compile(
    r"平均|均摊|户均|每家(?:大概|大约|多少|分|合)|一家(?:大概|均|能分|平均)|on average|average (?:per|each)|per (?:firm|company)"
)
_LOOKED_AT = 5


def average(text: str, passages: Sequence[Passage], language: Language) -> Inferred | None:
    """The total over the number of firms, of the sentence that is most like the question."""
    if not AVERAGE.search(fold(text)):
        return None
    asked, best = normalise(text), None
    for place, passage in enumerate(passages[:_LOOKED_AT]):
        for start, end in sentences(passage.chunk.text):
            said = normalise(passage.chunk.text[start:end])
            figures = figures_in(said)
            totals = [f for f in figures if f.unit == "元"]
            counts = [f for f in figures if f.unit == "家"]
            if len(totals) == 1 and len(counts) == 1 and counts[0].value > 1:
                rank = likeness(said, asked) - place
                if best is None or rank > best[0]:
                    best = (rank, passage, start, end, totals[0], counts[0])
    if best is None:
        return None
    _, passage, start, end, total, count = best
    return _stated(passage, start, end, total, count, language)


def _stated(
    passage: Passage, start: int, end: int, total: Figure, count: Figure, language: Language
) -> Inferred:
    each = (total.value / count.value / 10_000).quantize(Decimal("0.01"), ROUND_HALF_UP) * 10_000
    shown = f"{yuan(total.value, language)} ÷ {count.value.normalize():f}家 ≈ {yuan(each, language)}"
    said = f"按条文推算，平均每家约{yuan(each, language)}：{shown}。各家实际金额以公布为准。"
    if language == "en":
        said = f"Computed: about {yuan(each, language)} each ({shown}). Actual amounts differ."
    quote = passage.chunk.text[start:end]
    source = Source(document_id=passage.head.id, article=passage.chunk.article, quote=quote)
    name = f"{passage.head.title}（按条文推算）"
    assessment = Assessment(programme_id=None, title=name, outcome="unknown", amount=each, working=shown)
    return Inferred((Statement(said, (source,)),), assessment)
