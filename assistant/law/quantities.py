"""Quantities, what they are of, bounds and limits; each is one short string in YAML and JSON and reads back the same.

`30%`, `50万元`, `2000平方米`; `paid equipment+software`, `revenue growth`; `revenue >= 2000万元`; `200万元 per applicant year`.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from assistant.grammar import measures
from assistant.models import Frozen


class Unit(StrEnum):
    """What a quantity is counted in; words for pieces (件, 项, 款 …) are one unit."""

    YUAN = "元"
    DOLLAR = "美元"
    PERCENT = "%"
    PERSON = "人"
    FIRM = "家"
    PIECE = "个"
    SQUARE_METRE = "平方米"
    CUBIC_METRE = "立方米"
    MU = "亩"
    TONNE = "吨"
    KILOGRAM = "公斤"
    KILOMETRE = "公里"
    METRE = "米"
    KILOWATT = "千瓦"
    WATT = "瓦"
    KILOWATT_HOUR = "千瓦时"
    HOUR = "小时"
    MINUTE = "分钟"
    DAY = "天"
    MONTH = "个月"
    YEAR = "年"
    YEAR_OF_AGE = "岁"
    VEHICLE = "辆"
    AIRCRAFT_MOVEMENT = "架次"
    CONTAINER = "标箱"
    BED = "张床"
    ROOM = "间"
    HEAD_OF_STOCK = "头"
    TERABYTE = "TB"
    GIGABYTE = "GB"
    PETAFLOPS = "P"
    CARD_HOUR = "卡时"
    TIMES = "次"
    NIGHT = "晚"
    POINT = "分"
    FOLD = "倍"
    BASIS_POINT = "基点"
    PERCENTAGE_POINT = "个百分点"
    PERSON_TIME = "人次"
    RANK = "名"


_SCALES = {"": 1, "万": 10**4, "亿": 10**8}
_QUANTITY = re.compile(rf"(-?\d+(?:\.\d+)?)\s*([万亿]?)({'|'.join(sorted(Unit, key=len, reverse=True))})")


class _Text(Frozen):
    """A value that is written as one string; `PATTERN` is what the string looks like, for editors."""

    PATTERN: ClassVar[str] = ""

    @classmethod
    @abstractmethod
    def parse(cls, text: str) -> Self:
        """Read the string; raises ValueError with an example where it is none."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        own = handler(source)
        text = core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema())
        return core_schema.union_schema(
            [own, text], serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": cls.PATTERN, "description": (cls.__doc__ or "").splitlines()[0]}


class Quantity(_Text):
    """A number and its unit: 30%, 50万元, 2000平方米."""

    PATTERN: ClassVar[str] = rf"^{_QUANTITY.pattern}$"

    value: Decimal
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 50万元; raises ValueError for anything else."""
        found = _QUANTITY.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is no quantity: write a number and a unit, such as 50万元 or 30%")
        return cls(value=Decimal(found[1]) * _SCALES[found[2]], unit=Unit(found[3]))

    def __str__(self) -> str:
        for scale in ("亿", "万"):
            if abs(self.value) >= _SCALES[scale] and self.unit is not Unit.PERCENT:
                return f"{_plain(self.value / _SCALES[scale])}{scale}{self.unit}"
        return f"{_plain(self.value)}{self.unit}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and (self.value, self.unit) == (other.value, other.unit)

    def __hash__(self) -> int:
        return hash((self.value, self.unit))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


@lru_cache(maxsize=1)
def _measure_pattern() -> str:
    known = measures.vocabulary()
    objects = "|".join(known.objects)
    return rf"(?P<nature>{'|'.join(known.natures)})(?: (?P<objects>(?:{objects})(?:\+(?:{objects}))*))?(?P<growth> growth)?"


class Measure(_Text):
    """How something is counted and what it is of: `paid equipment+software`, `revenue`, `revenue growth`."""

    nature: str
    objects: tuple[str, ...] = ()
    change: bool = False

    @model_validator(mode="after")
    def _exists(self) -> Self:
        known = measures.vocabulary()
        if self.nature not in known.natures:
            raise ValueError(f"no nature {self.nature}: one of {', '.join(known.natures)}")
        if unknown := [one for one in self.objects if one not in known.objects]:
            raise ValueError(f"no object {unknown[0]}: see assistant/grammar/zh/measures.yaml")
        if self.objects != tuple(sorted(set(self.objects))):
            object.__setattr__(self, "objects", tuple(sorted(set(self.objects))))
        return self

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `nature object+object growth`; raises ValueError that names what is unknown."""
        words = text.split()
        change = len(words) > 1 and words[-1] == "growth"
        words = words[:-1] if change else words
        if not 1 <= len(words) <= 2:
            raise ValueError(f"{text!r} is no measure: write a nature, then objects, such as paid equipment")
        objects = tuple(words[1].split("+")) if len(words) == 2 else ()
        return cls(nature=words[0], objects=objects, change=change)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": re.sub(r"\?P<\w+>", "", f"^{_measure_pattern()}$")}

    def __str__(self) -> str:
        named = " ".join([self.nature, *(["+".join(self.objects)] if self.objects else [])])
        return f"{named} growth" if self.change else named

    @property
    def grammar(self) -> measures.Measure:
        """As the vocabulary compares it."""
        return measures.Measure(self.nature, frozenset(self.objects), self.change)


class Op(StrEnum):
    """How a figure is held against a bound."""

    AT_LEAST = ">="
    MORE_THAN = ">"
    AT_MOST = "<="
    LESS_THAN = "<"
    IS = "="


class Bound(_Text):
    """A measure against a quantity: `revenue >= 2000万元`."""

    PATTERN: ClassVar[str] = r"^.+ (?:>=|>|<=|<|=) .+$"

    measure: Measure
    op: Op
    quantity: Quantity

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `measure op quantity`; raises ValueError."""
        found = re.fullmatch(r"(.+?)\s*(>=|<=|>|<|=)\s*(.+)", text.strip())
        if found is None:
            raise ValueError(f"{text!r} is no bound: write it as revenue >= 2000万元")
        return cls(measure=Measure.parse(found[1]), op=Op(found[2]), quantity=Quantity.parse(found[3]))

    def __str__(self) -> str:
        return f"{self.measure} {self.op} {self.quantity}"


class Per(StrEnum):
    """For what a limit holds: one thing counted, one applicant, a year, a project, a person, a household, in all."""

    ITEM = "item"
    APPLICANT = "applicant"
    YEAR = "year"
    MONTH = "month"
    PROJECT = "project"
    PERSON = "person"
    TOTAL = "total"


class Cap(_Text):
    """The most that is given or counted: `200万元 per applicant year`, `20% of contract per project`, `usually 50万元`."""

    PATTERN: ClassVar[str] = r"^(?:usually )?\S+(?: of [a-z_+ ]+?)?(?: per [a-z ]+)?$"

    limit: Quantity
    of: Measure | None = None
    per: tuple[Per, ...] = ()
    usual: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `[usually] quantity [of measure] [per …]`; raises ValueError."""
        found = re.fullmatch(r"(usually )?(\S+)(?: of ([a-z_+ ]+?))?(?: per ([a-z ]+))?", text.strip())
        if found is None:
            raise ValueError(f"{text!r} is no cap: write it as 200万元 per applicant year")
        return cls(
            limit=Quantity.parse(found[2]),
            of=Measure.parse(found[3]) if found[3] else None,
            per=tuple(sorted({Per(word) for word in (found[4] or "").split()}, key=list(Per).index)),
            usual=bool(found[1]),
        )

    def __str__(self) -> str:
        of = f" of {self.of}" if self.of else ""
        per = f" per {' '.join(self.per)}" if self.per else ""
        return f"{'usually ' if self.usual else ''}{self.limit}{of}{per}"


Parser = Callable[[str], _Text]
