"""What is not known is refused: no sum of another measure, no invented total, no verdict from what was not told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.clock import FixedClock
from assistant.models import Answer, Question
from assistant.wiring import Application
from tests import measure_battery
from tests.conftest import TODAY, ingest_paths, make_settings

DAY = date(2026, 11, 30)
PAPERS = {
    # a rate on what goes beyond a sum
    "石门口县": "一、对规上工业企业年产值同比增长超过2000万元的，给予超出部分0.4%的奖励，最高30万元。",
    "双河口市": "第七条 实训基地三年共接收实训学员的，按180元/人的标准给予补贴，补贴总额最高不超过46000元。",
    # a cap that belongs to another part
    "白沙口县": "第五条 对新获批二类创新药，年销售额在8000万元及以上的，单品种奖励企业170万元；企业引进中药经典名方的，"
    "从地方财政贡献中给予奖励，单品种最高奖励不超过260万元。",
    "青松口县": "第一条 餐饮企业年营业收入首次达到300万元的，奖励16万元；首次达到900万元的，奖励52万元。\n\n"
    "第二条 餐饮企业租用老街铺面的，按年度实际租金的35%给予补贴，最高18万元。",
    "黄石口区": "第三条 企业采购冷链设备的，按设备购置额的20%给予补助，最高90万元。",
    "绿洲口市": "第二条 企业上市的，连续3年每年按募集资金的1%给予奖励，最高200万元。",
    "银滩口县": "第四条 企业租用仓库的，第1年按租金的60%、第2年按租金的30%给予补贴。",
    "铜山口县": "第六条 企业参展的，按展位费的50%给予补贴；同时获得市级补贴的减半执行，按50%折算。",
    "玉泉口区": "第二条 每增加就业岗位5个，企业可获奖励2万元。",
    "金沙口市": "第九条 企业研发费用给予补助，较上年增量的部分按8%、存量部分按2%分别核算。",
    # windows, unlabelled papers, tables
    "南桥口县": "| 类别 | 级别 | 奖励标准 |\n|---|---|---|\n| 首次认定 | 国家级单项冠军 | 73万元 |\n"
    "| 首次认定 | 省级瞪羚企业 | 31万元 |\n| 复核通过 | 国家级单项冠军 | 14万元 |",
}
UNLABELLED = (
    "中共河湾口县委 河湾口县人民政府\n关于支持实体经济提质增效的意见\n(2026年3月8日)\n"
    "第12条 鼓励企业进入资本市场。对在北交所上市企业，给予企业270万元奖励。\n"
)
BESIDE = "# 河湾口县促进民宿发展办法\n\n第三条 对新评定为甲级的民宿，一次性给予12万元奖励。\n"
ENDED = (
    "# 芦苇口区支持青年返乡创业办法\n\n第四条 返乡青年租用创业园场地的，按租金的55%给予补贴，每年不超过3万元。\n\n"
    "第九条 本办法自2023年5月1日起施行，有效期3年。\n"
)
BESIDE_ENDED = (
    "# 芦苇口区人才公寓申请公告\n\n一、返乡青年可申请人才公寓。\n\n二、租金标准：每平方米每月17元。\n\n"
    "三、申请时间：2026年11月1日至2026年12月20日。\n"
)
OTHER_MATTERS = {
    "水库口市失业保险问答": "一、失业保险金每月多少？\n\n标准为每月1930元。",
    "山前口区公租房管理办法": "第六条 公租房轮候审核应当自受理之日起20个工作日内完成。",
    "港口口市积分入户办法": "（七）加强复核管理。（市公安局、市人社局按职责分工负责）",
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Application:
    """A knowledge base of invented papers only."""
    folder = tmp_path_factory.mktemp("places")
    texts = {
        f"{place}若干措施": f"# {place}支持产业发展若干措施\n\n{text}\n" for place, text in PAPERS.items()
    }
    texts |= {"意见": UNLABELLED, "民宿": BESIDE, "返乡": ENDED, "公寓": BESIDE_ENDED}
    texts |= {name: f"# {name}\n\n{text}\n" for name, text in OTHER_MATTERS.items()}
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    settings = make_settings(folder / "home", model_cache=model_cache, samples=False)
    application = Application(settings, FixedClock(DAY))
    ingest_paths(application, *sorted(folder.glob("*.md")))
    return application


def ask(application: Application, text: str, day: date = DAY) -> Answer:
    return application.pipeline.answer(Question(text=text, as_of=day))


def sums(answer: Answer) -> list[Decimal]:
    return [a.amount for a in answer.assessments if a.amount is not None]


# ------------------------------------------------------------------ 1. another measure, an unread word


def test_battery_of_wrong_measures(wence: Application, tmp_path: Path, model_cache: Path) -> None:
    """Every support with the right measure gives its sum; with any other money no working uses what was told."""
    for name, text in measure_battery.papers():
        (tmp_path / name).write_text(text, encoding="utf-8")
    settings = make_settings(tmp_path / "home", model_cache=model_cache, samples=False)
    places = Application(settings, FixedClock(TODAY))
    ingest_paths(places, *sorted(tmp_path.glob("*.md")))
    programmes = wence.knowledge.snapshot().rulebook.programmes
    asked = [(places, a) for a in measure_battery.of_clauses()]
    asked += [(wence, a) for a in measure_battery.of_programmes(programmes)]
    wrong = [
        a.question
        for application, a in asked
        if not measure_battery.is_right(
            a, application.pipeline.answer(Question(text=a.question, as_of=TODAY)).model_dump(mode="json")
        )
    ]
    rights = [a for _, a in asked if a.amount is not None]
    assert len(rights) >= 60 and len(asked) - len(rights) >= 600
    assert wrong == []


@pytest.mark.parametrize(
    "question",
    [
        "青松口县，我们融资900万，奖励多少？",
        "青松口县的餐饮公司，注册资本300万能拿多少奖励？",
        "青松口县，我们买设备花了400万，能奖多少？",
        "青松口县，我们银行贷款300万，能奖多少",
        "青松口县的铺子，工资一年发了300万，奖多少",
        "青松口县，去年净利润300万能拿多少钱",
        "青松口县，已经拿了县里300万，还能奖多少？",
        "黄石口区，买注塑机花了230万，能补多少？",
        "黄石口区，冷链设备和软件一共花了230万，能补多少？",
        "黄石口区，建冷库厂房投了230万，补多少",
        "银滩口县，租仓库租金一年30万，能补多少？",
        "铜山口县，参展展位费8万，能补多少？",
        "金沙口市，研发费用800万，能补多少？",
    ],
)
def test_no_sum_of_another_measure_nor_of_a_clause_that_says_more(places: Application, question: str) -> None:
    assert sums(ask(places, question)) == []


@pytest.mark.parametrize(
    ("question", "amount"),
    [
        ("石门口县规上工业企业，年产值同比增长4600万元，能拿多少奖励？", 104_000),
        ("双河口市实训基地三年一共接收了170人，能补多少？", 30_600),
        ("绿洲口市，企业上市募集资金2亿，奖多少？", 2_000_000),
        ("白沙口县，二类创新药年销售额9300万，奖励多少？", 1_700_000),
        ("青松口县，今年营业收入第一次过了300万，奖多少？", 160_000),
        ("青松口县，营业收入首次做到950万，奖多少？", 520_000),
        ("青松口县，租老街铺面一年租金20万，补多少？", 70_000),
        ("黄石口区，买冷链设备花了230万，能补多少？", 460_000),
    ],
)
def test_the_right_measure_gives_the_sum(places: Application, question: str, amount: int) -> None:
    answer = ask(places, question)
    assert sums(answer) == [Decimal(amount)]
    assert "260万" not in answer.text, "the cap of another part"


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("青松口县，我们融资900万，奖励多少？", "融资额"),
        ("青松口县，注册资本300万能拿多少奖励？", "注册资本"),
        ("青松口县，我们买设备花了400万，能奖多少？", "设备"),
    ],
)
def test_what_no_paper_counts_on_is_said_to_be_absent(places: Application, question: str, what: str) -> None:
    answer = ask(places, question)
    assert answer.status == "unanswerable_no_support"
    assert what in answer.text.split("。")[0]


def test_what_is_absent_is_named_in_the_language_of_the_question(places: Application) -> None:
    answer = places.pipeline.answer(
        Question(text="青松口县，我们融资900万，奖励多少？", as_of=DAY, language="en")
    )
    assert "financing raised" in answer.text.split(".")[0]


# ------------------------------------------------------------------ 2. totals


@pytest.mark.parametrize(
    "question",
    [
        "深圳，租服务器花了100万，一共能拿多少？",
        "深圳租GPU服务器花了120万，都能拿什么，加起来多少",
        "在深圳租显卡花了80万，总共能补多少？",
        "深圳，示范项目和标杆项目都申请，项目实际投入800万，一共能拿多少？",
        "深圳标杆项目、示范项目，实际投入600万，加起来多少",
        "深圳：示范项目 + 标杆项目，实际投入300万，合计多少？",
        "我们在深圳，项目实际投入500万，示范项目和标杆项目一起拿多少",
        "深圳行业应用示范项目和行业应用标杆项目，投入900万，两个一共多少",
        "demo project and benchmark project in Shenzhen, project investment RMB 6 million: how much in total?",
        "深圳，算力租了200万，训力券和示范项目一共拿多少？",
        "深圳，买语料花了90万，语料券和示范项目一共拿多少？",
        "深圳，模型服务费70万，模型券加标杆项目一共多少？",
    ],
)
def test_one_expense_is_never_added_up_twice(wence: Application, question: str) -> None:
    answer = ask(wence, question, TODAY)
    assert not any(a.title.startswith(("合计", "Total")) for a in answer.assessments)
    assert "合计最高" not in answer.text and "Together at most" not in answer.text


@pytest.mark.parametrize(
    ("question", "amount"),
    [
        ("深圳，语料合同200万、模型服务费100万，语料券和模型券一共拿多少？", 900_000),
        ("深圳训力券和语料券：租算力合同400万，买语料合同300万，合计多少？", 2_900_000),
    ],
)
def test_different_expenses_are_added_up(wence: Application, question: str, amount: int) -> None:
    assert Decimal(amount) in sums(ask(wence, question, TODAY))


# ------------------------------------------------------------------ 3. what was not told


@pytest.mark.parametrize(
    "question",
    [
        "深圳训力券，月租8万租了一年算力，能拿多少？",
        "训力券，租算力每季度30万，能补多少？",
        "租显卡一个月9万，训力券能拿多少？",
        "深圳买语料去年40万今年80万，语料券能拿多少？",
        "语料券，语料合同去年60万，今年90万，补多少",
        "语料券最高200万还是100万？",
        "训力券是最高1000万还是500万？",
        "已拿龙岗50万，训力券还能拿多少",
        "区里已经补了30万，模型券能拿多少？",
        "听说训力券能拿1000万，是真的吗",
        "模型服务费是100万还是50万起，模型券能申请吗？",
        "三年语料合同一共300万，语料券补多少？",
        "租算力两年合同500万，训力券能拿多少？",
        "去年申请300万没批，训力券能补多少",
        "每台服务器租金3万，训力券补多少？",
    ],
)
def test_no_sum_from_what_was_not_told(wence: Application, question: str) -> None:
    answer = ask(wence, question, TODAY)
    assert [s for s in sums(answer) if s] == []
    assert not any(key.endswith(("_amount", "_fee", "_spend")) for key in answer.facts), answer.facts
    assert all(a.outcome != "unmet" for a in answer.assessments)


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("公司成立一年零一个月，训力券能拿多少", "founded_on"),
        ("开了一年又两个月，训力券比例多少", "founded_on"),
        ("卖方是关联方还是第三方有区别吗，语料券", "corpus_seller_related"),
        ("高校还是企业能申请语料券？", "entity_type"),
        ("模型供应方是关联方吗，模型券能申请吗", "model_provider_related"),
        ("一人公司还是小微企业能拿OPC券？", "opc"),
    ],
)
def test_a_question_tells_no_fact(wence: Application, question: str, fact: str) -> None:
    answer = ask(wence, question, TODAY)
    assert fact not in answer.facts
    assert all(a.outcome != "unmet" for a in answer.assessments)


def test_another_stretch_of_time_is_asked_back(wence: Application) -> None:
    answer = ask(wence, "训力券，租算力每季度30万，能补多少？", TODAY)
    assert any("一年合计多少" in question for question in answer.follow_ups)


# ------------------------------------------------------------------ 6. loaded papers


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("河湾口县企业北交所上市奖励多少？", "270万元"),
        ("南桥口县省级瞪羚企业首次认定奖励多少？", "31万元"),
        ("南桥口县国家级单项冠军复核通过奖励多少？", "14万元"),
        ("水库口市失业保险金每月多少？", "1930元"),
        ("山前口区公租房审核多少个工作日完成？", "20个工作日"),
        ("港口口市积分入户加强复核管理由哪些部门负责？", "市公安局"),
    ],
)
def test_what_is_loaded_is_found(places: Application, question: str, said: str) -> None:
    answer = ask(places, question)
    assert answer.status == "answered" and said in answer.text


def test_a_paper_that_ended_answers_as_ended(places: Application) -> None:
    answer = ask(places, "芦苇口区返乡青年租场地，租金补贴比例和上限是多少？")
    assert "55%" in answer.text and "3万元" in answer.text and "到期" in answer.text
    assert {c.status for c in answer.citations} == {"expired"}


@pytest.mark.parametrize(
    "text", ["今天水库口市天气怎么样？", "帮我写一首关于山前口区的诗", "茅台的股票能买吗"]
)
def test_what_no_paper_speaks_of_stays_out_of_scope(places: Application, text: str) -> None:
    assert ask(places, text).status == "unanswerable_out_of_scope"
