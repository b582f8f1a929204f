"""Syncing: what staff throw at it goes in once, changes when it changes, and bad files say why."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import build_app
from assistant.errors import EncoderMismatch, KnowledgeBaseError
from assistant.wiring import Application
from tests.conftest import ingest_paths, make_settings
from tests.ingest.files import LINES, TITLE, write_all


@pytest.mark.parametrize("suffix", ["md", "txt", "html", "docx", "pdf"])
def test_each_format_reads_as_the_same_paper(application: Application, tmp_path: Path, suffix: str) -> None:
    file = write_all(tmp_path / "papers")[suffix]
    report = ingest_paths(application, file)
    assert (report.added, report.failed) == (1, [])
    (id,) = application.catalog.heads()
    document = application.catalog.document(id)
    assert document is not None
    assert document.head.title == TITLE
    assert id.startswith(f"paper-{suffix}-")
    for line in LINES:
        assert line in document.text
    assert not any(word in document.text for word in ("首页", "版权所有", "alert"))
    clause = next(s for s in document.sections if s.number == "二")
    assert "最高80万元" in document.text[clause.start : clause.end]


def test_table_row_of_a_word_file_keeps_its_header(application: Application, tmp_path: Path) -> None:
    ingest_paths(application, write_all(tmp_path / "papers")["docx"])
    (id,) = application.catalog.heads()
    document = application.catalog.document(id)
    assert document is not None and "档次：二档｜上限：60万元" in document.text


def test_second_run_changes_and_embeds_nothing(application: Application, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    write_all(folder)
    first = ingest_paths(application, folder)
    assert first.added == 2 and first.embedded > 0  # the docx has a table more, the others are copies
    generation = application.catalog.generation()
    second = ingest_paths(application, folder)
    assert (second.added, second.updated, second.removed, second.embedded) == (0, 0, 0, 0)
    assert second.unchanged == first.added
    assert application.catalog.generation() == generation


def test_copies_are_named_beside_their_original(application: Application, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("同一份文件的正文，一字不差。", encoding="utf-8")
    report = ingest_paths(application, tmp_path / "a.txt", tmp_path / "b.txt")
    assert report.added == 1
    named = {"source": str(tmp_path / "b.txt"), "duplicate_of": str(tmp_path / "a.txt"), "kind": "reprint"}
    assert report.duplicates == [named]


def test_old_versions_stay_readable(application: Application, tmp_path: Path) -> None:
    paper = tmp_path / "办法.txt"
    paper.write_text("算力补贴最高80万元。", encoding="utf-8")
    ingest_paths(application, paper)
    paper.write_text("算力补贴最高90万元。", encoding="utf-8")
    report = ingest_paths(application, paper)
    assert (report.added, report.updated, report.documents) == (0, 1, 1)
    ((id, (_, version)),) = application.catalog.heads().items()
    old, new = application.catalog.document(id, 1), application.catalog.document(id)
    assert version == 2 and old and "80万元" in old.text and new and "90万元" in new.text


def test_removed_concerns_only_the_given_roots(application: Application, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        for name in ("1", "2"):
            (tmp_path / folder / f"{name}.txt").write_text(
                f"文件夹{folder}里的第{name}份文件。", encoding="utf-8"
            )
    ingest_paths(application, tmp_path / "a", tmp_path / "b")
    (tmp_path / "a/1.txt").unlink()
    (tmp_path / "b/1.txt").unlink()
    report = ingest_paths(application, tmp_path / "a")
    assert (report.removed, report.documents) == (1, 3)
    (tmp_path / "a/1.txt").write_text("文件夹a里的第1份文件。", encoding="utf-8")
    back = ingest_paths(application, tmp_path / "a")
    assert (back.added + back.updated, back.documents) == (1, 4)


def make_bad_files(folder: Path) -> dict[str, str]:
    """Bad file → a word its reason must have."""
    folder.mkdir()
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 4)
    (folder / "corrupt.pdf").write_bytes(b"%PDF-1.7\nnothing of a PDF follows")
    (folder / "corrupt.docx").write_bytes(b"PK\x03\x04 not a zip")
    (folder / "large.txt").write_bytes("很长的文件。".encode() * 100_000)
    (folder / "head.md").write_text("---\ntitle: [\n---\n正文在这里。", encoding="utf-8")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    reasons = {
        "empty.txt": "空",
        "binary.txt": "二进制",
        "corrupt.pdf": "损坏",
        "corrupt.docx": "损坏",
        "large.txt": "WENCE_MAX_FILE_MB",
        "head.md": "YAML",
        "loop.txt": "权限",
    }
    if os.geteuid() != 0:
        (folder / "locked.txt").write_text("锁住的文件。", encoding="utf-8")
        (folder / "locked.txt").chmod(0)
        reasons["locked.txt"] = "权限"
    return reasons


def test_bad_files_say_why_and_the_others_go_in(tmp_path: Path) -> None:
    application = Application(make_settings(tmp_path / "home", embedding_model="hash", max_file_mb=0.5))
    folder = tmp_path / "papers"
    reasons = make_bad_files(folder)
    (folder / "good.txt").write_text("算力补贴按合同金额的最高25%给予。", encoding="utf-8")
    empty = tmp_path / "nothing"
    empty.mkdir()
    (empty / "program.exe").write_bytes(b"x")
    report = ingest_paths(application, folder, tmp_path / "missing.txt", empty)
    assert (report.added, report.documents, report.exit_code) == (1, 1, 1)
    failed = {Path(f["source"]).name: f["reason"] for f in report.failed}
    assert set(failed) == {*reasons, "missing.txt", "nothing", "program.exe"}
    for name, word in reasons.items():
        assert word in failed[name], failed[name]
    assert "不存在" in failed["missing.txt"] and "没有可读的文件" in failed["nothing"]
    assert all("\n" not in reason and len(reason) < 120 for reason in failed.values())


def test_another_embedding_model_is_refused_until_rebuilt(application: Application, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("算力补贴最高80万元。", encoding="utf-8")
    ingest_paths(application, tmp_path / "a.txt")

    class Other:
        fingerprint = "other"

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [[1.0, 0.0] for _ in texts]

        def embed_query(self, text: str) -> list[float]:
            return [1.0, 0.0]

    application.encoder = Other()
    with pytest.raises(EncoderMismatch, match="--rebuild"):
        ingest_paths(application, tmp_path / "a.txt")
    report = ingest_paths(application, tmp_path / "a.txt", rebuild=True)
    assert report.unchanged == 1 and report.embedded == 1
    generation = application.catalog.generation()
    assert generation is not None and generation.model == "other"


def test_two_writers_do_not_meet(application: Application, tmp_path: Path) -> None:
    from filelock import FileLock

    (tmp_path / "a.txt").write_text("算力补贴最高80万元。", encoding="utf-8")
    application.settings.home.mkdir(parents=True)
    with (
        FileLock(application.settings.home / "ingest.lock"),
        pytest.raises(KnowledgeBaseError, match="正在运行"),
    ):
        ingest_paths(application, tmp_path / "a.txt")


def test_an_interrupted_run_is_finished_by_the_next(application: Application, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(
            f"第{number}份文件：算力补贴最高{number + 1}0万元。", encoding="utf-8"
        )

    class Stopped(RuntimeError):
        pass

    class Breaking:
        fingerprint = application.encoder.fingerprint

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise Stopped

        def embed_query(self, text: str) -> list[float]:
            return application.encoder.embed_query(text)

    whole = application.encoder
    application.encoder = Breaking()
    with pytest.raises(Stopped):
        ingest_paths(application, tmp_path)
    assert application.catalog.generation() is None and application.catalog.heads() == {}
    application.encoder = whole
    report = ingest_paths(application, tmp_path)
    assert (report.unchanged, report.documents) == (3, 3)
    assert len(application.knowledge.snapshot().heads) == 3


def run_cli(home: Path, *arguments: str, **variables: str) -> tuple[int, str]:
    environment = {"WENCE_HOME": str(home), "WENCE_EMBEDDING_MODEL": "hash", **variables}
    result = CliRunner().invoke(build_app(), list(arguments), env=environment)
    return result.exit_code, result.stdout


def test_command_line_report_and_exit_status(tmp_path: Path) -> None:
    good = tmp_path / "good.txt"
    good.write_text("算力补贴最高80万元。", encoding="utf-8")
    home = tmp_path / "home"
    code, out = run_cli(home, "ingest", str(good), "--json", "--dry-run")
    assert code == 0 and json.loads(out)["added"] == 1 and json.loads(out)["documents"] == 0
    code, out = run_cli(home, "ingest", str(good), "--json")
    report = json.loads(out)
    assert code == 0 and report["added"] == 1
    assert {
        "added",
        "updated",
        "unchanged",
        "removed",
        "duplicates",
        "failed",
        "documents",
        "chunks",
        "seconds",
    } <= set(report)
    assert run_cli(home, "ingest", str(good), str(tmp_path / "no.txt"), "--json")[0] == 1
    assert run_cli(home, "ingest", str(tmp_path / "no.txt"), "--json")[0] == 2
    code, out = run_cli(home, "documents", "--json")
    (row,) = json.loads(out)
    assert row["title"] == "good" and row["version"] == 1 and row["chunks"] == 1


def test_samples_can_be_left_out(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert run_cli(home, "ingest")[0] == 0
    assert len(json.loads(run_cli(home, "documents", "--json")[1])) == 64
    assert json.loads(run_cli(home, "documents", "--json", WENCE_SAMPLES="0")[1]) == []
