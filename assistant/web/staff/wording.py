"""The words of answers and traces as staff read them."""

from __future__ import annotations

_WORDS = {
    "answered": "已答", "clarification": "反问", "unanswerable_no_support": "没有依据而未答",
    "unanswerable_out_of_scope": "当作范围外", "refused_injection": "当作攻击而拒", "refused_unsafe": "不当内容而拒",
    "error_internal": "出错", "programmes": "按项目规则计算", "rule": "按规则摘录原文", "pinned": "固定答案",
    "understand": "理解", "retrieve": "检索", "judge": "判定", "draft": "起草", "verify": "核对",
    "exact": "名称一致", "sound": "读音相同", "near": "写法相近", "fact": "事实", "eligibility": "条件", "amount": "金额",
    "procedure": "办法", "window": "时间", "comparison": "比较", "list": "清单",
}  # fmt: skip


def said(word: str) -> str:
    """A word of ours in plain Chinese; another as it is."""
    return _WORDS.get(word, word)
