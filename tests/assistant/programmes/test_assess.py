"""Verdicts and sums by rule: what must hold for every programme, and each boundary."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant.models import Outcome
from assistant.programmes.assess import assess
from assistant.programmes.facts import FactValue, read_facts
from assistant.programmes.periods import after, age_is
from assistant.programmes.present import working
from assistant.programmes.schema import Programme
from ingest.programme_files import load_facts, load_programmes

AS_OF = date(2026, 5, 20)
CASES = Path("ingest/programmes/cases")
SOURCE = {"document_id": "d", "quote": "最高30%，最高200万元"}


@lru_cache(maxsize=1)
def shipped() -> dict[str, Programme]:
    return load_programmes()


@lru_cache(maxsize=1)
def definitions() -> dict[str, Any]:
    return dict(load_facts())


def programme(**revision: Any) -> Programme:
    known: dict[str, Any] = {"from": date(2025, 1, 1), "to": date(2026, 12, 31), "sources": {"s": SOURCE}}
    return Programme.model_validate({"id": "p", "title": "某券", "revisions": [known | revision]})


def condition(**fields: Any) -> dict[str, Any]:
    return {"id": "c", "zh": "条件", "en": "condition", "source": "s", **fields}


SHARE = {"id": "b", "zh": "资助", "en": "support", "basis": "amount", "rate": "0.30", "source": "s"}
CAPPED = {**SHARE, "cap": {"amount": "2000000", "per": "year", "source": "s"}}


def outcome(test: dict[str, Any], facts: dict[str, FactValue], as_of: date = AS_OF) -> Outcome:
    return assess(programme(conditions=[condition(**test)]), facts, as_of).outcome


@pytest.mark.parametrize(
    ("op", "told", "expected"),
    [
        ("at_least", 499_999, "unmet"), ("at_least", 500_000, "met"), ("at_least", 500_001, "met"),
        ("more_than", 500_000, "unmet"), ("more_than", 500_001, "met"),
        ("at_most", 500_000, "met"), ("at_most", 500_001, "unmet"),
        ("less_than", 499_999, "met"), ("less_than", 500_000, "unmet"),
        ("is", 500_000, "met"), ("is", 500_001, "unmet"),
    ],
)  # fmt: skip
def test_every_threshold_at_its_boundary(op: str, told: int, expected: str) -> None:
    assert outcome({"fact": "x", "op": op, "value": "500000"}, {"x": Decimal(told)}) == expected


def test_less_than_a_year_old_is_strict_and_on_the_calendar() -> None:
    young = {"fact": "founded_on", "op": "less_than", "value": "1 year"}
    assert outcome(young, {"founded_on": date(2025, 5, 21)}) == "met"
    assert outcome(young, {"founded_on": date(2025, 5, 20)}) == "unmet"
    assert after(date(2024, 2, 29), (1, "year")) == date(2025, 2, 28)
    assert age_is("at_least", date(2025, 8, 31), (6, "month"), date(2026, 2, 28)) is True


def test_groups_follow_three_valued_logic() -> None:
    one = {"fact": "a", "op": "is", "value": True, "id": "a", "zh": "甲", "en": "a"}
    other = {"fact": "b", "op": "is", "value": True, "id": "b", "zh": "乙", "en": "b"}
    table: list[tuple[bool | None, bool | None, Outcome, Outcome]] = [
        (True, None, "met", "unknown"),
        (False, None, "unknown", "unmet"),
        (False, False, "unmet", "unmet"),
        (True, False, "met", "unmet"),
        (None, None, "unknown", "unknown"),
    ]
    for a, b, either, both in table:
        facts: dict[str, FactValue] = {k: v for k, v in (("a", a), ("b", b)) if v is not None}
        for group, expected in (("any_of", either), ("all_of", both)):
            assert outcome({group: [one, other]}, facts) == expected, (a, b, group)


def test_what_a_person_decides_stays_unknown() -> None:
    assert outcome({"op": "human"}, {}) == "unknown"


def test_a_choice_in_and_not_in() -> None:
    assert outcome({"fact": "k", "op": "in", "value": ["企业", "高校"]}, {"k": ("高校",)}) == "met"
    assert outcome({"fact": "k", "op": "not_in", "value": ["高校"]}, {"k": ("高校",)}) == "unmet"
    assert outcome({"fact": "k", "op": "is", "value": "企业"}, {"k": True}) == "unknown", (
        "a fact of another kind"
    )


def test_drafts_and_hearsay_are_never_a_plain_met() -> None:
    rules = [condition(fact="a", op="is", value=True)]
    for field in ({"draft": True}, {"confidence": "unverified"}):
        one = programme(conditions=rules).model_copy(
            update=Programme.model_validate({"id": "p", "title": "t", **field}).model_dump(include=set(field))
        )
        assert assess(one, {"a": True}, AS_OF).outcome == "unknown"
    assert assess(programme(conditions=rules), {"a": True}, AS_OF).outcome == "met"


def test_a_paper_that_lapsed_gives_nothing_any_more() -> None:
    one = programme(benefits=[CAPPED])
    assert assess(one, {"amount": Decimal(100)}, date(2026, 12, 31)).amount == 30
    over = assess(one, {"amount": Decimal(100)}, date(2027, 1, 1))
    assert over.outcome == "unmet" and over.lapsed and over.amount is None
    assert assess(one, {}, date(2024, 1, 1)).revision is None


def test_the_revision_of_the_day_counts() -> None:
    revisions = [
        {"from": date(2025, 1, 1), "to": date(2025, 12, 31), "benefits": [SHARE], "sources": {"s": SOURCE}},
        {
            "from": date(2026, 1, 1),
            "to": None,
            "benefits": [{**SHARE, "rate": "0.50"}],
            "sources": {"s": SOURCE},
        },
    ]
    one = Programme.model_validate({"id": "p", "title": "t", "revisions": revisions})
    facts: dict[str, FactValue] = {"amount": Decimal(1000)}
    assert [assess(one, facts, d).amount for d in (date(2025, 6, 1), date(2026, 6, 1))] == [300, 500]


@given(st.decimals(0, 10**9, places=2), st.decimals(0, 10**9, places=2))
def test_a_sum_grows_with_its_basis_and_never_beyond_its_cap(one: Decimal, other: Decimal) -> None:
    small, large = sorted((one, other))
    amounts = [assess(programme(benefits=[CAPPED]), {"amount": a}, AS_OF).amount for a in (small, large)]
    assert amounts[0] is not None and amounts[1] is not None
    assert amounts[0] <= amounts[1] <= Decimal(2_000_000)
    assert amounts[0] == min(small * Decimal("0.3"), Decimal(2_000_000))


@given(st.data())
def test_leaving_a_fact_out_never_makes_anything_met(data: st.DataObject) -> None:
    """Over all shipped programmes: with fewer facts no condition becomes met or unmet that was not before."""
    one = data.draw(st.sampled_from(sorted(shipped().values(), key=lambda p: p.id)))
    revision = one.revision_on(AS_OF)
    if revision is None:
        return
    facts = data.draw(st.fixed_dictionaries({key: _values(key) for key in revision.facts()}))
    kept = {k: v for k, v in facts.items() if data.draw(st.booleans())}
    full, less = assess(one, facts, AS_OF), assess(one, kept, AS_OF)
    for a, b in zip(full.conditions, less.conditions, strict=True):
        assert b.outcome in (a.outcome, "unknown")
    assert less.outcome in (full.outcome, "unknown") or full.lapsed


def _values(key: str) -> st.SearchStrategy[Any]:
    kind = definitions()[key].type
    if kind in ("money", "number", "percent"):
        return st.decimals(0, 10**8, places=0)
    if kind == "date":
        return st.dates(date(2015, 1, 1), AS_OF)
    if kind == "yesno":
        return st.booleans()
    options = [o.value for o in definitions()[key].options]
    return st.sampled_from(options).map(lambda v: (v,)) if options else st.just(("x",))


def test_working_can_be_followed() -> None:
    one = assess(programme(benefits=[CAPPED]), {"amount": Decimal(8_000_000)}, AS_OF).sums[0]
    assert working(one) == "800万元 × 30% = 240万元，超过上限200万元，按200万元计"
    assert (
        working(one, "en")
        == "RMB 8,000,000 × 30% = RMB 2,400,000, above the cap of RMB 2,000,000, so RMB 2,000,000"
    )


@pytest.mark.parametrize(
    ("windows", "state"),
    [
        ([], "unknown"),
        ([{"from": AS_OF, "to": AS_OF}], "open"),
        ([{"from": AS_OF + timedelta(1), "to": AS_OF + timedelta(9)}], "upcoming"),
        ([{"from": None, "to": AS_OF - timedelta(1)}], "closed"),
        ([{"from": None, "to": AS_OF + timedelta(1)}], "unknown"),
        ([{"from": date(2026, 1, 1), "to": date(2026, 2, 1)}, {"from": AS_OF, "to": None}], "unknown"),
    ],
)
def test_windows_on_a_day(windows: list[dict[str, Any]], state: str) -> None:
    rules = [{**w, "source": "s"} for w in windows]
    assert assess(programme(windows=rules), {}, AS_OF).window.state == state


def _cases() -> list[tuple[str, dict[str, Any]]]:
    return [
        (path.stem, case)
        for path in sorted(CASES.glob("*.yaml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("id", "case"), _cases(), ids=lambda v: v if isinstance(v, str) else v["name"])
def test_the_case_file_beside_each_programme(id: str, case: dict[str, Any]) -> None:
    told = read_facts({k: str(v) for k, v in case["facts"].items()}, definitions(), case["as_of"])
    assert told.problems == {}
    verdict = assess(shipped()[id], told.values, case["as_of"])
    assert verdict.outcome == case["outcome"]
    assert verdict.amount == (None if case.get("amount") is None else Decimal(case["amount"]))
    assert verdict.window.state == case.get("window", verdict.window.state)


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("compute_contract_amount", "-5万元", "负数"),
        ("compute_contract_amount", "500万美元", "人民币"),
        ("compute_contract_amount", "1e30", "读不出"),
        ("compute_contract_amount", "99999999999999", "不合情理"),
        ("compute_contract_amount", "很多", "读不出"),
        ("founded_on", "2027-01-01", "之后"),
        ("founded_on", "2025-02-30", "日历"),
        ("founded_on", "很久以前", "读不出"),
        ("district", "南山和福田", "不止一个"),
        ("city", "成都", "不在可选"),
        ("nothing", "1", "没有名为"),
    ],
)
def test_facts_that_make_no_sense_get_a_question_back(key: str, text: str, why: str) -> None:
    english = read_facts({key: text}, definitions(), AS_OF, "en").problems[key]
    assert english.endswith(definitions()[key].ask_en if key in definitions() else "see wence facts.")
    told = read_facts({key: text}, definitions(), AS_OF)
    assert key not in told.values and why in told.problems[key]


def test_a_district_implies_its_city_and_may_not_contradict_it() -> None:
    assert read_facts({"district": "南山"}, definitions(), AS_OF).values["city"] == ("深圳市",)
    told = read_facts({"district": "南山", "city": "上海"}, definitions(), AS_OF)
    assert "对不上" in told.problems["city"]
