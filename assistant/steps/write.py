"""`Query, Passages → Claims`, by a language model: each is checked as soon as it is whole, and only then goes on."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from assistant.models import Claim, Language, Passages, Query
from assistant.ports import KeywordIndex
from assistant.prompts import Prompt, load_prompt
from assistant.steps.aid import Aid
from assistant.steps.draft import beyond
from assistant.steps.fence import boundary, inert, numbered, without_planted
from assistant.steps.gate import SAID, Examined, Gate
from assistant.steps.reply import claims_in
from assistant.text import simplify

_LANGUAGES: dict[Language, str] = {"zh": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
_MOST_CLAIMS, _MOST_EXAMINED = 6, 24
_NO_SUPPORT = "无依据"
_TELLING = 120  # characters of a refused sentence that are shown to the model again


def write(
    query: Query, passages: Passages, keywords: KeywordIndex, aid: Aid, said: str = "", covered: str = ""
) -> Generator[Claim, None, bool]:
    """The claims of the model that hold, at most six; where none does, one more attempt with the reasons.

    What stays open after them a sentence of the papers answers, as without a model. `said`: what the answer says already,
    which is not said again; `covered`: the same with its quotes. What fails the gate is on record as a check. Returns whether
    the model had its say: something holds, or all it had to say was said already.
    """
    prompt = load_prompt("draft")
    shown = without_planted(passages)
    gate = Gate(query, shown, f"{prompt.system}\n{prompt.user}", said)
    refused: list[Examined] = []
    given: list[Claim] = []
    for _ in range(2):
        before, refused = refused, []
        for examined in _attempt(query, shown, aid, prompt, gate, said, before):
            if examined.claim is not None:
                given.append(examined.claim)
                yield examined.claim
            else:
                aid.note(examined.written, examined.reason)
                refused.append(examined)
            if len(given) == _MOST_CLAIMS:
                break
        if not given and not refused and not aid.failed:
            aid.note("", "the reply holds no claim")
        wrong = [e for e in refused if e.written and e.reason != SAID]
        if given or aid.failed or not wrong:
            break
    if given and query.language != "en":
        yield from beyond(query, passages, keywords, covered + _carried(given, passages), enough=True)
    return bool(given) or (not wrong and any(e.reason == SAID for e in refused))


def _carried(claims: Sequence[Claim], passages: Passages) -> str:
    """What claims say, the sentences they quote, and the titles of the papers these are from."""
    texts = [simplify(claim.text) for claim in claims]
    for claim in claims:
        for index, (start, end) in zip(claim.support, claim.quotes, strict=True):
            chunk = passages.kept[index].chunk
            texts += [chunk.text[start - chunk.start : end - chunk.start], passages.kept[index].head.title]
    return "\n".join(texts)


def _attempt(
    query: Query,
    passages: Passages,
    aid: Aid,
    prompt: Prompt,
    gate: Gate,
    said: str,
    refused: list[Examined],
) -> Iterator[Examined]:
    sources = numbered(passages.kept)
    again = "\n".join(f"- {inert(e.written[:_TELLING])}（{inert(e.reason or '')}）" for e in refused)
    question = inert(query.text)
    pieces = aid.ask(
        prompt,
        question=question,
        as_of=query.as_of.isoformat(),
        language=_LANGUAGES[query.language],
        passages=sources,
        said=inert(said),
        refused=again,
        boundary=boundary(sources, question, said, again),
    )
    for number, claim in enumerate(claims_in(pieces)):
        if number == _MOST_EXAMINED or claim.text.startswith(_NO_SUPPORT):
            return
        yield gate.examine(claim)
