"""`Query, Passages → Claims`: by rule, from the passages' own sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from assistant.keyword_index import words
from assistant.models import Claim, Intent, Passage, Passages, Query, Wanted
from assistant.ports import KeywordIndex
from assistant.steps.asked_before import answering
from assistant.steps.choice import chances
from assistant.steps.naming import support_names
from assistant.steps.planted import is_planted
from assistant.steps.rows import rows_in
from assistant.text import CELL_MARK, sentences
from assistant.values import Value, ValueKind, is_covered, values_in

MAX_CLAIMS = 3
_KEPT = 0.2  # of the best sentence: one below says something else
Replaced = Callable[[str, str | None, str], bool]
_MOST_ITEMS, _MOST_CHARACTERS = 12, 500
_PRICED = 3  # items with a sum or a share that make a list one of prices
_MOST_LISTED = 3  # items that make a sentence more of an answer to whoever asks for a list
_LEFT_OPEN = 0.3
_TELLING = 3.0  # weight of open topic words below which nothing is missing
_NAMED = 3.0  # weight of naming the very support that is asked for, and of naming another one
_RULING = re.compile(
    r"不予|不得|不属于|不支持|不包括|不包含|不纳入|不计入|不适用|除外|不能|不可|仅限|只限|不算|均可|可以(?:申|享|领)"
)
_RULING_WEIGHT = 2.0
_VARIANT = re.compile(
    r"提高(?:到|至)|上浮|再?增加\s*\d+\s*个百分点|前[款述]|上述(?:标准|比例|基础)|^(?:其中|仅)"
)
_FEWEST_SIDES = 2  # of a comparison
_LONGEST_PAIR = 240
_FIRST_ITEM = re.compile(r"[:：]\s*(?:[（(](?:一|1)[）)]|1[.．、]|①)")
_HOW_THEY_COUNT = re.compile(r"(?:任[一意]|之一|同时(?:满足|符合|具备)|以下|下列)[^。；;]*$")
_PARTS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("label", r"[【\[]?[\u4e00-\u9fff]{2,10}[】\]]?[：:]"),
        ("article", r"第[一二三四五六七八九十百\d]+条"),
        ("first", r"[一二三四五六七八九十]{1,3}、"),
        ("second", r"[（(][一二三四五六七八九十]{1,3}[）)]"),
        ("third", r"\d{1,2}[.．、](?!\d)"),
        ("fourth", r"[（(]\d{1,2}[）)]"),
        ("fifth", r"[①-⑳]"),
    )
)
_ONE = re.compile(r"\s*(?:[（(](?:一|1)[）)]|1[.．、]|①)")
_MOST, _CEILING = "最高", re.compile(r"不(?:得)?超过|不高于|上限|封顶|为限")  # the same, in other words
# 第十二条 购房补贴。 names what follows.
_HEADING = re.compile(
    r"(?:第[一二三四五六七八九十百\d]+条\s*|[（(][一二三四五六七八九十\d]+[）)]\s*)[^，,；;：:。\d]{2,14}。?$"
    r"|\d{1,2}[.．、]\s*[^，,；;：:。\d]{2,14}。$"
)
# Lines that say nothing alone: a label with its value, a day, an office and a day, a question of a list of questions.
_BARE = re.compile(
    r"(?:发文字号|发布机构|发布日期|成文日期|来源|序号|索引号|主题词|附件|联系人|地址|邮编|编辑|责任编辑)\s*[:：].{0,80}$"
    r"|[\u4e00-\u9fff（）()\s]{0,30}20\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日$|问\s*[:：].*[?？]$"
)
_OFFICE = re.compile(r"[\u4e00-\u9fff]{2,}(?:局|委员会|委|署|厅|管委会|人民政府|部门)")
# Where one files: a counter, a site, an address.
_COUNTER = re.compile(
    r"平台|系统|网站|官网|网址|www\.|\.gov\.cn|专区|专栏|窗口|小程序|公众号|登录|邮寄|邮箱|地址"
)


def compose(
    query: Query, passages: Passages, keywords: KeywordIndex, is_replaced: Replaced = lambda *_: False
) -> Iterator[Claim]:
    """The sentences that answer best, word for word: at most three, best first, none said twice.

    `is_replaced`: document id, clause, sentence → whether a later paper has replaced what it says.
    """
    if answers := list(_of_its_own_questions(query, passages, keywords, is_replaced)):
        yield from answers
        return
    candidates = sorted(_candidates(query, passages, keywords, is_replaced), key=lambda c: -c[0])
    sides = _of_each_side(query, passages, [claim for _, claim, _ in candidates])
    candidates.sort(key=lambda c: c[1] not in sides)  # stable: both sides first, then what else there is
    most = max(MAX_CLAIMS, 2 * len(sides))
    asked = set(query.topic_keywords)
    said: list[tuple[set[str], list[Value], Claim]] = []
    for score, claim, present in candidates:
        if len(said) == most or (claim not in sides and score < _KEPT * candidates[0][0]):
            return
        if sides and claim.support[0] not in {place for side in sides for place in side.support}:
            continue
        if not {"list", "comparison"} & set(query.intents) and any(
            _is_lesser_row(claim, other, present & asked, had & asked) for had, _, other in said
        ):
            continue
        figures, place = values_in(claim.text), claim.support[0]
        compared = "comparison" in query.intents
        own = passages.kept[place].head.id
        if any(
            _overlap(claim, other)
            or _is_repeat(
                present, figures, had, carried, compared or own == passages.kept[other.support[0]].head.id
            )
            for had, carried, other in said
        ):
            continue
        said.append((present, figures, claim))
        yield claim


def _of_its_own_questions(
    query: Query, passages: Passages, keywords: KeywordIndex, is_replaced: Replaced
) -> Iterator[Claim]:
    """From a paper of questions and answers, the best sentence under each of its questions that was asked."""
    told: list[Claim] = []
    for index, wanted in answering(query, passages):
        part = query.model_copy(update={"wanted": wanted or query.wanted})
        own = [c for c in _candidates(part, passages, keywords, is_replaced) if c[1].support == (index,)]
        if own:
            told.append(max(own, key=lambda c: c[0])[1])
    yield from dict.fromkeys(told)


def _is_lesser_row(claim: Claim, other: Claim, present: set[str], had: set[str]) -> bool:
    """Whether a claim is a row of a table of which another row has all that it has of the question, and more."""
    rows = CELL_MARK in claim.text and CELL_MARK in other.text and claim.support == other.support
    return rows and present < had


def _of_each_side(query: Query, passages: Passages, claims: Sequence[Claim]) -> list[Claim]:
    """Where places are compared, what the papers of each say best; none unless each has a paper and one says nothing better."""
    if "comparison" not in query.intents or len(query.regions) < _FEWEST_SIDES:
        return []
    found = []
    for region in query.regions:
        stem = region.rpartition("/")[2].rstrip("市区县省")
        places = [
            index
            for index, passage in enumerate(passages.kept)
            if stem in f"{passage.head.region or ''}{passage.head.title}"
        ]
        best = next((claim for claim in claims if claim.support[0] in places), None)
        if best is None:
            return []
        found.append(best)
    return sorted(dict.fromkeys(found), key=claims.index)


def _overlap(claim: Claim, other: Claim) -> bool:
    """Whether one of two claims is a part of the other."""
    return claim.text in other.text or other.text in claim.text


def _is_repeat(
    present: set[str], figures: list[Value], other: set[str], carried: list[Value], compared: bool
) -> bool:
    """Whether most words were said; where things are compared, or one paper says both, other figures are no repeat."""
    alike = len(present & other) > 0.7 * min(len(present), len(other))
    return alike and not (compared and any(not is_covered(v, carried) for v in figures))


def is_covered_by(query: Query, keywords: KeywordIndex, covered: str) -> bool:
    """Whether what was said already has most of the question's topic."""
    said = set(words(covered))
    weights = {w: keywords.weight(w) for w in query.keywords if len(w) > 1 and not w.isascii()}
    left = sum(v for w, v in weights.items() if w not in said)
    return left < _LEFT_OPEN * sum(weights.values())


