"""`Text → Reading`: words with their kinds, clauses and sentences of a claim or of its evidence, in one normal form."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from assistant.claims.figures import Figure, figures_in
from assistant.keyword_index import tagged_words
from assistant.values import chinese_number, normalise

WordKind = Literal["person", "name", "noun", "verb", "other", "figure", "light", "mark"]
Span = tuple[int, int]

_SENTENCE = re.compile(r"[^。!?;]+[。!?;]*")
_CLAUSE = re.compile(r"[^。!?;,:]+")
_NUMERAL = "一二两三四五六七八九十百"
_COUNTED = (
    "班|座|栋|艘|架|部|篇|本|剂|针|支|笔|盏|场|局|届|季|周|星期|代|节|对|双|门|句|分钟|分|秒|时|点|吨|克|千克|公斤|斤|升|里|岁|站|省|市|县|"
    "国|校|院|村|镇|例|宗|头|匹|棵|株|颗|粒|片|块|杯|瓶|箱|幅|首|集|款|方|份|种|类|组|队|员|大|成(?=以|左|多|的|$|[,。;])"
)
_PLAIN_COUNT = re.compile(rf"(?<![\d.{_NUMERAL}])((?!百)[{_NUMERAL}]+)(?=(?:多|余|几)?(?:{_COUNTED}))")
_FRACTIONS = (
    (re.compile(r"第[一1](?=[次个家届批年款位名季条])"), "首"),
    (re.compile(r"首(?=[个家届批年款位名条]|次)"), "首"),
    (re.compile(r"(?<=[超过达近逾约上破])万(?=[家名个人户台亩吨册场])"), "1万"),
    (re.compile(r"半年"), "6个月"),
    (re.compile(r"(?:一半|半数|过半(?!百))"), "50%"),
    (re.compile(r"四分之一"), "25%"),
    (re.compile(r"三分之一"), "33%"),
    (re.compile(r"三分之二"), "67%"),
)
_TENTHS = re.compile(
    r"(?<![一-龥\d][一二三四五六七八九十])([一二两三四五六七八九])成(?![功为立长本果员交品都就因型一])"
)
_KINDS: dict[str, WordKind] = {
    "nr": "name", "ns": "name", "nt": "name", "nz": "name", "nrt": "name", "nrfg": "name", "eng": "name",
    "n": "noun", "j": "noun", "l": "noun", "i": "noun", "vn": "noun", "s": "noun", "t": "noun", "an": "noun",
    "v": "verb", "a": "verb", "b": "verb", "z": "verb", "ad": "verb", "vd": "verb", "zg": "verb",
    "m": "figure", "mq": "figure", "q": "figure", "x": "mark",
}  # fmt: skip
CONTENT: tuple[WordKind, ...] = ("person", "name", "noun", "verb")
# The commonest surnames; what the tagger takes for a person without one of them is often something else.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金"
    "贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严欧莫孔向汤阳温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申耿关兰焦柳"
)
_LONGEST_WINDOW = 3
_NOT_TEXT = re.compile(r"[^\w%]+")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]{4}")
# Words that say little: reporting, connecting, generic verbs. A claim may add them without saying more.
LIGHT = frozenset(
    "表示 指出 介绍 据悉 据介绍 称 说 认为 显示 报道 报告 透露 目前 目前为止 如今 已经 进行 开展 实现 成为 包括 其中 此外 同时 "
    "另外 总体 总的来说 综上 综上所述 因此 所以 由于 因为 通过 根据 按照 依据 对于 关于 以及 还有 并且 而且 不仅 主要 相关 有关 "
    "方面 情况 问题 内容 信息 规定 提到 明确 说明 文件 文中 文章 资料 新闻 分别 一共 总共 共有 共计 具有 拥有 属于 作为 "
    "用于 需要 能够 可以 应当 应该 必须 须 要求 该 这 那 此 其 他 她 它 他们 这些 那些 这个 一个 各 每 等 等等 为了 以便 从而 "
    "使得 让 使 令 被 把 将 给 向 与 和 及 或 在 于 从 到 自 是 有 为 以 就 都 也 还 又 再 很 更 最 较 约 大约 左右 达 达到 "
    "之后 之前 以后 以前 时候 时 期间 中 内 外 上 下 里 前 后 处 个 名 项 家 年 月 日 今天 当天 第 所 者 型 做 作 打算 计划 "
    "进一步 不断 全面 积极 有效 重要 一定 一些 部分 多 大 小 新 好 高 低 时间 人 方式 办法 对 由 而 但 但是 不过 然而 则 "
    "结果 成果 成绩 地方 幅度 水平 整体 人员 会议 事情 事件 情形 局面 环节 阶段 程度 东西 现象 状况 状态 特点 消息 说法 行为 举动 做法 一方 双方 个别 有的 "
    "得 会 来 去 出 起 着 了 过 的 地 the a an of to in on at by for and or is are was were be been has have had with as from that this it its "
    "than not no per each may must can will".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a reading, where it stands, and what kind of word it is."""

    text: str
    kind: WordKind
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Reading:
    """A text in normal form with what was read in it; all spans refer to `text`."""

    text: str
    words: tuple[Word, ...]
    sentences: tuple[Span, ...]
    clauses: tuple[Span, ...]
    figures: tuple[Figure, ...]

    def part(self, span: Span) -> str:
        """The text of a span."""
        return self.text[span[0] : span[1]]

    @cached_property
    def content(self) -> tuple[Word, ...]:
        """The words that carry the meaning: names, nouns, verbs that are not light."""
        return tuple(w for w in self.words if w.kind in CONTENT)

    def words_in(self, span: Span) -> list[Word]:
        """The content words of a stretch."""
        return [w for w in self.content if span[0] <= w.start and w.end <= span[1]]

    @cached_property
    def is_foreign(self) -> bool:
        """Whether hardly any Chinese stands in it: then only figures and names can be compared with Chinese evidence."""
        return _HAN_RUN.search(self.text) is None

    @cached_property
    def _starts(self) -> tuple[list[int], list[int]]:
        return [a for a, _ in self.clauses], [a for a, _ in self.sentences]

    def clause_at(self, position: int) -> int:
        """The number of the clause in which a position lies."""
        return max(bisect_right(self._starts[0], position) - 1, 0)

    def sentence_at(self, position: int) -> int:
        """The number of the sentence in which a position lies."""
        return max(bisect_right(self._starts[1], position) - 1, 0)

    @cached_property
    def windows(self) -> tuple[tuple[Span, frozenset[str]], ...]:
        """Every run of one to three clauses of a sentence, and every sentence, with its pairs of characters."""
        spans = dict.fromkeys([*self._clause_runs(), *self.sentences])
        return tuple((span, pairs_of(self.part(span))) for span in spans)

    def _clause_runs(self) -> Iterator[Span]:
        for i, (start, _) in enumerate(self.clauses):
            stop = self.sentences[self.sentence_at(start)][1]
            for _, end in self.clauses[i : i + _LONGEST_WINDOW]:
                if end <= stop:
                    yield start, end


