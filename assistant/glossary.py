"""An English question in the words of Chinese papers, word by word: `text → text`.

Not a translation for readers: what comes out is read by the same rules as a question in Chinese (what is asked, which
figures are told, which words of a paper meet it). Wording comes from `ingest/english.yaml`, the English of
`terms.yaml` and the names of regions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from assistant.values import Value, money_in, normalise

_HAN = re.compile(r"[\u4e00-\u9fff]")
_SENTENCE = re.compile(r"[^.?!;。？！]+(?:\.\d[^.?!;。？！]*)*[.?!;。？！]*")
# A clause of Chinese asks at its end: 我们能拿多少.
_LAST = ("多少", "多久", "什么时候", "哪个部门", "谁")
_CAN = ("能不能", "是否", "什么")
_MYRIAD = Decimal(10_000)
_MONTH_YEAR = re.compile(r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (20\d\d)\b")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MARK = "\x00"


class Glossary:
    """English wording → Chinese, the longest wording first; an empty Chinese word leaves the English out."""

    def __init__(self, wording: Mapping[str, str]) -> None:
        self._wording = {_spaced(english.lower()): chinese for english, chinese in wording.items()}
        words = sorted(self._wording, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, words))})(?![a-z$])")

    def chinese(self, text: str) -> str:
        """The question in Chinese words; unknown words stay. Money is written as 万元."""
        if not self._wording:
            return text
        normal = _spaced(_with_chinese_money(normalise(text)))
        normal = _MONTH_YEAR.sub(lambda m: f"{m[2]}年{_MONTHS.index(m[1]) + 1}月", normal)
        return "".join(filter(None, (self._sentence(m[0]) for m in _SENTENCE.finditer(normal))))

    def _sentence(self, sentence: str) -> str:
        rendered = self._pattern.sub(
            lambda m: f"{_MARK}{self._wording[m[0]]}{_MARK}", sentence.strip(" .?!;")
        )
        parts = [p for part in rendered.split(_MARK) if (p := part.strip())]
        asked = [p for p in dict.fromkeys(parts) if p in _LAST]
        idle = {*_LAST, *(_CAN if asked else ())}
        end = ("？" if "?" in sentence else "。") if parts else ""
        return _joined([*(p for p in parts if p not in idle), *asked]) + end


def _spaced(text: str) -> str:
    """Without the marks that join English words: second-batch, Nanhai's."""
    return re.sub(r"(?<=[a-z])-(?=[a-z])|'s\b|(?<=[a-z])'(?![a-z])", " ", text.replace("’", "'"))


def _joined(parts: Iterable[str]) -> str:
    """Chinese words without spaces between them."""
    text = re.sub(r"\s*,\s*", "，", re.sub(r"\s+", " ", " ".join(parts)).strip())
    han = r"[\u4e00-\u9fff\d%]"
    text = re.sub(rf"(?<={han}) (?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff]) (?={han})", "", text)
    text = re.sub(r"(\d+)(年|个月)成立了", r"成立\1\2", text)  # 2 years old
    return re.sub(r"(市|区)\1", r"\1", text)  # Tianhe District: 天河区 and 区


def _with_chinese_money(normal: str) -> str:
    """RMB 20 million → 2000万元, where it is written the English way."""
    for value in reversed(money_in(normal)):
        if isinstance(value.value, Decimal) and _is_yuan(normal, value):
            normal = f"{normal[: value.start]} {_yuan(value.value)} {normal[value.end :]}"
    return normal


def _is_yuan(normal: str, value: Value) -> bool:
    written = normal[value.start : value.end]
    return not _HAN.search(written) and not re.search(r"\$|usd|hkd", written)


def _yuan(amount: Decimal) -> str:
    for size, unit in ((_MYRIAD * _MYRIAD, "亿元"), (_MYRIAD, "万元")):
        if amount >= size:
            return f"{(amount / size).normalize():f}{unit}"
    return f"{amount.normalize():f}元"
