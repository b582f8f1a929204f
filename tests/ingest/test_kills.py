"""Killed at any moment and run again, an ingest ends where an undisturbed one does."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.index import Index
from assistant.knowledge import INDEX, generation_directory
from assistant.wiring import Application
from tests.conftest import make_settings

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


def command(home: Path, folder: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "WENCE_HOME": str(home), "WENCE_EMBEDDING_MODEL": "hash"}
    return subprocess.Popen(
        [sys.executable, "-m", "assistant", "ingest", str(folder)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


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
    chance = random.Random(20)
    home = tmp_path / "disturbed"
    killed = 0
    while killed < KILLS:
        process = command(home, folder)
        try:
            process.wait(chance.uniform(0.05, 0.95) * whole)
            shutil.rmtree(home)  # it was done before the kill came: begin anew
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
    assert command(home, folder).wait(300) == 0
    disturbed = state(home)
    assert disturbed == calm
    assert len([d for d in (home / "generations").iterdir() if d.is_dir()]) <= 2
