"""The only place that constructs: settings → the parts, put together."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from assistant.clock import ShanghaiClock
from assistant.encoders import open_encoder
from assistant.errors import SettingsError
from assistant.ports import ChatModel, Clock, Encoder, Reranker
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.catalog import Catalog
    from assistant.journal import SqlJournal
    from assistant.knowledge import KnowledgeBase
    from assistant.pipeline import Pipeline


class Application:
    """The parts of a running Wence, each made when first asked for."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock: Clock = clock or ShanghaiClock()

    def _make_home(self) -> None:
        try:
            self.settings.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            where = self.settings.home.absolute()
            raise SettingsError(
                f"数据目录 {where} 建不了：请检查权限，或把 WENCE_HOME 改到可写的文件夹。"
            ) from error

    @cached_property
    def catalog(self) -> Catalog:
        """Documents, versions, chunks."""
        from assistant.catalog import Catalog

        self._make_home()
        return Catalog(self.settings.home / "catalog.db")

    @cached_property
    def journal(self) -> SqlJournal:
        """Answers and feedback."""
        from assistant.journal import SqlJournal

        self._make_home()
        return SqlJournal(self.settings.home / "journal.db")

    @cached_property
    def encoder(self) -> Encoder:
        """The embedding model."""
        return open_encoder(self.settings)

    @cached_property
    def reranker(self) -> Reranker | None:
        """The cross-encoder, or None where none is set."""
        if not self.settings.reranker_model:
            return None
        from assistant.reranker import CrossEncoderReranker

        return CrossEncoderReranker(self.settings.reranker_model)

    @cached_property
    def chat_model(self) -> ChatModel | None:
        """The language model, or None where none is set."""
        if not self.settings.has_llm:
            return None
        from assistant.llm import OpenAiChatModel

        return OpenAiChatModel(self.settings)

    @cached_property
    def knowledge(self) -> KnowledgeBase:
        """What can be searched now."""
        from assistant.knowledge import KnowledgeBase

        return KnowledgeBase(
            self.settings.home, self.catalog, self.encoder.fingerprint, self.settings.samples
        )

    @cached_property
    def pipeline(self) -> Pipeline:
        """The line every question walks."""
        from assistant.pipeline import Pipeline

        return Pipeline(
            knowledge=self.knowledge,
            encoder=self.encoder,
            chat_model=self.chat_model,
            journal=self.journal,
            settings=self.settings,
            reranker=self.reranker,
        )
