"""Every type that travels, in travelling order; all frozen.

A document walks `Document → Chunk`; a question walks
`Question → Query → Passages → Draft → Answer`, told as `AnswerEvent`s.
Positions are Unicode code points into a document version's `text`. One file on purpose: who wants to
know what goes from step to step reads it from top to bottom.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["zh", "zh-Hant", "en"]
Wanted = Literal["money", "percent", "date", "department", "number", "place"]
"""What would answer a question: a figure of this kind, or the name of an office."""
Intent = Literal["fact", "eligibility", "amount", "procedure", "window", "comparison", "list"]
"""What a question is after; several at once are possible, the leading one first."""


class Frozen(BaseModel):
    """A value: compared by content, never changed, no undeclared fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# ------------------------------------------------------------------ documents


class Kind(StrEnum):
    """What sort of paper a document is, in the words users see."""

    POLICY = "政策"
    PROCEDURE = "操作规程"
    GUIDE = "申报指南"
    INTERPRETATION = "解读"
    NEWS = "新闻"
    DRAFT = "征求意见稿"
    NOTICE = "公示"
    QUESTIONS = "问答"
    LIST = "清单"
    ANNOUNCEMENT = "公告"
    OTHER = "其他"


class Status(StrEnum):
    """Whether a document holds as law on a given day."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    REPEALED = "repealed"
    SUPERSEDED = "superseded"
    DRAFT = "draft"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How near to the official paper our text of it is."""

    OFFICIAL = "official"
    SECONDARY = "secondary"
    UNVERIFIED = "unverified"


class DocumentHead(Frozen):
    """What is known of a document besides its text; unknown is None, never guessed."""

    id: str
    title: str
    kind: Kind = Kind.OTHER
    issuer: str | None = None
    document_number: str | None = None
    written_on: date | None = Field(default=None, description="成文日期")
    published_on: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    effective_to_confidence: Confidence | None = Field(
        default=None, description="where the expiry is known from, when weaker than the rest"
    )
    lapsed: bool = Field(default=False, description="its page says it no longer holds (时效性：已失效)")
    subject: str | None = Field(default=None, description="主题")
    departments: tuple[str, ...] = Field(default=(), description="责任单位")
    window_from: date | None = Field(
        default=None, description="first day of the application window it states"
    )
    window_to: date | None = None
    contact: str | None = None
    region: str | None = None
    url: str | None = Field(default=None, description="the official address", pattern=r"^https?://\S+$")
    seen_at: tuple[str, ...] = Field(default=(), description="other addresses where the text was read")
    confidence: Confidence = Confidence.UNVERIFIED
    digest: bool = Field(default=False, description="our digest, not the official wording")
    notes: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = Field(default=(), description="titles of the papers this one replaces")
    repeals: tuple[str, ...] = Field(default=(), description="titles or numbers of the papers this one ends")
    amends: tuple[str, ...] = Field(
        default=(), description="titles of the papers of which this one replaces clauses"
    )
    amended_articles: tuple[str, ...] = Field(
        default=(), description="those clauses: 第五条; or a part: 第三条：受理时间"
    )
    extends: tuple[str, ...] = Field(
        default=(), description="titles of the papers whose term this one prolongs"
    )
    extended_to: date | None = Field(default=None, description="the last day it gives them")
    interprets: tuple[str, ...] = ()
    implements: tuple[str, ...] = ()
    draft_of: tuple[str, ...] = ()
    sample: bool = Field(default=False, description="shipped with Wence")

    @property
    def is_hearsay(self) -> bool:
        """Whether it is known to be unconfirmed: nobody has rated a paper that staff put in, only our samples say so."""
        return self.confidence is Confidence.UNVERIFIED and self.sample


class Section(Frozen):
    """A numbered or headed part of a document; `start:end` spans heading and body."""

    number: str | None
    heading: str
    level: int
    start: int
    end: int
    is_label: bool = Field(default=False, description="a part of a clause under a label such as 补贴标准：")


class Evidence(Frozen):
    """Where a value of the head was read, and how surely: `text[start:end]` when it came from the text."""

    field: str
    value: str
    source: Literal["declared", "staff", "text", "title", "page"]
    confidence: Literal["high", "medium", "low"]
    start: int | None = None
    end: int | None = None


class PagePlace(Frozen):
    """Where `text[start:end]` stands in a paged file: the page from 1, and its box (left, top, right, bottom) in points."""

    start: int
    end: int
    page: int
    box: tuple[float, float, float, float] | None = None


