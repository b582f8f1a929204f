"""What the steps ask of the outside world; each port has one door module that fulfils it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from assistant.budget import Budget
from assistant.models import Answer, Chunk, Document, DocumentHead, Trace


class Clock(Protocol):
    """The day that counts as today, in Asia/Shanghai."""

    def today(self) -> date:
        """Today's date."""
        ...


class Encoder(Protocol):
    """Texts to unit vectors; also a LangChain `Embeddings`."""

    @property
    def fingerprint(self) -> str:
        """Names the model and everything that changes its vectors."""
        ...

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector for each passage."""
        ...

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""
        ...


class KeywordIndex(Protocol):
    """How telling words are."""

    def weight(self, word: str) -> float:
        """The inverse document frequency of a word; an unknown word's is the highest."""
        ...


class Reranker(Protocol):
    """Judges question and passage together: slower and finer than the search."""

    @property
    def depth(self) -> int:
        """How many of the best passages it is shown."""
        ...

    def scores(self, question: str, passages: list[str]) -> list[float]:
        """One figure for each passage, higher is better."""
        ...


class Library(Protocol):
    """The stored documents, all versions."""

    def heads(self) -> dict[str, tuple[DocumentHead, int]]:
        """Document id → head and version of what is published."""
        ...

    def document(self, document_id: str, version: int | None = None) -> Document | None:
        """A stored version (the newest without `version`), or None."""
        ...

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """Chunk id → chunk, for those that exist."""
        ...


class ChatModel(Protocol):
    """A language model that streams text."""

    @property
    def name(self) -> str:
        """The model's name, for the trace."""
        ...

    def stream(self, system: str, user: str, budget: Budget | None = None) -> Iterator[str]:
        """Pieces of the reply; raises LanguageModelError when it fails or the budget is spent."""
        ...


class Journal(Protocol):
    """Every answer with its trace."""

    def record(self, question: str, answer: Answer, trace: Trace, site: str | None = None) -> None:
        """Keep an answer, and the public id of the site it was given on."""
        ...

    def answer(self, question_id: str) -> Answer | None:
        """The stored answer, or None."""
        ...
