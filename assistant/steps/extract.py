"""`What a person wrote, the facts that programmes in play ask for → facts`, by a language model.

The model points at words; what they say is read by rule. A fact counts only when its words stand in what the person wrote,
when the reader of facts reads just this value from them, and when nothing that rules read speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from assistant.keyword_index import words as tokens
from assistant.models import Query
from assistant.programmes.assess import Verdict
from assistant.programmes.definitions import FactDefinition
from assistant.programmes.denial import is_asked
from assistant.programmes.facts import Definitions, FactValue, read_facts
from assistant.programmes.hear import hear
from assistant.programmes.told import ASKED
from assistant.prompts import load_prompt
from assistant.steps.aid import Aid
from assistant.steps.fence import boundary, inert
from assistant.steps.judge import Judged
from assistant.steps.reply import objects_in
from assistant.text import fold
from assistant.values import normalise, values_in

_PART = 0.25  # of the budget: nothing is shown yet while this is waited for
_MOST_FACTS, _MOST_FOUND = 40, 30
# Whether a message speaks of the asker's own case at all.
_OWN = re.compile(r"我|咱|俺|本(?:公司|单位|企业|店|所|院)|自己|\b(?:we|our|us|my|i|i'm|we're)\b", re.I)
_DATE = re.compile(r"(?:19|20)\d\d(?:\s*[年\-/.]\s*\d{1,2}(?:\s*[月\-/.]\s*\d{1,2}\s*[日号]?|\s*月)?|\s*年)?")
_ENDS = "，,。；;！!？?\n"
_ASKS_BEFORE = re.compile(r"(?:是否|是不是|有没有|有无|算不算|会不会|要不要|能不能|whether)[^，,。；;]{0,6}$")
_ASKS_AFTER = re.compile(r"^[^，,。；;]{0,2}(?:吗|么|没有?[?？]|[?？])")
_DENIALS = re.compile(r"不(?!仅|但|只|过|同|少)|没|无(?!论)|未|非(?!常)|\b(?:no|not|never|without)\b|n't")
_SPENT = re.compile(r"合同|花|费|租|买|付|投|支出|采购|签|spen[dt]|paid|pay|cost|contract|worth")
_FEW = 2  # facts of the programmes in play that may share a word that tells one of them
# Words that nearly every fact and every message have.
_COMMON = frozenset(
    "公司 企业 单位 我们 贵公司 是否 有没有 没有 多少 不是 是不是 申请 这个 那个 the is of in to".split()
)


def extract(
    query: Query, judged: Judged, told: Mapping[str, str], facts: Definitions, aid: Aid
) -> dict[str, str]:
    """The facts that the model finds and the rules let pass, as text that `read_facts` takes; {} where none is wanted."""
    messages = (*query.context, query.text)
    known = {*judged.facts, *told, *query.corrections}  # what was taken back is no gap to fill
    asked_for = [k for k in wanted_facts(judged.verdicts, query.as_of) if k in facts]
    wanted = [k for k in asked_for if k not in known]
    if not wanted or aid.failed or not any(_OWN.search(fold(message)) for message in messages):
        return {}
    prompt = load_prompt("facts")
    schema = "\n".join(_described(facts[key]) for key in wanted[:_MOST_FACTS])
    text = inert("\n".join(messages))
    pieces = aid.ask(
        prompt,
        part=_PART,
        text=text,
        facts=schema,
        as_of=query.as_of.isoformat(),
        boundary=boundary(schema, text),
    )
    found: dict[str, str] = {}
    for number, row in enumerate(objects_in(pieces)):
        if number == _MOST_FOUND:
            break
        if isinstance(row, dict) and (key := row.get("key")) in wanted and key not in found:
            known_now = {**told, **judged.facts, **found}
            value, reason = _read(facts[key], row, messages, known_now, facts, asked_for, query.as_of)
            aid.note(f"{key} = {row.get('value')}（{row.get('words')}）", reason)
            if value is not None:
                found[key] = value
    return found


def wanted_facts(verdicts: Sequence[Verdict], as_of: date) -> list[str]:
    """The facts that the programmes in play ask for, those first that benefits are counted on."""
    keys: list[str] = []
    for verdict in verdicts:
        if (revision := verdict.programme.revision_on(as_of)) is not None:
            keys += [b.basis for b in revision.benefits if b.basis]
            keys += revision.facts()
    return list(dict.fromkeys(keys))


def _described(fact: FactDefinition) -> str:
    kind = {
        "money": "金额",
        "number": "数",
        "percent": "百分比",
        "date": "日期",
        "yesno": "是或否",
        "text": "文字",
    }
    options = "、".join(option.value for option in fact.options)
    return f"{fact.key}：{fact.zh}（{kind.get(fact.type, '选项：' + options)}）{fact.ask}"


# ------------------------------------------------------------------ what passes


def _read(
    fact: FactDefinition,
    row: dict[str, Any],
    messages: Sequence[str],
    known: Mapping[str, str],
    facts: Definitions,
    wanted: Sequence[str],
    as_of: date,
) -> tuple[str | None, str | None]:
    """(the fact as text, None), or (None, why it does not count)."""
    value, words = str(row.get("value") or "").strip(), str(row.get("words") or "").strip()
    message = next((m for m in messages if words in m), None)
    if len(words) < 2 or message is None:
        return None, "its words do not stand in what was written"
    if (claimed := _single(fact, value, facts, as_of)) is None:
        return None, "not a value of this fact"
    start = message.index(words)
    if (reason := _asked(message, words, start)) is not None:
        return None, reason
    readings = list(_readings(fact, words, message, start, facts, as_of))
    if fact.type == "yesno":
        reason = _yes_or_no_fault(fact, words, claimed, facts, wanted, as_of)
    else:
        reason = None if claimed in readings else "its words do not say this value"
        around = _around(message, start, start + len(words), _ENDS)
        if (
            reason is None
            and fact.type in ("money", "number", "percent")
            and not _is_of(fact, around, message)
        ):
            reason = "its figure is of something else"
    text = _as_text(claimed, fact)
    if reason is None and _is_taken(text, known, message):
        reason = "this figure is another fact already"
    if reason is None and read_facts({**known, fact.key: text}, facts, as_of).problems.keys() - (
        read_facts(known, facts, as_of).problems.keys()
    ):
        reason = "contradicts what is known"
    return (None, reason) if reason else (text, None)


def _single(fact: FactDefinition, text: str, facts: Definitions, as_of: date) -> FactValue | None:
    return read_facts({fact.key: text}, facts, as_of).values.get(fact.key) if text else None


def _readings(
    fact: FactDefinition, words: str, message: str, start: int, facts: Definitions, as_of: date
) -> Iterator[FactValue]:
    """What the reader of facts makes of the words; of a figure with what stands around it, for it may say 美元."""
    texts = [_around(message, start, start + len(words))]
    if fact.type == "date":
        texts = _DATE.findall(words)
    elif fact.type in ("choice", "text"):
        texts = [words]
    for text in texts:
        if (found := _single(fact, text, facts, as_of)) is not None:
            yield found


def _around(message: str, start: int, end: int, ends: str = rf"\d{_ENDS}") -> str:
    """A stretch of a message, on to the end of the clause on both sides, or to the next figure."""
    stop = re.compile(f"[{ends}]")
    while start > 0 and not stop.match(message[start - 1]):
        start -= 1
    while end < len(message) and not stop.match(message[end]):
        end += 1
    return message[start:end]


def _asked(message: str, words: str, start: int) -> str | None:
    """Whether the words are asked about, or are a figure of the paper that is asked about, not told."""
    before, after = message[:start], message[start + len(words) :]
    figures = values_in(words)
    lead = normalise(before) + normalise(words)[: figures[0].start] if figures else ""
    if figures and ASKED.search(lead):
        return "a figure that is asked about, not told"
    asked = is_asked(message, start) or _ASKS_BEFORE.search(before) or _ASKS_AFTER.search(after)
    return "asked, not told" if asked else None


def _yes_or_no_fault(
    fact: FactDefinition,
    words: str,
    claimed: FactValue,
    facts: Definitions,
    wanted: Sequence[str],
    as_of: date,
) -> str | None:
    """Words that say the contrary, or that have nothing to do with just this fact: a yes or no is easily made up."""
    heard = hear(words, facts, [fact.key], as_of).get(fact.key)
    if heard is not None:
        return None if _single(fact, heard, facts, as_of) == claimed else "its words say the contrary"
    if bool(len(_DENIALS.findall(fold(words))) % 2) == claimed:
        return "its words say the contrary"
    own = _about(fact) & set(tokens(words))
    shared = [sum(word in _about(facts[key]) for key in wanted) for word in own]
    return None if any(count <= _FEW for count in shared) else "its words are of something else"


def _is_of(fact: FactDefinition, clause: str, message: str) -> bool:
    """Whether a figure's clause names what the fact is of, or tells of spending in a message that does."""
    words = _about(fact) | {fold(word) for word in fact.words}
    if any(word in fold(clause) for word in words):
        return True
    return bool(_SPENT.search(fold(clause))) and any(word in fold(message) for word in words)


def _about(fact: FactDefinition) -> set[str]:
    """The words that tell what a fact is of."""
    text = " ".join((fact.zh, fact.en, fact.ask, fact.ask_en, *fact.says_yes, *fact.says_no, *fact.about))
    return {word for word in tokens(text) if len(word) > 1} - _COMMON


def _is_taken(text: str, known: Mapping[str, str], message: str) -> bool:
    """Whether a figure was read as another fact already; one that is written twice may be two facts."""
    own = values_in(text)
    if not own or own[0].kind not in ("number", "money", "percent"):
        return False
    elsewhere = sum(any(v.value == own[0].value for v in values_in(other)) for other in known.values())
    return elsewhere >= max(1, sum(v.value == own[0].value for v in values_in(message)))


def _as_text(value: FactValue, fact: FactDefinition) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "、".join(value)
    return f"{value:f}%" if fact.type == "percent" else f"{value:f}"
