"""`Document, PaperReading → Grouped → Supports`: what a firm applies for, each with the provisions that govern it.

A provision governs by where it stands: in the same item, in the same article beside it, in an article that gives
nothing of its own (适用对象, 申报条件, 附则) the chapter that gives something or else the whole paper; an article that names
articles (申请第五条奖励的…) governs those alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.articles import article_number, numeral, without_number
from assistant.law.phrases import atoms_of
from assistant.law.provisions import Benefit, Clause, Grouped, PaperReading, Points, Provision, Rate, Span
from assistant.law.quantities import Measure
from assistant.models import Document, Frozen, Section
from assistant.text import CELL_MARK

_NAMED = re.compile(r"第[一二三四五六七八九十百\d]+条")
_RANGE = re.compile(r"(第[一二三四五六七八九十百\d]+条)(?:至|到|-|—)(第[一二三四五六七八九十百\d]+条)")
_LONGEST_NAME = 24  # characters of a heading that names a support


class Support(Frozen):
    """What is given in one place of a paper, with the provisions that give it and those that govern it."""

    id: str
    document: str
    names: tuple[str, ...] = ()
    article: str | None = None
    start: int
    end: int
    benefits: tuple[Provision, ...]
    governing: tuple[Provision, ...] = ()
    unread: tuple[Span, ...] = ()

    def benefit(self, provision: Provision) -> Benefit:
        """The content of one of its benefits."""
        assert isinstance(provision.content, Benefit)
        return provision.content

    @property
    def is_read(self) -> bool:
        """Whether nothing of the clauses that give it was left unread."""
        return not any(self.start <= span.start < self.end for span in self.unread)


def supports_of(reading: PaperReading) -> tuple[Support, ...]:
    """The supports of a paper as they were grouped when it was read."""
    known = reading.provisions
    return tuple(
        Support(
            id=f"{reading.document}#{number}",
            document=reading.document,
            names=one.names,
            article=one.article,
            start=one.start,
            end=one.end,
            benefits=tuple(known[i] for i in one.benefits),
            governing=tuple(known[i] for i in one.governing),
            unread=one.unread,
        )
        for number, one in enumerate(reading.supports, 1)
    )


@dataclass(frozen=True)
class _Placed:
    """A clause with what was read of it and where it stands: its chapter and its article, as starts of sections."""

    clause: Clause
    provisions: tuple[Provision, ...]
    path: tuple[Section, ...]
    text: str

    @property
    def benefits(self) -> tuple[Provision, ...]:
        return tuple(p for p in self.provisions if isinstance(p.content, Benefit))

    @property
    def chapter(self) -> int:
        return self.path[0].start if self.path else -1

    @property
    def article(self) -> int:
        """The section of the article, else the innermost one that heads more than this clause."""
        for section in self.path:
            if section.number and _NAMED.fullmatch(section.number):
                return section.start
        wider = [s for s in self.path if s.start < self.clause.start or s.end > self.clause.end + 1]
        return wider[-1].start if wider else -1


def asked_alone(reading: PaperReading) -> tuple[Support, ...]:
    """What each clause asks, of a paper that gives nothing that was read: such a paper can refuse, and no more."""
    return tuple(
        Support(
            id=f"{reading.document}@{clause.start}",
            document=reading.document,
            article=clause.article,
            start=clause.start,
            end=clause.end,
            benefits=(),
            governing=own,
        )
        for clause in reading.clauses
        if (own := tuple(p for p in reading.provisions if clause.start <= p.start < clause.end))
    )


def grouped(document: Document, reading: PaperReading) -> tuple[Grouped, ...]:
    """The supports of a paper, in its order; rows of one table and steps of one figure are one support."""
    placed = [*_placed(document, reading)]
    giving: list[list[_Placed]] = []
    for one in placed:
        if not one.benefits:
            continue
        if giving and _goes_on(giving[-1][-1], one, document.text):
            giving[-1].append(one)
        else:
            giving.append([one])
    gives = {one.article for own in giving for one in own}
    chapters = {one.chapter for own in giving for one in own}
    number = {id(p): i for i, p in enumerate(reading.provisions)}
    found = []
    for own in giving:
        first = own[0]
        over = [q for q in placed if q not in own and _governs(q, first, gives, chapters)]
        beside = [p for q in own for p in q.provisions if not isinstance(p.content, Benefit)]
        unread = [span for q in own for span in q.clause.unread if _may_change(span, q, document.text)]
        unread += [span for q in over if not q.benefits for span in q.clause.unread]
        found.append(
            Grouped(
                names=_names(first),
                article=first.clause.article,
                start=first.clause.start,
                end=own[-1].clause.end,
                benefits=tuple(number[id(p)] for q in own for p in q.benefits),
                governing=tuple(number[id(p)] for p in (*beside, *(p for q in over for p in q.provisions))),
                unread=tuple(dict.fromkeys(unread)),
            )
        )
    return tuple(found)


def _placed(document: Document, reading: PaperReading) -> Iterator[_Placed]:
    for clause in reading.clauses:
        own = tuple(p for p in reading.provisions if clause.start <= p.start < clause.end)
        path = [s for s in document.sections if s.start <= clause.start < s.end]
        text = document.text[clause.start : clause.end]
        yield _Placed(clause, own, tuple(sorted(path, key=lambda s: (s.level, s.start))), text)


def _goes_on(before: _Placed, one: _Placed, text: str) -> bool:
    """Whether a clause is the next row of the same table, or the next step of what is measured in the one before."""
    if all(_is_on_top(p) for p in one.benefits):
        return True  # 第二条 使用国产算力的，补贴比例在上述基础上再增加10个百分点
    if text[before.clause.end : one.clause.start].strip() or before.article != one.article:
        return False
    if CELL_MARK in before.text and CELL_MARK in one.text:
        return True
    bases = {str(b) for p in (*before.benefits, *one.benefits) if (b := _base(p)) is not None}
    if len(bases) == 1 and all(_base(p) is not None for p in (*before.benefits, *one.benefits)):
        return True  # （二）按合同额的20%，（三）首次申领的按40%
    measures = [_measures(p) for p in (*before.benefits, *one.benefits)]
    return all(measures) and len(set(measures)) == 1


def _is_on_top(provision: Provision) -> bool:
    """Whether a benefit is points on top of a share that stands before it."""
    return isinstance(provision.content, Benefit) and isinstance(provision.content.grant, Points)


def _base(provision: Provision) -> Measure | None:
    """What a share is of."""
    grant = provision.content.grant if isinstance(provision.content, Benefit) else None
    return grant.of if isinstance(grant, Rate) else None


def _may_change(span: Span, own: _Placed, text: str) -> bool:
    """Whether words that were not read stand with what is given: between the same semicolons, or in the sentence behind."""
    for provision in own.benefits:
        start = max(text.rfind(m, own.clause.start, provision.start) for m in "；;。") + 1
        stops = [at for m in "；;。" if (at := text.find(m, provision.end - 1, own.clause.end)) >= 0]
        end = min(stops, default=own.clause.end)
        while end < own.clause.end and text[end] in "；;" and _goes_on_about(text[end + 1 : own.clause.end]):
            stops = [at for m in "；;。" if (at := text.find(m, end + 1, own.clause.end)) >= 0]
            end = min(stops, default=own.clause.end)
        if end < own.clause.end and text[end] == "。":
            following = text.find("。", end + 1, own.clause.end)
            end = following if following >= 0 else own.clause.end
        if max(start, own.clause.start) <= span.end and span.start <= end:
            return True
    return False


def _goes_on_about(text: str) -> bool:
    """Whether words behind a semicolon are of what stands before it: 同时…减半执行, 其中…."""
    first = next(iter(atoms_of(text[:_LONGEST_NAME])), None)
    return first is not None and any(
        first.has(c) for c in ("joins", "of_it", "of_all", "but", "award", "each")
    )


def _measures(provision: Provision) -> frozenset[str]:
    """What the bounds of a benefit are of."""
    assert isinstance(provision.content, Benefit)
    return frozenset(str(c.bound.measure) for c in provision.content.when if c.bound)


def _governs(other: _Placed, own: _Placed, gives: set[int], chapters: set[int]) -> bool:
    """Whether what a clause says beside giving holds for what another gives."""
    if named := _named_articles(other.text[len(other.clause.article or "") :]):
        mine = next((s.number for s in own.path if s.number and _NAMED.fullmatch(s.number)), None)
        if (
            mine is not None
            and mine not in named
            and "本条" not in other.text
            and other.article != own.article
        ):
            return False
    if other.article == own.article:
        return not other.benefits
    if other.article in gives:
        return False  # of what that article gives
    return other.chapter == own.chapter or other.chapter not in chapters or not own.path


def _named_articles(text: str) -> list[str]:
    """The articles that a text names, those between two ends among them: 第三条至第十条."""
    named = _NAMED.findall(text)
    for first, last in _RANGE.findall(text):
        low, high = (article_number(one) for one in (first, last))
        named += [f"第{numeral(n)}条" for n in range(low + 1, high)] if low and high else []
    return named


def _names(first: _Placed) -> tuple[str, ...]:
    headings = (without_number(s).strip(" 。：:（）()") for s in reversed(first.path))
    return tuple(h for h in headings if h and len(h) <= _LONGEST_NAME)
