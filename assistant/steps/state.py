"""`Judged → checked statements with citations`: verdict, sum, window and what is missing, by what the question is after."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from assistant.articles import article_at
from assistant.knowledge import Snapshot
from assistant.models import Check, Citation, Intent, Query
from assistant.programmes.aspects import aspect_statements
from assistant.programmes.assess import Verdict
from assistant.programmes.present import (
    Statement,
    condition_statements,
    outcome_statement,
    rule_statements,
    sum_statements,
    together_statement,
    window_statements,
)
from assistant.programmes.quotes import span_of
from assistant.programmes.schema import Source
from assistant.programmes.stacking import room_left, total_of, yearly_statements
from assistant.programmes.tiers import tier_statements
from assistant.steps.judge import Judged
from assistant.text import fold
from assistant.values import is_covered, money_in, normalise, values_in

_YEARLY = re.compile(r"一年|每年|年度|累计|同一家|同一(?:企业|单位)|a year|per year")
_HALF_GIVEN = re.compile(r"(?:补|给|拿|得)了[^，。？]{0,6}一半|一半[^，。？]{0,4}(?:补|给)了")
_WHO_GOT = re.compile(
    r"(?:哪些|哪几家|什么|有谁|谁).{0,3}(?:企业|公司|单位|厂商|机构)?.{0,6}(?:拿|领|得|获|入选)(?:到|了)|(?:拿|领|得|获|入选)(?:到|了|得).{0,14}(?:哪些|哪几家|是谁|有谁|什么(?:企业|公司))|获券企业"
)
_WHOLE = re.compile(r"1\s*[:：∶比]\s*1|全额|等额|一比一|同等金额")
_EVENT = re.compile(r"首批|第一批|上一?批")
_BY_RULE: frozenset[Intent] = frozenset(("amount", "eligibility", "window", "comparison", "list"))


def statements(query: Query, judged: Judged, heard: bool) -> Iterator[Statement]:
    """What is said of each verdict; nothing when the question is after something a rule does not answer."""
    if judged.inferred:
        yield from judged.inferred.statements
        return
    if judged.general:
        yield from _overview(query, judged)
        return
    of_event = not heard and any(_EVENT.search(m.name) for m in query.programmes)
    asked = [] if of_event else list(_aspects(query, judged))
    yield from asked
    if not heard and not _BY_RULE & set(query.intents) and query.language != "en":
        return
    if _WHO_GOT.search(query.chinese) and "amount" not in query.intents:
        return  # firms are asked for, not what the programme gives
    if of_event:
        return  # what happened then is asked for, not what the programme gives
    if asked and not heard and not {"amount", "comparison"} & set(query.intents):
        return
    if heard and (total := total_of(judged.verdicts, judged.told.values, query.language)):
        yield total[0]
    for verdict in judged.verdicts:
        yield from _of_one(query, verdict, judged, heard)


def _overview(query: Query, judged: Judged) -> Iterator[Statement]:
    """What each of several programmes gives: the first of its benefits, and when it can be applied for."""
    for verdict in judged.verdicts:
        if first := next(rule_statements(verdict, query.language), None):
            yield first


def _aspects(query: Query, judged: Judged) -> Iterator[Statement]:
    named = {m.id for m in query.programmes}
    for verdict in judged.verdicts:
        if verdict.programme.id in named or len(judged.verdicts) == 1:
            yield from aspect_statements(verdict, fold(query.chinese), query.language)


def _of_one(query: Query, verdict: Verdict, judged: Judged, heard: bool) -> Iterator[Statement]:
    language, intents = query.language, set(query.intents)
    if (heard or verdict.lapsed) and (outcome := outcome_statement(verdict, language)):
        yield outcome
    sums = list(sum_statements(verdict, language)) if heard else []
    yield from sums
    yield from _left_over(query, verdict, judged)
    if sums and (together := together_statement(verdict, language)):
        yield together
    wants_rule = {"amount", "comparison", "list", "eligibility"} & intents or (
        language == "en" and "window" not in intents
    )
    # Who has talked of another place before and now asks what is given there wants to hear it all the same.
    asks_only = (
        bool(query.context) and {"money", "percent"} & set(query.wanted) and not money_in(query.chinese)
    )
    if not sums and (verdict.outcome != "unmet" or verdict.lapsed or asks_only) and wants_rule:
        yield from tier_statements(verdict, language)
        yield from rule_statements(verdict, language)
    if _YEARLY.search(query.chinese):
        yield from yearly_statements(verdict, language)
    if sums or intents & {"window", "eligibility"}:
        yield from window_statements(verdict, language)
    if heard or "eligibility" in intents or intents == {"comparison"}:
        yield from condition_statements(verdict, language)


def _left_over(query: Query, verdict: Verdict, judged: Judged) -> Iterator[Statement]:
    if left := left_over(query, verdict, judged):
        yield left[0]


def left_over(query: Query, verdict: Verdict, judged: Judged) -> tuple[Statement, Decimal] | None:
    """What may still be given where others have given something already, in words and in yuan."""
    got = next((t.value for t in judged.received if t.unit == "元"), None)
    shares = [t.value / 100 for t in judged.received if t.unit == "%"]
    half = Decimal("0.5") if _HALF_GIVEN.search(query.chinese) else None
    return room_left(verdict, judged.told.values, got, shares[0] if shares else half, query.language)


def computed(judged: Judged) -> list[str]:
    """What a statement may say without a clause: the firm's own facts, and the sums computed from clauses."""
    sums = [s for v in judged.verdicts for s in v.sums]
    amounts = [
        a for s in sums for a in (s.raw, s.amount, *(other for _, other in s.alternatives)) if a is not None
    ]
    own = [f"{v:f}元" for v in judged.told.values.values() if isinstance(v, Decimal)]
    paid = [v.amount for v in judged.verdicts if v.amount]
    inferred = judged.inferred.statements if judged.inferred and judged.inferred.assessment.amount else ()
    # Of what is computed from a clause only the sums are ours; its rates, days and counts must stand in the quote.
    shown = [
        f"{v.value:f}元"
        for s in inferred
        for v in money_in(normalise(s.text))
        if isinstance(v.value, Decimal)
    ]
    shown += ["12个月"] if inferred else []
    shown += judged.inferred.own_figures if judged.inferred else ()
    terms = [r.closes.isoformat() for v in judged.verdicts if (r := v.revision) and r.closes]
    total = total_of(judged.verdicts, judged.told.values, "zh")
    totals = [total[1].amount or Decimal(0), sum(paid, Decimal(0))] if total and total[1] else []
    sums_shown = [f"{amount:f}元" for amount in [*amounts, *paid, *totals]]
    received = [t.value for t in judged.received if t.unit == "元"]
    for rule in (
        r for v in judged.verdicts if v.revision for r in v.revision.stacking if r.share is not None
    ):
        basis = judged.told.values.get(str(rule.basis))
        if isinstance(basis, Decimal) and rule.share is not None:
            room = basis * rule.share
            sums_shown += [
                f"{amount:f}元" for amount in (room, *(max(Decimal(0), room - got) for got in received))
            ]
    return [*own, *judged.facts.values(), *sums_shown, *terms, *shown, *_in_words(judged)]


