"""`wence eval`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from assistant.settings import load_settings
from assistant.wiring import Application
from eval.answers import MEASURES
from eval.cases import load_cases
from eval.runs import generate, save, score_all

_HEADS = ("事实", "事实份额", "严格正确", "错数", "有引用", "引用对", "该拒则拒", "误拒", "计算对")


def register(app: typer.Typer) -> None:
    """Add `wence eval …`."""
    group = typer.Typer(help="评测：出题、作答、打分。", no_args_is_help=True)
    group.callback()(_group)
    group.command("run", help="用同一条流水线作答并打分，结果存入文件夹。")(run)
    app.add_typer(group, name="eval")


def _group() -> None:
    """Measure answers."""


def run(
    cases: Annotated[Path, typer.Option("--cases", help="用例 JSONL")],
    out: Annotated[Path, typer.Option("--out", help="结果文件夹")],
    as_of: Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"])] = None,
) -> None:
    """Answer and score every case; prints a table with n."""
    application = Application(load_settings())
    loaded = load_cases(cases)
    day = as_of.date() if as_of else application.clock.today()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("作答", total=len(loaded))
        answers = generate(application, loaded, day, lambda: progress.advance(task))
    scores = score_all(loaded, answers)
    summary = save(out, application, cases, loaded, day, [answers, scores])
    _print(summary)


def _print(summary: dict[str, dict[str, Any]]) -> None:
    table = Table("类别", "n", "答", "拒", *_HEADS)
    for kind, row in summary.items():
        cells = ["–" if row[m] is None else f"{row[m]:.3f} ({row[f'n_{m}']})" for m in MEASURES]
        table.add_row(kind, str(row["n"]), str(row["answered"]), str(row["declined"]), *cells)
    Console(width=150).print(table)
