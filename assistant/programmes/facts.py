"""What a firm told, as values: `{key: text} → {key: value}`, with a clear question back where it makes no sense."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from assistant.grammar.measures import read_figure
from assistant.models import Language
from assistant.programmes.definitions import FactDefinition, Option
from assistant.text import fold, traditional
from assistant.values import FOREIGN, dates_in, money_in, normalise, percents_in

FactValue = Decimal | date | bool | tuple[str, ...]
"""Money in yuan, percent as a share of one hundred, a day, yes or no, the values of a choice."""
Definitions = Mapping[str, FactDefinition]

_MOST = Decimal(10) ** 13  # 十万亿元: more than any firm's contract
_EARLIEST = date(1900, 1, 1)
_YES = {"是", "有", "对", "yes", "true", "y", "1", "符合", "满足"}
_NO = {"否", "不是", "没有", "无", "no", "false", "n", "0", "不符合", "不满足"}
_PLAIN = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Told:
    """The facts as values, and for those that cannot be used what to ask: key → question."""

    values: dict[str, FactValue] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def read_facts(
    told: Mapping[str, str], definitions: Definitions, as_of: date, language: Language = "zh"
) -> Told:
    """Every told fact as a value; unknown keys and unusable values become problems, never guesses."""
    result = Told()
    en = language == "en"
    for key, text in told.items():
        definition = definitions.get(key)
        if definition is None:
            result.problems[key] = _NO_FACT[en].format(key=key)
            continue
        value = _value(definition, text.strip(), as_of)
        if isinstance(value, Problem):
            result.problems[key] = _asked_back(definition, text[:40], value, en)
        elif value is not None:
            result.values[key] = value
    _imply(result, definitions, en)
    if language == "zh-Hant":
        result.problems.update({key: traditional(text) for key, text in result.problems.items()})
    return result


@dataclass(frozen=True)
class Problem:
    """Why a value cannot be used, in Chinese and English."""

    zh: str
    en: str


_NO_FACT = (
    "没有名为 {key} 的事实：可用的见 wence facts。",
    "There is no fact called {key}; see wence facts.",
)
_NO_NUMBER = Problem(
    "读不出一个数：请只写一个数和单位。", "no single number can be read; please write one with its unit."
)


_NOT_IN_ALL = Problem(
    "不是一年一共的数：请告诉我一年合计多少。", "not the sum of a year; please tell me what it is in all."
)


def _asked_back(definition: FactDefinition, text: str, problem: Problem, en: bool) -> str:
    if en:
        return f"{definition.en}, “{text}”: {problem.en} {definition.ask_en}"
    return f"{definition.zh}“{text}”{problem.zh}{definition.ask}"


def _value(definition: FactDefinition, text: str, as_of: date) -> FactValue | Problem | None:
    if not text:
        return None
    if definition.type in ("money", "number", "percent"):
        return _number(definition, text)
    if definition.type == "date":
        return _day(text, as_of)
    if definition.type == "yesno":
        return _yes_or_no(definition, text)
    return _chosen(definition, text)


def _number(definition: FactDefinition, text: str) -> Decimal | Problem:
    if definition.type == "money" and FOREIGN.search(fold(text)):
        return Problem("不是人民币：请按人民币元告诉我。", "not in RMB; please tell me the sum in RMB.")
    normal = normalise(text)
    if re.search(r"\d\s*e\s*\+?\d", fold(text)):
        return _NO_NUMBER  # 1e30元 is not 30元
    finder = {"money": money_in, "percent": percents_in}.get(definition.type)
    found = [v.value for v in finder(normal) if isinstance(v.value, Decimal)] if finder else []
    if not found and (plain := _PLAIN.fullmatch(normal.removesuffix(definition.unit or "元").strip())):
        try:
            found = [Decimal(plain[0].replace(",", ""))]
        except InvalidOperation:  # pragma: no cover - the pattern admits numbers only
            found = []
    if definition.type == "money" and found and _is_of_another_stretch(normal):
        return _NOT_IN_ALL
    if len(found) != 1:
        return _NO_NUMBER
    if found[0] < 0 or normal.startswith(("-", "−", "负")):
        return Problem("不能是负数：请核对。", "it cannot be negative; please check.")
    if found[0] >= _MOST or (definition.type == "percent" and found[0] > 100):
        return Problem("大得不合情理：请核对单位。", "it is beyond reason; please check the unit.")
    return found[0]


def _is_of_another_stretch(normal: str) -> bool:
    """Whether a sum is a month's, a piece's, several years' or two years' apart: 每季度30万, 去年40万今年80万."""
    places = [(v.start, v.end) for v in money_in(normal)]
    readings = [read_figure(normal, start, end, places) for start, end in places]
    return len(places) > 1 or any(reading.is_unresolved for reading in readings)


def _day(text: str, as_of: date) -> date | Problem:
    normal = normalise(text)
    found = [v.value for v in dates_in(normal) if isinstance(v.value, tuple)]
    if not found:
        partial = re.fullmatch(r"(\d{4})\s*(?:年|-|/)?\s*(?:(\d{1,2})\s*月?)?", normal)
        if partial is None:
            return Problem(
                "读不出日期：请写成 2025-03-01。", "no date can be read; please write it as 2025-03-01."
            )
        found = [(int(partial[1]), int(partial[2] or 1), 1)]
    year, month, day = found[0]
    try:
        read = date(year or as_of.year, month, day)
    except ValueError:
        return Problem(
            "不是日历上的一天：请写成 2025-03-01。", "no day of the calendar; please write it as 2025-03-01."
        )
    if read > as_of:
        return Problem(f"在 {as_of} 之后：请核对。", f"it is after {as_of}; please check.")
    return read if read >= _EARLIEST else Problem("早得不合情理：请核对。", "it is too early; please check.")


def _yes_or_no(definition: FactDefinition, text: str) -> bool | Problem:
    said = fold(text).strip()
    if said in _NO or any(fold(word) in said for word in definition.says_no):
        return False
    if said in _YES or any(fold(word) in said for word in definition.says_yes):
        return True
    return Problem("看不出是还是否：请答是或否。", "neither yes nor no; please answer yes or no.")


def _chosen(definition: FactDefinition, text: str) -> tuple[str, ...] | Problem:
    if definition.type == "text":
        return (text,)
    said = fold(text)
    found = [o.value for o in definition.options if _is_said(o, said)]
    if not found:
        offered = "、".join(o.zh for o in definition.options)
        choices = ", ".join(o.en or o.zh for o in definition.options)
        return Problem(
            f"不在可选之列（{offered}）：请选一个。", f"none of the choices ({choices}); please choose one."
        )
    if len(found) > 1 and not definition.multiple:
        return Problem("说了不止一个：请只选一个。", "more than one; please choose one only.")
    return tuple(found)


def _is_said(option: Option, said: str) -> bool:
    return any(fold(word) in said for word in (option.value, option.zh, option.en, *option.words) if word)


def _imply(told: Told, definitions: Definitions, en: bool) -> None:
    """A district lies in its city; a contradiction becomes a problem."""
    for key, value in list(told.values.items()):
        for option in definitions[key].options:
            if not isinstance(value, tuple) or option.value not in value:
                continue
            for other, implied in option.implies.items():
                known = told.values.get(other)
                if known is not None and known != (implied,):
                    told.problems[other] = (
                        f"{definitions[key].en} is {option.en}, which does not go with the "
                        f"{definitions[other].en} you told; please check."
                        if en
                        else f"{definitions[key].zh}是{option.zh}，与所说的{definitions[other].zh}对不上：请核对。"
                    )
                    told.values.pop(other)
                elif other not in told.problems:
                    told.values[other] = (implied,)
