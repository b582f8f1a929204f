"""What a firm tells, held against measures and bounds: `Told figures, Bound or Measure → the one that counts`.

A told figure meets a base of the same nature and the same or a wider object (assistant/grammar/measures.py). Where
several may be meant, or it is for another stretch of time than is asked, none is: silence is better than another sum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.grammar import measures
from assistant.grammar.measures import literal, meets, same_nature, tokens_of, vocabulary
from assistant.grammar.tokens import tokens_in
from assistant.law.quantities import Bound, Measure, Op, Unit
from assistant.law.told import AGE, Told, the_one
from assistant.law.wording import yuan
from assistant.text import fold

Nouns = Callable[[str], Iterable[str]]
"""The nouns of a folded text."""

_WAYS = {"rent", "buy"}
_MONEY = (Unit.YUAN, Unit.DOLLAR)
_PIECES = frozenset(("个", "辆", "间", "张床", "标箱", "头", "架次", "次"))
_OF_THEMSELVES = frozenset(  # what is counted in these is what the unit says
    (
        "平方米",
        "立方米",
        "亩",
        "吨",
        "公斤",
        "公里",
        "米",
        "千瓦",
        "瓦",
        "千瓦时",
        "小时",
        "TB",
        "GB",
        "P",
        "卡时",
        "架次",
        "标箱",
        "头",
        "张床",
        "间",
    )
)
_MONTHS_OF = {"month": Decimal(12), "quarter": Decimal(4), "year": Decimal(1), "half_year": Decimal(2)}


@dataclass(frozen=True)
class Firm:
    """All that a message tells of a firm: its figures, its own words (folded), and how to find nouns in a text."""

    told: tuple[Told, ...]
    text: str
    nouns: Nouns

    def figure(self, unit: Unit, measure: Measure, around: str = "") -> Told | None:
        """The one told sum of a currency that may stand for a measure; `around`: the words of the case that it is for.

        Where a clause does not say of what it counts spending, what its case names does; where the message does not, the
        one sum told counts if it speaks of the case.
        """
        base = measure.grammar
        usable = [
            t
            for t in map(self.whole, self.told)
            if t.unit == unit.value and not t.received and not t.unresolved
        ]
        meant = [t for t in usable if meets(t.measure, base)]
        if len(meant) == 1:  # 棚租付了200万，水电另外30万: a sum that names something else is of that
            usable = [t for t in usable if t is meant[0] or not content_of(t.window, self.nouns)]
        if (found := the_one(usable, base)) is not None or base.family != "spending" or not around:
            return found
        if not base.objects:
            named = things_of(around)
            fitting = [
                t for t in usable if same_nature(t.measure, base) and _are_related(t.measure.objects, named)
            ]
            return fitting[0] if len(fitting) == 1 else None
        of_case = [
            t for t in usable if same_nature(t.measure, base) and _is_case_of(t.measure.objects, around)
        ]
        if len(of_case) == len(usable) == 1:  # 数字化改造投了160万, of a clause that is for 数字化改造项目
            return of_case[0]
        bare = [
            t
            for t in usable
            if not t.measure.objects and not t.names_thing and t.measure.family in (None, "spending")
        ]
        spoken = self.says(around) or bool(things_of(self.text, by_class=False) & base.objects)
        return bare[0] if len(usable) == len(bare) == 1 and spoken and not bare[0].measure.change else None

    def received(self, unit: Unit = Unit.YUAN) -> Told | None:
        """The one sum that others have given already."""
        got = [t for t in self.told if t.received and t.unit == unit.value]
        return got[0] if len(got) == 1 else None

    def whole(self, told: Told) -> Told:
        """A sum told by the month, or of one piece, as the sum of all that are told: 月租8万租了10个月, 8台每台52万."""
        value = told.value
        for per in told.per:
            if per in _MONTHS_OF and (length := self.length()) is not None:
                value *= length * _MONTHS_OF[per] / 12
            elif (
                per == "each"
                and (area := self._area()) is not None
                and "premises_rent" in told.measure.objects
            ):
                value *= area.value
            else:
                return told
        return replace(told, value=value, unresolved=False, per=()) if told.per else told

    def _area(self) -> Told | None:
        """The one area told."""
        found = [t for t in self.told if t.unit == "平方米"]
        return found[0] if len(found) == 1 else None

    def pieces_of(self, told: Told) -> Told | None:
        """Of how many pieces a price is told: the one count of pieces in the message."""
        counts = [t for t in self.told if t.unit in _PIECES and t.value > 1]
        return counts[0] if told.per == ("each",) and len(counts) == 1 else None

    def length(self) -> Decimal | None:
        """The months for which something is told, a number of months before one of years; None where several are."""
        told = [t for t in self.told if t.context != AGE and t.measure.nature != "contract"]
        months = [t.value for t in told if t.unit == "个月"] or [t.value * 12 for t in told if t.unit == "年"]
        return months[0] if len(months) == 1 else None

    def years(self) -> Decimal | None:
        """The whole years for which something is told."""
        months = self.length()
        return months / 12 if months is not None and months % 12 == 0 else None

    @property
    def year_of_term(self) -> int | None:
        """Which year of a term is spoken of: 第二年."""
        found = {int(a.value) for a in tokens_in(self.text) if a.has("ORDYEAR")}
        return found.pop() if len(found) == 1 else None

    def price_meets(self, told: Told, base: Measure) -> bool:
        """Whether a price of one may stand for a base that is a price, or what is paid, for the same thing."""
        price = replace(told.measure, nature=base.nature)
        return meets(price, base.grammar) or base.nature == "price"

    def grown(self, unit: Unit, of: Measure) -> tuple[Decimal, str, list[Told]] | None:
        """(value, how it is written, what it rests on) of a told sum; of growth also what two years' sums differ by."""
        if (told := self.figure(unit, of)) is not None:
            return told.value, told.written, [told]
        if not of.change:
            return None
        level = of.model_copy(update={"change": False})
        if (years := self._two_years(unit, level)) is None:
            return None
        old, new = years
        if new.value <= old.value:
            return None
        grown = new.value - old.value
        return (
            grown,
            f"{new.written} − {old.written} = {yuan(grown) if unit is Unit.YUAN else f'{yuan(grown)[:-1]}美元'}",
            [new, old],
        )

    def count(self, unit: Unit, of: str) -> Told | None:
        """The one count told of what a clause (`of`) counts in a unit."""
        same = [t for t in self.told if alike(t.unit, unit.value) and not t.received and t.context != AGE]
        if unit is Unit.PERSON:  # 500人里320个是外地来的: of those a clause may count the part
            parts = [t for t in self.told if t.unit == "个" and not t.measure.objects and self._is_of(t, of)]
            if len(parts) == 1 and same:
                return parts[0]
        if len(same) == 1 and unit.value in _OF_THEMSELVES:
            return same[0]
        fitting = [t for t in same if self._is_of(t, of)]
        return fitting[0] if len(fitting) == 1 else None

    def _is_of(self, told: Told, of: str) -> bool:
        """Whether a count is of what a clause counts: of the same or a narrower thing, else of one of its nouns."""
        above, given = vocabulary().above, things_of(of)
        if told.measure.objects and given:
            return all(above[thing] & given for thing in told.measure.objects)
        words = next((w for w in (told.beside, told.label) if len(w) > 1), told.context)
        return any(is_said(word, of) for word in content_of(words, self.nouns)) or shares_pair(words, of)

    def test(self, bound: Bound, quote: str, base: Measure | None = None) -> Told | None:
        """The told figure that decides a bound of a clause (`quote`); None where none surely does."""
        unit = bound.quantity.unit
        if unit in _MONEY:
            measure = bound.measure
            if measure.grammar.family == "spending" and not measure.objects and base is not None:
                measure = base
            return self.figure(unit, measure, quote) or self._of_year(unit, measure, before(quote, bound))
        if unit is Unit.YEAR or unit is Unit.MONTH:
            ages = [t for t in self.told if t.context == AGE]
            founding = any(t.sort == "founding" for t in tokens_of(fold(quote)))
            if len(ages) != 1 or not founding:
                return None
            return replace(ages[0], value=ages[0].value * 12) if unit is Unit.MONTH else ages[0]
        same = [t for t in self.told if alike(t.unit, unit.value) and not t.received and t.context != AGE]
        if unit is Unit.YEAR_OF_AGE:
            return same[0] if len(same) == 1 else None
        if unit is Unit.PERSON:
            same = [t for t in same if _are_of(t.measure, bound.measure)]
            return same[0] if len(same) == 1 else None
        if unit is Unit.PERCENT:
            same = [
                t
                for t in same
                if t.measure.objects & set(bound.measure.objects)
                or shares_pair(t.context, before(quote, bound))
            ]
            return same[0] if len(same) == 1 else None
        if bound.measure.objects:
            known = [t for t in same if meets(t.measure, bound.measure.grammar) or not t.measure.objects]
            return known[0] if len(known) == 1 else None
        return self.count(unit, quote) if unit.value not in _OF_THEMSELVES or len(same) == 1 else None

    def is_kind(self, words: str) -> bool | None:
        """Whether the message says that the firm is of a kind that a clause names; None where it says nothing of it."""
        found: list[bool] = []
        for kinds in vocabulary().kinds.values():
            named = {key for key, kind in kinds.items() if any(w in fold(words) for w in kind.papers)}
            told = {key for key, kind in kinds.items() if any(w in self.text for w in kind.said)}
            if named and told:
                found.append(bool(named & told))
        return all(found) if found else None

    def rules_out(self, words: str) -> bool:
        """Whether the message says that the other side is of a kind that a case leaves out: 关联方, of 非关联方."""
        kinds = vocabulary().kinds["relation"]
        named = {key for key, kind in kinds.items() if any(w in fold(words) for w in kind.papers)}
        told = {key for key, kind in kinds.items() if any(self.names(w) for w in kind.said)}
        return bool(named and told and not named & told)

    def names_other_thing(self, words: str, base: Measure | None) -> bool:
        """Whether the message names a thing of a base (注塑机) and none of the nouns by which a case narrows it (冷链设备)."""
        if base is None or base.grammar.family != "spending" or not base.objects:
            return False
        above, named = vocabulary().above, things_of(self.text, by_class=False)
        narrows = any(above[thing] & set(base.objects) for thing in things_of(words))
        own = content_of(words, self.nouns)
        if not narrows or not own or any(is_said(word, self.text) for word in own):
            return False
        told = {one for one in named if above[one] & set(base.objects)}
        return bool(told) and not told & things_of(words, by_class=False)

    def tells_relation(self) -> bool:
        """Whether the message says how the other side stands to the firm."""
        return any(self.names(w) for kind in vocabulary().kinds["relation"].values() for w in kind.said)

    def cases(self, words: str) -> list[str]:
        """The nouns of the words of a case: 国家级, 一等奖, 小微企业, with those that say only whose level it is."""
        plain = vocabulary().plain_words
        counted = {t.text for t in tokens_of(fold(words)) if t.sort in ("noun", "verb")}
        for said in (literal(fold(words)), fold(words)):  # words of measures tell least
            found = [w for w in self.nouns(said) if len(w) > 1 and (w not in plain or names_kind(w))]
            found = [w for w in found if w not in counted]
            if found:
                return found
        return [fold(words)]

    def names(self, word: str) -> bool:
        """Whether a word stands in a clause of the message that denies nothing."""
        clauses = (c for c in re.split(r"[,，。;；?？!！]", self.text) if word in c)
        return any(
            not any(no in c[: c.index(word)] for no in (*vocabulary().refused, *vocabulary().denied))
            for c in clauses
        )

    def _two_years(self, unit: Unit, measure: Measure) -> tuple[Told, Told] | None:
        """The two sums told of one measure for different years, the earlier first."""
        both = [
            t
            for t in self.told
            if t.unit == unit.value and not t.received and meets(t.measure, measure.grammar)
        ]
        if len(both) != 2 or not (both[0].year and both[1].year) or both[0].year == both[1].year:
            return None
        old, new = sorted(both, key=lambda t: t.year or 0)
        return old, new

    def _of_year(self, unit: Unit, measure: Measure, said: str) -> Told | None:
        """Of two years' sums the one that a bound is of: last year's where it says so (上年度), else this year's."""
        if (years := self._two_years(unit, measure)) is None:
            return None
        old, new = years
        return old if any(w in said for w in vocabulary().years_back["1"]) else new

    def says(self, words: str) -> bool:
        """Whether one of the nouns of a clause's words stands in the message."""
        return any(is_said(word, self.text) for word in content_of(words, self.nouns))


