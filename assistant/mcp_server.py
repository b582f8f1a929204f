"""The Model Context Protocol server: four tools that only read; mounted at `/mcp` and run by `wence mcp`.

The one door to `mcp`. Each tool returns text for a model (marks as links) and the same as data with a schema.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from urllib.parse import quote

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field
from starlette.requests import Request

from assistant import __version__
from assistant.access import Site
from assistant.bounds import Bounds
from assistant.cited_markdown import place_of, to_markdown
from assistant.errors import WenceError
from assistant.knowledge import Snapshot
from assistant.matching import Matched, home_of, is_elsewhere, judge, match
from assistant.models import Answer, Citation, DocumentHead, Language, Passage, Question, Section, Status

if TYPE_CHECKING:
    from assistant.wiring import Application

_INSTRUCTIONS = """\
Wence answers questions on public support for firms in China (subsidies, vouchers, grants) from stored official papers.
Every [n] in an answer is a quote at an exact place of a document: keep the links when you pass an answer on, and never
add figures of your own. Text marked 本站摘编，非原文 is a digest, not the official wording. An answer holds for its
as_of date. A status other than "answered" means that the papers do not tell: say so."""
_READING = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_PAGE = 20_000
Facts = Annotated[
    dict[str, str] | None,
    Field(
        description="what the firm told, by fact key; match_programmes without facts lists the keys under missing_facts"
    ),
]
AsOf = Annotated[date | None, Field(description="the day the answer should hold for; today if left out")]
SiteOf = Callable[[Request], Site | None]
AddressOf = Callable[[Request | None], str]
T = TypeVar("T")


class FoundPassage(BaseModel):
    """A passage at its place: `text` is `start:end` of that version of the document."""

    document_id: str
    version: int
    title: str
    article: str | None
    text: str
    start: int
    end: int
    status: Status
    digest: bool
    url: str | None = Field(description="the official page")
    page: str = Field(description="our page of the document, with the passage marked")
    score: float


class FoundPassages(BaseModel):
    """The passages for a query, best first."""

    passages: list[FoundPassage]


class DocumentPart(BaseModel):
    """A stored document, or a part of a long one: `text` begins at `start` of `length` characters."""

    head: DocumentHead
    version: int
    text: str
    start: int
    length: int
    sections: list[Section]
    page: str


class PolicyTools:
    """What the tools do, apart from the protocol."""

    def __init__(self, application: Application, site_of: SiteOf, address_of: AddressOf) -> None:
        self._application, self._site_of, self._address_of = application, site_of, address_of

    def ask_policy(
        self,
        question: Annotated[str, Field(description="the question, in Chinese or English")],
        facts: Facts = None,
        as_of: AsOf = None,
        language: Language | None = None,
        *,
        context: Context,
    ) -> Annotated[CallToolResult, Answer]:
        """Answer a question on support policy: eligibility, amount, deadline, materials; every claim cited."""
        asked = Question(
            text=question,
            as_of=self._day(as_of),
            facts=facts or {},
            language=language,
            **self._asker(context),
        )
        answer = _told(lambda: self._application.pipeline.answer(asked))
        return _result(to_markdown(answer, self._address(context)), answer)

    def search_policy(
        self,
        query: Annotated[str, Field(description="what to look for")],
        limit: Annotated[int, Field(ge=1, le=50)] = 8,
        as_of: AsOf = None,
        *,
        context: Context,
    ) -> Annotated[CallToolResult, FoundPassages]:
        """Find passages of the papers, best first; no answer is composed."""
        asked = Question(text=query, as_of=self._day(as_of), **self._asker(context))
        kept = _told(lambda: self._application.pipeline.search(asked, limit)).kept
        found = FoundPassages(passages=[_passage(p, self._address(context)) for p in kept])
        lines = [
            f"[《{p.title}》{p.article or ''}]({p.page}){_digest(p.digest)}\n{p.text}" for p in found.passages
        ]
        return _result("\n\n".join(lines) or "没有找到相关段落。", found)

    def match_programmes(
        self,
        facts: Facts = None,
        as_of: AsOf = None,
        language: Language = "zh",
        include_unmet: Annotated[bool, Field(description="also list the programmes that do not fit")] = False,
        *,
        context: Context,
    ) -> Annotated[CallToolResult, Matched]:
        """Judge every support programme on a firm's facts: verdict, amount with arithmetic, window, what is missing.

        The programmes of the firm's own place come first.
        """
        snapshot = _told(self._application.knowledge.snapshot)
        bounds = Bounds.of(self._site(context))
        matched = match(facts or {}, snapshot, self._day(as_of), language, bounds)
        listed = [a for a in matched.assessments if include_unmet or a.outcome != "unmet"]
        # A model reads the head of a list: what the firm's own place gives comes before what another place does.
        away = _elsewhere(matched, snapshot)
        listed.sort(key=lambda a: (a.outcome == "unmet", a.programme_id in away))
        matched = matched.model_copy(update={"assessments": tuple(listed)})
        return _result(_summary(matched, self._address(context)), matched)

    def get_document(
        self,
        document_id: str,
        version: Annotated[int | None, Field(ge=1, le=2**31, description="the newest if left out")] = None,
        start: Annotated[int, Field(ge=0, le=2**31, description="first character of the part")] = 0,
        *,
        context: Context,
    ) -> Annotated[CallToolResult, DocumentPart]:
        """Read a stored document: what is known of it, its sections and its text, 20,000 characters at a time."""
        found = _told(lambda: self._application.catalog.document(document_id, version))
        hidden = Bounds.of(self._site(context)).hidden(_told(self._application.knowledge.snapshot))
        if found is None or document_id in hidden:
            raise ToolError("没有这份文件或这个版本：编号见 search_policy 的结果。")
        part = DocumentPart(
            head=found.head,
            version=found.version,
            text=found.text[start : start + _PAGE],
            start=start,
            length=len(found.text),
            sections=list(found.sections),
            page=f"{self._address(context)}/documents/{quote(document_id, safe='')}?v={found.version}",
        )
        head = f"# {found.head.title}\n{part.page}{_digest(found.head.digest)}\n\n"
        return _result(head + part.text, part)

    def _site(self, context: Context) -> Site | None:
        """The site whose page calls; nobody's over standard input."""
        request = context.request_context.request
        return self._site_of(request) if request is not None else None

    def _address(self, context: Context) -> str:
        """The address for links in what a request is answered with; over standard input there is no request."""
        return self._address_of(context.request_context.request)

    def _asker(self, context: Context) -> dict[str, Any]:
        """What a question carries of the site that asks."""
        site = self._site(context)
        bounds = Bounds.of(site)
        return {
            "region": bounds.region,
            "within": bounds.programmes,
            "site": site.public_id if site else None,
        }

    def _day(self, as_of: date | None) -> date:
        return as_of or self._application.clock.today()


