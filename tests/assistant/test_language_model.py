"""Whatever a language model says, only what its citations carry comes through."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.clock import FixedClock
from assistant.models import Answer, Question, TextDelta
from assistant.values import is_covered, values_in
from assistant.wiring import Application
from tests.conftest import TODAY
from tests.scripted_llm import Reply, Script, break_off, fail, hang, scripted_llm

QUESTION = "语料券按什么比例资助，最高多少？"


@contextmanager
def with_model(wence: Application, *replies: Reply) -> Iterator[tuple[Application, Script]]:
    with scripted_llm(*replies) as (url, script):
        update = {"llm_base_url": url, "llm_model": "scripted", "llm_timeout": 2.0}
        yield Application(wence.settings.model_copy(update=update), FixedClock(TODAY)), script


def ask(application: Application) -> Answer:
    return application.pipeline.answer(Question(text=QUESTION, as_of=TODAY))


def assert_every_figure_is_cited(answer: Answer) -> None:
    import re

    stated = [v for c in answer.citations for v in values_in(f"{c.title} {c.document_number} {c.quote}")]
    for line in answer.text.splitlines():
        plain = re.sub(r"\[\d+\]", "", line)
        assert all(is_covered(v, stated) for v in values_in(plain)), line


def place_of(application: Application, fact: str) -> int:
    passages = application.pipeline.search(Question(text=QUESTION, as_of=TODAY), application.settings.top_k)
    return next(i for i, p in enumerate(passages.kept, 1) if fact in p.chunk.text)


def test_an_honest_model_is_quoted_with_exact_citations(wence: Application) -> None:
    n = place_of(wence, "按合同金额的最高30%")
    with with_model(
        wence, f"语料券按合同金额最高资助30%，封顶200万元[{n}]。\n找市政务服务和数据管理局[{n}]。"
    ) as (app, script):
        events = list(app.pipeline.events(Question(text=QUESTION, as_of=TODAY)))
        answer = events[-1].answer  # type: ignore[union-attr]
        deltas = [e.text for e in events if isinstance(e, TextDelta)]
    assert len(deltas) == 3 and "".join(deltas) == answer.text, "the rule's statement, then the model's two"
    assert "封顶200万元" in answer.text and answer.citations[0].number == 1
    for c in answer.citations:
        document = wence.catalog.document(c.document_id, c.version)
        assert document and document.text[c.start : c.end] == c.quote
    assert_every_figure_is_cited(answer)
    sent = script.requests[0]["messages"]
    assert "<资料>" in sent[1]["content"] and QUESTION in sent[1]["content"]


@pytest.mark.parametrize(
    "reply",
    [
        "语料券最高资助80%，上限900万元[{n}]。",
        "语料券最高资助30%，上限200万元。",
        "语料券最高资助30%，上限200万元[77]。",
        "语料券按31%资助，上限200万元[{n}]。",
        "受理到2027年3月15日为止[{n}]。",
        "",
        "无依据",
        fail,
        hang,
        break_off,
    ],
    ids=["invents", "drops", "wrong number", "changes", "date", "empty", "none", "500", "hangs", "broken"],
)
def test_what_does_not_hold_is_replaced_by_the_composer(wence: Application, reply: Reply) -> None:
    if isinstance(reply, str):
        reply = reply.format(n=place_of(wence, "按合同金额的最高30%"))
    started = time.monotonic()
    with with_model(wence, reply) as (app, _):
        answer = ask(app)
    assert time.monotonic() - started < 10
    assert answer.status == "answered" and "30%" in answer.text
    assert not any(wrong in answer.text for wrong in ("80%", "900万", "31%", "2027"))
    assert_every_figure_is_cited(answer)


def test_one_false_sentence_is_left_out_and_the_true_one_stays(wence: Application) -> None:
    n = place_of(wence, "按合同金额的最高30%")
    with with_model(wence, f"语料券最高200万元[{n}]。每家另送50万元[{n}]。") as (app, _):
        answer = ask(app)
    assert "200万元" in answer.text and "50万" not in answer.text.replace("5000万", "")


def test_markup_is_plain_text_to_us(wence: Application, tmp_path: Path) -> None:
    n = place_of(wence, "按合同金额的最高30%")
    with with_model(wence, f"<script>alert(1)</script>语料券最高200万元[{n}]。") as (app, _):
        answer = ask(app)
    assert answer.status == "answered"  # shown as text by every surface; the browser tests hold them to it
