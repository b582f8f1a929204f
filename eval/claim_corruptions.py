"""`Articles → claims`: true claims by light rewording of articles, false ones by rule-made corruptions of them.

The articles are read in place (`wence eval claims --articles corpus.jsonl`) and nothing of them is kept here.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from assistant.text import sentences
from eval.claims import ClaimCase

_MIN_SENTENCE, _MAX_SENTENCE = 18, 160
_MIN_ARTICLE, _MAX_ARTICLE = 60, 420
_DIGITS = "一二三四五六七八九十"
_REWORDINGS = (
    ("应当", "须"), ("不得", "不能"), ("或者", "或"), ("以及", "和"), ("人民法院", "法院"), ("自收到", "从收到"), ("百分之十", "10%"),
    ("百分之二十", "20%"), ("百分之五十", "一半"), ("三十日", "30天"), ("十五日", "15天"), ("六个月", "半年"), ("二年", "两年"),
    ("依照", "按照"), ("予以", "给予"), ("对于", "对"), ("其他", "别的"), ("申请", "提出申请"), ("罚款", "处罚款"), ("未经", "没有经过"),
    ("期限", "时限"), ("公布", "公开"), ("设立", "成立"), ("购买", "采购"), ("之日起", "那天起"), ("负责", "主管"),
)  # fmt: skip
_FLIPS: dict[str, tuple[tuple[str, str], ...]] = {
    "negation": (("不得", "可以"), ("不予", "予以"), ("未经", "经"), ("无权", "有权"), ("应当", "不需要"), ("可以", "不得"), ("没有", "有")),
    "modality": (("应当", "可以"), ("可以", "应当"), ("必须", "可以"), ("有权", "必须")),
    "bound": (("以上", "以下"), ("以下", "以上"), ("不超过", "不低于"), ("不低于", "不超过"), ("超过", "不足"), ("不少于", "不多于"), ("以内", "以上")),
    "superlative": (("最高", "最低"), ("最低", "最高"), ("最长", "最短"), ("首次", "再次")),
    "and_or": (("或者", "并且"), ("并且", "或者"), ("以及", "或者")),
    "scope": (("全部", "部分"), ("所有", "部分"), ("任何", "部分"), ("每年", "每月"), ("单位", "个人"), ("企业", "个人"), ("国家", "省级")),
    "order": (("之前", "之后"), ("以前", "以后"), ("之后", "之前"), ("届满", "开始")),
    "direction": (("增加", "减少"), ("减少", "增加"), ("提高", "降低"), ("批准", "驳回"), ("成立", "解散"), ("买受人", "出卖人"), ("原告", "被告")),
}  # fmt: skip


def article_claims(path: Path, count: int, seed: int = 0) -> list[ClaimCase]:
    """Claims over `count` random articles: for each a true one and two false ones, its evidence two articles."""
    rng = random.Random(seed)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    usable = [
        (a, b)
        for a, b in pairwise(rows)
        if a["meta"]["law"] == b["meta"]["law"]
        and all(_MIN_ARTICLE <= len(r["text"]) <= _MAX_ARTICLE for r in (a, b))
    ]
    chosen = rng.sample(usable, min(count, len(usable)))
    strangers = [a["text"] for a, _ in rng.sample(usable, min(2000, len(usable)))]
    laws: dict[str, list[str]] = {}
    for row in rows:
        laws.setdefault(row["meta"]["law"], []).append(row["text"])
    cases: list[ClaimCase] = []
    for a, b in chosen:
        cases += _of_pair(a["id"], [a["text"], b["text"]], laws[a["meta"]["law"]], strangers, rng)
    return cases


def _of_pair(
    id: str, passages: list[str], law: list[str], strangers: list[str], rng: random.Random
) -> Iterator[ClaimCase]:
    told = [s for p in passages for s in _sentences(p)]
    if not told:
        return
    yield _case(id, passages, reworded(rng.choice(told), rng), "reworded", True)
    if rng.random() < 0.5:
        yield _case(id, passages, reworded(rng.choice(told), rng), "reworded", True)
    makers: list[tuple[str, Callable[[str], str | None]]] = [
        ("figure", lambda s: other_figure(s, rng)),
        ("figure_swap", figures_swapped),
        *((kind, lambda s, kind=kind: flipped(s, kind, rng)) for kind in _FLIPS),
        ("added", lambda s: with_addition(s, rng.choice(strangers))),
        ("same_topic", lambda s: _elsewhere(law, passages, rng)),
        ("mixed", lambda s: halves(s, rng.choice(told))),
    ]
    common = ("added", "same_topic", "mixed", "negation", "modality", "and_or")
    makers.sort(key=lambda maker: rng.random() + (maker[0] in common))
    made = 0
    for change, maker in makers:
        claim = maker(rng.choice(told))
        if claim and claim not in "".join(passages):
            yield _case(id, passages, reworded(claim, rng), change, False)
            made += 1
        if made == 2:
            return


def _case(id: str, passages: Sequence[str], claim: str, change: str, supported: bool) -> ClaimCase:
    return ClaimCase(
        id=f"{id}-{change}",
        pair=id,
        claim=claim,
        passages=tuple(passages),
        supported=supported,
        change=change,
    )


def _sentences(text: str) -> list[str]:
    found = (text[a:b] for a, b in sentences(text))
    return [s for s in found if _MIN_SENTENCE <= len(s) <= _MAX_SENTENCE]


def reworded(sentence: str, rng: random.Random) -> str:
    """The same said slightly otherwise: other words, a parenthesis or an opening clause dropped."""
    for word, other in rng.sample(_REWORDINGS, len(_REWORDINGS)):
        if rng.random() < 0.5:
            sentence = sentence.replace(word, other)
    sentence = re.sub(r"（[^）]*）", "", sentence)
    opening = re.match(r"(?:依照|按照|根据|为了|违反)[^，]{4,30}，", sentence)
    return sentence[opening.end() :] if opening and rng.random() < 0.5 else sentence


def other_figure(sentence: str, rng: random.Random) -> str | None:
    """One figure changed."""
    spots = list(
        re.finditer(rf"\d+|(?<=百分之)[{_DIGITS}]+|(?<!第)[{_DIGITS}](?=个月|年|日|倍|人|万元|次)", sentence)
    )
    if not spots:
        return None
    spot = rng.choice(spots)
    if spot[0].isdigit():
        new = str(int(spot[0]) + rng.choice([1, 2, 5, 10]))
    else:
        new = rng.choice([d for d in "二三四五六七八" if d != spot[0]])
    return sentence[: spot.start()] + new + sentence[spot.end() :]


def figures_swapped(sentence: str) -> str | None:
    """Two different figures of one unit exchanged."""
    spots = list(re.finditer(rf"[{_DIGITS}百千万]+(?=年|日|个月|万元|元|倍|人)", sentence))
    for a, b in pairwise(spots):
        if a[0] != b[0] and sentence[a.end()] == sentence[b.end()]:
            return sentence[: a.start()] + b[0] + sentence[a.end() : b.start()] + a[0] + sentence[b.end() :]
    return None


def flipped(sentence: str, kind: str, rng: random.Random) -> str | None:
    """One word of a kind turned into its opposite."""
    held = [(word, other) for word, other in _FLIPS[kind] if word in sentence]
    if not held:
        return None
    word, other = rng.choice(held)
    return sentence.replace(word, other, 1)


def with_addition(sentence: str, stranger: str) -> str | None:
    """A clause of another law put on."""
    clauses = [c for c in re.split(r"[，。；：]", stranger) if 10 <= len(c) <= 45]
    return f"{sentence.rstrip('。；')}，{clauses[-1]}。" if clauses else None


def _elsewhere(law: Sequence[str], passages: Sequence[str], rng: random.Random) -> str | None:
    """A sentence of another article of the same law."""
    told = _sentences(rng.choice([t for t in law if t not in passages] or [""]))
    return rng.choice(told) if told else None


def halves(sentence: str, other: str) -> str | None:
    """The opening of one sentence and the end of another of the same evidence."""
    one, two = sentence.split("，"), other.split("，")
    if sentence == other or len(one) < 2 or len(two) < 2:
        return None
    return f"{'，'.join(one[: len(one) // 2])}，{'，'.join(two[len(two) // 2 :])}"
