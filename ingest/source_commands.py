"""`wence sources`: what is followed and how the last look went; what a column would yield, without keeping anything."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from assistant.errors import SourceError
from assistant.followed import Followed, followed, next_look, site_of
from assistant.page_store import PageStore
from assistant.settings import load_settings
from assistant.wiring import Application
from ingest.columns import Listed, is_wanted, list_pages
from ingest.gather import fetcher_of
from ingest.read import read_document


def register_sources(app: typer.Typer) -> None:
    """Add the group to `wence`."""
    group = typer.Typer(help="跟踪的网址和栏目：列出、试看。", no_args_is_help=True)
    group.callback()(_sources)
    group.command("list", help="列出跟踪的网址和栏目，上次查看的结果。")(listing)
    group.command("look", help="试看一个网址：栏目会找到哪些通知、网页读出什么；不写入。")(look)
    app.add_typer(group, name="sources")


def _sources() -> None:
    """Followed addresses."""


def listing(as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False) -> None:
    """Every followed address with its last look."""
    rows = [_row(one) for one in followed(load_settings().home)]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))  # noqa: T201
        return
    for row in rows:
        told = row["reason"] or ("还没有查看过" if row["looked_at"] is None else f"已找到 {row['found']}")
        Console().print(f"{row['address']}  {row['schedule']}  {told}", markup=False, soft_wrap=True)


def _row(one: Followed) -> dict[str, Any]:
    look = one.look
    return {
        **one.site.model_dump(mode="json"),
        "looked_at": look and look.looked_at,
        "succeeded_at": look and look.succeeded_at,
        "reason": look and look.reason,
        "found": len(one.notices),
        "fresh": look.fresh if look else 0,
        "next_look": next_look(one.site, look),
    }


def look(
    address: Annotated[str, typer.Argument(help="网址")],
    page: Annotated[bool, typer.Option("--page", help="是单个网页，不是栏目")] = False,
    pattern: Annotated[str, typer.Option("--pattern", help="通知标题须含的词，几个词之间空一格")] = "",
    pages: Annotated[int, typer.Option("--pages", min=1, max=10, help="看几页列表")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
) -> None:
    """Fetch an address as it would be followed, and say what is found; exit 1 when it cannot be."""
    site = site_of({"address": address, "column": not page, "pattern": pattern, "pages": pages})
    application = Application(load_settings())
    with tempfile.TemporaryDirectory() as folder:
        store = PageStore(Path(folder))
        fetcher = fetcher_of(application, store)
        try:
            if site.column:
                found = list_pages(site, fetcher)
                title, notices = found[0].title, [n for p in found for n in p.notices]
            else:
                file = fetcher.fetch(site.address)
                title = read_document(file, file.data or b"", 1, fetcher.limits).head.title
                notices = []
        except SourceError as error:
            told: dict[str, Any] = {"reason": str(error)}
        else:
            told = {"title": title, "notices": [_told(n, is_wanted(n.title, site)) for n in notices]}
        finally:
            fetcher.close()
            store.close()
    if as_json:
        print(json.dumps(told, ensure_ascii=False))  # noqa: T201
    else:
        _print(told)
    raise typer.Exit(1 if "reason" in told else 0)


def _told(notice: Listed, wanted: bool) -> dict[str, Any]:
    return {
        "address": notice.address,
        "title": notice.title,
        "date": notice.date,
        "wanted": wanted or notice.cut,
    }


def _print(told: dict[str, Any]) -> None:
    console = Console()
    if "reason" in told:
        console.print(told["reason"], markup=False, soft_wrap=True)
        return
    console.print(told["title"], markup=False, soft_wrap=True)
    for notice in told["notices"]:
        mark = "+" if notice["wanted"] else "-"
        line = f"{mark} {notice['date'] or '          '}  {notice['title']}  {notice['address']}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
