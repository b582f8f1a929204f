"""`Document → proposed programmes`, for a person to accept or mend: a view of what was read of its clauses, with its quotes.

What a programme file has a form for (a share of one thing, a sum, a sum for each, one ceiling in yuan) stands in its fields. All
that a clause says stands in `provisions` beside them, so that nothing of it is lost; a benefit whose ceilings, steps, terms or
limits the fields cannot say keeps its words and its provision, and no figure that would be computed without them.
What no fact of ours counts is proposed with a new fact; conditions in words become `human`: a person decides. A language model
may add to it (`model_drafting.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from assistant.articles import article_at, without_number
from assistant.grammar.measures import Measure, measure_of, meets
from assistant.law.in_words import condition_in_words, measure_in_words, told
from assistant.law.phrases import base_said
from assistant.law.provisions import (
    Benefit,
    Budget,
    Condition,
    Does,
    Lump,
    Match,
    Material,
    Office,
    PaperReading,
    PerUnit,
    Provision,
    Rate,
    Relation,
    Requirement,
    Step,
    Who,
    Window,
)
from assistant.law.quantities import Bound, Cap, Op, Per, Unit
from assistant.law.told import likeness
from assistant.models import Document, Frozen, Kind, Section
from assistant.programmes.definitions import FactDefinition
from ingest.provisions import read_provisions

_UNIT_TYPES = {"元": "money", "%": "percent"}
_OPERATORS = {
    Op.AT_LEAST: "at_least",
    Op.MORE_THAN: "more_than",
    Op.AT_MOST: "at_most",
    Op.LESS_THAN: "less_than",
}
# What a ceiling in a programme is for, of all that the paper says it is for.
_PERS = {
    frozenset[Per](): "applicant",
    frozenset({Per.APPLICANT}): "applicant",
    frozenset({Per.TOTAL}): "applicant",
    frozenset({Per.APPLICANT, Per.TOTAL}): "applicant",
    frozenset({Per.YEAR}): "year",
    frozenset({Per.APPLICANT, Per.YEAR}): "year",
    frozenset({Per.APPLICANT, Per.YEAR, Per.TOTAL}): "year",
    frozenset({Per.PROJECT}): "project",
    frozenset({Per.PROJECT, Per.TOTAL}): "project",
    frozenset({Per.ITEM}): "item",
}
_PLACE = re.compile(
    r"(?:在|于)(?P<place>本[市区县省]|我[市区县省]|[^，,。；;：:\n在于]{2,10}[市区县省])[^，,。；;：:\n]{0,8}(?:注册登记|登记注册|依法注册|注册|登记|设立)"
)


class Proposal(Frozen):
    """A programme as its file would say it, and the facts it needs that are not defined yet.

    `start` and `end` are its clause in the document; `remarks` say what a language model added.
    """

    programme: dict[str, Any]
    facts: dict[str, dict[str, Any]]
    start: int
    end: int
    remarks: tuple[str, ...] = ()


def propose(
    document: Document, definitions: Mapping[str, FactDefinition], reading: PaperReading | None = None
) -> list[Proposal]:
    """One proposal for each clause that gives something, in the paper's order; `reading`: what is stored of the document."""
    provisions = (reading or read_provisions(document)).provisions
    found = []
    for number, (section, start, end) in enumerate(clauses_of(document), 1):
        own = [p for p in provisions if start <= p.start < end]
        if any(isinstance(p.content, Benefit) for p in own):
            draft = _Draft(document, section, number, definitions)
            draft.fill(own)
            unread = {document.text[s.start : s.end] for p in own for s in p.unread}
            remarks = [f"有没有读懂的字句，金额请看原文：{words}" for words in sorted(unread)]
            found.append(
                Proposal(
                    programme=draft.programme, facts=draft.facts, start=start, end=end, remarks=tuple(remarks)
                )
            )
    for proposal in found:
        _add_windows(proposal, document, provisions, found)
        _add_place(proposal, document, definitions)
    return found


