"""The names that questions use, as data: programmes and their aliases, official terms, regions, sounds.

Published with each generation from the files of `ingest/` and of `WENCE_HOME/programmes`; nothing of it stands in
code. `Names` finds them in a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from pydantic import Field

from assistant.glossary import Glossary
from assistant.models import Frozen, ProgrammeMention
from assistant.text import fold

Match = Literal["exact", "sound", "near"]
_HAN = re.compile(r"[\u4e00-\u9fff]")
# Of the names that may be recognised by their sound: shorter ones sound like too much else.
_MIN_SOUND, _MAX_SOUND = 3, 8


class ProgrammeHead(Frozen):
    """A support programme by name: what it is called, where it holds, which documents tell of it."""

    id: str
    title: str
    aliases: tuple[str, ...] = ()
    region: str | None = None
    documents: tuple[str, ...] = ()


class Term(Frozen):
    """A word of official papers, and other words for the same, in Chinese or English."""

    term: str
    also: tuple[str, ...]


class Region(Frozen):
    """An administrative division: its place in the country and what it is called."""

    path: str = Field(description="from the province down, by slashes: 广东省/深圳市/南山区")
    names: tuple[str, ...]


class Lexicon(Frozen):
    """All names known to a generation."""

    programmes: tuple[ProgrammeHead, ...] = ()
    terms: tuple[Term, ...] = ()
    regions: tuple[Region, ...] = ()
    together: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="北上广 → its regions")
    syllables: dict[str, str] = Field(default_factory=dict, description="character → pinyin without tone")
    english: dict[str, str] = Field(
        default_factory=dict, description="English wording → the Chinese of papers"
    )


_DIVISION = re.compile(r"[\u4e00-\u9fff]{2,6}(?:新区|区|县|市)$")
_ANYWHERE = re.compile(r"^(?:高新|经济|技术|开发|产业|工业|园|新|经开|城|市|保税)+(?:区|园区)$")


def with_regions_of(lexicon: Lexicon, regions: Iterable[str]) -> Lexicon:
    """The lexicon with the places that papers are of and no list has: 崂山区 below 青岛市."""
    names = Names(lexicon.model_copy(update={"programmes": (), "terms": ()}))
    added: dict[str, Region] = {}
    for region in regions:
        parent = names.region_of(region) or ""
        tail = re.split(r"[省市州]", region)[-1] if parent else region
        if not tail or not _DIVISION.fullmatch(tail) or _ANYWHERE.match(tail) or names.region_of(tail):
            continue
        path = f"{parent}/{tail}" if parent else tail
        stem = tail.rstrip("区县市")
        added[path] = Region(path=path, names=(tail, stem) if len(stem) > 1 else (tail,))
    return lexicon.model_copy(update={"regions": (*lexicon.regions, *added.values())}) if added else lexicon


class _ByStart:
    """Which of many words may stand in a text: those whose first two characters do, in their order."""

    def __init__(self, words: Iterable[str]) -> None:
        self._places: dict[str, list[int]] = {}
        for place, word in enumerate(words):
            self._places.setdefault(word[:2], []).append(place)

    def within(self, text: str) -> list[int]:
        """Places of the words, a few more than stand there."""
        starts = {text[i : i + n] for i in range(len(text)) for n in (1, 2)}
        return sorted(place for start in starts for place in self._places.get(start, ()))


class Names:
    """Finds what a lexicon names in a folded text."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._syllables = lexicon.syllables
        self.glossary = Glossary(lexicon.english)
        self._regions = [(fold(name), region.path) for region in lexicon.regions for name in region.names]
        self._regions.sort(key=lambda pair: -len(pair[0]))
        self._regions_by_start = _ByStart(name for name, _ in self._regions)
        self._together = sorted(lexicon.together.items(), key=lambda pair: -len(pair[0]))
        self._terms = [
            (fold(word), None if _HAN.search(word) else _pattern(fold(word)), term.term)
            for term in lexicon.terms
            for word in term.also
        ]
        self._terms_by_start = _ByStart(word for word, _, _ in self._terms)
        self._programmes = {p.id: p for p in lexicon.programmes}
        self._paths = {p.id: self.region_of(p.region) for p in lexicon.programmes}
        self._aliases: dict[str, list[tuple[str, bool]]] = {}
        for programme in lexicon.programmes:
            for name in (programme.title, *programme.aliases):
                self._add_alias(fold(name), programme.id, bare=False)
            bare = self._without_region(fold(programme.title), programme.id)
            if bare:
                self._add_alias(bare, programme.id, bare=True)
        self._patterns = {alias: _pattern(alias) for alias in self._aliases if not _HAN.search(alias)}
        self._names = list(self._aliases)
        self._names_by_start = _ByStart(self._names)
        self._sounds = self._sound_table()
        whole = [sounds for sounds in self._sounds if None not in sounds]
        self._spelt = {"".join(map(str, sounds)): tuple(map(str, sounds)) for sounds in whole}

    def _add_alias(self, alias: str, id: str, bare: bool) -> None:
        if len(alias) > 1:
            self._aliases.setdefault(alias, []).append((id, bare))

    def _without_region(self, title: str, id: str) -> str | None:
        """《上海模型券》 is called 模型券 where it is clear that Shanghai is meant."""
        path, rest = self._paths[id], title
        while path:
            name = next(
                (
                    n
                    for n, r in self._regions
                    if rest.startswith(n) and (_within(path, r) or _within(r, path))
                ),
                None,
            )
            if name is None:
                break
            rest = rest.removeprefix(name).removeprefix("市")
        return rest if rest != title else None

    # ------------------------------------------------------------------ regions

    def regions(self, text: str) -> tuple[str, ...]:
        """The paths of the regions a folded text names, the deepest of those that include each other."""
        found: list[str] = []
        for word, names in self._together:
            text = text.replace(word, " ".join(names))
        for name, path in [self._regions[i] for i in self._regions_by_start.within(text)]:
            if name in text and (_HAN.search(name) or re.search(rf"\b{re.escape(name)}\b", text)):
                found.append(path)
                text = text.replace(name, " ") if len(name) > 1 else text
        deepest = [p for p in found if not any(q != p and _within(q, p) for q in found)]
        sure = [p for p in deepest if _parent_is_named(p, found)]
        return tuple(dict.fromkeys(p for p in deepest if p in sure or not _has_sure_twin(p, sure)))

    def without_regions(self, text: str) -> str:
        """A folded text without the names of regions: 上海语料券 → 语料券."""
        for name, _ in self._regions:
            if len(name) > 1 and name in text:
                text = text.replace(name, "")
        return text

    def region_of(self, region: str | None) -> str | None:
        """The path of a region as a document's head writes it; None: the whole country or not known."""
        found = self.regions(fold(region)) if region else ()
        return max(found, key=len) if found else None

    def documents_of(self, id: str) -> tuple[str, ...]:
        """The ids of the documents that tell of a programme."""
        return self._programmes[id].documents

    # ------------------------------------------------------------------ terms

    def terms(self, text: str) -> tuple[str, ...]:
        """The official terms for other words that a folded text uses."""
        near = [self._terms[i] for i in self._terms_by_start.within(text)]
        found = (t for word, pattern, t in near if (pattern.search(text) if pattern else word in text))
        return tuple(dict.fromkeys(found))

    # ------------------------------------------------------------------ programmes

    def programmes(self, text: str, regions: Sequence[str] = ()) -> tuple[ProgrammeMention, ...]:
        """The programmes a folded text names, by exact alias, else by sound; of the named regions where any is."""
        found = list(self._exact(text)) or list(self._by_sound(text))
        if regions:
            found = [pair for pair in found if self._is_of(pair[0].id, regions)]
        else:
            full = {mention.name for mention, bare in found if not bare}
            found = [(m, bare) for m, bare in found if not bare or m.name not in full]
        return tuple({m.id: m for m, _ in reversed(found)}.values())[::-1]

    def _is_of(self, id: str, regions: Sequence[str]) -> bool:
        path = self._paths[id]
        return path is None or any(_within(path, r) or _within(r, path) for r in regions)

    def _exact(self, text: str) -> Iterator[tuple[ProgrammeMention, bool]]:
        taken: list[tuple[int, int]] = []
        near = [self._names[i] for i in self._names_by_start.within(text)]
        for alias in sorted((a for a in near if self._has(a, text)), key=len, reverse=True):
            start = text.find(alias)
            if any(a <= start and start + len(alias) <= b for a, b in taken) and text.count(alias) == 1:
                continue
            taken.append((start, start + len(alias)))
            yield from self._mentions(alias, alias, "exact")

    def _has(self, alias: str, text: str) -> bool:
        pattern = self._patterns.get(alias)
        return bool(pattern.search(text)) if pattern else alias in text

    def _mentions(self, alias: str, written: str, match: Match) -> Iterator[tuple[ProgrammeMention, bool]]:
        for id, bare in self._aliases[alias]:
            title = self._programmes[id].title
            yield ProgrammeMention(id=id, title=title, name=alias, written=written, match=match), bare

    # ------------------------------------------------------------------ sounds

    def _sound_table(self) -> dict[tuple[str | None, ...], str]:
        """Syllables of each Chinese name → the name; also with one syllable left open."""
        table: dict[tuple[str | None, ...], str] = {}
        for alias in self._aliases:
            if not _MIN_SOUND <= len(alias) <= _MAX_SOUND or not all(c in self._syllables for c in alias):
                continue
            sounds = tuple(self._syllables[c] for c in alias)
            table.setdefault(sounds, alias)
            for i in range(len(sounds)):
                table.setdefault((*sounds[:i], None, *sounds[i + 1 :]), alias)
        return table

    def _by_sound(self, text: str) -> Iterator[tuple[ProgrammeMention, bool]]:
        """Windows that sound like a name; one syllable may be merely alike when another character is the same."""
        heard: list[tuple[int, int, str, str, Match]] = []
        for start, written, sounds in self._windows(text):
            for open_at in (None, *range(len(sounds))):
                key = tuple(None if i == open_at else s for i, s in enumerate(sounds))
                alias = self._sounds.get(key)
                if alias and (match := self._judge(written, sounds, alias, open_at)):
                    heard.append((2 * len(alias) + (match == "sound"), start, alias, written, match))
        taken: set[int] = set()
        for _, start, alias, written, match in sorted(heard, key=lambda h: -h[0]):
            places = set(range(start, start + len(written)))
            if not places & taken:
                taken |= places
                yield from self._mentions(alias, written, match)

    def _judge(self, written: str, sounds: Sequence[str], alias: str, open_at: int | None) -> Match | None:
        if open_at is None:
            return "sound"
        same = sum(a == b for a, b in zip(written, alias, strict=False))
        wanted = self._syllables[alias[open_at]]
        return "near" if same and _sounds_alike(sounds[open_at], wanted) else None

    def _windows(self, text: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
        """(start, text, syllables) of stretches of Chinese characters, or of pinyin typed in Latin letters."""
        for run in re.finditer(r"[\u4e00-\u9fff]+(?:[a-z]{1,6}[\u4e00-\u9fff]+|[a-z]{2,6})?", text):
            parts = re.findall(
                r"[\u4e00-\u9fff]|[a-z]+", run[0]
            )  # 训力quan: a syllable typed in Latin letters
            sounds = tuple(self._syllables.get(c, c) for c in parts)
            for length in range(_MIN_SOUND, min(_MAX_SOUND, len(sounds)) + 1):
                for start in range(len(sounds) - length + 1):
                    stretch = "".join(parts[start : start + length])
                    at = run.start() + len("".join(parts[:start]))
                    yield at, stretch, sounds[start : start + length]
        typed = re.sub(r"[^a-z]", "", text)
        for spelt, sounds in self._spelt.items():
            if spelt in typed:
                yield typed.find(spelt) - len(typed), spelt, sounds


def _pattern(word: str) -> re.Pattern[str]:
    escaped = re.escape(word)
    return re.compile(escaped if _HAN.search(word) else rf"(?<![a-z]){escaped}(?:s|es)?(?![a-z])")


def _within(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith(outer + "/")


def _parent_is_named(path: str, found: Iterable[str]) -> bool:
    """Of 朝阳区 (Beijing) and 朝阳市 (Liaoning) the one whose parent the text names too."""
    parent = path.rpartition("/")[0]
    return bool(parent) and any(
        _within(parent, other) or _within(other, parent) for other in found if other != path
    )


def _has_sure_twin(path: str, sure: Sequence[str]) -> bool:
    return any(_stem(path) == _stem(other) for other in sure)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rstrip("省市区州")


def _sounds_alike(one: str, other: str) -> bool:
    """Syllables that typing or dialect confuses: the same initial or the same final."""
    initial = re.compile(r"^(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])")
    first, second = initial.match(one), initial.match(other)
    if not first or not second:
        return one == other
    return first[0] == second[0] or one[first.end() :] == other[second.end() :]


def touches(place: str, other: str) -> bool:
    """Whether one region is the other, lies in it, or has it in it."""
    return f"{place}/".startswith(f"{other}/") or f"{other}/".startswith(f"{place}/")
