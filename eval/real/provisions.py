"""How well clauses are read: `python -m eval.real.provisions FILE…`, each entry against what a person wrote.

An entry has its text (the corpus of `assistant/grammar/corpus`), or names a paragraph of a real paper, whose folder is
given. A benefit is right with all its figures, or unread, or wrong; of the rest, what is read counts by kind and words.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from assistant.grammar import measures
from assistant.law.clauses import Read, read_clause
from assistant.law.phrases import atoms_of
from assistant.law.provisions import (
    Benefit,
    Brackets,
    Condition,
    Contact,
    Content,
    Definition,
    Match,
    Material,
    Office,
    PerUnit,
    Rate,
    Relates,
    Relation,
    Requirement,
    Silence,
    Step,
    TopUp,
    Validity,
    Who,
    Window,
)
from assistant.law.quantities import Bound, Cap, Measure, Op, Quantity, Unit
from assistant.yaml_file import read_yaml
from ingest.provisions import paragraphs
from ingest.read import read_document
from ingest.reading import Limits
from ingest.sources import SourceFile

_CONTENT: TypeAdapter[Content] = TypeAdapter(Content)
# What the vocabulary has under one word and people tell apart, or the other way: 销售额, 零售额, 技术合同成交额.
_LIKE = {
    "sold": "revenue",
    "retail": "revenue",
    "transaction": "revenue",
    "contract": "revenue",
    "prize": "public_money",
    "invested": "paid",
}
_PIECES = {
    Unit.PIECE,
    Unit.FIRM,
    Unit.TIMES,
    Unit.PERSON_TIME,
    Unit.BED,
    Unit.VEHICLE,
    Unit.ROOM,
    Unit.HEAD_OF_STOCK,
    Unit.CONTAINER,
}  # 每趟, 每店: people count these under either
_ALIKE = 0.5  # of the characters, words of a condition count as the same
_NEAR = 60  # characters of a lead-in that stand right before


@dataclass(frozen=True)
class Entry:
    """A clause with its context and what it says."""

    paper: str
    text: str
    headings: tuple[str, ...]
    before: str
    reads: tuple[Content, ...]


@dataclass
class Tally:
    """Counts by sort of content: right, unread, wrong."""

    right: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Take another's counts in."""
        self.right += other.right
        self.unread += other.unread
        self.wrong += other.wrong

    def line(self, sort: str) -> str:
        """One line of the table."""
        right, unread, wrong = self.right[sort], self.unread[sort], self.wrong[sort]
        whole = max(1, right + unread + wrong)
        return f"{sort:12}{right + unread + wrong:6}{right / whole:9.0%}{unread / whole:9.0%}{wrong / whole:9.0%}"


def entries_of(path: Path, papers: Path | None = None) -> Iterator[Entry]:
    """The entries of a file; those of real papers are looked up in the papers' folders."""
    known: dict[str, list[tuple[str, tuple[str, ...], str]]] = {}
    for one in read_yaml(path):
        reads = tuple(_CONTENT.validate_python(_plain(r)) for r in one["reads"])
        if "text" in one:
            yield Entry(
                str(one.get("paper")),
                one["text"],
                tuple(one.get("headings") or ()),
                one.get("before") or "",
                reads,
            )
        elif papers is not None:
            if one["paper"] not in known:
                known[one["paper"]] = list(_paragraphs(next(papers.rglob(one["paper"]))))
            text, headings, before = _paragraph(known[one["paper"]], one)
            yield Entry(one["paper"], text, headings, before, reads)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


def _paragraphs(path: Path) -> Iterator[tuple[str, tuple[str, ...], str]]:
    document = read_document(SourceFile(str(path), path), path.read_bytes(), 1, Limits())
    in_place = {start: (headings, before) for start, _, headings, before, _ in paragraphs(document)}
    at = 0
    for text in document.text.split("\n"):
        start, at = at, at + len(text) + 1
        if text.strip():
            yield text, *in_place.get(start, ((document.head.title,), ""))


