"""`Account, citations → Answer, Trace`: all that a question came to, in the shapes that others hold on to."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from assistant.knowledge import Snapshot
from assistant.models import (
    Answer,
    AnswerStatus,
    Check,
    Citation,
    Passages,
    PassageTrace,
    Query,
    Question,
    Trace,
)
from assistant.phrases import notices
from assistant.programmes.present import to_assessment
from assistant.programmes.schema import Source
from assistant.programmes.stacking import total_of, with_room_left
from assistant.steps.aid import Aid
from assistant.steps.judge import Judged
from assistant.steps.screen import Screened
from assistant.steps.state import left_over


@dataclass
class Account:
    """What the trace tells, gathered along the way."""

    timings: dict[str, float] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    composer: str = "none"
    prompts: dict[str, str] = field(default_factory=dict)
    judged: Judged = field(default_factory=Judged)
    screened: Screened = field(default_factory=Screened)
    status: AnswerStatus | None = None
    aid: Aid | None = None

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.timings[step] = round((time.perf_counter() - started) * 1000, 2)


def to_answer(
    question: Question,
    query: Query,
    snapshot: Snapshot,
    text: str,
    citations: list[Citation],
    account: Account,
) -> Answer:
    judged = account.judged
    numbers = {(c.document_id, c.quote): c.number for c in citations}
    definitions = snapshot.rulebook.facts

    def cite(source: Source) -> int | None:
        return numbers.get((source.document_id, source.quote))

    assessments = []
    for verdict in judged.verdicts:
        assessment = to_assessment(verdict, definitions, query.language, cite)
        assessments.append(with_room_left(assessment, left_over(query, verdict, judged)))
    if total := total_of(judged.verdicts, judged.told.values, query.language):
        assessments += filter(None, [total[1]])
    if judged.inferred:
        assessments.append(judged.inferred.assessment)
    asks = [missing.ask for a in assessments for missing in a.missing_facts[:1]]
    status: AnswerStatus = account.status or ("answered" if citations else "unanswerable_no_support")
    heads = {id: head for id, (head, _) in snapshot.heads.items()}
    return Answer(
        question_id=question.question_id or uuid.uuid4().hex,
        conversation_id=question.conversation_id or uuid.uuid4().hex,
        status="clarification" if judged.problems and not citations and account.status is None else status,
        language=query.language,
        as_of=query.as_of,
        text=text,
        citations=tuple(citations),
        facts={k: v for k, v in judged.facts.items() if not (k in judged.problems and k in definitions)},
        assessments=tuple(assessments) if status == "answered" else (),
        follow_ups=tuple(dict.fromkeys([*judged.problems.values(), *asks]))[:3],
        notices=notices(citations, heads, query.as_of, query.language, bool(query.regions)),
        trace_id=uuid.uuid4().hex,
    )


def to_trace(answer: Answer, query: Query, passages: Passages, snapshot: Snapshot, account: Account) -> Trace:
    found = [(p, True) for p in passages.kept] + [(p, False) for p in passages.rejected]
    return Trace(
        trace_id=answer.trace_id,
        query=query,
        support=passages.support,
        signs=passages.signs,
        passages=tuple(
            PassageTrace(
                chunk_id=p.chunk.id,
                title=p.head.title,
                article=p.chunk.article,
                score=p.score,
                dense=p.dense,
                lexical=p.lexical,
                kept=kept,
            )
            for p, kept in found
        ),
        composer=account.composer,
        prompts=account.prompts,
        checks=tuple(account.checks),
        timings=account.timings,
        usage=account.aid.budget.usage if account.aid else None,
        generation=snapshot.generation,
    )
