"""Papers whose text is made to be slow to read: long runs of what patterns look for, with nothing behind it."""

from __future__ import annotations

import random

_RUNS = (
    *(
        "局 云溪县财政局 人民政府 《 》 《》 （ ） （） “ ” 〔 [ ( 1 一 第 条 第一条 1. 1、 （一） ① 附件 "
        "2031 2031年 2031年1月1日 二〇三一年一月一日 年 月 日 自 自2031年1月1日 起 至 施行 有效期 有效期为 "
        "废止 废止下列 根据《 根据 延长《甲乙丙丁》 延期 申报 申报时间 申报时间： 申请人 截止 即日起 "
        "责任单位： 联系电话： 发文机关： 文号： 号 甲〔2031〕1号 甲〔2031〕 万元 最高 不超过 10万元 25% ， "
        "。 ； ： 、 a A1 - _ | ｜ … . / * # ` ~ > < & = + @ http:// 𠮷 é 记者 本报 编辑： 来源： 签发人： "
        "问： Q 市 云溪市 区 县 高新区 1, 1,000 0. % 到 — － 每 元/ 人民币 单位： 本办法 本 项目有效期 "
    ).split(),
    "局 ", "云溪县财政局 ", "第1条 ", "附件 ", "2031-1-1 ", "申报时间为\n", " ", "\u3000", "\t", "\\",
    "\xa0", "\u200b", "\ufeff", "\u0301", "记者 1", "\n", "局\n", "第一条\n", "2031年1月1日\n",
    "云溪县财政局\n", "《甲乙丙丁\n", "一、\n", "（一）\n", "申报时间\n",
)  # fmt: skip
_HEADS = (
    "",
    "云溪县民宿奖补办法\n",
    "# 云溪县民宿奖补办法\n\n",
    "\n",
    "第一条 ",
    "“",
    "《",
    "自",
    "申报时间：",
    "（",
)
_TAILS = (
    "",
    "\n",
    "。",
    "x",
    "》",
    "）",
    "2031年1月1日",
    "\n云溪县财政局\n2031年1月1日",
    "\x00",
    "元",
    "号",
    "印发",
)
_SIZES = (100, 1000, 10_000, 100_000, 1_000_000)
_MANY_LINES = 100_000  # characters of a text that is nothing but short lines
SUFFIXES = (".txt", ".md", ".html", ".csv", ".rtf")


def nasty(chance: random.Random) -> tuple[str, bytes]:
    """(suffix, bytes) of a text of runs, up to a million characters."""
    size = chance.choice(_SIZES)
    many = chance.choice((1, 1, 1, 2, 3, 5))
    parts = [chance.choice(_HEADS)]
    for _ in range(many):
        run = chance.choice(_RUNS)
        if chance.random() < 0.3:
            run += chance.choice(_RUNS)
        most = _MANY_LINES if "\n" in run else size
        parts.append(run * max(1, min(size, most) // many // len(run)))
        parts.append(chance.choice(_TAILS) if chance.random() < 0.5 else "")
    return written("".join(parts), chance.choice(SUFFIXES))


def runs() -> list[str]:
    """Each run alone."""
    return list(dict.fromkeys(_RUNS))


def written(text: str, suffix: str) -> tuple[str, bytes]:
    """A text as a file of this kind."""
    match suffix:
        case ".html":
            lines = "".join(f"<p>{line}</p>" for line in text.split("\n"))
            return suffix, f"<html><body><div>{lines}</div></body></html>".encode("utf-8", "replace")
        case ".rtf":
            shown = "".join(c if ord(c) < 128 else f"\\u{ord(c) & 0xFFFF}?" for c in text[:100_000])
            return suffix, f"{{\\rtf1\\ansi {shown}}}".encode("ascii", "replace")
    return suffix, text.encode("utf-8", "replace")
