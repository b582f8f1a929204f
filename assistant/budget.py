"""How long an answer may wait for a language model, and when one that keeps failing is left alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Budget:
    """Seconds that one answer may wait in all; only waiting spends them, not what is done in between."""

    def __init__(self, seconds: float, parent: Budget | None = None) -> None:
        self._left, self._parent = seconds, parent

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
