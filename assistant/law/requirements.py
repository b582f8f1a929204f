"""Who may, who must and who may not, part by part of a sentence: `sentence → requirements`, each with its span."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.grammar.tokens import OPEN, Atom, plain
from assistant.law.benefits import Sentence, segments_of
from assistant.law.contexts import Contexts
from assistant.law.phrases import atoms_of, covers
from assistant.law.provisions import Condition, Requirement, Who
from assistant.law.quantities import Unit

_WORD = 2  # characters; shorter words say nothing
_LONG = 7  # characters of each case in a list of cases, not of a list of names: 机关、事业单位
_TITLE = 16  # characters of the name of a clause
_FEW = 6  # characters by which a refusal names who refuses or what, and not whom: 专项资金不再支持
_LABELLED = 12  # characters of a label before its colon
_SUBJECT = 20  # characters of who must do something
_KINDS = {"may": Who.MAY, "must": Who.MUST, "may_not": Who.MAY_NOT}
_TOLD_OTHERWISE = ("material", "step", "window", "contact")  # what must be done there is a step
_MONEY_UNITS = (Unit.YUAN, Unit.DOLLAR)
_JOINED = r"[、，]?以及"
_MEMBER = r"(?<=[的者])、"
Placed = tuple[Requirement, int, int]
Span = tuple[int, int]


@dataclass(frozen=True)
class _Part:
    """A part between commas, with its atoms, and how it ends."""

    start: int
    end: int
    text: str
    atoms: tuple[Atom, ...]

    def first(self, *names: str) -> Atom | None:
        return next((a for a in self.atoms if any(a.has(n) for n in names)), None)

    @property
    def closes(self) -> bool:
        """Whether what follows is about something else."""
        return self.text.rstrip().endswith(("；", ";", "。"))

    @property
    def announces(self) -> bool:
        return self.text.rstrip().endswith(("：", ":"))

    @property
    def refusal(self) -> Atom | None:
        """The word that leaves out whom the part names, and not a part of a sum (超出部分不予补助, （不足1亿元的不计）)."""
        if self.first("beyond"):
            return None
        found = self.first("refuse", "left_out")
        within = [
            a for a in self.atoms if found and a.start < found.start and (a.has("left") or a.has("right"))
        ]
        return None if within and within[-1].has("left") else found


def requirements(one: Sentence, taken: Sequence[Span] = ()) -> Iterator[Placed]:
    """What a sentence asks of who applies; `taken` are the parts that say something else (a step, a window)."""
    over, text = one.over, one.text
    if text.rstrip().endswith(("？", "?")) or _is_title(one) or over.is_goal(text):
        return
    for read in _read(one, taken):
        words = read[0].condition.words or ""
        if read[0].who is Who.MUST and words and not over.is_condition(words):
            continue  # 促进就业创业: what for
        stands = read[0].who is Who.MAY_NOT or not (over.does_step(words) or over.names_paper(words))
        if one.kind not in _TOLD_OTHERWISE or (stands and _asks(one, read)):
            yield read


def _is_title(one: Sentence) -> bool:
    """Whether a sentence is no more than the name of its clause: 第八条 高新技术企业培育。"""
    atoms = atoms_of(one.text)
    marked = bool(atoms) and atoms[0].has("mark")
    return (
        marked
        and len(one.text.strip()) - len(atoms[0].text) <= _TITLE
        and not any(a.has(c) for a in atoms for c in ("comma", "semicolon", "of", "FIGURE"))
    )


def _asks(one: Sentence, read: Placed) -> bool:
    """Whether a sentence of a procedure asks for it itself: 申请的企业应当具备下列条件：…, 企业须…."""
    if read[0].who is Who.MAY_NOT:
        return True
    told = _KINDS.get(one.over.announced_by(one.text[: max(_colon(one.text), 0)]) or "")
    return told is not None or any(a.has("must") for a in atoms_of(one.text[: read[2]]))


def _read(one: Sentence, taken: Sequence[Span]) -> Iterator[Placed]:
    over, text = one.over, one.text
    base = _announced(one)
    begin = 0
    if whom := _said_to_be(text, over):
        yield whom
        begin = whom[2]
    held: list[tuple[Condition, int, int]] = []
    found: list[Placed] = []
    stated: list[tuple[Condition, int, int]] = []
    told = base  # what the parts that follow one another are
    for part in _parts(text, over):
        if part.start < begin or any(a < part.end and part.start < b for a, b in taken):
            held = []
            continue
        if part.announces and part.end >= len(text.rstrip()):
            continue
        if part.first("SHARE") and part.first("give") and not part.refusal:
            continue  # 船舶开工后拨付40%
        if part.refusal is None and over.is_consequence(part.text) and _duty(part, over) is None:
            held = []  # 收回已拨资金
            continue
        refusal, duty = part.refusal, _duty(part, over)
        if (first := part.first("only_then")) and not part.text[: first.start].strip() and held:
            words = Condition(words=over.without_lead(text[held[0][1] : held[-1][2]]))
            found.append((Requirement(who=Who.MUST, condition=words), held[0][1], part.end))
            held = []  # 满足标准至少2周，方可诊断
        elif first and (said := over.without_lead(part.text[: first.start])):
            words = Condition(words=said)  # 前次贷款还清后方可再次申请
            found.append((Requirement(who=Who.MUST, condition=words), part.start, part.end))
        elif _may(part, held, over):
            start, end = (held[0][1], held[-1][2]) if held else (part.start, part.end)
            said = over.without_lead(_before_may(part, over) or text[start:end])
            found.append((Requirement(who=Who.MAY, condition=Condition(words=said)), start, end))
            held = []
        elif refusal is not None:
            named = any(a.has(OPEN) for a in part.atoms if a.start < refusal.start)
            of_case = bool(held) and over.is_case(text[held[-1][1] : held[-1][2]])
            few = bool(held) and len(part.text[: refusal.start].strip()) <= _FEW
            conditions = _refused(part, refusal, one) if named and not (of_case or few) else []
            conditions = conditions or [m for h in held for m in _apart(h, one)]  # …的，三年内不予受理
            found = [f for f in found if not any(f[0].condition == c for c, _, _ in held)]
            found += [(Requirement(who=Who.MAY_NOT, condition=c), a, b) for c, a, b in conditions]
            held = []
        elif (
            duty is not None
            and held
            and (over.is_case(text[held[-1][1] : held[-1][2]]) or over.is_consequence(part.text))
        ):
            start = held[-1][1]  # 五年内转租的，应当退还: the duty of a case
            words = Condition(words=over.without_lead(text[start : part.end]))
            found = [f for f in found if f[1] < start]
            found.append((Requirement(who=Who.MUST, condition=words), start, part.end))
            held = []
        elif duty is None and over.names_office(part.text.partition(over.actor_leads[0])[2]):
            held = []  # 由市科技局撤销: what an office does
        else:
            if duty:
                told = Who.MUST if told is not Who.MAY_NOT else told
            who = told or Who.MUST
            conditions = (
                _members(part, part.text, one, "、")
                if who is Who.MAY_NOT and _is_list(text)
                else _stated(duty or part.text, part, one, who)
            )
            if told is not None:
                found += [(Requirement(who=who, condition=c), a, b) for c, a, b in conditions]
            held += conditions
        if part.closes:
            stated += held
            held, told = [], base
    yield from found
    if not taken:
        yield from _stated_plainly(one, base, [*stated, *held], found)


def _announced(one: Sentence) -> Who | None:
    """What the parts of a sentence are: by its own lead-in before a colon, else by what stands over it."""
    base = _KINDS.get(one.kind or "")
    lead = one.around[0].rstrip() if one.around else ""
    if lead.endswith(("：", ":")) and any(a.has("refuse") for a in atoms_of(lead)):
        base = Who.MAY_NOT  # 存在下列情况的，取消其申报资格：
    colon = _colon(one.text)
    if not 0 < colon < len(one.text.rstrip()) - 1:
        return base
    if any(a.has("refuse") for a in atoms_of(one.text[:colon])):
        return Who.MAY_NOT
    return _KINDS.get(one.over.announced_by(one.text[:colon]) or "", base)


def _colon(text: str) -> int:
    return max(text.find("："), text.find(":"))


def _said_to_be(text: str, over: Contexts) -> Placed | None:
    """Whom a sentence says it is for: 本办法适用于…, 奖励对象为…."""
    folded = plain(text)
    for word in (*over.applies, *(f"{w}为" for w in over.contexts["may"])):
        at = folded.find(word)
        if at >= 0:
            start = at + len(word)
            end = next((i for i, c in enumerate(text) if i > start and c in "；;。"), len(text))
            said = over.without_lead(text[start:end])
            if len(said) > _WORD:
                return Requirement(who=Who.MAY, condition=Condition(words=said)), start, end
    return None


def _may(part: _Part, held: Sequence[object], over: Contexts) -> bool:
    begins = any(plain(part.text).lstrip().startswith(w) for w in over.may_words)
    return bool(begins and held and not part.first("MONEY")) or bool(_before_may(part, over))


def _before_may(part: _Part, over: Contexts) -> str:
    """Whom a part says may apply: …的企业可申请…; empty where it says nothing of it."""
    at = min((i for w in over.may_words if (i := plain(part.text).find(w)) > _WORD), default=0)
    said = over.without_lead(part.text[:at])
    return said if at and over.names_applicant(said) else ""


def _duty(part: _Part, over: Contexts) -> str | None:
    """What a part says must be so, behind its word for it; nothing where it has none or an office must."""
    word = part.first("must", "must_not")
    if word is None or (word.start <= _SUBJECT and over.names_office(part.text[: word.start])):
        return None
    if word.has("must_not"):
        return part.text  # 十年内不得转租
    said = part.text[word.end :]
    subject = over.without_lead(part.text[: word.start])
    if subject and not over.names_applicant(subject) and not over.is_whole(subject):
        said = part.text  # 展览须在区内举办: of what it is asked
    return said if len(said) > _WORD else None


def _parts(text: str, over: Contexts) -> Iterator[_Part]:
    """Parts between commas and semicolons, without a label or a lead-in before a colon."""
    begin, colon = 0, _colon(text)
    told = over.announced_by(text[:colon]) or any(a.has("refuse") for a in atoms_of(text[: max(colon, 0)]))
    if 0 <= colon < len(text.rstrip()) - 1 and (told or colon <= _LABELLED):
        begin = colon + 1
    elif (first := next(iter(atoms_of(text)), None)) and first.has("mark"):
        begin = first.end  # 第十六条
    depth, start = 0, begin
    for i in range(begin, len(text)):
        depth += (text[i] in "（(") - (text[i] in "）)")
        if (text[i] in "，,；;。" and depth <= 0) or i == len(text) - 1:
            piece = text[start : i + 1]
            if piece.strip(" ，,；;。"):
                yield _Part(start, i + 1, piece, tuple(atoms_of(piece)))
            start = i + 1


def _refused(part: _Part, refusal: Atom, one: Sentence) -> list[tuple[Condition, int, int]]:
    """Whom a part leaves out, one by one: 被列入失信名单的、有效投诉3起以上的旅行社，不予奖励."""
    said = re.sub(r"^\s*但", "", part.text[: refusal.start])
    apart = [w for w in re.split(_JOINED, said) if w.strip()]
    if len(apart) > 1 and all(len(w.strip()) >= _LONG for w in apart):
        return [c for w in apart for c in _stated(w, part, one, Who.MAY_NOT)]  # each alone leaves out
    return _members(part, said, one, _MEMBER)


def _apart(held: tuple[Condition, int, int], one: Sentence) -> Iterator[tuple[Condition, int, int]]:
    """The members of a list of cases that a part held: 发生事故的、被列入名单的企业，取消资格."""
    _, start, end = held
    words = [w for w in re.split(_JOINED, one.text[start:end]) if w.strip()]
    if len(words) <= 1 or any(len(w.strip()) < _LONG for w in words):
        words = [w for w in re.split(_MEMBER, one.text[start:end]) if len(w.strip()) > _WORD]
    if len(words) <= 1:
        # As a refusal, a bound may say less than its words: 近三年受到处罚2次以上的，不得申请.
        yield from ((c, start, end) for c in conditions_in(one.text[start:end], one, Who.MAY_NOT))
        return
    for said in map(one.over.without_lead, words):
        yield Condition(words=said), start, end


def _is_list(text: str) -> bool:
    """Whether all behind a colon is one list: 下列机具不予补贴：二手机具、未取得证书的机具."""
    behind = text[_colon(text) + 1 :]
    return (
        _colon(text) > 0 and "、" in behind and not re.search(r"[；;，,]|\d[.、]|[（(][一二三四五\d]", behind)
    )


def _members(part: _Part, words: str, one: Sentence, mark: str) -> list[tuple[Condition, int, int]]:
    members = [w for w in re.split(mark, words) if len(w.strip()) > _WORD]
    return [c for w in members for c in _stated(w, part, one, Who.MAY_NOT)]


def _stated(words: str, part: _Part, one: Sentence, who: Who) -> list[tuple[Condition, int, int]]:
    return [
        (c, part.start, part.end)
        for c in conditions_in(words, one, who)
        if c.words not in one.over.empty_words and not _names_all(c.words, one.over)
    ]


def _names_all(words: str | None, over: Contexts) -> bool:
    """Whether words are no more than whoever applies: 申领各类券的单位."""
    return (
        bool(words)
        and len(words or "") <= _LABELLED
        and over.is_whole(words or "")
        and over.ends_as_applicant(words or "")
    )


def _stated_plainly(
    one: Sentence, base: Who | None, held: Sequence[tuple[Condition, int, int]], found: Sequence[Placed]
) -> Iterator[Placed]:
    """Bounds of a sentence that gives nothing and says no more: 见习期限不少于3个月，不超过12个月."""
    gives = any(a.has("award") or a.has("give") or a.has("MONEY") for a in atoms_of(one.text))
    if base is not None or one.kind not in (None, "amount") or gives:
        return
    for condition, start, end in held:
        known = any(r.condition == condition for r, _, _ in found)
        if condition.bound and not known and "的" not in one.text[end - 2 : end]:
            yield Requirement(who=Who.MUST, condition=condition), start, end


def conditions_in(words: str, one: Sentence, who: Who = Who.MUST) -> list[Condition]:
    """The conditions that a part tells: its bounds, and its words where they say more than a bound can."""
    over = one.over
    trial = Sentence(words, 0, one.around, [], over, None)
    trial.measure = one.measure
    for atoms in segments_of(atoms_of(words), is_row=False):
        trial.read(atoms)
    whole = [Condition(words=said)] if len(said := over.without_lead(words)) > _WORD else []
    bounds = [c for c in trial.pending if c.bound]
    if trial.unread or not bounds:
        return whole
    more = [c for c in trial.pending if c.words]
    ages = any(c.bound and c.bound.measure.nature == "age" for c in bounds)
    if more and ages and who is not Who.MAY_NOT and re.search(over.listed_by, words):
        return whole  # 符合建床条件的居民、65岁以上失能老年人: each of a list has what it has
    if all(_stands_alone(c, bool(more), words, who, over) for c in bounds):
        return bounds
    return whole


def bounds_in(words: str, one: Sentence) -> list[Condition]:
    """The bounds that words set, whatever else they say; none where something of them was not read."""
    atoms = atoms_of(words)
    for cover in covers(atoms):  # what limits nothing that is given is a bound: 客房不超过14间
        trial = Sentence(words, 0, one.around, [], one.over, None)
        trial.take(atoms, cover)
        if (bounds := [c for c in trial.pending if c.bound]) and not trial.unread and not trial.pending_caps:
            return bounds
    return []


def _stands_alone(condition: Condition, more: bool, words: str, who: Who, over: Contexts) -> bool:
    """Whether a bound says all that its part does: 成立不超过5年, but not 近三年受到处罚2次以上."""
    bound = condition.bound
    if bound is None or bound.quantity.unit in _MONEY_UNITS or not more:
        return True
    if bound.measure.nature in over.bounds.counted and not bound.measure.objects:
        return False  # 至少1个部位增生减低
    if bound.measure.nature == "duration":
        return over.says_firm_age(words)
    return who is not Who.MAY_NOT or bool(bound.measure.objects)
