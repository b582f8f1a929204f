"""What papers that ended, changed or will end mean for past answers, and what is asked and not covered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import gradio as gr
import numpy as np
from pydantic import Field

from assistant.errors import WenceError
from assistant.journal import Cited, Entry
from assistant.knowledge import Snapshot
from assistant.models import Answer, Citation, Frozen, Status
from assistant.values import dates_in, money_in, normalise, percents_in
from assistant.web.pages import STATUS_NAMES, templates
from assistant.web.staff.access import current, require
from assistant.web.staff.answer import asked_again
from assistant.web.staff.overview import DAYS, begin
from assistant.web.staff.wording import said
from assistant.wiring import Application

_ENDED = (Status.EXPIRED, Status.REPEALED, Status.SUPERSEDED)
_SOON = 60
_LISTED, _RERUN, _GROUPED = 200, 100, 1000
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
        return impact_html(application, *affected_since(application, begin(count), _LISTED))

    def again(count: int, request: gr.Request) -> Iterator[tuple[str, str]]:
        require(application, request, "editor", "impact rerun", str(count))
        found, total = affected_since(application, begin(count), _RERUN)
        rows: list[Changed] = []
        for number, one in enumerate(found, 1):
            if (row := changed_by_now(application, one)) is not None:
                rows.append(row)
            yield f"重新作答 {number}/{len(found)}", _changed_html(rows)
        left = f"（共 {total} 个，只重做了最近的 {len(found)} 个）" if total > len(found) else ""
        told = f"{len(found)} 个回答里有 {len(rows)} 个今天（或所引文件到期后）会不同{left}。"
        yield told, _changed_html(rows)

    tab.select(show, days, shown, show_progress="hidden", api_visibility="private")
    days.change(show, days, shown, show_progress="hidden", api_visibility="private")
    run.click(again, days, [told, changed], show_progress="hidden", api_visibility="private")
    return [run]


def affected_since(application: Application, since: datetime, most: int) -> tuple[list[Affected], int]:
    """The newest answers since a moment whose cited papers are no longer what they were, and how many there are."""
    journal, snapshot, today = (
        application.journal,
        application.knowledge.snapshot(),
        application.clock.today(),
    )
    papers = [c for c in journal.cited(since) if _change(c, "", snapshot, today)]
    entries, total = journal.resting_on(papers, since, most)
    return affected(application, entries), total


def affected(application: Application, entries: Sequence[Entry]) -> list[Affected]:
    """The answers whose cited papers are no longer what they were, or end within 60 days."""
    snapshot, today = application.knowledge.snapshot(), application.clock.today()
    found = []
    for entry in entries:
        changes = [c for cite in entry.answer.citations if (c := _change(cite, cite.title, snapshot, today))]
        if changes:
            why = tuple(dict.fromkeys(text for text, _ in changes))
            found.append(Affected(entry=entry, why=why, day=max(day for _, day in changes)))
    return found


def _change(rests: Citation | Cited, title: str, snapshot: Snapshot, today: date) -> tuple[str, date] | None:
    """What became of a paper since it was cited, and the day for which to ask again; None where nothing did."""
    head, version = snapshot.heads.get(rests.document_id, (None, 0))
    if head is None:
        return f"《{title}》已移出知识库", today
    if rests.version != version:
        return f"《{title}》已有第 {version} 版，当时引的是第 {rests.version} 版", today
    status = snapshot.statuses(today)[rests.document_id]
    if status in _ENDED and rests.status not in _ENDED:
        return f"《{title}》{STATUS_NAMES[status.value]}", today
    if head.effective_to and today <= head.effective_to <= today + timedelta(days=_SOON):
        return f"《{title}》将于 {head.effective_to} 到期", head.effective_to + timedelta(days=1)
    return None


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


def impact_html(application: Application, rows: list[Affected], total: int) -> str:
    """The papers that end soon, and the answers that rest on what ended or changed."""
    today = application.clock.today()
    heads = [head for head, _ in application.knowledge.snapshot().heads.values()]
    soon = [h for h in heads if h.effective_to and today <= h.effective_to <= today + timedelta(days=_SOON)]
    ending = sorted(soon, key=lambda h: h.effective_to or today)
    return templates.get_template("staff/impact.html").render(ending=ending, rows=rows, total=total)


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
        declined = application.journal.entries(begin(count), limit=_GROUPED, outcome="unanswerable")
        total = application.journal.count(begin(count), "unanswerable")
        page = templates.get_template("staff/gaps.html")
        return page.render(groups=alike(application, declined), said=said, shown=len(declined), total=total)

    run.click(show, days, shown, api_visibility="private")


def alike(application: Application, entries: Sequence[Entry]) -> list[list[Entry]]:
    """Entries grouped by the meaning of their questions, the largest group first."""
    groups: list[tuple[np.ndarray[tuple[int], np.dtype[np.float64]], list[Entry]]] = []
    for entry in entries:
        vector = np.asarray(application.encoder.embed_query(entry.question), dtype=float)
        near = max(groups, key=lambda g: float(g[0] @ vector), default=None)
        if near is not None and float(near[0] @ vector) >= _SAME:
            near[1].append(entry)
        else:
            groups.append((vector, [entry]))
    return sorted((members for _, members in groups), key=len, reverse=True)
