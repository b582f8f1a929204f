"""Sentences that give nothing: how supports go together, how long a paper holds, windows, offices, contacts, materials, steps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from assistant.grammar.tokens import Atom, plain
from assistant.law.contexts import Contexts
from assistant.law.offices import offices_in
from assistant.law.phrases import atoms_of
from assistant.law.provisions import (
    Budget,
    Contact,
    Content,
    Definition,
    Material,
    Office,
    Relates,
    Relation,
    Silence,
    Step,
    Validity,
    Window,
)
from assistant.law.quantities import Quantity, Unit

_LONGEST_TERM = 40  # characters
_RELATIONS = (
    ("higher", Relates.HIGHER_ONLY),
    ("not_twice", Relates.NOT_TWICE),
    ("may_combine", Relates.MAY_COMBINE),
    ("gap", Relates.DIFFERENCE),
)
_ASKED = ("may", "must", "may_not")  # what an office or a sum is there is asked of who applies
Placed = tuple[Content, int, int]


def plain_contents(text: str, atoms: Sequence[Atom], over: Contexts, kind: str | None) -> Iterator[Placed]:
    """What a sentence says, each with its span in it."""
    folded = plain(text)
    found = [
        *relations_in(text, folded, atoms, over),
        *_validity(folded, atoms, over),
        *_silence(text, folded, over),
        *_windows(folded, atoms, over, kind),
        *_contacts(text, atoms),
        *(offices_in(text, over) if kind not in _ASKED else ()),
        *_definition(text, folded, over),
    ]
    if any(isinstance(c, Definition) for c, _, _ in found):
        found = [f for f in found if not isinstance(f[0], Office)]  # 经市委人才办认定的 says what is meant
    else:
        found += _handed_in(text, over)
    is_material = over.label_kind(text) == "material" or kind == "material"
    if is_material and not any(isinstance(c, Office) for c, _, _ in found):
        found += _items(text, "material", over)
    elif kind in ("step", "window"):
        taken = [(a, b) for c, a, b in found if isinstance(c, Window)]
        steps = _items(text, "step", over)
        found += [s for s in steps if not any(a < s[2] and s[1] < b for a, b in taken)]
    if kind not in _ASKED and all(isinstance(c, Relation) for c, _, _ in found):
        found += _budget(folded, atoms, over)
    yield from found


def relations_in(
    text: str, folded: str, atoms: Sequence[Atom], over: Contexts
) -> Iterator[tuple[Relation, int, int]]:
    """How supports go together, part by part; which paper ends or is carried out."""
    for start, end in _pieces(text, "；;。"):
        part = [a for a in atoms if start <= a.start < end]
        names = [name for name, _ in _RELATIONS if any(a.has(name) for a in part)]
        if _forbids_twice(text, part) and "not_twice" not in names:
            names.append("not_twice")
        if "higher" in names and "may_combine" in names:
            names.remove("may_combine")  # 可同时申报多个条款，但按就高原则只支持一项
        for name, relation in _RELATIONS:
            if name in names and not (name == "not_twice" and "higher" in names):
                yield Relation(relation=relation, with_=over.without_lead(text[start:end])), start, end
    titles = [(m[1], m.start(), m.end()) for m in re.finditer(r"《([^《》]+)》", text)]
    if over.says("replaces", folded):
        for title, start, end in titles or [(text, 0, len(text))]:
            yield Relation(relation=Relates.REPLACES, with_=title), start, end
    elif any(word in folded for word in over.conforming):
        yield Relation(relation=Relates.REPLACES, with_=over.without_lead(text)), 0, len(text)
    else:
        for title, start, end in titles:
            if any(word in folded[:start] for word in over.bases) or folded[:start].endswith(
                over.since_title
            ):
                yield Relation(relation=Relates.IMPLEMENTS, with_=title), start, end
    for word in over.on_top:
        before = re.search(rf"在([^，,。；;]{{2,20}}?)的?{word}", text)
        measured = before and (before[1].endswith(over.measures_told) or any(c.isdigit() for c in before[1]))
        if before and not measured and any(a.has("again") for a in atoms):
            yield Relation(relation=Relates.MAY_COMBINE, with_=before[1]), before.start(), before.end()


def _forbids_twice(text: str, part: Sequence[Atom]) -> bool:
    """Whether a part between commas forbids to have two together: 同一项目不得与县级其他奖补重复享受."""
    commas = [a.start for a in part if a.has("comma")]
    for forbids in (a for a in part if a.has("must_not")):
        end = next((c for c in commas if c > forbids.start), len(text))
        if any(a.has("repeated") and forbids.end <= a.start < end for a in part):
            return True
    return False


def _pieces(text: str, marks: str) -> Iterator[tuple[int, int]]:
    for found in re.finditer(rf"[^{marks}]+", text):
        if found[0].strip():
            yield found.start(), found.end()


def _day(value: tuple[int | None, int | None, int | None]) -> date | None:
    try:
        return date(*value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def _validity(folded: str, atoms: Sequence[Atom], over: Contexts) -> Iterator[Placed]:
    """From when to when a paper holds: 自…起施行，有效期三年; 至…止."""
    for start, end in _pieces(folded, "；;。"):
        part = [a for a in atoms if start <= a.start < end]
        if not over.says("validity", folded[start:end]) or any(a.has("MONEY") for a in part):
            continue
        days = [(a, d) for a in part if a.has("DATE") and (d := _day(a.value))]
        length = next((a for a in part if a.unit in ("年", "个月") and a.has("COUNT")), None)
        from_issue = over.says("from_issue", folded[start:end])
        if not (from_issue or days):
            continue
        first = next((d for a, d in days if folded[a.end : a.end + 1] in over.since), None)
        others = [d for _, d in days if d != first]
        if first is None and len(others) > 1:
            first, others = others[0], others[1:]
        content = Validity(
            valid_from=first,
            valid_to=others[-1] if others else None,
            valid_for=Quantity(value=length.value, unit=Unit(length.unit)) if length else None,
            from_issue=from_issue and first is None,
        )
        yield content, start, end
        return


def _silence(text: str, folded: str, over: Contexts) -> Iterator[Placed]:
    for word in over.triggers["silent"]:
        if word in folded:
            yield Silence(silent_on=over.without_lead(text[: folded.find(word)]) or text), 0, len(text)
            return


def _windows(folded: str, atoms: Sequence[Atom], over: Contexts, kind: str | None) -> Iterator[Placed]:
    """When applications are taken: days of this year, or days and months of every year, batch by batch."""
    if any(word in folded for word in over.triggers["may_all"]):
        yield Window(yearly="全年"), 0, len(folded)
    year = next((a.value[0] for a in atoms if a.classes & {"YEAR", "DATE", "YEARMONTH"}), None)
    batch, told = 0, False
    seen: set[date] = set()
    for start, end in _pieces(folded, "，,；;。：:、"):
        told = told or over.says("window", folded[start:end])
        part = [a for a in atoms if start <= a.start < end]
        days = [a for a in part if a.classes & {"DATE", "MONTHDAY", "YEARMONTH", "MONTH"}]
        if (
            not days
            or not (kind == "window" or batch or told)
            or (over.says("pays", folded[start:end]) and not over.says("accepts", folded[start:end]))
            or any(a.has("MONEY") for a in part)
            or any(word in folded[start:end] for word in over.no_windows)
        ):
            continue
        batch += any(a.has("ORDINAL") for a in part)
        first, last = days[0], days[-1] if len(days) > 1 else None
        dated = first.value[0] or (year if not any(a.has("yearly") for a in atoms) else None)
        if last is None:
            until = folded[start : first.start].rstrip().endswith(over.until)
            if not until and not any(
                folded[first.end : first.end + 2].startswith(w) or w in folded[start : first.start]
                for w in over.before
            ):
                if dated is None and (batch or kind == "window"):
                    yield Window(yearly=_plain_day(first), batch=batch or None), start, end
                continue
            closes = _day((dated, *first.value[1:]))
            if closes in seen:
                continue  # 网上提交截止5月31日, said before
            if closes:
                yield Window(closes=closes), start, end
            elif dated is None and first.value[1]:
                yield Window(yearly=f"{_plain_day(first)}前"), start, end
        elif dated:
            opens, closes = (
                _day((dated, *first.value[1:])),
                _day((last.value[0] or dated, last.value[1] or first.value[1], last.value[2])),
            )
            if opens and closes:
                seen.add(closes)
                yield Window(opens=opens, closes=closes, batch=batch or None), start, end
        else:
            yield (
                Window(yearly=f"{_plain_day(first)}-{_plain_day(last, first)}", batch=batch or None),
                start,
                end,
            )


def _plain_day(atom: Atom, first: Atom | None = None) -> str:
    """3月1日, 3月; the month that an end leaves out is that of its beginning."""
    _, month, day = atom.value
    month = month or (first.value[1] if first else None)
    return f"{month}月" + (f"{day}日" if day else "")


def _contacts(text: str, atoms: Sequence[Atom]) -> Iterator[Placed]:
    for atom in atoms:
        if atom.has("CONTACT"):
            yield Contact(contact=text[atom.start : atom.end]), atom.start, atom.end


def _definition(text: str, folded: str, over: Contexts) -> Iterator[Placed]:
    lead = next((w for w in over.definition_leads if folded.lstrip().startswith(w)), None)
    if lead:
        begin = folded.find(lead) + len(lead)
        ends = [(i, w) for w in over.definition_words if (i := folded.find(w, begin + 1)) > 0]
        at, word = min(ends, key=lambda e: (e[0], -len(e[1])), default=(0, ""))
        term, means = text[begin:at].strip(' “”"'), text[at + len(word) :].strip(" ，,：:。")
        if at and means and len(term) < _LONGEST_TERM:
            yield Definition(term=over.without_lead(term), means=means), 0, len(text)
            return
    for word in over.defines:
        before, found, after = folded.partition(word)
        if found and 1 < len(before) < 40:
            term = re.sub(r"^.*所称|^本[\u4e00-\u9fff]{1,4}中", "", text[: len(before)]).strip(
                ' 的“”"，,：:（）()'
            )
            term = over.without_lead(term)
            if term and after.strip():
                yield (
                    Definition(term=term, means=text[len(before) + len(word) :].strip(" ，,：:。")),
                    0,
                    len(text),
                )
            return


def _budget(folded: str, atoms: Sequence[Atom], over: Contexts) -> Iterator[Placed]:
    said = max((folded.find(w) for w in over.triggers["budget"] if w in folded), default=-1)
    if said >= 0:
        for atom in sorted(
            atoms, key=lambda a: (a.start < said, a.start)
        ):  # what stands behind the word comes first
            if atom.has("MONEY") or (atom.has("COUNT") and atom.unit in ("家", "个", "人")):
                yield (
                    Budget(
                        budget=Quantity(value=atom.value, unit=Unit(atom.unit)),
                        per="year"
                        if any(a.has("yearly") and a.start < atom.start for a in atoms)
                        else "total",
                    ),
                    0,
                    len(folded),
                )
                return


def _handed_in(text: str, over: Contexts) -> Iterator[Placed]:
    """The papers that a sentence says one comes with: 持见习协议、考勤记录向…申请."""
    for start, end in _pieces(text, "，,；;。：:"):
        piece = text[start:end]
        verbs = [(i, i + len(w)) for w in over.hand_in if (i := piece.find(w)) >= 0]
        starts = [b for a, b in verbs if not piece[:a].strip() or piece[a - 1] in over.hand_in_after] or [
            b for _, b in verbs if "、" in piece[b:]
        ]
        at = (
            max(starts, default=-1)
            if not piece[: max(starts, default=0)].strip()
            else min(starts, default=-1)
        )
        members = [piece[at:][a:b] for a, b in _listed(piece[at:], "、")] if at >= 0 else []
        if at < 0 or not members or not all(map(over.names_paper, members[-1:])) or len(members) < 2:
            continue
        until = min(
            (i for w in over.office_leads if (i := piece.find(w, at)) > piece.rfind("、")), default=len(piece)
        )
        for a, b in _listed(piece[at:until], "、"):
            said = over.without_lead(piece[at + a : at + b])
            if len(said) > 1:
                yield Material(material=said), start + at + a, start + at + b


def _listed(text: str, marks: str) -> Iterator[tuple[int, int]]:
    """Members of a list; a mark in brackets or between figures parts nothing: 照片（正面、侧面）, 2024、2025年度."""
    depth, at = 0, 0
    for i, char in enumerate(text):
        depth += (char in "（(") - (char in "）)")
        figures = char == "、" and text[i - 1 : i].isdigit() and text[i + 1 : i + 2].isdigit()
        if char in marks and depth <= 0 and not figures:
            if text[at:i].strip():
                yield at, i
            at = i + 1
    if text[at:].strip():
        yield at, len(text)


def _items(text: str, kind: str, over: Contexts) -> Iterator[Placed]:
    """The papers to hand in or the steps of a sentence, cut where a list is cut; a step says what is done."""
    lead = re.match(r"^\s*问\s*[：:].*?答\s*[：:]|^[^：:，。]{0,40}[：:]", text)
    at = lead.end() if lead else 0
    marks = "；;。，,→" if kind == "step" else "；;。、\n"
    if kind == "step" and lead and text.count("、") > 1 and not any(m in text[at:] for m in "；;，,→"):
        marks = "、。"  # 程序依次为：申报、审查、公示
    for start, end in _listed(text[at:], marks):
        said = over.without_lead(text[at + start : at + end])
        if len(said) < 3 or (kind == "step" and not over.does_step(said)):
            continue
        if kind == "material" and not over.names_paper(said):
            continue
        if kind == "step" and any(a.has("refuse") for a in atoms_of(said)):
            continue
        content: Content = Step(step=said) if kind == "step" else Material(material=said)
        yield content, at + start, at + end
