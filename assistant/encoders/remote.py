"""An embedding model behind an OpenAI-compatible service."""

from __future__ import annotations

import math
from functools import cached_property

from langchain_core.embeddings import Embeddings

from assistant.errors import EncoderError


class RemoteEncoder(Embeddings):
    """Texts go to the service as they are (no token counting here, so no tokenizer is downloaded)."""

    def __init__(self, model: str, base_url: str, api_key: str | None) -> None:
        self._model, self._base_url, self._api_key = model, base_url, api_key

    @property
    def fingerprint(self) -> str:
        """Names the model; the address is left out, the same model may move."""
        return f"openai:{self._model}"

    @cached_property
    def _client(self) -> Embeddings:
        from langchain_openai import OpenAIEmbeddings
        from pydantic import SecretStr

        return OpenAIEmbeddings(
            model=self._model,
            openai_api_base=self._base_url,
            openai_api_key=SecretStr(self._api_key or "none"),
            check_embedding_ctx_length=False,
            max_retries=2,
            request_timeout=60,
        )

    def _unit(self, vectors: list[list[float]]) -> list[list[float]]:
        return [[x / (math.hypot(*v) or 1.0) for x in v] for v in vectors]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector for each passage; raises EncoderError when the service fails."""
        from openai import OpenAIError

        if not texts:
            return []
        try:
            return self._unit(self._client.embed_documents(texts))
        except OpenAIError as error:
            raise EncoderError(
                f"嵌入服务 {self._base_url} 没有正常应答（{type(error).__name__}）："
                "请检查 WENCE_EMBEDDING_BASE_URL、WENCE_EMBEDDING_API_KEY 和模型名称。"
            ) from error

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""
        return self.embed_documents([text])[0]
