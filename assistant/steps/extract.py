"""`What a person wrote, the facts that programmes in play ask for → facts`, by a language model.

The model points at words; what they say is read by rule. A fact counts only when its words stand in what the person wrote
and name just this fact, when they tell and do not ask, when the rules read a value from them, and when nothing that was
read before speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.keyword_index import words as tokens
from assistant.law.told import ASKED
from assistant.models import Query
from assistant.programmes.assess import Verdict
from assistant.programmes.definitions import FactDefinition
from assistant.programmes.denial import is_asked, is_denied
from assistant.programmes.facts import Definitions, FactValue, read_facts
from assistant.programmes.hear import hear
from assistant.prompts import load_prompt
from assistant.steps.aid import Aid
from assistant.steps.fence import boundary, inert
from assistant.steps.judge import Judged
from assistant.steps.model_words import model_words
from assistant.steps.reply import objects_in
from assistant.steps.screening_rules import load_rules
from assistant.text import fold
from assistant.values import normalise, values_in

_PART = 0.25  # of the budget: nothing is shown yet while this is waited for
_MOST_FACTS, _MOST_FOUND = 40, 30
# Whether a message speaks of the asker's own case at all.
_OWN = re.compile(r"我|咱|俺|本(?:公司|单位|企业|店|所|院)|自己|\b(?:we|our|us|my|i|i'm|we're)\b", re.I)
_ENDS = "，,。；;！!？?\n"
_ASKS_BEFORE = re.compile(r"(?:是否|是不是|有没有|有无|算不算|会不会|要不要|能不能|whether)[^，,。；;]{0,6}$")
_ASKS_AFTER = re.compile(r"^[^，,。；;]{0,2}(?:吗|么|没有?[?？]|[?？])")
_SENTENCE = re.compile(r"[。；;！!？?\n]")
_FIGURES = ("money", "number", "percent")
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
    if (reason := _not_told(fact, message, words, start)) is not None:
        return None, reason
    rivals = [facts[key] for key in wanted if key != fact.key and _is_like(fact, facts[key])]
    reading = _reading(fact, words, message, start, rivals, facts, as_of)
    if isinstance(reading, _Fault):
        return None, reading.reason
    reason = None if claimed == reading else "its words do not say this value"
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


# ------------------------------------------------------------------ what the words say


@dataclass(frozen=True)
class _Fault:
    """Why words give a fact no value."""

    reason: str


_NO_NOUN, _NO_VALUE = _Fault("its words do not name this fact"), _Fault("its words do not say this value")


def _is_like(fact: FactDefinition, other: FactDefinition) -> bool:
    """Whether two facts could be told by the same words: both of figures, or of the same type."""
    return fact.type == other.type or (fact.type in _FIGURES and other.type in _FIGURES)


def _reading(
    fact: FactDefinition,
    words: str,
    message: str,
    start: int,
    rivals: Sequence[FactDefinition],
    facts: Definitions,
    as_of: date,
) -> FactValue | _Fault:
    """What the rules read from the words with the rest of their clauses, when the words have a noun of just this fact."""
    clauses = _around(message, start, start + len(words), _ENDS)
    if fact.type in _FIGURES:
        return _figure(fact, words, message, start, rivals, facts, as_of)
    if fact.type == "text":
        return (words,) if _names(fact, words, rivals) else _NO_NOUN
    heard = hear(clauses, facts, [fact.key], as_of).get(fact.key)
    if fact.type == "date":
        read = hear(words, facts, [fact.key], as_of).get(fact.key)
        return _value_of(fact, read, facts, as_of) if read and read == heard else _NO_VALUE
    nouns = _phrases(fact) - {p for rival in rivals for p in _phrases(rival)}
    said = [place for noun in nouns for place in _places(noun, words, rivals)]
    if fact.type == "choice":
        return _value_of(fact, heard, facts, as_of) if said else _NO_NOUN
    if not said and not (heard and _names(fact, words, rivals)):
        return _NO_NOUN
    if heard is None:
        # What a fact is about, told and not denied, is a yes; what only its label has in common with the words is none.
        about = [p for noun in nouns & {fold(w) for w in fact.about} for p in _places(noun, words, rivals)]
        heard = (
            "是" if any(not is_denied(message, start + a, start + b, far=True) for a, b in about) else None
        )
    return _value_of(fact, heard, facts, as_of)


def _figure(
    fact: FactDefinition,
    words: str,
    message: str,
    start: int,
    rivals: Sequence[FactDefinition],
    facts: Definitions,
    as_of: date,
) -> FactValue | _Fault:
    """The one figure of the words, read with what stands around it, for it may say 美元."""
    if not _names(fact, words, rivals):
        return _NO_NOUN
    own = [v for v in values_in(words) if fact.type == "number" or v.kind == fact.type]
    if len(own) != 1:
        return _NO_VALUE
    value = _single(fact, _around(message, *_place_of_figure(message, words, start)), facts, as_of)
    if value is None or value != own[0].value:
        return _NO_VALUE
    if fact.type == "number":  # which `hear` does not read
        return value
    clauses = _around(message, start, start + len(words), _ENDS)
    keys = [fact.key, *(rival.key for rival in rivals if rival.type == fact.type)]
    heard = hear(clauses, facts, keys, as_of)
    taken = {_single(facts[key], text, facts, as_of) for key, text in heard.items() if key != fact.key}
    return _NO_VALUE if value in taken else value


def _place_of_figure(message: str, words: str, start: int) -> tuple[int, int]:
    """Where the figure of the words stands: from its first digit or numeral on to the end of the words."""
    first = re.search(r"[\d一二两三四五六七八九十百千半]", words)
    return start + (first.start() if first else 0), start + len(words)


def _value_of(fact: FactDefinition, text: str | None, facts: Definitions, as_of: date) -> FactValue | _Fault:
    value = _single(fact, text, facts, as_of) if text else None
    return _NO_VALUE if value is None else value


def _phrases(fact: FactDefinition) -> set[str]:
    """The words that the definition says a fact is told by."""
    names = [name for o in fact.options for name in (o.zh, o.value, o.en, *o.words)]
    return {fold(word) for word in (*fact.words, *fact.says_yes, *fact.says_no, *fact.about, *names)}


def _places(noun: str, words: str, rivals: Sequence[FactDefinition]) -> list[tuple[int, int]]:
    """Where a noun stands in the words, but not as a part of a longer one of another fact (备案 in 算法备案)."""
    said = fold(words)
    longer = {p for rival in rivals for p in _phrases(rival) if noun in p and noun != p}
    taken = [m.span() for phrase in longer for m in re.finditer(re.escape(phrase), said)]
    found = [m.span() for m in re.finditer(re.escape(noun), said)]
    return [(a, b) for a, b in found if not any(s <= a and b <= e for s, e in taken)]


def _names(fact: FactDefinition, words: str, rivals: Sequence[FactDefinition]) -> bool:
    """Whether words have a noun of just this fact: one it is told by, or one of its label that no other fact has."""
    others = {p for rival in rivals for p in _phrases(rival)}
    if any(_places(noun, words, rivals) for noun in _phrases(fact) - others):
        return True
    shared = others | {word for rival in rivals for word in _about(rival)}
    return bool((_about(fact) - shared) & set(tokens(words)))


def _around(message: str, start: int, end: int, ends: str = rf"\d{_ENDS}") -> str:
    """A stretch of a message, on to the end of the clause on both sides, or to the next figure."""
    stop = re.compile(f"[{ends}]")
    while start > 0 and not stop.match(message[start - 1]):
        start -= 1
    while end < len(message) and not stop.match(message[end]):
        end += 1
    return message[start:end]


def _not_told(fact: FactDefinition, message: str, words: str, start: int) -> str | None:
    """Why words are no statement of the asker's own: a question, a supposition, a refusal, money received, another's case."""
    before, after = message[:start], message[start + len(words) :]
    figures = values_in(words)
    lead = normalise(before) + normalise(words)[: figures[0].start] if figures else ""
    if figures and ASKED.search(lead):
        return "a figure that is asked about, not told"
    if is_asked(message, start) or _ASKS_BEFORE.search(before) or _ASKS_AFTER.search(after):
        return "asked, not told"
    clauses = fold(_clauses_with_mark(message, start, start + len(words)))
    held = model_words().facts
    # A figure may be told within the question: 花了300万能补多少. What is or is not so may not.
    questioned = fold(words) if fact.type in _FIGURES else clauses
    if load_rules("scope").words["asking"].search(questioned) or held.either.search(questioned):
        return "asked, not told"
    sentence = fold(message[max((m.end() for m in _SENTENCE.finditer(message, 0, start)), default=0) : start])
    if held.supposed.search(sentence + clauses) or held.pending.search(clauses):
        return "supposed, not told"
    if held.refused.search(clauses):
        return "of a refusal"
    of_received = held.of_received.search(fold(f"{fact.zh} {fact.ask}"))
    if fact.type in _FIGURES and held.received.search(clauses) and not of_received:
        return "of money received"
    return "of somebody else" if fact.type == "choice" and held.others.search(clauses) else None


def _clauses_with_mark(message: str, start: int, end: int) -> str:
    """The clauses that a stretch touches, with the question mark that ends them."""
    text = _around(message, start, end, _ENDS)
    behind = message[message.index(text, max(0, start - len(text))) + len(text) :][:1]
    return text + (behind if behind in ("?", "？") else "")


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
