"""The tables of the catalogue; `Catalog` is the only one who uses them."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()
documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("source", sa.String, nullable=False, unique=True),
    sa.Column("digest", sa.String, nullable=False),  # of the source's bytes and of how they are read
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("removed", sa.Boolean, nullable=False, default=False),
    sa.Column("published_version", sa.Integer),  # None: not in the current generation
    sa.Column("signature", sa.LargeBinary),  # MinHash of the newest version
    sa.Column("copy_of", sa.String),  # the document this one is a copy of, and is not searched beside
    sa.Column("copy_kind", sa.String),  # reprint: the same paper; spun: alike but with other figures
)
versions = sa.Table(
    "versions",
    metadata,
    sa.Column("document_id", sa.String, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("sha256", sa.String, nullable=False),
    sa.Column("head", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("sections", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("reading", sa.Text),  # JSON: places, kept; None for what older versions stored
)
chunks = sa.Table(
    "chunks",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("document_id", sa.String, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("vector_key", sa.String, nullable=False),  # sha256 of the embedded text
    sa.Index("chunks_of_version", "document_id", "version"),
)
vectors = sa.Table(
    "vectors",
    metadata,
    sa.Column("model", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
)
readings = sa.Table(
    "readings",  # what was read of a version of a document, by the newest grammar that read it
    metadata,
    sa.Column("document_id", sa.String, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("grammar", sa.String, nullable=False),
    sa.Column("clauses", sa.Integer, nullable=False),  # that say something
    sa.Column("read", sa.Integer, nullable=False),  # of them, without anything left
    sa.Column("unread", sa.Integer, nullable=False),  # of them, with something left
    sa.Column("provisions", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),  # JSON of the PaperReading
)
generations = sa.Table(
    "generations",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("model", sa.String, nullable=False),
    sa.Column("documents", sa.Integer, nullable=False),
    sa.Column("chunks", sa.Integer, nullable=False),
)

pages = sa.Table(
    "pages",
    metadata,
    sa.Column("address", sa.String, primary_key=True),
    sa.Column("fetched_at", sa.Float, nullable=False),  # seconds since 1970, UTC
    sa.Column("etag", sa.String),
    sa.Column("last_modified", sa.String),
    sa.Column("sha256", sa.String),  # of the raw bytes, which lie under raw/
    sa.Column("name", sa.String),  # the file name the address stands for
)
looks = sa.Table(
    "looks",  # at followed addresses, the last of each
    metadata,
    sa.Column("address", sa.String, primary_key=True),
    sa.Column("looked_at", sa.Float, nullable=False),
    sa.Column("succeeded_at", sa.Float),
    sa.Column("reason", sa.String),  # why the last look failed
    sa.Column("failures", sa.Integer, nullable=False),  # in a row
    sa.Column("listed", sa.Integer, nullable=False),  # notices that the column listed
    sa.Column("fresh", sa.Integer, nullable=False),  # of them never seen before
)
notices = sa.Table(
    "notices",  # of followed columns; one that vanishes from its column stays
    metadata,
    sa.Column("column", sa.String, primary_key=True),
    sa.Column("address", sa.String, primary_key=True),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("date", sa.String),  # as the column gives it, ISO
    sa.Column("first_seen", sa.Float, nullable=False),
    sa.Column("last_listed", sa.Float, nullable=False),
    sa.Column("taken_at", sa.Float),  # its page was read and published
    sa.Column("tried_at", sa.Float),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("reason", sa.String),  # why its page could not be read
    sa.Column("left_out", sa.Boolean, nullable=False),  # its whole title holds none of the words asked for
)
