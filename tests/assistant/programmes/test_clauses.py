"""Clauses are read by their wording, and what is not said in a set form is not read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.law.told import figures_told
from assistant.programmes.clauses import read_rules
from assistant.programmes.counting import count, count_kinds, told_of, up_to_cap
from assistant.programmes.offers import Offer
from tests.conftest import TODAY


def only(text: str) -> Offer:
    (offer,) = read_rules(text).offers
    return offer


@pytest.mark.parametrize(
    ("sentence", "rate", "cap", "at_most"),
    [
        ("按合同金额的30%给予资助，最高200万元。", "0.3", 2_000_000, False),
        ("按不超过投资额50%的比例给予补助，最高不超过一千万元。", "0.5", 10_000_000, True),
        ("按实际支出给予30%补贴。", "0.3", None, False),
        ("按设备投入的百分之三十给予建设补助，最高八百万元。", "0.3", 8_000_000, False),
    ],
)
def test_shares(sentence: str, rate: str, cap: int | None, at_most: bool) -> None:
    offer = only(sentence)
    assert offer.rate == Decimal(rate) and offer.at_most is at_most
    assert offer.cap == (None if cap is None else Decimal(cap))


@pytest.mark.parametrize(
    "sentence",
    [
        "研发投入占营业收入的5%以上的，给予奖励。",
        "2026年增长10%，支持企业做大做强。",
        "设立总规模20亿元的产业基金，投早、投小。",
        "申报每年3月、9月集中受理。",
        "海外仓租金补助比例由25%调整为30%。",
    ],
)
def test_what_gives_nothing(sentence: str) -> None:
    assert not read_rules(sentence).offers


def test_steps_of_a_list_belong_together() -> None:
    text = (
        "年销售收入首次达到500万元、2000万元、1亿元的，分别给予30万元、100万元、300万元一次性奖励。"
        "企业晋档的，按差额部分予以补足。"
    )
    rules = read_rules(text)
    assert [(o.bounds[0].value, o.amount) for o in rules.offers] == [
        (Decimal(5_000_000), Decimal(300_000)),
        (Decimal(20_000_000), Decimal(1_000_000)),
        (Decimal(100_000_000), Decimal(3_000_000)),
    ]
    assert rules.tops_up


@pytest.mark.parametrize(
    ("words", "below", "at", "above"),
    [
        ("不低于300万元", False, True, True),
        ("超过300万元", False, False, True),
        ("不超过300万元", True, True, False),
        ("不足300万元", True, False, False),
        ("300万元以上", False, True, True),
        ("300万元以下", True, True, False),
        ("未达到300万元", True, False, False),
    ],
)
def test_bounds_at_their_edge(words: str, below: bool, at: bool, above: bool) -> None:
    offer = only(f"设备投入{words}的，按设备投入的30%给予补助。")
    (bound,) = offer.bounds
    edge = Decimal(3_000_000)
    assert [bound.holds(edge + d) for d in (-1, 0, 1)] == [below, at, above]


def test_what_is_refused_below_must_be_reached() -> None:
    rules = read_rules("按算力费用的30%给予补贴。年度算力费用不足50万元的，不予补贴。")
    ((bound, *_),) = rules.bounds
    assert not bound.holds(Decimal(499_999)) and bound.holds(Decimal(500_000))


def test_a_raised_rate_keeps_the_basis_and_what_its_base_asks_for() -> None:
    text = "合同额不低于20万元的，按合同实际支付额的30%给予补助，最高50万元；获评标杆的，补助比例提高到40%，最高80万元。"
    base, raised = read_rules(text).offers
    assert raised.basis == base.basis == "合同实际支付额"
    assert (raised.rate, raised.cap) == (Decimal("0.4"), Decimal(800_000))
    assert raised.bounds[0].value == Decimal(200_000)


def test_usual_and_outer_cap() -> None:
    offer = only("按项目投入的20%给予补助，单个项目原则上不超过100万元；示范作用突出的，最高不超过300万元。")
    assert (offer.usual, offer.cap) == (Decimal(1_000_000), Decimal(3_000_000))


def test_pieces_and_how_many_count() -> None:
    offer = only("对首次通过备案的大模型，每个给予50万元一次性奖励，单个企业每年最多奖励3个。")
    assert (offer.amount, offer.each, offer.count_cap) == (Decimal(500_000), "件", Decimal(3))


def test_a_sentence_that_only_limits_holds_for_the_clause() -> None:
    rules = read_rules(
        "取得第三类注册证的，每张奖励100万元；取得第二类的，每张奖励20万元。同一企业每年最高三百万元。"
    )
    assert {o.cap for o in rules.offers} == {Decimal(3_000_000)}


def test_all_support_together_is_no_rate() -> None:
    rules = read_rules("与上级资金叠加后总额不超过项目总投入的50%。")
    assert not rules.offers and rules.limits[0].share == Decimal("0.5")


BRACKETS = (
    "按年度实际交易额给予卖方奖励：交易额100万元以下（含）的部分按10%，100万元以上至500万元（含）的部分按6%，"
    "500万元以上的部分按3%，单个卖方每年最高60万元。"
)


@pytest.mark.parametrize(
    ("text", "amount", "shown"),
    [
        ("数据交易卖方一年卖了80万，奖多少", 80_000, "80万元 × 10%"),
        ("数据交易卖方一年卖了100万，奖多少", 100_000, "100万元 × 10%"),
        ("数据交易卖方一年卖了300万，奖多少", 220_000, "100万元 × 10% + 200万元 × 6%"),
        ("数据交易卖方一年卖了800万，奖多少", 430_000, "100万元 × 10% + 400万元 × 6% + 300万元 × 3%"),
        ("数据交易卖方一年卖了2000万，奖多少", 600_000, "超过上限60万元"),
    ],
)
def test_rates_by_part_of_a_sum(text: str, amount: int, shown: str) -> None:
    [offer] = read_rules(BRACKETS).offers
    counted = count(offer, figures_told(text, TODAY), "zh")
    assert counted is not None
    capped, working = up_to_cap(offer, counted, "zh")
    assert capped == amount and shown in working
    assert read_rules(BRACKETS).bounds == (), "the ends of a part are asked of nobody"


@pytest.mark.parametrize(
    ("clause", "text", "amount"),
    [
        (
            "年度出口额每增加100万美元奖励3万元人民币，不足100万美元的部分不计。",
            "今年出口增加了350万美元",
            90_000,
        ),
        ("年度出口额每增加100万美元奖励3万元人民币。", "出口增加了99万美元", 0),
        ("每出口1美元奖励0.03元人民币，单个企业每年最高150万元。", "出口了300万美元", 90_000),
        ("文本类语料每TB奖励3万元。", "开放了10TB文本语料", 300_000),
        ("按实际发电量每千瓦时奖励0.1元。", "光伏发了50万度电", 50_000),
        ("精标数据每条奖励2元。", "做了2万条精标数据", 40_000),
        ("按每平方米每月30元给予租金补贴，面积不超过200平方米。", "租了300平，一个月补多少", 6_000),
        ("按每平方米每月30元给予租金补贴，面积不超过200平方米。", "租了300平，补多少", 72_000),
    ],
)
def test_sums_for_each_step_and_unit(clause: str, text: str, amount: int) -> None:
    [offer] = read_rules(clause).offers
    counted = count(offer, figures_told(text, TODAY), "zh")
    assert counted is not None and up_to_cap(offer, counted, "zh")[0] == amount


KINDS = "1.文本类语料：每TB奖励5万元；2.图像、音频类语料：每TB奖励1万元；3.视频类语料：每TB奖励2000元。"


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("开放8TB文本和12TB图像语料，奖多少", 520_000),
        ("开放8TB文本、5TB视频，奖多少", 410_000),
        ("开放8TB文本语料，奖多少", None),
        ("开放8TB和12TB，奖多少", None),
    ],
)
def test_several_kinds_each_at_its_own_price(text: str, raw: int | None) -> None:
    found = count_kinds(read_rules(KINDS).offers, figures_told(text, TODAY), "zh")
    assert (found and found[0].raw) == raw
    if found:
        assert "8TB" in found[0].shown


def test_what_one_brings_is_asked_and_not_told() -> None:
    assert figures_told("闽南语音频一小时奖多少钱", TODAY) == []


def test_two_sides_of_a_figure_are_alternatives() -> None:
    rules = read_rules(
        "上年度出口额300万美元以下的企业，免缴保费；上年度出口额300万美元以上的企业，按保费的40%给予资助。"
    )
    [offer] = rules.offers
    assert rules.bounds == ()
    assert [(b.op, b.unit) for b in offer.bounds] == [("at_least", "美元")], (
        "of the other side nothing is asked"
    )


def test_a_year_of_spending_is_no_age() -> None:
    base, young = read_rules("按算力费用的25%补贴。成立不满3年的企业，补贴比例提高至40%。").offers
    told = figures_told("租算力一年花了800万", TODAY)
    assert [told_of(b, told, young) for b in young.bounds] == [None] and base.bounds == ()
    aged = figures_told("公司成立一年，租算力花了800万", TODAY)
    assert all(b.holds(t.value) for b in young.bounds if (t := told_of(b, aged, young)))
