"""Chunks → published: the missing vectors are computed, then a new generation is built and announced."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.catalog import Catalog, Generation
from assistant.index import Row, write_index
from assistant.knowledge import INDEX, LEXICON, generation_directory
from assistant.lexicon import Lexicon
from assistant.models import Chunk
from assistant.ports import Encoder

_EMBED_BATCH = 32
_KEPT_GENERATIONS = 2  # a serving process may still be reading the one before


def embed_missing(
    catalog: Catalog, encoder: Encoder, texts: dict[str, str], step: Callable[[int, int], None]
) -> int:
    """Embed the texts whose vectors are not stored yet; `step(done, total)`; safe to stop and run again."""
    model = encoder.fingerprint
    known = catalog.known_vectors(model, texts)
    missing = sorted((k for k in texts if k not in known), key=lambda k: -len(texts[k]))
    step(0, len(missing))
    for start in range(0, len(missing), _EMBED_BATCH):
        keys = missing[start : start + _EMBED_BATCH]
        vectors = encoder.embed_documents([texts[k] for k in keys])
        catalog.store_vectors(model, dict(zip(keys, vectors, strict=True)))
        step(start + len(keys), len(missing))
    return len(missing)


def publish(
    home: Path,
    catalog: Catalog,
    model: str,
    rows: list[tuple[Chunk, str]],
    texts: dict[str, str],
    lexicon: Lexicon,
    step: Callable[[int, int], None],
) -> Generation:
    """Build a generation of these chunks and names and make it the current one; the last but one is deleted."""
    before = catalog.generation()
    number = before.number + 1 if before else 1
    directory = generation_directory(home, number)
    shutil.rmtree(directory, ignore_errors=True)  # left by a run that was killed
    vectors = catalog.vectors(model, list({key for _, key in rows}))
    indexed = [_row(chunk, texts[key], vectors[key]) for chunk, key in rows]
    done = 0
    for count in write_index(directory / INDEX, indexed):
        done += count
        step(done, len(rows))
    (directory / LEXICON).write_text(lexicon.model_dump_json(), encoding="utf-8")
    documents = len({c.document_id for c, _ in rows})
    generation = Generation(number=number, model=model, documents=documents, chunks=len(rows))
    catalog.announce(generation)
    _sweep(directory.parent, number)
    return generation


def _row(chunk: Chunk, text: str, vector: Sequence[float]) -> Row:
    clause = "\n".join([chunk.article or "", *chunk.headings])
    if not chunk.article:
        clause += f"\n{chunk.ordinal}"  # without a number nothing says that two pieces are one clause
    return Row(chunk.id, chunk.document_id, chunk.document_id, clause, text, vector)


def named_as_published(home: Path, number: int, lexicon: Lexicon) -> bool:
    """Whether a generation was published with these names."""
    path = generation_directory(home, number) / LEXICON
    return path.is_file() and path.read_text(encoding="utf-8") == lexicon.model_dump_json()


def _sweep(parent: Path, number: int) -> None:
    for old in parent.iterdir():
        if old.name.isdigit() and int(old.name) <= number - _KEPT_GENERATIONS:
            shutil.rmtree(old, ignore_errors=True)
