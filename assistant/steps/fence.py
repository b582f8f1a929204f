"""Text of others → data in a prompt, which cannot pass for anything else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from assistant.models import Passage, Passages
from assistant.steps.planted import strip_instructions

_BLANK = "　"
_ANGLES = str.maketrans("<>", "＜＞")


def without_planted(passages: Passages) -> Passages:
    """The passages with sentences that speak to the machine blanked out; every other character keeps its place."""
    return passages.model_copy(update={"kept": tuple(map(_blanked, passages.kept))})


def _blanked(passage: Passage) -> Passage:
    text = passage.chunk.text
    for start, end in strip_instructions(text):
        text = text[:start] + _BLANK * (end - start) + text[end:]
    if text == passage.chunk.text:
        return passage
    return passage.model_copy(update={"chunk": passage.chunk.model_copy(update={"text": text})})


def boundary(*parts: str) -> str:
    """A word that closes what it opens: made of the whole content, so that no part of it can hold it."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def inert(text: str) -> str:
    """A text without angle brackets, so that it opens and closes nothing."""
    return text.translate(_ANGLES)


def numbered(passages: Sequence[Passage]) -> str:
    """The passages as a prompt shows them: number, where it is from, text."""
    return "\n\n".join(_shown(number, passage) for number, passage in enumerate(passages, 1))


def _shown(number: int, passage: Passage) -> str:
    head, chunk = passage.head, passage.chunk
    facts = (
        f"《{head.title}》",
        head.document_number,
        chunk.article,
        head.kind.value,
        f"状态 {passage.status.value}",
    )
    source = inert(" ".join(fact for fact in facts if fact)).replace('"', "”")
    body = re.sub(f"{_BLANK}{{3,}}", "……", chunk.text)
    return f'<段落 编号="{number}" 来源="{source}">\n{inert(body)}\n</段落>'
