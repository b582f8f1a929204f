"""Wence inside LangChain: a retriever and a runnable, and a chain made of both."""

from __future__ import annotations

import asyncio

from langchain_core.documents import Document
from langchain_core.language_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompt_values import PromptValue
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from assistant.langchain import assistant_of, retriever_of, streaming_assistant_of
from assistant.models import Answer
from assistant.wiring import Application

QUESTION = "购买训练数据能补贴多少，上限多少？"


def test_the_retriever_gives_passages_at_their_place(wence: Application) -> None:
    retriever = retriever_of(wence, k=4)
    assert isinstance(retriever, BaseRetriever)
    found = retriever.invoke(QUESTION)
    assert 0 < len(found) <= 4 and all(isinstance(one, Document) for one in found)
    for one in found:
        place = one.metadata
        document = wence.catalog.document(place["document_id"], place["version"])
        assert document and document.text[place["start"] : place["end"]] == one.page_content
    assert asyncio.run(retriever.ainvoke(QUESTION)) == found


def test_the_assistant_is_invoked_batched_and_streamed(wence: Application) -> None:
    assistant = assistant_of(wence)
    answer = assistant.invoke(QUESTION)
    assert isinstance(answer, Answer) and answer.status == "answered" and answer.citations
    told = {
        "question": "语料券我们能拿多少？",
        "facts": {"corpus_contract_amount": "100万元"},
        "as_of": "2026-01-05",
    }
    one, two = assistant.batch([told, {"question": QUESTION}])
    assert "30万元" in one.text and one.as_of.isoformat() == "2026-01-05"
    assert two.text == answer.text
    pieces = list(streaming_assistant_of(wence).stream(QUESTION))
    assert len(pieces) > 1 and "".join(pieces) == answer.text


def test_a_conversation_goes_on(wence: Application) -> None:
    asked = {"question": "合同是100万元的话呢？", "history": [("语料券最高补多少？", "最高200万元。")]}
    assert "30万元" in assistant_of(wence).invoke(asked).text


def test_an_example_chain(wence: Application) -> None:
    """Checked facts from Wence, wording by another model: the model sees nothing that has no source."""
    seen: list[str] = []

    def shown(prompt: PromptValue) -> PromptValue:
        seen.append(str(prompt))
        return prompt

    prompt = ChatPromptTemplate.from_messages(
        [("system", "Write a short e-mail from this answer:\n{answer}"), ("user", "{question}")]
    )
    model = FakeListChatModel(responses=["您好，……"])
    chain = (
        {
            "answer": assistant_of(wence) | RunnableLambda(lambda answer: answer.text),
            "question": RunnablePassthrough(),
        }
        | prompt
        | RunnableLambda(shown)
        | model
        | StrOutputParser()
    )
    assert chain.invoke(QUESTION) == "您好，……"
    assert "200万元" in seen[0] and QUESTION in seen[0]
