"""`Claim, evidence → role signs`: who did it to whom the other way about, and one name put in another's place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.claims.reading import Reading, Word, places_of
from assistant.claims.sign import NOTHING, Sign, strongest

# Deeds and comparisons that say something else when the two sides change places; each line is one deed.
_DEEDS = tuple(
    tuple(group.split())
    for group in """
战胜 击败 打败 力克 完胜 险胜 大胜 逆转 淘汰 胜 赢 | 不敌 负于 败给 输给 惜败 | 赔偿 赔付 支付 补偿 | 起诉 状告 控告 | 收购 并购 买下
投资 注资 入股 | 优于 好于 强于 胜过 | 高于 多于 大于 超过 高出 快于 早于 长于 领先 | 低于 少于 小于 不及 慢于 晚于 短于 落后
供应 供货 | 援助 资助 捐赠 捐给 | 授予 颁给 | 逮捕 抓获 拘捕 | 击落 袭击 轰炸 攻击 | 邀请 | 访问 到访
批评 指责 谴责 | 支持 声援 | 反对 抵制 | 委托 | 租给 借给 出租 | 批准 核准 | 监管 管辖 领导 | 取代 替代 代替 | 隶属 属于 归属 | 救起 救出 营救
撞上 追尾 撞 | 帮助 协助 | 要求 责令 敦促 | 卖给 出售 售予 | 移交 转交 交给 | 并入 合并""".replace(
        "\n", "|"
    ).split("|")
)
_BREAK = re.compile(r"[,。;:!?]")
_LISTED = tuple("、和与及或跟同并")
_PARTY = r"(?:队|公司|集团|院|局|站|校|方|企业|银行|大学|俱乐部|警方|政府|基地)"
_PASSIVE = re.compile(r"被|遭|由|受到?")
_FLANK, _NEAR, _LONGEST = 5, 18, 12


def role_signs(claim: Reading, evidence: Reading) -> dict[str, Sign]:
    """`reversed`: two sides of a deed exchanged; `renamed`: another of the evidence's names where it has this one."""
    if claim.is_foreign:
        return {"reversed": NOTHING, "renamed": NOTHING}
    return {
        "reversed": strongest(_reversed(claim, evidence)),
        "renamed": strongest(_renamed(claim, evidence)),
    }


# ------------------------------------------------------------------ exchanged sides


def _reversed(claim: Reading, evidence: Reading) -> Iterator[Sign]:
    for start, stop in claim.clauses:
        clause = claim.text[start:stop]
        for deed in _DEEDS:
            for verb in (v for v in deed if v in clause):
                at = clause.find(verb)
                one, other = _party(clause[:at], evidence), _party(clause[at + len(verb) :], evidence)
                if not one or not other or one in other or other in one:
                    continue
                order = _order(clause[:at], 1)
                if _stands(evidence, one, other, deed, -order) and not _stands(
                    evidence, one, other, deed, order
                ):
                    yield Sign(1.0, f"{one} / {other}")


def _party(text: str, evidence: Reading) -> str:
    """What a side of a deed begins with and the evidence has too: a name, or a body, a team, a place by its ending."""
    text = text.lstrip("了过的 ")
    length = next((n for n in range(min(len(text), _LONGEST), 1, -1) if text[:n] in evidence.text), 0)
    found = text[:length]
    ended = re.match(rf".*{_PARTY}", found)
    if ended:
        return ended[0]
    named = (w.text for w in evidence.content if w.kind in ("name", "person") and len(w.text) > 1)
    return next((name for name in named if found.startswith(name)), "")


def _order(text: str, order: int) -> int:
    return -order if _PASSIVE.search(text) else order


def _stands(evidence: Reading, one: str, other: str, deed: tuple[str, ...], order: int) -> bool:
    """Whether a sentence has both with the deed between them, the doer first (1) or last (-1)."""
    for start, stop in evidence.sentences:
        text = evidence.text[start:stop]
        for a in places_of(text, one):
            for b in places_of(text, other):
                low, high = (a + len(one), b) if a < b else (b + len(other), a)
                between = text[low:high]
                if len(between) <= _NEAR and any(verb in between for verb in deed):
                    found = _order(between, 1 if a < b else -1)
                    if found == order:
                        return True
    return False


# ------------------------------------------------------------------ names


def _renamed(claim: Reading, evidence: Reading) -> Iterator[Sign]:
    """What stands right before or behind a name is copied, and in the evidence it never stands with this name."""
    for clause in claim.clauses:
        words = [
            w for w in claim.words_in(clause) if w.kind in ("name", "person", "noun") and len(w.text) > 1
        ]
        for word in words:
            if word.text not in evidence.text:
                continue
            behind = _BREAK.split(claim.text[word.end : min(word.end + _FLANK, clause[1])])[0]
            if len(behind) < _FLANK or behind not in evidence.text:
                continue
            others = [_before(evidence, at) for at in places_of(evidence.text, behind)]
            if others and all(o and _is_another(o, word, claim) for o in others):
                yield Sign(1.0, f"{word.text}←{others[0].text if others[0] else ''}")


def _before(evidence: Reading, at: int) -> Word | None:
    """The word that ends at a place; none where it is the last of a list, which tells of the others too."""
    word = next((w for w in evidence.content if w.end == at), None)
    return word if word and evidence.text[max(0, word.start - 1) : word.start] not in _LISTED else None


def _is_another(there: Word, said: Word, claim: Reading) -> bool:
    """Whether both words are names, and the evidence's is not in the claim, nor short for the claim's or longer."""
    alike = there.text in said.text or said.text in there.text or set(there.text) <= set(said.text)
    return {there.kind, said.kind} <= {"name", "person"} and not alike and there.text not in claim.text
