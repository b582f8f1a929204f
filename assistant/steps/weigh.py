"""`Query, Passages → Inferred`: what a support that was read from a paper means for what the message tells.

The support that the passages and the message's words point to is taken first; then what was told is held against it.
Where another fits as well, or its clause was not read whole, nothing is computed: its sentences are quoted instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.grammar.measures import in_words
from assistant.keyword_index import nouns_of
from assistant.knowledge import Snapshot
from assistant.law.assess import Judgement, Tested, Weighed, assess
from assistant.law.firm import Firm
from assistant.law.in_words import op_in_words, sum_in_words
from assistant.law.provisions import Provision, Requirement
from assistant.law.supports import Support
from assistant.law.told import AGE, Told, figures_told
from assistant.law.wording import yuan
from assistant.models import Assessment, Document, Language, Passages, Query
from assistant.phrases import say
from assistant.programmes.inferred import Inferred
from assistant.programmes.present import Statement
from assistant.programmes.schema import Source
from assistant.text import fold

LOOKED_AT = 6  # passages
_FURTHER = 1.0  # of a passage's score behind the best: another paper says less
_LONGEST = 220  # characters of a sentence that is quoted whole
_CONDITIONS = 3


@dataclass(frozen=True)
class _Candidate:
    """A support that a passage holds, how far the message's words are in it, and what comes of it."""

    support: Support
    document: Document
    fit: float
    judgement: Judgement


def weigh(query: Query, passages: Passages, snapshot: Snapshot) -> Inferred | None:
    """The sum, the alternatives or the broken bound of the support that is meant; None where none surely is."""
    told = figures_told(query.chinese, query.as_of, before="\n".join(query.context))
    told += _age_told_before(query, told)
    asked = snapshot.names.without_regions(fold(query.chinese))
    firm = Firm(tuple(told), asked, nouns_of)
    if not told and not firm.tells_relation():
        return None
    found = sorted(_candidates(query, passages, snapshot, firm), key=lambda c: -c.fit)
    if not found:
        return None
    best = found[0]
    if _is_unsure(best, found):
        return None
    judged = best.judgement
    if judged.broken is not None and judged.broken.told is not None:
        return _refused(best, judged.broken, query.language)
    if judged.ruled_out is not None:
        return _left_out(best, judged.ruled_out, query.language)
    if judged.chosen and judged.sums:
        return _computed(best, query)
    if judged.met and "eligibility" in query.intents:
        return _met(best, query)
    if len(judged.others) > 1:
        return _alternatives(best, query.language)
    return None


def _age_told_before(query: Query, told: Sequence[Told]) -> list[Told]:
    """The firm's age as it was told earlier in the same talk, where this message tells none."""
    if any(t.context == AGE for t in told):
        return []
    ages = [t for m in query.context for t in figures_told(m, query.as_of) if t.context == AGE]
    return ages[-1:]


def _candidates(query: Query, passages: Passages, snapshot: Snapshot, firm: Firm) -> Iterator[_Candidate]:
    weight = snapshot.index.words.weight
    words = {w: weight(w) for w in query.topic_keywords if len(w) > 1}
    whole = sum(words.values()) or 1.0
    first = passages.kept[0] if passages.kept else None
    seen: set[str] = set()
    for passage in passages.kept[:LOOKED_AT]:
        head = passage.head
        if head.is_hearsay or first is None:
            continue  # it is quoted as such, never computed with
        if head.id != first.head.id and passage.score < first.score - _FURTHER:
            continue
        document = snapshot.document(head.id)
        if document is None:
            continue
        for support in (*snapshot.supports(head.id), *snapshot.asked_of_all(head.id)):
            if support.id in seen or not (
                support.start < passage.chunk.end and passage.chunk.start < support.end
            ):
                continue
            seen.add(support.id)
            text = fold(" ".join([*support.names, document.text[support.start : support.end]]))
            fit = passage.score - first.score + sum(v for w, v in words.items() if w in text) / whole
            judgement = assess(support, _quoting(document), firm, query.language)
            yield _Candidate(support, document, fit, judgement)


def _is_unsure(best: _Candidate, found: Sequence[_Candidate]) -> bool:
    """Whether another support that fits as well gives another sum for the same figures."""
    sums = [s.amount for s in best.judgement.sums]
    others = [c for c in found[1:] if c.fit >= best.fit and c.judgement.sums]
    return any([s.amount for s in c.judgement.sums] != sums for c in others)


def _quoting(document: Document) -> Callable[[Provision], str]:
    def quote(provision: Provision) -> str:
        start, end = sentence_span(document.text, provision)
        return document.text[start:end]

    return quote


def sentence_span(text: str, provision: Provision) -> tuple[int, int]:
    """The sentence that a provision was read from, whole where it is not too long, else its part between semicolons."""
    start, end = _between(text, provision, "。\n")
    if end - start > _LONGEST:
        start, end = _between(text, provision, "。；;\n")
    return start, end


def _between(text: str, provision: Provision, marks: str) -> tuple[int, int]:
    start = max((text.rfind(m, 0, provision.start) + 1 for m in marks), default=0)
    ends = [at for m in marks if (at := text.find(m, max(provision.end - 1, start))) >= 0]
    end = min(ends, default=len(text) - 1) + 1
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _source(one: _Candidate, provision: Provision) -> Source:
    start, end = sentence_span(one.document.text, provision)
    return Source(
        document_id=one.support.document, article=provision.article, quote=one.document.text[start:end]
    )


# ------------------------------------------------------------------ what is said


def _title(one: _Candidate, language: Language) -> str:
    return say("inferred_title", language, title=one.document.head.title)


