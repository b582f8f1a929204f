"""The wrong-measure battery: for every support one question with the right measure, and others with another kind of money.

python -m tests.measure_battery papers FOLDER      writes a paper for each clause
python -m tests.measure_battery questions FILE     writes the questions as `wence ask --batch` takes them
python -m tests.measure_battery score FILE         counts right sums, and sums of another measure, in its answers
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from assistant.law.wording import plain
from assistant.programmes.assess import assess
from assistant.programmes.schema import Programme
from assistant.yaml_file import read_yaml

DATA = Path(__file__).parent / "data" / "measure_battery.yaml"
AS_OF = date(2026, 11, 22)
_SUM, _YUAN = "437万", Decimal(4_370_000)
_OTHER, _OTHER_FIGURE = "739万", "739"


@dataclass(frozen=True)
class Asked:
    """A question; `amount` is the right sum in yuan, or None where no sum may use the figure `figure`."""

    id: str
    question: str
    amount: Decimal | None
    figure: str = ""


def battery() -> dict[str, Any]:
    """The data file."""
    found: dict[str, Any] = read_yaml(DATA)
    return found


def papers() -> Iterator[tuple[str, str]]:
    """(file name, text) of a paper for each clause."""
    for row in battery()["clauses"]:
        place = row["place"]
        text = (
            f"# {place}支持企业发展若干措施\n\n第一条 {row['clause']}\n\n"
            "第二条 本措施自2026年1月1日起施行，有效期3年。\n"
        )
        yield f"{place}.md", text


def of_clauses() -> Iterator[Asked]:
    """The right question of each clause, and those that tell another measure."""
    data = battery()
    for row in data["clauses"]:
        place = row["place"]
        amount = Decimal(row["amount"])
        yield Asked(f"{place}-right", f"{place}，我们{row['told']}，能拿多少？", amount)
        for number, other in enumerate(data["others"]):
            if other["measure"] == row["measure"]:
                continue
            said = other["say"].format(sum=_OTHER)
            yield Asked(f"{place}-{number}", f"{place}，我们{said}，能拿多少？", None, _OTHER_FIGURE)


def of_programmes(programmes: Mapping[str, Programme]) -> Iterator[Asked]:
    """The same for each programme that is counted on one sum of money, named in the question."""
    data = battery()
    for programme in programmes.values():
        revision = programme.revision_on(AS_OF)
        bases = {b.basis for b in revision.benefits if b.basis and (b.rate or b.tiers)} if revision else set()
        if len(bases) != 1 or not (told := data["told"].get(basis := next(iter(bases)))):
            continue
        verdict = assess(programme, {basis: _YUAN}, AS_OF)
        if verdict.amount is None:
            continue
        place = programme.region or ""
        lead = f"{place}{programme.title.removeprefix(place)}"
        yield Asked(
            f"{programme.id}-right", f"{lead}，我们{told.format(sum=_SUM)}，能拿多少？", verdict.amount
        )
        for number, other in enumerate(data["others"]):
            said = other["say"].format(sum=_OTHER)
            yield Asked(f"{programme.id}-{number}", f"{lead}，我们{said}，能拿多少？", None, _OTHER_FIGURE)


def is_right(asked: Asked, answer: Mapping[str, Any]) -> bool:
    """Whether the sum is the right one; of another measure, whether no sum and no working uses the figure told."""
    assessments = answer.get("assessments") or ()
    if asked.amount is None:
        return not any(asked.figure in (a.get("working") or "") for a in assessments)
    return any(a.get("amount") and Decimal(str(a["amount"])) == plain(asked.amount) for a in assessments)


def _all() -> list[Asked]:
    from ingest.programme_files import load_programmes

    return [*of_clauses(), *of_programmes(load_programmes())]


def main(command: str, target: str) -> None:
    """Write papers or questions, or score answers."""
    where = Path(target)
    if command == "papers":
        where.mkdir(parents=True, exist_ok=True)
        for name, text in papers():
            (where / name).write_text(text, encoding="utf-8")
    elif command == "questions":
        rows = [{"id": a.id, "question": a.question, "as_of": AS_OF.isoformat()} for a in _all()]
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        where.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        answers = [json.loads(line) for line in where.read_text(encoding="utf-8").splitlines()]
        by_id = {row["id"]: row["answer"] for row in answers}
        scored = [(a, is_right(a, by_id[a.id])) for a in _all()]
        for right in (True, False):
            part = [(a, ok) for a, ok in scored if (a.amount is not None) is right]
            name = "right measure, right sum" if right else "another measure, no sum"
            print(f"{name}: {sum(ok for _, ok in part)} of {len(part)}")
            for asked, _ in (row for row in part if not row[1]):
                print("  ", asked.question)


if __name__ == "__main__":
    main(*sys.argv[1:3])
