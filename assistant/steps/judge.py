"""`Query, facts → Verdicts`: which programmes a question is about, what it tells of the firm, and what follows by rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.knowledge import Snapshot
from assistant.law.told import Told, figures_told
from assistant.models import Chunk, Passages, Query
from assistant.programmes.assess import Verdict, assess
from assistant.programmes.derive import average
from assistant.programmes.facts import Definitions, read_facts
from assistant.programmes.facts import Told as FactsTold
from assistant.programmes.hear import hear
from assistant.programmes.inferred import Inferred
from assistant.programmes.schema import Programme, Revision
from assistant.programmes.shares import share
from assistant.steps.general import is_general, listed
from assistant.steps.scope import home_of
from assistant.steps.support import SUPPORT_NEEDED
from assistant.steps.weigh import weigh
from assistant.text import fold

_OUTDONE = 1.0  # of the scores of passages, which reach about 3
_MOST = 4
_SHORT = 24  # characters of a message in which a sum without a word is a correction
_WHO = ("city", "district", "founded_on", "entity_type", "legal_person", "opc", "small_startup")
_TOGETHER = re.compile(
    r"加起来|一共|合计|总共|一起|两[项个张笔]|几[项个张]|都|together|both|in total|altogether|add up"
)
_THRESHOLD = re.compile(r"达标|标准是|够不够|门槛|条件")
# What most questions mention in passing.
_PASSING = frozenset(("entity_type", "city", "district"))


@dataclass(frozen=True)
class Judged:
    """The verdicts of a question, the facts they rest on (told before or heard now), and what was not understood."""

    verdicts: tuple[Verdict, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    told: FactsTold = field(default_factory=FactsTold)
    inferred: Inferred | None = None
    general: bool = False
    received: tuple[Told, ...] = ()

    @property
    def is_about_a_case(self) -> bool:
        """Whether something was told that an answer should be about: more than that a company asks, or where it is."""
        return bool(self.facts.keys() - _PASSING) or any(
            v.outcome == "unmet" and not v.lapsed for v in self.verdicts
        )

    @property
    def is_settled(self) -> bool:
        """Whether a sum or a plain no was reached: then nothing else needs to be quoted."""
        return self.inferred is not None or any(
            v.amount is not None or (v.outcome == "unmet" and not v.lapsed) for v in self.verdicts
        )

    @property
    def problems(self) -> dict[str, str]:
        """Fact → the question back."""
        return self.told.problems


def judge(query: Query, told: Mapping[str, str], snapshot: Snapshot, passages: Passages) -> Judged:
    """The programmes the question is about, and what follows for them.

    Those it names; else those that are counted on what it tells; else the one whose paper was found first.
    """
    for derive in (average, share):
        if derived := derive(query.chinese, passages.kept, query.language):
            return Judged(facts=dict(told), inferred=derived)
    book = snapshot.rulebook
    mentions = sorted(query.programmes, key=lambda m: m.name != fold(m.title))  # full names first
    named = [book.programmes[m.id] for m in mentions if m.id in book.programmes]
    named = [p for p in named if not _has_nearer_paper(p, query, snapshot, passages)]
    if query.topic and (others := _told_besides(named, query, snapshot, book.facts)):
        named = others  # 那语料合同也是800万: another programme than the one talked of
    stands_alone = bool(query.unlisted) or (bool(mentions) and not query.topic)
    candidates = named or ([] if stands_alone else _at_home(query, snapshot))
    main = _main_of(named, query)
    heard = _heard(query, book.facts, _facts_of(candidates, query), main)
    facts = _kept({**told, **heard})
    values = read_facts(facts, book.facts, query.as_of, query.language)
    chosen = named or [
        p
        for p in candidates
        if _is_about(p, query, snapshot, heard) and not _is_outdone(p, passages, snapshot)
    ]
    chosen = chosen or _of_first_paper(query, passages, book.programmes.values())
    if named and _TOGETHER.search(fold(query.chinese)):
        chosen = [*chosen, *_told_besides(named, query, snapshot, book.facts)]
        facts = _kept({**facts, **_heard(query, book.facts, _facts_of(chosen, query), main)})
        values = read_facts(facts, book.facts, query.as_of, query.language)
    general = is_general(query, snapshot)
    if general:
        chosen = listed(query, facts.get("city"), snapshot)
    verdicts = [assess(p, values.values, query.as_of) for p in chosen]
    inferred = None
    if not named and not general and not any(v.amount for v in verdicts):
        inferred = _infer(query, passages, snapshot)
        if passages.support < SUPPORT_NEEDED and not _is_of_place(query, passages, snapshot, inferred):
            inferred = None
    received = tuple(t for t in figures_told(query.chinese, query.as_of) if t.received)
    most = len(verdicts) if general else _MOST
    return Judged(tuple(verdicts[:most]), facts, values, inferred, general, received)


def _told_besides(
    named: Sequence[Programme], query: Query, snapshot: Snapshot, definitions: Definitions
) -> list[Programme]:
    """The programmes at home that are not named, but what they are counted on is told with a sum of its own."""
    taken = {b.basis for p in named if (r := p.revision_on(query.as_of)) for b in r.benefits}
    found = []
    for programme in _at_home(query, snapshot):
        revision = programme.revision_on(query.as_of)
        bases = {b.basis for b in revision.benefits if b.basis} - taken if revision else set()
        if (
            programme not in named
            and bases & hear(query.text, definitions, sorted(bases), query.as_of, only_words=True).keys()
        ):
            found.append(programme)
            taken |= bases
    return found


def _has_nearer_paper(programme: Programme, query: Query, snapshot: Snapshot, passages: Passages) -> bool:
    """Whether the question names a district whose own paper was found first, and the programme is the city's."""
    if not passages.kept or passages.kept[0].head.id in programme.documents:
        return False
    own, place = snapshot.names.region_of(programme.region), snapshot.regions.get(passages.kept[0].head.id)
    return bool(own and place and place in query.regions and place.startswith(f"{own}/"))


