"""`Query, Passages → Claims`: by rule from the passages' own sentences, or by a language model from the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.keyword_index import words
from assistant.models import Claim, Passage, Passages, Query, Wanted
from assistant.ports import ChatModel, KeywordIndex
from assistant.prompts import Prompt
from assistant.text import sentences
from assistant.values import ValueKind, values_in

MAX_CLAIMS = 3
NO_SUPPORT = "无依据"
_OFFICE = re.compile(r"[\u4e00-\u9fff]{2,}(?:局|委员会|委|署|厅|管委会|人民政府|部门)")
_MARKS = re.compile(r"\[(\d{1,2})\]")
_LANGUAGE_NAMES = {"zh": "简体中文", "zh-Hant": "繁體中文", "en": "English"}


# ------------------------------------------------------------------ by rule


def compose(query: Query, passages: Passages, keywords: KeywordIndex) -> Iterator[Claim]:
    """The sentences that answer best, word for word: at most three, best first, none said twice."""
    candidates = sorted(_candidates(query, passages, keywords), key=lambda c: -c[0])
    said: list[set[str]] = []
    for score, claim, present in candidates:
        if len(said) == MAX_CLAIMS or score < 0.6 * candidates[0][0]:
            return
        if any(len(present & other) > 0.7 * min(len(present), len(other)) for other in said):
            continue
        said.append(present)
        yield claim


def _candidates(
    query: Query, passages: Passages, keywords: KeywordIndex
) -> Iterator[tuple[float, Claim, set[str]]]:
    weights = {w: keywords.weight(w) for w in query.keywords}
    for index, passage in enumerate(passages.kept):
        chunk = passage.chunk
        around = set(words(" ".join([passage.head.title, *chunk.headings])))
        for start, end in sentences(chunk.text):
            text = chunk.text[start:end]
            present = set(words(text))
            direct = sum(v for w, v in weights.items() if w in present)
            indirect = sum(v for w, v in weights.items() if w in around and w not in present)
            score = (direct + 0.5 * indirect + _shape(query.wanted, text)) * (1 - 0.05 * index)
            span = (chunk.start + start, chunk.start + end)
            yield score, Claim(text=text, support=(index,), quotes=(span,)), present


def _shape(wanted: tuple[Wanted, ...], sentence: str) -> float:
    """A bonus for a sentence that holds the kind of thing asked for."""
    kinds: set[ValueKind] = {v.kind for v in values_in(sentence)}
    bonus = sum(2.0 for kind in wanted if kind in kinds)
    return bonus + (2.0 if "department" in wanted and _OFFICE.search(sentence) else 0.0)


# ------------------------------------------------------------------ by language model


def write(query: Query, passages: Passages, model: ChatModel, prompt: Prompt) -> Iterator[Claim]:
    """The model's sentences as claims, one by one as they come; raises LanguageModelError."""
    system, user = prompt.render(
        question=query.text,
        as_of=query.as_of.isoformat(),
        language=_LANGUAGE_NAMES[query.language],
        passages="\n\n".join(_fenced(i, p) for i, p in enumerate(passages.kept, 1)),
    )
    buffer = ""
    for piece in model.stream(system, user):
        buffer += piece
        *done, buffer = _split(buffer)
        for sentence in done:
            yield _claim(sentence)
    if buffer.strip():
        yield _claim(buffer)


def _fenced(number: int, passage: Passage) -> str:
    head, chunk = passage.head, passage.chunk
    facts = [
        f"《{head.title}》",
        head.document_number,
        chunk.article,
        head.kind.value,
        f"状态 {passage.status.value}",
    ]
    body = chunk.text.replace("<", "＜").replace(">", "＞")
    return f'<段落 编号="{number}" 来源="{" ".join(f for f in facts if f)}">\n{body}\n</段落>'


def _split(text: str) -> list[str]:
    """Whole sentences with the marks behind them, and the rest; a mark may still be on its way."""
    parts, begin = [], 0
    for found in re.finditer(r"(?:[。！？!?\n]|\.(?=\s))(?:\s*\[\d{1,2}\])*(?=\s*[^\s\[])", text):
        parts.append(text[begin : found.end()])
        begin = found.end()
    return [*parts, text[begin:]]


def _claim(sentence: str) -> Claim:
    cited = tuple(dict.fromkeys(int(n) - 1 for n in _MARKS.findall(sentence)))
    return Claim(text=_MARKS.sub("", sentence).strip(), support=cited)
