"""A claim is supported where a passage says it, and not when a figure, a bound or a denial is turned."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.claims import score_claim
from assistant.cli import build_app

PASSAGE = "对租用智能算力的企业，按合同金额的最高35%给予补贴，单个企业每年最高160万元。分支机构不得申请。2026年6月5日截止受理。"
CASES = Path(__file__).parents[2] / "eval" / "cases" / "claims.jsonl"


@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        ("企业租用智能算力，补贴最高为合同金额的35%。", True),
        ("单个企业每年最高补贴160万元。", True),
        ("企业租用智能算力，补贴最高为合同金额的53%。", False),
        ("单个企业每年最高补贴610万元。", False),
        ("分支机构可以申请。", False),
        ("受理截止日是2026年7月5日。", False),
    ],
)
def test_minimal_pairs(claim: str, supported: bool) -> None:
    assert score_claim(claim, [PASSAGE]).supported is supported


def test_balanced_accuracy_on_our_pairs() -> None:
    rows = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    right = {True: 0, False: 0}
    for row in rows:
        right[row["supported"]] += score_claim(row["claim"], row["passages"]).supported is row["supported"]
    of = {s: sum(r["supported"] is s for r in rows) for s in (True, False)}
    assert (right[True] / of[True] + right[False] / of[False]) / 2 >= 0.88


def test_the_command_keeps_every_line(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    good = {"id": "a", "claim": "每年最高160万元。", "passages": [PASSAGE]}
    source.write_text(f"{json.dumps(good)}\nnot json\n", encoding="utf-8")
    result = CliRunner().invoke(
        build_app("check-claims"), ["check-claims", "--in", str(source), "--out", str(out)]
    )
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert result.exit_code == 1
    assert rows[0]["id"] == "a" and rows[0]["supported"] is True and "error" in rows[1]
