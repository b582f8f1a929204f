"""Prompt files and settings are checked before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import PromptError, SettingsError
from assistant.prompts import load_prompt, parse_prompt
from assistant.settings import Settings, describe_settings, load_settings
from assistant.steps.model_words import model_words, parse_model_words

ROOT = Path(__file__).parents[2]


def test_every_prompt_file_loads_and_renders() -> None:
    for file in (ROOT / "prompts").glob("*.md"):
        prompt = load_prompt(file.stem)
        system, user = prompt.render(**{name: f"<{name}>" for name in prompt.variables})
        assert all(f"<{name}>" in system + user for name in prompt.variables)


@pytest.mark.parametrize(
    "text",
    [
        "没有分段",
        "---\npurpose: x\nvariables: [a]\n---\n系统\n---\n没有用到",
        "---\npurpose: x\nvariables: []\n---\n系统\n---\n{{ a }}",
        "---\nvariables: []\n---\n系统\n---\n用户",
    ],
)
def test_a_prompt_that_is_not_what_it_declares_is_refused(text: str) -> None:
    with pytest.raises(PromptError, match=r"prompts/x\.md"):
        parse_prompt("x", text)


def test_the_words_that_a_model_is_held_to_are_checked_when_read() -> None:
    assert "补贴" in model_words().claims.fillers and model_words().facts.either.search("企业还是高校")
    for text in ("claims: {}", "- 1", "claims: {fillers: 补贴, in_turn: '('}\nfacts: {}"):
        with pytest.raises(PromptError, match=r"prompts/model\.yaml"):
            parse_model_words(text)


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    for name, default, meaning in describe_settings():
        assert f"| `{name}` | {f'`{default}`' if default else '—'} | {meaning} |" in page
    assert page.count("| `WENCE_") == len(Settings.model_fields)


def test_a_bad_value_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENCE_TOP_K", "many")
    with pytest.raises(SettingsError, match="WENCE_TOP_K"):
        load_settings()
