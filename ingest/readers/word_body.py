"""One walk over a Word story's XML → the lines a person sees, in order, without recursion."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from assistant.errors import SourceError
from ingest.readers.word_equations import linear
from ingest.readers.word_lines import Line, Piece, broken, closed_up, text_of
from ingest.readers.word_numbering import NumberCounter, WordNumbering
from ingest.readers.word_package import A, M, R, Relation, W, WordPackage, is_on, value, whole
from ingest.readers.word_revisions import Revisions, is_contents, settle
from ingest.readers.word_styles import PLAIN, Look, ParagraphStyle, WordStyles, look_of, outline_of
from ingest.readers.word_symbols import circled, in_font, sign
from ingest.readers.word_tables import MOST_COLUMNS, Cell, Row, Table, lines_of
from ingest.readers.word_titles import is_red_head
from ingest.reading import Link

_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_V = "{urn:schemas-microsoft-com:vml}"
_O = "{urn:schemas-microsoft-com:office:office}"
# Properties are read where they are needed; the rest is not shown.
_PASSED_BY = {
    *(f"{W}{name}" for name in (
        "pPr", "rPr", "sectPr", "tblPr", "trPr", "tcPr", "tblGrid", "tblPrEx", "sdtPr", "sdtEndPr", "rt", "rubyPr",
        "delText", "delInstrText", "commentReference", "annotationRef", "footnoteRef", "endnoteRef",
    )),
}  # fmt: skip
_FILE = re.compile(r"\.(?:pdf|docx?|wps|ofd|xlsx?|et|csv|zip|rar|7z|pptx?)(?:$|[?#])", re.I)
_HYPERLINK = re.compile(r'\s*HYPERLINK\s+(?:"([^"]*)"|(\S+))', re.I)
_CIRCLE = re.compile(r"\\o\s*(?:\\a[clr])?\s*\(\s*[○〇◯]\s*[,;，]\s*(\d{1,2})\s*\)", re.I)
_LONGEST_INSTRUCTION = 300  # characters of a field that names a sign
_SYMBOL = re.compile(r'\s*SYMBOL\s+(\d{1,6}|0x[0-9a-fA-F]{1,5})(?:.*?\\f\s+"?([^"\\]+?)"?\s*(?:\\|$))?', re.I)
_HEADING_LENGTH = 100
_SAMPLE = 20
_MOST_LINKS = 20
_MOST_CHARACTERS = 20_000_000
_HUGE = "Word 文件里的文字过多：请拆成几份再导入。"
Closer = Callable[[], None]


@dataclass
class Gathered:
    """What the walks over all stories of a file come upon besides its lines."""

    revisions: Revisions = field(default_factory=Revisions)
    links: dict[str, Link] = field(default_factory=dict)
    struck: list[str] = field(default_factory=list)
    embedded: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    charts: int = 0
    characters: int = 0
    drawn: set[str] = field(default_factory=set)


@dataclass
class _Field:
    """A field: its instruction, whether its result has begun, and whether what it shows counts."""

    instruction: str = ""
    in_result: bool = False
    is_muted: bool = True
    data: Any | None = None
    start: int = 0  # of its pieces in the paragraph
    has_text: bool = False


@dataclass
class _Paragraph:
    pieces: list[Piece] = field(default_factory=list)
    before: list[Line] = field(default_factory=list)
    after: list[Line] = field(default_factory=list)
    start: int = 0  # of the pieces since the last paragraph mark
    is_contents: bool = False


@dataclass
class _Sink:
    """Where lines go, and the paragraph whose end is deleted: its text belongs to the next."""

    lines: list[Line] = field(default_factory=list)
    carried: _Paragraph | None = None


@dataclass
class _Story:
    """The state of a walk that a text box within the text must not disturb."""

    counter: NumberCounter
    sinks: list[_Sink] = field(default_factory=lambda: [_Sink()])
    paragraphs: list[_Paragraph] = field(default_factory=list)
    styles: list[ParagraphStyle] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    fields: list[_Field] = field(default_factory=list)
    muted: int = 0
    tables: list[Table] = field(default_factory=list)
    is_mark: bool = False  # the rest of the run is the sign of a note

    @property
    def is_silent(self) -> bool:
        """Whether what comes now is a field's instruction or hidden."""
        return self.muted > 0 or bool(self.looks and self.looks[-1].hidden)


