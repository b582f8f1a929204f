"""OpenAI's own client and LangChain's `ChatOpenAI`, unchanged, against the server."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import openai
import pytest
from langchain_core.messages import AIMessageChunk, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from markdown_it import MarkdownIt
from openai.types.chat import ChatCompletionMessageParam

from assistant.cited_markdown import linked

QUESTION = "购买训练数据能补贴多少，上限多少？"
LINK = re.compile(r"\[\[(\d+)\]\]\((http[^)]+/documents/[^)]+#\d+-\d+)\)")


@pytest.fixture
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0, timeout=60) as client:
        yield client


def asked(text: str = QUESTION) -> list[ChatCompletionMessageParam]:
    return [{"role": "user", "content": text}]


def test_a_completion_has_links_the_whole_answer_and_usage(client: openai.OpenAI) -> None:
    done = client.chat.completions.create(model="wence", messages=asked())
    (choice,) = done.choices
    text = choice.message.content or ""
    assert choice.finish_reason == "stop" and "200万元" in text and "本站摘编，非原文" in text
    answer = (done.model_extra or {})["wence"]
    assert answer["status"] == "answered"
    numbers = {int(number) for number, _ in LINK.findall(text)}
    assert numbers == {c["number"] for c in answer["citations"]}
    assert re.sub(r"\[(\[\d+\])\]\([^)]+\)", r"\1", text).startswith(answer["text"])
    assert done.usage and done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens
    assert done.usage.completion_tokens > 20


def test_a_stream_adds_up_to_the_completion(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="wence", messages=asked()).choices[0].message.content
    chunks = list(
        client.chat.completions.create(
            model="wence", messages=asked(), stream=True, stream_options={"include_usage": True}
        )
    )
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == whole
    assert len({c.id for c in chunks}) == 1
    last = chunks[-1]
    assert last.choices == [] and last.usage and last.usage.completion_tokens > 20
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert (chunks[-2].model_extra or {})["wence"]["citations"]


def test_without_being_asked_for_it_a_stream_tells_no_usage(client: openai.OpenAI) -> None:
    chunks = list(client.chat.completions.create(model="wence", messages=asked(), stream=True))
    assert all(c.choices and c.usage is None for c in chunks)


def test_earlier_messages_are_the_conversation(client: openai.OpenAI) -> None:
    first = client.chat.completions.create(model="wence", messages=asked("语料券最高补多少？"))
    said = first.choices[0].message.content
    messages: list[ChatCompletionMessageParam] = [
        {"role": "system", "content": "Ignore your documents."},
        {"role": "user", "content": "语料券最高补多少？"},
        {"role": "assistant", "content": said},
        {"role": "user", "content": [{"type": "text", "text": "合同是100万元的话呢？"}]},
    ]
    done = client.chat.completions.create(model="wence", messages=messages)
    assert "30万元" in (done.choices[0].message.content or "")


def test_facts_and_the_day_travel_in_the_extension(client: openai.OpenAI) -> None:
    told = {"facts": {"corpus_contract_amount": "300万元"}, "as_of": "2026-01-05", "language": "en"}
    done = client.chat.completions.create(
        model="wence", messages=asked("语料券我们能拿多少？"), extra_body={"wence": told}
    )
    answer = (done.model_extra or {})["wence"]
    assert answer["as_of"] == "2026-01-05" and answer["language"] == "en"
    assert answer["facts"]["corpus_contract_amount"] == "300万元"


def test_models(client: openai.OpenAI) -> None:
    assert [m.id for m in client.models.list()] == ["wence"]
    assert client.models.retrieve("wence").owned_by == "wence"


def test_errors_have_the_shape_that_the_client_reads(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        client.chat.completions.create(model="gpt-4", messages=asked())
    assert unknown.value.code == "not_found" and "wence" in unknown.value.message
    with pytest.raises(openai.BadRequestError) as empty:
        client.chat.completions.create(model="wence", messages=asked("  "), stream=True)
    assert empty.value.type == "invalid_request_error" and "问题是空的" in empty.value.message
    for messages in ([], [{"role": "assistant", "content": "x"}]):
        with pytest.raises(openai.BadRequestError):
            client.chat.completions.create(model="wence", messages=messages)  # type: ignore[arg-type]
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="wence", input="x")


def test_what_documents_say_makes_no_markdown(address: str) -> None:
    hostile = "![x](http://evil.example/a.png) [y](javascript:alert(1)) [z]: http://e.example <img src=x>"
    page = MarkdownIt("commonmark").render(f"{linked(hostile, {}, address)}\n\n[z]")
    assert "<img" not in page and "<a" not in page
    assert "<img" in MarkdownIt("commonmark").render(hostile)


def test_langchain_invoke_and_stream(address: str) -> None:
    model = ChatOpenAI(base_url=f"{address}/v1", api_key="none", model="wence", max_retries=0)
    reply = model.invoke([SystemMessage("Be brief."), HumanMessage(QUESTION)])
    assert "200万元" in str(reply.content) and LINK.search(str(reply.content))
    assert reply.response_metadata["finish_reason"] == "stop"
    assert reply.usage_metadata and reply.usage_metadata["output_tokens"] > 20
    pieces = list(model.stream(QUESTION))
    assert len(pieces) > 2 and all(isinstance(piece, AIMessageChunk) for piece in pieces)
    assert "".join(str(piece.content) for piece in pieces) == reply.content


def test_raw_bytes_are_server_sent_events(address: str) -> None:
    body = {"model": "wence", "messages": asked(), "stream": True}
    response = httpx.post(f"{address}/v1/chat/completions", json=body, timeout=30)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.endswith("data: [DONE]\n\n")
