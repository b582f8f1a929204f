"""The one door to language models: any OpenAI-compatible service, through LangChain.

A request runs on an event loop of its own thread, so that it ends when time is up whatever the service does: says nothing,
sends a character a second, keeps the line alive with comments, never ends its headers.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from functools import cached_property, lru_cache
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from assistant.budget import Breaker, Budget
from assistant.errors import LanguageModelError
from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_ATTEMPTS = 3
_FAILURES = 3
_BACKOFF = 0.5  # seconds before the second attempt, doubled for each further one
_CONNECT_SECONDS = 5.0
_TRANSIENT = frozenset((408, 409, 425, 429, 500, 502, 503, 504, 529))


class OpenAiChatModel:
    """Streams replies within a budget; whatever fails, fails as LanguageModelError, and too often as one at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._breaker = Breaker(_FAILURES, settings.llm_pause)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._settings.llm_model or ""

    def warm_up(self) -> None:
        """Load what a request needs, in the background, so that the first answer does not wait for it."""
        asyncio.run_coroutine_threadsafe(self._ready(), _loop())

    def stream(self, system: str, user: str, budget: Budget | None = None) -> Iterator[str]:
        """Pieces of the reply; raises LanguageModelError when the budget is spent, the reply too long, or the service fails.

        A request that failed for a passing reason before anything came is made again, as often as the budget allows.
        """
        budget = budget or Budget(self._settings.llm_budget)
        if not self._breaker.allows():
            raise LanguageModelError("语言模型接连出错，暂不使用，稍后自动再试。")
        for attempt in range(1, _ATTEMPTS + 1):
            came = False
            budget.requested()
            try:
                for piece in self._pieces(system, user, budget):
                    came = True
                    yield piece
                self._breaker.succeeded()
                return
            except _Fault as fault:
                if fault.refused:
                    budget.used(0, 0)
                wait = fault.wait if fault.wait is not None else _backoff(attempt)
                if came or not fault.passing or attempt == _ATTEMPTS or wait >= budget.left:
                    self._breaker.failed()
                    raise LanguageModelError(f"{fault}（共请求 {attempt} 次）") from fault
                time.sleep(wait)
                budget.spend(wait)

    def _pieces(self, system: str, user: str, budget: Budget) -> Iterator[str]:
        """The pieces of one request; raises _Fault."""
        came: SimpleQueue[str | None] = SimpleQueue()
        request = asyncio.run_coroutine_threadsafe(self._request(system, user, came, budget), _loop())
        request.add_done_callback(lambda _: came.put(None))
        try:
            while (piece := self._next(came, budget)) is not None:
                if piece:
                    yield piece
        finally:
            request.cancel()
        if (error := _error_of(request)) is not None:
            raise _fault_of(error) from error

    def _next(self, came: SimpleQueue[str | None], budget: Budget) -> str | None:
        """The next piece, waited for at the budget's expense."""
        patience = min(self._settings.llm_timeout, budget.left)
        started = time.monotonic()
        try:
            return came.get(timeout=patience)
        except Empty:
            raise _Fault(f"语言模型 {patience:.3g} 秒没有回应或没有答完。", passing=False) from None
        finally:
            budget.spend(time.monotonic() - started)

    async def _request(self, system: str, user: str, came: SimpleQueue[str | None], budget: Budget) -> None:
        from assistant.llm_limits import Spoken

        spoken, used = Spoken(), None
        async for piece in self._model.astream([("system", system), ("human", user)]):
            # Some services report at the end, some a running total with each piece: the last report counts.
            used = getattr(piece, "usage_metadata", None) or used
            came.put(spoken.feed(piece.text))  # nothing said is a sign of life too
        came.put(spoken.rest())
        if used:
            budget.used(used["input_tokens"], used["output_tokens"])

    async def _ready(self) -> None:
        _ = self._model

    @cached_property
    def _model(self) -> BaseChatModel:
        from langchain_openai import ChatOpenAI
        from openai import DefaultAsyncHttpxClient
        from pydantic import SecretStr

        from assistant.llm_limits import limit_size

        settings, seconds = self._settings, self._settings.llm_timeout
        return ChatOpenAI(
            model=self.name,
            base_url=settings.llm_base_url,
            api_key=settings.llm_api_key or SecretStr("none"),
            temperature=0,
            timeout=(min(_CONNECT_SECONDS, seconds), seconds, seconds, seconds),
            max_retries=0,  # we retry ourselves, within the budget
            stream_chunk_timeout=None,
            stream_usage=settings.llm_usage,
            default_headers={"Accept-Encoding": "identity"},
            http_async_client=DefaultAsyncHttpxClient(event_hooks={"response": [limit_size]}),
        )


class _Fault(Exception):
    """A request that failed: whether the next may go better, when the service wants to be asked again, whether it was refused."""

    def __init__(self, message: str, passing: bool, wait: float | None = None, refused: bool = False) -> None:
        super().__init__(message)
        self.passing, self.wait, self.refused = passing, wait, refused


@lru_cache(maxsize=1)
def _loop() -> asyncio.AbstractEventLoop:
    """The event loop that all requests of this process run on."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="language-model", daemon=True).start()
    return loop


def _backoff(attempt: int) -> float:
    return _BACKOFF * 2.0 ** (attempt - 1) * random.uniform(0.8, 1.2)


def _error_of(request: Future[None]) -> BaseException | None:
    try:
        return request.exception()
    except CancelledError as error:
        return error


def _fault_of(error: BaseException) -> _Fault:
    from openai import APIConnectionError, APIStatusError, APITimeoutError

    if isinstance(error, LanguageModelError):
        return _Fault(str(error), passing=False)
    if isinstance(error, APIStatusError):
        code = error.status_code
        wait = _seconds(error.response.headers.get("retry-after"))
        return _Fault(f"语言模型服务回了错误 {code}。", code in _TRANSIENT, wait, refused=True)
    if isinstance(error, APITimeoutError):
        return _Fault("语言模型服务没有回应。", passing=False)
    if isinstance(error, APIConnectionError):
        return _Fault("连不上语言模型服务，或连接中断。", passing=True)
    return _Fault(f"语言模型没有正常应答（{type(error).__name__}）。", passing=False)


def _seconds(header: str | None) -> float | None:
    """The wait of a Retry-After header in seconds; a date or nonsense counts as none."""
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
