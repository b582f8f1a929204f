"""`Question → Query`: what to look for, in which language to answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from assistant.errors import InputError
from assistant.keyword_index import search_words, tagged_words, words
from assistant.lexicon import Names
from assistant.models import Intent, ProgrammeMention, Query, Question, Wanted
from assistant.steps.converse import follow
from assistant.text import clean_input, detect_language, fold, simplify

T = TypeVar("T")

# Words that carry no topic: they would match everywhere and say nothing of what is asked.
_STOP = frozenset(
    """
    的 了 吗 呢 吧 啊 呀 是 有 在 和 与 及 或 能 可以 可 会 要 想 请 问 请问 我 我们 我司 你 你们 您 他 公司 单位 这 那 这个 那个
    什么 怎么 怎样 如何 多少 几 哪 哪个 哪些 谁 啥 为什么 么 一下 一个 给 对 对吧 是不是 还 都 就 也 不 没 没有 被 把 从 到
    上 下 里 中 个 最 最多 最高 大 钱 拿 用 做 去 说 告诉 知道 时候 现在 今天 今年 去年
    哪里 哪儿 哪些 哪家 多大 多久 几时 何时 几成 多少钱 怎么办 能不能 可不可以 是不是 有没有 是否 能否 可否
    还是 还有 还能 才能 只能 只有 所以 因为 如果
    一共 加起来 大概 具体 到底 一点 一些 部分 东西 事情 情况 问题 想要 需要 应该 听说 据说 比如 例如 关于 有关 对于 方面 时间
    自己 咱 咱们 俺 这边 那边 这些 那些 这里 那里 这儿 那儿 这种 那种 这样 那样 怎么样 咋 咋样 咋办 啥样 为啥 干嘛
    但是 可是 不过 而且 然后 就是 不是 要是 假如 虽然 以及 另外 除了 的话 嘛 咧 哦 啦 呗 哈 喔 嗯 呐 哎 唉
    啥时候 能报 能领 能申 要交 要用 要报 到手 回来 发下来 拿到 领到 打听 想问 问下 报不报 用不完
    搞 弄 整 先 再 又 才 刚 刚刚 已经 一直 马上 算 算是 觉得 感觉 以为 说是 有点 几个 一家
    the a an of to is are in for how much many what when which who can we i our do does it and or be get will please
    right now
    """.split()
)
# What kind of figure or name would answer; the wording of questions, not of any one question.
_WANTED: tuple[tuple[Wanted, re.Pattern[str]], ...] = (
    (
        "money",
        re.compile(
            r"(?:多少|几多)(?![家个项条款人天名])|几万|补[贴助]?|最高|上限|封顶|额度|总额|规模|金额|预算|资助|奖励|盘子|"
            r"how much|cap\b|maximum|amount"
        ),
    ),
    ("percent", re.compile(r"比例|百分|几成|多少(?![家个项条款人天名])|力度|抵|percent|rate|covers?")),
    (
        "date",
        re.compile(
            r"什么时候|何时|几时|这个月|本月|几月|几号|哪天|日期|截止|到期|受理|期限|多久|生效|还能|来得及|when|deadline|open"
        ),
    ),
    ("department", re.compile(r"部门|哪个局|归.{0,4}管|找谁|谁负责|主管|找哪|who|department|agency")),
    ("number", re.compile(r"(?:多少|几)(?:[家个项条款天次台年]|工作日)|多长时间|多久|how (?:many|long)")),
    (
        "place",
        re.compile(r"在?哪[里儿]|在哪|哪个(?:平台|系统|网站|窗口|入口)|网址|网站|入口|where|website|portal"),
    ),
)


# What the question is after, in the order in which one leads; again wording of questions in general.
_INTENTS: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    (
        "comparison",
        re.compile(
            r"哪[个里边家]?.{0,6}(?:多|大|高|好|划算|合适)|区别|不同|一回事|一码事|两件事|一样不|一样吗|同一概念|差在哪|哪[边儿].{0,6}[多高猛]|对比|相比|比较|还是.{1,12}[?？]|"
            r"差(?:多少|几)|相差|[多少]几个点|compare|difference|versus|\bvs\b|better|which (?:one|city|is)"
        ),
    ),
    (
        "list",
        re.compile(
            r"哪些|有什么(?:补贴|政策|券|扶持|支持)|哪几|都有|分别|清单|名单|list|what (?:are|kinds)|which (?:companies|firms)"
        ),
    ),
    (
        "procedure",
        re.compile(
            r"怎么(?:申|报|领|办|查|用|交|提|弄|兑)|如何|流程|步骤|材料|准备|在哪[里儿]?(?:申|报|交|办|查)|哪里(?:申|报|交|办)|"
            r"how (?:do|can|to)|documents?\b|procedure|submit"
        ),
    ),
    (
        "window",
        re.compile(
            r"截止|受理|窗口|来得及|赶得上|赶得及|还能(?:申|报|领|交)|有得(?:报|申|领)|报得[上了]|还.{0,6}(?:报|申|领|收).{0,5}(?:不|吗|么)|还收|赶趟|过期|"
            r"(?:啥时候|啥时|几号).{0,8}(?:申|报|领|交|开|停)|开放申|到期|有效期|最晚|还有效|生效|"
            r"(?:什么时候|何时|几时|哪天).{0,8}(?:申|报|领|交|开始|开放|结束)|(?:申|报|领|交|开始|开放|结束).{0,8}(?:什么时候|何时|几时|哪天)|"
            r"when.{0,20}(?:apply|open|close|expire|end)|deadline|still open|open (?:now|right)|expire"
        ),
    ),
    (
        "eligibility",
        re.compile(
            r"能不能|可不可以|可以.{0,16}[吗么?？]|能.{0,20}[吗么?？]|"
            r"能.{0,14}不(?=[\s?？。啊呀]|$)|给不给|报不了|申得|是否(?:可以|有资格|能|符合)|能否|符合|够不够|算不算|资格|条件|门槛|有没有戏|没戏|可唔可以|"
            r"有.{0,8}(?:补贴|资助|奖励|支持|补助|扶持).{0,2}[吗么没]|"
            r"\bcan (?:we|i|a)\b|eligible|qualify|does .{1,40} apply"
        ),
    ),
    (
        "amount",
        re.compile(
            r"多少钱|能?[补拿领抵奖给退].{0,8}(?:多少|几多|好多|几个点|几钱)|顶天|顶多|几个点|多少[万补]|几成|"
            r"最[高多]|封顶|上限|额度|补贴?多少|how much|cap\b|caps\b|maximum"
        ),
    ),
)
_PAPER = re.compile(r"《([^《》]{2,80})》")
_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,10}〔20\d\d〕\d+号")
_JOINING = "和与及按据依由在"
_YEAR = re.compile(r"(?<![\d.])(20[1-4]\d)(?![\d%]|\s*[万亿元])")
_SHORT_SPAN = re.compile(r"(?<!\d)(2\d)\s*[-—–~至到]\s*(2\d)年")
_RELATIVE_YEARS = {
    "前年": -2,
    "去年": -1,
    "上年": -1,
    "last year": -1,
    "今年": 0,
    "本年": 0,
    "this year": 0,
    "明年": 1,
}
_PAST = re.compile(
    r"公开征求意见|征求意见期|旧版|新旧|[旧老]办法|改之?前|修改前|调整前|以前|原来|之前|过去|当时|历史|失效|废止|作废|到期|过期|还有效|那[版个份].{0,8}还|还能引用|被.{0,6}(?:替代|取代|代替)|"
    r"征求意见稿|草案|expired|superseded|repealed|old version|previous|draft"
)


def cleaned(question: Question) -> Question:
    """The question without characters that nobody sees or that no file can hold."""
    facts, corrections = (
        {clean_input(k): clean_input(v) for k, v in told.items()}
        for told in (question.facts, question.corrections)
    )
    update = {"text": clean_input(question.text), "facts": facts, "corrections": corrections}
    return question.model_copy(update=update)


def checked(question: Question, max_chars: int) -> Question:
    """The cleaned question; raises InputError when it is empty or longer than `max_chars`."""
    question = cleaned(question)
    if not question.text:
        raise InputError("问题是空的：请写下想问的内容。")
    if len(question.text) > max_chars:
        raise InputError(f"问题有 {len(question.text)} 字，超过上限 {max_chars} 字：请精简后再问。")
    return question


def understand(question: Question, names: Names) -> Query:
    """Read a checked question by rule, with the names that the knowledge base knows."""
    turns = [clean_input(turn.question) for turn in question.history]
    talk = follow(turns, question.text, names, bool(_PAPER.search(question.text)))
    asked = _full_years(simplify(" ".join([*talk.topic, question.text]).strip()))
    folded, last = fold(asked), fold(question.text)
    terms = names.terms(folded)
    unlisted = () if talk.regions else _unlisted(last)
    official = [*(m.title for m in talk.programmes), *terms, *(r.rpartition("/")[2] for r in talk.regions)]
    added = [t for t in dict.fromkeys(official) if fold(t).rstrip("省市区") not in folded]
    is_english = detect_language(question.text) == "en"
    rendered, topic = (
        names.glossary.chinese(t) if is_english else "" for t in (question.text, " ".join(talk.topic))
    )
    last = f"{last} {fold(rendered)}"
    found = [w for w in search_words(f"{asked} {topic} {rendered}") if w not in _STOP]
    return Query(
        text=question.text,
        search_text=" ".join([topic, rendered] if rendered else [asked, *added]),
        keywords=tuple(dict.fromkeys(found + [w for t in added for w in words(t)])),
        wanted=_first_told(_WANTED, last, [] if talk.is_new else turns),
        intents=_first_told(_INTENTS, last, [] if talk.is_new else turns) or ("fact",),
        programmes=tuple(
            m
            for m in talk.programmes
            if not _is_split_word(m, folded) and not (unlisted and m.name != fold(m.title))
        ),
        unlisted=unlisted,
        terms=terms,
        regions=talk.regions or _home(question, names),
        titles=tuple(_PAPER.findall(asked) + [n.lstrip(_JOINING) for n in _NUMBER.findall(asked)]),
        years=_years(last, question.as_of),
        past=bool(_PAST.search(folded)),
        context=talk.told,
        topic=" ".join(talk.topic),
        corrections=question.corrections,
        repeated=clean_input(question.text) in turns,
        rendered=rendered,
        language=question.language or detect_language(question.text),
        as_of=question.as_of,
    )


def _unlisted(folded: str) -> tuple[str, ...]:
    """Counties and districts by their ending that no list has: of none of them is a paper known by its head."""
    return tuple(w for w, tag in tagged_words(folded) if tag == "ns" and len(w) > 2 and w[-1] in "县区市旗")


def _full_years(text: str) -> str:
    """23-24年 is 2023—2024年, as titles write it."""
    return _SHORT_SPAN.sub(r"20\1—20\2年", text)


def _home(question: Question, names: Names) -> tuple[str, ...]:
    """Where a question is about that names no place, as its asker's page says."""
    place = names.region_of(question.region)
    return (place,) if place else ()


def _is_split_word(mention: ProgrammeMention, folded: str) -> bool:
    """Whether a name that was merely alike ends within a word of the text: 智能企(业) is no 智能券."""
    end = folded.find(mention.written) + len(mention.written)
    if mention.match != "near" or end < len(mention.written):
        return False
    ends, at = set(), 0
    for token, _ in tagged_words(folded):
        at += len(token)
        ends.add(at)
    return end not in ends


def _first_told(
    patterns: Sequence[tuple[T, re.Pattern[str]]], last: str, turns: Sequence[str]
) -> tuple[T, ...]:
    """What a message is after; where it does not say, what the turns before it were after."""
    for text in (last, *(fold(turn) for turn in reversed(turns))):
        if found := tuple(kind for kind, pattern in patterns if pattern.search(text)):
            return found
    return ()


def wanted_in(text: str) -> tuple[Wanted, ...]:
    """What would answer a part of a question."""
    return _first_told(_WANTED, fold(text), [])


def _years(folded: str, as_of: date) -> tuple[int, ...]:
    named = [int(year) for year in _YEAR.findall(folded)]
    relative = [as_of.year + shift for word, shift in _RELATIVE_YEARS.items() if word in folded]
    return tuple(dict.fromkeys(named + relative))
