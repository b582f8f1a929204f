"""Who may, must and may not, and which office does what: the shapes in which papers say it."""

from __future__ import annotations

import pytest

from assistant.law.clauses import read_clause
from assistant.law.provisions import Benefit, Budget, Listing, Material, Office, Requirement, Window


def asked(text: str, headings: tuple[str, ...] = (), before: str = "") -> list[str]:
    reads = [r.content for r in read_clause(text, headings, before)]
    return [
        f"{r.who.value} {r.condition.bound or r.condition.words}" for r in reads if isinstance(r, Requirement)
    ]


@pytest.mark.parametrize(
    ("text", "headings", "before", "expected"),
    [
        (
            "申报单位应当财务制度健全，近两年未发生重大质量事故；此前项目逾期半年以上仍未验收的，不得申报。",
            ("支持对象",),
            "",
            ["must 财务制度健全", "must 近两年未发生重大质量事故", "may_not 此前项目逾期半年以上仍未验收"],
        ),
        (
            "申请认定的基地，应同时具备：1.在本县注册，实际运营满2年；2.场地1500平方米以上；3.专职人员不少于4人；4.设有总额300万元以上的资金。",
            ("认定条件",),
            "",
            [
                "must 在本县注册",
                "must duration >= 2年",
                "must area premises >= 1500平方米",
                "must heads >= 4人",
                "must 设有总额300万元以上的资金",
            ],
        ),
        (
            "①发生消防事故的；②未经批准改变房屋结构的。",
            ("监督管理",),
            "存在下列情况的，取消其当年申报资格：",
            ["may_not 发生消防事故", "may_not 未经批准改变房屋结构"],
        ),
        (
            "养殖户对病死畜禽未作处理的，承保机构不予赔付。",
            (),
            "",
            ["may_not 养殖户对病死畜禽未作处理"],
        ),
        (
            "发生安全事故的、被列入失信名单的、一年内有效投诉4起以上的旅行社，取消奖励资格。",
            (),
            "",
            [
                "may_not 发生安全事故",
                "may_not 被列入失信名单",
                "may_not 一年内有效投诉4起以上的旅行社",
            ],
        ),
        (
            "近三年受到行政处罚累计3次以上的，不得申请。",
            (),
            "",
            ["may_not 近三年受到行政处罚累计3次以上"],  # 3次 alone would say nothing of whom
        ),
        (
            "购置办公用房的，按每平方米800元给予补贴，最高600万元；享受补贴的办公用房五年内不得转租。",
            (),
            "",
            ["must 享受补贴的办公用房五年内不得转租"],
        ),
        (
            "首购首用单位，按采购额的8%给予补贴，每套不超过40万元；采购关联企业产品的不予补贴。",
            (),
            "",
            ["may_not 采购关联企业产品"],
        ),
        ("问：个体户能不能申请？", (), "", []),
    ],
)
def test_who_may_and_must(text: str, headings: tuple[str, ...], before: str, expected: list[str]) -> None:
    assert asked(text, headings, before) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本细则由市商务局、市财政局负责解释。", ["市商务局 explains", "市财政局 explains"]),
        ("各区商务主管部门对申报材料的完整性进行审查。", ["各区商务主管部门 reviews"]),
        ("③县（市、区）人社部门5个工作日内复核。", ["县（市、区）人社部门 reviews"]),
        ("公示无异议后由县财政局将补贴资金打入社会保障卡。", ["县财政局 pays"]),
        ("由各林场初验，市林草局抽验。", ["各林场 reviews", "市林草局 reviews"]),
        ("企业于每年3月向所在地县农业农村局提出申请。", ["县农业农村局 accepts"]),
        ("初审合格的报市民政局；市民政局复核。", ["市民政局 reviews"]),
        ("未在规定时间提出申请的，顺延至下一年度办理。", []),
        ("技术合同认定登记证明；（2）银行支付凭证和发票复印件。", []),
        ("事项：超比例奖励｜受理单位：区（县）残联", ["区（县）残联 accepts"]),
    ],
)
def test_offices_and_what_they_do(text: str, expected: list[str]) -> None:
    reads = [r.content for r in read_clause(text)]
    assert [f"{r.office} {r.does.value}" for r in reads if isinstance(r, Office)] == expected


def test_papers_windows_budgets_and_lists() -> None:
    paid = read_clause("申请时须提交补贴申请表、分户清单、缴费凭证，加盖公章。")
    assert [r.content.material for r in paid if isinstance(r.content, Material)] == [
        "补贴申请表",
        "分户清单",
        "缴费凭证",
    ]
    twice = read_clause("见习补贴每年集中受理两次，分别为每年1月5日至1月25日、7月5日至7月25日。")
    assert [r.content.yearly for r in twice if isinstance(r.content, Window)] == [
        "1月5日-1月25日",
        "7月5日-7月25日",
    ]
    shown = read_clause("公示期为2026年2月9日至2月13日，现予公示。")
    assert not [r for r in shown if isinstance(r.content, Window)]
    kept = read_clause("县财政每年安排农产品奖补资金1300万元，与省级资金统筹使用。")
    assert [str(r.content.budget) for r in kept if isinstance(r.content, Budget)] == ["1300万元"]
    chosen = read_clause("青川技师学院，支持金额90万元；平溪县职业学校，支持金额25万元。", ["拟支持项目名单"])
    assert [str(r.content.amount) for r in chosen if isinstance(r.content, Listing)] == ["90万元", "25万元"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("当年自营出口额达到800万美元的企业，奖励6万元。", "自营"),
        ("对在云港完成的内贸集装箱吞吐量达到30万标箱的船公司，奖励90万元。", "内贸集装箱"),
        ("亩均税收达到15万元的企业，奖励10万元。", "亩均"),
        ("在基地连续就业满1年的青年，给予2万元补贴。", "就业"),
    ],
)
def test_what_narrows_a_figure_stays_a_condition(text: str, kept: str) -> None:
    [benefit] = [r.content for r in read_clause(text) if isinstance(r.content, Benefit)]
    assert any(kept in (c.words or "") for c in benefit.when)
    assert any(c.bound for c in benefit.when)


@pytest.mark.parametrize(
    "text",
    [
        "截至2025年10月底，全市累计发放补贴资金约3.7亿元。",  # what was paid
        "剩余学位继续招收业主子女，直至招生比例的100%。",  # a share of places
        "资料不齐全的，申请人应在通知的时间内补正补齐资料。",
        "到2030年，重点企业覆盖率达60%以上，力争达到80%。",  # a goal
        "要高度重视，必须把稳岗位放在突出位置，促进就业创业。",
    ],
)
def test_reports_goals_and_papers_give_and_ask_nothing(text: str) -> None:
    assert not [r.content for r in read_clause(text) if isinstance(r.content, Benefit)]
    asked = [r.content for r in read_clause(text) if isinstance(r.content, Requirement)]
    assert not any(r.condition.bound for r in asked) and not any(
        "促进" in (r.condition.words or "") for r in asked
    )


def test_for_each_a_year_keeps_the_year() -> None:
    reads = read_clause("评为优秀、良好等级的，每年每个分别给予20万元、12万元奖励。")
    assert [r.content.grant.time for r in reads if isinstance(r.content, Benefit)] == ["year", "year"]  # type: ignore[union-attr]
