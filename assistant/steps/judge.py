"""`Query, facts → Verdicts`: which programmes a question is about, what it tells of the firm, and what follows by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.knowledge import Snapshot
from assistant.models import Query
from assistant.programmes.assess import Verdict, assess
from assistant.programmes.facts import FactValue, Told, read_facts
from assistant.programmes.hear import hear
from assistant.programmes.schema import Programme

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


def judge(query: Query, told: Mapping[str, str], snapshot: Snapshot) -> Judged:
    """The programmes the question names, else those that what it tells is about; nothing where it is about none."""
    book = snapshot.rulebook
    named = [book.programmes[m.id] for m in query.programmes if m.id in book.programmes]
    candidates = named or _at_home(query, snapshot)
    heard = hear(query.text, book.facts, _facts_of(candidates, query), query.as_of)
    facts = {**told, **heard}
    values = read_facts(facts, book.facts, query.as_of)
    chosen = named or [p for p in candidates if _is_about(p, values.values, heard)]
    verdicts = [assess(p, values.values, query.as_of) for p in chosen]
    return Judged(tuple(verdicts[:_MOST]), facts, values)


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
    """The programmes of the regions asked about; of none, those of the region most papers are of."""
    regions = query.regions or snapshot.kept("home", lambda: _home(snapshot))
    book = snapshot.rulebook.programmes.values()
    return [p for p in book if (path := snapshot.names.region_of(p.region)) and path in regions]


def _home(snapshot: Snapshot) -> tuple[str, ...]:
    counted = Counter(path for path in snapshot.regions.values() if path)
    return (counted.most_common(1)[0][0],) if counted else ()


def _is_about(programme: Programme, values: Mapping[str, FactValue], heard: Mapping[str, str]) -> bool:
    """Whether an amount just told is the basis of one of its benefits."""
    revision = programme.revisions[-1] if programme.revisions else None
    bases = {b.basis for b in revision.benefits if b.basis} if revision else set()
    return any(basis in heard and basis in values for basis in bases)
