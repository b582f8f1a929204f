"""Markdown → `Reading`; a YAML head between `---` lines is the declared metadata."""

from __future__ import annotations

import re
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.errors import SourceError
from assistant.yaml_file import load_stated
from ingest.reading import Block, Reading, table_row

_HEAD = re.compile(r"\A---\r?\n(.*?)\r?\n---\r?\n", re.S)


def read_markdown(text: str) -> Reading:
    """Read a Markdown text; raises SourceError when its head is not YAML."""
    declared: dict[str, Any] = {}
    if head := _HEAD.match(text):
        try:
            stated = load_stated(head[1])
        except yaml.YAMLError as error:
            raise SourceError("文件开头的元数据不是合格的 YAML：请检查两条 --- 之间的内容。") from error
        if stated is None:
            raise SourceError("文件开头的元数据须是“键: 值”的形式：请检查两条 --- 之间的内容。")
        declared, text = stated, text[head.end() :]
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    walk = _Walk()
    for token in tokens:
        walk.take(token)
    return Reading(tuple(walk.blocks), declared)


class _Walk:
    """Collects blocks while the tokens go by."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._level: int | None = None
        self._header: list[str] = []
        self._row: list[str] | None = None
        self._in_head = False
        self._mark = ""

    def take(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self._level = int(token.tag[1])
            case "heading_close":
                self._level = None
            case "thead_open" | "thead_close":
                self._in_head = token.type == "thead_open"
            case "tr_open":
                self._row = []
            case "tr_close":
                self._end_row()
            case "list_item_open":
                self._mark = f"{token.info}. " if token.info else ""
            case "inline":
                self._inline(_plain(token))
            case "fence" | "code_block" | "html_block":
                self._lines(token.content)

    def _end_row(self) -> None:
        row, self._row = self._row or [], None
        if self._in_head:
            self._header = row
        elif any(row):
            self.blocks.append(table_row(self._header, row))

    def _inline(self, text: str) -> None:
        if self._row is not None:
            self._row.append(" ".join(text.split()))
            return
        mark, self._mark = self._mark, ""
        self._lines(mark + text)

    def _lines(self, text: str) -> None:
        self.blocks += [Block(line.strip(), self._level) for line in text.splitlines() if line.strip()]


def _plain(token: Token) -> str:
    parts = []
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type in ("text", "code_inline", "html_inline", "text_special", "image"):
            parts.append(child.content)
    return "".join(parts).strip()
