"""Patterns over classes of atoms: `by base:np of? share:SHARE`, compiled to regular expressions over one sign an atom.

Each set of classes that an atom can have is one private character; a class is then a set of such characters. Fragments are put in
where they are named; a part that is kept may stand in several places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.grammar.tokens import OPEN, POSTPOSED, Atom, words

_FIRST = 0xE000  # of the private use area
_FIGURES = (
    {"FIGURE", "SHARE"}, {"FIGURE", "MONEY"}, {"FIGURE", "MONEY", "DOLLAR"}, {"FIGURE", "NUM"},
    {"FIGURE", "RATIO"}, {"FIGURE", "DATE"},
    {"FIGURE", "YEARMONTH"}, {"FIGURE", "YEAR"}, {"FIGURE", "MONTHDAY"}, {"FIGURE", "MONTH"}, {"CLOCK"},
    {"UNIT"}, {"FIGURE", "TOP"}, {"FIGURE", "NTH"},
    {"CONTACT"}, {"NUMBER"}, {"REF"}, {"ORDYEAR"}, {"ORDRANK"}, {"RANKSPAN"}, {"ORDINAL"}, {"mark"}, {OPEN}, {OPEN, "YEARSPAN"},
)  # fmt: skip
_PUNCTUATION = (
    "comma and_mark semicolon stop colon left right left_title right_title slash to cell quote question "
    "times_sign plus_sign"
).split()
MARKS = frozenset([*_PUNCTUATION, "mark", "CLOCK"])
_SIGN = re.compile(
    r"\s*(?:(?P<name>[a-z_0-9]+):)?(?:(?P<word>[A-Za-z_0-9一-鿿]+)|(?P<set>\[\^?[^\]]+\])|(?P<open>\()|(?P<other>[)|?*+]))"
)


class Alphabet:
    """The sign of every set of classes, and the signs of every class."""

    def __init__(self) -> None:
        sets = {frozenset(s) for s in _FIGURES} | {frozenset({p}) for p in _PUNCTUATION} | words().sets
        sets |= {s - POSTPOSED for s in words().sets if s & POSTPOSED and s - POSTPOSED}
        sets |= {frozenset({"FIGURE", "COUNT", f"COUNT_{unit}"}) for unit in set(words().unit_of.values())}
        self.sign = {classes: chr(_FIRST + i) for i, classes in enumerate(sorted(sets, key=sorted))}
        self.signs: dict[str, str] = {}
        for classes, sign in self.sign.items():
            for name in classes:
                self.signs[name] = self.signs.get(name, "") + sign

    def encode(self, atoms: Sequence[Atom]) -> str:
        """One sign an atom."""
        return "".join(self.sign[atom.classes] for atom in atoms)


@lru_cache(maxsize=1)
def alphabet() -> Alphabet:
    """The alphabet, made once."""
    return Alphabet()


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern; a part kept in several places has several groups."""

    expression: re.Pattern[str]
    groups: Mapping[str, tuple[str, ...]]

    def matches(self, signs: str) -> Iterator[tuple[int, int, dict[str, tuple[int, int]]]]:
        """(start, end, part → (start, end)) of the match at each place where there is one; numbers are of atoms."""
        at = 0
        while at < len(signs) and (found := self.expression.search(signs, at)):
            at = found.start() + 1
            if found.end() >= at:
                parts = {}
                for name, groups in self.groups.items():
                    spans = [found.span(g) for g in groups if found[g] is not None and found[g] != ""]
                    if spans:
                        parts[name] = spans[0]
                yield found.start(), found.end(), parts


def compiled(pattern: str, fragments: Mapping[str, str]) -> Pattern:
    """Compile a pattern; raises ValueError for a name that is neither a class nor a fragment."""
    groups: dict[str, list[str]] = {}
    source = _source(pattern, fragments, groups, ())
    return Pattern(re.compile(source), {name: tuple(all_) for name, all_ in groups.items()})


def _source(
    pattern: str, fragments: Mapping[str, str], groups: dict[str, list[str]], within: tuple[str, ...]
) -> str:
    out: list[str] = []
    at = 0
    while at < len(pattern.rstrip()):
        found = _SIGN.match(pattern, at)
        if found is None:
            raise ValueError(f"cannot read {pattern[at:]!r} in {pattern!r}")
        at = found.end()
        if found["other"]:
            out.append(found["other"])
            continue
        opening = "(?:"
        if found["name"]:
            group = f"{found['name']}_{sum(map(len, groups.values()))}"
            groups.setdefault(found["name"], []).append(group)
            opening = f"(?P<{group}>"
        if found["open"]:
            out.append(opening)
            continue
        if found["set"]:
            out.append(f"{opening}{_set(found['set'])})")
        elif (word := found["word"]) in fragments:
            if word in within:
                raise ValueError(f"fragment {word} holds itself")
            out.append(f"{opening}{_source(fragments[word], fragments, groups, (*within, word))})")
        else:
            out.append(f"{opening}{_set(f'[{word}]')})")
    return "".join(out)


def _set(text: str) -> str:
    signs = alphabet().signs
    negative = text.startswith("[^")
    names = [name for name in text.strip("[]^").split() if not name.startswith("-")]
    without = {name[1:] for name in text.strip("[]^").split() if name.startswith("-")}
    unknown = [name for name in (*names, *without) if name not in signs]
    if unknown:
        raise ValueError(f"no class {unknown[0]}: see words.yaml and tokens.py")
    left_out = {sign for name in without for sign in signs[name]}
    held = "".join(s for s in dict.fromkeys("".join(signs[name] for name in names)) if s not in left_out)
    return f"[{'^' if negative else ''}{held}]"
