"""`Claim, evidence → negation signs`: what the claim denies and the evidence says, or the other way about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.claims.alignment import Aligned
from assistant.claims.reading import Reading, Span, pairs_of, places_of
from assistant.claims.sign import Sign, above, strongest
from assistant.claims.synonyms import SAME

# Negating words; not the words that merely contain the character (不同, 未来, 无人机, 非常), nor 能不能, 有没有.
_NEGATOR = re.compile(
    r"(?<!有)没有|(?<!有)没(?![收落])|"
    r"(?:并)?(?<![能是可会要])不(?![仅只限但断少低超高多小大过管错论久锈动良含变等]|同(?!意)|足|满|到|合格|健康|实|明|力|锈钢)|不(?=等于|含|少见|变动)|"
    r"未(?![来成满])|无(?![论人机线锡穷障疑形数纸偿])|(?<![除莫])非(?![常洲遗法物公营凡典关国农])|禁止|严禁|拒绝|否认|"
    r"\bnot\b|\bno\b|cannot|n't\b|\bnever\b|without"
)
# What may stand between a negating word and what it denies.
_AUXILIARY = re.compile(
    r"(?:[能得会可要用须需应该予必曾再被把将已是有给在就还也都只对与向为以因而使让所其这该的了]|意味着|代表着?|等于|表明|说明|造成|导致|引起|出现|发生|形成|明显|显著|可以|能够|任何|要求|允许|必须|完全|直接|继续|同时|"
    r"can |could |may |must |be |been |is |are |have |has |the |a |an |any )*\s*"
)
_BREAK = re.compile(r"[,。;:、!?()]")
_HEAD, _BEFORE = 4, 8
_AFFIRMED = (0.3, 1.0)


def negation_signs(claim: Reading, evidence: Reading, aligned: Sequence[Aligned]) -> dict[str, Sign]:
    """`denied`: the claim denies what the evidence says; `affirmed`: it says what the evidence denies; by shared pairs."""
    return {
        "denied": strongest(s for a in aligned for s in _denied(claim, evidence, a)),
        "affirmed": above(strongest(s for a in aligned for s in _affirmed(claim, evidence, a)), *_AFFIRMED),
    }


def _denied(claim: Reading, evidence: Reading, aligned: Aligned) -> Iterator[Sign]:
    for head, at in _heads(claim.text, aligned.clause):
        if claim.text[max(0, at - 3) : at + 2] in evidence.text:
            continue
        here = _places(evidence, head, aligned.window)
        places = here or _places(evidence, head, (0, len(evidence.text)))
        if places and not any(_is_denied(evidence.text, p) for p in places):
            yield Sign(0.3 + aligned.share * (1.0 if here else 0.7), f"不{head}")


def _affirmed(claim: Reading, evidence: Reading, aligned: Aligned) -> Iterator[Sign]:
    own = pairs_of(claim.part(aligned.clause))
    for clause in evidence.clauses:
        for head, _ in _heads(evidence.text, clause):
            said = _places(claim, head, aligned.clause)
            if not said or any(_is_denied(claim.text, p) for p in said):
                continue
            share = len(own & pairs_of(evidence.part(clause))) / (len(own) or 1)
            if all(_is_denied(evidence.text, p) for p in _places(evidence, head, (0, len(evidence.text)))):
                yield Sign(0.6 + 0.4 * share, f"{head}←不{head}")
            elif share > 0.4 and all(_is_denied(evidence.text, p) for p in _places(evidence, head, clause)):
                yield Sign(0.2 + 0.6 * share, f"{head}←不{head}")


def _heads(text: str, span: Span) -> Iterator[tuple[str, int]]:
    """(what is denied, where) for each negating word of a stretch: the two characters after the auxiliaries."""
    for match in _NEGATOR.finditer(text, *span):
        auxiliary = _AUXILIARY.match(text, match.end(), span[1])
        start = auxiliary.end() if auxiliary else match.end()
        head = re.split(r"\W", text[start : min(start + _HEAD, span[1])])[0]
        if len(head) >= 2:
            yield head[:2], start


def _is_denied(text: str, at: int) -> bool:
    """Whether a negating word stands before a place with nothing but auxiliaries between."""
    left = _BREAK.split(text[max(0, at - _BEFORE) : at])[-1]
    negators = list(_NEGATOR.finditer(left))
    return bool(negators) and _AUXILIARY.fullmatch(left, negators[-1].end()) is not None


def _places(reading: Reading, head: str, span: Span) -> list[int]:
    """Where a word or its like stands within a stretch."""
    forms = [head, *(s for s in SAME.get(head, ()) if len(s) >= 2)]
    part = reading.part(span)
    return [span[0] + at for form in forms for at in places_of(part, form)]
