"""Documents: upload with metadata, read in again with progress, status, versions and their difference."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import yaml

from assistant.errors import InputError
from assistant.law.in_words import rows_of
from assistant.library import listing
from assistant.web.pages import STATUS_NAMES, templates
from assistant.web.staff.access import current, require
from assistant.web.staff.jobs import Job, Jobs
from assistant.wiring import Application

KINDS = [
    "",
    "政策",
    "操作规程",
    "申报指南",
    "解读",
    "新闻",
    "征求意见稿",
    "公示",
    "问答",
    "清单",
    "公告",
    "其他",
]
_UNSAFE = re.compile(r"[\\/:*?\"<>|\x00-\x1f]")
_SUFFIXES = (
    ".md .txt .csv .html .htm .mht .docx .docm .dotx .doc .wps .rtf .odt .pdf .ofd .xlsx .xls .et .ods .pptx .ppt .dps "
    ".png .jpg .jpeg .tif .tiff .bmp .zip"
).split()


def build_documents(application: Application, tab: gr.Tab, jobs: Jobs) -> list[gr.Accordion]:
    """The tab's contents, of which it returns what editors only see."""
    with gr.Accordion("上传", open=True, elem_id="upload") as editing:
        files = gr.File(
            label="文件（可多个）", file_count="multiple", type="filepath", elem_id="upload-files"
        )
        with gr.Row():
            issuer = gr.Textbox(label="发文机关（不填则从文中读）")
            kind = gr.Dropdown(KINDS, value="", label="类别（不选则从文中读）")
            until = gr.Textbox(label="到期日", placeholder="2027-06-30")
            url = gr.Textbox(label="官方网址", placeholder="https://")
        with gr.Row():
            send = gr.Button("上传并导入", variant="primary")
            again = gr.Button("重新导入已上传的")
            samples = gr.Button("重新导入样本")
        progress = gr.Markdown(elem_id="ingest-progress")
    shown = gr.HTML(elem_id="documents")
    _build_provisions(application)
    _build_difference(application)

    def show(request: gr.Request) -> str:
        current(application, request)
        return documents_html(application)

    def uploaded(
        paths: list[str] | None, by: str, of: str, ends: str, address: str, request: gr.Request
    ) -> Iterator[Any]:
        names = "、".join(Path(p).name for p in paths or [])
        require(application, request, "editor", "upload", names)
        told = {"issuer": by, "kind": of, "effective_to": ends, "url": address}
        kept = keep_uploads(
            application, paths or [], {k: v.strip() for k, v in told.items() if v and v.strip()}
        )
        yield from _ingested(application, jobs, ["ingest", *map(str, kept)])

    def reread(request: gr.Request) -> Iterator[Any]:
        require(application, request, "editor", "ingest uploads")
        yield from _ingested(application, jobs, ["ingest", str(uploads(application))])

    def sampled(request: gr.Request) -> Iterator[Any]:
        require(application, request, "editor", "ingest samples")
        yield from _ingested(application, jobs, ["ingest"])

    tab.select(show, None, shown, queue=False, show_progress="hidden", api_visibility="private")
    filled = [files, issuer, kind, until, url]
    send.click(uploaded, filled, [progress, shown], show_progress="hidden", api_visibility="private")
    again.click(reread, None, [progress, shown], show_progress="hidden", api_visibility="private")
    samples.click(sampled, None, [progress, shown], show_progress="hidden", api_visibility="private")
    return [editing]


def _build_provisions(application: Application) -> None:
    with gr.Accordion("条文读成了什么", open=False, elem_id="provisions"):
        with gr.Row():
            identity = gr.Textbox(label="文件编号", elem_id="provisions-id")
            unread = gr.Checkbox(label="只看没有读懂的", value=False)
            look = gr.Button("查看", scale=0)
        shown = gr.HTML(elem_id="provisions-shown")

    def provisions(id: str, only: bool, request: gr.Request) -> str:
        current(application, request)
        return provisions_html(application, id.strip(), only)

    look.click(provisions, [identity, unread], shown, api_visibility="private")


