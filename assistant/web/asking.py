"""`What a caller sends → Question`: the day, the conversation so far, and what is known of the firm."""

from __future__ import annotations

from assistant.models import Question, Turn
from assistant.web.bodies import AskBody
from assistant.web.callers import Caller
from assistant.wiring import Application

MAX_TURNS = 6


def to_question(body: AskBody, application: Application, caller: Caller) -> Question:
    """The question with the conversation it goes on from.

    Of the firm counts first what is told now, then what was told, then what the site's own server says.
    """
    earlier = (
        application.journal.conversation(body.conversation_id, MAX_TURNS) if body.conversation_id else []
    )
    last = earlier[-1][1].facts if earlier else {}
    known = {key: text for key, text in last.items() if key not in body.corrections}
    return Question(
        text=body.question,
        as_of=body.as_of or application.clock.today(),
        history=tuple(Turn(question=asked, answer=answer.text) for asked, answer in earlier),
        facts={**caller.facts, **known, **body.facts},
        corrections=body.corrections,
        conversation_id=body.conversation_id,
        region=caller.bounds.region,
        within=caller.bounds.programmes,
        site=caller.site.public_id if caller.site else None,
        language=body.language,
    )