class WordBody:
    """Reads the stories of one part (the body, a header, the notes); `part` is the part's name in the package."""

    def __init__(
        self,
        package: WordPackage,
        part: str,
        styles: WordStyles,
        numbering: WordNumbering,
        gathered: Gathered,
        notes: Notes | None = None,
        embedded: Callable[[str], list[Line] | None] | None = None,
    ) -> None:
        self._package = package
        self._relations = package.relations(part)
        self._styles = styles
        self._numbering = numbering
        self._gathered = gathered
        self._notes = notes
        self._embedded = embedded
        self._story = _Story(NumberCounter(numbering))
        self._matched: set[Any] = set()
        self._openers: dict[str, Callable[[Any], Closer | bool | None]] = {
            f"{W}p": self._paragraph,
            f"{W}r": self._run,
            f"{W}t": self._text,
            f"{W}tab": lambda e: self._show(" "),
            f"{W}ptab": lambda e: self._show(" "),
            f"{W}br": lambda e: self._show("\n"),
            f"{W}cr": lambda e: self._show("\n"),
            f"{W}noBreakHyphen": lambda e: self._show("-"),
            f"{W}sym": self._symbol,
            f"{W}fldChar": self._field_mark,
            f"{W}instrText": self._instruction,
            f"{W}fldSimple": self._simple_field,
            f"{W}hyperlink": self._hyperlink,
            f"{W}footnoteReference": lambda e: self._note(e, "footnote"),
            f"{W}endnoteReference": lambda e: self._note(e, "endnote"),
            f"{W}tbl": self._table,
            f"{W}tr": self._row,
            f"{W}tc": self._cell,
            f"{W}txbxContent": self._text_box,
            f"{W}altChunk": self._chunk,
            f"{M}oMath": self._equation,
            f"{A}blip": lambda e: self._picture(e.get(f"{R}embed")),
            f"{_V}imagedata": lambda e: self._picture(e.get(f"{R}id")),
            f"{_V}textpath": self._word_art,
            f"{_O}OLEObject": self._object,
            f"{_DGM}relIds": self._diagram,
            f"{_CHART}chart": self._chart,
        }

    def lines(self, root: Any) -> list[Line]:
        """The lines of a story, deletions and the like taken out of its tree; raises SourceError when there are too many."""
        settle(root, self._gathered.revisions)
        self._story = _Story(NumberCounter(self._numbering))
        self._matched = _matched_fields(root)
        waiting: list[Any] = [root]
        while waiting:
            item = waiting.pop()
            if callable(item):
                item()
                continue
            tag = item.tag
            if not isinstance(tag, str) or tag in _PASSED_BY:
                continue
            opener = self._openers.get(tag)
            closer = opener(item) if opener else None
            if closer is False:
                continue
            if callable(closer):
                waiting.append(closer)
            waiting.extend(item.iterchildren(reversed=True))
        sink = self._story.sinks[0]
        self._settle_carried(sink)
        return sink.lines

    # Paragraphs and runs

    def _paragraph(self, element: Any) -> Closer:
        story = self._story
        sink = story.sinks[-1]
        paragraph = sink.carried or _Paragraph()
        sink.carried = None
        paragraph.start = len(paragraph.pieces)
        properties = element.find(f"{W}pPr")
        style = self._styles.paragraph(value(properties, "pStyle") or None)
        story.paragraphs.append(paragraph)
        story.styles.append(style)
        return lambda: self._end_paragraph(paragraph, properties, style)

    def _end_paragraph(self, paragraph: _Paragraph, properties: Any | None, style: ParagraphStyle) -> None:
        story = self._story
        story.paragraphs.pop()
        story.styles.pop()
        sink = story.sinks[-1]
        mark = properties.find(f"{W}rPr") if properties is not None else None
        if mark is not None and (mark.find(f"{W}del") is not None or mark.find(f"{W}moveFrom") is not None):
            sink.carried = paragraph
            return
        if look_of(mark).over(style.look).hidden:
            own = paragraph.pieces[paragraph.start :]
            if any(piece.text.strip() for piece in own):
                paragraph.pieces.insert(paragraph.start, Piece(self._label(properties, style), PLAIN))
            sink.carried = paragraph
            return
        paragraph.is_contents |= style.is_contents
        self._finish(sink, paragraph, properties, style)

    def _label(self, properties: Any | None, style: ParagraphStyle) -> str:
        return self._story.counter.label(properties, style)

    def _finish(
        self, sink: _Sink, paragraph: _Paragraph, properties: Any | None, style: ParagraphStyle
    ) -> None:
        label = self._label(properties, style)
        level = outline_of(properties, style.level)
        level = 1 if style.level == 1 else level or None
        aligned = value(properties, "jc") or style.aligned
        centred = aligned == "center"
        texts = broken(text_of(paragraph.pieces), keep_whole=centred or level is not None)
        if not texts and label and len(self._story.sinks) > 1:
            texts = [""]  # in a cell a number alone is what it says
        sink.lines += paragraph.before
        if not paragraph.is_contents:
            look = _main_look(paragraph.pieces, style)
            for n, text in enumerate(texts):
                shown = closed_up(f"{label if n == 0 else ''}{text}".strip(), centred)
                is_heading = level is not None and len(texts) == 1 and _is_heading(shown)
                sink.lines.append(
                    Line(
                        shown,
                        level if is_heading else None,
                        centred=centred,
                        bold=bool(look.bold),
                        size=look.size or 0.0,
                        style=style.ids[0] if style.ids else "",
                    )
                )
                self._count(shown)
        sink.lines += paragraph.after

    def _count(self, text: str) -> None:
        self._gathered.characters += len(text)
        if self._gathered.characters > _MOST_CHARACTERS:
            raise SourceError(_HUGE)

    def _settle_carried(self, sink: _Sink) -> None:
        """A paragraph whose end is deleted, with none behind it, ends where its container does."""
        if sink.carried is not None:
            paragraph, sink.carried = sink.carried, None
            self._finish(sink, paragraph, None, ParagraphStyle())

    def _run(self, element: Any) -> Closer:
        story = self._story
        properties = element.find(f"{W}rPr")
        look = story.styles[-1].look if story.styles else PLAIN
        if properties is not None:
            if character := value(properties, "rStyle"):
                look = self._styles.character(character).over(look)
            look = look_of(properties).over(look)
        story.looks.append(look)
        before, story.is_mark = story.is_mark, False

        def end() -> None:
            story.looks.pop()
            story.is_mark = before

        return end

    def _text(self, element: Any) -> bool:
        look = self._story.looks[-1] if self._story.looks else PLAIN
        return self._show(in_font(element.text or "", look.font))

    def _symbol(self, element: Any) -> bool:
        code = element.get(f"{W}char", "")
        if re.fullmatch(r"[0-9a-fA-F]{1,6}", code):
            self._show(sign(int(code, 16), element.get(f"{W}font")))
        return False

    def _show(self, text: str) -> bool:
        """Add text to the open paragraph unless it is hidden, struck or a field's instruction; always False."""
        story = self._story
        if not text or not story.paragraphs or story.is_silent or story.is_mark:
            return False
        look = story.looks[-1] if story.looks else PLAIN
        if look.struck:
            if text.strip():
                self._gathered.struck.append(text.strip()[:_SAMPLE])
            return False
        story.paragraphs[-1].pieces.append(Piece(text, look))
        if story.fields and not text.isspace():
            story.fields[-1].has_text = True
        return False

    # Fields and links

    def _field_mark(self, element: Any) -> bool:
        story = self._story
        kind = element.get(f"{W}fldCharType")
        if kind == "begin" and element in self._matched:
            start = len(story.paragraphs[-1].pieces) if story.paragraphs else 0
            story.fields.append(_Field(data=element.find(f"{W}ffData"), start=start))
            story.muted += 1
        elif kind == "separate" and story.fields and not story.fields[-1].in_result:
            current = story.fields[-1]
            current.in_result = True
            if not is_contents(current.instruction):
                current.is_muted = False
                story.muted -= 1
        elif kind == "end" and element in self._matched and story.fields:
            self._end_field(story.fields.pop())
        return False

    def _end_field(self, current: _Field) -> None:
        story = self._story
        story.muted -= current.is_muted
        if not current.has_text:
            self._show(_made(current))
        elif story.fields:
            story.fields[-1].has_text = True
        if (found := _HYPERLINK.match(current.instruction)) and story.paragraphs:
            self._link(found[1] or found[2], story.paragraphs[-1].pieces, current.start)

    def _instruction(self, element: Any) -> bool:
        fields = self._story.fields
        if fields and not fields[-1].in_result and len(fields[-1].instruction) < 2000:
            fields[-1].instruction += element.text or ""
        return False

    def _simple_field(self, element: Any) -> Closer | None:
        story = self._story
        instruction = element.get(f"{W}instr", "")
        if is_contents(instruction):
            story.muted += 1

            def end() -> None:
                story.muted -= 1

            return end
        if found := _HYPERLINK.match(instruction):
            return self._linked(found[1] or found[2])
        return None

    def _hyperlink(self, element: Any) -> Closer | None:
        relation = self._relations.get(element.get(f"{R}id", ""))
        return self._linked(relation.target) if relation and relation.external else None

    def _linked(self, address: str) -> Closer | None:
        story = self._story
        if not story.paragraphs:
            return None
        pieces = story.paragraphs[-1].pieces
        start = len(pieces)
        return lambda: self._link(address, pieces, start)

    def _link(self, address: str, pieces: list[Piece], start: int) -> None:
        links = self._gathered.links
        is_local = re.match(r"file:|[a-z]:\\|\\\\|#", address, re.I)
        if _FILE.search(address) and not is_local and address not in links and len(links) < _MOST_LINKS:
            links[address] = Link(address, " ".join(text_of(pieces[start:]).split()))

    # Notes, boxes and what is embedded

    def _note(self, element: Any, kind: str) -> bool:
        story = self._story
        if self._notes is None or story.is_silent or not story.paragraphs:
            return False
        story.is_mark = element.get(f"{W}customMarkFollows", "0").lower() in ("1", "true", "on")
        story.paragraphs[-1].after += self._notes.read(kind, element.get(f"{W}id", ""), not story.is_mark)
        return False

    def _text_box(self, element: Any) -> Closer:
        outer = self._story
        self._story = inner = _Story(NumberCounter(self._numbering))

        def end() -> None:
            self._settle_carried(inner.sinks[0])
            self._story = outer
            self._anchor(inner.sinks[0].lines)

        return end

    def _anchor(self, lines: list[Line]) -> None:
        """Lines that float: behind the paragraph that holds them, a red head before it."""
        story = self._story
        if story.is_silent:
            return
        if not story.paragraphs:
            story.sinks[-1].lines += lines
        elif any(is_red_head(line.text) for line in lines):
            story.paragraphs[-1].before += lines
        else:
            story.paragraphs[-1].after += lines

    def _word_art(self, element: Any) -> bool:
        if text := " ".join(element.get("string", "").split()):
            self._anchor([Line(closed_up(text), centred=True)])
        return False

    def _equation(self, element: Any) -> bool:
        return self._show(linear(element))

    def _picture(self, id: str | None) -> bool:
        if (relation := self._inside(id)) and relation.kind == "image":
            self._anchor([Line("", picture=relation.target)])
        return False

    def _diagram(self, element: Any) -> bool:
        relation = self._inside(element.get(f"{R}dm"))
        if relation and relation.target not in self._gathered.drawn:
            self._gathered.drawn.add(relation.target)
            root = self._package.tree(relation.target)
            for point in root.iter(f"{_DGM}pt") if root is not None else ():
                text = " ".join("".join(t.text or "" for t in point.iter(f"{A}t")).split())
                if text:
                    self._anchor([Line(text)])
                    self._count(text)
        return False

    def _chart(self, element: Any) -> bool:
        self._gathered.charts += 1
        return False

    def _chunk(self, element: Any) -> bool:
        if relation := self._inside(element.get(f"{R}id")):
            self._settle_carried(self._story.sinks[-1])
            self._embed(relation)
        return False

    def _object(self, element: Any) -> bool:
        relation = self._inside(element.get(f"{R}id"))
        if relation and element.get("DrawAspect") == "Icon":
            self._gathered.unread.append(relation.target)
        elif relation:
            self._embed(relation)
        return False

    def _embed(self, relation: Relation) -> None:
        if relation.target in self._gathered.drawn:
            return
        self._gathered.drawn.add(relation.target)
        lines = self._embedded(relation.target) if self._embedded else None
        if lines is None:
            self._gathered.unread.append(relation.target)
        else:
            self._gathered.embedded.append(relation.target)
            self._anchor(lines)

    def _inside(self, id: str | None) -> Relation | None:
        relation = self._relations.get(id or "")
        return relation if relation and not relation.external and self._package.has(relation.target) else None

    # Tables

    def _table(self, element: Any) -> Closer:
        story = self._story
        self._settle_carried(story.sinks[-1])
        sink = story.sinks[-1]
        table = Table(borderless=_is_borderless(element, self._styles))
        story.tables.append(table)

        def end() -> None:
            story.tables.pop()
            sink.lines += lines_of(table, self._count)

        return end

    def _row(self, element: Any) -> Closer | bool | None:
        if not self._story.tables:
            return None
        properties = element.find(f"{W}trPr")
        row = Row()
        if properties is not None:
            hidden, header = properties.find(f"{W}hidden"), properties.find(f"{W}tblHeader")
            if hidden is not None and is_on(hidden):
                return False
            row.is_header = header is not None and is_on(header)
            row.before = max(0, whole(value(properties, "gridBefore")))
            row.after = max(0, whole(value(properties, "gridAfter")))
        self._story.tables[-1].rows.append(row)
        return None

    def _cell(self, element: Any) -> Closer | bool | None:
        story = self._story
        if not story.tables or not story.tables[-1].rows:
            return None
        row = story.tables[-1].rows[-1]
        cell = _cell_of(element.find(f"{W}tcPr"))
        row.cells.append(cell)
        sink = _Sink(cell.lines)
        story.sinks.append(sink)

        def end() -> None:
            self._settle_carried(sink)
            story.sinks.pop()

        return end


