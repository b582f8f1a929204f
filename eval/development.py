"""Our own questions over the sample papers: where in a ranking stands a clause that carries the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from assistant.fusion import Weights
from assistant.keyword_index import character_pairs, words
from assistant.knowledge import Snapshot
from assistant.models import Query, Question
from assistant.ports import Encoder
from assistant.steps.retrieve import Parts, retrieve
from assistant.steps.understand import understand
from assistant.wiring import Application
from eval.cases import Case
from eval.clauses import Shown, relevance, usable
from eval.ranking import DEPTH, measure
from eval.recipe import Recipe
from eval.retrieval import Ranking

Search = Callable[[Case], Sequence[Shown]]
_ALONE = Parts(names=0, titles=0, papers=False, scope=False, arrange=False)
# What docs/retrieval.md shows: each part switched off, and each search alone.
ABLATION: dict[str, Parts] = {
    "without names": replace(Parts(), names=0),
    "without titles": replace(Parts(), titles=0),
    "without the standing of papers": replace(Parts(), papers=False),
    "without scope": replace(Parts(), scope=False),
    "without arranging": replace(Parts(), arrange=False),
    "without length": replace(Parts(), weights=replace(Weights(), length=0)),
    "without words": replace(Parts(), weights=replace(Weights(), words=0)),
    "without pairs": replace(Parts(), weights=replace(Weights(), pairs=0)),
    "without vectors": replace(Parts(), weights=replace(Weights(), dense=0)),
    "vectors alone": replace(_ALONE, weights=Weights(1, 0, 0, 0)),
}


class Development:
    """The usable cases over one knowledge base, as of one day."""

    def __init__(self, application: Application, cases: Sequence[Case], as_of: date) -> None:
        self._snapshot: Snapshot = application.knowledge.snapshot()
        self._encoder: Encoder = application.encoder
        self._as_of = as_of
        rows = np.arange(len(self._snapshot.index))
        self._everything = [self._shown(c.document_id, c.text) for c in self._snapshot.chunks(rows)]
        self.cases = [c for c in usable(cases) if relevance(c, (), self._everything)[1]]

    def _shown(self, document_id: str, text: str) -> Shown:
        return Shown(self._snapshot.heads[document_id][0].title, text)

    def _query(self, case: Case) -> Query:
        return understand(Question(text=case.last_turn, as_of=self._as_of), self._snapshot.names)

    def ours(self, name: str, parts: Parts, plain: bool = False) -> Ranking:
        """Our search with some parts; `plain`: without what understanding the question adds."""

        def search(case: Case) -> list[Shown]:
            query = self._query(case)
            if plain:
                bare = {"search_text": query.text, "programmes": (), "terms": (), "regions": (), "titles": ()}
                query = query.model_copy(update={**bare, "keywords": tuple(dict.fromkeys(words(query.text)))})
            found = retrieve(query, self._snapshot, self._encoder, DEPTH, parts=parts)
            return [Shown(p.head.title, p.chunk.text) for p in found.kept]

        return self._measured(name, search, self._everything)

    def bm25(self, name: str) -> Ranking:
        """BM25 alone, on words or on character pairs, with the question as it is."""
        index = self._snapshot.index

        def search(case: Case) -> list[Shown]:
            text = case.last_turn
            scores = (
                index.words.scores(words(text))
                if "words" in name
                else index.pairs.scores(character_pairs(text))
            )
            best = np.argsort(-scores, kind="stable")[:DEPTH]
            return [self._everything[i] for i in best]

        return self._measured(name, search, self._everything)

    def recipe(self, name: str, folder: Path, model: Path) -> Ranking:
        """The usual recipe over the same papers, left in `folder`."""
        from assistant.encoders.local import LocalEncoder

        recipe = Recipe(folder, LocalEncoder(str(model)))
        documents = {id: self._snapshot.document(id) for id in self._snapshot.heads}
        texts = {id: f"{d.head.title}\n{d.text}" for id, d in documents.items() if d}
        recipe.add(list(texts.items()))
        everything = [self._shown(id, text) for id, text in recipe.pieces(list(texts.items()))]

        def search(case: Case) -> list[Shown]:
            return [self._shown(id, text) for id, text in recipe.search(case.last_turn, DEPTH)]

        return self._measured(name, search, everything)

    def _measured(self, name: str, search: Search, everything: Sequence[Shown]) -> Ranking:
        rows = []
        for case in self.cases:
            relevant, total = relevance(case, search(case), everything)
            rows.append(measure(relevant, max(total, sum(relevant))))
        return Ranking(name, rows)
