"""What a figure of a clause is: `sentence, figure → rate, lump, cap, usual, bound, step, limit, or nothing`.

Decided in one order by the words around the figure; what is in none of the set forms stays nothing.
"""

from __future__ import annotations

import re

from assistant.law.figures import Figure

GRANT = re.compile(r"补贴|资助|奖励|补助|贴息|配套|抵扣|兑付|扶持|奖补|给予|支持|奖(?=\d)|补(?=\d)")
CAP = re.compile(r"(?:最高|最多|不超过|不得超过|不高于|上限|封顶|限额|为限)[^,;。:]{0,8}$")
USUAL = re.compile(r"原则上[^,;。]*$")
LEAST = re.compile(
    r"(?:不低于|不少于|不小于|达到|达|满|(?<!不)(?<!不得)超过|突破|大于|(?<!不)高于)[^,;。:\d]{0,3}$"
)
MOST = re.compile(
    r"(?:不超过|不高于|不多于|(?<!不)低于|不足|不满|未满|未达到|(?<!不)少于|(?<!不)小于)[^,;。:\d]{0,3}$"
)
STRICT = re.compile(
    r"(?:(?<!不)低于|不足|不满|未满|未达到|(?<!不)少于|(?<!不)小于|(?<!不)超过|(?<!不)大于|(?<!不)高于)[^,;。:\d]{0,3}$"
)
EACH = re.compile(
    r"(?:每|单)(?:新增|新引进|引进|新获授权|新获|新设|获得|登记|取得|通过|完成|新注册|注册)*(?:1|一)?(?P<unit>平方米|平米|架次|tb|gb|小时|千瓦时|kwh|度|吨|公里|个|家|项|件|张|条|名|人|户|"
    r"款|台|套|辆|篇|次|份)(?!企业每|项目(?:每|最高)|企业最高)"
)
STEP = re.compile(r"每(?:(?:新增|增加|增长|增|满|达到?|出口|进口|实现|完成|投入|交易)[^,;。:\d]{0,6})?$")
MONTHLY = re.compile(r"每月|/月|月租")
SHARE_LIMIT = re.compile(
    r"(?:合计|叠加|各级|总额|累计|加起来)[^;。]{0,40}(?:不超过|不得超过|不高于)(?P<of>[^,;。%\d]*)$"
)
BASIS = re.compile(
    r"(?:按照|按|对其|对|给予)(?P<basis>[^,;。%按]{1,40}?)的?(?:按照?)?(?:最高|不超过|不高于)?$"
)
RAISED = re.compile(r"比例[^,;。]{0,4}(?:提高|上浮|放宽)?(?:到|至|为|达)[^,;。\d]{0,3}$")
_ISSUED = re.compile(r"申领|发放|核发|领取")  # of vouchers
_NOT_A_RATE = re.compile(r"占(?!比?例?的?补)|增长|增速|比重|股|中标|到账率|通过率")
_LIMIT = re.compile(r"获得|享受|资金|补贴|奖励|资助|补助|贴息|扶持")
_OF_ONE = re.compile(
    r"(?:单家|单个|每家|每个|同一|全区|全市|全省|资金池)[^,]{0,8}?(?:企业|单位|主体|机构)?(?:1年|一年|每年|年度|累计|合计)*$"
)


# 50万元（含）至200万元的: the second figure is the upper end.
UP_TO = re.compile(r"\d[万亿]?元?\s*(?:\(含\)|含)?\s*(?:至|到|~|-)\s*$")


def role_of(normal: str, granted: bool, figure: Figure, segment: str, right: str) -> str:
    """What a figure is in its sentence: rate, lump, cap, usual, bound, limits, or nothing."""
    behind = re.split(r"[,;。:]", right)[0]
    if STEP.search(segment) and figure.unit in ("元", "美元"):
        return "step" if GRANT.search(behind) or figure.unit == "美元" else ""
    if re.match(r"[^\d]{0,12}的部分", behind):
        return ""  # 不足100万元的部分不计
    capped, upper = CAP.search(segment), re.match(r"\s*\)?(?:以上|及以上|以下|以内|\(含)", behind)
    if figure.unit == "%":
        return _role_of_share(normal, granted, figure, segment, behind)
    if figure.unit == "元":
        if re.match(r"\s*的?(?:个人|担保|信用|小额)?[^,]{0,6}(?:贷款|基金|规模|授信)", behind):
            return ""
        if (capped or (granted and upper and behind.startswith("以内"))) and USUAL.search(segment):
            return "usual"
        if behind.startswith("以内") and _OF_ONE.search(segment):
            return ""  # 单家企业一年150万元以内: the most that is given, not what a firm must be
        if (upper and not (capped and granted)) or UP_TO.search(normal[: figure.start]):
            return "bound"
        if capped:
            return _role_of_ceiling(segment, behind, granted)
        if LEAST.search(segment) or MOST.search(segment):
            return "bound"
        if GRANT.search(segment) or re.match(
            r"\s*(?:的|一次性|/)?[^,]{0,8}?(?:奖励|补贴|补助|资助|奖金)", behind
        ):
            return "lump" if not re.search(r"总额|预算|资金池|规模", segment) else ""
        return "lump" if EACH.search(segment) and GRANT.search(normal) else ""
    return _role_of_count(figure.unit, segment, granted, upper is not None)


def _role_of_ceiling(segment: str, behind: str, granted: bool) -> str:
    if granted or re.search(r"最高|最多|封顶|上限", segment):
        return "cap" if granted or not _LIMIT.search(segment) else "limit"
    if GRANT.search(segment) or _LIMIT.search(segment):
        return "limit" if _LIMIT.search(segment) else "lump"
    return "bound"


def _role_of_share(normal: str, granted: bool, figure: Figure, segment: str, behind: str) -> str:
    if SHARE_LIMIT.search(normal[: figure.start]) and not granted:
        return "share_limit"
    if re.search(r"贴息率[^,]{0,6}$", segment) or (granted and re.search(r"利率[^,]{0,6}不超过$", segment)):
        return "rate_cap"
    if re.match(r"\s*(?:以上|及以上|以下|以内)", behind) or LEAST.search(segment):
        return "bound"
    if _NOT_A_RATE.search(segment) and not RAISED.search(segment):
        return "bound" if MOST.search(segment) else ""
    if re.search(r"由[^,]*$", segment):
        return ""
    if re.search(r"按(?:照)?$", segment) and (GRANT.search(normal) or _ISSUED.search(normal)):
        return "rate"
    if RAISED.search(segment) or GRANT.search(behind) or GRANT.search(segment) or BASIS.search(segment):
        return "rate" if GRANT.search(normal) or RAISED.search(segment) or _ISSUED.search(normal) else ""
    return ""


def _role_of_count(unit: str, segment: str, granted: bool, upper: bool) -> str:
    if (
        unit not in ("年", "个月", "岁")
        and granted
        and re.search(r"(?:最多|不超过|不得超过|限)[^,]{0,8}$", segment)
    ):
        return "count_cap"
    if upper or LEAST.search(segment) or MOST.search(segment):
        return "bound"
    return ""
