"""The HTTP face: JSON, SSE, stored answers, documents, problem documents, and what another process ingests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.models import Question
from assistant.wiring import Application
from tests.conftest import TODAY, ingest_paths, served

QUESTION = "购买训练数据能补贴多少，上限多少？"


def sse(text: str) -> list[tuple[str, Any]]:
    """(event, data) of a stream."""
    events = []
    for part in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in part.splitlines())
        events.append((fields["event"], json.loads(fields["data"])))
    return events


def test_an_answer_as_json_and_again_from_the_journal(address: str) -> None:
    answer = httpx.post(f"{address}/api/ask", json={"question": QUESTION}, timeout=30).json()
    assert answer["status"] == "answered" and answer["as_of"] == "2026-11-22"
    assert {"question_id", "conversation_id", "citations", "assessments", "notices", "trace_id"} <= set(
        answer
    )
    c = answer["citations"][0]
    document = httpx.get(f"{address}/api/documents/{c['document_id']}", params={"v": c["version"]}).json()
    assert document["text"][c["start"] : c["end"]] == c["quote"]
    stored = httpx.get(f"{address}/api/answers/{answer['question_id']}").json()
    assert stored == {**answer, "conversation_id": ""}


def test_the_stream_adds_up_to_the_answer(address: str) -> None:
    headers = {"Accept": "text/event-stream"}
    response = httpx.post(f"{address}/api/ask", json={"question": QUESTION}, headers=headers, timeout=30)
    assert response.headers["content-type"].startswith("text/event-stream")
    events = sse(response.text)
    assert [name for name, _ in events][:3] == ["progress"] * 3
    assert events[-1][0] == "final"
    assert "".join(data["text"] for name, data in events if name == "delta") == events[-1][1]["text"]


def test_curl_shows_the_stream(address: str) -> None:
    command = ["curl", "-sN", f"{address}/api/ask", "-H", "Accept: text/event-stream"]
    command += ["-H", "Content-Type: application/json", "-d", json.dumps({"question": QUESTION})]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    assert shown.startswith("event: progress") and "event: final" in shown


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/ask", {}, 422),
        ("POST", "/api/ask", {"question": "  "}, 422),
        ("POST", "/api/ask", {"question": "长" * 3000}, 422),
        ("POST", "/api/ask", {"question": "x", "as_of": "gestern"}, 422),
        ("GET", "/api/answers/none", None, 404),
        ("GET", "/api/ask", None, 405),
        ("DELETE", "/api/ask", None, 405),
        ("GET", "/api/nothing", None, 404),
        ("GET", "/api/search?q=x&k=0", None, 422),
        ("GET", "/api/documents/none?v=99999999999999999999", None, 422),
        ("GET", "/api/documents/none", None, 404),
        ("GET", "/documents/none", None, 404),
        ("POST", "/api/feedback", {"question_id": "none", "rating": "up"}, 404),
    ],
)
def test_errors_are_problem_documents(address: str, method: str, path: str, body: Any, status: int) -> None:
    response = httpx.request(method, address + path, json=body, timeout=30)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("application/problem+json")
    problem = response.json()
    assert problem["status"] == status and problem["detail"] and "Traceback" not in response.text


def test_an_unusable_question_is_refused_before_a_stream_begins(address: str) -> None:
    headers = {"Accept": "text/event-stream"}
    response = httpx.post(f"{address}/api/ask", json={"question": " "}, headers=headers, timeout=30)
    assert response.status_code == 422 and response.json()["status"] == 422


def test_characters_that_no_file_can_hold_are_refused_or_dropped(address: str, wence: Application) -> None:
    body = b'{"question": "\\u8bed\\u6599\\ud800\\u5238", "facts": {"a": "\\udc00b"}}'
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
    response = httpx.post(f"{address}/api/ask", content=body, headers=headers, timeout=30)
    assert response.status_code == 422 and response.json()["detail"]
    question = Question(text="语料\ud800券最高多少", as_of=TODAY, facts={"a": "\udc00b"})
    answer = wence.pipeline.answer(question)
    assert answer.status == "answered" and answer.facts == {"a": "b"}


def test_nobody_leaves_files_here(address: str) -> None:
    for path in ("/gradio_api/upload", "/upload"):
        response = httpx.post(address + path, files={"files": ("x.txt", b"x")}, timeout=30)
        assert response.status_code == 404
    assert httpx.post(f"{address}/api/ask", content=b"x" * 300_000, timeout=30).status_code == 413


def test_callers_from_elsewhere_need_a_key_where_it_is_required(wence: Application) -> None:
    settings = wence.settings.model_copy(update={"require_key": True})
    with served(Application(settings, wence.clock)) as url:
        assert httpx.get(f"{url}/api/documents").status_code == 401
        assert httpx.get(f"{url}/api/documents", headers={"Origin": "https://example.org"}).status_code == 401
        assert httpx.get(f"{url}/api/documents", headers={"Origin": url}, timeout=30).status_code == 200
        assert httpx.get(f"{url}/healthz").status_code == 200


def test_feedback_is_kept(address: str) -> None:
    id = httpx.post(f"{address}/api/ask", json={"question": QUESTION}, timeout=30).json()["question_id"]
    body = {"question_id": id, "rating": "down", "reason": "数字不对"}
    assert httpx.post(f"{address}/api/feedback", json=body).status_code == 204


def test_other_origins_may_ask_without_credentials(address: str) -> None:
    headers = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    response = httpx.options(f"{address}/api/ask", headers=headers)
    assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in response.headers


def test_a_document_page_shows_markup_as_text(application: Application, tmp_path: Path) -> None:
    paper = tmp_path / "x.txt"
    paper.write_text(
        "<script>alert(1)</script>办法\n第一条 补贴最高10万元<img src=x onerror=alert(2)>。", encoding="utf-8"
    )
    ingest_paths(application, paper)
    (id,) = application.catalog.heads()
    with served(application) as url:
        page = httpx.get(f"{url}/documents/{id}")
    assert "<script>alert" not in page.text and "<img src=x" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]


def test_what_another_process_ingests_is_answered_within_five_seconds(
    application: Application, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_text("甲市办法\n第一条 甲市补贴最高10万元。", encoding="utf-8")
    second.write_text("乙市办法\n第一条 乙市奖励最高77万元。", encoding="utf-8")
    ingest_paths(application, first)
    home = str(application.settings.home)
    environment = {**os.environ, "WENCE_HOME": home, "WENCE_EMBEDDING_MODEL": "hash"}
    with served(application) as url:
        assert "77万元" not in httpx.get(f"{url}/api/search", params={"q": "乙市奖励"}).text
        command = [sys.executable, "-m", "assistant", "ingest", str(second)]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)
        finished = time.monotonic()
        while "77万元" not in httpx.get(f"{url}/api/search", params={"q": "乙市奖励"}).text:
            assert time.monotonic() - finished < 5
            time.sleep(0.1)
        assert len(httpx.get(f"{url}/api/documents").json()) == 2
