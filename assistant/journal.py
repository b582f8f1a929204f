"""The one door to the journal: every answer with its trace, and what users said of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant.journal_database import open_database, rests_of
from assistant.journal_tables import answers, cited, corrections, feedback, ratings
from assistant.masking import hide, masked, personal_in
from assistant.models import Answer, Frozen, Status, Trace

_DAY = timedelta(days=1)
_BATCH = 500


class Entry(Frozen):
    """One answer as staff see it in a list: what was asked, how it came out, what users said of it."""

    question_id: str
    conversation_id: str
    at: datetime
    question: str
    status: str
    answer: Answer
    trace: Trace
    up: int = 0
    down: int = 0
    comments: tuple[str, ...] = ()
    site: str | None = None


class Cited(Frozen):
    """A version of a paper, as it stood when answers rested on it, and how many did."""

    document_id: str
    version: int
    status: Status
    answers: int


class SqlJournal:
    """Answers, traces and feedback in a database of their own, without personal data; times are UTC.

    What is older than `days` goes: when it is opened, and once a day while it is used.
    """

    def __init__(self, where: Path | str, days: int | None = None) -> None:
        self._engine = open_database(where)
        self._days = days
        self._tidied: datetime | None = None
        self._tidy()

    def _tidy(self) -> None:
        now = _now()
        if self._days is not None and (self._tidied is None or now - self._tidied >= _DAY):
            self._tidied = now
            self.forget_before(now - timedelta(days=self._days))

    def record(self, question: str, answer: Answer, trace: Trace, site: str | None = None) -> None:
        """Keep an answer with its trace and its site, personal data masked."""
        self._tidy()
        query = trace.query
        # What an earlier turn said stands in the trace of the later one.
        personal = personal_in(
            "\n".join((question, query.text, query.search_text, query.topic, *query.context))
        )
        question, answer, trace = (
            hide(question, personal),
            _masked(answer, personal),
            _masked_trace(trace, personal),
        )
        row = {
            "question_id": answer.question_id,
            "conversation_id": answer.conversation_id,
            "at": _now(),
            "question": question,
            "status": answer.status,
            "answer": answer.model_dump_json(by_alias=True),
            "trace": trace.model_dump_json(),
            "site": site,
        }
        with self._engine.begin() as db:
            db.execute(sa.insert(answers).values(row))
            if rests := rests_of(answer):
                db.execute(sa.insert(cited), rests)

    def answer(self, question_id: str) -> Answer | None:
        """The stored answer, or None."""
        query = sa.select(answers.c.answer).where(answers.c.question_id == question_id)
        with self._engine.connect() as db:
            stored = db.scalar(query)
        return Answer.model_validate_json(stored, extra="ignore") if stored else None

    def question(self, question_id: str) -> str | None:
        """The question a stored answer replied to, or None."""
        query = sa.select(answers.c.question).where(answers.c.question_id == question_id)
        with self._engine.connect() as db:
            return db.scalar(query)

    def answered_at(self, question_id: str) -> datetime | None:
        """When an answer was given (UTC), or None."""
        query = sa.select(answers.c.at).where(answers.c.question_id == question_id)
        with self._engine.connect() as db:
            return db.scalar(query)

    def conversation(self, conversation_id: str, count: int) -> list[tuple[str, Answer]]:
        """The last questions of a conversation with their answers, oldest first."""
        query = (
            sa.select(answers.c.question, answers.c.answer)
            .where(answers.c.conversation_id == conversation_id)
            .order_by(answers.c.at.desc())
            .limit(count)
        )
        with self._engine.connect() as db:
            rows = db.execute(query).all()
        return [(asked, Answer.model_validate_json(answer, extra="ignore")) for asked, answer in rows[::-1]]

    def rate(self, question_id: str, rating: str, reason: str | None, comment: str | None) -> bool:
        """Keep a user's rating; False when there is no such answer."""
        if self.answer(question_id) is None:
            return False
        row = {
            "question_id": question_id,
            "at": _now(),
            "rating": rating,
            "reason": reason and masked(reason)[:200],
            "comment": comment and masked(comment),
        }
        with self._engine.begin() as db:
            db.execute(sa.insert(feedback).values(row))
        return True

    def entries(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 5000,
        outcome: str = "",
    ) -> list[Entry]:
        """Answers with what users said of them, newest first; `outcome` is how their status begins."""
        self._tidy()
        query = sa.select(answers).order_by(answers.c.at.desc()).limit(limit)
        if outcome:
            query = query.where(answers.c.status.startswith(outcome, autoescape=True))
        if since:
            query = query.where(answers.c.at >= since)
        if until:
            query = query.where(answers.c.at < until)
        return self._entries(query)

    def _entries(self, query: sa.Select[Any]) -> list[Entry]:
        with self._engine.connect() as db:
            rows = db.execute(query).mappings().all()
            ids = [row["question_id"] for row in rows]
            said = [
                mark
                for start in range(0, len(ids), _BATCH)
                for mark in db.execute(
                    sa.select(feedback).where(feedback.c.question_id.in_(ids[start : start + _BATCH]))
                ).mappings()
            ]
        marks: dict[str, list[sa.RowMapping]] = {}
        for mark in said:
            marks.setdefault(mark["question_id"], []).append(mark)
        return [_entry(row, marks.get(row["question_id"], [])) for row in rows]

    def count(self, since: datetime, outcome: str = "") -> int:
        """How many answers there are since a moment; `outcome` is how their status begins."""
        query = sa.select(sa.func.count()).where(answers.c.at >= since)
        if outcome:
            query = query.where(answers.c.status.startswith(outcome, autoescape=True))
        with self._engine.connect() as db:
            return db.scalar(query) or 0

    def cited(self, since: datetime) -> list[Cited]:
        """What the answers since a moment rest on."""
        told = (cited.c.document_id, cited.c.version, cited.c.status)
        query = sa.select(*told, sa.func.count().label("answers")).join_from(
            cited, answers, cited.c.question_id == answers.c.question_id
        )
        with self._engine.connect() as db:
            rows = db.execute(query.where(answers.c.at >= since).group_by(*told)).mappings().all()
        return [Cited.model_validate(dict(row)) for row in rows]

    def resting_on(self, papers: Sequence[Cited], since: datetime, limit: int) -> tuple[list[Entry], int]:
        """The newest answers since a moment that rest on any of these, and how many there are."""
        if not papers:
            return [], 0
        told = sa.tuple_(cited.c.document_id, cited.c.version, cited.c.status)
        wanted = [(p.document_id, p.version, p.status.value) for p in papers]
        ids = sa.select(cited.c.question_id).where(told.in_(wanted))
        chosen = sa.and_(answers.c.at >= since, answers.c.question_id.in_(ids))
        with self._engine.connect() as db:
            total = db.scalar(sa.select(sa.func.count()).select_from(answers).where(chosen)) or 0
        newest = sa.select(answers).where(chosen).order_by(answers.c.at.desc()).limit(limit)
        return self._entries(newest), total

    def entry(self, question_id: str) -> Entry | None:
        """One answer with its trace and what users said of it, or None."""
        with self._engine.connect() as db:
            row = (
                db.execute(sa.select(answers).where(answers.c.question_id == question_id)).mappings().first()
            )
            said = (
                db.execute(sa.select(feedback).where(feedback.c.question_id == question_id)).mappings().all()
            )
        return _entry(row, said) if row else None

    def pins(self) -> list[str]:
        """The settled answers, newest first, as they were kept."""
        query = (
            sa.select(corrections.c.content)
            .where(corrections.c.kind == "pin")
            .order_by(corrections.c.id.desc())
        )
        with self._engine.connect() as db:
            return list(db.scalars(query))

    def erase(self, conversation_id: str) -> int:
        """Erase a conversation with all that was said of it; how many answers that were."""
        return self._erase(answers.c.conversation_id == conversation_id)

    def forget(self, question_ids: Sequence[str]) -> int:
        """Erase these answers with all that was said of them; how many there were."""
        return self._erase(answers.c.question_id.in_(question_ids))

    def forget_before(self, moment: datetime) -> int:
        """Erase what is older; how many answers that were."""
        return self._erase(answers.c.at < moment)

    def _erase(self, which: sa.ColumnElement[bool]) -> int:
        ids = sa.select(answers.c.question_id).where(which)
        with self._engine.begin() as db:
            for table in (cited, feedback, ratings, corrections):
                db.execute(sa.delete(table).where(table.c.question_id.in_(ids)))
            return int(db.execute(sa.delete(answers).where(which)).rowcount)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


