"""The tables of the journal's database: what was asked and answered, what was said of it, and who on the staff did what."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


class String(sa.TypeDecorator[str]):
    """Text of a bounded length without the character NUL, which PostgreSQL does not take."""

    impl, cache_ok = sa.String, True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> Any:
        """The text as it is kept or looked for."""
        return value and value.replace("\0", "")


class Text(String):
    """Text of any length, without NUL likewise."""

    impl, cache_ok = sa.Text, True


metadata = sa.MetaData()

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("question_id", String(64), primary_key=True),
    sa.Column("conversation_id", String(64), nullable=False, index=True),
    sa.Column("at", sa.DateTime, nullable=False, index=True),
    sa.Column("question", Text(), nullable=False),
    sa.Column("status", String(64), nullable=False),
    sa.Column("answer", Text(), nullable=False),
    sa.Column("trace", Text(), nullable=False),
    # A column that came later may be empty: in older journals it is added.
    sa.Column("site", String(64)),
)
# Which version of which paper an answer rests on, and how it stood then: what a change of it means is looked up here.
cited = sa.Table(
    "cited",
    metadata,
    sa.Column("question_id", String(64), primary_key=True),
    sa.Column("document_id", String(200), primary_key=True, index=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("status", String(16), nullable=False),
)
feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("question_id", String(64), nullable=False, index=True),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("rating", String(16), nullable=False),
    sa.Column("reason", String(200)),
    sa.Column("comment", Text()),
)
ratings = sa.Table(
    "ratings",
    metadata,
    sa.Column("question_id", String(64), primary_key=True),
    sa.Column("rater", String(64), primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("facts", sa.Integer, nullable=False),
    sa.Column("citations", sa.Integer, nullable=False),
    sa.Column("completeness", sa.Integer, nullable=False),
    sa.Column("wording", sa.Integer, nullable=False),
    sa.Column("note", Text(), nullable=False, default=""),
)
corrections = sa.Table(
    "corrections",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("question_id", String(64), nullable=False, index=True),
    sa.Column("kind", String(16), nullable=False),
    sa.Column("content", Text(), nullable=False),
    sa.Column("by", String(64), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
)
users = sa.Table(
    "users",
    metadata,
    sa.Column("name", String(64), primary_key=True),
    sa.Column("role", String(16), nullable=False),
    sa.Column("password", Text(), nullable=False),
    sa.Column("created", sa.DateTime, nullable=False),
)
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", String(64), primary_key=True),
    sa.Column("name", String(64), nullable=False, index=True),
    sa.Column("seen", sa.DateTime, nullable=False),
    sa.Column("created", sa.DateTime, nullable=False),
)
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.DateTime, nullable=False, index=True),
    sa.Column("who", String(64), nullable=False),
    sa.Column("action", String(64), nullable=False),
    sa.Column("target", String(200), nullable=False, default=""),
    sa.Column("detail", Text(), nullable=False, default=""),
)
