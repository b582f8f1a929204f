"""`wence backup` and `wence restore`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the two commands."""
    app.command("backup", help="把 WENCE_HOME 下的全部数据写进一个文件；服务运行时也可以做。")(backup_command)
    app.command("restore", help="用备份换回 WENCE_HOME；原来的数据改名留在旁边。先停下服务。")(
        restore_command
    )


def backup_command(file: Annotated[Path, typer.Argument(help="备份文件，如 wence.tar.gz")]) -> None:
    """Write everything under WENCE_HOME into a file."""
    from assistant.backup import back_up

    home = load_settings().home
    print(f"已备份 {back_up(home, file)} 个文件到 {file}。", file=sys.stderr)  # noqa: T201


def restore_command(file: Annotated[Path, typer.Argument(help="wence backup 写出的文件")]) -> None:
    """Put a backup in place of WENCE_HOME."""
    from assistant.backup import restore

    home = load_settings().home
    kept = restore(home, file)
    told = f"；原来的数据留在 {kept}" if kept else ""
    print(f"已恢复到 {home}{told}。请重新启动服务。", file=sys.stderr)  # noqa: T201
