"""The commands of `wence` that only need the assistant: ask, search, documents, serve, doctor, settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from assistant.clock import ShanghaiClock
from assistant.errors import InputError
from assistant.library import listing, passage_rows
from assistant.models import Answer, Question, Turn
from assistant.settings import describe_settings, load_settings
from assistant.wiring import Application

AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="答案对哪一天成立")]
Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出")]
Batch = Annotated[Path | None, typer.Option("--batch", help="逐行读入的 JSONL")]
LineFunction = Callable[[Application, dict[str, Any], date], dict[str, Any]]
Out = Annotated[Path | None, typer.Option("--out", help="逐行写出的 JSONL")]


def register(app: typer.Typer) -> None:
    """Add the commands of this package to `wence`."""
    app.command("ask", help="问一个问题，得到带出处的答案。")(ask)
    app.command("search", help="只找段落，不作答。")(search)
    app.command("documents", help="列出知识库里的文件。")(documents)
    app.command("serve", help="启动网页、接口和可嵌入的对话框。")(serve)
    app.command("mcp", help="以 MCP 协议（标准输入输出）供其他助手调用。")(mcp)
    models = typer.Typer(help="内置嵌入模型。", no_args_is_help=True)
    models.command("export", help="写成 sentence-transformers 文件夹，供别的程序使用。")(model_export)
    models.callback()(_model)
    app.add_typer(models, name="model")
    app.command("settings", help="列出所有设置、默认值和含义。")(settings)
    app.command("doctor", help="检查环境和数据，给出每个毛病的解法。")(doctor)


def ask(
    question: Annotated[str | None, typer.Argument()] = None,
    facts: Annotated[list[str] | None, typer.Option("--facts", help="企业情况，形如 键=值，可多次")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
    batch: Batch = None,
    out: Out = None,
) -> None:
    """One answer, or with --batch one for each line."""
    application = Application(load_settings())
    if batch:
        _batch(application, batch, out, as_of, _answer_line)
        return
    if out:
        raise InputError("--out 只与 --batch 一起用；单个问题请用 --json 并重定向输出。")
    if not question:
        raise InputError('请写下问题，例如 wence ask "训力券最高多少？"，或用 --batch 文件。')
    asked = Question(text=question, as_of=_day(as_of), facts=_facts(facts or []))
    answer = application.pipeline.answer(asked)
    if as_json:
        print(answer.model_dump_json(by_alias=True))  # noqa: T201
    else:
        _show(answer)


def search(
    query: Annotated[str | None, typer.Argument()] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="要几个段落")] = 10,
    as_of: AsOf = None,
    as_json: Json = False,
    batch: Batch = None,
    out: Out = None,
) -> None:
    """The passages for a query, best first."""
    application = Application(load_settings())
    if batch:

        def line(app: Application, row: dict[str, Any], day: date) -> dict[str, Any]:
            found = app.pipeline.search(Question(text=_turns(row)[-1], as_of=day), k)
            return {"passages": passage_rows(found)}

        _batch(application, batch, out, as_of, line)
        return
    if not query:
        raise InputError('请写下要找的内容，例如 wence search "语料券 比例"，或用 --batch 文件。')
    found = passage_rows(application.pipeline.search(Question(text=query, as_of=_day(as_of)), k))
    if as_json:
        print(json.dumps(found, ensure_ascii=False))  # noqa: T201
        return
    for number, passage in enumerate(found, 1):
        where = f"{number}. 《{passage['title']}》{passage['article'] or ''}"
        Console().print(where, style="bold", markup=False, soft_wrap=True)
        Console().print(passage["text"], markup=False, highlight=False, soft_wrap=True)


def documents(as_json: Json = False) -> None:
    """What the knowledge base holds."""
    application = Application(load_settings())
    rows = listing(application.catalog, application.clock.today(), application.settings.samples)
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))  # noqa: T201
        return
    table = Table("标题", "类别", "状态", "文号", "施行", "到期", "版本", "段落")
    for row in rows:
        shown = (
            "title",
            "kind",
            "status",
            "document_number",
            "effective_from",
            "effective_to",
            "version",
            "chunks",
        )
        table.add_row(*(escape(str(row[c] if row[c] is not None else "")) for c in shown))
    Console().print(table)


def serve(
    host: Annotated[str, typer.Option("--host", help="监听地址；0.0.0.0 即对外开放")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="端口")] = 7860,
) -> None:
    """The web chat, the API and the widget."""
    from assistant.web.server import serve as run

    run(Application(load_settings()), host, port)


def mcp() -> None:
    """The Model Context Protocol over standard input and output."""
    from assistant.mcp_server import run_stdio

    run_stdio(Application(load_settings()))


def settings() -> None:
    """Every setting with its default and meaning."""
    table = Table("设置 / variable", "默认 / default", "含义 / meaning")
    for row in describe_settings():
        table.add_row(*row)
    Console(width=140).print(table)


def doctor(as_json: Json = False) -> None:
    """Health, with the mend for each fault; exit 1 when something is wrong."""
    from assistant.doctor import examine

    findings = examine(Application(load_settings()))
    if as_json:
        print(json.dumps([f.model_dump() for f in findings], ensure_ascii=False))  # noqa: T201
    else:
        for finding in findings:
            mark = "好" if finding.ok else "坏"
            Console().print(f"[{mark}] {finding.name}：{finding.detail}", markup=False, soft_wrap=True)
    raise typer.Exit(0 if all(f.ok for f in findings) else 1)


# ------------------------------------------------------------------ batch


def _batch(
    application: Application, batch: Path, out: Path | None, as_of: datetime | None, line: LineFunction
) -> None:
    """One result a line; a row that is unusable gets {"id", "error"} and the others go on (exit 1 then)."""
    rows = list(_read_lines(batch))
    if out is None:
        raise InputError("--batch 需要同时给出 --out 文件。")
    failed = 0
    with _opened(out) as file:
        for row in track(rows, "逐行处理", console=Console(stderr=True)):
            try:
                result = line(application, row, _row_day(row, as_of))
            except InputError as error:
                result = {"error": str(error)}
                failed += 1
            file.write(json.dumps({"id": row.get("id"), **result}, ensure_ascii=False) + "\n")
            file.flush()
    if failed:
        Console(stderr=True).print(
            f"{failed} 行没有结果，原因写在 {out} 的 error 里。", markup=False, soft_wrap=True
        )
        raise typer.Exit(1)


def _opened(out: Path) -> TextIO:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        return out.open("w", encoding="utf-8")
    except OSError as error:
        raise InputError(f"写不了 {out}：请检查路径和权限。") from error


def _row_day(row: dict[str, Any], as_of: datetime | None) -> date:
    try:
        return date.fromisoformat(row["as_of"]) if row.get("as_of") else _day(as_of)
    except (TypeError, ValueError) as error:
        raise InputError("as_of 不是日期：请写成 2026-01-31 的样子。") from error


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"读不了 {path}：请检查路径，并存为 UTF-8。") from error
    for number, text in enumerate(lines, 1):
        if text.strip():
            try:
                row = json.loads(text)
            except json.JSONDecodeError as error:
                raise InputError(f"{path} 第 {number} 行不是 JSON：请改正后再试。") from error
            if not isinstance(row, dict):
                raise InputError(f"{path} 第 {number} 行须是一个 JSON 对象：请改正后再试。")
            yield row


def _turns(row: dict[str, Any]) -> list[str]:
    turns = row.get("turns") or [row.get("question")]
    if not isinstance(turns, list) or not all(isinstance(t, str) for t in turns):
        raise InputError("question 须是文字，turns 须是一列文字：请改正后再试。")
    return turns


def _answer_line(application: Application, row: dict[str, Any], day: date) -> dict[str, Any]:
    *before, last = _turns(row)
    told = row.get("facts") or {}
    if not isinstance(told, dict):
        raise InputError("facts 须是“键: 值”的对象：请改正后再试。")
    facts = {str(k): str(v) for k, v in told.items()}
    history: list[Turn] = []
    for text in before:
        asked = Question(text=text, as_of=day, facts=facts, history=tuple(history))
        history.append(Turn(question=text, answer=application.pipeline.answer(asked).text))
    asked = Question(text=last, as_of=day, facts=facts, history=tuple(history))
    return {"answer": application.pipeline.answer(asked).model_dump(mode="json", by_alias=True)}


# ------------------------------------------------------------------ shown


def _day(as_of: datetime | None) -> date:
    return as_of.date() if as_of else ShanghaiClock().today()


def _facts(pairs: list[str]) -> dict[str, str]:
    facts = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not (sign and key.strip() and value.strip()):
            raise InputError(f"--facts {pair} 的写法不对：请写成 键=值。")
        facts[key.strip()] = value.strip()
    return facts


def _show(answer: Answer) -> None:
    console = Console(soft_wrap=True)
    console.print(answer.text, markup=False, highlight=False)
    for c in answer.citations:
        page = f" 第{c.page}页" if c.page else ""
        where = f"[{c.number}] 《{c.title}》{c.document_number or ''} {c.article or ''}{page}"
        console.print(where, style="dim", markup=False, highlight=False)
        console.print(f"    “{c.quote}”", style="dim", markup=False, highlight=False)
    for notice in answer.notices:
        console.print(f"※ {notice}", style="yellow", markup=False, highlight=False)


def _model() -> None:
    """The embedded model."""


def model_export(directory: Annotated[Path, typer.Argument(help="新的或空的文件夹")]) -> None:
    """Write the embedded model for other programs."""
    from assistant.encoders.export import export_model

    export_model(directory)
    Console().print(f"已写入 {escape(str(directory))}：SentenceTransformer 可直接读取，提示词已带上。")
