"""`Query, facts → Verdicts`: which programmes a question is about, what it tells of the firm, and what follows by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.knowledge import Snapshot
from assistant.models import Assessment, Passages, Query
from assistant.programmes.assess import Verdict, assess
from assistant.programmes.facts import Told, read_facts
from assistant.programmes.hear import hear
from assistant.programmes.infer import infer
from assistant.programmes.present import Statement
from assistant.programmes.schema import Programme
from assistant.steps.support import SUPPORT_NEEDED
from assistant.text import fold

_MOST = 4
_WHO = ("city", "district", "founded_on", "entity_type", "legal_person", "opc", "small_startup")
# What most questions mention in passing.
_PASSING = frozenset(("entity_type", "city", "district"))


@dataclass(frozen=True)
class Judged:
    """The verdicts of a question, the facts they rest on (told before or heard now), and what was not understood."""

    verdicts: tuple[Verdict, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    told: Told = field(default_factory=Told)
    inferred: tuple[Statement, Assessment] | None = None

    @property
    def is_about_a_case(self) -> bool:
        """Whether something was told that an answer should be about: more than that a company asks, or where it is."""
        return bool(self.facts.keys() - _PASSING) or any(
            v.outcome == "unmet" and not v.lapsed for v in self.verdicts
        )

    @property
    def problems(self) -> dict[str, str]:
        """Fact → the question back."""
        return self.told.problems


def judge(query: Query, told: Mapping[str, str], snapshot: Snapshot, passages: Passages) -> Judged:
    """The programmes the question is about, and what follows for them.

    Those it names; else those that are counted on what it tells; else the one whose paper was found first.
    """
    book = snapshot.rulebook
    named = [book.programmes[m.id] for m in query.programmes if m.id in book.programmes]
    candidates = named or _at_home(query, snapshot)
    heard = hear(query.text, book.facts, _facts_of(candidates, query), query.as_of)
    facts = {**told, **heard}
    values = read_facts(facts, book.facts, query.as_of)
    chosen = named or [p for p in candidates if _is_about(p, query, snapshot, heard)]
    chosen = chosen or _of_first_paper(passages, book.programmes.values())
    verdicts = [assess(p, values.values, query.as_of) for p in chosen]
    inferred = None
    if passages.support >= SUPPORT_NEEDED and not any(v.amount for v in verdicts):
        inferred = None if named else infer(query.text, passages.kept, query.keywords, query.language)
    return Judged(tuple(verdicts[:_MOST]), facts, values, inferred)


def _facts_of(programmes: Sequence[Programme], query: Query) -> list[str]:
    """The facts that decide these programmes: bases first, so that a bare amount is taken for the main one."""
    bases: list[str] = []
    others: list[str] = []
    for programme in programmes:
        revision = programme.revision_on(query.as_of)
        if revision is None:
            continue
        bases += [b.basis for b in revision.benefits if b.basis]
        others += revision.facts()
    return list(dict.fromkeys([*bases, *_WHO, *others]))


def _at_home(query: Query, snapshot: Snapshot) -> list[Programme]:
    """The programmes that hold in the regions asked about; in none, those of the region most papers are of."""
    regions = query.regions or snapshot.kept("home", lambda: _home(snapshot))
    book = snapshot.rulebook.programmes.values()
    placed = [(p, snapshot.names.region_of(p.region)) for p in book]
    return [p for p, path in placed if path and any(r == path or r.startswith(path + "/") for r in regions)]


def _of_first_paper(passages: Passages, programmes: Iterable[Programme]) -> list[Programme]:
    """The programme that the best passage's paper tells of, where it tells of one only."""
    if passages.support < SUPPORT_NEEDED or not passages.kept:
        return []
    found = [p for p in programmes if passages.kept[0].head.id in p.documents]
    return found if len(found) == 1 else []


def _home(snapshot: Snapshot) -> tuple[str, ...]:
    counted = Counter(path for path in snapshot.regions.values() if path)
    return (counted.most_common(1)[0][0],) if counted else ()


def _is_about(programme: Programme, query: Query, snapshot: Snapshot, heard: Mapping[str, str]) -> bool:
    """Whether the question speaks of what one of its benefits is counted on, with an amount or without."""
    revision = programme.revision_on(query.as_of)
    bases = {b.basis for b in revision.benefits if b.basis} if revision else set()
    if bases & heard.keys():
        return True
    asks = {"amount", "list", "comparison"} & set(query.intents)
    text = fold(query.text)
    words = [w for key in bases for w in snapshot.rulebook.facts[key].words if len(w) > 1]
    return bool(asks) and any(fold(word) in text for word in words)
