"""`prompts/model.yaml` → what a model's sentences and the words it points at are held to, checked when loaded."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

import yaml
from pydantic import ValidationError

from assistant.errors import PromptError
from assistant.models import Frozen
from assistant.yaml_file import load_yaml


class _Claims(Frozen):
    fillers: frozenset[str]
    in_turn: re.Pattern[str]


class _Facts(Frozen):
    refused: re.Pattern[str]
    supposed: re.Pattern[str]
    pending: re.Pattern[str]
    received: re.Pattern[str]
    of_received: re.Pattern[str]
    others: re.Pattern[str]
    either: re.Pattern[str]


class ModelWords(Frozen):
    """Words of sentences, and words around facts."""

    claims: _Claims
    facts: _Facts


@lru_cache(maxsize=1)
def model_words() -> ModelWords:
    """Read `prompts/model.yaml`; raises PromptError where it is not usable."""
    return parse_model_words(files("prompts").joinpath("model.yaml").read_text(encoding="utf-8"))


def parse_model_words(text: str) -> ModelWords:
    """The words from the text of their file."""
    try:
        found = load_yaml(text)
        found["claims"]["fillers"] = found["claims"]["fillers"].split()
        return ModelWords.model_validate(found)
    except (ValidationError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise PromptError(f"prompts/model.yaml 写法有误：{error}") from error
