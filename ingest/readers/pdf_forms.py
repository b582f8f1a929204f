"""The values of a PDF form's fields → characters where the fields stand: what a person fills in is seen on the page."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator
from typing import Any

from ingest.readers.pdf_text import Box, Char, View

_LETTER = 12.0  # points: the usual size of what is filled in
_HIDDEN = 0x02 | 0x20  # flags of a field that is not shown
_MARK = "☑"


def field_chars(page: Any, view: View) -> Iterator[Char]:
    """The characters of a page's filled fields; a ticked box is ☑, an empty one nothing."""
    import pypdfium2.raw as pdfium

    if not page.formenv:
        return
    form = page.formenv.raw
    for index in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        try:
            if pdfium.FPDFAnnot_GetSubtype(annotation) != pdfium.FPDF_ANNOT_WIDGET:
                continue
            if pdfium.FPDFAnnot_GetFlags(annotation) & _HIDDEN:
                continue
            rectangle = pdfium.FS_RECTF()
            if not pdfium.FPDFAnnot_GetRect(annotation, rectangle):
                continue
            box = view.box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
            yield from _written(_value(form, annotation), box)
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _value(form: Any, annotation: Any) -> str:
    import pypdfium2.raw as pdfium

    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
        return _MARK if pdfium.FPDFAnnot_IsChecked(form, annotation) else ""
    if kind not in (
        pdfium.FPDF_FORMFIELD_TEXTFIELD,
        pdfium.FPDF_FORMFIELD_COMBOBOX,
        pdfium.FPDF_FORMFIELD_LISTBOX,
    ):
        return ""
    length = pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, None, 0)
    buffer = ctypes.create_string_buffer(length)
    pdfium.FPDFAnnot_GetFormFieldValue(
        form, annotation, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), length
    )
    return buffer.raw[:length].decode("utf-16-le", "replace").rstrip("\x00")


def _written(value: str, box: Box) -> Iterator[Char]:
    """A value's characters in its box: lines from the top, a single one in the middle; narrower where it is long."""
    x0, top, x1, bottom = box
    size = max(4.0, min(_LETTER, 0.8 * (bottom - top)))
    room = max(size, x1 - x0 - 4)
    lines = [line for part in value.splitlines() for line in _cut(part, room, size, bottom - top)]
    above = top + max(0.0, (bottom - top - 1.2 * size * len(lines)) / 2)
    for number, line in enumerate(lines):
        narrowed = min(1.0, room / max(1.0, sum(_width(c, size) for c in line)))
        x, y = x0 + 2, above + 1.2 * size * number
        spaced = False
        for char in line:
            width = narrowed * _width(char, size)
            if not char.isspace():
                yield Char(char, x, y, x + width, y + size, spaced)
            spaced = char.isspace()
            x += width


def _cut(line: str, room: float, size: float, height: float) -> list[str]:
    """A line broken at the box's width, where the box is high enough for more than one."""
    if height < 2.4 * size:
        return [line]
    lines, used = [""], 0.0
    for char in line:
        used += _width(char, size)
        if used > room:
            lines.append("")
            used = _width(char, size)
        lines[-1] += char
    return lines


def _width(char: str, size: float) -> float:
    return size if unicodedata.east_asian_width(char) in "WF" else 0.5 * size
