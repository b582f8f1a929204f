"""`WindowEvents → iCalendar` (RFC 5545, 7986): all-day events, each with an alarm 7 days before it closes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from assistant.dossier.labels import Labels, labels_in
from assistant.dossier.windows import WindowEvent
from assistant.models import Confidence, Language

if TYPE_CHECKING:
    import icalendar

_BEFORE = timedelta(days=7)
_DAY = timedelta(days=1)
_ZONE = "Asia/Shanghai"


def calendar_of(
    events: Iterable[WindowEvent],
    as_of: date,
    language: Language,
    name: str | None = None,
    source: str | None = None,
    id: str | None = None,
) -> bytes:
    """A calendar of windows, which says why where there are none; with `source` it asks to be fetched from there again daily."""
    import icalendar

    labels, events = labels_in(language), list(events)
    title = name or labels("calendar")
    # An empty calendar says why: by RFC 7986, and for the programs that read the older name.
    why = None if events else labels("calendar_of_empty" if name else "calendar_empty")
    calendar = icalendar.Calendar.new(name=title, description=why, prodid="-//Wence//Wence//ZH", uid=id)
    if why and "X-WR-CALDESC" not in calendar:
        calendar.add("X-WR-CALDESC", why)
    calendar.add("X-WR-TIMEZONE", _ZONE)
    if source:
        calendar.add("SOURCE", source, parameters={"VALUE": "URI"})
        calendar.add("REFRESH-INTERVAL", _DAY, parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", "P1D")
    # A calendar must have a part (RFC 5545, 3.6), also where no window is known.
    calendar.add_component(icalendar.Timezone.from_tzid(_ZONE, first_date=date(2020, 1, 1)))
    for event in events:
        calendar.add_component(_event(event, as_of, labels))
    return bytes(calendar.to_ical())


def _event(event: WindowEvent, as_of: date, labels: Labels) -> icalendar.Event:
    """The days of a window; what is not official is tentative."""
    import icalendar

    official = event.confidence is Confidence.OFFICIAL and not event.draft
    made = icalendar.Event.new(
        uid=f"{event.id}@wence",
        summary=summary_of(event, labels),
        description=description_of(event, labels),
        start=event.first,
        end=event.last + _DAY,  # the end is the first day after
        stamp=datetime.combine(as_of, time(), UTC),
        status=icalendar.STATUS.CONFIRMED if official else icalendar.STATUS.TENTATIVE,
        transparency=icalendar.TRANSP.TRANSPARENT,
        url=event.citation.url if event.citation else None,
    )
    if event.closes:
        alarm = icalendar.Alarm()
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", labels("alarm", title=event.title, label=event.label).strip())
        alarm.add("TRIGGER", -_BEFORE, parameters={"RELATED": "END"})
        made.add_component(alarm)
    return made


def summary_of(event: WindowEvent, labels: Labels) -> str:
    """What the event is called, and whether it is sure."""
    key = "event" if event.opens and event.closes else "event_closes" if event.closes else "event_opens"
    weak = "" if event.confidence is Confidence.OFFICIAL else labels(event.confidence.value)
    weak = "" if weak in event.label else weak
    weak = labels("status_draft") if event.draft else weak
    return labels(key, title=event.title, label=event.label).replace("  ", " ") + labels.bracketed(weak)


def description_of(event: WindowEvent, labels: Labels) -> str:
    """The days, the clause that announces them, and that this is not a promise."""
    lines = [labels.span(event.opens, event.closes)]
    if event.citation:
        quote = labels("quote", text=event.citation.quote)
        lines.append(f"《{event.citation.title}》{quote}")
        if event.citation.digest:
            lines.append(labels("digest_document"))
        if event.citation.url:
            lines.append(f"{labels('official_address')}{event.citation.url}")
    return "\n".join([*lines, labels("ask_first")])
