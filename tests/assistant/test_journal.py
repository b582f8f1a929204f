"""The journal: nothing personal is kept, what is old goes, and all of it can be exported and erased."""

from __future__ import annotations

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from assistant.cli import build_app
from assistant.errors import InputError, SettingsError
from assistant.journal import SqlJournal
from assistant.journal_tables import answers
from assistant.masking import masked
from assistant.models import Answer, Citation, Confidence, Kind, Query, Status, Trace
from assistant.staff_store import Rating, StaffStore, agreement, weighted_kappa

CARD = "6222021234567890123"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("手机13800138000，急", "手机【电话】，急"),
        ("+86 138-0013-8000", "【电话】"),
        ("座机0755-88101234", "座机【电话】"),
        ("身份证440301199003078888", "身份证【证件号码】"),
        ("邮箱 a.b@c.com.cn", "邮箱 【邮箱】"),
        ("代码91440300MA5FXXXX0P", "代码【统一社会信用代码】"),
        (f"卡号{CARD}", "卡号【银行卡号】"),
        ("联系人：李雷，在深圳", "联系人：【姓名】，在深圳"),
        ("我叫张三丰想问补贴", "我叫【姓名】想问补贴"),
        ("王小明先生问训力券", "【姓名】先生问训力券"),
        ("微信 wxid_abc123", "微信 【账号】"),
        ("my name is John Smith.", "my name is 【姓名】."),
    ],
)
def test_personal_data_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "合同金额13800138000元，能补多少",
        "法人企业可以申请吗？联系人是谁？法定代表人有什么要求",
        "我是高校老师，2026年11月22日前申请，最高1000万元，比例30%",
        "深工信规〔2024〕13号和统一社会信用代码有什么关系",
        "名字叫语料券的补贴 1200000000000元",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert masked(text) == text


def _made(text: str, question_id: str = "q1", conversation: str = "c1") -> tuple[Answer, Trace]:
    answer = Answer(
        question_id=question_id, conversation_id=conversation, status="answered", language="zh",
        as_of=datetime(2026, 11, 22).date(), text=text, trace_id="t",
    )  # fmt: skip
    query = Query(text=text, search_text=text, keywords=(text,), wanted=(), language="zh", as_of=answer.as_of)
    return answer, Trace(trace_id="t", query=query, support=0.5, passages=(), composer="rule", generation=1)


def test_neither_question_answer_trace_nor_comment_keeps_a_telephone(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = SqlJournal(path)
    question = "我的手机13800138000，能补多少"
    journal.record(question, *_made(f"您说：{question}"))
    assert journal.rate("q1", "down", "打13800138000", "联系人：李雷")
    entry = journal.entry("q1")
    assert entry and entry.question == "我的手机【电话】，能补多少" and entry.down == 1
    assert entry.trace.query.search_text.endswith("能补多少") and entry.comments == (
        "打【电话】 联系人：【姓名】",
    )
    journal.close()
    assert b"13800138000" not in path.read_bytes() and "李雷".encode() not in path.read_bytes()


def test_what_an_earlier_turn_said_is_masked_in_the_later_ones_trace(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = SqlJournal(path)
    answer, trace = _made("那初创呢")
    told = trace.query.model_copy(
        update={"context": ("我的手机13800138000",), "topic": "我的手机13800138000"}
    )
    journal.record("那初创呢", answer, trace.model_copy(update={"query": told}))
    journal.close()
    assert b"13800138000" not in path.read_bytes()


def test_what_is_old_goes_when_it_is_opened_and_daily(tmp_path: Path) -> None:
    journal = SqlJournal(tmp_path / "journal.db", days=30)
    for id in ("old", "new"):
        journal.record("x", *_made("x", id, id))
    journal.rate("old", "up", None, None)
    long_ago = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=31)
    with journal._engine.begin() as db:
        db.execute(sa.update(answers).where(answers.c.question_id == "old").values(at=long_ago))
    assert {e.question_id for e in journal.entries()} == {"old", "new"}
    journal._tidied = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
    assert {e.question_id for e in journal.entries()} == {"new"}
    with journal._engine.begin() as db:
        db.execute(sa.update(answers).values(at=long_ago))
    journal.close()
    reopened = SqlJournal(tmp_path / "journal.db", days=30)
    assert reopened.entries() == []
    reopened.close()


def test_many_start_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for journal in pool.map(lambda _: SqlJournal(tmp_path / "journal.db"), range(8)):
            journal.close()


def test_an_older_journal_is_taken_over_with_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = SqlJournal(path)
    journal.record("老问题", *_made("老答案"))
    with journal._engine.begin() as db:
        db.execute(sa.text("ALTER TABLE answers DROP COLUMN site"))
        trace = json.loads(db.scalar(sa.select(answers.c.trace)) or "")
        db.execute(
            sa.update(answers).values(trace=json.dumps({k: v for k, v in trace.items() if k != "usage"}))
        )
    journal.close()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: SqlJournal(path), range(4)))
    together[0].record("新问题", *_made("新答案", "q2"), site="site-1")
    new, old = together[1].entries()
    assert (old.question, old.answer.text, old.site) == ("老问题", "老答案", None)
    assert (new.question, new.site) == ("新问题", "site-1")
    for one in together:
        one.close()


