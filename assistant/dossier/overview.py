"""What a dossier shows before the programmes: result, what goes together, the link for a phone, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from assistant.dossier.annex import Pair
from assistant.dossier.blocks import Block, Cell, Line, Paragraph, QrCode, Section, Table, cell
from assistant.dossier.clauses import Clauses
from assistant.dossier.labels import Labels
from assistant.dossier.profile import name_of
from assistant.dossier.programme import MARKS, heading_of
from assistant.dossier.windows import WindowEvent, events_of
from assistant.matching import Matched
from assistant.models import Assessment
from assistant.programmes.facts import Definitions
from assistant.programmes.stacking import Combination, Limit
from assistant.share_link import match_url

_QUESTIONS = 10


def summary_section(pairs: Sequence[Pair], fit: Sequence[Pair], labels: Labels) -> Section:
    """How many fit, and those with a sum or met in one table."""
    count = {o: sum(v.outcome == o for v, _ in pairs) for o in ("met", "unknown", "unmet")}
    blocks: list[Block] = [Paragraph(line=Line(text=labels("counts", all=len(pairs), **count)))]
    rows = []
    for verdict, one in fit:
        if verdict.outcome != "met" and one.amount is None:
            continue
        amount = labels.money(one.amount) if one.amount is not None else ""
        rows.append(
            (
                cell(heading_of(one, labels), "strong"),
                cell(f"{MARKS[one.outcome]} {labels(one.outcome)}", one.outcome),
                cell(amount),
                _window_cell(one, labels),
            )
        )
    header = (labels("programme"), labels("verdict"), labels("amount"), labels("window"))
    if rows:
        blocks.append(Table(header=header, rows=tuple(rows), shares=(31, 12, 26, 31)))
    else:
        blocks.append(Paragraph(line=Line(text=labels("none_with_sum"))))
    return Section(heading=labels("summary"), blocks=tuple(blocks))


def _window_cell(one: Assessment, labels: Labels) -> Cell:
    window = one.window
    state = Line(text=labels(f"state_{window.state}"), tone="plain" if window.state == "open" else "warning")
    if window.opens is None and window.closes is None:
        return (state,)
    return (state, Line(text=labels.span(window.opens, window.closes)))


# ------------------------------------------------------------------ together


def together_section(matched: Matched, clauses: Clauses) -> Section:
    """The lawful combination that brings most, and the clauses that limit it."""
    labels = clauses.labels
    blocks = [block for one in matched.combinations for block in _combination(one, clauses)]
    if not blocks:
        blocks = [Paragraph(line=Line(text=labels("no_combination")))]
    blocks.append(Paragraph(line=Line(text=labels("silent"), tone="muted")))
    return Section(heading=labels("together"), blocks=tuple(blocks))


def _combination(one: Combination, clauses: Clauses) -> Iterator[Block]:
    labels = clauses.labels
    yield Paragraph(line=Line(text=labels("best")))
    yield Paragraph(line=Line(text=labels("best_amount", amount=labels.money(one.amount)), tone="strong"))
    yield Paragraph(line=Line(text=labels("working", working=one.working)))
    if one.limits:
        rows = tuple(_limit(limit, clauses) for limit in one.limits)
        yield Table(header=(labels("limit"), labels("clause")), rows=rows, shares=(53, 47))


def _limit(limit: Limit, clauses: Clauses) -> tuple[Cell, ...]:
    labels = clauses.labels
    taken = (
        labels("taken_off", amount=labels.money(limit.taken_off))
        if limit.taken_off > Decimal(0)
        else labels("nothing_taken_off")
    )
    cited = next((c for c in clauses.all() if c.number == limit.citation), None)
    return cell(f"{limit.text}{labels('semicolon')}{taken}"), (clauses.full(cited),) if cited else ()


# ------------------------------------------------------------------ phone, missing, calendar


def phone_section(matched: Matched, public_url: str, is_public: bool, labels: Labels) -> Section:
    """The address of this very matching, as a QR code and in letters; where nobody set it, it may lead nowhere."""
    url = match_url(public_url, matched.facts)
    private = labels("in_the_link")
    code = QrCode(url=url, caption=labels("scan") + private, link_caption=labels("link") + private)
    warning = Paragraph(line=Line(text=labels("this_machine", address=public_url), tone="warning"))
    return Section(heading=labels("phone"), blocks=(code,) if is_public else (warning, code))


def missing_section(
    matched: Matched, pairs: Sequence[Pair], definitions: Definitions, labels: Labels
) -> Section:
    """The questions that decide most over the programmes of the place; the others stand beside their programmes."""
    asked = {missing.fact for _, one in pairs for missing in one.missing_facts}
    first = [one for one in matched.missing_facts if one.fact in asked][:_QUESTIONS]
    if not first:
        return Section(
            heading=labels("missing"), blocks=(Paragraph(line=Line(text=labels("nothing_missing"))),)
        )
    rows = tuple((cell(name_of(definitions[one.fact], labels)), cell(one.ask)) for one in first)
    blocks = (
        Paragraph(line=Line(text=labels("missing_why"))),
        Table(header=(labels("fact"), labels("question")), rows=rows, shares=(35, 65)),
    )
    return Section(heading=labels("missing"), blocks=blocks)


def events(fit: Sequence[Pair], clauses: Clauses, matched: Matched) -> Iterator[WindowEvent]:
    """The windows of the programmes that may fit, as far as they are not over."""
    for verdict, _ in fit:
        for event in events_of(verdict.programme, clauses.cite, matched.language):
            if event.last >= matched.as_of:
                yield event
