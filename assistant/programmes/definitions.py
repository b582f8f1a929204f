"""The facts that a firm can tell, each defined once for all programmes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.grammar.measures import Measure, vocabulary


class Rule(BaseModel):
    """A value of a file: no undeclared fields, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


FactType = Literal["money", "number", "percent", "date", "yesno", "choice", "text"]


class Option(Rule):
    """One answer to a choice, and the words that mean it."""

    value: str
    zh: str
    en: str
    words: tuple[str, ...] = ()
    implies: dict[str, str] = Field(
        default_factory=dict, description="other facts that follow: 南山区 → city 深圳市"
    )


class FactMeasure(Rule):
    """What a sum, a count or a share is of: a nature and an object of `grammar/zh/measures.yaml`."""

    nature: str
    object: str | None = None

    @model_validator(mode="after")
    def _exists(self) -> FactMeasure:
        known = vocabulary()
        if self.nature not in known.natures:
            raise ValueError(f"no nature {self.nature}: one of {sorted(known.natures)}")
        if self.object is not None and self.object not in known.objects:
            raise ValueError(f"no object {self.object}: see grammar/zh/measures.yaml")
        return self

    @property
    def measure(self) -> Measure:
        """As a measure."""
        return Measure(self.nature, frozenset({self.object} if self.object else ()))


class FactDefinition(Rule):
    """A fact a firm can tell: what it is called, how it is asked for, which words beside a figure mean it."""

    key: str
    type: FactType
    unit: str | None = None
    zh: str
    en: str
    ask: str
    ask_en: str
    measure: FactMeasure | None = Field(
        default=None, description="of a sum, a count or a share: what it is of"
    )
    words: tuple[str, ...] = Field(default=(), description="beside an amount, these mean this fact")
    says_yes: tuple[str, ...] = Field(default=(), description="of a yes-no fact: what means yes")
    says_no: tuple[str, ...] = ()
    about: tuple[str, ...] = Field(
        default=(),
        description="of a yes-no fact: what it is about; denied anywhere in its clause, it means no",
    )
    options: tuple[Option, ...] = ()
    multiple: bool = Field(default=False, description="of a choice: several may hold at once")
