"""Any sentence-transformers model, by name or folder."""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any

from langchain_core.embeddings import Embeddings

from assistant.errors import EncoderError


class LocalEncoder(Embeddings):
    """A sentence-transformers model; its own `query` and `document` prompts are used where it has them."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def fingerprint(self) -> str:
        """Names the model and the size of its vectors."""
        return f"sentence-transformers:{self._name}/{self._model.get_embedding_dimension()}"

    @cached_property
    def _model(self) -> Any:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(self._name)
        except (OSError, ValueError, RuntimeError) as error:
            raise EncoderError(
                f"打不开嵌入模型 {self._name}（{type(error).__name__}）："
                "请检查 WENCE_EMBEDDING_MODEL 的名称或文件夹，或不设置它以使用内置模型。"
            ) from error

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector for each passage."""
        if not texts:
            return []
        encoded = self._model.encode_document(texts, normalize_embeddings=True, show_progress_bar=False)
        return encoded.tolist()  # type: ignore[no-any-return]

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""
        encoded = self._model.encode_query(text, normalize_embeddings=True, show_progress_bar=False)
        return encoded.tolist()  # type: ignore[no-any-return]
