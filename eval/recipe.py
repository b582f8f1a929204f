"""The usual recipe, to be measured against: LangChain's recursive splitter, Chroma, an embedding model, nearest k.

Also a program of its own (`python -m eval.recipe FOLDER MODEL QUESTION`), so that a cold question can be timed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from langchain_core.embeddings import Embeddings

CHUNK_SIZE, CHUNK_OVERLAP = 500, 50
_COLLECTION = "recipe"
_BATCH = 5000


class Recipe:
    """Texts with a document id each, split, embedded and searched as the tutorials have it."""

    def __init__(self, folder: Path, embeddings: Embeddings) -> None:
        from langchain_chroma import Chroma

        self._store = Chroma(
            collection_name=_COLLECTION,
            embedding_function=embeddings,
            persist_directory=str(folder),
            collection_metadata={"hnsw:space": "cosine"},
        )

    def add(
        self, texts: Sequence[tuple[str, str]], step: Callable[[int, int], None] = lambda _a, _b: None
    ) -> None:
        """Split and store (document id, text)s."""
        parts = self.pieces(texts)
        for start in range(0, len(parts), _BATCH):
            batch = parts[start : start + _BATCH]
            self._store.add_texts(
                [part for _, part in batch], metadatas=[{"document": id} for id, _ in batch]
            )
            step(start + len(batch), len(parts))

    def pieces(self, texts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """(document id, piece) of the texts, split."""
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_SIZE, chunk_overlap=CHUNK_OVERLAP)
        return [(id, piece) for id, text in texts for piece in splitter.split_text(text)]

    def search(self, question: str, k: int) -> list[tuple[str, str]]:
        """(document id, text) of the k nearest pieces."""
        found = self._store.similarity_search(question, k=k)
        return [(str(d.metadata["document"]), d.page_content) for d in found]


def main() -> None:
    """Answer one question cold and print the best piece."""
    from assistant.encoders.local import LocalEncoder

    folder, model, question = sys.argv[1:4]
    found = Recipe(Path(folder), LocalEncoder(model)).search(question, 8)
    print(found[0][1] if found else "")  # noqa: T201


if __name__ == "__main__":
    main()
