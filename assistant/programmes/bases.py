"""What a clause is counted on and asks for, as measures; and whether it says anything that its reading leaves out.

What is left out makes a clause one that is quoted and never computed with: silence would look like understanding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from assistant.grammar.measures import Measure, leave_out, literal, measure_of, tokens_of, vocabulary
from assistant.programmes.offers import Bound, Offer
from assistant.text import fold

Nouns = Callable[[str], Iterable[str]]
"""The nouns of a folded text."""


@lru_cache(maxsize=4096)
def base_of(offer: Offer) -> Measure:
    """The measure that a share, a step or brackets are taken of; unknown where the clause names none."""
    before = offer.said[: _place(offer)]
    steps = [b.noun for b in offer.bounds if b.unit in ("元", "美元")]
    phrase = offer.basis or (steps[0] if steps else leave_out(fold(offer.label), "public_money"))
    return measure_of(_behind_who(phrase), f"{before}{offer.label}", offer.lead)


@lru_cache(maxsize=4096)
def asked_of(bound: Bound, offer: Offer | None = None) -> Measure:
    """The measure that a bound is of; where its own words do not say, what the offer is counted on."""
    own = measure_of(_behind_who(bound.noun), bound.said, bound.lead)
    return own if own.is_known or offer is None or not offer.basis else base_of(offer)


def unread(offer: Offer) -> str | None:
    """A word of the clause that no field of its reading accounts for, so that a sum would be a guess."""
    if offer.cap_unread:
        return "最高"
    known = vocabulary().modifiers
    own = f"{offer.label}{offer.said[_place(offer) + len(offer.label) :][:8]}" if offer.label else offer.said
    accounted = {
        "beyond": bool(offer.brackets) or offer.step is not None,
        "step": offer.step is not None,
        "each": bool(offer.each) or offer.monthly or offer.rate is not None or bool(offer.brackets),
        "listed": bool(offer.name) or offer.tiered,
        "among": offer.rate is not None,  # a part of those it is given to, with a share of its own
        "years": False,
        "folded": False,
    }
    for name, words in known.items():
        text = own if name in ("each", "among") else offer.said
        text += offer.behind if name == "folded" else ""
        if not accounted[name] and (found := next((w for w in words if w in text), None)):
            return found
    return None


def _place(offer: Offer) -> int:
    """Where an offer's own part of its sentence begins."""
    return max(0, offer.said.find(offer.label)) if offer.label else 0


def is_for(offer: Offer, around: Iterable[str], asked: str, nouns: Nouns) -> bool:
    """Whether a message speaks of what a clause gives for: of a thing it names other than by its class (设备), or of one of the
    nouns that its base or its sentence has beside measures.

    `around`: headings and title, of which one noun does as well where the base itself has none.
    """
    text = fold(asked)
    if base_of(offer).family not in (
        None,
        "spending",
    ):  # 机器人企业年销售收入: who the firm is stands in front
        phrase = offer.basis or next((b.noun for b in offer.bounds if b.unit in ("元", "美元")), "")
        own = content_of(_behind_who(phrase), nouns)
        return not own or any(is_said(word, text) for word in own)
    if things_of(f"{offer.label}{offer.basis}") & things_of(text):
        return True
    if own := content_of(offer.basis, nouns):
        return any(is_said(word, text) for word in own)
    label = content_of(offer.label, nouns)
    return not label or any(is_said(word, text) for word in (*label, *content_of(" ".join(around), nouns)))


def _behind_who(phrase: str) -> str:
    """What stands behind the last word in a phrase that says who (企业, 公司)."""
    ends = [phrase.rfind(who) + len(who) for who in vocabulary().who if who in phrase]
    return phrase[max(ends, default=0) :]


def things_of(text: str, by_class: bool = False) -> set[str]:
    """The objects that a text names; `by_class`: also those it names only by their class."""
    generic = frozenset() if by_class else vocabulary().generic_words
    return {t.key for t in tokens_of(fold(text)) if t.sort == "object" and t.text not in generic}


def content_of(text: str, nouns: Nouns) -> list[str]:
    """The nouns of a text that are neither words of measures nor say only who or when."""
    plain = vocabulary().plain_words
    left = literal(fold(text))
    return [word for word in dict.fromkeys(nouns(left)) if len(word) > 1 and word not in plain]


def is_said(word: str, text: str) -> bool:
    """Whether a noun stands in a folded text, in full or shortened to some of its characters (技改 for 技术改造)."""
    if word in text:
        return True
    if len(word) < 4 or word.isascii():
        return False
    return any(_shortens(text[i : i + 2], word) for i in range(len(text) - 1) if text[i] == word[0])


def _shortens(short: str, word: str) -> bool:
    at = 0
    for char in short:
        at = word.find(char, at) + 1
        if at == 0:
            return False
    return True
