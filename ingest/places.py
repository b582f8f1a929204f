"""The place whose paper it is: the administrative name that a title or an office begins with, on any list or none.

Names are read by their endings, from the highest to the lowest (GB/T 2260): 省 · 市 · 区 or 县 · 镇 or 街道.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from assistant.yaml_file import read_yaml
from ingest.paper_words import paper_words

_HAN = "[\u4e00-\u9fff]"
_LEVELS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_HAN}{{2,3}}?省|(?:内蒙古|广西壮族|宁夏回族|新疆维吾尔|西藏)自治区",
        rf"{_HAN}{{2,8}}?自治州|{_HAN}{{2,4}}?(?:市|地区|盟)|{_HAN}{{2,3}}?州(?={_HAN}{{2,4}}?[市县])",
        rf"{_HAN}{{2,6}}?(?:高新技术产业开发区|经济技术开发区|高新区|经开区|开发区|合作区|新区)",
        rf"{_HAN}{{2,8}}?自治[县旗]|{_HAN}{{1,4}}?[区县旗]|{_HAN}{{2,3}}?市",
        rf"{_HAN}{{2,4}}?(?:镇|街道|乡)",
    )
)
_ZONE = 2
_REGIONS = Path(__file__).parent / "regions.yaml"
_ZONE_NAME = re.compile(r"[\u4e00-\u9fff]{0,6}?(?:园区|高新区|经开区|开发区|新区|合作区|试验区|示范区)")
_NAME_GOES_ON = "市县区州路街镇乡村银港湾江河湖山桥东西南北大学话"  # 南京路, 上海银行, 苏州河: another name
_BY_OTHER_RULES = (
    "北京市",
    "天津市",
    "上海市",
    "重庆市",
)  # whose short names begin other names too: 上海路, 重庆大学
_MARK = re.compile(r"[（(【\[][^）)】\]]{1,8}[）)】\]]|20\d\d\s*年?度?|[《“\"\s:：、，]|中共|中国共产党")


def place_at_start(text: str) -> str | None:
    """The place that a text begins with, behind the words that lead to it; None without one."""
    rest = _led(text)
    if named := _named(rest, -1):
        return named
    if (district := next((d for d in _districts() if rest.startswith(d)), None)) is not None:
        return district
    short = _by_short_name(rest)
    return None if short is None else short[0] + (_named(rest[len(short[1]) :], 1) or "")


def _named(text: str, level: int) -> str | None:
    """The divisions below a level that a text begins with, one after the other."""
    found = ""
    while part := _part(text, level):
        name, level = part
        found += name
        text = text[len(name) :]
    return found or None


def _by_short_name(text: str) -> tuple[str, str] | None:
    """(full name, as written) of a province or city that a text begins with by its short name: 江苏能源监管办, 武汉公积金中心."""
    for name in _known():
        short = re.sub(r"(?:省|市)$", "", name)
        if text.startswith(short) and not text.startswith(name):
            behind = text[len(short) : len(short) + 1]
            if behind and behind not in _NAME_GOES_ON and not _ZONE_NAME.match(text[len(short) :]):
                return name, short
    return None


@lru_cache(maxsize=1)
def _districts() -> tuple[str, ...]:
    """Districts and zones on the list whose names no ending tells: 苏州工业园区."""
    found = {
        str(district)
        for cities in read_yaml(_REGIONS).values()
        for districts in (cities.values() if isinstance(cities, dict) else ())
        for district in districts or ()
    }
    return tuple(sorted((d for d in found if len(d) >= 4), key=len, reverse=True))


@lru_cache(maxsize=1)
def _known() -> tuple[str, ...]:
    """The provinces and their cities, in full."""
    found: list[str] = []
    for province, cities in read_yaml(_REGIONS).items():
        found += [province] if province not in _BY_OTHER_RULES else []
        found += [city for city in cities or () if city.endswith("市")]
    return tuple(sorted(found, key=len, reverse=True))


def _part(text: str, above: int) -> tuple[str, int] | None:
    """(name, level) of the shortest division below `above` that the text begins with."""
    found = []
    for level in range(above + 1, len(_LEVELS)):
        hit = _LEVELS[level].match(text)
        if hit and _is_place(hit[0], text[hit.end() :], level, above):
            found.append((len(hit[0]), level, hit[0]))
    if not found:
        return None
    _, level, name = min(found)
    return name, level


def _is_place(name: str, behind: str, level: int, above: int) -> bool:
    words = paper_words()
    if name in words.no_places or (name.endswith(words.no_endings) and not name.endswith("自治区")):
        return False
    if level == _ZONE:
        return name not in words.zones or above >= 0
    if any(name.endswith(zone) for zone in words.zones):
        return False  # a zone, which is read whole
    if len(name) == 2 and name[-1] not in "县旗":
        return False
    over = name[-1] + behind[:3]
    return not over.startswith(words.words_over_the_end) or over.startswith(words.ends_after_all)


def _led(text: str) -> str:
    """The text behind what may stand before the place: 关于, 印发《, a year, a bracketed mark."""
    leads = paper_words().title_leads
    rest = text.strip()
    while True:
        before = rest
        if mark := _MARK.match(rest):
            rest = rest[mark.end() :]
        lead = next((w for w in leads if rest.startswith(w)), "")
        rest = rest[len(lead) :]
        if rest == before:
            return rest
