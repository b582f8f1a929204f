"""The one door to the journal: every answer with its trace, and what users said of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from assistant.models import Answer, Trace

_metadata = sa.MetaData()
_answers = sa.Table(
    "answers",
    _metadata,
    sa.Column("question_id", sa.String, primary_key=True),
    sa.Column("conversation_id", sa.String, nullable=False, index=True),
    sa.Column("at", sa.DateTime, nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("trace", sa.Text, nullable=False),
)
_feedback = sa.Table(
    "feedback",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("question_id", sa.String, nullable=False, index=True),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("rating", sa.String, nullable=False),
    sa.Column("reason", sa.String),
    sa.Column("comment", sa.Text),
)


class SqlJournal:
    """Answers, traces and feedback in a database of their own; times are UTC."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        _metadata.create_all(self._engine)

    def record(self, question: str, answer: Answer, trace: Trace) -> None:
        """Keep an answer with its trace."""
        row = {
            "question_id": answer.question_id,
            "conversation_id": answer.conversation_id,
            "at": datetime.now(UTC).replace(tzinfo=None),
            "question": question,
            "status": answer.status,
            "answer": answer.model_dump_json(by_alias=True),
            "trace": trace.model_dump_json(),
        }
        with self._engine.begin() as db:
            db.execute(sa.insert(_answers).values(row))

    def answer(self, question_id: str) -> Answer | None:
        """The stored answer, or None."""
        query = sa.select(_answers.c.answer).where(_answers.c.question_id == question_id)
        with self._engine.connect() as db:
            stored = db.scalar(query)
        return Answer.model_validate_json(stored, extra="ignore") if stored else None

    def question(self, question_id: str) -> str | None:
        """The question a stored answer replied to, or None."""
        query = sa.select(_answers.c.question).where(_answers.c.question_id == question_id)
        with self._engine.connect() as db:
            return db.scalar(query)

    def rate(self, question_id: str, rating: str, reason: str | None, comment: str | None) -> bool:
        """Keep a user's rating; False when there is no such answer."""
        if self.answer(question_id) is None:
            return False
        row = {
            "question_id": question_id,
            "at": datetime.now(UTC).replace(tzinfo=None),
            "rating": rating,
            "reason": reason,
            "comment": comment,
        }
        with self._engine.begin() as db:
            db.execute(sa.insert(_feedback).values(row))
        return True

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()
