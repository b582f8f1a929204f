"""The one line every question walks; chat, API, batch and evaluation all go through `Pipeline.events`.

Question → understand → retrieve → draft → verify → Answer
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assistant.bounds import Bounds
from assistant.budget import Budget
from assistant.followed import FollowedState
from assistant.knowledge import KnowledgeBase, Snapshot
from assistant.models import (
    Answer,
    AnswerEvent,
    AnswerStatus,
    Citation,
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
from assistant.settings import Settings
from assistant.steps.absent import asks_for_support, is_spoken_of
from assistant.steps.aid import Aid
from assistant.steps.assemble import Account, to_answer, to_trace
from assistant.steps.by_rule import by_rule
from assistant.steps.confine import confined, outside
from assistant.steps.conflict import conflict
from assistant.steps.day_notes import day_note, standing_note
from assistant.steps.draft import is_covered_by
from assistant.steps.extract import extract
from assistant.steps.general import has_papers_of, place_of, question_back
from assistant.steps.greet import greeting
from assistant.steps.judge import Judged, judge
from assistant.steps.language_of import in_script
from assistant.steps.looked_up import with_looks
from assistant.steps.quoting import sentences_of
from assistant.steps.retrieve import retrieve
from assistant.steps.rewrite import rewrite
from assistant.steps.scope import near_to
from assistant.steps.screen import Screened, screen
from assistant.steps.state import cite_sources, computed, known_of, verify
from assistant.steps.support import SUPPORT_NEEDED, is_told
from assistant.steps.understand import checked, understand
from assistant.steps.unknown import unknown
from assistant.steps.verify import check, citations_for, documents_of, marks

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
        followed: FollowedState | None = None,
    ) -> None:
        self._followed = followed
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
        hidden = Bounds(question.region, question.within).hidden(snapshot)
        return self._retrieve(query.model_copy(update={"hidden": hidden}), snapshot, top_k)

    def _retrieve(self, query: Query, snapshot: Snapshot, top_k: int) -> Passages:
        return retrieve(query, snapshot, self._encoder, top_k, self._reranker)

    def _is_in_papers(self, query: Query, snapshot: Snapshot) -> bool:
        """Whether what was loaded speaks of what is asked: then it is in scope, whatever it is about."""
        if is_spoken_of(query, snapshot) or asks_for_support(query, snapshot):
            return True
        return is_told(self._retrieve(query, snapshot, self._settings.top_k))

    def events(self, question: Question) -> Iterator[AnswerEvent]:
        """Progress, then checked text piece by piece, then the answer, kept in the journal.

        Raises InputError for an unusable question and KnowledgeBaseError when there is nothing to search.
        """
        account = Account()
        if self._chat_model is not None:
            account.aid = Aid(
                self._chat_model, Budget(self._settings.llm_budget), account.checks, account.prompts
            )
        asked = self.check(question)
        yield Progress(phase="understand")
        with account.timed("understand"):
            snapshot = self._knowledge.snapshot()
            # As it came: marks that nobody sees say something of an attack.
            account.screened = screen(question.text, [turn.question for turn in question.history])
            question = self.check(_cleared(asked, account.screened))
            query = understand(question, snapshot.names)
            if account.aid and (meant := rewrite(question, query, snapshot.names, account.aid)):
                question, query = meant, understand(meant, snapshot.names)
        spoken = asked.language or ("en" if asked.text.isascii() else query.language)
        if (reply := greeting(asked.text, spoken)) is not None:
            account.status, query = "clarification", query.model_copy(update={"language": spoken})
            yield from self._said(asked, query, snapshot, account, reply)
            return
        if account.screened.unless_loaded and self._is_in_papers(query, snapshot):
            account.screened = account.screened.model_copy(update={"verdict": "pass"})
        if account.screened.verdict != "pass" and account.screened.cleaned is None:
            text = say(account.screened.verdict, query.language)
            yield from self._refused(asked, query, snapshot, account, text)
            return
        if (limits := outside(question, query, None, snapshot)) is not None:
            yield from self._refused(asked, query, snapshot, account, limits)
            return
        yield Progress(phase="retrieve")
        with account.timed("retrieve"):
            passages = self._retrieve(query, snapshot, self._settings.top_k)
        with account.timed("judge"):
            account.judged = judge(query, question.facts, snapshot, passages)
            facts = snapshot.rulebook.facts
            if account.aid and (found := extract(query, account.judged, question.facts, facts, account.aid)):
                # What was told and what rules read counts before what the model read.
                account.judged = judge(query, {**found, **question.facts}, snapshot, passages)
        if question.within:
            if (limits := outside(question, query, account.judged, snapshot)) is not None:
                yield from self._refused(asked, query, snapshot, account, limits)
                return
            query, passages, account.judged = confined(question, query, passages, account.judged, snapshot)
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
        answer = with_looks(answer, query, snapshot, self._followed)
        yield self._finished(asked, query, passages, snapshot, answer, account)

    def _refused(
        self, asked: Question, query: Query, snapshot: Snapshot, account: Account, text: str
    ) -> Iterator[AnswerEvent]:
        """A refusal, with nothing quoted."""
        account.status = _REFUSALS.get(account.screened.verdict, "unanswerable_out_of_scope")
        yield from self._said(asked, query, snapshot, account, text)

    def _said(
        self, asked: Question, query: Query, snapshot: Snapshot, account: Account, text: str
    ) -> Iterator[AnswerEvent]:
        """A text of our own, with nothing looked up."""
        account.judged = Judged()
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
        self._journal.record(asked.text, answer, trace, asked.site)
        for told in self._observers:
            told(answer, trace)
        return Finished(answer=answer, trace=trace)

    def _checked(
        self, query: Query, passages: Passages, snapshot: Snapshot, account: Account
    ) -> Iterator[tuple[str, list[Citation]]]:
        """(text to append, its citations) for each statement and claim that holds."""
        taken: list[Citation] = []
        if account.judged.general and not account.judged.verdicts:
            place = place_of(query, account.judged.facts)
            if place is None:
                account.status = "clarification"
                yield f"{say('which', query.language)}{question_back(snapshot, query.language)}", []
                return
            if not has_papers_of(query, place, snapshot):
                account.status = "unanswerable_no_support"
                whom = say("whom", query.language)
                yield f"{say('absent_place', query.language, place=place)}{whom}", []
                return
        if (untold := unknown(query, passages, snapshot, account.judged)) is not None:
            account.status = "unanswerable_no_support"
            yield untold
            return
        stated = 0
        said = covered = ""
        if account.judged.problems:
            yield f"{next(iter(account.judged.problems.values()))}\n", []
        for piece, cited in self._stated(query, passages, snapshot, account):
            taken += [c for c in cited if c not in taken]
            said += piece
            covered += f"{piece}{''.join(c.quote for c in cited)}"
            stated += 1
            yield piece, cited
        if passages.support < SUPPORT_NEEDED:
            return
        if stated:
            regions = [snapshot.names.region_of(v.programme.region) for v in account.judged.verdicts]
            passages = near_to(regions, passages, snapshot)
        told = bool(stated and query.programmes) and "amount" in query.intents
        told = told and is_covered_by(query, snapshot.index.words, covered)
        enough = told or account.judged.general or stated >= _ENOUGH_STATED or account.judged.is_settled
        claims = sentences_of(query, passages, snapshot, account, (said, covered), enough)
        documents = documents_of(passages, snapshot)
        for claim in claims:
            result = check(claim, passages)
            account.checks.append(result)
            if not result.passed:
                continue
            cited = citations_for(claim, passages, documents, taken)
            if not query.past and any(
                snapshot.is_amended(query.as_of, c.document_id, c.article, c.quote) for c in cited
            ):
                continue
            lead = ("\n" if taken else "") or self._lead(query, account)
            taken += [c for c in cited if c not in taken]
            note = day_note(query, claim.text) + standing_note(query, claim.text, cited, snapshot.heads)
            yield f"{lead}{claim.text}{note}{marks(cited)}", cited
        yield from self._differing(query, passages, snapshot, account, taken)

    def _differing(
        self,
        query: Query,
        passages: Passages,
        snapshot: Snapshot,
        account: Account,
        taken: list[Citation],
    ) -> Iterator[tuple[str, list[Citation]]]:
        """That another paper gives another figure for what was said, and which counts."""
        found = conflict(taken, passages, snapshot, query.as_of)
        if found is None:
            return
        cited = citations_for(found.claim, passages, documents_of(passages, snapshot), taken)
        titles = [head.title for head in (found.other, found.counts) if head]
        statement = Statement(found.text(query.language), ())
        result = verify(statement, titles, [c.quote for c in cited])
        account.checks.append(result)
        if result.passed:
            yield f"\n{statement.text}{marks(cited)}", cited

    def _stated(
        self, query: Query, passages: Passages, snapshot: Snapshot, account: Account
    ) -> Iterator[tuple[str, list[Citation]]]:
        """What the rules say, statement by statement, each checked like any other claim."""
        judged = account.judged
        taken: list[Citation] = []
        allowed = [query.text, *computed(judged)]
        for statement in by_rule(query, passages, snapshot, judged):
            cited = cite_sources(statement.sources, query.as_of, snapshot, taken)
            result = verify(statement, [*allowed, *known_of(cited, snapshot)], [c.quote for c in cited])
            account.checks.append(result)
            if result.passed:
                lead = "\n" if taken else ""
                taken += [c for c in cited if c not in taken]
                account.composer = "programmes"
                said = in_script(query.language, statement.text)
                yield f"{lead}{said}{marks(cited)}", cited

    def _lead(self, query: Query, account: Account) -> str:
        quoted = say("quoted", query.language) if account.composer == "rule" else ""
        return f"{quoted}\n" if quoted else ""
