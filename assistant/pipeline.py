"""The one line every question walks; chat, API, batch and evaluation all go through `Pipeline.events`.

Question → understand → retrieve → draft → verify → Answer
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from assistant.errors import LanguageModelError
from assistant.knowledge import KnowledgeBase, Snapshot
from assistant.models import (
    Answer,
    AnswerEvent,
    AnswerStatus,
    Check,
    Citation,
    Claim,
    Document,
    Finished,
    Passages,
    PassageTrace,
    Progress,
    Query,
    Question,
    TextDelta,
    Trace,
)
from assistant.phrases import decline, notices, say
from assistant.ports import ChatModel, Encoder, Journal, Reranker
from assistant.programmes.present import to_assessment, total_of
from assistant.programmes.schema import Source
from assistant.prompts import Prompt, load_prompt
from assistant.settings import Settings
from assistant.steps.draft import NO_SUPPORT, compose, write
from assistant.steps.judge import Judged, judge
from assistant.steps.retrieve import retrieve
from assistant.steps.state import cite_sources, computed, statements, verify
from assistant.steps.support import SUPPORT_NEEDED
from assistant.steps.understand import checked, understand
from assistant.steps.verify import check, citations_for

_MAX_LLM_CLAIMS = 12
_ENOUGH_STATED = 3  # statements by rule; with fewer, the clauses' own sentences follow


@dataclass
class _Account:
    """What the trace tells, gathered along the way."""

    timings: dict[str, float] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    composer: str = "none"
    prompts: dict[str, str] = field(default_factory=dict)
    judged: Judged = field(default_factory=Judged)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.timings[step] = round((time.perf_counter() - started) * 1000, 2)


class Pipeline:
    """Answers questions from what the knowledge base holds at that moment."""

    def __init__(
        self,
        knowledge: KnowledgeBase,
        encoder: Encoder,
        chat_model: ChatModel | None,
        journal: Journal,
        settings: Settings,
        reranker: Reranker | None = None,
    ) -> None:
        self._knowledge, self._encoder, self._chat_model = knowledge, encoder, chat_model
        self._reranker = reranker
        self._journal, self._settings = journal, settings

    def answer(self, question: Question) -> Answer:
        """The whole answer at once."""
        for event in self.events(question):
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("events() ends with Finished")

    def check(self, question: Question) -> Question:
        """The question without what nobody sees; raises InputError when it is unusable."""
        return checked(question, self._settings.question_max_chars)

    def search(self, question: Question, top_k: int) -> Passages:
        """The passages only."""
        snapshot = self._knowledge.snapshot()
        query = understand(self.check(question), snapshot.names)
        return self._retrieve(query, snapshot, top_k)

    def _retrieve(self, query: Query, snapshot: Snapshot, top_k: int) -> Passages:
        return retrieve(query, snapshot, self._encoder, top_k, self._reranker)

    def events(self, question: Question) -> Iterator[AnswerEvent]:
        """Progress, then checked text piece by piece, then the answer, kept in the journal.

        Raises InputError for an unusable question and KnowledgeBaseError when there is nothing to search.
        """
        account = _Account()
        question = self.check(question)
        yield Progress(phase="understand")
        with account.timed("understand"):
            snapshot = self._knowledge.snapshot()
            query = understand(question, snapshot.names)
        yield Progress(phase="retrieve")
        with account.timed("retrieve"):
            passages = self._retrieve(query, snapshot, self._settings.top_k)
        with account.timed("judge"):
            account.judged = judge(query, question.facts, snapshot, passages)
        yield Progress(phase="draft")
        text, citations = "", []
        with account.timed("draft"):
            for piece, cited in self._checked(query, passages, snapshot, account):
                citations += [c for c in cited if c not in citations]
                text += piece
                yield TextDelta(text=piece)
        if not citations:
            text = "".join(account.judged.problems.values()) or decline(passages, query.language)
            yield TextDelta(text=text)
        answer = _answer(question, query, snapshot, text, citations, account.judged)
        trace = _trace(answer, query, passages, snapshot, account)
        self._journal.record(question.text, answer, trace)
        yield Finished(answer=answer, trace=trace)

    def _checked(
        self, query: Query, passages: Passages, snapshot: Snapshot, account: _Account
    ) -> Iterator[tuple[str, list[Citation]]]:
        """(text to append, its citations) for each statement and claim that holds."""
        taken: list[Citation] = []
        stated = 0
        for piece, cited in self._stated(query, snapshot, account):
            taken += [c for c in cited if c not in taken]
            stated += 1
            yield piece, cited
        if passages.support < SUPPORT_NEEDED or stated >= _ENOUGH_STATED:
            return
        documents = _documents(passages, snapshot)
        for claim in self._claims(query, passages, snapshot, account, taken):
            result = check(claim, passages)
            account.checks.append(result)
            if not result.passed:
                continue
            cited = citations_for(claim, passages, documents, taken)
            lead = ("\n" if taken else "") or self._lead(query, account)
            taken += [c for c in cited if c not in taken]
            yield f"{lead}{claim.text}{_marks(cited)}", cited

    def _stated(
        self, query: Query, snapshot: Snapshot, account: _Account
    ) -> Iterator[tuple[str, list[Citation]]]:
        """What the rules say, statement by statement, each checked like any other claim."""
        judged = account.judged
        taken: list[Citation] = []
        allowed = [query.text, *computed(judged)]
        for statement in statements(query, judged, judged.is_about_a_case):
            cited = cite_sources(statement.sources, query.as_of, snapshot, taken)
            result = verify(statement, allowed, [c.quote for c in cited])
            account.checks.append(result)
            if result.passed:
                lead = "\n" if taken else ""
                taken += [c for c in cited if c not in taken]
                account.composer = "programmes"
                yield f"{lead}{statement.text}{_marks(cited)}", cited

    def _lead(self, query: Query, account: _Account) -> str:
        quoted = say("quoted", query.language) if account.composer == "rule" else ""
        return f"{quoted}\n" if quoted else ""

    def _claims(
        self,
        query: Query,
        passages: Passages,
        snapshot: Snapshot,
        account: _Account,
        taken: list[Citation],
    ) -> Iterator[Claim]:
        """The model's claims; the composer's when there is no model, it fails, or nothing of it holds."""
        if self._chat_model is not None:
            prompt = load_prompt("draft")
            account.composer, account.prompts = self._chat_model.name, {prompt.name: prompt.sha256}
            try:
                yield from self._written(query, passages, self._chat_model, prompt)
            except LanguageModelError as error:
                account.checks.append(Check(sentence="", passed=False, reason=str(error)))
            if taken:
                return
        account.composer = "rule"
        yield from compose(query, passages, snapshot.index.words)

    def _written(self, query: Query, passages: Passages, model: ChatModel, prompt: Prompt) -> Iterator[Claim]:
        for number, claim in enumerate(write(query, passages, model, prompt)):
            if number == _MAX_LLM_CLAIMS or claim.text.startswith(NO_SUPPORT):
                return
            yield claim


def _marks(cited: list[Citation]) -> str:
    return "".join(f"[{n}]" for n in dict.fromkeys(c.number for c in cited))


def _documents(passages: Passages, snapshot: Snapshot) -> dict[str, Document]:
    versions = {p.chunk.document_id: p.chunk.version for p in passages.kept}
    found = {id: snapshot.library.document(id, version) for id, version in versions.items()}
    return {id: document for id, document in found.items() if document is not None}


def _answer(
    question: Question,
    query: Query,
    snapshot: Snapshot,
    text: str,
    citations: list[Citation],
    judged: Judged,
) -> Answer:
    numbers = {(c.document_id, c.quote): c.number for c in citations}
    definitions = snapshot.rulebook.facts

    def cite(source: Source) -> int | None:
        return numbers.get((source.document_id, source.quote))

    assessments = [to_assessment(v, definitions, query.language, cite) for v in judged.verdicts]
    if total := total_of(judged.verdicts, query.language):
        assessments.append(total[1])
    if judged.inferred:
        assessments.append(judged.inferred[1])
    asks = [missing.ask for a in assessments for missing in a.missing_facts[:1]]
    status: AnswerStatus = "answered" if citations else "unanswerable_no_support"
    heads = {id: head for id, (head, _) in snapshot.heads.items()}
    return Answer(
        question_id=uuid.uuid4().hex,
        conversation_id=question.conversation_id or uuid.uuid4().hex,
        status="clarification" if judged.problems and not citations else status,
        language=query.language,
        as_of=query.as_of,
        text=text,
        citations=tuple(citations),
        facts=judged.facts,
        assessments=tuple(assessments) if citations else (),
        follow_ups=tuple(dict.fromkeys([*judged.problems.values(), *asks]))[:3],
        notices=notices(citations, heads, query.as_of, query.language),
        trace_id=uuid.uuid4().hex,
    )


def _trace(answer: Answer, query: Query, passages: Passages, snapshot: Snapshot, account: _Account) -> Trace:
    found = [(p, True) for p in passages.kept] + [(p, False) for p in passages.rejected]
    return Trace(
        trace_id=answer.trace_id,
        query=query,
        support=passages.support,
        signs=passages.signs,
        passages=tuple(
            PassageTrace(
                chunk_id=p.chunk.id,
                title=p.head.title,
                article=p.chunk.article,
                score=p.score,
                dense=p.dense,
                lexical=p.lexical,
                kept=kept,
            )
            for p, kept in found
        ),
        composer=account.composer,
        prompts=account.prompts,
        checks=tuple(account.checks),
        timings=account.timings,
        generation=snapshot.generation,
    )
