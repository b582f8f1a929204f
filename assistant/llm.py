"""The one door to language models: any OpenAI-compatible service, through LangChain."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.errors import LanguageModelError
from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_MAX_CHARS = 8000


class OpenAiChatModel:
    """Streams replies within a time budget; whatever fails, fails as LanguageModelError."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def name(self) -> str:
        """The model's name."""
        return self._settings.llm_model or ""

    @cached_property
    def _model(self) -> BaseChatModel:
        from langchain_openai import ChatOpenAI
        from pydantic import SecretStr

        key = self._settings.llm_api_key
        return ChatOpenAI(
            model=self.name,
            base_url=self._settings.llm_base_url,
            api_key=key or SecretStr("none"),
            temperature=0,
            timeout=self._settings.llm_timeout,
            max_retries=1,
        )

    def stream(self, system: str, user: str) -> Iterator[str]:
        """Pieces of the reply, at most 8,000 characters; raises LanguageModelError when time is up or it fails."""
        deadline = time.monotonic() + self._settings.llm_timeout
        sent = 0
        try:
            for piece in self._model.stream([("system", system), ("human", user)]):
                if time.monotonic() > deadline:
                    raise LanguageModelError(f"语言模型在 {self._settings.llm_timeout:g} 秒内没有答完。")
                text = piece.text
                sent += len(text)
                if sent > _MAX_CHARS:
                    raise LanguageModelError("语言模型的回复过长。")
                if text:
                    yield text
        except LanguageModelError:
            raise
        except Exception as error:
            raise LanguageModelError(f"语言模型没有正常应答（{type(error).__name__}）。") from error
