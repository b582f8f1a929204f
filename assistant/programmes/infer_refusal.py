"""What a clause asks for and the figures told do not reach: `Clause, passages, Told → Inferred`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from assistant.law.told import Told, is_related, likeness
from assistant.models import Assessment, Language, Passage
from assistant.programmes.bases import says_more
from assistant.programmes.counting import SAYS, told_of
from assistant.programmes.inferred import LOOKED_AT, Clause, Inferred, rules_in, rules_of
from assistant.programmes.offers import Bound, Offer
from assistant.programmes.present import Statement
from assistant.programmes.schema import Source
from assistant.text import fold, sentence_at

_ONLY_UNRELATED = re.compile(
    r"非关联|无(?:投资)?关联|没有关联|不存在[^。]{0,12}关联|关联[^。,]{0,12}(?:不予|不计|不纳入|除外)"
)
# 满足以下任一项即可: one that is not reached decides nothing.
_ANY_OF = re.compile(
    r"任[一意1]|之[一1](?!前)|(?:满足|符合|具备)(?:其中|下列|以下)?[一1][项条个]|其中[一1][项条个]"
)
_DEFINED = re.compile(r"所称(?:的)?[“\"]?(?P<term>[\u4e00-\u9fff]{2,12})[”\"]?[,，]?\s*(?:是指|指|为)")
_SHORT = 120  # characters of a clause that is repeated under a verdict
_SAYS_EN = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "less_than": "less than"}


def refused(
    clause: Clause | None,
    passages: Sequence[Passage],
    told: Sequence[Told],
    text: str,
    language: Language,
    whole: Callable[[str], str | None] = lambda id: None,
) -> Inferred | None:
    """A bound that a told figure surely breaks, or a related party where only others count.

    `whole`: document id → its text, for what a term of the clause is said to mean.
    """
    zh = language != "en"
    asked = list(_asked_for(clause, passages, told))
    every = [bound for _, bound, _, _ in asked]
    for passage, bound, start, end in asked:
        found = told_of(bound, told, clause.offer if clause and passage is clause.passage else None)
        if found is None or bound.holds(found.value) or _ANY_OF.search(_around(passage, start)):
            continue
        if says_more(bound.said):
            continue  # 次年产值增速达到15%: of another year, or of a part only
        if any(_is_nearer(other, bound, found) for other in every):
            continue  # 能耗降了9% says nothing of 不良率下降20%
        noun = _noun(bound)
        says = (SAYS if zh else _SAYS_EN)[bound.op]
        said = (
            f"不符合条件：{noun}须{says}{bound.written}，所述{found.written}达不到这一要求。"
            if zh
            else f"Not eligible: {noun} must be {says} {bound.written}; you told {found.written}."
        )
        return _unmet(passage, said, start, end)
    if clause and (defined := _not_meant(clause, told, whole(clause.passage.head.id) or "", zh)):
        return defined
    if is_related(fold(text)) and clause and (only := _ONLY_UNRELATED.search(clause.passage.chunk.text)):
        start, end = sentence_at(clause.passage.chunk.text, only.start())
        said = (
            "不符合条件：对方是关联方的不能申请，条文只支持非关联方之间的交易。"
            if zh
            else "Not eligible: the clause counts transactions between unrelated parties only."
        )
        return _unmet(clause.passage, said, start, end)
    return None


def _around(passage: Passage, start: int) -> str:
    """The headings over a place and the sentence that leads to it."""
    return " ".join([*passage.chunk.headings, passage.chunk.text[max(0, start - 60) : start]])


def _is_nearer(other: Bound, bound: Bound, found: Told) -> bool:
    """Whether a figure speaks of what another bound of the same unit is about."""
    if other.unit != bound.unit or other == bound:
        return False
    return likeness(found.context, other.noun) > likeness(found.context, bound.noun)


def _not_meant(clause: Clause, told: Sequence[Told], text: str, zh: bool) -> Inferred | None:
    """A figure that the paper's meaning of a word of the clause rules out: 初创企业 is one of which 30% are held."""
    own = clause.passage.chunk.text[clause.offer.start : clause.offer.end]
    for match in _DEFINED.finditer(text):
        if match["term"] not in own:
            continue
        start, end = sentence_at(text, match.start())
        for bound, _, _ in rules_of(text[start:end]).bounds:
            found = told_of(bound, told)
            if found is None or bound.holds(found.value):
                continue
            says = (SAYS if zh else _SAYS_EN)[bound.op]
            term = match["term"]
            said = (
                f"不符合条件：{term}要求{_noun(bound)}{says}{bound.written}，所述{found.written}达不到这一要求。"
                if zh
                else f"Not eligible: {term} asks for {_noun(bound)} {says} {bound.written}; you told {found.written}."
            )
            source = Source(document_id=clause.passage.head.id, quote=text[start:end])
            title = f"{clause.passage.head.title}（按条文推算）"
            judged = Assessment(programme_id=None, title=title, outcome="unmet", working=said.rstrip("。."))
            quoted = f"\n{source.quote}" if len(source.quote) <= _SHORT else ""
            return Inferred((Statement(said + quoted, (source,)),), judged)
    return None


