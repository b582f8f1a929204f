"""Vectors from character bigrams by hashing: no model, no meaning, the same everywhere."""

from __future__ import annotations

import hashlib

import numpy as np
from langchain_core.embeddings import Embeddings

_DIMENSION = 64


class HashEncoder(Embeddings):
    """For tests of syncing: equal texts have equal vectors, and embedding costs next to nothing."""

    fingerprint = "hash-bigrams-64"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector for each text."""
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a text."""
        vector = np.zeros(_DIMENSION)
        for a, b in zip(text, text[1:] + " ", strict=True):
            digest = hashlib.blake2b((a + b).encode(), digest_size=4).digest()
            vector[int.from_bytes(digest) % _DIMENSION] += 1
        norm = float(np.linalg.norm(vector)) or 1.0
        return [float(x) for x in vector / norm]