def beyond(
    query: Query, passages: Passages, keywords: KeywordIndex, covered: str, enough: bool
) -> Iterator[Claim]:
    """The sentences that speak of what was asked and the statements did not: one, when what was said is enough.

    `covered`: the statements and their quotes. A sentence adds something when it has half of the topic that is open.
    """
    said = set(words(covered))
    there = set(
        words(" ".join(p.chunk.text for p in passages.kept))
    )  # the others are wording of the question
    weights = {w: keywords.weight(w) for w in query.keywords if len(w) > 1 and w in there}
    left = {w: v for w, v in weights.items() if w not in said and not any(c.isdigit() for c in w)}
    total = sum(left.values())
    if total < 0.25 * sum(weights.values()) or total < _TELLING:
        return
    found = []
    for index, passage in enumerate(passages.kept):
        for start, end, text, _ in _sentences(passage):
            gained = sum(v for w, v in left.items() if w in set(words(text)))
            if gained >= 0.5 * total and text not in covered and not _HEADING.match(text.strip()):
                span = (passage.chunk.start + start, passage.chunk.start + end)
                rank = gained - 0.3 * index + _shape(query.wanted, text)
                found.append((rank, -index, Claim(text=text, support=(index,), quotes=(span,))))
    found.sort(key=lambda f: f[:2], reverse=True)
    for _, _, claim in found[: 1 if enough else 2]:
        yield claim


