"""One answer with its whole trace: replay it today or as of a day, rate it, correct it into a case or a note.

A little over 300 lines: the parts of one page and what they are wired to, read together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import gradio as gr
from pydantic import ValidationError

from assistant.errors import WenceError
from assistant.journal import Entry
from assistant.law.wording import yuan
from assistant.models import Answer, Question, Turn
from assistant.pinned import MARK, Pin, faults_of
from assistant.staff_store import Fix, Rating, User, agreement
from assistant.web.pages import STATUS_NAMES, templates
from assistant.web.staff.access import require
from assistant.web.staff.wording import said
from assistant.wiring import Application

RUBRIC = {"facts": "事实", "citations": "引用", "completeness": "完整", "wording": "表达"}
_FIXES: list[Any] = [
    ("评测用例", "case"),
    ("文件要改", "document"),
    ("项目要改", "programme"),
    ("固定答案", "pin"),
]
_OUTCOMES = {"met": "符合", "unmet": "不符合", "unknown": "待定"}


@dataclass(frozen=True)
class _Parts:
    """The components of the tab."""

    identity: gr.Textbox
    shown: gr.HTML
    day: gr.Textbox
    replayed: gr.HTML
    scores: list[gr.Radio]
    note: gr.Textbox
    rated: gr.Markdown
    fix: gr.Dropdown
    answerable: gr.Checkbox
    expected: gr.Textbox
    forbidden: gr.Textbox
    sources: gr.Textbox
    remark: gr.Textbox
    settled: gr.Textbox
    until: gr.Textbox
    corrected: gr.Markdown


def build_answer(application: Application, page: gr.Blocks, tabs: gr.Tabs) -> list[gr.Accordion]:
    """The tab's contents, of which it returns what editors only see; `/staff/?answer=ID` opens it."""
    with gr.Row():
        identity = gr.Textbox(label="回答编号", scale=4, elem_id="answer-id")
        open_it = gr.Button("打开", scale=0)
    shown = gr.HTML("<p>在“待办”里点一个问题，或填回答编号。</p>", elem_id="answer")
    with gr.Accordion("按今天的知识库重新作答", open=False):
        with gr.Row():
            day = gr.Textbox(label="按哪一天（空着即今天）", placeholder="2026-11-22")
            replay = gr.Button("重新作答", scale=0)
        replayed = gr.HTML(elem_id="replayed")
    with gr.Accordion("评分（1 差 – 5 好）", open=False, elem_id="rate") as rating:
        with gr.Row():
            scores = [gr.Radio([1, 2, 3, 4, 5], label=label) for label in RUBRIC.values()]
        note = gr.Textbox(label="说明")
        rate = gr.Button("保存评分")
        rated = gr.Markdown()
    with gr.Accordion("更正", open=True, elem_id="correct") as correcting:
        fix = gr.Dropdown(_FIXES, value="case", label="做成什么")
        answerable = gr.Checkbox(True, label="这个问题应当作答")
        expected = gr.Textbox(label="必须有的事实（一行一个，A|B 表示任一）", lines=2)
        forbidden = gr.Textbox(label="不许说的事实（一行一个）", lines=1)
        sources = gr.Textbox(label="应引的文件名（一行一个）", lines=1)
        remark = gr.Textbox(label="要改什么、为什么")
        settled = gr.Textbox(label="固定答案的文字（编号须是上面的引用）", lines=4, visible=False)
        until = gr.Textbox(label="固定到哪一天（含）", placeholder="2026-12-31", visible=False)
        with gr.Row():
            save = gr.Button("保存更正", variant="primary")
            unpin = gr.Button("取消固定", scale=0)
        corrected = gr.Markdown(elem_id="corrected")
    parts = _Parts(
        identity, shown, day, replayed, scores, note, rated,
        fix, answerable, expected, forbidden, sources, remark, settled, until, corrected,
    )  # fmt: skip
    _wire_opening(application, page, tabs, parts, open_it)
    _wire_work(application, parts, replay, rate)
    _wire_correcting(application, parts, save, unpin)
    return [rating, correcting]


