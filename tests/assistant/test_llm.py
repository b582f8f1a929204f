"""The door to language models: whatever the service does, a request ends within its budget, one way or the other."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.budget import Breaker, Budget
from assistant.errors import LanguageModelError
from assistant.llm import OpenAiChatModel
from assistant.llm_limits import Spoken
from assistant.models import Usage
from tests.conftest import free_port, make_settings
from tests.scripted_llm import (
    Reply,
    break_off,
    endless,
    fail,
    hang,
    hang_up,
    keep_alive,
    megabyte,
    no_stream,
    refuse,
    report,
    scripted_llm,
    silence,
    slow_head,
    trickle,
)

BUDGET = 2.0
SLACK = 3.0  # a busy machine; the faults themselves go on for much longer


@pytest.fixture(scope="module", autouse=True)
def _warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The library is loaded once, outside the budgets that are tested."""
    with scripted_llm("好") as (url, _):
        model = make_model(url, tmp_path_factory.mktemp("warm"), llm_timeout=120)
        assert "".join(model.stream("a", "b", Budget(120))) == "好"


def make_model(url: str, home: Path, **values: object) -> OpenAiChatModel:
    settings = {
        "llm_base_url": url,
        "llm_model": "scripted",
        "llm_timeout": 60.0,
        "llm_budget": 90.0,
    } | values
    return OpenAiChatModel(make_settings(home, **settings))


def test_pieces_come_as_they_are_sent(tmp_path: Path) -> None:
    with scripted_llm("语料券最高资助200万元。") as (url, script):
        pieces = list(make_model(url, tmp_path).stream("规则", "问题"))
    assert "".join(pieces) == "语料券最高资助200万元。" and len(pieces) > 2
    sent = script.requests[0]
    assert [m["content"] for m in sent["messages"]] == ["规则", "问题"] and sent["stream"] is True


FAULTS: dict[str, Reply] = {
    "hangs": hang,
    "silent": silence,
    "keep-alive": keep_alive,
    "slow head": slow_head,
    "trickles": trickle("语" * 100),
    "500": fail,
    "401": refuse(401),
    "429": refuse(429),
    "broken SSE": break_off,
    "a page": no_stream,
    "nothing": "",
    "a megabyte": megabyte,
    "no end": endless,
}


