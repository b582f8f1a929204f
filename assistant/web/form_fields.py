"""`Rulebook → FormPlan`: what the form asks, in which order and under which headings; no fact is named in code.

What decides most comes first, as matching orders it for a firm that has told nothing. The rest stands beside the
amount it belongs to: a fact that is only asked where a sum is counted on the corpus contract is asked with that amount.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.knowledge import Snapshot
from assistant.law.wording import day, yuan
from assistant.matching import match
from assistant.models import Language
from assistant.programmes.definitions import FactDefinition
from assistant.programmes.facts import FactValue, read_facts
from assistant.programmes.schema import Revision, Rulebook
from assistant.web.pages_environment import Words

_FIRST, _FIRST_AMOUNTS = 8, 4
_MOST_FACTS, _LONGEST = 200, 200


@dataclass(frozen=True)
class Field:
    """One input: the fact, and the places (paths; "" the whole country) whose programmes ask for it."""

    fact: FactDefinition
    places: tuple[str, ...]
    option_places: dict[str, str]


@dataclass(frozen=True)
class Group:
    """Inputs under one heading: those that belong to an amount, or all that are left of a kind (`heading`)."""

    fields: tuple[Field, ...]
    basis: str | None = None
    amount: FactDefinition | None = None
    heading: str = "about"

    def title(self, say: Words) -> str:
        """What stands above: the amount where it is one of them, what they are about where it is asked elsewhere."""
        if self.amount is None:
            return say(self.heading)
        name = say.of(self.amount)
        return name if self.amount.key in {f.fact.key for f in self.fields} else say(self.heading, name=name)


@dataclass(frozen=True)
class FormPlan:
    """The inputs shown at once, and those folded away."""

    first: tuple[Field, ...]
    groups: tuple[Group, ...]


def plan_form(snapshot: Snapshot, as_of: date) -> FormPlan:
    """The form for what is published: where the firm is, then what decides most, then the rest in groups."""
    return snapshot.kept(("form", as_of), lambda: _plan(snapshot, as_of))


def _plan(snapshot: Snapshot, as_of: date) -> FormPlan:
    book = snapshot.rulebook
    revisions = _revisions(book, as_of)
    users = {key: [id for id, r in revisions.items() if key in r.facts()] for key in book.facts}
    paths = {id: snapshot.names.region_of(book.programmes[id].region) or "" for id in revisions}
    where = place_facts(book)

    def field(key: str) -> Field:
        fact = book.facts[key]
        options = {o.value: snapshot.names.region_of(o.value) or "" for o in fact.options if key in where}
        places = () if key in where else tuple(dict.fromkeys(paths[id] for id in users[key]))
        return Field(fact, places, options)

    wanted = [m.fact for m in match({}, snapshot, as_of).missing_facts]
    order = list(dict.fromkeys([*where, *wanted, *book.facts]))
    basis = {key: _basis_of(key, [revisions[id] for id in users[key]]) for key in order}
    broad = [k for k in wanted if len({_city(paths[id]) for id in users[k]}) > 1 and basis[k] in (None, k)]
    first = list(dict.fromkeys([*where, *_amounts(revisions, paths), *broad, *wanted]))[:_FIRST]
    rest = [key for key in order if key not in first]
    groups = sorted(_groups(rest, basis, book, field), key=lambda g: _place_of(g.basis, first))
    return FormPlan(tuple(map(field, first)), tuple(groups))


def _amounts(revisions: Mapping[str, Revision], paths: Mapping[str, str]) -> list[str]:
    """The amounts that programmes of more than one city count on, those of most programmes first: a firm knows them."""
    counted: Counter[str] = Counter()
    cities: dict[str, set[str]] = {}
    for id, revision in revisions.items():
        for basis in {b.basis for b in revision.benefits if b.basis}:
            counted[basis] += 1
            cities.setdefault(basis, set()).add(_city(paths[id]))
    return [basis for basis, _ in counted.most_common() if len(cities[basis]) > 1][:_FIRST_AMOUNTS]


def _place_of(basis: str | None, first: list[str]) -> int:
    """Groups that belong to an amount shown at once come first, in its order; what stands alone last."""
    return first.index(basis) if basis in first else len(first) + (basis is None)


def place_facts(book: Rulebook) -> tuple[str, ...]:
    """The facts that say where the firm is, the wider first: a district implies its city."""
    inner = [k for k, fact in book.facts.items() if any(o.implies for o in fact.options)]
    outer = [key for k in inner for o in book.facts[k].options for key in o.implies]
    return tuple(dict.fromkeys(key for key in [*outer, *inner] if key in book.facts))


def _revisions(book: Rulebook, as_of: date) -> dict[str, Revision]:
    found = ((id, programme.revision_on(as_of)) for id, programme in book.programmes.items())
    return {id: revision for id, revision in found if revision}


def _city(path: str) -> str:
    """广东省/深圳市/龙岗区 → 广东省/深圳市; 上海市/浦东新区 → 上海市."""
    parts = path.split("/")
    return "/".join(parts[: 1 if parts[0].endswith("市") else 2])


def _basis_of(key: str, revisions: Iterable[Revision]) -> str | None:
    """The amount on which every programme that asks for a fact counts; None where there is no such amount."""
    common: list[str] | None = None
    for revision in revisions:
        own = [b.basis for b in revision.benefits if b.basis]
        common = own if common is None else [b for b in common if b in own]
    if not common:
        return None
    return key if key in common else common[0]


def _groups(keys: list[str], basis: Mapping[str, str | None], book: Rulebook, field: Any) -> Iterator[Group]:
    """One group for each amount that other facts belong to; what stands alone by kind."""
    left = list(keys)
    for amount in dict.fromkeys(b for key in keys if (b := basis[key])):
        own = [key for key in left if basis[key] == amount]
        if own == [amount] or amount not in book.facts:
            continue
        own.sort(key=lambda key: key != amount)
        left = [key for key in left if key not in own]
        yield Group(tuple(map(field, own)), amount, book.facts[amount])
    figures = [k for k in left if book.facts[k].type in ("money", "number", "percent")]
    for heading, own in (
        ("other_facts", [k for k in left if k not in figures]),
        ("other_figures", figures),
    ):
        if own:
            yield Group(tuple(map(field, own)), heading=heading)


# ------------------------------------------------------------------ what was told


def told_facts(given: object, book: Rulebook, as_of: date) -> dict[str, str]:
    """Of what a page, a link or an answer gives, the facts we know, with choices and yes or no as the form has them.

    What cannot be read stays as it was told, so that matching can ask back; foreign keys and shapes are left out.
    """
    if not isinstance(given, Mapping):
        return {}
    pairs = [(k, str(v).strip()) for k, v in given.items() if k in book.facts and isinstance(v, str)]
    told = {k: v[:_LONGEST] for k, v in pairs[:_MOST_FACTS] if v}
    told |= _places_together(told, book, as_of)
    return {key: _as_shown(book.facts[key], text, as_of) for key, text in told.items()}


def _places_together(told: Mapping[str, str], book: Rulebook, as_of: date) -> dict[str, str]:
    """深圳市南山区 told as the city tells the district too, and neither is asked again; where the two agree."""
    found: dict[str, str] = {}
    for inner in (f for f in book.facts.values() if any(o.implies for o in f.options) and f.key not in told):
        for outer in {key for o in inner.options for key in o.implies} & told.keys():
            both = read_facts({inner.key: told[outer]}, {inner.key: inner}, as_of).values
            wider = read_facts({outer: told[outer]}, {outer: book.facts[outer]}, as_of).values.get(outer)
            if inner.key in both and wider in (None, both.get(outer)):
                found |= {key: "、".join(place) for key, place in both.items() if isinstance(place, tuple)}
    return found


def _as_shown(fact: FactDefinition, text: str, as_of: date) -> str:
    value = read_facts({fact.key: text}, {fact.key: fact}, as_of).values.get(fact.key)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple) and fact.type == "choice":
        return "、".join(value)
    return text


def understood(fact: FactDefinition, value: FactValue, language: Language = "zh") -> str | None:
    """A figure or a day as it was understood, to be shown beside the input; None where the input says it itself."""
    if isinstance(value, date):
        return day(value, language)
    if isinstance(value, bool | tuple):
        return None
    if fact.type == "money" and language == "en":
        return yuan(value, language)
    if fact.type == "money":
        return (
            f"{yuan(value)}（{value.normalize():,f} 元）" if value >= 10_000 else f"{value.normalize():,f} 元"
        )
    unit = "" if language == "en" and fact.type != "percent" else fact.unit or ""
    return f"{value.normalize():,f} {unit}".strip()