def _paragraph(
    known: Sequence[tuple[str, tuple[str, ...], str]], one: dict[str, Any]
) -> tuple[str, tuple[str, ...], str]:
    starts, ends = str(one["starts"]), str(one["ends"])
    fits = [p for p in known if p[0].strip().startswith(starts) and p[0].strip().endswith(ends)]
    at = int(one["n"]) - 1
    if at < len(known) and known[at] in fits:
        return known[at]
    if not fits:
        raise ValueError(f"{one['paper']}: no paragraph {starts}…{ends}")
    return fits[0]


# ------------------------------------------------------------------ comparing


def sort_of(content: Content) -> str:
    """The sort under which a content is counted."""
    return type(content).__name__.lower()


def _same_measure(a: Measure | None, b: Measure | None) -> bool:
    if a is None or b is None:
        return a is b
    one, other = (
        replace(a.grammar, nature=_LIKE.get(a.nature, a.nature)),
        replace(b.grammar, nature=_LIKE.get(b.nature, b.nature)),
    )
    if one.family != other.family or one.change != other.change:
        return False
    if not (one.objects and other.objects):
        return True
    above = measures.vocabulary().above
    return all(any(x in above[y] or y in above[x] for y in other.objects) for x in one.objects)


def _same_quantity(a: Quantity | None, b: Quantity | None) -> bool:
    if a is None or b is None:
        return a is b
    return (a.unit == b.unit or {a.unit, b.unit} <= _PIECES) and abs(a.value - b.value) <= abs(b.value) / 1000


def _same_cap(a: Cap, b: Cap) -> bool:
    is_share = a.limit.unit is Unit.PERCENT  # of its base, whosever that is
    return (
        _same_quantity(a.limit, b.limit)
        and (is_share or set(a.per) == set(b.per))
        and a.usual == b.usual
        and _same_measure(a.of, b.of)
    )


def same_bound(a: Bound, b: Bound) -> bool:
    """Whether two bounds ask the same."""
    if a.op != b.op or not _same_quantity(a.quantity, b.quantity):
        return False
    counted = a.quantity.unit not in (Unit.YUAN, Unit.DOLLAR, Unit.PERCENT)
    # Of what is no money the unit tells how it is counted.
    return a.measure.change == b.measure.change if counted else _same_measure(a.measure, b.measure)


def same_benefit(read: Benefit, said: Benefit) -> bool:
    """Whether a benefit was read with all its figures: grant, caps, term, bounds."""
    a, b = read.grant, said.grant
    # How often one may have it says nothing of the sum; people enter it here or under unread.
    mine_up_to, theirs_up_to = (
        [c for c in one.caps if c.limit.unit is not Unit.TIMES] for one in (read, said)
    )
    if type(a) is not type(b) or read.at_most != said.at_most or len(mine_up_to) != len(theirs_up_to):
        return False
    if isinstance(a, Rate) and isinstance(b, Rate):
        same = all(
            _same_quantity(x, y) for x, y in ((a.rate, b.rate), (a.beyond, b.beyond), (a.upto, b.upto))
        ) and _same_measure(a.of, b.of)
    elif isinstance(a, PerUnit) and isinstance(b, PerUnit):
        a, b = _person_month(a), _person_month(b)
        same = all(_same_quantity(x, y) for x, y in ((a.each, b.each), (a.per, b.per), (a.beyond, b.beyond)))
        counted = a.per.unit not in (Unit.YUAN, Unit.DOLLAR)
        grown = [m is not None and m.change for m in (a.of, b.of)]
        same = same and a.time == b.time and (grown[0] == grown[1] if counted else _same_measure(a.of, b.of))
    elif isinstance(a, Brackets) and isinstance(b, Brackets):
        same = a.brackets == b.brackets and _same_measure(a.of, b.of)
    elif isinstance(a, Match) and isinstance(b, Match):
        same = _same_quantity(a.match, b.match)
    else:
        same = a == b
    caps = all(any(_same_cap(x, y) for y in theirs_up_to) for x in mine_up_to)
    years = [one.term.years if one.term else () for one in (read, said)]
    lengths = [one.term.length if one.term else None for one in (read, said)]
    # Years one by one tell how many there are.
    terms = years[0] == years[1] and (lengths[0] == lengths[1] or (bool(years[0]) and None in lengths))
    beyond = getattr(a, "beyond", None)  # told already by 超过…的部分
    mine, theirs = (
        [c.bound for c in one.when if c.bound and not _same_quantity(c.bound.quantity, beyond)]
        for one in (read, said)
    )
    words = "".join(c.words or "" for c in said.when)
    # A bound that the annotator left in words was read all the same.
    more = [x for x in mine if not any(same_bound(x, y) for y in theirs) and not _is_implied(x, mine, beyond)]
    fewer = [y for y in theirs if not any(same_bound(x, y) for x in mine)]
    told = all(_holds(words, x) for x in more)
    return same and caps and terms and told and not fewer