class NoJournal:
    """Keeps nothing: for replays and the evaluation, whose questions are nobody's."""

    def record(self, question: str, answer: Answer, trace: Trace, site: str | None = None) -> None:
        """Let it go."""

    def answer(self, question_id: str) -> Answer | None:
        """Nothing is kept."""
        return None


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _entry(row: sa.RowMapping, said: Sequence[sa.RowMapping]) -> Entry:
    return Entry(
        **{k: row[k] for k in ("question_id", "conversation_id", "at", "question", "status", "site")},
        answer=Answer.model_validate_json(row["answer"], extra="ignore"),
        trace=Trace.model_validate_json(row["trace"], extra="ignore"),
        up=sum(m["rating"] == "up" for m in said),
        down=sum(m["rating"] == "down" for m in said),
        comments=tuple(" ".join(filter(None, (m["reason"], m["comment"]))) for m in said),
    )


Personal = list[tuple[str, str]]


def _masked(answer: Answer, personal: Personal) -> Answer:
    """Quotes stay as they are: they are the papers'."""
    if not personal:
        return answer
    facts = {key: hide(value, personal) for key, value in answer.facts.items()}
    return answer.model_copy(update={"text": hide(answer.text, personal), "facts": facts})


def _masked_trace(trace: Trace, personal: Personal) -> Trace:
    return Trace.model_validate_json(hide(trace.model_dump_json(), personal)) if personal else trace
