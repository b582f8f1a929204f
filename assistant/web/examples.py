"""Example questions drawn from what the knowledge base holds; their wording stands in the labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from assistant.law.wording import yuan
from assistant.models import Confidence, Language
from assistant.programmes.schema import Programme, Revision, Rulebook

_SURE = list(Confidence)


def example_questions(
    book: Rulebook, as_of: date, language: Language, words: Mapping[str, str], most: int = 6
) -> list[str]:
    """Questions about the programmes of the place most programmes are of; fewer when there are few."""
    known = _best_known(book, as_of)
    return list(dict.fromkeys(_questions(known, book, language, words)))[:most]


def _best_known(book: Rulebook, as_of: date) -> list[tuple[Programme, Revision]]:
    """Those that say most first: a rate, a cap, a window, an official source."""
    places = Counter(p.region for p in book.programmes.values() if not p.draft)
    home = places.most_common(1)[0][0] if places else None
    at_home = [p for p in book.programmes.values() if p.region == home and not p.draft]
    known = [(p, r) for p in at_home if (r := p.revision_on(as_of)) and r.benefits]
    return sorted(known, key=_rank)


def _rank(known: tuple[Programme, Revision]) -> tuple[bool, int, int, int]:
    programme, revision = known
    rated = any(b.basis and b.rate is not None and b.cap for b in revision.benefits)
    return not rated, -len(programme.documents), _SURE.index(programme.confidence), len(programme.title)


def _questions(
    known: Sequence[tuple[Programme, Revision]],
    book: Rulebook,
    language: Language,
    words: Mapping[str, str],
) -> Iterator[str]:
    """One question of each kind, each of another programme as long as there are others."""

    def name(programme: Programme) -> str:
        return _name(programme, language)

    left = list(known)

    def take(fits: bool = True) -> Programme | None:
        if left:
            return left.pop(0)[0]
        return known[0][0] if known and fits else None

    for key in ("example_amount", "example_conditions"):
        if programme := take():
            yield words[key].format(title=name(programme))
    yield from _cases(known, book, language, words)
    if windowed := next((p for p, r in known if r.windows), None):
        yield words["example_window"].format(title=name(windowed))
    if len(known) > 1:
        yield words["example_compare"].format(first=name(known[0][0]), second=name(known[1][0]))
    if known and known[0][0].region:
        yield words["example_all"].format(region=known[0][0].region)
    while programme := take(fits=False):
        yield words["example_materials"].format(title=name(programme))


def _name(programme: Programme, language: Language) -> str:
    """The title; in English without what it explains in brackets."""
    title = programme.title_en if language == "en" else ""
    return title.split(" (")[0] or programme.title


def _cases(
    known: Sequence[tuple[Programme, Revision]],
    book: Rulebook,
    language: Language,
    words: Mapping[str, str],
) -> Iterator[str]:
    """A firm's case: an amount that a programme counts on, as large as its cap."""
    for programme, revision in known:
        for benefit in revision.benefits:
            fact = book.facts.get(benefit.basis or "")
            if fact and benefit.cap and fact.type == "money":
                yield words["example_case"].format(
                    region=programme.region or "",
                    fact=fact.en if language == "en" else fact.zh,
                    amount=yuan(benefit.cap.amount, language),
                    title=_name(programme, language),
                )
                return
