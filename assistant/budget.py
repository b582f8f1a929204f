"""How long an answer may wait for a language model, what it took of it, and when one that keeps failing is left alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from assistant.models import Usage


class Budget:
    """Seconds that one answer may wait in all; only waiting spends them, not what is done in between."""

    def __init__(self, seconds: float, parent: Budget | None = None) -> None:
        self._left, self._parent = seconds, parent
        self._requests = self._told = self._prompt = self._completion = 0

    @property
    def left(self) -> float:
        """The seconds left, never below zero."""
        own = max(0.0, self._left)
        return own if self._parent is None else min(own, self._parent.left)

    def spend(self, seconds: float) -> None:
        """Take what was waited."""
        self._left -= seconds
        if self._parent is not None:
            self._parent.spend(seconds)

    def requested(self) -> None:
        """Count a request."""
        self._requests += 1
        if self._parent is not None:
            self._parent.requested()

    def used(self, prompt: int, completion: int) -> None:
        """Count the tokens that the service reports for a request."""
        self._told += 1
        self._prompt += prompt
        self._completion += completion
        if self._parent is not None:
            self._parent.used(prompt, completion)

    @property
    def usage(self) -> Usage | None:
        """What was used so far; None without a request."""
        if not self._requests:
            return None
        if self._told < self._requests:
            return Usage(requests=self._requests)
        return Usage(requests=self._requests, prompt_tokens=self._prompt, completion_tokens=self._completion)

    def share(self, part: float) -> Budget:
        """A budget of a part of what is left; what it spends is spent here too."""
        return Budget(self.left * part, self)


class Breaker:
    """Counts failures in a row; after `threshold` of them nothing is let through for `pause` seconds, then one trial."""

    def __init__(self, threshold: int, pause: float, now: Callable[[], float] = time.monotonic) -> None:
        self._threshold, self._pause, self._now = threshold, pause, now
        self._failures, self._closed_until = 0, 0.0
        self._lock = threading.Lock()

    def allows(self) -> bool:
        """Whether a request may be made now; after the pause one is, and the next only when it went well."""
        with self._lock:
            if self._failures < self._threshold:
                return True
            if self._now() < self._closed_until:
                return False
            self._closed_until = self._now() + self._pause
            return True

    def succeeded(self) -> None:
        """A request went well: all is forgotten."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """A request failed."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._threshold:
                self._closed_until = self._now() + self._pause
