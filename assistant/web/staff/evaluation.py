"""Evaluation: run a set of cases in a process of its own, compare two runs, take the report away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.errors import InputError
from assistant.web.pages import templates
from assistant.web.staff.access import current, require
from assistant.web.staff.figures import SHANGHAI
from assistant.web.staff.jobs import Jobs
from assistant.web.staff.login import runs_folder, staff_cases
from assistant.wiring import Application

_OWN = "staff"
SETS: list[Any] = [
    ("开发题 109", "development"),
    ("后台用例", _OWN),
    ("盲测题 120", "heldout"),
    ("多轮 60", "dialogues"),
    ("新旧版本 8", "editions"),
]
_HIDDEN: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def build_evaluation(application: Application, tab: gr.Tab, jobs: Jobs) -> list[gr.Button]:
    """The tab's contents, of which it returns what editors only see."""
    with gr.Row():
        cases = gr.Dropdown(SETS, value="development", label="用例", elem_id="case-set")
        start = gr.Button("运行评测", variant="primary")
    progress = gr.Markdown(elem_id="eval-progress")
    shown = gr.HTML(elem_id="runs")
    with gr.Row():
        before = gr.Dropdown([], label="之前", elem_id="run-before", allow_custom_value=True)
        after = gr.Dropdown([], label="之后", elem_id="run-after", allow_custom_value=True)
        compare = gr.Button("比较")
    compared = gr.Markdown(elem_id="compared")

    def listed() -> tuple[str, Any, Any]:
        names = runs(application)
        return runs_html(application), gr.Dropdown(choices=names), gr.Dropdown(choices=names)

    def show(request: gr.Request) -> tuple[str, Any, Any]:
        current(application, request)
        return listed()

    def started(which: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        require(application, request, "editor", "eval run", which)
        if which not in {value for _, value in SETS}:
            raise gr.Error("没有这组用例。", print_exception=False)
        source = _own_cases(application) if which == _OWN else which
        name = f"{which}-{datetime.now(SHANGHAI):%Y%m%d-%H%M%S}"
        out = runs_folder(application) / name
        day = ["--as-of", application.clock.today().isoformat()]
        arguments = ["eval", "run", "--cases", source, "--out", str(out), "--progress-lines", *day]
        for words in _watched(jobs, f"评测 {name}", arguments):
            yield words, gr.skip(), gr.skip(), gr.skip()
        yield jobs.current.words if jobs.current else "", *listed()

    def comparing(one: str | None, other: str | None, request: gr.Request) -> Iterator[str]:
        require(application, request, "reader", "eval compare", f"{one} {other}")
        known = runs(application)
        if one not in known or other not in known:
            raise gr.Error("请选两次评测。", print_exception=False)
        places = [str(runs_folder(application) / str(name)) for name in (one, other)]
        yield from _watched(jobs, "比较", ["eval", "compare", *places])
        yield f"```text\n{jobs.current.result if jobs.current else ''}\n```"

    tab.select(show, None, [shown, before, after], queue=False, **_HIDDEN)
    start.click(started, cases, [progress, shown, before, after], **_HIDDEN)
    compare.click(comparing, [before, after], compared, **_HIDDEN)
    return [start]


def _watched(jobs: Jobs, title: str, arguments: list[str]) -> Iterator[str]:
    try:
        job = jobs.start(title, arguments)
    except InputError as error:
        raise gr.Error(str(error), print_exception=False) from error
    for state in jobs.watch(job):
        yield state.words


def _own_cases(application: Application) -> str:
    text = staff_cases(application)
    if not text:
        raise gr.Error("还没有后台用例：请先在“回答”里更正。", print_exception=False)
    path = application.settings.home / "eval" / "staff_cases.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def runs(application: Application) -> list[str]:
    """The finished evaluations, newest first."""
    found = [p.parent for p in runs_folder(application).glob("*/summary.json")]
    return [p.name for p in sorted(found, key=lambda p: p.stat().st_mtime, reverse=True)]


def runs_html(application: Application) -> str:
    """The finished evaluations with their main figures."""
    rows = [(name, _summary(runs_folder(application) / name)) for name in runs(application)[:50]]
    return templates.get_template("staff/runs.html").render(rows=rows)


def _summary(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "summary.json").read_text(encoding="utf-8"))["ALL"])
