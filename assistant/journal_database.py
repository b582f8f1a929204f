"""Opens the journal's database, makes its tables, and takes over what an older version kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant.errors import SettingsError
from assistant.journal_tables import answers, cited, metadata
from assistant.models import Answer

_BATCH = 500
_STARTS_TOGETHER = 20
_MADE_ALREADY = ("already exists", "duplicate column", "duplicate key", "UNIQUE constraint")


def open_database(where: Path | str) -> sa.Engine:
    """A database by its SQLAlchemy address, or a SQLite file; its tables are made where they are missing."""
    if isinstance(where, Path):
        where.parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(f"sqlite:///{where}", connect_args={"timeout": 30})
    else:
        try:
            engine = sa.create_engine(where, pool_pre_ping=True)
        except (sa.exc.ArgumentError, ImportError) as error:
            raise SettingsError(
                "WENCE_JOURNAL_URL 不可用：请写成 postgresql+psycopg://用户:密码@主机/库名 的样子，并安装相应的驱动。"
            ) from error
    try:
        _make_tables(engine)
    except sa.exc.OperationalError as error:
        raise SettingsError("记录库连不上：请检查 WENCE_JOURNAL_URL 和数据库是否在运行。") from error
    return engine


def _make_tables(engine: sa.Engine) -> None:
    """Make what is missing; another process that starts at the same moment may be making it too."""
    for attempt in range(_STARTS_TOGETHER):
        try:
            metadata.create_all(engine)
            _add_columns(engine)
            _add_cited(engine)
            return
        except (sa.exc.OperationalError, sa.exc.ProgrammingError, sa.exc.IntegrityError) as error:
            # PostgreSQL says of a table made twice at once that its type exists in its catalogue: "duplicate key".
            if not any(said in str(error) for said in _MADE_ALREADY) or attempt == _STARTS_TOGETHER - 1:
                raise


def _add_columns(engine: sa.Engine) -> None:
    """Add to a journal of an older version the columns it lacks; they are empty in what is kept already."""
    known = sa.inspect(engine)
    for table in metadata.sorted_tables:
        present = {column["name"] for column in known.get_columns(table.name)}
        for column in table.columns:
            if column.name not in present:
                name = engine.dialect.identifier_preparer.format_column(column)
                kind = column.type.compile(engine.dialect)
                with engine.begin() as db:
                    db.execute(sa.text(f"ALTER TABLE {table.name} ADD COLUMN {name} {kind}"))


def _add_cited(engine: sa.Engine) -> None:
    """Tell of the answers in a journal of an older version what they rest on."""
    untold = sa.select(answers.c.answer).where(answers.c.answer.contains('"document_id"'))
    with engine.begin() as db:
        if db.scalar(sa.select(cited.c.question_id).limit(1)) is not None:
            return
        with db.execute(untold.execution_options(yield_per=_BATCH)) as found:
            for kept in found.scalars().partitions():
                old = (Answer.model_validate_json(text, extra="ignore") for text in kept)
                if rests := [row for answer in old for row in rests_of(answer)]:
                    db.execute(sa.insert(cited), rests)


def rests_of(answer: Answer) -> list[dict[str, Any]]:
    """What an answer rests on, each version of a paper once."""
    found = {(c.document_id, c.version): c.status.value for c in answer.citations}
    return [
        {"question_id": answer.question_id, "document_id": id, "version": version, "status": status}
        for (id, version), status in found.items()
    ]
