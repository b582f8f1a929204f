"""What callers of the API send."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from assistant.exports import Format
from assistant.models import Language

Told = Annotated[str, Field(max_length=200)]


class AskBody(BaseModel):
    """A question; everything but the text may be left out."""

    question: str = Field(max_length=20_000, examples=["训力券最高能补多少？"])
    conversation_id: str | None = Field(default=None, max_length=64)
    facts: dict[Told, Told] = Field(default={}, max_length=100)
    corrections: dict[Told, Told] = Field(
        default={},
        max_length=100,
        description="facts put right by hand: they count before what earlier messages say; empty: taken back",
    )
    as_of: date | None = Field(default=None, description="the day the answer should hold for")
    language: Language | None = None


class MatchBody(BaseModel):
    """A firm's facts; keys as in `GET /api/facts`."""

    facts: dict[Told, Told] = Field(
        default={}, max_length=200, examples=[{"compute_contract_amount": "600万元"}]
    )
    as_of: date | None = Field(default=None, description="the day the matching should hold for")
    language: Language = "zh"


class ExportBody(MatchBody):
    """A firm's facts, and which file to make of the matching."""

    format: Format = Field(examples=["docx"])


class ForgetBody(BaseModel):
    """The conversations to delete; their ids are told only to who asked."""

    conversation_ids: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(
        max_length=1000, examples=[["0123456789abcdef0123456789abcdef"]]
    )


class FeedbackBody(BaseModel):
    """What a user says of an answer."""

    question_id: str = Field(max_length=64, examples=["0123456789abcdef0123456789abcdef"])
    rating: Literal["up", "down"]
    reason: str | None = Field(default=None, max_length=100, examples=["数字不对"])
    comment: str | None = Field(default=None, max_length=2000)
