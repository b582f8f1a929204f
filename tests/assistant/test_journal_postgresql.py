"""The journal and the staff's store in a real PostgreSQL server, started for these tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from assistant.clock import FixedClock
from assistant.errors import SettingsError
from assistant.journal import SqlJournal
from assistant.journal_tables import answers
from assistant.staff_store import Rating, StaffStore
from assistant.wiring import Application
from tests.assistant.test_journal import _made, check_what_answers_rest_on
from tests.conftest import INITDB, TODAY, free_port, served

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a throw-away server; PostgreSQL does not run as root, so it runs as nobody where we are root."""
    folder = Path(tempfile.mkdtemp(prefix="wence-pg-"))
    port, programs = free_port(), Path(str(INITDB)).resolve().parent
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def run(program: str, *options: str) -> None:
        subprocess.run(
            [str(programs / program), "-D", str(folder / "data"), *options],
            check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=60, user=user,
        )  # fmt: skip

    run("initdb", "-U", "wence", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    listen = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
    run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", listen, "start")
    yield f"postgresql+psycopg://wence@127.0.0.1:{port}"
    run("pg_ctl", "-w", "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.fixture
def database(server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database."""
    name = request.node.name
    admin = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as db:
        db.execute(sa.text(f'CREATE DATABASE "{name[:60]}"'))
    admin.dispose()
    yield f"{server}/{name[:60]}"


def test_many_start_at_once_also_on_an_older_journal(database: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda _: SqlJournal(database), range(8)))
    together[0].record("老问题", *_made("老答案"))
    with together[0]._engine.begin() as db:
        db.execute(sa.text("ALTER TABLE answers DROP COLUMN site"))
    for journal in together:
        journal.close()
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda _: SqlJournal(database), range(8)))
    together[1].record("新问题", *_made("新答案", "q2"), site="s")
    assert [(e.question, e.site) for e in together[2].entries()] == [("新问题", "s"), ("老问题", None)]
    for journal in together:
        journal.close()


def test_what_is_kept_is_found_exported_forgotten_and_erased(database: str) -> None:
    journal = SqlJournal(database, days=30)
    for id, conversation in (("q1", "c1"), ("q2", "c1"), ("q3", "c2"), ("old", "c3")):
        journal.record("手机13800138000", *_made("最高2000万元", id, conversation))
    assert journal.rate("q1", "down", "不对", "😀") and not journal.rate("nowhere", "up", None, None)
    entry = journal.entry("q1")
    assert entry and entry.question == "手机【电话】" and entry.comments == ("不对 😀",)
    assert [a.question_id for _, a in journal.conversation("c1", 5)] == ["q1", "q2"]
    with journal._engine.begin() as db:
        long_ago = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=31)
        db.execute(sa.update(answers).where(answers.c.question_id == "old").values(at=long_ago))
    journal.close()
    journal = SqlJournal(database, days=30)
    assert {e.question_id for e in journal.entries()} == {"q1", "q2", "q3"}
    assert journal.erase("c1") == 2 and journal.forget(["q3"]) == 1 and journal.entries() == []
    journal.close()


def test_what_answers_rest_on(database: str) -> None:
    check_what_answers_rest_on(database)


def test_staff_sessions_ratings_corrections_and_log(database: str) -> None:
    store = StaffStore(database, hours=1)
    store.add_user("编辑甲", "editor", "long enough 1")
    secret = store.log_in("编辑甲", "long enough 1")
    user = store.user_of(secret)
    assert user and user.may("editor") and store.log_in("编辑甲", "wrong") is None
    for facts in (2, 4):
        store.rate(Rating(question_id="q", rater="甲", facts=facts, citations=1, completeness=1, wording=1))
    assert [r.facts for r in store.ratings("q")] == [4]
    first, second = (store.correct("q", kind, {"text": "三十"}, "甲") for kind in ("case", "pin"))
    assert second == first + 1 and [c.content for c in store.corrections("case")] == [{"text": "三十"}]
    assert store.unpin("q") == 1 and {"login", "login failed"} <= {d.action for d in store.log()}
    store.close()


def test_a_served_wence_keeps_its_answers_there(database: str, wence: Application) -> None:
    settings = wence.settings.model_copy(update={"journal_url": SecretStr(database)})
    application = Application(settings, FixedClock(TODAY))
    for part in ("catalog", "encoder", "knowledge"):
        application.__dict__[part] = getattr(wence, part)
    with served(application) as address:
        said = httpx.post(
            f"{address}/api/ask", json={"question": "训力券\x00最高能拿多少？"}, timeout=60
        ).json()
        stored = httpx.get(f"{address}/api/answers/{said['question_id']}", timeout=60).json()
        assert stored["text"] == said["text"] and "万元" in said["text"]
        mark = {"question_id": said["question_id"], "rating": "down", "comment": "不\x00对"}
        assert httpx.post(f"{address}/api/feedback", json=mark, timeout=60).status_code == 204
    assert [e.down for e in application.journal.entries()] == [1]
    application.journal.close()


def test_a_server_that_is_not_there_is_said_plainly() -> None:
    with pytest.raises(SettingsError, match="WENCE_JOURNAL_URL"):
        SqlJournal(f"postgresql+psycopg://wence@127.0.0.1:{free_port()}/wence")
