"""Runs are kept and resumed; comparisons tell chance from change; planted regressions are caught with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

import assistant.pipeline
from assistant.cli import build_app
from assistant.clock import FixedClock
from assistant.errors import InputError
from assistant.fusion import Weights
from assistant.journal import NoJournal
from assistant.knowledge import Snapshot
from assistant.models import Status
from assistant.steps.retrieve import Parts, retrieve
from assistant.wiring import Application
from eval.answers import Score
from eval.cases import Case, load_cases
from eval.compare import Run, compare, load_run
from eval.gate import judge, write_baseline
from eval.recorded import ANSWERS
from eval.report import render
from eval.runs import SUMMARY, generate, run, score_all
from tests.conftest import TODAY

CASES = Path(__file__).parents[2] / "eval/cases"
Plant = Callable[[Snapshot], None]


def made(application: Application, cases: Sequence[Case], plant: Plant = lambda _: None) -> Run:
    """A run over the sample knowledge base, with a fault planted in its snapshot."""
    fresh = Application(application.settings, FixedClock(TODAY), NoJournal())
    fresh.__dict__["encoder"] = application.encoder
    plant(fresh.knowledge.snapshot())
    recorded = generate(fresh, cases, TODAY, lambda: None)
    return Run(
        "x",
        {s.id: s for s in score_all(cases, recorded)},
        {"cases": "cases.jsonl", "as_of": TODAY.isoformat()},
        {c.id: c for c in cases},
        {r.id: r for r in recorded},
    )


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    development = [
        c for c in load_cases(CASES / "development.jsonl") if c.kind in ("fact", "calculation", "comparison")
    ]
    return [*development, *load_cases(CASES / "editions.jsonl")]


@pytest.fixture(scope="module")
def sound(wence: Application, cases: list[Case]) -> Run:
    return made(wence, cases)


def test_a_run_is_kept_and_an_interrupted_one_resumed(wence: Application, tmp_path: Path) -> None:
    source = tmp_path / "cases.jsonl"
    lines = (CASES / "development.jsonl").read_text(encoding="utf-8").splitlines()[:5]
    source.write_text("\n".join(lines), encoding="utf-8")
    told: list[int] = []
    summary = run(wence, source, tmp_path / "run", TODAY, lambda done, _: told.append(done))
    kept = json.loads((tmp_path / "run/configuration.json").read_text(encoding="utf-8"))
    assert kept["embedding"] == wence.encoder.fingerprint and kept["as_of"] == "2026-11-22"
    assert {"code", "libraries", "prompts", "knowledge_base", "programmes", "settings"} <= kept.keys()
    assert "llm_api_key" not in kept["settings"] and kept["prompts"]["draft"]
    assert summary["ALL"]["n"] == 5 and told == [0, 1, 2, 3, 4, 5]
    loaded = load_run(tmp_path / "run")
    assert all(r.passages and all(r.quotes_true) for r in loaded.recorded.values() if r.answer.citations)
    # Killed in the middle of the fourth line: three answers are kept, two are made.
    (tmp_path / "run" / SUMMARY).unlink()
    answers = tmp_path / "run" / ANSWERS
    whole = answers.read_text(encoding="utf-8").splitlines(keepends=True)
    answers.write_text("".join(whole[:3]) + whole[3][:50], encoding="utf-8")
    told.clear()
    run(wence, source, tmp_path / "run", TODAY, lambda done, _: told.append(done))
    assert told == [3, 4, 5]
    assert answers.read_text(encoding="utf-8").splitlines(keepends=True)[:3] == whole[:3]
    # Another day is another run.
    (tmp_path / "run" / SUMMARY).unlink()
    told.clear()
    run(wence, source, tmp_path / "run", date(2026, 11, 1), lambda done, _: told.append(done))
    assert told[0] == 0


def test_the_same_run_twice_is_no_change(wence: Application, sound: Run, cases: list[Case]) -> None:
    found = compare(sound, made(wence, cases[:12]))
    assert found.lost == found.won == [] and {d.p for d in found.overall} == {1.0}
    right = found.of("right")
    assert right and right.words == "没有变化 / no change" and found.unpaired == len(cases) - 12


def test_a_zeroed_retrieval_weight_is_caught(
    wence: Application, sound: Run, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Words and character pairs share their work: with one of them gone the other makes up for it.
    weights = replace(Weights(), words=0, pairs=0)
    monkeypatch.setattr(
        assistant.pipeline, "retrieve", partial(retrieve, parts=Parts(weights=weights, names=0, titles=0))
    )
    verdict = judge(sound, made(wence, cases))
    assert not verdict.is_open
    assert any("nDCG变差" in reason and "不像是偶然" in reason for reason in verdict.reasons), verdict.reasons


def _with_cap_one_more(snapshot: Snapshot) -> None:
    book = snapshot.rulebook
    programme = book.programmes["sz-corpus-voucher"]
    revision = programme.revisions[-1]
    benefit = revision.benefits[0]
    assert benefit.cap and benefit.cap.amount == Decimal(2000000)
    cap = benefit.cap.model_copy(update={"amount": benefit.cap.amount + 1})
    changed = revision.model_copy(update={"benefits": (benefit.model_copy(update={"cap": cap}),)})
    programme = programme.model_copy(update={"revisions": (*programme.revisions[:-1], changed)})
    snapshot.__dict__["rulebook"] = book.model_copy(
        update={"programmes": {**book.programmes, programme.id: programme}}
    )


def test_a_cap_changed_by_one_yuan_is_caught(wence: Application, sound: Run, cases: list[Case]) -> None:
    faulty = made(wence, cases, _with_cap_one_more)
    verdict = judge(sound, faulty)
    assert not verdict.is_open and verdict.comparison.lost
    lost = verdict.comparison.lost[0]
    assert lost in verdict.reasons[0]
    page = render(faulty, sound)
    assert sound.recorded[lost].answer.text.splitlines()[0] in page  # both answers, side by side
    assert faulty.scores[lost].missing_facts or faulty.scores[lost].unsupported


def _with_expired_papers_allowed(snapshot: Snapshot) -> None:
    true = snapshot.statuses
    ended = (Status.EXPIRED, Status.SUPERSEDED, Status.REPEALED)

    def statuses(as_of: date) -> dict[str, Status]:
        return {id: Status.IN_FORCE if s in ended else s for id, s in true(as_of).items()}

    snapshot.statuses = statuses  # type: ignore[method-assign]


def test_an_expired_paper_allowed_is_caught(wence: Application, sound: Run, cases: list[Case]) -> None:
    verdict = judge(sound, made(wence, cases, _with_expired_papers_allowed))
    reason = next(r for r in verdict.reasons if r.startswith("引了不该引的变差"))
    assert "E0" in reason and "不许变差" in reason


def test_chance_is_not_called_change(
    wence: Application, sound: Run, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs that truly differ, dealt out at random to two sides: any difference between the sides is chance."""
    parts = Parts(weights=replace(Weights(), dense=0), names=0)
    monkeypatch.setattr(assistant.pipeline, "retrieve", partial(retrieve, parts=parts))
    other = made(wence, cases)
    real = 0
    for seed in range(20):
        random = Random(seed)
        dealt = {id: random.random() < 0.5 for id in sound.scores}
        one = {id: (sound if heads else other).scores[id] for id, heads in dealt.items()}
        two = {id: (other if heads else sound).scores[id] for id, heads in dealt.items()}
        found = compare(Run("a", one), Run("b", two))
        real += any(d.is_real for d in found.overall if d.adjusted is not None)
    assert real <= 2


