"""`Question, Query → may it be answered on this site`: a site may be limited to a region and to some programmes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from assistant.knowledge import Snapshot
from assistant.lexicon import touches
from assistant.models import Passages, Query, Question
from assistant.phrases import say
from assistant.steps.judge import Judged, judge

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
    place = snapshot.names.region_of(question.region)
    if place is None or not query.regions or any(touches(place, region) for region in query.regions):
        return None
    return _limits(question, query, snapshot)


def confined(
    question: Question, query: Query, passages: Passages, judged: Judged, snapshot: Snapshot
) -> tuple[Query, Passages, Judged]:
    """What is named, found and judged, without other programmes and papers that tell of nothing else."""
    own = _documents(snapshot, question.within)
    foreign = _documents(snapshot, snapshot.rulebook.programmes) - own
    kept = tuple(p for p in passages.kept if p.head.id not in foreign)
    passages = passages.model_copy(update={"kept": kept, "support": passages.support if kept else 0.0})
    named = tuple(m for m in query.programmes if m.id in question.within)
    query = query.model_copy(update={"programmes": named})
    judged = judge(query, judged.facts, snapshot, passages)
    shown = tuple(v for v in judged.verdicts if v.programme.id in question.within)
    return query, passages, replace(judged, verdicts=shown)


def _documents(snapshot: Snapshot, ids: Iterable[str]) -> set[str]:
    found = (snapshot.rulebook.programmes.get(id) for id in ids)
    return {document for programme in found if programme for document in programme.documents}


def _limits(question: Question, query: Query, snapshot: Snapshot) -> str:
    known = [p for id in question.within if (p := snapshot.rulebook.programmes.get(id))]
    english = query.language == "en"
    titles = [(p.title_en if english else None) or p.title for p in known]
    if len(titles) > _SHOWN:
        titles = [*titles[:_SHOWN], "…" if english else "等"]
    listed = (", " if english else "、").join(titles)
    about = listed or question.region or ("other programmes" if english else "登记的项目")
    return say("out_of_site", query.language, about=about)
