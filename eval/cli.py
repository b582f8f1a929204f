"""`wence eval`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from assistant.knowledge import Snapshot
from assistant.settings import load_settings
from assistant.wiring import Application
from eval import run_commands
from eval.asked import fitted, held_out, load_asked, told_arrays
from eval.cases import load_cases
from eval.choice import fit as fit_choice
from eval.choice import offered
from eval.corpora import load_corpus
from eval.extractive import extracted, load_answers
from eval.ranking import MEASURES as RANKING
from eval.retrieval import SEARCH_ONLY, compared, evaluate
from eval.screening import load_screen_cases
from eval.support import fit, from_asked, from_cases, signs_of_all

_CASES = Path(__file__).parent / "cases"
_ASKED = Path(__file__).parent / "asked"
_SUPPORT_CASES = (
    "development present absent paraphrases heldout fresh unseen "
    "harm pages cities towns towns_again districts one_city sums"
).split()
_SAME_PAPERS = {  # sets over the same papers are left out together
    **dict.fromkeys("development present absent paraphrases heldout fresh unseen".split(), "samples"),
    "towns_again": "towns",
}
_SCREEN_CASES = (
    "screening injections harmless present development absent paraphrases dialogues ordinary "
    "harm pages cities towns districts sums"
).split()
_PAPERS = Path(__file__).parents[1] / "ingest" / "corpus"
_CLAIM_CASES, _CLAIMS_HELD_OUT = ("claims", "claims_news", "claims_hard"), "claims_news_heldout"
_ARTICLE_PAIRS = 500
_PHASES = {"embed": "计算向量", "index": "写入索引", "search": "检索", "answer": "摘答案"}
_TAKEN = {"contains": "摘出的句子含有答案", "f1": "逐字 F1"}


def register(app: typer.Typer) -> None:
    """Add `wence eval …`."""
    group = typer.Typer(help="评测：出题、作答、打分。", no_args_is_help=True)
    group.callback()(_group)
    run_commands.register(group)
    group.command("retrieval", help="在公开检索集上量检索：corpus.jsonl、queries.jsonl、qrels.tsv。")(
        retrieval
    )
    group.command("support", help="用随附的问题拟合“有没有依据”的评分，打印系数和交叉验证结果。")(support)
    group.command("asked", help="量“问的是什么”的分类器；--fit 重新拟合。")(asked)
    group.command("sentences", help="量“哪一句回答了问题”的评分；--fit 重新拟合。")(sentences)
    group.command("bench", help="检索质量（对照 BM25 和常见做法）与花费（比值）。")(bench)
    group.command("screen", help="按类别量对攻击、造假求助和范围外问题的识别；--fit 重新拟合措辞模型。")(
        screen
    )
    group.command("rgb", help="按 RGB 的办法：k 段里混入 0…1 的噪声，看答对的份额；全是噪声时看拒答。")(rgb)
    group.command("claims", help="用随附的说法拟合“出处是否支持”的评分，打印系数和交叉验证结果。")(claims)
    app.add_typer(group, name="eval")


def _group() -> None:
    """Measure answers."""


def retrieval(
    corpus: Annotated[Path, typer.Option("--corpus", help="检索集文件夹")],
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
    cache: Annotated[Path | None, typer.Option("--cache", help="向量缓存（默认在数据目录下）")] = None,
) -> None:
    """Search a public set with the code that searches our papers; BM25 alone beside it."""
    application = Application(load_settings())
    loaded = load_corpus(corpus)
    kept = cache or application.settings.home / "eval" / "vectors.db"
    answers, taken = load_answers(corpus), {}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        steps = stepper(progress)

        def inspect(snapshot: Snapshot) -> None:
            taken.update(extracted(loaded, snapshot, application.encoder, SEARCH_ONLY, answers, steps))

        rankings = evaluate(loaded, application.encoder, kept, steps, inspect)
    rows = compared(list(rankings.values()))
    if as_json:
        found = rankings["wence"]
        told = {"metrics": found.means, "n": len(found.rows), "against": rows[1:]}
        if taken:
            told["answers"] = taken
        print(json.dumps(told, ensure_ascii=False))  # noqa: T201
        return
    print_rankings(rows)
    for name, row in taken.items():
        low, high = row["interval"]
        Console().print(
            f"{_TAKEN[name]}：{row['value']:.3f}（{low:.3f}–{high:.3f}，n={row['n']}）", highlight=False
        )


def support(
    as_of: Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"])] = None,
    refit: Annotated[Path | None, typer.Option("--fit", help="拟合后写到这个文件")] = None,
) -> None:
    """Fit the support score on the shipped questions over the papers that are loaded; prints how it does on groups left out."""
    application = Application(load_settings())
    day = as_of.date() if as_of else application.clock.today()
    snapshot = application.knowledge.snapshot()
    askings = from_asked(load_asked(_ASKED), day)
    for name in _SUPPORT_CASES:
        group = _SAME_PAPERS.get(name, name)
        askings += from_cases(load_screen_cases(_CASES / f"{name}.jsonl"), group, day, snapshot)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("检索", total=len(askings))
        signs = signs_of_all(application, askings, lambda: progress.advance(task))
    stored, told = fit(askings, signs)
    if refit:
        refit.write_text(json.dumps(stored, separators=(",", ":")) + "\n", encoding="utf-8")
    print(json.dumps(told, ensure_ascii=False, indent=2))  # noqa: T201


def asked(
    refit: Annotated[
        Path | None, typer.Option("--fit", help="拟合后把 asked.npz、told.npz 写到这个文件夹")
    ] = None,
) -> None:
    """How well what is asked is told on questions of writers left out; with --fit also new arrays."""
    cases = load_asked(_ASKED)
    print(json.dumps(held_out(cases), ensure_ascii=False, indent=2))  # noqa: T201
    if refit:
        for name, arrays in (("asked.npz", fitted(cases)), ("told.npz", told_arrays(cases))):
            with (refit / name).open("wb") as file:
                np.savez_compressed(file, **arrays)


def sentences(
    as_of: Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"])] = None,
    refit: Annotated[Path | None, typer.Option("--fit", help="拟合后写到这个文件")] = None,
) -> None:
    """Fit the scorer of sentences over the papers that are loaded; prints how it does on writers left out."""
    application = Application(load_settings())
    day = as_of.date() if as_of else application.clock.today()
    cases = load_asked(_ASKED)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("检索", total=len(cases))
        found = offered(application, cases, day, lambda: progress.advance(task))
    stored, told = fit_choice(found, cases)
    if refit:
        refit.write_text(json.dumps(stored, separators=(",", ":")) + "\n", encoding="utf-8")
    print(json.dumps(told, ensure_ascii=False, indent=2))  # noqa: T201


def screen(
    cases: Annotated[Path, typer.Option("--cases", help="消息 JSONL")] = _CASES / "injections.jsonl",
    only: Annotated[str | None, typer.Option("--set", help="只看这一组：development 或 unseen")] = None,
    refit: Annotated[Path | None, typer.Option("--fit", help="拟合后写到这个文件")] = None,
) -> None:
    """What becomes of each family of messages; with --fit also new weights of wording."""
    from eval import screening as work

    if refit:
        fitted_on = [c for name in _SCREEN_CASES for c in work.load_screen_cases(_CASES / f"{name}.jsonl")]
        found = work.fit(fitted_on, _PAPERS, Console(stderr=True).print)
        refit.write_text(
            json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
        )
        return
    loaded = work.load_screen_cases(cases, only)
    times = work.milliseconds(loaded)
    table = Table("类别", "n", *work.OUTCOMES, "错")
    for row in work.table(loaded):
        counts = [str(row[name]) for name in work.OUTCOMES]
        table.add_row(row["family"], str(row["n"]), *counts, " ".join(row["wrong"][:6]))
    console = Console(width=120)
    console.print(table)
    console.print(f"毫秒：中位数 {times[len(times) // 2]:.2f}，最大 {times[-1]:.2f}")


def claims(
    articles: Annotated[
        Path | None, typer.Option("--articles", help="法条 corpus.jsonl：再用按规则改错的说法")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
) -> None:
    """Fit the support score of claims; prints what claims/score.py should say, and out-of-fold results."""
    from eval import claims as work
    from eval.claim_corruptions import article_claims

    cases = {name: work.load_claims(_CASES / f"{name}.jsonl") for name in (*_CLAIM_CASES, _CLAIMS_HELD_OUT)}
    if articles:
        cases["articles"] = article_claims(articles, _ARTICLE_PAIRS)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("评分", total=sum(map(len, cases.values())))
        sets = [work.measure(name, rows, lambda: progress.advance(task)) for name, rows in cases.items()]
    fitted = work.fit(
        [s for s in sets if s.name != _CLAIMS_HELD_OUT], [s for s in sets if s.name == _CLAIMS_HELD_OUT]
    )
    if as_json:
        print(json.dumps(fitted, ensure_ascii=False))  # noqa: T201
        return
    table = Table("说法", "n", "AUC", "平衡准确率", "95%", "真的留下", "假的拦下", "按公开集比例")
    for name, row in fitted["sets"].items():
        ends = "–".join(f"{v:.3f}" for v in row["interval"])
        figures = (row["auc"], row["balanced_accuracy"])
        shares = (row["kept_of_true"], row["caught_of_false"])
        table.add_row(
            name,
            str(row["n"]),
            *(f"{v:.3f}" for v in figures),
            ends,
            *(f"{v:.3f}" for v in shares),
            f"{row['as_public']:.3f}",
        )
    Console(width=120).print(table)
    print(json.dumps(fitted, ensure_ascii=False, indent=2))  # noqa: T201


def rgb(
    data: Annotated[
        Path, typer.Option("--data", help="文件夹：*.jsonl，每行 id、query、answer、positive、negative")
    ],
    k: Annotated[int, typer.Option("-k", min=1, max=50, help="每题几段")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出，含每题的答案")] = False,
) -> None:
    """Right answers under growing noise, and refusals when there is nothing but noise."""
    from eval import rgb as work

    application = Application(load_settings())
    cases = work.load_rgb(data)
    with run_commands.progress_bar() as progress:
        task = progress.add_task("作答", total=None)

        def step(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        found = work.evaluate(application, cases, k, application.clock.today(), step)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))  # noqa: T201
        return
    table = Table("噪声", "答对", "95%", "n")
    told = {**found["accuracy"], "1（拒答）": found["rejection"]}
    for noise, row in told.items():
        low, high = row["interval"]
        table.add_row(noise, f"{row['value']:.3f}", f"{low:.3f}–{high:.3f}", str(row["n"]))
    Console().print(table)


def bench(
    out: Annotated[Path, typer.Option("--out", help="结果文件夹")] = Path("artefacts/bench"),
    corpus: Annotated[
        list[Path] | None, typer.Option("--corpus", help="另在这些公开检索集上比较；可多次")
    ] = None,
    as_of: Annotated[datetime, typer.Option("--as-of", formats=["%Y-%m-%d"])] = datetime(2026, 11, 22),
    costs: Annotated[bool, typer.Option(help="也量时间和内存")] = True,
) -> None:
    """Quality against BM25 and the usual recipe, cost as ratios; writes JSON and plots."""
    from eval import bench as work

    application = Application(load_settings())
    cases = load_cases(_CASES / "development.jsonl")
    console, folder = Console(width=120), out / "work"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found: dict[str, Any] = {}
    with Console(stderr=True).status("…") as status:

        def say(what: str) -> None:
            status.update(what)

        say("sentence-transformers")
        work.prepare(folder)
        rows = work.quality(application, cases, as_of.date(), folder, say)
        found["development"] = rows
        if costs:
            questions = [case.last_turn for case in cases]
            found |= work.costs(application, questions, as_of.date(), folder, say)
    print_rankings(rows)
    work.plot(rows, out / "development.png", "development questions")
    for place in corpus or []:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            steps = stepper(progress)
            rows = work.public_set(load_corpus(place), application.encoder, out / "vectors.db", steps)
        found[place.name] = rows
        console.print(place.name)
        print_rankings(rows)
        work.plot(rows, out / f"{place.name}.png", place.name)
    table = Table("指标", "值", "目标", "达到")
    for name, value, target, held in work.judged_by_targets(found):
        table.add_row(name, f"{value:g}", target, "是" if held else "否")
    console.print(table)
    (out / "bench.json").write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)


def stepper(progress: Progress) -> Callable[[str, int, int], None]:
    """Shows each phase as a bar of its own."""
    tasks: dict[str, TaskID] = {}

    def step(phase: str, done: int, total: int) -> None:
        if phase not in tasks:
            tasks[phase] = progress.add_task(_PHASES.get(phase, phase), total=total)
        progress.update(tasks[phase], completed=done, total=total)

    return step


def print_rankings(rows: list[dict[str, Any]]) -> None:
    """A table of rankings."""
    table = Table("检索方式", "n", *RANKING, "p")
    for row in rows:
        chance = "" if row["p"] is None else f"{row['p']:.4f}"
        table.add_row(row["name"], str(row["n"]), *(f"{row[m]:.4f}" for m in RANKING), chance)
    Console(width=120).print(table)