def _is_implied(bound: Bound, all_of_them: Sequence[Bound], beyond: Quantity | None) -> bool:
    """Whether a floor asks nothing beside a higher one of the same: 30人以上 where what is beyond 100人 counts."""
    floors = (Op.AT_LEAST, Op.MORE_THAN)
    higher = [
        b.quantity
        for b in all_of_them
        if b is not bound and b.op in floors and b.measure.nature == bound.measure.nature
    ]
    return bound.op in floors and any(
        q.unit == bound.quantity.unit and q.value >= bound.quantity.value
        for q in (*higher, *([beyond] if beyond else ()))
    )


def _holds(words: str, bound: Bound) -> bool:
    """Whether words hold the figure of a bound: 两年 the one of duration <= 2年."""
    figure = bound.quantity
    alone = f"{figure.value.normalize():f}" in words
    return alone or any(a.value == figure.value and a.unit == figure.unit.value for a in atoms_of(words))


def _person_month(one: PerUnit) -> PerUnit:
    """500元 a month, where it is one person's, is 500元 for each person and month."""
    is_month = one.per == Quantity(value=Decimal(1), unit=Unit.MONTH) and one.time is None
    return (
        one.model_copy(update={"per": Quantity(value=Decimal(1), unit=Unit.PERSON), "time": "month"})
        if is_month
        else one
    )


def less_precise(read: Benefit, said: Benefit) -> bool:
    """Whether a benefit differs only in bounds that stand among the words of its conditions: to be checked by a person."""
    words = "".join(c.words or "" for c in read.when)
    bounds = [
        c
        for c in said.when
        if c.bound and not any(r.bound and same_bound(r.bound, c.bound) for r in read.when)
    ]
    left = said.model_copy(update={"when": tuple(c for c in said.when if c not in bounds)})
    in_words = all(_holds(words, c.bound) for c in bounds if c.bound)
    return bool(bounds) and in_words and same_benefit(read, left)


def _alike(a: str, b: str) -> bool:
    a, b = "".join(a.split()), "".join(b.split())
    if a in b or b in a:
        return True
    return sum(
        m.size for m in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    ) >= _ALIKE * max(len(a), len(b))


def _same_condition(a: Condition, b: Condition) -> bool:
    """Whether a condition was read as it was written; a bound that a person left in words was read all the same."""
    if a.bound and b.bound:
        return same_bound(a.bound, b.bound)
    if a.bound and b.words:
        return _holds(b.words, a.bound)
    return bool(a.words and b.words) and _alike(a.words or "", b.words or "")


def _left_in_words(read: Content, missed: Sequence[Content]) -> bool:
    """Whether the words of a requirement hold the figure of a bound that a person wrote: unread, and not wrong."""
    if not (isinstance(read, Requirement) and read.condition.words):
        return False
    words = read.condition.words
    return any(
        isinstance(m, Requirement)
        and m.who == read.who
        and m.condition.bound
        and _holds(words, m.condition.bound)
        for m in missed
    )


