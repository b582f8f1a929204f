"""The door to segno: an address as a QR code, for print and for screens."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import segno

QUIET = 4
"""The light border that readers need, in modules."""


def modules(url: str) -> tuple[tuple[bool, ...], ...] | None:
    """The code's rows, True for dark, without the border; None when the address is too long for a code."""
    code = _made(url)
    return None if code is None else tuple(tuple(bool(module) for module in row) for row in code.matrix)


def to_png(url: str, scale: int = 8) -> bytes | None:
    """The code as a picture with its border; None when the address is too long for a code."""
    code = _made(url)
    if code is None:
        return None
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=scale, border=QUIET)
    return picture.getvalue()


def _made(url: str) -> segno.QRCode | None:
    """The smallest code, with as much error correction as fits in its size."""
    import segno

    try:
        return segno.make_qr(url, error="l", boost_error=True)
    except segno.DataOverflowError:
        return None