def wants_other_way(words: str, text: str) -> bool:
    """Whether a case is of buying and the message of renting alone, or the other way round."""
    ways = [{t.key for t in tokens_of(fold(said)) if t.sort == "class"} & _WAYS for said in (words, text)]
    return all(ways) and not ways[0] & ways[1]


def names_kind(words: str) -> bool:
    """Whether words of a clause name one of the kinds that cases are told apart by (小微企业, 省级)."""
    folded = fold(words)
    return any(w in folded for kinds in vocabulary().kinds.values() for k in kinds.values() for w in k.papers)


def alike(one: str, other: str) -> bool:
    """Whether two units count the same sort of thing: 台 and 辆 are both pieces."""
    return one == other or (one in _PIECES and other in _PIECES)


def holds(bound: Bound, value: Decimal) -> bool:
    """Whether a value in the bound's unit keeps it."""
    limit = bound.quantity.value
    return {
        Op.AT_LEAST: value >= limit, Op.MORE_THAN: value > limit, Op.AT_MOST: value <= limit,
        Op.LESS_THAN: value < limit, Op.IS: value == limit,
    }[bound.op]  # fmt: skip


def before(quote: str, bound: Bound) -> str:
    """What a clause says right before the figure of a bound."""
    figure = f"{bound.quantity.value.normalize():f}"
    at = quote.find(figure)
    return quote[max(0, at - 14) : at] if at >= 0 else ""


