"""`python -m eval.real FOLDER`: how real papers are read, as a table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from assistant.errors import InputError
from eval.real.measure import Measured, Totals, measure, paper_files, total
from eval.real.truth import FIELDS, TRUTH, VERDICTS, load_papers
from eval.real.visible import chromium

_WORDS = {"right": "对", "missing": "缺", "wrong": "错", "invented": "编造"}
_STYLES = {"missing": "yellow", "wrong": "red", "invented": "bold red"}


def main(
    papers: Annotated[Path, typer.Argument(help="存放真实文件的文件夹")],
    truth: Annotated[Path, typer.Option("--truth", help="人工写下的真值（YAML）")] = TRUTH,
    out: Annotated[Path | None, typer.Option("--out", help="结果另存为 JSON")] = None,
) -> None:
    """Read every paper of a folder and print how it compares with what a person sees on it."""
    console = Console()
    try:
        known = load_papers(truth)
        files = paper_files(papers) if papers.is_dir() else []
        if not any(f.name in known for f in files):
            raise InputError(
                f"{papers} 里没有 {truth.name} 写明的文件：请检查文件夹，或用 --truth 指定真值。"
            )
    except InputError as error:
        console.print(f"[red]{error}[/red]")
        raise typer.Exit(2) from error
    with chromium() as renderer:
        if renderer is None:
            console.print(
                "[yellow]没有找到 Chromium（或 playwright）：网页读全了多少量不了，其余照量。[/yellow]"
            )
        measured = list(measure(papers, known, renderer))
    _unknown(console, [f.name for f in files if f.name not in known])
    summary = total(measured, FIELDS)
    show(console, measured, summary)
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(as_json(measured, summary), ensure_ascii=False, indent=1), encoding="utf-8")


def _unknown(console: Console, names: list[str]) -> None:
    if names:
        console.print(f"[yellow]没有真值、没有量的文件：{'、'.join(names)}[/yellow]")


def as_json(measured: list[Measured], summary: Totals) -> dict[str, object]:
    """What `--out` writes: `totals` with the share right, `files` one entry each."""
    totals = summary.model_dump() | {"judged": summary.judged, "right": summary.right}
    return {"totals": totals, "files": [m.model_dump() for m in measured]}


def show(console: Console, measured: list[Measured], summary: Totals) -> None:
    """Print the files, the fields, and every disagreement with what should have been read."""
    console.print(_files(measured))
    console.print(_fields(summary))
    for one in measured:
        _disagreements(console, one)
    mean = (
        "量不了"
        if summary.kept_mean is None
        else f"平均 {summary.kept_mean:.1%}，最少 {summary.kept_least:.1%}"
    )
    counts = "，".join(f"{_WORDS[v]} {summary.verdicts[v]}" for v in VERDICTS)
    console.print(
        f"读进 {summary.read}/{summary.files} 个文件；正文保留{mean}；外来字 {summary.foreign}；"
        f"字段 {summary.judged} 项，对 {summary.right:.1%}（{counts}）",
        soft_wrap=True,
    )


def _files(measured: list[Measured]) -> Table:
    table = Table("文件", "读进", "正文字数", "保留", "外来字", *(_WORDS[v] for v in VERDICTS))
    for one in measured:
        kept = f"{one.kept:.2%}" if one.kept is not None else "—"
        counts = [str(one.count(v)) for v in VERDICTS] if one.fields else ["—"] * len(VERDICTS)
        read = "是" if one.failed is None else "否（应当）" if one.excused else "否"
        table.add_row(one.name, read, str(one.characters), kept, str(one.foreign), *counts)
    return table


def _fields(summary: Totals) -> Table:
    table = Table("字段", *(_WORDS[v] for v in VERDICTS))
    for field, counts in summary.by_field.items():
        table.add_row(field, *(str(counts[v]) for v in VERDICTS))
    return table


def _disagreements(console: Console, one: Measured) -> None:
    if one.failed:
        console.print(f"[red]{one.name} 没有读进[/red]：{one.failed}", highlight=False)
    if one.unmeasured:
        console.print(f"[yellow]{one.name} 量不了保留多少[/yellow]：{one.unmeasured}", highlight=False)
    for title, runs in (("少了", one.lost_most), ("多了", one.foreign_most)):
        for run in runs:
            console.print(f"{one.name} {title} {len(run)} 字：{run[:60]}", highlight=False, markup=False)
    for judged in one.fields:
        if judged.verdict != "right":
            style = _STYLES[judged.verdict]
            console.print(
                f"{one.name} [{style}]{judged.field} {_WORDS[judged.verdict]}[/{style}]", highlight=False
            )
            console.print(f"    应当：{judged.wanted or '（没有）'}", highlight=False, markup=False)
            console.print(f"    读成：{judged.given or '（没有）'}", highlight=False, markup=False)


if __name__ == "__main__":
    typer.run(main)
