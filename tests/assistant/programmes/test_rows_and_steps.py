"""Tables in text, steps of a sum, parts beyond a sum, growth: what is computed, and what never is."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest

from assistant.law.told import figures_told
from assistant.programmes.clauses import read_rules
from assistant.programmes.counting import count, up_to_cap
from assistant.programmes.rows import rows_in

DAY = date(2026, 11, 22)
TABLE = "按下表执行：项目：发明专利；标准：每件3000元；年度上限：每家30万元。项目：商标；标准：每件5000元；年度上限：每家5万元。"
STEPS = (
    "按投入给予补贴：投入50万元（含）至200万元的，补贴15%；200万元（含）至1000万元的，补贴12%；"
    "1000万元（含）以上的，补贴10%，单个企业最高300万元。"
)
PARTS = (
    "设备投入在50万元以上的，按投入额的15%给予补贴；投入额500万元以上部分按10%给予补贴。单个企业最高300万元。"
)
INTEREST = "企业为改造取得银行贷款的，按实际支付利息的40%贴息，每年最高60万元。"
GROWTH = "年度出口额每增加100万美元奖励3万元，单个企业每年最高200万元。"


def sums(text: str, told: str) -> list[Decimal]:
    """What each offer of a clause comes to for what is told, those that can be counted."""
    figures = figures_told(told, DAY)
    offers = read_rules(text).offers
    return [
        up_to_cap(offer, found, "zh")[0]
        for offer in offers
        if (found := count(offer, figures, "zh")) is not None
    ]


def test_a_row_gives_what_its_own_cells_say() -> None:
    patent, mark = read_rules(TABLE).offers
    assert (patent.amount, patent.each, patent.cap) == (Decimal(3000), "件", Decimal(300_000))
    assert "发明专利" in patent.label and "商标" in mark.label and mark.cap == Decimal(50_000)


def test_steps_have_two_ends_and_share_the_cap_behind_the_last() -> None:
    offers = read_rules(STEPS).offers
    ends = [[(b.op, b.value) for b in o.bounds if b.unit == "元"] for o in offers]
    assert ("less_than", Decimal(2_000_000)) in ends[0] and ("at_least", Decimal(2_000_000)) in ends[1]
    assert {o.cap for o in offers} == {Decimal(3_000_000)}


def test_what_is_beyond_a_sum_has_its_own_rate_and_is_asked_of_nobody() -> None:
    rules = read_rules(PARTS)
    assert sums(PARTS, "设备投入800万")[0] == Decimal(1_050_000)
    assert Decimal(5_000_000) not in {bound.value for bound, _, _ in rules.bounds}


def test_a_share_of_interest_is_never_taken_of_an_investment() -> None:
    assert sums(INTEREST, "改造投了160万") == []
    assert sums(INTEREST, "贷款付了利息90万") == [Decimal(360_000)]


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("去年出口900万美元，今年出口1300万美元", [Decimal(120_000)]),
        ("今年出口1300万美元", []),  # what was added is not told
        ("今年出口比去年增加了350万美元", [Decimal(90_000)]),
        ("今年比去年增加了350万美元", []),  # of what is not told
    ],
)
def test_growth_is_what_was_added(told: str, found: list[Decimal]) -> None:
    assert sums(GROWTH, told) == found


def test_what_looks_like_a_year_or_a_price_is_read_by_what_follows() -> None:
    units = {(t.value, t.unit) for t in figures_told("租了2000平方米，一平一个月50，招了2个博士", DAY)}
    assert (
        (Decimal(2000), "平方米") in units and (Decimal(2), "人") in units and (Decimal(1), "月") not in units
    )
    assert figures_told("实用新型资助多少钱一件", DAY) == []
    assert all(t.unit != "元" for t in figures_told("训练参数规模100亿的模型", DAY))


def test_a_long_line_without_rows_is_read_at_once() -> None:
    started = time.monotonic()
    assert list(rows_in("甲：乙" * 20_000)) == []
    assert time.monotonic() - started < 2
