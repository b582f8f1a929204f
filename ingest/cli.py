"""`wence ingest`."""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer
from filelock import FileLock, Timeout
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from assistant.budget import Budget
from assistant.errors import InputError, KnowledgeBaseError
from assistant.law.changes import changes
from assistant.matching import programme_row
from assistant.page_store import PageStore
from assistant.programmes.quotes import faults
from assistant.programmes.schema import Programme
from assistant.settings import load_settings
from assistant.wiring import Application
from ingest.columns import remember
from ingest.drafting import propose
from ingest.drafting_cases import cases_of
from ingest.gather import gather, limits_of
from ingest.model_drafting import add_by_model
from ingest.pipeline import Ingest, Report
from ingest.programme_files import load_facts, load_programmes
from ingest.provision_commands import register_provisions
from ingest.source_commands import register_sources
from ingest.sources import Collected

_WAIT_SECONDS = 600.0
_PHASES = {
    "fetch": "抓取网址",
    "read": "读取文件",
    "provisions": "读懂条文",
    "embed": "计算向量",
    "publish": "写入索引",
}


def register(app: typer.Typer) -> None:
    """Add the commands of this package to `wence`."""
    app.command("ingest", help="导入文件或文件夹；不带参数即导入样本文件。可反复运行，只处理有变化的。")(
        ingest
    )
    group = typer.Typer(help="扶持项目文件：检查、列出。", no_args_is_help=True)
    group.callback()(_programmes)
    group.command("check", help="检查每个项目文件：写法、事实、引文是否逐字在文件里。")(check)
    group.command("list", help="列出已发布的项目。")(listing)
    group.command("schema", help="项目文件的 JSON Schema，供编辑器检查写法。")(_schema)
    group.command(
        "draft", help="从一份文件的条文提出项目草稿（比例、金额、上限、门槛，各带引文），由人核对。"
    )(_draft)
    app.add_typer(group, name="programmes")
    register_sources(app)
    register_provisions(app)


def _programmes() -> None:
    """Support programmes as data."""


def check() -> None:
    """Read every programme file and look up every quote; exit 1 when one does not stand."""
    application = Application(load_settings())
    home, catalog = application.settings.home, application.catalog
    definitions, console = load_facts(home), Console()
    programmes = load_programmes(home)
    found = [fault for p in programmes.values() for fault in faults(p, definitions, catalog.document)]
    for fault in found:
        console.print(fault, markup=False, soft_wrap=True)
    console.print(f"{len(programmes)} 个项目，{len(found)} 处不对。", highlight=False)
    raise typer.Exit(1 if found else 0)


def listing(as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False) -> None:
    """The programmes that are published, with their window today."""
    application = Application(load_settings())
    day = application.clock.today()
    rows = [programme_row(p, day) for p in application.knowledge.snapshot().rulebook.programmes.values()]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))  # noqa: T201
        return
    for row in rows:
        Console().print(
            f"{row['id']}  {row['title']['zh']}  {row['region'] or ''}  {row['window']['state']}",
            markup=False,
        )


def _schema() -> None:
    """The JSON Schema of a programme file, for editors."""
    print(json.dumps(Programme.model_json_schema(), ensure_ascii=False, indent=1))  # noqa: T201


def _draft(
    document_id: Annotated[str, typer.Argument(help="文件 id，见 wence documents")],
    out: Annotated[Path | None, typer.Option("--out", help="写入这个文件夹，一个项目一个文件")] = None,
) -> None:
    """Propose programmes from a paper's clauses, for a person to accept or mend."""
    import yaml

    application = Application(load_settings())
    document = application.catalog.document(document_id)
    if document is None:
        raise InputError(f"没有 id 为 {document_id} 的文件：见 wence documents。")
    definitions, today = load_facts(application.settings.home), application.clock.today()
    proposals = propose(document, definitions)
    said: list[str] = []
    if application.chat_model is not None:
        budget = Budget(application.settings.llm_budget)
        proposals, said = add_by_model(proposals, document, definitions, application.chat_model, budget)
    for proposal in proposals:
        text = "".join(f"# {remark}\n" for remark in proposal.remarks)
        text += yaml.safe_dump(proposal.programme, allow_unicode=True, sort_keys=False, width=130)
        if out is None:
            print(f"---\n{text}", end="")  # noqa: T201
            continue
        out.mkdir(parents=True, exist_ok=True)
        (out / f"{proposal.programme['id']}.yaml").write_text(text, encoding="utf-8")
        cases = cases_of(proposal, definitions, today)
        for name, content in (("facts", proposal.facts), ("cases", cases)):
            if content:
                path = out / f"{proposal.programme['id']}.{name}.yaml"
                path.write_text(
                    yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8"
                )
    console = Console(stderr=True)
    console.print(
        f"《{document.head.title}》：从条文读出 {len(proposals)} 个项目草稿，请逐项核对后放进 programmes/。",
        markup=False,
        soft_wrap=True,
    )
    for line in said:
        console.print(line, markup=False, soft_wrap=True)


