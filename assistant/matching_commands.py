"""`wence match` and `wence facts`."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assistant.errors import InputError
from assistant.settings import load_settings
from assistant.wiring import Application

if TYPE_CHECKING:
    from assistant.knowledge import Snapshot
    from assistant.matching import Matched
    from assistant.settings import Settings

_OUTCOMES = {"met": "符合", "unmet": "不符合", "unknown": "待定"}
_WINDOWS = {"open": "受理中", "closed": "已截止", "upcoming": "未开始", "unknown": "未公布"}


class Spoken(Enum):
    """The languages of a matching."""

    ZH = "zh"
    ZH_HANT = "zh-Hant"
    EN = "en"


def register(app: typer.Typer) -> None:
    """Add the commands to `wence`."""
    app.command("match", help="拿企业情况去配所有扶持项目：条件、金额、组合、还缺什么。")(match)
    app.command("facts", help="列出可以告诉我们的企业情况。")(facts)


def match(
    path: Annotated[Path | None, typer.Option("--facts", help="企业情况 YAML 文件（键: 值）")] = None,
    as_of: Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"])] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
    file: Annotated[
        Path | None, typer.Option("--export", help="写成文件带走：.docx、.pdf、.md，或受理时间日历 .ics")
    ] = None,
    language: Annotated[Spoken, typer.Option("--language", help="语言")] = Spoken.ZH,
) -> None:
    """Every programme against a firm's facts."""
    from assistant.exports import format_of
    from assistant.matching import as_rows
    from assistant.matching import match as run

    if file:
        format_of(file)  # a wrong name is refused before any work
    application = Application(load_settings())
    day = as_of.date() if as_of else application.clock.today()
    snapshot = application.knowledge.snapshot()
    matched = run(_told(path) if path else {}, snapshot, day, language.value)
    if file:
        _write(file, matched, snapshot, application.settings)
    if as_json:
        print(json.dumps(as_rows(matched), ensure_ascii=False))  # noqa: T201
    elif not file:
        _show(matched)


def _write(file: Path, matched: Matched, snapshot: Snapshot, settings: Settings) -> None:
    """The matching as a file; raises InputError where it cannot be written."""
    from assistant.dossier import build_dossier
    from assistant.exports import export, format_of

    dossier = build_dossier(matched, snapshot, settings.public_url, settings.has_public_url)
    content = export(dossier, format_of(file))
    try:
        file.write_bytes(content)
    except OSError as error:
        raise InputError(f"写不了 {file}：请检查文件夹是否存在、能否写入，以及文件是否正被打开。") from error
    print(f"已写入 {file}。", file=sys.stderr)  # noqa: T201
    if file.suffix.lower() == ".ics" and not dossier.events:
        print("目前没有已公布且未截止的受理时间，所以日历是空的。", file=sys.stderr)  # noqa: T201


def _show(matched: Matched) -> None:
    """The matching as a table."""
    console = Console()
    for problem in matched.problems.values():
        console.print(f"请核对：{problem}", markup=False, soft_wrap=True)
    table = Table("项目", "地区", "判定", "金额", "算式", "窗口", title=f"截至 {matched.as_of.isoformat()}")
    for one in matched.assessments:
        amount = "" if one.amount is None else f"{one.amount:,.0f}"
        row = [
            one.title,
            one.region or "",
            _OUTCOMES[one.outcome],
            amount,
            one.working or "",
            _WINDOWS[one.window.state],
        ]
        table.add_row(*map(escape, row))
    console.print(table)
    for combination in matched.combinations:
        console.print(f"可一起申请：{combination.working}", markup=False, soft_wrap=True)
        for limit in combination.limits:
            console.print(f"  限制：{limit.text}", markup=False, soft_wrap=True)
    for missing in matched.missing_facts[:5]:
        console.print(f"还想知道：{missing.ask}", markup=False, soft_wrap=True)


def _told(path: Path) -> dict[str, str]:
    """The facts of a YAML file; raises InputError saying the mend."""
    import yaml

    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"读不了 {path}：请检查路径和 YAML 写法（键: 值）。") from error
    if not isinstance(loaded, dict):
        raise InputError(f"{path} 应是一组“键: 值”，键见 wence facts。")
    return {str(key): _plain(value) for key, value in loaded.items() if value is not None}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def facts(as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False) -> None:
    """The facts that can be told, defined once for all programmes."""
    book = Application(load_settings()).knowledge.snapshot().rulebook
    if as_json:
        from assistant.matching import fact_row

        rows = [fact_row(fact) for fact in book.facts.values()]
        print(json.dumps(rows, ensure_ascii=False))  # noqa: T201
        return
    table = Table("键", "类型", "单位", "意思", "meaning", "问法")
    for fact in book.facts.values():
        table.add_row(fact.key, fact.type, fact.unit or "", fact.zh, fact.en, fact.ask)
    Console(width=160).print(table)
