"""What a firm told, as people read it: each fact with its label, those that follow from others, those not used."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from assistant.dossier.blocks import Block, Line, Paragraph, Section, Table, cell
from assistant.dossier.labels import Labels
from assistant.matching import Matched
from assistant.programmes.definitions import FactDefinition
from assistant.programmes.facts import Definitions, FactValue, Told


def profile_section(matched: Matched, told: Told, definitions: Definitions, labels: Labels) -> Section:
    """The facts of the matching in a table."""
    rows = []
    for key, value in told.values.items():
        how = "" if key in matched.facts else labels.bracketed(labels("implied"))
        shown = fact_text(definitions[key], value, labels) + how
        rows.append((cell(name_of(definitions[key], labels)), cell(shown)))
    for key, problem in matched.problems.items():
        name = name_of(definitions[key], labels) if key in definitions else key
        shown = matched.facts.get(key, "")
        lines = (Line(text=shown), Line(text=labels("unusable", problem=problem), tone="warning"))
        rows.append((cell(name), lines[0 if shown else 1 :]))
    half = -(-len(rows) // 2)  # two facts beside each other, read down and then on the right
    beside = [*rows[half:], (cell(""), cell(""))][:half]
    pairs = tuple(left + right for left, right in zip(rows, beside, strict=False))
    block: Block = Table(header=(labels("fact"), labels("told")) * 2, rows=pairs, shares=(28, 22, 28, 22))
    if not rows:
        block = Paragraph(line=Line(text=labels("no_facts")))
    return Section(heading=labels("profile"), blocks=(block,))


def name_of(definition: FactDefinition, labels: Labels) -> str:
    """What a fact is called."""
    return definition.en if labels.language == "en" else definition.zh


def fact_text(definition: FactDefinition, value: FactValue, labels: Labels) -> str:
    """A value in words and with its unit."""
    if isinstance(value, bool):
        return labels("answer_yes" if value else "answer_no")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        if definition.type == "money":
            return labels.money(value)
        return f"{value.normalize():,f}{'%' if definition.type == 'percent' else definition.unit or ''}"
    names = {o.value: o.en if labels.language == "en" else o.zh for o in definition.options}
    return labels("comma").join(names.get(one, one) for one in value)