class Kept(Frozen):
    """How a paper was read, and how many of the characters that a person sees in its file are in its text."""

    method: str
    visible: int | None = Field(description="None where there is nothing to count by")
    kept: int


class Document(Frozen):
    """One version of one paper: head, text and the parts of it."""

    head: DocumentHead
    source: str = Field(description="where it came from: a path, an address, or sample:<file>")
    version: int
    sha256: str = Field(description="of the text, in UTF-8")
    text: str
    sections: tuple[Section, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    places: tuple[PagePlace, ...] = Field(default=(), description="of a paged file, in order")
    kept: Kept | None = None

    def page_at(self, position: int) -> int | None:
        """The page that a position of the text stands on; None for a file without pages."""
        before = [place for place in self.places if place.start <= position]
        return before[-1].page if before else None


class Chunk(Frozen):
    """What is embedded: a span of one document version under its headings."""

    id: str
    document_id: str
    version: int
    ordinal: int
    headings: tuple[str, ...]
    article: str | None
    start: int
    end: int
    text: str

    def embedded_text(self, title: str) -> str:
        """The text an encoder sees: title and heading path, then the chunk itself."""
        return "\n".join([title, *self.headings, self.text])


# ------------------------------------------------------------------ questions


class Turn(Frozen):
    """One earlier exchange of the conversation."""

    question: str
    answer: str


class Question(Frozen):
    """What a person asked, and for which day."""

    text: str
    as_of: date
    history: tuple[Turn, ...] = ()
    facts: dict[str, str] = Field(default_factory=dict)
    corrections: dict[str, str] = Field(
        default_factory=dict,
        description="facts put right by hand: they count before what earlier messages say; empty: taken back",
    )
    conversation_id: str | None = None
    region: str | None = Field(default=None, description="where it is about, if it names no place")
    within: tuple[str, ...] = Field(default=(), description="the programmes answered about; empty: all")
    question_id: str | None = Field(default=None, description="set where the id is told before the answer")
    language: Language | None = None
    site: str | None = Field(default=None, description="the public id of the site it was asked on")


class ProgrammeMention(Frozen):
    """A programme that a question names, and how surely: by a known name, by its sound, or nearly so."""

    id: str
    title: str
    name: str = Field(description="the name it was recognised by")
    written: str = Field(description="as the question writes it")
    match: Literal["exact", "sound", "near"]


class Query(Frozen):
    """A question as understood: what to look for, for which day, in which language to answer."""

    text: str
    search_text: str = Field(description="what is embedded: the question with the official names and terms")
    keywords: tuple[str, ...]
    wanted: tuple[Wanted, ...]
    intents: tuple[Intent, ...] = ()
    programmes: tuple[ProgrammeMention, ...] = ()
    terms: tuple[str, ...] = Field(default=(), description="official terms for other words of the question")
    regions: tuple[str, ...] = Field(default=(), description="paths such as 广东省/深圳市")
    unlisted: tuple[str, ...] = Field(default=(), description="places named that no list and no paper is of")
    titles: tuple[str, ...] = Field(default=(), description="papers named in 《》 or by number")
    years: tuple[int, ...] = Field(default=(), description="named years; 去年 counted from the as-of date")
    past: bool = Field(default=False, description="asks for what held before, or for a draft")
    hidden: frozenset[str] = Field(default=frozenset(), description="documents a site does not show")
    context: tuple[str, ...] = Field(default=(), description="earlier messages whose facts still hold")
    topic: str = Field(default="", description="the earlier messages that this one goes on from")
    corrections: dict[str, str] = Field(default_factory=dict, description="as in the question")
    repeated: bool = Field(
        default=False, description="word for word an earlier message: it tells nothing new"
    )
    rendered: str = Field(default="", description="an English message in Chinese words, for rules to read")
    language: Language
    as_of: date

    @property
    def chinese(self) -> str:
        """The message in the words that papers use: as it was written, or an English one word by word."""
        return self.rendered or self.text

    @property
    def topic_keywords(self) -> tuple[str, ...]:
        """The keywords without the names of the places asked about, which tell papers apart but not their clauses."""
        parts = [part for path in self.regions for part in path.split("/")]
        return tuple(w for w in self.keywords if not any(w in part for part in parts))


class Passage(Frozen):
    """A chunk found for a query, with the scores that brought it here."""

    chunk: Chunk
    head: DocumentHead
    status: Status
    score: float
    dense: float | None = Field(default=None, description="cosine similarity to the question")
    lexical: float | None = Field(default=None, description="BM25 score over words")


class Passages(Frozen):
    """What was found: the kept passages best first, those rejected, and how well they support an answer."""

    kept: tuple[Passage, ...]
    rejected: tuple[Passage, ...]
    support: float = Field(description="0 … 1: the chance that the answer stands in the kept passages")
    signs: dict[str, float] = Field(default_factory=dict, description="what the support was judged by")


class Citation(Frozen):
    """A quote at an exact place: `text[start:end] == quote` in that version of the document."""

    number: int
    document_id: str
    version: int
    title: str
    issuer: str | None
    document_number: str | None
    kind: Kind
    status: Status
    confidence: Confidence
    digest: bool
    article: str | None
    quote: str
    start: int
    end: int
    url: str | None
    page: int | None = Field(default=None, description="of a paged file, from 1")


class Claim(Frozen):
    """One sentence for the user and the passages it rests on (indices into `Passages.kept`)."""

    text: str
    support: tuple[int, ...]
    quotes: tuple[tuple[int, int], ...] = Field(
        default=(), description="spans into the document, one for each entry of `support`"
    )


class Window(Frozen):
    """The days on which a programme takes applications."""

    state: Literal["open", "closed", "upcoming", "unknown"]
    opens: date | None = Field(default=None, alias="from")
    closes: date | None = Field(default=None, alias="to")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


Outcome = Literal["met", "unmet", "unknown"]


class Finding(Frozen):
    """One condition of a programme and how it came out."""

    condition: str
    outcome: Outcome
    citation: int | None = None


class MissingFact(Frozen):
    """A fact that would decide something, and the question that gets it."""

    fact: str
    ask: str


class Assessment(Frozen):
    """The verdict of one programme on a firm's facts; `programme_id` None: 按条文推算."""

    programme_id: str | None
    title: str
    outcome: Outcome
    amount: Decimal | None = None
    working: str | None = None
    window: Window = Window(state="unknown")
    findings: tuple[Finding, ...] = ()
    missing_facts: tuple[MissingFact, ...] = ()
    confidence: Confidence | None = None
    draft: bool = False
    region: str | None = None


AnswerStatus = Literal[
    "answered",
    "clarification",
    "unanswerable_no_support",
    "unanswerable_out_of_scope",
    "refused_injection",
    "refused_unsafe",
    "error_internal",
]


class Answer(Frozen):
    """A checked text whose every `[n]` is a citation; it holds for `as_of`."""

    question_id: str
    conversation_id: str
    status: AnswerStatus
    language: Language
    as_of: date
    text: str
    citations: tuple[Citation, ...] = ()
    facts: dict[str, str] = Field(default_factory=dict)
    assessments: tuple[Assessment, ...] = ()
    follow_ups: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    trace_id: str


# ------------------------------------------------------------------ how an answer came about


class Check(Frozen):
    """One check of one sentence, and why it failed if it did."""

    sentence: str
    passed: bool
    reason: str | None = None


class PassageTrace(Frozen):
    """A passage as staff see it: which chunk, and its scores."""

    chunk_id: str
    title: str
    article: str | None
    score: float
    dense: float | None
    lexical: float | None
    kept: bool


class Usage(Frozen):
    """What an answer took of a language model; None where the service did not report it for every request."""

    requests: int
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Trace(Frozen):
    """How an answer came about: query, passages, composer, checks, timings in milliseconds."""

    trace_id: str
    query: Query
    support: float
    signs: dict[str, float] = Field(default_factory=dict)
    passages: tuple[PassageTrace, ...]
    composer: str
    prompts: dict[str, str] = Field(default_factory=dict, description="prompt name → sha256 of its file")
    checks: tuple[Check, ...] = ()
    timings: dict[str, float] = Field(default_factory=dict)
    usage: Usage | None = Field(default=None, description="None: no language model was asked")
    generation: int


class Progress(Frozen):
    """A phase has begun."""

    type: Literal["progress"] = "progress"
    phase: Literal["understand", "retrieve", "draft", "verify"]


class TextDelta(Frozen):
    """Checked text, to be appended to what was sent before."""

    type: Literal["delta"] = "delta"
    text: str
    citations: tuple[Citation, ...] = Field(default=(), description="what the marks of this text stand for")


class Finished(Frozen):
    """The whole answer; nothing follows."""

    type: Literal["final"] = "final"
    answer: Answer
    trace: Trace


AnswerEvent = Annotated[Progress | TextDelta | Finished, Field(discriminator="type")]
