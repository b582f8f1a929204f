"""What changed between two versions of a clause, in words: each field on its own, and nothing where only words changed."""

from __future__ import annotations

import pytest

from assistant.law.changes import changes

BEFORE = (
    "软件企业租用机房的，按每平方米每月30元给予补贴，补贴面积不超过500平方米，每年最高20万元，连续补贴3年。"
)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("每月30元", "每月25元", "每份金额由30元改为25元"),
        ("500平方米", "300平方米", "上限由500平方米改为300平方米"),
        ("每年最高20万元", "每年最高15万元", "上限由20万元改为15万元"),
        ("连续补贴3年", "连续补贴2年", "期限由3年改为2年"),
        ("每平方米每月30元", "每平方米每月30元", None),
        ("软件企业", "软件信息企业", None),
    ],
)
def test_a_field_that_changed_is_said_and_no_other(old: str, new: str, said: str | None) -> None:
    found = changes(BEFORE, BEFORE.replace(old, new))
    assert len(found) == (1 if said else 0), found
    assert said is None or said in found[0]


def test_what_must_be_reached_and_windows() -> None:
    before = "年营业收入达到2000万元的企业，给予10万元奖励。"
    assert "由2000万元改为5000万元" in "".join(changes(before, before.replace("2000万元", "5000万元")))
    window = "申报时间为2031年3月1日至4月30日。"
    moved = changes(window, window.replace("4月30日", "5月31日"))
    assert any("2031-05-31" in line for line in moved) and any("2031-04-30" in line for line in moved)


def test_figures_that_nobody_read_are_said() -> None:
    after = "企业购买设备的，给予补贴；省级的减半执行，另有300万元统筹使用。"
    assert any("300万元" in line for line in changes("企业购买设备的，给予补贴。", after))
    assert changes(after, after) == []
