"""`history, message → the message as a question of its own`, by a language model, where rules cannot tell what is meant.

Rules go by what the asker wrote; 第二个怎么申请 points into an answer. What the model makes of it counts only when every
figure in it is the asker's and every name in it stands in the conversation.
"""

from __future__ import annotations

import re
from decimal import Decimal

from assistant.claims import signs_of
from assistant.lexicon import Names
from assistant.models import Query, Question
from assistant.prompts import load_prompt
from assistant.steps.aid import Aid
from assistant.steps.fence import boundary, inert
from assistant.steps.language_of import in_script, is_in
from assistant.steps.reply import objects_in
from assistant.steps.screen import screen
from assistant.text import clean_input, fold
from assistant.values import Value, is_covered, values_in

_PART = 0.2  # of the budget
_POINTING = 10  # up to this number a count may only point at what was listed
_TURNS, _ANSWER = 4, 800  # so many turns back, so many characters of each answer
_LONGEST = 200
# Words that point at something said before; what they point at may stand in an answer only.
_POINTS = re.compile(
    r"第[一二三四五六七八九十\d]+[个种项条款]|[前后][者一]|最后[一那]?[个种项条]|[这那][个些几两种项条]|这[^，。]{0,2}者|[它其]|"
    r"上面|上述|刚才|刚刚|前面|你说的|提到的|另一个|别的那|哪个更|"
    r"\b(?:it|its|they|them|that|those|this|these|the (?:first|second|third|last|former|latter|other)(?: one)?)\b"
)
_ANSWERED = re.compile(
    r"第[一二三四五六七八九十\d]+[个种项条款]|[前后]者|最后[一那]?[个种项条]|你说的|上面(?:说|列|提)|刚才(?:说|列|提)|提到的|另一个|"
    r"\b(?:the (?:first|second|third|last|former|latter|other)(?: one)?|you (?:said|mentioned|listed))\b"
)
_TITLES = re.compile(r"《([^《》]+)》")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9.\-]+")
_NAME_SIGNS = ("new_names", "new_person", "new_body", "new_title")


def rewrite(question: Question, query: Query, names: Names, aid: Aid) -> Question | None:
    """The message as a question of its own; None where the rules know what is meant, or the model does not either."""
    if aid.failed or not is_unresolved(question, query):
        return None
    prompt = load_prompt("rewrite")
    turns = question.history[-_TURNS:]
    told = "\n".join(f"问：{inert(t.question)}\n答：{inert(t.answer[:_ANSWER])}" for t in turns)
    message = inert(question.text)
    pieces = aid.ask(prompt, part=_PART, conversation=told, message=message, boundary=boundary(told, message))
    rows = [row for row in objects_in(pieces) if isinstance(row, dict)]
    text = next((row["question"] for row in rows if isinstance(row.get("question"), str)), "")
    text = in_script(query.language, clean_input(text))
    if not text or fold(text) == fold(question.text):
        return None
    reason = _fault(text, question, query, names)
    aid.note(text, reason)
    return None if reason else question.model_copy(update={"text": text, "language": query.language})


def is_unresolved(question: Question, query: Query) -> bool:
    """Whether a message points at something said before that the rules found no name for, or that an answer said."""
    if not question.history or query.titles:
        return False
    text = fold(question.text)
    if _ANSWERED.search(text):
        return True
    return not query.programmes and bool(_POINTS.search(text))


def _fault(text: str, question: Question, query: Query, names: Names) -> str | None:
    own = "\n".join([question.text, *(t.question for t in question.history)])
    whole = "\n".join([own, *(t.answer for t in question.history)])
    if len(text) > _LONGEST:
        return "longer than a question"
    if not is_in(query.language, text):
        return "in another language"
    said, stated = values_in(own), values_in(text)
    if not all(is_covered(v, said) for v in stated):
        return "a figure that the asker did not write"
    if not all(is_covered(v, stated) for v in values_in(question.text) if _is_told(v)):
        return "a figure of the message is gone"
    if (name := _new_name(fold(text), fold(whole), names)) is not None:
        return f"a name that the conversation does not have: {name}"
    if foreign := [w for w in _latin_names(text) if fold(w) not in fold(whole)]:
        return f"a name that the conversation does not have: {foreign[0]}"
    signs = signs_of(text, [whole])
    if strange := [signs[sign].detail for sign in _NAME_SIGNS if signs[sign].value > 0]:
        return f"a name that the conversation does not have: {strange[0]}"
    return None if screen(text, []).verdict == "pass" else "not a question one may ask"


def _is_told(value: Value) -> bool:
    """Whether a figure tells something; 第二个 and 这两个 only point."""
    return value.kind != "number" or (isinstance(value.value, Decimal) and value.value > _POINTING)


def _new_name(text: str, conversation: str, names: Names) -> str | None:
    """A programme, place or title of the question that the conversation lacks; None where it has all."""
    known = {m.id for m in names.programmes(conversation)}
    for mention in names.programmes(text):
        if mention.id not in known and mention.name not in conversation:
            return mention.title
    places = names.regions(conversation)
    for region in names.regions(text):
        if not any(place == region or place.startswith(f"{region}/") for place in places):
            return region
    return next((title for title in _TITLES.findall(text) if title not in conversation), None)


def _latin_names(text: str) -> list[str]:
    """Latin words that are names: every one between Chinese characters, those with a capital inside an English sentence."""
    if re.search(r"[\u4e00-\u9fff]", text):
        return _LATIN.findall(text)
    return [m[0] for m in _LATIN.finditer(text) if m.start() > 0 and not m[0].islower()]
