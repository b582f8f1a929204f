"""`A model's claim, passages → the claim as it may be said, or why not`.

What is wrong with form is mended (markup, script, citations of the wrong passage), what is wrong with content is left out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.claims import score_claim
from assistant.claims.coverage import told
from assistant.claims.reading import read
from assistant.keyword_index import words
from assistant.models import Claim, Passages, Query
from assistant.steps.language_of import in_script, is_in
from assistant.steps.model_words import model_words
from assistant.steps.sides import named_in, names_of, parts, places_of, shares
from assistant.steps.verify import check, citable, quotes
from assistant.text import clean_input, fold, sentences, simplify
from assistant.values import Value, is_covered, values_in

_ELEMENT = re.compile(r"<(script|style|iframe|svg|object)\b.*?(?:</\1\s*>|\Z)", re.S | re.I)
_TAG = re.compile(r"<[/!]?[a-zA-Z][^<>]*>")
_MARKUP = re.compile(r"<\s*[/!a-zA-Z]|javascript:|\bon\w+\s*=", re.I)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_DECORATION = re.compile(r"\*\*|__|`+|^\s*(?:[-*•#>]+\s+)+")
_MARKS = re.compile(r"\s*\[\d{1,3}\]")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s，。；、）)》\"'<>\u4e00-\u9fff]+|[\w.+-]+@[\w-]+\.[\w.]+", re.A
)
# Whether the asker gets something is decided by rule.
_VERDICT = re.compile(
    r"(?:贵(?:司|公司|企业|单位)|您|你们?)[^，。；]{0,14}(?:符合|满足|有资格|够得上|不够格|(?:可以?|能够?|将|会)(?:获得?|得到?|拿到?|享受))"
    r"|\byou(?:r (?:company|firm))?\b[^,.;]{0,20}\b(?:eligible|qualif(?:y|ies)|will receive|will get)\b",
    re.I,
)
SAID = "already said"
# 能不能, 有没有: of these one half is the answer.
_EITHER_WAY = re.compile(r"(.)[不没]\1")
Spans = tuple[tuple[int, int], ...]
_LONGEST = 300
_RUN = 14  # characters in a row that a claim and our prompt do not share by chance
_SUPPORTED_ELSEWHERE = 0.88  # a citation that we put in ourselves is one that nothing at all speaks against
_TOPIC_END = re.compile(
    r"可以?|不[能得可予]|能|须|需|应|要|必须|由|按|为|是|找|请|联系|拨打|咨询|登录|通过|凭|每|属于|给予|享受|最[高多低]|不?超过|包括|有|没有|未|另|自|从|向|在|对|将|已"
)
_TOPICAL, _TOLD = ("noun", "name", "person"), 0.5
_NOT = re.compile(r"不|未|无|非|没有|除外|禁止|仅|只")
_NOT_EN = re.compile(
    r"\b(?:not?|never|none|without|cannot|except|exclud\w+|ineligible|unless|only|un\w+ed)\b|n't\b", re.I
)


@dataclass(frozen=True)
class Examined:
    """A claim as it may be said, or why it may not; the words as the model had them."""

    written: str
    claim: Claim | None = None
    reason: str | None = None


class Gate:
    """Examines the claims of one reply against the passages that the model was given."""

    def __init__(self, query: Query, passages: Passages, prompt: str, said: str = "") -> None:
        self._query, self._passages = query, passages
        self._texts = [citable(p) for p in passages.kept]
        known = _dense("".join([query.text, *self._texts]))
        self._secret = _runs(_dense(prompt)) - _runs(known)
        self._said = [said] if said else []
        self._names = {p.chunk.document_id: names_of(p.head) for p in passages.kept}

    def examine(self, claim: Claim) -> Examined:
        """Judge one claim; what passes counts as said from then on."""
        text = _tidy(claim.text)
        if (reason := self._fault_of_form(text)) is not None:
            return Examined(claim.text, reason=reason)
        text = in_script(self._query.language, text)
        if self._only_asks(text):
            return Examined(claim.text, reason="only repeats the question")
        found = self._grounded(text, claim.support)
        if isinstance(found, str):
            return Examined(claim.text, reason=found)
        if self._is_said(text):
            return Examined(claim.text, reason=SAID)
        self._said.append(text)
        return Examined(claim.text, found)

    def _only_asks(self, text: str) -> bool:
        """Whether a claim has nothing but the question's words, as a question or turned into a statement."""
        asked = _EITHER_WAY.sub(r"\1", fold(simplify(self._query.text)))
        said = fold(simplify(text))
        denies = _NOT_EN if self._query.language == "en" else _NOT
        if denies.search(said) and not denies.search(asked):
            return False
        if not all(is_covered(v, values_in(asked)) for v in values_in(said)):
            return False
        own = {w for w in words(said) if len(w) > 1 and not w[0].isdigit()} - model_words().claims.fillers
        return all(w in asked for w in own)

    def _fault_of_form(self, text: str) -> str | None:
        if len(text) < 2:
            return "empty"
        if len(text) > _LONGEST:
            return f"longer than {_LONGEST} characters"
        if _MARKUP.search(text):
            return "markup"
        if not is_in(self._query.language, _ADDRESS.sub("", text)):
            return f"not in the language asked for ({self._query.language})"
        if _runs(_dense(text)) & self._secret:
            return "repeats its instructions"
        if _VERDICT.search(text):
            return "decides for the asker, which only the rules do"
        return None

    # ------------------------------------------------------------------ evidence

    def _grounded(self, text: str, cited: Sequence[int]) -> Claim | str:
        """The claim with the passages that carry it and their quotes, or why none does.

        Of the cited passages those that do; where none does, another one that surely does.
        """
        given = tuple(i for i in cited if 0 <= i < len(self._texts))
        reason = "cites a passage that was not given" if cited else "no citation"
        for support in self._choices(given):
            found = self._carried_by(text, support)
            if isinstance(found, Claim):
                return found
            reason = found if support == given else reason
        others = [i for i in range(len(self._texts)) if i not in given]
        best = max(((self._judge(text, (i,))[0], -i) for i in others), default=(0.0, 0))
        if best[0] < _SUPPORTED_ELSEWHERE:
            return reason
        found = self._shown(text, (-best[1],))
        return found if isinstance(found, Claim) else reason

    def _choices(self, given: tuple[int, ...]) -> list[tuple[int, ...]]:
        """All cited passages together, then those of each paper alone."""
        papers = dict.fromkeys(self._paper(i) for i in given)
        alone = [tuple(i for i in given if self._paper(i) == paper) for paper in papers]
        return list(dict.fromkeys(support for support in (given, *alone) if support))

    def _carried_by(self, text: str, support: tuple[int, ...]) -> Claim | str:
        """The claim with the fewest of these passages that carry it together, or what speaks against all."""
        score, reason = self._judge(text, support)
        if reason is not None:
            # The scorer takes two papers that say the same of two places for one that had the places exchanged.
            return self._shown(text, support) if self._holds_by_sides(text, support) else reason
        alone = tuple(i for i in support if self._judge(text, (i,))[0] >= score)
        found = self._shown(text, alone) if alone else "nothing alone"
        return found if isinstance(found, Claim) else self._shown(text, support)

    def _holds_by_sides(self, text: str, support: tuple[int, ...]) -> bool:
        """Whether a claim that names each paper it cites says of each only what that paper carries."""
        papers = list(dict.fromkeys(self._paper(i) for i in support))
        said = parts(simplify(text), self._names)
        if len(papers) < 2 or not set(papers) <= said.keys():
            return False
        own = {paper: tuple(i for i in support if self._paper(i) == paper) for paper in papers}
        return all(self._judge(said[paper], own[paper])[1] is None for paper in papers)

    def _shown(self, text: str, support: tuple[int, ...]) -> Claim | str:
        """The claim with its quotes, where they show all its figures, and each in the paper that it names for it."""
        claim = Claim(text=text, support=support)
        claim = claim.model_copy(update={"quotes": self._spans(claim)})
        cited = {self._paper(i) for i in support}
        named = named_in(simplify(text), self._names)
        if len(cited) > 1 and not cited <= named:
            return "rests on several papers and does not name each"
        if (strange := self._strange(text, support)) is not None:
            return strange
        if (given := shares(simplify(text), self._names)) is None:
            return "does not tell which figure is of which paper"
        shown = {paper: self._figures_shown(claim, paper) for paper in cited}
        everywhere = [v for values in shown.values() for v in values]
        for share in given:
            there = (
                [v for paper in share.papers & cited for v in shown[paper]]
                if share.papers & cited
                else everywhere
            )
            if missing := [v for v in share.figures if not is_covered(v, there)]:
                return f"figures not in the quotes that are shown: {[str(v.value) for v in missing]}"
        return claim

    def _strange(self, text: str, support: tuple[int, ...]) -> str | None:
        """A place whose paper was given and is not cited, where the cited passages do not speak of it either."""
        there = fold("\n".join(self._texts[i] for i in support))
        own = {name for i in support for name in places_of(self._passages.kept[i].head)}
        for passage in self._passages.kept:
            others = places_of(passage.head) - own
            said = [name for name in others if name in fold(simplify(text))]
            if said and not any(name in there for name in others):
                return f"speaks of {said[0]}, whose paper it does not cite"
        return None

    def _paper(self, index: int) -> str:
        return self._passages.kept[index].chunk.document_id

    def _figures_shown(self, claim: Claim, paper: str) -> list[Value]:
        """The figures that a reader sees of a paper: in its quotes, its title, its number, the article."""
        shown = []
        for index, (start, end) in zip(claim.support, claim.quotes, strict=True):
            if self._paper(index) == paper:
                head, chunk = self._passages.kept[index].head, self._passages.kept[index].chunk
                quote = chunk.text[start - chunk.start : end - chunk.start]
                shown += [head.title, head.document_number or "", chunk.article or "", quote]
        return values_in("\n".join(shown))

    def _judge(self, text: str, support: tuple[int, ...]) -> tuple[float, str | None]:
        """(score, reason against); the score is 0 where there is a reason."""
        result = check(Claim(text=text, support=support), self._passages)
        if not result.passed:
            return 0.0, result.reason
        there = "\n".join(self._texts[i] for i in support)
        if any(address.rstrip("./") not in there for address in _ADDRESS.findall(text)):
            return 0.0, "an address that is not in the cited passages"
        if (reason := self._fault_of_content(text, there, support)) is not None:
            return 0.0, reason
        support_found = score_claim(simplify(text), [self._texts[i] for i in support])
        if not support_found.supported:
            return 0.0, "not supported: " + "; ".join(support_found.reasons)
        return support_found.score, None

    def _fault_of_content(self, text: str, there: str, support: tuple[int, ...]) -> str | None:
        """What the scorer of claims does not see: a word without its 非, a topic from elsewhere, English turned round."""
        if self._query.language == "en":
            if not values_in(text):
                return "an English sentence without a figure cannot be checked against Chinese papers"
            spans = quotes(Claim(text=text, support=support), self._passages)
            quoted = [self._passages.kept[i].chunk for i in support]
            said = [c.text[a - c.start : b - c.start] for c, (a, b) in zip(quoted, spans, strict=True)]
            turned = _NOT_EN.search(text) and not any(_NOT.search(q) for q in said)
            return "denies what the passages say" if turned else None
        if turned_word := _turned(text, there):
            return f"says {turned_word} where the cited passages say 非{turned_word}"
        unknown = _unknown_topic(simplify(text), there)
        return f"speaks of {unknown}, which the cited passages do not" if unknown else None

    def _is_said(self, text: str) -> bool:
        """Whether all figures and nearly all words of a claim were said before."""
        before = fold("\n".join(self._said))
        stated = values_in(before)
        own = {w for w in words(simplify(text)) if len(w) > 1}
        known = {w for w in own if w in before}
        return all(is_covered(v, stated) for v in values_in(text)) and len(known) >= 0.8 * len(own)

    def _spans(self, claim: Claim) -> Spans:
        spans = quotes(claim, self._passages)
        wanted = values_in(claim.text)
        found = []
        for i, span in zip(claim.support, spans, strict=True):
            wide = self._unblanked(claim, i, self._widened(i, span, wanted))
            found.append(wide)
        return tuple(found)

    def _widened(self, index: int, span: tuple[int, int], wanted: Sequence[Value]) -> tuple[int, int]:
        """A quote on to the nearest sentences that have the figures it lacks, where its passage has them."""
        chunk = self._passages.kept[index].chunk
        start, end = span[0] - chunk.start, span[1] - chunk.start
        for value in wanted:
            if is_covered(value, values_in(chunk.text[start:end])):
                continue
            having = [
                (a, b) for a, b in sentences(chunk.text) if is_covered(value, values_in(chunk.text[a:b]))
            ]
            if having:
                a, b = min(having, key=lambda s: max(start - s[0], s[1] - end))
                start, end = min(start, a), max(end, b)
        return chunk.start + start, chunk.start + end

    def _unblanked(self, claim: Claim, index: int, span: tuple[int, int]) -> tuple[int, int]:
        """Of a quote with a blanked sentence inside, the part on one side that says more of the claim."""
        chunk = self._passages.kept[index].chunk
        start = span[0] - chunk.start
        quote = chunk.text[start : span[1] - chunk.start]
        own = set(words(claim.text))
        parts = [m.span() for m in re.finditer(r"\S(?:.*?\S)??(?=\s*　{3}|\s*\Z)", quote, re.S)]
        a, b = max(
            parts, key=lambda part: len(own & set(words(quote[slice(*part)]))), default=(0, len(quote))
        )
        return span[0] + a, span[0] + b


