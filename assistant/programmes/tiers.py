"""`Verdict → statements`: which of several rates or sums a firm is given, where what was told decides that."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.law.wording import percent, yuan
from assistant.models import Language
from assistant.programmes.assess import Verdict
from assistant.programmes.present import Statement, sources_of, title
from assistant.programmes.schema import Benefit, Tier


def tier_statements(verdict: Verdict, language: Language) -> Iterator[Statement]:
    """Which of several rates or sums a firm is given, where what was told decides that."""
    zh, name = language != "en", title(verdict, language)
    for one in verdict.sums:
        base = one.tier or one.benefit
        if not (given := _rate_or_amount(base, language)):
            continue
        for tier in (one.tier,) if one.tier else one.ruled_out:
            other = _rate_or_amount(tier, language)
            if one.tier:
                text = f"{name}：按所述情况属于{tier.zh}，{given}。"
                text = text if zh else f"{name}: on what you told us, {tier.en}: {given}."
            else:
                text = f"{name}：按所述情况不属于{tier.zh}，适用{given}，不适用{other}。"
                text = text if zh else f"{name}: {tier.en} do not apply here: it is {given}, not {other}."
            yield Statement(text, sources_of(verdict, tier.source, one.benefit.source))


def _rate_or_amount(rule: Benefit | Tier, language: Language) -> str:
    if rule.rate is not None:
        return percent(rule.rate)
    return yuan(rule.amount, language) if rule.amount is not None else ""
