"""`prompts/screen.yaml`, `scope.yaml`, `planted.yaml` → `Ruleset`: families of signals, compiled and checked when loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from assistant.errors import PromptError
from assistant.models import Frozen
from assistant.yaml_file import load_yaml

Verdict = Literal["pass", "refused_injection", "refused_unsafe", "out_of_scope"]
_WORD = re.compile(r"<<(\w+)>>")
_ANYTHING = re.compile(r"(?<!\\)\.\{")
_QUOTED = re.compile(r"[“「『][^“”「」『』]*(?:[”」』]|$)")
_NEAR = 10
_EDGE = " ,.。;:!?\n"
_SENTENCE_END = re.compile(r"[。!?;\n]")


class _Signal(Frozen):
    points: int = Field(gt=0)
    pattern: str
    unless: str | None = None
    keep: str | None = None
    harmless: str | None = None
    near: str | None = None
    cased: bool = False
    despite_domain: bool = False


class _Family(Frozen):
    verdict: Verdict
    reason: str
    only: str | None = None
    unless_loaded: bool = Field(
        default=False, description="a matter of the authorities: in scope where a loaded paper speaks of it"
    )
    signals: tuple[_Signal, ...]


class _File(Frozen):
    needed: int
    words: dict[str, str]
    harmless: dict[str, str] = Field(default_factory=dict)
    families: dict[str, _Family]


@dataclass(frozen=True)
class Signal:
    """One pattern of a family, and where it does not count."""

    family: str
    number: int
    points: int
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    keep: re.Pattern[str] | None
    near: re.Pattern[str] | None
    sold: tuple[re.Pattern[str], re.Pattern[str]] | None
    cased: bool
    despite_domain: bool
    only: str | None

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where it is found in a text, outside the sentences in which it does not count."""
        for match in self.pattern.finditer(text):
            if self._is_excused(text, *match.span()):
                continue
            yield match.start() + len(match[0]) - len(match[0].lstrip(_EDGE)), match.end()

    def _is_excused(self, text: str, start: int, end: int) -> bool:
        if self.near and self.near.search(text, max(0, start - _NEAR), end + _NEAR):
            return True
        if self.unless is None and self.sold is None:
            return False
        # What is quoted excuses nothing: an attack can put any words into the text it wants said.
        sentence = _QUOTED.sub("“”", sentence_of(text, start, end))
        if self.sold and self.sold[0].search(sentence) and not self.sold[1].search(sentence):
            return True
        if self.unless is None:
            return False
        kept = self.keep is not None and self.keep.search(sentence)
        return not kept and self.unless.search(sentence) is not None


@dataclass(frozen=True)
class Hit:
    """A signal found, and every place where it was."""

    signal: Signal
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Ruleset:
    """The families of one file."""

    needed: int
    verdicts: Mapping[str, Verdict]
    reasons: Mapping[str, str]
    signals: tuple[Signal, ...]
    words: Mapping[str, re.Pattern[str]]
    unless_loaded: frozenset[str] = frozenset()

    def hits(self, folded: str, cased: str = "", only: str | None = None) -> list[Hit]:
        """The signals found in a folded text (`cased`: the same before folding)."""
        found = []
        for signal in self.signals:
            if signal.only == only:
                spans = tuple(signal.spans(cased if signal.cased else folded))
                if spans:
                    found.append(Hit(signal, spans))
        return found


def sentence_of(text: str, start: int, end: int) -> str:
    """The sentences that `text[start:end]` stands in."""
    begin = max((m.end() for m in _SENTENCE_END.finditer(text, 0, start)), default=0)
    # The mark that ends a question is part of it.
    stop = _SENTENCE_END.search(text, max(start, end - 1))
    return text[begin : stop.end() if stop else len(text)]


@lru_cache(maxsize=4)
def load_rules(name: str) -> Ruleset:
    """Read `prompts/<name>.yaml`; raises PromptError when the file or one of its patterns is not usable."""
    try:
        text = files("prompts").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise PromptError(f"没有规则文件 prompts/{name}.yaml。") from error
    return parse_rules(name, text)


def parse_rules(name: str, text: str) -> Ruleset:
    """A ruleset from the text of its file."""
    try:
        file = _File.model_validate(load_yaml(text))
        words = {key: re.sub(r"\|\s+", "|", value.strip()) for key, value in file.words.items()}
        return Ruleset(
            needed=file.needed,
            verdicts={key: family.verdict for key, family in file.families.items()},
            reasons={key: family.reason for key, family in file.families.items()},
            signals=tuple(_signals(file, words)),
            words={key: _compiled(_filled(value, words)) for key, value in words.items()},
            unless_loaded=frozenset(key for key, family in file.families.items() if family.unless_loaded),
        )
    except (ValidationError, yaml.YAMLError, re.error, KeyError) as error:
        raise PromptError(f"prompts/{name}.yaml 写法有误：{error}") from error


def _signals(file: _File, words: dict[str, str]) -> Iterator[Signal]:
    for key, family in file.families.items():
        for number, signal in enumerate(family.signals):
            harmless = file.harmless[signal.harmless] if signal.harmless else None
            unless = "|".join(part for part in (signal.unless, harmless) if part)
            yield Signal(
                family=key,
                number=number,
                points=signal.points,
                pattern=_compiled(_filled(signal.pattern, words)),
                unless=_compiled(_filled(unless, words)) if unless else None,
                near=_compiled(_filled(signal.near, words)) if signal.near else None,
                sold=_sold(words) if signal.near else None,
                keep=_compiled(_filled(signal.keep, words)) if signal.keep else None,
                cased=signal.cased,
                despite_domain=signal.despite_domain,
                only=family.only,
            )


def _sold(words: dict[str, str]) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    """What says that a firm makes or sells something, and what turns the same sentence to the assistant."""
    if "maker" not in words:
        return None
    return _compiled(_filled(words["maker"], words)), _compiled(_filled(words["directs"], words))


def _compiled(pattern: str) -> re.Pattern[str]:
    # A dot does not reach into the next sentence. ASCII: between a Chinese and a Latin letter there is a word boundary.
    return re.compile(_ANYTHING.sub("[^。\\n]{", pattern), re.ASCII)


def _filled(pattern: str, words: dict[str, str]) -> str:
    """A pattern with the vocabulary that it names; raises KeyError for a name that is not there."""
    while _WORD.search(pattern):
        pattern = _WORD.sub(lambda m: words[m[1]], pattern)
    return pattern
