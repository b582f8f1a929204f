"""`wence` as users and scripts call it: real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.wiring import Application


def run(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WENCE_HOME": str(home), "WENCE_EMBEDDING_MODEL": "hash", **variables}
    command = [sys.executable, "-m", "assistant", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "训力券最高多少"),
        ("ask",),
        ("serve", "--port", "7860"),
        ("ask", "x", "--out", "o.jsonl"),
        ("ingest", "x.txt"),
        ("ask", "x", "--facts", "a"),
        ("ask", "--batch", "none.jsonl", "--out", "o.jsonl"),
        ("eval", "run", "--cases", "none.jsonl", "--out", "o"),
    ],
)
def test_errors_are_one_plain_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = run(tmp_path, *arguments)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr + result.stdout
    assert "请" in result.stderr + result.stdout


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    assert "Traceback" in run(tmp_path, "ask", "训力券", WENCE_DEBUG="1").stderr


def test_batches_of_questions_and_searches(wence: Application, tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    rows = [
        {"id": "1", "question": "语料券最高多少？"},
        {"id": "2", "turns": ["训力券最高多少？", "那归哪个部门管？"], "as_of": "2026-01-01"},
    ]
    questions.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    variables = {"WENCE_EMBEDDING_MODEL": "embedded", "WENCE_MODEL_CACHE": str(wence.settings.model_dir)}
    out = tmp_path / "answers.jsonl"
    result = run(wence.settings.home, "ask", "--batch", str(questions), "--out", str(out), **variables)
    assert result.returncode == 0, result.stderr
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [a["id"] for a in answers] == ["1", "2"]
    assert "200万元" in answers[0]["answer"]["text"] and answers[1]["answer"]["as_of"] == "2026-01-01"
    found = tmp_path / "passages.jsonl"
    single = tmp_path / "one.jsonl"
    single.write_text(json.dumps(rows[0], ensure_ascii=False), encoding="utf-8")
    result = run(
        wence.settings.home, "search", "--batch", str(single), "--out", str(found), "-k", "3", **variables
    )
    assert result.returncode == 0, result.stderr
    (line,) = found.read_text(encoding="utf-8").splitlines()
    passages = json.loads(line)["passages"]
    assert len(passages) == 3 and {"document_id", "title", "article", "text", "score", "url"} <= set(
        passages[0]
    )


def test_unusable_rows_are_said_and_the_others_answered(tmp_path: Path) -> None:
    paper = tmp_path / "a.txt"
    paper.write_text("甲市办法\n第一条 甲市补贴最高10万元。", encoding="utf-8")
    assert run(tmp_path / "home", "ingest", str(paper)).returncode == 0
    rows = [
        '{"id": 1, "question": " "}', '{"id": 2, "question": "甲市补贴", "as_of": "someday"}', '{"id": 3, "turns": "深圳"}',
        '{"id": 4, "question": "甲市补贴", "facts": [1]}', '{"id": 5, "question": "甲市补贴最高多少"}',
    ]  # fmt: skip
    questions, out = tmp_path / "q.jsonl", tmp_path / "o.jsonl"
    questions.write_bytes(b"\xef\xbb\xbf" + "\n".join(rows).encode())
    result = run(tmp_path / "home", "ask", "--batch", str(questions), "--out", str(out))
    assert result.returncode == 1 and "Traceback" not in result.stderr
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [("error" in line) for line in lines] == [True, True, True, True, False]


def test_titles_with_brackets_and_homes_that_cannot_be(tmp_path: Path) -> None:
    paper = tmp_path / "a.md"
    paper.write_text("# 办法[/x]的标题\n\n内容在这里。", encoding="utf-8")
    assert run(tmp_path / "home", "ingest", str(paper)).returncode == 0
    assert "[/x]" in run(tmp_path / "home", "documents", COLUMNS="200").stdout
    for command in (("ask", "x"), ("ingest",), ("documents",)):
        result = run(paper, *command)
        assert result.returncode == 2 and "WENCE_HOME" in result.stderr and "Traceback" not in result.stderr
    assert run(paper, "doctor").returncode == 1


def test_settings_and_doctor(wence: Application, tmp_path: Path) -> None:
    assert "WENCE_LLM_BASE_URL" in run(tmp_path, "settings").stdout
    sick = run(tmp_path, "doctor", "--json")
    assert sick.returncode == 1
    assert any(not f["ok"] and "wence ingest" in f["detail"] for f in json.loads(sick.stdout))
    variables = {"WENCE_EMBEDDING_MODEL": "embedded", "WENCE_MODEL_CACHE": str(wence.settings.model_dir)}
    well = run(wence.settings.home, "doctor", "--json", **variables)
    assert well.returncode == 0 and all(f["ok"] for f in json.loads(well.stdout))
