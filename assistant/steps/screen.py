"""`text, history → Screened`: whether a message asks something, orders the assistant about, or asks for help with a wrong.

By rule and without a language model, because what reads the message to judge it can be talked round by it. The rules
are data (`prompts/screen.yaml`, `scope.yaml`); a message is read in every disguise that `disguise` can take off.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from assistant.models import Frozen
from assistant.steps.disguise import decoded, pinyin, plain, respelt
from assistant.steps.remnant import parts, remnant
from assistant.steps.screening_rules import Hit, Ruleset, Verdict, load_rules
from assistant.steps.wording import wording
from assistant.text import fold

_ENCODED = 2  # points for text in an encoding, whatever it says: nobody asks about policy that way
_HIDDEN = 4  # for text that nobody can see
# Chances of an attack by its wording from which that alone decides; in a question about policy it takes more.
_SURE, _SURE_ON_TOPIC, _SURE_OF_A_QUESTION, _SUSPECT = 0.55, 0.65, 0.8, 0.5
_REASONS = {
    "unicode_tricks": "夹带了看不见的文字",
    "wording": "像是对助手的指令或越界的要求",
    "split_turns": "与前面的话连起来是对助手的指令",
}
_TURNS = 6  # of the history, the last ones
_SHORT = 40  # characters of a turn that may only be the trigger of an earlier one


class Screened(Frozen):
    """What a message is, and what of it may be answered.

    `pass`: go on with the text. `refused_injection`, `refused_unsafe`: answer `cleaned` in its place where that is
    given, else refuse. `out_of_scope`: certainly not about support for firms. `ignored_turns` are places in the history
    of turns that were attacks: read the question with what `screen(turn).cleaned` leaves of each, or without it.
    `unless_loaded`: out of scope only where no loaded paper speaks of it.
    """

    verdict: Verdict = "pass"
    family: str | None = None
    unless_loaded: bool = False
    cleaned: str | None = None
    reason: str | None = None
    ignored_turns: tuple[int, ...] = ()


def screen(text: str, history: Sequence[str] = ()) -> Screened:
    """Judge a message together with what the same person wrote before it (their turns only, oldest first)."""
    alone = _screen(text)
    if not history:
        return alone
    first = max(0, len(history) - _TURNS)
    attacks = tuple(i for i, turn in enumerate(history[first:], first) if _is_attack(_of_earlier(turn)))
    agreed = [history[i] for i in attacks]
    if alone.verdict == "pass" and (_assembled(text, history[first:]) or _sets_off(text, agreed)):
        alone = Screened(verdict="refused_injection", family="split_turns", reason=_REASONS["split_turns"])
    return alone.model_copy(update={"ignored_turns": attacks})


def _is_attack(screened: Screened) -> bool:
    return screened.verdict in ("refused_injection", "refused_unsafe")


@lru_cache(maxsize=1024)
def _of_earlier(turn: str) -> Screened:
    return _screen(turn)


def _screen(text: str) -> Screened:
    rules = load_rules("screen")
    seen, hidden = plain(text)
    totals, families, marked = _weigh(seen, hidden, rules)
    scope = _in_scope(seen)
    toned = sum(found["wording"] for found in families.values())
    if sum(totals.values()) - toned < rules.needed and scope.verdict == "out_of_scope":
        return scope
    if max(totals.values(), default=0) < rules.needed:
        return scope
    verdict = max(totals, key=lambda v: (totals[v], v == "refused_unsafe"))
    named = [name for name, _ in families[verdict].most_common() if name != "wording"]
    family = named[0] if named else "wording"
    is_fraud = verdict == "refused_unsafe" and named != ["guarantee"]
    rest = None if is_fraud else _what_remains(seen, marked, rules, family)
    return Screened(
        verdict=verdict, family=family, cleaned=rest, reason=_REASONS.get(family) or rules.reasons[family]
    )


def _weigh(
    seen: str, hidden: Sequence[str], rules: Ruleset
) -> tuple[Counter[Verdict], dict[Verdict, Counter[str]], list[tuple[int, int]]]:
    """Points by verdict, by family under each, and the places in `seen` that gave two or more of them."""
    folded = fold(seen)
    hits = {(h.signal.family, h.signal.number): h for h in rules.hits(folded, seen)}
    marked = [span for h in hits.values() if h.signal.points > 1 for span in h.spans]
    totals: Counter[Verdict] = Counter()
    families: dict[Verdict, Counter[str]] = {}

    def add(family: str, points: int, verdict: Verdict = "refused_injection") -> None:
        totals[verdict] += points
        families.setdefault(verdict, Counter())[family] += points

    for span, found, is_encoded in _other_readings(seen, folded, rules):
        if is_encoded:
            add("encoding", _ENCODED)
        fresh = [h for h in found if (h.signal.family, h.signal.number) not in hits]
        if is_encoded or sum(h.signal.points for h in found) >= rules.needed:
            marked.append(span)
            hits |= {(h.signal.family, h.signal.number): h for h in fresh}
    if points := _by_wording(folded, rules.needed):
        tone = wording(folded)
        add("wording", points, "refused_unsafe" if tone.wrong > tone.order else "refused_injection")
    if hidden:
        add("unicode_tricks", _HIDDEN)
    for hit in hits.values():
        add(hit.signal.family, hit.signal.points, rules.verdicts[hit.signal.family])
    return totals, families, marked


def _by_wording(folded: str, needed: int) -> int:
    """Points for the tone of a whole message: one for each tenth that it comes near to being sure."""
    scope = load_rules("scope")
    about, topic, asks = (scope.words[word].search(folded) for word in ("domain", "topic", "asking"))
    sure = _SURE_OF_A_QUESTION if asks else _SURE_ON_TOPIC if about or topic else _SURE
    return max(0, min(needed, needed - math.ceil((sure - wording(folded).attack) * 10)))


def _other_readings(
    seen: str, folded: str, rules: Ruleset
) -> Iterator[tuple[tuple[int, int], list[Hit], bool]]:
    """For each line of the message in disguise: its span, the signals under the disguise, whether it is an encoding."""
    start = 0
    for line in seen.split("\n"):
        span = (start, start + len(line))
        start += len(line) + 1
        for text in decoded(line):
            yield span, rules.hits(text, text), True
        reading = fold(line)
        for text in respelt(reading):
            yield span, rules.hits(text, text), False
        if syllables := pinyin(reading):
            yield span, rules.hits(syllables, only="pinyin"), False


def _what_remains(seen: str, marked: list[tuple[int, int]], rules: Ruleset, family: str) -> str | None:
    """The policy question beside the attack, when it stands alone without a trace of it."""
    if not marked and family != "unicode_tricks":
        marked = [(a, b) for a, b in parts(seen) if wording(fold(seen[a:b])).attack > _SUSPECT]
        if not marked:
            return None
    rest = remnant(seen, marked, load_rules("scope"), without_claims=family == "false_fact")
    if rest is None:
        return None
    totals, _, marked_again = _weigh(rest, (), rules)
    return None if marked_again or sum(totals.values()) >= rules.needed else rest


def _in_scope(seen: str) -> Screened:
    scope = load_rules("scope")
    folded = fold(seen)
    hits = scope.hits(folded)
    if not hits:
        return Screened()
    if scope.words["domain"].search(folded):
        hits = [h for h in hits if h.signal.despite_domain]
    if sum(h.signal.points for h in hits) < scope.needed:
        return Screened()
    families = dict.fromkeys(h.signal.family for h in hits)
    family = next((f for f in families if scope.verdicts[f] == "out_of_scope"), next(iter(families)))
    return Screened(
        verdict=scope.verdicts[family],
        family=family,
        unless_loaded=set(families) <= scope.unless_loaded and not any(h.signal.despite_domain for h in hits),
        reason=scope.reasons[family],
    )


def _assembled(text: str, earlier: Sequence[str]) -> bool:
    """Whether pieces make an order only when put together."""
    rules, scope = load_rules("screen"), load_rules("scope")
    if scope.words["asking"].search(fold(text)):
        return False
    before, last = fold(plain("".join(earlier))[0]), fold(plain(text)[0])
    known = {hit.signal for part in (before, last) for hit in rules.hits(part)}
    fresh = [hit for hit in rules.hits(before + last) if hit.signal not in known]
    return sum(hit.signal.points for hit in fresh) >= rules.needed


def _sets_off(text: str, attacks: Sequence[str]) -> bool:
    """Whether a short turn is the cue that an earlier attack agreed on."""
    scope = load_rules("scope")
    said = fold(text)
    if not attacks or len(said) > _SHORT or scope.words["asking"].search(said):
        return False
    cue = said.strip(" ,.。!:;“”\"'")
    return bool(cue) and (scope.words["cue"].search(said) is not None or any(cue in fold(a) for a in attacks))
