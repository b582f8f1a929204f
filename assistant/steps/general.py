"""`Query → programmes to name, or the one question that decides`, for who asks what there is at all.

我们公司能拿什么补贴 names nothing that could be looked up: with a place known, the programmes there are listed, those that
give most first; without one, the place is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from assistant.knowledge import Snapshot
from assistant.lexicon import touches
from assistant.models import Confidence, Language, Query
from assistant.programmes.schema import Programme
from assistant.text import fold

_MOST = 8
_REPLY = 10  # characters of a message that answers the question back (深圳)
# Words that say that support is asked for, or who asks, and nothing of which.
_PLAIN = re.compile(
    r"人工智能|企业|公司|单位|机构|大模型|模型公司|做大|模型|一家|ai|初创|新成立|小微|科技|创业|补贴|补助|政策|扶持|支持|资助|奖励|奖补|优惠|"
    r"福利|资金|项目|申请|申报|申领|能领|能拿|领取|享受|适合|符合|可用|相关|方面|券|人工|智能|地方|本地|我们|什么|啥|哪些|有没有|"
    r"support|subsid(?:y|ies)|grants?|funding|policy|policies|programmes?|programs?|incentives?|apply|available|company|companies|firms?|"
    r"startups?|start-ups?|eligible|get|any|there"
)
_ASKS = re.compile(
    r"什么|啥|哪些|有没有|有(?:些)?(?:补贴|政策|扶持)|适合|能(?:拿|领|申|享)|可以(?:拿|领|申|享)|"
    r"what|which|any|how much|are there"
)
_SUPPORT = re.compile(
    r"补贴|补助|政策|扶持|支持|资助|奖励|优惠|福利|券|能领|能拿|申请|申报|多少钱|support|subsid|grant|funding|polic|incentive"
)


def is_general(query: Query, snapshot: Snapshot) -> bool:
    """Whether a question asks for support in general, with no programme, paper, figure or thing of its own."""
    text = fold(f"{query.topic} {query.text}" if len(query.text) <= _REPLY else query.text)
    if query.programmes or query.titles or query.years or re.search(r"\d", text):
        return False
    if query.topic and len(query.text) > _REPLY:
        return False
    if not (_ASKS.search(text) and _SUPPORT.search(text)):
        return False
    bare = snapshot.names.without_regions(text)
    own = [w for w in query.keywords if len(w) > 1 and w in bare and not _PLAIN.fullmatch(w)]
    return not own


def listed(query: Query, city: str | None, snapshot: Snapshot) -> list[Programme]:
    """The programmes that hold where the firm is, on that day and surely, those that pay a share of
    what it spends and those that give most first; none without a place."""
    place = snapshot.names.region_of(city) if city else None
    regions = query.regions or ((place,) if place else ())
    vouchers = "券" in query.text and any("券" in p.title for p in snapshot.rulebook.programmes.values())
    found: list[tuple[bool, Decimal, Programme]] = []
    for programme in snapshot.rulebook.programmes.values():
        path, revision = snapshot.names.region_of(programme.region), programme.revision_on(query.as_of)
        if revision is None or path is None or not any(f"{r}/".startswith(f"{path}/") for r in regions):
            continue  # a firm in a district may take what the district, its city and its province give
        over = revision.closes is not None and revision.closes < query.as_of
        if over or programme.draft or programme.confidence is Confidence.UNVERIFIED:
            continue
        if vouchers and "券" not in programme.title:
            continue
        most = max((b.cap.amount for b in revision.benefits if b.cap), default=Decimal(0))
        found.append((any(b.rate and b.basis for b in revision.benefits), most, programme))
    found.sort(key=lambda f: (not f[0], -f[1], f[2].id))
    return [programme for _, most, programme in found if most][:_MOST]


def place_of(query: Query, facts: Mapping[str, str]) -> str | None:
    """The place that a general question is about, as the question or the firm's facts name it; None where neither does."""
    if query.regions:
        return query.regions[-1].rpartition("/")[2]
    return next(iter(query.unlisted), None) or facts.get("district") or facts.get("city") or None


def has_papers_of(query: Query, place: str, snapshot: Snapshot) -> bool:
    """Whether some paper is of a place, or of one that it lies in."""
    paths = query.regions or tuple(filter(None, [snapshot.names.region_of(place)]))
    known = {path for path in snapshot.regions.values() if path}
    if any(touches(path, asked) for path in known for asked in paths):
        return True
    return any(place in (head.region or "") for head, _ in snapshot.heads.values())


def question_back(snapshot: Snapshot, language: Language) -> str:
    """The one question that decides: where the firm is. Empty where no such fact is defined."""
    fact = snapshot.rulebook.facts.get("city")
    if fact is None:
        return ""
    return fact.ask_en if language == "en" else fact.ask