def _is_case_of(objects: frozenset[str], around: str) -> bool:
    """Whether a sum is of the undertaking that a case names, whatever of it is counted."""
    return bool(objects) and objects <= vocabulary().undertakings & things_of(around)


def _are_related(objects: frozenset[str], named: set[str]) -> bool:
    """Whether what a sum is of lies in, or holds, one of the things a case names; all do where it names none."""
    above = vocabulary().above
    return bool(objects) and (
        not named or any(a in above[b] or b in above[a] for a in objects for b in named)
    )


def _are_of(told: measures.Measure, bound: Measure) -> bool:
    """Whether people told are those that a bound counts; who is not named at all is of the staff."""
    wanted, above = set(bound.objects), vocabulary().above
    if told.objects:
        return not wanted or all(above[one] & wanted for one in told.objects)
    return wanted <= {"staff"}


def things_of(text: str, by_class: bool = True) -> set[str]:
    """The narrowest objects that a text names; not `by_class`: only those named other than by their class (设备)."""
    generic = frozenset() if by_class else vocabulary().generic_words
    found = {t.key for t in tokens_of(fold(text)) if t.sort == "object" and t.text not in generic}
    above = vocabulary().above
    return {one for one in found if not any(one != other and one in above[other] for other in found)}


def content_of(text: str, nouns: Nouns) -> list[str]:
    """The nouns of a text that are neither words of measures nor say only who or when."""
    plain, left = vocabulary().plain_words, literal(fold(text))
    return [word for word in dict.fromkeys(nouns(left)) if len(word) > 1 and word not in plain]


def is_said(word: str, text: str) -> bool:
    """Whether a noun stands in a text, in full or shortened to some of its characters (技改 for 技术改造)."""
    text = fold(text)
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


def shares_pair(words: str, other: str) -> bool:
    """Whether two phrases share two neighbouring Chinese characters that are no word of who or when."""
    plain, text = vocabulary().plain_words, fold(other)
    folded = fold(words)
    pairs = (folded[i : i + 2] for i in range(len(folded) - 1))
    return any(p in text and p not in plain and all("一" <= c <= "鿿" for c in p) for p in pairs)