def ingest(
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH|URL …]")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会做什么，不写入")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="全部重读并重建索引（换嵌入模型后用）")] = False,
    due_only: Annotated[
        bool,
        typer.Option(
            "--due", help="查看 sources.yaml 里到期的网址和栏目；另给出网址则只看这些，不论到期与否"
        ),
    ] = False,
    wait: Annotated[float, typer.Option("--wait", min=0, help="另一个导入在运行时，最多等多少秒")] = 0,
    lines: Annotated[bool, typer.Option("--progress-lines", help="进度逐行写到标准错误（JSON）")] = False,
) -> None:
    """Sync sources into the knowledge base and publish; exit 0 all in, 1 some failed, 2 nothing could be done."""
    application = Application(load_settings())
    quiet = nullcontext() if application.settings.debug else _libraries_quiet()
    with quiet, _progress() as progress:
        tasks = {
            phase: progress.add_task(label, total=None, visible=False) for phase, label in _PHASES.items()
        }

        def step(phase: str, done: int, total: int) -> None:
            progress.update(tasks[phase], completed=done, total=total, visible=total > 0)
            if lines:
                told = {"phase": _PHASES[phase], "done": done, "total": total}
                print(json.dumps(told, ensure_ascii=False), file=sys.stderr, flush=True)  # noqa: T201

        home = application.settings.home
        with _looking(home, wait) if due_only else nullcontext():
            collected = gather(application, paths or [], due_only, rebuild, step)
            run = Ingest(home, application.catalog, application.encoder, limits_of(application), step)
            patience = max(wait, _WAIT_SECONDS) if due_only else wait
            report = run.run(collected, rebuild=rebuild, dry_run=dry_run, wait=patience)
            if not dry_run:
                _remember(home, collected, report)
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False))  # noqa: T201
    else:
        _print(report, dry_run)
    raise typer.Exit(report.exit_code)


@contextmanager
def _libraries_quiet() -> Iterator[None]:
    """What libraries warn of while they read is not shown: what is wrong with a file is said in its one line."""
    root, silent = logging.getLogger(), logging.NullHandler()
    root.addHandler(silent)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        root.removeHandler(silent)


@contextmanager
def _looking(home: Path, wait: float) -> Iterator[None]:
    """One look at the followed addresses at a time, whoever starts it."""
    home.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(home / "looking.lock", timeout=wait):
            yield
    except Timeout as error:
        raise KnowledgeBaseError("已经在查看跟踪的网址：请等它结束后再试。") from error


def _remember(home: Path, collected: Collected, report: Report) -> None:
    if not collected.looks:
        return
    store = PageStore(home)
    try:
        remember(collected, {f["source"]: f["reason"] for f in report.failed}, store)
    finally:
        store.close()


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(show_speed=True),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _print(report: Report, dry_run: bool) -> None:
    console = Console()
    console.print(
        f"{'（试运行，未写入）' if dry_run else ''}新增 {report.added}，更新 {report.updated}，未变 {report.unchanged}，"
        f"移除 {report.removed}，重复 {len(report.duplicates)}，失败 {len(report.failed)}；"
        f"现有 {report.documents} 份文件、{report.chunks} 个段落，用时 {report.seconds:.1f} 秒。",
        soft_wrap=True,
        highlight=False,
    )
    for row in report.read:
        for note in row["notes"]:
            console.print(f"请看：{row['source']}：{note}", markup=False, soft_wrap=True)
    for row in report.duplicates:
        same = "是同一份文件" if row["kind"] == "reprint" else "文字相近但数字不同，未采用，请核对"
        _print_line(console, f"重复：{row['source']} 与 {row['duplicate_of']} {same}")
    for change in report.changes:
        for clause in change["clauses"]:
            _print_change(console, change["document_id"], clause)
    for fault in report.faults:
        console.print(f"项目未采用：{fault}", markup=False, soft_wrap=True)
    for failure in report.failed:
        _print_line(console, f"失败：{failure['source']}：{failure['reason']}")


def _print_line(console: Console, text: str) -> None:
    """One line on the terminal, whatever stands in a file's name."""
    plain = "".join(c if c.isprintable() else "�" for c in text)
    console.print(plain, markup=False, soft_wrap=True, highlight=False)


def _print_change(console: Console, document_id: str, clause: dict[str, str | None]) -> None:
    console.print(f"变化：{document_id} {clause['article'] or ''}", markup=False, soft_wrap=True)
    for sentence in changes(clause["before"], clause["after"]):
        console.print(f"  {sentence}", markup=False, soft_wrap=True)
    for mark, text in (("-", clause["before"]), ("+", clause["after"])):
        if text:
            console.print(f"  {mark} {text}", markup=False, soft_wrap=True)
