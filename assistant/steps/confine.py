"""`Question, Query → may it be answered on this site`: a site may be limited to a region and to some programmes."""

from __future__ import annotations

from dataclasses import replace

from assistant.bounds import Bounds
from assistant.knowledge import Snapshot
from assistant.lexicon import touches
from assistant.models import Passages, Query, Question
from assistant.phrases import say
from assistant.programmes.hear import hear
from assistant.steps.judge import Judged, judge
from assistant.text import fold

_SHOWN = 5  # names in the sentence that says what is answered


def outside(question: Question, query: Query, judged: Judged | None, snapshot: Snapshot) -> str | None:
    """What to say to a question outside the site's limits; None where it may be answered.

    Before anything is searched only what the question names counts (`judged` None), then also what it turned out to be
    about.
    """
    named = [m.id for m in query.programmes]
    about = named or [v.programme.id for v in (judged.verdicts if judged else ())]
    if question.within and about and not set(about) & set(question.within):
        return _limits(question, query, snapshot)
    if _is_elsewhere(question, query, snapshot):
        return None
    place = snapshot.names.region_of(question.region)
    if place is None or not query.regions or any(touches(place, region) for region in query.regions):
        return None
    return _limits(question, query, snapshot)


def confined(
    question: Question, query: Query, passages: Passages, judged: Judged, snapshot: Snapshot
) -> tuple[Query, Passages, Judged]:
    """What is named, found and judged, without other programmes and papers that tell of nothing else."""
    hidden = Bounds(question.region, question.within).hidden(snapshot)
    kept = tuple(p for p in passages.kept if p.head.id not in hidden)
    passages = passages.model_copy(update={"kept": kept, "support": passages.support if kept else 0.0})
    named = tuple(m for m in query.programmes if m.id in question.within)
    query = query.model_copy(update={"programmes": named})
    judged = judge(query, judged.facts, snapshot, passages)
    shown = tuple(v for v in judged.verdicts if v.programme.id in question.within)
    return query, passages, replace(judged, verdicts=shown)


def _is_elsewhere(question: Question, query: Query, snapshot: Snapshot) -> bool:
    """Whether the place that is named is where the firm is, and the programme named one of the site's."""
    bounds, programmes = Bounds(question.region, question.within), snapshot.rulebook.programmes
    named = [programmes.get(m.id) for m in snapshot.names.programmes(fold(query.text))]
    is_shown = any(p is not None and bounds.shows(p, snapshot) for p in named)
    return is_shown and bool(hear(query.text, snapshot.rulebook.facts, ("city", "district"), query.as_of))


def _limits(question: Question, query: Query, snapshot: Snapshot) -> str:
    known = [p for id in question.within if (p := snapshot.rulebook.programmes.get(id))]
    english = query.language == "en"
    titles = [(p.title_en if english else None) or p.title for p in known]
    if len(titles) > _SHOWN:
        titles = [*titles[:_SHOWN], "…" if english else "等"]
    listed = (", " if english else "、").join(titles)
    about = listed or question.region or ("other programmes" if english else "登记的项目")
    return say("out_of_site", query.language, about=about)
