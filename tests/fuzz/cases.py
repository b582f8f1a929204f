"""One case: a file made from (parser, seed, number), and how it is read."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from assistant.errors import SourceError
from ingest.chunk import chunk
from ingest.copies import signature
from ingest.read import read_bytes, read_document
from ingest.reading import Limits, Reading
from ingest.sources import SourceFile, collect
from tests.fuzz.mutations import KINDS, spliced
from tests.fuzz.seeds import seeds
from tests.fuzz.texts import nasty

TEXTS = "texts"
PARSERS = (*KINDS, TEXTS)


@dataclass(frozen=True)
class Work:
    """Reads the numbered cases of a parser; -1 only makes ready."""

    parser: str
    seed: int

    def __call__(self, number: int) -> tuple[str, str]:
        """(what became of it, nothing)."""
        suffix, data = made(self.parser, self.seed, max(number, 0))
        return ("read", "") if number < 0 else (read(self.parser, suffix, data), "")


def made(parser: str, seed: int, number: int) -> tuple[str, bytes]:
    """(suffix, bytes) of a case; the same for the same arguments."""
    chance = random.Random(f"{seed}:{parser}:{number}")
    if parser == TEXTS:
        return nasty(chance)
    known = seeds()[parser]
    suffix, data = chance.choice(known)
    if chance.random() < 0.05:
        data = spliced(data, chance.choice(known)[1], chance)
    for _ in range(chance.choice((1, 1, 2))):
        data = chance.choice(KINDS[parser])(data, chance)
    return suffix, data


def read(parser: str, suffix: str, data: bytes) -> str:
    """Read a case as an ingest would; what became of it in a word; raises what the reader should not."""
    limits = Limits()
    try:
        if parser == "zip":
            return _collection(data, limits)
        reading = read_bytes(suffix, data, limits)
        assert all(block.text and "\n" not in block.text for block in reading.blocks), (
            "an empty or broken block"
        )
        file = SourceFile(f"/papers/a{suffix}", Path(f"/papers/a{suffix}"))
        with _read_already(reading):
            document = read_document(file, data, 1, limits)
    except SourceError as error:
        _is_said_well(str(error))
        return "refused"
    chunk(document)
    signature(document.text)
    document.model_dump_json()
    return "read"


@contextmanager
def _read_already(reading: Reading) -> Iterator[None]:
    """`read_document` takes this reading and goes on from there."""
    with patch("ingest.read.read_bytes", return_value=reading):
        yield


def _collection(data: bytes, limits: Limits) -> str:
    """A zip laid down and looked through; every member is read, or refused with a reason."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.zip"
        path.write_bytes(data)
        found = collect([str(path)], limits)
        for reason in found.failed.values():
            _is_said_well(reason)
        became = "refused"
        for file in found.files:
            try:
                read_document(file, file.read_bytes(limits), 1, limits)
                became = "read"
            except SourceError as error:
                _is_said_well(str(error))
    return became


def _is_said_well(reason: str) -> None:
    assert "\n" not in reason and len(reason) < 400, f"a reason of {len(reason)} characters: {reason[:300]}"
