"""The templates of our own pages; everything put into them is escaped."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from assistant.labels import read_labels
from assistant.models import Language
from assistant.text import traditional

_TEMPLATES = Path(__file__).parent / "templates"
TAGS: dict[Language, str] = {"zh": "zh-CN", "zh-Hant": "zh-Hant", "en": "en"}
templates = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True)


# Chinese within an English text, with the figures in it.
_CHINESE = re.compile(
    r"([《（「]?[\u3400-\u9fff](?:[\u3400-\u9fff、，。；：？！《》（）「」“”0-9.,%-]*[\u3400-\u9fff。；！？》）」])?)"
)


def tongues(text: str, language: Language) -> str:
    """A text whose Chinese parts are told to be Chinese where the page is English, to be read as such."""
    if language != "en":
        return text
    parts = enumerate(_CHINESE.split(text))
    return Markup("").join(Markup('<span lang="zh-CN">{}</span>').format(p) if i % 2 else p for i, p in parts)


class Verbatim:
    """A text that stays as it is whatever the language: a quote, a value that the page sends back."""

    def __init__(self, text: object) -> None:
        self._text = text

    def __html__(self) -> str:
        return escape(self._text)


class Words:
    """The words of a page in one language: `words("limit", word=…)`."""

    def __init__(self, name: str, language: Language) -> None:
        self.language, self.texts = language, read_labels(_TEMPLATES / name, language)

    def __call__(self, key: str, **values: object) -> str:
        """A text with its values filled in."""
        return self.texts[key].format(**values) if values else self.texts[key]

    def of(self, one: Any, part: str = "") -> str:
        """The Chinese or the English of something that has `zh` and `en` (or `ask` and `ask_en`)."""
        if part:
            return str(getattr(one, f"{part}_en" if self.language == "en" else part))
        return str((self.language == "en" and one.en) or one.zh)


@cache
def match_words(language: Language) -> Words:
    """The words of 我能拿到什么."""
    return Words("match.yaml", language)


@cache
def templates_in(language: Language) -> Environment:
    """The templates of 我能拿到什么 with their words as `say`; in 繁體 what is put into them is converted.

    Markup is taken to be converted already; what must stay goes through the filter `verbatim`.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=_in_traditional if language == "zh-Hant" else None,
    )
    environment.filters["verbatim"] = Verbatim
    environment.filters["tongues"] = lambda text: tongues(text, language)
    environment.globals["say"] = match_words(language)
    return environment


def _in_traditional(value: Any) -> Any:
    return traditional(value) if isinstance(value, str) and not isinstance(value, Markup) else value
