"""The only place that constructs: settings → the parts, put together."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.clock import ShanghaiClock
from assistant.encoders import open_encoder
from assistant.errors import SettingsError
from assistant.ports import ChatModel, Clock, Encoder, Journal, Reranker
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.access_store import AccessStore
    from assistant.catalog import Catalog
    from assistant.events import EventStore
    from assistant.journal import SqlJournal
    from assistant.knowledge import KnowledgeBase
    from assistant.pinned import Pin
    from assistant.pipeline import Pipeline
    from assistant.staff_store import StaffStore


class Application:
    """The parts of a running Wence, each made when first asked for."""

    def __init__(
        self, settings: Settings, clock: Clock | None = None, journal: Journal | None = None
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or ShanghaiClock()
        self._is_recorded = journal is None
        if journal is not None:
            self.__dict__["journal"] = journal

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

        return SqlJournal(self._journal_address(), self.settings.journal_days)

    def _journal_address(self) -> Path | str:
        if self.settings.journal_url:
            return self.settings.journal_url.get_secret_value()
        self._make_home()
        return self.settings.home / "journal.db"

    def unrecorded(self) -> Application:
        """The same parts, whose answers are kept nowhere: for replays."""
        from assistant.journal import NoJournal

        other = Application(self.settings, self.clock, NoJournal())
        for part in ("catalog", "encoder", "reranker", "chat_model", "knowledge"):
            other.__dict__[part] = getattr(self, part)
        return other

    @cached_property
    def staff(self) -> StaffStore:
        """Staff, their sessions, ratings and corrections, and the audit log; beside the journal."""
        from assistant.staff_store import StaffStore

        return StaffStore(self._journal_address(), self.settings.staff_hours)

    @cached_property
    def access(self) -> AccessStore:
        """Keys and sites."""
        from assistant.access_store import AccessStore

        self._make_home()
        return AccessStore(self.settings.home / "access.db")

    @cached_property
    def events(self) -> EventStore:
        """The events whose codes open the chat."""
        from assistant.events import EventStore

        self._make_home()
        return EventStore(self.settings.home / "events.json")

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

        model = OpenAiChatModel(self.settings)
        model.warm_up()
        return model

    @cached_property
    def knowledge(self) -> KnowledgeBase:
        """What can be searched now."""
        from assistant.knowledge import KnowledgeBase

        return KnowledgeBase(
            self.settings.home, self.catalog, self.encoder.fingerprint, self.settings.samples
        )

    @cached_property
    def pipeline(self) -> Pipeline:
        """The line every question walks; settled answers come before it, but not where answers are replayed."""
        from assistant.followed import FollowedState
        from assistant.pinned import PinnedPipeline

        return PinnedPipeline(
            knowledge=self.knowledge,
            encoder=self.encoder,
            chat_model=self.chat_model,
            journal=self.journal,
            settings=self.settings,
            reranker=self.reranker,
            followed=FollowedState(self.settings.home),
            pins=self._pins,
        )

    def _pins(self) -> list[Pin]:
        from assistant.pinned import Pin

        if not self._is_recorded:
            return []
        return [Pin.model_validate_json(text, extra="ignore") for text in self.journal.pins()]