class Notes:
    """The footnotes and endnotes of a file, each read where it is first referred to."""

    def __init__(self, readers: dict[str, tuple[WordBody, dict[str, Any]]]) -> None:
        self._readers = readers
        self._numbers = dict.fromkeys(readers, 0)
        self._read: set[tuple[str, str]] = set()

    def read(self, kind: str, id: str, is_numbered: bool) -> list[Line]:
        """A note as a line of its own, with its number in the order of the notes unless it has a sign of its own."""
        body, stored = self._readers.get(kind, (None, {}))
        if body is None or id not in stored or (kind, id) in self._read:
            return []
        self._read.add((kind, id))
        self._numbers[kind] += is_numbered
        text = " ".join(line.text for line in body.lines(stored[id]) if line.text)
        name = "注" if kind == "footnote" else "尾注"
        number = str(self._numbers[kind]) if is_numbered else ""
        return [Line(f"{name}{number}：{text}", is_note=True)] if text else []


def _is_heading(text: str) -> bool:
    return len(text) <= _HEADING_LENGTH and "。" not in text[:-1]


def _main_look(pieces: list[Piece], style: ParagraphStyle) -> Look:
    """The look of most of a paragraph's characters."""
    weights: dict[tuple[bool | None, float | None], int] = {}
    for piece in pieces:
        key = (piece.look.bold, piece.look.size)
        weights[key] = weights.get(key, 0) + len(piece.text)
    if not weights:
        return style.look
    bold, size = max(weights, key=lambda k: weights[k])
    return Look(bold=bold, size=size)


