"""`Running → text/event-stream`: the pipeline's events as they are, with heartbeats, from any event on.

Events are numbered; the last one, `final` or `error`, has the id `end`, so that an EventSource that comes back after it
is told by 204 that nothing follows.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi.sse import format_sse_event

from assistant.models import Answer, AnswerEvent, Finished, Progress, TextDelta
from assistant.web.streams import Running

END = "end"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_HEARTBEAT = b": still here\n\n"


def plain(answer: Answer) -> dict[str, Any]:
    """An answer in the shape others hold on to."""
    return answer.model_dump(mode="json", by_alias=True)


def for_readers(answer: Answer) -> Answer:
    """A stored answer for whoever has its link: who knows the conversation's id could go on with it or erase it."""
    return answer.model_copy(update={"conversation_id": ""})


async def event_stream(running: Running, start: int, pulse: float, own: bool = True) -> AsyncIterator[bytes]:
    """The events from a number on; `progress` tells who asks (`own`) the id of the conversation."""
    async for told in running.follow(start, pulse):
        if told is None:
            yield _HEARTBEAT
        else:
            yield _of_event(*told, running, own)
    if running.failure:
        yield _sse("error", running.failure.model_dump(), END)


def replay(answer: Answer, fresh: bool) -> list[bytes]:
    """A stored answer as events: its text at once, then the whole; who had some of the text gets only the whole."""
    answer = for_readers(answer)
    ids = {"question_id": answer.question_id, "conversation_id": answer.conversation_id}
    citations = plain(answer)["citations"]
    begun = [
        _sse("progress", {"phase": "verify", **ids}, "0"),
        _sse("delta", {"text": answer.text, "citations": citations}, "1"),
    ]
    return [*(begun if fresh else []), _sse("final", plain(answer), END)]


def begin_after(last_event_id: str | None) -> int | None:
    """The number to go on from after the event a client saw last; None when it saw the end."""
    seen = (last_event_id or "").strip()
    if seen == END:
        return None
    return int(seen) + 1 if seen.isdecimal() and len(seen) < 10 else 0


def _of_event(number: int, event: AnswerEvent, running: Running, own: bool) -> bytes:
    match event:
        case Progress():
            conversation = running.conversation_id if own else ""
            ids = {"question_id": running.question_id, "conversation_id": conversation}
            return _sse("progress", {"phase": event.phase, **ids}, str(number))
        case TextDelta():
            return _sse("delta", event.model_dump(mode="json", include={"text", "citations"}), str(number))
        case Finished():
            return _sse("final", plain(event.answer if own else for_readers(event.answer)), END)


def _sse(name: str, data: dict[str, Any], id: str) -> bytes:
    return format_sse_event(data_str=json.dumps(data, ensure_ascii=False), event=name, id=id)
