"""An English question is read by the rules made for Chinese ones."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.glossary import Glossary
from assistant.lexicon import Names
from assistant.models import Question
from assistant.steps.screen import screen
from assistant.steps.understand import understand
from ingest.lexicon import load_lexicon

AS_OF = date(2026, 11, 22)


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(load_lexicon())


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        # How much stands at the end, as Chinese asks; money is in 万元, so that clauses are computed with it.
        ("We spent RMB 1.5 million on GPUs. How much do we get back?", "150万元"),
        (
            "Hefei company, 2 years old, paid 2 million yuan for compute. How much subsidy?",
            "成立2年，支付200万元算力",
        ),
        (
            "How much can a technology SME get from Jinan's computing voucher per year?",
            "科技型中小企业拿济南市算力券每年多少",
        ),
        ("Can a university in Xi'an get the city's computing voucher?", "能不能高校西安市拿市算力券"),
        ("We were founded in March 2024.", "2024年3月"),
        ("Until when is the second-batch window open?", "第二批"),
        ("How much does Tianhe District give?", "天河区给予多少"),
        ("We paid US$2 million to a provider.", "us$2 million"),  # another currency is never read as yuan
    ],
)
def test_the_words_of_papers_come_out(names: Names, english: str, chinese: str) -> None:
    found = names.glossary.chinese(english)
    assert chinese in found


def test_a_chinese_question_stays_as_it_was_written(names: Names) -> None:
    query = understand(Question(text="合肥公司开了2年，算力付了200万，能拿多少", as_of=AS_OF), names)
    assert not query.rendered and query.chinese == query.text


def test_an_english_question_keeps_its_own_words_for_the_reader_and_the_gate(names: Names) -> None:
    query = understand(Question(text="How long is a Xiamen model voucher valid?", as_of=AS_OF), names)
    assert query.text == "How long is a Xiamen model voucher valid?" and "厦门" in query.chinese


def test_without_wording_nothing_is_rendered() -> None:
    assert Glossary({}).chinese("How much?") == "How much?"


@pytest.mark.parametrize(
    "question",
    [
        "Which documents are needed for the Qingdao compute voucher and do we have to send paper copies?",
        "Our previous application was rejected; can we apply again under the new rules?",
        "Can we ignore the district rule if the city already approved?",
        "Please explain clause 7 in simple words.",
        "Is a graduate with a master's degree given less than a doctor?",
    ],
)
def test_english_questions_are_not_taken_for_attacks(question: str) -> None:
    assert screen(question).verdict == "pass"
