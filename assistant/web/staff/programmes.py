"""Programmes: those in use, the check of their quotes, drafts from a document to be mended and accepted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import yaml
from pydantic import ValidationError

from assistant.errors import InputError
from assistant.programmes.definitions import FactDefinition
from assistant.programmes.quotes import faults
from assistant.programmes.schema import Programme
from assistant.web.document_page import CONFIDENCE_NAMES
from assistant.web.pages import templates
from assistant.web.staff.access import current, require
from assistant.web.staff.jobs import Jobs
from assistant.web.staff.losses import open_points
from assistant.wiring import Application


def build_programmes(application: Application, tab: gr.Tab, jobs: Jobs) -> list[gr.Accordion | gr.Button]:
    """The tab's contents, of which it returns what editors only see."""
    with gr.Row():
        check = gr.Button("检查全部项目文件")
        identity = gr.Textbox(label="文件编号（从它的条文提出草稿）", scale=3)
        draft = gr.Button("提出草稿")
    told = gr.Markdown(elem_id="programmes-told")
    with gr.Accordion("草稿", open=True) as editing:
        chosen = gr.Dropdown([], label="待核对的草稿", elem_id="drafts", allow_custom_value=True)
        text = gr.Code(label="逐项核对：比例、金额、条件、引文", language="yaml", lines=18)
        sure = gr.Checkbox(
            label="以上各项已逐一核对，不写进项目也要采用", visible=False, elem_id="draft-sure"
        )
        accept = gr.Button("采用", variant="primary")
        seen = gr.State([])  # what the box was shown for
    shown = gr.HTML(elem_id="programmes")

    def show(request: gr.Request) -> tuple[str, Any]:
        current(application, request)
        return programmes_html(application), gr.Dropdown(choices=_drafts(application))

    def checked(request: gr.Request) -> Iterator[tuple[str, Any]]:
        require(application, request, "reader", "programmes check")
        yield from _run(application, jobs, "检查", ["programmes", "check"])

    def drafted(id: str, request: gr.Request) -> Iterator[tuple[str, Any]]:
        require(application, request, "editor", "programmes draft", id)
        if application.catalog.document(id.strip()) is None:
            raise gr.Error("没有这份文件：编号见“文件”。", print_exception=False)
        yield from _run(
            application,
            jobs,
            "提出草稿",
            ["programmes", "draft", id.strip(), "--out", str(_folder(application))],
        )

    def opened(name: str | None, request: gr.Request) -> tuple[str, Any, list[str]]:
        current(application, request)
        path = _folder(application) / f"{name}.yaml"
        written = path.read_text(encoding="utf-8") if name in _drafts(application) else ""
        return written, gr.Checkbox(value=False, visible=False), []

    def accepted(
        name: str | None, written: str, is_sure: bool, shown_points: list[str], request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        left_out = shown_points if is_sure else []
        require(application, request, "editor", "programmes accept", name or "", "；".join(left_out))
        points = keep_programme(application, name, written, left_out)
        # Ticked for other points than those of today, the box is put before the editor anew.
        asked = gr.Checkbox(value=False, visible=bool(points))
        if points:
            yield _points_told(points), gr.skip(), asked, points
            return
        arguments = ["ingest", "--progress-lines", "--wait", "600", *_anything(application)]
        for said, drafts in _run(application, jobs, "采用并发布", arguments):
            yield said, drafts, asked, []

    tab.select(show, None, [shown, chosen], queue=False, show_progress="hidden", api_visibility="private")
    hidden: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    check.click(checked, None, [told, chosen], **hidden)
    draft.click(drafted, identity, [told, chosen], **hidden)
    chosen.change(opened, chosen, [text, sure, seen], **hidden)
    accept.click(accepted, [chosen, text, sure, seen], [told, chosen, sure, seen], **hidden).then(
        show, None, [shown, chosen], **hidden
    )
    return [editing, draft]


def _run(application: Application, jobs: Jobs, title: str, arguments: list[str]) -> Iterator[tuple[str, Any]]:
    """Progress in words, then what it said and the drafts there are."""
    try:
        job = jobs.start(title, arguments)
    except InputError as error:
        raise gr.Error(str(error), print_exception=False) from error
    for state in jobs.watch(job):
        if state.code is None:
            yield state.words, gr.skip()
    said = "\n".join(f"- {line}" for line in [*job.result.splitlines(), *job.lines][:80])
    yield f"{job.words}\n\n{said}", gr.Dropdown(choices=_drafts(application))


def _anything(application: Application) -> list[str]:
    """Something to read in again, so that the programmes are published: the uploads, or the samples."""
    folder = application.settings.home / "uploads"
    return [str(folder)] if folder.is_dir() and not application.settings.samples else []


def _folder(application: Application) -> Path:
    return application.settings.home / "drafts"


def _drafts(application: Application) -> list[str]:
    extra = (".facts", ".cases")
    return sorted(p.stem for p in _folder(application).glob("*.yaml") if not p.stem.endswith(extra))


def _points_told(points: Sequence[str]) -> str:
    listed = "\n".join(f"- {point}" for point in points[:80])
    return f"草稿还缺下面这些，没有采用。请写进草稿；确实不必写的，勾选下面的确认后再点“采用”。\n\n{listed}"


def keep_programme(
    application: Application, name: str | None, written: str, left_out: Sequence[str] = ()
) -> list[str]:
    """Put a draft among the programmes, when it can be read and every quote stands in its document.

    Nothing is put there, and the open points are given, unless they are the ones knowingly left out.
    """
    if name not in _drafts(application):
        raise gr.Error("请先选一份草稿。", print_exception=False)
    try:
        programme = Programme.model_validate(yaml.safe_load(written))
    except (yaml.YAMLError, ValidationError) as error:
        raise gr.Error(f"草稿不可用：{error}", print_exception=False) from error
    if programme.id != name:
        raise gr.Error(f"id 须是 {name}。", print_exception=False)
    definitions = {**_proposed(application, name), **application.knowledge.snapshot().rulebook.facts}
    found = list(faults(programme, definitions, application.catalog.document))
    if found:
        raise gr.Error("；".join(found[:5]), print_exception=False)
    points = open_points(programme, written, application.catalog.document)
    if points and points != list(left_out):
        return points
    place = application.settings.home / "programmes"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{name}.yaml").write_text(written, encoding="utf-8")
    _add_facts(application, name)
    (_folder(application) / f"{name}.yaml").unlink()
    return []


def _proposed(application: Application, name: str | None) -> dict[str, FactDefinition]:
    """The new facts that a draft comes with."""
    path = _folder(application) / f"{name}.facts.yaml"
    if not path.is_file():
        return {}
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        return {key: FactDefinition(key=key, **fields) for key, fields in told.items()}
    except (yaml.YAMLError, ValidationError, TypeError) as error:
        raise gr.Error(f"草稿的事实文件不可用：{error}", print_exception=False) from error


def _add_facts(application: Application, name: str) -> None:
    """New facts of the draft join the site's own; what is there already wins."""
    proposed = _folder(application) / f"{name}.facts.yaml"
    if not proposed.is_file():
        return
    own = application.settings.home / "facts.yaml"
    known = yaml.safe_load(own.read_text(encoding="utf-8")) or {} if own.is_file() else {}
    merged = {**(yaml.safe_load(proposed.read_text(encoding="utf-8")) or {}), **known}
    own.write_text(yaml.safe_dump(merged, allow_unicode=True, sort_keys=False), encoding="utf-8")
    proposed.unlink()


def programmes_html(application: Application) -> str:
    """The programmes in use."""
    from assistant.matching import programme_row

    today = application.clock.today()
    book = application.knowledge.snapshot().rulebook
    rows = [(p, programme_row(p, today)) for p in book.programmes.values()]
    return templates.get_template("staff/programmes.html").render(rows=rows, confidences=CONFIDENCE_NAMES)