def clauses_of(document: Document) -> list[tuple[Section | None, int, int]]:
    """The innermost numbered or headed parts that stand for themselves: an item with its items below is one clause."""
    parts = [s for s in document.sections if (s.number or s.heading) and not s.is_label]
    leaves = [
        s for s in parts if not any(o is not s and s.start <= o.start and o.end <= s.end for o in parts)
    ]
    whole: list[tuple[Section | None, int, int]] = []
    for leaf in leaves:
        parent = next(
            (s for s in reversed(parts) if s is not leaf and s.start <= leaf.start and leaf.end <= s.end),
            None,
        )
        article = parent if parent and re.match(r"第.+条", parent.number or "") else leaf
        if not whole or whole[-1][0] is not article:
            whole.append((article, article.start, article.end))
    return whole or [(None, 0, len(document.text))]


def blank(document: Document, section: Section | None, number: int) -> dict[str, Any]:
    """A programme of a clause, with what the document's head says of it and no rules yet."""
    head = document.head
    return {
        "id": f"{head.id}-{number}",
        "title": _title(document, section),
        "region": head.region,
        "documents": [head.id],
        "confidence": head.confidence.value,
        "draft": head.kind is Kind.DRAFT,
        "revisions": [
            {
                "from": head.effective_from.isoformat() if head.effective_from else None,
                "to": head.effective_to.isoformat() if head.effective_to else None,
                "conditions": [],
                "benefits": [],
                "windows": [],
                "sources": {},
            }
        ],
    }


def cited(programme: dict[str, Any], document: Document, start: int, end: int) -> str:
    """The name of the source that quotes a span of the document; added where it is new."""
    sources, quote = programme["revisions"][0]["sources"], document.text[start:end]
    name = next((n for n, s in sources.items() if s["quote"] == quote), f"s{len(sources) + 1}")
    article = article_at(document.sections, start)
    sources[name] = {"document_id": document.head.id} | ({"article": article} if article else {})
    sources[name]["quote"] = quote
    return name


class _Draft:
    """A programme being put together out of the provisions of a clause."""

    def __init__(
        self,
        document: Document,
        section: Section | None,
        number: int,
        definitions: Mapping[str, FactDefinition],
    ) -> None:
        self.document, self.definitions = document, definitions
        self.programme = blank(document, section, number)
        self.facts: dict[str, dict[str, Any]] = {}
        self.revision = self.programme["revisions"][0]

    def fill(self, provisions: Sequence[Provision]) -> None:
        """Put everything that the clause says into the programme."""
        benefits = [p for p in provisions if isinstance(p.content, Benefit)]
        for number, one in enumerate(benefits, 1):
            self.revision["benefits"].append(self._benefit(one, number))
        self._conditions(benefits, [p for p in provisions if isinstance(p.content, Requirement)])
        for one in provisions:
            self._other(one)
        self.revision["provisions"] = [_content(p) for p in provisions]

    def _source(self, provision: Provision) -> str:
        return cited(self.programme, self.document, provision.start, provision.end)

    def _fact(self, words: str, unit: str, own: Measure | None = None) -> str:
        return fact_of(words, unit, self.programme["id"], self.facts, self.definitions, own)

    def _benefit(self, provision: Provision, number: int) -> dict[str, Any]:
        benefit = provision.content
        assert isinstance(benefit, Benefit)
        place = cited(self.programme, self.document, *_sentence(self.document.text, provision))
        made: dict[str, Any] = {
            "id": f"b{number}",
            "zh": told(benefit),
            "en": "",
            "at_most": benefit.at_most or not is_whole(benefit, provision),
            "source": place,
        }
        if is_whole(benefit, provision):
            match benefit.grant:
                case Rate(rate=rate, of=of):
                    said = (
                        "" if of.objects else base_said(self.document.text[provision.start : provision.end])
                    )
                    made |= {
                        "basis": self._fact(said or measure_in_words(of), "元", of.grammar),
                        "rate": plain(rate.value / 100),
                    }
                case Match(match=share, of=of):
                    made |= {
                        "basis": self._fact(measure_in_words(of), "元", of.grammar),
                        "rate": plain(share.value / 100),
                    }
                case Lump(lump=lump):
                    made["amount"] = plain(lump.value)
                case PerUnit(each=each, per=per):
                    made |= {
                        "amount": plain(each.value),
                        "count": self._fact(f"{per.unit}数", str(per.unit)),
                    }
            if benefit.caps:
                made["cap"] = _cap(benefit.caps, place)
        return made

    def _conditions(self, benefits: Sequence[Provision], asked: Sequence[Provision]) -> None:
        """What all benefits of the clause ask for, and what it asks for by itself; what one alone asks stays in its words."""
        whens = [p.content.when for p in benefits if isinstance(p.content, Benefit)]
        shared = [c for c in whens[0] if all(c in when for when in whens)] if whens else []
        told_by = [(c, benefits[0], False) for c in shared]
        for one in asked:
            if isinstance(one.content, Requirement):
                told_by.append((one.content.condition, one, one.content.who is Who.MAY_NOT))
        for number, (condition, provision, refused) in enumerate(told_by, 1):
            rule = {"id": f"c{number}", **self._rule(condition, refused), "en": ""}
            self.revision["conditions"].append(rule | {"source": self._source(provision)})

    def _rule(self, condition: Condition, refused: bool) -> dict[str, Any]:
        words = condition_in_words(condition)
        rule: dict[str, Any] = {"zh": f"没有下列情形：{words}" if refused else words}
        bound = condition.bound
        if bound is None or refused or bound.op not in _OPERATORS or not _is_testable(bound):
            return rule | {"op": "human"}
        if bound.quantity.unit is Unit.YEAR:
            value = f"{plain(bound.quantity.value)} years"
            return rule | {"fact": "founded_on", "op": _OPERATORS[bound.op], "value": value}
        key = self._fact(measure_in_words(bound.measure), "元", bound.measure.grammar)
        return rule | {"fact": key, "op": _OPERATORS[bound.op], "value": plain(bound.quantity.value)}

    def _other(self, provision: Provision) -> None:
        content = provision.content
        match content:
            case Material(material=words):
                self.revision.setdefault("materials", []).append(
                    {"zh": words, "source": self._source(provision)}
                )
            case Step(step=words):
                self.revision.setdefault("procedure", []).append(
                    {"zh": words, "source": self._source(provision)}
                )
            case Relation():
                self.revision.setdefault("notes", []).append(
                    {"zh": told(content), "source": self._source(provision)}
                )
            case Office(office=name, does=does) if does in (Does.LEADS, Does.ACCEPTS):
                self.revision.setdefault("department", {"zh": name, "source": self._source(provision)})
            case Budget(budget=budget, per=per) if budget.unit is Unit.YUAN:
                whole = {
                    "amount": plain(budget.value),
                    "per": per or "total",
                    "source": self._source(provision),
                }
                self.revision.setdefault("budget", whole)


