"""`Claim, evidence → windows`: the stretch of the evidence that each clause of a claim must rest on."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.claims.reading import Reading, Span, pairs_of

# The rest of a clause's sentence tells which of several like places is meant; of equals the shortest is taken.
_CONTEXT = 0.35
_LENGTH_PENALTY = 0.0015


@dataclass(frozen=True)
class Aligned:
    """A clause of the claim, the window of the evidence nearest to it, and the share of its pairs found there."""

    clause: Span
    window: Span
    share: float


def align(claim: Reading, evidence: Reading) -> list[Aligned]:
    """For each clause of the claim its window: most of the clause's pairs, then of its sentence's, then the shortest."""
    return [_best(claim, clause, evidence) for clause in claim.clauses]


def _best(claim: Reading, clause: Span, evidence: Reading) -> Aligned:
    own = pairs_of(claim.part(clause))
    sentence = claim.sentences[claim.sentence_at(clause[0])]
    around = pairs_of(claim.part(sentence)) - own
    best, best_score = Aligned(clause, (0, 0), 0.0), -1.0
    for span, pairs in evidence.windows:
        share = len(own & pairs) / (len(own) or 1)
        score = share + _CONTEXT * len(around & pairs) / (len(around) or 1)
        score -= _LENGTH_PENALTY * (span[1] - span[0])
        if score > best_score:
            best, best_score = Aligned(clause, span, share), score
    return best