def _matched_fields(root: Any) -> set[Any]:
    """The begin and end marks that belong to each other; a field left open hides nothing."""
    open_marks: list[Any] = []
    matched: set[Any] = set()
    for mark in root.iter(f"{W}fldChar"):
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            open_marks.append(mark)
        elif kind == "end" and open_marks:
            matched |= {mark, open_marks.pop()}
    return matched


def _made(current: _Field) -> str:
    """What a field without a result shows: a symbol, a circled number, a box, the chosen entry of a list."""
    instruction = current.instruction
    if (found := _CIRCLE.search(instruction)) and instruction.strip().upper().startswith("EQ"):
        return circled(found[1])
    if found := _SYMBOL.match(instruction[:_LONGEST_INSTRUCTION]):
        return sign(int(found[1], 0) if found[1].startswith("0x") else int(found[1]), found[2])
    data = current.data
    if data is None:
        return ""
    if (box := data.find(f"{W}checkBox")) is not None:
        state = box.find(f"{W}checked")
        state = box.find(f"{W}default") if state is None else state
        return "☑" if state is not None and is_on(state) else "□"
    if (choices := data.find(f"{W}ddList")) is not None:
        entries = [entry.get(f"{W}val", "") for entry in choices.iterchildren(f"{W}listEntry")]
        chosen = whole(value(choices, "result") or value(choices, "default"))
        return entries[chosen] if 0 <= chosen < len(entries) else ""
    return ""


def _is_borderless(table: Any, styles: WordStyles) -> bool:
    """Whether neither the table nor its style nor any of its cells has a line."""
    properties = table.find(f"{W}tblPr")
    own = properties.find(f"{W}tblBorders") if properties is not None else None
    borders = own if own is not None else styles.borders(value(properties, "tblStyle"))
    edges = list(borders) if borders is not None else []
    for cell in table.iterfind(f"{W}tr/{W}tc/{W}tcPr/{W}tcBorders"):
        edges += list(cell)
    return all(edge.get(f"{W}val", "none") in ("none", "nil") for edge in edges)


def _cell_of(properties: Any | None) -> Cell:
    cell = Cell()
    if properties is None:
        return cell
    cell.span = min(max(whole(value(properties, "gridSpan"), 1), 1), MOST_COLUMNS)
    down, across = properties.find(f"{W}vMerge"), properties.find(f"{W}hMerge")
    tracked = properties.find(f"{W}cellMerge")
    if down is not None:
        cell.down = down.get(f"{W}val", "continue")
    elif tracked is not None:
        cell.down = "continue" if tracked.get(f"{W}vMerge") == "cont" else "restart"
    cell.goes_on = across is not None and across.get(f"{W}val", "continue") == "continue"
    return cell
