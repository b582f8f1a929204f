"""Firms in, verdicts and sums out, as `wence match --json` gives them: against the papers, computed by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.matching import match
from assistant.wiring import Application

DATA = Path(__file__).parents[2] / "data"
FIRMS = yaml.safe_load((DATA / "firms.yaml").read_text(encoding="utf-8"))
QUESTIONS = yaml.safe_load((DATA / "told.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", FIRMS, ids=lambda row: row["firm"])
def test_a_firm_on_a_day(wence: Application, row: dict[str, Any]) -> None:
    wrong = []
    for day, expected in row["days"].items():
        matched = match({k: str(v) for k, v in row["facts"].items()}, wence.knowledge.snapshot(), day)
        assert matched.problems == {}
        found = {one.programme_id: one for one in matched.assessments}
        for id, (outcome, amount, window) in expected.items():
            one = found[id]
            state = one.window.state if window else None
            wanted = (outcome, None if amount is None else Decimal(str(amount)), window)
            if (one.outcome, one.amount, state) != wanted:
                wrong.append((day, id, (one.outcome, one.amount, state), wanted))
            assert one.amount is None or one.working, (id, "a sum without its arithmetic")
    assert wrong == []


@pytest.mark.parametrize("row", QUESTIONS, ids=lambda row: row["id"])
def test_a_question_of_sums_or_conditions_with_its_facts(wence: Application, row: dict[str, Any]) -> None:
    facts = {k: str(v) for k, v in row["facts"].items()}
    matched = match(facts, wence.knowledge.snapshot(), row.get("as_of", date(2026, 11, 22)))
    assert matched.problems == {}
    found = {one.programme_id: one for one in matched.assessments}
    for id, amount in row.get("amounts", {}).items():
        assert found[id].amount == Decimal(amount) and found[id].working, id
    for id, outcome in row.get("outcomes", {}).items():
        assert found[id].outcome == outcome, id
    if total := row.get("total"):
        assert matched.combinations and matched.combinations[0].amount == Decimal(total)
        assert str(total).rstrip("0") in matched.combinations[0].working
