"""Cases drafted by rule, for a person to accept: from the programmes (`programme → Cases`) and from the journal.

From a programme: the sum at its cap, a little below and above; each threshold missed by one; the wrong kind of
applicant; a window that has closed; a figure of the draft that the final paper changed, as a false premise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import ROUND_CEILING, Decimal

from assistant.journal import Entry
from assistant.knowledge import Snapshot
from assistant.programmes.schema import Condition, Programme, Revision
from assistant.values import money_in, normalise, percents_in
from eval.cases import Case

_WAN = Decimal(10000)
_PERSON = "个人"
_TO_CHECK = "按规则起草，请人核对"


def from_programmes(snapshot: Snapshot, as_of: date) -> list[Case]:
    """The drafts of every programme that holds on a day, and of every draft paper."""
    book = snapshot.rulebook
    found: list[Case] = []
    for programme in book.programmes.values():
        revision = programme.revision_on(as_of)
        if revision and not programme.draft:
            found += _at_the_cap(programme, revision, snapshot)
            found += _just_missed(programme, revision, snapshot)
            found += _wrong_applicant(programme, revision)
            found += _closed(programme, revision, as_of)
    return [*found, *_draft_figures(snapshot)]


def _sources(snapshot: Snapshot, revision: Revision, name: str) -> tuple[str, ...]:
    document = snapshot.heads.get(revision.sources[name].document_id)
    return (document[0].title,) if document else ()


def _at_the_cap(programme: Programme, revision: Revision, snapshot: Snapshot) -> Iterator[Case]:
    if len(revision.benefits) != 1 or revision.stacking:
        return  # what several benefits or limits come to together is not worked out here
    for benefit in revision.benefits:
        if not (benefit.basis and benefit.rate and benefit.cap) or benefit.tiers or benefit.cap.usual:
            continue
        definition = snapshot.rulebook.facts[benefit.basis]
        reached = (benefit.cap.amount / benefit.rate / _WAN).to_integral_value(ROUND_CEILING)
        for place, wan in (("below", reached - 1), ("at", reached), ("above", reached + 1)):
            result = min(wan * _WAN * benefit.rate, benefit.cap.amount)
            yield Case(
                id=f"G-{programme.id}-{benefit.id}-{place}",
                kind="calculation",
                question=f"{programme.title}：{definition.zh}{wan:f}万元，最多能拿多少？",
                facts={benefit.basis: f"{wan * _WAN:f}"},
                programme=programme.id,
                expected_amount=result,
                expected_facts=(_yuan(result),),
                expected_sources=_sources(snapshot, revision, benefit.source),
                note=_TO_CHECK,
            )


def _yuan(amount: Decimal) -> str:
    return f"{(amount / _WAN).normalize():f}万元"


def _just_missed(programme: Programme, revision: Revision, snapshot: Snapshot) -> Iterator[Case]:
    """One below (or above) each threshold: whatever else holds, the verdict is no."""
    for condition in revision.conditions:
        missed = _missed_by_one(condition)
        definition = snapshot.rulebook.facts.get(condition.fact or "")
        if missed is None or definition is None or definition.type not in ("money", "number"):
            continue
        yield Case(
            id=f"G-{programme.id}-{condition.id}-missed",
            kind="eligibility",
            question=f"{definition.zh}是{missed:f}{definition.unit or '元'}，能申请{programme.title}吗？",
            facts={str(condition.fact): f"{missed:f}"},
            programme=programme.id,
            expected_verdict="unmet",
            expected_facts=("不能|不可以|不符合|不满足|未达到|达不到|没有达到|不足",),
            expected_sources=_sources(snapshot, revision, str(condition.source)),
            note=_TO_CHECK,
        )


def _missed_by_one(condition: Condition) -> Decimal | None:
    if not isinstance(condition.value, str) or not condition.value.replace(".", "", 1).isdecimal():
        return None
    value = Decimal(condition.value)
    return {
        "at_least": value - 1,
        "more_than": value,
        "at_most": value + 1,
        "less_than": value,
    }.get(condition.op)


def _wrong_applicant(programme: Programme, revision: Revision) -> Iterator[Case]:
    for condition in revision.conditions:
        allowed = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        if condition.fact == "entity_type" and condition.op in ("is", "in") and _PERSON not in allowed:
            yield Case(
                id=f"G-{programme.id}-{condition.id}-person",
                kind="eligibility",
                question=f"我是个人，不是企业，能申请{programme.title}吗？",
                facts={"entity_type": _PERSON},
                programme=programme.id,
                expected_verdict="unmet",
                expected_facts=("不能|不可以|不符合|不满足|不在|没有列入",),
                note=_TO_CHECK,
            )


def _closed(programme: Programme, revision: Revision, as_of: date) -> Iterator[Case]:
    past = [w for w in revision.windows if w.closes and w.closes < as_of]
    if past and len(past) == len(revision.windows):
        last = max(past, key=lambda w: w.closes or date.min)
        yield Case(
            id=f"G-{programme.id}-window",
            kind="time_sensitive",
            question=f"{programme.title}现在还能申请吗？",
            as_of=as_of,
            expected_facts=(f"{last.closes}", "截止|已过|结束"),
            note=_TO_CHECK,
        )


def _draft_figures(snapshot: Snapshot) -> Iterator[Case]:
    """A figure that stands in a draft and not in its final paper, put as if it held."""
    for link in snapshot.links:
        draft, final = snapshot.document(link.document_id), snapshot.document(link.other_id)
        if link.relation != "draft_of" or draft is None or final is None:
            continue
        for figure in sorted(_figures(draft.text) - _figures(final.text))[:2]:
            yield Case(
                id=f"G-{link.other_id}-draft-{figure}",
                kind="false_premise",
                question=f"听说《{final.head.title}》里有一项最高{figure}，对吗？",
                expected_facts=(),
                forbidden_facts=(figure,),
                expected_sources=(final.head.title,),
                note=f"{_TO_CHECK}；{figure}只见于征求意见稿，请补上正式稿的数字",
            )


def _figures(text: str) -> set[str]:
    normal = normalise(text)
    return {normal[v.start : v.end].strip() for v in (*money_in(normal), *percents_in(normal))}


def from_journal(entries: Iterable[Entry]) -> list[Case]:
    """What people asked and was declined or found unhelpful: the question, with the gold left for a person to fill in."""
    found = []
    for entry in entries:
        if entry.down or entry.status.startswith("unanswerable"):
            found.append(
                Case(
                    id=f"J-{entry.question_id[:8]}",
                    kind="asked",
                    question=entry.question,
                    as_of=entry.answer.as_of,
                    facts=entry.answer.facts,
                    answerable=not entry.status.startswith("unanswerable"),
                    note=f"当时：{entry.status}；请填标准答案",
                )
            )
    return found
