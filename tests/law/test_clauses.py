"""Clauses are read as a person wrote them, or said not to be read; a changed modifier changes the reading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.law.clauses import read_clause, read_whole
from assistant.law.in_words import told
from assistant.law.phrases import atoms_of, covers, rules
from assistant.law.provisions import Benefit
from eval.real.provisions import Tally, entries_of, judge

CORPUS = Path(__file__).parents[2] / "assistant" / "grammar" / "corpus"
SEEN = [
    CORPUS / f"{name}.yaml"
    for name in ("coast", "inland", "north", "fields", "drafters", "vouchers", "sectors", "plain")
]
# What the seen part of the corpus stands at; it may rise, not fall.
RIGHT, WRONG = 0.82, 0.06
MODIFIERS = {
    "most",
    "not_over",
    "each",
    "beyond",
    "above",
    "below",
    "under",
    "over",
    "capped",
    "total",
    "raised",
    "usually",
}


def benefits(text: str, before: str = "", headings: tuple[str, ...] = ()) -> list[Any]:
    """The benefits of a clause as plain values, of which nothing was left unread."""
    found, unread = read_whole(text, headings, before)
    assert not unread, [text[a:b] for a, b in unread]
    given = [r.content for r in found if isinstance(r.content, Benefit)]
    return [b.model_dump(mode="json", exclude_defaults=True) for b in given]


@pytest.mark.parametrize("rule", rules(), ids=lambda r: r.name)
def test_a_rule_matches_its_examples(rule: Any) -> None:
    assert rule.examples
    for example in rule.examples:
        covering = [p for cover in covers(atoms_of(example)) for p in cover]
        fires = {p.kind for p in covering}
        assert rule.makes in fires or any(rule.pattern.matches(_signs(example))), (rule.name, example)


def _signs(text: str) -> str:
    from assistant.grammar.patterns import alphabet

    return alphabet().encode(atoms_of(text))


def test_the_seen_corpus_does_not_fall() -> None:
    whole = Tally()
    for path in SEEN:
        for entry in entries_of(path):
            whole.add(judge(entry, read_clause(entry.text, entry.headings, entry.before))[0])
    right, unread, wrong = (c["benefit"] for c in (whole.right, whole.unread, whole.wrong))
    count = right + unread + wrong
    assert right / count >= RIGHT and wrong / count <= WRONG, (right, unread, wrong)


@pytest.mark.parametrize("twice", [False, True])
def test_a_modifier_left_out_or_doubled_changes_the_reading(twice: bool) -> None:
    same = changed = 0
    for entry in entries_of(SEEN[0]):
        found, unread = read_whole(entry.text, entry.headings, entry.before)
        given = [r.content for r in found if isinstance(r.content, Benefit)]
        if not given or unread:
            continue
        for atom in atoms_of(entry.text):
            if not atom.classes & MODIFIERS:
                continue
            text = (
                entry.text[: atom.end if twice else atom.start]
                + entry.text[atom.start if twice else atom.end :]
            )
            again, left = read_whole(text, entry.headings, entry.before)
            is_same = [r.content for r in again] == [r.content for r in found] and not left
            same, changed = same + is_same, changed + (not is_same)
    assert changed > 100 and same / (same + changed) <= (0.01 if twice else 0.1), (same, changed)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        (
            "企业购置织机的，按设备投资额超过80万元部分的9%给予补助，每户每年最高36万元。",
            [],
        ),
        (
            "对年度产值首次达到3000万元、8000万元的纺织企业，分别奖励6万元、18万元。",
            [
                {"grant": {"lump": "6万元"}, "when": [{"bound": "output >= 3000万元"}]},
                {"grant": {"lump": "18万元"}, "when": [{"bound": "output >= 8000万元"}]},
            ],
        ),
        (
            "租用展厅的，按每平方米每月7元给予补贴，补贴面积不超过900平方米，期限2年。",
            [
                {
                    "grant": {"each": "7元", "per": "1平方米", "time": "month"},
                    "caps": ["900平方米"],
                    "term": {"length": "2年"},
                }
            ],
        ),
        (
            "研发费用300万元以下部分补助6%，300万元至900万元部分补助4%，900万元以上部分补助2%，每家企业每年最高40万元。",
            [
                {
                    "grant": {
                        "brackets": [
                            {"to": "300万元", "rate": "6%"},
                            {"over": "300万元", "to": "900万元", "rate": "4%"},
                            {"over": "900万元", "rate": "2%"},
                        ],
                        "of": "paid rd",
                    },
                    "caps": ["40万元 per applicant year"],
                }
            ],
        ),
        (
            "入选国家级名录的，按国家补助资金1:0.5给予配套，每个项目最高70万元。",
            [{"grant": {"match": "50%", "of": "public_money national"}, "caps": ["70万元 per project"]}],
        ),
        (
            "给予落户企业最高45万元补助，分三年按5:3:2比例兑现。",
            [
                {
                    "grant": {"lump": "45万元"},
                    "at_most": True,
                    "term": {
                        "years": [
                            {"year": 1, "share": "50%"},
                            {"year": 2, "share": "30%"},
                            {"year": 3, "share": "20%"},
                        ]
                    },
                }
            ],
        ),
    ],
)
def test_shapes_of_grants(text: str, given: list[Any]) -> None:
    """Grants with their caps, terms and bounds; words of conditions are not compared here."""
    if not given:
        found, unread = read_whole(text)
        assert unread or any(
            isinstance(r.content, Benefit) and getattr(r.content.grant, "beyond", None) for r in found
        )
        return
    for one in (read := benefits(text)):
        bounds = [c for c in one.pop("when", []) if "bound" in c]
        if bounds:
            one["when"] = bounds
    assert read == given


@pytest.mark.parametrize(
    "text",
    [
        "对绿色工厂给予60万元奖励，减半发放。",
        "给予设备费用30%的补助，其中进口设备按80万元折算计入。",
        "发放总额3亿元，由市工信局负责。",
        "可申请最高不超过15万元的创业担保贷款。",
        "最高最高给予50万元奖励。",
    ],
)
def test_what_is_not_understood_gives_no_sure_sum(text: str) -> None:
    found, _ = read_whole(text)
    assert not [r for r in found if isinstance(r.content, Benefit) and not r.unread]


def test_a_ceiling_in_a_later_sentence_limits_what_was_given_before() -> None:
    (one,) = benefits("对参展企业，按展位费的40%给予补助。同一企业每年最高11万元。")
    assert one["caps"] == ["11万元 per applicant year"]


def test_the_bounds_of_a_lead_in_hold_for_its_items() -> None:
    (one,) = benefits(
        "（一）新认定为省级技术中心的，奖励25万元；", before="年营业收入1亿元以上的企业，按下列标准给予奖励："
    )
    assert {"bound": "revenue >= 1亿元"} in one["when"]


def test_every_content_has_words_for_staff() -> None:
    for path in SEEN:
        for entry in entries_of(path):
            assert all(told(content).strip() for content in entry.reads)
