"""Killed at any moment and run again, an ingest ends where an undisturbed one does."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from assistant.index import Index
from assistant.knowledge import INDEX, generation_directory
from assistant.wiring import Application
from tests.conftest import ingest_paths, make_settings
from tests.ingest.mixed_folder import Expected, write_mixed

DOCUMENTS = 200
KILLS = 20


def make_papers(folder: Path) -> None:
    folder.mkdir()
    chance = random.Random(7)
    for number in range(DOCUMENTS):
        clauses = "\n".join(
            f"第{i}条 "
            + "".join(
                chance.choice("补贴企业项目资金申请合同比例期限材料部门审核发放年度上限单位服务")
                for _ in range(60)
            )
            + "。"
            for i in range(1, 6)
        )
        (folder / f"{number:03d}.txt").write_text(f"第{number}号办法文件\n{clauses}", encoding="utf-8")


def command(home: Path, folder: Path, *options: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "WENCE_HOME": str(home), "WENCE_EMBEDDING_MODEL": "hash"}
    return subprocess.Popen(
        [sys.executable, "-m", "assistant", "ingest", str(folder), *options],
        env=environment,
        stdout=subprocess.PIPE if options else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def told(home: Path, folder: Path) -> dict[str, Any]:
    """What `wence ingest` reports."""
    report: dict[str, Any] = json.loads(command(home, folder, "--json").communicate(timeout=900)[0])
    return report


def kill_often(home: Path, folder: Path, kills: int, whole: float, chance: random.Random) -> None:
    """Start `wence ingest` and kill it, again and again, at moments within the time that an undisturbed one takes."""
    killed = 0
    while killed < kills:
        process = command(home, folder)
        try:
            process.wait(chance.uniform(0.05, 0.95) * whole)
            shutil.rmtree(home)  # it was done before the kill came: begin anew
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1


def state(home: Path) -> tuple[dict[str, str], list[str], list[str], list[str]]:
    """(documents' texts, chunk ids of the catalogue, of Chroma, of the keyword index)."""
    application = Application(make_settings(home, embedding_model="hash"))
    catalog = application.catalog
    generation = catalog.generation()
    assert generation is not None
    directory = generation_directory(home, generation.number) / INDEX
    import chromadb

    collection = chromadb.PersistentClient(path=str(directory / "chroma")).get_collection(
        "chunks", embedding_function=None
    )
    texts = {}
    for id in catalog.heads():
        document = catalog.document(id)
        assert document is not None
        texts[id] = document.text
    chunks = sorted(c.id for c, _ in catalog.current_chunks())
    return (
        texts,
        chunks,
        sorted(collection.get(include=[])["ids"]),
        sorted(Index(directory).chunk_ids),
    )


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_twenty_kills_change_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    make_papers(folder)
    started = time.monotonic()
    assert command(tmp_path / "calm", folder).wait(300) == 0
    whole = time.monotonic() - started
    calm = state(tmp_path / "calm")
    assert len(calm[0]) == DOCUMENTS and calm[1] == calm[2] == calm[3]
    home = tmp_path / "disturbed"
    kill_often(home, folder, KILLS, whole, random.Random(20))
    assert command(home, folder).wait(300) == 0
    disturbed = state(home)
    assert disturbed == calm
    assert len([d for d in (home / "generations").iterdir() if d.is_dir()]) <= 2


def check_accounts(report: dict[str, Any], home: Path, expected: Expected) -> None:
    """Every file is a document, a copy of one or a failure, and just one of them."""
    failed = [failure["source"] for failure in report["failed"]]
    copies = [copy["source"] for copy in report["duplicates"]]
    catalog = Application(make_settings(home, embedding_model="hash")).catalog
    assert sorted(failed) == sorted(expected.bad) and all(failure["reason"] for failure in report["failed"])
    known = {source: one for source, one in catalog.sources().items() if not one.removed}
    assert known.keys() == expected.good
    assert sorted(copies) == sorted(source for source, one in known.items() if one.copy_of)
    taken = report["added"] + report["updated"] + report["unchanged"]
    assert taken + len(copies) + len(failed) == len(expected.good) + len(expected.bad)
    assert report["documents"] == len(expected.good) - len(copies)


def ingest_in(home: Path, folder: Path, out: Path) -> None:
    """An ingest in a process of its own; its report is written to a file."""
    application = Application(make_settings(home, embedding_model="hash"))
    out.write_text(json.dumps(ingest_paths(application, folder).as_json()), encoding="utf-8")


def test_two_kills_among_forty_files(tmp_path: Path) -> None:
    """Processes that are forked with everything loaded: the time goes into ingesting."""
    folder, out = tmp_path / "papers", tmp_path / "report.json"
    expected = write_mixed(folder, 40)
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(
        ["ingest.cli", "ingest.pipeline", "chromadb", "datasketch", "bm25s", "openpyxl"]
    )

    def told_in(home: Path) -> dict[str, Any]:
        process = forks.Process(target=ingest_in, args=(home, folder, out))
        process.start()
        process.join(120)
        assert process.exitcode == 0
        report: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        return report

    started = time.monotonic()
    report = told_in(tmp_path / "calm")
    whole = time.monotonic() - started
    check_accounts(report, tmp_path / "calm", expected)
    home = tmp_path / "disturbed"
    for moment in (0.3, 0.6):
        process = forks.Process(target=ingest_in, args=(home, folder, out))
        process.start()
        process.join(moment * whole)
        process.kill()
        process.join()
    check_accounts(told_in(home), home, expected)
    assert state(home) == state(tmp_path / "calm")


@pytest.mark.full
@pytest.mark.timeout(3600)
def test_ten_kills_among_a_thousand_files(tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    expected = write_mixed(folder, 1000)
    started = time.monotonic()
    report = told(tmp_path / "calm", folder)
    whole = time.monotonic() - started
    check_accounts(report, tmp_path / "calm", expected)
    assert report["added"] + len(report["duplicates"]) == len(expected.good)
    home = tmp_path / "disturbed"
    kill_often(home, folder, 10, whole, random.Random(10))
    check_accounts(told(home, folder), home, expected)
    assert state(home) == state(tmp_path / "calm")
    again = told(home, folder)
    check_accounts(again, home, expected)
    assert (again["added"], again["updated"], again["removed"], again["embedded"]) == (0, 0, 0, 0)
