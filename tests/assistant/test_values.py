"""Figures in all the ways people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.values import chinese_number, dates_in, is_covered, money_in, normalise, percents_in, values_in


@pytest.mark.parametrize(
    "text",
    [
        "最高３００万元",
        "3,000,000元",
        "三百万元",
        "RMB 3 million",
        "¥3,000,000",
        "300萬元",
        "300 万",
        "**300 万元**[1]",
    ],
)
def test_three_million_yuan(text: str) -> None:
    assert [v.value for v in money_in(normalise(text))] == [Decimal(3000000)]


@pytest.mark.parametrize(
    "text", ["300家", "300万平方米", "18条", "1.5亿台", "100万名人才", "千行百业", "3000P算力", "第3百"]
)
def test_what_is_no_money(text: str) -> None:
    assert money_in(normalise(text)) == []


def test_ranges_and_scales() -> None:
    assert [v.value for v in money_in(normalise("200—300万元"))] == [Decimal(2000000), Decimal(3000000)]
    assert [v.value for v in money_in(normalise("1个亿，0.8万亿元"))] == [Decimal(10**8), Decimal(8 * 10**11)]


@pytest.mark.parametrize("text", ["30%", "百分之三十", "３０％", "三成左右", "30 percent", "30 %"])
def test_thirty_percent(text: str) -> None:
    assert [v.value for v in percents_in(normalise(text))] == [Decimal(30)]


@pytest.mark.parametrize(
    "text",
    ["2026年9月14日", "2026-09-14", "14 September 2026", "September 14th, 2026", "2026/9/14", "2026.09.14"],
)
def test_one_day(text: str) -> None:
    assert [v.value for v in dates_in(normalise(text))] == [(2026, 9, 14)]


def test_both_ends_of_a_span_of_days() -> None:
    assert [v.value for v in dates_in(normalise("2026年9月7日至14日"))] == [(2026, 9, 7), (2026, 9, 14)]


@pytest.mark.parametrize(
    ("numeral", "number"), [("三百五十", 350), ("十", 10), ("一千零二", 1002), ("二〇二五", 2025), ("两", 2)]
)
def test_chinese_numbers(numeral: str, number: int) -> None:
    assert chinese_number(numeral) == number


def test_a_changed_figure_is_not_covered() -> None:
    stored = values_in("按合同金额的最高30%给予资助，最高200万元，2025年9月1日起受理")
    covered = ["最高200万元", "三成", "2025-09-01", "9月1日"]
    changed = ["最高20万元", "最高300万元", "29%", "2025-09-02", "2026年9月1日", "12家"]
    assert all(is_covered(v, stored) for text in covered for v in values_in(text))
    assert not any(is_covered(v, stored) for text in changed for v in values_in(text))


@pytest.mark.parametrize(
    ("said", "yuan"),
    [
        ("设备花了三万五", "35000"), ("两万六另外装修", "26000"), ("拢共一百四十万三千", "1403000"), ("4万7", "47000"),
        ("投了一亿三", "130000000"),
    ],
)  # fmt: skip
def test_sums_said_on_without_the_name_of_their_last_place(said: str, yuan: str) -> None:
    assert [v.value for v in money_in(normalise(said))] == [Decimal(yuan)]


@pytest.mark.parametrize("said", ["最高60万一等奖", "30万二等奖", "花了20万三年", "5万8台", "3亿二期"])
def test_what_follows_a_sum_is_no_part_of_it(said: str) -> None:
    assert "." not in normalise(said)
