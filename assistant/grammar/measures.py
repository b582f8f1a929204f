"""What a figure is of: `words around a figure → Measure`, and whether a told one meets the base of a clause.

The vocabulary is `zh/measures.yaml`. Chinese noun phrases end in their head, so the last word before a figure that says
how it is counted gives the nature, and the last thing named gives the object; what stands before them narrows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.models import Language
from assistant.text import fold
from assistant.yaml_file import read_yaml

Period = Literal["month", "quarter", "day", "week", "half_year", "each"]
_VOCABULARY = Path(__file__).parent / "zh" / "measures.yaml"
_WORDS = ("change", "several_years", "founding", "asks", "either", "received", "said", "refused", "cancelled")
_ENDS = ",。;:?!\n()　"
_JOINED = 2  # characters of a joining word between two things of one list
_NEAR_VERB = 6  # characters between a verb and what it is done to


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Nature(_Data):
    """How something is counted; natures of one `family` count as the same; `payable`: what verbs of paying go with.

    `of_firm`: what the firm as a whole earns, makes, pays or raises, so that a clause tells for whom it is by who the firm is;
    `by_thing`: its sums are told apart by what they are of (what is sold, who gave), as those of spending are;
    `counts_as`: natures that what is told so may stand for: 卖了300万 says no more than that.
    """

    zh: str
    en: str
    family: str | None = None
    payable: bool = False
    of_firm: bool = False
    by_thing: bool = False
    counts_as: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()


class Thing(_Data):
    """What something is of: a place in the tree (`part_of`); `beside` a class of words one of `of` becomes this one."""

    zh: str
    en: str
    part_of: tuple[str, ...] = Field(default=(), alias="in")
    words: tuple[str, ...] = ()
    beside: str | None = Field(default=None, alias="with")
    of: tuple[str, ...] = ()


class Kind(_Data):
    """A kind of case: how people say that they are one, and how papers name it."""

    said: tuple[str, ...]
    papers: tuple[str, ...]


class Vocabulary(_Data):
    """The file, checked: every name that one entry gives another exists."""

    natures: dict[str, Nature]
    classes: dict[str, tuple[str, ...]]
    objects: dict[str, Thing]
    alone: dict[str, str]
    change: tuple[str, ...]
    per: dict[Period, tuple[str, ...]]
    several_years: tuple[str, ...]
    kinds: dict[str, dict[str, Kind]]
    years_back: dict[str, tuple[str, ...]]
    founding: tuple[str, ...]
    asks: tuple[str, ...]
    fillers: tuple[str, ...]
    generic: tuple[str, ...]
    who: tuple[str, ...]
    either: tuple[str, ...]
    whether: tuple[str, ...]
    received: tuple[str, ...]
    cancelled: tuple[str, ...]
    said: tuple[str, ...]
    refused: tuple[str, ...]
    denied: tuple[str, ...]
    undertakings: frozenset[str]
    harmless: tuple[str, ...]
    plain: tuple[str, ...]
    in_papers: dict[str, dict[str, tuple[str, ...]]]
    people: frozenset[str]

    def model_post_init(self, _: object) -> None:
        """Raise ValueError for a name that does not exist."""
        named = [n for o in self.objects.values() for n in (*o.part_of, *o.of)] + list(self.alone.values())
        unknown = {n for n in named if n not in self.objects}
        unknown |= {o.beside for o in self.objects.values() if o.beside} - self.classes.keys()
        unknown |= {n for o in self.natures.values() for n in o.counts_as} - self.natures.keys()
        unknown |= self.alone.keys() - self.classes.keys() - self.objects.keys()
        if unknown:
            raise ValueError(f"measures.yaml names what it does not define: {sorted(unknown)}")

    @cached_property
    def above(self) -> dict[str, frozenset[str]]:
        """Object → itself and all it is part of."""

        def of(key: str) -> frozenset[str]:
            return frozenset({key}).union(*(of(parent) for parent in self.objects[key].part_of))

        return {key: of(key) for key in self.objects}

    @cached_property
    def entries(self) -> dict[str, list[tuple[str, str]]]:
        """Folded word → (sort, key) of everything it stands for."""
        found: dict[str, list[tuple[str, str]]] = {}

        def add(sort: str, key: str, words: Iterable[str]) -> None:
            for word in words:
                found.setdefault(fold(word), []).append((sort, key))

        for key, nature in self.natures.items():
            add("noun", key, nature.words)
            add("verb", key, nature.verbs)
        for key, thing in self.objects.items():
            add("object", key, thing.words)
        for name, words in self.classes.items():
            add("class", name, words)
        for period, words in self.per.items():
            add("per", period, words)
        for name in (
            "change",
            "several_years",
            "founding",
            "asks",
            "either",
            "received",
            "said",
            "refused",
            "cancelled",
        ):
            add(name, name, getattr(self, name))
        add("harmless", "harmless", self.harmless)
        return found

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Any word of the vocabulary, the longest first; Latin words as whole words."""
        words = sorted(self.entries, key=lambda w: -len(w))
        return re.compile(
            "|".join(rf"(?<![a-z]){re.escape(w)}(?![a-z])" if w.isascii() else re.escape(w) for w in words)
        )

    @cached_property
    def filler(self) -> re.Pattern[str]:
        """What may stand between a figure and the words that say what it is of."""
        words = sorted(map(fold, self.fillers), key=len, reverse=True)
        return re.compile(rf"(?:\s|{'|'.join(rf'{w}(?![a-z])' if w.isascii() else w for w in words)})*")

    @cached_property
    def generic_words(self) -> frozenset[str]:
        """Folded words that name a thing only by its class."""
        return frozenset(fold(word) for word in self.generic)

    @cached_property
    def plain_words(self) -> frozenset[str]:
        """Folded words that say who or when."""
        return frozenset(fold(word) for word in self.plain)


