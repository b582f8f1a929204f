"""The one way YAML is read: safely, and by the loader in C where PyYAML was built with it (ten times as fast)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from assistant.errors import InputError

_LONGEST_STATED = 60_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(text: str) -> Any:
    """The content of a text; raises yaml.YAMLError."""
    return yaml.load(text, _LOADER)


class _Plain(yaml.SafeLoader):
    """Values written out: no aliases, by which a few lines can stand for more than a memory holds."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)


def load_stated(text: str) -> dict[str, Any] | None:
    """What is stated of a paper, name → value; None for what is no such mapping; raises yaml.YAMLError."""
    if len(text) > _LONGEST_STATED:
        raise yaml.YAMLError(f"more than {_LONGEST_STATED} characters")
    try:
        values = yaml.load(text, _Plain)
    except (
        ValueError,
        OverflowError,
        RecursionError,
    ) as error:  # an impossible day, endless digits, deep nesting
        raise yaml.YAMLError(str(error)) from error
    values = {} if values is None else values
    return values if isinstance(values, dict) and all(isinstance(name, str) for name in values) else None


def read_yaml(path: Path) -> Any:
    """A file's content; raises InputError naming it."""
    try:
        return load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path} 读不了：{error}") from error
