"""`Query → Passages`: what is in scope is searched three ways, fused, weighed by what it is, and put in order."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from assistant.fusion import Weights, fuse
from assistant.index import Candidates, Floats, Integers, Mask
from assistant.keyword_index import character_pairs
from assistant.knowledge import Snapshot
from assistant.models import Confidence, Kind, Passage, Passages, Query, Status
from assistant.ports import Encoder, Reranker
from assistant.steps.arrange import Found, arrange
from assistant.steps.scope import allowed_rows, ended_rows
from assistant.steps.support import SUPPORT_NEEDED, signs_of, support
from assistant.text import fold

_SHOWN_REJECTED = 12
# In the units of the fused score (a standard deviation of the candidates). What holds comes before what was only
# proposed, has lapsed or is hearsay; the paper before who speaks of it.
_STATUS = {
    Status.DRAFT: -0.5,
    Status.EXPIRED: -0.5,
    Status.REPEALED: -0.8,
    Status.SUPERSEDED: -0.5,
    Status.NOT_YET: -0.2,
}
_KIND = {Kind.NEWS: -0.15, Kind.INTERPRETATION: -0.1, Kind.QUESTIONS: -0.1}
_CONFIDENCE = {Confidence.UNVERIFIED: -0.15}


@dataclass(frozen=True)
class Parts:
    """Which parts of the search are on; the ablation of docs/retrieval.md switches them off one by one."""

    weights: Weights = field(default_factory=Weights)
    candidates: int = 100
    scope: bool = True
    names: float = 1.0
    titles: float = 0.8
    papers: bool = True
    arrange: bool = True


def retrieve(
    query: Query,
    snapshot: Snapshot,
    encoder: Encoder,
    top_k: int,
    reranker: Reranker | None = None,
    parts: Parts = Parts(),
) -> Passages:
    """The best passages for a query; what no longer holds is looked at only when nothing else supports an answer."""
    vector = np.asarray(encoder.embed_query(query.search_text), dtype=np.float32)
    allowed = allowed_rows(query, snapshot, past_too=False) if parts.scope else None
    ended = ended_rows(query, snapshot) if parts.scope and allowed is not None else None
    found = _search(query, snapshot, encoder, vector, allowed, top_k, reranker, parts, ended)
    if parts.scope and allowed is not None and found.support < SUPPORT_NEEDED:
        wider = allowed_rows(query, snapshot, past_too=True)
        if wider is None or wider.sum() > allowed.sum():
            second = _search(query, snapshot, encoder, vector, wider, top_k, reranker, parts)
            found = second if second.support > found.support else found
    return _of_unlisted(query, found) if query.unlisted else found


def _of_unlisted(query: Query, found: Passages) -> Passages:
    """Of a place that no list has only what speaks of it, where anything does."""
    stems = [place.rstrip("县区市旗") for place in query.unlisted]
    spoken = tuple(p for p in found.kept if any(s in fold(f"{p.head.title}{p.chunk.text}") for s in stems))
    return found.model_copy(update={"kept": spoken}) if spoken else found


def _search(
    query: Query,
    snapshot: Snapshot,
    encoder: Encoder,
    vector: Floats,
    allowed: Mask | None,
    top_k: int,
    reranker: Reranker | None,
    parts: Parts,
    ended: Mask | None = None,
) -> Passages:
    index = snapshot.index
    pairs = character_pairs(query.search_text)
    looked = allowed if ended is None or allowed is None else allowed | ended
    candidates = index.candidates(vector, query.keywords, pairs, parts.candidates, looked)
    if not len(candidates.rows):
        return Passages(kept=(), rejected=(), support=0.0)
    scores = fuse(candidates, index.log_lengths, parts.weights) + _said_of(query, snapshot, candidates, parts)
    order = np.argsort(-scores, kind="stable")
    if ended is not None and not _is_best_of_ended(candidates.rows, scores, ended):
        order = order[~ended[candidates.rows[order]]]
        if not len(order):
            return Passages(kept=(), rejected=(), support=0.0)
    found = Found(candidates.rows[order], scores[order])
    if reranker is not None:
        found = _reranked(query, snapshot, found, reranker)
    kept, rejected = arrange(query, snapshot, found, top_k) if parts.arrange else found.cut(top_k)
    statuses = snapshot.statuses(query.as_of)
    measured = {int(row): i for i, row in enumerate(candidates.rows)}

    def passages(chosen: Found) -> tuple[Passage, ...]:
        chunks = chosen.chunks or snapshot.chunks(chosen.rows)
        return tuple(
            Passage.model_construct(
                chunk=chunk,
                head=snapshot.heads[chunk.document_id][0],
                status=statuses[chunk.document_id],
                score=float(score),
                dense=float(candidates.dense[measured[int(row)]]),
                lexical=float(candidates.words[measured[int(row)]]) or None,
            )
            for row, score, chunk in zip(chosen.rows, chosen.scores, chunks, strict=True)
        )

    best = passages(kept)
    signs = signs_of(query, snapshot, encoder, candidates, kept.rows, best)
    return Passages.model_construct(
        kept=best,
        rejected=passages(rejected.first(_SHOWN_REJECTED)),
        support=support(signs),
        signs=signs,
    )


def _is_best_of_ended(rows: Integers, scores: Floats, ended: Mask) -> bool:
    """Whether a paper whose term has ended fits better than any that holds, in spite of what its standing takes off.

    Then it answers, as ended. Of 508 seen questions with such papers in reach 12 are above 0, all of them about the ended
    paper; the next is at -0.34 standard deviations.
    """
    over = ended[rows]
    if over.all() or not over.any():
        return bool(over.any())
    return bool(scores[over].max() > scores[~over].max())


def _said_of(query: Query, snapshot: Snapshot, found: Candidates, parts: Parts) -> Floats:
    """What a candidate's paper adds to its score or takes off: its standing, and whether the question names it."""
    index = snapshot.index
    said = np.zeros(len(index.document_ids), dtype=np.float32)
    if parts.papers:
        key = ("standing", query.as_of, query.past)
        said += snapshot.kept(key, lambda: _standings(query, snapshot))
    programmes = {id for m in query.programmes for id in snapshot.names.documents_of(m.id)}
    for bonus, documents in ((parts.names, programmes), (parts.titles, snapshot.named(query.titles))):
        said[[n for id in documents if (n := index.number_of.get(id)) is not None]] += bonus
    return np.asarray(said[index.document_of[found.rows]])


