"""A run (and the run it is compared with) → one HTML file that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from assistant.plots import Bar, shares
from assistant.spending import Prices
from eval.answers import Score
from eval.compare import Comparison, Run, compare
from eval.measures import MEASURES, summarise
from eval.runs import taken

FAMILIES = {
    "answers": "答案 / answers",
    "verdicts": "判定与计算 / verdicts",
    "citations": "引用 / citations",
    "refusals": "拒答 / refusals",
    "retrieval": "检索 / retrieval",
}


def write_report(run: Run, path: Path, before: Run | None = None) -> None:
    """Write the report."""
    path.write_text(render(run, before), encoding="utf-8")


def render(run: Run, before: Run | None = None) -> str:
    """The report as HTML."""
    scores = list(run.scores.values())
    summary = summarise(scores)
    comparison = compare(before, run) if before else None
    failures = [s for s in scores if not s.measures.get("right")]
    environment = Environment(
        loader=PackageLoader("eval"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("report.html").render(
        run=run,
        why=why,
        summary=summary,
        measures=MEASURES,
        families={title: _of(family, summary["ALL"]) for family, title in FAMILIES.items()},
        plot=_plot(summary["ALL"]),
        kinds=_kinds(summary),
        spent=taken(list(run.recorded.values()), _prices(run)),
        failures=[(s, run.cases.get(s.id), run.recorded.get(s.id)) for s in failures],
        comparison=comparison,
        before=before,
        flips=_flips(comparison, before, run) if comparison and before else [],
    )


def _prices(run: Run) -> Prices:
    """As they were set when the run was made."""
    settings = run.configuration.get("settings", {})
    return Prices(settings.get("llm_price_prompt"), settings.get("llm_price_completion"))


def _of(family: str, row: dict[str, Any]) -> list[str]:
    return [name for name, m in MEASURES.items() if m.family == family and row[name] is not None]


def _plot(row: dict[str, Any]) -> Markup:
    bars = [
        Bar(
            m.label,
            row[name],
            row[f"ci_{name}"],
            f"{row[name]:.3f} (n={row[f'n_{name}']})",
            m.lower_is_better,
        )
        for name, m in MEASURES.items()
        if row[name] is not None
    ]
    return shares(bars, "各项指标与 95% 置信区间")


def _kinds(summary: dict[str, dict[str, Any]]) -> Markup:
    bars = [
        Bar(kind, row["right"], row["ci_right"], f"{row['right']:.3f} (n={row['n']})")
        for kind, row in summary.items()
    ]
    return shares(bars, "各类问题答对的份额")


def _flips(comparison: Comparison, before: Run, after: Run) -> list[dict[str, Any]]:
    """Losses first, then wins, with both answers."""
    rows = [(id, "变差") for id in comparison.lost] + [(id, "变好") for id in comparison.won]
    return [
        {
            "id": id,
            "what": what,
            "question": after.cases[id].asked if id in after.cases else "",
            "before": _said(before, id),
            "after": _said(after, id),
            "why": why(after.scores[id] if what == "变差" else before.scores[id]),
        }
        for id, what in rows
    ]


def _said(run: Run, id: str) -> str:
    return run.recorded[id].answer.text if id in run.recorded else "（基线文件不存答案）"


def why(score: Score) -> str:
    """What was wrong with an answer, in words."""
    parts = [
        ("缺少事实", score.missing_facts),
        ("说了禁止的", score.forbidden_said),
        ("无出处的数", score.unsupported),
    ]
    told = [f"{name}：{'、'.join(values)}" for name, values in parts if values]
    if score.measures.get("over_refusal"):
        told.insert(0, "误拒")
    if score.measures.get("refusal_recall") == 0:
        told.insert(0, "该拒而答")
    return "；".join(told) or "–"
