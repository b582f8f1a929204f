"""Phrases of a sentence: the rules of the grammar over its atoms, and the cover of it that leaves least unread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from assistant.grammar import patterns, tokens
from assistant.grammar.patterns import MARKS, Pattern, alphabet, compiled
from assistant.grammar.tokens import Atom, words
from assistant.yaml_file import read_yaml

_RULES = Path(patterns.__file__).parent / "zh" / "rules.yaml"
_MOST_COVERS = 12  # tied readings that are compared


@dataclass(frozen=True)
class Rule:
    """A named rule: its pattern and the kind of phrase that it makes."""

    name: str
    makes: str
    pattern: Pattern
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Phrase:
    """A match of a rule over atoms `start:end`, with its parts; or, where `rule` is empty, a run of atoms that no rule took."""

    kind: str
    start: int
    end: int
    rule: str = ""
    parts: dict[str, tuple[int, int]] = field(default_factory=dict, hash=False)


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """The rules, compiled once."""
    said = read_yaml(_RULES)
    fragments = said["fragments"]
    return tuple(
        Rule(name, one["makes"], compiled(one["pattern"], fragments), tuple(one["examples"]))
        for name, one in said["rules"].items()
    )


def is_significant(atom: Atom) -> bool:
    """Whether an atom that is left over could change what is given."""
    return not atom.classes & words().ignorable


@dataclass(frozen=True)
class _Cost:
    unread: int
    left: int
    rules: int

    def plus(self, unread: int, left: int, rules: int) -> _Cost:
        return _Cost(self.unread + unread, self.left + left, self.rules + rules)

    @property
    def key(self) -> tuple[int, int, int]:
        return (self.unread, self.left, self.rules)


@lru_cache(maxsize=2048)
def _edges(signs: str) -> dict[int, list[Phrase]]:
    """What the rules match, by where it begins; many clauses are built alike."""
    edges: dict[int, list[Phrase]] = {}
    for rule in rules():
        for start, end, parts in rule.pattern.matches(signs):
            edges.setdefault(start, []).append(Phrase(rule.makes, start, end, rule.name, parts))
    return edges


def covers(atoms: Sequence[Atom]) -> Iterator[list[Phrase]]:
    """The ways to read the atoms that leave the fewest significant, then the fewest of all, by the fewest rules."""
    edges = _edges(alphabet().encode(atoms))
    count = len(atoms)
    best: list[_Cost] = [_Cost(0, 0, 0)] * (count + 1)
    choices: list[list[Phrase | None]] = [[] for _ in range(count + 1)]
    for at in range(count - 1, -1, -1):
        atom = atoms[at]
        is_mark = not atom.classes - MARKS
        options: list[tuple[_Cost, Phrase | None]] = [
            (best[at + 1].plus(int(is_significant(atom)), 0 if is_mark else 1, 0), None)
        ]
        options += [(best[edge.end].plus(0, 0, 1), edge) for edge in edges.get(at, ())]
        least = min(cost.key for cost, _ in options)
        best[at] = next(cost for cost, _ in options if cost.key == least)
        choices[at] = [edge for cost, edge in options if cost.key == least]
    yield from _walk(choices, count)


def _walk(choices: Sequence[Sequence[Phrase | None]], count: int) -> Iterator[list[Phrase]]:
    """The tied covers, depth first, at most so many."""
    stack: list[tuple[int, list[Phrase]]] = [(0, [])]
    given = 0
    while stack and given < _MOST_COVERS:
        at, taken = stack.pop()
        if at == count:
            given += 1
            yield _with_runs(taken, count)
            continue
        for edge in reversed(choices[at]):
            stack.append((at + 1, taken) if edge is None else (edge.end, [*taken, edge]))


def _with_runs(taken: Sequence[Phrase], count: int) -> list[Phrase]:
    """The phrases and, between them, the runs of atoms that no rule took."""
    found: list[Phrase] = []
    at = 0
    for phrase in taken:
        if phrase.start > at:
            found.append(Phrase("run", at, phrase.start))
        found.append(phrase)
        at = phrase.end
    if at < count:
        found.append(Phrase("run", at, count))
    return found


def base_said(text: str) -> str:
    """The words of what a share is of, in a text that gives one: 按宽带缴费金额的15%给予补贴; empty where it names none."""
    atoms = atoms_of(text)
    for phrase in next(covers(atoms), []):
        if "base" in phrase.parts and "share" in phrase.parts:
            start, end = phrase.parts["base"]
            return text[atoms[start].start : atoms[end - 1].end]
    return ""


def atoms_of(text: str) -> list[Atom]:
    """The atoms of a text."""
    return tokens.tokens_in(text)
