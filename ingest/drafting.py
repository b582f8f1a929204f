"""`Document → proposed programmes`, for a person to accept or mend: what its clauses give, each field with its quote.

Read by wording (`assistant/programmes/clauses.py`), so nothing is proposed that a clause does not say. What no fact of ours
counts is proposed with a new fact; conditions in words become `human`: a person decides. A language model may add to it
(`model_drafting.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from assistant.articles import article_at, without_number
from assistant.grammar.measures import Measure, measure_of, meets
from assistant.models import Document, Frozen, Kind, Section
from assistant.programmes.clauses import read_rules
from assistant.programmes.counting import SAYS
from assistant.programmes.definitions import FactDefinition
from assistant.programmes.offers import Bound, Offer, Rules
from assistant.programmes.told import likeness
from ingest.caps import caps_alone
from ingest.windows import window_in

_UNIT_TYPES = {"元": "money", "%": "percent"}
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


def propose(document: Document, definitions: Mapping[str, FactDefinition]) -> list[Proposal]:
    """One proposal for each clause that gives something, in the paper's order."""
    found = []
    spans = clauses_of(document)
    for number, (section, start, end) in enumerate(spans, 1):
        rules = read_rules(document.text[start:end])
        capped = [] if rules.offers else caps_alone(document.text[start:end])
        if rules.offers or capped:
            programme = blank(document, section, number)
            facts = _fill(programme, document, start, rules, definitions)
            _add_caps(programme, document, start, capped, facts, definitions)
            found.append(Proposal(programme=programme, facts=facts, start=start, end=end))
    for proposal in found:
        _add_window(proposal, document, found)
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


def _fill(
    programme: dict[str, Any],
    document: Document,
    offset: int,
    rules: Rules,
    definitions: Mapping[str, FactDefinition],
) -> dict[str, dict[str, Any]]:
    """Put the rules of a clause into a programme; gives the facts that it needs and that are not defined yet."""
    facts: dict[str, dict[str, Any]] = {}
    prefix, revision = programme["id"], programme["revisions"][0]

    def source(start: int, end: int) -> str:
        return cited(programme, document, offset + start, offset + end)

    def fact(words: str, unit: str) -> str:
        return fact_of(words, unit, prefix, facts, definitions)

    revision["benefits"] = [_benefit(o, i, source, fact) for i, o in enumerate(rules.offers, 1)]
    revision["conditions"] = _conditions(rules, source, fact)
    return facts


def _add_caps(
    programme: dict[str, Any],
    document: Document,
    offset: int,
    capped: Sequence[tuple[int, int, Decimal]],
    facts: dict[str, dict[str, Any]],
    definitions: Mapping[str, FactDefinition],
) -> None:
    """Benefits of which only the cap is told: what they are counted on is left to a person."""
    for number, (start, end, cap) in enumerate(capped, 1):
        place = cited(programme, document, offset + start, offset + end)
        label = f"{document.text[offset + start : offset + end].rstrip('。；;')[:40]}（比例没有写明）"
        benefit = {"id": f"b{number}", "zh": label, "en": "", "source": place}
        benefit |= {"basis": fact_of("金额", "元", programme["id"], facts, definitions)}
        programme["revisions"][0]["benefits"].append(
            benefit | {"cap": {"amount": plain(cap), "source": place}}
        )


def _add_window(proposal: Proposal, document: Document, found: Sequence[Proposal]) -> None:
    """The window that the clause states, or else the document outside of all such clauses."""
    for begin, text in ((proposal.start, document.text[proposal.start : proposal.end]), (0, document.text)):
        days = list(window_in(text))
        if not days:
            continue
        start, end = begin + days[0][2], begin + days[0][3]
        own = proposal.start <= start < proposal.end
        if own or not any(o.start <= start < o.end for o in found):
            programme = proposal.programme
            window: dict[str, Any] = {name.removeprefix("window_"): day for name, day, *_ in days}
            window |= {
                "confidence": programme["confidence"],
                "source": cited(programme, document, start, end),
            }
            programme["revisions"][0]["windows"].append(window)
        return


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


def _benefit(
    offer: Offer, number: int, source: Callable[[int, int], str], fact: Callable[[str, str], str]
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
            "basis": fact(offer.basis or "金额", "元"),
            "rate": plain(offer.rate),
        }
    if offer.amount is not None:
        benefit["amount"] = plain(offer.amount)
    if offer.each:
        benefit["count"] = fact(f"{offer.each}数", "个")
    cap = offer.cap if offer.cap is not None else offer.usual
    if cap is not None:
        at = source(*offer.cap_at) if offer.cap_at else place
        benefit["cap"] = {"amount": plain(cap), "source": at}
        if offer.usual is not None and offer.cap is not None:
            benefit["cap"]["usual"] = plain(offer.usual)
    return benefit


def _label(offer: Offer) -> str:
    parts = [p for p in re.split(r"[,;。]", offer.label) if p.strip()]
    return "，".join(parts[-2:])[-60:] or "资助"


def _conditions(
    rules: Rules, source: Callable[[int, int], str], fact: Callable[[str, str], str]
) -> list[dict[str, Any]]:
    """The bounds that every offer of the clause has; those of one offer only stay in its words."""
    shared = [b for b in rules.bounds if all(b[0] in o.bounds for o in rules.offers)]
    found = []
    for number, (bound, start, end) in enumerate(shared, 1):
        text = f"{bound.noun}{SAYS[bound.op]}{bound.written}"
        rule: dict[str, Any] = {"id": f"c{number}", "zh": text, "en": "", "source": source(start, end)}
        if bound.unit == "元":
            key = fact(bound.noun, "元")
            rule |= {"fact": key, "op": bound.op, "value": plain(bound.value)}
        elif bound.unit == "年" and "成立" in bound.noun:
            rule |= {"fact": "founded_on", "op": bound.op, "value": _age(bound)}
        else:
            rule["op"] = "human"
        found.append(rule)
    return found


def _age(bound: Bound) -> str:
    return f"{bound.value.normalize():f} years"


def fact_of(
    words: str,
    unit: str,
    prefix: str,
    facts: dict[str, dict[str, Any]],
    definitions: Mapping[str, FactDefinition],
) -> str:
    """The fact of ours that the words speak of, else a new one, named after the programme so that none collide."""
    kind = _UNIT_TYPES.get(unit, "number")
    own = measure_of(words) if kind == "money" else Measure()
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
