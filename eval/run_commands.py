"""`wence eval run`, `compare`, `report`, `baseline` and `gate`."""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from assistant.errors import InputError
from assistant.journal import NoJournal
from assistant.ports import ChatModel
from assistant.settings import load_settings
from assistant.wiring import Application
from eval.answers import MEASURES as SHOWN
from eval.compare import Comparison, Run, compare, load_run
from eval.gate import judge, write_baseline
from eval.measures import MEASURES
from eval.report import why, write_report
from eval.runs import run as run_cases

_CASES = Path(__file__).parent / "cases"
_RUN = Path("artefacts/eval")
_BASELINE = Path(__file__).parent / "baseline.json"
AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="按哪一天作答")]


def register(group: typer.Typer) -> None:
    """Add the commands to `wence eval`."""
    group.command("run", help="用同一条流水线作答并打分，结果存入文件夹；中断后再运行会接着做。")(run)
    group.command("compare", help="比较两次评测：哪些题变好、变差，是不是偶然。")(compare_runs)
    group.command("report", help="把一次评测写成一个 HTML 文件：数字、图、每道没答对的题。")(report)
    group.command("baseline", help="把一次评测记成基线文件。")(baseline)
    group.command("judge", help="用评判模型逐个要点打分；没有足够的人工标注则不显示得分。")(judge_run)
    group.command("draft-cases", help="从扶持项目和问答记录起草用例，由人核对。")(draft_cases)
    group.command("gate", help="与基线比较：变差则退出码为 1，并说明原因。")(gate)


def run(
    cases: Annotated[Path, typer.Option("--cases", help="用例 JSONL，或随附的一组：development、heldout…")],
    out: Annotated[Path, typer.Option("--out", help="结果文件夹")],
    as_of: AsOf = None,
    lines: Annotated[bool, typer.Option("--progress-lines", help="进度逐行写到标准错误（JSON）")] = False,
) -> None:
    """Answer and score every case; prints a table with n."""
    application = Application(load_settings(), journal=NoJournal())
    day = as_of.date() if as_of else application.clock.today()
    shipped = _CASES / f"{cases}.jsonl"
    source = shipped if not cases.exists() and shipped.is_file() else cases
    with progress_bar() as progress:
        task = progress.add_task("作答", total=None)

        def step(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)
            if lines:
                told = {"phase": "作答", "done": done, "total": total}
                print(json.dumps(told, ensure_ascii=False), file=sys.stderr, flush=True)  # noqa: T201

        summary = run_cases(application, source, out, day, step)
    print_summary(summary)
    write_report(load_run(out), out / "report.html")
    _say(f"报告：{out / 'report.html'}")


def progress_bar() -> Progress:
    """A bar on standard error, with what is left."""
    shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*shown, console=Console(stderr=True), transient=True)


def compare_runs(
    before: Annotated[Path, typer.Argument(help="之前的结果文件夹，或基线文件")],
    after: Annotated[Path, typer.Argument(help="之后的结果文件夹")],
) -> None:
    """What changed between two runs, with both answers where right and wrong changed places."""
    one, other = load_run(before), load_run(after)
    found = compare(one, other)
    _print_comparison(found)
    for what, ids in (("变差", found.lost), ("变好", found.won)):
        for id in ids:
            _print_flip(what, id, one, other)
    right = found.of("right")
    if right:
        _say(right.words)


def report(
    directory: Annotated[Path, typer.Argument(help="结果文件夹")],
    against: Annotated[Path | None, typer.Option("--against", help="同时与这次评测（或基线）比较")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="写到哪里（默认在结果文件夹里）")] = None,
) -> None:
    """One HTML file that needs nothing else."""
    path = out or directory / "report.html"
    write_report(load_run(directory), path, load_run(against) if against else None)
    _say(f"已写入 {path}")


def baseline(
    directory: Annotated[Path, typer.Argument(help="结果文件夹")],
    out: Annotated[Path, typer.Option("--out", help="基线文件")] = _BASELINE,
) -> None:
    """Keep a run's scores as what later runs are held against."""
    write_baseline(load_run(directory), out)
    _say(f"已写入 {out}")


def gate(
    baseline: Annotated[Path, typer.Option("--baseline", help="基线文件，或之前的结果文件夹")] = _BASELINE,
    directory: Annotated[Path, typer.Option("--run", help="要检查的结果文件夹")] = _RUN,
    tolerance: Annotated[float, typer.Option("--tolerance", min=0, max=1, help="答对的份额可以少多少")] = 0.0,
) -> None:
    """Exit 1 with the reasons when a run is worse than the baseline."""
    one, other = load_run(baseline), load_run(directory)
    verdict = judge(one, other, tolerance)
    _print_comparison(verdict.comparison)
    for reason in verdict.reasons:
        _say(f"未通过：{reason}")
    for id in verdict.comparison.lost if verdict.reasons else ():
        _print_flip("变差", id, one, other)
    if verdict.is_open:
        _say("通过：没有一项比基线差到不许的程度。")
    raise typer.Exit(0 if verdict.is_open else 1)


