"""A table's unit belongs to its figures: a bare number under “标准（万元）” is read as 万元."""

from __future__ import annotations

import re
from functools import lru_cache

_MULTIPLIER = r"(?:[十百千]?[万亿]|[十百千])"
_BASES = (
    "元 美元 港元 港币 欧元 日元 人民币元 % ％ ‰ 个百分点 百分点 折 "
    "平方米 平方公里 平方千米 公顷 亩 ㎡ m² m2 平米 "
    "人 人次 人年 名 位 家 户 个 项 件 台 套 辆 架 艘 张 间 床 床位 次 笔 篇 部 份 头 只 羽 株 座 所 场 批 组 支 期 届 节 "
    "条 架次 航次 班次 标箱 TEU 米 公里 千米 厘米 毫米 海里 km m cm mm "
    "吨 公斤 千克 克 斤 kg t 标准煤 吨标准煤 tce 立方米 立方 m³ m3 升 L "
    "瓦 千瓦 兆瓦 W kW KW MW GW 千瓦时 兆瓦时 度 kWh KWh MWh 千伏安 kVA "
    "年 个月 月 天 日 周 小时 时 分钟 工作日 个工作日 学时 课时 人天 分 倍 "
    "卡时 卡 GB TB PB Mbps Gbps P TFLOPS PFLOPS EFLOPS"
).split()
_BASE = "(?:" + "|".join(sorted(map(re.escape, _BASES), key=len, reverse=True)) + ")"
_ONE = rf"{_MULTIPLIER}?{_BASE}"
_UNIT = rf"(?:人民币)?{_ONE}(?:人民币)?(?:[/／每]\d*{_ONE}(?:[/／·•]{_ONE})*)?"
_WHOLE_UNIT = re.compile(_UNIT)
_BRACKETED = re.compile(r"\s*[（(【\[〔]([^（()）【】\[\]〔〕]{1,24})[）)】\]〕](?=\s*(?:$|-))")
_LONGEST = 200  # characters; a longer cell is no bare number, a longer header no name
_LABEL = re.compile(r"^(?:计量|金额|货币|面积)?单位\s*[:：]?\s*")
_PARTS = re.compile(r"\s*[，,、；;]\s*")

_NUMBER = r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_ABOUT = r"[（(](?:不?含|包含|含本数)[）)]"
_BARE = re.compile(
    rf"(?P<figures>(?:最高(?:不超过)?|最低|不超过|不高于|不低于|不少于|至多|至少|上限|每[人户家项个台]|约|大于|小于|超过"
    rf"|[≤≥<>＜＞≈±+＋\-－]|<=|>=)?\s*(?:{_NUMBER})(?:{_ABOUT})?"
    rf"(?:\s*(?:[-—–−~～－至到]|--|——)\s*(?:{_NUMBER}))?)"
    rf"(?P<rest>\s*(?:{_ABOUT})?\s*(?:以上|以下|以内|及以上|及以下|左右|封顶)?(?:{_ABOUT})?)"
)

# Under “单位：万元” above a table these columns are sums of money; the others count or name something else.
_MONEY_HEADER = re.compile(
    r"(?:金额|金|额|标准|投资|资金|补助|补贴|奖励|奖补|费用?|产值|收入|税收?|预算|支出|价格?|款|限额|上限|下限|总计|合计|小计|利润|成本)$"
)
_NOT_MONEY = re.compile(r"(?:数量|数|率|比例|占比|年度|年份|日期|时间|序号|编号|代码|电话|面积|面积标准)$")


def with_unit(header: str, cell: str) -> tuple[str, str]:
    """(name, value) of a cell under its header: “标准（万元）”, “20” → (“标准”, “20万元”).

    A cell that is no bare number or range, and a header that ends in no bracketed unit, stay as they are.
    """
    found = _unit_in(header) if len(header) <= _LONGEST else None
    bare = _BARE.fullmatch(cell.strip()) if found and len(cell) <= _LONGEST else None
    if found is None or bare is None:
        return header, cell
    name, unit = found
    return name, f"{bare['figures']}{unit}{bare['rest']}"


def stated_unit(line: str) -> str | None:
    """The unit that a line above a table states for it (“单位：万元”), or None; several units are none."""
    plain = line.strip().strip("（()）【】[] ") if len(line) <= _LONGEST else ""
    label = _LABEL.match(plain)
    if not label or not label[0]:
        return None
    unit = plain[label.end() :].strip()
    return unit if _WHOLE_UNIT.fullmatch(unit) else None


def header_under(header: str, unit: str) -> str:
    """A header with the unit stated above its table, where the column is of money and names no unit itself."""
    if len(header) > _LONGEST:
        return header
    is_money = unit.replace("人民币", "").endswith(("元", "币"))
    plain = re.sub(r"[（(][^（()）]*[）)]$", "", header.strip())
    if not is_money or _unit_in(header) or _NOT_MONEY.search(plain) or not _MONEY_HEADER.search(plain):
        return header
    return f"{header}（{unit}）"


@lru_cache(maxsize=4096)
def _unit_in(header: str) -> tuple[str, str] | None:
    """(header without its unit, unit) by the last bracket that ends the header or a part of it joined by “-”."""
    for found in reversed(list(_BRACKETED.finditer(header))):
        parts = [_LABEL.sub("", part) for part in _PARTS.split(found[1].strip())]
        units = [part for part in parts if _WHOLE_UNIT.fullmatch(part)]
        if len(units) == 1:
            rest = [part for part in parts if part not in units]
            kept = f"（{'，'.join(rest)}）" if rest else ""
            name = f"{header[: found.start()]}{kept}{header[found.end() :]}".strip()
            return name, units[0].replace("人民币", "")
    return None
