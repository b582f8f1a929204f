"""`Verdict → statements` on what else is asked of a programme: who is in charge, what there is in all, what to hand in, how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.law.wording import yuan
from assistant.models import Language
from assistant.programmes.assess import Verdict
from assistant.programmes.present import Statement, title
from assistant.programmes.schema import Source
from assistant.programmes.schema import Statement as Rule

DEPARTMENT = re.compile(
    r"部门|哪个?(?:局|科|处|单位)|归.{0,5}管|找谁|谁来?(?:负责|管|发|受理|审|打钱|拨)|主管|找哪|局(?:发|管|办)的|"
    r"who (?:runs|is in charge|handles|administers)|department|agency|bureau|which office|in charge|responsible"
)
BUDGET = re.compile(
    r"总额|盘子|总盘|总共(?:发|有|投)|一共(?:发|有多)|预算|总规模|资金池|全市.{0,6}(?:发|多少)|"
    r"每年(?:总共|一共|发放|发多少)|(?:市里|省里|区里|政府|财政|国家).{0,8}(?:拿|投|出|安排)(?:多少|几)|"
    r"total (?:budget|amount|a year)|budget|in total|overall"
)
MATERIALS = re.compile(
    r"材料|(?:交|提交|准备|带|备)(?:些|齐)?(?:什么|啥|哪些)|资料|证明文件|"
    r"documents?\b|materials|papers (?:do|to)|what .{0,12}submit"
)
PROCEDURE = re.compile(
    r"怎么(?:申|报|领|办|查|用|交|提|弄|兑)|如何(?:申|报|领|办|兑)|流程|步骤|在哪|哪里|哪儿|入口|网站|平台|"
    r"how (?:do|can|to)|where|website|platform"
)


def aspect_statements(verdict: Verdict, text: str, language: Language) -> Iterator[Statement]:
    """The statements on the aspects that a question asks about, in the order of a reader's need."""
    revision = verdict.revision
    if revision is None:
        return
    name, zh = title(verdict, language), language != "en"
    if DEPARTMENT.search(text) and revision.department:
        office = _said(revision.department, language)
        told = f"{name}的主管部门是{office}。" if zh else f"{name}: in charge is the {office}."
        yield Statement(told, _sources(verdict, [revision.department]))
    if BUDGET.search(text) and revision.budget:
        amount = yuan(revision.budget.amount, language)
        yearly = revision.budget.per == "year"
        told = f"{name}{'每年发放' if yearly else ''}总额最高{amount}。"
        if not zh:
            told = f"{name}: at most {amount} in all{' a year' if yearly else ''}."
        yield Statement(told, (revision.sources[revision.budget.source],))
    if MATERIALS.search(text) and revision.materials:
        yield _listed(verdict, "申请材料" if zh else "materials", revision.materials, language)
    if PROCEDURE.search(text) and revision.procedure:
        yield _listed(verdict, "办理" if zh else "how to apply", revision.procedure, language)


def _listed(verdict: Verdict, what: str, rules: Sequence[Rule], language: Language) -> Statement:
    zh = language != "en"
    said = ("；" if zh else "; ").join(_said(rule, language) for rule in rules)
    mark, stop = ("：", "。") if zh else (": ", ".")
    space = "" if zh else ", "
    return Statement(f"{title(verdict, language)}{space}{what}{mark}{said}{stop}", _sources(verdict, rules))


def _said(rule: Rule, language: Language) -> str:
    return (rule.en if language == "en" and rule.en else rule.zh).rstrip("。.")


def _sources(verdict: Verdict, rules: Sequence[Rule]) -> tuple[Source, ...]:
    assert verdict.revision is not None
    return tuple(dict.fromkeys(verdict.revision.sources[rule.source] for rule in rules))
