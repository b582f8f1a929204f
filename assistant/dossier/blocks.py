"""What a dossier consists of, whatever file it becomes: sections of paragraphs, bullets, tables and a QR code."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator

from assistant.dossier.windows import WindowEvent
from assistant.models import Frozen, Language

# What neither XML nor a page can hold.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
Text = Annotated[str, AfterValidator(lambda text: _UNPRINTABLE.sub("", text))]

Tone = Literal["plain", "strong", "met", "unmet", "unknown", "warning", "muted", "quote"]
"""How a line is meant; a file format shows it in its own way, and never by colour alone."""


class Line(Frozen):
    """A line of text, perhaps a link as a whole."""

    text: Text
    tone: Tone = "plain"
    url: str | None = None


class Paragraph(Frozen):
    """One line that stands alone."""

    line: Line


class Bullets(Frozen):
    """Lines in a list."""

    items: tuple[Line, ...]


Cell = tuple[Line, ...]


class Table(Frozen):
    """Rows of cells; `shares` are the columns' shares of the width, in percent."""

    header: tuple[Text, ...] = ()
    rows: tuple[tuple[Cell, ...], ...]
    shares: tuple[int, ...]


class QrCode(Frozen):
    """An address that a phone opens; `link_caption` where there is the link only."""

    url: str
    caption: str
    link_caption: str


Block = Paragraph | Bullets | Table | QrCode


class Section(Frozen):
    """A heading and what stands under it."""

    heading: Text
    level: Literal[1, 2] = 1
    blocks: tuple[Block, ...] = ()


class Dossier(Frozen):
    """The whole paper, and the windows that a calendar can hold."""

    title: Text
    as_of: date
    language: Language
    footer: str
    page: str
    lead: tuple[Block, ...]
    sections: tuple[Section, ...]
    events: tuple[WindowEvent, ...]


def cell(text: str, tone: Tone = "plain") -> Cell:
    """A cell with the lines of a text, all of one tone."""
    return tuple(Line(text=part, tone=tone) for part in text.split("\n"))
