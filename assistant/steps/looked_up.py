"""`Answer → until when windows were looked up`: said where an answer is about a window and a followed source is of its place.

A column counts for the region it is listed with, and for any paper it has listed; a single followed page for its own
paper only. Where nothing is followed nothing is said.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from importlib.resources import files

from pydantic import Field, ValidationError

from assistant.errors import PromptError
from assistant.followed import Followed, FollowedState
from assistant.knowledge import Snapshot
from assistant.models import Answer, Frozen, Language, Query
from assistant.steps.day_notes import is_about_now
from assistant.text import traditional
from assistant.yaml_file import load_yaml

_SHANGHAI = timezone(timedelta(hours=8))
_NAMED = 3  # sources that are named; of more the number is said


class _Said(Frozen):
    zh: str
    hant: str = Field(alias="zh-Hant")
    en: str

    def of(self, language: Language, **values: object) -> str:
        """The sentence in a language."""
        return {"zh": self.zh, "zh-Hant": self.hant, "en": self.en}[language].format(**values)

    @property
    def pattern(self) -> str:
        """What matches the sentence whatever stands in its places."""
        return "|".join(
            re.sub(r"\\\{\w+\\\}", ".*?", re.escape(form)) for form in (self.zh, self.hant, self.en)
        )


class _Sentences(Frozen):
    time: _Said
    time_of_another_year: _Said
    between: _Said
    more: _Said
    looked: _Said
    missed: _Said
    never: _Said


@lru_cache(maxsize=1)
def sentences() -> _Sentences:
    """`prompts/followed.yaml`, checked; raises PromptError."""
    try:
        return _Sentences.model_validate(
            load_yaml(files("prompts").joinpath("followed.yaml").read_text("utf-8"))
        )
    except ValidationError as error:
        raise PromptError(f"prompts/followed.yaml 写法有误：{error}") from error


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    known = sentences()
    return re.compile("|".join(s.pattern for s in (known.looked, known.missed, known.never)), re.S)


def with_looks(answer: Answer, query: Query, snapshot: Snapshot, state: FollowedState | None) -> Answer:
    """The answer with what is to be said of the looks as they are now; what an earlier answer said of them goes."""
    kept = tuple(n for n in answer.notices if not _pattern().fullmatch(n))
    told: tuple[str, ...] = ()
    if state is not None and (known := state.all()) and _is_about_windows(answer, query):
        told = _notes(_sources(answer, query, snapshot, state, known), answer, time.time())
    notices = (*kept, *told)
    return answer if notices == answer.notices else answer.model_copy(update={"notices": notices})


def _is_about_windows(answer: Answer, query: Query) -> bool:
    if answer.status not in ("answered", "unanswerable_no_support"):
        return False
    if "window" in query.intents:
        return True
    if answer.status != "answered":
        return False
    return is_about_now(query) or any(a.window.opens or a.window.closes for a in answer.assessments)


def _sources(
    answer: Answer, query: Query, snapshot: Snapshot, state: FollowedState, known: Sequence[Followed]
) -> list[Followed]:
    """The followed sources that an answer's windows could have come from."""
    names = snapshot.names
    regions = {snapshot.regions.get(c.document_id) for c in answer.citations}
    regions |= {names.region_of(a.region) for a in answer.assessments}
    places = (regions - {None}) or set(query.regions)
    cited = [snapshot.heads[c.document_id][0] for c in answer.citations if c.document_id in snapshot.heads]
    addresses = {a for head in cited for a in (head.url, *head.seen_at) if a}
    listing = state.columns_of(addresses) if addresses else set()
    return [
        one
        for one in known
        if one.site.address in addresses | listing
        or (one.site.column and one.site.region and names.region_of(one.site.region) in places)
    ]


def _notes(sources: Sequence[Followed], answer: Answer, now: float) -> tuple[str, ...]:
    looked = [one for one in sources if one.look]
    current = [one for one in looked if one.is_current(now)]
    late = [one for one in looked if one not in current]
    missed = [one for one in late if one.look and one.look.succeeded_at is not None]
    never = [one for one in late if one not in missed]
    known = sentences()
    said = []
    for sentence, group in ((known.looked, current), (known.missed, missed), (known.never, never)):
        if group:
            named = _named([one.site.called for one in group], answer.language)
            said.append(sentence.of(answer.language, sources=named, time=_moment(group, answer)))
    return tuple(said)


def _moment(group: Sequence[Followed], answer: Answer) -> str:
    """The earliest of the last successes: until then all of them were looked at."""
    moments = [one.look.succeeded_at for one in group if one.look and one.look.succeeded_at is not None]
    if not moments:
        return ""
    when = datetime.fromtimestamp(min(moments), _SHANGHAI)
    form = sentences().time if when.year == answer.as_of.year else sentences().time_of_another_year
    return form.of(
        answer.language,
        year=when.year,
        month=when.month,
        day=when.day,
        month2=f"{when.month:02}",
        day2=f"{when.day:02}",
        hour=when.hour,
        minute=f"{when.minute:02}",
    )


def _named(names: Sequence[str], language: Language) -> str:
    unique = list(dict.fromkeys(names))
    shown = sentences().between.of(language).join(unique[:_NAMED])
    if language == "zh-Hant":
        shown = traditional(shown)
    if len(unique) > _NAMED:
        return sentences().more.of(language, sources=shown, count=len(unique))
    return shown
