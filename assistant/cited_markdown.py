"""`Answer → Markdown` for programs that show text only: marks become links, the sources follow.

What stands in documents stays text: it may not make links, pictures or markup of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from assistant.models import Answer, Citation, Language

_MARK = re.compile(r"\[(\d{1,3})\]")
_LINKING = re.compile(r"\](?=[(\[:])|!(?=\[)|<(?=[A-Za-z/!?])")
_WORDS: dict[Language, dict[str, str]] = {
    "zh": {"sources": "出处", "digest": "本站摘编，非原文", "official": "官方页面"},
    "zh-Hant": {"sources": "出處", "digest": "本站摘編，非原文", "official": "官方頁面"},
    "en": {
        "sources": "Sources",
        "digest": "our digest, not the official wording",
        "official": "official page",
    },
}


def to_markdown(answer: Answer, public_url: str) -> str:
    """The whole answer: text with linked marks, notices, sources."""
    citations = {c.number: c for c in answer.citations}
    return linked(answer.text, citations, public_url) + closing(answer, public_url)


def linked(text: str, citations: Mapping[int, Citation], public_url: str) -> str:
    """A text whose marks of known citations are links to the quoted place."""
    parts = _MARK.split(text)  # text, number, text, number, …
    shown = []
    for place, part in enumerate(parts):
        if place % 2 == 0:
            shown.append(_as_text(part))
        elif citation := citations.get(int(part)):
            shown.append(f"[[{part}]]({place_of(citation, public_url)})")
        else:
            shown.append(f"[{part}]")
    return "".join(shown)


def closing(answer: Answer, public_url: str) -> str:
    """What follows the text: notices, and where each quote stands."""
    lines = [f"※ {_as_text(notice)}" for notice in answer.notices]
    if answer.citations:
        words = _WORDS[answer.language]
        lines += [
            f"**{words['sources']}**",
            *(_source(c, words, public_url) for c in answer.citations),
        ]
    return "".join(f"\n\n{line}" for line in lines)


def place_of(citation: Citation, public_url: str) -> str:
    """The address of the quoted place in our page of the document."""
    id = quote(citation.document_id, safe="")
    address = public_url.rstrip("/")
    return f"{address}/documents/{id}?v={citation.version}#{citation.start}-{citation.end}"


def _source(c: Citation, words: Mapping[str, str], public_url: str) -> str:
    name = "".join(filter(None, [f"《{c.title}》", c.document_number, c.article]))
    said = [f"[{c.number}] [{_as_text(name)}]({place_of(c, public_url)})"]
    said += [f"（{words['digest']}）"] if c.digest else []
    said += [f" [{words['official']}]({_safe(c.url)})"] if c.url else []
    return "".join(said)


def _as_text(text: str) -> str:
    return _LINKING.sub(lambda found: f"\\{found.group()}", text)


def _safe(url: str) -> str:
    return quote(url, safe="%/:?#@!$&'*+,;=~-._")