def _sentences(passage: Passage) -> Iterator[tuple[int, int, str, tuple[str, ...]]]:
    """(start, end, text, its items) of the sentences of a passage; titles, headings and office names are none.

    One that announces a list comes with the list. Of a list of prices the items are told, and the first one alone too.
    """
    text = passage.chunk.text
    spans = _with_whole_rows(text, list(sentences(text)))
    for number, (start, end) in enumerate(spans):
        said = text[start:end]
        if said.strip() in (passage.head.title, passage.head.issuer, passage.head.document_number):
            continue
        if _BARE.match(said.strip()) and CELL_MARK not in said:
            continue
        items: tuple[str, ...] = ()
        if number and _VARIANT.search(said):  # what it is raised from stands in the sentence before
            before, _ = spans[number - 1]
            if end - before <= _LONGEST_PAIR and not _BARE.match(text[before:end]):
                start, said = before, _one_line(text[before:end])
        if said.rstrip().endswith(("：", ":")) or _FIRST_ITEM.search(said) or _announces(text, spans, number):
            last = _end_of_list(text, spans, number)
            items = (said, *(text[a:b] for a, b in spans[number + 1 :] if b <= last))
            items = items if sum(map(_is_priced, items)) >= _PRICED else ()
            if items and _FIRST_ITEM.search(said) and not is_planted(text, start, end):
                yield start, end, said, ()
            listed = text[start:last]
            if _announces(text, spans, number):  # the heading ends like an announcement
                listed, items = f"{text[start:end].rstrip()}：{text[end:last].lstrip()}", ()
            end, said = last, _one_line(listed)
        if not is_planted(text, start, end):
            yield start, end, said, items


