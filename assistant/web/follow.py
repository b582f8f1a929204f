"""Looks at what is followed while the service runs: `wence ingest --due` in a process of its own whenever something is due.

Of several serving processes with one home only one does it: the one that holds `follow.lock`.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Sequence

from filelock import FileLock, Timeout

from assistant.errors import InputError
from assistant.followed import FILE_NAME, Followed, FollowedState, next_look
from assistant.settings import Settings
from assistant.web.staff.jobs import Job, Jobs

TITLE = "查看"
_FIRST, _TICK = 2.0, 10.0
_JITTER, _MOST_JITTER = 0.1, 600.0  # of the schedule; seconds
_RETRY, _MOST_RETRY = 60.0, 6 * 3600.0
_DONE = (0, 1)  # exit codes of a run that went through


class Follower:
    """The background task of one serving process, and the looks that staff start."""

    def __init__(self, settings: Settings) -> None:
        self.jobs = Jobs(settings)
        self._settings = settings
        self._state = FollowedState(settings.home)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._failures = 0
        self._not_before = 0.0

    def start(self) -> None:
        """Begin, unless the settings say not to."""
        if self._settings.follow and self._thread is None:
            self._thread = threading.Thread(target=self._run, name="follow", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop, with the look that is under way: what it had not published is looked at again next time."""
        self._stop.set()
        self.jobs.close()
        if self._thread is not None:
            self._thread.join(15)

    def look(self, addresses: Sequence[str] = ()) -> Job:
        """Look now, at some addresses of the list or at what is due; raises InputError while another look is under way."""
        return self.jobs.start(TITLE, ["ingest", "--due", "--json", "--progress-lines", *addresses])

    def _run(self) -> None:
        lock = FileLock(self._settings.home / "follow.lock")
        try:
            wait = _FIRST
            while not self._stop.wait(wait):
                wait = _TICK
                try:
                    if lock.is_locked or self._leads(lock):
                        self._step()
                except Exception:  # whatever it was, the next look may succeed
                    logging.getLogger("wence").exception("a look at followed addresses failed")
        finally:
            lock.release()

    def _leads(self, lock: FileLock) -> bool:
        if not (self._settings.home / FILE_NAME).is_file():
            return False
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def _step(self) -> None:
        now = time.time()
        if now < self._not_before or not any(_moment(one) <= now for one in self._state.all()):
            return
        try:
            job = self.look()
        except InputError:  # staff look just now
            return
        for _ in self.jobs.watch(job):
            pass
        if job.code in _DONE or self._stop.is_set():
            self._failures = 0
            return
        wait = min(_MOST_RETRY, _RETRY * 2.0 ** min(self._failures, 20))
        self._failures, self._not_before = self._failures + 1, time.time() + wait


def _moment(one: Followed) -> float:
    """When to look, a little later than its schedule says, for each address another: not all at once."""
    if one.look is None:
        return 0.0
    told = f"{one.site.address} {one.look.looked_at}".encode()
    part = int.from_bytes(hashlib.sha256(told).digest()[:4], "big") / 2**32
    return next_look(one.site, one.look) + part * min(_MOST_JITTER, _JITTER * one.site.seconds)