def citing(text: str, id: str, *papers: tuple[str, int]) -> tuple[Answer, Trace]:
    """An answer that rests on versions of papers."""
    answer, trace = _made(text, id)
    cited = [
        Citation(
            number=number, document_id=paper, version=version, title=paper, issuer=None, document_number=None,
            kind=Kind.POLICY, status=Status.IN_FORCE, confidence=Confidence.OFFICIAL, digest=False,
            article=None, quote="x", start=0, end=1, url=None,
        )
        for number, (paper, version) in enumerate(papers, start=1)
    ]  # fmt: skip
    return answer.model_copy(update={"citations": tuple(cited)}), trace


def check_what_answers_rest_on(where: Path | str) -> None:
    """A change of a paper is looked up among all answers, those of an older journal too."""
    since = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
    journal = SqlJournal(where)
    journal.record("一", *citing("a", "q1", ("p", 1), ("p", 1), ("r", 1)))
    journal.record("二", *citing("b", "q2", ("p", 2)))
    journal.record("三", *_made("c", "q3"))
    with journal._engine.begin() as db:
        db.execute(sa.text("DROP TABLE cited"))
    journal.close()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: SqlJournal(where), range(4)))
    journal = together[0]
    journal.record("四", *citing("d", "q4", ("p", 1)))
    assert {(c.document_id, c.version, c.answers) for c in journal.cited(since)} == {
        ("p", 1, 2), ("p", 2, 1), ("r", 1, 1),
    }  # fmt: skip
    changed = [c for c in journal.cited(since) if c.version == 1]
    entries, total = journal.resting_on(changed, since, 1)
    assert ([e.question_id for e in entries], total) == (["q4"], 2)
    assert journal.resting_on([], since, 1) == ([], 0)
    assert journal.cited(since + timedelta(days=2)) == []
    assert [e.question_id for e in journal.entries(outcome="unanswerable")] == []
    assert journal.count(since, "answered") == 4
    assert journal.forget(["q1"]) == 1
    assert {(c.document_id, c.answers) for c in journal.cited(since)} == {("p", 1)}
    for one in together:
        one.close()


def test_what_answers_rest_on(tmp_path: Path) -> None:
    check_what_answers_rest_on(tmp_path / "journal.db")


def test_an_address_of_any_database(tmp_path: Path) -> None:
    journal = SqlJournal(f"sqlite:///{tmp_path}/elsewhere.db")
    journal.record("x", *_made("x"))
    journal.close()
    assert (tmp_path / "elsewhere.db").is_file()
    with pytest.raises(SettingsError, match="WENCE_JOURNAL_URL"):
        SqlJournal("not an address")


