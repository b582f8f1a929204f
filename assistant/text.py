"""Chinese official text: folding for comparison, and sentences with their spans.

Folding is for searching and comparing only; what users read stays verbatim.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from assistant.models import Language

# Official papers take about 0.66 tokens of multilingual-e5-small a character (measured on the samples): 680 characters
# with title and headings stay within its 512, so only a clause longer than the window is cut.
MAX_CHARS = 680
CELL_MARK = "｜"  # between the cells of a table's row: such a line is one sentence, whatever its cells hold
_SENTENCE_END = "。！？；!?\n"
_CLOSERS = "”’」』）)》】\"'"
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_CANTONESE = re.compile(r"[嘅喺哋咗唔啲嗰乜佢]")
_POWER = re.compile(r"(?<=\d)(?=[⁰¹²³⁴-⁹])")  # 10⁴ is not 104
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
# CJK Radicals Supplement and, below, the ideographs they stand for (Unicode's EquivalentUnifiedIdeograph): what fonts of
# PDFs give for 门, 车 or 长. The Kangxi radicals and the compatibility ideographs have decompositions of their own.
_RADICALS = (
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻"
    "⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳"
)
_IDEOGRAPHS = (
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿"
    "肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
_UNIFY = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in (*range(0x2F00, 0x2FE0), *range(0xF900, 0xFB00))
}
_UNIFY.update(zip(map(ord, _RADICALS), _IDEOGRAPHS, strict=True))


class _Simplified(dict[int, str]):
    """Code point → Simplified character, for `str.translate`; filled as characters come."""

    def __missing__(self, code: int) -> str:
        char = _UNIFY.get(code, chr(code))
        self[code] = str(_converter("t2s").convert(char)) if "\u4e00" <= char <= "\u9fff" else char
        return self[code]


@lru_cache(maxsize=2)
def _converter(direction: str) -> Any:
    import opencc

    return opencc.OpenCC(direction)


_SIMPLIFIED = _Simplified()


def unify(text: str) -> str:
    """Radicals and compatibility ideographs to the ideographs that they stand for, one to one: positions stay."""
    return text.translate(_UNIFY)


def simplify(text: str) -> str:
    """Traditional to Simplified Chinese, radicals to what they stand for, one character to one: positions stay."""
    return text.translate(_SIMPLIFIED)


def traditional(text: str) -> str:
    """Simplified to Traditional Chinese, word by word, as it is written in Taiwan."""
    return str(_converter("s2tw").convert(text))


def fold(text: str) -> str:
    """One form for all ways to write the same: width, case, 繁简, radicals, dashes; invisible characters go."""
    text = _POWER.sub("^", _INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[—–‒―−－﹣]", "-", text)
    return simplify(text).lower()


_SHORT = 40


def shortened(text: str) -> str:
    """A name in one line as a message can hold it, its middle left out where it is long."""
    line = " ".join(_INVISIBLE.sub("", text).split())
    return line if len(line) <= _SHORT else f"{line[: _SHORT // 2]}…{line[-_SHORT // 2 :]}"


def clean_input(text: str) -> str:
    """A person's input without control and invisible characters, ends trimmed."""
    text = _INVISIBLE.sub("", text)
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return text.strip()


def detect_language(text: str) -> Language:
    """zh, zh-Hant or en: Latin words without Han text are English; Traditional forms decide the rest."""
    han = _HAN.findall(text)
    words = _LATIN_WORD.findall(text)
    if len(words) >= 3 and len(han) < 2 * len(words):
        return "en"
    if not han:
        return "en" if words and not _looks_pinyin(text) else "zh"
    if _CANTONESE.search(text) or simplify(text) != unify(text):
        return "zh-Hant"
    return "zh"


def _looks_pinyin(text: str) -> bool:
    return len(_LATIN_WORD.findall(text)) < 3


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of `text[start:end]`, trimmed, in order; a line end also ends one.

    Semicolons end a sentence too: official papers put one rule between two of them. A row of a table is one sentence.
    """
    end = len(text) if end is None else end
    begin = position = start
    row_end = _row_end(text, start, end)
    while position < end:
        if position < row_end and text[position] != "\n":
            position = row_end
            continue
        if text[position] in _SENTENCE_END:
            stop = position + 1
            while stop < end and text[stop] in _CLOSERS:
                stop += 1
            yield from _trimmed(text, begin, stop)
            if text[position] == "\n":
                row_end = _row_end(text, stop, end)
            begin = position = stop
        else:
            position += 1
    yield from _trimmed(text, begin, end)


def _row_end(text: str, start: int, end: int) -> int:
    """Where the line at `start` ends when it is a table's row, else `start`."""
    line_end = text.find("\n", start, end)
    line_end = end if line_end < 0 else line_end
    return line_end if text.find(CELL_MARK, start, line_end) >= 0 else start


def sentence_at(text: str, position: int) -> tuple[int, int]:
    """The span of the sentence that a position lies in; raises StopIteration between sentences."""
    return next((a, b) for a, b in sentences(text) if a <= position < b)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        yield start, end


def pieces(text: str, start: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    """Spans of at most `size` characters that together hold `text[start:end]`, cut at sentence ends where they can be."""
    begin: int | None = None
    stop = start
    for a, b in sentences(text, start, end):
        for piece_start in range(a, b, size):
            piece_end = min(b, piece_start + size)
            if begin is not None and piece_end - begin > size:
                yield begin, stop
                begin = None
            begin = piece_start if begin is None else begin
            stop = piece_end
    if begin is not None:
        yield begin, stop
