"""A matching as a file, and one programme as a calendar to subscribe to and as a feed."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from assistant.dossier import build_dossier
from assistant.dossier.labels import labels_in
from assistant.dossier.windows import Cite, events_of, identity
from assistant.exports import MEDIA_TYPES, export, file_name
from assistant.exports.atom import feed_of
from assistant.exports.calendar import calendar_of
from assistant.knowledge import Snapshot
from assistant.matching import match
from assistant.models import Citation, Language
from assistant.programmes.schema import Programme, Source
from assistant.steps.state import cite_sources
from assistant.web.addresses import public_address
from assistant.web.bodies import ExportBody
from assistant.web.callers import caller_of
from assistant.web.fresh import NOT_MODIFIED, Seen, fresh
from assistant.wiring import Application

_ATOM = "application/atom+xml; charset=utf-8"
_KEPT = "public, max-age=3600"


def add_feeds(router: APIRouter, application: Application) -> None:
    """Add the routes to the API's."""
    _add_export(router, application)
    _add_subscriptions(router, application)


def _add_export(router: APIRouter, application: Application) -> None:
    settings = application.settings
    contents = {
        kind.split(";")[0]: {"schema": {"type": "string", "format": "binary"}}
        for kind in MEDIA_TYPES.values()
    }

    @router.post("/api/match/export", response_class=Response, responses={200: {"content": contents}})
    def exported(body: ExportBody, request: Request) -> Response:
        """The matching as a file to take along (政策大礼包): Word, PDF, Markdown, or a calendar of its windows."""
        snapshot = application.knowledge.snapshot()
        day = body.as_of or application.clock.today()
        caller = caller_of(request)
        matched = match({**caller.facts, **body.facts}, snapshot, day, body.language, caller.bounds)
        dossier = build_dossier(matched, snapshot, public_address(settings, request), settings.has_public_url)
        return Response(
            export(dossier, body.format),
            media_type=MEDIA_TYPES[body.format],
            headers={
                "Content-Disposition": _attachment(file_name(day, body.format), f"wence-{day}.{body.format}"),
                "Cache-Control": "no-store",
            },
        )


def _attachment(name: str, plain: str) -> str:
    """A file name in Chinese (RFC 5987, 6266), and a plain one for callers that cannot read it."""
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _add_subscriptions(router: APIRouter, application: Application) -> None:
    settings = application.settings

    @router.get(
        "/api/programmes/{programme_id}/calendar.ics",
        response_class=Response,
        responses=NOT_MODIFIED | {200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
    )
    def calendar(
        programme_id: str, request: Request, language: Language = "zh", seen: Seen = None
    ) -> Response:
        """The programme's windows as a calendar to subscribe to; the same window keeps its UID."""
        snapshot = application.knowledge.snapshot()
        programme = _programme(snapshot, programme_id)
        today, labels = application.clock.today(), labels_in(language)
        title = programme.title_en if language == "en" and programme.title_en else programme.title
        body = calendar_of(
            events_of(programme, _citing(programme, snapshot, today), language),
            today,
            language,
            name=labels("calendar_of", title=title),
            source=f"{public_address(settings, request)}/api/programmes/{programme_id}/calendar.ics",
            id=identity(programme, "calendar"),
        )
        return fresh(body, MEDIA_TYPES["ics"], seen, _KEPT)

    @router.get(
        "/api/programmes/{programme_id}/feed.atom",
        response_class=Response,
        responses=NOT_MODIFIED | {200: {"content": {"application/atom+xml": {"schema": {"type": "string"}}}}},
    )
    def feed(programme_id: str, request: Request, language: Language = "zh", seen: Seen = None) -> Response:
        """What was announced of the programme: windows, revisions of its rules, papers; newest first."""
        snapshot = application.knowledge.snapshot()
        programme = _programme(snapshot, programme_id)
        cite = _citing(programme, snapshot, application.clock.today())
        body = feed_of(programme, snapshot, cite, public_address(settings, request), language)
        return fresh(body, _ATOM, seen, _KEPT)


def _programme(snapshot: Snapshot, id: str) -> Programme:
    found = snapshot.rulebook.programmes.get(id)
    if found is None:
        raise HTTPException(404, "没有这个扶持项目：编号见 /api/programmes。")
    return found


def _citing(programme: Programme, snapshot: Snapshot, as_of: date) -> Cite:
    """The citations of all that a programme's revisions say."""
    sources = [source for revision in programme.revisions for source in revision.sources.values()]
    cited = {(c.document_id, c.quote): c for c in cite_sources(sources, as_of, snapshot, [])}

    def cite(source: Source) -> Citation | None:
        return cited.get((source.document_id, source.quote))

    return cite
