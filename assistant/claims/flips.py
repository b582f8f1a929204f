"""`Claim, evidence → flip signs`: a bound, a permission, a direction … of the claim that excludes the evidence's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.claims.alignment import Aligned
from assistant.claims.opposites import CHOICES, SIDES
from assistant.claims.reading import Reading
from assistant.claims.sign import NOTHING, Sign, strongest
from assistant.claims.synonyms import SAME

# A clause that shares less with its window says nothing about the window's words.
_LEAST_SHARE = 0.25
_CONJUNCTION = re.compile(
    r"(?<=[\u4e00-\u9fff\d%a-z])(,?(?:或者|并且|而且|并|且|或)(?:同时)?)(?=[\u4e00-\u9fff\da-z])"
)
_DENIED = re.compile(r"(?:不是|并非|不|没有?|非)$")
_OR, _AND = re.compile(r"或|还是"), re.compile(r"且|并|同时|既|以及")
_REACH = 14
_UNBOUNDED = (
    (
        r"只有|仅|唯一|单独|独家|专用|专门|只[限能认算]",
        r"(?<!不)(?:只(?!要)|仅)|限于|只限|单独|独家|专用|专门|专属|唯一",
    ),
    (r"所有|全部|全都|一律|任何|完全|无论|不论|全体|彻底", r"所有|全|一律|任何|无论|不论|均|都|各|100%"),
    (
        r"最[大高多好早新强优佳快]|首[个次家位创]|第1|冠军|领先|史上|罕见|空前",
        r"最|首|第1|冠军|金牌|榜|创.{0,6}(?:新高|纪录)|刷新|领先|第一",
    ),
    (r"必须|强制|务必|一定要|不得不", r"必须|须|应|强制|务必|要求|需|不得"),
    (r"全国|全球|世界|国际|国家级|全省", r"全国|全球|世界|国际|国家|全省|我国|中国|省"),
)
_ABSOLUTE = tuple((re.compile(said), re.compile(there)) for said, there in _UNBOUNDED)


def flip_signs(claim: Reading, evidence: Reading, aligned: Sequence[Aligned]) -> dict[str, Sign]:
    """`opposed` (nowhere in the evidence as claimed), `opposed_here`; `chosen`; `conjunction`; `absolute`."""
    sides = list(_sides(claim, evidence, aligned))
    choices = list(_choices(claim, evidence, aligned))
    return {
        **{name: strongest(s for kind, s in sides if kind == name) for name in ("opposed", "opposed_here")},
        **{name: strongest(s for kind, s in choices if kind == name) for name in ("chosen", "chosen_here")},
        "conjunction": strongest(_conjunctions(claim.text, evidence.text)),
        "absolute": strongest(_absolutes(claim.text, evidence.text)),
        "superlative": strongest(_new_superlatives(claim.text, evidence.text)),
    }


def _sides(claim: Reading, evidence: Reading, aligned: Sequence[Aligned]) -> Iterator[tuple[str, Sign]]:
    for a in aligned:
        if a.share <= _LEAST_SHARE:
            continue
        said, there = claim.part(a.clause), evidence.part(a.window)
        for answers in SIDES.values():
            mine = {i: m for i, p in enumerate(answers) if (m := p.search(said))}
            if any(_DENIED.search(said[: m.start()]) for m in mine.values()):
                continue
            theirs = {i: m for i, p in enumerate(answers) if mine and (m := p.search(there))}
            if theirs and not mine.keys() & theirs.keys():
                held = any(answers[i].search(evidence.text) for i in mine)
                kind = "opposed_here" if held else "opposed"
                words = f"{next(iter(mine.values()))[0]}←{next(iter(theirs.values()))[0]}"
                yield kind, Sign(0.4 + 0.6 * a.share, words)


def _choices(claim: Reading, evidence: Reading, aligned: Sequence[Aligned]) -> Iterator[tuple[str, Sign]]:
    """A word of which only one can be meant, where the window has another of its kind."""
    for a in aligned:
        said, there = claim.part(a.clause), evidence.part(a.window)
        for word in (w for w in CHOICES if w in said and w not in there):
            others = [o for o in CHOICES[word] if o in there and word not in o and o not in said]
            other = next(iter(sorted(others)), None)
            if other and not _is_told_otherwise(word, said, there):
                kind = "chosen_here" if word in evidence.text else "chosen"
                yield kind, Sign(1.0, f"{word}←{other}")


def _is_told_otherwise(word: str, said: str, there: str) -> bool:
    """Whether the window has a synonym of the word, or the claim only denies it: 不收费 for 免费."""
    return (
        any(len(like) > 1 and like in there for like in SAME.get(word, ()))
        or re.search(f"[不非没未无]{word}", said) is not None
    )


def _conjunctions(claim: str, evidence: str) -> Iterator[Sign]:
    """或 for 且 or 且 for 或 between the same two words."""
    for match in _CONJUNCTION.finditer(claim):
        left, right = claim[max(0, match.start() - 2) : match.start()], claim[match.end() : match.end() + 2]
        between = []
        for found in re.finditer(re.escape(left), evidence):
            at = evidence.find(right, found.end(), found.end() + _REACH)
            between += [evidence[found.end() : at]] if at >= 0 else []
        if between:
            there = min(between, key=len)
            listed = there == "、"
            if _OR.search(match[1]) and not _OR.search(there) and (_AND.search(there) or listed):
                yield Sign(0.8 if listed else 1.0, f"{match[1]}←{there}")
            elif not _OR.search(match[1]) and _OR.search(there) and not _AND.search(there):
                yield Sign(1.0, f"{match[1]}←{there}")


def _absolutes(claim: str, evidence: str) -> Iterator[Sign]:
    """Only, all, most, must, nationwide: said where the evidence has no word of the kind."""
    for said, there in _ABSOLUTE:
        match = said.search(claim)
        yield Sign(1.0, match[0]) if match and not there.search(evidence) else NOTHING


def _new_superlatives(claim: str, evidence: str) -> Iterator[Sign]:
    """Only, all, most: in a word that the evidence does not use."""
    for said, _ in _ABSOLUTE[:3]:
        for match in said.finditer(claim):
            yield Sign(1.0, match[0]) if match[0] not in evidence else NOTHING
