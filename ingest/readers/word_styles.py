"""How Word text looks: what a run or a paragraph inherits from its styles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ingest.readers.word_package import W, is_on, value, whole

_HEADING = re.compile(r"(?:heading|标题)\s*(\d)", re.I)
_TOC = re.compile(r"(?:toc|目录)\s*\d|toc heading|目录标题", re.I)
_LONGEST_CHAIN = 20


@dataclass(frozen=True)
class Look:
    """What is said of a run: size in points, `raised` superscript, subscript or baseline; None is not said."""

    bold: bool | None = None
    size: float | None = None
    hidden: bool | None = None
    struck: bool | None = None
    raised: str | None = None
    font: str | None = None

    def over(self, under: Look) -> Look:
        """This look, and what it does not say from the one below."""
        if self is PLAIN:
            return under
        if under is PLAIN:
            return self
        return Look(
            under.bold if self.bold is None else self.bold,
            under.size if self.size is None else self.size,
            under.hidden if self.hidden is None else self.hidden,
            under.struck if self.struck is None else self.struck,
            under.raised if self.raised is None else self.raised,
            under.font if self.font is None else self.font,
        )


PLAIN = Look()


@dataclass(frozen=True)
class ParagraphStyle:
    """What a paragraph has from its style and the styles that is based on; `ids` from the style downwards."""

    ids: tuple[str, ...] = ()
    level: int | None = None
    aligned: str = ""
    is_contents: bool = False
    number_id: str | None = None
    number_level: int | None = None
    look: Look = PLAIN


def look_of(properties: Any | None) -> Look:
    """The look a w:rPr states itself."""
    if properties is None or not len(properties):
        return PLAIN
    said: dict[str, Any] = {}
    for child in properties.iterchildren(tag=f"{W}*"):
        name = child.tag[len(W) :]
        if name == "b":
            said["bold"] = is_on(child)
        elif name == "sz":
            said["size"] = whole(child.get(f"{W}val"), 21) / 2
        elif name == "vanish":
            said["hidden"] = is_on(child)
        elif name in ("strike", "dstrike"):
            said["struck"] = said.get("struck", False) or is_on(child)
        elif name == "vertAlign":
            said["raised"] = child.get(f"{W}val", "")
        elif name == "rFonts":
            said["font"] = child.get(f"{W}ascii") or child.get(f"{W}hAnsi")
    return Look(**said) if said else PLAIN


class WordStyles:
    """The styles of one document; with no styles part everything is plain."""

    def __init__(self, root: Any | None) -> None:
        self._styles: dict[str, Any] = {}
        self._default_id: str | None = None
        self._default = PLAIN
        self._paragraphs: dict[str | None, ParagraphStyle] = {}
        self._looks: dict[str, Look] = {}
        if root is None:
            return
        self._default = look_of(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        for style in root.iterchildren(f"{W}style"):
            id = style.get(f"{W}styleId", "")
            self._styles.setdefault(id, style)
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on"):
                self._default_id = id

    def paragraph(self, id: str | None) -> ParagraphStyle:
        """The paragraph style of an id, the default style where there is none of that id."""
        if id not in self._paragraphs:
            chain = self._chain(id if id in self._styles else self._default_id)
            self._paragraphs[id] = self._of_chain(chain)
        return self._paragraphs[id]

    def character(self, id: str) -> Look:
        """The look of a character style."""
        if id not in self._looks:
            look = PLAIN
            for _, style in reversed(self._chain(id)):
                look = look_of(style.find(f"{W}rPr")).over(look)
            self._looks[id] = look
        return self._looks[id]

    def numbering_of(self, id: str) -> str | None:
        """The w:numId that a numbering style stands for."""
        style = self._styles.get(id)
        properties = style.find(f"{W}pPr/{W}numPr") if style is not None else None
        return value(properties, "numId") or None

    def borders(self, id: str) -> Any | None:
        """The w:tblBorders of a table style or of one it is based on."""
        for _, style in self._chain(id):
            if (found := style.find(f"{W}tblPr/{W}tblBorders")) is not None:
                return found
        return None

    def _chain(self, id: str | None) -> list[tuple[str, Any]]:
        """(id, element) from the style to the one it is based on last; a circle ends where it closes."""
        chain: dict[str, Any] = {}
        while id and id in self._styles and id not in chain and len(chain) < _LONGEST_CHAIN:
            chain[id] = self._styles[id]
            id = value(chain[id], "basedOn")
        return list(chain.items())

    def _of_chain(self, chain: list[tuple[str, Any]]) -> ParagraphStyle:
        look, aligned = self._default, ""
        level: int | None = None
        outline: int | None = None
        number_id: str | None = None
        number_level: int | None = None
        for _, style in reversed(chain):
            look = look_of(style.find(f"{W}rPr")).over(look)
            properties = style.find(f"{W}pPr")
            aligned = value(properties, "jc") or aligned
            outline = outline_of(properties, outline)
            level = _heading_level(value(style, "name")) or level
            numbers = properties.find(f"{W}numPr") if properties is not None else None
            if numbers is not None:
                number_id = value(numbers, "numId") or number_id
                if (own := value(numbers, "ilvl")) != "":
                    number_level = whole(own)
        if outline is not None:
            level = level if level == 1 else outline
        name = value(chain[0][1], "name") if chain else ""
        is_contents = _TOC.match(name) is not None
        return ParagraphStyle(
            tuple(id for id, _ in chain),
            None if is_contents or level == 0 else level,
            aligned,
            is_contents,
            number_id,
            number_level,
            look,
        )


def outline_of(properties: Any | None, inherited: int | None) -> int | None:
    """The heading level an outline level means (2 is the highest, the title is 1); 0 is body text, said so."""
    said = value(properties, "outlineLvl")
    if said == "":
        return inherited
    outline = whole(said, 9)
    return outline + 2 if 0 <= outline <= 8 else 0


def _heading_level(name: str) -> int | None:
    if name in ("Title", "标题"):
        return 1
    found = _HEADING.match(name)
    return int(found[1]) + 1 if found else None
