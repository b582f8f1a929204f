"""What a clause is counted on and asks for, as measures; and whether it says anything that its reading leaves out.

What is left out makes a clause one that is quoted and never computed with: silence would look like understanding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from assistant.grammar.measures import Measure, leave_out, literal, measure_of, tokens_of, vocabulary
from assistant.law.figures import figures_in
from assistant.programmes.offers import Bound, Offer
from assistant.text import fold

_A_PROJECT = Measure("paid", frozenset({"project"}))
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
    own = measure_of(_behind_who(bound.noun))
    if not own.is_known or own == _A_PROJECT:  # 同一项目合计不超过60万元 is of nothing that a firm tells
        return base_of(offer) if offer is not None and offer.basis else Measure()
    return measure_of(_behind_who(bound.noun), bound.said, bound.lead)


def unread(offer: Offer) -> str | None:
    """A word of the clause that no field of its reading accounts for, so that a sum would be a guess."""
    if offer.cap_unread:
        return "最高"
    if offer.monthly and offer.each and offer.each != "平方米":
        return "每月"
    if left := left_over(offer.said):
        return left
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


def says_more(sentence: str) -> bool:
    """Whether a normalised sentence has a word of years, parts or fractions, so that its bounds are not everyone's."""
    known = vocabulary().modifiers
    return any(word in sentence for name in ("years", "among", "folded") for word in known[name])


@lru_cache(maxsize=4096)
def left_over(sentence: str) -> str | None:
    """A number of a normalised sentence that is no figure we know, no day, no clause and no rank: 500立方米以上."""
    spans = [(f.start, f.end) for f in figures_in(sentence)]
    numbered = vocabulary().numbered
    for number in _NUMBER.finditer(sentence):
        start, end = number.span()
        is_named = sentence[end:].lstrip().startswith(numbered) or sentence[:start].endswith("第")
        if not (is_named or _ITEM.match(sentence[: end + 1]) or any(a <= start < b for a, b in spans)):
            return number[0]
    return None


_NUMBER = re.compile(r"(?<![\da-z.〔(\-])\d+(?:\.\d+)?(?![\da-z〕)%])")
_ITEM = re.compile(r"^\s*\d+[.、)]")


def _place(offer: Offer) -> int:
    """Where an offer's own part of its sentence begins."""
    return max(0, offer.said.find(offer.label)) if offer.label else 0


def is_for(offer: Offer, around: Iterable[str], asked: str, nouns: Nouns) -> bool:
    """Whether a message speaks of what a clause gives for: of a thing it names other than by its class (设备), or of one of the
    nouns that its base or its sentence has beside measures.

    `around`: headings and title, of which one noun does as well where the base itself has none.
    """
    text = fold(asked)
    nature = base_of(offer).nature
    if nature and vocabulary().natures[nature].of_firm:  # 餐饮企业年营业收入: who the firm is stands in front
        phrase = offer.basis or next((b.noun for b in offer.bounds if b.unit in ("元", "美元")), "")
        counted = _behind_who(phrase)
        own, who = content_of(counted, nouns), _who(phrase, nouns) or _who(offer.label, nouns)
        others = content_of(asked, nouns)  # a supermarket is no 餐饮企业, a 餐厅 may be one
        is_other = bool(who and others) and not any(set(word) & set("".join(others)) for word in who)
        return not is_other and (not own or any(is_said(word, text) for word in own))
    given, above = things_of(f"{offer.label}{offer.basis}"), vocabulary().above
    if any(one in above[other] or other in above[one] for one in given for other in things_of(text)):
        return True
    if own := content_of(offer.basis, nouns):
        return any(is_said(word, text) for word in own)
    label = content_of(offer.label, nouns)
    named = (
        given if base_of(offer).family != "spending" else set()
    )  # 以专利权质押贷款的，按利息: of what it is matters
    return not (label or named) or any(
        is_said(word, text) for word in (*label, *content_of(" ".join(around), nouns))
    )


def _who(text: str, nouns: Nouns) -> list[str]:
    """The noun right before the first word that says who: 餐饮 of 对餐饮企业."""
    folded = fold(text)
    places = sorted(at for who in vocabulary().who if (at := folded.find(who)) > 0)
    before = re.split(r"[,;。:]", folded[: places[0]])[-1] if places else ""
    found = list(nouns(before))
    is_plain = not found or found[-1] in vocabulary().plain_words or literal(before).endswith(" ")
    return [] if is_plain or not before.endswith(found[-1]) else [found[-1]]


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
