"""`Claim, evidence → figure_turned`: a figure with another bound, direction or rhythm beside it than in the evidence."""

from __future__ import annotations

import re

from assistant.claims.figures import Figure, same_value
from assistant.claims.reading import Reading
from assistant.claims.sign import Sign, strongest

_BEFORE, _AFTER = 9, 4
_BREAK = re.compile(r"[,。;:!?]")
# For each question: (answer, what says so right before a figure, what says so right after it).
_FILL = r"(?:[约为达至到了可按的]|达到|可达|一般|资助|给予|奖励|补贴|支持){0,2}$"
_ANSWERS: tuple[tuple[str, str, str, str], ...] = (
    ("bound", "≤", r"不[得能应]?(?:超过|高于|多于|大于)|至多|最多|最高|最长|上限|(?<!不)(?<!不[得能应])(?:低于|少于|小于)|不足|不到|未满|不满", r"以[下内]|之内|封顶|为上限|为限"),
    ("bound", "≥", r"不[得能应]?(?:低于|少于|小于)|至少|最低|最少|最短|下限|(?<!不)(?<!不[得能应])(?:超过|高于|多于|大于)|突破|逾|(?<![未不])满|不下", r"以上|起|多(?!个月)|余"),
    ("bound", "=", r"固定|恰好|正好|统一按?", r""),
    ("direction", "+", r"增长|上升|提高|增加|上涨|上调|[增升涨]至|[增升涨]到|扩大|延长|上浮|高出?|多", r"的?增[长幅]"),
    ("direction", "-", r"下降|减少|降低|下跌|下调|[减降跌]至|[减降跌]到|缩小|缩短|下滑|下浮|低|少", r"的?[降跌]幅"),
    ("rhythm", "年", r"每年|年度|一年|年均|按年", r"/年|每年"),
    ("rhythm", "月", r"每月|按月|月均", r"/月|每月"),
    ("rhythm", "1", r"1次性", r"1次性"),
    ("rhythm", "Σ", r"累计|合计|总[额计共]|共计|总规模", r"的?总额"),
    ("rhythm", "日", r"日均[\u4e00-\u9fff]{0,5}", r"/[日天]"),
    ("rhythm", "人", r"人均[\u4e00-\u9fff]{0,5}", r""),
    ("rhythm", "Σ", r"累计[\u4e00-\u9fff]{0,5}", r""),
    ("against", "同", r"(?:同比|比上年|比去年|较上年|较去年|上年同期|去年同期)(?:[\u4e00-\u9fff]{2,3})?", r""),
    ("against", "环", r"(?:环比|比上月|比上季度?|较上月)(?:[\u4e00-\u9fff]{2,3})?", r""),
    ("place", "1", r"首|第1", r""),
)  # fmt: skip
_PATTERNS = tuple(
    (question, answer, re.compile(f"(?:{before}){_FILL}"), re.compile(f"^(?:{after})") if after else None)
    for question, answer, before, after in _ANSWERS
)


def _answers(reading: Reading, figure: Figure) -> dict[str, set[str]]:
    before = _BREAK.split(reading.text[max(0, figure.start - _BEFORE) : figure.start])[-1]
    after = reading.text[figure.end : figure.end + _AFTER]
    found: dict[str, set[str]] = {}
    for question, answer, left, right in _PATTERNS:
        if left.search(before) or (right and right.search(after)):
            found.setdefault(question, set()).add(answer)
    return found


def beside_signs(claim: Reading, evidence: Reading) -> dict[str, Sign]:
    """`figure_turned`: all places of the figure in the evidence answer a question otherwise than the claim."""
    return {"figure_turned": strongest(_turned(claim, evidence, f) for f in claim.figures)}


def _turned(claim: Reading, evidence: Reading, figure: Figure) -> Sign:
    said = _answers(claim, figure)
    there = [_answers(evidence, g) for g in evidence.figures if same_value(figure, g)]
    for question, answers in said.items():
        others = [answers_there.get(question, set()) for answers_there in there]
        if others and all(o and not o & answers for o in others):
            words = claim.text[max(0, figure.start - 6) : figure.end]
            return Sign(1.0, f"{words} ({'/'.join(sorted(others[0]))})")
    return Sign(0.0)
