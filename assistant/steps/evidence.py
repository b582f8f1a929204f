"""What an answer to some questions must have in it (a telephone number, a list of names, a count), else there is none."""

from __future__ import annotations

import re

from assistant.values import normalise

# What a question may ask of a programme, and what a passage must have to tell it.
_EVIDENCE = tuple(
    (re.compile(asked), re.compile(needed))
    for asked, needed in (
        (r"电话|热线|手机号|联系方式|hotline|phone|call\b", r"\d{3,4}-\d{4}|\d{8}|热线"),
        (r"通过率|获批率|成功率|中签|命中率|approval rate|success rate", r"率"),
        (
            r"按(?:月|季|年)(?:度)?(?:补|发|算|付|结)|一次性(?:发|给|付)还是|每个?(?:月|季)(?:发|给|补)|一年一(?:发|补|结)|"
            r"(?:兑付|发放|结算)(?:周期|频率)",
            r"按月|按季|每月|每季|按年(?!度)|一次性(?!工程)|分期|分批",
        ),
        (r"多久(?:能)?(?:到账|拨|发下来|批)|几天(?:到账|批)|到账", r"工作日|到账|拨付|\d+日内"),
        (r"邮箱|e-?mail", r"@"),
        (
            r"哪[家个]?银行|什么银行|which bank",
            r"(?:合作|经办|承办|代理|指定)银行|银行[^。；]{0,8}(?:经办|承办|代理)",
        ),
        (r"评审标准|评分标准|打分|怎么评", r"评分|评审|综合|打分|指标"),
    )
)

# The same, looked for in all that was found of the first paper.
_EVIDENCE_IN_PAPER = tuple(
    (re.compile(asked), re.compile(needed))
    for asked, needed in (
        (
            r"\d+[家个](?:都)?是(?:哪些|谁|哪几)|哪\d+[家个]",
            r"有限(?:责任)?公司[\s\S]{0,60}有限(?:责任)?公司|(?:名单|目录|包括|分别为|为|是)[：:]?[^。，]{2,20}、[^。，]{2,20}、",
        ),
        (
            r"(?:什么|哪些|啥)[^，。]{0,4}材料|材料[^，。]{0,3}(?:有哪些|是什么|清单)|documents? (?:do|are)|paperwork",
            r"材料|发票|合同|证明|表|原件|复印件",
        ),
        (r"文号", r"〔20\d\d〕\d+号"),
        (
            r"(?:总|年度?)预算|预算(?:总额)?(?:是)?多少|总盘子|资金总量",
            r"预算|总额|总规模|总量|安排[^。]{0,12}\d|资金池|盘子",
        ),
        (
            r"(?:哪[些几]|谁)[^，。?]{0,6}(?:评上|入选|获评|中选|上榜|得奖|获奖)|第[一1]名[^，。]{0,6}(?:谁|多少|哪)|得主",
            r"有限(?:责任)?公司|名单如下|第[一1]名|[一1]等奖|前[三3]名",
        ),
    )
)


# How many of what: told only where a figure of that unit stands in the paper; 天 are 工作日 too.
_COUNTED = re.compile(r"(?:几|多少)个?(工作日|天|家(?!公司是)|分|人|台|p)(?![a-z\u4e00-\u9fff]*(?:之|钟))")


def _is_counted(asked: str, paper: str) -> bool:
    """Whether a paper has figures of the unit that a question asks the number of, if it asks for one."""
    found = _COUNTED.search(asked)
    if found is None:
        return True
    unit = r"(?:个?工作日|日内|天)" if found[1] in ("工作日", "天") else found[1]
    return bool(re.search(rf"\d\s*[万亿余多]*{unit}", normalise(paper)))


def lacks_evidence(asked: str, found: str, first: str) -> bool:
    """Whether a folded question asks for something of which neither what was found on it nor the first paper has a trace."""
    if any(a.search(asked) and not needed.search(found) for a, needed in _EVIDENCE):
        return True
    if any(a.search(asked) and not needed.search(first) for a, needed in _EVIDENCE_IN_PAPER):
        return True
    return not _is_counted(asked, f"{first}。{found}")
