"""Rates that another clause raises by some points (国产算力再增加10个百分点): `offer, passages, question → Raise`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.models import Passage
from assistant.programmes.denial import is_denied
from assistant.programmes.offers import Offer
from assistant.programmes.schema import Source
from assistant.text import fold, sentences

_POINTS = re.compile(r"(?:比例|标准|额度)[^。；;]{0,14}?(?:增加|提高|上浮|上调)\s*(\d{1,2})\s*个百分点")


@dataclass(frozen=True)
class Raise:
    """Points on top of a rate, the condition in words, and the sentence that says so."""

    points: Decimal
    condition: str
    source: Source

    def is_told(self, asked: str, offer: Offer) -> bool:
        """Whether the question says what the condition has and the offer itself does not: 国产, not 算力."""
        own = _pairs(self.condition) - _pairs(f"{offer.label}{offer.basis}")
        text = fold(asked)
        places = [at for pair in own if (at := text.find(pair)) >= 0]
        return any(not is_denied(text, at, at + 2) for at in places)

    def raised(self, offer: Offer) -> Offer:
        """The offer at the higher rate; its cap stays."""
        return replace(offer, rate=(offer.rate or Decimal(0)) + self.points / 100)


_PLAIN = frozenset(
    "使用 采用 属于 符合 贷款 贴息 补贴 资助 奖励 项目 企业 合同 服务 申报 支持 比例 标准".split()
)


def _pairs(text: str) -> set[str]:
    plain = re.sub(r"第[一二三四五六七八九十]+条|[^\u4e00-\u9fffA-Za-z]", "", fold(text))
    return {plain[i : i + 2] for i in range(len(plain) - 1)} - _PLAIN


def raises(offer: Offer, paper: str, passages: Sequence[Passage]) -> Iterator[Raise]:
    """The raises that the same paper's passages give, for an offer that is a share."""
    if offer.rate is None:
        return
    for chunk in (p.chunk for p in passages if p.head.id == paper):
        for start, end in sentences(chunk.text):
            text = chunk.text[start:end]
            if found := _POINTS.search(text):
                condition = re.sub(r"^[（(].{1,3}[）)]", "", text[: found.start()]).rstrip("，,的")
                quote = Source(document_id=paper, article=chunk.article, quote=text)
                yield Raise(Decimal(found[1]), condition, quote)
