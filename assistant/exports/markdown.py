"""`Dossier → Markdown` (CommonMark with tables, as GitHub and most editors show them)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.dossier import Block, Bullets, Dossier, Line, Paragraph, QrCode, Table

_SPECIAL = re.compile(r"([\\`*_<>|~&]|\](?=[(\[:])|^[-+#](?=[\s#])|(?<=^\d)[.)](?=\s))")
_BOLD = frozenset(("strong", "warning"))


def to_markdown(dossier: Dossier) -> str:
    """The whole paper; ends with a line break."""
    parts = [f"# {_escaped(dossier.title)}", *_blocks(dossier.lead)]
    for section in dossier.sections:
        parts.append(f"{'#' * (section.level + 1)} {_escaped(section.heading)}")
        parts += _blocks(section.blocks)
    parts += ["---", _escaped(dossier.footer)]
    return "\n\n".join(parts) + "\n"


def _blocks(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph(line=line):
                yield _line(line)
            case Bullets(items=items):
                yield "\n".join(f"- {_line(item)}" for item in items)
            case Table():
                yield _table(block)
            case QrCode(url=url, link_caption=caption):
                yield f"{_escaped(caption)}\n\n<{url}>"


def _table(table: Table) -> str:
    width = len(table.shares)
    rows = [[_escaped(name) for name in table.header or ("",) * width], ["---"] * width]
    rows += [["<br>".join(map(_line, cell)) for cell in row] for row in table.rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _line(line: Line) -> str:
    if line.url:
        before = line.text.removesuffix(line.url)
        return (
            f"{_escaped(before)}<{line.url}>"
            if before != line.text
            else f"[{_escaped(line.text)}](<{line.url}>)"
        )
    text = _escaped(line.text)
    return f"**{text}**" if line.tone in _BOLD and text else text


def _escaped(text: str) -> str:
    """Text that Markdown takes as it stands, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split("\n")))
