"""`wence event …`: a page to print for an event, whose code opens the assistant with the event's programmes."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated

import typer

from assistant.errors import InputError
from assistant.settings import load_settings
from assistant.wiring import Application

Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出")]


def register(app: typer.Typer) -> None:
    """Add `wence event`."""
    events = typer.Typer(help="活动扫码页：带着活动的项目打开问答。", no_args_is_help=True)
    events.command("add", help="新建活动，给出可打印的扫码页地址。")(add)
    events.command("list", help="列出活动。")(show)
    events.command("remove", help="删除活动，码立即失效。")(remove)
    app.add_typer(events, name="event")


def add(
    name: Annotated[str, typer.Argument(help="活动名称，例如 南山区政策宣讲会")],
    programme: Annotated[
        list[str], typer.Option("--programme", help="项目编号，可多次（见 wence programmes list）")
    ],
    until: Annotated[
        datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="最后有效日，例如 2026-12-31")
    ],
    as_json: Json = False,
) -> None:
    """A new event."""
    application = Application(load_settings())
    known = application.knowledge.snapshot().rulebook.programmes
    if unknown := [id for id in programme if id not in known]:
        raise InputError(f"没有这些项目：{'、'.join(unknown)}。请用 wence programmes list 核对编号。")
    if until.date() < application.clock.today():
        raise InputError(f"最后有效日 {until.date()} 已经过去：请改 --until。")
    if not 0 < len(name.strip()) <= 60:
        raise InputError("活动名称应为 1 到 60 字。")
    event = application.events.add(name.strip(), programme, until.date())
    address = f"{application.settings.public_url.rstrip('/')}/events/{event.id}"
    if as_json:
        print(json.dumps({**event.model_dump(mode="json"), "page": address}, ensure_ascii=False))  # noqa: T201
        return
    print(f"打印这一页：{address}")  # noqa: T201


def show(as_json: Json = False) -> None:
    """All events."""
    application = Application(load_settings())
    rows = [event.model_dump(mode="json") for event in application.events.all()]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))  # noqa: T201
        return
    today = application.clock.today()
    for row in rows:
        state = "有效" if date.fromisoformat(row["until"]) >= today else "已过期"
        print(f"{row['id']}  {row['name']}  至 {row['until']}（{state}）  {'、'.join(row['programmes'])}")  # noqa: T201


def remove(id: Annotated[str, typer.Argument(help="活动编号")]) -> None:
    """Delete an event."""
    if not Application(load_settings()).events.remove(id):
        raise InputError(f"没有活动 {id}：请用 wence event list 核对编号。")
