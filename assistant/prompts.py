"""Prompt files: `prompts/<step>.md` → `Prompt`, checked when loaded."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files

import yaml
from jinja2 import Environment, StrictUndefined, TemplateError, meta
from pydantic import ValidationError

from assistant.errors import PromptError
from assistant.models import Frozen

_FORM = re.compile(r"\A---\n(?P<head>.*?)\n---\n(?P<system>.*?)\n---\n(?P<user>.*)\Z", re.S)


class _Head(Frozen):
    purpose: str
    variables: tuple[str, ...]


class Prompt(Frozen):
    """A prompt: what it is for, its two templates, and the hash of its file."""

    name: str
    purpose: str
    variables: tuple[str, ...]
    system: str
    user: str
    sha256: str

    def render(self, **values: str) -> tuple[str, str]:
        """(system, user) with the variables filled in."""
        environment = _environment()
        return (
            environment.from_string(self.system).render(values),
            environment.from_string(self.user).render(values),
        )


def _environment() -> Environment:
    return Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)


def load_prompt(name: str) -> Prompt:
    """Read `prompts/<name>.md`; raises PromptError when declared and used variables differ."""
    try:
        text = files("prompts").joinpath(f"{name}.md").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise PromptError(f"没有提示词文件 prompts/{name}.md。") from error
    return parse_prompt(name, text)


def parse_prompt(name: str, text: str) -> Prompt:
    """A prompt from the text of its file: YAML head, system and user part, divided by `---` lines."""
    parts = _FORM.match(text)
    if not parts:
        raise PromptError(f"prompts/{name}.md 须分三段（元数据、system、user），以 --- 行隔开。")
    try:
        head = _Head.model_validate(yaml.safe_load(parts["head"]))
        used = meta.find_undeclared_variables(_environment().parse(parts["system"] + parts["user"]))
    except (ValidationError, yaml.YAMLError, TemplateError) as error:
        raise PromptError(f"prompts/{name}.md 的元数据或模板写法有误：{error}") from error
    if used != set(head.variables):
        raise PromptError(
            f"prompts/{name}.md 声明的变量 {sorted(head.variables)} 与使用的 {sorted(used)} 不一致：请改成相同。"
        )
    return Prompt(
        name=name,
        purpose=head.purpose,
        variables=head.variables,
        system=parts["system"].strip(),
        user=parts["user"].strip(),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
