"""What staff start in processes of their own: documents with metadata and versions, programmes from a draft to use."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
import yaml

from assistant.errors import InputError
from assistant.models import Question
from assistant.web.staff.documents import difference_html, keep_uploads, uploads
from assistant.web.staff.jobs import Job, Jobs
from assistant.web.staff.programmes import keep_programme
from assistant.wiring import Application
from tests.conftest import TODAY, ingest_paths, make_settings

PAPER = """---
title: 青岚市小微企业宽带补贴管理办法
issuer: 青岚市工业和信息化局
region: 青岚市
effective_from: 2026-01-01
---
# 青岚市小微企业宽带补贴管理办法

第一条 对小微企业，按宽带缴费金额的{rate}给予补贴，最高2400元。
"""

RULES = """---
title: 青岚市养老机构床位补助实施细则
issuer: 青岚市民政局
---
# 青岚市养老机构床位补助实施细则

第一条 养老机构新增床位并连续运营满2年的，按床位建设费用的{rate}给予一次性补助，由所在街道受理申请。
"""


@pytest.fixture
def site(tmp_path: Path, model_cache: Path) -> Iterator[Application]:
    from assistant.clock import FixedClock

    settings = make_settings(tmp_path / "home", embedding_model="hash", samples=False)
    application = Application(settings, FixedClock(TODAY))
    paper = tmp_path / "papers" / "办法.md"
    paper.parent.mkdir()
    paper.write_text(PAPER.format(rate="15%"), encoding="utf-8")
    ingest_paths(application, paper.parent)
    yield application
    application.catalog.close()


def id_of(site: Application, title: str) -> str:
    """The id of a paper by its title."""
    return next(id for id, (head, _) in site.catalog.heads().items() if head.title == title)


def finished(jobs: Jobs, job: Job) -> Job:
    """The job when it is done."""
    *_, last = jobs.watch(job)
    return last


def test_uploads_keep_what_staff_say_and_become_versions(site: Application, tmp_path: Path) -> None:
    jobs = Jobs(site.settings)
    for rate in ("15%", "20%"):
        sent = tmp_path / "细则.md"
        sent.write_text(RULES.format(rate=rate), encoding="utf-8")
        [kept] = keep_uploads(site, [str(sent)], {"effective_to": "2028-12-31"})
        job = jobs.start("导入", ["ingest", "--json", "--progress-lines", str(kept)])
        with pytest.raises(InputError, match="还在进行"):
            jobs.start("导入", ["ingest"])
        done = finished(jobs, job)
        assert done.code == 0, done.lines
        assert done.phase in ("读取文件", "计算向量", "写入索引") and done.total
    id = id_of(site, "青岚市养老机构床位补助实施细则")
    head, version = site.catalog.heads()[id]
    assert version == 2 and str(head.effective_to) == "2028-12-31"
    shown = difference_html(site, id, 1, 2)
    assert "15%" in shown and "20%" in shown and "bad" in shown
    assert sorted(p.name for p in uploads(site).iterdir()) == ["细则.md", "细则.md.meta.yaml"]


def test_names_of_uploads_lead_nowhere_else(site: Application, tmp_path: Path) -> None:
    sent = tmp_path / "..secret?.md"
    sent.write_text("x", encoding="utf-8")
    [kept] = keep_uploads(site, [str(sent)], {})
    assert kept.parent == uploads(site) and kept.name == "secret_.md"
    for name in ("a.exe", "a", ".md"):
        other = tmp_path / name
        other.write_text("x", encoding="utf-8")
        with pytest.raises(gr.Error):
            keep_uploads(site, [str(other)], {})
    with pytest.raises(gr.Error, match="先选文件"):
        keep_uploads(site, [], {})


def test_a_job_that_fails_says_why(site: Application) -> None:
    jobs = Jobs(site.settings)
    done = finished(jobs, jobs.start("评测", ["eval", "run", "--cases", "nowhere", "--out", "x"]))
    assert done.code != 0 and "nowhere" in done.words


def test_a_programme_from_draft_to_use(site: Application) -> None:
    jobs, drafts = Jobs(site.settings), site.settings.home / "drafts"
    id = id_of(site, "青岚市小微企业宽带补贴管理办法")
    done = finished(jobs, jobs.start("草稿", ["programmes", "draft", id, "--out", str(drafts)]))
    assert done.code == 0, done.lines
    [path] = [p for p in drafts.glob("*.yaml") if not p.stem.endswith((".facts", ".cases"))]
    written = path.read_text(encoding="utf-8")
    with pytest.raises(gr.Error, match="先选"):
        keep_programme(site, "other", written)
    with pytest.raises(gr.Error):
        keep_programme(site, path.stem, written.replace("15%", "95%"))  # the quote stands nowhere
    with pytest.raises(gr.Error, match="不可用"):
        keep_programme(site, path.stem, "id: [")
    keep_programme(site, path.stem, written)
    assert not path.exists() and (site.settings.home / "programmes" / path.name).is_file()
    assert yaml.safe_load(written)["id"] == path.stem
    folder = str(Path(site.catalog.document(id).source).parent)  # type: ignore[union-attr]
    assert finished(jobs, jobs.start("发布", ["ingest", folder])).code == 0
    time.sleep(1.1)
    assert path.stem in site.knowledge.snapshot().rulebook.programmes
    answer = site.pipeline.answer(Question(text="宽带缴费1万元能补多少", as_of=TODAY))
    assert answer.status == "answered"