@lru_cache(maxsize=2)
def vocabulary(papers: bool = False) -> Vocabulary:
    """The vocabulary, read once; `papers`: with the words that are read so in papers alone.

    Raises InputError or ValueError for a faulty file.
    """
    said = read_yaml(_VOCABULARY)
    if papers:
        for sort, names in said["in_papers"].items():
            for name, words in names.items():
                entry = said[sort][name]
                entry["words"] = [*words, *(entry.get("words") or ())]
    return Vocabulary.model_validate(said)


@dataclass(frozen=True)
class Measure:
    """How a figure is counted and what it is of; `objects`: all that it is of together (设备和软件共), none where not said."""

    nature: str | None = None
    objects: frozenset[str] = frozenset()
    change: bool = False

    @property
    def is_known(self) -> bool:
        """Whether anything at all was said of it."""
        return self.nature is not None or bool(self.objects)

    @property
    def family(self) -> str | None:
        """The nature, or the family of natures that count as the same; what is of a thing only was spent on it."""
        if self.nature is None:
            return "spending" if self.objects else None
        return vocabulary().natures[self.nature].family or self.nature


def same_nature(told: Measure, base: Measure) -> bool:
    """Whether two figures are counted in the same way, both or neither as growth."""
    if told.family is None or told.change != base.change:
        return False
    stands_for = vocabulary().natures[told.nature].counts_as if told.nature else ()
    return told.family == base.family or base.nature in stands_for


def within(told: Measure, base: Measure) -> bool:
    """Whether all that a figure is of lies in what a base is of; nothing lies in what is not known."""
    above = vocabulary().above
    return bool(told.objects) and all(above[one] & base.objects for one in told.objects)


def meets(told: Measure, base: Measure) -> bool:
    """Whether a told figure may stand for a base: the same nature, the same or a narrower object."""
    if not same_nature(told, base):
        return False
    return within(told, base) or (not base.objects and (base.family != "spending" or not told.objects))


def is_related(told: Measure, base: Measure) -> bool:
    """Whether two figures are counted in the same way and of the same, a narrower or a broader thing, or one says of none."""
    above = vocabulary().above
    if not same_nature(told, replace(base, change=told.change)):
        return False
    pairs = [(a, b) for a in told.objects for b in base.objects if "project" not in (a, b)]
    return not pairs or any(a in above[b] or b in above[a] for a, b in pairs)


