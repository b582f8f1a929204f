"""Where a line of mixed Chinese and Latin text may break: `text, width → lines`. Pure.

No line begins with closing punctuation or ends with opening punctuation (避头尾); Latin words and numbers stay whole
unless one alone is wider than the line, as an address or a checksum may be. Joined again, the lines give the text but
for the spaces at which they break.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_CLOSING = "，。、；：？！）》」』】〕”’…％%,.;:?!)]}·~—～"
_OPENING = "（《「『【〔“‘([{¥￥□"
_PART = re.compile(
    rf"\s+|[{re.escape(_OPENING)}]*(?:[!-~]+|[^\s!-~])[{re.escape(_CLOSING)}]*|[{re.escape(_OPENING)}]+"
)


def broken(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """The lines of a text, none wider than `width` by `measure`; at least one line."""
    lines, line, used = [], "", 0.0
    for part in _parts(text, width, measure):
        size = measure(part)
        if line and used + size > width and not part.isspace():
            lines.append(line.rstrip())
            line, used = "", 0.0
        if line or not part.isspace():
            line, used = line + part, used + size
    return [*lines, line.rstrip()]


def _parts(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """The pieces that stay whole, in order."""
    for part in _PART.findall(text):
        if measure(part) <= width:
            yield part
        else:
            yield from part
