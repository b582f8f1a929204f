"""The words by which a paper tells what it is, from `paper_words.yaml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from assistant.models import Frozen, Kind
from assistant.yaml_file import read_yaml

_FILE = Path(__file__).parent / "paper_words.yaml"


class _Calls(Frozen):
    """What a call asks for, and what it calls itself."""

    for_: tuple[str, ...]
    as_: tuple[str, ...]


class PaperWords(Frozen):
    """What paper_words.yaml says."""

    kinds: dict[Kind, tuple[str, ...]]
    calls: _Calls
    announcements: tuple[str, ...]
    notices: tuple[str, ...]
    reports: tuple[str, ...]
    labels: tuple[str, ...]
    offices: tuple[str, ...]
    title_ends: tuple[str, ...]
    title_leads: tuple[str, ...]
    no_places: tuple[str, ...]
    no_endings: tuple[str, ...]
    zones: tuple[str, ...]
    words_over_the_end: tuple[str, ...]
    ends_after_all: tuple[str, ...]


@lru_cache(maxsize=1)
def paper_words() -> PaperWords:
    """The words, read once; longer leads come first."""
    said = read_yaml(_FILE)
    said["calls"] = {"for_": said["calls"]["for"], "as_": said["calls"]["as"]}
    said["title_leads"] = sorted(said["title_leads"], key=len, reverse=True)
    return PaperWords.model_validate(said)
