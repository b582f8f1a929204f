"""`Answer → citation measures`, sentence by sentence. Pure.

Recall: of the sentences that state something, how many their own citations support. Precision: of the citations at
supported sentences, how many are needed (alone they support it, or without them it is not supported), as ALCE has it
(Gao et al. 2023); at an unsupported sentence none is. What supports is told by the rules of `wence check-claims`;
a calculation supports what it works out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.claims import score_claim
from assistant.models import Answer, Citation, Status
from eval.recorded import Recorded

_MARKS = re.compile(r"((?:\[\d{1,3}\])+)")
_SENTENCE = re.compile(r"(?<=[。！？!?；;])|(?<=[a-z]\.)\s")
# Too short to state anything, a question back, or the words before a list.
_NO_STATEMENT = re.compile(r"[?？：:]\s*$")
_SHORTEST = 6
_ENDED = (Status.EXPIRED, Status.REPEALED, Status.SUPERSEDED)
_SAID_SO = re.compile(
    r"失效|到期|废止|取代|截止|过期|不再|旧版|往年|此前|\bexpired\b|\brepealed\b|supersed|no longer|closed",
    re.I,
)


@dataclass(frozen=True)
class Sentence:
    """A sentence of an answer, and the numbers of the citations that stand for it."""

    text: str
    numbers: tuple[int, ...]


def sentences_of(text: str) -> Iterator[Sentence]:
    """The sentences that state something; marks stand for all that precedes them on their line."""
    for line in text.splitlines():
        parts = _MARKS.split(line)
        for said, marks in zip(parts[::2], [*parts[1::2], ""], strict=True):
            numbers = tuple(int(n) for n in re.findall(r"\d+", marks))
            for sentence in _SENTENCE.split(said):
                plain = sentence.strip()
                if len(plain) >= _SHORTEST and not _NO_STATEMENT.search(plain):
                    yield Sentence(plain, numbers)


def citation_measures(recorded: Recorded) -> dict[str, float]:
    """Precision, recall, fidelity and standing of the citations of one answered question."""
    answer = recorded.answer
    measures: dict[str, float] = {}
    cited = {c.number: c for c in answer.citations}
    workings = tuple(a.working for a in answer.assessments if a.working)
    supported, needed, given = [], 0, 0
    for sentence in sentences_of(answer.text):
        own = [cited[n] for n in dict.fromkeys(sentence.numbers) if n in cited]
        holds = _holds(sentence.text, own, workings)
        supported.append(holds)
        given += len(own)
        needed += sum(holds and _is_needed(sentence.text, own, c, workings) for c in own)
    if supported:
        measures["citation_recall"] = sum(supported) / len(supported)
    if given:
        measures["citation_precision"] = needed / given
    if recorded.quotes_true:
        measures["quote_fidelity"] = sum(recorded.quotes_true) / len(recorded.quotes_true)
    if answer.citations:
        measures["expired_citation_rate"] = float(_rests_on_ended(answer))
    return measures


def _rests_on_ended(answer: Answer) -> bool:
    """Whether a paper that no longer holds is cited and neither text nor notices say so."""
    told = "\n".join((answer.text, *answer.notices))
    return any(c.status in _ENDED for c in answer.citations) and not _SAID_SO.search(told)


def _holds(sentence: str, citations: list[Citation], workings: tuple[str, ...]) -> bool:
    return bool(citations) and _supports(sentence, (*(_evidence(c) for c in citations), *workings))


def _is_needed(sentence: str, own: list[Citation], one: Citation, workings: tuple[str, ...]) -> bool:
    rest = [c for c in own if c is not one]
    return not rest or _holds(sentence, [one], workings) or not _holds(sentence, rest, workings)


def _evidence(citation: Citation) -> str:
    return f"《{citation.title}》{citation.article or ''}：{citation.quote}"


@lru_cache(maxsize=20_000)
def _supports(sentence: str, evidence: tuple[str, ...]) -> bool:
    return score_claim(sentence, list(evidence)).supported
