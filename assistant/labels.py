"""Files of `key: [中文, English]` → the words of one language; 繁體 is made from 中文."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from assistant.models import Language
from assistant.text import traditional


@cache
def read_labels(path: Path, language: Language) -> Mapping[str, str]:
    """Key → text; raises FileNotFoundError where there is no such file."""
    import yaml

    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    texts = {key: row[language == "en"] for key, row in rows.items()}
    return {key: traditional(text) for key, text in texts.items()} if language == "zh-Hant" else texts
