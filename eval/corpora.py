"""A public retrieval set in a folder, searched by the same code as our own papers.

`corpus.jsonl` {"id", "title", "text"}, `queries.jsonl` {"id", "query"}, `qrels.tsv` (query, document, gain; with or
without a column between). Long texts are cut like papers; a document ranks where its best chunk does.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant.catalog import Catalog
from assistant.errors import InputError
from assistant.index import Index, Row, write_index
from assistant.knowledge import Snapshot
from assistant.lexicon import Lexicon, Names
from assistant.models import Chunk, Document, DocumentHead, Question
from assistant.ports import Encoder
from assistant.steps.retrieve import Parts, retrieve
from assistant.steps.understand import understand
from assistant.text import MAX_CHARS, pieces
from eval.ranking import DEPTH

_EMBED_BATCH = 128
_DEEPER = 5  # chunks looked at for each document wanted: several may be of one document
# Articles of one law are one paper to us: 《某法》 第三条 stands in the context of 《某法》.
_ARTICLE_OF = re.compile(r"[\s　]*第[\d〇零一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?$")
Step = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Corpus:
    """Documents (id, title, text), queries (id, text), and the ids of the relevant documents of each query."""

    documents: list[tuple[str, str, str]]
    queries: list[tuple[str, str]]
    relevant: dict[str, set[str]]


def load_corpus(folder: Path) -> Corpus:
    """Read a folder; raises InputError naming the file and line that is wrong."""
    documents = [
        (str(r["id"]), str(r.get("title") or ""), str(r.get("text") or ""))
        for r in _lines(folder / "corpus.jsonl", "id")
    ]
    known = {id for id, _, _ in documents}
    relevant: dict[str, set[str]] = {}
    for query, document, gain in _judgements(folder / "qrels.tsv"):
        if gain > 0 and document in known:
            relevant.setdefault(query, set()).add(document)
    asked = [(str(r["id"]), str(r["query"])) for r in _lines(folder / "queries.jsonl", "query")]
    queries = [(id, text) for id, text in asked if id in relevant]
    if not queries:
        raise InputError(f"{folder} 里没有一个问题在 qrels.tsv 中有相关文档：请检查编号是否一致。")
    return Corpus(documents, queries, relevant)


def _lines(path: Path, needed: str) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"读不了 {path}：请检查路径和编码（UTF-8）。") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
                row["id"], row[needed]
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"{path} 第 {number} 行不可用（要有 id 和 {needed}）。") from error
            yield row


def _judgements(path: Path) -> Iterator[tuple[str, str, float]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"读不了 {path}：请检查路径和编码（UTF-8）。") from error
    for number, line in enumerate(lines, 1):
        fields = line.split()
        if not fields:
            continue
        try:
            gain = float(fields[-1]) if len(fields) > 2 else 1.0
        except ValueError as error:
            if number == 1:
                continue  # a heading line
            raise InputError(f"{path} 第 {number} 行不可用（问题、文档、分值）。") from error
        document = fields[-2] if len(fields) > 2 else fields[-1]
        yield fields[0], document, gain


class MemoryLibrary:
    """The chunks of a corpus (the Library port)."""

    def __init__(self, chunks: Sequence[Chunk], documents: Mapping[str, tuple[DocumentHead, str]]) -> None:
        self._chunks = {chunk.id: chunk for chunk in chunks}
        self._documents = documents

    def heads(self) -> dict[str, tuple[DocumentHead, int]]:
        """Not asked for here."""
        return {}

    def document(self, document_id: str, version: int | None = None) -> Document | None:
        """The document, of which there is one version."""
        if document_id not in self._documents:
            return None
        head, text = self._documents[document_id]
        digest = hashlib.sha256(text.encode()).hexdigest()
        return Document(head=head, source=f"corpus:{document_id}", version=1, sha256=digest, text=text)

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """Chunk id → chunk."""
        return {id: self._chunks[id] for id in ids}


def index_corpus(
    corpus: Corpus, encoder: Encoder, cache: Path, directory: Path, step: Step, names: Lexicon | None = None
) -> Snapshot:
    """Chunk, embed (vectors are kept in `cache` by model and text) and index a corpus in a new folder."""
    chunks = [chunk for document in corpus.documents for chunk in _chunks(*document)]
    titles = {id: title for id, title, _ in corpus.documents}
    texts = [chunk.embedded_text(titles[chunk.document_id]) for chunk in chunks]
    vectors = embed_cached(texts, encoder, cache, step)
    contexts = {id: _ARTICLE_OF.sub("", title) or id for id, title in titles.items()}
    rows = [
        Row(c.id, c.document_id, contexts[c.document_id], c.id, text, vectors[key_of(text)])
        for c, text in zip(chunks, texts, strict=True)
    ]
    done = 0
    for count in write_index(directory, rows):
        done += count
        step("index", done, len(rows))
    heads = {id: (DocumentHead(id=id, title=title or id), 1) for id, title in titles.items()}
    documents = {id: (heads[id][0], text) for id, _, text in corpus.documents}
    library = MemoryLibrary(chunks, documents)
    return Snapshot(1, Index(directory), Names(names or Lexicon()), heads, library)


def _chunks(id: str, title: str, text: str) -> Iterator[Chunk]:
    spans = list(pieces(text, 0, len(text), MAX_CHARS)) or [(0, len(text))]
    for ordinal, (start, end) in enumerate(spans):
        yield Chunk(
            id=f"{id}#{ordinal}", document_id=id, version=1, ordinal=ordinal, headings=(), article=None,
            start=start, end=end, text=text[start:end],
        )  # fmt: skip


def key_of(text: str) -> str:
    """What a cached vector is kept under."""
    return hashlib.sha256(text.encode()).hexdigest()


def embed_cached(texts: Sequence[str], encoder: Encoder, cache: Path, step: Step) -> dict[str, list[float]]:
    """Key → vector; what the cache lacks is computed and kept, batch by batch, so it can be stopped and resumed."""
    catalog = Catalog(cache)
    try:
        wanted = {key_of(text): text for text in texts}
        known = catalog.known_vectors(encoder.fingerprint, wanted)
        missing = sorted((k for k in wanted if k not in known), key=lambda k: -len(wanted[k]))
        for start in range(0, len(missing), _EMBED_BATCH):
            keys = missing[start : start + _EMBED_BATCH]
            made = encoder.embed_documents([wanted[key] for key in keys])
            catalog.store_vectors(encoder.fingerprint, dict(zip(keys, made, strict=True)))
            step("embed", start + len(keys), len(missing))
        return catalog.vectors(encoder.fingerprint, list(wanted))
    finally:
        catalog.close()


def search_corpus(
    corpus: Corpus, snapshot: Snapshot, encoder: Encoder, parts: Parts, step: Step
) -> list[list[str]]:
    """For each query the ids of the best documents, best first."""
    ranked = []
    for number, (_, text) in enumerate(corpus.queries, 1):
        query = understand(Question(text=text, as_of=date.max), snapshot.names)
        found = retrieve(query, snapshot, encoder, DEPTH * _DEEPER, parts=parts)
        ranked.append(list(dict.fromkeys(p.chunk.document_id for p in found.kept))[:DEPTH])
        step("search", number, len(corpus.queries))
    return ranked
