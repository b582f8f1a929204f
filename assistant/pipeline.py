"""The one line every question walks; chat, API, batch and evaluation all go through `Pipeline.events`.

Question → understand → retrieve → draft → verify → Answer
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

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
    Progress,
    Query,
    Question,
    TextDelta,
    Trace,
)
from assistant.phrases import decline, say
from assistant.ports import ChatModel, Encoder, Journal, Reranker
from assistant.programmes.present import Statement
from assistant.prompts import Prompt, load_prompt
from assistant.settings import Settings
from assistant.steps.assemble import Account, to_answer, to_trace
from assistant.steps.draft import MAX_CLAIMS, NO_SUPPORT, beyond, compose, write
from assistant.steps.gaps import told_gap, unknown_year, wanting, without_evidence
from assistant.steps.judge import Judged, judge
from assistant.steps.named_papers import paper_facts
from assistant.steps.papers import paper_statements
from assistant.steps.retrieve import retrieve
from assistant.steps.screen import Screened, screen
from assistant.steps.state import cite_sources, computed, known_of, statements, verify
from assistant.steps.support import SUPPORT_NEEDED
from assistant.steps.understand import checked, understand
from assistant.steps.verify import check, citations_for

_MAX_LLM_CLAIMS = 12
_ENOUGH_STATED = 3  # statements by rule; with fewer, the clauses' own sentences follow


_REFUSALS: dict[str, AnswerStatus] = {
    "refused_injection": "refused_injection",
    "refused_unsafe": "refused_unsafe",
    "out_of_scope": "unanswerable_out_of_scope",
}


def _cleared(asked: Question, screened: Screened) -> Question:
    """The question without attacks in it and without turns that were attacks."""
    history = tuple(t for i, t in enumerate(asked.history) if i not in screened.ignored_turns)
    text = screened.cleaned or asked.text
    return asked.model_copy(update={"text": text, "history": history})


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
        self._observers: list[Callable[[Answer, Trace], None]] = []

    def observe(self, told: Callable[[Answer, Trace], None]) -> None:
        """Have every finished answer told, for instance to what counts them."""
        self._observers.append(told)

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
        account = Account()
        asked = self.check(question)
        yield Progress(phase="understand")
        with account.timed("understand"):
            snapshot = self._knowledge.snapshot()
            # As it came: marks that nobody sees say something of an attack.
            account.screened = screen(question.text, [turn.question for turn in question.history])
            question = self.check(_cleared(asked, account.screened))
            query = understand(question, snapshot.names)
        if account.screened.verdict != "pass" and account.screened.cleaned is None:
            yield from self._refused(asked, query, snapshot, account)
            return
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
                yield TextDelta(text=piece, citations=tuple(cited))
        if not text:
            text = "".join(account.judged.problems.values()) or decline(passages, query.language)
            yield TextDelta(text=text)
        answer = to_answer(asked, query, snapshot, text, citations, account)
        yield self._finished(asked, query, passages, snapshot, answer, account)

    def _refused(
        self, asked: Question, query: Query, snapshot: Snapshot, account: Account
    ) -> Iterator[AnswerEvent]:
        """A refusal, with nothing searched."""
        text = say(account.screened.verdict, query.language)
        account.status = _REFUSALS[account.screened.verdict]
        yield TextDelta(text=text)
        answer = to_answer(asked, query, snapshot, text, [], account)
        yield self._finished(
            asked, query, Passages(kept=(), rejected=(), support=0.0), snapshot, answer, account
        )

    def _finished(
        self,
        asked: Question,
        query: Query,
        passages: Passages,
        snapshot: Snapshot,
        answer: Answer,
        account: Account,
    ) -> Finished:
        trace = to_trace(answer, query, passages, snapshot, account)
        self._journal.record(asked.text, answer, trace)
        for told in self._observers:
            told(answer, trace)
        return Finished(answer=answer, trace=trace)

    def _checked(
        self, query: Query, passages: Passages, snapshot: Snapshot, account: Account
    ) -> Iterator[tuple[str, list[Citation]]]:
        """(text to append, its citations) for each statement and claim that holds."""
        taken: list[Citation] = []
        if (unknown := self._unknown(query, passages, snapshot, account)) is not None:
            account.status = "unanswerable_no_support"
            yield unknown
            return
        stated = 0
        covered = ""
        for piece, cited in self._stated(query, passages, snapshot, account):
            taken += [c for c in cited if c not in taken]
            covered += f"{piece}{''.join(c.quote for c in cited)}"
            stated += 1
            yield piece, cited
        if passages.support < SUPPORT_NEEDED:
            return
        enough = stated >= _ENOUGH_STATED or account.judged.is_settled
        if enough and self._chat_model is not None:
            return  # nothing is left for a model to say
        claims = self._claims(query, passages, snapshot, account, taken)
        if stated and self._chat_model is None:
            claims = self._besides(query, passages, snapshot, covered, enough)
        documents = _documents(passages, snapshot)
        for claim in claims:
            result = check(claim, passages)
            account.checks.append(result)
            if not result.passed:
                continue
            cited = citations_for(claim, passages, documents, taken)
            lead = ("\n" if taken else "") or self._lead(query, account)
            taken += [c for c in cited if c not in taken]
            yield f"{lead}{claim.text}{_marks(cited)}", cited

    def _besides(
        self, query: Query, passages: Passages, snapshot: Snapshot, covered: str, enough: bool
    ) -> Iterator[Claim]:
        """What the papers' own sentences add to the statements: what they left open, and, where they say little, the best."""
        given: list[str] = []
        more = () if enough else compose(query, passages, snapshot.index.words)
        for claim in chain(beyond(query, passages, snapshot.index.words, covered, enough), more):
            if len(given) < MAX_CLAIMS and claim.text not in given:
                given.append(claim.text)
                yield claim

    def _unknown(
        self, query: Query, passages: Passages, snapshot: Snapshot, account: Account
    ) -> tuple[str, list[Citation]] | None:
        """What to say where the documents do not tell what is asked; None where they may."""
        if account.judged.is_about_a_case or account.judged.inferred:
            return None
        if next(paper_facts(query, snapshot), None):
            return None
        whom = say("whom", query.language)
        if without_evidence(query, passages, snapshot):
            return f"{say('declined', query.language)}{whom}", []
        if passages.support < SUPPORT_NEEDED:
            return None
        if (year := unknown_year(query, passages, account.judged.verdicts)) is not None:
            return f"{say('no_year', query.language, year=str(year))}{whom}", []
        gap = told_gap(query, passages, snapshot.index.words)
        if gap is None:
            return self._wanting(query, passages, snapshot, account)
        cited = citations_for(gap, passages, _documents(passages, snapshot), [])
        lead = say("gap", query.language)
        return f"{lead}{gap.text}{_marks(cited)}\n{whom}", cited

    def _wanting(
        self, query: Query, passages: Passages, snapshot: Snapshot, account: Account
    ) -> tuple[str, list[Citation]] | None:
        """That the figure asked for is not told, and what is known instead; None where one is told."""
        said = list(self._by_rule(query, passages, snapshot, account.judged))
        quoted = [*beyond(query, passages, snapshot.index.words, "", False)]
        quoted += compose(query, passages, snapshot.index.words)
        kind = wanting(query, [*(s.text for s in said), *(c.text for c in quoted)])
        if kind is None:
            return None
        told = say("not_told", query.language, what=say(kind, query.language))
        whom = say("whom", query.language)
        if not quoted:
            return f"{told}{whom}", []
        cited = citations_for(quoted[0], passages, _documents(passages, snapshot), [])
        known = f"{say('known', query.language)}{quoted[0].text}{_marks(cited)}"
        return f"{told}{known}\n{whom}", cited

    def _stated(
        self, query: Query, passages: Passages, snapshot: Snapshot, account: Account
    ) -> Iterator[tuple[str, list[Citation]]]:
        """What the rules say, statement by statement, each checked like any other claim."""
        judged = account.judged
        taken: list[Citation] = []
        allowed = [query.text, *computed(judged)]
        for statement in self._by_rule(query, passages, snapshot, judged):
            cited = cite_sources(statement.sources, query.as_of, snapshot, taken)
            result = verify(statement, [*allowed, *known_of(cited, snapshot)], [c.quote for c in cited])
            account.checks.append(result)
            if result.passed:
                lead = "\n" if taken else ""
                taken += [c for c in cited if c not in taken]
                account.composer = "programmes"
                yield f"{lead}{statement.text}{_marks(cited)}", cited

    def _by_rule(
        self, query: Query, passages: Passages, snapshot: Snapshot, judged: Judged
    ) -> Iterator[Statement]:
        """What follows from programmes; where none is in play, what the paper itself is known to say."""
        of_papers = list(paper_facts(query, snapshot))
        yield from of_papers
        if of_papers and not judged.is_about_a_case and not query.programmes:
            return
        said = list(statements(query, judged, judged.is_about_a_case))
        yield from said
        if (not said or judged.inferred) and passages.support >= SUPPORT_NEEDED:
            yield from paper_statements(query, passages, snapshot)

    def _lead(self, query: Query, account: Account) -> str:
        quoted = say("quoted", query.language) if account.composer == "rule" else ""
        return f"{quoted}\n" if quoted else ""

    def _claims(
        self,
        query: Query,
        passages: Passages,
        snapshot: Snapshot,
        account: Account,
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
