"""How much a language model's service may send, as bytes and as characters said; what it thinks aloud is not said."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx2

from assistant.errors import LanguageModelError

# A reply of 20,000 characters, each in a piece of its own with all that a service writes around it, and some reasoning.
_MAX_BYTES = 16 * 2**20
_MAX_CHARS = 20_000
_THOUGHT = re.compile(r"<(?P<end>/?)(?:think|thinking|reasoning)>", re.I)
_LONGEST_TAG = len("</reasoning>")


class Spoken:
    """Takes the reasoning in tags out of a reply that comes in pieces, and counts only what is said beside it.

    A closing tag that nothing opened goes on with the rest: all before it was reasoning, and is not counted any more.
    """

    def __init__(self) -> None:
        self._held, self._thinking, self._sent = "", False, 0

    def feed(self, piece: str) -> str:
        """What a further piece says; raises LanguageModelError when too much was said."""
        self._held += piece
        said = ""
        while tag := _THOUGHT.search(self._held):
            if not self._thinking:
                said += self._held[: tag.start()]
                if tag["end"]:
                    said, self._sent = said + tag[0], 0
            self._thinking = not tag["end"]
            self._held = self._held[tag.end() :]
        # What may be the beginning of a tag waits for its end.
        start = self._held.rfind("<", max(0, len(self._held) - _LONGEST_TAG))
        ready = len(self._held) if start < 0 else start
        if not self._thinking:
            said += self._held[:ready]
        self._held = self._held[ready:]
        return self._counted(said)

    def rest(self) -> str:
        """What was held back, when the reply has ended."""
        held, self._held = self._held, ""
        return "" if self._thinking else self._counted(held)

    def _counted(self, said: str) -> str:
        self._sent += len(said)
        if self._sent > _MAX_CHARS:
            raise LanguageModelError(f"语言模型的回复超过 {_MAX_CHARS} 字。")
        return said


class _Counted(httpx2.AsyncByteStream):
    """A response's bytes, cut off when there are too many."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        count = 0
        async for part in self._stream:
            count += len(part)
            if count > _MAX_BYTES:
                raise LanguageModelError(f"语言模型服务送来的内容超过 {_MAX_BYTES // 2**20} MB。")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


async def limit_size(response: httpx2.Response) -> None:
    """An event hook for responses: refuse compressed ones, for nobody asked for them, and count the others' bytes."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise LanguageModelError("语言模型服务送来了压缩的内容，没有要求过。")
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = _Counted(response.stream)
