"""Word packages written part by part, so that each test holds just what it is about."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from PIL import Image

from tests.ingest.files import zip_of

_OFFICE = "http://schemas.openxmlformats.org"
_NAMES = {
    "w": f"{_OFFICE}/wordprocessingml/2006/main",
    "r": f"{_OFFICE}/officeDocument/2006/relationships",
    "m": f"{_OFFICE}/officeDocument/2006/math",
    "a": f"{_OFFICE}/drawingml/2006/main",
    "c": f"{_OFFICE}/drawingml/2006/chart",
    "dgm": f"{_OFFICE}/drawingml/2006/diagram",
    "wp": f"{_OFFICE}/drawingml/2006/wordprocessingDrawing",
    "mc": f"{_OFFICE}/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "wpg": "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
}
DECLARED = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in _NAMES.items())
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def word(body: str, main_type: str = "document.main", **parts: str | bytes) -> bytes:
    """A package with this body; `parts` are styles, numbering, footnotes … by name, or by `relation__file`.

    The id of a part's relation is its name: `footnotes`, or the file's without its suffix.
    """
    members: dict[str, bytes] = {}
    relations, kinds = [], []
    for name, content in parts.items():
        kind, _, file = name.partition("__")
        path = file.replace("__", "/").replace("_", ".") if file else f"{name}.xml"
        id = path.rsplit("/", 1)[-1].split(".")[0]
        relations.append(_relation(id, kind, path))
        members[f"word/{path}"] = content.encode() if isinstance(content, str) else content
        if path.endswith(".xml"):
            kinds.append(f'<Override PartName="/word/{path}" ContentType="{_TYPE}.{kind}+xml"/>')
    external = _external(body)
    members["word/_rels/document.xml.rels"] = _relations("".join(relations) + external)
    members["word/document.xml"] = f"<w:document {DECLARED}><w:body>{body}</w:body></w:document>".encode()
    members["_rels/.rels"] = _relations(_relation("rId1", "officeDocument", "word/document.xml"))
    members["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.{main_type}+xml"/>{"".join(kinds)}</Types>'
    ).encode()
    return zip_of(members)


def _relations(inner: str) -> bytes:
    name = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{name}">{inner}</Relationships>'.encode()


def _relation(id: str, kind: str, target: str, mode: str = "") -> str:
    return f'<Relationship Id="{id}" Type="{_NAMES["r"]}/{kind}" Target="{target}"{mode}/>'


def _external(body: str) -> str:
    """A relation for each `r:id="http…"` of the body, under the address itself."""
    found = [part.split('"', 1)[0] for part in body.split('r:id="') if part.startswith("http")]
    return "".join(_relation(a, "hyperlink", a, ' TargetMode="External"') for a in found)


def part(tag: str, inner: str) -> str:
    """A part's XML with its root element."""
    return f"<w:{tag} {DECLARED}>{inner}</w:{tag}>"


def p(inner: str = "", properties: str = "") -> str:
    """A paragraph; text that is no XML becomes a run."""
    content = inner if inner.startswith("<") or not inner else r(inner)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{content}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run of text."""
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r>'


def centred(text: str, size: int = 44, more: str = "") -> str:
    """A bold centred paragraph; the size in half points."""
    return p(r(text, f'<w:b/><w:sz w:val="{size}"/>'), f'{more}<w:jc w:val="center"/>')


def numbered(text: str, list_id: int, level: int = 0) -> str:
    """A paragraph of an automatic list."""
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')


def abstract(id: int, *levels: str, more: str = "") -> str:
    """An abstract list of levels made by `level`."""
    inner = "".join(text.replace("LEVEL", str(n)) for n, text in enumerate(levels))
    return f'<w:abstractNum w:abstractNumId="{id}">{more}{inner}</w:abstractNum>'


def level(form: str, text: str, more: str = "", start: int = 1) -> str:
    """A level of an abstract list; its number is filled in by `abstract`."""
    return f'<w:lvl w:ilvl="LEVEL"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def num(id: int, of: int, more: str = "") -> str:
    """A list in use."""
    return f'<w:num w:numId="{id}"><w:abstractNumId w:val="{of}"/>{more}</w:num>'


def table(*rows: str, properties: str = "") -> str:
    """A table; borders unless its properties say otherwise."""
    edges = "".join(
        f'<w:{e} w:val="single"/>' for e in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return f"<w:tbl><w:tblPr>{properties or f'<w:tblBorders>{edges}</w:tblBorders>'}</w:tblPr>{''.join(rows)}</w:tbl>"


def row(*cells: str, properties: str = "") -> str:
    """A row; text that is no XML becomes a cell."""
    inner = "".join(c if c.startswith("<") else cell(c) for c in cells)
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{inner}</w:tr>"


def cell(inner: str = "", properties: str = "") -> str:
    """A cell; text that is no XML becomes a paragraph."""
    content = inner if inner.startswith("<") else p(inner)
    return f"<w:tc>{f'<w:tcPr>{properties}</w:tcPr>' if properties else ''}{content}</w:tc>"


def field(instruction: str, result: str = "", more: str = "") -> str:
    """A complex field within a paragraph; `more` stands in its begin mark."""

    def mark(kind: str, inner: str = "") -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}">{inner}</w:fldChar></w:r>'

    shown = mark("separate") + r(result) if result else ""
    return f"{mark('begin', more)}<w:r><w:instrText>{instruction}</w:instrText></w:r>{shown}{mark('end')}"


def png(image: Image.Image) -> bytes:
    """A picture as PNG."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def without(data: bytes, *names: str) -> bytes:
    """The package without some parts."""
    return rezipped(data, dict.fromkeys(names))


def rezipped(data: bytes, changed: dict[str, Any]) -> bytes:
    """The package with parts changed or, where None, left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zip_of({name: data for name, data in (members | changed).items() if data is not None})