def test_export_and_erase_by_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENCE_HOME", str(tmp_path))
    journal = SqlJournal(tmp_path / "journal.db")
    journal.record("=1+1", *_made("一", "q1", "c1"))
    journal.record("第二问", *_made("二", "q2", "c2"))
    journal.rate("q1", "up", None, None)
    runner, app = CliRunner(), build_app("journal")
    assert runner.invoke(app, ["journal", "export", "--out", str(tmp_path / "a.jsonl")]).exit_code == 0
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [r["question_id"] for r in rows] == ["q1", "q2"] and rows[0]["up"] == 1
    assert rows[0]["answer"]["text"] == "一" and rows[0]["trace"]["support"] == 0.5
    runner.invoke(app, ["journal", "export", "--format", "csv", "--out", str(tmp_path / "a.csv")])
    table = list(csv.reader((tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(table) == 3 and table[1][3] == "'=1+1"  # no formula
    assert runner.invoke(app, ["journal", "erase", "c1"]).exit_code == 0
    assert [e.question_id for e in journal.entries()] == ["q2"]
    assert isinstance(runner.invoke(app, ["journal", "erase", "c1"]).exception, InputError)
    journal.close()


def test_users_and_sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENCE_HOME", str(tmp_path))
    runner, app = CliRunner(), build_app("user")
    add = ["user", "add", "编辑甲", "--role", "editor", "--password-stdin"]
    assert isinstance(runner.invoke(app, add, input="short\n").exception, InputError)
    assert runner.invoke(app, add, input="long enough 1\n").exit_code == 0
    store = StaffStore(tmp_path / "journal.db", hours=1)
    kept = (tmp_path / "journal.db").read_bytes()
    assert b"long enough" not in kept and b"$argon2id$" in kept
    assert (
        store.log_in("编辑甲", "wrong password") is None and store.log_in("nobody", "long enough 1") is None
    )
    secret = store.log_in("编辑甲", "long enough 1")
    user = store.user_of(secret)
    assert user and user.may("editor") and user.may("reader") and not user.may("admin")
    assert secret and secret.encode() not in (tmp_path / "journal.db").read_bytes()
    assert store.user_of("forged") is None and store.user_of(None) is None
    store._idle = timedelta(seconds=-1)
    assert store.user_of(secret) is None
    store._idle = timedelta(hours=1)
    assert store.user_of(secret) is None, "an ended session stays ended"
    again = store.log_in("编辑甲", "long enough 1")
    runner.invoke(app, add, input="another one 22\n")
    assert store.user_of(again) is None, "a new password ends sessions"
    for _ in range(5):
        assert store.log_in("编辑甲", "wrong password") is None
    assert store.log_in("编辑甲", "another one 22") is None, "too many tries"
    assert {"login", "login failed", "user add"} <= {line.action for line in store.log()}
    store.close()


def test_two_raters_and_their_agreement(tmp_path: Path) -> None:
    # Squared differences seen: (0 + 1 + 0) / 3; by chance over the nine pairs of margins: (0+9+16 + 9+0+1 + 16+1... ) / 9
    assert weighted_kappa([(1, 1), (4, 5), (5, 5)]) == pytest.approx(
        1 - (1 / 3) / ((0 + 16 + 16 + 9 + 1 + 1 + 16 + 0 + 0) / 9)
    )
    assert weighted_kappa([]) is None and weighted_kappa([(3, 3)]) is None
    store = StaffStore(tmp_path / "journal.db", hours=1)
    for rater, values in (("甲", (5, 4, 3, 2)), ("甲", (5, 5, 3, 2)), ("乙", (4, 1, 3, 2))):
        facts, citations, completeness, wording = values
        store.rate(
            Rating(
                question_id="q", rater=rater, facts=facts, citations=citations, completeness=completeness,
                wording=wording,
            )
        )  # fmt: skip
    assert len(store.ratings("q")) == 2
    found = agreement(store.ratings())
    assert found["facts"] == (1, 1.0, 0.0) and found["citations"][1] == 0.0 and found["wording"][2] is None
    store.close()