def _infer(query: Query, passages: Passages, snapshot: Snapshot) -> Inferred | None:
    found = weigh(query, passages, snapshot)
    wants_sum = "amount" in query.intents or "money" in query.wanted or "percent" in query.wanted
    if found and found.assessment.amount is not None and not wants_sum and _THRESHOLD.search(query.chinese):
        return None  # whether a threshold is reached is asked, not a sum
    return found


def _is_of_place(query: Query, passages: Passages, snapshot: Snapshot, found: Inferred | None) -> bool:
    """Whether a sum comes from a paper of the very place that the question names: what was told fits its measures."""
    if found is None or found.assessment.amount is None or not passages.kept:
        return False
    places = {snapshot.regions.get(s.document_id) for one in found.statements for s in one.sources}
    return bool(query.regions) and any(place in query.regions for place in places if place)


def _main_of(named: Sequence[Programme], query: Query) -> str | None:
    """What the one programme that is named, or all that are, are counted on."""
    bases = {b.basis for p in named if (r := p.revision_on(query.as_of)) for b in r.benefits if b.basis}
    return next(iter(bases)) if len(bases) == 1 else None


def _heard(
    query: Query, definitions: Definitions, wanted: Sequence[str], main: str | None = None
) -> dict[str, str]:
    """What was told, message by message; what is said later counts. A short message corrects a bare sum."""
    heard: dict[str, str] = {}
    before: dict[str, str] = {}
    messages = (*query.context, query.text)
    for number, text in enumerate(messages):
        said = "\n".join(messages[:number])
        before = dict(heard)
        bare = bool(query.context) and len(text) <= _SHORT
        order = _told_first(wanted, heard, definitions, fold(" ".join(query.context)))
        heard |= hear(text, definitions, order, query.as_of, bare, main=main, before=said)
    # What was put right by hand counts before earlier messages, not before what this one tells anew.
    newly = set() if query.repeated else {k for k, value in heard.items() if before.get(k) != value}
    return {**heard, **{k: value for k, value in query.corrections.items() if k not in newly}}


def _kept(facts: Mapping[str, str]) -> dict[str, str]:
    """The facts without those taken back."""
    return {key: value for key, value in facts.items() if value}


def _told_first(
    wanted: Sequence[str], heard: Mapping[str, str], definitions: Definitions, earlier: str
) -> list[str]:
    """The facts already told, then those spoken of before, then the others: whose a bare sum may be."""

    def rank(key: str) -> int:
        words = definitions[key].words if key in definitions else ()
        return 0 if key in heard else (1 if any(fold(w) in earlier for w in words) else 2)

    return sorted(wanted, key=rank)


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
    regions = query.regions or home_of(snapshot)
    book = snapshot.rulebook.programmes.values()
    placed = [(p, snapshot.names.region_of(p.region)) for p in book]
    return [p for p, path in placed if path and any(r == path or r.startswith(path + "/") for r in regions)]


def _of_first_paper(query: Query, passages: Passages, programmes: Iterable[Programme]) -> list[Programme]:
    """The only programme that the best passage's paper tells of; of several the one that rests on the passage."""
    if passages.support < SUPPORT_NEEDED or not passages.kept:
        return []
    if query.intents in (("comparison",), ("procedure",)):
        return []
    first = passages.kept[0]
    found = [p for p in programmes if first.head.id in p.documents]
    if len(found) == 1:
        return found
    if not {"amount", "eligibility"} & set(query.intents):
        return []
    resting = [p for p in found if (r := p.revision_on(query.as_of)) and _gives_by(r, first.chunk)]
    return resting if len(resting) == 1 else []


def _is_outdone(programme: Programme, passages: Passages, snapshot: Snapshot) -> bool:
    """Whether a paper of which there is no programme fits the question far better than any of this programme's."""
    first = next((p for p in passages.kept if not p.head.is_hearsay), None)
    known = snapshot.rulebook.programmes.values()
    if first is None or any(first.head.id in other.documents for other in known):
        return False
    own = max((p.score for p in passages.kept if p.head.id in programme.documents), default=0.0)
    return first.score > own + _OUTDONE


def _gives_by(revision: Revision, chunk: Chunk) -> bool:
    """Whether a benefit of a revision rests on a clause of this stretch of its paper."""
    sources = [revision.sources[b.source] for b in revision.benefits if b.source in revision.sources]
    return any(s.document_id == chunk.document_id and s.quote in chunk.text for s in sources)


def _is_about(programme: Programme, query: Query, snapshot: Snapshot, heard: Mapping[str, str]) -> bool:
    """Whether the question speaks of what one of its benefits is counted on, with an amount or without."""
    revision = programme.revision_on(query.as_of)
    bases = {b.basis for b in revision.benefits if b.basis} if revision else set()
    if bases & heard.keys():
        return True
    asks = {"amount", "list", "comparison"} & set(query.intents)
    text = fold(f"{query.topic} {query.chinese}")
    words = [w for key in bases for w in snapshot.rulebook.facts[key].words if len(w) > 1]
    return bool(asks) and any(fold(word) in text for word in words)