def in_words(measure: Measure, language: Language = "zh") -> str:
    """A measure as users read it: 设备支出, 融资额; amount paid (equipment)."""
    known = vocabulary()
    nature = known.natures[measure.nature] if measure.nature else None
    things = [known.objects[one] for one in sorted(measure.objects)]
    if language == "en":
        named = ", ".join(thing.en for thing in things)
        return f"{nature.en} ({named})" if nature and named else (nature.en if nature else named)
    return f"{'和'.join(thing.zh for thing in things)}{nature.zh if nature else ''}"


def words_for(measure: Measure) -> list[str]:
    """The words of the vocabulary that stand for what a measure is of, or else for how it is counted."""
    known = vocabulary()
    things = [word for one in measure.objects for word in known.objects[one].words]
    for one in measure.objects:  # a way with a thing: 租用海外仓
        thing = known.objects[one]
        things += [word for part in thing.of for word in known.objects[part].words]
        things += known.classes.get(thing.beside, ()) if thing.beside else ()
    family = [n for k, n in known.natures.items() if k == measure.nature or (n.family or k) == measure.family]
    return things or [word for nature in family for word in nature.words]


# ------------------------------------------------------------------ words


@dataclass(frozen=True)
class Token:
    """A word of the vocabulary in a folded text, and one thing it stands for."""

    sort: str
    key: str
    start: int
    end: int
    text: str


@lru_cache(maxsize=8192)
def tokens_of(text: str, papers: bool = False) -> tuple[Token, ...]:
    """The words of the vocabulary in a folded text, in order; a word that stands for several things is several tokens."""
    known = vocabulary(papers)
    return tuple(
        Token(sort, key, m.start(), m.end(), m[0])
        for m in known.pattern.finditer(text)
        for sort, key in known.entries[m[0]]
    )


def literal(text: str) -> str:
    """A folded text without the words of the vocabulary, which leave a space."""
    return vocabulary().pattern.sub(" ", text)


def measure_of(phrase: str, *around: str, papers: bool = False) -> Measure:
    """The measure of a phrase that names what a figure is of; what it leaves open is taken from the words around it.

    `around`: its sentence, then what stands before that; the first that names a thing counts; `papers`: as papers say it.
    """
    tokens = tokens_of(fold(phrase), papers)
    nature = _nature_before(tokens)
    objects = _objects(tokens, (), nature)
    if objects and around:
        objects = _refined(objects, tokens_of(fold(around[0]), papers))
    if not objects and nature in (None, *_spending()):
        found = (_objects_around(tokens_of(fold(text), papers), tokens, nature) for text in around)
        objects = next((things for things in found if things), frozenset()) or _alone(tokens, nature)
    change = any(t.sort == "change" for t in tokens)
    if nature is None and objects:
        nature = "paid"
    return Measure(nature, objects, change)


def _refined(objects: frozenset[str], around: Sequence[Token]) -> frozenset[str]:
    """Things with those of the sentence that are parts of them in their place: 投保出口信用保险的，按保费."""
    above = vocabulary().above
    named = {t.key for t in around if t.sort == "object"}
    narrower = {one for one in named for thing in objects if one != thing and thing in above[one]}
    return frozenset(narrower) or objects


def _nature_before(tokens: Sequence[Token]) -> str | None:
    """The last word that says how a figure behind it is counted; a verb of spending gives way to what is paid (税交了)."""
    natures = vocabulary().natures
    counted = [t for t in tokens if t.sort in ("noun", "verb")]
    if not counted:
        return None
    last = counted[-1]
    noun = next((t for t in reversed(counted) if t.sort == "noun"), None)
    if last.sort == "noun" or noun is None:
        return last.key
    spends = natures[last.key].family is not None
    if not spends or natures[noun.key].family is not None or natures[noun.key].payable:
        return noun.key
    return last.key


