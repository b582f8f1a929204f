"""The one door to what staff leave behind: users, sessions, ratings, corrections, and the audit log."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import Field

from assistant.errors import InputError
from assistant.journal_database import open_database
from assistant.journal_tables import audit, corrections, ratings, sessions, users
from assistant.models import Frozen

Role = Literal["reader", "editor", "admin"]
ROLES: tuple[Role, ...] = ("reader", "editor", "admin")
"""Each may do what the one before may: look; rate, correct and change the knowledge base; see the audit log."""
Fix = Literal["case", "document", "programme", "pin"]
_SHORTEST = 10
_TRIES, _TRIES_IN = 5, timedelta(minutes=5)
# A session ends after this long however busy it is.
_LONGEST = timedelta(days=7)


class User(Frozen):
    """A member of the staff."""

    name: str
    role: Role

    def may(self, role: Role) -> bool:
        """Whether this user has at least a role."""
        return ROLES.index(self.role) >= ROLES.index(role)


class Rating(Frozen):
    """What one member of the staff thinks of an answer, each from 1 to 5."""

    question_id: str
    rater: str
    facts: int = Field(ge=1, le=5)
    citations: int = Field(ge=1, le=5)
    completeness: int = Field(ge=1, le=5)
    wording: int = Field(ge=1, le=5)
    note: str = ""


class Correction(Frozen):
    """What is to become of an answer: a case of the evaluation, or a note on what to mend."""

    id: int
    question_id: str
    kind: Fix
    content: dict[str, Any]
    by: str
    at: datetime


class Done(Frozen):
    """A line of the audit log."""

    at: datetime
    who: str
    action: str
    target: str
    detail: str


class StaffStore:
    """Users with hashed passwords, their sessions, and what they did; times are UTC."""

    def __init__(self, where: Path | str, hours: float) -> None:
        self._engine = open_database(where)
        self._idle = timedelta(hours=hours)
        self._hasher = PasswordHasher()

    # -------------------------------------------------------------- users

    def add_user(self, name: str, role: str, password: str) -> None:
        """Add a user, or give one a new role and password, which ends their sessions."""
        name = name.strip()
        if not name or len(name) > 64:
            raise InputError("用户名须是 1 到 64 个字：请换一个。")
        if role not in ROLES:
            raise InputError(f"没有 {role} 这个角色：请用 reader、editor 或 admin。")
        if len(password) < _SHORTEST:
            raise InputError(f"密码太短：请至少用 {_SHORTEST} 个字符。")
        row = {"name": name, "role": role, "password": self._hasher.hash(password), "created": _now()}
        with self._engine.begin() as db:
            db.execute(sa.delete(users).where(users.c.name == name))
            db.execute(sa.insert(users).values(row))
            db.execute(sa.delete(sessions).where(sessions.c.name == name))

    def remove_user(self, name: str) -> bool:
        """Remove a user and end their sessions; False when there is none of that name."""
        with self._engine.begin() as db:
            db.execute(sa.delete(sessions).where(sessions.c.name == name))
            return bool(db.execute(sa.delete(users).where(users.c.name == name)).rowcount)

    def users(self) -> list[User]:
        """Everyone, by name."""
        with self._engine.connect() as db:
            rows = db.execute(sa.select(users).order_by(users.c.name)).mappings().all()
        return [User(name=row["name"], role=row["role"]) for row in rows]

    # -------------------------------------------------------------- sessions

    def log_in(self, name: str, password: str) -> str | None:
        """A new session's secret, or None where name or password are wrong or were too often."""
        if self._tried_too_often(name):
            return None
        with self._engine.connect() as db:
            kept = db.scalar(sa.select(users.c.password).where(users.c.name == name))
        if not self._matches(kept, password):
            self.note(name[:64] or "–", "login failed")
            return None
        secret = secrets.token_urlsafe(32)
        row = {"digest": _digest(secret), "name": name, "seen": _now(), "created": _now()}
        with self._engine.begin() as db:
            db.execute(sa.insert(sessions).values(row))
        self.note(name, "login")
        return secret

    @cached_property
    def _nobody(self) -> str:
        """What is checked when there is no such user, so that both take as long."""
        return self._hasher.hash(secrets.token_hex(8))

    def _matches(self, kept: str | None, password: str) -> bool:
        try:
            return self._hasher.verify(kept or self._nobody, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    def _tried_too_often(self, name: str) -> bool:
        query = sa.select(sa.func.count()).where(
            audit.c.who == (name[:64] or "–"),
            audit.c.action == "login failed",
            audit.c.at > _now() - _TRIES_IN,
        )
        with self._engine.connect() as db:
            return (db.scalar(query) or 0) >= _TRIES

    def user_of(self, secret: str | None) -> User | None:
        """Whose session it is; None where it ended. Using it keeps it alive."""
        if not secret:
            return None
        now, mine = _now(), sessions.c.digest == _digest(secret)
        query = (
            sa.select(users.c.name, users.c.role, sessions.c.seen, sessions.c.created)
            .join(users, users.c.name == sessions.c.name)
            .where(mine)
        )
        with self._engine.connect() as db:
            row = db.execute(query).mappings().first()
        if row is None:
            return None
        if now - row["seen"] > self._idle or now - row["created"] > _LONGEST:
            self.log_out(secret)
            return None
        if now - row["seen"] > timedelta(minutes=1):
            with self._engine.begin() as db:
                db.execute(sa.update(sessions).where(mine).values(seen=now))
        return User(name=row["name"], role=row["role"])

    def log_out(self, secret: str) -> None:
        """End a session."""
        with self._engine.begin() as db:
            db.execute(sa.delete(sessions).where(sessions.c.digest == _digest(secret)))

    # -------------------------------------------------------------- what they did

    def note(self, who: str, action: str, target: str = "", detail: str = "") -> None:
        """Write a line in the audit log."""
        row = {"at": _now(), "who": who, "action": action, "target": target[:200], "detail": detail}
        with self._engine.begin() as db:
            db.execute(sa.insert(audit).values(row))

    def log(self, limit: int = 500) -> list[Done]:
        """The audit log, newest first."""
        query = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
        with self._engine.connect() as db:
            rows = db.execute(query).mappings().all()
        return [Done(**{k: row[k] for k in Done.model_fields}) for row in rows]

    def rate(self, rating: Rating) -> None:
        """Keep a rating; a second one by the same person takes the place of the first."""
        row = rating.model_dump() | {"at": _now()}
        mine = (ratings.c.question_id == rating.question_id) & (ratings.c.rater == rating.rater)
        with self._engine.begin() as db:
            db.execute(sa.delete(ratings).where(mine))
            db.execute(sa.insert(ratings).values(row))

    def ratings(self, question_id: str | None = None) -> list[Rating]:
        """The ratings of an answer, or all."""
        query = sa.select(ratings).order_by(ratings.c.at)
        if question_id is not None:
            query = query.where(ratings.c.question_id == question_id)
        with self._engine.connect() as db:
            rows = db.execute(query).mappings().all()
        return [Rating(**{k: row[k] for k in Rating.model_fields}) for row in rows]

    def correct(self, question_id: str, kind: Fix, content: Mapping[str, Any], by: str) -> int:
        """Keep a correction; gives its number."""
        text = json.dumps(dict(content), ensure_ascii=False)
        row = {"question_id": question_id, "kind": kind, "content": text, "by": by, "at": _now()}
        with self._engine.begin() as db:
            key = db.execute(sa.insert(corrections).values(row)).inserted_primary_key
            return int(key[0]) if key else 0

    def unpin(self, question_id: str) -> int:
        """Take back what was settled for an answer; how many pins that were."""
        mine = (corrections.c.question_id == question_id) & (corrections.c.kind == "pin")
        with self._engine.begin() as db:
            return int(db.execute(sa.delete(corrections).where(mine)).rowcount)

    def corrections(self, kind: Fix | None = None) -> list[Correction]:
        """The corrections, oldest first."""
        query = sa.select(corrections).order_by(corrections.c.id)
        if kind is not None:
            query = query.where(corrections.c.kind == kind)
        with self._engine.connect() as db:
            rows = db.execute(query).mappings().all()
        names = ("id", "question_id", "kind", "by", "at")
        return [Correction(**{k: r[k] for k in names}, content=json.loads(r["content"])) for r in rows]

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def agreement(rated: list[Rating]) -> dict[str, tuple[int, float, float | None]]:
    """For each part of the rubric: pairs rated by two people, the share within one point, and weighted kappa.

    Quadratic weights (Cohen 1968); None where the ratings do not vary or there are no pairs.
    """
    by_answer: dict[str, list[Rating]] = {}
    for one in rated:
        by_answer.setdefault(one.question_id, []).append(one)
    pairs = [(r[0], r[1]) for r in by_answer.values() if len(r) > 1]
    found = {}
    for part in ("facts", "citations", "completeness", "wording"):
        values = [(int(getattr(a, part)), int(getattr(b, part))) for a, b in pairs]
        near = sum(abs(a - b) <= 1 for a, b in values) / len(values) if values else 0.0
        found[part] = (len(values), near, weighted_kappa(values))
    return found


def weighted_kappa(values: list[tuple[int, int]]) -> float | None:
    """One less the ratio of the squared disagreement seen to that of chance."""
    if not values:
        return None
    seen = sum((a - b) ** 2 for a, b in values) / len(values)
    chance = sum((a - b) ** 2 for a, _ in values for _, b in values) / len(values) ** 2
    return None if chance == 0 else 1 - seen / chance


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
