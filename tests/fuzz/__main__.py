"""`python -m tests.fuzz`: hurt files of every kind, read within limits; faults are kept, and the run fails."""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.cases import PARSERS, Work, made, read
from tests.fuzz.pool import Limit, Outcome, run

_MOST_KEPT = 40  # faults of a parser; what comes after is only counted
_PICTURES = 20  # cases of pictures, each of which is recognised


@dataclass
class Tally:
    """What a parser's cases came to."""

    parser: str
    cases: int = 0
    read: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    peak: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)

    def count(self, outcome: Outcome) -> None:
        """Take a case in."""
        self.cases += 1
        self.read += outcome.became == "read"
        self.slowest = max(self.slowest, outcome.seconds)
        self.peak = max(self.peak, outcome.megabytes)
        if outcome.is_fault:
            self.faults[outcome.became] += 1

    def row(self) -> str:
        """A line of the table."""
        faults = "、".join(f"{n} {what}" for what, n in self.faults.items()) or "0"
        rate = self.cases / self.seconds if self.seconds else 0.0
        return (
            f"{self.parser:8}{self.cases:9}{self.read / max(1, self.cases):8.0%}{rate:9.1f}"
            f"{self.slowest:10.2f}{self.peak:9.0f}  {faults}"
        )


HEADER = f"{'parser':8}{'cases':>9}{'read':>8}{'cases/s':>9}{'slowest s':>10}{'peak MB':>9}  faults"


def fuzz(
    parser: str, seed: int, seconds: float, cases: int | None, workers: int, limit: Limit, out: Path
) -> Tally:
    """Read a parser's cases until the time or the cases are used up; faults are written to `out`."""
    tally, started = Tally(parser), time.monotonic()
    numbers = iter(range(cases)) if cases is not None else itertools.count()
    if parser == "image":
        numbers = itertools.islice(numbers, _PICTURES)
    for outcome in run(Work(parser, seed), numbers, out, workers, limit, started + seconds):
        tally.count(outcome)
        if outcome.is_fault and tally.faults.total() <= _MOST_KEPT:
            path = keep(parser, seed, outcome, out)
            last = outcome.trace.strip().splitlines()[-1:] or [""]
            print(
                f"{outcome.became}: {path} ({outcome.seconds:.1f} s, {outcome.megabytes:.0f} MB) {last[0][:160]}",
                flush=True,
            )
    tally.seconds = time.monotonic() - started
    return tally


def keep(parser: str, seed: int, outcome: Outcome, out: Path) -> Path:
    """Write the file of a fault, and beside it what was the matter."""
    suffix, data = made(parser, seed, outcome.number)
    path = out / f"{parser}-{seed}-{outcome.number}{suffix}"
    path.write_bytes(data)
    path.with_name(f"{path.name}.trace").write_text(
        f"{outcome.became} after {outcome.seconds:.2f} s, {outcome.megabytes:.0f} MB\n"
        f"python -m tests.fuzz --parsers {parser} --seed {seed} --case {outcome.number}\n{outcome.trace}",
        encoding="utf-8",
    )
    return path


def main() -> int:
    """Run; 1 with faults."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("--parsers", nargs="+", choices=PARSERS, default=list(PARSERS), metavar="PARSER")
    asked.add_argument("--seconds", type=float, default=600, help="for each parser")
    asked.add_argument("--cases", type=int, help="for each parser, instead of as many as the time allows")
    asked.add_argument("--case", type=int, help="read this one case here and show what it raises")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--workers", type=int, default=1)
    asked.add_argument("--wall", type=float, default=Limit.seconds, help="seconds that a file may take")
    asked.add_argument("--memory", type=float, default=Limit.megabytes, help="MB that a process may hold")
    asked.add_argument("--out", type=Path, default=Path("artefacts/fuzz"))
    options = asked.parse_args()
    if options.case is not None:
        for parser in options.parsers:
            started = time.monotonic()
            suffix, data = made(parser, options.seed, options.case)
            print(
                f"{parser} {options.case}: {read(parser, suffix, data)} in {time.monotonic() - started:.2f} s"
            )
        return 0
    limit = Limit(options.wall, options.memory)
    tallies = []
    for parser in options.parsers:
        tally = fuzz(
            parser, options.seed, options.seconds, options.cases, options.workers, limit, options.out
        )
        tallies.append(tally)
        print(f"{HEADER}\n{tally.row()}", flush=True)
    print("\n".join(["", HEADER, *(tally.row() for tally in tallies)]))
    return 1 if any(tally.faults for tally in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
