"""`wence user …` and `wence journal …`: who may use the staff pages, and what is kept of answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console

from assistant.errors import InputError
from assistant.settings import load_settings
from assistant.wiring import Application


def register(app: typer.Typer) -> None:
    """Add `wence user` and `wence journal`."""
    group = typer.Typer(
        help="后台用户：reader 可看，editor 可评分、更正、改知识库，admin 另可看操作日志。",
        no_args_is_help=True,
    )
    group.command("add", help="新增用户，或改角色和密码。")(add)
    group.command("list", help="列出用户。")(users)
    group.command("remove", help="删除用户并结束其登录。")(remove)
    app.add_typer(group, name="user")
    kept = typer.Typer(help="问答记录：导出、删除。", no_args_is_help=True)
    kept.command("export", help="导出为 JSONL 或 CSV。")(export)
    kept.command("erase", help="删除一次对话的全部记录。")(erase)
    app.add_typer(kept, name="journal")


def add(
    name: str,
    role: Annotated[str, typer.Option("--role", help="reader、editor 或 admin")] = "reader",
    from_stdin: Annotated[bool, typer.Option("--password-stdin", help="从标准输入读密码")] = False,
) -> None:
    """Add a user; the password is asked for twice, or read from standard input."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = typer.prompt("密码（至少 10 个字符）", hide_input=True, confirmation_prompt="再输一次")
    application = Application(load_settings())
    application.staff.add_user(name, role, password)
    application.staff.note("wence user", "user add", name, role)
    _say(f"已保存用户 {name}（{role}）。")


def users() -> None:
    """Everyone who may log in."""
    for user in Application(load_settings()).staff.users():
        _say(f"{user.name}  {user.role}")


def remove(name: str) -> None:
    """Remove a user."""
    application = Application(load_settings())
    if not application.staff.remove_user(name):
        raise InputError(f"没有用户 {name}：见 wence user list。")
    application.staff.note("wence user", "user remove", name)
    _say(f"已删除用户 {name}。")


def export(
    out: Annotated[Path | None, typer.Option("--out", help="写入这个文件（默认标准输出）")] = None,
    form: Annotated[str, typer.Option("--format", help="jsonl 或 csv")] = "jsonl",
) -> None:
    """Write every kept answer, oldest first."""
    from assistant.journal_export import row_of, write_csv

    if form not in ("jsonl", "csv"):
        raise InputError("--format 只能是 jsonl 或 csv。")
    entries = Application(load_settings()).journal.entries(limit=10**9)[::-1]
    with _opened(out) as file:
        if form == "jsonl":
            file.writelines(json.dumps(row_of(entry), ensure_ascii=False) + "\n" for entry in entries)
        else:
            write_csv(file, entries)
    Console(stderr=True).print(f"已导出 {len(entries)} 条。", highlight=False)


def erase(conversation: Annotated[str, typer.Argument(help="对话编号")]) -> None:
    """Erase a conversation."""
    application = Application(load_settings())
    count = application.journal.erase(conversation)
    if not count:
        raise InputError(f"没有对话 {conversation}：编号见 wence journal export。")
    application.staff.note("wence journal", "erase", conversation, str(count))
    _say(f"已删除 {count} 条回答及其评价。")


@contextmanager
def _opened(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    try:
        with out.open("w", encoding="utf-8-sig" if out.suffix == ".csv" else "utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise InputError(f"写不了 {out}：请检查路径和权限。") from error


def _say(text: str) -> None:
    Console().print(text, markup=False, highlight=False, soft_wrap=True)
