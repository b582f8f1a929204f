"""Answers that staff settled: `Question → pinned Answer` while they hold, else the pipeline as always.

A pin holds for the same question, without earlier turns or other facts, up to its last day, and only while every cited
paper has the version and the standing it was pinned with: a paper that changed or ended takes the pin out of use.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from assistant.knowledge import Snapshot
from assistant.models import Answer, AnswerEvent, Finished, Frozen, Progress, Question, TextDelta, Trace
from assistant.pipeline import Pipeline
from assistant.steps.looked_up import with_looks
from assistant.steps.understand import understand
from assistant.values import money_in, normalise, percents_in

MARK = re.compile(r"\[(\d{1,3})\]")


class Pin(Frozen):
    """A settled answer, its question, and the last day for which it is given."""

    question: str
    answer: Answer
    until: date


def faults_of(text: str, answer: Answer) -> list[str]:
    """Why a text may not be pinned with an answer's citations: marks without one, figures that nothing carries."""
    known = {c.number for c in answer.citations}
    marks = {int(n) for n in MARK.findall(text)}
    found = [f"[{n}] 没有对应的引用" for n in sorted(marks - known)]
    if not marks & known:
        found.append("至少要有一处引用，例如 [1]")
    kept = [c for c in answer.citations if c.number in marks]
    carried = [part for c in kept for part in (c.quote, c.title)]
    carried += [a.working for a in answer.assessments if a.working]
    values = {(v.kind, v.value) for part in carried for v in _figures(part)}
    normal = normalise(text)
    new = [normal[v.start : v.end] for v in _figures(text) if (v.kind, v.value) not in values]
    return found + [f"{figure} 在所引的文字里找不到" for figure in new]


def _figures(text: str) -> list[Any]:
    normal = normalise(text)
    return [*money_in(normal), *percents_in(normal)]


class PinnedPipeline(Pipeline):
    """The pipeline, with the settled answers before it."""

    def __init__(self, *parts: Any, pins: Callable[[], Sequence[Pin]], **named: Any) -> None:
        super().__init__(*parts, **named)
        self._pins = pins

    def events(self, question: Question) -> Iterator[AnswerEvent]:
        """As the pipeline does, or what was settled, which is kept in the journal like any answer."""
        snapshot = self._knowledge.snapshot()
        pin = self._pin_for(question, snapshot)
        if pin is None:
            yield from super().events(question)
            return
        yield Progress(phase="understand")
        asked = self.check(question)
        query = understand(asked, snapshot.names)
        settled = {
            "question_id": question.question_id or uuid.uuid4().hex,
            "conversation_id": question.conversation_id or uuid.uuid4().hex,
            "trace_id": uuid.uuid4().hex,
            "as_of": question.as_of,
        }
        answer = with_looks(pin.answer.model_copy(update=settled), query, snapshot, self._followed)
        yield TextDelta(text=answer.text, citations=answer.citations)
        trace = Trace(
            trace_id=answer.trace_id,
            query=query,
            support=1.0,
            passages=(),
            composer="pinned",
            generation=snapshot.generation,
        )
        self._journal.record(asked.text, answer, trace, asked.site)
        for told in self._observers:
            told(answer, trace)
        yield Finished(answer=answer, trace=trace)

    def _pin_for(self, question: Question, snapshot: Snapshot) -> Pin | None:
        if question.history or question.within or question.region:  # a site may be limited to others
            return None
        asked = _letters(question.text)
        for pin in self._pins():
            same = _letters(pin.question) == asked and question.language in (None, pin.answer.language)
            told = not question.facts or question.facts == pin.answer.facts
            if same and told and question.as_of <= pin.until and _holds(pin.answer, question.as_of, snapshot):
                return pin
        return None


def _letters(text: str) -> str:
    return re.sub(r"\W", "", normalise(text))


def _holds(answer: Answer, day: date, snapshot: Snapshot) -> bool:
    statuses = snapshot.statuses(day)
    return all(
        c.document_id in snapshot.heads
        and snapshot.heads[c.document_id][1] == c.version
        and statuses[c.document_id] == c.status
        for c in answer.citations
    )