def is_whole(benefit: Benefit, provision: Provision) -> bool:
    """Whether the fields of a programme say all that a benefit does, so that a sum counted by them is the paper's."""
    grant, caps = benefit.grant, [c for c in benefit.caps if not c.usual]
    plain_grant = (
        (isinstance(grant, Rate) and grant.beyond is None and grant.upto is None)
        or isinstance(grant, Match)
        or (isinstance(grant, Lump) and grant.lump.unit is Unit.YUAN)
        or (
            isinstance(grant, PerUnit)
            and grant.each.unit is Unit.YUAN
            and grant.time is None
            and grant.beyond is None
            and grant.of is None
            and grant.per.value == 1
        )
    )
    yuan = all(c.limit.unit is Unit.YUAN and c.of is None for c in benefit.caps)
    named = all(frozenset(c.per) in _PERS for c in benefit.caps)
    return (
        plain_grant
        and not provision.unread
        and yuan
        and named
        and len(caps) <= 1
        and len(benefit.caps) - len(caps) <= 1
        and not (benefit.term and benefit.term.years)
    )


def _cap(caps: Sequence[Cap], source: str) -> dict[str, Any]:
    usual = next((c for c in caps if c.usual), None)
    outer = next((c for c in caps if not c.usual), usual)
    assert outer is not None
    made: dict[str, Any] = {"amount": plain(outer.limit.value), "source": source}
    if (per := _PERS[frozenset(outer.per)]) != "applicant":
        made["per"] = per
    if usual is not None and usual is not outer:
        made["usual"] = plain(usual.limit.value)
    return made


def _is_testable(bound: Bound) -> bool:
    """Whether a fact of a firm can be held against a bound: money in yuan, or the age of the firm."""
    if bound.quantity.unit is Unit.YUAN:
        return not bound.measure.change
    return bound.quantity.unit is Unit.YEAR and "firm" in bound.measure.objects


