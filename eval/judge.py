"""`wence eval judge`: which nuggets an answer states, as a judge model sees it, and whether to believe the judge.

Nuggets are the case's expected facts (vital) and okay facts, as in TREC's nugget evaluation (Voorhees 2003). Each
answer is judged several times; the label given most often counts, the worse one at a tie. A reply that cannot be read
is counted, not guessed. The score is only told together with its agreement with people's labels (Cohen's kappa).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import ValidationError

from assistant.errors import InputError, LanguageModelError
from assistant.models import Frozen
from assistant.ports import ChatModel
from assistant.prompts import Prompt, load_prompt
from eval.cases import Case
from eval.measures import interval
from eval.recorded import Recorded

Label = Literal["not", "partial", "support"]
LABELS: tuple[Label, ...] = get_args(Label)
"""From the worst to the best."""
_WORTH = {"support": 1.0, "partial": 0.5, "not": 0.0}
_ENOUGH = 20
_JSON = re.compile(r"\{.*\}", re.S)


class Judged(Frozen):
    """The labels of one answer's nuggets over the repeats; an unreadable reply leaves none."""

    id: str
    vital: tuple[str, ...]
    okay: tuple[str, ...]
    repeats: tuple[tuple[Label, ...], ...]
    failures: int

    @property
    def labels(self) -> dict[str, Label]:
        """Nugget → the label given most often."""
        nuggets = (*self.vital, *self.okay)
        return (
            {n: most_often([r[i] for r in self.repeats]) for i, n in enumerate(nuggets)}
            if self.repeats
            else {}
        )


class HumanLabel(Frozen):
    """What a person says of one nugget of one answer."""

    id: str
    nugget: str
    label: Label


def most_often(labels: Sequence[Label]) -> Label:
    """The commonest label, the worse one at a tie."""
    counts = Counter(labels)
    return max(LABELS, key=lambda label: (counts[label], -LABELS.index(label)))


def judge(
    cases: Sequence[Case],
    recorded: Mapping[str, Recorded],
    model: ChatModel,
    repeats: int,
    step: Callable[[], None],
) -> list[Judged]:
    """Judge every answer that has nuggets."""
    prompt = load_prompt("judge")
    found = []
    for case in cases:
        if case.id in recorded and (case.expected_facts or case.okay_facts):
            text = recorded[case.id].answer.text
            replies = [_ask(case, text, model, prompt) for _ in range(repeats)]
            read = tuple(r for r in replies if r is not None)
            found.append(
                Judged(
                    id=case.id,
                    vital=case.expected_facts,
                    okay=case.okay_facts,
                    repeats=read,
                    failures=len(replies) - len(read),
                )
            )
        step()
    return found


def _ask(case: Case, answer: str, model: ChatModel, prompt: Prompt) -> tuple[Label, ...] | None:
    nuggets = [fact.replace("|", " 或 ") for fact in (*case.expected_facts, *case.okay_facts)]
    listed = "\n".join(f"{number}. {text}" for number, text in enumerate(nuggets, 1))
    system, user = prompt.render(question=case.asked, answer=answer, nuggets=listed)
    try:
        return parse_labels("".join(model.stream(system, user)), len(nuggets))
    except LanguageModelError:
        return None


def parse_labels(reply: str, count: int) -> tuple[Label, ...] | None:
    """The labels of a reply, or None when it is not what was asked for."""
    match = _JSON.search(reply)
    try:
        labels = json.loads(match[0])["labels"] if match else None
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(labels, list) or len(labels) != count or any(label not in LABELS for label in labels):
        return None
    return tuple(labels)


def load_human(path: Path) -> list[HumanLabel]:
    """People's labels; raises InputError naming the line that is wrong."""
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"读不了 {path}：请检查路径。") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(HumanLabel.model_validate_json(line))
            except ValidationError as error:
                raise InputError(f"{path} 第 {number} 行不可用（要有 id、nugget、label）。") from error
    return found


def report(judged: Sequence[Judged], human: Sequence[HumanLabel]) -> dict[str, Any]:
    """Parse failures, how far the repeats agree, the agreement with people, and, only with it, the score."""
    asked = sum(len(j.repeats) + j.failures for j in judged)
    told: dict[str, Any] = {
        "answers": len(judged),
        "replies": asked,
        "parse_failures": sum(j.failures for j in judged),
        "repeats_agree": _repeats_agree(judged),
    }
    pairs = [
        (j.labels[h.nugget], h.label) for h in human for j in judged if j.id == h.id and h.nugget in j.labels
    ]
    told["human"] = {"n": len(pairs), "kappa": kappa(pairs), "needed": _ENOUGH}
    if len(pairs) < _ENOUGH or told["human"]["kappa"] is None:
        return told
    for name, recall in (
        ("vital_recall", _recalls(judged, vital_only=True)),
        ("all_recall", _recalls(judged)),
    ):
        told[name] = {
            "value": round(sum(recall) / len(recall), 4),
            "n": len(recall),
            "interval": interval(recall),
        }
    return told


def _recalls(judged: Sequence[Judged], vital_only: bool = False) -> list[float]:
    found = []
    for one in judged:
        labels = one.labels
        nuggets = one.vital if vital_only else (*one.vital, *one.okay)
        if labels and nuggets:
            found.append(sum(_WORTH[labels[n]] for n in nuggets) / len(nuggets))
    return found or [0.0]


def _repeats_agree(judged: Sequence[Judged]) -> float | None:
    """The share of nuggets that every repeat gave the same label."""
    same = [
        len({r[i] for r in j.repeats}) == 1
        for j in judged
        if len(j.repeats) > 1
        for i in range(len(j.repeats[0]))
    ]
    return round(sum(same) / len(same), 4) if same else None


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa; None without pairs or where all labels are one and the same."""
    if not pairs:
        return None
    n = len(pairs)
    seen = sum(a == b for a, b in pairs) / n
    one, other = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(one[label] * other[label] for label in one) / n**2
    return None if chance == 1 else round((seen - chance) / (1 - chance), 4)
