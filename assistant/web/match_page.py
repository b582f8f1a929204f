"""`Facts told → the page of results`: cards by verdict, amount and certainty, each condition with the clause behind it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.knowledge import Snapshot
from assistant.law.wording import yuan
from assistant.matching import Matched, judge, match
from assistant.models import Citation, Confidence, Language, Outcome
from assistant.programmes.assess import Found, Verdict
from assistant.programmes.facts import FactValue
from assistant.programmes.present import label, rule_text, title
from assistant.programmes.schema import Source
from assistant.programmes.stacking import Combination, combine
from assistant.steps.state import cite_sources
from assistant.web.form_fields import place_facts, understood
from assistant.web.pages_environment import TAGS, match_words, templates_in

_RANK: dict[Outcome, int] = {"met": 0, "unknown": 1, "unmet": 2}
_SURE = list(Confidence)
_MOST_ASKED = 4
_COMMON = 8  # one programme in eight
Citations = Mapping[tuple[str, str], Citation]


@dataclass(frozen=True)
class Line:
    """A condition, a note or a step, and the clause it rests on."""

    text: str
    outcome: Outcome | None = None
    clause: Citation | None = None
    nested: tuple[Line, ...] = ()
    human: bool = False


@dataclass(frozen=True)
class Card:
    """One programme as the page shows it."""

    verdict: Verdict
    title: str
    amount: str | None
    working: tuple[str, ...]
    window_unsure: bool
    rules: tuple[str, ...]
    conditions: tuple[Line, ...]
    reasons: tuple[Line, ...]
    missing: tuple[str, ...]
    practice: tuple[Line, ...]

    def count(self, outcome: Outcome) -> int:
        """How many conditions came out so."""
        return sum(line.outcome == outcome for line in self.conditions)


def match_page(told: Mapping[str, str], snapshot: Snapshot, as_of: date, language: Language = "zh") -> str:
    """The results for what was told; before anything is told, what the form is for."""
    template = templates_in(language).get_template("match.html")
    book = snapshot.rulebook
    if not told:
        programmes = len(book.programmes)
        return template.render(matched=None, programmes=programmes, as_of=as_of, lang=TAGS[language])
    matched = match(told, snapshot, as_of, language)
    values, verdicts = judge(told, snapshot, as_of)
    citations = _citations(verdicts, matched, snapshot)
    cards = sorted((_card(v, matched, citations) for v in verdicts), key=_order)
    fitting = [c for c in cards if c.verdict.outcome == "met"]
    places = place_facts(book)
    home = _home(values.values, places, snapshot)
    here, elsewhere = _by_place([c for c in cards if c.verdict.outcome == "unknown"], home, snapshot)
    touched = values.values.keys() - _said_by_all(verdicts)
    # A sum was counted from what was told, however common the fact it is counted on.
    near = [c for c in here if c.amount or _is_touched(c.verdict, touched)]
    far = [c for c in here if c not in near]
    return template.render(
        matched=matched,
        as_of=as_of,
        lang=TAGS[language],
        total=_total([c.verdict for c in (*fitting, *here)], values.values, matched.combinations),
        together=matched.combinations[:1],
        clauses={c.number: c for c in matched.citations},
        fitting=fitting,
        near=near,
        far=far,
        elsewhere=elsewhere,
        counted_elsewhere=any(c.amount for c in elsewhere),
        unmet=[c for c in cards if c.verdict.outcome == "unmet"],
        open_now=[c.title for c in (*fitting, *near) if c.verdict.window.state == "open"],
        asked=_asked(fitting, near, far, matched),
        facts=book.facts,
        notes=json.dumps(_notes(told, values.values, matched, snapshot), ensure_ascii=False),
        money=lambda amount: yuan(amount, language),
    )


# ------------------------------------------------------------------ beside the inputs, above the cards


def _notes(
    told: Mapping[str, str], values: Mapping[str, FactValue], matched: Matched, snapshot: Snapshot
) -> dict[str, dict[str, str]]:
    """Fact → how its value was understood, or the question back."""
    facts = snapshot.rulebook.facts
    read = ((k, understood(facts[k], values[k], matched.language)) for k in told if k in values)
    shown = {key: text for key, text in read if text}
    return {k: {"understood": text} for k, text in shown.items()} | {
        k: {"problem": text} for k, text in matched.problems.items()
    }


def _total(
    verdicts: Sequence[Verdict], values: Mapping[str, FactValue], best: Sequence[Combination]
) -> tuple[Decimal, Decimal] | None:
    """The least and the most that may come of it: programmes that are met only, and all that may still fit.

    Within what papers allow to be combined; None where no sum could be computed.
    """
    paying = [v for v in verdicts if v.amount and v.outcome != "unmet"]
    if not paying:
        return None
    met = [v for v in paying if v.outcome == "met"]
    sure = [c.amount for c in combine(met, values, "zh", lambda _source: None)]
    least = max([*sure, *(v.amount or Decimal(0) for v in met)], default=Decimal(0))
    most = max([c.amount for c in best] + [v.amount or Decimal(0) for v in paying])
    return least, most


def _asked(
    fitting: Sequence[Card], near: Sequence[Card], far: Sequence[Card], matched: Matched
) -> list[tuple[str, str]]:
    """The facts to be told next: those that programmes already touched wait for come first."""
    order = {m.fact: m.ask for m in matched.missing_facts}
    close = {key for c in (*fitting, *near) for key in c.missing}
    wanted = close or {key for c in far for key in c.missing}
    return [(key, ask) for key, ask in order.items() if key in wanted][:_MOST_ASKED]


# ------------------------------------------------------------------ which card stands where


def _order(card: Card) -> tuple[int, Decimal, bool, int, int, bool]:
    verdict = card.verdict
    return (
        _RANK[verdict.outcome],
        -(verdict.amount if verdict.amount is not None else Decimal(-1)),
        verdict.programme.draft,
        _SURE.index(verdict.programme.confidence),
        card.count("unknown") - card.count("met"),
        verdict.window.state == "closed",
    )


def _home(values: Mapping[str, FactValue], places: Iterable[str], snapshot: Snapshot) -> str | None:
    """The path of the place where the firm is, as deep as it was told."""
    told = [value for key in places if isinstance(value := values.get(key), tuple)]
    return snapshot.names.region_of("".join(part for value in told for part in value))


def _by_place(cards: Sequence[Card], home: str | None, snapshot: Snapshot) -> tuple[list[Card], list[Card]]:
    """Those that hold where the firm is, and those of other places; all are here while no place was told."""
    here: list[Card] = []
    elsewhere: list[Card] = []
    for card in cards:
        path = snapshot.names.region_of(card.verdict.programme.region)
        near = not home or not path or f"{home}/".startswith(f"{path}/") or path.startswith(f"{home}/")
        (here if near else elsewhere).append(card)
    return here, elsewhere


def _said_by_all(verdicts: Sequence[Verdict]) -> set[str]:
    """The facts so many programmes ask for that telling one says little of any: where and what the firm is."""
    asked = Counter(key for v in verdicts if v.revision for key in v.revision.facts())
    return {key for key, times in asked.items() if times * _COMMON > len(verdicts)}


def _is_touched(verdict: Verdict, told: set[str]) -> bool:
    return verdict.revision is not None and bool(told & set(verdict.revision.facts()))


# ------------------------------------------------------------------ one card


def _card(verdict: Verdict, matched: Matched, citations: Citations) -> Card:
    revision, rule, language = verdict.revision, verdict.window_rule, matched.language
    one = next(a for a in matched.assessments if a.programme_id == verdict.programme.id)
    return Card(
        verdict=verdict,
        title=title(verdict, language),
        amount=yuan(one.amount, language) if one.amount else None,
        working=tuple(one.working.split("；")) if one.working else (),
        window_unsure=rule is not None and rule.confidence is not Confidence.OFFICIAL,
        rules=tuple(rule_text(b, language) for b in revision.benefits) if revision else (),
        conditions=tuple(_condition(f, verdict, citations, language) for f in verdict.conditions),
        reasons=tuple(_reasons(verdict, citations, language)),
        missing=tuple(m.fact for m in one.missing_facts),
        practice=tuple(_practice(verdict, citations, language)),
    )


def _practice(verdict: Verdict, citations: Citations, language: Language) -> Iterator[Line]:
    """Who decides, what to do and to bring, and what must be said beside it."""
    revision = verdict.revision
    if revision is None:
        return
    say = match_words(language)
    parts = {
        "department": (revision.department,) if revision.department else (),
        "procedure": revision.procedure,
        "materials": revision.materials,
        "notes": revision.notes,
    }
    for key, statements in parts.items():
        for one in statements:
            yield Line(say(key, text=say.of(one)), clause=_clause(verdict, one.source, citations))


def _condition(found: Found, verdict: Verdict, citations: Citations, language: Language) -> Line:
    rule = found.condition
    return Line(
        text=label(rule, language),
        outcome=found.outcome,
        clause=_clause(verdict, rule.source, citations),
        nested=tuple(_condition(one, verdict, citations, language) for one in found.nested),
        human=rule.op == "human" and not found.nested,
    )


def _reasons(verdict: Verdict, citations: Citations, language: Language) -> Iterator[Line]:
    """Why a programme is not met."""
    if verdict.outcome != "unmet" or verdict.revision is None:
        return
    say = match_words(language)
    if verdict.lapsed and verdict.revision.closes:
        text = say("lapsed", day=verdict.revision.closes)
        yield Line(text, "unmet", _clause(verdict, verdict.revision.term, citations))
    failed = (f for f in verdict.conditions if f.outcome == "unmet")
    yield from (_condition(f, verdict, citations, language) for f in failed)
    for one in verdict.sums:
        if one.below_minimum and one.benefit.minimum is not None:
            least = yuan(one.benefit.minimum, language)
            text = say("below", name=label(one.benefit, language), sum=least)
            yield Line(text, "unmet", _clause(verdict, one.benefit.source, citations))


def _clause(verdict: Verdict, name: str | None, citations: Citations) -> Citation | None:
    source = verdict.revision.sources.get(name) if verdict.revision and name else None
    return citations.get((source.document_id, source.quote)) if source else None


def _citations(verdicts: Sequence[Verdict], matched: Matched, snapshot: Snapshot) -> Citations:
    """Every clause the programmes rest on, by document and wording; those of the matching keep their numbers."""
    sources: list[Source] = [s for v in verdicts if v.revision for s in v.revision.sources.values()]
    cited = cite_sources(sources, matched.as_of, snapshot, matched.citations)
    return {(c.document_id, c.quote): c for c in (*matched.citations, *cited)}
