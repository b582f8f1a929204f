"""`facts.yaml, programmes/*.yaml → FactDefinitions, Programmes`; a file that cannot be read names itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from assistant.errors import InputError
from assistant.programmes.definitions import FactDefinition
from assistant.programmes.schema import Programme
from assistant.yaml_file import read_yaml

_HERE = Path(__file__).parent


def load_facts(home: Path | None = None) -> dict[str, FactDefinition]:
    """The facts that ship and those of `home/facts.yaml`, which win by key; raises InputError."""
    found: dict[str, FactDefinition] = {}
    for path in (_HERE / "facts.yaml", *([home / "facts.yaml"] if home else [])):
        if path.is_file():
            for key, fields in (read_yaml(path) or {}).items():
                try:
                    found[key] = FactDefinition(key=key, **fields)
                except (ValidationError, TypeError) as error:
                    raise InputError(f"{path} 的 {key} 不可用：{_first(error)}") from error
    return found


def load_programmes(home: Path | None = None) -> dict[str, Programme]:
    """The programmes that ship and those of `home/programmes`, which win by id; raises InputError."""
    folders = [_HERE / "programmes", *([home / "programmes"] if home else [])]
    return {p.id: p for folder in folders for p in _programmes(folder)}


def _programmes(folder: Path) -> Iterator[Programme]:
    for path in sorted(folder.glob("*.yaml")):
        try:
            programme = Programme.model_validate(read_yaml(path))
        except ValidationError as error:
            raise InputError(f"{path} 不是可用的扶持项目文件：{_first(error)}") from error
        if programme.id != path.stem:
            raise InputError(f"{path} 的 id 是 {programme.id}：请让文件名与 id 相同。")
        yield programme


def _first(error: Exception) -> str:
    """The first fault of a validation, with its place."""
    if not isinstance(error, ValidationError):
        return str(error)
    fault = error.errors()[0]
    return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
