"""What a figure is of, and what a reading leaves out: kinds of fault that an attack found, with other names and figures."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.grammar.measures import Measure, measure_of, meets, vocabulary
from assistant.law.told import figures_told

DAY = date(2026, 11, 30)


def told(text: str) -> list[Measure]:
    return [t.measure for t in figures_told(text, DAY) if t.unit == "元"]


def of(nature: str, *objects: str, change: bool = False) -> Measure:
    return Measure(nature, frozenset(objects), change)


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("我们融资900万", of("financing")),
        ("注册资本300万", of("registered_capital")),
        ("租服务器花了120万", of("paid", "rented_computing")),
        ("买服务器花了120万", of("paid", "bought_server")),
        ("设备和软件一共花了230万", of("paid", "equipment", "software")),
        ("年产值同比增长4600万元", of("output", change=True)),
        ("银行贷款利息交了20万", of("interest")),
        ("花了70万律师费", of("paid", "legal")),
        ("我们花600万买设备", of("paid", "equipment")),
        ("买语料，合同金额90万", of("contract", "corpus")),
        ("财产保险保费20万", of("paid", "property_insurance")),
        ("厂房租金一年60万", of("paid", "premises_rent")),
        ("租卡训模型合同90万", of("contract", "rented_computing")),
        ("员工宿舍租金30万", of("paid", "housing_rent")),
        ("we spent RMB 3 million on renting GPU servers", of("paid", "rented_computing")),
    ],
)
def test_what_a_told_sum_is_of(text: str, measure: Measure) -> None:
    assert told(text) == [measure]


@pytest.mark.parametrize(
    ("phrase", "around", "measure"),
    [
        ("年度实际租金", "企业租用县属厂房的", of("paid", "premises_rent")),
        ("实际租金", "对租用算力的企业", of("paid", "rented_computing")),
        ("年租金", "对租赁用于直播的场地", of("paid", "premises_rent")),
        ("智能算力租赁合同金额", "", of("contract", "rented_computing")),
        ("设备、软件购置投入总额", "", of("invested", "equipment", "software")),
        ("研发费用较上年度增量部分", "", of("paid", "rd", change=True)),
        ("实际缴纳保费", "企业投保出口信用保险的", of("paid", "credit_insurance")),
        ("合同金额", "对采购本地机器人用于仓储的企业，按", of("contract", "robots")),
    ],
)
def test_what_a_base_is_of(phrase: str, around: str, measure: Measure) -> None:
    assert measure_of(phrase, around) == measure


@pytest.mark.parametrize(
    ("one", "base", "does"),
    [
        (of("paid", "rented_computing"), of("contract", "computing"), True),  # narrower
        (of("paid", "computing"), of("contract", "rented_computing"), False),  # broader
        (of("paid", "premises_rent"), of("paid", "rented_computing"), False),  # siblings
        (of("paid", "equipment", "software"), of("paid", "equipment"), False),  # one of two
        (of("financing"), of("revenue"), False),
        (of("output"), of("output", change=True), False),
        (of("sold", "robots"), of("revenue", "robots"), True),
        (Measure(), of("paid", "equipment"), False),
        (of("paid"), of("paid", "equipment"), False),
    ],
)
def test_only_the_same_or_a_narrower_measure_meets(one: Measure, base: Measure, does: bool) -> None:
    assert meets(one, base) is does


def test_every_object_meets_itself_and_what_it_is_part_of_and_no_sibling() -> None:
    known = vocabulary()
    for key, above in known.above.items():
        assert all(meets(of("paid", key), of("contract", other)) for other in above)
        assert not any(meets(of("paid", key), of("paid", other)) for other in known.objects.keys() - above)
