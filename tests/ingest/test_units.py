"""A bare number under a header with a unit is read with it; everything else stays as the table has it."""

from __future__ import annotations

import pytest

from ingest.units import header_under, stated_unit, with_unit


@pytest.mark.parametrize(
    ("header", "cell", "expected"),
    [
        ("标准（万元）", "20", ("标准", "20万元")),
        ("补助比例（%）", "15", ("补助比例", "15%")),
        ("标准(单位：万元)", "1,200.5", ("标准", "1,200.5万元")),
        ("奖励金额【万元】", "10-20", ("奖励金额", "10-20万元")),
        ("奖励金额（万元）", "10～20", ("奖励金额", "10～20万元")),
        ("补贴（元/平方米·月）", "30", ("补贴", "30元/平方米·月")),
        ("补贴（万元/户）", "不超过5", ("补贴", "不超过5万元/户")),
        ("面积（亩）", "50以上", ("面积", "50亩以上")),
        ("职工（人）", "300（含）以上", ("职工", "300（含）人以上")),
        ("营业收入（2031年，万元）", "500", ("营业收入（2031年）", "500万元")),
        ("比例（%）-中小企业", "25", ("比例-中小企业", "25%")),
        ("上限（万元）-省级（个）", "3", ("上限（万元）-省级", "3个")),
        ("期限（个工作日）", "10", ("期限", "10个工作日")),
        ("投资额（亿元）", "≥3.5", ("投资额", "≥3.5亿元")),
        ("首付（人民币万元）", "8", ("首付", "8万元")),
    ],
)
def test_a_bare_number_gets_the_unit(header: str, cell: str, expected: tuple[str, str]) -> None:
    assert with_unit(header, cell) == expected


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("序号", "3"),
        ("标准（万元）", "20万元"),
        ("标准（万元）", "按投资额的10%"),
        ("标准（万元）", "/"),
        ("标准（万元）", ""),
        ("标准（万元）", "15%"),
        ("标准（万元、%）", "20"),
        ("项目（2031年）", "20"),
        ("项目（第一批）", "20"),
        ("（万元）以上部分", "20"),
        ("联系电话", "0571-1234"),
        ("金额（万元）", "20 30"),
        ("名额（个）", "各1个"),
    ],
)
def test_what_has_its_unit_or_none_stays(header: str, cell: str) -> None:
    assert with_unit(header, cell) == (header, cell)


def test_the_figures_stay_as_they_are_written() -> None:
    for cell in ("1，200", "0.50", "12—15", "2至3", "＜5"):
        assert with_unit("额（万元）", cell)[1].removesuffix("万元") == cell


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("单位：万元", "万元"),
        ("（单位:万元）", "万元"),
        ("金额单位：元", "元"),
        ("单位：万元、%", None),
        ("单位：某县工信局", None),
        ("万元", None),
        ("主管单位", None),
    ],
)
def test_a_line_above_the_table_states_the_unit(line: str, unit: str | None) -> None:
    assert stated_unit(line) == unit


def test_only_columns_of_money_take_a_stated_sum() -> None:
    headers = ["序号", "企业", "奖励金额", "比例", "户数", "标准（元）", "补贴（2031年）", "投资额"]
    assert [header_under(h, "万元") for h in headers] == [
        "序号", "企业", "奖励金额（万元）", "比例", "户数", "标准（元）", "补贴（2031年）（万元）", "投资额（万元）",
    ]  # fmt: skip
    assert header_under("金额", "亩") == "金额"
