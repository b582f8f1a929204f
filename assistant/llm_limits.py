"""How much a language model's service may send: counted as bytes arrive, before anything is made of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2

from assistant.errors import LanguageModelError

# A reply of 20,000 characters, each in a piece of its own with all that a service writes around it, and some reasoning.
_MAX_BYTES = 16 * 2**20


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
