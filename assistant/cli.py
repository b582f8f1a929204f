"""The one `wence` command; packages above this one add theirs through the entry points `wence.commands`."""

from __future__ import annotations

import os
import sys
from importlib.metadata import entry_points

import typer

from assistant.errors import WenceError


def build_app(wanted: str | None = None) -> typer.Typer:
    """All commands, those of this package and those that other packages register.

    When the wanted command is one of this package, the others, named for their commands, are not even imported.
    """
    from assistant import (
        access_commands,
        backup_commands,
        claims_commands,
        commands,
        event_commands,
        matching_commands,
        staff_commands,
    )

    app = typer.Typer(
        name="wence",
        help="问策：问扶持政策，答案句句有出处。",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    commands.register(app)
    matching_commands.register(app)
    claims_commands.register(app)
    staff_commands.register(app)
    access_commands.register(app)
    event_commands.register(app)
    backup_commands.register(app)
    own = {info.name for info in app.registered_commands} | {info.name for info in app.registered_groups}
    if wanted not in own:
        for entry in sorted(entry_points(group="wence.commands"), key=lambda e: e.name):
            entry.load()(app)
    return app


def _debugging() -> bool:
    from assistant.settings import load_settings

    try:
        return load_settings().debug
    except WenceError:
        return os.environ.get("WENCE_DEBUG") == "1"


def main() -> None:
    """Run `wence`; an error is one plain sentence on standard error, a traceback only with WENCE_DEBUG=1."""
    try:
        build_app(sys.argv[1] if len(sys.argv) > 1 else None)()
    except WenceError as error:
        if _debugging():
            raise
        print(f"错误：{error}", file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("已停止；已完成的部分都已保存，可再次运行接着做。", file=sys.stderr)  # noqa: T201
        sys.exit(130)
