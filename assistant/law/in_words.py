"""A provision in words, for staff: what was read of a clause, field by field."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.grammar.measures import in_words
from assistant.law.provisions import (
    Benefit,
    Bracket,
    Brackets,
    Budget,
    Condition,
    Contact,
    Content,
    Definition,
    Grant,
    Listing,
    Lump,
    Match,
    Material,
    Office,
    PaperReading,
    PerUnit,
    Points,
    Rate,
    Relation,
    Requirement,
    Silence,
    Step,
    TopUp,
    Validity,
    Window,
)
from assistant.law.quantities import Bound, Cap, Measure, Op
from assistant.models import Document, Language
from assistant.yaml_file import read_yaml


@lru_cache(maxsize=1)
def _says() -> dict[str, Any]:
    said: dict[str, Any] = read_yaml(Path(__file__).parent / "sentences.yaml")
    return said


def told(content: Content) -> str:
    """One line that says what a provision says."""
    says = _says()
    match content:
        case Benefit():
            return _benefit(content)
        case Requirement():
            return str(says["who"][content.who]).format(condition=_condition(content.condition))
        case Window():
            return _window(content)
        case Material():
            return str(says["material"]).format(material=content.material)
        case Step():
            return str(says["step_of"]).format(step=content.step)
        case Office():
            return str(says["office"]).format(office=content.office, does=says["does"][content.does])
        case Contact():
            return str(says["contact"]).format(contact=content.contact)
        case Validity():
            return _validity(content)
        case Definition():
            return str(says["definition"]).format(term=content.term, means=content.means)
        case Relation():
            limit = f"（{_cap(content.limit)}）" if content.limit else ""
            return f"{says['relation'][content.relation]}：{content.with_ or ''}{limit}"
        case Budget():
            return str(says["budget"]).format(budget=content.budget)
        case Listing():
            return str(says["listed"]).format(listed=content.listed)
        case Silence():
            return str(says["silent"]).format(silent_on=content.silent_on)


def changed_in_words(form: str, **fields: object) -> str:
    """A phrase on what changed, by its key in sentences.yaml."""
    return str(_says()["changes"][form]).format(**fields)


def sum_in_words(form: str, language: Language, **values: object) -> str:
    """A piece of a sum's working, by its key in sentences.yaml."""
    return str(_says()["sums_en" if language == "en" else "sums"][form]).format(**values)


def measure_in_words(measure: Measure) -> str:
    """What a figure is of."""
    return _measure(measure)


def condition_in_words(condition: Condition) -> str:
    """What must hold."""
    return _condition(condition)


def op_in_words(op: Op, language: Language = "zh") -> str:
    """How a figure is held against a bound: 不低于; at least."""
    return str(_says()["op_en" if language == "en" else "op"][op])


def rows_of(document: Document, reading: PaperReading) -> list[dict[str, Any]]:
    """One row a clause that says something: its words, what was read (numbered as in the paper), what was not."""
    rows = []
    numbered = list(enumerate(reading.provisions, 1))
    for clause in reading.clauses:
        own = [(n, p) for n, p in numbered if clause.start <= p.start < clause.end]
        rows.append(
            {
                "article": clause.article,
                "text": document.text[clause.start : clause.end].strip(),
                "start": clause.start,
                "end": clause.end,
                "provisions": [
                    {
                        "number": n,
                        "told": told(p.content),
                        "content": p.content.model_dump(mode="json", exclude_defaults=True, by_alias=True),
                        "standing": p.standing,
                        "by": p.by,
                        "unread": [document.text[s.start : s.end] for s in p.unread],
                    }
                    for n, p in own
                ],
                "unread": [document.text[s.start : s.end] for s in clause.unread],
            }
        )
    return rows


def _measure(measure: Measure) -> str:
    return in_words(measure.grammar) + (_says()["growth"] if measure.change else "")


def _bound(bound: Bound) -> str:
    return f"{_measure(bound.measure)}{_says()['op'][bound.op]}{bound.quantity}"


def _condition(condition: Condition) -> str:
    return _bound(condition.bound) if condition.bound else condition.words or ""


def _cap(cap: Cap) -> str:
    says = _says()
    per = "".join(says["per"][p] for p in cap.per)
    form = says["cap_of"] if cap.of else says["cap"]
    text = form.format(per=per, limit=cap.limit, of=_measure(cap.of) if cap.of else "")
    return str(says["usual"]).format(cap=text) if cap.usual else str(text)


def _grant(grant: Grant) -> str:
    says = _says()["grants"]
    match grant:
        case Rate():
            form = says["rate_beyond"] if grant.beyond else says["rate_upto"] if grant.upto else says["rate"]
            return str(form).format(
                of=_measure(grant.of), rate=grant.rate, beyond=grant.beyond, upto=grant.upto
            )
        case Lump():
            return str(says["lump"]).format(lump=grant.lump)
        case PerUnit():
            form = says["each_of"] if grant.of else says["each_beyond"] if grant.beyond else says["each"]
            of = _measure(grant.of) if grant.of else ""
            text = str(form).format(per=grant.per, each=grant.each, beyond=grant.beyond, of=of)
            return f"{_says()['of_time'][grant.time]}{text}" if grant.time else text
        case Brackets():
            steps = "，".join(f"{_step(b)}{b.rate or b.lump}" for b in grant.brackets)
            return str(says["brackets"]).format(of=_measure(grant.of), steps=steps)
        case Match():
            return str(says["match"]).format(of=_measure(grant.of), match=grant.match)
        case TopUp():
            return str(says["top_up"])
        case Points():
            return str(says["points"]).format(points=grant.points)
    return str(says["unsaid"])


def _step(step: Bracket) -> str:
    forms = _says()["step"]
    name = "between" if step.over and step.to else "to" if step.to else "over"
    return str(forms[name]).format(over=step.over, to=step.to)


def _benefit(benefit: Benefit) -> str:
    says = _says()
    grant = _grant(benefit.grant)
    parts = [says["at_most"].format(grant=grant) if benefit.at_most else grant]
    parts += [_cap(c) for c in benefit.caps]
    if benefit.term and benefit.term.length:
        parts.append(says["term"].format(length=benefit.term.length))
    if benefit.term:
        parts += [
            says["years"].format(year=y.year, given=y.share or y.rate or y.lump) for y in benefit.term.years
        ]
    if benefit.when:
        parts.append(says["when"].format(conditions="；".join(map(_condition, benefit.when))))
    return "，".join(parts)


def _window(window: Window) -> str:
    says = _says()["window"]
    name = (
        "yearly"
        if window.yearly
        else "both"
        if window.opens and window.closes
        else "until"
        if window.closes
        else "since"
    )
    text = str(says[name]).format(**window.model_dump())
    return f"{says['batch'].format(batch=window.batch)}：{text}" if window.batch else text


def _validity(validity: Validity) -> str:
    says, said = _says()["validity"], validity.model_dump()
    parts = [says["issue"]] if validity.from_issue else []
    parts += [says["from_"].format(**said)] if validity.valid_from else []
    parts += [says["to"].format(**said)] if validity.valid_to else []
    parts += [says["for_"].format(valid_for=validity.valid_for)] if validity.valid_for else []
    return "，".join(parts)
