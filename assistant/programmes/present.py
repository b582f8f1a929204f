"""`Verdict → statements and an Assessment`, in the user's language, each statement with the quotes it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from assistant.law.wording import day, percent, plain, window_word, yuan
from assistant.models import Assessment, Finding, Language, MissingFact
from assistant.programmes.assess import Found, Sum, Verdict
from assistant.programmes.facts import Definitions
from assistant.programmes.schema import Benefit, Condition, Source, Tier, WindowRule


@dataclass(frozen=True)
class Statement:
    """A sentence of ours and the sources it rests on; `working` is arithmetic of the same sentence."""

    text: str
    sources: tuple[Source, ...]


def label(rule: Condition | Benefit, language: Language) -> str:
    """A rule's words in the language asked for."""
    return rule.en if language == "en" and rule.en else rule.zh


def title(verdict: Verdict, language: Language) -> str:
    """A programme's name in the language asked for."""
    programme = verdict.programme
    return programme.title_en if language == "en" and programme.title_en else programme.title


def working(one: Sum, language: Language = "zh") -> str | None:
    """The arithmetic of a sum as text; None when nothing could be computed."""
    if one.amount is None or one.raw is None:
        return None
    zh = language != "en"
    if one.below_minimum and one.benefit.minimum is not None and one.basis is not None:
        floor = yuan(one.benefit.minimum, language)
        basis = yuan(one.basis, language)
        return f"{basis}，未达到起点{floor}" if zh else f"{basis} is below the minimum of {floor}"
    if one.rate is not None and one.basis is not None:
        text = f"{yuan(one.basis, language)} × {percent(one.rate)} = {yuan(one.raw, language)}"
    else:
        text = f"定额 {yuan(one.raw, language)}" if zh else f"lump sum {yuan(one.raw, language)}"
    cap = one.benefit.cap
    if cap is None:
        return text
    limit = yuan(cap.amount, language)
    if one.capped:
        return text + (f"，超过上限{limit}，按{limit}计" if zh else f", above the cap of {limit}, so {limit}")
    return text + (f"，未超过上限{limit}" if zh else f", within the cap of {limit}")


def alternative(one: Sum, tier: Tier, amount: Decimal, language: Language) -> str:
    """The arithmetic of a tier that may hold."""
    raw = one.basis * tier.rate if one.basis is not None and tier.rate is not None else amount
    return working(replace(one, rate=tier.rate, raw=raw, amount=amount, tier=tier), language) or ""


def rule_text(benefit: Benefit, language: Language) -> str:
    """What a benefit gives, in general: rate and cap as the paper has them."""
    zh = language != "en"
    most = ("最高" if zh else "up to ") if benefit.at_most else ""
    parts = [label(benefit, language)]
    if benefit.rate is not None:
        parts.append(f"{most}{percent(benefit.rate)}")
    elif benefit.amount is not None:
        parts.append(f"{most}{yuan(benefit.amount, language)}")
    for tier in benefit.tiers:
        name = tier.zh if zh else tier.en
        value = percent(tier.rate) if tier.rate is not None else yuan(tier.amount or Decimal(0), language)
        parts.append(f"{name}{most}{value}" if zh else f"{name}: {most}{value}")
    if benefit.cap:
        limit = yuan(benefit.cap.amount, language)
        parts.append(f"最高{limit}" if zh else f"capped at {limit}")
        if benefit.cap.usual is not None:
            usual = yuan(benefit.cap.usual, language)
            parts.append(f"原则上{usual}以内" if zh else f"in principle within {usual}")
    return ("，" if zh else ", ").join(parts)


def benefit_sources(verdict: Verdict, benefit: Benefit) -> tuple[Source, ...]:
    """The quotes a benefit rests on."""
    names = [
        benefit.source,
        *(t.source for t in benefit.tiers),
        *([benefit.cap.source] if benefit.cap else []),
    ]
    return sources_of(verdict, *names)


