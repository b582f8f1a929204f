"""Does the evidence say it? Claims scored against passages by rule: figures, names, bounds, negations, who does what.

`score_claim` is pure and quick and needs neither a language model nor an encoder; how it was fitted and what it misses
stands in docs/safety.md.
"""

from assistant.claims.score import Support, score_claim
from assistant.claims.signs import signs_of

__all__ = ["Support", "score_claim", "signs_of"]
