"""One programme in the dossier: window, verdict, sum, conditions with their clauses, what to do, what is missing."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.dossier.blocks import Block, Bullets, Cell, Line, Paragraph, Section, Table, Tone, cell
from assistant.dossier.clauses import Clauses, Shown
from assistant.dossier.labels import Labels
from assistant.models import Assessment, Confidence
from assistant.programmes.assess import Found, Verdict, window_on
from assistant.programmes.present import label, rule_text, working
from assistant.programmes.schema import Revision, Statement, WindowRule

MARKS = {"met": "✓", "unmet": "✗", "unknown": "?"}
Row = tuple[Cell, ...]
_SHARES = (15, 39, 46)


def heading_of(one: Assessment, labels: Labels) -> str:
    """A programme's name with its region."""
    return one.title + labels.bracketed(one.region)


def programme_section(verdict: Verdict, one: Assessment, clauses: Clauses) -> Section:
    """All there is to say of a programme that is met or open."""
    labels = clauses.labels
    blocks: list[Block] = [Paragraph(line=line) for line in _opening(verdict, one, labels)]
    if verdict.revision:
        shown = Shown(clauses, verdict.revision)
        tables = (
            ((labels("verdict"), labels("condition"), labels("clause")), _conditions(verdict, shown)),
            ((labels("support"), labels("clause")), _benefits(verdict, shown)),
            ((labels("item"), labels("content"), labels("clause")), _items(verdict, verdict.revision, shown)),
        )
        for header, rows in tables:
            if found := tuple(rows):
                blocks.append(Table(header=header, rows=found, shares=_SHARES[-len(header) :]))
    if one.missing_facts:
        blocks.append(Paragraph(line=Line(text=labels("missing_here"), tone="strong")))
        blocks.append(Bullets(items=tuple(Line(text=missing.ask) for missing in one.missing_facts)))
    return Section(heading=heading_of(one, labels), level=2, blocks=tuple(blocks))


# ------------------------------------------------------------------ the opening lines


def _opening(verdict: Verdict, one: Assessment, labels: Labels) -> Iterator[Line]:
    """The window first, for a closed one decides before all else; then verdict, warnings, sum."""
    yield window_line(verdict, labels)
    yield _verdict_line(verdict, labels)
    if verdict.revision is None:
        yield Line(text=labels("no_rules"), tone="warning")
    if verdict.programme.draft:
        yield Line(text=labels("draft_programme"), tone="warning")
    weak = verdict.programme.confidence
    if weak is not Confidence.OFFICIAL:
        yield Line(text=labels(f"{weak.value}_programme"), tone="warning")
    if one.amount is not None:
        yield Line(text=labels("sum", amount=labels.money(one.amount)), tone="strong")
    if one.working:
        yield Line(text=labels("working", working=one.working))


def window_line(verdict: Verdict, labels: Labels) -> Line:
    """Whether applications are taken on the day, in words."""
    rule, state = verdict.window_rule, verdict.window.state
    if rule is None or (rule.opens is None and rule.closes is None):
        return Line(text=labels("window_unknown"), tone="warning")
    key = "window_partly" if state == "unknown" else f"window_{state}"
    tone: Tone = "met" if state == "open" else "warning"
    return Line(text=labels(key, span=_span(rule, labels)), tone=tone)


def _span(rule: WindowRule, labels: Labels) -> str:
    """The days of a window, its name, and how surely they are known."""
    name = label_of(rule, labels)
    text = labels.span(rule.opens, rule.closes)
    weak = "" if rule.confidence is Confidence.OFFICIAL else labels(rule.confidence.value)
    weak = "" if weak in name else weak
    return f"{name} {text}".strip() + labels.bracketed(weak)


def label_of(rule: WindowRule | Statement, labels: Labels) -> str:
    """The words of a window or statement in the language asked for."""
    return rule.en if labels.language == "en" and rule.en else rule.zh


