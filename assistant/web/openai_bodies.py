"""The shapes of OpenAI's chat completions, as far as they mean something here; other fields are taken and not used."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.models import Language
from assistant.web.bodies import Told

MODEL = "wence"


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Part(_Lenient):
    """A part of a message; only text is read."""

    type: str
    text: str = ""


class Message(_Lenient):
    """One message; what `system`, `developer` and `tool` say is not used."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """The text of the message."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type in ("text", "input_text"))
        return self.content or ""


class StreamOptions(_Lenient):
    """What a stream should tell besides."""

    include_usage: bool | None = False


class Extension(_Lenient):
    """What Wence can be told besides the messages, in the field `wence`."""

    facts: dict[Told, Told] = Field(default={}, max_length=100)
    as_of: date | None = None
    language: Language | None = None
    conversation_id: str | None = Field(default=None, max_length=64)


class ChatBody(_Lenient):
    """A chat completion asked for."""

    model: str = Field(max_length=200, examples=[MODEL])
    messages: list[Message] = Field(
        min_length=1, max_length=200, examples=[[{"role": "user", "content": "训力券最高能补多少？"}]]
    )
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    wence: Extension = Extension()


def completion(id: str, created: int, text: str, usage: dict[str, int]) -> dict[str, Any]:
    """A whole chat completion."""
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {**_head(id, created, "chat.completion"), "choices": [choice], "usage": usage}


def chunk(id: str, created: int, delta: dict[str, str], finish: str | None = None) -> dict[str, Any]:
    """A piece of a streamed chat completion."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return {**_head(id, created, "chat.completion.chunk"), "choices": [choice]}


def usage_chunk(id: str, created: int, usage: dict[str, int]) -> dict[str, Any]:
    """The last piece of a stream that was asked for its usage."""
    return {**_head(id, created, "chat.completion.chunk"), "choices": [], "usage": usage}


def model_row() -> dict[str, Any]:
    """The one model there is."""
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": "wence"}


def _head(id: str, created: int, kind: str) -> dict[str, Any]:
    return {"id": id, "object": kind, "created": created, "model": MODEL}
