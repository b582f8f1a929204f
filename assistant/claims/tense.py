"""`Claim, evidence → undone`: told as done what the evidence only plans, expects, or says is still to come."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.claims.alignment import Aligned
from assistant.claims.reading import Reading, places_of
from assistant.claims.sign import NOTHING, Sign, strongest
from assistant.claims.synonyms import SAME

# Said of what is done, right in front of its verb.
_DONE = re.compile(r"(?:已经?|业已|成功|顺利)(?:正式|全部|被|获)?$")
# What is denied or still to come, said behind its verb or in front of the whole clause.
_PENDING_AFTER = re.compile(
    r"(?:工作|活动|程序|事宜)?(?:尚|还|仍)?(?:未|没有)(?:进行|开展|启动|开始|完成|实施)|[^,。;]{0,6}(?:仍在|还在|正在)"
)
_NOT_SO = re.compile(r"不意味着|不代表|不等于|并非|否认|谣言|不实")
_PLANNED = re.compile(
    r"计划|预计|预期|拟(?!定)|有望|争取|力争|准备|打算|即将|将[于在会再]|或将|有待|尚未|还未|仍未|未能|仍在|正在|可能|有意|考虑"
)
_ACHIEVED = re.compile(r"已(?!被?要求)|了(?!解)|完成|实现|成功")
_BREAK = re.compile(r"[。;!?]")
_BEFORE, _LEAST_SHARE = 26, 0.3
_PLAIN = frozenset("完成 实现 进行 开展 成为 达到 超过 获得 取得 表示 有 是".split())


def tense_signs(claim: Reading, evidence: Reading, aligned: Sequence[Aligned]) -> dict[str, Sign]:
    """`undone`: the strongest verb that the claim tells as done and the evidence only as planned or pending."""
    if claim.is_foreign:
        return {"undone": NOTHING}
    return {"undone": strongest(s for a in aligned for s in _undone(claim, evidence, a))}


def _undone(claim: Reading, evidence: Reading, aligned: Aligned) -> Iterator[Sign]:
    if aligned.share < _LEAST_SHARE or _PLANNED.search(claim.part(aligned.clause)):
        return
    for word in claim.words_in(aligned.clause):
        before = claim.text[max(aligned.clause[0], word.start - 6) : word.start]
        if len(word.text) < 2 or word.text in _PLAIN or not _DONE.search(before):
            continue
        forms = [word.text, *(s for s in SAME.get(word.text, ()) if len(s) > 1)]
        places = [(at, at + len(form)) for form in forms for at in places_of(evidence.text, form)]
        if places and all(_is_open(evidence.text, *place) for place in places):
            yield Sign(0.5 + 0.5 * aligned.share, word.text)


def _is_open(text: str, at: int, end: int) -> bool:
    """Whether a verb stands there as planned, pending or denied."""
    before = _BREAK.split(text[max(0, at - _BEFORE) : at])[-1]
    if _NOT_SO.search(before) or _PENDING_AFTER.match(text, end):
        return True
    planned = list(_PLANNED.finditer(before))
    return bool(planned) and not _ACHIEVED.search(before, planned[-1].end())
