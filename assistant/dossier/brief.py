"""The programmes that a dossier shows in a row each: those still too open to carry along in full, those of other places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.dossier.blocks import Line, Paragraph, Section, Table, cell
from assistant.dossier.clauses import Clauses, Shown
from assistant.dossier.labels import Labels
from assistant.dossier.programme import MARKS, Row, heading_of
from assistant.models import Assessment
from assistant.programmes.assess import Found, Verdict
from assistant.programmes.present import label, rule_text

Pair = tuple[Verdict, Assessment]
FULL = 5  # programmes in full, besides those that are met or have a sum
FEW = 2  # facts that may be missing for that


def divided(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    """The programmes of the place in full, and those in a row: what is met, has a sum, or is nearly decided comes in full."""
    sure = [p for p in pairs if p[0].outcome == "met" or p[1].amount is not None]
    near = [p for p in pairs if p not in sure and 1 <= len(p[1].missing_facts) <= FEW]
    near.sort(key=lambda p: (p[0].window.state not in ("open", "upcoming"), len(p[1].missing_facts)))
    full = sure + near[: max(0, FULL - len(sure))]
    return full, [p for p in pairs if p not in full]


def brief_section(
    key: str, pairs: Sequence[Pair], clauses: Clauses, quoted: bool = True
) -> Iterator[Section]:
    """A table with a row for each programme, under a heading that says why it is only a row; nothing for none."""
    if not pairs:
        return
    labels = clauses.labels
    header = (labels("programme"), labels("support"), labels("still_open"), labels("clause"))
    table = Table(
        header=header,
        rows=tuple(_row(*pair, clauses, quoted) for pair in pairs),
        shares=(21, 26, 25, 28) if quoted else (28, 32, 32, 8),
    )
    why = Paragraph(line=Line(text=labels(f"{key}_why"), tone="warning"))
    yield Section(heading=labels(key), blocks=(why, table))


def _row(verdict: Verdict, one: Assessment, clauses: Clauses, quoted: bool) -> Row:
    labels = clauses.labels
    name = [Line(text=heading_of(one, labels), tone="strong")]
    window = one.window
    if window.state != "unknown":
        said = (
            f"{labels(f'state_{window.state}')}{labels.bracketed(labels.span(window.opens, window.closes))}"
        )
        name.append(Line(text=said, tone="warning" if window.state == "closed" else "plain"))
    if verdict.programme.draft:
        name.append(Line(text=labels("draft_programme"), tone="warning"))
    gives = [Line(text=rule_text(s.benefit, labels.language)) for s in verdict.sums]
    if one.amount is not None:
        gives.append(Line(text=labels("sum", amount=labels.money(one.amount)), tone="strong"))
    if one.working:
        gives.append(Line(text=labels("working", working=one.working)))
    sources: list[str | None] = [s.benefit.source for s in verdict.sums]
    sources = sources or [c.condition.source for c in verdict.conditions]
    shown = Shown(clauses, verdict.revision) if verdict.revision else None
    clause = shown.cell(sources[:1], quoted) if shown else ()
    return tuple(name), tuple(gives) or cell(labels("unseen")), tuple(_open(verdict, one, labels)), clause


def _open(verdict: Verdict, one: Assessment, labels: Labels) -> Iterator[Line]:
    """What is still asked, and what the department decides."""
    for missing in one.missing_facts:
        yield Line(text=f"{MARKS['unknown']} {missing.ask}")
    for condition in (c for found in verdict.conditions for c in _decided(found)):
        yield Line(text=f"{labels('human')}{labels('colon')}{label(condition.condition, labels.language)}")


def _decided(found: Found) -> Iterator[Found]:
    """The conditions, nested ones too, that a person decides."""
    if found.condition.op == "human" and not found.nested and found.outcome == "unknown":
        yield found
    for nested in found.nested:
        yield from _decided(nested)