def _sentence(text: str, provision: Provision) -> tuple[int, int]:
    """The whole sentence in which a provision stands: its figures alone quote too little."""
    start = max((text.rfind(mark, 0, provision.start) for mark in "。\n"), default=-1) + 1
    ends = [i for mark in "。\n" if (i := text.find(mark, provision.end - 1)) >= 0]
    return start, min(ends, default=len(text))


def _content(provision: Provision) -> dict[str, Any]:
    said: dict[str, Any] = provision.content.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    return said


def _add_windows(
    proposal: Proposal, document: Document, provisions: Sequence[Provision], found: Sequence[Proposal]
) -> None:
    """The windows that the clause states, or else those of the document outside of all such clauses."""
    windows = [p for p in provisions if isinstance(p.content, Window)]
    own = [p for p in windows if proposal.start <= p.start < proposal.end]
    apart = [p for p in windows if not any(o.start <= p.start < o.end for o in found)]
    for one in own or apart:
        content = one.content
        if not isinstance(content, Window) or not (content.opens or content.closes):
            continue
        days = {"from": content.opens, "to": content.closes}
        window: dict[str, Any] = {name: day for name, day in days.items() if day}
        proposal.programme["revisions"][0]["windows"].append(
            window
            | {
                "confidence": proposal.programme["confidence"],
                "source": cited(proposal.programme, document, one.start, one.end),
            }
        )


def _add_place(proposal: Proposal, document: Document, definitions: Mapping[str, FactDefinition]) -> None:
    """Where a firm must be, as the clause or else the document says."""
    region = proposal.programme["region"]
    if not region:
        return
    own = _PLACE.search(document.text, proposal.start, proposal.end)
    hit = own or _PLACE.search(document.text)
    if hit is None or not (hit["place"].startswith(("本", "我")) or hit["place"] in region):
        return
    fields: dict[str, Any] = {"zh": hit[0], "en": ""}
    options = [(k, o.value) for k in ("district", "city") for o in definitions[k].options]
    known = [(key, value) for key, value in options if region.endswith(value)]
    if known:
        fields |= {"fact": known[0][0], "op": "is", "value": known[0][1]}
    else:
        key = _key(proposal.programme["id"], len(proposal.facts) + 1)
        asked = f"公司是否{hit[0]}？"
        proposal.facts[key] = {"type": "yesno", "zh": hit[0], "en": hit[0], "ask": asked, "ask_en": asked}
        fields |= {"fact": key, "op": "is", "value": True}
    source = cited(proposal.programme, document, hit.start(), hit.end())
    conditions = proposal.programme["revisions"][0]["conditions"]
    conditions.append({"id": "place", **fields, "source": source})


def _title(document: Document, section: Section | None) -> str:
    words = re.split(r"[。，：:\n]", without_number(section))[0] if section else ""
    return words[:24] if len(words) > 3 else document.head.title


def fact_of(
    words: str,
    unit: str,
    prefix: str,
    facts: dict[str, dict[str, Any]],
    definitions: Mapping[str, FactDefinition],
    measure: Measure | None = None,
) -> str:
    """The fact of ours that the words speak of, else a new one, named after the programme so that none collide."""
    kind = _UNIT_TYPES.get(unit, "number")
    own = measure or (measure_of(words) if kind == "money" else Measure())
    if kind == "money":
        measured = [(d, d.measure.measure) for d in definitions.values() if d.measure]
        known = [d for d, base in measured if meets(own, base) and meets(base, own)]
    else:
        known = [
            d
            for d in definitions.values()
            if d.type == kind and any(len(w) > 1 and w in words for w in d.words)
        ]
    if known:
        return max(known, key=lambda d: likeness(d.zh, words)).key
    key = next((k for k, f in facts.items() if f["zh"] == words), _key(prefix, len(facts) + 1))
    facts[key] = {
        "type": kind,
        "unit": unit,
        "zh": words,
        "en": words,
        "ask": f"{words}是多少？",
        "ask_en": words,
        "words": [words],
    }
    if own.nature and len(own.objects) == (1 if own.family == "spending" else min(1, len(own.objects))):
        facts[key]["measure"] = {"nature": own.nature, "object": next(iter(own.objects), None)}
    return key


def _key(prefix: str, number: int) -> str:
    return f"{prefix}_{number}".replace("-", "_")


def plain(number: Decimal) -> str:
    """A number as a programme file writes it."""
    return f"{number.normalize():f}"
