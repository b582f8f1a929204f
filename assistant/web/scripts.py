"""Our scripts, each joined from its parts at load: labels and style sheets become constants of one closed function."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

from assistant.labels import read_labels
from assistant.models import Language

_STATIC = Path(__file__).parent / "static"
_SHARED = tuple(
    "dom money client store quote findings answer facts turn composer dialogue conversations".split()
)
_PAGE = (*_SHARED, "library", "app")
_WIDGET = (*_SHARED, "launcher", "embed")


@cache
def page_script() -> str:
    """The script of our own pages: the elements, the conversation with its list, the library."""
    return _joined(_PAGE)


@cache
def widget_script() -> str:
    """The script for other people's pages: the elements, the launcher, the reader of `data-` options."""
    return _joined(_WIDGET)


def labels() -> dict[Language, Mapping[str, str]]:
    """Language → key → text, from `labels.yaml`."""
    return {language: read_labels(_STATIC / "labels.yaml", language) for language in get_args(Language)}


def _joined(parts: tuple[str, ...]) -> str:
    styles = {name: _read(f"{name}.css") for name in ("shared", *parts) if (_STATIC / f"{name}.css").exists()}
    body = "\n".join(_read(f"{name}.js") for name in parts)
    constants = f"const LABELS = {_constant(labels())};\nconst STYLES = {_constant(styles)};"
    return f'(() => {{\n"use strict";\n{constants}\n{body}\n}})();\n'


def _read(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")


def _constant(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
