"""`Query, Candidates → support`: the chance that an answer stands in what was found.

A logistic regression over signs that do not depend on the encoder's scale, fitted by `wence eval support` on the
development questions and on questions about what the samples do not hold (docs/retrieval.md).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np

from assistant.index import Candidates, Integers
from assistant.knowledge import Snapshot
from assistant.models import Passages, Query
from assistant.ports import Encoder
from assistant.text import fold

# Below this nothing is answered.
SUPPORT_NEEDED = 0.4


@dataclass(frozen=True)
class Signs:
    """What speaks for an answer: each about 0 … 1 or a number of standard deviations."""

    coverage: float
    nearness: float
    named: float
    foreign: float
    english: float


_UNRELATED = (
    "明天上午有小雨，最高气温二十三度。",
    "把土豆切成丝，用清水泡十分钟再炒。",
    "这列火车从北方开往海边，沿途停靠七站。",
    "企业按合同金额申请资助，须提交发票和付款凭证。",
    "球队在加时赛里攻入一球，赢得了比赛。",
    "医生建议他每天散步，少吃盐。",
    "The museum opens at nine and closes at five.",
    "This function returns a sorted list of numbers.",
)
# Counts and what one says around them: 八百万, 六年, 一口气.
_COUNT = re.compile(
    r"[一二两三四五六七八九十百千万亿零半几]+[年月万亿千百成个家条块元点次]?|每[个条家平年月]|[能可会要想][补奖报领申拿算]"
)
_FEW = 2  # papers of a place that a question names for it to point to them
_BACKGROUNDS: dict[str, float] = {}
# Fitted: intercept, then one for each sign in order.
_INTERCEPT = -7.044
_COEFFICIENTS = Signs(coverage=6.067, nearness=9.235, named=4.117, foreign=-2.811, english=2.705)


def support(signs: Signs) -> float:
    """The chance, 0 … 1."""
    score = _INTERCEPT + sum(c * s for c, s in zip(astuple(_COEFFICIENTS), astuple(signs), strict=True))
    return 1 / (1 + math.exp(-score))


def is_told(passages: Passages) -> bool:
    """Whether what was found speaks of the question by its own words and meaning, whatever place or language it is in."""
    if not passages.kept:
        return False
    signs = Signs(**{**passages.signs, "named": 0.0, "english": 0.0})
    return support(signs) >= SUPPORT_NEEDED and not passages.signs["english"]


def signs_of(query: Query, snapshot: Snapshot, encoder: Encoder, found: Candidates, kept: Integers) -> Signs:
    """Read the signs off the kept rows.

    `coverage`: the share of the question's topic words, by weight, that the best row has; `nearness`: the best cosine
    on a scale where 0 is any two texts and 1 the same text; `named`: 1 for a programme named as we know it, a half for
    one that sounds like it; `foreign`: a region is named of which nothing was found; `english`: few words can match.
    """
    topics = [w for word in topic_words(query.keywords) for w in _known(word, snapshot)]
    if query.language == "en" and any(not w.isascii() for w in topics):
        # Papers are Chinese: an English word that none of them has says nothing of what they tell.
        topics = [w for w in topics if not w.isascii() or snapshot.index.words.knows(w)]
    covered = snapshot.index.words.coverage(topics)[kept]
    nearest = float(found.dense[np.isin(found.rows, kept)].max())
    background = _background(encoder)
    return Signs(
        coverage=float(covered.max()),
        nearness=(nearest - background) / (1 - background + 1e-6),
        named=max(
            (1.0 if m.match == "exact" else 0.5 for m in query.programmes),
            default=_own_place(query, snapshot, kept),
        ),
        foreign=float(_is_foreign(query, snapshot, kept)),
        english=float(query.language == "en"),
    )


def _background(encoder: Encoder) -> float:
    """The mean cosine of texts that have nothing to do with each other: every encoder has its own."""
    if encoder.fingerprint not in _BACKGROUNDS:
        vectors = np.asarray(encoder.embed_documents(list(_UNRELATED)), dtype=np.float32)
        cosines = vectors @ vectors.T
        _BACKGROUNDS[encoder.fingerprint] = float(cosines[np.triu_indices(len(vectors), 1)].mean())
    return _BACKGROUNDS[encoder.fingerprint]


def topic_words(keywords: Sequence[str]) -> list[str]:
    """The words that say what a question is about: no figures, which are the asker's own, and no single characters."""
    return [w for w in keywords if len(w) > 1 and not any(c.isdigit() for c in w) and not _COUNT.fullmatch(w)]


def _known(word: str, snapshot: Snapshot) -> list[str]:
    """A word of the papers as it is; of another the words of the papers in it: 买算力 is about 算力."""
    index = snapshot.index.words
    if index.knows(word) or len(word) < 3:
        return [word]
    parts = {word[i : i + n] for n in range(2, len(word)) for i in range(len(word) - n + 1)}
    return [part for part in parts if index.knows(part)] or [word]


def _own_place(query: Query, snapshot: Snapshot, kept: Integers) -> float:
    """A half where the best paper is the only one or nearly of a place that the question names."""
    best = snapshot.index.document_ids[snapshot.index.document_of[kept[0]]]
    place = snapshot.regions.get(best)
    if place is None or place not in query.regions:
        return 0.0
    return 0.5 if sum(other == place for other in snapshot.regions.values()) <= _FEW else 0.0


def _names_region(text: str, region: str | None) -> bool:
    """A place that no list has, named as the paper names it: 历下 for 历下区."""
    stem = fold(region or "").rstrip("省市区县")
    return len(stem) > 1 and stem in text


def _is_foreign(query: Query, snapshot: Snapshot, kept: Integers) -> bool:
    if not query.regions:
        return False
    documents = {snapshot.index.document_ids[d] for d in snapshot.index.document_of[kept]}
    text = fold(query.text)
    if any(_names_region(text, snapshot.heads[id][0].region) for id in documents if id in snapshot.heads):
        return False
    found = {snapshot.regions[snapshot.index.document_ids[d]] for d in snapshot.index.document_of[kept]}
    related = (p for p in found if p for r in query.regions if p == r or p.startswith(r) or r.startswith(p))
    return next(related, None) is None
