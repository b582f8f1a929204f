"""`Document → proposed programmes`, for a person to accept or mend: what its clauses give, each field with its quote.

Read by wording (`assistant/programmes/clauses.py`), so nothing is proposed that a clause does not say. What no fact of ours
counts is proposed with a new fact; conditions in words become `human`: a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from assistant.articles import article_at, without_number
from assistant.models import Document, Frozen, Kind, Section
from assistant.programmes.clauses import read_rules
from assistant.programmes.counting import SAYS
from assistant.programmes.definitions import FactDefinition
from assistant.programmes.offers import Bound, Offer, Rules
from assistant.programmes.told import likeness

_UNIT_TYPES = {"元": "money", "%": "percent"}


class Proposal(Frozen):
    """A programme as its file would say it, the facts it needs that are not defined yet, and cases at its edges."""

    programme: dict[str, Any]
    facts: dict[str, dict[str, Any]]
    cases: list[dict[str, Any]]


def propose(document: Document, definitions: Mapping[str, FactDefinition]) -> list[Proposal]:
    """One proposal for each clause that gives something, in the paper's order."""
    found = []
    for number, (section, start, end) in enumerate(_clauses(document), 1):
        text = document.text[start:end]
        rules = read_rules(text)
        if rules.offers:
            found.append(_proposal(document, section, start, rules, number, definitions))
    return found


def _clauses(document: Document) -> list[tuple[Section | None, int, int]]:
    """The innermost numbered parts that stand for themselves: an item with its items below is one clause."""
    parts = [s for s in document.sections if s.number]
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


def _proposal(
    document: Document,
    section: Section | None,
    offset: int,
    rules: Rules,
    number: int,
    definitions: Mapping[str, FactDefinition],
) -> Proposal:
    sources: dict[str, dict[str, Any]] = {}
    facts: dict[str, dict[str, Any]] = {}

    def source(start: int, end: int) -> str:
        quote = document.text[offset + start : offset + end]
        name = next((n for n, s in sources.items() if s["quote"] == quote), f"s{len(sources) + 1}")
        article = article_at(document.sections, offset + start)
        sources[name] = {"document_id": document.head.id, "quote": quote} | (
            {"article": article} if article else {}
        )
        return name

    benefits = [_benefit(o, i, source, facts, definitions) for i, o in enumerate(rules.offers, 1)]
    bounds = _conditions(rules, source, facts, definitions)
    programme = {
        "id": f"{document.head.id}-{number}",
        "title": _title(document, section),
        "region": document.head.region,
        "documents": [document.head.id],
        "confidence": document.head.confidence.value,
        "draft": document.head.kind is Kind.DRAFT,
        "revisions": [
            {
                "from": document.head.effective_from.isoformat() if document.head.effective_from else None,
                "to": document.head.effective_to.isoformat() if document.head.effective_to else None,
                "conditions": bounds,
                "benefits": benefits,
                "sources": sources,
            }
        ],
    }
    return Proposal(programme=programme, facts=facts, cases=_cases(benefits))


def _title(document: Document, section: Section | None) -> str:
    words = re.split(r"[。，：:\n]", without_number(section))[0] if section else ""
    return words[:24] if len(words) > 3 else document.head.title


def _benefit(
    offer: Offer,
    number: int,
    source: Any,
    facts: dict[str, dict[str, Any]],
    definitions: Mapping[str, FactDefinition],
) -> dict[str, Any]:
    place = source(offer.start, offer.end)
    benefit: dict[str, Any] = {
        "id": f"b{number}",
        "zh": _label(offer),
        "en": "",
        "at_most": offer.at_most,
        "source": place,
    }
    if offer.rate is not None:
        benefit |= {
            "basis": _fact(offer.basis or "金额", "元", facts, definitions),
            "rate": _plain(offer.rate),
        }
    if offer.amount is not None:
        benefit["amount"] = _plain(offer.amount)
    if offer.each:
        benefit["count"] = _fact(f"{offer.each}数", "个", facts, definitions)
    cap = offer.cap if offer.cap is not None else offer.usual
    if cap is not None:
        at = source(*offer.cap_at) if offer.cap_at else place
        benefit["cap"] = {"amount": _plain(cap), "source": at}
        if offer.usual is not None and offer.cap is not None:
            benefit["cap"]["usual"] = _plain(offer.usual)
    return benefit


def _label(offer: Offer) -> str:
    parts = [p for p in re.split(r"[,;。]", offer.label) if p.strip()]
    return "，".join(parts[-2:])[-60:] or "资助"


def _conditions(
    rules: Rules, source: Any, facts: dict[str, dict[str, Any]], definitions: Mapping[str, FactDefinition]
) -> list[dict[str, Any]]:
    """The bounds that every offer of the clause has; those of one offer only stay in its words."""
    shared = [b for b in rules.bounds if all(b[0] in o.bounds for o in rules.offers)]
    found = []
    for number, (bound, start, end) in enumerate(shared, 1):
        text = f"{bound.noun}{SAYS[bound.op]}{bound.written}"
        rule: dict[str, Any] = {"id": f"c{number}", "zh": text, "en": "", "source": source(start, end)}
        if bound.unit == "元":
            key = _fact(bound.noun, "元", facts, definitions)
            rule |= {"fact": key, "op": bound.op, "value": _plain(bound.value)}
        elif bound.unit == "年" and "成立" in bound.noun:
            rule |= {"fact": "founded_on", "op": bound.op, "value": _age(bound)}
        else:
            rule["op"] = "human"
        found.append(rule)
    return found


def _age(bound: Bound) -> str:
    return f"{bound.value.normalize():f} years"


def _fact(
    words: str, unit: str, facts: dict[str, dict[str, Any]], definitions: Mapping[str, FactDefinition]
) -> str:
    """The fact of ours that the words speak of, else a new one."""
    kind = _UNIT_TYPES.get(unit, "number")
    known = [
        d for d in definitions.values() if d.type == kind and any(len(w) > 1 and w in words for w in d.words)
    ]
    if known:
        return max(known, key=lambda d: likeness(d.zh, words)).key
    key = next((k for k, f in facts.items() if f["zh"] == words), f"new_fact_{len(facts) + 1}")
    facts[key] = {
        "type": kind,
        "unit": unit,
        "zh": words,
        "en": words,
        "ask": f"{words}是多少？",
        "ask_en": words,
        "words": [words],
    }
    return key


def _cases(benefits: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """At the cap, and a yuan's worth beyond it: the sum must not grow."""
    cases = []
    for benefit in benefits:
        if "rate" in benefit and "cap" in benefit:
            cap, rate = Decimal(benefit["cap"]["amount"]), Decimal(benefit["rate"])
            edge = (cap / rate).quantize(Decimal(1), rounding="ROUND_UP")
            for more in (0, 1):
                told = {benefit["basis"]: f"{edge + more:f}"}
                cases.append(
                    {
                        "name": f"{benefit['id']} 到上限{'再多一元' if more else ''}",
                        "facts": told,
                        "amount": f"{cap:f}",
                    }
                )
    return cases


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
