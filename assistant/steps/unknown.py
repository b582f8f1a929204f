"""`Query, Passages, Judged → text, citations` where the papers do not tell what is asked: what is missing, known, whom to ask."""

from __future__ import annotations

from assistant.knowledge import Snapshot
from assistant.models import Citation, Passages, Query
from assistant.phrases import say
from assistant.steps.absent import absent_batch, absent_measure, absent_support, places_with
from assistant.steps.by_rule import by_rule
from assistant.steps.draft import beyond, compose
from assistant.steps.gaps import subject_of, told_gap, unknown_year, wanting, without_evidence
from assistant.steps.judge import Judged
from assistant.steps.named_papers import paper_facts, paper_gap
from assistant.steps.scope import near_to
from assistant.steps.support import SUPPORT_NEEDED
from assistant.steps.verify import citations_for, documents_of, marks
from assistant.text import fold
from assistant.values import values_in


def unknown(
    query: Query, passages: Passages, snapshot: Snapshot, judged: Judged
) -> tuple[str, list[Citation]] | None:
    """The text that says so and its citations; None where the papers may tell what is asked."""
    if judged.is_about_a_case or judged.inferred or judged.general:
        return None
    if next(paper_facts(query, snapshot), None):
        return None
    whom = say("whom", query.language)
    if without_evidence(query, passages, snapshot):
        return f"{say('declined', query.language)}{whom}", []
    if (name := absent_support(query, snapshot)) is not None:
        place = query.regions[-1].rpartition("/")[2]
        places = ("、" if query.language != "en" else ", ").join(places_with(name, snapshot))
        known = say("elsewhere", query.language, name=name, places=places) if places else ""
        text = f"{say('absent', query.language, place=place, name=name)}{known}"
        near, cited = _nearest(query, passages, snapshot, name)
        return f"{text}{near}{whom}", cited
    if (name := absent_measure(query, passages, snapshot)) is not None:
        place = query.regions[-1].rpartition("/")[2] if query.regions else ""
        place = f" of {place}" if place and query.language == "en" else place
        text = say("absent_measure", query.language, name=name, place=place)
        near, cited = _known(query, passages, snapshot)
        return f"{text}{near}{whom}", cited
    if (batch := absent_batch(query, passages)) is not None:
        return f"{say('absent_batch', query.language, batch=batch)}{whom}", []
    if passages.support < SUPPORT_NEEDED:
        return None
    if (title := paper_gap(query, snapshot)) is not None:
        return f"{say('paper_gap', query.language, title=title)}{whom}", []
    if (year := unknown_year(query, passages, judged.verdicts)) is not None:
        return f"{say('no_year', query.language, year=str(year))}{whom}", []
    said = [s.text for s in by_rule(query, passages, snapshot, judged)]
    gap = told_gap(query, passages, snapshot.index.words, said)
    if gap is None:
        return _wanting(query, passages, snapshot, said)
    cited = citations_for(gap, passages, documents_of(passages, snapshot), [])
    return f"{say('gap', query.language)}{gap.text}{marks(cited)}\n{whom}", cited


def _nearest(query: Query, passages: Passages, snapshot: Snapshot, name: str) -> tuple[str, list[Citation]]:
    """What the place gives for the same thing under another name: 算力补贴, where no 算力券 is."""
    passages = _of_place(query, passages, snapshot)
    stem = name.removesuffix("券")[:2]
    for claim in compose(query, passages, snapshot.index.words) if name.endswith("券") else ():
        if stem in fold(claim.text) and any(v.kind in ("money", "percent") for v in values_in(claim.text)):
            cited = citations_for(claim, passages, documents_of(passages, snapshot), [])
            return f"{say('known', query.language)}{claim.text}{marks(cited)}\n", cited
    return "", []


def _known(query: Query, passages: Passages, snapshot: Snapshot) -> tuple[str, list[Citation]]:
    """The nearest sentence of the place's papers, as what is known."""
    passages = _of_place(query, passages, snapshot)
    for claim in compose(query, passages, snapshot.index.words):
        cited = citations_for(claim, passages, documents_of(passages, snapshot), [])
        return f"{say('known', query.language)}{claim.text}{marks(cited)}\n", cited
    return "", []


def _wanting(
    query: Query, passages: Passages, snapshot: Snapshot, said: list[str]
) -> tuple[str, list[Citation]] | None:
    """That the figure asked for is not told, and what is known instead; None where one is told."""
    passages = _of_place(query, passages, snapshot)
    quoted = [*beyond(query, passages, snapshot.index.words, "", False)]
    quoted += compose(query, passages, snapshot.index.words)
    subject = subject_of(query, passages, snapshot.index.words)
    kind = wanting(query, said, [c.text for c in quoted], subject)
    if kind is None:
        return None
    told = say("not_told", query.language, what=say(kind, query.language))
    whom = say("whom", query.language)
    if not quoted:
        return f"{told}{say('nearest', query.language, title=passages.kept[0].head.title)}{whom}", []
    near = next((c for c in quoted if subject and subject in fold(c.text)), quoted[0])
    cited = citations_for(near, passages, documents_of(passages, snapshot), [])
    known = f"{say('known', query.language)}{near.text}{marks(cited)}"
    return f"{told}{known}\n{whom}", cited


def _of_place(query: Query, passages: Passages, snapshot: Snapshot) -> Passages:
    """The passages of papers of the place asked about, where there are any; a day of another place answers nothing."""
    if not query.regions:
        return passages
    near = near_to(query.regions, passages, snapshot)
    own = tuple(p for p in near.kept if snapshot.regions.get(p.head.id))
    return near.model_copy(update={"kept": own}) if own else near
