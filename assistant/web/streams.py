"""`Question → its events`, kept while they come and for a while after: who lost the line takes it up again.

The pipeline runs in a thread of its own and goes on when nobody listens. Memory is bounded: a fixed number of answers
run at once, a fixed number wait, and of the finished ones only the newest are kept; older ones stand in the journal.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from assistant.errors import Busy, WenceError
from assistant.models import Answer, AnswerEvent, Finished, Question
from assistant.pipeline import Pipeline
from assistant.web.problems import UNEXPECTED, Problem, of_error

_RUNNING, _WAITING, _KEPT, _KEPT_SECONDS = 8, 64, 200, 600.0
Bell = tuple[asyncio.AbstractEventLoop, asyncio.Event]


class Running:
    """One question's events; anyone may follow them from anywhere, now or later."""

    def __init__(self, question_id: str, conversation_id: str) -> None:
        self.question_id, self.conversation_id = question_id, conversation_id
        self.failure: Problem | None = None
        self.ended_at: float | None = None
        self._events: list[AnswerEvent] = []
        self._bells: set[Bell] = set()
        self._lock = threading.Lock()

    def put(self, event: AnswerEvent) -> None:
        """Add an event; whoever follows is told."""
        self._events.append(event)
        self._ring()

    def end(self, failure: Problem | None = None) -> None:
        """No event follows."""
        self.failure = failure
        self.ended_at = time.monotonic()
        self._ring()

    def _ring(self) -> None:
        with self._lock:
            bells = tuple(self._bells)
        for loop, bell in bells:
            if not loop.is_closed():
                loop.call_soon_threadsafe(bell.set)

    async def follow(
        self, start: int = 0, pulse: float | None = None
    ) -> AsyncIterator[tuple[int, AnswerEvent] | None]:
        """(number, event) from a number on until the end; None whenever nothing came for `pulse` seconds."""
        bell = asyncio.get_running_loop(), asyncio.Event()
        with self._lock:
            self._bells.add(bell)
        try:
            while True:
                bell[1].clear()
                over = self.ended_at is not None  # read before the events: the last one came before the end
                while start < len(self._events):
                    yield start, self._events[start]
                    start += 1
                if over:
                    return
                try:
                    async with asyncio.timeout(pulse):
                        await bell[1].wait()
                except TimeoutError:
                    yield None
        finally:
            with self._lock:
                self._bells.discard(bell)

    async def answer(self) -> Answer | Problem:
        """The whole answer, or why there is none; everything about it is done then."""
        found: Answer | None = None
        async for told in self.follow():
            if told and isinstance(told[1], Finished):
                found = told[1].answer
        return found or self.failure or UNEXPECTED


class AnswerStreams:
    """The questions being answered and those answered just now."""

    def __init__(
        self,
        pipeline: Pipeline,
        kept: int = _KEPT,
        kept_seconds: float = _KEPT_SECONDS,
        most: int = _RUNNING + _WAITING,
    ) -> None:
        self._pipeline = pipeline
        self._kept, self._kept_seconds, self._most = kept, kept_seconds, most
        self._pool = ThreadPoolExecutor(_RUNNING, thread_name_prefix="answer")
        self._answers: OrderedDict[str, Running] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, question: Question) -> Running:
        """Begin to answer; raises InputError for an unusable question and Busy when too many wait."""
        self._pipeline.check(question)  # an unusable question is refused before a stream begins
        running = Running(uuid.uuid4().hex, question.conversation_id or uuid.uuid4().hex)
        ids = {"question_id": running.question_id, "conversation_id": running.conversation_id}
        with self._lock:
            if sum(r.ended_at is None for r in self._answers.values()) >= self._most:
                raise Busy
            self._forget()
            self._answers[running.question_id] = running
        self._pool.submit(self._run, running, question.model_copy(update=ids))
        return running

    def find(self, question_id: str) -> Running | None:
        """The events of a question, while they are kept."""
        with self._lock:
            self._forget()
            return self._answers.get(question_id)

    def close(self) -> None:
        """Start nothing more; what runs comes to its end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self, running: Running, question: Question) -> None:
        try:
            for event in self._pipeline.events(question):
                running.put(event)
            running.end()
        except WenceError as error:
            running.end(of_error(error))
        except Exception:
            # Whoever follows must hear of it; the log has the rest.
            logging.getLogger("wence").exception("an answer failed")
            running.end(UNEXPECTED)

    def _forget(self) -> None:
        """Let go of finished answers that are old or too many."""
        now = time.monotonic()
        ended = [(id, r.ended_at) for id, r in self._answers.items() if r.ended_at is not None]
        surplus = len(ended) - self._kept
        for number, (id, at) in enumerate(ended):
            if number < surplus or now - at > self._kept_seconds:
                del self._answers[id]