def _standings(query: Query, snapshot: Snapshot) -> Floats:
    statuses = snapshot.statuses(query.as_of)
    found = []
    for id in snapshot.index.document_ids:
        if id not in snapshot.heads:  # a sample where samples are off: never in scope
            found.append(0.0)
            continue
        head = snapshot.heads[id][0]
        held = 0.0 if query.past else _STATUS.get(statuses[id], 0.0)
        found.append(held + _KIND.get(head.kind, 0.0) + _CONFIDENCE.get(head.confidence, 0.0))
    return np.asarray(found, dtype=np.float32)


def _reranked(query: Query, snapshot: Snapshot, found: Found, reranker: Reranker) -> Found:
    """The first of the list in the order of the cross-encoder, the rest behind as it was."""
    count = min(len(found.rows), reranker.depth)
    chunks = snapshot.chunks(found.rows[:count])
    texts = [c.embedded_text(snapshot.heads[c.document_id][0].title) for c in chunks]
    judged = np.asarray(reranker.scores(query.text, texts), dtype=np.float32)
    order = np.argsort(-judged, kind="stable")
    rows: Integers = np.concatenate([found.rows[:count][order], found.rows[count:]])
    # Scores stay those of the search, in falling order, so that they mean the same with and without a reranker.
    return Found(rows, found.scores)
