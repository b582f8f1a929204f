"""`wence provisions`: what was read of a paper's clauses and what was not; a person stands for a reading."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter
from rich.console import Console

from assistant.errors import InputError
from assistant.law.in_words import rows_of, told
from assistant.law.provisions import Content, PaperReading
from assistant.law.supports import grouped
from assistant.models import Document
from assistant.settings import load_settings
from assistant.wiring import Application
from ingest.gather import limits_of
from ingest.pipeline import Ingest

_WAIT_SECONDS = 60.0
_VERBS = ("show", "approve", "schema")


class _Group(typer.core.TyperGroup):
    """`wence provisions DOCUMENT` shows that document; the other verbs stand as they are."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in _VERBS:
            args = ["show", *args]
        return super().resolve_command(ctx, args)


def register_provisions(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="条文读成了什么：wence provisions 文件id [--unread]；approve 确认一条；schema 供编辑器检查写法。",
        no_args_is_help=True,
        cls=_Group,
    )
    group.command("show", help="一份文件逐条读成了什么，哪些字没有读懂。")(_show)
    group.command("approve", help="由人确认读出来的一条；重新读文件时保留，并发布成新的一代。")(_approve)
    group.command("schema", help="条文数据的 JSON Schema，供编辑器检查写法。")(_schema)
    app.add_typer(group, name="provisions")


def _reading(application: Application, document_id: str) -> tuple[Document, PaperReading]:
    document = application.catalog.document(document_id)
    if document is None:
        raise InputError(f"没有 id 为 {document_id} 的文件：见 wence documents。")
    reading = application.catalog.reading(document_id, document.version)
    if reading is None:
        raise InputError(f"{document_id} 还没有逐条读过：请先运行 wence ingest。")
    return document, reading


def _show(
    document_id: Annotated[str, typer.Argument(help="文件 id，见 wence documents")],
    unread: Annotated[bool, typer.Option("--unread", help="只看没有读懂的")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
) -> None:
    """Clause by clause: the paper's words, what was read, and what was left."""
    document, reading = _reading(Application(load_settings()), document_id)
    rows = [row for row in rows_of(document, reading) if row["unread"] or not unread]
    if as_json:
        print(json.dumps({**reading.coverage, "rows": rows}, ensure_ascii=False))  # noqa: T201
        return
    console = Console()
    for row in rows:
        article = row["article"] or ""
        shown = row["text"] if row["text"].startswith(article) else f"{article} {row['text']}"
        console.print(shown, markup=False, soft_wrap=True)
        for one in [] if unread else row["provisions"]:
            mark = "✓" if one["standing"] == "approved" else "·"
            console.print(f"  {mark} {one['number']}. {one['told']}", markup=False, soft_wrap=True)
        for words in row["unread"]:
            console.print(f"  ? 没有读懂：{words}", markup=False, soft_wrap=True)
    told_of = "{clauses} 处条文：{read} 处读全，{unread} 处有字没有读懂；共 {provisions} 条。".format(
        **reading.coverage
    )
    console.print(told_of, highlight=False)


def _approve(
    document_id: Annotated[str, typer.Argument(help="文件 id，见 wence documents")],
    number: Annotated[int, typer.Argument(min=1, help="第几条，见 wence provisions 文件id")],
    by: Annotated[str, typer.Option("--by", help="谁确认的")],
) -> None:
    """Let a person stand for a provision; published as a new generation, old answers keep theirs."""
    application = Application(load_settings())
    document, reading = _reading(application, document_id)
    if number > len(reading.provisions):
        raise InputError(
            f"{document_id} 只有 {len(reading.provisions)} 条：见 wence provisions {document_id}。"
        )
    if not by.strip():
        raise InputError("请用 --by 写下是谁确认的。")
    index = number - 1
    approved = reading.provisions[index].model_copy(
        update={"standing": "approved", "by": by.strip(), "unread": ()}
    )
    provisions = (*reading.provisions[:index], approved, *reading.provisions[index + 1 :])
    stood = reading.model_copy(update={"provisions": provisions})
    application.catalog.store_reading(stood.model_copy(update={"supports": grouped(document, stood)}))
    settings = application.settings
    ingest = Ingest(settings.home, application.catalog, application.encoder, limits_of(application))
    generation = ingest.publish_again(wait=_WAIT_SECONDS)
    Console().print(f"已确认：{told(approved.content)}（第 {generation} 代）", markup=False, soft_wrap=True)


def _schema() -> None:
    """The JSON Schema of provisions."""
    print(json.dumps(TypeAdapter(Content).json_schema(), ensure_ascii=False, indent=1))  # noqa: T201
