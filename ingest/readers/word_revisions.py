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
_TEXTS = (f"{W}t", f"{M}t")
_COUNTED = (
    *_TEXTS, *_DELETED, f"{W}fldChar", f"{W}instrText", f"{W}rt", f"{MC}Fallback", f"{W}sdt", f"{W}tr", f"{W}tc", f"{W}p",
    f"{W}r",
)  # fmt: skip


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
    from lxml import etree

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
    controls = etree.iterwalk(root, events=("start",), tag=f"{W}sdt")
    for _, element in controls:
        if _is_contents_control(element):
            gone.append(element)
        elif _is_placeholder(element):
            gone += list(element.iter(f"{W}t", f"{W}sym"))
            controls.skip_subtree()
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
    from lxml import etree

    total = contents = 0
    fields: list[str] = []
    walk = etree.iterwalk(root, events=("start",), tag=_COUNTED)
    for _, element in walk:
        tag = element.tag
        if tag in _TEXTS:
            total += 0 if contents else len("".join((element.text or "").split()))
        elif tag == f"{W}instrText":
            if fields and len(fields[-1]) < 20:
                fields[-1] += element.text or ""
        elif tag == f"{W}fldChar":
            kind = element.get(f"{W}fldCharType")
            if kind == "begin":
                fields.append("")
            elif fields and is_contents(fields[-1]) and kind in ("separate", "end"):
                contents = max(0, contents + (1 if kind == "separate" else -1))
            if kind == "end" and fields:
                fields.pop()
        elif _is_unseen(element, styles):
            walk.skip_subtree()
    return total


def _is_unseen(element: Any, styles: WordStyles) -> bool:
    """Whether nothing within an element is shown: it is deleted, hidden, struck, a placeholder or told elsewhere."""
    match element.tag.rsplit("}", 1)[1]:
        case "del" | "moveFrom":
            return element.getparent() is None or element.getparent().tag not in _MARKED
        case "Fallback":
            return element.getparent() is not None and element.getparent().find(f"{MC}Choice") is not None
        case "sdt":
            return _is_placeholder(element) or _is_contents_control(element)
        case "tr":
            return element.find(f"{W}trPr/{W}del") is not None
        case "tc":
            return element.find(f"{W}tcPr/{W}cellDel") is not None
        case "p":
            style = styles.paragraph(value(element.find(f"{W}pPr"), "pStyle") or None)
            return style.is_contents or bool(style.look.hidden or style.look.struck)
        case "r":
            properties = element.find(f"{W}rPr")
            if properties is None:
                return False
            look = look_of(properties).over(styles.character(value(properties, "rStyle")))
            return bool(look.hidden or look.struck)
    return True  # the reading beside a character (w:rt)


def is_contents(instruction: str) -> bool:
    """Whether a field makes a table of contents, or marks an entry of one or of an index."""
    return instruction.split(maxsplit=1)[:1] in (["TOC"], ["TC"], ["XE"])