def _verdict_line(verdict: Verdict, labels: Labels) -> Line:
    if verdict.outcome != "met":
        met = sum(f.outcome == "met" for f in verdict.conditions)
        still = sum(f.outcome == "unknown" for f in verdict.conditions)
        return Line(text=labels("verdict_unknown", met=met, open=still), tone="unknown")
    return Line(text=labels("verdict_met"), tone="met")


# ------------------------------------------------------------------ the tables


def _conditions(verdict: Verdict, shown: Shown) -> Iterator[Row]:
    for found in verdict.conditions:
        yield from condition_rows(found, shown)


def condition_rows(found: Found, shown: Shown, depth: int = 0) -> Iterator[Row]:
    """A condition and those nested in it, each with its mark and clause."""
    labels, condition = shown.clauses.labels, found.condition
    is_human = condition.op == "human" and not found.nested
    said = labels("human") if is_human else labels(found.outcome)
    name = "–" * depth + (" " if depth else "") + label(condition, labels.language)
    yield (
        cell(f"{MARKS[found.outcome]} {said}", found.outcome),
        cell(name),
        shown.cell([condition.source]),
    )
    for nested in found.nested:
        yield from condition_rows(nested, shown, depth + 1)


def _benefits(verdict: Verdict, shown: Shown) -> Iterator[Row]:
    """What the programme gives; with several benefits each with its own sum."""
    labels = shown.clauses.labels
    for one in verdict.sums:
        benefit = one.benefit
        text = rule_text(benefit, labels.language)
        own = working(one, labels.language) if len(verdict.sums) > 1 else None
        names = [benefit.source, *(t.source for t in benefit.tiers)]
        names += [benefit.cap.source] if benefit.cap else []
        yield cell("\n".join(filter(None, (text, own)))), shown.cell(names)


def _items(verdict: Verdict, revision: Revision, shown: Shown) -> Iterator[Row]:
    """Windows, department, procedure, materials, combining, notes: what one needs to apply."""
    labels = shown.clauses.labels
    for rule in sorted(revision.windows, key=lambda r: str(r.closes or r.opens or ""), reverse=True):
        state = labels(f"state_{window_on((rule,), verdict.as_of)[1].state}")
        text = _span(rule, labels) + labels.bracketed(state)
        yield cell(labels("window")), cell(text), shown.cell([rule.source])
    department = label_of(revision.department, labels) if revision.department else labels("unseen")
    names = [revision.department.source] if revision.department else []
    yield cell(labels("department")), cell(department), shown.cell(names)
    steps = [f"{number}. {label_of(step, labels)}" for number, step in enumerate(revision.procedure, 1)]
    materials = [f"□ {label_of(material, labels)}" for material in revision.materials]
    for key, texts, rules in (
        ("procedure", steps, revision.procedure),
        ("materials", materials, revision.materials),
    ):
        if texts:
            yield cell(labels(key)), cell("\n".join(texts)), shown.cell([rule.source for rule in rules])
    if not revision.materials:
        yield cell(labels("materials")), cell(labels("no_materials")), ()
    for limit in revision.stacking:
        text = limit.en if labels.language == "en" else limit.zh
        yield cell(labels("stacking")), cell(text), shown.cell([limit.source])
    yield from _rest(revision, shown)


def _rest(revision: Revision, shown: Shown) -> Iterator[Row]:
    labels = shown.clauses.labels
    if revision.budget:
        amount = labels.money(revision.budget.amount)
        text = labels(f"budget_{revision.budget.per}", amount=amount)
        yield cell(labels("budget")), cell(text), shown.cell([revision.budget.source])
    if revision.opens or revision.closes:
        text = labels.span(revision.opens, revision.closes)
        yield cell(labels("term")), cell(text), shown.cell([revision.term])
    for note in revision.notes:
        yield cell(labels("note"), "warning"), cell(label_of(note, labels)), shown.cell([note.source])
