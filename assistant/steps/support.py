"""`Query, Passages → support`: the chance that an answer stands in what was found.

Boosted trees over signs that do not depend on the encoder's scale, fitted by `wence eval support --fit` on questions whose
answer the papers hold and on questions about what they leave out (docs/retrieval.md), stored in `support.json`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache

import numpy as np

from assistant.index import Candidates, Integers
from assistant.knowledge import Snapshot
from assistant.law.provisions import Provision
from assistant.lexicon import touches
from assistant.models import Passage, Passages, Query
from assistant.ports import Encoder
from assistant.steps.asked import ASPECTS, Asked, Aspect, asked
from assistant.steps.boosted import Boosted, load_boosted
from assistant.text import fold, sentences
from assistant.values import values_in

# Below this nothing is answered.
SUPPORT_NEEDED = 0.465
_KNOWN = 0.55  # a little over the bound
_SURELY_TOLD = 0.465  # where a message looks like no matter of ours
LOOKED_AT = 8  # passages


@dataclass(frozen=True)
class Signs:
    """What speaks for an answer or against: each about 0 … 1, or as said.

    Of the best row: `coverage`, the share of the topic's words by weight that it has; `nearness`, the cosine on a scale
    where 0 is any two texts and 1 the same text. Of the message: `named`, 1 for a programme named as we know it, a half for
    one that sounds like it or for a place of few papers; `placed`, a place is named of which something was found; `unplaced`,
    one is named and nobody knows of which place the best paper is; `foreign`, one is named and all that was found is of
    others; `english`. Of the passages: the share of the topic (without places) that one of them has (`passage`), the first
    one (`first`), a sentence (`sentence`), a sentence with its headings (`around`), one with the kind of figure wanted
    (`wanted`); of letters in pairs that a sentence shares with the message (`pairs`) and the message with it (`back`);
    `missing`: the share of the most telling word that none has; `telling`: of the most telling one. Of what was read:
    `told_here`, that a clause found says something of the aspects asked for; `told_in_paper`. `words`, `length`: of the
    topic and of the message.
    """

    coverage: float = 0.0
    nearness: float = 0.0
    named: float = 0.0
    placed: float = 0.0
    unplaced: float = 0.0
    foreign: float = 0.0
    english: float = 0.0
    passage: float = 0.0
    first: float = 0.0
    sentence: float = 0.0
    around: float = 0.0
    wanted: float = 0.0
    pairs: float = 0.0
    back: float = 0.0
    missing: float = 0.0
    telling: float = 0.0
    told_here: float = 0.0
    told_in_paper: float = 0.0
    words: float = 0.0
    length: float = 0.0


# What a clause says that answers each aspect; the others are told by a paper's head, or by no one kind of clause.
_TOLD_BY: dict[Aspect, tuple[str, ...]] = {
    "rate": ("benefit",), "cap": ("benefit",), "sum_for_me": ("benefit",), "what_is_there": ("benefit",),
    "who_may": ("requirement", "benefit"), "may_i": ("requirement", "benefit"), "must_not": ("requirement", "relation"),
    "window": ("window",), "validity": ("validity",), "materials": ("material",), "steps": ("step",),
    "office": ("office",), "contact": ("contact",), "total": ("budget",), "who_got_it": ("listing",),
    "definition": ("definition",), "together": ("relation",),
}  # fmt: skip
SIGNS = (*(f.name for f in fields(Signs)), *(f"asks_{a}" for a in ASPECTS), "asks_support")

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


@lru_cache(maxsize=1)
def _model() -> Boosted:
    return load_boosted("support.json")


def support(signs: Mapping[str, float]) -> float:
    """The chance, 0 … 1; papers are loaded of a programme that is named as we know it, so it is never below the bound."""
    chance = _model().chance(signs)
    return max(chance, _KNOWN) if signs.get("named", 0.0) >= 1 else chance


def is_told(passages: Passages) -> bool:
    """Whether what was found speaks of the question by its own words and meaning, whatever place or language it is in."""
    if not passages.kept:
        return False
    return support({**passages.signs, "named": 0.0}) >= _SURELY_TOLD


def signs_of(
    query: Query,
    snapshot: Snapshot,
    encoder: Encoder,
    found: Candidates,
    kept: Integers,
    passages: Sequence[Passage],
) -> dict[str, float]:
    """Read the signs off the kept rows and their passages, by the names of `SIGNS`."""
    topics = [w for word in topic_words(query.topic_keywords) for w in _known(word, snapshot)]
    if query.language == "en" and any(not w.isascii() for w in topics):
        # Papers are Chinese: an English word that none of them has says nothing of what they tell.
        topics = [w for w in topics if not w.isascii() or snapshot.index.words.knows(w)]
    covered = snapshot.index.words.coverage(topics)[kept]
    nearest = float(found.dense[np.isin(found.rows, kept)].max())
    background = _background(encoder)
    asks = asked(fold(query.chinese))
    best = snapshot.regions.get(passages[0].head.id)
    signs = Signs(
        coverage=float(covered.max()),
        nearness=(nearest - background) / (1 - background + 1e-6),
        named=max(
            (1.0 if m.match == "exact" else 0.5 for m in query.programmes),
            default=_own_place(query, snapshot, kept),
        ),
        placed=float(bool(query.regions) and not _is_foreign(query, snapshot, kept)),
        unplaced=float(bool(query.regions) and best is None),
        foreign=float(best is not None and _is_foreign(query, snapshot, kept)),
        english=float(query.language == "en"),
        **_of_words(query, passages, snapshot),
        **_of_clauses(asks, passages, snapshot),
        length=float(len(query.text)),
    )
    return {
        **asdict(signs),
        **{f"asks_{a}": chance for a, chance in asks.aspects.items()},
        "asks_support": asks.support,
    }


def _of_words(query: Query, passages: Sequence[Passage], snapshot: Snapshot) -> dict[str, float]:
    """How much of the topic the passages and their sentences have."""
    weight = snapshot.index.words.weight
    topics = {w: weight(w) for word in topic_words(query.topic_keywords) for w in _known(word, snapshot)}
    total = sum(topics.values()) or 1.0
    message = pairs(query.chinese)
    found = dict.fromkeys(("passage", "first", "sentence", "around", "wanted", "pairs", "back"), 0.0)
    left = dict(topics)

    def share(text: str) -> float:
        return sum(v for w, v in topics.items() if w in text) / total

    for number, passage in enumerate(passages[:LOOKED_AT]):
        around = fold(" ".join([passage.head.title, *passage.chunk.headings]))
        whole = f"{fold(passage.chunk.text)}\n{around}"
        left = {w: v for w, v in left.items() if w not in whole}
        found["passage"] = max(found["passage"], share(whole))
        if number == 0:
            found["first"] = share(whole)
        for start, end in sentences(passage.chunk.text):
            said = passage.chunk.text[start:end]
            text = fold(said)
            own, letters = share(text), pairs(text)
            common = len(letters & message)
            found["sentence"] = max(found["sentence"], own)
            found["around"] = max(found["around"], share(f"{text}\n{around}"))
            found["pairs"] = max(found["pairs"], common / (len(message) or 1))
            found["back"] = max(found["back"], common / (len(letters) or 1))
            if not query.wanted or {v.kind for v in values_in(said)} & set(query.wanted):
                found["wanted"] = max(found["wanted"], own)
    return {
        **found,
        "missing": max(left.values(), default=0.0) / total,
        "telling": max(topics.values(), default=0.0) / total,
        "words": float(len(topics)),
    }


def pairs(text: str) -> set[str]:
    """The pairs of letters and figures that follow each other in a text."""
    letters = re.sub(r"\W", "", fold(text))
    return {letters[i : i + 2] for i in range(len(letters) - 1)}


def _of_clauses(asks: Asked, passages: Sequence[Passage], snapshot: Snapshot) -> dict[str, float]:
    """How surely what was read says something of the aspects asked for: in the clauses found, in the first paper."""
    here: set[str] = set()
    paper: set[str] = set()
    for passage in passages[:LOOKED_AT]:
        for provision in snapshot.provisions(passage.head.id):
            kind = _kind(provision)
            if provision.start < passage.chunk.end and passage.chunk.start < provision.end:
                here.add(kind)
            if passage.head.id == passages[0].head.id:
                paper.add(kind)

    def told(kinds: set[str]) -> float:
        answered = (asks.aspects[aspect] for aspect, by in _TOLD_BY.items() if kinds & set(by))
        return min(1.0, sum(answered))

    return {"told_here": told(here), "told_in_paper": told(paper)}


def _kind(provision: Provision) -> str:
    return type(provision.content).__name__.lower()


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
    """Whether a place is named and everything found is of other places; of no known place it may be there."""
    if not query.regions:
        return False
    documents = {snapshot.index.document_ids[d] for d in snapshot.index.document_of[kept]}
    text = fold(query.text)
    if any(_names_region(text, snapshot.heads[id][0].region) for id in documents if id in snapshot.heads):
        return False
    places = [place for id in documents if (place := snapshot.regions[id])]
    return not any(touches(place, asked_for) for place in places for asked_for in query.regions)
