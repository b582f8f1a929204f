"""A sum from a clause of any paper, without a programme file: rate × the firm's own amount, up to the clause's cap.

Only where one sentence says all of it (按…的30%给予补贴，最高200万元) and the question tells one amount of its own. The
result is said to be computed from the clause (按条文推算); conditions are not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.models import Assessment, Language, Passage
from assistant.programmes.assess import Sum
from assistant.programmes.hear import own_amounts
from assistant.programmes.present import Statement, working
from assistant.programmes.schema import Benefit, Cap, Source
from assistant.programmes.wording import yuan
from assistant.text import sentences
from assistant.values import money_in, normalise, percents_in

_LOOKED_AT = 4
_SUPPORT = re.compile(r"补贴|资助|奖励|补助|支持|给予|配套|兑付|抵扣")
_RATE = re.compile(
    r"(?:按|按照|的|给予|最高|不超过|不高于|比例为?|至|到|达|金额|费用|投资额?|投入|支出|总额|合同额|租金|价款|收入)\s*$"
)
_CEILING = re.compile(r"(?:最高|不超过|不高于)[^,。;]{0,8}$")
_CAP = re.compile(r"(?:最高|不超过|上限为?|封顶|限额|累计不超过|总额不超过|最多)(?:可?达|为)?\s*$")
_NOT_A_RATE = re.compile(r"利率|占比|增长|增速|占.{0,8}(?:以上|比例)|不低于|以上的")


@dataclass(frozen=True)
class Clause:
    """A sentence that gives a rate and perhaps a cap."""

    passage: Passage
    text: str
    rate: Decimal
    cap: Decimal | None
    at_most: bool


def infer(
    text: str, passages: Sequence[Passage], keywords: Sequence[str], language: Language
) -> tuple[Statement, Assessment] | None:
    """The sum that the best fitting clause gives for the one amount told; None where that is not clear."""
    amounts = own_amounts(text)
    offers = [(p, quote) for p in passages[:_LOOKED_AT] for quote in _offers(p)]
    if len(amounts) != 1 or not offers:
        return None
    passage, quote = max(offers, key=lambda o: _fit(o[1], o[0], keywords, passages))
    found = _read(quote)
    if found is None:
        return None
    clause = Clause(passage, quote, *found)
    raw = amounts[0] * clause.rate
    amount = raw if clause.cap is None else min(raw, clause.cap)
    benefit = Benefit(
        id="clause", zh="", en="", basis="amount", rate=clause.rate, source="clause", at_most=clause.at_most,
        cap=None if clause.cap is None else Cap(amount=clause.cap, source="clause"),
    )  # fmt: skip
    shown = working(Sum(benefit, amounts[0], clause.rate, raw, amount), language) or ""
    most = yuan(amount, language)
    said = f"按条文推算，{'最高' if clause.at_most else ''}{most}：{shown}。条件未逐条核对。"
    if language == "en":
        said = f"Computed from the clause: {'at most ' if clause.at_most else ''}{most} ({shown}). Conditions were not judged."
    source = Source(
        document_id=clause.passage.head.id, article=clause.passage.chunk.article, quote=clause.text
    )
    name = f"{clause.passage.head.title}（按条文推算）"
    assessment = Assessment(programme_id=None, title=name, outcome="unknown", amount=amount, working=shown)
    return Statement(said, (source,)), assessment


def _fit(quote: str, passage: Passage, keywords: Sequence[str], passages: Sequence[Passage]) -> float:
    """How many of the question's words a clause has, the better passage before the worse."""
    around = " ".join([*passage.chunk.headings, quote])
    return sum(len(word) for word in keywords if word in around) - 0.5 * passages.index(passage)


def _offers(passage: Passage) -> Iterator[str]:
    """The sentences that give something, shares or not: the one that fits best must itself be a share."""
    chunk = passage.chunk
    for start, end in sentences(chunk.text):
        if _SUPPORT.search(chunk.text[start:end]):
            yield chunk.text[start:end]


def _read(text: str) -> tuple[Decimal, Decimal | None, bool] | None:
    """(rate, cap, whether the rate is a ceiling) of a sentence that gives support as a share; None otherwise."""
    normal = normalise(text)
    if not _SUPPORT.search(normal) or _NOT_A_RATE.search(normal):
        return None
    rates = [v for v in percents_in(normal) if _RATE.search(normal[: v.start])]
    if not rates or not isinstance(rates[0].value, Decimal) or rates[0].value > 100:
        return None
    first = rates[0]
    caps = [v for v in money_in(normal) if v.start > first.end and _CAP.search(normal[: v.start])]
    cap = caps[0].value if caps and isinstance(caps[0].value, Decimal) else None
    at_most = bool(_CEILING.search(normal[: first.start])) or len(rates) > 1
    return first.value / 100 if isinstance(first.value, Decimal) else Decimal(0), cap, at_most