def _objects(tokens: Sequence[Token], beside: Sequence[Token], nature: str | None) -> frozenset[str]:
    """What is bought, rented or built (租卡 in 租卡训模型), else the last thing named; with those joined to it.

    Of things that stand side by side the last is the head (技改设备 is 设备); classes of words in the stretch narrow it.
    """
    things = [t for t in tokens if t.sort == "object"]
    if not things:
        return frozenset()
    above = vocabulary().above
    ways = {fold(word) for words in vocabulary().classes.values() for word in words}
    done = [
        t
        for t in things
        if any(0 <= t.start - c.end <= 1 for c in tokens if c.sort == "class")
        or any(t.text.startswith(way) for way in ways)
    ]
    chosen = [things[things.index(done[-1])] if done else things[-1]]
    for later in things[things.index(chosen[-1]) + 1 :]:
        if later.start - chosen[-1].end > 0 and later.start != chosen[-1].start:
            break
        if later.start == chosen[-1].start:
            chosen = [*chosen, later]
        elif not any(later.key in above[one.key] for one in chosen):  # 财产保险保费 is of 财产保险
            chosen = [later]
    for earlier in reversed(things[: things.index(chosen[0])]):
        gap = chosen[0].start - earlier.end
        if gap == 0 and len(chosen) == 1 and chosen[0].key in above[earlier.key]:
            chosen = [earlier]
        elif earlier.start == chosen[0].start or _is_joined(tokens, earlier, chosen[0]):
            chosen.insert(0, earlier)
        elif gap > 0:
            break
    specific = [t for t in chosen if t.key != "project"] or chosen
    classes = {t.key for t in (*tokens, *beside) if t.sort == "class"}
    return frozenset(_narrowed(t.key, classes, nature) for t in specific)


def _is_joined(tokens: Sequence[Token], earlier: Token, later: Token) -> bool:
    """Whether two things stand in one list, with no more than a joining word between them."""
    gap = later.start - earlier.end
    between = [t for t in tokens if t.start >= earlier.end and t.end <= later.start and t.sort != "class"]
    return 0 < gap <= _JOINED and not between and not any(t.sort == "noun" for t in between)


def _narrowed(key: str, classes: set[str], nature: str | None) -> str:
    known = vocabulary()
    for name, thing in known.objects.items():
        if thing.beside in classes and key in thing.of:
            return name
    if key in known.alone and nature != "invested":
        return known.alone[key]
    return key


def _objects_around(around: Sequence[Token], own: Sequence[Token], nature: str | None) -> frozenset[str]:
    """Of the words of a whole sentence: the thing that a way of doing goes with (租用…场地), else the one that stands behind a
    verb, else the first."""
    things = [t for t in around if t.sort == "object" and t.key != "project"]
    done = [
        thing
        for thing in things
        if any(t.sort in ("class", "verb") and 0 <= thing.start - t.end <= _NEAR_VERB for t in around)
    ]
    classes = {t.key for t in (*around, *own) if t.sort == "class"}
    meant = [
        t for t in things if _narrowed(t.key, classes, nature) != t.key
    ]  # 租赁用于直播的场地: what is rented
    if not (chosen := (meant or done or things)[:1]):
        return frozenset()
    for thing in things:  # 科研设备: of things side by side the last is the head
        if thing.start == chosen[-1].end:
            chosen = [thing]
    return frozenset(_narrowed(t.key, classes, nature) for t in chosen)


def _alone(tokens: Sequence[Token], nature: str | None) -> frozenset[str]:
    known = vocabulary()
    found = {known.alone[t.key] for t in tokens if t.sort == "class" and t.key in known.alone}
    return frozenset(found)


# ------------------------------------------------------------------ what is only asked


def is_weighed(clause: str) -> bool:
    """Whether a folded clause weighs one thing against another (关联方还是第三方), so that neither is told."""
    return any(t.sort == "either" for t in tokens_of(clause))


def asks_whether(behind: str) -> bool:
    """Whether what stands behind a word, to the end of its clause, does no more than ask whether it is so (关联方吗)."""
    return behind.strip("?？ 的了啊呀") in vocabulary().whether


# ------------------------------------------------------------------ a figure in a message


