"""Provisions are read once a version, again when the rules change, and published with their generation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import build_app
from assistant.knowledge import PROVISIONS, generation_directory
from assistant.wiring import Application
from ingest import pipeline
from ingest.provisions import grammar_version, read_provisions
from tests.conftest import ingest_paths

PAPER = """云溪县设施农业奖补办法

第一条 新建连栋温室10亩以上的，按每亩2万元给予一次性补助，单个主体最高100万元。

第二条 对冷库按30%给予补助，减半发放。

第三条 申报材料：申请表、营业执照复印件。
"""


@pytest.fixture
def paper(application: Application, tmp_path: Path) -> str:
    (tmp_path / "奖补办法.txt").write_text(PAPER, encoding="utf-8")
    ingest_paths(application, tmp_path / "奖补办法.txt")
    (id,) = application.catalog.heads()
    return id


def _run(application: Application, *arguments: str) -> str:
    result = CliRunner().invoke(
        build_app(),
        list(arguments),
        env={"WENCE_HOME": str(application.settings.home), "WENCE_EMBEDDING_MODEL": "hash"},
    )
    assert result.exit_code == 0, result.output
    return result.output


def test_what_was_read_stands_beside_what_was_not(application: Application, paper: str) -> None:
    reading = application.catalog.reading(paper, 1)
    assert reading is not None and reading.coverage["unread"] == 1
    first = reading.provisions[0]
    assert str(first.content.grant.each) == "2万元"  # type: ignore[union-attr]
    assert PAPER.replace("\n\n", "\n")[first.start : first.end].startswith("按每亩2万元")
    (unread,) = [c for c in reading.clauses if c.unread]
    document = application.catalog.document(paper)
    assert document is not None
    assert any("减半" in document.text[s.start : s.end] for s in unread.unread)


def test_a_generation_carries_what_was_read(application: Application, paper: str) -> None:
    generation = application.catalog.generation()
    assert generation is not None
    file = generation_directory(application.settings.home, generation.number) / PROVISIONS
    (published,) = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    assert published["document"] == paper and published["provisions"]


def test_new_rules_read_again_without_embedding(
    application: Application, paper: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = application.catalog.generation()
    monkeypatch.setattr(pipeline, "grammar_version", lambda: "other rules")
    report = ingest_paths(application, tmp_path / "奖补办法.txt")
    assert (report.updated, report.embedded) == (0, 0)
    assert before is not None and application.catalog.to_read("other rules") == [(paper, 1)]


def test_a_run_that_was_stopped_goes_on_where_it_was(
    application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(
            f"第{number}镇奖补办法\n第一条 每户补助{number + 1}00元。", encoding="utf-8"
        )
    done: list[str] = []

    def stopped(document, before=None):  # type: ignore[no-untyped-def]
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(document.head.id)
        return read_provisions(document, before)

    monkeypatch.setattr(pipeline, "read_provisions", stopped)
    with pytest.raises(KeyboardInterrupt):
        ingest_paths(application, *sorted(tmp_path.glob("*.txt")))
    monkeypatch.setattr(pipeline, "read_provisions", read_provisions)
    assert len(application.catalog.to_read(grammar_version())) == 1
    ingest_paths(application, *sorted(tmp_path.glob("*.txt")))
    assert application.catalog.to_read(grammar_version()) == []
    assert len(application.catalog.coverage()) == 3


def test_the_command_shows_and_a_person_stands_for_a_reading(
    application: Application, paper: str, tmp_path: Path
) -> None:
    shown = _run(application, "provisions", paper)
    assert "每1亩2万元" in shown and "没有读懂：" in shown and "第一条 第一条" not in shown
    only = _run(application, "provisions", paper, "--unread")
    assert "减半" in only and "连栋" not in only
    rows = json.loads(_run(application, "provisions", paper, "--json"))
    assert rows["clauses"] == len(rows["rows"])
    before = application.catalog.generation()
    assert "已确认" in _run(application, "provisions", "approve", paper, "1", "--by", "王敏")
    after = application.catalog.generation()
    assert before and after and after.number == before.number + 1
    # A new version of the rules reads again and leaves what a person stands for.
    again = application.catalog.reading(paper, 1)
    assert again is not None
    application.catalog.store_reading(again.model_copy(update={"grammar": "older rules"}))
    ingest_paths(application, tmp_path / "奖补办法.txt")
    reading = application.catalog.reading(paper, 1)
    assert reading is not None and reading.grammar != "older rules"
    assert next((p.standing, p.by) for p in reading.provisions) == ("approved", "王敏")


def test_the_list_of_documents_says_how_much_was_read(application: Application, paper: str) -> None:
    (row,) = json.loads(_run(application, "documents", "--json"))
    assert row["coverage"]["clauses"] >= 2 and row["coverage"]["unread"] == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nothing"], "没有 id 为 nothing"),
        (["approve", "nothing", "1", "--by", "王敏"], "没有 id 为 nothing"),
    ],
)
def test_a_wrong_id_is_said(application: Application, paper: str, arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(
        build_app(),
        ["provisions", *arguments],
        env={"WENCE_HOME": str(application.settings.home), "WENCE_EMBEDDING_MODEL": "hash"},
    )
    assert result.exit_code != 0 and says in str(result.exception or result.output)
