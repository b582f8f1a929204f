"""LangChain's faces of Wence: the search as a `BaseRetriever`, the assistant as a `Runnable`.

    from assistant.langchain import open_assistant, open_retriever
    open_retriever(k=5) | format_documents | your_prompt | your_model
    open_assistant().invoke("训力券最高能补多少？").text

The one door to langchain_core's retrievers and runnables. Both go through the pipeline: what a `Runnable` streams is
verified text, and the retriever's documents carry the place of each passage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableGenerator, RunnableLambda
from pydantic import ConfigDict, Field

from assistant.models import Answer, Passage, Question, TextDelta, Turn
from assistant.settings import load_settings

if TYPE_CHECKING:
    from assistant.wiring import Application

Asked = str | Mapping[str, Any]
"""A question; or `{"question", "facts"?, "as_of"?, "language"?, "history"?: [(question, answer), …]}`."""


class PolicyRetriever(BaseRetriever):
    """The passages for a query, best first; metadata tell document, version, place and standing."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    application: Any = Field(exclude=True, repr=False)
    k: int = Field(default=8, ge=1, le=100)
    as_of: date | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        asked = Question(text=query, as_of=self.as_of or self.application.clock.today())
        return [_document(p) for p in self.application.pipeline.search(asked, self.k).kept]


def open_retriever(k: int = 8, as_of: date | None = None) -> PolicyRetriever:
    """The retriever over the knowledge base of the settings."""
    return retriever_of(_application(), k, as_of)


def open_assistant() -> Runnable[Asked, Answer]:
    """The assistant over the knowledge base of the settings."""
    return assistant_of(_application())


def retriever_of(application: Application, k: int = 8, as_of: date | None = None) -> PolicyRetriever:
    """The retriever of an application."""
    return PolicyRetriever(application=application, k=k, as_of=as_of)


def assistant_of(application: Application) -> Runnable[Asked, Answer]:
    """Question → the whole checked answer; `batch` and the async calls come with `Runnable`."""

    def answer(asked: Asked) -> Answer:
        return application.pipeline.answer(_question(asked, application))

    return RunnableLambda(answer, name="wence")


def streaming_assistant_of(application: Application) -> Runnable[Asked, str]:
    """Question → its verified text, piece by piece when streamed."""

    def pieces(asked: Iterator[Asked]) -> Iterator[str]:
        for one in asked:
            for event in application.pipeline.events(_question(one, application)):
                if isinstance(event, TextDelta):
                    yield event.text

    return RunnableGenerator(pieces, name="wence")


def _application() -> Application:
    from assistant.wiring import Application

    return Application(load_settings())


def _question(asked: Asked, application: Application) -> Question:
    told: Mapping[str, Any] = {"question": asked} if isinstance(asked, str) else asked
    day = told.get("as_of") or application.clock.today()
    return Question(
        text=told["question"],
        as_of=date.fromisoformat(day) if isinstance(day, str) else day,
        facts=dict(told.get("facts") or {}),
        history=tuple(Turn(question=q, answer=a) for q, a in told.get("history") or ()),
        language=told.get("language"),
    )


def _document(p: Passage) -> Document:
    return Document(
        id=p.chunk.id,
        page_content=p.chunk.text,
        metadata={
            "document_id": p.head.id,
            "version": p.chunk.version,
            "title": p.head.title,
            "issuer": p.head.issuer,
            "document_number": p.head.document_number,
            "article": p.chunk.article,
            "start": p.chunk.start,
            "end": p.chunk.end,
            "status": p.status.value,
            "confidence": p.head.confidence.value,
            "digest": p.head.digest,
            "url": p.head.url,
            "score": p.score,
        },
    )
