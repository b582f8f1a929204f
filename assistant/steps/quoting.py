"""`Query, Passages, what is said → Claims`: the model's sentences that hold, else the papers' own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import chain

from assistant.knowledge import Snapshot
from assistant.models import Claim, Passages, Query
from assistant.steps.assemble import Account
from assistant.steps.conflict import governed
from assistant.steps.draft import MAX_CLAIMS, Replaced, beyond, compose
from assistant.steps.write import write


def sentences_of(
    query: Query,
    passages: Passages,
    snapshot: Snapshot,
    account: Account,
    stated: tuple[str, str],
    enough: bool,
) -> Iterator[Claim]:
    """The model's claims; where there is no model, or nothing of what it says holds, the papers' own sentences.

    `stated`: what the answer says already, alone and with its quotes.
    """
    said, covered = stated
    if account.aid is not None and not enough:
        composer, account.composer = account.composer, account.aid.model.name
        if (yield from write(query, passages, snapshot.index.words, account.aid, said, covered)):
            return
        account.composer = composer
    if said:
        yield from _besides(query, passages, snapshot, stated, enough)
    else:
        account.composer = "rule"
        quoted = compose(query, passages, snapshot.index.words, _replaced(query, snapshot))
        yield from governed(quoted, passages, snapshot, query.as_of)


def _besides(
    query: Query, passages: Passages, snapshot: Snapshot, stated: tuple[str, str], enough: bool
) -> Iterator[Claim]:
    """What the papers' own sentences add to the statements: what they left open, and, where they say little, the best."""
    said, covered = stated
    given: list[str] = []
    more = () if enough else compose(query, passages, snapshot.index.words, _replaced(query, snapshot))
    for claim in chain(beyond(query, passages, snapshot.index.words, covered, enough), more):
        if len(given) < MAX_CLAIMS and claim.text not in given and not _is_said(claim.text, said):
            given.append(claim.text)
            yield claim


def _replaced(query: Query, snapshot: Snapshot) -> Replaced:
    """What a later paper has replaced by the day, unless the question is about what was."""
    return partial(snapshot.is_amended, query.as_of) if not query.past else lambda *_: False


def _is_said(sentence: str, said: str) -> bool:
    """Whether the answer has a sentence already, word for word."""
    return re.sub(r"\W", "", sentence) in re.sub(r"\W", "", said)
