"""`text → kind of greeting`: what people say that asks nothing is answered as a person would, without a search."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from pydantic import Field, ValidationError

from assistant.errors import PromptError
from assistant.models import Frozen, Language
from assistant.text import fold, simplify
from assistant.yaml_file import load_yaml

_LONGEST = 60  # characters; a longer message says more than a greeting
_MARKS = re.compile(r"[^\w\u4e00-\u9fff']+|_")


class _Kind(Frozen):
    words: tuple[str, ...] = Field(min_length=1)
    zh: str
    hant: str = Field(alias="zh-Hant")
    en: str

    def reply(self, language: Language) -> str:
        """What is said back."""
        return {"zh": self.zh, "zh-Hant": self.hant, "en": self.en}[language]


class _Greetings(Frozen):
    particles: tuple[str, ...]
    kinds: dict[str, _Kind]


@lru_cache(maxsize=1)
def greetings() -> _Greetings:
    """`prompts/greetings.yaml`, checked; raises PromptError."""
    try:
        return _Greetings.model_validate(
            load_yaml(files("prompts").joinpath("greetings.yaml").read_text("utf-8"))
        )
    except ValidationError as error:
        raise PromptError(f"prompts/greetings.yaml 写法有误：{error}") from error


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    known = greetings()
    groups = [
        f"(?P<{name}>{_any(kind.words)})" for name, kind in known.kinds.items()
    ]  # the words of a kind, as one group
    return re.compile("|".join([*groups, f"(?P<particle>{_any(known.particles)})"]))


def _any(words: tuple[str, ...]) -> str:
    folded = sorted((fold(simplify(word)) for word in words), key=lambda w: -len(w))
    return "|".join(rf"\b{re.escape(w)}\b" if w.isascii() else re.escape(w) for w in folded)


def greeting(text: str, language: Language) -> str | None:
    """The reply to a message that holds nothing but greetings, thanks and the like; None for any other."""
    said = _MARKS.sub(" ", fold(text)).strip()
    if not said or len(said) > _LONGEST:
        return None
    found = [m.lastgroup for m in _pattern().finditer(said)]
    rest = _pattern().sub(" ", said).strip()
    kinds = [name for name in greetings().kinds if name in found]
    return greetings().kinds[kinds[0]].reply(language) if kinds and not rest else None
