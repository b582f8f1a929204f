"""`Claim, evidence → edit signs`: in a sentence copied from the evidence, a figure or a word put in another's place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.claims.coverage import told
from assistant.claims.figures import Figure, same_value
from assistant.claims.opposites import are_opposite
from assistant.claims.reading import Reading, Span, Word, pairs_of
from assistant.claims.sign import NOTHING, Sign, above, strongest

_LENGTH_PENALTY = 0.0008
_LEAST_FLANK = 2
# How much of a sentence must be kept before a replaced word tells anything.
_CLOSE_FIGURE, _CLOSE_WORD = (0.3, 0.7), (0.4, 0.8)
# A word told this far elsewhere in the evidence (itself, a synonym) is no opposite.
_TOLD = 0.85


@dataclass(frozen=True)
class Edit:
    """Words of a claim at the place of others of the evidence, and the share of the sentence that is copied."""

    close: float
    said: Sequence[Word]
    there: Sequence[Word]


def edit_signs(claim: Reading, evidence: Reading) -> dict[str, Sign]:
    """`figure_edited`: another figure at a figure's place; `turned`: the opposite at a word's place; by share of copied text."""
    if claim.is_foreign:
        return {"figure_edited": NOTHING, "turned": NOTHING}
    edits = [edit for sentence in claim.sentences for edit in _edits(claim, sentence, evidence)]
    figures = (Sign(e.close, d) for e in edits for d in _other_figures(claim, evidence, e))
    turned = (Sign(e.close, d) for e in edits for d in _opposites(e, evidence.text))
    return {
        "figure_edited": above(strongest(figures), *_CLOSE_FIGURE),
        "turned": above(strongest(turned), *_CLOSE_WORD),
    }


def _other_figures(claim: Reading, evidence: Reading, edit: Edit) -> Iterator[str]:
    """Figures of one kind and unit, but not of one value."""
    others = _within(evidence, edit.there)
    for figure in _within(claim, edit.said):
        for other in others if not any(same_value(figure, g) for g in others) else ():
            like = (figure.kind, figure.unit) == (other.kind, other.unit) and not figure.is_article
            if like and not same_value(figure, other):
                yield f"{claim.text[figure.start : figure.end]}←{evidence.text[other.start : other.end]}"


def _within(reading: Reading, words: Sequence[Word]) -> list[Figure]:
    return [f for f in reading.figures if any(f.start < w.end and w.start < f.end for w in words)]


def _opposites(edit: Edit, evidence: str) -> Iterator[str]:
    there = [w.text for w in edit.there]
    for said in (w.text for w in edit.said if len(w.text) > 1 and w.text not in there):
        for other in there:
            if are_opposite(said, other) and told(said, evidence) < _TOLD:
                yield f"{said}←{other}"


def _edits(claim: Reading, sentence: Span, evidence: Reading) -> Iterator[Edit]:
    """The words of a sentence that replace others, where both neighbours are copied."""
    said = _words(claim, sentence)
    there = _words(evidence, _nearest(claim.part(sentence), evidence))
    texts = [w.text for w in said]
    steps = SequenceMatcher(None, texts, [w.text for w in there], autojunk=False).get_opcodes()
    copied = [len("".join(texts[i:j])) if tag == "equal" else 0 for tag, i, j, _, _ in steps]
    close = sum(copied) / (len("".join(texts)) or 1)
    for k, (tag, i, j, p, q) in enumerate(steps):
        before = copied[k - 1] if k else _LEAST_FLANK
        after = copied[k + 1] if k + 1 < len(steps) else _LEAST_FLANK
        if tag == "replace" and min(before, after) >= _LEAST_FLANK:
            yield Edit(close, said[i:j], there[p:q])


def _words(reading: Reading, span: Span) -> list[Word]:
    return [w for w in reading.words if span[0] <= w.start < span[1] and w.text.strip()]


def _nearest(sentence: str, evidence: Reading) -> Span:
    """The sentence of the evidence, or two together, that share most with a sentence."""
    own = pairs_of(sentence)
    spans = [(a, b) for a, b in evidence.sentences]
    spans += [(a, d) for (a, _), (_, d) in zip(evidence.sentences, evidence.sentences[1:], strict=False)]

    def share(span: Span) -> float:
        shared = len(own & pairs_of(evidence.part(span))) / (len(own) or 1)
        return shared - _LENGTH_PENALTY * (span[1] - span[0])

    return max(spans, key=share, default=(0, 0))
