"""Chunks → published: the missing vectors are computed, then a new generation is built and announced."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.catalog import Catalog, Generation
from assistant.index import Row, write_index
from assistant.knowledge import INDEX, LEXICON, PROGRAMMES, PROVISIONS, generation_directory
from assistant.lexicon import Lexicon
from assistant.models import Chunk
from assistant.ports import Encoder
from assistant.programmes.schema import Rulebook
from assistant.text import unify

_EMBED_BATCH = 32
_KEPT_GENERATIONS = 2  # a serving process may still be reading the one before


@dataclass(frozen=True)
class Names:
    """What is published beside the index: the names that questions use, and the rules of the programmes."""

    lexicon: Lexicon
    rulebook: Rulebook
    readings: tuple[str, ...] = ()
    """What was read of each paper, as JSON."""

    def files(self) -> dict[str, str]:
        """File name → content."""
        by_alias = self.rulebook.model_dump_json(by_alias=True)
        readings = "".join(f"{one}\n" for one in self.readings)
        return {LEXICON: self.lexicon.model_dump_json(), PROGRAMMES: by_alias, PROVISIONS: readings}


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
        vectors = encoder.embed_documents([unify(texts[k]) for k in keys])
        catalog.store_vectors(model, dict(zip(keys, vectors, strict=True)))
        step(start + len(keys), len(missing))
    return len(missing)


def publish(
    home: Path,
    catalog: Catalog,
    model: str,
    rows: list[tuple[Chunk, str]],
    texts: dict[str, str],
    names: Names,
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
    for name, content in names.files().items():
        (directory / name).write_text(content, encoding="utf-8")
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


def named_as_published(home: Path, number: int, names: Names) -> bool:
    """Whether a generation was published with these names and rules."""
    directory = generation_directory(home, number)
    return all(
        (directory / name).is_file() and (directory / name).read_text(encoding="utf-8") == content
        for name, content in names.files().items()
    )


def _sweep(parent: Path, number: int) -> None:
    for old in parent.iterdir():
        if old.name.isdigit() and int(old.name) <= number - _KEPT_GENERATIONS:
            shutil.rmtree(old, ignore_errors=True)