def judge_run(
    directory: Annotated[Path, typer.Argument(help="结果文件夹")],
    human: Annotated[Path | None, typer.Option("--human", help="人工标注 JSONL：id、nugget、label")] = None,
    repeats: Annotated[int, typer.Option("--repeats", min=1, max=9, help="每个回答评几次")] = 3,
) -> None:
    """Nugget recall by a judge model (WENCE_JUDGE_BASE_URL and _MODEL, else WENCE_LLM_…)."""
    from eval import judge as work

    model = _judge_model()
    run = load_run(directory)
    people = work.load_human(human) if human else []
    with progress_bar() as progress:
        task = progress.add_task("评判", total=len(run.cases))
        judged = work.judge(
            list(run.cases.values()), run.recorded, model, repeats, lambda: progress.advance(task)
        )
    lines = "".join(j.model_dump_json() + "\n" for j in judged)
    (directory / "judged.jsonl").write_text(lines, encoding="utf-8")
    told = work.report(judged, people) | {"model": model.name}
    text = json.dumps(told, ensure_ascii=False, indent=2)
    (directory / "judged.json").write_text(text + "\n", encoding="utf-8")
    _say(text)
    if "vital_recall" not in told:
        _say(f"没有足够的人工标注（至少 {told['human']['needed']} 处），不显示得分：用 --human 给出。")


def _judge_model() -> ChatModel:
    settings = load_settings()
    if settings.judge_base_url and settings.judge_model:
        named = {
            "llm_base_url": settings.judge_base_url,
            "llm_model": settings.judge_model,
            "llm_api_key": settings.judge_api_key or settings.llm_api_key,
        }
        settings = settings.model_copy(update=named)
    model = Application(settings).chat_model
    if model is None:
        raise InputError("没有评判模型：请设 WENCE_JUDGE_BASE_URL 和 WENCE_JUDGE_MODEL（或 WENCE_LLM_…）。")
    return model


def draft_cases(
    out: Annotated[Path, typer.Option("--out", help="写入这个 JSONL")],
    as_of: AsOf = None,
    journal: Annotated[bool, typer.Option("--journal", help="也从问答记录里没答上、没用的问题起草")] = False,
) -> None:
    """Cases by rule, for a person to accept."""
    from eval.case_drafts import from_journal, from_programmes

    application = Application(load_settings())
    day = as_of.date() if as_of else application.clock.today()
    cases = from_programmes(application.knowledge.snapshot(), day)
    if journal:
        cases += from_journal(application.journal.entries())
    out.write_text("".join(c.model_dump_json(exclude_defaults=True) + "\n" for c in cases), encoding="utf-8")
    _say(f"已写入 {len(cases)} 个用例草稿到 {out}，请逐个核对。")


# ------------------------------------------------------------------ shown


def _say(text: str) -> None:
    Console().print(text, markup=False, highlight=False, soft_wrap=True)


def _print_comparison(found: Comparison) -> None:
    table = Table("指标", "n", "之前", "之后", "结果")
    for row in found.overall:
        if row.better or row.worse:
            label = MEASURES[row.measure].label
            table.add_row(label, str(row.n), f"{row.before:.3f}", f"{row.after:.3f}", row.words)
    for row in found.kinds:
        if row.better or row.worse:
            label = f"答对 · {row.kind}"
            table.add_row(label, str(row.n), f"{row.before:.3f}", f"{row.after:.3f}", row.words)
    if table.rows:
        Console(width=140).print(table)
    for key, before, after in found.configuration:
        _say(f"配置不同：{key}：{_short(before)} → {_short(after)}")
    if found.unpaired:
        _say(f"{found.unpaired} 题只在一次评测里，没有比较。")


def _short(value: Any) -> str:
    text = str(value)
    return f"{text[:12]}…" if re.fullmatch(r"[0-9a-f]{64}", text) else text


def _print_flip(what: str, id: str, before: Run, after: Run) -> None:
    case = after.cases.get(id) or before.cases.get(id)
    _say(f"\n{what} {id} {case.asked if case else ''}")
    _say(f"  原因：{why((after if what == '变差' else before).scores[id])}")
    for name, run in (("之前", before), ("之后", after)):
        if id in run.recorded:
            _say(f"  {name}：{run.recorded[id].answer.text}")


def print_summary(summary: dict[str, dict[str, Any]]) -> None:
    """The table by kind, then every measure over all with its interval."""
    table = Table("类别", "n", "答", "拒", *(MEASURES[m].label for m in SHOWN))
    for kind, row in summary.items():
        cells = ["–" if row[m] is None else f"{row[m]:.3f} ({row[f'n_{m}']})" for m in SHOWN]
        table.add_row(kind, str(row["n"]), str(row["answered"]), str(row["declined"]), *cells)
    Console(width=150).print(table)
    overall = summary["ALL"]
    more = Table("指标", "值", "95%", "n", "意思")
    for name, measure in MEASURES.items():
        if overall[name] is not None:
            low, high = overall[f"ci_{name}"]
            arrow = " ↓" if measure.lower_is_better else ""
            ends, n = f"{low:.3f}–{high:.3f}", str(overall[f"n_{name}"])
            more.add_row(measure.label + arrow, f"{overall[name]:.3f}", ends, n, measure.meaning)
    Console(width=150).print(more)
    if "milliseconds_median" in overall:
        _say(
            f"用时：中位 {overall['milliseconds_median']:.0f} 毫秒，95 分位 {overall['milliseconds_p95']:.0f} 毫秒；"
            f"语言模型 {overall['model_requests']} 次，{overall['model_words']}，{overall['cost_words']}。"
        )
