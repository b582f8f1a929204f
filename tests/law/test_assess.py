"""A support held against what a firm tells: the sum and its arithmetic, the step, the case, what is broken, and silence."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest

from assistant.keyword_index import nouns_of
from assistant.law.assess import Judgement, assess
from assistant.law.clauses import read_whole
from assistant.law.firm import Firm
from assistant.law.provisions import Benefit, Provision, Span
from assistant.law.supports import Support
from assistant.law.told import figures_told
from assistant.steps.rows import rows_in
from assistant.text import fold

DAY = date(2026, 11, 30)


def judged(clause: str, told: str, names: tuple[str, ...] = ()) -> Judgement:
    """What a clause means for what is told."""
    reads, unread = read_whole(clause, names)
    provisions = [
        Provision(
            document="d",
            version=1,
            start=r.start,
            end=r.end,
            content=r.content,
            unread=tuple(Span(start=a, end=b) for a, b in r.unread),
        )
        for r in reads
    ]
    support = Support(
        id="d#1",
        document="d",
        names=names,
        start=0,
        end=len(clause),
        benefits=tuple(p for p in provisions if isinstance(p.content, Benefit)),
        governing=tuple(p for p in provisions if not isinstance(p.content, Benefit)),
        unread=tuple(Span(start=a, end=b) for a, b in unread),
    )
    firm = Firm(tuple(figures_told(told, DAY)), fold(told), nouns_of)
    return assess(support, lambda p: clause, firm)


def sums(clause: str, told: str) -> list[Decimal]:
    return [s.amount for s in judged(clause, told).sums]


@pytest.mark.parametrize(
    ("clause", "told", "found"),
    [
        ("按设备购置额的15%给予补助，最高80万元。", "买设备花了400万", [600_000]),
        ("按设备购置额的15%给予补助，最高80万元。", "买设备花了900万", [800_000]),
        ("对设备投入超过100万元的部分，按20%给予补助，最高150万元。", "今年设备投入430万", [660_000]),
        ("每招用1名毕业生补贴1500元。", "招了12个毕业生", [18_000]),
        ("每新增1家连锁门店奖励2万元，最多奖励5家。", "新开了8家连锁门店", [100_000]),
        ("新建连栋温室的，按每亩2万元给予补助，最高100万元。", "建了32亩连栋温室", [640_000]),
        ("购置新能源冷藏车的，按单价的15%给予补助，每辆最高6万元。", "提了8台冷藏车，一台52万", [480_000]),
        ("租用办公用房的，按每平方米每月30元给予补贴。", "租了200平办公用房，租了10个月", [60_000]),
        ("按实际租金的30%给予补贴，最高50万元。", "厂房月租8万租了10个月", [240_000]),
        ("按实际支付利息的40%贴息，每年最高60万元。", "贷款付了利息90万", [360_000]),
        ("按实际支付利息的50%贴息。", "贷款500万，年利率4%", [100_000]),
        ("按省级资助金额的50%给予配套。", "省里已经给了80万", [400_000]),
        (
            "企业年营业收入首次达到1亿元、5亿元的，分别给予20万元、60万元奖励。",
            "营业收入首次做到6.3亿",
            [600_000],
        ),
        ("年度出口额每增加100万美元奖励3万元。", "去年出口900万美元，今年出口1340万美元", [120_000]),
        ("年度出口额每增加100万美元奖励3万元。", "今年出口比去年增加了350万美元", [90_000]),
        ("年度出口额每增加100万美元奖励3万元。", "今年出口1340万美元", []),  # what was added is not told
        ("年度出口额每增加100万美元奖励3万元。", "今年比去年增加了350万美元", []),  # of what is not told
        (
            "设备投入按以下标准补贴：100万元以下（含）的部分按10%，100万元以上至500万元（含）的部分按6%，500万元以上的部分按3%。",
            "设备投入700万",
            [400_000],
        ),
        (
            "按设备投入额的15%给予补贴；设备投入额500万元以上部分按10%给予补贴，最高300万元。",
            "设备投入800万",
            [1_050_000],
        ),
        (
            "按设备投入给予补贴：投入50万元（含）至200万元的，补贴15%；200万元（含）至1000万元的，补贴12%；1000万元（含）以上的，补贴10%。",
            "设备投入300万",
            [360_000],
        ),
        (
            "引进博士的，每人给予10万元；引进硕士的，每人给予3万元。",
            "引进了2个博士5个硕士",
            [200_000, 150_000],
        ),
    ],
)
def test_sums(clause: str, told: str, found: list[int]) -> None:
    assert sums(clause, told) == [Decimal(f) for f in found]


@pytest.mark.parametrize(
    ("clause", "told"),
    [
        ("按设备购置额的15%给予补助。", "融资了2000万"),
        ("按设备购置额的15%给予补助。", "注册资本3000万"),
        ("按设备购置额的15%给予补助。", "租厂房花了60万"),
        ("按研发费用的10%给予补助。", "去年营收6000万"),
        ("按实际支付利息的40%贴息。", "改造投了160万"),
        ("按失业保险费的60%返还。", "五险总共交了48万"),  # broader
        ("年营业收入首次达到1亿元的，奖励20万元。", "融资1.5亿"),
        ("对500立方米以上的冷库，按设备投资额的20%给予补助，最高80万元。", "没买设备，融资60万"),
        ("新引进企业购买办公用房的，按每平方米500元给予补助。", "租了600平办公用房"),  # another way
        ("按软件购置费的20%给予补助；同时获得省级补助的，减半执行。", "买软件花了60万"),
        ("按设备购置额的10%给予补助，最高50万元。", "买设备预算200万，最后取消了"),
        ("按设备购置额的10%给予补助，最高50万元。", "我朋友买设备花了200万"),
        ("对引进博士的企业，每人给予2万元。", "招了10个本科生"),
    ],
)
def test_a_sum_of_something_else_brings_nothing(clause: str, told: str) -> None:
    assert sums(clause, told) == []


@pytest.mark.parametrize(
    ("clause", "told", "found", "others"),
    [
        # A case that is told counts; one that is not is said beside the general one.
        (
            "按租用算力费用的25%给予补贴。成立不满3年的企业，补贴比例提高至40%。",
            "公司才成立1年，租算力付了100万",
            400_000,
            0,
        ),
        (
            "按租用算力费用的25%给予补贴。成立不满3年的企业，补贴比例提高至40%。",
            "租算力付了100万",
            250_000,
            1,
        ),
        ("按律师费的50%给予资助；胜诉的，按60%给予资助。", "律师费90万，官司赢了", 540_000, 0),
        ("大型企业按失业保险费的30%返还，中小微企业按60%返还。", "我们是小企业，失业保险交了3万", 18_000, 0),
    ],
)
def test_of_several_cases_the_one_that_is_told(clause: str, told: str, found: int, others: int) -> None:
    one = judged(clause, told)
    assert [s.amount for s in one.sums] == [Decimal(found)] and len(one.others) == others


def test_where_no_case_is_told_each_is_said() -> None:
    one = judged("大型企业按失业保险费的30%返还，中小微企业按60%返还。", "失业保险交了3万")
    assert not one.sums and [w.worked.amount for w in one.others if w.worked] == [
        Decimal(9000),
        Decimal(18_000),
    ]


def test_a_higher_step_brings_the_difference() -> None:
    clause = "年营业收入首次达到1亿元、5亿元的，分别给予20万元、60万元奖励。晋档的，补足差额。"
    assert sums(clause, "之前领过20万，今年营业收入首次到了6亿") == [Decimal(400_000)]


@pytest.mark.parametrize(
    ("clause", "told", "broken"),
    [
        ("对设备投入500万元以上的企业，按设备投入的8%给予奖补。", "设备投入480万", "480万"),
        (
            "初创企业招用员工的，每人补贴2000元。本办法所称初创企业，是指个人持股比例不低于30%的企业。",
            "自己占25%的股，招了3个员工",
            "25%",
        ),
        ("给予购房补贴10万元。申请人年龄不超过35周岁。", "我今年37岁", "37岁"),
        ("按合同金额的20%给予补贴。单个合同金额低于2万元的，不予补贴。", "算力合同1.5万", "1.5万"),
    ],
)
def test_a_bound_that_is_surely_not_reached_is_named(clause: str, told: str, broken: str) -> None:
    one = judged(clause, told)
    assert one.outcome == "unmet" and one.broken and one.broken.told and one.broken.told.written == broken


@pytest.mark.parametrize(
    ("clause", "told"),
    [
        ("对设备投入500万元以上的企业，按设备投入的8%给予奖补。", "去年营收480万"),
        ("给予购房补贴10万元。申请人年龄不超过35周岁。", "公司开了37年"),
        ("企业注册满2年的，给予补贴5万元。", "孩子2岁，贷款1年"),
    ],
)
def test_a_figure_of_something_else_breaks_nothing(clause: str, told: str) -> None:
    assert judged(clause, told).outcome == "unknown"


def test_the_arithmetic_is_shown() -> None:
    [one] = judged("按设备购置额的15%给予补助，最高80万元。", "买设备花了900万").sums
    assert one.shown == "900万元 × 15% = 135万元，超过上限80万元，按80万元计"


def test_a_bound_that_some_are_eased_of_refuses_nobody_who_keeps_the_other() -> None:
    clause = (
        "企业上年度足额缴纳失业保险费满12个月，裁员率不高于6%；参保职工20人（含）以下的，裁员率不高于25%。"
    )
    assert judged(clause, "裁员率17%").outcome == "unknown"
    assert judged(clause, "裁员率31%").outcome == "unmet"


def test_of_people_a_part_may_be_what_counts() -> None:
    clause = "论坛参会人员100人以上的，按境外参会嘉宾每人300元给予主办方奖励。"
    assert sums(clause, "办论坛来了260人，里面90个是境外来的") == [27_000]
    assert sums(clause, "办论坛来了260位境外嘉宾") == [78_000]


CEILING = "对年营业收入达到2000万元的企业奖励50万元，最高不超过设备投入的30%。"


def test_a_ceiling_that_nothing_told_decides_is_said_and_asked_for() -> None:
    (open_,) = judged(CEILING, "年营业收入3000万").sums
    assert open_.amount == 500_000 and "不得超过设备投入的30%（没有说设备投入是多少" in open_.shown
    (settled,) = judged(CEILING, "年营业收入3000万，设备投入100万").sums
    assert settled.amount == 300_000 and "没有说" not in settled.shown


def test_what_looks_like_a_year_or_a_price_is_read_by_what_follows() -> None:
    units = {(t.value, t.unit) for t in figures_told("租了2000平方米，一平一个月50，招了2个博士", DAY)}
    assert (
        (Decimal(2000), "平方米") in units
        and (Decimal(2), "人") in units
        and (Decimal(1), "个月") not in units
    )
    assert figures_told("实用新型资助多少钱一件", DAY) == []
    assert all(t.unit != "元" for t in figures_told("训练参数规模100亿的模型", DAY))


def test_a_long_line_without_rows_is_read_at_once() -> None:
    started = time.monotonic()
    assert list(rows_in("甲：乙" * 20_000)) == []
    assert time.monotonic() - started < 2