def same_content(read: Content, said: Content) -> bool:
    """Whether a content was read as a person wrote it."""
    match read, said:
        case Benefit(grant=TopUp()), Relation(relation=Relates.DIFFERENCE):
            return True
        case Benefit(), Benefit():
            return same_benefit(read, said)
        case Requirement(), Requirement():
            words = (read.condition.words or "", said.condition.words or "")
            # 五年内不得转租: people enter it under either.
            forbids = "不得" in words[0] and {read.who, said.who} == {Who.MUST, Who.MAY_NOT}
            return (read.who == said.who or forbids) and _same_condition(read.condition, said.condition)
        case Window(), Window():
            return (read.opens, read.closes) == (said.opens, said.closes) and (read.yearly or "") == (
                said.yearly or ""
            )
        case Material(), Material():
            return _alike(read.material, said.material)
        case Step(), Step():
            return _alike(read.step, said.step)
        case Office(), Office():
            return read.does == said.does and _alike(read.office, said.office)
        case Contact(), Contact():
            return _alike(read.contact, said.contact)
        case Validity(), Validity():
            return read == said
        case Definition(), Definition():
            return _alike(read.term, said.term)
        case Relation(), Relation():
            return read.relation == said.relation
        case Silence(), Silence():
            return _alike(read.silent_on, said.silent_on)
    return type(read) is type(said) and read == said


def judge(entry: Entry, read: Sequence[Read]) -> tuple[Tally, list[Content], list[Read]]:
    """The counts of an entry, what was missed and what was read that nobody wrote; what has something unread gives no figure."""
    tally = Tally()
    sure = [r for r in read if not (r.unread and isinstance(r.content, Benefit))]
    missed = list(entry.reads)
    excess: list[Read] = []
    for one in sure:
        found = next((i for i, said in enumerate(missed) if same_content(one.content, said)), None)
        near = [s for s in missed if isinstance(s, Benefit) and isinstance(one.content, Benefit)]
        if found is None and _left_in_words(one.content, missed):
            continue
        if found is None and any(
            less_precise(one.content, s) for s in near if isinstance(one.content, Benefit)
        ):
            continue
        if found is None:
            excess.append(one)
        else:
            tally.right[sort_of(missed.pop(found))] += 1
    for sort in {sort_of(x) for x in missed} | {sort_of(x.content) for x in excess}:
        wrong = sum(sort_of(x.content) == sort for x in excess)
        lost = sum(sort_of(x) == sort for x in missed)
        tally.wrong[sort] += wrong
        tally.unread[sort] += max(0, lost - wrong)
    return tally, missed, excess


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Score files of entries."""
    asked = argparse.ArgumentParser(description=main.__doc__)
    asked.add_argument("files", nargs="+", type=Path)
    asked.add_argument("--papers", type=Path, help="folder of the real papers")
    asked.add_argument("--show", nargs="?", const="benefit", help="print what was missed or wrong of a sort")
    asked.add_argument("--by-paper", action="store_true")
    given = asked.parse_args()
    whole, papers = Tally(), dict[str, Tally]()
    for path in given.files:
        for entry in entries_of(path, given.papers):
            tally, missed, excess = judge(entry, read_clause(entry.text, entry.headings, entry.before))
            whole.add(tally)
            papers.setdefault(f"{path.stem} {entry.paper}", Tally()).add(tally)
            shown_missed = [m for m in missed if sort_of(m) == given.show]
            shown_excess = [e for e in excess if sort_of(e.content) == given.show]
            if given.show and (shown_missed or shown_excess):
                _say(f"\n[{entry.paper}] {' / '.join(entry.headings)} | {entry.before[-40:]}\n  {entry.text}")
                for said in shown_missed:
                    _say(f"  said   {_short(said)}")
                for one in shown_excess:
                    _say(f"  WRONG  {_short(one.content)}")
                for r in read_clause(entry.text, entry.headings, entry.before):
                    if r.unread and sort_of(r.content) == given.show:
                        _say(f"  unsure {_short(r.content)} {[entry.text[a:b] for a, b in r.unread]}")
    _say(f"\n{'sort':12}{'number':>6}{'right':>9}{'unread':>9}{'wrong':>9}")
    for sort in sorted({*whole.right, *whole.unread, *whole.wrong}, key=lambda s: (s != "benefit", s)):
        _say(whole.line(sort))
    if given.by_paper:
        for name, tally in papers.items():
            _say(f"{name[:44]:46}{tally.line('benefit')}")


def _short(content: Content) -> str:
    return str(content.model_dump(mode="json", exclude_defaults=True, by_alias=True))


if __name__ == "__main__":
    main()