def _in_words(judged: Judged) -> list[str]:
    """Rates that a clause gives in other words than a percentage: 1:1 is 100%."""
    rules = [r for v in judged.verdicts if (r := v.revision)]
    whole = [
        r.sources[b.source].quote for r in rules for b in r.benefits if b.rate == 1 and b.source in r.sources
    ]
    return ["100%"] if any(_WHOLE.search(quote) for quote in whole) else []


def known_of(cited: Sequence[Citation], snapshot: Snapshot) -> list[str]:
    """What may be said of the cited papers themselves: their titles, and the days on which they begin and end."""
    heads = [snapshot.heads[c.document_id][0] for c in cited]
    days = [d.isoformat() for head in heads for d in (head.effective_from, head.effective_to) if d]
    return [*(c.title for c in cited), *days]


def verify(statement: Statement, allowed: Sequence[str], quotes: Sequence[str]) -> Check:
    """Whether every figure of a statement stands in its quotes, in the firm's own facts, or is computed from them."""
    carried = [v for text in (*quotes, *allowed) for v in values_in(text)]
    missing = [v for v in values_in(statement.text) if not is_covered(v, carried)]
    reason = f"figures not in the cited clauses: {[str(v.value) for v in missing]}" if missing else None
    if not quotes:
        reason = "no citation"
    return Check(sentence=statement.text, passed=reason is None, reason=reason)


def cite_sources(
    sources: Sequence[Source], as_of: date, snapshot: Snapshot, taken: Sequence[Citation]
) -> list[Citation]:
    """A citation for each source whose quote stands in the published document; those given keep their number."""
    cited: list[Citation] = []
    statuses = snapshot.statuses(as_of)
    for source in sources:
        document = snapshot.document(source.document_id)
        span = span_of(source, document) if document else None
        if document is None or span is None:
            continue
        place = (source.document_id, *span)
        known = next((c for c in (*taken, *cited) if (c.document_id, c.start, c.end) == place), None)
        head = document.head
        cited.append(
            known
            or Citation(
                number=len({c.number for c in (*taken, *cited)}) + 1,
                document_id=head.id,
                version=document.version,
                title=head.title,
                issuer=head.issuer,
                document_number=head.document_number,
                kind=head.kind,
                status=statuses[head.id],
                confidence=head.confidence,
                digest=head.digest,
                article=source.article or article_at(document.sections, span[0]),
                quote=source.quote,
                start=span[0],
                end=span[1],
                url=head.url,
                page=document.page_at(span[0]),
            )
        )
    return cited
