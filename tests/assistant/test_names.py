"""What a question names, without a language model: programmes however they are written, regions, terms, years."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.keyword_index import search_words
from assistant.lexicon import Names
from assistant.models import Query, Question, Turn
from assistant.steps.understand import understand
from assistant.text import fold
from ingest.lexicon import load_lexicon

AS_OF = date(2026, 11, 22)


@lru_cache(maxsize=1)
def names() -> Names:
    return Names(load_lexicon())


def query(text: str, *before: str) -> Query:
    history = tuple(Turn(question=q, answer="…") for q in before)
    return understand(Question(text=text, as_of=AS_OF, history=history), names())


@pytest.mark.parametrize(
    ("text", "programme"),
    [
        ("训力券最高多少", "sz-training-voucher"),
        ("訓力券最高補幾多", "sz-training-voucher"),
        ("训利券怎么报", "sz-training-voucher"),
        ("训力卷怎么报", "sz-training-voucher"),
        ("xunliquan yi nian duoshao", "sz-training-voucher"),
        ("语聊券去哪申请", "sz-corpus-voucher"),
        ("语料劵比例", "sz-corpus-voucher"),
        ("数据券是什么", "sz-corpus-voucher"),
        ("魔型卷能抵多少", "sz-model-voucher"),
        ("Is the MODEL VOUCHER still open?", "sz-model-voucher"),
        ("corpus vouchers in Shenzhen", "sz-corpus-voucher"),
        ("买算力的补贴有没有", "sz-training-voucher"),
        ("上海的模型券补多少", "sh-model-voucher"),
        ("东莞算力券", "dg-compute-voucher"),
    ],
)
def test_programmes_however_they_are_written(text: str, programme: str) -> None:
    assert programme in [m.id for m in query(text).programmes]


@pytest.mark.parametrize(
    "text", ["购物券怎么领", "消费券怎么领", "优惠券", "今天天气怎么样", "高新技术企业认定", ""]
)
def test_what_only_resembles_a_programme_is_none(text: str) -> None:
    assert names().programmes(fold(text)) == ()


def test_a_known_name_is_not_taken_for_another_that_sounds_alike() -> None:
    """算力券 is a programme of other cities, one syllable from 训力券."""
    assert {m.match for m in query("算力券").programmes} == {"exact"}
    assert "sz-training-voucher" not in [m.id for m in query("算力券").programmes]


def test_a_bare_name_is_the_programme_of_the_region_asked_for() -> None:
    assert [m.id for m in query("上海的语料券").programmes] == ["sh-corpus-voucher"]
    assert [m.id for m in query("深圳的语料券").programmes] == ["sz-corpus-voucher"]


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("南山区有什么补贴", {"广东省/深圳市/南山区"}),
        ("南山的公司", {"广东省/深圳市/南山区"}),
        ("北京、上海、深圳哪里多", {"北京市", "上海市", "广东省/深圳市"}),
        ("Is it open in Guangdong or Hong Kong?", {"广东省", "香港特别行政区"}),
        ("沈阳的公司", {"辽宁省/沈阳市"}),
        ("北京朝阳区的公司", {"北京市/朝阳区"}),
        ("辽宁朝阳市的公司", {"辽宁省/朝阳市"}),
        ("朝阳产业、白银价格", set()),
    ],
)
def test_regions(text: str, regions: set[str]) -> None:
    assert set(names().regions(fold(text))) == regions


def test_english_is_searched_for_in_the_words_of_the_papers() -> None:
    asked = query("What is the annual cap of the training voucher for startups in Longgang?")
    assert {"最高", "初创企业"} <= set(asked.terms)
    assert "训力券" in asked.search_text and "龙岗" in asked.search_text
    assert asked.language == "en"


@pytest.mark.parametrize("form", ["三百万", "300万元", "3,000,000元", "RMB 3 million", "３００万元"])
def test_one_amount_in_all_its_forms(form: str) -> None:
    assert "=money:3000000" in search_words(f"合同{form}，能补多少")
    assert "=money:3000000" in search_words("合同三百万能补多少")


@pytest.mark.parametrize(
    ("text", "years"),
    [("去年的批次", (2025,)), ("2025年第二批", (2025,)), ("今年和2024年", (2024, 2026)), ("2000万元", ())],
)
def test_years_named_or_meant(text: str, years: tuple[int, ...]) -> None:
    assert query(text).years == years


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("深圳和上海的模型券哪个力度大？", "comparison"),
        ("有哪些券可以领", "list"),
        ("语料券怎么申请", "procedure"),
        ("训力券什么时候截止", "window"),
        ("分公司能申请吗", "eligibility"),
        ("最多给多少钱", "amount"),
        ("文号是什么", "fact"),
    ],
)
def test_what_the_question_is_after(text: str, intent: str) -> None:
    assert intent in query(text).intents


def test_papers_named_by_title_or_number_and_the_past() -> None:
    asked = query("《若干措施》和深工信〔2025〕43号，旧版还有效吗")
    assert asked.titles == ("若干措施", "深工信〔2025〕43号") and asked.past
    assert not query("现在能补多少").past


def test_a_follow_up_keeps_what_the_last_question_named() -> None:
    assert [m.id for m in query("那初创企业呢", "训力券能补多少").programmes] == ["sz-training-voucher"]


def test_staff_add_names_without_code(tmp_path: Path) -> None:
    folder = tmp_path / "programmes"
    folder.mkdir()
    (folder / "own.yaml").write_text("id: own\ntitle: 云雀券\naliases: [lark voucher]\n", encoding="utf-8")
    own = Names(load_lexicon(tmp_path))
    assert [m.id for m in own.programmes("lark voucher")] == ["own"]
    (folder / "own.yaml").write_text("title: 没有编号\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"own\.yaml"):
        load_lexicon(tmp_path)
