"""A claim is supported where the passages say it, and not when a figure, a bound, a name or a denial is turned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.claims import score_claim
from assistant.claims.figures import figures_in
from assistant.claims.reading import plain
from assistant.claims.score import SIGNS
from assistant.claims.signs import signs_of
from assistant.cli import build_app

CASES = Path(__file__).parents[2] / "eval" / "cases"
RENT = "对租用智能算力的企业，按合同金额的最高35%给予补贴，单个企业每年最高160万元。分支机构不得申请。2026年6月5日截止受理。"
TWO = "新星杯一等奖奖金80万元，由科创局负责。新星杯二等奖奖金30万元，由工信局负责。"
MILL = (
    "临川纺织厂去年营业收入12.4亿元，同比增长29.7%；出口额3.1亿元，同比下降8.2%。工厂有职工2600人，"
    "厂长由周敏担任。新车间占地45亩，已于3月开工，计划明年投产。食堂和宿舍由企业或园区出资建设。"
)


PORT = (
    "海潮队以3比0战胜青岚队，第五次捧杯。港口日均吞吐量为52万吨，同比增长6.5%，环比增长0.6%。货运量连续第三年下降。"
    "新码头一期预计2027年投产。北岸仓库的搬迁工作尚未进行。本次接种对象为成人，每人一剂。"
)


@pytest.mark.parametrize(
    ("passage", "true", "false"),
    [
        (
            RENT,
            "企业租用智能算力，补贴最高为合同金额的35%。",
            "企业租用智能算力，补贴最高为合同金额的53%。",
        ),  # figure
        (RENT, "单个企业每年最高补贴160万元。", "单个企业每年最高补贴610万元。"),  # figure
        (RENT, "受理到2026年6月5日截止。", "受理截止日是2026年7月5日。"),  # date
        (RENT, "分支机构不能申请。", "分支机构可以申请。"),  # denial dropped
        (RENT, "单个企业每年不超过160万元。", "单个企业每年不低于160万元。"),  # bound
        (RENT, "单个企业每年最高160万元。", "单个企业每年最低160万元。"),  # superlative
        (RENT, "单个企业每年最高160万元。", "单个企业一次性最高160万元。"),  # rhythm
        (RENT, "对租用智能算力的企业给予补贴。", "对租用智能算力的个人给予补贴。"),  # for whom
        (
            TWO,
            "新星杯一等奖奖金80万元，二等奖奖金30万元。",
            "新星杯一等奖奖金30万元，二等奖奖金80万元。",
        ),  # exchanged
        (TWO, "新星杯一等奖由科创局负责。", "新星杯一等奖由税务局负责。"),  # body
        (MILL, "临川纺织厂去年营业收入同比增长29.7%。", "临川纺织厂去年营业收入同比增长27.9%。"),  # figure
        (MILL, "去年出口额3.1亿元，同比下降8.2%。", "去年出口额3.1亿元，同比增长8.2%。"),  # direction
        (MILL, "新车间占地45亩。", "新车间占地45公顷。"),  # unit
        (MILL, "食堂和宿舍由企业或园区出资建设。", "食堂和宿舍由企业且园区出资建设。"),  # and, or
        (MILL, "厂长由周敏担任。", "厂长由赵德海担任。"),  # name
        (PORT, "海潮队以3比0击败青岚队。", "青岚队以3比0击败海潮队。"),  # who beat whom
        (PORT, "港口吞吐量环比增长0.6%。", "港口吞吐量环比增长6.5%。"),  # against what
        (PORT, "港口日均吞吐量为52万吨。", "港口累计吞吐量为52万吨。"),  # a day or altogether
        (PORT, "货运量连续第三年下降。", "货运量连续第四年下降。"),  # order
        (PORT, "每人接种一剂。", "每人接种两剂。"),  # count
        (PORT, "接种对象为成人。", "接种对象为儿童。"),  # for whom
        (MILL, "工厂共有职工2600人。", "工厂在海外设有三个研发基地，并获得全国质量金奖。"),  # not told
    ],
)
def test_minimal_pairs(passage: str, true: str, false: str) -> None:
    said, turned = score_claim(true, [passage]), score_claim(false, [passage])
    assert said.supported, said.reasons
    assert not turned.supported
    assert turned.reasons and turned.score < 0.5 <= said.score


def test_forms_of_writing_are_the_same() -> None:
    assert score_claim("單個企業每年最高160萬元。", [RENT]).supported
    assert score_claim("补贴最高百分之三十五，每年封顶１，６００，０００元。", [RENT]).supported
    assert score_claim("Each company gets at most RMB 1.6 million a year.", [RENT]).supported
    assert not score_claim("Each company gets at most RMB 6.1 million a year.", [RENT]).supported


def test_figures_keep_their_units() -> None:
    read = [
        (f.kind, str(f.value), f.unit)
        for f in figures_in(plain("为期半年，1.87亿人次，2.1至2.5亿元，八个百分点。"))
    ]
    assert ("amount", "6", "月数") in read and ("amount", "187000000.00", "人次") in read
    assert ("amount", "210000000.0", "元") in read and ("amount", "8", "百分点") in read


def test_claims_spread_over_passages_and_reasons_name_the_fault() -> None:
    passages = ["星河区算力补贴每年最高160万元。", "星河区算力补贴由工信局负责。"]
    assert score_claim("星河区算力补贴每年最高160万元，由工信局负责。", passages).supported
    assert any("170" in reason for reason in score_claim("星河区算力补贴每年最高170万元。", passages).reasons)


@pytest.mark.parametrize(("claim", "passages"), [("", [RENT]), ("最高35%。", []), ("最高35%。", ["  "])])
def test_nothing_supports_nothing(claim: str, passages: list[str]) -> None:
    assert score_claim(claim, passages).supported is False


@pytest.mark.parametrize(
    "claim", ["。", "35%", "?!", "\u200b字", "a" * 5000, "\ud800字", "一" * 3000, "[1](http://x)\n\n# 甲"]
)
def test_odd_claims_get_a_score(claim: str) -> None:
    assert 0 <= score_claim(claim, [RENT, "。", "\n"]).score <= 1


def test_every_sign_has_a_coefficient_that_speaks_against() -> None:
    assert list(signs_of("一", ["一"])) == list(SIGNS)
    assert all(coefficient <= 0 for coefficient, _ in SIGNS.values())


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CASES / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("name", "floor"),
    [("claims.jsonl", 0.88), ("claims_news.jsonl", 0.82), ("claims_news_heldout.jsonl", 0.78)],
)
def test_balanced_accuracy_stays(name: str, floor: float) -> None:
    rows = _rows(name)
    right = [score_claim(r["claim"], r["passages"]).supported is r["supported"] for r in rows]
    shares = []
    for side in (True, False):
        of = [ok for ok, row in zip(right, rows, strict=True) if row["supported"] is side]
        shares.append(sum(of) / len(of))
    assert sum(shares) / 2 >= floor


def _check(source: Path, out: Path) -> tuple[int, str]:
    result = CliRunner().invoke(
        build_app("check-claims"), ["check-claims", "--in", str(source), "--out", str(out)]
    )
    return result.exit_code, result.output


def test_the_command_keeps_every_line(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "new" / "out.jsonl"
    good = json.dumps({"id": "a", "claim": "每年最高160万元。", "passages": [RENT]}, ensure_ascii=False)
    bad = [
        '{"id": "\\ud800", "claim": " ", "passages": []}',
        "not json",
        "[1]",
        '{"id": "b", "claim": 3, "passages": []}',
        '{"id": "c", "claim": "x", "passages": [1]}',
    ]
    source.write_text("\n".join([good, *bad, "", good]) + "\n", encoding="utf-8")
    code, _ = _check(source, out)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert code == 1
    assert [row["id"] for row in rows] == ["a", "\ud800", None, None, "b", "c", "a"]
    assert rows[0] == rows[-1] == {"id": "a", "supported": True, "score": rows[0]["score"]}
    assert all("请" in row["error"] for row in rows[1:-1])


def test_the_command_takes_hundreds_of_claims(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [
        {"id": i, "claim": r["claim"], "passages": r["passages"]} for i, r in enumerate(_rows("claims.jsonl"))
    ]
    source.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    code, _ = _check(source, out)
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert code == 0 and [r["id"] for r in found] == [r["id"] for r in rows]
    assert all(isinstance(r["supported"], bool) and 0 <= r["score"] <= 1 for r in found)


def test_the_command_says_what_is_wrong_with_its_files(tmp_path: Path) -> None:
    from assistant.errors import InputError

    result = CliRunner().invoke(
        build_app("check-claims"),
        ["check-claims", "--in", str(tmp_path / "no"), "--out", str(tmp_path / "o")],
    )
    assert isinstance(result.exception, InputError) and "请" in str(result.exception)
