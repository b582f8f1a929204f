"""Names of support in a text, without a list of them: 算力补贴, 语料券, 销售奖励."""

from __future__ import annotations

import re

from assistant.text import fold

_SUPPORT = re.compile(r"[\u4e00-\u9fff]{2}(?:券|补贴|补助|奖励|资助|贴息|奖补|扶持)")
# Words before 补贴 or 奖励 that name nothing: 给予补贴, 一次性奖励.
_NO_NAME = re.compile(
    r"^(?:给予|予以|次性|获得|享受|申请|申领|财政|政府|相关|同类|各类|各级|事后|额外|最高|该项|此项|这项|哪些|什么|多少|一定|进行|不予|资金|政策|这次|本次|此次|该次|那次|今年|明年|去年|每年|定额|适当|再给|.?[和的给补拿领有没无还能都也要会想说了吗些啥么]|[一二三四五六七八九十几两这那多\d]张|张)"
)


def support_names(text: str) -> frozenset[str]:
    """The kinds of support a text names, each by its last two characters before 券, 补贴, 奖励 …"""
    return frozenset(name for name in _SUPPORT.findall(fold(text)) if not _NO_NAME.match(name))