def _computed(one: _Candidate, query: Query) -> Inferred:
    language = query.language
    sums = one.judgement.sums
    total = sum((s.amount for s in sums), Decimal(0))
    shown = "；".join(s.shown for s in sums) if language != "en" else "; ".join(s.shown for s in sums)
    form = "inferred_monthly" if any(s.monthly for s in sums) else "inferred_sum"
    said = say(form, language, amount=yuan(total, language), shown=shown)
    if len(sums) > 1:
        said = say("inferred_total", language, amount=yuan(total, language), shown=shown)
    sources = tuple(dict.fromkeys(_source(one, p) for s in sums for p in (s.provision, *s.beside)))
    variants = tuple(_variants(one, one.judgement.others[:2], language))
    worked = "；".join((shown, *(s.text.rstrip("。.") for s in variants)))
    assessment = Assessment(
        programme_id=None, title=_title(one, language), outcome="unknown", amount=total, working=worked
    )
    shown_too = [w.worked for w in one.judgement.others[:2] if w.worked]
    own = tuple(f for s in (*sums, *shown_too) for f in s.figures)
    met = _met_statements(one, language) if "eligibility" in query.intents else ()
    return Inferred((Statement(said, sources), *met, *variants, *_conditions(one, query)), assessment, own)


def _met_statements(one: _Candidate, language: Language) -> tuple[Statement, ...]:
    """Which bounds the figures told keep."""
    return tuple(
        Statement(
            say(
                "inferred_met",
                language,
                told=t.told.written,
                measure=in_words(t.bound.measure.grammar, language),
                op=op_in_words(t.bound.op, language),
                bound=str(t.bound.quantity),
            ),
            (_source(one, t.provision),),
        )
        for t in one.judgement.met[:_CONDITIONS]
        if t.told is not None
    )


def _met(one: _Candidate, query: Query) -> Inferred:
    statements = _met_statements(one, query.language)
    worked = "；".join(s.text.rstrip("。.") for s in statements)
    assessment = Assessment(
        programme_id=None, title=_title(one, query.language), outcome="unknown", working=worked
    )
    return Inferred((*statements, *_conditions(one, query)), assessment)


def _variants(one: _Candidate, others: Sequence[Weighed], language: Language) -> Iterator[Statement]:
    """What it would be in another case of the clause, where nothing told decides whether it holds."""
    for other in others:
        if other.worked is None:
            continue
        amount = yuan(other.worked.amount, language)
        yield Statement(
            say(
                "inferred_variant",
                language,
                case=_case(other, language),
                amount=amount,
                shown=other.worked.shown,
            ),
            tuple(dict.fromkeys(_source(one, p) for p in (other.provision, *other.worked.beside))),
        )


def _case(one: Weighed, language: Language) -> str:
    """The words of a benefit's own case."""
    when = getattr(one.provision.content, "when", ())
    words = [
        c.words or f"{in_words(c.bound.measure.grammar)}{op_in_words(c.bound.op)}{c.bound.quantity}"
        for c in when
        if c
    ]
    return "、".join(words[-2:]) or sum_in_words("another_case", language)


def _alternatives(one: _Candidate, language: Language) -> Inferred:
    """What each case of the clause brings, where nothing told says which it is."""
    statements = tuple(_variants(one, one.judgement.others[:4], language))
    shown = "；".join(s.text.rstrip("。.") for s in statements)
    assessment = Assessment(programme_id=None, title=_title(one, language), outcome="unknown", working=shown)
    own = tuple(f for w in one.judgement.others if w.worked for f in w.worked.figures)
    return Inferred(statements, assessment, own)


def _refused(one: _Candidate, broken: Tested, language: Language) -> Inferred:
    assert broken.told is not None
    measure = in_words(broken.bound.measure.grammar, language)
    said = say(
        "inferred_unmet",
        language,
        measure=measure,
        op=op_in_words(broken.bound.op, language),
        bound=str(broken.bound.quantity),
        told=broken.told.written,
    )
    source = _source(one, broken.provision)
    assessment = Assessment(
        programme_id=None, title=_title(one, language), outcome="unmet", working=said.rstrip("。.")
    )
    return Inferred(
        (Statement(f"{said}\n{source.quote}" if len(source.quote) <= _LONGEST else said, (source,)),),
        assessment,
    )


def _left_out(one: _Candidate, provision: Provision, language: Language) -> Inferred:
    """That the case of the clause is not the one that is told."""
    source = _source(one, provision)
    said = say("inferred_left_out", language)
    assessment = Assessment(
        programme_id=None, title=_title(one, language), outcome="unmet", working=said.rstrip("。.")
    )
    return Inferred((Statement(f"{said}\n{source.quote}", (source,)),), assessment)


def _conditions(one: _Candidate, query: Query) -> Iterator[Statement]:
    """What governs and nobody has tested: the paper's own sentences, those first that share words with the message."""
    asked = fold(query.chinese)
    governing = [p for p in one.support.governing if isinstance(p.content, Requirement)]
    spans = dict.fromkeys(sentence_span(one.document.text, p) for p in governing)
    quotes = [(one.document.text[a:b], a, b) for a, b in spans if b - a <= _LONGEST]
    ranked = sorted(quotes, key=lambda q: -sum(n in asked for n in nouns_of(fold(q[0]))))[:_CONDITIONS]
    if not ranked:
        return
    by_span = {sentence_span(one.document.text, p): p for p in governing}
    sources = tuple(_source(one, by_span[a, b]) for _, a, b in ranked)
    text = "；".join(q.rstrip("。；;") for q, _, _ in ranked)
    yield Statement(say("inferred_conditions", query.language, conditions=text), sources)
