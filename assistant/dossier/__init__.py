"""A matching as a paper to take along: `Matched, Snapshot → Dossier`, in no file format yet; `exports` writes the files."""

from assistant.dossier.blocks import Block, Bullets, Dossier, Line, Paragraph, QrCode, Section, Table
from assistant.dossier.build import build_dossier

__all__ = [
    "Block",
    "Bullets",
    "Dossier",
    "Line",
    "Paragraph",
    "QrCode",
    "Section",
    "Table",
    "build_dossier",
]
