"""Personal data in what people write: `text → text with marks in their place`. Pure.

Before anything is stored: identity numbers, telephones, e-mail addresses, bank cards, 统一社会信用代码, number plates,
WeChat and QQ names, and the names of persons where a word says that one follows (联系人张三).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

# The hundred commonest surnames and some compound ones: 联系人不详 names nobody.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭"
    "陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史贺陶顾毛郝龚邵万覃武钱戴严莫孔向常汤康易乔赖文欧温庄柯"
)
_NAME = rf"(?:欧阳|司马|上官|诸葛|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}}"
_ROLE = r"联系人|联络人|姓名|名字|法定代表人|法人代表|法人|经办人|负责人|收件人|申请人|办理人|本人|我叫|我是|name is"
_PLATE = (
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]·?[A-HJ-NP-Z0-9]{5,6}(?![A-Z0-9])"
)
_ENDS = r"(?=[^\u4e00-\u9fff]|$|先生|女士|电话|手机|的)"
_MONEY_FOLLOWS = r"(?!\s*(?:元|万|亿|块|%|rmb))"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("邮箱", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("证件号码", re.compile(r"(?<![\dA-Za-z])\d{6}(?P<born>\d{8})\d{3}[\dXx](?![\dA-Za-z])")),
    (
        "统一社会信用代码",
        re.compile(r"(?<![\dA-Za-z])[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}(?![\dA-Za-z])", re.I),
    ),
    ("银行卡号", re.compile(rf"(?<!\d)(?P<card>\d(?:[ -]?\d){{12,18}})(?!\d){_MONEY_FOLLOWS}")),
    (
        "电话",
        re.compile(
            rf"(?<![\d.])(?:(?:\+|00)?86[- ]?)?1[3-9]\d[- ]?\d{{4}}[- ]?\d{{4}}(?![\d.]){_MONEY_FOLLOWS}"
        ),
    ),
    ("电话", re.compile(r"(?<!\d)(?:\(0\d{2,3}\)|0\d{2,3}-)\s?\d{7,8}(?:-\d{1,5})?(?!\d)")),
    ("证件号码", re.compile(r"(?<![\dA-Za-z])[EGDSPHM]\d{8}(?!\d)")),
    ("车牌号", re.compile(_PLATE)),
    ("账号", re.compile(r"(?:微信|QQ|wechat)(?:号|号码)?\s*(?:[:：是为]|is)?\s*(?P<hidden>[A-Za-z0-9_-]{5,20})", re.I)),
    ("姓名", re.compile(rf"(?:我叫|(?:{_ROLE})\s*[:：])\s*(?P<hidden>{_NAME})")),
    ("姓名", re.compile(rf"(?:{_ROLE})\s*(?:[:：]|是|为|叫)?\s*(?P<hidden>{_NAME}){_ENDS}")),
    ("姓名", re.compile(rf"(?<![\u4e00-\u9fff])(?P<hidden>{_NAME})(?=先生|女士|小姐)")),
    ("姓名", re.compile(r"(?:contact(?: person)?|my name is|I am)[:\s]+(?P<hidden>[A-Z][a-z]+(?: [A-Z][a-z]+){1,2})")),
)  # fmt: skip


def personal_in(text: str) -> list[tuple[str, str]]:
    """(what is personal, the mark that takes its place), longest first."""
    found = {hidden: f"【{label}】" for label, hidden in _found(text)}
    return sorted(found.items(), key=lambda pair: -len(pair[0]))


def _found(text: str) -> Iterator[tuple[str, str]]:
    rest = text
    for label, pattern in _PATTERNS:
        for match in list(pattern.finditer(rest)):
            if not _is_so(match):
                continue
            name = "hidden" if "hidden" in pattern.groupindex else 0
            yield label, match[name]
            start, end = match.span(name)
            # What was taken is not taken again, shorter, as something else.
            rest = f"{rest[:start]}{chr(0) * (end - start)}{rest[end:]}"


def _is_so(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    if born := groups.get("born"):
        try:
            date(int(born[:4]), int(born[4:6]), int(born[6:]))
        except ValueError:
            return False
        return 1900 <= int(born[:4]) <= 2100
    if card := groups.get("card"):
        digits = re.sub(r"\D", "", card)
        return digits.startswith("62") or _luhn(digits)
    return True


def _luhn(digits: str) -> bool:
    doubled = [int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def hide(text: str, personal: list[tuple[str, str]]) -> str:
    """The text with every one of these in it replaced by its mark."""
    for found, mark in personal:
        text = text.replace(found, mark)
    return text


def masked(text: str) -> str:
    """The text without personal data."""
    return hide(text, personal_in(text))
