"""The optional second look: a cross-encoder through sentence-transformers (`WENCE_RERANKER_MODEL`)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from assistant.errors import EncoderError


class CrossEncoderReranker:
    """Any sentence-transformers cross-encoder, by name or folder (the Reranker port)."""

    depth = 20

    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def _model(self) -> Any:
        from sentence_transformers import CrossEncoder

        try:
            return CrossEncoder(self._name)
        except (OSError, ValueError, RuntimeError) as error:
            raise EncoderError(
                f"打不开重排模型 {self._name}（{type(error).__name__}）："
                "请检查 WENCE_RERANKER_MODEL 的名称或文件夹，或不设置它。"
            ) from error

    def scores(self, question: str, passages: list[str]) -> list[float]:
        """The model's score of each passage for the question."""
        if not passages:
            return []
        judged = self._model.predict([(question, passage) for passage in passages], show_progress_bar=False)
        return [float(score) for score in judged]
