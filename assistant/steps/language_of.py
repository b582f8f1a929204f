"""Whether a sentence is in the language that was asked for, and in the asker's script."""

from __future__ import annotations

import re

from assistant.models import Language
from assistant.text import detect_language, simplify, traditional

# Kana, Hangul, Cyrillic, Arabic, Hebrew, Thai, Devanagari.
_OTHER_SCRIPT = re.compile(
    r"[\u3040-\u30ff\uac00-\ud7af\u0400-\u052f\u0590-\u06ff\u0e00-\u0e7f\u0900-\u097f]"
)
_NAME = re.compile(
    r"《[^《》]*》|[（(][^（）()]*[\u4e00-\u9fff][^（）()]*[）)]|[“\"「][^”\"」]*[\u4e00-\u9fff][^”\"」]*[”\"」]"
)
_WORD = re.compile(r"[a-zA-Zà-öø-ÿ']+")
_ENGLISH = frozenset(
    "the of to is are for a an in and by up at on or with be may not from under as that this which no must can".split()
)
_OTHERS = frozenset(
    "le la les des est une pour dans avec sur der die das und ist für mit von den el los las del por para que con "
    "não uma são il gli della di che per".split()
)
_SHORT = 6  # words of a phrase that need not have one of the commonest words in it


def is_in(language: Language, text: str) -> bool:
    """Whether a text is in a language; names in quotes may be in any."""
    if _OTHER_SCRIPT.search(text):
        return False
    if language != "en":
        return detect_language(text) != "en" and bool(re.search(r"[\u4e00-\u9fff]{2}", text))
    plain = _NAME.sub(" ", text)
    if detect_language(plain) != "en" or re.search(r"[\u4e00-\u9fff]{5,}", plain):
        return False
    words = [w.lower() for w in _WORD.findall(plain)]
    english = sum(w in _ENGLISH for w in words)
    return (english > 0 or len(words) < _SHORT) and english >= sum(w in _OTHERS for w in words)


def in_script(language: Language, text: str) -> str:
    """A Chinese text in the characters that the language is written in; any other as it is."""
    if language == "zh":
        return simplify(text)
    return traditional(text) if language == "zh-Hant" else text
