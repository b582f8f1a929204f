"""What is asked and what a sentence tells, as fitted; the trees read as they are stored."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.steps.asked import ASPECTS, Aspect, asked, told_by
from assistant.steps.boosted import Boosted, load_boosted
from assistant.steps.choice import SENTENCE_SIGNS
from assistant.steps.support import SIGNS
from assistant.text import fold


@pytest.mark.parametrize(
    ("message", "aspect"),
    [
        ("这笔钱打哪个电话能问到人", "contact"),
        ("啥时候截止交表啊", "window"),
        ("Which documents do we have to hand in for it?", "materials"),
        ("這份文件的文號係乜", "number"),
        ("一年总共安排了多少预算", "total"),
    ],
)
def test_the_aspect_that_is_asked_for_is_the_likeliest(message: str, aspect: Aspect) -> None:
    chances = asked(fold(message)).aspects
    assert max(chances, key=lambda a: chances[a]) == aspect
    assert all(0 <= c <= 1 for c in chances.values())


@pytest.mark.parametrize(
    ("sentence", "aspect"),
    [
        ("申报期为每年4月1日至5月20日，逾期不予受理。", "window"),
        ("咨询电话：0931-8800213，联系人：马工。", "contact"),
        ("申请人须提交申请表、发票复印件和付款凭证。", "materials"),
        ("本办法自2031年5月1日起施行，有效期三年。", "validity"),
    ],
)
def test_what_a_sentence_tells(sentence: str, aspect: Aspect) -> None:
    chances = told_by(fold(sentence))
    assert ASPECTS[int(np.argmax(chances))] == aspect
    assert chances.sum() == pytest.approx(1)


def test_trees_read_signs_by_name() -> None:
    tree = {
        "sign": [1, -1, -1],
        "bound": [0.5, 0, 0],
        "below": [1, 0, 0],
        "above": [2, 0, 0],
        "value": [0, -2.0, 2.0],
    }
    model = Boosted.model_validate({"signs": ["a", "b"], "start": 0.0, "trees": [tree]})
    assert model.chance({"b": 0.9}) > 0.85 and model.chance({"b": 0.1, "a": 9.0}) < 0.15


def test_the_stored_trees_know_the_signs_that_are_read() -> None:
    assert load_boosted("sentence.json").signs == SENTENCE_SIGNS
    assert load_boosted("support.json").signs == SIGNS
