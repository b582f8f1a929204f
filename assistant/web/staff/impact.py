"""What papers that ended, changed or will end mean for past answers, and what is asked and not covered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import gradio as gr
import numpy as np
from pydantic import Field

from assistant.errors import WenceError
from assistant.journal import Entry
from assistant.models import Answer, Frozen, Status
from assistant.values import dates_in, money_in, normalise, percents_in
from assistant.web.pages import STATUS_NAMES, templates
from assistant.web.staff.access import current, require
from assistant.web.staff.answer import asked_again
from assistant.web.staff.overview import DAYS, recent
from assistant.web.staff.wording import said
from assistant.wiring import Application

_ENDED = (Status.EXPIRED, Status.REPEALED, Status.SUPERSEDED)
_SOON = 60
_RERUN = 100
# Cosines of this encoder are high for any two questions on support; this is where they begin to ask the same.
_SAME = 0.9


class Affected(Frozen):
    """A past answer that rests on a paper that ended, changed, or ends soon."""

    entry: Entry
    why: tuple[str, ...]
    day: date = Field(description="today, or the day after the last of its papers that end soon")


class Changed(Frozen):
    """A past answer that today would be another."""

    entry: Entry
    why: tuple[str, ...]
    now: Answer
    differences: tuple[str, ...]


def build_impact(application: Application, tab: gr.Tab) -> list[gr.Button]:
    """The papers, the answers resting on them, those that would differ today; returns what editors only see."""
    with gr.Row():
        days = gr.Dropdown(DAYS, value=90, label="看多久以来的回答")
        run = gr.Button("重新作答并比较", variant="primary")
    shown, told = gr.HTML(elem_id="impact"), gr.Markdown()
    changed = gr.HTML(elem_id="changed")

    def show(count: int, request: gr.Request) -> str:
        current(application, request)
        return impact_html(application, affected(application, recent(application, count)))

    def again(count: int, request: gr.Request) -> Iterator[tuple[str, str]]:
        require(application, request, "editor", "impact rerun", str(count))
        found = affected(application, recent(application, count))[:_RERUN]
        rows: list[Changed] = []
        for number, one in enumerate(found, 1):
            if (row := changed_by_now(application, one)) is not None:
                rows.append(row)
            yield f"重新作答 {number}/{len(found)}", _changed_html(rows)
        yield f"{len(found)} 个回答里有 {len(rows)} 个今天（或所引文件到期后）会不同。", _changed_html(rows)

    tab.select(show, days, shown, show_progress="hidden", api_visibility="private")
    days.change(show, days, shown, show_progress="hidden", api_visibility="private")
    run.click(again, days, [told, changed], show_progress="hidden", api_visibility="private")
    return [run]


def affected(application: Application, entries: Sequence[Entry]) -> list[Affected]:
    """The answers whose cited papers are no longer what they were, or end within 60 days."""
    snapshot, today = application.knowledge.snapshot(), application.clock.today()
    statuses = snapshot.statuses(today)
    found = []
    for entry in entries:
        why: dict[str, None] = {}
        day = today
        for c in entry.answer.citations:
            head, version = snapshot.heads.get(c.document_id, (None, 0))
            if head is None:
                why[f"《{c.title}》已移出知识库"] = None
            elif c.version != version:
                why[f"《{c.title}》已有第 {version} 版，当时引的是第 {c.version} 版"] = None
            elif statuses[c.document_id] in _ENDED and c.status not in _ENDED:
                why[f"《{c.title}》{STATUS_NAMES[statuses[c.document_id].value]}"] = None
            elif head.effective_to and today <= head.effective_to <= today + timedelta(days=_SOON):
                why[f"《{c.title}》将于 {head.effective_to} 到期"] = None
                day = max(day, head.effective_to + timedelta(days=1))
        if why:
            found.append(Affected(entry=entry, why=tuple(why), day=day))
    return found


def changed_by_now(application: Application, one: Affected) -> Changed | None:
    """What differs when the question is asked again for its day; None where nothing that matters does."""
    try:
        now = asked_again(application, one.entry, one.day)
    except WenceError:
        return None
    differences = tuple(differences_between(one.entry.answer, now))
    if not differences:
        return None
    return Changed(entry=one.entry, why=one.why, now=now, differences=differences)


def differences_between(then: Answer, now: Answer) -> Iterator[str]:
    """Differences in outcome, verdicts and figures; wording alone is none."""
    if then.status != now.status:
        yield f"状态 {said(then.status)} → {said(now.status)}"
    verdicts = [{a.programme_id or a.title: a.outcome for a in answer.assessments} for answer in (then, now)]
    for key in verdicts[0].keys() & verdicts[1].keys():
        if verdicts[0][key] != verdicts[1][key]:
            yield f"判定 {key}：{verdicts[0][key]} → {verdicts[1][key]}"
    before, after = _figures(then.text), _figures(now.text)
    if gone := sorted(before - after):
        yield f"不再有 {'、'.join(gone)}"
    if new := sorted(after - before):
        yield f"新出现 {'、'.join(new)}"


def _figures(text: str) -> set[str]:
    normal = normalise(text)
    found = [*money_in(normal), *percents_in(normal), *dates_in(normal)]
    return {normal[v.start : v.end] for v in found}


def impact_html(application: Application, rows: list[Affected]) -> str:
    """The papers that end soon, and the answers that rest on what ended or changed."""
    today = application.clock.today()
    heads = [head for head, _ in application.knowledge.snapshot().heads.values()]
    soon = [h for h in heads if h.effective_to and today <= h.effective_to <= today + timedelta(days=_SOON)]
    ending = sorted(soon, key=lambda h: h.effective_to or today)
    return templates.get_template("staff/impact.html").render(ending=ending, rows=rows)


def _changed_html(rows: list[Changed]) -> str:
    return templates.get_template("staff/changed.html").render(rows=rows)


# ------------------------------------------------------------------ what is asked and not covered


def build_gaps(application: Application) -> None:
    """The tab's contents: declined questions, alike ones together."""
    with gr.Row():
        days = gr.Dropdown(DAYS, value=90, label="时间")
        run = gr.Button("归类")
    shown = gr.HTML("<p>点“归类”，把没有答上的问题按意思放在一起。</p>", elem_id="gaps")

    def show(count: int, request: gr.Request) -> str:
        current(application, request)
        groups = alike(
            application, [e for e in recent(application, count) if e.status.startswith("unanswerable")]
        )
        return templates.get_template("staff/gaps.html").render(groups=groups, said=said)

    run.click(show, days, shown, api_visibility="private")


def alike(application: Application, entries: Sequence[Entry]) -> list[list[Entry]]:
    """Entries grouped by the meaning of their questions, the largest group first."""
    groups: list[tuple[np.ndarray[tuple[int], np.dtype[np.float64]], list[Entry]]] = []
    for entry in entries[:1000]:
        vector = np.asarray(application.encoder.embed_query(entry.question), dtype=float)
        near = max(groups, key=lambda g: float(g[0] @ vector), default=None)
        if near is not None and float(near[0] @ vector) >= _SAME:
            near[1].append(entry)
        else:
            groups.append((vector, [entry]))
    return sorted((members for _, members in groups), key=len, reverse=True)