def _with_whole_rows(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sentences, the cells of a row of a table together: the name of a row says what its figures are of."""
    kept, whole = list(spans), []
    for row in rows_in(text):
        cells = [s for s in spans if row.start <= s[0] and s[1] <= row.end]
        if cells:
            kept = [s for s in kept if s not in cells]
            whole.append((cells[0][0], cells[-1][1]))
    return sorted([*kept, *whole])


def _announces(text: str, spans: Sequence[tuple[int, int]], number: int) -> bool:
    """Whether a heading says how the items below it count: 专项条件（满足以下任一项即可）."""
    start, end = spans[number]
    following = text[slice(*spans[number + 1])] if number + 1 < len(spans) else ""
    return bool(_HOW_THEY_COUNT.search(text[start:end]) and _ONE.match(following))


def _one_line(listed: str) -> str:
    """A list on one line: items that end without a mark are set apart by a space, and nothing is put in."""
    joined = re.sub(r"(?<=[^\s，。；：、,;:])\s*\n\s*(?:[-*•]\s*)?(?=\S)", " ", listed)
    return re.sub(r"\s*\n\s*", "", joined)


def _end_of_list(text: str, spans: list[tuple[int, int]], number: int) -> int:
    """Where the list that a sentence announces ends, within what is still quoted: before the next part of its own kind."""
    first, end = spans[number]
    own = _kind_of_part(text, first)
    for start, stop in spans[number + 1 : number + 1 + _MOST_ITEMS]:
        if stop - first > _MOST_CHARACTERS or text[start : start + 1] == "#":
            break
        if own and start and text[start - 1] == "\n" and _kind_of_part(text, start) == own:
            break
        end = stop
    return end


def _kind_of_part(text: str, start: int) -> str:
    """How a line begins, by kind: a label (补贴标准：), or a number written in the same way; "" for any other."""
    line = text[start : text.find("\n", start) if "\n" in text[start:] else len(text)]
    return next((kind for kind, pattern in _PARTS if pattern.match(line)), "")


def _candidates(
    query: Query, passages: Passages, keywords: KeywordIndex, is_replaced: Replaced
) -> Iterator[tuple[float, Claim, set[str]]]:
    """(chance that it answers, sentence, its words) of the sentences of the passages."""
    found = list(weighed(query, passages, keywords, is_replaced))
    likely = chances(query, passages, keywords, [(score, claim) for score, claim, _ in found])
    found, likely = _with_their_lists(found, likely)
    best = max((score for score, _, _ in found), default=0.0) or 1.0
    likeliest = max(likely, default=0.0) or 1.0
    for chance, (score, claim, present) in zip(likely, found, strict=True):
        yield (chance / likeliest + score / best) / 2, claim, present


def _with_their_lists(
    found: list[tuple[float, Claim, set[str]]], likely: list[float]
) -> tuple[list[tuple[float, Claim, set[str]]], list[float]]:
    """An item without a sum says nothing without what announces it: its list is as likely as it, and it is no candidate alone."""
    chances_of, alone = list(likely), [True] * len(found)
    for item, (_, claim, _) in enumerate(found):
        (place,), ((start, end),) = claim.support, claim.quotes
        if _is_priced(claim.text):
            continue
        for whole, (_, other, _) in enumerate(found):
            (a, b), same = other.quotes[0], other.support[0] == place
            if same and a < start and end <= b and _FIRST_ITEM.search(other.text):
                chances_of[whole] = max(chances_of[whole], likely[item])
                alone[item] = False
    kept = [i for i, stays in enumerate(alone) if stays]
    return [found[i] for i in kept], [chances_of[i] for i in kept]


def weighed(
    query: Query, passages: Passages, keywords: KeywordIndex, is_replaced: Replaced = lambda *_: False
) -> Iterator[tuple[float, Claim, set[str]]]:
    """(weight of the words that it shares with the question, and of what else speaks for it; sentence; its words)."""
    weights = {w: keywords.weight(w) for w in query.keywords}
    listing = {"list", "procedure", "comparison"} & set(query.intents)
    places = weights.keys() - set(query.topic_keywords)
    asked = frozenset() if query.programmes else support_names(query.chinese)
    for index, passage in enumerate(passages.kept):
        chunk = passage.chunk
        around = set(words(" ".join([passage.head.title, *chunk.headings])))
        names: frozenset[str] = frozenset()
        for start, end, text, items in _sentences(passage):
            if is_replaced(chunk.document_id, chunk.article, text):
                continue
            if items and not listing and _is_one_asked(items, query.topic_keywords, keywords):
                continue  # the item says it alone
            names = support_names(text) or names  # a sentence that names nothing goes on about the same
            if _HEADING.match(text.strip()) or text.rstrip().endswith(("？", "?")):
                around |= set(words(text))  # a paper's own question is what its answer is about
                continue
            present = set(words(text))
            if _CEILING.search(text):
                present.add(_MOST)
            there = present | (around & places)  # a place named in the title holds for every sentence
            direct = sum(v for w, v in weights.items() if w in there)
            indirect = sum(v for w, v in weights.items() if w in around and w not in there)
            listed = min(_MOST_LISTED, text.count("、")) if "list" in query.intents else 0
            score = (
                direct
                + 0.5 * indirect
                + _shape(query.wanted, text)
                + _rules(query.intents, text)
                + listed
                + _named(asked, names)
            )
            score *= 1 - 0.05 * index
            span = (chunk.start + start, chunk.start + end)
            yield score, Claim(text=text, support=(index,), quotes=(span,)), present


def _is_priced(item: str) -> bool:
    return any(v.kind in ("money", "percent") for v in values_in(item))


def _is_one_asked(items: Sequence[str], topic: Sequence[str], keywords: KeywordIndex) -> bool:
    """Whether the question's words point at one item of a list, which has most of what any of them has."""
    weights = {w: keywords.weight(w) for w in topic if len(w) > 1}
    having = [{w for w in weights if w in set(words(item))} for item in items]
    all_of_them = sum(weights[w] for w in set().union(*having))
    ranked = sorted((sum(weights[w] for w in own) for own in having), reverse=True)
    second = ranked[1] if len(ranked) > 1 else 0.0
    return bool(ranked) and ranked[0] >= 0.7 * all_of_them > 0 and ranked[0] > second


def _named(asked: frozenset[str], names: frozenset[str]) -> float:
    """More for what is about the support asked for, less for what is about others only."""
    if not asked or not names:
        return 0.0
    return _NAMED if asked & names else -_NAMED


def _shape(wanted: tuple[Wanted, ...], sentence: str) -> float:
    """A bonus for a sentence that holds the kind of thing asked for."""
    kinds: set[ValueKind] = {v.kind for v in values_in(sentence)}
    bonus = sum(2.0 for kind in wanted if kind in kinds)
    named = (("department", _OFFICE), ("place", _COUNTER))
    return bonus + sum(2.0 for kind, pattern in named if kind in wanted and pattern.search(sentence))


def _rules(intents: Sequence[Intent], sentence: str) -> float:
    """More for a sentence that leaves out or lets in, where one asks whether something is possible."""
    return _RULING_WEIGHT if "eligibility" in intents and _RULING.search(sentence) else 0.0
