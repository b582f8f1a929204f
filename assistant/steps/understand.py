"""`Question → Query`: what to look for, in which language to answer."""

from __future__ import annotations

import re

from assistant.errors import InputError
from assistant.keyword_index import words
from assistant.models import Query, Question, Wanted
from assistant.text import clean_input, detect_language, fold, simplify

# Words that carry no topic: they would match everywhere and say nothing of what is asked.
_STOP = frozenset(
    """
    的 了 吗 呢 吧 啊 呀 是 有 在 和 与 及 或 能 可以 可 会 要 想 请 问 请问 我 我们 我司 你 你们 您 他 公司 单位 这 那 这个 那个
    什么 怎么 怎样 如何 多少 几 哪 哪个 哪些 谁 啥 为什么 么 一下 一个 给 对 对吧 是不是 还 都 就 也 不 没 没有 被 把 从 到
    上 下 里 中 个 最 最多 最高 大 钱 拿 用 做 去 说 告诉 知道 时候 现在 今天 今年 去年
    the a an of to is are in for how much many what when which who can we i our do does it and or be get will please
    right now
    """.split()
)
# What kind of figure or name would answer; the wording of questions, not of any one question.
_WANTED: tuple[tuple[Wanted, re.Pattern[str]], ...] = (
    (
        "money",
        re.compile(
            r"多少|补[贴助]?|最高|上限|封顶|额度|总额|规模|金额|资助|奖励|盘子|how much|cap\b|maximum|amount"
        ),
    ),
    ("percent", re.compile(r"比例|百分|几成|多少|力度|抵|percent|rate|covers?")),
    (
        "date",
        re.compile(
            r"什么时候|何时|几时|哪天|日期|截止|到期|受理|期限|多久|生效|还能|来得及|when|deadline|open"
        ),
    ),
    ("department", re.compile(r"部门|哪个局|归.{0,4}管|找谁|谁负责|主管|找哪|who|department|agency")),
    ("number", re.compile(r"多少[家个项条款]|几[家个项条款]|how many")),
)


def cleaned(question: Question) -> Question:
    """The question without characters that nobody sees or that no file can hold."""
    facts = {clean_input(k): clean_input(v) for k, v in question.facts.items()}
    return question.model_copy(update={"text": clean_input(question.text), "facts": facts})


def understand(question: Question, max_chars: int) -> Query:
    """Read a cleaned question by rule; raises InputError when it is empty or longer than `max_chars`."""
    text = question.text
    if not text:
        raise InputError("问题是空的：请写下想问的内容。")
    if len(text) > max_chars:
        raise InputError(f"问题有 {len(text)} 字，超过上限 {max_chars} 字：请精简后再问。")
    before = clean_input(question.history[-1].question) if question.history else ""
    search_text = simplify(f"{before} {text}".strip())
    found = list(dict.fromkeys(w for w in words(search_text) if w not in _STOP))
    return Query(
        text=text,
        search_text=search_text,
        keywords=tuple(found),
        wanted=tuple(kind for kind, pattern in _WANTED if pattern.search(fold(text))),
        language=question.language or detect_language(text),
        as_of=question.as_of,
    )