def _wire_opening(
    application: Application, page: gr.Blocks, tabs: gr.Tabs, parts: _Parts, open_it: gr.Button
) -> None:
    def opened(question_id: str, request: gr.Request) -> tuple[str, str, str]:
        require(application, request, "reader", "open answer", question_id)
        answer = _found(application, question_id.strip()).answer
        titles = dict.fromkeys(c.title for c in answer.citations)
        return answer_html(application, question_id.strip()), "\n".join(titles), answer.text

    def by_link(request: gr.Request) -> tuple[Any, ...]:
        question_id = str(request.query_params.get("answer") or "")
        if not question_id:
            return (gr.skip(),) * 5
        return gr.Tabs(selected="answer"), question_id, *opened(question_id, request)

    targets = [parts.shown, parts.sources, parts.settled]
    page.load(
        by_link,
        None,
        [tabs, parts.identity, *targets],
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    for trigger in (open_it.click, parts.identity.submit):
        trigger(
            opened, parts.identity, targets, queue=False, show_progress="hidden", api_visibility="private"
        )


def _wire_work(application: Application, parts: _Parts, replay: gr.Button, rate: gr.Button) -> None:
    def replayed(question_id: str, when: str, request: gr.Request) -> str:
        require(application, request, "reader", "replay", question_id, when)
        return replay_html(application, question_id.strip(), when.strip())

    def rated(question_id: str, note: str, a: int, b: int, c: int, d: int, request: gr.Request) -> str:
        user = require(application, request, "editor", "rate", question_id)
        return save_rating(application, user, question_id.strip(), [a, b, c, d], note)

    replay.click(
        replayed, [parts.identity, parts.day], parts.replayed, concurrency_limit=2, api_visibility="private"
    )
    rate.click(rated, [parts.identity, parts.note, *parts.scores], parts.rated, api_visibility="private")


def _wire_correcting(application: Application, parts: _Parts, save: gr.Button, unpin: gr.Button) -> None:
    def corrected(
        question_id: str, fix: Fix, answerable: bool, expected: str, forbidden: str, sources: str, remark: str,
        settled: str, until: str, request: gr.Request,
    ) -> str:  # fmt: skip
        user = require(application, request, "editor", f"correct: {fix}", question_id)
        if fix == "pin":
            return save_pin(application, user, question_id.strip(), settled, until)
        gold = {"expected_facts": expected, "forbidden_facts": forbidden, "expected_sources": sources}
        return save_correction(application, user, question_id.strip(), fix, answerable, gold, remark)

    def unpinned(question_id: str, request: gr.Request) -> str:
        require(application, request, "editor", "unpin", question_id)
        count = application.staff.unpin(question_id.strip())
        return "已取消固定。" if count else "这个回答没有固定。"

    filled = [parts.fix, parts.answerable, parts.expected, parts.forbidden, parts.sources, parts.remark]
    told = [parts.identity, *filled, parts.settled, parts.until]
    save.click(corrected, told, parts.corrected, api_visibility="private")
    # Only what the chosen way needs is asked for.
    asked = [*filled[1:5], parts.settled, parts.until]
    parts.fix.change(
        lambda fix: [gr.update(visible=fix == "case")] * 4 + [gr.update(visible=fix == "pin")] * 2,
        parts.fix,
        asked,
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    unpin.click(unpinned, parts.identity, parts.corrected, api_visibility="private")


# ------------------------------------------------------------------ what is shown and kept


def _found(application: Application, question_id: str) -> Entry:
    entry = application.journal.entry(question_id)
    if entry is None:
        raise gr.Error("没有这个回答：请检查编号，或已过保留期。", print_exception=False)
    return entry


def answer_html(application: Application, question_id: str) -> str:
    """The answer, its citations, verdicts, checks, passages, timings and ratings."""
    entry = _found(application, question_id)
    rated = application.staff.ratings(question_id)
    return templates.get_template("staff/answer.html").render(
        e=entry,
        answer=entry.answer,
        trace=entry.trace,
        statuses=STATUS_NAMES,
        outcomes=_OUTCOMES,
        said=said,
        yuan=yuan,
        rubric=RUBRIC,
        rated=rated,
        agreement=agreement(application.staff.ratings()),
    )


def asked_again(application: Application, entry: Entry, day: date) -> Answer:
    """The same question, with what was said before it, put to today's knowledge base."""
    earlier = application.journal.conversation(entry.conversation_id, 20)
    history = []
    for question, answer in earlier:
        if answer.question_id == entry.question_id:
            break
        history.append(Turn(question=question, answer=answer.text))
    facts = {} if history else entry.answer.facts
    asked = Question(text=entry.question, as_of=day, history=tuple(history[-6:]), facts=facts)
    return application.unrecorded().pipeline.answer(asked)


def replay_html(application: Application, question_id: str, when: str) -> str:
    """Then and now, side by side."""
    entry = _found(application, question_id)
    try:
        day = date.fromisoformat(when) if when else application.clock.today()
    except ValueError as error:
        raise gr.Error("日期请写成 2026-11-22 的样子。", print_exception=False) from error
    try:
        now = asked_again(application, entry, day)
    except WenceError as error:
        raise gr.Error(str(error), print_exception=False) from error
    return templates.get_template("staff/replay.html").render(then=entry.answer, now=now, said=said)


def save_rating(application: Application, user: User, question_id: str, scores: list[Any], note: str) -> str:
    """Keep a rating; says what came of it."""
    _found(application, question_id)
    try:
        values = dict(zip(RUBRIC, scores, strict=True))
        rating = Rating(question_id=question_id, rater=user.name, note=note, **values)
    except ValidationError as error:
        raise gr.Error("四项都要给 1 到 5 分。", print_exception=False) from error
    application.staff.rate(rating)
    count = len(application.staff.ratings(question_id))
    return f"已保存。这个回答有 {count} 人评分。"


def save_correction(
    application: Application,
    user: User,
    question_id: str,
    fix: Fix,
    answerable: bool,
    gold: dict[str, str],
    remark: str,
) -> str:
    """Keep a correction; a case holds what the evaluation needs."""
    entry = _found(application, question_id)
    lists = {k: [line.strip() for line in v.splitlines() if line.strip()] for k, v in gold.items()}
    if fix == "case" and answerable and not lists["expected_facts"]:
        raise gr.Error("应当作答的用例至少要有一个必须有的事实。", print_exception=False)
    if fix != "case" and not remark.strip():
        raise gr.Error("请写明要改什么。", print_exception=False)
    if fix not in ("case", "document", "programme"):
        raise gr.Error("没有这种更正。", print_exception=False)
    content = case_of(application, entry, answerable, lists, remark) if fix == "case" else {
        "question": entry.question,
        "documents": [c.document_id for c in entry.answer.citations],
        "remark": remark.strip(),
    }  # fmt: skip
    number = application.staff.correct(question_id, fix, content, user.name)
    if fix == "case":
        return f"已存为用例 S{number}，可在“评测”里用“后台用例”运行，或下载 [cases.jsonl](/staff/files/cases.jsonl)。"
    return f"已记下（{number}）。"


def save_pin(application: Application, user: User, question_id: str, text: str, until: str) -> str:
    """Settle the answer to this question up to a day; the text may say only what its citations carry."""
    entry = _found(application, question_id)
    try:
        day = date.fromisoformat(until.strip())
    except ValueError as error:
        raise gr.Error("固定到哪一天，请写成 2026-12-31 的样子。", print_exception=False) from error
    if found := faults_of(text, entry.answer):
        raise gr.Error("；".join(found), print_exception=False)
    kept = {int(n) for n in MARK.findall(text)}
    cited = tuple(c for c in entry.answer.citations if c.number in kept)
    settled = entry.answer.model_copy(update={"text": text.strip(), "status": "answered", "citations": cited})
    pin = Pin(question=entry.question, answer=settled, until=day)
    application.staff.unpin(question_id)
    content = pin.model_dump(mode="json", by_alias=True)
    application.staff.correct(question_id, "pin", content, user.name)
    return f"已固定到 {day}；所引文件改版或失效时自动停用。"


def case_of(
    application: Application, entry: Entry, answerable: bool, lists: dict[str, list[str]], remark: str
) -> dict[str, Any]:
    """A case of the evaluation, in the fields of its JSONL."""
    earlier = application.journal.conversation(entry.conversation_id, 20)
    before = []
    for question, answer in earlier:
        if answer.question_id == entry.question_id:
            break
        before.append(question)
    asked = {"turns": [*before, entry.question]} if before else {"question": entry.question}
    number = len(application.staff.corrections("case")) + 1
    case = {"id": f"S{number:04}", "kind": "staff", **asked, "as_of": entry.answer.as_of.isoformat()}
    told = {k: v for k, v in lists.items() if v} if answerable else {"answerable": False}
    facts = {} if before else entry.answer.facts
    return (
        case
        | told
        | ({"facts": facts} if facts else {})
        | ({"note": remark.strip()} if remark.strip() else {})
    )