def sources_of(verdict: Verdict, *names: str | None) -> tuple[Source, ...]:
    """The sources of some names, once each, in order."""
    if verdict.revision is None:
        return ()
    return tuple(dict.fromkeys(verdict.revision.sources[n] for n in names if n))


# ------------------------------------------------------------------ statements


def outcome_statement(verdict: Verdict, language: Language) -> Statement | None:
    """The verdict first: not met, and why; met; or what it still depends on."""
    zh, name = language != "en", title(verdict, language)
    if verdict.revision is None:
        return None
    if verdict.lapsed and verdict.revision.closes:
        end = day(verdict.revision.closes, language)
        text = (
            f"{name}：所依据的办法有效期到{end}为止，已经过期，不能再按它申请。"
            if zh
            else f"{name}: the paper expired on {end}; it can no longer be applied for."
        )
        own = verdict.revision.term or next((b.source for b in verdict.revision.benefits), None)
        return Statement(text, sources_of(verdict, own))
    failed = [f for f in verdict.conditions if f.outcome == "unmet"]
    if failed:
        reasons = ("；" if zh else "; ").join(label(f.condition, language) for f in failed)
        text = (
            f"{name}：不符合条件，不能申请。未满足的是：{reasons}。"
            if zh
            else f"{name}: not eligible. Not met: {reasons}."
        )
        return Statement(text, sources_of(verdict, *(f.condition.source for f in failed)))
    if verdict.outcome == "met":
        text = (
            f"{name}：按所述情况，条件都符合。"
            if zh
            else f"{name}: on what you told us all conditions are met."
        )
        return Statement(text, sources_of(verdict, *(f.condition.source for f in verdict.conditions)))
    return None


def sum_statements(verdict: Verdict, language: Language) -> Iterator[Statement]:
    """Each sum with its arithmetic, and what it would be in a case not yet known."""
    zh, name = language != "en", title(verdict, language)
    for one in verdict.sums:
        shown = working(one, language)
        if shown is None or verdict.outcome == "unmet":
            continue
        amount = yuan(one.amount or Decimal(0), language)
        most = ("预计最高" if zh else "at most ") if one.benefit.at_most else ("预计" if zh else "")
        text = f"{name}{most}{amount}：{shown}。" if zh else f"{name}: {most}{amount} ({shown})."
        source = one.tier.source if one.tier else one.benefit.source
        names = [source, *([one.benefit.cap.source] if one.benefit.cap else [])]
        yield Statement(text, sources_of(verdict, *names))
        for tier, other in one.alternatives:
            rest, shown = yuan(other, language), alternative(one, tier, other, language)
            text = (
                f"如属{tier.zh}，预计最高{rest}：{shown}。"
                if zh
                else f"For {tier.en}: at most {rest} ({shown})."
            )
            yield Statement(text, sources_of(verdict, tier.source, *names[1:]))


def together_statement(verdict: Verdict, language: Language) -> Statement | None:
    """Several sums of one programme added up."""
    amounts = [one.amount for one in verdict.sums if one.amount]
    if len(amounts) < 2 or verdict.amount is None:
        return None
    shown = f"{' + '.join(yuan(a, language) for a in amounts)} = {yuan(verdict.amount, language)}"
    text = f"合计最高{yuan(verdict.amount, language)}：{shown}。"
    if language == "en":
        text = f"Together at most {yuan(verdict.amount, language)} ({shown})."
    names = [one.tier.source if one.tier else one.benefit.source for one in verdict.sums if one.amount]
    limits = [r.source for r in (verdict.revision.stacking if verdict.revision else ()) if r.kind == "yearly"]
    return Statement(text, sources_of(verdict, *names, *limits))


def rule_statements(verdict: Verdict, language: Language) -> Iterator[Statement]:
    """What the programme gives, in general."""
    name = title(verdict, language)
    for benefit in verdict.revision.benefits if verdict.revision else ():
        if benefit.rate is None and benefit.amount is None and not benefit.tiers and benefit.cap is None:
            continue
        mark, stop = ("：", "。") if language != "en" else (": ", ".")
        yield Statement(
            f"{name}{mark}{rule_text(benefit, language)}{stop}", benefit_sources(verdict, benefit)
        )


