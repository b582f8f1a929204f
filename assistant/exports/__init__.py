"""A dossier as a file: Markdown, Word, PDF, or a calendar of its windows; and calendars and feeds of one programme."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal, get_args

from assistant.dossier import Dossier
from assistant.errors import InputError

Format = Literal["docx", "pdf", "md", "ics"]
MEDIA_TYPES: dict[Format, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
}


def format_of(path: Path) -> Format:
    """The format that a file's name asks for; raises InputError for any other."""
    suffix = path.suffix.lower().removeprefix(".")
    for known in get_args(Format):
        if suffix == known:
            return known  # type: ignore[no-any-return]
    offered = "、".join(f".{known}" for known in get_args(Format))
    raise InputError(f"不能导出成 {path.name}：请把文件名的结尾写成 {offered} 之一。")


def export(dossier: Dossier, format: Format) -> bytes:
    """The file's content."""
    if format == "docx":
        from assistant.exports.word import to_docx

        return to_docx(dossier)
    if format == "pdf":
        from assistant.exports.pdf import to_pdf

        return to_pdf(dossier)
    if format == "md":
        from assistant.exports.markdown import to_markdown

        return to_markdown(dossier).encode()
    from assistant.exports.calendar import calendar_of

    return calendar_of(dossier.events, dossier.as_of, dossier.language)


def file_name(as_of: date, format: Format) -> str:
    """What a downloaded file is called."""
    return f"扶持政策匹配报告_{as_of.isoformat()}.{format}"
