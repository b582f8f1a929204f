"""`Claim, evidence → coverage signs`: what a claim says that stands nowhere in its evidence."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from assistant.claims.alignment import Aligned
from assistant.claims.reading import Reading, Word, WordKind, pairs_of
from assistant.claims.sign import NOTHING, Sign, above, strongest
from assistant.claims.synonyms import SAME

# Of a word of two characters that the evidence lacks, this much is told when both characters occur.
_SHARED_CHARACTERS = 0.25
_COMPOUND = 0.9
_TAIL = re.compile(r"[省市县区镇村州国]$|公司$|集团$")
_BETWEEN = "[\u4e00-\u9fff]{0,4}"
_QUOTED = re.compile(r"[《“\"「]([^《》“”\"「」]{2,30})[》”\"」]")
_BODY = re.compile(
    r"(?:局|委|厅|部|院|所|会|社|办|署|司|校|馆|园|站|港|厂|队|大学|中心|公司|集团|银行|协会|基金|平台|联盟)$"
)
_LONGEST_BODY = 4
_LISTING = re.compile(r"、|以及|[和及与]")
# True paraphrases also bring up to one new noun, and up to about four characters in a row without any known pair.
_NEW_NOUNS = (0.8, 2.0)
_RUN = (math.log1p(4), math.log1p(10))
# A clause of so many pairs shares two in five of them with its window even in free paraphrases.
_LEAST_PAIRS = 4
_FAR = (0.6, 1.0)


def told(word: str, evidence: str) -> float:
    """How far a word stands in the evidence: 1 itself, nearly 1 a synonym or a short form, less only parts of it."""
    if word in evidence:
        return 1.0
    if any(other in evidence for other in SAME.get(word, ())) or is_short_for(word, evidence):
        return _COMPOUND
    if len(word) < 3:
        return _SHARED_CHARACTERS * sum(c in evidence for c in word) / len(word)
    short = _TAIL.sub("", word)
    if len(short) >= 2 and short in evidence:
        return 1.0
    if any(word[:i] in evidence and word[i:] in evidence for i in range(2, len(word) - 1)):
        return _COMPOUND
    pairs = [word[i : i + 2] for i in range(len(word) - 1)]
    return 0.8 * sum(p in evidence for p in pairs) / len(pairs)


def is_short_for(word: str, evidence: str) -> bool:
    """科创局 for 科技创新局: three or more characters that stand in this order and close together."""
    if len(word) < 3 or not all("\u4e00" <= c <= "\u9fff" and c in evidence for c in word):
        return False
    return re.search(_BETWEEN.join(word), evidence) is not None


def coverage_signs(claim: Reading, evidence: str, aligned: Sequence[Aligned]) -> dict[str, Sign]:
    """New nouns, names, bodies and quoted titles, the longest stretch without a known pair, the clause least told."""
    if claim.is_foreign:
        return dict.fromkeys(
            (
                "new_nouns",
                "new_names",
                "new_person",
                "new_body",
                "new_title",
                "new_run",
                "new_item",
                "far_clause",
            ),
            NOTHING,
        )
    nouns, names = _new(claim, "noun", evidence), _new(claim, "name", evidence)
    persons = _new(claim, "person", evidence)
    titles = _new_titles(claim.text, evidence)
    return {
        "new_nouns": above(nouns, *_NEW_NOUNS),
        "new_names": Sign(min(names.value, 2.0), names.detail) if names.value > 0.5 else NOTHING,
        "new_person": Sign(1.0, persons.detail) if persons.value > 0.7 else NOTHING,
        "new_body": _new_body(claim, evidence),
        "new_title": Sign(1.0, titles[0]) if titles else NOTHING,
        "new_run": above(_longest_new_run(claim, evidence), *_RUN),
        "new_item": strongest(_new_items(claim, evidence)),
        "far_clause": above(strongest(_distances(claim, aligned)), *_FAR),
    }


def _new_titles(claim: str, evidence: str) -> list[str]:
    """Quoted titles that the evidence lacks; a short one must stand there in quotes too."""
    there = " ".join(_QUOTED.findall(evidence))
    return [t for t in _QUOTED.findall(claim) if t not in evidence or (len(t) <= 3 and t not in there)]


def _new(claim: Reading, kind: WordKind, evidence: str) -> Sign:
    missing = [(1 - _told_in(claim, w, evidence), w.text) for w in claim.content if w.kind == kind]
    return Sign(sum(m for m, _ in missing), " ".join(word for m, word in missing if m > 0.3))


def _told_in(claim: Reading, word: Word, evidence: str) -> float:
    """As `told`; a short word may be a piece of a short form that was cut wrongly: 问科|创局."""
    share = told(word.text, evidence)
    around = (claim.text[max(0, word.start - 1) : word.end], claim.text[word.start : word.end + 1])
    cut_wrongly = share < _COMPOUND and len(word.text) == 2 and any(is_short_for(t, evidence) for t in around)
    return _COMPOUND if cut_wrongly else share


def _new_body(claim: Reading, evidence: str) -> Sign:
    """The name of a body (局, 委, 大学, 公司 …) made of words of which the evidence lacks one."""
    run: list[Word] = []
    for word in claim.words:
        if word.kind not in ("person", "name", "noun"):
            run = []
            continue
        run = [*run[-_LONGEST_BODY:], word]
        whole = "".join(w.text for w in run)
        if not _BODY.search(whole):
            continue
        known = whole in evidence or any(is_short_for(whole[-n:], evidence) for n in (3, 4, 5, 6))
        if len(whole) >= 3 and not known and min(told(w.text, evidence) for w in run) < 0.85:
            return Sign(1.0, whole)
        run = []
    return NOTHING


def _new_items(claim: Reading, evidence: str) -> Iterator[Sign]:
    """An item of an enumeration that the evidence lacks, while it has another item of the same enumeration."""
    for clause in claim.clauses:
        ends = [m.span() for m in _LISTING.finditer(claim.text, *clause)]
        if not ends or "、" not in claim.part(clause):
            continue
        edges = [clause[0], *(edge for span in ends for edge in span), clause[1]]
        items = [claim.words_in((a, b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        items = [items[0][-1:], *items[1:-1], items[-1][:2]]
        shares = [max((_told_in(claim, w, evidence) for w in item), default=1.0) for item in items]
        for item, share in zip(items, shares, strict=True):
            if share < 0.3 and max(shares) == 1.0:
                yield Sign(1.0, "".join(w.text for w in item))


def _distances(claim: Reading, aligned: Sequence[Aligned]) -> Iterator[Sign]:
    for a in aligned:
        if len(pairs_of(claim.part(a.clause))) >= _LEAST_PAIRS:
            yield Sign(1 - a.share, claim.part(a.clause))


def _longest_new_run(claim: Reading, evidence: str) -> Sign:
    """ln(1 + length) of the longest stretch of characters no pair of which stands in the evidence; figures end one."""
    text, run, longest = claim.text, "", ""
    for i, char in enumerate(text):
        if not char.isalnum():
            continue
        known = (i and text[i - 1 : i + 1] in evidence) or text[i : i + 2] in evidence
        run = "" if known or char.isdigit() else run + char
        longest = max(longest, run, key=len)
    return Sign(math.log1p(len(longest)), longest)