def window_statements(verdict: Verdict, language: Language) -> Iterator[Statement]:
    """The windows known, newest first, and whether they are open on the day."""
    rules = verdict.revision.windows if verdict.revision else ()
    for rule in sorted(rules, key=lambda r: r.closes or r.opens or date.min, reverse=True)[:2]:
        yield Statement(_window_text(verdict, rule, language), sources_of(verdict, rule.source))


def _window_text(verdict: Verdict, rule: WindowRule, language: Language) -> str:
    zh, name = language != "en", title(verdict, language)
    first, last = (day(d, language) if d else None for d in (rule.opens, rule.closes))
    if zh:
        span = f"{first}至{last}" if first and last else (f"截止到{last}" if last else f"自{first}起")
    else:
        span = f"{first} to {last}" if first and last else (f"until {last}" if last else f"from {first}")
    over = rule.closes is not None and rule.closes < verdict.as_of
    begun = rule.opens is None or rule.opens <= verdict.as_of
    known = "closed" if over else "upcoming" if not begun else "open" if rule.opens and rule.closes else ""
    state = window_word(known, language) if known else ""
    called = rule.zh if zh else rule.en
    if zh:
        return f"{name}{called}受理时间：{span}{f'，{state}' if state else ''}。"
    return f"{name}, applications{f' ({called})' if called else ''}: {span}{f', {state}' if state else ''}."


def condition_statements(verdict: Verdict, language: Language, most: int = 6) -> Iterator[Statement]:
    """The conditions that what was told meets, and those that still have to be confirmed."""
    met = [f for f in verdict.conditions if f.outcome == "met"]
    if met and verdict.outcome == "unknown":
        names = ("；" if language != "en" else "; ").join(label(f.condition, language) for f in met)
        text = f"已符合：{names}。" if language != "en" else f"Met: {names}."
        yield Statement(text, sources_of(verdict, *(f.condition.source for f in met)))
    open_ones = [f for f in verdict.conditions if f.outcome == "unknown"][:most]
    if not open_ones or verdict.outcome == "unmet":
        return
    names = ("；" if language != "en" else "; ").join(label(f.condition, language) for f in open_ones)
    text = f"还须确认：{names}。" if language != "en" else f"Still to be confirmed: {names}."
    yield Statement(text, sources_of(verdict, *(f.condition.source for f in open_ones)))


# ------------------------------------------------------------------ the assessment


def to_assessment(
    verdict: Verdict, definitions: Definitions, language: Language, cite: Callable[[Source], int | None]
) -> Assessment:
    """The verdict in the shape others hold on to; `cite` gives a source its number, or None."""
    revision = verdict.revision
    shown = [w for w in (working(s, language) for s in verdict.sums) if w]
    for one in verdict.sums:
        for tier, other in one.alternatives:
            name = tier.en if language == "en" else tier.zh
            shown.append(f"{name}: {alternative(one, tier, other, language)}")

    def finding(found: Found) -> Finding:
        source = revision.sources[found.condition.source] if revision and found.condition.source else None
        name = label(found.condition, language)
        return Finding(condition=name, outcome=found.outcome, citation=cite(source) if source else None)

    asks = [definitions[key] for key in verdict.missing if key in definitions]
    return Assessment(
        programme_id=verdict.programme.id,
        title=title(verdict, language),
        outcome=verdict.outcome,
        amount=None if verdict.amount is None else plain(verdict.amount),
        working="；".join(shown) if shown and verdict.outcome != "unmet" else None,
        window=verdict.window,
        findings=tuple(finding(f) for f in verdict.conditions),
        missing_facts=tuple(
            MissingFact(fact=d.key, ask=d.ask_en if language == "en" else d.ask) for d in asks
        ),
        confidence=verdict.programme.confidence,
        draft=verdict.programme.draft,
        region=verdict.programme.region,
    )
