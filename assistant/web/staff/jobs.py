"""Long work in a process of its own, at low priority: `wence ingest`, `wence eval run`; its progress is read line by line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import SecretStr

from assistant.errors import InputError
from assistant.settings import Settings

_LOOK = 0.4
_KEPT = 60
_GRACE = 10.0


@dataclass
class Job:
    """One piece of work and how far it is."""

    title: str
    phase: str = "准备"
    done: int = 0
    total: int = 0
    code: int | None = None
    lines: list[str] = field(default_factory=list)
    result: str = ""
    started: float = field(default_factory=time.monotonic)

    @property
    def words(self) -> str:
        """How far it is, in words."""
        spent = f"{time.monotonic() - self.started:.0f} 秒"
        if self.code is None:
            count = f" {self.done}/{self.total}" if self.total else ""
            return f"{self.title}：{self.phase}{count}，已用 {spent}"
        if self.code == 0:
            return f"{self.title}：已完成"
        why = self.lines[-1] if self.lines else f"退出码 {self.code}"
        return f"{self.title}：没有全部成功（{why}）"


class Jobs:
    """One job at a time; who comes while one runs is told so."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._current: Job | None = None
        self._process: subprocess.Popen[str] | None = None
        self._closed = False

    @property
    def current(self) -> Job | None:
        """The job that runs or ran last."""
        return self._current

    def start(self, title: str, arguments: Sequence[str]) -> Job:
        """Start `wence …`; raises InputError while another job runs."""
        with self._lock:
            if self._closed:
                raise InputError("服务正在停止：请稍后再试。")
            if self._current and self._current.code is None:
                raise InputError(f"“{self._current.title}”还在进行：请等它完成。")
            job = self._current = Job(title)
            self._process = process = self._started(arguments)
        threading.Thread(target=_follow, args=(job, process), daemon=True).start()
        return job

    def _started(self, arguments: Sequence[str]) -> subprocess.Popen[str]:
        nice = [found, "-n", "10"] if (found := shutil.which("nice")) else []
        return subprocess.Popen(
            [*nice, sys.executable, "-m", "assistant", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=environment(self._settings),
        )

    def close(self) -> None:
        """End what is under way and start nothing more; an ingest that is ended leaves nothing half done."""
        with self._lock:
            self._closed = True
            process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            process.kill()

    def watch(self, job: Job) -> Iterator[Job]:
        """The job again and again until it is done; it goes on when nobody watches."""
        while job.code is None:
            yield job
            time.sleep(_LOOK)
        yield job


def _follow(job: Job, process: subprocess.Popen[str]) -> None:
    assert process.stdout and process.stderr
    said: list[str] = []
    reader = threading.Thread(target=lambda out: said.append(out.read()), args=(process.stdout,), daemon=True)
    reader.start()
    with process.stderr:
        for line in process.stderr:
            _take(job, line.strip())
    reader.join()
    process.stdout.close()
    job.result = said[0] if said else ""
    job.code = process.wait()


def _take(job: Job, line: str) -> None:
    if not line:
        return
    try:
        told = json.loads(line)
        job.phase, job.done, job.total = str(told["phase"]), int(told["done"]), int(told["total"])
    except (ValueError, KeyError, TypeError):
        job.lines = [*job.lines, line][-_KEPT:]


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which a process of ours has the same settings."""
    told = {k: v for k, v in os.environ.items() if not k.startswith("WENCE_")}
    for name, value in settings:
        if value is None:
            continue
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        told[f"WENCE_{name.upper()}"] = str(int(plain)) if isinstance(plain, bool) else str(plain)
    return told
