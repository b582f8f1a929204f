"""What a figure is of, and what a reading leaves out: kinds of fault that an attack found, with other names and figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from assistant.grammar.measures import Measure, measure_of, meets, vocabulary
from assistant.keyword_index import nouns_of
from assistant.law.told import figures_told
from assistant.programmes.bases import is_for, left_over
from assistant.programmes.clauses import read_rules
from assistant.programmes.counting import count, told_of

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


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        ("按训练费用的30%给予补贴，每个学员最高2000元。", "训练费用花了60万"),  # a ceiling of each
        ("按实际支付利息的40%给予贴息，贷款本金不超过300万元。", "贷款利息付了30万"),  # of what is counted
        (
            "对500立方米以上的冷库，按设备投资额的20%给予补助，最高80万元。",
            "冷库设备投了60万",
        ),  # a number not read
        ("对招用毕业生的企业，按每人每月800元给予补贴。", "招了6个毕业生"),  # a month's sum
        ("对招用毕业生的企业，按每人1500元给予补贴。", "招了12个人"),  # broader than who is meant
        ("对引进博士的企业，每人每年给予2万元。", "招了10个本科生"),
        ("按设备购置额的10%给予补助，最高50万元。", "合同签了60万，目前只付20万"),
        ("按软件购置费的20%给予补助；同时获得省级补助的，减半执行。", "买软件花了60万"),
        ("按云服务费用的30%给予补助，最高20万元。", "没买云服务，花了50万装宽带"),
        ("按设备购置额的10%给予补助，最高50万元。", "买设备预算200万，最后取消了"),
        ("按设备购置额的10%给予补助，最高50万元。", "我朋友买设备花了200万"),
        ("按实际支付利息的40%给予贴息，最高20万元。", "收到银行退的利息5万"),
    ],
)
def test_a_clause_that_says_more_or_a_sum_that_is_not_the_firms_gives_nothing(clause: str, text: str) -> None:
    sums = figures_told(text, DAY)
    assert [c for offer in read_rules(clause).offers if (c := count(offer, sums, "zh"))] == []


def test_what_stands_in_brackets_is_asked_of_nobody() -> None:
    rules = read_rules(
        "小微企业新招人数达到现有职工总数的10%以上（超过100人的企业达到5%以上）的，可申请贷款300万元贴息。"
    )
    assert all(bound.value != 100 for bound, _, _ in rules.bounds)


def test_a_ceiling_on_the_aid_is_no_condition() -> None:
    [(bound, _, _)] = read_rules("同一项目合计不超过60万元。").bounds or [(None, 0, 0)]
    if bound is not None:
        assert told_of(bound, figures_told("数字化改造总共花了150万", DAY)) is None


@pytest.mark.parametrize(
    ("clause", "asked", "does"),
    [
        ("企业以专利权质押取得贷款的，按实际支付利息的50%给予贴息。", "房产抵押贷款利息30万", False),
        ("企业以专利权质押取得贷款的，按实际支付利息的50%给予贴息。", "专利质押贷款利息30万", True),
        ("民宿经营者装修的，按装修费用的15%给予补助。", "餐馆装修花了80万", False),
        ("对餐饮企业年营业额首次达到500万元的，奖励3万元。", "百货商场，年营业额首次到了800万", False),
        ("对餐饮企业年营业额首次达到500万元的，奖励3万元。", "年营业额首次到了800万", True),
    ],
)
def test_what_a_clause_gives_for_must_be_spoken_of(clause: str, asked: str, does: bool) -> None:
    [offer] = read_rules(clause).offers
    assert is_for(offer, (), asked, nouns_of) is does


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("对500立方米以上的冷库,按设备投资额的20%给予补助。", "500"),
        ("第3条 1次性给予20万元,2类企业除外。", None),
        ("2026年度按合同金额的30%给予补贴,同1企业每年最高100万元。", None),
    ],
)
def test_a_number_that_was_not_read_is_known(sentence: str, left: str | None) -> None:
    assert left_over(sentence) == left


def test_steps_of_one_figure_are_each_read() -> None:
    offers = read_rules("年营业收入首次达到300万元的，奖励16万元；首次达到900万元的，奖励52万元。").offers
    sums = figures_told("营业收入首次做到950万", DAY)
    assert [c.raw for o in offers if (c := count(o, sums, "zh"))] == [Decimal(160_000), Decimal(520_000)]