def _build_difference(application: Application) -> None:
    with gr.Accordion("版本的不同", open=False):
        with gr.Row():
            identity = gr.Textbox(label="文件编号")
            older = gr.Number(label="旧版", precision=0, minimum=1, value=1)
            newer = gr.Number(label="新版", precision=0, minimum=1, value=2)
            compare = gr.Button("比较", scale=0)
        difference = gr.HTML(elem_id="difference")

    def differ(id: str, a: float, b: float, request: gr.Request) -> str:
        current(application, request)
        return difference_html(application, id.strip(), int(a), int(b))

    compare.click(differ, [identity, older, newer], difference, api_visibility="private")


def uploads(application: Application) -> Path:
    """Where uploaded files lie."""
    return application.settings.home / "uploads"


def keep_uploads(application: Application, paths: list[str], told: dict[str, str]) -> list[Path]:
    """Move uploads to their place, with what staff say of them beside each; a file of the same name is a new version."""
    if not paths:
        raise gr.Error("请先选文件。", print_exception=False)
    folder = uploads(application)
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for path in map(Path, paths):
        name = _UNSAFE.sub("_", path.name).lstrip(".")[-120:]
        if Path(name).suffix.lower() not in _SUFFIXES:
            raise gr.Error(f"{path.name} 的格式不能读：请用 {'、'.join(_SUFFIXES)}。", print_exception=False)
        place = folder / name
        place.write_bytes(path.read_bytes())
        beside = folder / f"{name}.meta.yaml"
        if told:
            beside.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
        kept.append(place)
    return kept


def _ingested(application: Application, jobs: Jobs, arguments: list[str]) -> Iterator[Any]:
    """Progress in words, then the outcome and the new list."""
    command, *paths = arguments
    try:
        # A look at followed addresses may be writing at the same moment.
        job = jobs.start("导入", [command, "--json", "--progress-lines", "--wait", "600", *paths])
    except InputError as error:
        raise gr.Error(str(error), print_exception=False) from error
    for state in jobs.watch(job):
        if state.code is None:
            yield state.words, gr.skip()
    yield ingest_outcome(job), documents_html(application)


def ingest_outcome(job: Job) -> str:
    """What an ingest did, in words; how it ended where it told nothing."""
    try:
        report = json.loads(job.result)
        told = (
            f"导入完成：新增 {report['added']}，更新 {report['updated']}，未变 {report['unchanged']}，"
            f"重复 {len(report['duplicates'])}，失败 {len(report['failed'])}；"
            f"现有 {report['documents']} 份文件、{report['chunks']} 个段落。"
        )
        faults = [f"\n- 失败：{f['source'].rpartition('/')[2]}：{f['reason']}" for f in report["failed"]]
        notes = [
            f"\n- 请看：{row['source'].rpartition('/')[2]}：{note}"
            for row in report["read"]
            for note in row["notes"]
        ]
        return told + "".join(faults + notes)
    except (ValueError, KeyError, TypeError):
        return job.words


def documents_html(application: Application) -> str:
    """What the knowledge base holds."""
    today = application.clock.today()
    rows = listing(application.catalog, today, application.settings.samples)
    return templates.get_template("staff/documents.html").render(rows=rows, statuses=STATUS_NAMES)


def provisions_html(application: Application, id: str, only_unread: bool) -> str:
    """Beside each clause of the newest version what was read of it and what was not."""
    document = application.catalog.document(id)
    if document is None:
        raise gr.Error("没有这份文件：请看上面的列表。", print_exception=False)
    reading = application.catalog.reading(id, document.version)
    if reading is None:
        raise gr.Error("这份文件还没有逐条读过：请重新导入。", print_exception=False)
    rows = [row for row in rows_of(document, reading) if row["unread"] or not only_unread]
    return templates.get_template("staff/provisions.html").render(
        title=document.head.title, rows=rows, coverage=reading.coverage
    )


def difference_html(application: Application, id: str, older: int, newer: int) -> str:
    """Two versions, line by line."""
    found = [application.catalog.document(id, version) for version in (older, newer)]
    if found[0] is None or found[1] is None:
        raise gr.Error("没有这份文件或这个版本：请看上面的列表。", print_exception=False)
    one, other = (d.text.splitlines() for d in found if d)
    lines = list(difflib.unified_diff(one, other, f"第 {older} 版", f"第 {newer} 版", lineterm="", n=1))
    return templates.get_template("staff/difference.html").render(lines=lines)