@pytest.mark.parametrize("reply", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_error_within_the_budget(tmp_path: Path, reply: Reply) -> None:
    started = time.monotonic()
    with scripted_llm(reply) as (url, _), pytest.raises(LanguageModelError) as raised:
        for _ in make_model(url, tmp_path, llm_timeout=1.5, llm_budget=BUDGET).stream("a", "b"):
            pass
    assert time.monotonic() - started < BUDGET + SLACK
    assert str(raised.value).startswith(("语言模型", "连不上语言模型"))


def chunked(text: str, size: int) -> Reply:
    """A reply in pieces of a size."""

    def reply(handler: object) -> None:
        handler.start_stream()  # type: ignore[attr-defined]
        for start in range(0, len(text), size):
            handler.send_piece(text[start : start + size])  # type: ignore[attr-defined]
        handler.send_raw(b"data: [DONE]\n\n")  # type: ignore[attr-defined]

    return reply


@pytest.mark.parametrize(
    "text",
    [
        f"<think>{'先看比例，再看上限。' * 4_000}</think>按合同金额的30%资助。",
        f"<Thinking>{'The cap is 200万元? ' * 3_000}</Thinking>\n按合同金额的30%资助。",
        f"<reasoning>{'算' * 30_000}</reasoning><think>{'再' * 30_000}</think>按合同金额的30%资助。",
        f"按合同金额的<think>{'a < b，' * 9_000}</think>30%资助。",
    ],
    ids=["think", "thinking", "two blocks", "within"],
)
def test_what_is_thought_aloud_is_not_counted_however_long(tmp_path: Path, text: str) -> None:
    with scripted_llm(chunked(text, 997)) as (url, _):
        said = "".join(make_model(url, tmp_path).stream("a", "b"))
    assert said.strip() == "按合同金额的30%资助。"


def test_a_long_reply_is_still_cut_off_after_a_thought(tmp_path: Path) -> None:
    text = f"<think>{'想' * 30_000}</think>" + "语料券最高资助900万元。" * 2_000
    with (
        scripted_llm(chunked(text, 997)) as (url, _),
        pytest.raises(LanguageModelError, match="超过 20000 字"),
    ):
        list(make_model(url, tmp_path).stream("a", "b"))


def test_thinking_without_end_is_ended_by_the_budget(tmp_path: Path) -> None:
    def reply(handler: object) -> None:
        handler.start_stream()  # type: ignore[attr-defined]
        handler.send_piece("<think>")  # type: ignore[attr-defined]
        while not handler.wait(0.05):  # type: ignore[attr-defined]
            handler.send_piece("再想想。" * 50)  # type: ignore[attr-defined]

    started = time.monotonic()
    with scripted_llm(reply) as (url, _), pytest.raises(LanguageModelError, match="没有回应或没有答完"):
        list(make_model(url, tmp_path, llm_timeout=1.0, llm_budget=BUDGET).stream("a", "b"))
    assert BUDGET - 0.5 < time.monotonic() - started < BUDGET + SLACK, (
        "what comes meanwhile is a sign of life"
    )


@given(
    st.lists(st.sampled_from(["<think>", "</think>", "<", "/think>", "好", "<b>", "<thi"])), st.integers(1, 9)
)
def test_a_thought_is_taken_out_however_it_is_cut(parts: list[str], size: int) -> None:
    def said(width: int) -> str:
        spoken, text = Spoken(), "".join(parts)
        pieces = [spoken.feed(text[i : i + width]) for i in range(0, len(text), width)]
        return "".join([*pieces, spoken.rest()])

    assert said(size) == said(1000)


def test_a_cut_line_leaves_what_came(tmp_path: Path) -> None:
    with scripted_llm(hang_up) as (url, _):
        assert "".join(make_model(url, tmp_path).stream("a", "b")) == '{"claim": "语料券最高资'


def test_a_refused_connection_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(LanguageModelError, match=r"连不上语言模型服务.*共请求 3 次"):
        list(make_model(f"http://127.0.0.1:{free_port()}/v1", tmp_path).stream("a", "b"))


@pytest.mark.parametrize("first", [fail, refuse(429), refuse(503), refuse(429, "1")])
def test_a_passing_failure_is_tried_again(tmp_path: Path, first: Reply) -> None:
    with scripted_llm(first, "好") as (url, script):
        assert "".join(make_model(url, tmp_path).stream("a", "b")) == "好"
    assert len(script.requests) == 2


def test_a_lasting_failure_is_not_tried_again(tmp_path: Path) -> None:
    with scripted_llm(refuse(401)) as (url, script), pytest.raises(LanguageModelError, match="401"):
        list(make_model(url, tmp_path).stream("a", "b"))
    assert len(script.requests) == 1


def test_the_service_says_when_to_come_again(tmp_path: Path) -> None:
    started = time.monotonic()
    with scripted_llm(refuse(429, "1"), "好") as (url, _):
        list(make_model(url, tmp_path).stream("a", "b"))
    assert time.monotonic() - started >= 1.0


def test_a_wait_longer_than_the_budget_is_not_begun(tmp_path: Path) -> None:
    started = time.monotonic()
    with scripted_llm(refuse(429, "3600")) as (url, script), pytest.raises(LanguageModelError, match="429"):
        list(make_model(url, tmp_path).stream("a", "b"))
    assert len(script.requests) == 1 and time.monotonic() - started < 30


def test_a_model_that_keeps_failing_is_left_alone_for_a_while(tmp_path: Path) -> None:
    with scripted_llm(refuse(401), refuse(401), refuse(401), "好") as (url, script):
        model = make_model(url, tmp_path, llm_pause=1.0)
        for _ in range(3):
            with pytest.raises(LanguageModelError, match="401"):
                list(model.stream("a", "b"))
        with pytest.raises(LanguageModelError, match="暂不使用"):
            list(model.stream("a", "b"))
        assert len(script.requests) == 3
        time.sleep(1.1)
        assert "".join(model.stream("a", "b")) == "好"
        assert "".join(model.stream("a", "b")) == "好"


def test_who_stops_listening_ends_the_request(tmp_path: Path) -> None:
    with scripted_llm(trickle("语" * 1000, 0.05)) as (url, _):
        pieces = make_model(url, tmp_path).stream("a", "b", Budget(20))
        assert next(iter(pieces)) == "语"
        started = time.monotonic()
        pieces.close()  # type: ignore[attr-defined]
        assert time.monotonic() - started < 1


def test_requests_run_beside_each_other(tmp_path: Path) -> None:
    with scripted_llm(trickle("语料券", 0.3)) as (url, _):
        model = make_model(url, tmp_path)
        got: list[str] = []
        threads = [
            threading.Thread(target=lambda: got.append("".join(model.stream("a", "b", Budget(20)))))
            for _ in range(6)
        ]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert got == ["语料券"] * 6 and time.monotonic() - started < 0.9 * 6


# ------------------------------------------------------------------ budget and breaker alone


def test_a_share_spends_of_the_whole() -> None:
    whole = Budget(10)
    part = whole.share(0.4)
    part.spend(3)
    assert part.left == pytest.approx(1) and whole.left == pytest.approx(7)
    whole.spend(6.5)
    assert part.left == pytest.approx(0.5)
    part.spend(5)
    assert part.left == 0 and whole.left == 0


def test_a_breaker_lets_one_trial_through_after_its_pause() -> None:
    now = 0.0
    breaker = Breaker(2, 10, lambda: now)
    breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    now = 10.0
    assert breaker.allows() and not breaker.allows(), "one trial, not a crowd"
    breaker.failed()
    now = 19.0
    assert not breaker.allows()
    now = 20.0
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.allows() and breaker.allows()


def test_what_was_used_is_told_as_the_service_reports_it(tmp_path: Path) -> None:
    with scripted_llm(refuse(429, "0"), report(120, 30), report(7, 1), "没有报告") as (url, script):
        model, budget = make_model(url, tmp_path), Budget(60)
        assert budget.usage is None
        assert "".join(model.stream("a", "b", budget.share(0.5))) == "好"
        assert budget.usage == Usage(requests=2, prompt_tokens=120, completion_tokens=30)
        list(model.stream("a", "b", budget))
        assert budget.usage == Usage(requests=3, prompt_tokens=127, completion_tokens=31)
        list(model.stream("a", "b", budget))  # not reported: the whole is unknown
        assert budget.usage == Usage(requests=4)
        assert script.requests[0]["stream_options"] == {"include_usage": True}
        list(make_model(url, tmp_path, llm_usage=False).stream("a", "b"))
        assert "stream_options" not in script.requests[-1]
