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
