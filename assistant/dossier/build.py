"""The dossier, section by section: `Matched, Snapshot → Dossier`. Pure: the same matching gives the same paper."""

from __future__ import annotations

from assistant.dossier.annex import notices_section, sources_section, unmet_section
from assistant.dossier.blocks import Block, Dossier, Line, Paragraph, Section
from assistant.dossier.brief import brief_section, divided
from assistant.dossier.clauses import Clauses, clauses_of
from assistant.dossier.labels import labels_in
from assistant.dossier.overview import (
    events,
    missing_section,
    phone_section,
    summary_section,
    together_section,
)
from assistant.dossier.profile import profile_section
from assistant.dossier.programme import programme_section
from assistant.knowledge import Snapshot
from assistant.matching import Matched, home_of, is_elsewhere, judge


def build_dossier(matched: Matched, snapshot: Snapshot, public_url: str, is_public: bool = True) -> Dossier:
    """A matching as a paper to take along, in the language of the matching."""
    labels = labels_in(matched.language)
    told, verdicts = judge(matched.facts, snapshot, matched.as_of)
    assessments = {one.programme_id: one for one in matched.assessments}
    pairs = [(v, assessments[v.programme.id]) for v in verdicts if v.programme.id in assessments]
    fit = [pair for pair in pairs if pair[0].outcome != "unmet"]
    fit.sort(key=lambda pair: not (pair[0].outcome == "met" or pair[1].amount is not None))
    home = home_of(told.values, snapshot)
    unmet = [pair for pair in pairs if pair[0].outcome == "unmet"]
    here = [p for p in fit if p[0].outcome == "met" or not is_elsewhere(p[0].programme, home, snapshot)]
    away = [p for p in fit if p not in here]
    full, brief = divided(here)
    near = [p for p in unmet if not is_elsewhere(p[0].programme, home, snapshot)]
    clauses = clauses_of(verdicts, matched.citations, snapshot, matched.as_of, labels)
    definitions = snapshot.rulebook.facts
    day = matched.as_of.isoformat()
    sections = [
        summary_section(pairs, here, labels),
        profile_section(matched, told, definitions, labels),
        together_section(matched, clauses),
        phone_section(matched, public_url, is_public, labels),
        missing_section(matched, here, definitions, labels),
        Section(heading=labels("details")),
        *(programme_section(verdict, one, clauses) for verdict, one in full),
        *brief_section("possible", brief, clauses),
        unmet_section(near, [pair for pair in unmet if pair not in near], clauses),
        *brief_section("elsewhere", away, clauses, quoted=False),
        notices_section(pairs, clauses, snapshot, matched.as_of),
    ]
    statuses = snapshot.statuses(matched.as_of)
    main = {id for verdict, _ in [*full, *near] for id in verdict.programme.documents}
    sections.append(sources_section(pairs, clauses, snapshot, public_url, statuses, main))
    return Dossier(
        title=labels("title"),
        as_of=matched.as_of,
        language=matched.language,
        footer=labels("footer", day=day),
        page=labels.texts["page"],
        lead=_lead(matched, clauses),
        sections=tuple(sections),
        events=tuple(events([*here, *away], clauses, matched)),
    )


def _lead(matched: Matched, clauses: Clauses) -> tuple[Block, ...]:
    """What must be read first: the day, what this paper is not, whose words the quotes are."""
    labels = clauses.labels
    lines = [
        Line(text=labels("as_of", day=matched.as_of.isoformat()), tone="strong"),
        Line(text=labels("not_a_promise"), tone="warning"),
    ]
    if any(c.digest for c in clauses.all()):
        lines.append(Line(text=labels("digest"), tone="warning"))
    lines += [Line(text=text, tone="muted") for key in ("chinese_quotes", "marks") if (text := labels(key))]
    return tuple(Paragraph(line=line) for line in lines)
