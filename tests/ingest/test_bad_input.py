"""What must not break an ingest: each a clear reason, in bounded time, and nothing else lost."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from assistant.wiring import Application
from ingest.reading import Limits
from ingest.sources import collect
from tests.conftest import ingest_paths
from tests.ingest import files
from tests.ingest.word_files import without


def locked_pdf(path: Path) -> None:
    canvas = Canvas(str(path), encrypt=StandardEncryption("secret"))
    canvas.drawString(72, 700, "locked")
    canvas.save()


def long_pdf(path: Path, pages: int = 5000) -> None:
    canvas = Canvas(str(path))
    for _ in range(pages):
        canvas.showPage()
    canvas.save()


def bomb(path: Path) -> None:
    path.write_bytes(files.zip_of({"bomb.txt": b"0" * 300_000_000}))


def liar(path: Path) -> None:
    """A member whose header says 10 bytes and which is far larger."""
    data = bytearray(files.zip_of({"liar.txt": b"0" * 120_000_000}))
    for mark in (b"PK\x01\x02",):
        at = data.index(mark)
        data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(data))


def locked_zip(path: Path) -> None:
    data = bytearray(files.zip_of({"a.txt": "内容".encode()}))
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(bytes(data))


def climbing_zip(path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../evil.txt", "外面")
        archive.writestr("inside.txt", "里面的办法\n第一条 最高10万元。")
    path.write_bytes(buffer.getvalue())


CASES = {
    "locked.pdf": (locked_pdf, "密码"),
    "long.pdf": (long_pdf, "WENCE_MAX_PAGES"),
    "bomb.zip": (bomb, "过大"),
    "liar.zip": (liar, "损坏|过大|MB"),
    "locked.zip": (locked_zip, "密码"),
    "broken.zip": (lambda p: p.write_bytes(b"PK\x03\x04 broken"), "损坏"),
    "empty.zip": (lambda p: p.write_bytes(files.zip_of({"a.exe": b"MZ"})), "没有可读"),
    "deep.html": (lambda p: p.write_bytes(b"<div>" * 100_000 + b"x"), "嵌套过深"),
    "hollow.html": (
        lambda p: p.write_bytes(b"<html><body><script>x()</script></body></html>"),
        "没有文字|没有内容|脚本",
    ),
    "broken.xlsx": (lambda p: p.write_bytes(b"PK\x03\x04 broken"), "损坏"),
    "broken.png": (lambda p: p.write_bytes(b"\x89PNG broken"), "损坏"),
}


@pytest.mark.parametrize("name", list(CASES))
def test_each_says_why_and_the_good_one_goes_in(application: Application, tmp_path: Path, name: str) -> None:
    import re

    folder = tmp_path / "papers"
    folder.mkdir()
    make, word = CASES[name]
    make(folder / name)
    (folder / "good.txt").write_text("好办法\n第一条 算力补贴最高80万元。", encoding="utf-8")
    started = time.monotonic()
    report = ingest_paths(application, folder)
    assert time.monotonic() - started < 30
    assert (report.added, report.documents, report.exit_code) == (1, 1, 1)
    (failure,) = report.failed
    assert re.search(word, failure["reason"]), failure["reason"]
    assert "\n" not in failure["reason"] and len(failure["reason"]) < 120


def test_paths_out_of_a_zip_are_refused_and_the_rest_read(application: Application, tmp_path: Path) -> None:
    climbing_zip(tmp_path / "climb.zip")
    report = ingest_paths(application, tmp_path / "climb.zip")
    assert report.added == 1
    assert "越出" in report.failed[0]["reason"]
    assert not (tmp_path.parent / "evil.txt").exists()


def test_a_vanished_member_is_removed_with_its_zip(application: Application, tmp_path: Path) -> None:
    packed = tmp_path / "p.zip"
    packed.write_bytes(
        files.zip_of(
            {"甲.txt": "甲办法\n第一条 最高10万元。".encode(), "乙.txt": "乙细则\n第一条 至少三家。".encode()}
        )
    )
    assert ingest_paths(application, packed).documents == 2
    packed.write_bytes(files.zip_of({"甲.txt": "甲办法\n第一条 最高10万元。".encode()}))
    report = ingest_paths(application, packed)
    assert (report.removed, report.unchanged, report.documents) == (1, 1, 1)
    assert collect([str(packed)], Limits()).files[0].source == f"{packed}!甲.txt"


def test_what_staff_write_beside_a_file_counts_more(application: Application, tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_text("某市算力补贴办法\n第一条 自2026年1月1日起施行，有效期2年。", encoding="utf-8")
    ingest_paths(application, paper)
    (id,) = application.catalog.heads()
    beside = tmp_path / "paper.txt.meta.yaml"
    beside.write_text(
        "effective_to: 2027-06-30\nissuer: 某市工信局\nurl: https://example.gov.cn/1\n", encoding="utf-8"
    )
    assert ingest_paths(application, paper).updated == 1
    document = application.catalog.document(id)
    assert document is not None
    assert (str(document.head.effective_to), document.head.issuer) == ("2027-06-30", "某市工信局")
    assert str(document.head.effective_from) == "2026-01-01"
    sources = {e.field: e.source for e in document.evidence}
    assert sources["effective_to"] == "staff" and sources["effective_from"] == "text"
    beside.write_text("effective_to: someday\n", encoding="utf-8")
    report = ingest_paths(application, paper)
    assert "不是日期" in report.failed[0]["reason"] and report.documents == 1


def test_a_fault_of_a_reader_costs_its_file_only(
    application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(text: str) -> None:
        raise KeyError("a line of a table")

    monkeypatch.setattr("ingest.read.read_csv", broken)
    (tmp_path / "a.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("好办法\n第一条 算力补贴最高80万元。", encoding="utf-8")
    report = ingest_paths(application, tmp_path / "a.csv", tmp_path / "b.txt")
    assert report.added == 1
    assert "KeyError" in report.failed[0]["reason"] and "请" in report.failed[0]["reason"]


def noisy(folder: Path) -> int:
    """Files over which libraries warn, one of whose names has a line break; how many there are."""
    folder.mkdir()
    files.write_xlsx(folder / "whole.xlsx")
    bare = without((folder / "whole.xlsx").read_bytes(), "xl/styles.xml")
    for number in range(20):
        (folder / f"{number}.xlsx").write_bytes(bare)
        (folder / f"{number}.pdf").write_bytes(b"%PDF-1.7 broken")
        (folder / f"{number}.png").write_bytes(b"\x89PNG broken")
    (folder / "a\nb.docx").write_bytes(b"PK\x03\x04 broken")
    return 62


def test_the_terminal_has_a_line_a_file_at_most(tmp_path: Path) -> None:
    many = noisy(tmp_path / "papers")
    done = subprocess.run(
        [sys.executable, "-W", "default", "-m", "assistant", "ingest", str(tmp_path / "papers")],
        env={**os.environ, "WENCE_HOME": str(tmp_path / "home"), "WENCE_EMBEDDING_MODEL": "hash"},
        capture_output=True,
        text=True,
        timeout=250,
    )
    shown = done.stdout.splitlines()
    assert done.returncode == 1 and len(shown) <= many + 1
    assert sum(line.startswith(("失败：", "重复：")) for line in shown) == len(shown) - 1 == many - 1
    assert [line for line in done.stderr.splitlines() if line.strip()] == []
