"""The unigram tokenizer of multilingual-e5-small: text → token ids.

A text is cut into the pieces whose log probabilities add up highest (Viterbi; Kudo 2018). Of its own because the general
library takes 300 MB and most of a second to hold this vocabulary of 250,000 pieces, ten times what this takes; a test
holds both to the same ids. Tokenising is about a fiftieth of what embedding a passage costs.
"""

from __future__ import annotations

from collections.abc import Sequence

_SPACE = "▁"
_UNKNOWN_PENALTY = 10.0  # below the least likely piece, as SentencePiece has it


class Unigram:
    """Cuts normalised texts by a vocabulary of (piece, log probability), ids in order."""

    def __init__(self, pieces: Sequence[tuple[str, float]], unknown: int, special: frozenset[int]) -> None:
        self._unknown = unknown
        self._ids = {piece: id for id, (piece, _) in enumerate(pieces) if id not in special}
        self._scores = [score for _, score in pieces]
        self._least = min(score for id, (_, score) in enumerate(pieces) if id not in special)
        lengths: dict[str, set[int]] = {}
        for piece in self._ids:
            lengths.setdefault(piece[0], set()).add(len(piece))
        self._lengths = {first: tuple(sorted(found)) for first, found in lengths.items()}

    def encode(self, text: str) -> list[int]:
        """The ids of a text, without ends; neighbouring unknown characters are one unknown."""
        text = text.replace(" ", _SPACE)
        if text and text[0] != _SPACE:
            text = _SPACE + text
        came_by = self._best_cuts(text)
        ids: list[int] = []
        end = len(text)
        while end:
            start, id = came_by[end]
            if id != self._unknown or not ids or ids[-1] != self._unknown:
                ids.append(id)
            end = start
        ids.reverse()
        return ids

    def _best_cuts(self, text: str) -> list[tuple[int, int]]:
        """For every end, (start, id) of the last piece of the best cut up to it."""
        size, nothing = len(text), float("-inf")
        best = [0.0] + [nothing] * size
        came_by = [(0, 0)] * (size + 1)
        ids, scores, lengths = self._ids, self._scores, self._lengths
        unknown_score = self._least - _UNKNOWN_PENALTY
        for start in range(size):
            here = best[start]
            for length in lengths.get(text[start], ()):
                end = start + length
                if end > size:
                    break
                id = ids.get(text[start:end])
                if id is not None and here + scores[id] > best[end]:
                    best[end] = here + scores[id]
                    came_by[end] = (start, id)
            if text[start] not in ids and here + unknown_score > best[start + 1]:
                best[start + 1] = here + unknown_score
                came_by[start + 1] = (start, self._unknown)
        return came_by