def _noun(bound: Bound) -> str:
    noun = re.split(r"[,、(且]", bound.noun)[-1].strip().replace("1年度", "一年度")
    return re.sub(r"(?:须|应当|应|需要?|在|为)+$", "", noun) or "该项"


def _asked_for(
    clause: Clause | None, passages: Sequence[Passage], told: Sequence[Told]
) -> Iterator[tuple[Passage, Bound, int, int]]:
    """The bounds that count: those of the offer, then those that the paper's other clauses set for everyone."""
    if clause:
        siblings = [o for o in clause.rules.offers if o.basis == clause.offer.basis and o is not clause.offer]
        if not any(_fits(o, told) for o in siblings) and not _is_past_a_step(clause.offer, siblings, told):
            at = {b: (start, end) for b, start, end in clause.rules.bounds}
            own = (clause.offer.start, clause.offer.end)
            yield from ((clause.passage, b, *at.get(b, own)) for b in clause.offer.bounds)
    first = clause.passage if clause else passages[0]
    for passage in passages[:LOOKED_AT]:
        if passage.head.id != first.head.id:
            continue
        rules = rules_in(passage)
        tied = {b for o in rules.offers for b in o.bounds}
        yield from ((passage, b, start, end) for b, start, end in rules.bounds if b not in tied)


def _is_past_a_step(offer: Offer, siblings: Sequence[Offer], told: Sequence[Told]) -> bool:
    """Whether what a figure goes beyond is only the upper end of a step, behind which another begins."""
    for bound in offer.bounds:
        found = told_of(bound, told, offer) if bound.op in ("less_than", "at_most") else None
        if found is not None and not bound.holds(found.value):
            starts = [b for o in siblings for b in o.bounds if b.op in ("at_least", "more_than")]
            return any(b.unit == bound.unit and b.value <= found.value for b in starts)
    return False


def _fits(offer: Offer, told: Sequence[Told]) -> bool:
    found = [(b, told_of(b, told, offer)) for b in offer.bounds]
    return bool(found) and all(t is not None and b.holds(t.value) for b, t in found)


def _unmet(passage: Passage, said: str, start: int, end: int) -> Inferred:
    chunk = passage.chunk
    source = Source(document_id=passage.head.id, article=chunk.article, quote=chunk.text[start:end])
    verdict = said.rstrip("。.")
    if len(source.quote) <= _SHORT:
        said += f"\n{source.quote.rstrip('；;')}"
    name = f"{passage.head.title}（按条文推算）"
    assessment = Assessment(programme_id=None, title=name, outcome="unmet", working=verdict)
    return Inferred((Statement(said, (source,)),), assessment)
