"""A text as atoms: figures with their units, days, words of the grammar's classes, and what stands between them.

Here alone patterns of characters stand; everything behind works on classes of atoms. Places are those of the text itself.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

from assistant.text import simplify
from assistant.values import chinese_number
from assistant.yaml_file import read_yaml

_ZH = Path(__file__).parent / "zh"
_NUMERAL = "零〇一二两三四五六七八九十百千"
_SCALES = {
    "": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7,
    "亿": 10**8, "十亿": 10**9, "百亿": 10**10,
}  # fmt: skip
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
_SCALE = r"(?:[百千十]?[万亿]|[百千](?=元))"
OPEN = "open"
_NOUN = 4  # characters of what a count is of, between it and 以上
POSTPOSED = frozenset({"above", "below", "capped"})
_LIMITS = frozenset({"least", "over", "under", "not_over", "lasting", "longest"})
_INCLUDING = frozenset({"included", "excluded"})
FIGURE = "FIGURE"


@dataclass(frozen=True)
class Atom:
    """A piece of a text: its classes, and the value and unit of a figure.

    The value of a day is (year, month, day), with None for what is not said.
    """

    start: int
    end: int
    text: str
    classes: frozenset[str]
    value: Any = None
    unit: str = ""

    def has(self, name: str) -> bool:
        """Whether it is of a class."""
        return name in self.classes


class Words:
    """The classes of words and the units, made ready for the tokenizer."""

    def __init__(self) -> None:
        said = read_yaml(_ZH / "words.yaml")
        self.classes: dict[str, tuple[str, ...]] = {k: tuple(v or ()) for k, v in said["classes"].items()}
        self.ignorable = frozenset(said["ignorable"])
        self.not_within = frozenset(map(plain, said["not_within_words"]))
        self.before_figure = frozenset(map(plain, said["only_before_figure"]))
        self.of: dict[str, set[str]] = {}
        for name, words in self.classes.items():
            for word in words:
                self.of.setdefault(plain(word), set()).add(name)
        for name, products in said["products"].items():
            for parts in products:
                for word in map("".join, product(*parts)):
                    self.of.setdefault(plain(word), set()).add(name)
        self.longest: dict[str, int] = {}  # of the words that begin with a character
        for word in self.of:
            self.longest[word[0]] = max(self.longest.get(word[0], 0), len(word))
        self.sets = {frozenset(names) for names in self.of.values()}
        units = read_yaml(_ZH / "units.yaml")
        self.unit_of = {plain(w): unit for unit, words in units["units"].items() for w in words}
        only_each = set(units["only_behind_each"])
        self.not_before: dict[str, tuple[str, ...]] = {k: tuple(v) for k, v in units["not_before"].items()}
        behind = sorted((w for w in self.unit_of if w not in only_each), key=len, reverse=True)
        any_unit = "|".join(map(_unit_pattern, behind))
        self.each_unit = re.compile(
            "|".join(
                map(
                    _unit_pattern,
                    sorted((w for w in self.unit_of if w not in ("元", "块钱")), key=len, reverse=True),
                )
            )
        )
        spelled = "|".join(sorted(map(re.escape, units["spelled"]), key=len, reverse=True))
        self.figure = re.compile(
            rf"(?P<number>{_DIGITS})\s*(?P<scale>{_SCALE})?(?:多|余|来)?\s*(?P<unit>{any_unit})?"
            rf"|(?P<spelled>[{_NUMERAL}]+?)(?:(?P<big>[百千十]?[万亿])(?:多|余)?(?P<spelled_unit>{any_unit})?|(?P<small>{spelled}))"
        )


def _unit_pattern(word: str) -> str:
    return rf"{re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)


@lru_cache(maxsize=1)
def words() -> Words:
    """The words, read once."""
    return Words()


@lru_cache(maxsize=8192)
def _narrow(char: str) -> str:
    """A character's usual form; figures in circles stay what they are: numbers of items."""
    usual = unicodedata.normalize("NFKC", char)
    return usual if len(usual) == 1 and not "①" <= char <= "⓿" else char


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Folded one character to one: width, case, 繁简; so that places stay."""
    narrow = "".join(_narrow(c) for c in text)
    return simplify(re.sub(r"[—–‒―－﹣~～]", "-", narrow)).lower()


_YEAR = r"(?P<year>(?:19|20)\d\d)\s*年(?!以|内|期)"
_DAY = re.compile(
    rf"{_YEAR}\s*(?P<month>\d{{1,2}})\s*月\s*(?P<day>\d{{1,2}})\s*[日号]"
    r"|(?P<y2>20\d\d)[-/.](?P<m2>\d{1,2})[-/.](?P<d2>\d{1,2})(?!\d)"
)
_YEAR_MONTH = re.compile(rf"{_YEAR}\s*(?P<month>\d{{1,2}})\s*月(?:份|底|末|初)?")
_YEAR_ONLY = re.compile(r"(?P<year>(?:19|20)\d\d)\s*年(?:度)?(?:底|末|初)?")
_MONTH_DAY = re.compile(r"(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号]")
_MONTH = re.compile(rf"(?P<month>\d{{1,2}}|[{_NUMERAL}]{{1,2}})月(?:份|底|末|初)?")
_DAY_ONLY = re.compile(r"(?P<day>\d{1,2})\s*[日号](?!\w{0,2}文|楼|厅|窗|院|馆|线|门|厂|库|车|机)")
_PHONE = re.compile(
    r"(?:0\d{2,3}[-\s]?)?\d{7,8}(?:[-转]\d{1,5})?(?!\d)|1[3-9]\d{9}(?!\d)|12345|12333|0\d{2,3}-\d{3,5}(?!\d)"
)
_URL = re.compile(r"(?:https?://|www\.)[\w./?=&%#:-]+|[\w.]+@[\w.]+\w")
_NUMBERED = re.compile(r"[\u4e00-\u9fff]{1,10}[〔\[(]20\d\d[〕\])]\d{1,4}号")
_SHARE = re.compile(
    rf"(?P<per>{_DIGITS})\s*%|百分之(?P<cn>[{_NUMERAL}点]+|{_DIGITS})|(?P<mille>{_DIGITS})\s*‰|千分之(?P<cm>[{_NUMERAL}]+)"
    rf"|(?P<below>[{_NUMERAL}]+|\d+)分之(?P<above>[{_NUMERAL}]+|\d+)|(?P<tenths>[一二三四五六七八九])成|(?P<half>一半)"
)
_UNIT_BEHIND_BRACKET = re.compile(r"[(]不?含[)]")
_LEVEL = re.compile(r"\d{1,3}(?:调查|计划|工程|行动|级|星|类|号|期|代|寸|强|版|等奖)")  # part of a name
_SAID_INCLUDED = re.compile(r"[(](不)?含(?:本数)?\d[^()]{0,8}[)]")
_CLOCK = re.compile(r"(?:[01]?\d|2[0-4])[:时](?:00|15|30|45|59)分?(?!\d)|(?:[01]?\d|2[0-4])[时点](?!间)")
_RATIO_SPELLED = re.compile(r"[一二三四五六七八九]{2,5}(?=的?比例|开)")  # 六四, 四三三
_HALF_YEAR = re.compile(r"半年(?![度报检])")
_RATIO = re.compile(r"(?<![\d:])\d{1,3}(?:\.\d)?(?:\s*[:∶]\s*\d{1,3}(?:\.\d{1,2})?){1,4}(?![\d:])")
_PLACES = re.compile(
    rf"第(?P<from>\d{{1,3}}|[{_NUMERAL}]{{1,3}})(?:名|位)?(?:至|到|-)第?(?P<to>\d{{1,3}}|[{_NUMERAL}]{{1,3}})(?:名|位)"
)
_ORDINAL = re.compile(
    rf"第(?P<n>\d{{1,2}}|[{_NUMERAL}]{{1,3}})(?P<of>年度|年|名|位|个月|个年度|批|期|季度|轮)|第[(]?(?:\d{{1,3}}|[{_NUMERAL}]{{1,5}})[)]?(?P<ref>条|款|项|章|目|点)"
)
_YEARS = re.compile(
    rf"(?P<which>前|头|后|其后|之后|随后)(?P<n>\d{{1,2}}|[{_NUMERAL}]{{1,2}})个?年度?(?!平均|以?内|之内)"
)
_TOP = re.compile(rf"前(?P<n>\d{{1,4}}|[{_NUMERAL}]{{1,3}})(?:名|位|强|家)?(?![年个月天届次期批季])")
_FIGURE_BEGINS = re.compile(rf"\d|[{_NUMERAL}](?!般|律|致)")
_LENGTH_ENDS = re.compile("[及或]?以[上下内]|内|期")
_MARK = re.compile(
    rf"(?:【[^】]{{1,24}}】|[(](?:[{_NUMERAL}]{{1,3}}|\d{{1,2}})[)]【[^】]{{1,24}}】|[(](?:[{_NUMERAL}]{{1,3}}|\d{{1,2}})[)]|[{_NUMERAL}]{{1,3}}、|\d{{1,2}}\s*[.、](?!\d)|[①-⑳]|\d{{1,2}}[)]|第[{_NUMERAL}\d]{{1,4}}\s*(?:条|部分|章|节|编)|附件\d{{0,2}}[:.])\s*"
)
_PUNCTUATION = {
    ",": "comma", "、": "and_mark", ";": "semicolon", "。": "stop", ":": "colon", "(": "left", ")": "right",
    "《": "left_title", "》": "right_title", "/": "slash", "-": "to", "｜": "cell", "|": "cell", "“": "quote",
    "”": "quote", '"': "quote", "!": "stop", "?": "question", "·": "slash", "•": "slash", "×": "times_sign", "*": "times_sign",
    "+": "plus_sign",
}  # fmt: skip


def _number(text: str) -> Decimal:
    text = text.replace(",", "")
    if text[0].isdigit():
        return Decimal(text)
    whole, _, fraction = text.partition("点")
    tail = "".join(str(chinese_number(c)) for c in fraction)
    return Decimal(f"{chinese_number(whole or '零')}.{tail}" if tail else chinese_number(whole))


def _share(found: re.Match[str]) -> Decimal:
    if found["per"] or found["cn"]:
        return _number(found["per"] or found["cn"])
    if found["mille"] or found["cm"]:
        return _number(found["mille"] or found["cm"]) / 10
    if found["half"]:
        return Decimal(50)
    if found["tenths"]:
        return _number(found["tenths"]) * 10
    below = _number(found["below"])
    return (
        (100 * _number(found["above"]) / below).quantize(Decimal("0.0001")).normalize()
        if below
        else Decimal(0)
    )


def _is_layout(text: str, at: int) -> bool:
    """Whether a blank stands between Chinese characters, figures or signs."""
    before, behind = text[:at].rstrip()[-1:], text[at:].lstrip()[:1]
    latin = [c.isascii() and c.isalpha() for c in (before, behind)]
    return not all(latin) and not (before.isdigit() and behind.isdigit() and len(text[:at].rstrip()) < at - 1)


class _Tokenizer:
    """One pass over a text."""

    def __init__(self, text: str) -> None:
        folded = plain(text)
        # Blanks within Chinese text are of its layout (年 度); between Latin words they part words.
        self.places = [i for i, c in enumerate(folded) if not (c.isspace() and _is_layout(folded, i))]
        self.text = "".join(folded[i] for i in self.places)
        self.places.append(len(folded))
        self.atoms: list[Atom] = []
        self.open_from: int | None = None
        self.position = 0

    def run(self) -> list[Atom]:
        while self.position < len(self.text):
            if self._mark():
                continue
            if not (self._figure() or self._word()):
                self.open_from = self.position if self.open_from is None else self.open_from
                self.position += 1
        self._close()
        placed = [
            Atom(self.places[a.start], self.places[a.end - 1] + 1, a.text, a.classes, a.value, a.unit)
            for a in self.atoms
        ]
        return _with_units(placed)

    def _mark(self) -> bool:
        """The number of an item, at the head of a text or behind a mark that ends something."""
        begins = not self.atoms or any(
            self.atoms[-1].has(name) for name in ("semicolon", "stop", "colon", "comma", "cell")
        )
        marked = bool(self.atoms) and self.atoms[-1].has("mark")
        begins = begins or (marked and self.text[self.position] == "【")  # 第三条 【出口增量奖励】
        if self.open_from is not None or not begins or (marked and self.text[self.position] != "【"):
            return False
        found = _MARK.match(self.text, self.position)
        return found is not None and found.end() > self.position and self._add(found.end(), {"mark"})

    def _close(self) -> None:
        if self.open_from is not None:
            start, self.open_from = self.open_from, None
            self.atoms.append(Atom(start, self.position, self.text[start : self.position], frozenset({OPEN})))

    def _add(self, end: int, classes: set[str] | frozenset[str], value: Any = None, unit: str = "") -> bool:
        if classes & POSTPOSED and not self._is_behind_figure():
            classes = classes - POSTPOSED  # 目录内, 封顶：
        if not classes:
            return False
        if classes & _INCLUDING and not self._is_behind_figure(within=True):
            return False  # 目录内, 省级以上: no ceiling and no floor of a figure
        self._close()
        self.atoms.append(
            Atom(self.position, end, self.text[self.position : end], frozenset(classes), value, unit)
        )
        self.position = end
        return True

    def _is_behind_figure(self, within: bool = False) -> bool:
        """Whether a figure stands right before, `within`: also with a bracket opened between."""
        if not self.atoms:
            return False
        if self.open_from is not None:
            noun = self.position - self.open_from
            return (
                noun <= _NOUN
                and self.atoms[-1].has("COUNT")
                and self.atoms[-1].end == self.open_from
                and not within
            )
        behind = {FIGURE, "included", "excluded", "right", "UNIT", "CLOCK", "above", "below"}
        last = self.atoms[-1]
        if (
            last.has(OPEN)
            and len(last.text) <= _NOUN
            and len(self.atoms) > 1
            and self.atoms[-2].has("COUNT")
            and not within
        ):
            return True  # 6家单位以上
        if within and last.has("left") and len(self.atoms) > 1:
            last = self.atoms[-2]
        return bool(last.classes & behind)

    def _word(self) -> bool:
        text, at = self.text, self.position
        if text[at].isspace():
            self._close()
            self.position += 1
            return True
        if text[at] == "(" and (said := _SAID_INCLUDED.match(text, at)) and self._is_behind_figure():
            return self._add(said.end(), {"excluded" if said[1] else "included"})
        known = words()
        for length in range(min(known.longest.get(text[at], 0), len(text) - at), 0, -1):
            classes = known.of.get(text[at : at + length])
            if text[at : at + length] in known.before_figure and not _FIGURE_BEGINS.match(text, at + length):
                continue
            if self.open_from is not None and text[at : at + length] in known.not_within:
                continue
            if classes and self._add(at + length, frozenset(classes)):
                return True
        return text[at] in _PUNCTUATION and self._add(at + 1, {_PUNCTUATION[text[at]]})

    def _longest_word(self) -> int:
        known = words()
        at = self.position
        return next(
            (
                n
                for n in range(min(known.longest.get(self.text[at], 0), len(self.text) - at), 0, -1)
                if self.text[at : at + n] in known.of
            ),
            0,
        )

    def _figure(self) -> bool:
        text, at = self.text, self.position
        char = text[at]
        if (
            self.open_from is None
            and self.atoms
            and self.atoms[-1].end == at
            and any(self.atoms[-1].has(c) for c in ("each", "slash", "included", "excluded"))
            and (unit := words().each_unit.match(text, at))
            and self._is_unit(unit)
        ):
            return self._add(unit.end(), {"UNIT"}, None, words().unit_of[unit[0]])
        if char in "前头后其之随" and (found := _YEARS.match(text, at)):
            follows = found["which"] not in ("前", "头")
            if int(_number(found["n"])) == 1 and not follows:
                self.open_from = at if self.open_from is None else self.open_from
                self.position = found.end()  # 前一年 is the year before
                return True
            return self._add(found.end(), {OPEN, "YEARSPAN"}, (follows, int(_number(found["n"]))))
        if (
            char == "前"
            and (found := _TOP.match(text, at))
            and (found["n"].isdigit() or found[0][-1] not in _NUMERAL)
        ):
            return self._add(found.end(), {FIGURE, "TOP"}, _number(found["n"]), "名")
        if not (char.isdigit() or char in _NUMERAL or char in "百第千wh" or "\u4e00" <= char <= "\u9fff"):
            return False
        if char in "wh" and (url := _URL.match(text, at)):
            return self._add(url.end(), {"CONTACT"})
        if char == "第" and (nth := words().figure.match(text, at + 1)) and nth["number"] and nth["unit"]:
            unit = words().unit_of[nth["unit"]]
            if unit not in ("年", "次", "条", "个月"):
                return self._add(nth.end(), {FIGURE, "NTH"}, _number(nth["number"]), unit)
        if char == "第" and (found := _PLACES.match(text, at)):
            return self._add(found.end(), {"RANKSPAN"}, (_number(found["from"]), _number(found["to"])))
        if char == "第" and (found := _ORDINAL.match(text, at)):
            if found["ref"]:
                return self._add(found.end(), {"REF"})
            kind = {
                "年": "ORDYEAR",
                "年度": "ORDYEAR",
                "个年度": "ORDYEAR",
                "名": "ORDRANK",
                "位": "ORDRANK",
            }.get(found["of"], "ORDINAL")
            return self._add(found.end(), {kind}, int(_number(found["n"])))
        if (
            char == "半"
            and text[at - 1 : at] not in ("上", "下", "每")
            and (found := _HALF_YEAR.match(text, at))
        ):
            return self._add(found.end(), {FIGURE, "COUNT", "COUNT_个月"}, Decimal(6), "个月")
        if not (char.isdigit() or char in _NUMERAL or char in "百千"):
            if (found := _NUMBERED.match(text, at)) and self.open_from is None:
                return self._add(found.end(), {"NUMBER"})
            return False
        if (
            at
            and text[at - 1].isascii()
            and (text[at - 1].isalnum() or text[at - 1] == ".")
            and char.isdigit()
        ):
            return False
        if self._dated():
            return True
        if found := _SHARE.match(text, at):
            return self._add(found.end(), {FIGURE, "SHARE"}, _share(found), "%")
        if char.isdigit() and (found := _LEVEL.match(text, at)):
            self.open_from = at if self.open_from is None else self.open_from
            self.position = found.end()
            return True
        if char.isdigit() and (found := _CLOCK.match(text, at)):
            return self._add(found.end(), {"CLOCK"}, found[0])
        if self.open_from is None and (found := _RATIO_SPELLED.match(text, at)):
            return self._add(
                found.end(), {FIGURE, "RATIO"}, tuple(Decimal(chinese_number(c)) for c in found[0])
            )
        if char.isdigit() and (found := _RATIO.match(text, at)):
            parts = tuple(Decimal(p) for p in re.split(r"\s*[:∶]\s*", found[0]))
            return self._add(found.end(), {FIGURE, "RATIO"}, parts)
        return self._quantity()

    def _is_unit(self, unit: re.Match[str]) -> bool:
        """Whether a word behind 每 is a unit and not the beginning of a longer word: 每人 but not 每人民币."""
        follows = self.text[unit.end() : unit.end() + 1]
        return self._longest_word() <= len(unit[0]) and follows not in words().not_before.get(unit[0], ())

    def _dated(self) -> bool:
        text, at = self.text, self.position
        if found := _DAY.match(text, at):
            parts = (found["year"] or found["y2"], found["month"] or found["m2"], found["day"] or found["d2"])
            return self._add(found.end(), {FIGURE, "DATE"}, tuple(map(int, parts)))
        if found := _YEAR_MONTH.match(text, at):
            return self._add(
                found.end(), {FIGURE, "YEARMONTH"}, (int(found["year"]), int(found["month"]), None)
            )
        if found := _YEAR_ONLY.match(text, at):
            return self._add(found.end(), {FIGURE, "YEAR"}, (int(found["year"]), None, None))
        if found := _MONTH_DAY.match(text, at):
            return self._add(
                found.end(), {FIGURE, "MONTHDAY"}, (None, int(found["month"]), int(found["day"]))
            )
        if text[at].isdigit() and (found := _PHONE.match(text, at)):
            return self._add(found.end(), {"CONTACT"})
        if (
            (found := _MONTH.match(text, at))
            and not found["month"].startswith("0")
            and 1 <= _number(found["month"]) <= 12
        ):
            return self._add(found.end(), {FIGURE, "MONTH"}, (None, int(_number(found["month"])), None))
        if found := _DAY_ONLY.match(text, at):
            return self._add(found.end(), {FIGURE, "MONTHDAY"}, (None, None, int(found["day"])))
        return False

    def _quantity(self) -> bool:
        text, at = self.text, self.position
        found = words().figure.match(text, at)
        if found is None:
            return False
        behind = bool(self.atoms) and self.open_from is None and bool(self.atoms[-1].classes & _LIMITS)
        limited = behind or _LENGTH_ENDS.match(text, found.end()) is not None
        if found.end() - at < self._longest_word() or (
            found.end() - at == self._longest_word() and not limited
        ):
            return False  # 一年 is every year, but behind 满 a length
        if found["spelled"]:
            value, scale, unit = (
                _number(found["spelled"]),
                found["big"] or "",
                found["spelled_unit"] or found["small"] or "",
            )
        else:
            value, scale, unit = _number(found["number"]), found["scale"] or "", found["unit"] or ""
        value *= _SCALES[scale]
        if unit and text[found.end() : found.end() + 1] in words().not_before.get(unit, ()):
            return False
        if unit == "月":  # 三月 of a year was taken before
            return False
        name = words().unit_of.get(unit, "")
        if (
            not unit
            and (later := _UNIT_BEHIND_BRACKET.match(text, found.end()))
            and (unit := words().each_unit.match(text, later.end()))
        ):
            name = words().unit_of[unit[0]]
        elif not unit and re.match(r"[a-z]", text[found.end() : found.end() + 1]):
            return self._add(found.end(), {OPEN})  # 5A, 3D
        if name in ("元", "美元") or (not name and scale[-1:] in ("万", "亿") and scale):
            classes = {FIGURE, "MONEY"} | ({"DOLLAR"} if name == "美元" else set())
            return self._add(found.end(), classes, value, name or "元")
        if name:
            return self._add(found.end(), {FIGURE, "COUNT", f"COUNT_{name}"}, value, name)
        return self._add(found.end(), {FIGURE, "NUM"}, value)


def _with_units(atoms: list[Atom]) -> list[Atom]:
    """Numbers of a list or a range with the unit that only its last one has: 10万、20万、50万标箱, 200万-500万美元."""
    joins = ("and_mark", "to", "and", "included", "excluded", "left", "right", "above", "comma")
    unit, last = "", None
    for index in range(len(atoms) - 1, -1, -1):
        atom = atoms[index]
        if atom.has("COUNT") or atom.has("SHARE") or (atom.has("MONEY") and not _is_bare(atom)):
            unit, last = atom.unit, atom
        elif last is not None and (atom.has("NUM") or _is_bare(atom)) and not atom.has("COUNT"):
            classes = last.classes
            if unit not in ("%",) or atom.has("NUM"):
                atoms[index] = Atom(atom.start, atom.end, atom.text, classes, atom.value, unit)
        elif not any(atom.has(name) for name in joins):
            last = None
    return atoms


def _is_bare(atom: Atom) -> bool:
    """Whether an atom is a sum whose unit is not written: 50万."""
    return atom.has("MONEY") and not atom.has("DOLLAR") and atom.text[-1] in _SCALES


def begins_with_mark(text: str) -> bool:
    """Whether a text begins with the number of an item: （一）, 1., ①."""
    return _MARK.match(plain(text).lstrip()) is not None


def tokens_in(text: str) -> list[Atom]:
    """The atoms of a text, in order; white space belongs to none."""
    return list(_tokens(text))


@lru_cache(maxsize=1024)
def _tokens(text: str) -> tuple[Atom, ...]:
    """The same, kept: a sentence is looked at by several readers."""
    return tuple(_Tokenizer(text).run())
