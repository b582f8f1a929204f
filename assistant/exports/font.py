"""The PDF's font from the locked package: the characters of one paper, as TrueType outlines that reportlab can embed.

The package carries Noto Sans SC (SIL Open Font Licence) with PostScript outlines, which reportlab does not read; so the
characters that are needed are taken out and their curves made quadratic, in about a second.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

_ALWAYS = "".join(map(chr, range(0x20, 0x7F)))
_STANDS_FOR = {"✗": "×"}
_FOR_THE_REST = "□"
"""Characters that the font lacks are drawn with another's outline; the text of the PDF keeps the character."""
_LAST = 0xFFFF  # reportlab cannot name characters beyond: they are drawn as a box


def subset(text: str) -> bytes:
    """A TrueType font with the characters of a text."""
    import pylopdf_fonts_zh_cn
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    with TTFont(pylopdf_fonts_zh_cn.sans_path(), lazy=True, recalcTimestamp=False) as font:
        wanted = {*_ALWAYS, *text, *_STANDS_FOR.values(), _FOR_THE_REST}
        known = font.getBestCmap()
        lacking = {
            ord(c): ord(_STANDS_FOR.get(c, _FOR_THE_REST))
            for c in wanted
            if ord(c) not in known and ord(c) <= _LAST
        }
        options = Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[1, 2, 3, 4, 6])
        options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
        subsetter = Subsetter(options)
        subsetter.populate(text="".join(sorted(wanted)))
        subsetter.subset(font)
        _draw_as(font, lacking)
        _make_quadratic(font)
        made = io.BytesIO()
        font.save(made)
        return made.getvalue()


def _draw_as(font: Any, others: Mapping[int, int]) -> None:
    """Give characters the glyphs of others."""
    glyphs = font.getBestCmap()
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap |= {code: glyphs[other] for code, other in others.items()}


def _make_quadratic(font: Any) -> None:
    """Put TrueType outlines in the place of PostScript ones."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import newTable

    glyph_set, order = font.getGlyphSet(), font.getGlyphOrder()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(glyph_set)
        glyph_set[name].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    del font["CFF "]
    font["glyf"].compile(font)  # fills in the bounds of each glyph
    for name, glyph in glyphs.items():
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(glyph, "xMin", 0))
    maximum = font["maxp"]
    maximum.tableVersion = 0x00010000
    maximum.maxZones = 1
    for field in (
        "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
        "maxSizeOfInstructions", "maxComponentElements",
    ):  # fmt: skip
        setattr(maximum, field, 0)
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"
