"""What the journal's entries come to: counts by day, programme and site, latency, cost, and which answers need a person most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone

from pydantic import Field

from assistant.journal import Entry
from assistant.models import Frozen
from assistant.spending import NO_PRICES, Prices, Spent, spent
from assistant.steps.support import SUPPORT_NEEDED

SHANGHAI = timezone(timedelta(hours=8))
# Above what is needed and still so near to it that a look is worthwhile.
_LOW_SUPPORT = SUPPORT_NEEDED + 0.15
_CONFLICT = ("不一致", "冲突", "未经核实", "说法不同")


class Tally(Frozen):
    """The figures of one programme or site."""

    name: str
    questions: int
    answered: int
    up: int
    down: int
    spent: Spent


class Overview(Frozen):
    """The figures of some days."""

    questions: int
    answered: int
    declined: int
    failed: int
    up: int
    down: int
    median_ms: float | None
    slow_ms: float | None
    by_day: tuple[tuple[str, tuple[float, ...]], ...] = Field(description="day → answered, declined")
    by_programme: tuple[Tally, ...] = ()
    by_site: tuple[Tally, ...] = Field(default=(), description="the name is a site's public id, or empty")
    spent: Spent = Spent()
    tokens_by_day: tuple[tuple[str, tuple[float, ...]], ...] = Field(
        default=(), description="day → prompt tokens, completion tokens"
    )


class Waiting(Frozen):
    """An answer that waits for a person, and why."""

    question_id: str
    at: str
    question: str
    status: str
    reasons: tuple[str, ...]
    weight: int
    handled: bool = False


def is_answered(entry: Entry) -> bool:
    """Whether it was answered rather than declined."""
    return entry.status in ("answered", "clarification")


def overview(entries: Sequence[Entry], first: date, last: date, prices: Prices = NO_PRICES) -> Overview:
    """The figures of the entries, for each day from the first to the last."""
    times = sorted(sum(e.trace.timings.values()) for e in entries if e.trace.timings)
    days = {first + timedelta(days=n): [0.0, 0.0] for n in range((last - first).days + 1)}
    tokens = {day: [0.0, 0.0] for day in days}
    for entry in entries:
        if (day := local(entry).date()) in days:
            days[day][0 if is_answered(entry) else 1] += 1
            one = spent_on([entry], prices)
            tokens[day] = [tokens[day][0] + one.prompt_tokens, tokens[day][1] + one.completion_tokens]
    answered = sum(map(is_answered, entries))
    failed = sum(e.status.startswith("error") for e in entries)
    return Overview(
        questions=len(entries),
        answered=answered,
        declined=len(entries) - answered - failed,
        failed=failed,
        up=sum(e.up for e in entries),
        down=sum(e.down for e in entries),
        median_ms=times[len(times) // 2] if times else None,
        slow_ms=times[round(0.95 * (len(times) - 1))] if times else None,
        by_day=_labelled(days),
        by_programme=_tallies(entries, programmes_of, prices)[:12],
        by_site=_tallies(entries, lambda entry: {entry.site or ""}, prices)[:12],
        spent=spent_on(entries, prices),
        tokens_by_day=_labelled(tokens),
    )


def _labelled(days: dict[date, list[float]]) -> tuple[tuple[str, tuple[float, ...]], ...]:
    return tuple((f"{d.month}-{d.day:02}", tuple(v)) for d, v in sorted(days.items()))


def _tallies(
    entries: Sequence[Entry], names_of: Callable[[Entry], set[str]], prices: Prices
) -> tuple[Tally, ...]:
    """The figures of each name, the most asked first."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        for name in names_of(entry):
            groups.setdefault(name, []).append(entry)
    found = [
        Tally(
            name=name,
            questions=len(group),
            answered=sum(map(is_answered, group)),
            up=sum(e.up for e in group),
            down=sum(e.down for e in group),
            spent=spent_on(group, prices),
        )
        for name, group in groups.items()
    ]
    return tuple(sorted(found, key=lambda tally: (-tally.questions, tally.name)))


def programmes_of(entry: Entry) -> set[str]:
    """The programmes an answer is about, by id."""
    judged = {a.programme_id for a in entry.answer.assessments if a.programme_id}
    return judged | {m.id for m in entry.trace.query.programmes}


def local(entry: Entry) -> datetime:
    """When it was, in Shanghai."""
    return entry.at.replace(tzinfo=UTC).astimezone(SHANGHAI)


def waiting(entries: Iterable[Entry], handled: set[str]) -> list[Waiting]:
    """The answers that need a person, the worst first; what is handled stands last."""
    found = [w for e in entries if (w := _waiting(e, e.question_id in handled))]
    return sorted(found, key=lambda w: (w.handled, -w.weight))


def _waiting(entry: Entry, handled: bool) -> Waiting | None:
    reasons: list[tuple[int, str]] = []
    if entry.down:
        reasons.append((3 * entry.down, f"用户说没用 ×{entry.down}"))
    if entry.status.startswith("error"):
        reasons.append((4, "出错"))
    if entry.status == "unanswerable_no_support":
        reasons.append((2, "没有依据而未答"))
    if entry.status == "unanswerable_out_of_scope":
        reasons.append((1, "当作范围外"))
    if is_answered(entry) and entry.trace.support < _LOW_SUPPORT:
        reasons.append((1, f"依据偏弱 {entry.trace.support:.2f}"))
    if dropped := sum(not c.passed for c in entry.trace.checks):
        reasons.append((1, f"{dropped} 句没有通过核对而删去"))
    told = (*entry.answer.notices, entry.answer.text)
    if any(word in text for text in told for word in _CONFLICT):
        reasons.append((2, "出处说法不一或未经核实"))
    if not reasons:
        return None
    return Waiting(
        question_id=entry.question_id,
        at=f"{local(entry):%m-%d %H:%M}",
        question=entry.question,
        status=entry.status,
        reasons=tuple(text for _, text in reasons),
        weight=sum(weight for weight, _ in reasons),
        handled=handled,
    )


def spent_on(entries: Iterable[Entry], prices: Prices) -> Spent:
    """What the entries took of a language model together."""
    # An answer kept by an older version names its prompts and not its usage.
    asked = [entry.trace.usage for entry in entries if entry.trace.usage or entry.trace.prompts]
    return spent(asked, prices)
