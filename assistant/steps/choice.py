"""`Query, Passages, sentences → chances`: how likely each sentence is what answers.

Boosted trees over signs that are told below, fitted by `wence eval sentences --fit` on labelled questions and the sentences
of papers that answer them (docs/retrieval.md), stored in `sentence.json`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from assistant.models import Claim, Passages, Query
from assistant.ports import KeywordIndex
from assistant.steps.asked import ASPECTS, asked, told_by
from assistant.steps.boosted import Boosted, load_boosted
from assistant.steps.support import pairs, topic_words
from assistant.text import fold

_COMPARED = ("words", "own", "around", "passage", "pairs", "back")
SENTENCE_SIGNS = (
    "place", "words", "own", "around", "passage", "pairs", "back", "behind", "length", "position",
    *(f"{name}_behind" for name in _COMPARED), "aspect", "aspect_lift",
)  # fmt: skip


def chances(
    query: Query, passages: Passages, keywords: KeywordIndex, scored: Sequence[tuple[float, Claim]]
) -> list[float]:
    """The chance of each sentence, 0 … 1; `scored`: with the weight of the words that it shares with the message."""
    model = _model()
    return [model.chance(signs) for signs in sentence_signs(query, passages, keywords, scored)]


@lru_cache(maxsize=1)
def _model() -> Boosted:
    return load_boosted("sentence.json")


def sentence_signs(
    query: Query, passages: Passages, keywords: KeywordIndex, scored: Sequence[tuple[float, Claim]]
) -> list[dict[str, float]]:
    """The signs of each sentence, by the names of `SENTENCE_SIGNS`.

    `place`: of its passage in the list; `words`: the score given; `own`, `around`, `passage`: the share of the topic by weight
    that the sentence has, its headings only, its passage; `pairs`, `back`: of letters in pairs, the share of the message that it
    has and of it that the message has; `behind`: of its passage behind the best; `length`: the logarithm; `position`: in its
    passage, 0 … 1; `…_behind`: behind the best sentence; `aspect`: the chance that it tells what is asked; `aspect_lift`: the
    same against any sentence, as a logarithm.
    """
    topics = {w: keywords.weight(w) for w in topic_words(query.topic_keywords)}
    total = sum(topics.values()) or 1.0
    message = pairs(query.chinese)
    asks = np.asarray([asked(fold(query.chinese)).aspects[a] for a in ASPECTS])
    usual = max(float(asks.sum()) / len(ASPECTS), 1e-6)
    arounds = [fold(" ".join([p.head.title, *p.chunk.headings])) for p in passages.kept]
    shares = [
        _share(topics, total, f"{fold(p.chunk.text)}\n{around}")
        for p, around in zip(passages.kept, arounds, strict=True)
    ]
    rows = []
    for score, claim in scored:
        number = claim.support[0]
        passage, around = passages.kept[number], arounds[number]
        text = fold(claim.text)
        own = pairs(text)
        common = len(own & message)
        aspect = float(asks @ told_by(text))
        start = claim.quotes[0][0] - passage.chunk.start
        rows.append(
            {
                "place": float(number),
                "words": score,
                "own": _share(topics, total, text),
                "around": sum(v for w, v in topics.items() if w in around and w not in text) / total,
                "passage": shares[number],
                "pairs": common / (len(message) or 1),
                "back": common / (len(own) or 1),
                "behind": passage.score - passages.kept[0].score,
                "length": math.log1p(len(claim.text)),
                "position": start / max(1, len(passage.chunk.text)),
                "aspect": aspect,
                "aspect_lift": math.log(aspect / usual + 1e-6),
            }
        )
    best = {name: max((row[name] for row in rows), default=0.0) for name in _COMPARED}
    return [{**row, **{f"{name}_behind": row[name] - best[name] for name in _COMPARED}} for row in rows]


def _share(topics: Mapping[str, float], total: float, text: str) -> float:
    return sum(v for w, v in topics.items() if w in text) / total
