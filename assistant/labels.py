"""Files of `key: [中文, English]` → the words of one language; 繁體 is made from 中文."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from assistant.models import Language
from assistant.text import traditional
from assistant.yaml_file import read_yaml


@cache
def read_labels(path: Path, language: Language) -> Mapping[str, str]:
    """Key → text; raises InputError where there is no such file."""
    texts = {key: row[language == "en"] for key, row in _rows(path).items()}
    return {key: traditional(text) for key, text in texts.items()} if language == "zh-Hant" else texts


@cache
def _rows(path: Path) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = read_yaml(path)
    return rows
