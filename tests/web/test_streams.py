"""Streams that break and are taken up again, conversations, and the page of a stored answer."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.models import Answer, Question, Trace
from assistant.pipeline import Pipeline
from assistant.web.problems import install_problem_handlers
from assistant.web.streams import AnswerStreams
from assistant.wiring import Application
from tests.conftest import served
from tests.scripted_llm import Reply, _Handler, scripted_llm

QUESTION = "购买训练数据能补贴多少，上限多少？"
STREAM = {"Accept": "text/event-stream"}


def parsed(text: str) -> list[tuple[str | None, str, Any]]:
    """(id, event, data) of a stream, comments left out."""
    events = []
    for part in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in part.splitlines() if not line.startswith(":"))
        if "data" in fields:
            events.append((fields.get("id"), fields["event"], json.loads(fields["data"])))
    return events


def ask(address: str, question: str = QUESTION, **more: Any) -> dict[str, Any]:
    response = httpx.post(f"{address}/api/ask", json={"question": question, **more}, timeout=30)
    assert response.status_code == 200
    return response.json()  # type: ignore[no-any-return]


@contextmanager
def held_up(wence: Application, **settings: Any) -> Iterator[tuple[str, threading.Event]]:
    """The server with a language model that says nothing until it is let go."""
    let_go = threading.Event()

    def reply(handler: _Handler) -> None:
        let_go.wait(30)
        handler.send_text("语料券按合同金额最高资助30%。[1]")

    replies: list[Reply] = [reply]
    with scripted_llm(*replies) as (url, _):
        update = {"llm_base_url": url, "llm_model": "scripted", "llm_timeout": 30.0, **settings}
        application = Application(wence.settings.model_copy(update=update), wence.clock)
        with served(application) as address:
            try:
                yield address, let_go
            finally:
                let_go.set()


# ------------------------------------------------------------------ taken up again


def test_the_ids_are_known_from_the_first_event(address: str) -> None:
    response = httpx.post(f"{address}/api/ask", json={"question": QUESTION}, headers=STREAM, timeout=30)
    events = parsed(response.text)
    answer = events[-1][2]
    assert events[0][1] == "progress" and events[0][2]["question_id"] == answer["question_id"]
    assert events[0][2]["conversation_id"] == answer["conversation_id"]
    assert response.headers["x-question-id"] == answer["question_id"]
    assert [id for id, _, _ in events] == [*(str(n) for n in range(len(events) - 1)), "end"]
    cited = [c["number"] for _, name, data in events if name == "delta" for c in data["citations"]]
    assert set(cited) == {c["number"] for c in answer["citations"]}


def test_a_stream_goes_on_after_the_event_seen_last(address: str) -> None:
    whole = httpx.post(f"{address}/api/ask", json={"question": QUESTION}, headers=STREAM, timeout=30).text
    events = parsed(whole)
    url = f"{address}/api/answers/{events[0][2]['question_id']}/events"
    conversation = events[0][2]["conversation_id"]
    events = parsed(whole.replace(conversation, ""))
    assert conversation and parsed(httpx.get(url).text) == events, "a reader is not told the conversation"
    again = httpx.get(url, headers={"Last-Event-ID": "1"})
    assert again.headers["content-type"].startswith("text/event-stream")
    assert parsed(again.text) == events[2:]
    done = httpx.get(url, headers={"Last-Event-ID": "end"})
    assert done.status_code == 204 and not done.content
    assert httpx.get(f"{address}/api/answers/none/events").status_code == 404


def test_the_answer_is_made_though_the_client_has_gone(wence: Application) -> None:
    with held_up(wence, heartbeat_seconds=0.2) as (address, let_go):
        seen: list[str] = []
        body = {"question": QUESTION}
        with httpx.stream("POST", f"{address}/api/ask", json=body, headers=STREAM, timeout=30) as response:
            for line in response.iter_lines():
                seen.append(line)
                if line.startswith(":"):
                    break  # a heartbeat came: the line is cut here, while nothing was said
        first = parsed("\n".join(seen))
        question_id = first[0][2]["question_id"]
        url = f"{address}/api/answers/{question_id}/events"
        last = {"Last-Event-ID": str(first[-1][0])}
        later = threading.Timer(0.5, let_go.set)
        later.start()
        rest = parsed(httpx.get(url, headers=last, timeout=30).text)
        later.join()
        assert rest[-1][1] == "final" and rest[-1][2]["question_id"] == question_id
        text = "".join(data["text"] for _, name, data in [*first, *rest] if name == "delta")
        assert text == rest[-1][2]["text"]


def test_an_answer_that_is_not_streamed_ends_in_time_and_is_kept(wence: Application) -> None:
    with held_up(wence, request_timeout=0.5) as (address, let_go):
        response = httpx.post(f"{address}/api/ask", json={"question": QUESTION}, timeout=30)
        assert response.status_code == 504 and response.json()["status"] == 504
        assert httpx.get(f"{address}/healthz").status_code == 200
        let_go.set()


def test_what_is_no_longer_in_memory_is_replayed_from_the_journal(address: str, wence: Application) -> None:
    answer = ask(address)
    with served(Application(wence.settings, wence.clock)) as other:
        url = f"{other}/api/answers/{answer['question_id']}/events"
        events = parsed(httpx.get(url, timeout=30).text)
        assert [name for _, name, _ in events] == ["progress", "delta", "final"]
        assert events[0][2]["conversation_id"] == ""
        assert events[1][2]["text"] == answer["text"] and events[2][2] == {**answer, "conversation_id": ""}
        later = parsed(httpx.get(url, headers={"Last-Event-ID": "4"}).text)
        assert [name for _, name, _ in later] == ["final"]
        assert httpx.get(url, headers={"Last-Event-ID": "end"}).status_code == 204


def test_memory_is_bounded(wence: Application) -> None:
    streams = AnswerStreams(wence.pipeline, kept=2)
    question = Question(text=QUESTION, as_of=wence.clock.today())

    async def all_of(count: int) -> list[str]:
        running = [streams.start(question) for _ in range(count)]
        answers = [await one.answer() for one in running]
        assert all(isinstance(answer, Answer) for answer in answers)
        return [one.question_id for one in running]

    ids = asyncio.run(all_of(5))
    assert [streams.find(id) is not None for id in ids].count(True) == 2
    streams.close()


def test_who_comes_when_too_many_wait_is_told_when_to_come_again(wence: Application) -> None:
    streams = AnswerStreams(wence.pipeline, most=1)
    question = Question(text=QUESTION, as_of=wence.clock.today())
    app = FastAPI()
    install_problem_handlers(app)

    @app.get("/")
    def start() -> None:
        streams.start(question)

    with TestClient(app) as client:
        assert client.get("/").status_code == 200
        late = client.get("/")
    assert late.status_code == 503 and int(late.headers["retry-after"]) > 0
    streams.close()


def test_observers_hear_of_every_answer(wence: Application) -> None:
    heard: list[tuple[Answer, Trace]] = []
    pipeline: Pipeline = Application(wence.settings, wence.clock).pipeline
    pipeline.observe(lambda answer, trace: heard.append((answer, trace)))
    answer = pipeline.answer(Question(text=QUESTION, as_of=wence.clock.today()))
    assert [a for a, _ in heard] == [answer]


# ------------------------------------------------------------------ conversations


def test_a_follow_up_goes_on_from_the_conversation(address: str) -> None:
    first = ask(address, "语料券最高补多少？")
    then = ask(address, "合同是100万元的话呢？", conversation_id=first["conversation_id"])
    assert then["conversation_id"] == first["conversation_id"]
    assert "30万元" in then["text"] and then["facts"]["corpus_contract_amount"]
    alone = ask(address, "合同是100万元的话呢？")
    assert "语料券" in then["text"] and "语料券" not in alone["text"]


def test_what_was_told_before_is_known_and_what_is_told_now_counts(address: str) -> None:
    told = {"corpus_contract_amount": "200万元"}
    first = ask(address, "语料券我们能拿多少？", facts=told)
    assert "60万元" in first["text"]
    conversation = first["conversation_id"]
    assert "60万元" in ask(address, "语料券最多拿多少？", conversation_id=conversation)["text"]
    now = {"corpus_contract_amount": "100万元"}
    assert "30万元" in ask(address, "语料券最多拿多少？", conversation_id=conversation, facts=now)["text"]


# ------------------------------------------------------------------ the page of an answer


def test_a_shared_answer_is_readable_without_a_script(address: str) -> None:
    answer = ask(address)
    page = httpx.get(f"{address}/a/{answer['question_id']}")
    assert page.status_code == 200 and "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    c = answer["citations"][0]
    assert f'href="/documents/{c["document_id"]}?v={c["version"]}#{c["start"]}-{c["end"]}"' in page.text
    for shown in (
        QUESTION,
        "2026-11-22",
        c["quote"],
        "本站摘编，非原文",
        f"第 {c['version']} 版",
        c["title"],
    ):
        assert shown in page.text
    assert httpx.get(f"{address}/site/shared-page.css").status_code == 200
    missing = httpx.get(f"{address}/a/none")
    assert missing.status_code == 404 and "重新提问" in missing.json()["detail"]


@pytest.mark.parametrize(("language", "word"), [("en", "Sources"), ("zh-Hant", "出處")])
def test_a_shared_answer_speaks_the_answers_language(address: str, language: str, word: str) -> None:
    id = ask(address, language=language)["question_id"]
    assert word in httpx.get(f"{address}/a/{id}").text


def test_markup_in_a_shared_question_stays_text(address: str) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)> 语料券最高补多少？"
    page = httpx.get(f"{address}/a/{ask(address, hostile)['question_id']}").text
    assert "<script>" not in page and "<img" not in page and "&lt;script&gt;" in page


def test_asking_at_once_is_bounded(wence: Application) -> None:
    started = time.monotonic()
    with served(Application(wence.settings, wence.clock)) as address:

        async def burst() -> list[int]:
            async with httpx.AsyncClient(timeout=60) as client:
                calls = [client.post(f"{address}/api/ask", json={"question": QUESTION}) for _ in range(20)]
                return [response.status_code for response in await asyncio.gather(*calls)]

        assert set(asyncio.run(burst())) == {200}
    assert time.monotonic() - started < 60
