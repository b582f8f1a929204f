"""`Programme → WindowEvents`: the days on which applications are taken, each with an identity that outlives corrections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from uuid import NAMESPACE_URL, uuid5

from assistant.models import Citation, Confidence, Frozen, Language
from assistant.programmes.schema import Programme, Source

Cite = Callable[[Source], Citation | None]


class WindowEvent(Frozen):
    """One window: at least one of its days is known; `citation` is the clause that announces it."""

    id: str
    programme_id: str
    title: str
    label: str
    opens: date | None
    closes: date | None
    confidence: Confidence
    draft: bool
    citation: Citation | None = None

    @property
    def first(self) -> date:
        """The first day known."""
        return self.opens or self.closes or date.min

    @property
    def last(self) -> date:
        """The last day known."""
        return self.closes or self.opens or date.min


def identity(programme: Programme, *parts: str) -> str:
    """The same UUID for the same thing of a programme, wherever this service is reached."""
    return str(uuid5(NAMESPACE_URL, "/".join(("wence:programmes", programme.id, *parts))))


def events_of(programme: Programme, cite: Cite, language: Language) -> list[WindowEvent]:
    """Every window with a known day, of all revisions, in order of time.

    The identity goes by the window's name (2026年度), so that a corrected day or a newer revision moves the event and
    does not double it; windows of one name within a revision (two sources) are told apart by their order.
    """
    found: dict[str, WindowEvent] = {}
    for revision in programme.revisions:
        names: Counter[str] = Counter()
        for rule in revision.windows:
            if rule.opens is None and rule.closes is None:
                continue
            name = rule.zh or f"{rule.opens or ''}..{rule.closes or ''}"
            id = identity(programme, "windows", name, str(names[name]))
            names[name] += 1
            found[id] = WindowEvent(
                id=id,
                programme_id=programme.id,
                title=programme.title_en if language == "en" and programme.title_en else programme.title,
                label=rule.en if language == "en" and rule.en else rule.zh,
                opens=rule.opens,
                closes=rule.closes,
                confidence=rule.confidence,
                draft=programme.draft,
                citation=cite(revision.sources[rule.source]),
            )
    return sorted(found.values(), key=lambda event: (event.first, event.last))
