"""`proposed programmes, Document → the same and what a language model adds`: windows, conditions, further benefits.

The model points at words; what they say is checked by rule. A field counts only when its quote stands in the document, word
for word, and every figure of the field stands in that quote. What does not is dropped, and it is said what and why. When the
model fails or breaks off, the proposals read by wording stand alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.budget import Budget
from assistant.models import Document
from assistant.ports import ChatModel
from assistant.programmes.definitions import FactDefinition
from assistant.prompts import load_prompt
from assistant.steps.aid import Aid
from assistant.steps.fence import boundary, inert
from assistant.steps.planted import is_planted, strip_instructions
from assistant.steps.reply import objects_in
from assistant.text import fold
from assistant.values import Value, dates_in, is_covered, money_in, percents_in, values_in
from ingest.drafting import Proposal, blank, cited, clauses_of, fact_of, plain

_PART = 8_000  # characters of a document that are sent at a time
_MOST = 200
_LIMITS = re.compile(r"最高|最多|不超过|不得超过|不高于|上限|封顶|限额|为限|以内")
_LISTS = {"material": "materials", "step": "procedure", "note": "notes"}


class Row(BaseModel):
    """One field as the model writes it; what it writes besides is not read."""

    model_config = ConfigDict(extra="ignore")

    kind: Literal["benefit", "condition", "window", "department", "material", "step", "note"]
    programme: int = 0
    title: str = ""
    label: str = ""
    rate: str | None = None
    amount: str | None = None
    basis: str | None = None
    cap: str | None = None
    cap_per: Literal["applicant", "year", "project", "item"] | None = None
    opens: date | None = Field(default=None, alias="from")
    closes: date | None = Field(default=None, alias="to")
    quote: str


class _Dropped(Exception):
    """Why a field of the model does not count."""


@dataclass
class _Drafts:
    """The proposals being added to, and what is said of what the model wrote."""

    document: Document
    definitions: Mapping[str, FactDefinition]
    proposals: list[Proposal]
    added: dict[str, list[str]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def remark(self, proposal: Proposal, text: str) -> None:
        """Note what was added to a proposal, for the person who checks it."""
        self.added.setdefault(proposal.programme["id"], []).append(text)


def add_by_model(
    proposals: Sequence[Proposal],
    document: Document,
    definitions: Mapping[str, FactDefinition],
    model: ChatModel,
    budget: Budget,
) -> tuple[list[Proposal], list[str]]:
    """The proposals with what the model adds, marked as such, and what is to be said of the rest."""
    drafts = _Drafts(document, definitions, [p.model_copy(deep=True) for p in proposals])
    aid = Aid(model, budget)
    try:
        rows = list(_rows(document, proposals, aid))
    except _Dropped as fault:
        return list(proposals), [f"语言模型没有答完（{fault}），只列按条文读出的。"]
    count = 0
    for found in rows[:_MOST]:
        try:
            row = Row.model_validate(found)
            count += _add(row, drafts)
        except ValidationError:
            drafts.said.append(f"语言模型的一项写法不对，没有采用：{str(found)[:80]}")
        except _Dropped as reason:
            drafts.said.append(f"语言模型的一项没有采用，{reason}：{row.label or row.quote[:40]}")
    drafts.said.insert(0, f"语言模型补充了 {count} 项，逐项与原文核对过引文和数字；请再核对意思。")
    return [_remarked(p, drafts) for p in drafts.proposals], drafts.said


def _rows(document: Document, proposals: Sequence[Proposal], aid: Aid) -> Iterator[dict[str, Any]]:
    """What the model writes, part by part of the document; raises _Dropped when a reply fails or breaks off."""
    prompt = load_prompt("programme")
    titles = (f"{n}. {p.programme['title']}" for n, p in enumerate(proposals, 1))
    listed = inert("\n".join(titles)) or "没有"
    for start, end in _parts(document):
        text, title = inert(_without_planted(document.text[start:end])), inert(document.head.title)
        edge = boundary(title, listed, text)
        for found in objects_in(aid.ask(prompt, title=title, programmes=listed, text=text, boundary=edge)):
            if isinstance(found, str):
                raise _Dropped("回复不是完整的 JSON")
            if found:
                yield found
        if aid.failed:
            raise _Dropped(aid.checks[-1].reason or "没有应答")


def _parts(document: Document) -> Iterator[tuple[int, int]]:
    """The document in parts that end where a section does, where that is possible."""
    start, size = 0, len(document.text)
    while start < size:
        ends = [s.start for s in document.sections if start < s.start <= start + _PART]
        end = size if size - start <= _PART else max(ends, default=start + _PART)
        yield start, end
        start = end


def _without_planted(text: str) -> str:
    """The text without sentences that speak to the machine."""
    for start, end in reversed(strip_instructions(text)):
        text = text[:start] + text[end:]
    return text


# ------------------------------------------------------------------ what passes


def _add(row: Row, drafts: _Drafts) -> int:
    """Put one field where it belongs; 0 where it says nothing new."""
    start = drafts.document.text.find(row.quote)
    if len(row.quote.strip()) < 4 or start < 0:
        raise _Dropped("引文在文件里逐字找不到")
    end = start + len(row.quote)
    if is_planted(drafts.document.text, start, end):
        raise _Dropped("引文是写给机器的话，不是规定")
    if row.kind not in ("benefit", "window"):
        _check_words(row)
    add = {"benefit": _add_benefit, "window": _add_window}.get(row.kind, _add_statement)
    if row.kind == "benefit" or row.programme != 0:
        target = _target(row, start, drafts)
        added = add(row, target, drafts, start, end)
        if added and all(target is not known for known in drafts.proposals):
            drafts.proposals.append(target)
        return added
    if not drafts.proposals:
        raise _Dropped("没有它所属的项目")
    return sum([add(row, proposal, drafts, start, end) for proposal in drafts.proposals]) and 1


def _check_words(row: Row) -> None:
    if not row.label.strip():
        raise _Dropped("没有写明内容")
    said = values_in(row.quote)
    if not all(is_covered(value, said) for value in values_in(row.label)):
        raise _Dropped("数字不在引文里")
    if row.kind in ("department", "material") and fold(row.label) not in fold(row.quote):
        raise _Dropped("名称不在引文里")


def _target(row: Row, start: int, drafts: _Drafts) -> Proposal:
    """The proposal a field belongs to: that of its clause, the one the model names, else a new one of its clause."""
    for proposal in drafts.proposals:
        if proposal.start <= start < proposal.end:
            return proposal
    if row.kind != "benefit":
        if 1 <= row.programme <= len(drafts.proposals):
            return drafts.proposals[row.programme - 1]
        raise _Dropped("没有它所属的项目")
    spans = list(enumerate(clauses_of(drafts.document), 1))
    number, (section, begin, end) = next(
        ((n, c) for n, c in spans if c[1] <= start < c[2]),
        (len(spans) + 1, (None, start, start + len(row.quote))),
    )
    programme = blank(drafts.document, section, number)
    return Proposal(programme=programme, facts={}, start=begin, end=end)


def _figure(text: str | None, kind: Literal["money", "percent"], said: Sequence[Value]) -> Decimal | None:
    """The one figure of a field, which must be one of those that the quote says."""
    if text is None or not text.strip():
        return None
    found = (money_in if kind == "money" else percents_in)(text)
    if len(found) != 1 or not isinstance(value := found[0].value, Decimal):
        raise _Dropped(f"读不出数字“{text[:20]}”")
    if not any(v.kind == kind and v.value == value for v in said):
        raise _Dropped(f"数字“{text[:20]}”不在引文里")
    return value


def _add_benefit(row: Row, proposal: Proposal, drafts: _Drafts, start: int, end: int) -> int:
    said = values_in(row.quote)
    rate, amount = _figure(row.rate, "percent", said), _figure(row.amount, "money", said)
    cap = _figure(row.cap, "money", said)
    if rate is None and amount is None and cap is None:
        raise _Dropped("没有比例、金额或上限")
    if cap is not None and not _LIMITS.search(row.quote):
        raise _Dropped("引文没有说这是上限")
    if rate is not None and not 0 < rate <= 100:
        raise _Dropped("比例不在 0 到 100% 之间")
    benefits = proposal.programme["revisions"][0]["benefits"]
    if any(_is_same(b, rate, amount, cap) for b in benefits):
        return 0
    if {rate and rate / 100, amount, cap} - {None} <= _figures(benefits):
        raise _Dropped("这些数字已按条文读作别的内容")
    source = cited(proposal.programme, drafts.document, start, end)
    label = row.label if all(is_covered(v, said) for v in values_in(row.label)) else ""
    id = f"m{len(benefits) + 1}"
    new: dict[str, Any] = {"id": id, "zh": label or "资助", "en": "", "at_most": "最高" in row.quote}
    if rate is not None or cap is not None:
        words = row.basis if row.basis and fold(row.basis) in fold(row.quote) else "金额"
        new["basis"] = fact_of(words, "元", proposal.programme["id"], proposal.facts, drafts.definitions)
    if rate is not None:
        new["rate"] = plain(rate / 100)
    if amount is not None:
        new["amount"] = plain(amount)
    if cap is not None:
        new["cap"] = {"amount": plain(cap), "source": source} | ({"per": row.cap_per} if row.cap_per else {})
    benefits.append(new | {"source": source})
    drafts.remark(proposal, f"benefits.{id}")
    return 1


def _is_same(
    benefit: dict[str, Any], rate: Decimal | None, amount: Decimal | None, cap: Decimal | None
) -> bool:
    """Whether a benefit has these figures already, or as much of them as the field says."""
    own_cap = benefit.get("cap", {}).get("amount")
    pairs = ((rate and rate / 100, benefit.get("rate")), (amount, benefit.get("amount")), (cap, own_cap))
    return all(value is None or (own is not None and Decimal(own) == value) for value, own in pairs)


def _figures(benefits: Sequence[dict[str, Any]]) -> set[Decimal]:
    """Every figure that benefits have already."""
    written = [f for b in benefits for f in (b.get("rate"), b.get("amount"), b.get("cap", {}).get("amount"))]
    return {Decimal(figure) for figure in written if figure is not None}


def _add_window(row: Row, proposal: Proposal, drafts: _Drafts, start: int, end: int) -> int:
    if row.opens is None and row.closes is None:
        raise _Dropped("没有日期")
    if row.opens and row.closes and row.closes < row.opens:
        raise _Dropped("截止早于开始")
    said = dates_in(row.quote)
    years = {v.value[0] for v in said if isinstance(v.value, tuple) and v.value[0]}
    for day in filter(None, (row.opens, row.closes)):
        days = [(None, day.month, day.day)] if day.year in years else []
        if not any(v.value in [(day.year, day.month, day.day), *days] for v in said):
            raise _Dropped(f"日期 {day.isoformat()} 不在引文里")
    windows = proposal.programme["revisions"][0]["windows"]
    if any(w.get("from") == row.opens and w.get("to") == row.closes for w in windows):
        return 0
    source = cited(proposal.programme, drafts.document, start, end)
    confidence = proposal.programme["confidence"]
    windows.append({"from": row.opens, "to": row.closes, "confidence": confidence, "source": source})
    drafts.remark(proposal, f"windows[{len(windows) - 1}]")
    return 1


def _add_statement(row: Row, proposal: Proposal, drafts: _Drafts, start: int, end: int) -> int:
    """A condition for a person to decide, a department, a material, a step, a note."""
    revision = proposal.programme["revisions"][0]
    said = {"zh": row.label.strip(), "en": ""}
    if row.kind == "department":
        if "department" in revision:
            return 0
        revision["department"] = said | {"source": cited(proposal.programme, drafts.document, start, end)}
        drafts.remark(proposal, "department")
        return 1
    name = _LISTS.get(row.kind, "conditions")
    rules = revision.setdefault(name, [])
    if any(rule["zh"] == said["zh"] for rule in rules):
        return 0
    if row.kind == "condition":
        said = {"id": f"m{len(rules) + 1}", **said, "op": "human"}
    rules.append(said | {"source": cited(proposal.programme, drafts.document, start, end)})
    drafts.remark(proposal, f"{name}[{len(rules) - 1}]")
    return 1


def _remarked(proposal: Proposal, drafts: _Drafts) -> Proposal:
    added = drafts.added.get(proposal.programme["id"])
    if not added:
        return proposal
    return proposal.model_copy(update={"remarks": (f"语言模型提出，请核对：{'、'.join(added)}",)})