def _tidy(text: str) -> str:
    """A claim as plain text in one line, without markup and without marks of citations."""
    text = _ELEMENT.sub("", html.unescape(text))
    text = _LINK.sub(r"\1", _TAG.sub("", text))
    text = _DECORATION.sub("", _MARKS.sub("", clean_input(text)))
    return re.sub(r"\s+", " ", text).strip()


def _unknown_topic(text: str, evidence: str) -> str | None:
    """A word of what a claim is about, that is before its first verb, which the evidence lacks; None where it has all."""
    there = read((evidence,)).text
    end = _TOPIC_END.search(text)
    for word in read((text[: end.start()] if end else text,)).words:
        if word.kind in _TOPICAL and len(word.text) > 1 and told(word.text, there) < _TOLD:
            return word.text
    return None


def _turned(text: str, evidence: str) -> str | None:
    """A word that the evidence has only behind 非 and the claim only without (非关联方 → 关联方), or None."""
    there, said = fold(evidence), fold(text)
    for word in dict.fromkeys(re.findall(r"非([\u4e00-\u9fff]{2,3})", there)):
        bare = rf"(?<!非){word}"
        if re.search(bare, said) and not re.search(bare, there) and f"非{word}" not in said:
            return str(word)
    return None


def _dense(text: str) -> str:
    return re.sub(r"\W", "", fold(text))


def _runs(dense: str) -> set[str]:
    return {dense[i : i + _RUN] for i in range(len(dense) - _RUN + 1)}
