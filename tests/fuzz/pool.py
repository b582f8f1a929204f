"""Workers that read cases one by one, watched for time and memory; one that hangs, swells or dies is replaced."""

from __future__ import annotations

import faulthandler
import logging
import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

_TICK = 0.1
_WAITS = 30  # times the limit: a case that waits so long without working hangs as well
_GRACE = 5.0
_IDLE_MB = 450.0  # a worker that keeps more after a case is replaced
_START = 120.0
_LOUDEST = 1  # lines on the terminal that a file may cost


@dataclass(frozen=True)
class Limit:
    """What a file may cost: seconds of a processor, megabytes held."""

    seconds: float = 20.0
    megabytes: float = 1500.0


@dataclass(frozen=True)
class Outcome:
    """What became of a case: `read`, `refused`, or a fault (`raised`, `hung`, `swelled`, `died`, `loud`) and its trace."""

    number: int
    became: str
    seconds: float
    megabytes: float
    trace: str = ""

    @property
    def is_fault(self) -> bool:
        """Whether the reader did what it must not."""
        return self.became not in ("read", "refused")


class _Worker:
    """A process that reads cases, the file that its terminal output goes to, and the case in hand."""

    def __init__(self, target: Callable[..., None], folder: Path, name: str, limit: Limit) -> None:
        self.said = folder / f"{name}.said"
        self.where = folder / f"{name}.where"
        self.number: int | None = None
        self.since = time.monotonic()
        self.worked = 0.0
        self.peak = 0.0
        self.ready = False
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process: Any = context.Process(
            target=target, args=(theirs, self.said, self.where, limit), daemon=True
        )
        self.process.start()
        theirs.close()

    def give(self, number: int) -> None:
        """Hand over the next case."""
        self.number, self.since, self.peak = number, time.monotonic(), 0.0
        self.worked = worked(self.process.pid)
        self.pipe.send(number)

    def stop(self) -> None:
        """End the process, whatever it does."""
        self.pipe.close()
        self.process.kill()
        self.process.join()


def run(
    work: Callable[[int], tuple[str, str]],
    numbers: Iterator[int],
    folder: Path,
    workers: int,
    limit: Limit,
    until: float,
) -> Iterator[Outcome]:
    """The outcomes of the cases as they come; `work` says (what became of it, trace); no new case after `until`."""
    folder.mkdir(parents=True, exist_ok=True)
    target = _Loop(work)
    made = 0

    def start() -> _Worker:
        nonlocal made
        made += 1
        return _Worker(target, folder, f"worker-{os.getpid()}-{made}", limit)

    crew = [start() for _ in range(workers)]
    is_over = False
    try:
        while True:
            for place, worker in enumerate(crew):
                if worker.ready and worker.number is None and not is_over:
                    number = next(numbers, None) if time.monotonic() < until else None
                    is_over = number is None
                    if number is not None:
                        worker.give(number)
                outcome = _watched(worker, limit)
                if outcome is not None:
                    yield outcome
                    worker.stop()
                    crew[place] = start()
            if is_over and all(worker.number is None for worker in crew):
                return
            waiting: list[Connection] = [worker.pipe for worker in crew]
            for pipe in wait(waiting, _TICK):
                place = next(i for i, worker in enumerate(crew) if worker.pipe is pipe)
                worker = crew[place]
                try:
                    told = worker.pipe.recv()
                except (EOFError, OSError):
                    yield _ended(worker)
                    worker.stop()
                    crew[place] = start()
                    continue
                if told is None:
                    worker.ready = True
                    continue
                became, trace, seconds, megabytes, kept = told
                number, worker.number = worker.number, None
                assert number is not None
                peak = max(megabytes, worker.peak)
                if became in ("read", "refused") and peak > limit.megabytes:
                    became, trace = "swelled", f"{peak:.0f} MB"
                yield Outcome(number, became, seconds, peak, trace)
                if kept > _IDLE_MB and not is_over:
                    worker.stop()
                    crew[place] = start()
    finally:
        for worker in crew:
            worker.stop()
            worker.said.unlink(missing_ok=True)
        for path in folder.glob(f"worker-{os.getpid()}-*"):
            path.unlink(missing_ok=True)


def _watched(worker: _Worker, limit: Limit) -> Outcome | None:
    """The fault of a worker that takes too long or too much; None while all is well."""
    taken = time.monotonic() - worker.since
    if worker.number is None:
        if not worker.ready and taken > _START:
            raise RuntimeError("a worker did not start")
        return None
    held = resident(worker.process.pid)
    worker.peak = max(worker.peak, held)
    work = worked(worker.process.pid) - worker.worked
    hangs = work > limit.seconds or taken > _WAITS * limit.seconds
    if held <= limit.megabytes and not hangs:
        return None
    os.kill(worker.process.pid, signal.SIGUSR1)  # it writes where it is
    time.sleep(5 * _TICK)
    return Outcome(worker.number, "hung" if hangs else "swelled", work, held, _text(worker.where))


def _ended(worker: _Worker) -> Outcome:
    worker.process.join(_GRACE)
    taken = time.monotonic() - worker.since
    where = _text(worker.where)
    assert worker.number is not None, f"a worker ended between cases: {where}{_text(worker.said)}"
    return Outcome(worker.number, "died", taken, worker.peak, f"exit code {worker.process.exitcode}\n{where}")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def worked(pid: int) -> float:
    """Seconds of a processor that a process has used; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int | str = "self", peak: bool = False) -> float:
    """Megabytes that a process holds, or held at most since the peak was last set back; 0 when it is gone."""
    name = "VmHWM:" if peak else "VmRSS:"
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


class _Loop:
    """What a worker does: read cases until it is ended."""

    def __init__(self, work: Callable[[int], tuple[str, str]]) -> None:
        self._work = work

    def __call__(self, pipe: Connection, said: Path, where: Path, limit: Limit) -> None:
        """Until the process is ended from outside."""
        terminal = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        os.dup2(terminal, 1)
        os.dup2(terminal, 2)
        os.environ["PATH"] = ""  # no LibreOffice: it is not ours to fuzz
        logging.basicConfig(level=logging.WARNING)
        with where.open("w") as trace:
            faulthandler.enable(trace)
            faulthandler.register(signal.SIGUSR1, trace)
            self._work(-1)
            pipe.send(None)
            while True:
                number = pipe.recv()
                trace.seek(0)
                trace.truncate()
                spoken = os.fstat(terminal).st_size
                _forget_peak()
                started = time.process_time()
                try:
                    became, told = self._work(number)
                except BaseException:  # noqa: BLE001
                    became, told = "raised", traceback.format_exc()
                seconds = time.process_time() - started
                if became != "raised" and seconds > limit.seconds:
                    became, told = "hung", ""
                lines = said.read_bytes()[spoken:]
                if became in ("read", "refused") and lines.count(b"\n") > _LOUDEST:
                    became, told = "loud", lines.decode("utf-8", "replace")
                pipe.send((became, told, seconds, resident(peak=True), resident()))


def _forget_peak() -> None:
    """Set the process's peak back to what it holds now, where the system can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
