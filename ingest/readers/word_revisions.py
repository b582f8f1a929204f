"""What of a Word story is not, or no longer, its text: taken out; and a plain count of the characters that are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ingest.readers.word_package import MC, M, W, is_on, value
from ingest.readers.word_styles import WordStyles, look_of

# Within these w:ins and w:del are marks on the paragraph, row or number, not text.
_MARKED = {f"{W}rPr", f"{W}trPr", f"{W}numPr", f"{M}ctrlPr", f"{M}rPr"}
_DELETED = (f"{W}del", f"{W}moveFrom")
_INSERTED = (f"{W}ins", f"{W}moveTo")
_CONTENTS = "Table of Contents"


@dataclass
class Revisions:
    """How many insertions and deletions nobody has accepted yet."""

    inserted: int = 0
    deleted: int = 0

    def note(self) -> tuple[str, ...]:
        """What readers must know of them."""
        if not self.inserted and not self.deleted:
            return ()
        return (
            f"文件带有未接受的修订（插入 {self.inserted} 处、删除 {self.deleted} 处），"
            "按接受全部修订后的样子读入：引用前请与正式文本核对。",
        )


def settle(root: Any, revisions: Revisions) -> None:
    """Take deletions, the second form of a shape, placeholders and tables of contents out of a story, in place."""
    gone: list[Any] = []
    for element in root.iter(*_INSERTED, *_DELETED, f"{W}cellIns", f"{W}cellDel"):
        is_insertion = element.tag in (*_INSERTED, f"{W}cellIns")
        revisions.inserted += is_insertion
        revisions.deleted += not is_insertion
        if element.tag in _DELETED and (holder := _deleted_by(element)) is not None:
            gone.append(holder)
        elif element.tag == f"{W}cellDel":
            gone.append(element.getparent().getparent())
    for element in root.iter(f"{MC}AlternateContent"):
        gone += _unchosen(element)
    for element in root.iter(f"{W}sdt"):
        if _is_contents_control(element):
            gone.append(element)
        elif _is_placeholder(element):
            gone += list(element.iter(f"{W}t", f"{W}sym"))
    for element in gone:
        parent = element.getparent() if element is not None else None
        if parent is not None:
            parent.remove(element)


def _deleted_by(mark: Any) -> Any | None:
    """The deletion itself, or the row it marks as deleted; None for a mark on a paragraph."""
    parent = mark.getparent()
    if parent is None or parent.tag not in _MARKED:
        return mark
    return parent.getparent() if parent.tag == f"{W}trPr" else None


def _unchosen(element: Any) -> list[Any]:
    choices = element.findall(f"{MC}Choice")
    chosen = choices[0] if choices else element.find(f"{MC}Fallback")
    return [child for child in element if child is not chosen]


def _is_placeholder(control: Any) -> bool:
    shown = control.find(f"{W}sdtPr/{W}showingPlcHdr")
    return shown is not None and is_on(shown)


def _is_contents_control(control: Any) -> bool:
    for name in ("docPartObj", "docPartList"):
        if value(control.find(f"{W}sdtPr/{W}{name}"), "docPartGallery") == _CONTENTS:
            return True
    return False


def visible_characters(root: Any, styles: WordStyles) -> int:
    """Characters of a story's text, white space aside, by each text's own surroundings; `root` is as it was stored."""
    total = 0
    fields: list[str] = []
    contents = 0
    for element in root.iter(f"{W}t", f"{M}t", f"{W}fldChar", f"{W}instrText"):
        if element.tag == f"{W}fldChar":
            kind = element.get(f"{W}fldCharType")
            if kind == "begin":
                fields.append("")
            elif fields and is_contents(fields[-1]) and kind in ("separate", "end"):
                contents = max(0, contents + (1 if kind == "separate" else -1))
            if kind == "end" and fields:
                fields.pop()
        elif element.tag == f"{W}instrText":
            if fields and len(fields[-1]) < 20:
                fields[-1] += element.text or ""
        elif element.text and not contents and not _is_unseen(element, styles):
            total += len("".join(element.text.split()))
    return total


def is_contents(instruction: str) -> bool:
    """Whether a field makes a table of contents, or marks an entry of one or of an index."""
    return instruction.split(maxsplit=1)[:1] in (["TOC"], ["TC"], ["XE"])


def _is_unseen(text: Any, styles: WordStyles) -> bool:
    parent = text.getparent()
    properties = parent.find(f"{W}rPr")
    if properties is not None:
        look = look_of(properties).over(styles.character(value(properties, "rStyle")))
        if look.hidden or look.struck:
            return True
    for around in text.iterancestors():
        tag = around.tag
        if tag in _DELETED or tag == f"{W}rt":
            return True
        if tag == f"{MC}Fallback" and around.getparent().find(f"{MC}Choice") is not None:
            return True
        if tag == f"{W}sdt" and (_is_placeholder(around) or _is_contents_control(around)):
            return True
        if tag == f"{W}tr" and around.find(f"{W}trPr/{W}del") is not None:
            return True
        if tag == f"{W}tc" and around.find(f"{W}tcPr/{W}cellDel") is not None:
            return True
        if tag == f"{W}p" and _is_unseen_paragraph(around, styles):
            return True
    return False


def _is_unseen_paragraph(paragraph: Any, styles: WordStyles) -> bool:
    style = styles.paragraph(value(paragraph.find(f"{W}pPr"), "pStyle") or None)
    return style.is_contents or bool(style.look.hidden or style.look.struck)