def build_mcp(application: Application, site_of: SiteOf, address_of: AddressOf) -> MCPServer:
    """The server with its tools; told whose page sent a request, and by which address."""
    settings = application.settings
    with _log_as_it_was():
        server = MCPServer(
            "wence",
            title="问策 Wence",
            description="Cited answers on public support for firms",
            instructions=_INSTRUCTIONS,
            website_url=settings.public_url if settings.has_public_url else None,
            version=__version__,
            log_level="WARNING",
            subscriptions=False,
        )
    tools = PolicyTools(application, site_of, address_of)
    for tool in (tools.ask_policy, tools.search_policy, tools.match_programmes, tools.get_document):
        server.add_tool(tool, annotations=_READING)
    return server


@contextmanager
def _log_as_it_was() -> Iterator[None]:
    """MCPServer sets up the log of the whole process; that is for whoever runs the process to do."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def build_http(
    application: Application, site_of: SiteOf, address_of: AddressOf
) -> tuple[StreamableHTTPASGIApp, StreamableHTTPSessionManager]:
    """What serves the protocol over HTTP, and what must run beside it; no session is kept between requests.

    Who may call, from which origin, is checked by the server this is mounted in.
    """
    server = build_mcp(application, site_of, address_of)
    server.streamable_http_app(
        stateless_http=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return StreamableHTTPASGIApp(server.session_manager), server.session_manager


def run_stdio(application: Application) -> None:
    """Serve over standard input and output until the client closes; nothing else is written there."""
    application.knowledge.snapshot()  # raises at once, to standard error, when there is nothing to answer from
    address = application.settings.public_url.rstrip("/")
    build_mcp(application, lambda _: None, lambda _: address).run("stdio")


def _passage(p: Passage, address: str) -> FoundPassage:
    id = quote(p.head.id, safe="")
    place = f"?v={p.chunk.version}#{p.chunk.start}-{p.chunk.end}"
    return FoundPassage(
        document_id=p.head.id,
        version=p.chunk.version,
        title=p.head.title,
        article=p.chunk.article,
        text=p.chunk.text,
        start=p.chunk.start,
        end=p.chunk.end,
        status=p.status,
        digest=p.head.digest,
        url=p.head.url,
        page=f"{address}/documents/{id}{place}",
        score=round(p.score, 6),
    )


def _elsewhere(matched: Matched, snapshot: Snapshot) -> set[str]:
    """The programmes of other places than the firm's; none while no place was told."""
    told, _ = judge(matched.facts, snapshot, matched.as_of)
    home = home_of(told.values, snapshot)
    return {id for id, p in snapshot.rulebook.programmes.items() if is_elsewhere(p, home, snapshot)}


def _summary(matched: Matched, address: str) -> str:
    lines = [f"as_of {matched.as_of}"]
    citations: dict[int, Citation] = {c.number: c for c in matched.citations}
    for one in matched.assessments:
        marks = {f.citation for f in one.findings if f.citation in citations}
        links = "".join(f"[[{n}]]({place_of(citations[n], address)})" for n in sorted(marks, key=int) if n)
        working = f" {one.working}" if one.working else ""
        lines.append(f"- {one.title}: {one.outcome}, window {one.window.state}{working} {links}".rstrip())
    lines += [f"? {missing.fact}: {missing.ask}" for missing in matched.missing_facts[:10]]
    return "\n".join(lines)


def _told(work: Callable[[], T]) -> T:
    """What the work gives; our errors become a tool's error that says the mend."""
    try:
        return work()
    except WenceError as error:
        raise ToolError(str(error)) from error


def _digest(digest: bool) -> str:
    return "（本站摘编，非原文）" if digest else ""


def _result(text: str, data: BaseModel) -> CallToolResult:
    structured: dict[str, Any] = data.model_dump(mode="json", by_alias=True)
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=structured)
