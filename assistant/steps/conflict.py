"""`citations, Passages → Conflict`: another paper gives another figure for the same thing; which counts is said.

Two sentences speak of the same thing when both name the same kind of support (算力补贴) in the same place, and each gives one
figure in the same role: the cap for one applicant, the total, the rate, the last day. They conflict when neither paper has
the other's figure anywhere. The more official paper counts, of two alike the newer (docs/answers.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from assistant.knowledge import Snapshot
from assistant.models import Citation, Claim, Confidence, DocumentHead, Kind, Language, Passages, Status
from assistant.phrases import say
from assistant.steps.naming import support_names
from assistant.text import fold, sentences
from assistant.values import PartialDate, Value, ValueKind, is_covered, normalise, values_in

Role = Literal["cap", "total", "rate", "end"]
_KINDS: dict[Role, ValueKind] = {"cap": "money", "total": "money", "rate": "percent", "end": "date"}
_IN_ALL = re.compile(r"总额|总规模|总计|合计|资金池|盘子|预算|发放")
_YEARLY = re.compile(r"每年|一年|年度|全年")  # the total of a batch is no other total of a year
_CAP = re.compile(r"最高|最多|不超过|上限|封顶|限额|以内")
_END = re.compile(r"截止|截至|受理至|止$")
_BEFORE = 8  # characters before a figure in which its role is said
_LONGEST = 120  # characters of a sentence that is repeated
_RANK = {
    Kind.POLICY: 3,
    Kind.PROCEDURE: 3,
    Kind.GUIDE: 3,
    Kind.NOTICE: 3,
    Kind.LIST: 3,
    Kind.ANNOUNCEMENT: 3,
    Kind.INTERPRETATION: 2,
    Kind.QUESTIONS: 2,
    Kind.NEWS: 1,
}
_SURE = {Confidence.OFFICIAL: 2, Confidence.SECONDARY: 1, Confidence.UNVERIFIED: 0}
_HOLDS = frozenset((Status.IN_FORCE, Status.UNKNOWN))


@dataclass(frozen=True)
class Conflict:
    """What the other paper says, and which of the two counts: None where neither is surely the better one."""

    claim: Claim
    other: DocumentHead
    counts: DocumentHead | None
    newer: bool = False

    def text(self, language: Language) -> str:
        """What is said of it, without the mark of the citation."""
        ours = "conflict_other" if self.counts is self.other else "conflict_ours"
        key = ours if self.counts else "conflict_open"
        why = say("newer" if self.newer else "more_official", language)
        title = self.counts.title if self.counts else ""
        return say(
            key, language, other=self.other.title, quote=self.claim.text.rstrip("。"), title=title, why=why
        )


@dataclass(frozen=True)
class _Said:
    names: frozenset[str]
    figures: dict[Role, Decimal | PartialDate]


def conflict(
    cited: Sequence[Citation], passages: Passages, snapshot: Snapshot, as_of: date
) -> Conflict | None:
    """The first sentence of another kept paper that gives another figure for what a citation says."""
    heads = ((c.quote, snapshot.heads[c.document_id][0]) for c in cited)
    return next((c for text, head in heads if (c := _against(text, head, passages, snapshot, as_of))), None)


def governed(claims: Iterable[Claim], passages: Passages, snapshot: Snapshot, as_of: date) -> list[Claim]:
    """Claims that quote one paper each; where a paper that counts more gives another figure, its sentence instead.

    Of two papers that say the same the more official one is quoted.
    """
    kept: list[Claim] = []
    for claim in claims:
        own, head = _said(claim.text), passages.kept[claim.support[0]].head
        found = _against(claim.text, head, passages, snapshot, as_of)
        better = found.claim if found and found.counts is found.other else claim
        if found is None and own.names and own.figures:
            others = _others(head, passages, snapshot, as_of)
            more = (c for other, c in others if _standing(other) > _standing(head) and _said(c.text) == own)
            better = next(more, claim)
        if better not in kept:
            kept.append(better)
    return kept


def _against(
    text: str, head: DocumentHead, passages: Passages, snapshot: Snapshot, as_of: date
) -> Conflict | None:
    own = _said(text)
    if not own.names or not own.figures:
        return None
    for other, claim in _others(head, passages, snapshot, as_of):
        if _differs(own, _said(claim.text), head, other, snapshot):
            return Conflict(claim, other, *_better(head, other))
    return None


def _others(
    head: DocumentHead, passages: Passages, snapshot: Snapshot, as_of: date
) -> Iterator[tuple[DocumentHead, Claim]]:
    """The sentences of other papers of the same place, where all of them hold."""
    statuses, place = snapshot.statuses(as_of), snapshot.regions.get(head.id)
    if statuses.get(head.id) not in _HOLDS:
        return
    for index, passage in enumerate(passages.kept):
        other = passage.head
        elsewhere = other.id == head.id or snapshot.regions.get(other.id) != place
        if elsewhere or statuses.get(other.id) not in _HOLDS:
            continue
        for start, end in sentences(passage.chunk.text):
            at = (passage.chunk.start + start, passage.chunk.start + end)
            if end - start <= _LONGEST:
                yield other, Claim(text=passage.chunk.text[start:end], support=(index,), quotes=(at,))


@lru_cache(maxsize=4096)
def _said(text: str) -> _Said:
    """The support a sentence names and its figures by role; a role with several figures is no single one."""
    plain = normalise(fold(text))
    found: dict[Role, list[Value]] = {}
    for value in values_in(plain):
        if role := _role(plain, value):
            found.setdefault(role, []).append(value)
    figures = {role: values[0].value for role, values in found.items() if len({v.value for v in values}) == 1}
    return _Said(support_names(text), figures)


def _role(text: str, value: Value) -> Role | None:
    clause = re.split(r"[,。;:]", text[: value.start])[-1]
    if value.kind == "percent":
        return "rate"
    if value.kind == "money":
        if _IN_ALL.search(clause):
            return "total" if _YEARLY.search(clause) else None
        return "cap" if _CAP.search(clause[-_BEFORE:]) else None
    if value.kind == "date":
        return (
            "end" if _END.search(clause[-_BEFORE:]) or _END.match(text[value.end : value.end + 2]) else None
        )
    return None


def _differs(own: _Said, other: _Said, head: DocumentHead, theirs: DocumentHead, snapshot: Snapshot) -> bool:
    if len(own.names & other.names) == 0:
        return False
    roles = [r for r in own.figures.keys() & other.figures.keys() if own.figures[r] != other.figures[r]]
    return any(
        not _has(snapshot, head.id, other.figures[role], _KINDS[role])
        and not _has(snapshot, theirs.id, own.figures[role], _KINDS[role])
        for role in roles
    )


def _has(snapshot: Snapshot, id: str, figure: Decimal | PartialDate, kind: ValueKind) -> bool:
    """Whether a paper has the figure anywhere: then the two speak of different cases."""
    document = snapshot.document(id)
    carried = [v for v in values_in(document.text) if v.kind == kind] if document else []
    return document is None or is_covered(Value(kind, figure, 0, 0), carried)


def _standing(head: DocumentHead) -> tuple[int, int]:
    return _RANK.get(head.kind, 0), _SURE[head.confidence]


def _better(one: DocumentHead, other: DocumentHead) -> tuple[DocumentHead | None, bool]:
    """The paper that counts, and whether only because it is newer."""

    def day(head: DocumentHead) -> date:
        return head.published_on or head.written_on or head.effective_from or date.min

    if _standing(one) != _standing(other):
        return max((one, other), key=_standing), False
    return (max((one, other), key=day), True) if day(one) != day(other) else (None, False)
