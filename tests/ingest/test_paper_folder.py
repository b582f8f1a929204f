"""Sixty papers in all formats: every field, status, copy and link right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.clock import FixedClock
from assistant.library import listing
from assistant.wiring import Application
from ingest.pipeline import Report
from tests.conftest import ingest_paths, make_settings
from tests.ingest.paper_folder import TODAY, Paper, papers, write

PAPERS = papers()


class Folder:
    """The ingested folder: its report, the rows of the library, and the document of each paper."""

    def __init__(self, home: Path, folder: Path) -> None:
        folder.mkdir()
        self.files = {paper.name: write(paper, folder) for paper in PAPERS}
        self.application = Application(make_settings(home, embedding_model="hash"), FixedClock(TODAY))
        self.report: Report = ingest_paths(self.application, folder)
        catalog = self.application.catalog
        self.rows = {row["id"]: row for row in listing(catalog, TODAY, samples=True)}
        self.states = catalog.sources()

    def source(self, paper: Paper) -> str:
        path = self.files[paper.name]
        return f"{path}!{paper.name}.txt" if paper.format == "zip" else str(path)

    def document(self, paper: Paper) -> Any:
        return self.application.catalog.document(self.states[self.source(paper)].document_id)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    base = tmp_path_factory.mktemp("sixty")
    return Folder(base / "home", base / "papers")


def test_all_sixty_are_accounted_for(folder: Folder) -> None:
    report = folder.report
    assert report.failed == []
    assert (report.added, len(report.duplicates), report.documents) == (47, 13, 47)


@pytest.mark.parametrize("paper", [p for p in PAPERS if p.head], ids=lambda p: p.name)
def test_every_field_is_right(folder: Folder, paper: Paper) -> None:
    document = folder.document(paper)
    read = {name: getattr(document.head, name) for name in paper.head}
    assert read == paper.head
    for evidence in document.evidence:
        if evidence.start is not None:
            assert 0 <= evidence.start < evidence.end <= len(document.text)


@pytest.mark.parametrize("paper", [p for p in PAPERS if not p.copy_of], ids=lambda p: p.name)
def test_status_and_links_are_right(folder: Folder, paper: Paper) -> None:
    row = folder.rows[folder.document(paper).head.id]
    assert row["status"] == paper.status.value
    titles = {id: r["title"] for id, r in folder.rows.items()}
    found = {(link["relation"], titles[link["document_id"]]) for link in row["links"]}
    assert found == paper.links


@pytest.mark.parametrize("paper", [p for p in PAPERS if p.copy_of], ids=lambda p: p.name)
def test_copies_point_to_the_official_paper(folder: Folder, paper: Paper) -> None:
    state = folder.states[folder.source(paper)]
    original = next(p for p in PAPERS if p.title == paper.copy_of and not p.copy_of)
    assert state.copy_of == folder.document(original).head.id
    assert state.copy_kind == paper.copy_kind
    listed = folder.rows[str(state.copy_of)]["copies"]
    assert {
        "document_id": state.document_id,
        "source": folder.source(paper),
        "kind": paper.copy_kind,
    } in listed
    row = next(d for d in folder.report.duplicates if d["source"] == folder.source(paper))
    assert row["duplicate_of"] == folder.source(original) and row["kind"] == paper.copy_kind


def test_a_second_run_finds_nothing_to_do(folder: Folder) -> None:
    before = folder.application.catalog.generation()
    again = ingest_paths(folder.application, next(iter(folder.files.values())).parent)
    assert (again.added, again.updated, again.removed, again.embedded, again.failed) == (0, 0, 0, 0, [])
    assert (again.unchanged, len(again.duplicates)) == (47, 13)
    assert folder.application.catalog.generation() == before
