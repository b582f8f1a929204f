"""May this run pass? `baseline, run → reasons why not`; and the baseline file itself, written by the code.

It fails where fewer questions are right than in the baseline, where a guarded measure (wrong figures, forbidden facts,
quotes that do not stand, expired papers) is worse at all, or where a tested measure is worse beyond chance.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from eval.answers import Score
from eval.compare import TESTED, Comparison, Difference, Run, compare
from eval.measures import MEASURES, summarise

_NAMED = 12


@dataclass(frozen=True)
class Verdict:
    """Whether the gate opens, and why not."""

    reasons: list[str]
    comparison: Comparison

    @property
    def is_open(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons


def judge(baseline: Run, run: Run, tolerance: float = 0.0) -> Verdict:
    """Hold a run against a baseline; `tolerance`: the share of right answers that may be lost."""
    comparison = compare(baseline, run)
    reasons = []
    if absent := [id for id in baseline.scores if id not in run.scores]:
        reasons.append(f"基线里的 {len(absent)} 题没有作答：{_named(absent)}")
    right = comparison.of("right")
    if right and right.before - right.after > tolerance + 1e-9:
        lost = _named(comparison.lost)
        reasons.append(f"答对的少了：{right.before:.3f} → {right.after:.3f}，{right.words}。变错的题：{lost}")
    for row in comparison.overall:
        if row is not right and row.is_worse and (why := _against(row, baseline, run)):
            reasons.append(why)
    return Verdict(reasons, comparison)


def _against(row: Difference, baseline: Run, run: Run) -> str | None:
    measure = MEASURES[row.measure]
    told = f"{measure.label}变差：{row.before:.3f} → {row.after:.3f}，{row.words}"
    worse = _named(_worse(row.measure, baseline, run))
    if measure.guarded:
        return f"{told}；这一项不许变差。题：{worse}"
    if row.measure in TESTED and row.is_real:
        return f"{told}。题：{worse}"
    return None


def _worse(name: str, baseline: Run, run: Run) -> list[str]:
    sign = -1 if MEASURES[name].lower_is_better else 1
    both = [
        (id, one.measures.get(name), run.scores[id].measures.get(name))
        for id, one in baseline.scores.items()
        if id in run.scores
    ]
    return [id for id, b, a in both if b is not None and a is not None and sign * (a - b) < -1e-9]


def _named(ids: list[str]) -> str:
    rest = f" 等 {len(ids)} 题" if len(ids) > _NAMED else ""
    return f"{'、'.join(ids[:_NAMED])}{rest}" if ids else "–"


def write_baseline(run: Run, path: Path) -> None:
    """Write what later runs are held against: the scores, and what made them."""
    scores = list(run.scores.values())
    rows = {s.id: _row(s) for s in scores}
    overall = summarise(scores)["ALL"]
    summary = {k: v for k, v in overall.items() if v is not None and not k.startswith(("n_", "ci_"))}
    configuration = {k: v for k, v in run.configuration.items() if k not in ("libraries", "python")}
    head = {"configuration": configuration, "summary": summary}
    text = json.dumps(head, ensure_ascii=False, indent=1)[:-2]
    # One line a question: a change shows in a diff as the questions it changed.
    lines = ",\n".join(f'  "{id}": {json.dumps(row, ensure_ascii=False)}' for id, row in sorted(rows.items()))
    path.write_text(f'{text},\n "questions": {{\n{lines}\n }}\n}}\n', encoding="utf-8")


def _row(score: Score) -> dict[str, object]:
    measures = {k: round(v, 4) for k, v in score.measures.items()}
    return {"kind": score.kind, "outcome": score.outcome, "measures": measures}