def pairs_of(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a text, not across punctuation."""
    return frozenset(run[i : i + 2] for run in _NOT_TEXT.split(text) for i in range(len(run) - 1))


def plain(text: str) -> str:
    """The normal form of `values.normalise`, with line ends as full stops and small counts in Arabic digits."""
    text = text.encode("utf-8", "ignore").decode("utf-8").strip()  # lone surrogates go
    text = normalise(re.sub(r"\s*\n+\s*(?:[-•·*#]+\s*)*", "。", text))
    text = re.sub(r"(?<=[a-z)])\.(?=\s|$)", "。", text)
    for pattern, form in _FRACTIONS:
        text = pattern.sub(form, text)
    text = _TENTHS.sub(lambda m: f"{chinese_number(m[1]) * 10}%", text)
    return _PLAIN_COUNT.sub(lambda m: str(chinese_number(m[1])), text)


def _kind(word: str, tag: str) -> WordKind:
    if word in LIGHT:
        return "light"
    if re.fullmatch(r"[\d.%]+", word):
        return "figure"
    if tag in ("nr", "nrfg") and len(word) == 3 and word[0] in _SURNAMES:
        return "person"
    return _KINDS.get(tag, "other")


@lru_cache(maxsize=256)
def read(texts: tuple[str, ...]) -> Reading:
    """Read one or several texts as one; recent readings are kept, for many claims share their evidence."""
    text = "。".join(plain(t) for t in texts)
    words, position = [], 0
    for piece, tag in tagged_words(text):
        words.append(Word(piece, _kind(piece, tag), position, position + len(piece)))
        position += len(piece)
    sentences = tuple(m.span() for m in _SENTENCE.finditer(text))
    clauses = tuple(m.span() for m in _CLAUSE.finditer(text) if m[0].strip())
    return Reading(text, tuple(words), sentences, clauses, tuple(figures_in(text)))


def places_of(text: str, word: str) -> list[int]:
    """Where a word begins in a text, every time."""
    found, at = [], text.find(word)
    while at >= 0:
        found.append(at)
        at = text.find(word, at + 1)
    return found
