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


SPARSE = """---
title: 白岚市工业设计奖励办法
region: 白岚市
---
# 白岚市工业设计奖励办法

第一条 对工业设计合同，按合同金额的20%给予补贴，最高30万元。获省级奖的，补贴比例提高到35%，另奖5万元。

第二条 上年度营业收入不足200万元的企业不予支持。
"""
LOST = [
    "语言模型提出，请核对：部门",
    "条文里的“…获省级奖的,补贴比例提高到35%”没有写进草稿",
    "条文里的“…补贴比例提高到35%,另奖5万元”没有写进草稿",
]


def a_draft(site: Application, tmp_path: Path) -> tuple[str, str]:
    """The name and the text of a draft that carries the rate and the cap of its clause, and nothing else of it."""
    paper = tmp_path / "sparse" / "办法.md"
    paper.parent.mkdir()
    paper.write_text(SPARSE, encoding="utf-8")
    ingest_paths(site, paper.parent)
    id = id_of(site, "白岚市工业设计奖励办法")
    benefit = {"id": "b1", "zh": "合同补贴", "en": "", "basis": "service_fee", "rate": "0.2", "source": "s1"}
    quote = "按合同金额的20%给予补贴，最高30万元"
    programme = {
        "id": "blank-design",
        "title": "工业设计奖励",
        "region": "白岚市",
        "documents": [id],
        "revisions": [
            {
                "benefits": [{**benefit, "cap": {"amount": "300000", "source": "s1"}}],
                "sources": {"s1": {"document_id": id, "article": "第一条", "quote": quote}},
            }
        ],
    }
    facts = {
        "service_fee": {
            "type": "money",
            "unit": "元",
            "zh": "合同金额",
            "en": "fee",
            "ask": "多少？",
            "ask_en": "?",
        }
    }
    written = f"# {LOST[0]}\n" + yaml.safe_dump(programme, allow_unicode=True, sort_keys=False)
    folder = site.settings.home / "drafts"
    folder.mkdir(exist_ok=True)
    (folder / "blank-design.yaml").write_text(written, encoding="utf-8")
    (folder / "blank-design.facts.yaml").write_text(yaml.safe_dump(facts, allow_unicode=True), "utf-8")
    return "blank-design", written


def test_a_draft_that_lost_figures_is_not_used_unless_they_are_left_out_knowingly(
    site: Application, tmp_path: Path
) -> None:
    name, written = a_draft(site, tmp_path)
    place = site.settings.home / "programmes" / f"{name}.yaml"
    assert keep_programme(site, name, written) == LOST
    assert keep_programme(site, name, written, LOST[:1]) == LOST, "what was confirmed is not all there is"
    assert not place.exists()
    # What is written into the draft is lost no more: as a field, or as what must be said beside it.
    said = yaml.safe_load(written)
    said["revisions"][0]["notes"] = [{"zh": "获省级奖的，比例提高到35%，另奖5万元", "source": "s1"}]
    assert keep_programme(site, name, yaml.safe_dump(said, allow_unicode=True)) == []
    assert place.exists()


def test_a_benefit_without_a_rate_is_an_open_point(site: Application, tmp_path: Path) -> None:
    name, written = a_draft(site, tmp_path)
    said = yaml.safe_load(written)
    del said["revisions"][0]["benefits"][0]["rate"]
    points = keep_programme(site, name, yaml.safe_dump(said, allow_unicode=True))
    assert points[0] == "合同补贴：没有比例，算不出金额" and any("20%" in point for point in points[1:])


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
    assert keep_programme(site, path.stem, written) == []
    assert not path.exists() and (site.settings.home / "programmes" / path.name).is_file()
    assert yaml.safe_load(written)["id"] == path.stem
    folder = str(Path(site.catalog.document(id).source).parent)  # type: ignore[union-attr]
    assert finished(jobs, jobs.start("发布", ["ingest", folder])).code == 0
    time.sleep(1.1)
    assert path.stem in site.knowledge.snapshot().rulebook.programmes
    answer = site.pipeline.answer(Question(text="宽带缴费1万元能补多少", as_of=TODAY))
    assert answer.status == "answered"
