"""A paper without a programme file works on the day it is ingested: sums by its own clause, marked 按条文推算."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from assistant.clock import FixedClock
from assistant.models import Assessment, Question
from assistant.programmes.inferred import Inferred
from assistant.programmes.present import Statement
from assistant.programmes.schema import Source
from assistant.steps.judge import Judged
from assistant.steps.state import computed, verify
from assistant.wiring import Application
from tests.conftest import TODAY, ingest_paths, make_settings

PAPER = """海州市促进算力应用若干办法
海府〔2026〕8号
第一条 支持对象为在海州市登记注册、具有独立法人资格的企业。
第二条 对租用智能算力的企业，按实际支付算力服务费的35%给予补贴，单个企业每年最高160万元。
第三条 对采购行业数据集的企业，按合同金额的最高20%给予资助，最高50万元。
第四条 对获得国家级示范称号的企业，一次性奖励100万元。
第五条 本办法自2026年3月1日起施行，有效期3年。
"""


@pytest.fixture(scope="module")
def haizhou(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Application:
    home = tmp_path_factory.mktemp("haizhou")
    (home / "海州.txt").write_text(PAPER, encoding="utf-8")
    settings = make_settings(home / "home", model_cache=model_cache, samples=False)
    application = Application(settings, FixedClock(TODAY))
    ingest_paths(application, home / "海州.txt")
    return application


@pytest.mark.parametrize(
    ("text", "amount", "said"),
    [
        (
            "海州市租用智能算力花了300万，能补贴多少？",
            1_050_000,
            "300万元 × 35% = 105万元，未超过上限160万元",
        ),
        ("海州市算力服务费600万，补贴多少", 1_600_000, "超过上限160万元，按160万元计"),
        ("海州市采购行业数据集的合同100万，资助多少", 200_000, "100万元 × 20% = 20万元"),
    ],
)
def test_a_sum_from_the_clause(haizhou: Application, text: str, amount: int, said: str) -> None:
    answer = haizhou.pipeline.answer(Question(text=text, as_of=TODAY))
    one = answer.assessments[-1]
    assert one.programme_id is None and one.amount == amount and "按条文推算" in answer.text
    assert said in answer.text and answer.citations[0].quote in PAPER


def test_no_sum_without_an_amount_of_ones_own_or_without_a_rate(haizhou: Application) -> None:
    for text in ("海州市算力补贴最高160万元，对吗", "海州市获得国家级示范称号，花了300万，奖励多少"):
        answer = haizhou.pipeline.answer(Question(text=text, as_of=TODAY))
        assert not any(a.amount for a in answer.assessments), text


def test_a_computed_statement_does_not_vouch_for_its_own_rate() -> None:
    """Only sums may be ours: a rate that the quoted clause does not have fails the check."""
    source = Source(document_id="d", quote="按合同金额的30%给予补贴，最高200万元。")
    said = Statement("按条文推算，最高105万元：300万元 × 35% = 105万元。", (source,))
    amount = Decimal(1_050_000)
    assessment = Assessment(programme_id=None, title="d", outcome="unknown", amount=amount, working=said.text)
    allowed = ["算力花了300万元", *computed(Judged(inferred=Inferred((said,), assessment)))]
    assert not verify(said, allowed, [source.quote]).passed
    right = Statement(said.text.replace("35%", "30%"), (source,))
    assert verify(right, allowed, [source.quote]).passed


RAISED = """海湾市算力券实施办法
海湾府〔2026〕9号
第一条 专精特新企业租用智能算力的，按合同实际执行额的40%给予补贴，每年最高200万元。
第二条 使用全国产化算力的，补贴比例在上述基础上再增加10个百分点，年度上限不变。
第三条 本办法自2026年3月1日起施行，有效期3年。
"""


@pytest.mark.parametrize(
    ("text", "said", "cited"),
    [
        ("海湾市专精特新，用全国产化算力，合同执行了320万，补多少", "320万元 × 50% = 160万元", 2),
        ("海湾市专精特新企业租用智能算力，合同执行了320万，补多少", "320万元 × 40% = 128万元", 2),
        ("海湾市专精特新，没用国产算力，合同执行了320万，补多少", "320万元 × 40% = 128万元", 2),
    ],
)
def test_points_on_top_count_where_told_and_are_quoted_else(
    tmp_path: Path, model_cache: Path, text: str, said: str, cited: int
) -> None:
    (tmp_path / "海湾.txt").write_text(RAISED, encoding="utf-8")
    settings = make_settings(tmp_path / "home", model_cache=model_cache, samples=False)
    application = Application(settings, FixedClock(TODAY))
    ingest_paths(application, tmp_path / "海湾.txt")
    answer = application.pipeline.answer(Question(text=text, as_of=TODAY))
    assert said in answer.text
    assert len(answer.citations) >= cited and any("10个百分点" in c.quote for c in answer.citations)