@dataclass(frozen=True)
class Reading:
    """What a person says of a figure: its measure, the part of a year it is for, and whether it is of the firm at all.

    `per`, `several_years`: it is for another stretch of time or another unit than a year's sum; `received`, `claimed`, `either`:
    it was given, heard of or refused, or weighed against another, so it is nothing the firm spent or earned; `names_thing`: some
    thing stands in its clause, so that no other clause says what it is of.
    """

    measure: Measure
    per: tuple[Period, ...] = ()
    several_years: bool = False
    received: bool = False
    claimed: bool = False
    either: bool = False
    window: str = ""
    names_thing: bool = False

    @property
    def is_unresolved(self) -> bool:
        """Whether it is no plain sum of a year."""
        return bool(self.per) or self.several_years


def read_figure(text: str, start: int, end: int, figures: Sequence[tuple[int, int]]) -> Reading:
    """What `text[start:end]` is of, in a normalised message; `figures`: the places of all sums in it."""
    first = max([0, *(b for _, b in figures if b <= start)])
    last = min([len(text), *(a for a, _ in figures if a >= end)])
    opening = max((text.rfind(mark, first, start) + 1 for mark in _ENDS), default=first)
    begin = max(first, opening)
    stop = min((place for mark in _ENDS if (place := text.find(mark, end, last)) >= 0), default=last)
    before, after = text[begin:start], text[end:stop]
    earlier = tokens_of(before)
    if not any(t.sort in ("noun", "verb", "object", "received") for t in earlier) and begin > first:
        begin = max(first, max(text.rfind(mark, first, begin - 1) + 1 for mark in _ENDS))
        before = text[begin:start]
        earlier = tokens_of(before)
        if any(t.sort == "noun" and t.key == "public_money" for t in earlier):
            before, earlier = "", ()  # the name of a support in front says nothing of a sum behind it
    run = _run_behind(after)
    nature, behind = _nature_before(earlier), _nature_behind(run)
    if nature is None or (behind is not None and (_is_weak(earlier) or before.isascii())):
        nature = behind or nature  # an English sum comes before what it is of
    here, there = _objects(earlier, run, nature), _objects(run, earlier, nature)
    objects = there if there and _ends_in_thing(run) else here or there
    if not objects and before.isascii():  # invested 6m rmb in the new demo project
        objects = _objects([t for t in tokens_of(after) if t.sort == "object"][:1], earlier, nature)
    both = (*earlier, *run)
    got = any(t.sort == "received" for t in earlier)
    received = got and (nature is None or (not vocabulary().natures[nature].of_firm and nature != "loan"))
    if nature is None and (received or objects):
        nature = "public_money" if received else "paid"
    if not objects and nature in (None, *_spending()):
        objects = _alone(both, nature)
    is_by_thing = nature is None or nature in _spending() or vocabulary().natures[nature].by_thing
    change = any(t.sort == "change" for t in both)
    measure = Measure(nature, objects if is_by_thing else frozenset(), change)
    each = [t for t in (*earlier, *_directly_behind(after)) if t.sort == "per"]
    each = [t for t in each if not any(o is not t and o.start <= t.start and t.end < o.end for o in each)]
    return Reading(
        measure,
        per=tuple(dict.fromkeys(t.key for t in each)),  # type: ignore[misc]
        several_years=_is_of_several_years(earlier, after),
        received=received or (nature == "public_money"),
        claimed=any(t.sort == "said" for t in tokens_of(text[max(0, begin - 8) : stop]))
        or any(t.sort == "refused" for t in tokens_of(text[begin:stop]))
        or any(t.sort == "cancelled" for t in tokens_of(text)),
        either=_is_weighed(text, start, end, figures),
        window=text[begin:stop],
        names_thing=any(t.sort == "object" for t in tokens_of(text[begin:stop])),
    )


