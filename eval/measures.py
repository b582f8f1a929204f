"""Every measure: what it is called, which way is better; `Case, Recorded → Score`; means with confidence intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

import numpy as np

from eval import answers
from eval.answers import Score, outcome_of, same_title
from eval.cases import Case
from eval.facts import Text as FactText
from eval.facts import asserts
from eval.passages import passage_measures
from eval.recorded import Recorded
from eval.sentences import citation_measures

Family = Literal["answers", "citations", "refusals", "verdicts", "retrieval"]
_STATUSES = {
    "unanswerable": "unanswerable_no_support",
    "out_of_scope": "unanswerable_out_of_scope",
    "injection": "refused_injection",
}
_Z = 1.959964
_RESAMPLES = 2000


@dataclass(frozen=True)
class Measure:
    """One measure between 0 and 1; `guarded`: the gate lets it get no worse at all."""

    name: str
    label: str
    family: Family
    meaning: str
    lower_is_better: bool = False
    guarded: bool = False


_ROWS: tuple[Measure, ...] = (
    Measure("right", "答对", "answers", "该答的答全答对、没有错数，该拒的拒了"),
    Measure("strict_accuracy", "严格正确", "answers", "可答的：作答，期望的事实都在，没有禁止的"),
    Measure("fact_recall", "事实全", "answers", "可答的：期望的事实全部在"),
    Measure("fact_share", "事实份额", "answers", "可答的：期望的事实在多少"),
    Measure(
        "wrong_amount_rate",
        "错数",
        "answers",
        "作答的：说了禁止的事实，或有金额、比例在引文、题目、算式里都找不到",
        lower_is_better=True,
        guarded=True,
    ),
    Measure(
        "forbidden_fact_rate",
        "说了禁止的",
        "answers",
        "有禁止事实的：断言了其中之一",
        lower_is_better=True,
        guarded=True,
    ),
    Measure("false_premise", "纠正错误前提", "answers", "前提错误的：给出正确事实，不认同错误的"),
    Measure("follow_up", "追问", "answers", "多轮对话的最后一问：严格正确"),
    Measure("calculation_accuracy", "计算对", "verdicts", "有计算的：结果在答案或判定里"),
    Measure("verdict_accuracy", "判定对", "verdicts", "有期望判定的：该项目的判定相同"),
    Measure("amount_accuracy", "金额对", "verdicts", "有期望金额的：该项目的金额相同"),
    Measure("citation_rate", "有引用", "citations", "作答的：至少一处引用"),
    Measure("citation_correctness", "引用对", "citations", "作答的：引了期望的文件"),
    Measure("citation_precision", "引用精确", "citations", "逐句：所注引用里用得上的"),
    Measure("citation_recall", "引用充分", "citations", "逐句：陈述句里所注引用支持得住的"),
    Measure("quote_fidelity", "引文逐字", "citations", "引文在该版本的所指位置逐字存在", guarded=True),
    Measure(
        "expired_citation_rate",
        "引失效文件",
        "citations",
        "有引用的：引了不再有效的文件而没有说明",
        lower_is_better=True,
        guarded=True,
    ),
    Measure(
        "forbidden_source_rate",
        "引了不该引的",
        "citations",
        "有禁引文件的：引了其中之一",
        lower_is_better=True,
        guarded=True,
    ),
    Measure("refusal_recall", "该拒则拒", "refusals", "不可答的：拒了"),
    Measure("refusal_precision", "拒得对", "refusals", "拒答的：本就不可答"),
    Measure("over_refusal", "误拒", "refusals", "可答的：拒了", lower_is_better=True),
    Measure("status_accuracy", "状态对", "refusals", "有期望状态的：状态相同"),
    Measure("document_hit", "文件命中", "retrieval", "前十段里有期望的文件"),
    Measure("document_recall", "文件召回", "retrieval", "期望的文件在前十段里的份额"),
    Measure("document_mrr", "文件 MRR", "retrieval", "第一份期望文件名次的倒数"),
    Measure("document_ndcg", "文件 nDCG", "retrieval", "按文件的 nDCG@10"),
    Measure("clause_hit", "条文命中", "retrieval", "前十段里有载明事实的条文"),
    Measure("clause_recall", "条文召回", "retrieval", "期望的事实在前十段条文里的份额"),
    Measure("clause_mrr", "条文 MRR", "retrieval", "第一段载明事实的条文名次的倒数"),
    Measure("clause_ndcg", "条文 nDCG", "retrieval", "按新增事实的 nDCG@10"),
)
MEASURES: dict[str, Measure] = {row.name: row for row in _ROWS}


def score(case: Case, recorded: Recorded) -> Score:
    """Every measure that applies to the case and its answer."""
    one = answers.score(case, recorded.answer)
    more = {
        **_answered(case, recorded, one),
        **_verdicts(case, recorded),
        **_refusals(case, recorded),
        **passage_measures(case, recorded.passages),
        **(citation_measures(recorded) if one.outcome == "answered" else {}),
    }
    return one.model_copy(update={"measures": one.measures | more})


def _answered(case: Case, recorded: Recorded, one: Score) -> dict[str, float]:
    strict = one.measures.get("strict_accuracy", one.measures.get("refusal_recall", 0.0))
    found = {"right": float(strict and not one.measures.get("wrong_amount_rate"))}
    if case.forbidden_facts:
        text = FactText(recorded.answer.text)
        found["forbidden_fact_rate"] = float(any(asserts(f, text) for f in case.forbidden_facts))
    if case.forbidden_sources:
        titles = [c.title for c in recorded.answer.citations]
        found["forbidden_source_rate"] = float(
            any(same_title(title, f) for title in titles for f in case.forbidden_sources)
        )
    if case.group == "false_premise" and case.answerable:
        found["false_premise"] = one.measures["strict_accuracy"]
    if len(case.turns) > 1 and case.answerable:
        found["follow_up"] = one.measures["strict_accuracy"]
    return found


def _verdicts(case: Case, recorded: Recorded) -> dict[str, float]:
    found: dict[str, float] = {}
    if case.expected_verdict:
        given = recorded.verdicts(case.programme)
        found["verdict_accuracy"] = float(given[:1] == [case.expected_verdict])
    if case.expected_amount is not None:
        sums = [a.amount for a in recorded.answer.assessments if case.programme in (None, a.programme_id)]
        found["amount_accuracy"] = float(case.expected_amount in sums)
    return found


def _refusals(case: Case, recorded: Recorded) -> dict[str, float]:
    found: dict[str, float] = {}
    if outcome_of(recorded.answer) == "declined":
        found["refusal_precision"] = float(not case.answerable)
    if case.expected_status:
        wanted = _STATUSES.get(case.expected_status, case.expected_status)
        found["status_accuracy"] = float(recorded.answer.status == wanted)
    return found


def interval(values: Sequence[float]) -> tuple[float, float]:
    """A 95% confidence interval of a mean: Wilson's for shares, else the percentile bootstrap."""
    n, mean = len(values), sum(values) / len(values)
    if all(v in (0, 1) for v in values):
        middle = (mean + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z * sqrt(mean * (1 - mean) / n + _Z**2 / (4 * n * n)) / (1 + _Z**2 / n)
        return round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)
    drawn = np.random.default_rng(0).choice(np.asarray(values, dtype=float), size=(_RESAMPLES, n))
    low, high = np.quantile(drawn.mean(axis=1), [0.025, 0.975])
    return round(float(low), 4), round(float(high), 4)


def summarise(scores: Sequence[Score]) -> dict[str, dict[str, Any]]:
    """Kind (and ALL) → n, answered, declined, and each measure's mean, n and interval."""
    kinds: dict[str, list[Score]] = {}
    for one in scores:
        kinds.setdefault(one.kind, []).append(one)
    return {name: _summary(group) for name, group in [*kinds.items(), ("ALL", list(scores))]}


def _summary(scores: list[Score]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "n": len(scores),
        "answered": sum(s.outcome == "answered" for s in scores),
        "declined": sum(s.outcome == "declined" for s in scores),
    }
    for name in MEASURES:
        values = [s.measures[name] for s in scores if name in s.measures]
        row[name] = round(sum(values) / len(values), 4) if values else None
        row[f"n_{name}"] = len(values)
        row[f"ci_{name}"] = interval(values) if values else None
    return row
