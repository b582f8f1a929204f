"""`Query → Passages`: dense and keyword search, fused by rank; what the support score says of the whole."""

from __future__ import annotations

import math

from assistant.keyword_index import words
from assistant.knowledge import Snapshot
from assistant.links import links_among
from assistant.models import Chunk, Confidence, DocumentHead, Kind, Passage, Passages, Query, Status
from assistant.ports import Encoder
from assistant.status import statuses_on

_CANDIDATES = 40
# Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009): score = sum of 1 / (60 + rank).
_RANK_CONSTANT = 60
# What holds comes before what was only proposed, has lapsed or is hearsay; the paper before who speaks of it.
_STATUS_WEIGHT = {
    Status.DRAFT: 0.8,
    Status.EXPIRED: 0.8,
    Status.REPEALED: 0.7,
    Status.SUPERSEDED: 0.8,
    Status.NOT_YET: 0.9,
}
_CONFIDENCE_WEIGHT = {Confidence.UNVERIFIED: 0.95}
_KIND_WEIGHT = {Kind.NEWS: 0.95, Kind.INTERPRETATION: 0.97}


def retrieve(query: Query, snapshot: Snapshot, encoder: Encoder, top_k: int) -> Passages:
    """The best passages for a query out of one snapshot."""
    ids = list(snapshot.heads)
    dense = snapshot.vectors.nearest(encoder.embed_query(query.search_text), _CANDIDATES, ids)
    lexical = snapshot.keywords.best(query.keywords, _CANDIDATES, ids)
    chunks = snapshot.library.chunks([chunk for chunk, _ in (*dense, *lexical)])
    heads = {id: head for id, (head, _) in snapshot.heads.items()}
    statuses = statuses_on(heads.values(), query.as_of)
    passages = [
        _passage(chunk, heads[chunk.document_id], statuses[chunk.document_id], dense, lexical)
        for chunk in chunks.values()
        if chunk.document_id in heads
    ]
    passages = sorted(_below_their_papers(passages, heads), key=lambda p: -p.score)
    kept = tuple(passages[:top_k])
    return Passages(kept=kept, rejected=tuple(passages[top_k:]), support=support(query, kept, snapshot))


def _passage(
    chunk: Chunk,
    head: DocumentHead,
    status: Status,
    dense: list[tuple[str, float]],
    lexical: list[tuple[str, float]],
) -> Passage:
    score, found = 0.0, []
    for ranking in (dense, lexical):
        rank = next((i for i, (id, _) in enumerate(ranking) if id == chunk.id), None)
        found.append(None if rank is None else ranking[rank][1])
        score += 0.0 if rank is None else 1 / (_RANK_CONSTANT + rank + 1)
    weight = (
        _STATUS_WEIGHT.get(status, 1.0)
        * _CONFIDENCE_WEIGHT.get(head.confidence, 1.0)
        * _KIND_WEIGHT.get(head.kind, 1.0)
    )
    return Passage(
        chunk=chunk, head=head, status=status, score=score * weight, dense=found[0], lexical=found[1]
    )


def _below_their_papers(passages: list[Passage], heads: dict[str, DocumentHead]) -> list[Passage]:
    """An interpretation never ranks above the paper it interprets when both were found."""
    best: dict[str, float] = {}
    for passage in passages:
        best[passage.head.id] = max(passage.score, best.get(passage.head.id, 0.0))
    ceiling = {
        link.document_id: 0.999 * best[link.other_id]
        for link in links_among(heads[id] for id in best)
        if link.relation == "interprets"
    }
    return [p.model_copy(update={"score": min(p.score, ceiling.get(p.head.id, p.score))}) for p in passages]


def support(query: Query, kept: tuple[Passage, ...], snapshot: Snapshot) -> float:
    """The chance that an answer stands in the passages, from two signs.

    `coverage`: the share of the question's words, by their weight, that the best passage with its headings
    has; `nearness`: the highest cosine. A logistic curve over both, its constants set by eye on the development
    questions (docs/evaluation.md), not yet fitted.
    """
    if not kept:
        return 0.0
    weights = {w: snapshot.keywords.weight(w) for w in query.keywords}
    total = sum(weights.values()) or 1.0
    coverage = 0.0
    for passage in kept[:5]:
        chunk = passage.chunk
        present = set(words(" ".join([passage.head.title, *chunk.headings, chunk.text])))
        coverage = max(coverage, sum(v for w, v in weights.items() if w in present) / total)
    nearness = max((p.dense or 0.0) for p in kept)
    return 1 / (1 + math.exp(-(6 * (coverage - 0.35) + 40 * (nearness - 0.855))))