def objects_said(text: str, taken: Iterable[str] = (), made: bool = False) -> frozenset[str]:
    """The one thing that a folded message speaks of spending on; none where it speaks of several, or of none.

    `taken`: clauses whose figure is of what they name, so that nothing else is. Of several messages (lines) the last that
    speaks of one counts. `made`: what the firm makes counts too, as what it sold.
    """
    if "\n" in text:
        found_in = (objects_said(line, taken, made) for line in reversed(text.splitlines()))
        return next((things for things in found_in if things), frozenset())
    for clause in taken:
        text = text.replace(clause, " ")
    found: set[str] = set()
    for clause in re.split(f"[{re.escape(_ENDS)}]", text):
        tokens = tokens_of(clause)
        if any(t.sort == "refused" for t in tokens):  # 没买云服务
            continue
        makes = any(t.sort == "class" and t.key == "make" for t in tokens)
        of_it = (
            makes if made else any(_is_of_spending(t) for t in tokens)
        )  # 我们是做机器人的 says what is made
        named = _objects(tokens, (), "paid") or (
            _alone(tokens, "paid") if of_it and not made else frozenset()
        )
        found |= named if of_it else named & {"project"}
    found -= {"project"} if len(found) > 1 else set()
    above = vocabulary().above
    narrow = {one for one in found if not any(one != other and one in above[other] for other in found)}
    return frozenset(narrow) if len(narrow) == 1 else frozenset()


def _is_of_spending(token: Token) -> bool:
    """Whether a word says that something is bought, rented or supported."""
    counted = token.sort in ("noun", "verb")
    return (
        token.sort == "asks"
        or (token.sort == "class" and token.key != "make")
        or (counted and token.key in (*_spending(), "public_money"))
    )


def _spending() -> tuple[str, ...]:
    return tuple(key for key, nature in vocabulary().natures.items() if nature.family == "spending")


def _is_weak(tokens: Sequence[Token]) -> bool:
    """Whether nothing but verbs says how a figure is counted: 拿到2000万融资 is told by what follows."""
    return not any(t.sort == "noun" for t in tokens)


def _run_behind(after: str) -> tuple[Token, ...]:
    """The words of the vocabulary right behind a figure, with nothing but 的 and the like between them."""
    found: list[Token] = []
    reached = 0
    for token in tokens_of(after):
        gap = after[reached : token.start]
        if token.start > reached and not vocabulary().filler.fullmatch(gap):
            break
        if token.sort in ("either", "received", "said", "refused", "harmless", "asks"):
            break
        if gap.strip() and gap.strip("的 ") and any(t.sort in ("object", "noun") for t in found):
            break  # 600万的算力合同用于训练大模型: what it is for is not what it is of
        found.append(token)
        reached = max(reached, token.end)
    return tuple(found)


def _ends_in_thing(run: Sequence[Token]) -> bool:
    """Whether what stands behind a figure names what it is of (90万律师费), and begins no clause of its own (厂房投了)."""
    last = max((i for i, t in enumerate(run) if t.sort in ("object", "noun")), default=-1)
    return last >= 0 and not any(t.sort == "verb" for t in run[last + 1 :])


def _nature_behind(run: Sequence[Token]) -> str | None:
    nouns = [t.key for t in run if t.sort == "noun"]
    verbs = [t.key for t in run if t.sort == "verb"]
    return nouns[-1] if nouns else next(iter(verbs), None)


def _directly_behind(after: str) -> tuple[Token, ...]:
    """The words of time that stand right behind a figure: 8万一个月, 300万三年."""
    fills = vocabulary().filler.fullmatch
    return tuple(
        t for t in tokens_of(after) if t.sort in ("per", "several_years") and fills(after[: t.start])
    )


def _is_of_several_years(earlier: Sequence[Token], after: str) -> bool:
    """Whether a sum is said to be of more than a year; the years of the firm's age say nothing of it."""
    founded = [t.end for t in earlier if t.sort == "founding"]
    told = [
        t
        for t in earlier
        if t.sort == "several_years" and not any(0 <= t.start - end <= 2 for end in founded)
    ]
    return bool(told) or any(t.sort == "several_years" for t in _directly_behind(after))


def _is_weighed(text: str, start: int, end: int, figures: Sequence[tuple[int, int]]) -> bool:
    """Whether a figure stands on either side of 还是 between two figures."""
    for a, b in pairwise(figures):
        between = text[a[1] : b[0]]
        if (start, end) in (a, b) and any(t.sort == "either" for t in tokens_of(between)):
            return True
    return False
