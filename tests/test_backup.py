"""A backup taken while the journal is written holds together, and brings everything back."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from assistant.backup import back_up, restore
from assistant.clock import FixedClock
from assistant.errors import InputError
from assistant.models import Question
from assistant.wiring import Application
from tests.conftest import TODAY, ingest_paths, make_settings


@pytest.fixture
def filled(tmp_path: Path) -> Application:
    """A home with one paper and the hash encoder."""
    application = Application(make_settings(tmp_path / "home", embedding_model="hash"), FixedClock(TODAY))
    paper = tmp_path / "paper.md"
    paper.write_text("# 某市算力券办法\n\n算力券按合同金额的30%补贴，最高50万元。\n", encoding="utf-8")
    ingest_paths(application, paper)
    return application


def ask(application: Application) -> str:
    return application.pipeline.answer(Question(text="算力券最高多少", as_of=TODAY)).text


def test_everything_comes_back_although_answers_were_written_meanwhile(
    filled: Application, tmp_path: Path
) -> None:
    before = ask(filled)
    stop = threading.Event()

    def keep_asking() -> None:
        while not stop.is_set():
            ask(filled)

    writer = threading.Thread(target=keep_asking)
    writer.start()
    try:
        count = back_up(filled.settings.home, tmp_path / "wence.tar.gz")
    finally:
        stop.set()
        writer.join()
    assert count >= 4
    other = tmp_path / "elsewhere"
    assert restore(other, tmp_path / "wence.tar.gz") is None
    with sqlite3.connect(other / "journal.db") as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        assert db.execute("select count(*) from answers").fetchone()[0] >= 1
    db.close()
    back = Application(make_settings(other, embedding_model="hash"), FixedClock(TODAY))
    assert ask(back) == before


def test_what_was_there_is_kept(filled: Application, tmp_path: Path) -> None:
    file = tmp_path / "wence.tar.gz"
    back_up(filled.settings.home, file)
    (filled.settings.home / "note.txt").write_text("later", encoding="utf-8")
    kept = restore(filled.settings.home, file)
    assert kept is not None and (kept / "note.txt").read_text(encoding="utf-8") == "later"
    assert not (filled.settings.home / "note.txt").exists() and (filled.settings.home / "catalog.db").exists()


@pytest.mark.parametrize("content", [b"", b"not a backup", None])
def test_a_file_that_is_no_backup_changes_nothing(
    filled: Application, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "wrong.tar.gz"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match="备份"):
        restore(filled.settings.home, file)
    assert (filled.settings.home / "catalog.db").exists()
    assert not list(tmp_path.glob(".restoring-*"))


def test_another_archive_is_refused_and_a_backup_inside_the_home_too(
    filled: Application, tmp_path: Path
) -> None:
    (tmp_path / "things").mkdir()
    (tmp_path / "things" / "a.txt").write_text("a", encoding="utf-8")
    other = shutil.make_archive(str(tmp_path / "things"), "gztar", tmp_path / "things")
    with pytest.raises(InputError, match="wence backup"):
        restore(filled.settings.home, Path(other))
    with pytest.raises(InputError, match="里面"):
        back_up(filled.settings.home, filled.settings.home / "x.tar.gz")