def _scores(rights: Sequence[float]) -> Run:
    rows = {
        str(i): Score(id=str(i), kind="fact", outcome="answered", measures={"right": r})
        for i, r in enumerate(rights)
    }
    return Run("x", rows)


def test_results_in_words() -> None:
    before = _scores([0.0] * 12 + [1.0] * 5 + [1.0] * 20)
    after = _scores([1.0] * 12 + [0.0] * 5 + [1.0] * 20)
    right = compare(before, after).of("right")
    assert right and right.words.startswith("12 题变好，5 题变差，可能是偶然 / could be chance")
    # A sign test by hand: of 2^17 ways, 12 or more of 17 one way or the other: 0.143
    assert right.p == pytest.approx(0.143, abs=0.012)
    better = compare(before, _scores([1.0] * 37)).of("right")
    assert better and better.is_real and not better.is_worse


def test_gate_by_command_line(sound: Run, tmp_path: Path, wence: Application) -> None:
    runner, app = CliRunner(), build_app()
    source = tmp_path / "cases.jsonl"
    lines = (CASES / "development.jsonl").read_text(encoding="utf-8").splitlines()[:4]
    source.write_text("\n".join(lines), encoding="utf-8")
    directory = tmp_path / "run"
    run(wence, source, directory, TODAY, lambda *_: None)
    baseline = tmp_path / "baseline.json"
    assert runner.invoke(app, ["eval", "baseline", str(directory), "--out", str(baseline)]).exit_code == 0
    checked = runner.invoke(app, ["eval", "gate", "--baseline", str(baseline), "--run", str(directory)])
    assert checked.exit_code == 0 and "通过" in checked.stdout
    kept = json.loads(baseline.read_text(encoding="utf-8"))
    wrong = next(iter(kept["questions"].values()))
    scores = (directory / "scores.jsonl").read_text(encoding="utf-8").splitlines()
    worse = json.loads(scores[0])
    worse["measures"] |= {"right": 0.0, "quote_fidelity": 0.0}
    (directory / "scores.jsonl").write_text("\n".join([json.dumps(worse), *scores[1:]]), encoding="utf-8")
    checked = runner.invoke(app, ["eval", "gate", "--baseline", str(baseline), "--run", str(directory)])
    assert checked.exit_code == 1 and worse["id"] in checked.stdout and "引文逐字变差" in checked.stdout
    assert wrong["measures"]["right"] == 1
    shown = runner.invoke(app, ["eval", "compare", str(baseline), str(directory)])
    assert "1 题变差" in shown.stdout
    written = runner.invoke(app, ["eval", "report", str(directory), "--against", str(baseline)])
    page = (directory / "report.html").read_text(encoding="utf-8")
    assert written.exit_code == 0 and page.count("<svg") == 2 and "src=" not in page
    assert worse["id"] in page and "找到的段落" in page


def test_what_is_no_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="不是一次完整的评测"):
        load_run(tmp_path)
    (tmp_path / "b.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="不是基线文件"):
        load_run(tmp_path / "b.json")


def test_the_shipped_baseline_is_readable(tmp_path: Path) -> None:
    shipped = load_run(CASES.parent / "baseline.json")
    assert shipped.scores.keys() == {c.id for c in load_cases(CASES / "development.jsonl")}
    write_baseline(shipped, tmp_path / "again.json")
    assert load_run(tmp_path / "again.json").scores == shipped.scores
